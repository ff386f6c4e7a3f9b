"""Chapter 13: how trade answers a tariff change, from one line to all regions of the world."""

import math
from collections.abc import Callable
from fractions import Fraction

import mpmath
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.numeric.composite_price import composite_price, market
from tariffcalc.numeric.world_market import world_supply
from tariffcalc.testing import (
    elasticities,
    global_responses,
    regional_flows,
    responses,
    trade_flows,
)
from tariffcalc.trade.responses.armington_gains import armington_gains
from tariffcalc.trade.responses.constant_elasticity import constant_elasticity_gains
from tariffcalc.trade.responses.global_gains import global_gains, world_of

UNIT = 2.0**-53  # one rounding changes a number by at most this share of it
RATES = st.floats(-0.5, 5.0, allow_subnormal=False)
SIZES = elasticities()
# The inverse of a supply elasticity: 0 is perfectly elastic.
INVERSES = st.just(0.0) | SIZES.map(lambda size: 1.0 / size)
VALUES = st.integers(1, 10**9).map(float)  # shares down to 1e-9
FEWER = settings(max_examples=settings.default.max_examples // 4)
FEWEST = settings(max_examples=settings.default.max_examples // 10)
GAINS = ["exporter_gain_usd", "importer_gain_usd", "revenue_change_usd"]
INDICES = ["quantity_index", "exporter_price_index", "importer_price_index"]
Numbers = dict[str, np.ndarray]


def at(value: float, rank: int = 3) -> np.ndarray:
    return np.full((1,) * rank, value)


def line(
    value: float, before: float, after: float, demand: float, inverse: float, method: str = "exact"
) -> dict[str, float]:
    """Return the constant-elasticity answer of one line, demand elasticity −``demand``."""
    given_ = (at(x, 2) for x in (value, before, after))
    elastic = {"demand": at(-demand, 2), "inverse_supply": at(inverse, 2)}
    found = constant_elasticity_gains(*given_, **elastic, method=method)
    return {name: float(np.broadcast_to(column, (1, 1))[0, 0]) for name, column in found.items()}


LINES = st.tuples(VALUES, RATES, RATES, SIZES, INVERSES)


@st.composite
def markets(draw: st.DrawFn, least: int = 1) -> Numbers:
    """Draw one market of up to five suppliers, as arrays for the kernel."""
    count = draw(st.integers(least, 5))
    columns = [
        draw(st.lists(each, min_size=count, max_size=count))
        for each in (VALUES, RATES, RATES, INVERSES)
    ]
    value, before, after, inverse = (np.array(one).reshape(1, count, 1) for one in columns)
    sizes = {"substitution": at(draw(SIZES)), "demand": at(-draw(SIZES))}
    return dict(value=value, before=before, after=after, inverse_supply=inverse, **sizes)


@st.composite
def worlds(draw: st.DrawFn, importers: int | None = None) -> Numbers:
    """Draw flows between up to four exporters and three importers, as arrays for the kernel."""
    n, m = draw(st.integers(1, 4)), importers or draw(st.integers(1, 3))
    shapes = {"value": (1, n, m), "before": (1, n, m), "after": (1, n, m)}
    shapes |= {"inverse_supply": (1, n, 1), "substitution": (1, 1, m), "demand": (1, 1, m)}
    kinds = (VALUES, RATES, RATES, INVERSES, SIZES, SIZES.map(lambda size: -size))
    return {
        name: np.array(
            draw(st.lists(kind, min_size=math.prod(shape), max_size=math.prod(shape)))
        ).reshape(shape)
        for (name, shape), kind in zip(shapes.items(), kinds, strict=True)
    }


def near(found: object, exact: object, units: float, size: object = 0.0) -> bool:
    """Tell whether numbers differ by at most some roundings of the exact ones and of a size."""
    found, exact = np.asarray(found, dtype=float), np.asarray(exact, dtype=float)
    return bool((np.abs(found - exact) <= units * UNIT * (np.abs(exact) + size)).all())


def conditioned(numbers: Numbers) -> float:
    """Return how many roundings an index may have: exponents are elasticities times ln τ.

    ln τ is below 2.5 and known to 4 roundings; an elasticity of up to 30 multiplies it, and so
    does a ratio such as (σ+η)/(μ+σ), of up to 150 for the extremes drawn here.
    """
    sizes = [np.abs(numbers[name]).max() for name in ("substitution", "demand")]
    inverse = 1.0 + numbers["inverse_supply"].max()
    return 100.0 * (1.0 + sum(sizes)) * inverse


# One line


@given(LINES)
def test_prices_and_quantities_are_powers_of_the_tariff_factor(numbers: tuple) -> None:
    """RESPONSE-1: p̂ = τ^(ε/(μ−ε)), q̂ = p̂^μ, P̂ = p̂·τ (closed form, 50 digits)."""
    _, before, after, demand, inverse = numbers
    found = line(*numbers)
    with mpmath.workdps(50):
        factor = mpmath.log1p(after) - mpmath.log1p(before)
        importer = factor / (1 + mpmath.mpf(demand) * inverse)
        quantity = -demand * importer
        logs = dict(zip(INDICES, (quantity, inverse * quantity, importer), strict=True))
        for name, log in logs.items():
            # ln τ is known to 4 roundings, the exponent to 4 more, the exponential to 2.
            assert near(found[name], mpmath.exp(log), 4 + 10 * abs(float(log)))


@FEWEST
@given(LINES)
def test_gains_are_the_areas_beside_the_curves(numbers: tuple) -> None:
    """RESPONSE-2: gains = ∫ supply dp and −∫ demand dP, to 12 digits of V·max(1, P̂, q̂, p̂·q̂)."""
    value, before, _, demand, inverse = numbers
    found = line(*numbers)
    quantity, exporter, importer = (found[name] for name in INDICES)
    paid = value * (1 + before)
    with mpmath.workdps(30):
        supplied = 0 if inverse == 0 else mpmath.quad(lambda p: p ** (1 / inverse), [1, exporter])
        wanted = mpmath.quad(lambda p: p ** mpmath.mpf(-demand), [1, importer])
    size = max(1.0, importer, quantity, importer * quantity)
    # The ends of the integrals are indices with up to 80 roundings (RESPONSE-1).
    assert abs(found["exporter_gain_usd"] - value * supplied) <= 1e-12 * value * size
    assert abs(found["importer_gain_usd"] + paid * wanted) <= 1e-12 * paid * size


@FEWEST
@given(LINES)
def test_efficiency_is_the_area_between_demand_and_supply(numbers: tuple) -> None:
    """RESPONSE-3: efficiency = V·∫(1, q̂) of ((1+t0)·q^(1/ε) − q^(1/μ)) dq (12 digits)."""
    value, before, _, demand, inverse = numbers
    found = line(*numbers)
    quantity = found["quantity_index"]
    with mpmath.workdps(30):

        def wedge(q: mpmath.mpf) -> mpmath.mpf:
            return (1 + mpmath.mpf(before)) * q ** (-1 / mpmath.mpf(demand)) - q**inverse

        exact = value * mpmath.quad(wedge, mpmath.linspace(1, quantity, 9))
    size = sum(abs(found[name]) for name in GAINS) + found["value_usd"] + value * (1 + before)
    size += found["duty_usd"] + value
    assert abs(found["efficiency_usd"] - exact) <= 1e-12 * size


@given(VALUES, RATES, RATES, SIZES)
def test_where_supply_is_perfectly_elastic_the_importer_pays(
    value: float, before: float, after: float, demand: float
) -> None:
    """RESPONSE-4: μ = ∞: p̂ = 1 and exporters gain +0 to the bit, P̂ = τ, q̂ = τ^ε (fractions)."""
    found = line(value, before, after, demand, 0.0)
    factor = float((1 + Fraction(after)) / (1 + Fraction(before)))
    assert found["exporter_price_index"] == 1.0
    assert math.copysign(1.0, found["exporter_gain_usd"]) == 1.0
    assert found["exporter_gain_usd"] == 0.0
    assert near(found["importer_price_index"], factor, 16)
    assert near(found["quantity_index"], math.pow(factor, -demand), 16 + 20 * demand)


@given(VALUES, RATES, RATES, SIZES, SIZES)
def test_elasticities_reach_their_limits(
    value: float, before: float, after: float, demand: float, supply: float
) -> None:
    """RESPONSE-5: μ = 1e9, ε = −1e-9 and μ = 1e-9 are within 1e-7 of μ = ∞, P̂ = τ and P̂ = 1."""
    nearly = line(value, before, after, demand, 1e-9)
    small_country = line(value, before, after, demand, 0.0)
    for name in INDICES:  # ln p̂ is at most 1e-9·30·2.5, ln q̂ moves by 30 times that
        assert math.isclose(nearly[name], small_country[name], rel_tol=3e-6)
    factor = (1 + after) / (1 + before)
    rigid = line(value, before, after, 1e-9, 1.0 / supply)
    assert math.isclose(rigid["importer_price_index"], factor, rel_tol=3e-8)
    assert math.isclose(rigid["quantity_index"], 1.0, rel_tol=3e-9)
    fixed = line(value, before, after, demand, 1e9)
    assert math.isclose(fixed["exporter_price_index"] * factor, 1.0, rel_tol=3e-8)
    assert math.isclose(fixed["quantity_index"], 1.0, rel_tol=3e-9)


@FEWER
@given(trade_flows(), RATES, RATES, st.floats(0.01, 0.99))
def test_the_static_response_is_the_limit_of_small_elasticities(
    flows: tc.TradeFlows, before: float, after: float, share: float
) -> None:
    """RESPONSE-6: ε = −k·(1−ρ), μ = k·ρ, k = 1e-4: static at ρ, to 1e-3 of what lines are worth."""
    elastic = tc.ConstantElasticityResponse(
        demand_elasticity=-1e-4 * (1 - share), supply_elasticity=1e-4 * share
    )
    static = tc.StaticResponse(pass_through=share)
    one, two = (one.respond(flows, before, after) for one in (elastic, static))
    assert np.allclose(one[INDICES], two[INDICES], rtol=1e-3, atol=0.0)
    size = flows.frame["value_usd"] * (2 + before + after)
    assert (abs(one[GAINS] - two[GAINS]).max(axis=1) <= 3e-3 * size).all()


@given(VALUES, RATES, SIZES, SIZES)
def test_the_optimal_tariff_is_the_inverse_elasticity_of_supply(
    value: float, before: float, demand: float, supply: float
) -> None:
    """RESPONSE-7: importers + treasury gain most at t1 = 1/μ, less the further from it."""

    def home(after: float) -> float:
        found = line(value, before, after, demand, 1.0 / supply)
        return found["importer_gain_usd"] + found["revenue_change_usd"]

    best = 1.0 / supply
    rates = [(1 + best) * factor - 1 for factor in (0.7, 0.8, 0.9, 0.99, 1.0, 1.01, 1.1, 1.3, 2.0)]
    gains = np.array([home(rate) for rate in rates])
    rounding = value * (2 + before + best) * 1e-13
    assert (np.diff(gains[:5]) >= -rounding).all()
    assert (np.diff(gains[4:]) <= rounding).all()
    assert gains[4] - max(gains[0], gains[-1]) > 0.0


@given(VALUES, st.floats(0.0, 1.0), SIZES, INVERSES)
def test_a_lower_tariff_sells_more_at_a_better_price(
    value: float, before: float, demand: float, inverse: float
) -> None:
    """RESPONSE-8: q̂, p̂ and the exporter's gain fall with t1, P̂ rises, 1 at t1 = t0 (monotone)."""
    rates = [before - 0.4, before - 0.1, before, before + 0.3, before + 3.0]
    rows = [line(value, before, rate, demand, inverse) for rate in rates]
    for name in ("quantity_index", "exporter_price_index", "exporter_gain_usd"):
        column = [row[name] for row in rows]
        assert column == sorted(column, reverse=True)
    paid = [row["importer_price_index"] for row in rows]
    assert paid == sorted(paid)
    assert rows[2]["quantity_index"] == rows[2]["importer_price_index"] == 1.0


# Any response


@given(responses(), trade_flows(), RATES)
def test_the_same_tariff_is_the_identity(
    response: tc.StaticResponse, flows: tc.TradeFlows, rate: float
) -> None:
    """RESPONSE-9: t1 = t0: indices 1, values and duty as before, gains +0, all to the bit."""
    answer, value = response.respond(flows, rate, rate), flows.frame["value_usd"]
    assert answer["value_usd"].tolist() == value.tolist()
    assert answer["duty_usd"].tolist() == (value * rate).tolist()
    assert (answer[INDICES] == 1.0).all(axis=None)
    gains = answer[[*GAINS, "efficiency_usd"]].to_numpy()
    assert gains.tobytes() == np.zeros_like(gains).tobytes()


@given(responses(methods=("exact", "triangle")), trade_flows(), RATES, RATES)
def test_gains_and_revenue_are_the_efficiency(
    response: tc.StaticResponse, flows: tc.TradeFlows, before: float, after: float
) -> None:
    """RESPONSE-10: exporter + importer + revenue = efficiency; duty = t1·value; P̂ = p̂·τ."""
    answer, value = response.respond(flows, before, after), flows.frame["value_usd"]
    one, two, three = (answer[name] for name in GAINS)
    assert (answer["efficiency_usd"] == one + two + three).all()
    assert (answer["duty_usd"] == answer["value_usd"] * after).all()
    assert (three == answer["duty_usd"] - value * before).all()
    factor = (1 + after) / (1 + before)
    assert near(answer["importer_price_index"], answer["exporter_price_index"] * factor, 1000)
    moved = value * answer["exporter_price_index"] * answer["quantity_index"]
    assert near(answer["value_usd"], moved, 1e6)  # the exponents reach 300


@given(responses(methods=("exact", "triangle")), trade_flows(), RATES, RATES, st.integers(-9, 9))
def test_a_response_does_not_depend_on_the_unit_of_money(
    response: tc.StaticResponse, flows: tc.TradeFlows, before: float, after: float, power: int
) -> None:
    """RESPONSE-11: values times 2^k give dollars times 2^k and the same indices, to the bit."""
    scale = 2.0**power
    frame = flows.frame.assign(value_usd=flows.frame["value_usd"] * scale)
    one = response.respond(flows, before, after)
    two = response.respond(tc.TradeFlows.from_frame(frame), before, after)
    dollars = [name for name in one if name.endswith("_usd")]
    pd.testing.assert_frame_equal(two[INDICES], one[INDICES], check_exact=True)
    pd.testing.assert_frame_equal(two[dollars], one[dollars] * scale, check_exact=True)


def largest_error(numbers: Numbers, step: float, method: str, columns: list[str]) -> np.ndarray:
    """Return the largest difference from the exact answer when rates move by ``step``·direction."""
    moved = {**numbers, "after": numbers["before"] + step * (numbers["after"] - numbers["before"])}
    kernel = global_gains if numbers["value"].shape[2] > 1 else armington_gains
    exact, other = (kernel(**moved, method=name) for name in ("exact", method))
    return np.array([np.abs(exact[name] - other[name]).max() for name in columns])


GENTLE = {
    "value": np.array([3.0, 1.0, 2.0, 4.0, 2.0, 5.0]).reshape(1, 3, 2),
    "before": np.array([0.25, 0.1, 0.0, 0.15, 0.1, 0.3]).reshape(1, 3, 2),
    "after": np.array([0.15, 0.3, 0.0, 0.05, 0.2, 0.1]).reshape(1, 3, 2),
    "inverse_supply": np.array([0.5, 0.0, 2.0]).reshape(1, 3, 1),
    "substitution": np.array([4.0, 0.7]).reshape(1, 1, 2),
    "demand": np.array([-1.5, -0.6]).reshape(1, 1, 2),
}
ALONE = {name: array[..., :1] for name, array in GENTLE.items()}


@pytest.mark.parametrize("numbers", [GENTLE, ALONE], ids=["world", "market"])
def test_triangles_err_at_the_third_order(numbers: Numbers) -> None:
    """RESPONSE-12: half the change, an eighth of the error of the summed triangles (orders)."""

    def error(step: float) -> float:
        moved = {**numbers, "after": numbers["before"] + step * (numbers["after"] - numbers["before"])}  # fmt: skip  # noqa: E501
        kernel = global_gains if numbers is GENTLE else armington_gains
        exact, other = (kernel(**moved, method=name) for name in ("exact", "triangle"))
        return abs(float(exact["efficiency_usd"].sum() - other["efficiency_usd"].sum()))

    ratio = error(0.1) / error(0.05)
    assert abs(ratio - 8.0) < 0.5


@pytest.mark.parametrize("numbers", [GENTLE, ALONE], ids=["world", "market"])
def test_the_log_linear_answer_errs_at_the_second_order(numbers: Numbers) -> None:
    """RESPONSE-13: half the change, a quarter of the error of each index (convergence order)."""
    one, two = (largest_error(numbers, step, "log_linear", INDICES) for step in (0.1, 0.05))
    assert np.abs(one / two - 4.0).max() < 0.3
