"""Chapter 18: distributions, branches and rank correlations of what is uncertain."""

import itertools
import math
from typing import Any

import mpmath
import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.analysis.correlation import copula_factor
from tariffcalc.analysis.distributions import quantiles, support
from tariffcalc.errors import InputError
from tariffcalc.numeric.normal import correlated
from tariffcalc.testing import assert_same_table, distributions

UNIT = 2.0**-53
PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
LINES = tc.load_flows("us-imports-2024", partners=["KOR"]).frame
FLOWS = tc.TradeFlows.from_frame(pd.concat([LINES.iloc[::400], LINES[LINES["value_usd"] > 1e9]]))
FEW = settings(max_examples=settings().max_examples // 25)
FIGURES = ["mean_usd", "expected_shortfall_usd", *(f"q{q}_usd" for q in ("05", "25", "50", "95"))]
UTILISATION = "pledge.structures.upfront-cash.utilisation_share"
DURABILITY, PASS_THROUGH = "tariffs.durability", "trade.response.pass_through"


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


CERTAIN = ranged({})


def simulated(scenario: tc.Scenario = CERTAIN, **options: Any) -> pd.DataFrame:
    asked = {"draws": 500, "seed": 1, "flows": FLOWS, "structures": ["upfront-cash"], **options}
    return tc.simulate(scenario, **asked)


def compared(changes: dict[str, Any], **options: Any) -> pd.DataFrame:
    options = {"structures": ["upfront-cash"], **options}
    return tc.compare(CERTAIN.replace(changes), flows=FLOWS, **options)


def benefit(changes: dict[str, Any]) -> float:
    return compared(changes, columns=["net_benefit_usd"])["net_benefit_usd"].item()


def drawn(options: dict[str, Any], scenario: tc.Scenario = CERTAIN, **more: Any) -> pd.DataFrame:
    return tc.draw_parameters(scenario, **{"draws": 20_000, "seed": 3, **more}, **options)


# Distributions


@given(
    st.sampled_from(["normal", "lognormal", "triangular", "uniform", "beta"]),
    st.integers(-500, 500), st.integers(1, 400), st.integers(0, 8),
    st.floats(1e-9, 1 - 1e-9),
)  # fmt: skip
def test_a_draw_is_the_quantile_that_scipy_finds(
    kind: str, start: int, wide: int, shape: int, uniform: float
) -> None:
    """UNCERTAIN-1: the draw of u is scipy's ppf(u), for every kind of distribution (oracle)."""
    low, width, peak = start / 8, wide / 8, shape / 8
    pairs: dict[str, tuple[Any, Any]] = {
        "normal": (tc.Normal(mean=low, standard_deviation=width), scipy.stats.norm(low, width)),
        "lognormal": (
            tc.Lognormal(median=width, log_deviation=0.1 + peak),
            scipy.stats.lognorm(0.1 + peak, scale=width),
        ),
        "triangular": (
            tc.Triangular(low=low, mode=low + peak * width, high=low + width),
            scipy.stats.triang(peak, low, width),
        ),
        "uniform": (tc.Uniform(low=low, high=low + width), scipy.stats.uniform(low, width)),
        "beta": (
            tc.Beta(alpha=0.5 + peak, beta=width, low=low, high=low + 2),
            scipy.stats.beta(0.5 + peak, width, low, 2),
        ),
    }
    ours, theirs = pairs[kind]
    found, exact = quantiles(ours, np.array([uniform])).item(), theirs.ppf(uniform)
    scale = max(abs(exact), abs(low), width if kind != "lognormal" else 0.0)
    assert abs(found - exact) <= 1e-12 * scale  # triang loses digits at the mode; beta converges


@given(st.floats(0, 1, exclude_max=True).filter(lambda u: u > 1e-15))
def test_the_normal_quantile_is_the_root_of_the_error_function(uniform: float) -> None:
    """UNCERTAIN-2: Φ(q) = u, with Φ = erfc(−q/√2)/2 in 50 digits (oracle)."""
    found = quantiles(tc.Normal(mean=0, standard_deviation=1), np.array([uniform])).item()
    with mpmath.workdps(50):
        reached = mpmath.erfc(-mpmath.mpf(found) / mpmath.sqrt(2)) / 2
        # A rounding of q moves Φ by q·φ(q), at most 72 times Φ itself in the tail reached here.
        assert abs(reached - uniform) <= 1e-13 * uniform


@given(st.floats(-3, 3), st.floats(0.01, 3), st.floats(0, 1, exclude_max=True))
def test_a_cut_normal_is_the_normal_on_condition_of_its_limits(
    low: float, width: float, uniform: float
) -> None:
    """UNCERTAIN-3: cut off, the draw of u is scipy's truncated normal, inside low and high."""
    mean, high = 0.0, low + width
    assume(low <= mean <= high)
    cut = tc.Normal(mean=mean, standard_deviation=1.0, low=low, high=high)
    found = quantiles(cut, np.array([uniform])).item()
    assert low <= found <= high
    assert found == pytest.approx(scipy.stats.truncnorm(low, high).ppf(uniform), abs=1e-12)


@given(st.lists(st.integers(1, 64), min_size=1, max_size=5), st.integers(0, 2**12 - 1))
def test_a_discrete_draw_takes_each_value_on_its_share_of_u(parts: list, step: int) -> None:
    """UNCERTAIN-4: value k is drawn for u from p_1 + … + p_(k−1) on, to before p_1 + … + p_k."""
    whole = sum(parts)
    parts = [*parts, 2 ** math.ceil(math.log2(whole + 1)) - whole]  # of a power of two: exact
    total = sum(parts)
    chance = tuple(part / total for part in parts)
    given_values = tc.Discrete(values=tuple(map(float, range(len(parts)))), probabilities=chance)
    uniform = step / 2**12
    found = quantiles(given_values, np.array([uniform])).item()
    ends = list(itertools.accumulate(parts))
    assert found == next(k for k, end in enumerate(ends) if uniform * total < end)


@given(st.tuples(*[st.integers(-100, 100)] * 3).map(sorted).filter(lambda e: e[0] < e[2]))
def test_a_pert_distribution_has_the_mean_of_project_planners(ends: list) -> None:
    """UNCERTAIN-5: Beta.pert has mean (low + 4·mode + high)/6, and α + β = 6 (collapse)."""
    low, mode, high = ends
    found = tc.Beta.pert(low=low, mode=mode, high=high)
    mean = low + (high - low) * found.alpha / (found.alpha + found.beta)
    assert mean == pytest.approx((low + 4 * mode + high) / 6, abs=1e-12)
    assert found.alpha + found.beta == pytest.approx(6.0, rel=1e-15)


@given(distributions(), st.lists(st.floats(0, 1, exclude_max=True), min_size=2, max_size=9))
def test_draws_rise_with_u_inside_the_support(distribution: Any, uniform: list) -> None:
    """UNCERTAIN-6: the draw rises with u, from end to end of the support (monotone)."""
    points = np.array(sorted(uniform))
    found = quantiles(distribution, points)
    low, high = support(distribution)
    if distribution.kind != "discrete":
        slack = 8 * UNIT * max(abs(low), abs(high))  # two formulas meet at the mode
        assert (np.diff(found) >= -slack).all()
    assert low <= found.min() <= found.max() <= high


@given(distributions(), st.integers(0, 4000))
def test_a_draw_has_the_same_bits_alone_and_in_company(distribution: Any, place: int) -> None:
    """UNCERTAIN-7: the draw of u does not depend on the other draws (to the bit)."""
    uniform = np.random.default_rng(place).random(257)
    whole = quantiles(distribution, uniform)
    here = place % 257
    assert quantiles(distribution, uniform[here : here + 1]).item() == whole[here]


# Simulation


@FEW
@given(
    st.integers(2, 300),
    st.sampled_from(
        [
            tc.Normal(mean=0.07, standard_deviation=0.0),
            tc.Lognormal(median=0.07, log_deviation=0.0),
            tc.Triangular(low=0.07, mode=0.07, high=0.07),
            tc.Uniform(low=0.07, high=0.07),
            tc.Beta(alpha=2, beta=3, low=0.07, high=0.07),
            tc.Discrete(values=(0.07, 0.5), probabilities=(1.0, 0.0)),
        ]
    ),
)
def test_without_variance_a_simulation_is_a_comparison(draws: int, still: Any) -> None:
    """UNCERTAIN-8: with distributions of no width, mean and quantiles are compare's (bits)."""
    path = "pledge.structures.upfront-cash.project_irr"
    row = simulated(draws=draws, distributions={path: still}).loc["upfront-cash"]
    single = benefit({path: 0.07})
    assert [row[figure] for figure in FIGURES] == [single] * len(FIGURES)
    assert row["standard_deviation_usd"] == row["expected_shortfall_standard_error_usd"] == 0.0


@pytest.mark.parametrize(
    ("distribution", "mean", "variance"),
    [
        (tc.Uniform(low=0.2, high=0.8), 0.5, 0.36 / 12),
        (tc.Triangular(low=0.0, mode=0.5, high=1.0), 0.5, 1 / 24),
        (tc.Normal(mean=0.5, standard_deviation=0.05), 0.5, 0.0025),
        (tc.Lognormal(median=0.3, log_deviation=0.1), 0.3 * math.exp(0.005),
         0.09 * math.exp(0.01) * math.expm1(0.01)),
        (tc.Beta(alpha=2, beta=5), 2 / 7, 10 / (49 * 8)),
        (tc.Discrete(values=(0.25, 1.0), probabilities=(0.75, 0.25)), 0.4375, 0.75**2 * 0.1875),
    ],
    ids=lambda given: getattr(given, "kind", ""),
)  # fmt: skip
def test_what_is_linear_in_a_number_has_its_mean_and_variance(
    distribution: Any, mean: float, variance: float
) -> None:
    """UNCERTAIN-9: net benefit linear in use has mean and variance of a + b·u (Monte Carlo)."""
    table = simulated(draws=20_000, distributions={UTILISATION: distribution}).loc["upfront-cash"]
    start, end = benefit({UTILISATION: 0.0}), benefit({UTILISATION: 1.0})
    expected = start + (end - start) * mean
    assert abs(table["mean_usd"] - expected) <= 4 * table["standard_error_usd"]
    deviation = abs(end - start) * math.sqrt(variance)
    assert table["standard_deviation_usd"] == pytest.approx(deviation, rel=0.03)


def test_the_expected_shortfall_is_the_mean_of_the_worst_draws(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """UNCERTAIN-10: expected shortfall = mean of the worst 5% (fsum of the sorted sweep)."""
    options = {"distributions": {UTILISATION: tc.Uniform(low=0, high=1)}}
    row = simulated(draws=400, **options).loc["upfront-cash"]
    used = drawn(options, draws=400, seed=1)[UTILISATION]
    table = tc.sweep(CERTAIN, {UTILISATION: used}, structures=["upfront-cash"], flows=FLOWS)
    worst = sorted(table["net_benefit_usd"])[:20]
    assert row["expected_shortfall_usd"] == pytest.approx(math.fsum(worst) / 20, rel=1e-13)
    assert row["expected_shortfall_usd"] <= row["q05_usd"] <= row["q50_usd"]


def test_figures_of_a_normal_result_are_those_of_the_normal_distribution() -> None:
    """UNCERTAIN-11: with u normal, shortfall = m − s·φ(z)/0.05; errors as in theory (4 s)."""
    given_use = {UTILISATION: tc.Normal(mean=0.5, standard_deviation=0.05)}
    row = simulated(draws=40_000, distributions=given_use).loc["upfront-cash"]
    start, end = benefit({UTILISATION: 0.0}), benefit({UTILISATION: 1.0})
    mean, deviation, draws = (start + end) / 2, abs(end - start) * 0.05, 40_000
    normal = scipy.stats.norm(mean, deviation)
    shortfall = mean - deviation * scipy.stats.norm.pdf(scipy.stats.norm.ppf(0.05)) / 0.05
    error = row["expected_shortfall_standard_error_usd"]
    assert abs(row["expected_shortfall_usd"] - shortfall) <= 4 * error
    for quantile in (0.05, 0.25, 0.5, 0.75, 0.95):
        name = f"q{round(100 * quantile):02d}"
        exact = normal.ppf(quantile)
        theory = math.sqrt(quantile * (1 - quantile) / draws) / normal.pdf(exact)
        # The distance holds 4·√(n·q·(1 − q)) draws, and varies by the root of their number.
        spread = 1 / math.sqrt(4 * math.sqrt(draws * quantile * (1 - quantile)))
        assert row[f"{name}_standard_error_usd"] == pytest.approx(theory, rel=4 * spread)
        assert abs(row[f"{name}_usd"] - exact) <= 4 * theory


@FEW
@given(st.integers(0, 99), st.integers(2, 3000))
def test_a_share_of_draws_has_the_error_of_a_binomial(seed: int, draws: int) -> None:
    """UNCERTAIN-12: each share has the standard error √(p·(1 − p)/n)."""
    table = simulated(PACKAGED, draws=draws, seed=seed, structures=["japan-terms"])
    for word in ("positive", "over_fx_capacity"):
        share = table[f"{word}_share"].item()
        found = table[f"{word}_standard_error_share"].item()
        assert found == math.sqrt(share * (1 - share) / draws)


@FEW
@given(st.sampled_from(["three-years", "japan-terms", "no-deal"]), st.integers(0, 99))
def test_structures_see_the_same_distributed_draws(name: str, seed: int) -> None:
    """UNCERTAIN-13: with distributions, branches and correlation too, rows stand alone (bits)."""
    options = {
        "distributions": {"project_irr": tc.Beta(alpha=2, beta=5, high=0.2), "court": COURT},
        "correlation": {("project_irr", "durability"): -0.5},
        "draws": 300,
        "seed": seed,
    }
    whole = simulated(PACKAGED, structures=None, **options)
    assert_same_table(simulated(PACKAGED, structures=[name], **options), whole.loc[[name]])


def test_what_is_distributed_anew_leaves_the_other_draws_as_they_are() -> None:
    """UNCERTAIN-14: a distribution for one number changes no draw of the others (to the bit)."""
    before = tc.draw_parameters(PACKAGED, draws=5000, seed=7)
    given_one = {"durability": tc.Beta(alpha=3, beta=2), "court": COURT}
    after = tc.draw_parameters(PACKAGED, draws=5000, seed=7, distributions=given_one)
    kept = [path for path in before.columns if path != DURABILITY]
    assert_same_table(after[kept], before[kept])
    # And its own draws are the quantiles of the same u.
    ranks = (scipy.stats.rankdata(table[DURABILITY]) for table in (before, after))
    assert np.array_equal(*ranks)


# Correlation


@pytest.mark.parametrize("target", [-0.9, -0.5, 0.2, 0.7])
def test_the_rank_correlation_asked_for_is_reached(target: float) -> None:
    """UNCERTAIN-15: Spearman's ρ of two draws is the target within 4 standard errors."""
    table = drawn({"correlation": {(DURABILITY, PASS_THROUGH): target}}, PACKAGED)
    found = scipy.stats.spearmanr(table[DURABILITY], table[PASS_THROUGH]).statistic
    assert abs(found - target) <= 4 * (1 - target**2) / math.sqrt(20_000)
    other = scipy.stats.spearmanr(table[DURABILITY], table["trade.growth_rate"]).statistic
    assert abs(other) <= 4 / math.sqrt(20_000)


def test_three_correlations_hold_together() -> None:
    """UNCERTAIN-16: all targets of a matrix are reached at once, and none where none is given."""
    rate = "valuation.discount_rate"
    targets = {(DURABILITY, PASS_THROUGH): 0.6, (PASS_THROUGH, rate): -0.4, (DURABILITY, rate): 0.1}
    table = drawn({"correlation": targets}, PACKAGED)
    for (one, two), target in targets.items():
        found = scipy.stats.spearmanr(table[one], table[two]).statistic
        assert abs(found - target) <= 4 / math.sqrt(20_000)


def test_correlated_numbers_keep_their_distributions() -> None:
    """UNCERTAIN-17: correlation changes no marginal (Kolmogorov-Smirnov), and the first no bit."""
    options = {"distributions": {"durability": tc.Beta(alpha=2, beta=5)}}
    plain = drawn(options, PACKAGED)
    table = drawn({**options, "correlation": {(DURABILITY, PASS_THROUGH): 0.8}}, PACKAGED)
    beta = scipy.stats.kstest(table[DURABILITY], scipy.stats.beta(2, 5).cdf)
    triangle = scipy.stats.triang((0.5 - 0.1) / 0.9, 0.1, 0.9)
    assert min(beta.pvalue, scipy.stats.kstest(table[PASS_THROUGH], triangle.cdf).pvalue) > 0.001
    changed = [path for path in plain.columns if not plain[path].equals(table[path])]
    assert changed == [PASS_THROUGH]


def test_no_correlation_changes_no_bit() -> None:
    """UNCERTAIN-18: a correlation of 0 is no correlation (to the bit)."""
    given_none = {"correlation": {(DURABILITY, PASS_THROUGH): 0.0}}
    assert_same_table(drawn(given_none, PACKAGED), drawn({}, PACKAGED))


@given(st.integers(-99, 99), st.integers(-99, 99), st.integers(-99, 99))
def test_correlations_that_no_numbers_can_have_are_refused(one: int, two: int, three: int) -> None:
    """UNCERTAIN-19: correlations are taken exactly where their matrix is positive definite."""
    ranks = [one / 100, two / 100, three / 100]
    pearson = [2 * math.sin(math.pi * rank / 6) for rank in ranks]
    least = np.linalg.eigvalsh(
        [[1, pearson[0], pearson[1]], [pearson[0], 1, pearson[2]], [pearson[1], pearson[2], 1]]
    )[0]
    assume(abs(least) > 1e-6)
    names = (DURABILITY, PASS_THROUGH, "valuation.discount_rate")
    asked = dict(zip(itertools.combinations(names, 2), ranks, strict=True))
    if least > 0:
        assert len(drawn({"correlation": asked}, PACKAGED, draws=2)) == 2
    else:
        with pytest.raises(InputError, match="no numbers can be correlated like this"):
            drawn({"correlation": asked}, PACKAGED, draws=2)


# Branches


COURT = tc.Branches(
    branches=[
        tc.Branch(name="upheld", probability=0.6),
        tc.Branch(
            name="struck-down",
            probability=0.4,
            changes={
                "tariffs.measures.reciprocal-15.rate": 0.0,
                "tariffs.measures.reciprocal-25.rate": 0.0,
            },
        ),
    ]
)
MISSED = tc.Branches(
    branches=[
        tc.Branch(name="paid", probability=0.5),
        tc.Branch(name="back", probability=0.5, changes={"tariffs.relief_years": 1}),
    ]
)


def test_branches_alone_give_the_comparisons_of_their_scenarios() -> None:
    """UNCERTAIN-20: each draw is compare of the branch taken; the mean weighs them (bits)."""
    options = {"distributions": {"court": COURT}}
    row = simulated(draws=1000, **options).loc["upfront-cash"]
    taken = drawn(options, draws=1000, seed=1)["court"]
    values = {branch.name: benefit(dict(branch.changes)) for branch in COURT.branches}
    assert sorted([row["q05_usd"], row["q95_usd"]]) == sorted(values.values())
    mean = math.fsum(values[name] for name in taken) / 1000
    assert row["mean_usd"] == pytest.approx(mean, rel=1e-13)
    down = (taken == "struck-down").mean()
    assert abs(down - 0.4) <= 4 * math.sqrt(0.24 / 1000)


def test_draws_go_on_inside_each_branch() -> None:
    """UNCERTAIN-21: within a branch, draws are the sweep of its scenario (mean, to roundings)."""
    options = {"distributions": {"court": COURT, "missed": MISSED, UTILISATION: tc.Uniform(
        low=0.2, high=1.0)}}  # fmt: skip
    row = simulated(draws=600, **options).loc["upfront-cash"]
    table = drawn(options, draws=600, seed=1)
    found = []
    for one, two in itertools.product(COURT.branches, MISSED.branches):
        here = table[(table["court"] == one.name) & (table["missed"] == two.name)]
        assert len(here) > 50
        own = CERTAIN.replace({**one.changes, **two.changes})
        points = {UTILISATION: here[UTILISATION]}
        found += list(
            tc.sweep(own, points, structures=["upfront-cash"], flows=FLOWS)["net_benefit_usd"]
        )
    assert row["mean_usd"] == pytest.approx(math.fsum(found) / 600, rel=1e-13)
    assert row["positive_share"] == (np.array(found) > 0).mean()


def test_a_branch_s_value_stands_over_what_is_drawn() -> None:
    """UNCERTAIN-22: a number set by a branch is not drawn there (to the bit)."""
    fixed = tc.Branches(
        branches=[tc.Branch(name="short", probability=1.0, changes={UTILISATION: 0.5})]
    )
    options = {UTILISATION: tc.Uniform(low=0.0, high=1.0), "use": fixed}
    row = simulated(draws=50, distributions=options).loc["upfront-cash"]
    assert [row[figure] for figure in FIGURES] == [benefit({UTILISATION: 0.5})] * len(FIGURES)


def test_a_branch_may_set_what_is_no_number() -> None:
    """UNCERTAIN-23: switches, words and tables of a branch are those of replace (to the bit)."""
    changes = {
        "tariffs.snap_back": True,
        "valuation.timing": "all_end",
        "pledge.structures.upfront-cash.drawdown": tc.Drawdown.level(4),
    }
    sure = tc.Branches(branches=[tc.Branch(name="x", probability=1.0, changes=changes)])
    row = simulated(draws=9, distributions={"x": sure}).loc["upfront-cash"]
    assert row["mean_usd"] == row["q50_usd"] == benefit(changes)


# Refusals

HALVES = tc.Discrete(values=(5, 7.5), probabilities=(0.5, 0.5))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"distributions": {"durability": tc.Normal(mean=0.9, standard_deviation=0.1)}},
         "Cut it off with low and high"),
        ({"distributions": {"durability": tc.Uniform(low=0.5, high=1.5)}}, "less than or equal"),
        ({"distributions": {"relief_years": HALVES}},
         "tariffs.relief_years: whole numbers are needed, given 7.5"),
        ({"distributions": {"durability": 0.9}}, "or Branches is needed, given 0.9"),
        ({"distributions": {"durability": tc.Uniform(low=0, high=1),
                            DURABILITY: tc.Uniform(low=0, high=1)}}, "leave one out"),
        ({"distributions": [1]}, "a mapping from path to distribution is needed, given [1]"),
        ({"distributions": {"a": MISSED, "b": MISSED}}, "join them in one"),
        ({"correlation": {(DURABILITY, DURABILITY): 0.5}}, "share one draw"),
        ({"correlation": {(DURABILITY, PASS_THROUGH): 1.0}}, "between -1 and 1 is needed, given 1"),
        ({"correlation": {DURABILITY: 1.0}}, "a pair of names is needed"),
        ({"correlation": {(DURABILITY, PASS_THROUGH): 0.5, (PASS_THROUGH, DURABILITY): 0.5}},
         "is given twice; leave one out"),
        ({"correlation": {(DURABILITY, "krw_per_usd"): 0.5}}, "krw_per_usd is not uncertain"),
        ({"correlation": 0.5}, "a mapping from (name, name) to a rank correlation is needed"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused_in_words(options: dict, said: str) -> None:
    """UNCERTAIN-24: simulate and draw_parameters refuse alike, saying what is wrong."""
    messages = []
    for ask in (tc.draw_parameters, lambda *a, **k: simulated(*a, **{**k, "structures": None})):
        with pytest.raises(InputError) as caught:
            ask(PACKAGED, draws=10, seed=1, **options)
        messages.append(str(caught.value))
    assert messages[0] == messages[1]
    assert said in messages[0]


@pytest.mark.parametrize("target", [-0.95, -0.3, 0.1, 0.6, 0.95])
def test_the_rank_correlation_is_the_target_without_sampling(target: float) -> None:
    """UNCERTAIN-25: over the midpoints of the unit square, 12·mean(u·v) − 3 = ρ (quadrature)."""
    points = (np.arange(500) + 0.5) / 500
    square = np.array(np.meshgrid(points, points)).reshape(2, -1)
    factor = copula_factor({("u", "v"): target}, ["u", "v"].index, 2)
    one, two = correlated(square, factor)
    # The midpoint rule is off by the square of its step, more where ρ nears 1.
    assert 12 * np.mean(one * two) - 3 == pytest.approx(target, abs=2e-3 * (1 - abs(target)) + 1e-5)


@given(
    st.floats(-3, 0), st.floats(0, 3), st.floats(0.05, 2), st.sampled_from([1, 2, 3]),
    st.floats(0, 1, exclude_max=True),
)  # fmt: skip
def test_a_cut_lognormal_is_the_exponential_of_a_cut_normal(
    low: float, high: float, deviation: float, ends: int, uniform: float
) -> None:
    """UNCERTAIN-26: cut on one side or both, ln(x/median) is a cut normal's draw; x is inside."""
    kept = {k: v for k, v, bit in (("low", low, 1), ("high", high, 2)) if ends & bit}
    normal = tc.Normal(mean=0.0, standard_deviation=deviation, **kept)
    cut = {k: 1400.0 * math.exp(v) for k, v in kept.items()}
    lognormal = tc.Lognormal(median=1400.0, log_deviation=deviation, **cut)
    found, exact = (quantiles(d, np.array([uniform])).item() for d in (lognormal, normal))
    assert math.log(found / 1400.0) == pytest.approx(exact, abs=1e-13)
    assert cut.get("low", 0.0) <= found <= cut.get("high", math.inf)
