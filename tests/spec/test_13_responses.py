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
from tariffcalc.errors import InputError, UnknownNameError, VintageError
from tariffcalc.models import tree
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.composite_price import composite_price, market
from tariffcalc.numeric.world_market import world_supply
from tariffcalc.testing import (
    elasticities,
    global_responses,
    regional_flows,
    responses,
    trade_elasticities,
    trade_flows,
)
from tariffcalc.trade.elasticities import ElasticityOfProducts
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


def both(numbers: Numbers, step: float, method: str) -> tuple[Numbers, Numbers]:
    """Return the exact answer and another one when rates move by a part of the way."""
    way = numbers["after"] - numbers["before"]
    moved = {**numbers, "after": numbers["before"] + step * way}
    kernel = global_gains if numbers["value"].shape[2] > 1 else armington_gains
    return kernel(**moved), kernel(**moved, method=method)


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
        exact, other = both(numbers, step, "triangle")
        return abs(float(exact["efficiency_usd"].sum() - other["efficiency_usd"].sum()))

    ratio = error(0.1) / error(0.05)
    assert abs(ratio - 8.0) < 0.5


@pytest.mark.parametrize("numbers", [GENTLE, ALONE], ids=["world", "market"])
def test_the_log_linear_answer_errs_at_the_second_order(numbers: Numbers) -> None:
    """RESPONSE-13: half the change, a quarter of the error of each index (convergence order)."""
    errors = []
    for step in (0.1, 0.05):
        exact, other = both(numbers, step, "log_linear")
        errors.append([np.abs(exact[name] - other[name]).max() for name in INDICES])
    assert np.abs(np.divide(*errors) - 4.0).max() < 0.3


# One market


