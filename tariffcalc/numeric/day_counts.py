"""The fraction of a year between two days, by market convention."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tariffcalc.numeric.arrays import FloatArray, IntArray

__all__ = ["CONVENTIONS", "DayArray", "actual_365_fixed"]

DayArray = NDArray[np.datetime64]


def actual_360(start: DayArray, end: DayArray) -> FloatArray:
    """Return the days between start and end ÷ 360."""
    return _days(start, end) / 360.0


def actual_365_fixed(start: DayArray, end: DayArray) -> FloatArray:
    """Return the days between start and end ÷ 365."""
    return _days(start, end) / 365.0


def actual_actual_isda(start: DayArray, end: DayArray) -> FloatArray:
    """Return the days in leap years ÷ 366 plus the days in other years ÷ 365."""
    first, last = _year(start), _year(end)
    within = _days(start, end) / _length(first)
    across = (last - first) + (
        _days(_new_year(last), end) / _length(last)
        - _days(_new_year(first), start) / _length(first)
    )
    return np.where(first == last, within, across)


def thirty_e_360(start: DayArray, end: DayArray) -> FloatArray:
    """Return the fraction in months of 30 days; the 31st of a month counts as its 30th."""
    months = _month(end) - _month(start)
    days = np.minimum(_day(end), 30) - np.minimum(_day(start), 30)
    return np.asarray((30 * months + days) / 360.0)


CONVENTIONS: dict[str, Callable[[DayArray, DayArray], FloatArray]] = {
    "ACT/360": actual_360,
    "ACT/365F": actual_365_fixed,
    "ACT/ACT ISDA": actual_actual_isda,
    "30E/360": thirty_e_360,
}


def _days(start: DayArray, end: DayArray) -> IntArray:
    return (end - start).astype(np.int64)


def _year(day: DayArray) -> IntArray:
    return day.astype("datetime64[Y]").astype(np.int64)  # years since 1970


def _month(day: DayArray) -> IntArray:
    return day.astype("datetime64[M]").astype(np.int64)  # months since January 1970


def _day(day: DayArray) -> IntArray:
    return _days(day.astype("datetime64[M]").astype("datetime64[D]"), day) + 1


def _new_year(year: IntArray) -> DayArray:
    return year.astype("datetime64[Y]").astype("datetime64[D]")


def _length(year: IntArray) -> IntArray:
    return _days(_new_year(year), _new_year(year + 1))
