"""Figures of flows on dates: net present value, internal rate of return, day counts."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from tariffcalc.errors import InputError, unknown_name
from tariffcalc.finance.arguments import (
    as_days,
    as_rows,
    check_lengths,
    near_per_row,
    rate_per_row,
    shaped,
    wanted_root,
)
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.dated_roots import count_and_dated_root, dated_present_value
from tariffcalc.numeric.day_counts import CONVENTIONS, DayArray, actual_365_fixed

__all__ = ["day_count_fraction", "xirr", "xnpv"]

Dates = ArrayLike | DayArray


def xnpv(amounts: ArrayLike, dates: Dates, *, rate: ArrayLike) -> FloatArray | float:
    """Net present value of flows on dates, at the earliest of them.

    Parameters
    ----------
    amounts
        Flows [currency], shape (columns,) or (rows, columns).
    dates
        Their days, shape (columns,) or (rows, columns), in any order.
    rate
        Discount rate per year [fraction], above −1; one, or one per row.

    Returns
    -------
    float or array of shape (rows,)
        Σ_k amounts_k·(1+rate)^−t_k, t_k = days since the row's earliest date ÷ 365.

    Raises
    ------
    InputError
        For an amount that is not finite, a date that is none, a rate not above −1 or lengths
        that differ.

    Notes
    -----
    Excel's ``XNPV`` does the same and refuses dates before the first one given.

    Examples
    --------
    >>> from tariffcalc import finance
    >>> dates = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
    >>> round(finance.xnpv([-10000, 2750, 4250, 3250, 2750], dates, rate=0.09), 6)
    2086.647602
    """
    flows, years, single = _dated(amounts, dates)
    rates = rate_per_row(rate, "rate")
    check_lengths(amounts=flows, dates=years, rate=rates)
    return shaped(dated_present_value(flows, years, rates), single and rates.shape[0] == 1)


def xirr(
    amounts: ArrayLike,
    dates: Dates,
    *,
    on_failure: Literal["raise", "nan"] = "raise",
    root: Literal["only", "lowest", "highest", "nearest"] = "only",
    near: ArrayLike = 0.0,
) -> FloatArray | float:
    """Return the internal rate of return of flows on dates.

    Parameters
    ----------
    amounts
        Flows [currency], shape (columns,) or (rows, columns).
    dates
        Their days, shape (columns,) or (rows, columns), in any order.
    on_failure
        ``"raise"``, or ``"nan"`` to give NaN for the rows without the root that is asked for.
    root
        Where several rates solve the equation: ``"only"`` refuses, ``"lowest"``, ``"highest"`` or
        ``"nearest"`` to ``near`` takes that one (of two as near the lower).
    near
        The rate that the nearest root is measured from [fraction]: one, or one per row.

    Returns
    -------
    float or array of shape (rows,)
        The effective rate per year of 365 days [fraction], above −1.

    Raises
    ------
    NoRootError, MultipleRootsError
        Where no rate, or more than one and ``root="only"``, solves the equation, unless
        ``on_failure="nan"``.
    InputError
        For an amount that is not finite, a date that is none, a ``near`` not above −1 or lengths
        that differ.
    UnknownNameError
        For another root.

    Notes
    -----
    The present value is a sum of exponentials in ln(1+rate). Flows that change sign once, in the
    order of time and added up by day, have at most one root; the sign changes of others are
    bracketed on the grid of `irr`, and told apart inside a step, as there. The bracket of the root
    asked for is narrowed to the last digits of ln(1+rate).

    Examples
    --------
    >>> from tariffcalc import finance
    >>> dates = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
    >>> round(finance.xirr([-10000, 2750, 4250, 3250, 2750], dates), 6)
    0.373363
    """
    flows, years, single = _dated(amounts, dates)
    check_lengths(amounts=flows, dates=years)
    flows, years = np.broadcast_arrays(flows, years)
    target = near_per_row(root, near, flows.shape[0])
    counts, found = count_and_dated_root(flows, years, root, target)
    return shaped(wanted_root(counts, found, root, on_failure), single)


def day_count_fraction(start: Dates, end: Dates, convention: str) -> FloatArray | float:
    """Fraction of a year from one day to another by a market convention.

    Parameters
    ----------
    start, end
        The days: one, or one per row. Where the end comes first the fraction is negative.
    convention
        ``"ACT/360"``, ``"ACT/365F"``, ``"ACT/ACT ISDA"`` or ``"30E/360"``.

    Returns
    -------
    float or array of shape (rows,)
        The fraction [years].

    Raises
    ------
    UnknownNameError
        For another convention.
    InputError
        For a date that is none or lengths that differ.

    Notes
    -----
    ACT counts days: ÷ 360, ÷ 365, or those in leap years ÷ 366 plus the others ÷ 365. 30E/360
    counts months of 30 days, with the 31st taken as the 30th.

    References
    ----------
    2006 ISDA Definitions, section 4.16 (b), (d), (e), (g).

    Examples
    --------
    >>> from tariffcalc import finance
    >>> round(finance.day_count_fraction("2003-11-01", "2004-05-01", "ACT/ACT ISDA"), 12)
    0.497724380567
    """
    if convention not in CONVENTIONS:
        raise unknown_name("day count convention", convention, CONVENTIONS)
    days = {"start": as_days(start, "start"), "end": as_days(end, "end")}
    for name, day in days.items():
        if day.ndim > 1:
            raise InputError(f"{name}: one date, or one per row, is needed, given {day.shape}")
    columns = {name: np.atleast_1d(day) for name, day in days.items()}
    check_lengths(**columns)
    first, last = np.broadcast_arrays(*columns.values())
    fraction = CONVENTIONS[convention](first, last)
    return shaped(fraction, days["start"].ndim == 0 and days["end"].ndim == 0)


def _dated(amounts: ArrayLike, dates: Dates) -> tuple[FloatArray, FloatArray, bool]:
    """Return the flows, the years since the row's earliest date, and whether it is one row."""
    flows, single = as_rows(amounts)
    days = as_days(dates, "dates")
    if days.ndim not in (1, 2) or days.shape[-1] != flows.shape[1]:
        raise InputError(
            f"dates: shape ({flows.shape[1]},) or (rows, {flows.shape[1]}) is needed, as amounts "
            f"have it, given {days.shape}"
        )
    rows = np.atleast_2d(days)
    years = actual_365_fixed(rows.min(axis=1, keepdims=True), rows)
    return flows, years, single and days.ndim == 1
