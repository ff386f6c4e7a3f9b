import math

import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.analysis import uncertainty as module
from tariffcalc.analysis.uncertainty import DRAWS_PER_BLOCK, Uncertain, Uncertainty
from tariffcalc.errors import InputError

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
FLOWS = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024").frame.iloc[::400])
PROJECT = "pledge.structures.*.project_irr"


def ranged(**ranges: tuple[float, float]) -> tc.Scenario:
    """Return the packaged scenario with no ranges but these."""
    tree = PACKAGED.tree()
    for entry in tree["provenance"].values():
        entry.pop("low", None)
        entry.pop("high", None)
    for path, (low, high) in ranges.items():
        entry = {"status": "assumption", "source": "", "low": low, "high": high}
        tree["provenance"][path.replace("__", ".")] = entry
    return tc.Scenario.from_tree(tree)


def refusal(scenario: tc.Scenario = PACKAGED, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        tc.simulate(scenario, **{"draws": 2, "seed": 1, "flows": FLOWS, **options})  # type: ignore[arg-type]
    return str(caught.value)


def triangle(low: float, mode: float, high: float, *, whole: bool = False) -> Uncertain:
    return Uncertain("x", 0, tc.Triangular(low=low, mode=mode, high=high), whole)


# One number


def test_the_ends_and_the_mode_of_a_triangle_are_its_quantiles() -> None:
    number = triangle(0.0, 1.0, 4.0)
    found = number.values(np.array([0.0, 0.25, 1.0]))
    assert found.tolist() == [0.0, 1.0, 4.0]


@pytest.mark.parametrize(
    ("ends", "uniform", "quantile"),
    [
        ((0.0, 1.0, 2.0), 0.125, 0.5),
        ((0.0, 1.0, 2.0), 0.875, 1.5),
        ((0.0, 0.0, 1.0), 0.75, 0.5),
        ((0.0, 1.0, 1.0), 0.25, 0.5),
        ((-2.0, -1.0, 2.0), 1 / 16, -1.5),
        ((-2.0, -1.0, 2.0), 13 / 16, 0.5),
    ],
)
def test_quantiles_of_triangles_by_hand(ends: tuple, uniform: float, quantile: float) -> None:
    found = triangle(*ends).values(np.array([uniform]))
    assert found.item() == pytest.approx(quantile, abs=1e-15)


def test_whole_numbers_are_rounded() -> None:
    uniform = np.linspace(0.0, 1.0, 101)
    found = triangle(1, 3, 6, whole=True).values(uniform)
    assert set(found) == {1.0, 2.0, 3.0, 4.0, 5.0, 6.0}
    assert (np.diff(found) >= 0).all()
    assert found.tolist() == np.rint(triangle(1, 3, 6).values(uniform)).tolist()


# What is drawn


def test_numbers_with_a_range_are_found_with_their_triangles() -> None:
    found = module.uncertainty(
        ranged(tariffs__durability=(0.5, 1.0), tariffs__relief_years=(5, 30))
    )
    durability = tc.Triangular(low=0.5, mode=0.9, high=1.0)
    years = tc.Triangular(low=5.0, mode=20.0, high=30.0)
    assert found.rows == ("tariffs.durability", "tariffs.relief_years")
    assert found.numbers == (
        Uncertain("tariffs.durability", 0, durability, whole=False),
        Uncertain("tariffs.relief_years", 1, years, whole=True),
    )
    assert (found.branches, found.factor) == ((), None)


def test_one_entry_is_one_draw() -> None:
    found = module.uncertainty(
        ranged(**{PROJECT: (0.0, 0.12), "tariffs.durability": (0.5, 1.0)})
    ).numbers
    assert [number.row for number in found] == [0, *[1] * 7]
    assert {number.path.rpartition(".")[2] for number in found[1:]} == {"project_irr"}
    own = ranged(
        **{PROJECT: (0.0, 0.12), "pledge.structures.upfront-cash.project_irr": (0.05, 0.1)}
    )
    found = module.uncertainty(own).numbers
    draws = {number.path.split(".")[2]: number.row for number in found}
    assert draws["upfront-cash"] != draws["three-years"] == draws["japan-terms"]


def test_a_range_without_width_is_not_drawn() -> None:
    still = ranged(tariffs__durability=(0.9, 0.9), trade__growth_rate=(0.0, 0.04))
    assert [number.path for number in module.uncertainty(still).numbers] == ["trade.growth_rate"]
    assert refusal(ranged(tariffs__durability=(0.9, 0.9))) == (
        "no number of the scenario states a range: nothing is uncertain"
    )


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.5), (0.95, 1.0)])
def test_a_value_lies_inside_its_range(low: float, high: float) -> None:
    assert refusal(ranged(tariffs__durability=(low, high))) == (
        f"tariffs.durability: its value 0.9 is outside its range [{low:g}, {high:g}]; "
        "state a range in provenance that holds it"
    )


