import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.analysis import batches, settings
from tariffcalc.analysis.settings import evaluate_groups, prepared, setting

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
LINES = tc.load_flows("us-imports-2024").frame.iloc[::400]
FLOWS = tc.TradeFlows.from_frame(LINES)
SHORT = PACKAGED.replace({"tariffs.relief_years": 1})
DURABILITY = "tariffs.durability"


def test_a_setting_is_known_by_the_hash_of_its_scenario_and_its_flows() -> None:
    own = setting(PACKAGED, None)
    assert (own.scenario, own.flows, own.key) == (PACKAGED, None, (PACKAGED.hash, ""))
    given = setting(PACKAGED, FLOWS)
    assert given.flows is FLOWS
    assert given.key[0] == PACKAGED.hash
    assert len(given.key[1]) == 64
    like = setting(SHORT, FLOWS, given)
    assert like.key == (SHORT.hash, given.key[1])
    assert hash(like) == hash(like.key) != hash(given)
    assert "key" not in repr(own)


@pytest.mark.parametrize("change", ["value", "name", "order"])
def test_any_cell_and_any_name_of_the_flows_tells_them_apart(change: str) -> None:
    frame = LINES.reset_index(drop=True)
    if change == "value":
        frame.loc[3, "value_usd"] += 1.0
    elif change == "order":
        frame = frame.iloc[::-1]
    else:
        frame = frame.assign(imported_for_us=1.0)
    assert setting(PACKAGED, tc.TradeFlows.from_frame(frame)).key != setting(PACKAGED, FLOWS).key


def test_the_labels_of_rows_do_not_tell_flows_apart() -> None:
    other = tc.TradeFlows.from_frame(LINES.set_axis(range(7, 7 + len(LINES))))
    assert setting(PACKAGED, other) == setting(PACKAGED, FLOWS)


def test_a_process_reads_the_law_of_a_setting_once() -> None:
    assert prepared(setting(PACKAGED, FLOWS)) is prepared(setting(PACKAGED.replace({}), FLOWS))
    assert prepared.cache_parameters()["maxsize"] == 64
    assert prepared(setting(PACKAGED, FLOWS)).scenario == PACKAGED
    value = prepared(setting(PACKAGED, FLOWS)).law.value.sum()
    assert value == pytest.approx(FLOWS.frame["value_usd"].sum(), rel=1e-15)


@pytest.mark.parametrize("size", [1, 2, 4096])
def test_cases_are_evaluated_in_the_scenario_of_their_group(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "CASES_PER_CHUNK", size)
    values = np.array([0.5, 0.9, 0.5, 0.9, 1.0])
    irr = {f"pledge.structures.{n}.project_irr": np.arange(5) / 50 for n in ("upfront-cash",)}
    groups = {
        3: (setting(PACKAGED, FLOWS), {DURABILITY: values, **irr}),
        7: (setting(SHORT, FLOWS), {DURABILITY: values}),
    }
    columns = ["relief_pv_usd", "net_cost_usd"]
    found = evaluate_groups(groups, np.array([3, 7, 3, 3, 7]), ["upfront-cash", "no-deal"], columns)
    assert list(found) == ["upfront-cash", "no-deal"]
    assert all(list(of_structure) == columns for of_structure in found.values())
    points = {DURABILITY: values, "project_irr": np.arange(5) / 50}
    asked = {"structures": ["upfront-cash"], "paired": True, "flows": FLOWS, "columns": columns}
    whole = tc.sweep(PACKAGED, points, **asked)
    short = tc.sweep(SHORT, {DURABILITY: values}, **asked)
    for column in columns:
        exact = np.where([False, True, False, False, True], short[column], whole[column])
        assert found["upfront-cash"][column].tolist() == exact.tolist()
        assert found["no-deal"][column].tolist() == [0.0] * 5


def test_paths_that_share_an_array_go_on_sharing_it() -> None:
    one, two = np.arange(4.0), np.arange(4.0)
    parts = settings._part({"a": one, "b": two, "c": one}, np.array([3, 1]))
    assert parts["a"] is parts["c"]
    assert parts["a"] is not parts["b"]
    assert parts["a"].tolist() == parts["b"].tolist() == [3.0, 1.0]
    assert settings._part({"a": one}, slice(1, 3))["a"].base is one
