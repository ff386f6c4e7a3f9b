import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.tariffs import law as module
from tariffcalc.tariffs.conventions import default_conventions

FILE = """
partners = ["KOR", "JPN"]

[measures.plain]
authority = "one"
rate = 0.25
start = 2025-04-05
end = 2025-08-06
published = 2025-04-02
note = "a note"
confidence = "H"
source = "a source"

[measures.ended]
authority = "one"
rate = 0.1
start = 2025-04-05
end = 2026-02-23
published = 2025-04-02
end_published = 2026-02-20
displaces = ["plain"]

[measures.replaced]
authority = "two"
rate = 0.5
start = 2025-08-01
published = 2025-07-01
superseded = 2025-07-31
status = "announced"
"""


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Put a law of three rows in place of the packaged one; return the files that are read."""
    read: list[str] = []

    def data_text(name: str) -> str:
        read.append(name)
        return FILE

    monkeypatch.setattr(module, "data_text", data_text)
    module._file.cache_clear()
    module._measures.cache_clear()
    yield read
    module._file.cache_clear()
    module._measures.cache_clear()


def load(**options: Any) -> tc.TariffSchedule:
    return tc.load_schedule("united-states", **options)


def test_the_packaged_schedules_are_named() -> None:
    assert tc.list_schedules() == ["united-states"]


def test_a_row_is_a_measure_without_what_only_the_loader_reads(small: list[str]) -> None:
    law = load()
    assert small == ["law/united-states.toml"]
    assert [m.name for m in law.measures] == ["plain", "ended"]
    assert law.measure("plain") == tc.TariffMeasure(
        name="plain", authority="one", rate=0.25, start="2025-04-05", end="2025-08-06",
        published="2025-04-02", source="a source",
    )  # fmt: skip
    assert law.measure("ended").displaces == ("plain",)
    assert law.partners == ("KOR", "JPN")
    assert law.as_of is None


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("as_of", "names"),
    [
        ("2025-04-01", []),
        ("2025-04-02", ["plain", "ended"]),
        ("2025-06-30", ["plain", "ended"]),
        ("2025-07-01", ["plain", "ended", "replaced"]),
        ("2025-07-30", ["plain", "ended", "replaced"]),
        ("2025-07-31", ["plain", "ended"]),
        (None, ["plain", "ended"]),
    ],
)
def test_a_vintage_holds_the_rows_of_its_day(as_of: str | None, names: list) -> None:
    law = load(as_of=as_of)
    assert [m.name for m in law.measures] == names
    assert law.as_of == (None if as_of is None else dt.date.fromisoformat(as_of))
    if as_of:
        assert load(as_of=dt.date.fromisoformat(as_of)) == law


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("as_of", "known"), [("2026-02-19", False), ("2026-02-20", True), (None, True)]
)
def test_an_end_is_known_from_the_day_it_was_made_public(as_of: str | None, known: bool) -> None:
    law = load(as_of=as_of)
    assert law.measure("ended").end == (dt.date(2026, 2, 23) if known else None)
    assert law.measure("plain").end == dt.date(2025, 8, 6)


def test_conventions_are_the_defaults_but_for_those_given() -> None:
    law, defaults = load(), default_conventions()
    fields = {name: defaults.pop(name) for name in ("coarse_lines", "other_partners")}
    assert law.conventions == defaults
    assert law.coarse_lines == fields["coarse_lines"] == "line_count"
    assert law.other_partners == fields["other_partners"] == "refuse"
    given = {"steel_share": "full", "own_share": 0.5, "coarse_lines": "refuse"}
    own = load(conventions=given)
    assert own.conventions == defaults | {"steel_share": 1.0, "own_share": 0.5}
    assert own.coarse_lines == "refuse"
    assert own.other_partners == "refuse"
    assert own.measures == law.measures
    assert given == {"steel_share": "full", "own_share": 0.5, "coarse_lines": "refuse"}
    assert load(conventions={"other_partners": "rest"}).other_partners == "rest"
    assert load(conventions={}) == law
    assert law.partners == (
        "KOR", "JPN", "EU27", "GBR", "CHN", "MEX", "CAN", "TWN", "VNM", "CHE", "IND", "ROW",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        (
            "united-state", {},
            ("unknown schedule 'united-state'; did you mean 'united-states'? Allowed: "
            "united-states."),
        ),
        ("korea", {}, "unknown schedule 'korea'. Allowed: united-states."),
        (
            "united-states", {"conventions": {"steel_share": "ful"}},
            ("unknown choice of steel_share 'ful'; did you mean 'full'? Allowed: lines, table, "
            "flat, buckets, incidence, full."),
        ),
    ],
)  # fmt: skip
def test_a_name_that_does_not_exist_is_refused(name: str, options: dict, message: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        tc.load_schedule(name, **options)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"as_of": "today"}, "a date like 2025-10-17 is needed, given 'today'"),
        (
            {"conventions": {"steel_share": 7.0}},
            "steel_share: a share between 0 and 1 is needed, given 7.0",
        ),
    ],
)
def test_what_is_no_day_and_no_share_is_refused(options: dict, message: str) -> None:
    with pytest.raises(InputError) as caught:
        load(**options)
    assert str(caught.value) == message