@pytest.mark.parametrize(("low", "high"), [(0.9, 1.0), (0.5, 0.9)])
def test_a_value_may_be_an_end_of_its_range(low: float, high: float) -> None:
    table = tc.simulate(ranged(tariffs__durability=(low, high)), draws=9, seed=1, flows=FLOWS)
    assert (table["standard_deviation_usd"].drop("no-deal") > 0.0).all()


def test_a_range_keeps_inside_the_limits_of_its_number() -> None:
    assert "tariffs.durability: input should be less than or equal to 1, given 1.5" in refusal(
        ranged(tariffs__durability=(0.5, 1.5))
    )
    assert "tariffs.durability: input should be greater than or equal to 0" in refusal(
        ranged(tariffs__durability=(-0.5, 1.0))
    )
    assert "tariffs.relief_years: whole numbers are needed, given 4.5" in refusal(
        ranged(tariffs__relief_years=(4.5, 30))
    )


def test_ranges_leave_a_year_to_repay_in() -> None:
    instrument = "pledge.structures.*.tranches.*.instrument"
    ranges = {f"{instrument}.grace_years": (0, 12), f"{instrument}.maturity_years": (10, 25)}
    assert refusal(ranged(**ranges)) == (
        "pledge.structures.credit-ceiling.tranches.strategic-loans.instrument: grace_years 12 "
        "leaves no year of repayment before maturity_years 10; give fewer"
    )
    ranges[f"{instrument}.grace_years"] = (0, 9)
    table = tc.simulate(ranged(**ranges), draws=50, seed=1, flows=FLOWS)
    assert np.isfinite(table).all(axis=None)


def test_draws_come_in_blocks_that_depend_on_seed_and_number_alone() -> None:
    assert DRAWS_PER_BLOCK == 4096
    numbers = (triangle(0.0, 0.5, 1.0), Uncertain("y", 2, tc.Uniform(low=0, high=1), whole=False))
    uncertain = Uncertainty(("x", "between", "y"), numbers)
    whole = uncertain.uniform(7, 1, 4096)
    for size in (1, 100):
        assert uncertain.uniform(7, 1, size).tolist() == whole[:, :size].tolist()
    generator = np.random.default_rng(np.random.SeedSequence(7, spawn_key=(1,)))
    uniform = generator.random((3, 4096))
    found = uncertain.values(whole)
    assert found["x"].tolist() == numbers[0].values(uniform[0]).tolist()
    assert found["y"].tolist() == uniform[2].tolist()
    assert whole.tolist() != uncertain.uniform(7, 0, 4096).tolist()


# The table


