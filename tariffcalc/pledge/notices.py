"""Payments that fall due some business days after a notice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache

import numpy as np
import numpy.typing as npt
from pandas.tseries.holiday import USFederalHolidayCalendar

from tariffcalc.numeric.arrays import FloatArray

__all__ = ["check_notices", "due_days"]

FIRST_YEAR, LAST_YEAR = 2000, 2199
BLOCK = 25
MOST_IN_A_YEAR = 240  # fewer than the business days of any year
DAYS = np.dtype("datetime64[D]")


@cache
def business_days(first_year: int, last_year: int) -> np.busdaycalendar:
    """Return the calendar without weekends and US federal holidays of some years.

    The holidays come by rule from pandas, which is needed anyway, knows the eleven of them with
    the day on which each is observed, and lets numpy count the days. That the United States'
    calendar is meant is an assumption: the terms only say business days.
    """
    around = dt.date(first_year - 1, 1, 1), dt.date(last_year + 1, 12, 31)
    holidays = USFederalHolidayCalendar().holidays(*around)
    return np.busdaycalendar(holidays=holidays.to_numpy().astype(DAYS))


def due_days(notice: dt.date, days: FloatArray) -> npt.NDArray[np.datetime64]:
    """Return the day on which some numbers of business days after a notice have passed.

    The day of the notice is not counted; 0 days are due on the day of the notice itself.
    """
    last = notice.year + 1 + int(days.max()) // MOST_IN_A_YEAR
    first, end = notice.year // BLOCK, last // BLOCK + 1  # whole blocks: few calendars are built
    calendar = business_days(first * BLOCK, end * BLOCK)
    start = np.full(days.shape, notice, dtype=DAYS)
    after = np.busday_offset(start, days.astype(np.int64), roll="backward", busdaycal=calendar)
    return np.where(days > 0.0, after, start)


def check_notices(notices: Iterable[dt.date], commitment_end: dt.date | None) -> None:
    """Refuse notices outside the years whose holidays are known, or after the commitments end."""
    given = sorted(notices)
    outside = [day for day in given if not FIRST_YEAR <= day.year <= LAST_YEAR]
    if outside:
        raise ValueError(
            f"milestone_shares: notices from {FIRST_YEAR} to {LAST_YEAR} are needed, "
            f"given {outside[0]}"
        )
    if commitment_end is not None and given and given[-1] > commitment_end:
        raise ValueError(
            f"milestone_shares: the notice of {given[-1]} is after commitment_end "
            f"{commitment_end}; give it earlier, payments may run on after it"
        )
