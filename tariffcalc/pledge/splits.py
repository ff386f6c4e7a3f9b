"""The split of one vehicle's cash, period by period: running balance, or what each period owes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tariffcalc.numeric.arrays import BoolArray, FloatArray, period_array

__all__ = ["Deadline", "split_cumulative", "split_per_period"]


@dataclass(frozen=True, slots=True, eq=False)
class Deadline:
    """A share that replaces the first one where too much is still due when a time is over.

    ``period`` is the first period after the deadline, ``share`` the payer's share from then until
    recovery, ``least`` the balance up to which nothing counts as due; shape (cases or 1,) each.
    """

    period: FloatArray
    share: FloatArray
    least: FloatArray


def split_cumulative(
    cash: FloatArray,
    draws: FloatArray,
    before: FloatArray,
    after: FloatArray,
    rate: FloatArray,
    *,
    own: bool,
    deadline: Deadline | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Return the payer's receipts and the balance at the end of each period.

    ``cash``, ``draws`` and ``rate`` per period have shape (cases or 1, periods); the shares
    (cases or 1,).
    """
    cases, periods = _cases(deadline, cash, draws, before, after, rate), cash.shape[1]
    receipts, balances = period_array(cases, periods), period_array(cases, periods)
    balance, adjusted, share = np.zeros(cases), np.zeros(cases, dtype=bool), before
    paying: BoolArray = np.any(cash != 0.0, axis=0)
    for period in range(periods):
        if deadline is not None:
            adjusted = _is_adjusted(deadline, period, balance, adjusted)
            share = np.where(adjusted, deadline.share, before)
        balance = (balance + draws[:, period]) * (1.0 + rate[:, period])
        if paying[period]:
            received, counted = _split(cash[:, period], balance, share, after, own=own)
            receipts[:, period], balance = received, balance - counted
        balances[:, period] = balance
    return receipts, balances


def split_per_period(
    cash: FloatArray,
    draws: FloatArray,
    repayments: FloatArray,
    before: FloatArray,
    after: FloatArray,
    rate: FloatArray,
    *,
    own: bool,
    shortfall_interest: bool,
    deadline: Deadline | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Return the payer's receipts and the shortfall carried at the end of each period.

    ``repayments`` is the principal deemed to fall due in each period: one part in ``life`` of each
    draw, from its first year of operation on.
    """
    cases, periods = _cases(deadline, cash, draws, repayments, before, after, rate), cash.shape[1]
    receipts, shortfalls = period_array(cases, periods), period_array(cases, periods)
    shortfall, adjusted, share = np.zeros(cases), np.zeros(cases, dtype=bool), before
    outstanding = np.zeros(cases)
    for period in range(periods):
        if deadline is not None:
            adjusted = _is_adjusted(deadline, period, shortfall, adjusted)
            share = np.where(adjusted, deadline.share, before)
        outstanding = outstanding + draws[:, period]
        carried = shortfall * (1.0 + rate[:, period]) if shortfall_interest else shortfall
        due = np.maximum(0.0, rate[:, period] * outstanding + repayments[:, period] + carried)
        received, counted = _split(cash[:, period], due, share, after, own=own)
        outstanding = np.maximum(0.0, outstanding - repayments[:, period])
        shortfall = due - counted
        receipts[:, period], shortfalls[:, period] = received, shortfall
    return receipts, shortfalls


def _split(
    cash: FloatArray, due: FloatArray, before: FloatArray, after: FloatArray, *, own: bool
) -> tuple[FloatArray, FloatArray]:
    """Return the payer's part of one period's cash and what of it counts against ``due``.

    The cash that fills ``due`` is split by ``before``, the rest by ``after``.
    """
    if not due.any():
        return after * cash, due
    if own:
        filling = _filling(due, before)
        if (cash < filling).all():  # far from recovery: the same, without what cannot matter
            payers = before * cash
            return payers, np.minimum(due, payers)
        first = np.minimum(cash, filling)
        payers = before * first
        counted = np.where(cash >= filling, due, np.minimum(due, payers))
    else:
        first = counted = np.minimum(cash, due)
        payers = before * first
    received = payers + after * (cash - first)
    return np.minimum(received, cash), counted  # the sum of both parts may round above the cash


def _filling(due: FloatArray, share: FloatArray) -> FloatArray:
    """Return the cash of which ``share`` makes ``due``: without end where a share is 0."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        filling: FloatArray = due / share
    if share.all():
        return filling
    return np.where(share > 0.0, filling, np.where(due > 0.0, np.inf, 0.0))


def _is_adjusted(
    deadline: Deadline, period: int, balance: FloatArray, adjusted: BoolArray
) -> BoolArray:
    """Tell in which cases the period begins adjusted: missed, and not recovered since."""
    result: BoolArray = (balance > deadline.least) & (adjusted | (deadline.period == period))
    return result


def _cases(deadline: Deadline | None, *arrays: FloatArray) -> int:
    """Return for how many cases the arguments are given."""
    if deadline is not None:
        arrays = (*arrays, deadline.period, deadline.share, deadline.least)
    return max(len(array) for array in arrays)