def flat(answer: Numbers, shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    return {name: np.broadcast_to(column, shape)[0] for name, column in answer.items()}


def shares_of(numbers: Numbers) -> np.ndarray:
    spent = numbers["value"] * (1.0 + numbers["before"])
    return spent / spent.sum(axis=1, keepdims=True)


def index_of(shares: np.ndarray, logs: np.ndarray, substitution: float) -> mpmath.mpf:
    """Return ln P̂, the CES index of duty-inclusive prices, to 40 digits."""
    with mpmath.workdps(40):
        total = sum(map(mpmath.mpf, map(float, shares)))
        weights = [mpmath.mpf(float(share)) / total for share in shares]
        power = 1 - mpmath.mpf(substitution)
        if power == 0:
            return sum(w * mpmath.mpf(x) for w, x in zip(weights, logs, strict=True))
        terms = (w * mpmath.exp(power * x) for w, x in zip(weights, logs, strict=True))
        return mpmath.log(sum(terms)) / power


@FEWEST
@given(markets(least=2))
def test_prices_are_those_of_an_independent_solver(numbers: Numbers) -> None:
    """RESPONSE-14: ln p̂ of all suppliers = the root of supply − demand (mpmath.findroot)."""
    answer = flat(armington_gains(**numbers), numbers["value"].shape)
    share, inverse = shares_of(numbers)[0, :, 0], numbers["inverse_supply"][0, :, 0]
    sigma, eta = (float(numbers[name][0, 0, 0]) for name in ("substitution", "demand"))
    rates = zip(numbers["before"][0, :, 0], numbers["after"][0, :, 0], strict=True)
    with mpmath.workdps(40):
        factor = [mpmath.log1p(float(new)) - mpmath.log1p(float(old)) for old, new in rates]

        def excess(*sold: mpmath.mpf) -> list[mpmath.mpf]:
            paid = [float(v) * q + t for v, q, t in zip(inverse, sold, factor, strict=True)]
            index = index_of(share, paid, sigma)
            return [q + sigma * (x - index) - eta * index for q, x in zip(sold, paid, strict=True)]

        start = [mpmath.log(float(q)) for q in answer["quantity_index"][:, 0]]
        near_by = [x + mpmath.mpf("0.01") for x in start]
        root = mpmath.findroot(excess, near_by, tol=1e-30, maxsteps=50)
        for ours, exact in zip(start, root, strict=True):
            assert abs(ours - exact) <= conditioned(numbers) * UNIT


@FEWER
@given(markets())
def test_supply_meets_demand(numbers: Numbers) -> None:
    """RESPONSE-15: q̂i = (P̂i/P̂)^−σ·P̂^η and p̂i = q̂i^ν, P̂ the CES index (1e-10 relative)."""
    answer = flat(armington_gains(**numbers), numbers["value"].shape)
    sold, offered, paid = (np.log(answer[name][:, 0]) for name in INDICES)
    sigma, eta = (float(numbers[name][0, 0, 0]) for name in ("substitution", "demand"))
    index = float(index_of(shares_of(numbers)[0, :, 0], paid, sigma))
    assert np.abs(sold - (eta * index - sigma * (paid - index))).max() <= 1e-10
    assert np.abs(offered - numbers["inverse_supply"][0, :, 0] * sold).max() <= 1e-10


@FEWER
@given(markets())
def test_each_price_is_a_mean_of_the_composite_and_the_tariff(numbers: Numbers) -> None:
    """RESPONSE-16: (μ+σ)·ln P̂i = (σ+η)·ln P̂ + μ·ln τi, P̂i = τi where μ = ∞ (the definition)."""
    answer = flat(armington_gains(**numbers), numbers["value"].shape)
    paid, inverse = np.log(answer["importer_price_index"][:, 0]), numbers["inverse_supply"][0, :, 0]
    sigma, eta = (float(numbers[name][0, 0, 0]) for name in ("substitution", "demand"))
    index = float(index_of(shares_of(numbers)[0, :, 0], paid, sigma))
    factor = (np.log1p(numbers["after"]) - np.log1p(numbers["before"]))[0, :, 0]
    left, right = (1 + sigma * inverse) * paid, inverse * (sigma + eta) * index + factor
    assert np.abs(left - right).max() <= 1e-10 * (1 + sigma * inverse.max())


@FEWER
@given(markets(), st.sampled_from(["exact", "triangle", "log_linear"]))
def test_a_single_supplier_is_a_line_of_its_own(numbers: Numbers, method: str) -> None:
    """RESPONSE-17: one supplier answers as the constant-elasticity line with ε = η (collapse)."""
    numbers = {name: array[:, :1] for name, array in numbers.items()}
    ours = armington_gains(**numbers, method=method)
    rest = {name: array for name, array in numbers.items() if name != "substitution"}
    theirs = constant_elasticity_gains(**rest, method=method)
    assert_same(ours, theirs, numbers)


def assert_same(ours: Numbers, theirs: Numbers, numbers: Numbers) -> None:
    """Assert that two answers agree to the roundings of their exponents."""
    units = conditioned(numbers)
    for name in ours:
        size = np.abs(theirs[name]) if name in INDICES else scale_of(theirs, numbers)
        assert (np.abs(ours[name] - theirs[name]) <= units * UNIT * size).all(), name


def scale_of(answer: Numbers, numbers: Numbers) -> np.ndarray:
    """Return what is at stake in each line [USD]: all amounts, before and after."""
    paid = numbers["value"] * (1.0 + numbers["before"])
    after = np.abs(answer["value_usd"]) * (1.0 + np.abs(numbers["after"]))
    gains = sum(np.abs(answer[name]) for name in GAINS)
    total = 2 * numbers["value"] + paid + after + gains
    return total.sum(axis=1, keepdims=True)


@FEWER
@given(markets(), st.sampled_from(["exact", "triangle"]))
def test_without_cross_effects_each_line_stands_alone(numbers: Numbers, method: str) -> None:
    """RESPONSE-18: σ = −η: indices are those of the constant-elasticity line with ε = −σ."""
    numbers["demand"] = -numbers["substitution"]
    ours = armington_gains(**numbers, method=method)
    rest = {name: array for name, array in numbers.items() if name != "substitution"}
    theirs = constant_elasticity_gains(**rest, method=method)
    for name in (*INDICES, "value_usd", "exporter_gain_usd", "revenue_change_usd"):
        size = np.abs(theirs[name]) if name in INDICES else scale_of(theirs, numbers)
        assert (np.abs(ours[name] - theirs[name]) <= conditioned(numbers) * UNIT * size).all()


@FEWER
@given(markets(), RATES, RATES, INVERSES)
def test_one_tariff_for_all_suppliers_moves_the_composite_only(
    numbers: Numbers, before: float, after: float, inverse: float
) -> None:
    """RESPONSE-19: one τ and one μ for all: each line is the one with ε = η, whatever σ."""
    shape = numbers["value"].shape
    numbers |= {"before": np.full(shape, before), "after": np.full(shape, after)}
    numbers["inverse_supply"] = np.full(shape, inverse)
    rest = {name: array for name, array in numbers.items() if name != "substitution"}
    assert_same(armington_gains(**numbers), constant_elasticity_gains(**rest), numbers)


@FEWER
@given(markets())
def test_buyers_gain_the_area_beside_the_demand_for_the_composite(numbers: Numbers) -> None:
    """RESPONSE-20: Σ importer gains = −E·(P̂^(1+η) − 1)/(1+η), P̂ the CES index (40 digits)."""
    answer = flat(armington_gains(**numbers), numbers["value"].shape)
    paid = np.log(answer["importer_price_index"][:, 0])
    sigma, eta = (float(numbers[name][0, 0, 0]) for name in ("substitution", "demand"))
    spent = (numbers["value"] * (1 + numbers["before"])).sum()
    with mpmath.workdps(40):
        index, power = index_of(shares_of(numbers)[0, :, 0], paid, sigma), 1 + mpmath.mpf(eta)
        area = index if power == 0 else mpmath.expm1(power * index) / power
    # Of one sign the parts need not be: their sum is good to the roundings of the largest.
    size = np.abs(answer["importer_gain_usd"]).sum() + spent
    ours = math.fsum(answer["importer_gain_usd"].ravel())
    assert abs(ours + spent * float(area)) <= conditioned(numbers) * UNIT * size * max(
        1.0, math.exp(min(float((1 + eta) * index), 700.0))
    )


@FEWER
@given(markets())
def test_shares_of_spending_add_up_to_1_and_follow_prices(numbers: Numbers) -> None:
    """RESPONSE-21: shares after add up to 1, and are θi·(P̂i/P̂)^(1−σ) (closed form)."""
    answer = flat(armington_gains(**numbers), numbers["value"].shape)
    spent = answer["value_usd"] * (1 + numbers["after"][0])
    share = (spent / spent.sum(axis=0))[:, 0]
    paid = np.log(answer["importer_price_index"][:, 0])
    sigma = float(numbers["substitution"][0, 0, 0])
    before = shares_of(numbers)[0, :, 0]
    expected = before * np.exp((1 - sigma) * (paid - float(index_of(before, paid, sigma))))
    assert abs(math.fsum(share) - 1.0) <= 8 * UNIT
    assert (np.abs(share - expected) <= conditioned(numbers) * UNIT).all()


@FEWER
@given(markets(), VALUES, RATES, RATES, INVERSES)
def test_like_suppliers_get_like_answers(
    numbers: Numbers, value: float, before: float, after: float, inverse: float
) -> None:
    """RESPONSE-22: two suppliers of one value, tariff and supply answer alike, to the bit."""
    twins = {"value": value, "before": before, "after": after, "inverse_supply": inverse}
    for name, number in twins.items():
        numbers[name] = np.concatenate([at(number), numbers[name], at(number)], axis=1)
    answer = flat(armington_gains(**numbers), numbers["value"].shape)
    for name, column in answer.items():
        assert column[0].tobytes() == column[-1].tobytes(), name


@FEWER
@given(markets(), st.integers(0, 5), RATES, RATES, INVERSES, st.sampled_from([1.0, 100.0]))
def test_a_competitor_without_sales_changes_nothing(
    numbers: Numbers, place: int, before: float, after: float, inverse: float, times: float
) -> None:
    """RESPONSE-23: a supplier with the value 0 leaves all other lines as they are, to the bit."""
    numbers["substitution"] = times * numbers["substitution"]  # homogeneous goods, or nearly
    one = flat(armington_gains(**numbers), numbers["value"].shape)
    place = min(place, numbers["value"].shape[1])
    added = {"value": 0.0, "before": before, "after": after, "inverse_supply": inverse}
    wider = {**numbers, **{k: np.insert(numbers[k], place, v, axis=1) for k, v in added.items()}}
    two = flat(armington_gains(**wider), wider["value"].shape)
    for name, column in two.items():
        assert np.delete(column, place, axis=0).tobytes() == one[name].tobytes(), name


@FEWER
@given(markets(), st.floats(0.01, 0.99))
def test_a_line_and_its_parts_answer_alike(numbers: Numbers, part: float) -> None:
    """RESPONSE-24: a supplier written as two keeps its indices, and their dollars add up."""
    one = armington_gains(**numbers)
    split = {
        name: np.concatenate([array[:, :1], array], axis=1) if array.shape[1] > 0 else array
        for name, array in numbers.items()
        if array.shape == numbers["value"].shape
    }
    split["value"][:, 0] *= part
    split["value"][:, 1] *= 1 - part
    two = armington_gains(**{**numbers, **split})
    joined = {
        name: column[:, 1:] if name in INDICES
        else np.concatenate([column[:, :1] + column[:, 1:2], column[:, 2:]], axis=1)
        for name, column in two.items()
    }  # fmt: skip
    assert_same(joined, one, numbers)


@given(markets(), st.floats(-20.0, 20.0))
def test_the_search_ends_at_one_price_from_any_start(numbers: Numbers, start: float) -> None:
    """RESPONSE-25: Halley's steps end at the same ln P̂ to 8 ulps of ln τ, and F = 0 there."""
    factor = np.log1p(numbers["after"]) - np.log1p(numbers["before"])
    elastic = {name: numbers[name] for name in ("substitution", "demand", "inverse_supply")}
    equation = market(shares_of(numbers), factor, **elastic)
    one, other = composite_price(equation), composite_price(equation, at(start))
    assert np.abs(one - other).max() <= 8 * UNIT * np.abs(factor).max()
    growth = equation.push - equation.pull * one
    assert abs(float((equation.share * np.expm1(growth)).sum())) <= 1e-10


@FEWER
@given(st.lists(markets(least=3), min_size=2, max_size=4))
def test_a_case_alone_is_the_case_in_a_batch(cases: list) -> None:
    """RESPONSE-26: answers of cases solved together are those of each alone, to the bit."""
    cases = [{name: array[:, :3] for name, array in one.items()} for one in cases]
    together = {name: np.concatenate([one[name] for one in cases]) for name in cases[0]}
    beside = {name: array.transpose(2, 1, 0) for name, array in together.items()}
    for method in ("exact", "triangle", "log_linear"):
        batch = armington_gains(**together, method=method)
        row = armington_gains(**beside, method=method)
        for place, one in enumerate(cases):
            for name, column in armington_gains(**one, method=method).items():
                assert batch[name][place].tobytes() == column[0].tobytes()
                assert row[name][0, :, place].tobytes() == column[0, :, 0].tobytes()


# All markets


@FEWER
@given(worlds(importers=1), st.sampled_from(["exact", "triangle", "log_linear"]))
def test_one_market_of_the_world_is_the_single_market(numbers: Numbers, method: str) -> None:
    """RESPONSE-27: with one importer the global response is the Armington response (collapse)."""
    ours, theirs = (kernel(**numbers, method=method) for kernel in (global_gains, armington_gains))
    assert_same(ours, theirs, numbers)


def world_in(numbers: Numbers) -> object:
    factor = np.log1p(numbers["after"]) - np.log1p(numbers["before"])
    elastic = tuple(numbers[name] for name in ("substitution", "demand", "inverse_supply"))
    return world_of(numbers["value"], numbers["before"], factor, elastic)


@FEWER
@given(worlds())
def test_world_prices_clear_every_market(numbers: Numbers) -> None:
    """RESPONSE-28: Σs Vrs·q̂rs = Vr·q̂r, q̂r = p̂r^μr, q̂rs = (P̂rs/P̂s)^−σ·P̂s^η (1e-10 relative)."""
    answer = global_gains(**numbers)
    sold = np.exp(world_supply(world_in(numbers)))
    bought = (numbers["value"] * answer["quantity_index"]).sum(axis=2, keepdims=True)
    assert np.allclose(
        bought / numbers["value"].sum(axis=2, keepdims=True), sold, rtol=1e-10, atol=0
    )
    offered = np.exp(numbers["inverse_supply"] * np.log(sold))
    assert np.allclose(answer["exporter_price_index"], offered, rtol=1e-10, atol=0)
    for s in range(numbers["value"].shape[2]):
        share, paid = shares_of(numbers)[0, :, s], np.log(answer["importer_price_index"][0, :, s])
        sigma, eta = (float(numbers[name][0, 0, s]) for name in ("substitution", "demand"))
        index = float(index_of(share, paid, sigma))
        wanted = eta * index - sigma * (paid - index)
        assert np.abs(np.log(answer["quantity_index"][0, :, s]) - wanted).max() <= 1e-10


@FEWER
@given(worlds(), st.integers(0, 2**32 - 1))
def test_the_search_for_world_prices_ends_at_one_point_from_any_start(
    numbers: Numbers, seed: int
) -> None:
    """RESPONSE-29: from prices up to e times off, the same quantities to 1e-12 (identity)."""
    world = world_in(numbers)
    shape = (1, numbers["value"].shape[1], 1)
    prices = np.random.default_rng(seed).uniform(-1.0, 1.0, shape)
    start = prices / np.maximum(numbers["inverse_supply"], 1.0 / 30.0)
    one, other = world_supply(world), world_supply(world, start)
    assert np.abs(one - other).max() <= 1e-12 * (1.0 + np.abs(one).max())


@FEWER
@given(worlds())
def test_the_log_linear_answer_is_the_published_system(numbers: Numbers) -> None:
    """RESPONSE-30: μ·p̂r = Σs φrs·Σk N(rk,s)·(p̂k + T̂ks), N = θks·(σ+η), less σ at k = r."""
    value, before = numbers["value"][0], numbers["before"][0]
    answer = global_gains(**numbers, method="log_linear")
    price = answer["exporter_price_index"][0] - 1.0
    moved = price + (numbers["after"][0] - before) / (1.0 + before)
    theta = shares_of(numbers)[0]
    demand = np.zeros(value.shape[0])
    for s in range(value.shape[1]):
        sigma, eta = (float(numbers[name][0, 0, s]) for name in ("substitution", "demand"))
        elasticity = np.tile((sigma + eta) * theta[:, s], (value.shape[0], 1))
        elasticity -= sigma * np.eye(value.shape[0])
        demand += value[:, s] / value.sum(axis=1) * (elasticity @ moved[:, s])
    size = conditioned(numbers) * UNIT * 10 * (1.0 + np.abs(demand).max()) * 30
    assert np.abs(price[:, 0] - numbers["inverse_supply"][0, :, 0] * demand).max() <= size


@pytest.mark.parametrize("method", ["exact", "triangle", "log_linear"])
@pytest.mark.parametrize("size", [(1, 1), (2, 3), (4, 4), (11, 11)])
def test_a_world_alone_is_the_world_in_a_batch(size: tuple, method: str) -> None:
    """RESPONSE-31: of 40 worlds solved together each is as it is alone, to the bit."""
    random, (n, m) = np.random.default_rng(1), size
    together = {
        "value": random.lognormal(0.0, 3.0, (40, n, m)),
        "before": random.uniform(-0.5, 1.0, (40, n, m)),
        "after": random.uniform(-0.5, 1.0, (40, n, m)),
        "inverse_supply": random.uniform(0.0, 3.0, (40, n, 1)),
        "substitution": random.uniform(0.1, 10.0, (40, 1, m)),
        "demand": -random.uniform(0.1, 10.0, (40, 1, m)),
    }
    batch = global_gains(**together, method=method)
    for case in range(40):
        one = {name: array[case : case + 1].copy() for name, array in together.items()}
        for name, column in global_gains(**one, method=method).items():
            assert batch[name][case].tobytes() == column[0].tobytes(), name


# Francois and Hall's example: four regions, σ = 5, η = −1.25, μ = 1.5; the tariffs between the
# United States and the European Union end. As published to four digits, read in a public copy.
REGIONS = ["US", "JP", "EU", "RW"]
FLOWS = [[0, 50, 200, 300], [500, 0, 150, 200], [300, 100, 200, 200], [50, 100, 110, 20]]
POWERS = [
    [1.00, 1.21, 1.41, 1.22], [1.37, 1.00, 1.31, 1.23],
    [1.32, 1.36, 1.00, 1.18], [1.57, 1.41, 1.25, 1.15],
]  # fmt: skip
PUBLISHED = {"US": 0.0792, "JP": -0.0316, "EU": 0.0480, "RW": -0.0184}


def test_the_published_example_is_reproduced() -> None:
    """RESPONSE-32: Francois and Hall's world prices, to the four digits printed (oracle)."""
    pairs = [(r, s, float(FLOWS[i][j]), POWERS[i][j] - 1.0)
             for i, r in enumerate(REGIONS) for j, s in enumerate(REGIONS)]  # fmt: skip
    flows = pd.DataFrame(pairs, columns=["exporter", "importer", "value_usd", "rate"])
    ends = flows["exporter"].isin(["US", "EU"]) & flows["importer"].isin(["US", "EU"])
    response = tc.GlobalArmingtonResponse(
        substitution_elasticity=5.0, demand_elasticity=-1.25, supply_elasticity=1.5,
        method="log_linear",
    )  # fmt: skip
    rates = (flows["rate"], flows["rate"].where(~ends, 0.0))
    answer = response.respond(flows[["exporter", "importer", "value_usd"]], *rates)
    prices = (answer["exporter_price_index"] - 1.0).groupby(level="exporter").first()
    assert prices.round(4).to_dict() == PUBLISHED


@FEWER
@given(global_responses(methods=("exact", "triangle")), regional_flows(), RATES, RATES)
def test_welfare_is_who_gains_what(
    response: tc.GlobalArmingtonResponse, flows: pd.DataFrame, before: float, after: float
) -> None:
    """RESPONSE-33: by region welfare = producers + consumers + revenue; in all, efficiency."""
    answer, table = (ask(flows, before, after) for ask in (response.respond, response.welfare))
    parts = table.drop(columns="welfare_usd")
    assert (table["welfare_usd"] == parts.sum(axis=1)).all()
    size = UNIT * 100 * (abs(answer[GAINS]).sum(axis=None) + flows["value_usd"].sum())
    assert abs(math.fsum(table["welfare_usd"]) - math.fsum(answer["efficiency_usd"])) <= size
    by_party = tc.gains_by_party(answer, flows)["gain_usd"].unstack("party").fillna(0.0)
    ours = by_party.reindex(columns=["exporters", "producers"]).fillna(0.0).sum(axis=1)
    assert (abs(ours - table["producer_surplus_usd"]) <= size).all()


# What a change creates, diverts and gives to whom


@given(st.lists(VALUES, min_size=2, max_size=5), st.floats(0.0, 5.0), st.data())
def test_smart_diverts_what_laird_and_yeats_say(
    values: list, substitution: float, data: st.DataObject
) -> None:
    """RESPONSE-34: one tariff falls: M·Mn·σ|x|/(M + Mn + M·σ|x|) ≤ Mn is won (fractions)."""
    before, after = sorted(data.draw(st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0))))[::-1]
    flows = tc.TradeFlows.from_frame(
        pd.DataFrame({"hs": "870323", "partner": ["KOR", "JPN", "DEU", "GBR", "CHN"][: len(values)],
                      "value_usd": values})
    )  # fmt: skip
    effects = tc.smart_trade_effects(
        flows, rate_before=before, rate_after=[after] + [before] * (len(values) - 1),
        demand_elasticity=-2.0, substitution_elasticity=substitution, supply_elasticity=4.0,
    )  # fmt: skip
    own, rest = Fraction(values[0]), sum(map(Fraction, values[1:]))
    pull = Fraction(substitution) * (Fraction(before) - Fraction(after)) / (1 + Fraction(before))
    won = own * rest * pull / (own + rest + own * pull)
    diverted = effects["trade_diversion_usd"]
    assert abs(diverted.iloc[0] - won) <= 16 * UNIT * sum(values)
    assert won <= rest
    assert abs(math.fsum(diverted)) <= 16 * UNIT * sum(values)
    linear = tc.ConstantElasticityResponse(
        demand_elasticity=-2.0, supply_elasticity=4.0, method="log_linear"
    ).respond(flows, before, [after] + [before] * (len(values) - 1))
    created = flows.frame["value_usd"] * (linear["quantity_index"] - 1.0)
    assert (abs(effects["trade_creation_usd"] - created) <= 8 * UNIT * max(values)).all()


