import datetime as dt

import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.models import tree
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.pace import after_missed_calls, pace

YEARS, QUARTERS, MONTHS = (Timeline(2026, each) for each in (1, 4, 12))
ECONOMY = Cases({"fx_capacity_usd": 25.0}, {})


def paced(
    drawdown: tc.Drawdown, timeline: Timeline = YEARS, counted: float = 100.0, **varied: list
) -> list:
    owner = tc.FundingStructure(name="terms", headline_usd=0.0, drawdown=drawdown)
    arrays = {name.replace("__", "."): np.array(v, dtype=float) for name, v in varied.items()}
    terms = Cases(tree(owner), arrays, max([1, *map(len, varied.values())]))
    found = pace(terms, owner, drawdown, np.array([counted]), ECONOMY, timeline)
    assert found.flags.f_contiguous
    return found.tolist()


def test_a_cap_is_drawn_in_the_first_period_of_each_year() -> None:
    capped = tc.Drawdown.capped(40.0)
    assert paced(capped) == [[0.4, 0.4, 0.2]]
    assert paced(capped, QUARTERS) == [[0.4, 0.0, 0.0, 0.0, 0.4, 0.0, 0.0, 0.0, 0.2]]


def test_a_drawdown_opens_in_the_period_of_its_first_draw() -> None:
    opened = tc.Drawdown.level(1, first_draw=dt.date(2026, 8, 15))
    assert paced(opened) == [[1.0]]
    assert paced(opened, QUARTERS) == [[0.0, 0.0, 0.75, 0.25]]
    assert paced(tc.Drawdown.capped(60.0, first_draw=dt.date(2027, 1, 1))) == [[0.0, 0.6, 0.4]]


def test_money_of_0_is_held_back_by_no_cap() -> None:
    assert paced(tc.Drawdown.capped(1.0, yearly_caps={2026: 0.5}), counted=0.0) == [[1.0]]
    granted = tc.FundingRequest(slip_years=1, acceptance=1.0)
    assert paced(tc.Drawdown.upfront(request=granted), counted=0.0) == [[1.0]]
    assert paced(tc.Drawdown.upfront(request=granted), counted=40.0) == [[0.625, 0.375]]


def test_caps_are_those_of_their_calendar_years() -> None:
    slow = tc.Drawdown.upfront(yearly_caps={2025: 1.0, 2026: 25.0, 2027: 50.0})
    assert paced(slow) == [[0.25, 0.5, 0.25]]
    assert paced(slow, drawdown__yearly_caps__2027__cap_usd=[0.0, 75.0]) == [
        [0.25, 0.0, 0.75],
        [0.25, 0.75, 0.0],
    ]


def test_varied_draw_years_leave_no_limit() -> None:
    slow = tc.Drawdown.capped(25.0, yearly_caps={2026: 0.0}, first_draw=dt.date(2030, 1, 1))
    assert paced(slow, QUARTERS, draw_years=[1, 2]) == [[0.25] * 4 + [0.0] * 4, [0.125] * 8]


@pytest.mark.parametrize(
    ("drawdown", "left", "remedies"),
    [
        (
            tc.Drawdown.level(1, annual_cap_usd=0.5),
            "0.5",
            "raise drawdown.annual_cap_usd",
        ),
        (
            tc.Drawdown.capped(1.0, yearly_caps={2026: 0.75}),
            "0.0025",
            "raise drawdown.annual_cap_usd or raise drawdown.yearly_caps",
        ),
        (
            tc.Drawdown.upfront(first_draw=dt.date(2126, 1, 1)),
            "1",
            "move drawdown.first_draw",
        ),
        (
            tc.Drawdown.upfront(request=tc.FundingRequest(slip_years=50, acceptance=1.0)),
            "0.5",
            "lower drawdown.request.acceptance",
        ),
    ],
)
def test_what_takes_over_a_century_is_refused(
    drawdown: tc.Drawdown, left: str, remedies: str
) -> None:
    for timeline in (YEARS, MONTHS):
        with pytest.raises(InputError) as caught:
            paced(drawdown, timeline)
        assert str(caught.value) == (
            f"terms: {left} of the money is still undrawn after 100 years; {remedies}"
        )


