"""Chapter 19: which numbers a result depends on, and how much."""

import math
import sys
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.analysis.elasticity import BOTH, DOWN, STEP, UP, log_derivative
from tariffcalc.errors import InputError, MissingExtraError, UnknownNameError
from tariffcalc.testing import assert_same_table

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
LINES = tc.load_flows("us-imports-2024", partners=["KOR"]).frame
FLOWS = tc.TradeFlows.from_frame(pd.concat([LINES.iloc[::400], LINES[LINES["value_usd"] > 1e9]]))
FEW = settings(max_examples=settings().max_examples // 25)
WITH_DEAL = [s.name for s in PACKAGED.pledge.structures if s.name != "no-deal"]
NAME = "upfront-cash"
UTILISATION = f"pledge.structures.{NAME}.utilisation_share"
DURABILITY, PASS_THROUGH = "tariffs.durability", "trade.response.pass_through"


def sensitive(scenario: tc.Scenario = PACKAGED, **options: Any) -> pd.DataFrame:
    return tc.sensitivity(scenario, **{"flows": FLOWS, "structures": [NAME], **options})


def elasticity(path: str, target: str, **changes: Any) -> tuple[float, float]:
    scenario = PACKAGED.replace(changes)
    table = sensitive(scenario, method="elasticities", parameters=[path], target=target)
    return table["elasticity"].item(), table["error_bound"].item()


def ranged(ranges: dict[str, tuple[float, float]]) -> tc.Scenario:
    """Return the packaged scenario with these ranges and no other."""
    tree = PACKAGED.tree()
    for entry in tree["provenance"].values():
        entry.pop("low", None)
        entry.pop("high", None)
    for path, (low, high) in ranges.items():
        origin = {"status": "assumption", "source": "", "low": low, "high": high}
        tree["provenance"][path] = origin
    return tc.Scenario.from_tree(tree)


# One at a time


@FEW
@given(st.sampled_from(WITH_DEAL), st.sampled_from(["net_benefit_usd", "peak_over_fx_capacity"]))
def test_each_end_of_a_tornado_is_a_comparison(name: str, target: str) -> None:
    """SENSITIVITY-1: low, base and high are compare of the replaced scenario (to the bit)."""
    asked = {"structures": [name], "flows": FLOWS, "columns": [target]}
    table = sensitive(structures=[name], target=target).loc[name]
    assert len(table) == 22
    assert (table[f"base_{target}"] == tc.compare(PACKAGED, **asked)[target].item()).all()
    stated = PACKAGED.parameters()
    for row in table.iloc[[0, 1, 2, 11, 21]].itertuples():
        pattern = "^" + str(row.Index).replace(".", r"\.").replace("*", "[^.]+") + "$"
        paths = [path for path in stated.index if pd.Series(path).str.match(pattern).item()]
        for end in ("low", "high"):
            changed = PACKAGED.replace(dict.fromkeys(paths, getattr(row, end)))
            single = tc.compare(changed, **asked)[target].item()
            assert getattr(row, f"{end}_{target}") == single


def test_a_tornado_starts_with_the_widest_swing() -> None:
    """SENSITIVITY-2: swing = |high − low|, in falling order inside each structure."""
    table = sensitive(structures=None)
    for name in ("credit-ceiling", "capacity-paced", "no-deal"):
        own = table.loc[name]
        swing = (own["high_net_benefit_usd"] - own["low_net_benefit_usd"]).abs()
        assert (own["swing_net_benefit_usd"] == swing).all()
        assert (np.diff(swing) <= 0).all()
    assert (table.loc["no-deal", "swing_net_benefit_usd"] == 0).all()


def test_a_distribution_without_an_end_is_tried_at_its_tails() -> None:
    """SENSITIVITY-3: normal and lognormal go from q05 to q95, or to where they are cut."""
    given_two = {
        "discount_rate": tc.Normal(mean=0.05, standard_deviation=0.01, low=0.0),
        "krw_per_usd": tc.Lognormal(median=1400.0, log_deviation=0.1),
        "cash_share": tc.Uniform(low=0.1, high=0.9),
    }
    table = sensitive(distributions=given_two).loc[NAME]
    z = 1.6448536269514722  # the 95% quantile, from tables
    assert table.loc["valuation.discount_rate", "low"] == 0.0
    assert table.loc["valuation.discount_rate", "high"] == pytest.approx(0.05 + 0.01 * z, rel=1e-6)
    ends = table.loc["krw_per_usd", ["low", "high"]].tolist()
    assert ends == pytest.approx([1400 * math.exp(-0.1 * z), 1400 * math.exp(0.1 * z)])
    assert table.loc["cash_share", ["low", "high"]].tolist() == [0.1, 0.9]


# Elasticities


@FEW
@given(st.sampled_from(WITH_DEAL))
def test_costs_are_in_proportion_to_all_dollars_together(name: str) -> None:
    """SENSITIVITY-4: elasticities of net cost to all USD amounts add up to 1 (Euler's theorem)."""
    stated = PACKAGED.parameters()
    money = stated[stated["unit"].str.startswith("USD") & (stated["value"] > 0)]
    own = ("economy", "pledge.headline_usd", f"pledge.structures.{name}.")
    paths = [path for path in money.index if path.startswith(own)]
    table = sensitive(
        structures=[name], method="elasticities", parameters=paths, target="net_cost_usd"
    )
    total = math.fsum(table["elasticity"])
    assert abs(total - 1) <= math.fsum(table["error_bound"]) < 1e-6


@FEW
@given(st.integers(10, 95), st.floats(0.0, 0.1), st.integers(1, 30))
def test_the_elasticity_of_relief_to_durability_is_that_of_a_geometric_sum(
    survival: int, rate: float, years: int
) -> None:
    """SENSITIVITY-5: δ/R·dR/dδ = Σ k·x^k / Σ x^k with x = δ·(1+g)/(1+r) (50 digits)."""
    changes = {
        DURABILITY: survival / 100, "valuation.discount_rate": rate,
        "tariffs.relief_years": years, "valuation.timing": "outlays_start_receipts_end",
    }  # fmt: skip
    growth = PACKAGED.trade.growth_rate
    with mpmath.workdps(50):
        x = mpmath.mpf(survival / 100) * (1 + mpmath.mpf(growth)) / (1 + mpmath.mpf(rate))
        sums = [mpmath.fsum(k**power * x**k for k in range(years)) for power in (0, 1)]
        exact = float(sums[1] / sums[0])
    found, bound = elasticity("durability", "relief_pv_usd", **changes)
    assert abs(found - exact) <= bound < 1e-7


@FEW
@given(st.integers(5, 99))
def test_a_result_that_is_a_line_has_the_elasticity_of_a_line(use: int) -> None:
    """SENSITIVITY-6: f = a + b·u has elasticity b·u/(a + b·u); relief has none to u."""
    found, bound = elasticity(UTILISATION, "net_benefit_usd", **{UTILISATION: use / 100})
    points = {UTILISATION: [0.0, use / 100]}
    line = tc.sweep(PACKAGED, points, structures=[NAME], flows=FLOWS)["net_benefit_usd"]
    # A level cap on reserve income makes pieces of lines: only the piece at u is a line.
    beside = tc.sweep(PACKAGED, {UTILISATION: [use / 100 + 1e-3]}, structures=[NAME], flows=FLOWS)
    slope = (beside["net_benefit_usd"].item() - line[1]) / 1e-3
    assert found == pytest.approx(slope * use / 100 / line[1], rel=1e-6, abs=bound)
    assert elasticity(UTILISATION, "relief_pv_usd") == (0.0, pytest.approx(0.0, abs=1e-8))


SMOOTH: dict[str, tuple[Callable[[Any], Any], float]] = {
    "power": (lambda p: p**3, 3.0),
    "root": (lambda p: mpmath.sqrt(p), 0.5),
    "exponential": (lambda p: mpmath.exp(2 * p), 4.0),
    "logarithm": (lambda p: mpmath.log(p), 1 / math.log(2)),
    "difference": (lambda p: p**2 - 3, 8.0),
}


@pytest.mark.parametrize("nodes", [BOTH, UP, DOWN], ids=["both", "up", "down"])
@pytest.mark.parametrize("kind", SMOOTH)
def test_the_error_bound_holds_for_functions_known_exactly(kind: str, nodes: tuple) -> None:
    """SENSITIVITY-7: |found − p·f′(p)/f(p)| ≤ bound at p = 2, and the bound is below 1e-8."""
    function, exact = SMOOTH[kind]
    results = np.array([float(function(mpmath.mpf(2 * (1 + k * STEP)))) for k in nodes])
    found, bound = log_derivative(results, nodes)
    assert abs(found - exact) <= bound < 1e-8


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0.5, 2))
def test_at_a_kink_the_bound_covers_both_slopes(left: float, right: float, base: float) -> None:
    """SENSITIVITY-8: with slopes l and r at p, both are within the bound of what is found."""
    results = np.array([base + (right if k > 0 else left) * k * STEP for k in BOTH])
    found, bound = log_derivative(results, BOTH)
    for slope in (left, right):
        assert abs(found - slope / base) <= bound * (1 + 1e-9)
    assert found == pytest.approx((left + right) / 2 / base, abs=1e-9)