def rates_by_row(count: int) -> st.SearchStrategy[list]:
    return st.lists(st.floats(0.0, 1.0), min_size=count, max_size=count)


@FEWER
@given(responses(methods=("exact",)), trade_flows(partners=["KOR", "JPN", "DEU"]), st.data())
def test_diverted_trade_is_won_from_someone(
    response: tc.StaticResponse, flows: tc.TradeFlows, data: st.DataObject
) -> None:
    """RESPONSE-35: created + diverted = change in imports; Σ diverted = 0; each row of winners."""
    before, after = (data.draw(rates_by_row(len(flows))) for _ in range(2))
    answer = response.respond(flows, before, after)
    effects = tc.trade_effects(answer, flows, market_digits=2)
    change = flows.frame["value_usd"] * (answer["quantity_index"] - 1.0)
    size = UNIT * 32 * (abs(change).sum() + 1.0)
    assert (effects["import_change_usd"] == change).all()
    parts = effects["trade_created_usd"] + effects["trade_diverted_usd"]
    assert (abs(parts - change) <= size).all()
    assert abs(math.fsum(effects["trade_diverted_usd"])) <= size
    taken = tc.trade_diversion(answer, flows, market_digits=2)
    net = taken.sum(axis=1) - taken.sum(axis=0)
    own = effects["trade_diverted_usd"].groupby(flows.frame["partner"]).sum()
    assert (abs(net - own) <= 4 * size).all()
    assert (taken >= 0.0).all(axis=None)


