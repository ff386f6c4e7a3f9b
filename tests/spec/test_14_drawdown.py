"""Chapter 14: drawdown, from what is asked for to what is paid, at every frequency."""

import datetime as dt
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.models import tree
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.requested import requested
from tariffcalc.pledge.terms import Draws, draws
from tariffcalc.testing import drawdowns

UNIT = 2.0**-53  # one rounding changes a number by at most this share of it
# Of a whole of 1, what waits is rounded once or twice in each of at most 1200 months; a cap is
# kept to a trillionth of it.
ROUNDINGS = 2400 * UNIT
WHOLE = 2.0**40
PER_YEAR = st.sampled_from([1, 4, 12])
YEARS = st.integers(1, 30)
PARTS = st.integers(1, 2**20).map(lambda n: n / 2**20)
CAPS = st.integers(2**20 // 20 + 1, 2**21).map(lambda n: n / 2**20 * WHOLE)
LIMITED = drawdowns(headline_usd=WHOLE, limits=True)
CAPACITIES = st.integers(1, 2**41).map(float)
WATERFALL = tc.Waterfall(split_before=0.5, split_after=0.1, deemed_rate=0.04)
FEWER = settings(max_examples=max(1, settings().max_examples // 3))


def structure(drawdown: tc.Drawdown, *tranches: tc.Tranche) -> tc.FundingStructure:
    """Return a structure of the given tranches, of equity alone by default."""
    equity = tc.Tranche(name="cash", instrument=tc.Equity(), share=1.0)
    return tc.FundingStructure(
        name="terms",
        tranches=tranches or (equity,),
        drawdown=drawdown,
        waterfall=WATERFALL,
        project_irr=0.07,
        life_years=20,
    )


def drawn(
    terms: tc.Drawdown | tc.FundingStructure,
    per_year: int = 1,
    capacity: float = WHOLE,
    **varied: np.ndarray,
) -> Draws:
    """Return the draws of 2^40 USD, over exactly the periods that they need."""
    used = terms if isinstance(terms, tc.FundingStructure) else structure(terms)
    arrays = {path.replace("__", "."): values for path, values in varied.items()}
    cases = Cases(tree(used), arrays, max([1, *(v.size for v in varied.values())]))
    economy = Cases({"fx_capacity_usd": capacity}, {})
    return draws(cases, used, np.array([WHOLE]), economy, Timeline(2026, per_year), 0)


def shares(terms: tc.Drawdown, per_year: int = 1, capacity: float = WHOLE) -> list[float]:
    """Return the share drawn in each period."""
    return drawn(terms, per_year, capacity).timings[0][0].tolist()


def cumulative(terms: tc.Drawdown, per_year: int = 1, periods: int = 1200) -> np.ndarray:
    """Return the share drawn until the end of each of some periods."""
    found = np.zeros(periods)
    timing = shares(terms, per_year)
    found[: len(timing)] = timing
    return np.cumsum(found)


def changed(drawdown: tc.Drawdown, **terms: Any) -> tc.Drawdown:
    return tc.Drawdown(**{**dict(drawdown), **terms})


def asked_for(drawdown: tc.Drawdown, per_year: int) -> list[float]:
    """Return the share asked for in each period."""
    terms = Cases({"drawdown": tree(drawdown)}, {})
    return requested(terms, drawdown, Timeline(2026, per_year))[0].tolist()


def by_hand(drawdown: tc.Drawdown, per_year: int, capacity: float) -> list[Fraction]:
    """Follow each dollar in fractions: room is what caps allowed so far, less what they gave."""
    asked = [Fraction(share) for share in asked_for(drawdown, per_year)]
    opens, request = opening(drawdown, per_year), drawdown.request
    paid, allowed, before, waiting = [], Fraction(0), Fraction(0), Fraction(0)
    put_off: dict[int, Fraction] = {}
    while len(paid) < len(asked) or waiting or put_off:
        now, (year, month) = len(paid), divmod(len(paid), per_year)
        if month == 0:  # a new calendar year
            before, this_year, cap = sum(paid, Fraction(0)), Fraction(0), cap_of(drawdown, year)
            allowed = allowed + (cap or 0) if drawdown.carry_over else before + (cap or 0)
        waiting += put_off.pop(now, 0) + (asked[now] if now < len(asked) else 0)
        room = waiting if cap is None else allowed - before - this_year
        part = Fraction(0) if now < opens else min(waiting, room)
        late, waiting = Fraction(0), waiting - part
        if request is not None:
            limit = Fraction(capacity) / Fraction(WHOLE)
            over = [max(Fraction(0), so_far - limit) for so_far in (this_year, this_year + part)]
            late = Fraction(request.acceptance) * (over[1] - over[0])
        if late:
            put_off[now + request.slip_years * per_year] = late
        this_year += part
        paid.append(part - late)
    return paid


def opening(drawdown: tc.Drawdown, per_year: int) -> int:
    day = drawdown.first_draw or dt.date(2026, 1, 1)
    return (day.year - 2026) * per_year + (day.month - 1) // (12 // per_year)


def cap_of(drawdown: tc.Drawdown, year: int) -> Fraction | None:
    """Return the cap of a calendar year as a share of the whole."""
    named = {int(row.name): row.cap_usd for row in drawdown.yearly_caps}
    cap = named.get(2026 + year, drawdown.annual_cap_usd)
    return None if cap is None else Fraction(cap) / Fraction(WHOLE)


def by_year(amounts: Any, per_year: int) -> list:
    """Add up the periods of each calendar year."""
    starts = range(0, len(amounts), per_year)
    return [math.fsum(amounts[start : start + per_year]) for start in starts]


def beside(one: Any, other: Any) -> np.ndarray:
    """Return two lists of amounts as rows of one length."""
    rows = np.zeros((2, max(len(one), len(other))))
    rows[0, : len(one)], rows[1, : len(other)] = one, other
    return rows


def asked_by_year(drawdown: tc.Drawdown, years: int) -> list[Fraction]:
    """Return the cumulative share asked for by the end of each of some years."""
    asked = [Fraction(share) for share in asked_for(drawdown, 1)]
    return [sum(asked[: year + 1], Fraction(0)) for year in range(years)]


# What is drawn


@FEWER
@given(LIMITED, PER_YEAR, CAPACITIES)
def test_what_is_drawn_is_what_is_followed_in_fractions(
    drawdown: tc.Drawdown, per_year: int, capacity: float
) -> None:
    """DRAWDOWN-1: each period's draw is that of a scalar walk in fractions, under all limits."""
    found, expected = beside(
        shares(drawdown, per_year, capacity), by_hand(drawdown, per_year, capacity)
    )
    assert abs(found - expected).max() <= ROUNDINGS


@given(LIMITED, PER_YEAR, CAPACITIES)
def test_every_dollar_is_drawn_once(drawdown: tc.Drawdown, per_year: int, capacity: float) -> None:
    """DRAWDOWN-2: Σ_t draws_t = 1, and no draw is below 0, under all limits (math.fsum)."""
    found = shares(drawdown, per_year, capacity)
    assert min(found) >= 0.0
    assert abs(math.fsum(found) - 1.0) <= ROUNDINGS


@given(YEARS, PER_YEAR)
def test_level_draws_are_equal_in_each_period(years: int, per_year: int) -> None:
    """DRAWDOWN-3: level(n) draws 1/(n·m) in each of the n·m periods of its years (to the bit)."""
    assert shares(tc.Drawdown.level(years), per_year) == [1.0 / (years * per_year)] * (
        years * per_year
    )


@given(drawdowns(kinds=["calls"]), PER_YEAR)
def test_calls_are_spread_over_their_year(drawdown: tc.Drawdown, per_year: int) -> None:
    """DRAWDOWN-4: a calendar year's call s is s/m in each of its m periods (to the bit)."""
    called = dict(drawdown.call_shares)
    last = max(called)
    expected = [
        called.get(year, 0.0) / per_year for year in range(2026, last + 1) for _ in range(per_year)
    ]
    assert shares(drawdown, per_year) == expected


@given(CAPS, PER_YEAR)
def test_a_cap_is_drawn_at_the_start_of_each_year(cap: float, per_year: int) -> None:
    """DRAWDOWN-5: capped draws the years' amounts of frequency Y in their first periods."""
    yearly, found = (shares(tc.Drawdown.capped(cap), m) for m in (1, per_year))
    assert found[::per_year] == yearly
    assert np.count_nonzero(found) == np.count_nonzero(yearly)


@FEWER
@given(LIMITED, st.sampled_from([4, 12]), CAPACITIES)
def test_quarters_and_months_add_up_to_years(
    drawdown: tc.Drawdown, per_year: int, capacity: float
) -> None:
    """DRAWDOWN-6: draws by quarter or month add up to those by year; opening on 1 January."""
    opens = drawdown.first_draw and drawdown.first_draw.replace(month=1, day=1)
    drawdown = changed(drawdown, first_draw=opens)
    found, expected = beside(
        by_year(shares(drawdown, per_year, capacity), per_year), shares(drawdown, 1, capacity)
    )
    assert abs(found - expected).max() <= ROUNDINGS


# Caps


@FEWER
@given(LIMITED, PER_YEAR, CAPACITIES)
def test_a_cap_holds_in_each_calendar_year(
    drawdown: tc.Drawdown, per_year: int, capacity: float
) -> None:
    """DRAWDOWN-7: without carry-over no calendar year draws more than its cap, at any frequency."""
    drawn_by_year = by_year(
        shares(changed(drawdown, carry_over=False), per_year, capacity), per_year
    )
    for year, amount in enumerate(drawn_by_year):
        cap = cap_of(drawdown, year)
        assert cap is None or amount <= cap * Fraction(1.0 + 1e-12) + Fraction(ROUNDINGS)


@given(drawdowns(), PER_YEAR, st.booleans())
def test_a_cap_above_every_draw_holds_nothing_back(
    drawdown: tc.Drawdown, per_year: int, carry_over: bool
) -> None:
    """DRAWDOWN-8: a cap on level, calls or milestones above every year's draw changes no bit."""
    assume(drawdown.kind not in ("upfront", "capped"))
    capped = changed(drawdown, annual_cap_usd=WHOLE, carry_over=carry_over)
    assert shares(capped, per_year) == shares(drawdown, per_year)


@FEWER
@given(LIMITED, CAPS)
def test_without_carry_over_each_cap_is_lost_with_its_year(
    drawdown: tc.Drawdown, cap: float
) -> None:
    """DRAWDOWN-9: C_y = min of Q_y and, over s < y, Q_s + Σ_{s<z≤y} cap_z (Q: asked until then)."""
    drawdown = paced(drawdown, cap, carry_over=False)
    found = cumulative(drawdown, periods=60)
    asked = [Fraction(0), *asked_by_year(drawdown, 60)]
    caps = [cap_of(drawdown, year) for year in range(60)]
    for year in range(60):
        bounds = [asked[s] + sum(caps[s : year + 1]) for s in range(year + 1)]
        assert abs(found[year] - min(asked[year + 1], *bounds)) <= ROUNDINGS


@FEWER
@given(LIMITED, CAPS)
def test_carry_over_draws_the_least_of_requests_and_caps(drawdown: tc.Drawdown, cap: float) -> None:
    """DRAWDOWN-10: with carry-over C_y = min(Q_y, Σ_{z≤y} cap_z): the caps so far, not each."""
    drawdown = paced(drawdown, cap, carry_over=True)
    found = cumulative(drawdown, periods=60)
    asked = asked_by_year(drawdown, 60)
    for year in range(60):
        caps = sum(cap_of(drawdown, z) for z in range(year + 1))
        assert abs(found[year] - min(asked[year], caps)) <= ROUNDINGS


def paced(drawdown: tc.Drawdown, cap: float, *, carry_over: bool) -> tc.Drawdown:
    """Return the requests of a drawdown under caps alone."""
    if drawdown.kind == "upfront":
        return tc.Drawdown.capped(cap, carry_over=carry_over, yearly_caps=drawdown.yearly_caps)
    alone = {"first_draw": None, "request": None, "annual_cap_usd": cap}
    return changed(drawdown, **alone, carry_over=carry_over)


@FEWER
@given(LIMITED, CAPS, PER_YEAR)
def test_carry_over_never_slows_the_drawdown(
    drawdown: tc.Drawdown, cap: float, per_year: int
) -> None:
    """DRAWDOWN-11: without a request, carry-over leaves no period with less drawn so far."""
    lost = changed(paced(drawdown, cap, carry_over=False), first_draw=drawdown.first_draw)
    kept = changed(lost, carry_over=True)
    assert (cumulative(kept, per_year) >= cumulative(lost, per_year) - ROUNDINGS).all()


@FEWER
@given(LIMITED, CAPS, PARTS, PER_YEAR, st.integers(1, 2000).map(lambda n: n / 10_000))
def test_a_higher_cap_never_slows_the_drawdown_nor_cheapens_it(
    drawdown: tc.Drawdown, cap: float, more: float, per_year: int, rate: float
) -> None:
    """DRAWDOWN-12: a higher cap draws at least as early, so its draws are worth no less today."""
    low, high = (
        cumulative(changed(paced(drawdown, c, carry_over=False), yearly_caps=()), per_year)
        for c in (cap, cap * (1.0 + more))
    )
    assert (high >= low - ROUNDINGS).all()
    worth = (1.0 + rate) ** -(np.arange(1200) / per_year)
    present = [float(np.diff(path, prepend=0.0) @ worth) for path in (low, high)]
    assert present[1] >= present[0] - 1200 * ROUNDINGS


@given(st.integers(0, 5), CAPS, st.booleans(), PER_YEAR)
def test_a_slow_start_is_a_cap_of_its_own_year(
    year: int, cap: float, carry_over: bool, per_year: int
) -> None:
    """DRAWDOWN-13: a year capped at 0 draws nothing; the years after it draw as if it were not."""
    usual = tc.Drawdown.capped(cap)
    slow = tc.Drawdown.capped(cap, yearly_caps={2026 + year: 0.0}, carry_over=carry_over)
    expected = by_year(shares(usual, per_year), per_year)
    if year < len(expected):
        expected.insert(year, 0.0)
    found, due = beside(by_year(shares(slow, per_year), per_year), expected)
    assert abs(found - due).max() <= ROUNDINGS


@FEWER
@given(LIMITED, st.dates(dt.date(2025, 1, 1), dt.date(2036, 12, 31)), PER_YEAR)
def test_nothing_is_drawn_before_the_first_draw(
    drawdown: tc.Drawdown, first: dt.date, per_year: int
) -> None:
    """DRAWDOWN-14: before the period of first_draw nothing is drawn; what was asked for waits."""
    later = tc.Drawdown(**{**dict(asked_alone(drawdown)), "first_draw": first})
    opens = max(0, opening(later, per_year))
    expected = asked_for(drawdown, per_year)
    expected += [0.0] * (opens + 1 - len(expected))
    waited = math.fsum(expected[: opens + 1])
    assert shares(later, per_year) == [0.0] * opens + [
        pytest.approx(waited, abs=ROUNDINGS),
        *expected[opens + 1 :],
    ]


def asked_alone(drawdown: tc.Drawdown) -> tc.Drawdown:
    """Return the requests of a drawdown without limits."""
    if drawdown.kind == "capped":
        return tc.Drawdown.upfront()
    terms = ("kind", "years", "call_shares", "milestone_shares", "notice_business_days")
    return tc.Drawdown(**{term: getattr(drawdown, term) for term in terms})


# Requests to pay later


@FEWER
@given(LIMITED, PER_YEAR, YEARS, CAPACITIES)
def test_a_request_that_is_refused_or_not_needed_changes_nothing(
    drawdown: tc.Drawdown, per_year: int, slip: int, capacity: float
) -> None:
    """DRAWDOWN-15: acceptance 0, or a capacity of all that is drawn, is no request, to the bit."""
    none = changed(drawdown, request=None, first_draw=drawdown.first_draw or dt.date(2026, 1, 1))
    refused = tc.FundingRequest(slip_years=slip, acceptance=0.0)
    assert shares(changed(none, request=refused), per_year, capacity) == shares(none, per_year)
    granted = tc.FundingRequest(slip_years=slip, acceptance=1.0)
    assert shares(changed(none, request=granted), per_year, WHOLE) == shares(none, per_year)


@given(CAPS, PER_YEAR)
def test_a_granted_request_of_a_year_is_a_cap_at_the_capacity(
    capacity: float, per_year: int
) -> None:
    """DRAWDOWN-16: all excess put off by one year draws the capacity a year: capped(capacity)."""
    granted = tc.Drawdown.upfront(request=tc.FundingRequest(slip_years=1, acceptance=1.0))
    found, expected = beside(
        shares(granted, per_year, capacity), shares(tc.Drawdown.capped(capacity), per_year)
    )
    assert abs(found - expected).max() <= ROUNDINGS


def test_what_exceeds_the_capacity_slips() -> None:
    """DRAWDOWN-17: 100 under a capacity of 40: at k = 2 and p = 1, p = 1/2, by hand."""
    upfront = tc.Drawdown.upfront

    def found(years: int, share: float) -> list[float]:
        request = tc.FundingRequest(slip_years=years, acceptance=share)
        return [100.0 * s for s in shares(upfront(request=request), 1, 0.4 * WHOLE)]

    assert found(2, 1.0) == pytest.approx([40.0, 0.0, 40.0, 0.0, 20.0], rel=8 * UNIT)
    assert found(2, 0.5) == pytest.approx([70.0, 0.0, 30.0], rel=8 * UNIT)
    assert found(1, 0.25) == pytest.approx([85.0, 15.0], rel=8 * UNIT)


def test_what_slips_meets_the_cap_again() -> None:
    """DRAWDOWN-18: cap 50, capacity 30, k = 1, p = 1/2 on 100: draws 40, 40, 20 by hand."""
    # 50 − 20/2 = 40; then 50 wait and 10 come back: 50 − 10 = 40, 10 wait; 10 + 10 = 20.
    terms = tc.FundingRequest(slip_years=1, acceptance=0.5)
    drawdown = tc.Drawdown.capped(0.5 * WHOLE, request=terms)
    found = [100.0 * share for share in shares(drawdown, 1, 0.3 * WHOLE)]
    assert found == pytest.approx([40.0, 40.0, 20.0], rel=8 * UNIT)


# Calls that are missed


@FEWER
@given(LIMITED, st.integers(2026, 2040), PARTS, PER_YEAR)
def test_a_missed_call_is_made_good_by_its_delay(
    drawdown: tc.Drawdown, year: int, share: float, per_year: int
) -> None:
    """DRAWDOWN-19: of the year's draws s·d_t is paid in t + late years, the rest in t."""
    usual = shares(drawdown, per_year)
    for late in (0, 1, 3):
        missed = tc.MissedCall(year=year, share=share, late_years=late)
        expected = np.array([*usual, *[0.0] * 3 * per_year])
        for period in range(len(usual)):
            if 2026 + period // per_year == year:
                expected[period] -= share * usual[period]
                expected[period + late * per_year] += share * usual[period]
        found, due = beside(shares(changed(drawdown, missed=missed), per_year), expected)
        assert abs(found - due).max() <= 4 * UNIT


@FEWER
@given(LIMITED, st.integers(2026, 2040), PER_YEAR)
def test_a_call_made_good_at_once_is_not_missed(
    drawdown: tc.Drawdown, year: int, per_year: int
) -> None:
    """DRAWDOWN-20: late_years 0, or share 0, changes no bit and leaves nothing unpaid."""
    usual = drawn(drawdown, per_year)
    for share, late in ((1.0, 0), (0.0, 2), (0.0, None)):
        missed = tc.MissedCall(year=year, share=share, late_years=late)
        found = drawn(changed(drawdown, missed=missed), per_year)
        assert found.timings[0].tolist() == usual.timings[0].tolist()
        assert not found.withheld.any()
        assert found.paid[0].tolist() == [1.0]


@FEWER
@given(LIMITED, st.integers(2026, 2040), PARTS, PER_YEAR, st.none() | st.integers(1, 4))
def test_a_call_is_unpaid_from_its_period_until_it_is_made_good(
    drawdown: tc.Drawdown, year: int, share: float, per_year: int, late: int | None
) -> None:
    """DRAWDOWN-21: withheld is 1 from the first missed call until the last is made good."""
    usual = shares(drawdown, per_year)
    missed = tc.MissedCall(year=year, share=share, late_years=late)
    found = drawn(changed(drawdown, missed=missed), per_year)
    called = [t for t, s in enumerate(usual) if s and 2026 + t // per_year == year]
    end = found.periods if late is None else max(called, default=0) + (late or 0) * per_year
    expected = [float(bool(called) and called[0] <= t < end) for t in range(found.periods)]
    assert found.withheld.tolist() == [expected]
    short = math.fsum(share * usual[t] for t in called) if late is None else 0.0
    assert found.paid[0].tolist() == pytest.approx([1.0 - short], abs=ROUNDINGS)
    cash = np.array([True])
    assert found.total(cash) == pytest.approx(math.fsum(found.of(cash)[0]), abs=ROUNDINGS * WHOLE)


# Milestones and commitments


@given(st.dates(dt.date(2026, 1, 1), dt.date(2060, 12, 31)), st.integers(0, 120), PER_YEAR)
def test_a_milestone_is_paid_some_business_days_after_its_notice(
    notice: dt.date, days: int, per_year: int
) -> None:
    """DRAWDOWN-22: a notice's share falls in the period of its n-th business day after it."""
    day, left = notice, days
    while left:
        day += dt.timedelta(days=1)
        left -= day.weekday() < 5 and not federal_holiday(day)
    period = (day.year - 2026) * per_year + (day.month - 1) // (12 // per_year)
    drawdown = tc.Drawdown.milestones({notice: 1.0}, notice_business_days=days)
    assert shares(drawdown, per_year) == [0.0] * period + [1.0]


def federal_holiday(day: dt.date) -> bool:
    """Tell whether a weekday is a holiday of 5 USC 6103, on its day or as observed beside it."""
    for near in {4: (day, day + dt.timedelta(1)), 0: (day, day - dt.timedelta(1))}.get(
        day.weekday(), (day,)
    ):
        if (near.month, near.day) in {(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)}:
            return True
    last_monday_of_may = day.month == 5 and day.weekday() == 0 and day.day > 24
    nth = (day.month, day.weekday(), (day.day + 6) // 7)
    return last_monday_of_may or nth in {(1, 0, 3), (2, 0, 3), (9, 0, 1), (10, 0, 2), (11, 3, 4)}


def test_the_45_business_days_of_the_memorandum() -> None:
    """DRAWDOWN-23: 45 business days from 28 October 2026 end in 2027, from the 23rd in 2026.

    Veterans Day, Thanksgiving, Christmas and New Year lie between them.
    """
    late, soon = dt.date(2026, 10, 28), dt.date(2026, 10, 23)
    assert shares(tc.Drawdown.milestones({soon: 1.0}), 12) == [0.0] * 11 + [1.0]
    assert shares(tc.Drawdown.milestones({late: 1.0}), 12) == [0.0] * 12 + [1.0]


@given(drawdowns(kinds=["level", "calls"]), st.dates(dt.date(2026, 1, 1), dt.date(2060, 1, 1)))
def test_nothing_is_asked_for_after_the_commitments_end(
    drawdown: tc.Drawdown, end: dt.date
) -> None:
    """DRAWDOWN-24: a year's request is of 1 January: one after commitment_end is an InputError."""
    last = 2026 + len(asked_for(drawdown, 1)) - 1
    committed = changed(drawdown, commitment_end=end)
    if last <= end.year:
        assert shares(committed) == shares(drawdown)
        return
    with pytest.raises(InputError) as caught:
        shares(committed)
    assert str(caught.value) == (
        f"drawdown.commitment_end: {end} is before the request of {last}; ask for all until then, "
        "and let a cap spread the payments"
    )


@given(CAPS, PER_YEAR)
def test_payments_run_on_after_the_commitments_end(cap: float, per_year: int) -> None:
    """DRAWDOWN-25: what is asked for in time is paid under its cap, whenever: the same bits."""
    end = dt.date(2026, 1, 1)
    assert shares(tc.Drawdown.capped(cap, commitment_end=end), per_year) == shares(
        tc.Drawdown.capped(cap), per_year
    )
    with pytest.raises(InputError, match=r"^drawdown\.commitment_end: 2025-12-31 is before the"):
        shares(tc.Drawdown.capped(cap, commitment_end=dt.date(2025, 12, 31)), per_year)


@given(
    st.dates(dt.date(2026, 1, 1), dt.date(2040, 1, 1)),
    st.dates(dt.date(2026, 1, 1), dt.date(2040, 1, 1)),
)
def test_a_notice_after_the_commitments_end_is_refused(notice: dt.date, end: dt.date) -> None:
    """DRAWDOWN-26: a notice after commitment_end is an InputError, however late its payment."""
    first = min(notice, end)
    if notice <= end:
        made = tc.Drawdown.milestones({notice: 1.0}, commitment_end=end)
        assert shares(made) == shares(tc.Drawdown.milestones({notice: 1.0}))
        return
    with pytest.raises(InputError) as caught:
        tc.Drawdown.milestones({first: 0.5, notice: 0.5}, commitment_end=end)
    assert str(caught.value) == (
        f"Drawdown cannot be built:\n  - milestone_shares: the notice of {notice} is after "
        f"commitment_end {end}; give it earlier, payments may run on after it"
    )


# Tranches


KINDS = {
    "equity": tc.Equity(),
    "loan": tc.Loan(rate=0.05, maturity_years=5),
    "guarantee": tc.Guarantee(
        fee_rate=0.01, maturity_years=5, default_rate=0.01, loss_given_default=0.5
    ),
    "private": tc.PrivateInvestment(expected_return=0.08),
}


def mixed(drawdown: tc.Drawdown, parts: list[tuple[str, int, dict]]) -> tc.FundingStructure:
    """Return a structure of tranches by kind, weight and further terms."""
    total = sum(weight for _, weight, _ in parts)
    return structure(
        drawdown,
        *(
            tc.Tranche(name=f"part-{n}", instrument=KINDS[kind], share=weight / total, **terms)
            for n, (kind, weight, terms) in enumerate(parts)
        ),
    )


PARTS_OF_IT = st.lists(
    st.tuples(
        st.sampled_from(["equity", "loan"]),
        st.integers(0, 1000),
        st.fixed_dictionaries({"priority": st.none() | st.integers(0, 3)}),
    ),
    min_size=1,
    max_size=4,
).filter(lambda parts: any(weight for _, weight, _ in parts))


@FEWER
@given(LIMITED, PARTS_OF_IT, PER_YEAR)
def test_priority_fills_one_tranche_after_the_other(
    drawdown: tc.Drawdown, parts: list, per_year: int
) -> None:
    """DRAWDOWN-27: rank r has min(max(C_t − Σ earlier ranks, 0), own) by t; equal ranks share."""
    ranks = [terms["priority"] or 0 for _, _, terms in parts]
    amounts = [Fraction(weight, sum(w for _, w, _ in parts)) for _, weight, _ in parts]
    together = mixed(changed(drawdown, allocation="pro_rata"), parts)
    pace = np.cumsum(drawn(together, per_year).timings[0][0])
    found = drawn(mixed(changed(drawdown, allocation="priority"), parts), per_year)
    for index, rank in enumerate(ranks):
        placed = list(zip(amounts, ranks, strict=True))
        before = float(sum(amount for amount, other in placed if other < rank))
        own = sum(amount for amount, other in placed if other == rank)
        filled = np.clip(pace - before, 0.0, float(own)) * float(amounts[index] / (own or 1))
        got = np.cumsum(found.timings[index][0]) * float(amounts[index])
        assert abs(got - filled).max() <= ROUNDINGS + 1e-12 * float(own)


@FEWER
@given(LIMITED, PARTS_OF_IT, PER_YEAR)
def test_the_order_of_tranches_moves_no_total(
    drawdown: tc.Drawdown, parts: list, per_year: int
) -> None:
    """DRAWDOWN-28: by priority or pro rata all together keep one pace, each is drawn in full."""
    found = [
        drawn(mixed(changed(drawdown, allocation=way), parts), per_year)
        for way in ("pro_rata", "priority")
    ]
    both = np.full(len(parts), fill_value=True)
    together = [draws_.of(both)[0] for draws_ in found]
    assert abs(together[0] - together[1]).max() <= (ROUNDINGS + 4e-12) * WHOLE
    for draws_ in found:
        for timing in draws_.timings:
            assert math.fsum(timing[0]) == pytest.approx(1.0, abs=ROUNDINGS)


@FEWER
@given(LIMITED, LIMITED, PARTS, PER_YEAR, st.sampled_from(sorted(KINDS)), CAPACITIES)
def test_a_tranche_with_a_drawdown_of_its_own_is_drawn_by_itself(
    drawdown: tc.Drawdown,
    own: tc.Drawdown,
    share: float,
    per_year: int,
    kind: str,
    capacity: float,
) -> None:
    """DRAWDOWN-29: its money counts against its own caps, and against no other, to the bit."""
    rest = tc.Tranche(name="rest", instrument=tc.Equity(), share=1.0 - share)
    apart = tc.Tranche(name="apart", instrument=KINDS[kind], share=share, drawdown=own)
    found = drawn(structure(drawdown, rest, apart), per_year, capacity)
    for index, (tranche, terms) in enumerate(((rest, drawdown), (apart, own))):
        alone = tc.FundingStructure(
            **{
                **dict(structure(terms)),
                "utilisation_share": tranche.share,
            }
        )
        expected = drawn(alone, per_year, capacity).timings[0][0]
        got = found.timings[index][0]
        assert got[: expected.size].tolist() == expected.tolist()
        assert not got[expected.size :].any()


@FEWER
@given(LIMITED, PARTS, PER_YEAR, st.sampled_from(["guarantee", "private"]))
def test_what_is_not_paid_in_keeps_the_pace(
    drawdown: tc.Drawdown, share: float, per_year: int, kind: str
) -> None:
    """DRAWDOWN-30: guarantees and private money count against no cap and share one timing."""
    assume(share < 1.0)
    parts = [tc.Tranche(name="cash", instrument=tc.Equity(), share=1.0 - share)]
    parts.append(tc.Tranche(name="rest", instrument=KINDS[kind], share=share))
    found = drawn(structure(drawdown, *parts), per_year)
    alone = tc.FundingStructure(**{**dict(structure(drawdown)), "utilisation_share": 1.0 - share})
    assert found.timings[0][0].tolist() == drawn(alone, per_year).timings[0][0].tolist()
    assert found.timings[1].tolist() == found.timings[0].tolist()


# Many cases at once, and paths


VARIED = {
    "drawdown.annual_cap_usd": [0.08 * WHOLE, 0.3 * WHOLE, 2.0 * WHOLE],
    "drawdown.yearly_caps.2027.cap_usd": [0.0, 0.02 * WHOLE, WHOLE],
    "drawdown.request.slip_years": [1.0, 3.0, 2.0],
    "drawdown.request.acceptance": [0.0, 0.25, 0.5],
    "drawdown.missed.year": [2027.0, 2026.0, 2030.0],
    "drawdown.missed.share": [0.5, 0.0, 1.0],
    "drawdown.missed.late_years": [2.0, 0.0, 1.0],
}
OF_KIND = {
    "drawdown.years": [1.0, 4.0, 9.0],
    "drawdown.notice_business_days": [0.0, 45.0, 400.0],
}


@FEWER
@given(st.sampled_from(["capped", "level", "milestones"]), st.booleans(), PER_YEAR, st.data())
def test_each_number_of_a_drawdown_can_be_varied(
    kind: str, of_tranche: bool, per_year: int, data: st.DataObject
) -> None:
    """DRAWDOWN-31: a batch that varies numbers by path is each case by itself, to the bit."""
    drawdown = of_all_terms(kind)
    used, prefix = structure(drawdown), ""
    if of_tranche:
        own = tc.Tranche(name="cash", instrument=tc.Equity(), share=1.0, drawdown=drawdown)
        used, prefix = structure(tc.Drawdown.upfront(), own), "tranches.cash."
    allowed = {**VARIED, **{p: v for p, v in OF_KIND.items() if kind in OF_TERMS[p]}}
    paths = data.draw(st.lists(st.sampled_from(sorted(allowed)), min_size=1, unique=True))
    batch = {f"{prefix}{path}": np.array(allowed[path]) for path in paths}
    together = drawn(used, per_year, 0.2 * WHOLE, **batch)
    for case in range(3):
        alone = written_with(used, {path: values[case].item() for path, values in batch.items()})
        found = drawn(alone, per_year, 0.2 * WHOLE)
        for many, one in (
            (together.timings[0], found.timings[0]),
            (together.withheld, found.withheld),
        ):
            row = many[case % many.shape[0]].tolist()
            assert row[: found.periods] == one[0].tolist()
            assert not any(row[found.periods :])
        assert together.paid[0][case % together.paid[0].size] == found.paid[0][0]


OF_TERMS = {"drawdown.years": ("level",), "drawdown.notice_business_days": ("milestones",)}


def of_all_terms(kind: str) -> tc.Drawdown:
    """Return a drawdown with all limits there are."""
    limits = {
        "yearly_caps": {2027: 0.05 * WHOLE},
        "carry_over": True,
        "request": tc.FundingRequest(slip_years=1, acceptance=0.5),
        "missed": tc.MissedCall(year=2027, share=0.25, late_years=1),
    }
    if kind == "capped":
        return tc.Drawdown.capped(0.25 * WHOLE, **limits)
    limits["annual_cap_usd"] = 0.25 * WHOLE
    if kind == "level":
        return tc.Drawdown.level(3, **limits)
    notices = {dt.date(2026, 3, 2): 0.5, dt.date(2028, 11, 20): 0.5}
    return tc.Drawdown.milestones(notices, **limits)


def written_with(used: tc.FundingStructure, numbers: dict[str, float]) -> tc.FundingStructure:
    """Return the structure with other numbers, by their paths in its written form."""
    written = tree(used)
    for path, value in numbers.items():
        *tables, last = path.split(".")
        table = written
        for name in tables:
            table = table[name]
        table[last] = int(value) if isinstance(table[last], int) else value
    return tc.FundingStructure.from_tree(written)


def test_a_sweep_varies_the_terms_of_a_drawdown() -> None:
    """DRAWDOWN-32: sweep over a cap, a request and a capacity equals replacing them one by one."""
    scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    path = "pledge.structures.capacity-paced.drawdown"
    request = tc.FundingRequest(slip_years=2, acceptance=0.5)
    capped = tc.Drawdown.capped(30e9, yearly_caps={2026: 5e9}, request=request)
    scenario = scenario.replace({path: capped})
    grid = {
        f"{path}.annual_cap_usd": [20e9, 35e9, 35e9],
        f"{path}.yearly_caps.2026.cap_usd": [0.0, 10e9, 0.0],
        f"{path}.request.acceptance": [0.0, 1.0, 0.25],
        "economy.fx_capacity_usd": [15e9, 25e9, 25e9],
    }
    swept = tc.sweep(
        scenario, grid, structures=["capacity-paced"], columns=["net_cost_usd"], paired=True
    )
    assert len(set(swept["net_cost_usd"])) == 3
    for row in swept.to_dict("records"):
        alone = scenario.replace({name: row[name] for name in grid})
        figures = tc.compare(alone, structures=["capacity-paced"], columns=["net_cost_usd"])
        assert row["net_cost_usd"] == figures["net_cost_usd"].item()


# Errors


@given(PER_YEAR, st.integers(1, 30))
def test_what_is_not_drawn_within_a_century_is_refused(per_year: int, years: int) -> None:
    """DRAWDOWN-33: money still undrawn after 100 years is an InputError that names the remedies."""
    request = tc.FundingRequest(slip_years=years, acceptance=1.0)
    drawdown = tc.Drawdown.calls({2026: 1.0}, annual_cap_usd=12 * WHOLE, request=request)
    capacity = WHOLE / (100 // years + 2)
    with pytest.raises(InputError) as caught:
        shares(drawdown, per_year, capacity)
    text = str(caught.value)
    assert text.startswith("terms: 0.")
    assert text.endswith(
        " of the money is still undrawn after 100 years; raise drawdown.annual_cap_usd or "
        "lower drawdown.request.acceptance"
    )


@pytest.mark.parametrize(
    ("terms", "fault"),
    [
        (
            {"kind": "level", "years": 3, "carry_over": True},
            "carry_over needs annual_cap_usd: a year without a cap leaves none unused",
        ),
        (
            {"kind": "upfront", "annual_cap_usd": 1e9},
            "a drawdown of kind 'upfront' needs no further term, given annual_cap_usd",
        ),
        (
            {"kind": "upfront", "yearly_caps": {26: 1e9}},
            "yearly_caps.26.name: string should match pattern '^[12][0-9]{3}$', given '26'",
        ),
        (
            {"kind": "upfront", "yearly_caps": [(2026, 1e9), (2026, 2e9)]},
            "yearly_caps: names must differ; given more than once: 2026",
        ),
        (
            {"kind": "upfront", "request": {"slip_years": 0}},
            "request.slip_years: input should be greater than or equal to 1, given 0",
        ),
        (
            {"kind": "upfront", "missed": {"year": 2026, "share": 1.5}},
            "missed.share: input should be less than or equal to 1, given 1.5",
        ),
    ],
)
def test_limits_that_mean_nothing_are_refused(terms: dict, fault: str) -> None:
    """DRAWDOWN-34: limits out of range, or without what they need, are an InputError by name."""
    with pytest.raises(InputError) as caught:
        tc.Drawdown(**terms)
    assert str(caught.value) == f"Drawdown cannot be built:\n  - {fault}"


@given(st.dictionaries(st.integers(2026, 2040), st.integers(0, 10**12).map(float), max_size=4))
def test_caps_by_year_are_read_from_mappings_pairs_and_rows(caps: dict) -> None:
    """DRAWDOWN-35: yearly_caps as {year: USD}, as pairs and as YearlyCap rows is one drawdown."""
    rows = tuple(tc.YearlyCap(name=str(year), cap_usd=usd) for year, usd in caps.items())
    forms = [caps, list(caps.items()), rows, {row.name: {"cap_usd": row.cap_usd} for row in rows}]
    found = {tc.Drawdown.capped(1e9, yearly_caps=form) for form in forms}
    assert len(found) == 1
    assert found.pop().yearly_caps == rows
