import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.scenario.paths import numbers
from tariffcalc.testing import (
    assert_same_scenario,
    assert_same_table,
    parameter_changes,
    pledges,
    provenances,
    scenarios,
)

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
LOAN = "pledge.structures.japan-terms.tranches.strategic-loans.instrument"
FEW = settings(max_examples=20)


@FEW
@given(st.data())
def test_changes_stay_inside_stated_ranges(data: st.DataObject) -> None:
    changes = data.draw(parameter_changes(PACKAGED, most=6))
    table = PACKAGED.parameters()
    for path, value in changes.items():
        if path in table.index and not math.isnan(table.loc[path, "low"]):
            assert table.loc[path, "low"] <= value <= table.loc[path, "high"]
    PACKAGED.replace(changes)


@FEW
@given(pledges(), st.data())
def test_changes_of_any_pledge_can_be_made_and_compared(
    pledge: tc.Pledge, data: st.DataObject
) -> None:
    written = PACKAGED.tree() | {"provenance": {}}
    written["economy"]["curves"] = {"base": {"points": [[10.0, 0.04]]}}
    bare = tc.Scenario.from_tree(written).replace({"pledge": pledge})
    changed = bare.replace(data.draw(parameter_changes(bare, most=6)))
    flows = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024").frame.iloc[::800])
    table = tc.compare(changed, flows=flows, columns=["net_cost_usd"])
    assert np.isfinite(table).all(axis=None)


@pytest.mark.parametrize(
    "path",
    [
        f"{LOAN}.grace_years",
        f"{LOAN}.maturity_years",
        "pledge.structures.upfront-cash.cash_share",
        "pledge.structures.three-years.draw_years",
        "pledge.headline_usd",
        "tariffs.measures.autos-25.rate",
        "economy.krw_per_usd",
    ],
)
def test_each_kind_of_number_takes_part(path: str) -> None:
    present = numbers(PACKAGED)[path][0] if path in numbers(PACKAGED) else None
    found = find(
        parameter_changes(PACKAGED, paths=[path]),
        lambda changes: path in changes and changes[path] != present,
    )
    assert list(found) == [path]


def test_numbers_that_hang_together_do_not_change_apart() -> None:
    fixed = [
        "pledge.structures.upfront-cash.tranches.strategic-equity.share",
        "pledge.parts.strategic.amount_usd",
        "pledge.structures.no-deal.headline_usd",
        "pledge.structures.no-deal.cash_share",
        "pledge.structures.no-deal.draw_years",
    ]
    assert find(parameter_changes(PACKAGED, paths=fixed), lambda _: True) == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{LOAN}.grace_years", f"{LOAN}.maturity_years"),
        (
            "pledge.structures.three-years.draw_years",
            "pledge.structures.three-years.drawdown.years",
        ),
    ],
)
def test_numbers_that_bound_each_other_do_not_change_together(one: str, other: str) -> None:
    seen: set[frozenset[str]] = set()

    @settings(max_examples=50, database=None)
    @given(parameter_changes(PACKAGED, paths=[one, other], least=2))
    def collect(changes: dict) -> None:
        seen.add(frozenset(changes))

    collect()
    assert seen == {frozenset({one}), frozenset({other})}


def test_a_range_without_a_whole_number_leaves_it() -> None:
    tree = PACKAGED.tree()
    path = "tariffs.relief_years"
    tree["provenance"][path] |= {"low": 19.5, "high": 20.4}
    narrow = tc.Scenario.from_tree(tree)
    assert find(parameter_changes(narrow, paths=[path], least=1), lambda _: True) == {path: 20}
    tree["provenance"][path] |= {"low": 20.1, "high": 20.4}
    empty = tc.Scenario.from_tree(tree)
    assert find(parameter_changes(empty, paths=[path], least=1), lambda _: True) == {path: 20}


def test_scenarios_vary_in_every_part() -> None:
    seen: list[tc.Scenario] = []

    @settings(max_examples=60, database=None)
    @given(scenarios())
    def collect(scenario: tc.Scenario) -> None:
        seen.append(scenario)

    collect()
    for differs in (
        lambda s: s.name != PACKAGED.name,
        lambda s: s.as_of != PACKAGED.as_of,
        lambda s: len(s.pledge.structures) > 2,
        lambda s: s.pledge.structures[0].name == "terms-0",
        lambda s: s.valuation.timing != "outlays_start_receipts_end",
        lambda s: "set by the user" in {entry.source for entry in s.provenance.values()},
        lambda s: any(entry.low is not None for entry in s.provenance.values()),
    ):
        assert any(differs(scenario) for scenario in seen)


def test_origins_with_and_without_a_range_are_drawn() -> None:
    for ranged in (True, False):
        entry = find(provenances(value=5.0), lambda e, wanted=ranged: (e.low is not None) == wanted)
        assert not ranged or entry.low <= 5.0 <= entry.high


# Asserts


def test_two_scenarios_that_differ_are_told_apart() -> None:
    assert_same_scenario(PACKAGED, PACKAGED.replace({}))
    number = PACKAGED.replace({"valuation.discount_rate": 0.04})
    with pytest.raises(AssertionError, match=r"the scenarios differ:\n.*before +after\n") as caught:
        assert_same_scenario(number, PACKAGED)
    assert "valuation.discount_rate  0.0508  0.04" in str(caught.value)
    same = PACKAGED.replace({"valuation.discount_rate": 0.0508})
    with pytest.raises(AssertionError) as caught:
        assert_same_scenario(same, PACKAGED)
    assert str(caught.value) == "the scenarios differ in what is stated about their numbers"


def test_one_scenario_has_one_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = itertools.count()
    monkeypatch.setattr(tc.Scenario, "hash", property(lambda _: str(next(hashes))))
    with pytest.raises(AssertionError) as caught:
        assert_same_scenario(PACKAGED, PACKAGED.replace({}))
    assert str(caught.value).startswith("equal scenarios have the hashes ")


def test_tables_are_compared_to_the_bit() -> None:
    table = pd.DataFrame({"a": [1.0, np.nan], "b": [0.0, -1.0]}, index=["x", "y"])
    assert_same_table(table, table.copy())
    for changed, said in (
        (table.rename(columns={"b": "c"}), "columns: found ['a', 'c'], expected ['a', 'b']"),
        (table.rename(index={"y": "z"}), "rows: found ['x', 'z'], expected ['x', 'y']"),
        (table.replace(-1.0, np.nextafter(-1.0, 0.0)),
         "b of y: found -0.9999999999999999, expected -1.0"),
        (table.fillna(2.0), "a of y: found 2.0, expected nan"),
        (table.assign(b=[-0.0, -1.0]),
         "b of x: found -0.0, expected 0.0"),
    ):  # fmt: skip
        with pytest.raises(AssertionError) as caught:
            assert_same_table(changed, table)
        assert str(caught.value) == said