@given(responses(), trade_flows(partners=["KOR", "JPN"]), st.data())
def test_the_parties_gain_what_lines_gain(
    response: tc.StaticResponse, flows: tc.TradeFlows, data: st.DataObject
) -> None:
    """RESPONSE-36: Σ gains by party = Σ efficiency; an exporter's = Σ of its lines (fsum)."""
    rate = data.draw(st.floats(0.0, 0.3))
    answer = response.respond(flows, rate, rate * 1.01)
    parties = tc.gains_by_party(answer, flows)["gain_usd"]
    size = UNIT * 32 * (abs(answer[GAINS]).sum(axis=None) + 1.0)
    assert abs(math.fsum(parties) - math.fsum(answer["efficiency_usd"])) <= size
    for partner in flows.partners:
        own = math.fsum(answer.loc[flows.frame["partner"] == partner, "exporter_gain_usd"])
        assert abs(parties[partner, "exporters"] - own) <= size


# Errors

LINE = pd.DataFrame(
    {"hs": ["870323", "870323"], "partner": ["KOR", "USA"], "value_usd": [4.0, 6.0]}
)
CARS = tc.TradeFlows.from_frame(LINE)
ELASTIC = tc.ConstantElasticityResponse(demand_elasticity=-2.0)
VARIED = tc.ArmingtonResponse(substitution_elasticity=4.0, demand_elasticity=-1.0)
WORLD = tc.GlobalArmingtonResponse(substitution_elasticity=4.0, demand_elasticity=-1.0)
PAIRS = pd.DataFrame({"exporter": ["KOR", "USA"], "importer": "USA", "value_usd": [4.0, 6.0]})
HEAD = "flows between regions cannot be used: 1 fault\n  - "

