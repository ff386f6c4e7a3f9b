import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.analysis.tornado import TAIL, ends, one_at_a_time, refuse_branches
from tariffcalc.analysis.uncertainty import Uncertain, uncertainty
from tariffcalc.errors import InputError
from tariffcalc.scenario.evaluate import evaluation

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
FLOWS = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024").frame.iloc[::400])
DURABILITY, YEARS = "tariffs.durability", "tariffs.relief_years"
Z95 = 1.6448536269514722


def ranged(ranges: dict[str, tuple[float, float]]) -> tc.Scenario:
    """Return the packaged scenario with no ranges but these."""
    tree = PACKAGED.tree()
    for entry in tree["provenance"].values():
        entry.pop("low", None)
        entry.pop("high", None)
    for path, (low, high) in ranges.items():
        origin = {"status": "assumption", "source": "", "low": low, "high": high}
        tree["provenance"][path] = origin
    return tc.Scenario.from_tree(tree)


@pytest.mark.parametrize(
    ("distribution", "low", "high"),
    [
        (tc.Uniform(low=0.25, high=0.75), 0.25, 0.75),
        (tc.Triangular(low=0.25, mode=0.5, high=1.0), 0.25, 1.0),
        (tc.Beta(alpha=2, beta=3, low=-1.0, high=2.0), -1.0, 2.0),
        (tc.Discrete(values=(3.0, 1.0, 2.0, 9.0), probabilities=(0.5, 0.25, 0.25, 0.0)), 1.0, 3.0),
        (tc.Normal(mean=1.0, standard_deviation=2.0), 1.0 - 2.0 * Z95, 1.0 + 2.0 * Z95),
        (tc.Normal(mean=1.0, standard_deviation=2.0, high=9.0), None, 9.0),
        (tc.Normal(mean=1.0, standard_deviation=2.0, low=0.0), 0.0, None),
        (tc.Lognormal(median=4.0, log_deviation=0.5), 4 * np.exp(-0.5 * Z95), 4 * np.exp(Z95 / 2)),
        (tc.Lognormal(median=4.0, log_deviation=0.5, low=2.0, high=8.0), 2.0, 8.0),
    ],
    ids=lambda given: getattr(given, "kind", ""),
)
def test_the_ends_of_a_number(distribution: object, low: float | None, high: float | None) -> None:
    assert TAIL == 0.05
    found = ends(Uncertain("x", 0, distribution, whole=False))  # type: ignore[arg-type]
    if low is not None:
        assert found[0] == pytest.approx(low, rel=1e-12)
    if high is not None:
        assert found[1] == pytest.approx(high, rel=1e-12)
    assert found[0] < found[1]


def test_the_ends_of_a_whole_number_are_whole() -> None:
    given = tc.Normal(mean=10.0, standard_deviation=2.0)
    assert ends(Uncertain("x", 0, given, whole=True)) == (7, 13)
    assert ends(Uncertain("x", 0, tc.Uniform(low=1.2, high=8.6), whole=True)) == (1, 9)


def test_branches_are_no_number() -> None:
    sure = tc.Branches(branches=[tc.Branch(name="x", probability=1.0)])
    refuse_branches(uncertainty(PACKAGED), "morris")
    with pytest.raises(InputError) as caught:
        refuse_branches(uncertainty(PACKAGED, {"court": sure, "other": sure}), "morris")
    assert str(caught.value) == "distributions: court: morris takes no branches; sobol does"
    with pytest.raises(InputError) as caught:
        tc.sensitivity(PACKAGED, distributions={"court": sure}, flows=FLOWS)
    assert str(caught.value) == "distributions: court: one_at_a_time takes no branches; sobol does"