def test_one_case_over_a_century_is_refused_and_the_slowest_is_named() -> None:
    level, capped = tc.Drawdown.level(1, annual_cap_usd=1.0), tc.Drawdown.capped(1.0)
    caps = [50.0, 0.25, 0.5]
    with pytest.raises(InputError, match=r"^terms: 0\.75 of the money is still undrawn"):
        paced(level, drawdown__annual_cap_usd=caps)
    with pytest.raises(InputError, match=r"^terms: a cap of 0\.25 USD a year needs 400 years"):
        paced(capped, drawdown__annual_cap_usd=caps)


def test_a_cent_is_held_back_too() -> None:
    slow = tc.Drawdown.capped(0.005, first_draw=dt.date(2026, 1, 1))
    assert paced(slow, counted=0.01) == [[0.5, 0.5]]


def test_a_cap_starts_before_the_commitments_end() -> None:
    assert paced(tc.Drawdown.capped(50.0, commitment_end=dt.date(2026, 1, 1))) == [[0.5, 0.5]]
    with pytest.raises(InputError, match="2025-12-31 is before the request of 2026"):
        paced(tc.Drawdown.capped(50.0, commitment_end=dt.date(2025, 12, 31)))


def test_the_last_year_of_a_century_may_draw() -> None:
    opened = paced(tc.Drawdown.upfront(first_draw=dt.date(2125, 12, 31)), MONTHS)
    assert opened == [[0.0] * 1199 + [1.0]]


def test_a_request_needs_the_capacity_that_it_looks_at() -> None:
    drawdown = tc.Drawdown.upfront(request=tc.FundingRequest(slip_years=1, acceptance=0.0))
    owner = tc.FundingStructure(name="terms", headline_usd=0.0, drawdown=drawdown)
    with pytest.raises(InputError) as caught:
        pace(Cases(tree(owner), {}), owner, drawdown, np.array([1.0]), Cases({}, {}), YEARS)
    assert str(caught.value) == (
        "drawdown.request: the capacity of the FX market is not known; give "
        "economy.fx_capacity_usd or leave out the request"
    )


def test_years_that_slip_are_whole() -> None:
    request = tc.FundingRequest(slip_years=1, acceptance=1.0)
    with pytest.raises(InputError, match=r"^drawdown\.request\.slip_years: whole years from 1"):
        paced(tc.Drawdown.upfront(request=request), drawdown__request__slip_years=[1.5])


def late(missed: tc.MissedCall | None, timeline: Timeline, calls: list, **varied: list) -> list:
    drawdown = tc.Drawdown.upfront(missed=missed)
    arrays = {f"drawdown.missed.{n}": np.array(v, dtype=float) for n, v in varied.items()}
    terms = Cases({"drawdown": tree(drawdown)}, arrays, max([1, *map(len, varied.values())]))
    found = after_missed_calls(terms, drawdown, np.array([calls]), timeline)
    return [part.tolist() for part in found]


def test_calls_of_a_year_are_missed_in_all_its_periods() -> None:
    calls = [0.25, 0.25, 0.25, 0.125, 0.125]
    assert late(None, QUARTERS, calls) == [[calls], [[0.0] * 5], [1.0]]
    never = tc.MissedCall(year=2026, share=0.5)
    assert late(never, QUARTERS, calls) == [
        [[0.125, 0.125, 0.125, 0.0625, 0.125]],
        [[1.0] * 5],
        [0.5625],
    ]
    last = tc.MissedCall(year=2027, share=1.0)
    assert late(last, QUARTERS, calls)[2] == [0.875]
    a_year = tc.MissedCall(year=2027, share=1.0, late_years=1)
    assert late(a_year, QUARTERS, calls) == [
        [[0.25, 0.25, 0.25, 0.125, 0.0, 0.0, 0.0, 0.0, 0.125]],
        [[0.0] * 4 + [1.0] * 4 + [0.0]],
        [1.0],
    ]


def test_missed_calls_differ_by_case() -> None:
    missed = tc.MissedCall(year=2026, share=0.5, late_years=1)
    varied = {"year": [2026, 2027, 2030], "share": [1.0, 0.5, 1.0], "late_years": [1, 2, 3]}
    assert late(missed, YEARS, [0.5, 0.5], **varied) == [
        [[0.0, 1.0, 0.0, 0.0], [0.5, 0.25, 0.0, 0.25], [0.5, 0.5, 0.0, 0.0]],
        [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0]],
        [1.0],
    ]