def test_a_result_of_nothing_has_no_elasticity() -> None:
    """SENSITIVITY-9: without a deal the elasticity is NaN, not 0."""
    table = sensitive(structures=["no-deal"], method="elasticities")
    assert table.isna().all(axis=None)


# Sobol and Morris

ADDITIVE = {UTILISATION: tc.Uniform(low=0.2, high=1.0), PASS_THROUGH: tc.Uniform(low=0, high=1)}


def moments(path: str, distribution: Any) -> tuple[float, float]:
    """Return mean and variance of the net benefit over one number, at 4,000 midpoints."""
    place = (np.arange(4000) + 0.5) / 4000
    points = distribution.low + place * (distribution.high - distribution.low)
    values = tc.sweep(PACKAGED, {path: points}, structures=[NAME], flows=FLOWS)["net_benefit_usd"]
    return float(values.mean()), float(values.var())


def test_shares_of_a_sum_are_the_shares_of_its_variances() -> None:
    """SENSITIVITY-10: relief(p) − cost(u): Sobol's S = total = V_i/(V_u + V_p) (closed form)."""
    table = sensitive(ranged({}), method="sobol", samples=1024, seed=1, distributions=ADDITIVE).loc[
        NAME
    ]
    parts = {path: moments(path, given_one)[1] for path, given_one in ADDITIVE.items()}
    for path, variance in parts.items():
        exact = variance / sum(parts.values())
        assert table.loc[path, "first_order_share"] == pytest.approx(exact, abs=0.02)
        assert table.loc[path, "total_share"] == pytest.approx(exact, abs=0.02)


