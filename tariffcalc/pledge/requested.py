"""What is asked for in each period, as shares of the pledge, before any limit holds it back."""

from __future__ import annotations

import datetime as dt

import numpy as np

from tariffcalc.errors import InputError, first_rows
from tariffcalc.numeric.arrays import FloatArray, period_array
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.draws import ROUNDING
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.drawdown import MOST_YEARS, Drawdown
from tariffcalc.pledge.notices import due_days

__all__ = [
    "call_shares",
    "capped_shares",
    "capped_years",
    "last_call",
    "level_shares",
    "milestone_shares",
    "requested",
    "whole_years",
]


def requested(terms: Cases, drawdown: Drawdown, timeline: Timeline) -> FloatArray:
    """Return the share asked for in each period, shape (cases or 1, periods).

    ``terms`` is the view of the table that holds the drawdown.
    """
    if drawdown.milestone_shares is not None:
        days = terms.number("drawdown.notice_business_days")
        return milestone_shares(drawdown.milestone_shares, days, timeline)
    years = request_years(terms, drawdown, timeline.first_year)
    check_commitment(years, drawdown.commitment_end, timeline.first_year)
    if drawdown.call_shares is not None:
        shares = call_shares(drawdown.call_shares, timeline.first_year, years)
        return timeline.spread(shares)
    if drawdown.kind == "level":
        equal = timeline.periods(terms.number("drawdown.years"))
        return level_shares(equal, years * timeline.per_year)
    return level_shares(np.ones(1), 1)


def request_years(terms: Cases, drawdown: Drawdown, first_year: int) -> int:
    """Return the calendar years from the first in which something is asked for."""
    if drawdown.call_shares is not None:
        return last_call(drawdown.call_shares, first_year) + 1
    if drawdown.kind == "level":
        return whole_years(terms.number("drawdown.years"), "drawdown.years")
    return 1


def check_commitment(years: int, commitment_end: dt.date | None, first_year: int) -> None:
    """Refuse what is asked for after the commitments end; it is asked for on 1 January."""
    last = first_year + years - 1
    if commitment_end is not None and last > commitment_end.year:
        raise InputError(
            f"drawdown.commitment_end: {commitment_end} is before the request of {last}; ask for "
            "all until then, and let a cap spread the payments"
        )


def whole_years(values: FloatArray, name: str) -> int:
    """Return the largest of some numbers of years; refuse what is not whole and at least 1."""
    whole = (values >= 1) & (values <= MOST_YEARS) & (values == np.floor(values))
    if not whole.all():
        raise InputError(
            f"{name}: whole years from 1 to {MOST_YEARS} are needed, "
            f"given {first_rows(values[~whole].tolist(), int((~whole).sum()), 'value')}"
        )
    return int(values.max())


def level_shares(years: FloatArray, periods: int) -> FloatArray:
    """Return 1/years in the first ``years`` periods, shape (cases, periods)."""
    period = np.arange(periods, dtype=np.float64)
    return np.asfortranarray(np.where(period < years[:, np.newaxis], 1.0 / years[:, np.newaxis], 0))


def capped_shares(funded: FloatArray, cap: FloatArray, periods: int) -> FloatArray:
    """Return the share of ``funded`` [USD] drawn in each period under a cap per period.

    A structure with nothing to fund has nothing for the cap to hold back: all in period 0.
    """
    whole, limit = np.where(funded > 0.0, funded, 1.0)[:, np.newaxis], cap[:, np.newaxis]
    last = capped_years(funded, cap)[:, np.newaxis] - 1.0
    period = np.arange(periods)
    rest = np.where(period == last, whole - last * limit, 0.0)
    return np.asfortranarray(np.where(period < last, limit, rest) / whole)


def capped_years(funded: FloatArray, cap: FloatArray) -> FloatArray:
    """Return the number of periods in which a cap per period lets all be drawn, shape (cases,).

    What is within a trillionth of the cap is rounding, and no draw of its own.
    """
    return np.maximum(1.0, np.ceil(funded / cap - ROUNDING))


def call_shares(calls: tuple[tuple[int, float], ...], first_year: int, periods: int) -> FloatArray:
    """Return the named shares by period, shape (1, periods)."""
    shares = period_array(1, periods)
    for year, share in calls:
        shares[0, year - first_year] += share
    return shares


def last_call(calls: tuple[tuple[int, float], ...], first_year: int) -> int:
    """Return the period of the last call; refuse one before the start or too far after it."""
    years = [year for year, _ in calls]
    if min(years) < first_year:
        raise InputError(
            f"drawdown.calls: {min(years)} is before the base date's year {first_year}; "
            "move the call or the base date"
        )
    if max(years) >= first_year + MOST_YEARS:
        raise InputError(
            f"drawdown.calls: {max(years)} is too late; calls are allowed from {first_year} to "
            f"{first_year + MOST_YEARS - 1}, so move the call"
        )
    return max(years) - first_year


def milestone_shares(
    milestones: tuple[tuple[dt.date, float], ...], days: FloatArray, timeline: Timeline
) -> FloatArray:
    """Return the shares due by period when each is paid some business days after its notice.

    ``days`` has shape (cases or 1,).
    """
    due = [timeline.period_of(due_days(notice, days)) for notice, _ in milestones]
    last = int(max(periods.max() for periods in due))
    check_due(min(milestones), int(min(periods.min() for periods in due)), last, timeline)
    shares, case = period_array(days.size, last + 1), np.arange(days.size)
    for periods, (_, share) in zip(due, milestones, strict=True):
        shares[case, periods] += share
    return shares


def check_due(first: tuple[dt.date, float], earliest: int, latest: int, timeline: Timeline) -> None:
    """Refuse payments due before the base date or over a century after it."""
    end = timeline.first_year + MOST_YEARS
    if earliest < 0:
        raise InputError(
            f"drawdown.milestone_shares: the notice of {first[0]} is due before the base date's "
            f"year {timeline.first_year}; move the notice or the base date"
        )
    if latest >= MOST_YEARS * timeline.per_year:
        raise InputError(
            f"drawdown.milestone_shares: payments are due in {timeline.label(latest)}; they are "
            f"allowed before {end}, so move the notices"
        )
