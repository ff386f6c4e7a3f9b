import math

import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.analysis import simulate as module
from tariffcalc.analysis.simulate import DRAWS_PER_BLOCK, Uncertain
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
    return Uncertain("x", 0, low, mode, high, whole)


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
    found = module._uncertain(ranged(tariffs__durability=(0.5, 1.0), tariffs__relief_years=(5, 30)))
    assert found == [
        Uncertain("tariffs.durability", 0, 0.5, 0.9, 1.0, whole=False),
        Uncertain("tariffs.relief_years", 1, 5.0, 20, 30.0, whole=True),
    ]


def test_one_entry_is_one_draw() -> None:
    found = module._uncertain(ranged(**{PROJECT: (0.0, 0.12), "tariffs.durability": (0.5, 1.0)}))
    assert [number.draw for number in found] == [0, *[1] * 7]
    assert {number.path.rpartition(".")[2] for number in found[1:]} == {"project_irr"}
    own = ranged(
        **{PROJECT: (0.0, 0.12), "pledge.structures.upfront-cash.project_irr": (0.05, 0.1)}
    )
    draws = {number.path.split(".")[2]: number.draw for number in module._uncertain(own)}
    assert draws["upfront-cash"] != draws["three-years"] == draws["japan-terms"]


def test_a_range_without_width_is_not_drawn() -> None:
    still = ranged(tariffs__durability=(0.9, 0.9), trade__growth_rate=(0.0, 0.04))
    assert [number.path for number in module._uncertain(still)] == ["trade.growth_rate"]
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
    numbers = [triangle(0.0, 0.5, 1.0), Uncertain("y", 2, 0.0, 0.5, 1.0, whole=False)]
    whole = module._draw(numbers, 7, 1, 4096)
    for size in (1, 100):
        part = module._draw(numbers, 7, 1, size)
        assert {path: values.tolist() for path, values in part.items()} == {
            path: values[:size].tolist() for path, values in whole.items()
        }
    generator = np.random.default_rng(np.random.SeedSequence(7, spawn_key=(1,)))
    uniform = generator.random((3, 4096))
    assert whole["x"].tolist() == numbers[0].values(uniform[0]).tolist()
    assert whole["y"].tolist() == numbers[0].values(uniform[2]).tolist()
    assert whole["x"].tolist() != module._draw(numbers, 7, 0, 4096)["x"].tolist()


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
    ]
    units = [table.attrs["units"][column] for column in table.columns]
    assert units == ["USD"] * 8 + ["share of draws"] * 2
    assert table.attrs["scenario_hash"] == PACKAGED.hash
    assert table.loc["upfront-cash", "over_fx_capacity_share"] == 1.0
    assert (table.loc["no-deal"] == 0.0).all()


def test_a_distribution_is_summarised_by_hand() -> None:
    benefit = np.array([-2.0, 0.0, 1.0, 5.0])
    found = module._summary(
        {"net_benefit_usd": benefit, "peak_over_fx_capacity": np.array([0.5, 1.0, 1.5, 3.0])}
    )
    assert found["mean_usd"] == 1.0
    deviation = math.sqrt((9 + 1 + 0 + 16) / 3)
    assert found["standard_deviation_usd"] == pytest.approx(deviation, rel=1e-15)
    assert found["standard_error_usd"] == pytest.approx(deviation / 2, rel=1e-15)
    assert [found[f"q{q}_usd"] for q in ("05", "25", "50", "75", "95")] == pytest.approx(
        [-1.7, -0.5, 0.5, 2.0, 4.4], abs=1e-14
    )
    assert (found["positive_share"], found["over_fx_capacity_share"]) == (0.5, 0.5)


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