def test_shares_of_a_product_are_those_of_its_moments() -> None:
    """SENSITIVITY-11: of u·g: S_u = V_u·E_g²/V, total_u = 1 − V_g·E_u²/V (closed form)."""
    rate = f"pledge.structures.{NAME}.project_irr"
    source = {f"pledge.structures.{NAME}.funding": {"market_purchases": {"cost_rate": 0.06}}}
    plain = ranged({}).replace(source)
    given_two = {UTILISATION: tc.Uniform(low=0.2, high=1.0), rate: tc.Uniform(low=0.0, high=0.12)}
    table = sensitive(
        plain, method="sobol", samples=1024, seed=2, distributions=given_two,
        target="net_cost_usd",
    ).loc[NAME]  # fmt: skip
    points = (np.arange(4000) + 0.5) / 4000 * 0.12
    cost = tc.sweep(plain, {rate: points}, structures=[NAME], flows=FLOWS)["net_cost_usd"]
    use, use_variance, mean, variance = 0.6, 0.64 / 12, cost.mean(), cost.var()
    whole = (use_variance + use**2) * (variance + mean**2) - (use * mean) ** 2
    first = {UTILISATION: use_variance * mean**2 / whole, rate: variance * use**2 / whole}
    for path, other in ((UTILISATION, rate), (rate, UTILISATION)):
        assert table.loc[path, "first_order_share"] == pytest.approx(first[path], abs=0.03)
        assert table.loc[path, "total_share"] == pytest.approx(1 - first[other], abs=0.03)


def test_branches_take_part_in_sobol_s_shares() -> None:
    """SENSITIVITY-12: with branches alone to vary, their draw explains all of the variance."""
    court = tc.Branches(
        branches=[
            tc.Branch(name="upheld", probability=0.5),
            tc.Branch(name="short", probability=0.5, changes={"tariffs.relief_years": 1}),
        ]
    )
    table = sensitive(
        ranged({}), method="sobol", samples=64, seed=1, structures=None,
        distributions={"court": court, "krw_per_usd": tc.Uniform(low=1300, high=1500)},
    )  # fmt: skip
    assert table.loc[(NAME, "court"), "total_share"] == pytest.approx(1.0, abs=1e-9)
    assert table.loc[(NAME, "krw_per_usd"), "total_share"] == 0.0
    assert table.loc["no-deal"].isna().all(axis=None)


