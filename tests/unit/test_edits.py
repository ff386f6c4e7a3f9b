import datetime as dt
import math
from typing import Any

import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.tariffs.conventions import Reading
from tariffcalc.tariffs.edits import checked_conventions

HEAD = "TariffSchedule cannot be built:\n  - "


def measure_of(name: str = "m", **fields: Any) -> tc.TariffMeasure:
    return tc.TariffMeasure(
        **{"name": name, "authority": name, "rate": 0.25, "start": "2025-01-01", **fields}
    )


LAW = tc.TariffSchedule(
    measures=(measure_of("a", end="2025-06-30", displaces=["b"]), measure_of("b", rate=0.125)),
    as_of="2025-12-04",
    conventions={"steel_share": "flat"},
    coarse_lines="line_count",
    partners=["KOR", "EU27"],
    other_partners="rest",
)


def names(schedule: tc.TariffSchedule) -> list[str]:
    return [measure.name for measure in schedule.measures]


def refusal(call: Any, kind: type[Exception] = InputError) -> str:
    with pytest.raises(kind) as caught:
        call()
    assert type(caught.value) is kind
    return str(caught.value).removeprefix(HEAD)


def kept(schedule: tc.TariffSchedule) -> dict[str, Any]:
    """Return all fields but the measures."""
    return {name: value for name, value in dict(schedule).items() if name != "measures"}


def test_a_schedule_says_how_many_measures_it_holds_and_as_of_when() -> None:
    assert repr(tc.TariffSchedule(measures=())) == "TariffSchedule(0 measures)"
    assert repr(tc.TariffSchedule(measures=(measure_of(),))) == "TariffSchedule(1 measure)"
    assert repr(LAW) == str(LAW) == "TariffSchedule(2 measures, as of 2025-12-04)"


def test_what_is_left_out_takes_its_default() -> None:
    law = tc.TariffSchedule(measures=())
    assert kept(law) == {
        "as_of": None, "conventions": {}, "coarse_lines": "refuse", "partners": (),
        "other_partners": "refuse",
    }  # fmt: skip
    assert hash(law) == hash(tc.TariffSchedule(measures=()))


def test_a_measure_is_found_by_its_name() -> None:
    assert LAW.measure("b") is LAW.measures[1]
    assert refusal(lambda: LAW.measure("c"), UnknownNameError) == (
        "unknown measure 'c'. Allowed: a, b."
    )


def test_authorities_are_those_that_add_duty() -> None:
    more = LAW.with_measure(measure_of("free", form="exemption", rate=0.0))
    assert more.authorities == ("a", "b")


def test_a_schedule_reads_the_law_as_its_fields_say() -> None:
    reading = LAW.reading("2025-10-17")
    assert reading.on == dt.date(2025, 10, 17)
    assert reading.as_of == dt.date(2025, 12, 4)
    assert reading.conventions == {"steel_share": 0.5}
    assert reading.coarse_lines == "line_count"
    assert reading.partners == ()
    plain = tc.TariffSchedule(measures=(), partners=("KOR",)).reading(dt.date(2025, 1, 1))
    assert isinstance(plain, Reading)
    assert (plain.as_of, plain.conventions, plain.coarse_lines) == (None, {}, "refuse")
    assert plain.partners == ("KOR",)
    assert refusal(lambda: LAW.reading("October")) == (
        "a date like 2025-10-17 is needed, given 'October'"
    )


def test_every_edit_is_a_new_schedule_that_keeps_the_rest() -> None:
    before = LAW.model_dump_json()
    more = LAW.with_measure(measure_of("c"))
    less = LAW.without("a")
    dearer = LAW.with_rate("b", 0.5)
    moved = LAW.with_dates("a", start="2025-02-01", end=dt.date(2025, 3, 31))
    assert names(more) == ["a", "b", "c"]
    assert names(less) == ["b"]
    assert names(dearer) == names(moved) == ["a", "b"]
    assert [m.rate for m in dearer.measures] == [0.25, 0.5]
    assert (moved.measure("a").start, moved.measure("a").end) == (
        dt.date(2025, 2, 1), dt.date(2025, 3, 31),
    )  # fmt: skip
    assert LAW.with_dates("b", end="2025-03-31").measure("b").start == dt.date(2025, 1, 1)
    assert LAW.with_dates("a", start="2025-02-01").measure("a").end == dt.date(2025, 6, 30)
    for law in (more, less, dearer, moved, LAW.enact("b")):
        assert isinstance(law, tc.TariffSchedule)
        assert kept(law) == kept(LAW)
    assert LAW.model_dump_json() == before


