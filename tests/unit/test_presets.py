import datetime as dt

import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError, VintageError
from tariffcalc.scenario import presets

DAYS = ("2025-10-17", "2025-11-14", "2026-02-20")


@pytest.fixture
def several(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that three vintages of one scenario and one of another are packaged."""
    vintages = [("korea-us", dt.date.fromisoformat(day)) for day in DAYS]
    vintages.append(("zealand", dt.date(2026, 1, 1)))
    packaged = tc.load_scenario("korea-us", as_of=DAYS[0])

    def load(name: str, day: dt.date) -> tc.Scenario:
        return packaged.replace({"name": name, "as_of": day, "title": f"{name} {day}"})

    monkeypatch.setattr(presets, "_vintages", lambda: tuple(vintages))
    monkeypatch.setattr(presets, "_load", load)


@pytest.mark.parametrize(
    ("as_of", "found"),
    [
        ("2025-10-17", "2025-10-17"),
        ("2025-11-13", "2025-10-17"),
        ("2025-11-14", "2025-11-14"),
        (dt.date(2026, 2, 19), "2025-11-14"),
        ("2026-02-20", "2026-02-20"),
        ("9999-12-31", "2026-02-20"),
        (None, "2026-02-20"),
    ],
)
def test_the_latest_vintage_not_after_the_date_is_loaded(
    several: None, as_of: object, found: str
) -> None:
    assert str(tc.load_scenario("korea-us", as_of=as_of).as_of) == found


def test_each_scenario_has_its_own_vintages(several: None) -> None:
    assert str(tc.load_scenario("zealand").as_of) == "2026-01-01"
    with pytest.raises(VintageError) as caught:
        tc.load_scenario("zealand", as_of="2025-12-31")
    assert str(caught.value) == (
        "zealand has no vintage as of 2025-12-31; the first is of 2026-01-01; give a later as_of"
    )
    with pytest.raises(UnknownNameError) as unknown:
        tc.load_scenario("zeeland")
    assert str(unknown.value) == (
        "unknown scenario 'zeeland'; did you mean 'zealand'? Allowed: korea-us, zealand."
    )


def test_all_vintages_are_listed(several: None) -> None:
    table = tc.list_scenarios()
    assert table.index.tolist() == ["korea-us"] * 3 + ["zealand"]
    assert table.index.name == "scenario"
    assert list(table.columns) == ["as_of", "title"]
    assert table["as_of"].tolist() == [pd.Timestamp(day) for day in (*DAYS, "2026-01-01")]
    assert table["title"].iloc[-1] == "zealand 2026-01-01"


def test_what_is_packaged_is_what_is_listed() -> None:
    table = tc.list_scenarios()
    assert [f"{name} {day.date()}" for name, day in table["as_of"].items()] == [
        "eu-us 2025-08-21",
        "japan-us 2025-09-04",
        "japan-us 2025-10-01",
        "korea-us 2025-10-17",
        "korea-us 2025-10-29",
        "korea-us 2025-11-14",
        "korea-us 2026-01-16",
        "switzerland-us 2025-11-14",
        "taiwan-us 2026-01-15",
    ]
    titles = [
        tc.load_scenario(name, as_of=day.date()).title for name, day in table["as_of"].items()
    ]
    assert table["title"].tolist() == titles
    assert table["title"].is_unique


def test_a_scenario_is_read_once() -> None:
    assert tc.load_scenario("korea-us") is tc.load_scenario("korea-us", as_of="2026-12-01")


@pytest.mark.parametrize("as_of", [5, True, "soon", dt.datetime(2025, 10, 17)])
def test_an_as_of_that_is_no_date_is_refused(as_of: object) -> None:
    with pytest.raises(InputError, match=r"^a date .* is needed, given "):
        tc.load_scenario("korea-us", as_of=as_of)  # type: ignore[arg-type]