def test_the_effects_of_a_sum_are_its_swings() -> None:
    """SENSITIVITY-13: Morris of a sum of lines: mean effect = high − low, deviation 0."""
    linear = {UTILISATION: tc.Uniform(low=0.5, high=1.0)}
    linear["trade.growth_rate"] = tc.Uniform(low=0.02, high=0.02)
    source = {f"pledge.structures.{NAME}.funding": {"market_purchases": {"cost_rate": 0.06}}}
    options = {"distributions": linear, "target": "net_benefit_usd"}
    plain = ranged({}).replace(source)
    table = sensitive(plain, method="morris", samples=8, seed=1, **options).loc[NAME]
    swing = sensitive(plain, **options).loc[NAME]
    exact = swing["high_net_benefit_usd"] - swing["low_net_benefit_usd"]
    for path in linear:
        effect = table.loc[path, "mean_effect_net_benefit_usd"]
        assert effect == pytest.approx(exact[path], rel=1e-10)
        assert table.loc[path, "mean_absolute_effect_net_benefit_usd"] == abs(effect)
        deviation = table.loc[path, "deviation_of_effect_net_benefit_usd"]
        assert deviation <= 1e-10 * exact.abs().max()


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_the_same_seed_gives_the_same_design(method: str) -> None:
    """SENSITIVITY-14: Sobol and Morris are functions of the seed (to the bit)."""
    options = {"method": method, "samples": 8, "distributions": ADDITIVE}
    one, two = (sensitive(ranged({}), seed=5, **options) for _ in range(2))
    assert_same_table(one, two)
    assert not one.equals(sensitive(ranged({}), seed=6, **options))


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_a_missing_extra_names_the_command_that_installs_it(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SENSITIVITY-15: without SALib, Sobol and Morris say how to install it; the rest works."""
    for module in [name for name in sys.modules if name.split(".")[0] == "SALib"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "SALib", None)
    with pytest.raises(MissingExtraError) as caught:
        sensitive(method=method, seed=1)
    assert isinstance(caught.value, ImportError)
    assert str(caught.value) == (
        "Sobol and Morris need SALib; install it with: pip install 'tariffcalc[sensitivity]'"
    )
    assert len(sensitive()) == 22


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"method": "sobol"}, "seed: a whole number of at least 0 is needed, given None"),
        ({"method": "sobol", "seed": 1, "samples": 3}, "samples: a power of two is needed"),
        ({"method": "morris", "seed": 1, "samples": 1}, "samples: a whole number of at least 2"),
        ({"method": "sobol", "seed": 1, "target": "payback_year"}, "is unknown in"),
        ({"parameters": ["durability"]}, "one_at_a_time takes all that is uncertain"),
        ({"method": "elasticities", "parameters": ["life_years"]}, "has no elasticity; use sweep"),
        ({"method": "elasticities", "parameters": ["cash_share"]}, "has no elasticity; use sweep"),
        ({"method": "elasticities", "parameters": ["pledge.structures.no-deal.headline_usd"]},
         "is 0, and 1% of 0 is nothing"),
        ({"method": "elasticities", "distributions": {}}, "taken at the present values"),
        ({"method": "morris", "seed": 1, "distributions": {"b": tc.Branches(
            branches=[tc.Branch(name="x", probability=1.0)])}}, "morris takes no branches"),
    ],
)  # fmt: skip
def test_what_has_no_sensitivity_is_refused_in_words(options: dict, said: str) -> None:
    """SENSITIVITY-16: a question without an answer is refused, saying why."""
    with pytest.raises(InputError) as caught:
        sensitive(**options)
    assert said in str(caught.value)


def test_an_unknown_method_is_refused_with_the_close_one() -> None:
    """SENSITIVITY-17: an unknown method is refused with those there are."""
    with pytest.raises(UnknownNameError, match="did you mean 'elasticities'"):
        sensitive(method="elasticity")