def test_a_simulation_has_a_row_per_structure() -> None:
    table = tc.simulate(PACKAGED, draws=5000, seed=3, flows=FLOWS)
    assert table.index.name == "structure"
    assert table.index.tolist() == [s.name for s in PACKAGED.pledge.structures]
    assert list(table.columns) == [
        "mean_usd",
        "standard_error_usd",
        "standard_deviation_usd",
        "q05_usd",
        "q25_usd",
        "q50_usd",
        "q75_usd",
        "q95_usd",
        "positive_share",
        "over_fx_capacity_share",
        "expected_shortfall_usd",
        "expected_shortfall_standard_error_usd",
        "q05_standard_error_usd",
        "q25_standard_error_usd",
        "q50_standard_error_usd",
        "q75_standard_error_usd",
        "q95_standard_error_usd",
        "positive_standard_error_share",
        "over_fx_capacity_standard_error_share",
    ]
    units = [table.attrs["units"][column] for column in table.columns]
    assert units == ["USD"] * 8 + ["share of draws"] * 2 + ["USD"] * 7 + ["share of draws"] * 2
    assert table.attrs["scenario_hash"] == PACKAGED.hash
    assert table.loc["upfront-cash", "over_fx_capacity_share"] == 1.0
    assert (table.loc["no-deal"] == 0.0).all()


def test_a_uniform_effect_has_the_moments_of_its_triangle() -> None:
    # Relief of one year rises in proportion to nothing but the flows; cash use is linear.
    path = "pledge.structures.upfront-cash.utilisation_share"
    scenario = ranged(**{path: (0.0, 1.0)})
    one = tc.compare(scenario, structures=["upfront-cash"], flows=FLOWS).iloc[0]
    table = tc.simulate(scenario, draws=20_000, seed=1, structures=["upfront-cash"], flows=FLOWS)
    row = table.loc["upfront-cash"]
    cost = one["net_cost_usd"]
    # A triangle on [0, 1] with its mode at 1: mean 2/3, variance 1/18.
    assert abs(row["mean_usd"] - (one["relief_pv_usd"] - cost * 2 / 3)) < (
        5 * row["standard_error_usd"]
    )
    assert row["standard_deviation_usd"] == pytest.approx(cost / math.sqrt(18), rel=0.02)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"draws": 1}, "draws: a whole number of at least 2 is needed, given 1"),
        ({"draws": 2.0}, "draws: a whole number of at least 2 is needed, given 2.0"),
        ({"draws": True}, "draws: a whole number of at least 2 is needed, given True"),
        ({"seed": -1}, "seed: a whole number of at least 0 is needed, given -1"),
        ({"seed": None}, "seed: a whole number of at least 0 is needed, given None"),
        ({"seed": True}, "seed: a whole number of at least 0 is needed, given True"),
        ({"structures": []}, ("structures: at least one is needed of credit-ceiling, "
         "upfront-cash, upfront-swap, three-years, bond-financed, japan-terms, capacity-paced, "
         "no-deal")),
    ],
)  # fmt: skip
def test_counts_are_whole_numbers(options: dict, said: str) -> None:
    assert refusal(**options) == said


def test_counts_may_be_numpy_s_and_a_seed_may_be_zero() -> None:
    one = tc.simulate(PACKAGED, draws=2, seed=0, structures="no-deal", flows=FLOWS)
    two = tc.simulate(
        PACKAGED, draws=np.int64(2), seed=np.int64(0), structures="no-deal", flows=FLOWS
    )
    assert one.equals(two)


# The draws themselves


def test_the_draws_are_a_table_of_paths_and_branches() -> None:
    scenario = ranged(tariffs__durability=(0.5, 1.0))
    court = tc.Branches(
        branches=[
            tc.Branch(name="upheld", probability=0.6),
            tc.Branch(name="down", probability=0.4, changes={"tariffs.relief_years": 1}),
        ]
    )
    given = {"court": court, "growth_rate": tc.Uniform(low=0.0, high=0.1)}
    linked = {("durability", "growth_rate"): 0.5}
    table = tc.draw_parameters(
        scenario, draws=5000, seed=3, distributions=given, correlation=linked
    )
    assert list(table.columns) == ["tariffs.durability", "trade.growth_rate", "court"]
    assert table.index.name == "draw"
    assert table.index.tolist() == list(range(5000))
    assert table["court"].dtype == "str"
    assert table.attrs["units"] == {}
    assert table.attrs["scenario_hash"] == scenario.hash
    uncertain = module.uncertainty(scenario, given, linked)
    blocks = [uncertain.uniform(3, 0, 4096), uncertain.uniform(3, 1, 904)]
    drawn = [uncertain.values(block) for block in blocks]
    for path in table.columns[:2]:
        assert table[path].tolist() == [value for part in drawn for value in part[path]]
    taken = np.concatenate([block[uncertain.rows.index("court")] for block in blocks])
    assert table["court"].tolist() == ["upheld" if u < 0.6 else "down" for u in taken]


