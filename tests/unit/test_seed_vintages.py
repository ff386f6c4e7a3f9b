import datetime as dt
import importlib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import tariffcalc as tc

SEEDS = Path(__file__).parents[2] / "seeds"
PACKAGED = SEEDS.parent / "tariffcalc" / "data" / "scenarios"
NAMES = sorted(path.stem for path in (SEEDS / "scenarios").glob("*.toml"))


@pytest.fixture(scope="module")
def vintages() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SEEDS)
        yield importlib.import_module("vintages")


@pytest.fixture
def invented(vintages: ModuleType, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Pretend that the seeds are these, and the law one row for everyone."""
    base = {
        "name": "x",
        "a": {"one": 1, "two": {"deep": [1, 2]}},
        "b": 2,
        "provenance": {"a.one": 1},
    }
    middle = {"extends": "base", "a": {"two": {"deep": [3]}, "three": 3}, "drop": ["b"]}
    seeds = {"base": base, "middle": middle}
    row = {
        "authority": "first", "rate": 0.1, "exempt_partners": ["CAN"], "start": dt.date(2025, 1, 1),
        "end": dt.date(2025, 6, 30), "status": "expired", "published": dt.date(2024, 12, 1),
        "end_published": dt.date(2025, 6, 1), "note": "n", "confidence": "H", "source": "s",
        "displaces": ["second", "third", "row-3"],
    }  # fmt: skip
    rows = {
        "row": row,
        "row-2": {"authority": "second", "published": dt.date(2025, 3, 1)},
        "row-3": {"authority": "third", "published": dt.date(2025, 5, 1)},
    }
    monkeypatch.setattr(vintages, "read_scenario", lambda name: seeds[name])
    monkeypatch.setattr(vintages, "law", lambda: rows)
    vintages.names_known.cache_clear()
    yield vintages
    vintages.names_known.cache_clear()


def test_a_table_is_merged_and_a_value_replaces(vintages: ModuleType) -> None:
    base = {"a": {"x": 1, "y": {"z": 1}}, "b": [1, 2], "c": {"d": 1}, "e": 5}
    change = {"a": {"y": {"z": 2, "w": 3}}, "b": [3], "c": 4, "e": {"f": 6}}
    before = repr(base), repr(change)
    assert vintages.merged(base, change) == {
        "a": {"x": 1, "y": {"z": 2, "w": 3}}, "b": [3], "c": 4, "e": {"f": 6},
    }  # fmt: skip
    assert (repr(base), repr(change)) == before
    assert list(vintages.merged(base, {"g": 1, "a": {"new": 1}})) == ["a", "b", "c", "e", "g"]


def test_nothing_changes_nothing(vintages: ModuleType) -> None:
    base = {"a": {"x": 1}, "b": 2}
    assert vintages.merged(base, {}) == vintages.merged({}, base) == base
    assert vintages.merged(base, base) == base


def test_a_seed_extends_what_extends_another_one(invented: ModuleType) -> None:
    top = {"extends": "middle", "name": "y", "a": {"one": 10}}
    assert invented.extended(top) == {
        "name": "y", "a": {"one": 10, "two": {"deep": [3]}, "three": 3}, "provenance": {"a.one": 1},
    }  # fmt: skip


def test_paths_are_dropped_and_come_last(invented: ModuleType) -> None:
    top = {"extends": "base", "a": {"four": 4}, "drop": ["provenance.a.one"], "last": ["a.one"]}
    found = invented.extended(top)
    assert list(found["a"]) == ["two", "four", "one"]
    assert found["provenance"] == {}
    assert "drop" not in found


def test_a_path_that_is_not_there_is_not_dropped(invented: ModuleType) -> None:
    with pytest.raises(KeyError, match=r"no such path: a\.five"):
        invented.extended({"extends": "base", "drop": ["a.five"]})
    with pytest.raises(KeyError, match=r"no such path: c\.one"):
        invented.extended({"extends": "base", "last": ["c.one"]})
    with pytest.raises(ValueError, match=r"drop: a\.one is given, too; leave one out"):
        invented.extended({"extends": "base", "a": {"one": 2}, "drop": ["a.one"]})


TREE = {"as_of": dt.date(2025, 4, 1), "pledge": {"payer": "KOR"}}


def test_a_row_of_the_law_is_read_as_it_was_known(invented: ModuleType) -> None:
    found = invented.measure({"law": "row", "rate": 0.2}, TREE)
    assert found == {
        "authority": "first", "rate": 0.2, "start": dt.date(2025, 1, 1), "partners": ["KOR"],
        "published": dt.date(2024, 12, 1), "source": "s", "displaces": ["second"],
    }  # fmt: skip


def test_a_row_of_the_law_has_its_end_once_it_was_known(invented: ModuleType) -> None:
    later = TREE | {"as_of": dt.date(2025, 6, 1)}
    found = invented.measure({"law": "row"}, later)
    assert found["end"] == dt.date(2025, 6, 30)
    assert found["status"] == "expired"
    assert found["displaces"] == ["second", "third", "row-3"]
    day_before = invented.measure({"law": "row"}, TREE | {"as_of": dt.date(2025, 5, 31)})
    assert "end" not in day_before
    assert "status" not in day_before
    assert "end" not in invented.measure({"law": "row", "drop": ["end"]}, later)


def test_a_row_of_another_partner_or_of_later_is_refused(invented: ModuleType) -> None:
    with pytest.raises(ValueError, match="row is not for CAN"):
        invented.measure({"law": "row"}, TREE | {"pledge": {"payer": "CAN"}})
    early = TREE | {"as_of": dt.date(2024, 11, 30)}
    with pytest.raises(ValueError, match="row was published on 2024-12-01, after 2024-11-30"):
        invented.measure({"law": "row"}, early)
    announced = invented.measure({"law": "row", "published": dt.date(2024, 11, 30)}, early)
    assert announced["published"] == dt.date(2024, 11, 30)


def test_a_measure_of_its_own_stays(invented: ModuleType) -> None:
    assert invented.measure({"rate": 0.2}, TREE) == {"rate": 0.2}


def test_rows_named_in_a_list_stand_after_the_measures(invented: ModuleType) -> None:
    tariffs = {"law": ["row"], "measures": {"own": {"rate": 0.3}}}
    found = invented.with_law(TREE | {"tariffs": tariffs})["tariffs"]
    assert list(found) == ["measures"]
    assert list(found["measures"]) == ["own", "row"]
    assert found["measures"]["row"]["rate"] == 0.1
    changed = invented.with_law(
        TREE | {"tariffs": {"law": ["row"], "measures": {"row": {"rate": 0.4}}}}
    )
    assert changed["tariffs"]["measures"]["row"]["rate"] == 0.4


def test_yields_of_a_day_are_points_of_a_curve(vintages: ModuleType) -> None:
    day = dt.date(2025, 10, 29)
    economy = {"curves": {"t": {"kind": "par", "yields": ["USA", day]}}}
    (curve,) = vintages.with_curves({"as_of": day, "economy": economy})["economy"][
        "curves"
    ].values()
    assert curve["kind"] == "par"
    assert curve["points"] == [
        [1 / 12, 0.0403], [0.25, 0.0393], [0.5, 0.0379], [1, 0.037], [2, 0.0359], [5, 0.037],
        [10, 0.0408], [20, 0.0459], [30, 0.0461],
    ]  # fmt: skip
    plain = {"as_of": day, "economy": {"krw_per_usd": 1.0}}
    assert vintages.with_curves(plain) == plain


def test_yields_of_a_later_or_unknown_day_are_refused(vintages: ModuleType) -> None:
    economy = {"curves": {"t": {"yields": ["USA", dt.date(2025, 10, 29)]}}}
    with pytest.raises(
        ValueError, match="the yields of 2025-10-29 were published after 2025-10-28"
    ):
        vintages.with_curves({"as_of": dt.date(2025, 10, 28), "economy": economy})
    with pytest.raises(ValueError, match=r"yields\.csv has none of USA on 2025-10-30"):
        vintages.yields("USA", dt.date(2025, 10, 30))


@pytest.mark.parametrize("name", NAMES)
def test_a_packaged_scenario_is_whole_in_itself(name: str) -> None:
    text = (PACKAGED / f"{name}.toml").read_text(encoding="utf-8")
    tree = tomllib.loads(text)
    scenario = tc.Scenario.from_toml(text)
    assert f"{scenario.name}.{scenario.as_of}" == name
    assert not {"extends", "drop", "last"} & set(tree)
    assert "law" not in tree["tariffs"]
    assert not any("law" in measure for measure in tree["tariffs"]["measures"].values())
    # Everything that a packaged scenario holds is used by one of its schedules.
    tariffs = scenario.tariffs
    used = {*tariffs.status_quo, *tariffs.no_deal, *tariffs.deal}
    assert {measure.name for measure in tariffs.measures} == used


def test_the_first_vintage_is_its_seed() -> None:
    name = "korea-us.2025-10-17.toml"
    assert (PACKAGED / name).read_bytes() == (SEEDS / "scenarios" / name).read_bytes()
    built = (PACKAGED / "korea-us.2025-10-29.toml").read_text(encoding="utf-8")
    assert built.startswith(
        "# Built from seeds/scenarios/korea-us.2025-10-29.toml; change it there."
    )