FAULTS: dict[str, Callable[[], object]] = {
    "rate_after: rates are fractions: 15 means 1500%; did you mean 0.15?": (
        lambda: tc.StaticResponse(pass_through=0.5).respond(CARS, 0.25, 15)
    ),
    "rate_before: rates are fractions: 25 means 2500%; did you mean 0.25?": (
        lambda: ELASTIC.respond(CARS, [25, 0.1], 0.15)
    ),
    "flows: TradeFlows are needed, given DataFrame; build them with TradeFlows.from_frame": (
        lambda: VARIED.respond(LINE, 0.25, 0.15)
    ),
    "rate_after: no tariff is due on sales at home; give 0 for their lines": (
        lambda: VARIED.respond(CARS, 0.25, [0.15, 0.1])
    ),
    "hs: codes of at least 6 digits are needed to tell markets apart, given 1 shorter code: "
    "'8703'; set market_digits": (
        lambda: VARIED.respond(
            tc.TradeFlows.from_frame(LINE.assign(hs=["8703", "870323"])), 0.25, 0.15
        )
    ),
    "the log-linear answer of 1 line is a negative quantity: the change is too large for it; use "
    "method='exact'": (
        lambda: tc.ConstantElasticityResponse(demand_elasticity=-4.0, method="log_linear").respond(
            CARS, 0.0, [0.15, 0.5]
        )
    ),
    "the answer of 2 lines is too large for a number; use rates nearer to 0 or smaller "
    "elasticities": (
        lambda: tc.ConstantElasticityResponse(demand_elasticity=-1e6).respond(CARS, 0.25, 0.15)
    ),
    "ConstantElasticityResponse cannot be built:\n  - demand_elasticity: input should be less than "
    "0, given 2.0": lambda: tc.ConstantElasticityResponse(demand_elasticity=2.0),
    "ConstantElasticityResponse cannot be built:\n  - supply_elasticity: a finite number is "
    "needed, given inf; leave out what is unknown": (
        lambda: tc.ConstantElasticityResponse(demand_elasticity=-2.0, supply_elasticity=math.inf)
    ),
    "flows: a pandas DataFrame is needed, given TradeFlows": (
        lambda: WORLD.respond(CARS, 0.25, 0.15)
    ),
    HEAD + "columns missing: exporter, importer; needed are exporter, importer, value_usd": (
        lambda: WORLD.respond(LINE, 0.25, 0.15)
    ),
    HEAD + "one row a pair is needed; given again in 1 row: 1": (
        lambda: WORLD.respond(PAIRS.assign(exporter="KOR"), 0.25, 0.15)
    ),
    HEAD + "value_usd: finite amounts of at least 0 are needed in 1 row: 1": (
        lambda: WORLD.welfare(PAIRS.assign(value_usd=[1.0, math.nan]), 0.25, 0.15)
    ),
    HEAD + "value_usd: numbers are needed, given bool": (
        lambda: WORLD.respond(PAIRS.assign(value_usd=True), 0.25, 0.15)
    ),
    HEAD + "importer: names are needed in 1 row: 0": (
        lambda: WORLD.respond(PAIRS.assign(importer=[1, "USA"]), 0.25, 0.15)
    ),
    HEAD + "the frame has no rows": lambda: WORLD.respond(PAIRS[:0], 0.25, 0.15),
    "substitution_elasticity: a finite number of at least 0 is needed, given -1.0": (
        lambda: tc.smart_trade_effects(CARS, rate_before=0.25, rate_after=0.15,
            demand_elasticity=-2.0, substitution_elasticity=-1.0)
    ),
    "the change is too large for SMART's linear model: no supplier of a product is left; use "
    "ArmingtonResponse": (
        lambda: tc.smart_trade_effects(CARS, rate_before=0.0, rate_after=0.5,
            demand_elasticity=-2.0, substitution_elasticity=4.0)
    ),
    "answer: the table that a response answers is needed": (
        lambda: tc.trade_effects(LINE, CARS)
    ),
    "answer: 2 rows are needed, one per line of the flows, given 1": (
        lambda: tc.gains_by_party(ELASTIC.respond(CARS.only("KOR"), 0.25, 0.15), CARS)
    ),
}  # fmt: skip


@pytest.mark.parametrize(("message", "call"), FAULTS.items())
def test_what_a_response_cannot_use_is_refused(message: str, call: Callable) -> None:
    """RESPONSE-37: rates, flows, elasticities and answers of the wrong kind (full message)."""
    with pytest.raises(InputError) as caught:
        call()
    assert type(caught.value) is InputError
    assert str(caught.value) == message