def test_draws_are_checked_as_a_simulation_is() -> None:
    scenario = ranged(tariffs__durability=(0.5, 1.0))
    wide = {"durability": tc.Uniform(low=0.0, high=2.0)}
    for options, said in (
        ({"draws": 1}, "draws: a whole number of at least 2 is needed, given 1"),
        ({"seed": -1}, "seed: a whole number of at least 0 is needed, given -1"),
        ({"distributions": wide}, "less than or equal to 1, given 2.0"),
    ):
        with pytest.raises(InputError, match=said):
            tc.draw_parameters(scenario, **{"draws": 9, "seed": 1, **options})  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^a Scenario is needed, given str"):
        tc.draw_parameters("korea-us", draws=9, seed=1)  # type: ignore[arg-type]


def test_the_seed_reaches_the_draws_and_a_peak_at_the_capacity_is_not_over_it() -> None:
    path = "pledge.structures.upfront-cash.utilisation_share"
    scenario = ranged(**{path: (0.0, 1.0)}).replace({"economy.fx_capacity_usd": 175e9})
    asked = {"draws": 64, "structures": ["upfront-cash"], "flows": FLOWS}
    rows = [tc.simulate(scenario, seed=seed, **asked).iloc[0] for seed in (3, 4)]
    for row, seed in zip(rows, (3, 4), strict=True):
        use = tc.draw_parameters(scenario, draws=64, seed=seed)[path]
        assert row["over_fx_capacity_share"] == (use * 350e9 / 175e9 > 1.0).mean()
        table = tc.sweep(scenario, {path: use}, structures=["upfront-cash"], flows=FLOWS)
        assert row["mean_usd"] == pytest.approx(table["net_benefit_usd"].mean(), rel=1e-13)
    assert rows[0]["mean_usd"] != rows[1]["mean_usd"]
    half = tc.Discrete(values=(0.5, 0.25), probabilities=(0.5, 0.5))
    at_most = tc.simulate(scenario, seed=1, distributions={path: half}, **asked).iloc[0]
    assert at_most["over_fx_capacity_share"] == 0.0
    unknown = scenario.replace({"economy.fx_capacity_usd": None})
    shares = tc.simulate(unknown, seed=1, **asked)
    assert np.isnan(shares["over_fx_capacity_share"].item())


def test_a_simulation_is_of_the_correlated_draws_and_tells_its_progress() -> None:
    path = "pledge.structures.upfront-cash.utilisation_share"
    scenario = ranged(**{path: (0.0, 1.0), "tariffs.durability": (0.5, 1.0)})
    linked = {"correlation": {(path, "tariffs.durability"): 0.9}}
    steps: list[int] = []
    asked = {"draws": 64, "seed": 3}
    row = tc.simulate(
        scenario, structures=["upfront-cash"], flows=FLOWS, progress=steps.append, **asked, **linked
    ).iloc[0]
    assert steps == [64]
    drawn = tc.draw_parameters(scenario, **asked, **linked)
    points = {name: drawn[name] for name in drawn.columns}
    table = tc.sweep(scenario, points, paired=True, structures=["upfront-cash"], flows=FLOWS)
    assert row["mean_usd"] == pytest.approx(table["net_benefit_usd"].mean(), rel=1e-13)
    plain = tc.draw_parameters(scenario, **asked)
    assert not plain.equals(drawn)