def test_each_number_is_tried_at_both_ends_with_all_others_as_they_are() -> None:
    scenario = ranged({YEARS: (10, 30), DURABILITY: (0.5, 1.0), "economy.krw_per_usd": (1e3, 2e3)})
    asked, names = evaluation(scenario, FLOWS), ["upfront-cash", "no-deal"]
    table = one_at_a_time(asked, uncertainty(scenario), names, "relief_pv_usd")
    assert table.index.names == ["structure", "parameter"]
    assert list(table.columns) == [
        "low",
        "high",
        *(f"{word}_relief_pv_usd" for word in ("base", "low", "high", "swing")),
    ]
    by_swing = [DURABILITY, YEARS, "economy.krw_per_usd"]
    assert table.index.tolist()[:3] == [("upfront-cash", name) for name in by_swing]
    for path, low, high in ((DURABILITY, 0.5, 1.0), (YEARS, 10.0, 30.0)):
        row = table.loc[("upfront-cash", path)]
        values = {path: [low, getattr(scenario.tariffs, path.rpartition(".")[2]), high]}
        swept = tc.sweep(scenario, values, structures=["upfront-cash"], flows=FLOWS)
        found = swept["relief_pv_usd"].tolist()
        assert row.tolist() == [low, high, found[1], found[0], found[2], abs(found[2] - found[0])]
    assert table.loc[("upfront-cash", "economy.krw_per_usd"), "swing_relief_pv_usd"] == 0.0
    # Where nothing moves, parameters stand in the order of the scenario's rows.
    rows = list(uncertainty(scenario).rows)
    assert table.loc["no-deal"].index.tolist() == rows
    assert (table.loc["no-deal"].drop(columns=["low", "high"]) == 0.0).all(axis=None)


def test_one_entry_moves_all_of_its_numbers() -> None:
    entry = "pledge.structures.*.project_irr"
    scenario = ranged({entry: (0.02, 0.12), DURABILITY: (0.5, 1.0)})
    names = ["upfront-cash", "three-years"]
    table = one_at_a_time(evaluation(scenario, FLOWS), uncertainty(scenario), names, "net_cost_usd")
    for name in names:
        row = table.loc[(name, entry)]
        swept = tc.sweep(scenario, {"project_irr": [0.02, 0.12]}, structures=[name], flows=FLOWS)
        low, high = swept["net_cost_usd"]
        assert row[["low_net_cost_usd", "high_net_cost_usd"]].tolist() == [low, high]
        assert row["swing_net_cost_usd"] == low - high > 0.0
        assert table.loc[(name, DURABILITY), "swing_net_cost_usd"] == 0.0


def test_a_term_that_stands_for_several_numbers_is_tried_by_itself() -> None:
    term = "pledge.structures.upfront-cash.cash_share"
    given = {term: tc.Uniform(low=0.25, high=0.5), DURABILITY: tc.Uniform(low=0, high=1)}
    scenario = ranged({})
    asked = evaluation(scenario, FLOWS)
    table = one_at_a_time(asked, uncertainty(scenario, given), ["upfront-cash"], "cash_usd")
    row = table.loc[("upfront-cash", term)]
    assert row.tolist() == [0.25, 0.5, 350e9, 87.5e9, 175e9, 87.5e9]
    still = table.loc[("upfront-cash", DURABILITY)]
    assert still.tolist() == [0.0, 1.0, 350e9, 350e9, 350e9, 0.0]


def test_ends_outside_the_limits_of_a_number_are_refused() -> None:
    given = {DURABILITY: tc.Normal(mean=0.9, standard_deviation=0.1)}
    scenario = ranged({})
    with pytest.raises(InputError, match=r"durability: .* less than or equal to 1, given 1\.064"):
        one_at_a_time(
            evaluation(scenario, FLOWS), uncertainty(scenario, given), ["no-deal"], "cash_usd"
        )


def test_terms_of_two_structures_are_tried_apart() -> None:
    terms = [f"pledge.structures.{name}.cash_share" for name in ("upfront-cash", "three-years")]
    given = {
        terms[0]: tc.Uniform(low=0.25, high=0.5),
        terms[1]: tc.Uniform(low=0.5, high=1.0),
        DURABILITY: tc.Uniform(low=0, high=1),
    }
    scenario = ranged({})
    asked, names = evaluation(scenario, FLOWS), ["upfront-cash", "three-years"]
    table = one_at_a_time(asked, uncertainty(scenario, given), names, "cash_usd")
    for name, term, ends_of in zip(names, terms, ([87.5e9, 175e9], [175e9, 350e9]), strict=True):
        assert table.loc[(name, term), ["low_cash_usd", "high_cash_usd"]].tolist() == ends_of
        assert (table.loc[name].drop(term)["swing_cash_usd"] == 0.0).all()


def test_of_equal_swings_the_first_row_stands_first() -> None:
    uncertain = uncertainty(PACKAGED)
    table = one_at_a_time(evaluation(PACKAGED, FLOWS), uncertain, ["no-deal"], "cash_usd")
    rows = [uncertain.rows[row] for row in sorted({number.row for number in uncertain.numbers})]
    assert len(rows) > 20
    assert table.index.get_level_values("parameter").tolist() == rows