# Scenarios: relief under each response

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
ON = PACKAGED.tariffs.law_date
SOLD = tc.load_flows("us-imports-2024", partners=["KOR", "JPN", "EU27"]).frame
TRADED = SOLD[SOLD["hs"].str[:6].isin(["401110", "842890", "870323"])]
AT_HOME = pd.DataFrame(
    {"hs": ["401110", "870323"], "partner": "USA", "value_usd": [5e9, 40e9], "sector": "own"}
)
MARKET = tc.TradeFlows.from_frame(pd.concat([TRADED, AT_HOME], ignore_index=True))
KOREA = MARKET.only("KOR")
STRUCTURE = "upfront-cash"
METHODS = ("exact", "triangle", "log_linear")
LOW = elasticities(0.2, 8.0)
FEW_WHOLE = settings(max_examples=max(1, settings.default.max_examples // 20))
CASES = {
    "trade.response.demand_elasticity": [-0.5, -1.0, -3.0],
    "trade.response.supply_elasticity": [0.5, 1.0, 4.0],
    "trade.elasticities.scale": [0.5, 1.0, 2.0],
    "trade.elasticities.overrides.Passenger cars.substitution_elasticity": [2.0, 4.0, 9.0],
    "trade.inventory_lag_months": [0.0, 2.0, 30.0],
    "tariffs.measures.reciprocal-25.rate": [0.1, 0.25, 0.3],
}


def answering(response: object, **changes: object) -> tc.Scenario:
    fields = {path.replace("__", "."): value for path, value in changes.items()}
    return PACKAGED.replace({"trade.response": response, **fields})


def by_sector(kind: str) -> tc.Scenario:
    """Return a scenario whose elasticities are by sector, those of cars an override."""
    cars = tc.SectorElasticity(name="Passenger cars", substitution_elasticity=4.0)
    own = {"demand_elasticity": -1.25} if kind == "armington" else {}
    response = {"kind": kind, "supply_elasticity": 1.5, **own}
    return answering(
        response, trade__elasticities=tc.Elasticities(set="central", overrides=(cars,))
    )


def total_rates(schedule: tc.TariffSchedule, flows: tc.TradeFlows) -> np.ndarray:
    return schedule.rates(flows, on=ON)["total_rate"].to_numpy()


def market_rates(schedule: str) -> np.ndarray:
    """Return the rate of each line of the market: of Korea's by the scenario, of others by law."""
    frame = MARKET.frame
    law = tc.load_schedule("united-states", as_of=PACKAGED.as_of)
    rates = np.zeros(len(frame))
    for who, source in (("KOR", getattr(PACKAGED, schedule)), ("JPN", law), ("EU27", law)):
        mine = (frame["partner"] == who).to_numpy()
        rates[mine] = total_rates(source, MARKET.only(who))
    return rates


LINE_RATES = {name: total_rates(getattr(PACKAGED, name), KOREA) for name in ("no_deal", "deal")}
MARKET_RATES = {name: market_rates(name) for name in ("no_deal", "deal")}


def asked(scenario: tc.Scenario, response: object) -> pd.Series:
    table = tc.compare_responses(
        scenario, responses={"one": response}, structure=STRUCTURE, flows=MARKET
    )
    return table.loc["one"]


def parties(scenario: tc.Scenario, **options: object) -> pd.Series:
    return tc.incidence(scenario, structures=[STRUCTURE], flows=MARKET, **options).iloc[0]


def tariff_rows(scenario: tc.Scenario) -> pd.DataFrame:
    """Return the tariff accounts by period, signed as their own payer and payee [USD]."""
    table = tc.ledger(scenario, STRUCTURE, flows=MARKET)
    names = ["duty_saving", "price_change", "efficiency_gain"]
    table = table[table["account"].isin(names)]
    return table.pivot(index="period", columns="account", values="amount_usd").fillna(0.0)


@FEW_WHOLE
@given(LOW, LOW, st.floats(0.0, 0.1), st.floats(0.5, 1.0), st.floats(0.0, 0.1))
def test_relief_under_constant_elasticity_by_hand(
    size: float, supply: float, growth: float, durability: float, rate: float
) -> None:
    """RESPONSE-38: relief = Σk Σi Vi·(τi^a − 1)/(1+μ)·((1+g)·δ)^k/(1+r)^(k+1), a = ε(1+μ)/(μ−ε)."""
    response = tc.ConstantElasticityResponse(demand_elasticity=-size, supply_elasticity=supply)
    scenario = answering(
        response,
        trade__growth_rate=growth,
        tariffs__durability=durability,
        valuation__discount_rate=rate,
    )
    found = tc.compare(scenario, structures=[STRUCTURE], columns=["relief_pv_usd"], flows=KOREA)
    with mpmath.workdps(50):
        mu, eps = mpmath.mpf(supply), -mpmath.mpf(size)
        lines = zip(
            KOREA.frame["value_usd"], LINE_RATES["no_deal"], LINE_RATES["deal"], strict=True
        )
        taus = [(v, (1 + mpmath.mpf(a)) / (1 + mpmath.mpf(b))) for v, b, a in lines]
        year = sum(v * (t ** (eps * (1 + mu) / (mu - eps)) - 1) / (1 + mu) for v, t in taus)
        fade = (1 + mpmath.mpf(growth)) * mpmath.mpf(durability)
        late = 1 + mpmath.mpf(rate)
        exact = sum(year * fade**k / late ** (k + 1) for k in range(scenario.tariffs.relief_years))
    # Rates are rounded to 2^-53, a change of 10 points amplifies that twentyfold; 40 products.
    assert found["relief_pv_usd"].item() == pytest.approx(float(exact), rel=200 * UNIT)


@FEW_WHOLE
@given(LOW, LOW, LOW, st.none() | LOW, st.sampled_from(METHODS))
def test_the_market_of_a_scenario_answers_as_the_public_response(
    substitution: float, demand: float, supply: float, own: float | None, method: str
) -> None:
    """RESPONSE-39: gains by country and efficiency = Σ lines of respond, rivals apart (1e-10)."""
    response = tc.ArmingtonResponse(
        substitution_elasticity=substitution,
        demand_elasticity=-demand,
        supply_elasticity=supply,
        home_supply_elasticity=own,
        method=method,
    )
    answer = response.respond(MARKET, MARKET_RATES["no_deal"], MARKET_RATES["deal"])
    by_country = tc.gains_by_party(answer, MARKET)["gain_usd"]
    found = asked(PACKAGED, response)
    scale = 1e-10 * abs(by_country).max()
    abroad = by_country[["JPN", "EU27"]].sum()
    assert found["exporter_gain_usd"] == pytest.approx(by_country["KOR"].item(), abs=scale)
    assert found["competitor_gain_usd"] == pytest.approx(abroad, abs=scale)
    for column, party in (
        ("home_producer_gain_usd", "producers"),
        ("importer_gain_usd", "importers"),
        ("revenue_change_usd", "treasury"),
    ):
        assert found[column] == pytest.approx(by_country[("USA", party)], abs=scale)
    assert found["efficiency_usd"] == pytest.approx(math.fsum(answer["efficiency_usd"]), abs=scale)


@FEW_WHOLE
@given(LOW, LOW, LOW)
def test_created_and_diverted_trade_of_a_scenario_are_those_of_the_public_effects(
    substitution: float, demand: float, supply: float
) -> None:
    """RESPONSE-40: trade created and diverted of Korea = Σ of trade_effects (1e-10)."""
    response = tc.ArmingtonResponse(
        substitution_elasticity=substitution, demand_elasticity=-demand, supply_elasticity=supply
    )
    answer = response.respond(MARKET, MARKET_RATES["no_deal"], MARKET_RATES["deal"])
    effects = tc.trade_effects(answer, MARKET)[(MARKET.frame["partner"] == "KOR").to_numpy()]
    found = asked(PACKAGED, response)
    scale = 1e-10 * math.fsum(abs(effects["import_change_usd"]))
    for column in ("trade_created_usd", "trade_diverted_usd"):
        assert found[column] == pytest.approx(math.fsum(effects[column]), abs=scale)


@pytest.mark.parametrize("kind", ["constant_elasticity", "armington"])
def test_elasticities_by_sector_are_those_of_each_line(kind: str) -> None:
    """RESPONSE-41: a scenario by sector gains Σ lines, each of its own sector's σ (public)."""
    scenario = by_sector(kind)
    gain = 0.0
    table = tc.load_elasticities("central")["substitution_elasticity"]
    for sector in KOREA.frame["sector"].unique():
        sigma = 4.0 if sector == "Passenger cars" else table[sector]
        code = KOREA.frame["hs"][KOREA.frame["sector"] == sector].str[:6].iloc[0]
        mine = MARKET.frame["hs"].str.startswith(code).to_numpy()
        flows = tc.TradeFlows.from_frame(MARKET.frame[mine])
        rates = (MARKET_RATES[name][mine] for name in ("no_deal", "deal"))
        response = tc.ArmingtonResponse(
            substitution_elasticity=sigma, demand_elasticity=-1.25, supply_elasticity=1.5
        )
        if kind == "constant_elasticity":
            response = tc.ConstantElasticityResponse(
                demand_elasticity=-sigma, supply_elasticity=1.5
            )
        answer = response.respond(flows, *rates)
        gain += answer["exporter_gain_usd"][(flows.frame["partner"] == "KOR").to_numpy()].sum()
    found = asked(scenario, scenario.trade.response)
    assert found["exporter_gain_usd"] == pytest.approx(gain, rel=1e-12)


@FEW_WHOLE
@given(LOW, LOW)
def test_without_cross_effects_a_market_is_its_lines(size: float, supply: float) -> None:
    """RESPONSE-42: σ = −η gives Korea the constant-elasticity relief with ε = η, others nothing."""
    alone = tc.ConstantElasticityResponse(demand_elasticity=-size, supply_elasticity=supply)
    market_ = tc.ArmingtonResponse(
        substitution_elasticity=size, demand_elasticity=-size, supply_elasticity=supply
    )
    one, other = asked(PACKAGED, alone), asked(PACKAGED, market_)
    for column in ("exporter_gain_usd", "importer_gain_usd", "relief_pv_usd"):
        assert other[column] == pytest.approx(one[column], rel=1e-10)
    size_ = abs(one["exporter_gain_usd"])
    assert other["competitor_gain_usd"] == pytest.approx(0.0, abs=1e-10 * size_)
    assert other["home_producer_gain_usd"] == pytest.approx(0.0, abs=1e-10 * size_)


@FEW_WHOLE
@given(st.floats(0.05, 0.95))
def test_small_elasticities_share_a_tariff_as_a_pass_through(share: float) -> None:
    """RESPONSE-43: ε = −k(1−ρ), μ = kρ, k = 1e-4: relief of the static response of ρ to 1e-3."""
    k = 1e-4
    static = asked(PACKAGED, tc.StaticResponse(pass_through=share))
    found = asked(
        PACKAGED,
        tc.ConstantElasticityResponse(
            demand_elasticity=-k * (1.0 - share), supply_elasticity=k * share
        ),
    )
    for column in ("exporter_gain_usd", "importer_gain_usd", "revenue_change_usd", "relief_pv_usd"):
        assert found[column] == pytest.approx(static[column], rel=10 * k)


@pytest.mark.parametrize("kind", ["static", "constant_elasticity", "armington"])
@pytest.mark.parametrize("method", METHODS)
def test_a_deal_that_changes_no_rate_changes_nothing(kind: str, method: str) -> None:
    """RESPONSE-44: deal = no deal gives 0 for every party, to the bit (identity)."""
    scenario = PACKAGED if kind == "static" else by_sector(kind)
    how = {} if kind == "static" else {"trade.response.method": method}
    same = scenario.replace({"tariffs.deal": list(PACKAGED.tariffs.no_deal), **how})
    found = asked(same, same.trade.response)
    assert (found.drop("net_benefit_usd") == 0.0).all()


@pytest.mark.parametrize("kind", ["constant_elasticity", "armington"])
@pytest.mark.parametrize("path", CASES)
def test_each_case_of_a_sweep_is_its_scenario(kind: str, path: str) -> None:
    """RESPONSE-45: a sweep over any number of the answer = compare one by one (to the bit)."""
    scenario = by_sector(kind)
    if path.endswith("demand_elasticity") and kind == "constant_elasticity":
        response = {"kind": kind, "supply_elasticity": 1.5, "demand_elasticity": -2.0}
        scenario = answering(response)
    options = {"structures": [STRUCTURE], "flows": MARKET, "columns": ["relief_pv_usd"]}
    table = tc.sweep(scenario, {path: CASES[path]}, **options)
    single = [tc.compare(scenario.replace({path: value}), **options) for value in CASES[path]]
    assert table["relief_pv_usd"].tolist() == [one["relief_pv_usd"].item() for one in single]
    assert table["relief_pv_usd"].nunique() == 3


def test_the_scale_multiplies_every_elasticity() -> None:
    """RESPONSE-46: scale 2 = overrides times 2, to the bit; scale alone moves relief."""
    names = KOREA.frame["sector"].unique()
    rows, double = (
        [
            tc.SectorElasticity(name=n, substitution_elasticity=f * (2.0 + i))
            for i, n in enumerate(names)
        ]
        for f in (1.0, 2.0)
    )
    scenario = by_sector("armington")
    options = {"structures": [STRUCTURE], "flows": MARKET, "columns": ["relief_pv_usd"]}
    scaled, written, plain = (
        tc.compare(scenario.replace({"trade.elasticities": given}), **options).to_numpy().item()
        for given in (
            tc.Elasticities(overrides=tuple(rows), scale=2.0),
            tc.Elasticities(overrides=tuple(double)),
            tc.Elasticities(overrides=tuple(rows)),
        )
    )
    assert scaled == written != plain


@pytest.mark.parametrize("kind", ["static", "constant_elasticity", "armington"])
def test_each_year_reaches_its_share_of_the_answer(kind: str) -> None:
    """RESPONSE-47: exporters get a_k of the long run, importers (1−a_k) of the duty beside it."""
    scenario = PACKAGED if kind == "static" else by_sector(kind)
    changes = {"trade.growth_rate": 0.0, "tariffs.durability": 1.0, "tariffs.relief_years": 4}
    full = tariff_rows(scenario.replace(changes)).iloc[0]
    found = tariff_rows(scenario.replace({**changes, "trade.adjustment": [0.25, 0.5, 1.0]}))
    saving = math.fsum(KOREA.frame["value_usd"] * (LINE_RATES["no_deal"] - LINE_RATES["deal"]))
    for reached, year in zip([0.25, 0.5, 1.0, 1.0], found.index, strict=True):
        row = found.loc[year]
        assert row["price_change"] == reached * full["price_change"]
        duty = (1.0 - reached) * saving + reached * full["duty_saving"]
        assert row["duty_saving"] == pytest.approx(duty, rel=1e-14)
        if kind != "static":
            assert row["efficiency_gain"] == reached * full["efficiency_gain"]


@pytest.mark.parametrize("kind", ["static", "constant_elasticity", "armington"])
def test_the_defaults_answer_at_once(kind: str) -> None:
    """RESPONSE-48: adjustment (1, …), lag 0 and none of them give the same rows, to the bit."""
    scenario = PACKAGED if kind == "static" else by_sector(kind)
    plain = tc.ledger(scenario, STRUCTURE, flows=MARKET)
    for changes in ({"trade.adjustment": [1.0, 1.0]}, {"trade.inventory_lag_months": 0.0}):
        table = tc.ledger(scenario.replace(changes), STRUCTURE, flows=MARKET)
        pd.testing.assert_frame_equal(table, plain, check_exact=True)


@pytest.mark.parametrize("kind", ["static", "armington"])
@pytest.mark.parametrize("lag", [0.0, 1.5, 2.0, 13.0])
def test_nothing_is_felt_until_the_inventory_is_sold(kind: str, lag: float) -> None:
    """RESPONSE-49: months before the lag have price change 0; a year is the sum of its months."""
    scenario = PACKAGED if kind == "static" else by_sector(kind)
    lagged = scenario.replace({"trade.inventory_lag_months": lag, "tariffs.relief_years": 3})
    monthly = tariff_rows(lagged.replace({"valuation.frequency": "M"}))
    yearly = tariff_rows(lagged)
    assert (monthly["price_change"].iloc[: int(lag)] == 0.0).all()
    assert (monthly["price_change"].iloc[int(lag) :] > 0.0).all()
    assert (monthly["duty_saving"] > 0.0).all()
    sums = monthly.groupby(monthly.index.str[:4]).sum()
    assert sums.to_numpy() == pytest.approx(yearly.to_numpy(), rel=32 * UNIT)


def test_every_party_has_its_gain_and_all_add_up() -> None:
    """RESPONSE-50: incidence rows add up to 0; each competitor's is its yearly gain, discounted."""
    scenario = by_sector("armington")
    together, each = parties(scenario), parties(scenario, competitors="each")
    scale = abs(together).max()
    assert math.fsum(together) == pytest.approx(0.0, abs=64 * UNIT * scale)
    abroad = each[["JPN_usd", "EU27_usd", "home_producers_usd"]]
    assert math.fsum(abroad) == pytest.approx(together["competitors_usd"], rel=1e-13)
    year = asked(scenario, scenario.trade.response)
    factor = year["relief_pv_usd"] / year["exporter_gain_usd"]
    home = year["home_producer_gain_usd"] * factor
    assert each["home_producers_usd"] == pytest.approx(home, rel=1e-13)
    rivals = (each["JPN_usd"] + each["EU27_usd"]) / factor
    assert rivals == pytest.approx(year["competitor_gain_usd"], rel=1e-13)
    assert together["importers_usd"] == pytest.approx(year["importer_gain_usd"] * factor, rel=1e-12)
    treasury = year["revenue_change_usd"] * factor
    assert together["host_treasury_usd"] == pytest.approx(treasury, rel=1e-12)


def test_models_side_by_side_are_as_each_by_itself() -> None:
    """RESPONSE-51: compare_responses = compare of each replaced scenario; spread = max − min."""
    table = tc.compare_responses(PACKAGED, structure=STRUCTURE, flows=MARKET)
    assert table.index.tolist() == ["static", "constant_elasticity", "armington", "spread"]
    models = table.iloc[:3]
    assert table.loc["spread"].tolist() == (models.max() - models.min()).tolist()
    central = tc.Elasticities(
        set="central",
        overrides=(tc.SectorElasticity(name="Special provisions", substitution_elasticity=1.0),),
    )
    for kind, own in (("constant_elasticity", {}), ("armington", {"demand_elasticity": -1.25})):
        response = {"kind": kind, "supply_elasticity": 1.5, **own}
        scenario = answering(response, trade__elasticities=central)
        columns = ["relief_pv_usd", "net_benefit_usd"]
        row = tc.compare(scenario, structures=[STRUCTURE], columns=columns, flows=MARKET)
        assert table.loc[kind, columns].tolist() == row.iloc[0].tolist()


@pytest.mark.parametrize("kind", ["constant_elasticity", "armington"])
def test_a_scenario_with_a_response_is_written_and_read(kind: str) -> None:
    """RESPONSE-52: TOML and JSON hold response and elasticities; a set's name stands for it."""
    scenario = by_sector(kind).replace({"trade.adjustment": [0.5, 1.0]})
    assert tc.Scenario.from_toml(scenario.to_toml()) == scenario
    assert tc.Scenario.from_json(scenario.to_json()) == scenario
    paths = scenario.parameters().index
    assert [path for path in CASES if path in paths or path.startswith("trade.e")] != []
    named = scenario.replace({"trade.elasticities": "central"})
    assert named.trade.elasticities == tc.Elasticities(set="central")


@FEW_WHOLE
@given(trade_elasticities(), st.sampled_from(["low", "central", "high"]))
def test_elasticities_of_lines_are_those_of_the_public_table(
    drawn: tc.Elasticities, name: str
) -> None:
    """RESPONSE-53: σ of each line = scale · line_elasticities(set, overrides), to the bit."""
    drawn = drawn.model_copy(update={"set": name})
    public = tc.line_elasticities(
        KOREA,
        name,
        overrides={row.name: row.substitution_elasticity for row in drawn.overrides},
    )
    written = tree(drawn)
    found = ElasticityOfProducts.of(written, KOREA.frame["hs"]).numbers(Cases(written, {}))
    assert found[0].tolist() == (drawn.scale * public).tolist()


@pytest.mark.parametrize("kind", ["static", "constant_elasticity", "armington"])
def test_a_line_written_as_parts_is_the_line(kind: str) -> None:
    """RESPONSE-54: each line in three parts of ½, ¼, ¼: each party gains the same (1e-13)."""
    scenario = PACKAGED if kind == "static" else by_sector(kind)
    frame = MARKET.frame
    thirds = [frame.assign(value_usd=frame["value_usd"] * part) for part in (0.5, 0.25, 0.25)]
    parts = tc.TradeFlows.from_frame(pd.concat(thirds, ignore_index=True))
    one, other = (
        tc.incidence(scenario, structures=[STRUCTURE], flows=flows).iloc[0]
        for flows in (MARKET, parts)
    )
    assert (abs(one - other) <= 1e-13 * abs(one).max()).all()


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"trade.response": {"kind": "armington", "demand_elasticity": -1.0}}, InputError,
         "response.substitution_elasticity: a number is needed, or elasticities by sector"),
        ({"trade.response": {"kind": "constant_elasticity"}}, InputError,
         "response.demand_elasticity: a number is needed, or elasticities by sector"),
        ({"trade.response": {"kind": "constant_elasticity", "demand_elasticity": -1.0},
          "trade.elasticities": "low"}, InputError,
         "response.demand_elasticity and elasticities set the same numbers; leave one out"),
        ({"trade.response": {"kind": "global_armington"}}, InputError,
         "global_armington needs the flows between all regions, and a scenario holds imports"),
        ({"trade.elasticities": "centrl"}, UnknownNameError, "did you mean 'central'"),
        ({"trade.adjustment": [1.5]}, InputError, "less than or equal to 1, given 1.5"),
        ({"trade.inventory_lag_months": -1.0}, InputError, "greater than or equal to 0"),
    ],
)  # fmt: skip
def test_what_a_scenario_cannot_answer_with_is_refused(
    changes: dict, error: type, said: str
) -> None:
    """RESPONSE-55: an elasticity twice or nowhere, a global response, wrong shares are refused."""
    with pytest.raises(error) as caught:
        PACKAGED.replace(changes)
    assert said in str(caught.value)


def test_a_set_published_after_the_vintage_is_refused() -> None:
    """RESPONSE-56: as_of before the set's day is a VintageError, on its day it is not."""
    written = PACKAGED.replace({"trade.elasticities": "central"}).tree()
    written["provenance"] = {}
    day = tc.list_elasticities().loc["central", "published"].date()
    written["tariffs"] = {**written["tariffs"], "law_date": day}
    for measure in written["tariffs"]["measures"].values():
        measure.pop("published", None)
    for structure in written["pledge"]["structures"].values():
        structure.pop("published", None)
    assert tc.Scenario.from_tree({**written, "as_of": day}).as_of == day
    early = day - pd.Timedelta(days=1)
    written["tariffs"]["law_date"] = early
    with pytest.raises(VintageError, match=r"trade\.elasticities\.set central is of 2022-07-31"):
        tc.Scenario.from_tree({**written, "as_of": early})