def test_what_is_announced_can_be_enacted() -> None:
    law = tc.TariffSchedule(measures=(measure_of(status="announced"), measure_of("n")))
    assert [m.status for m in law.enact("m").measures] == ["in force", "in force"]
    assert law.measure("m").status == "announced"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: LAW.with_measure(measure_of("a")),
            "measures: names must differ; given more than once: a",
        ),
        (
            lambda: LAW.with_measure(measure_of("c", authority="b", displaces=["a"])),
            (
                "measures: the authorities a, b displace each other in a circle; say which one "
                "comes first"
            ),
        ),
        (
            lambda: LAW.with_rate("b", 25.0),
            (
                "TariffMeasure cannot be built:\n  - rate: rates are fractions: 25 means 2500%; "
                "did you mean 0.25?"
            ),
        ),
        (
            lambda: LAW.with_dates("a", start="2025-07-01"),
            (
                "TariffMeasure cannot be built:\n  - end 2025-06-30 is before start 2025-07-01; "
                "swap the dates"
            ),
        ),
        (
            lambda: LAW.with_dates("a", start="July"),
            (
                "TariffMeasure cannot be built:\n  - start: a date like 2025-10-17 is needed, "
                "given 'July'"
            ),
        ),
        (
            lambda: tc.TariffSchedule(measures=(), partners=("KO",)),
            (
                "partners: ISO 3166 alpha-3 codes, EU27 or ROW are needed, given 1 unknown code: "
                "'KO'; did you mean 'KOR'?"
            ),
        ),
        (
            lambda: tc.TariffSchedule(measures=(), conventions={"steel_share": 2.0}),
            "conventions: steel_share: a share between 0 and 1 is needed, given 2.0",
        ),
        (
            lambda: tc.TariffSchedule(measures=(), conventions={"steel_share": "ful"}),
            (
                "conventions: unknown choice of steel_share 'ful'; did you mean 'full'? Allowed: "
                "lines, table, flat, buckets, incidence, full."
            ),
        ),
        (
            lambda: tc.TariffSchedule(measures=(), conventions={"other_partners": "rest"}),
            (
                "conventions: other_partners is a field of the schedule itself, give it beside "
                "conventions"
            ),
        ),
        (
            lambda: tc.TariffSchedule(measures=(), conventions=[("steel_share", 0.5)]),
            "conventions: a table is needed, given [('steel_share', 0.5)]",
        ),
        (
            lambda: LAW.with_convention("coarse_lines", "lines"),
            "coarse_lines: input should be 'refuse' or 'line_count', given 'lines'",
        ),
    ],
)
def test_what_makes_no_schedule_is_refused(call: Any, message: str) -> None:
    assert refusal(call) == message


@pytest.mark.parametrize(
    "edit",
    [
        lambda: LAW.without("c"), lambda: LAW.with_rate("c", 0.5), lambda: LAW.enact("c"),
        lambda: LAW.with_dates("c", end="2025-12-31"),
    ],
)  # fmt: skip
def test_a_measure_that_does_not_exist_cannot_be_edited(edit: Any) -> None:
    assert refusal(edit, UnknownNameError) == "unknown measure 'c'. Allowed: a, b."


def test_a_convention_takes_the_place_of_the_one_before() -> None:
    full = LAW.with_convention("steel_share", "full")
    assert full.conventions == {"steel_share": 1.0}
    assert LAW.conventions == {"steel_share": 0.5}
    both = full.with_convention("copper_share", 0.25)
    assert both.conventions == {"steel_share": 1.0, "copper_share": 0.25}
    assert LAW.with_convention("coarse_lines", "refuse").coarse_lines == "refuse"
    assert LAW.with_convention("other_partners", "refuse").other_partners == "refuse"
    assert LAW.with_convention("coarse_lines", "refuse").conventions == LAW.conventions
    assert refusal(lambda: LAW.with_convention("steel", 0.5), UnknownNameError).startswith(
        "unknown convention 'steel'; did you mean 'steel_share'? Allowed: "
    )


def test_conventions_are_checked_once_and_then_stand() -> None:
    found = checked_conventions({"steel_share": "table", "own_share": 0.5})
    assert found == {"steel_share": "steel-content", "own_share": 0.5}
    assert checked_conventions(found) == found
    assert checked_conventions(None) is None
    with pytest.raises(InputError, match="cannot be changed; build another one"):
        found["own_share"] = math.inf  # type: ignore[index]


def test_rates_change_on_the_days_of_measures_and_lists() -> None:
    def days(*measures: tc.TariffMeasure, **fields: Any) -> list[str]:
        return [str(day) for day in tc.TariffSchedule(measures=measures, **fields).change_dates()]

    assert days() == []
    assert days(*LAW.measures) == ["2025-01-01", "2025-07-01"]
    copper = measure_of(products=["section-232-copper", "87"], end="2026-12-31")
    assert days(copper) == ["2025-01-01", "2025-08-01", "2026-04-06", "2027-01-01"]
    assert days(copper, as_of="2026-04-01") == ["2025-01-01", "2025-08-01", "2027-01-01"]
    exempt = measure_of(exempt_products=["section-232-copper"], start="2025-08-02")
    assert days(exempt) == ["2025-08-02", "2026-04-06"]
    assert days(measure_of(end="9999-12-31")) == ["2025-01-01"]
