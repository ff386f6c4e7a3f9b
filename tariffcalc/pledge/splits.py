"""The split of one vehicle's cash, period by period: running balance, or what each period owes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tariffcalc.numeric.arrays import BoolArray, FloatArray, period_array

__all__ = ["Deadline", "split_cumulative", "split_per_period"]

# From this share of what is due on, what is missing is rounding: (due / share)·share is not due.
NEARLY = 1.0 - 2.0**-51


@dataclass(frozen=True, slots=True, eq=False)
class Deadline:
    """A share that replaces the first one where too much is still due when a time is over.

    ``period`` is the first period after the deadline, ``share`` the payer's share from then until
    recovery, ``least`` the balance up to which nothing counts as due; shape (cases or 1,) each.
    """

    period: FloatArray
    share: FloatArray
    least: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """How one period's cash is split: until it fills what is due by ``before``, then by ``after``.

    ``jump`` is what the payer has of what is due beyond ``after`` of all cash; shape (cases or 1,)
    each. ``own``: whether the payer's receipts fill what is due, or all cash.
    """

    before: FloatArray
    after: FloatArray
    jump: FloatArray
    own: bool

    @staticmethod
    def of(before: FloatArray, after: FloatArray, *, own: bool) -> Split:
        """Return the split of two shares."""
        return Split(before, after, _jump(before, after) if own else before - after, own)

    def of_period(
        self, cash: FloatArray, due: FloatArray, received: FloatArray, left: FloatArray
    ) -> None:
        """Write the payer's part of the cash and what of ``due`` is left, shape (cases,) each."""
        np.multiply(self.before, cash, out=received)
        counted = received if self.own else cash
        full: BoolArray = counted >= NEARLY * due
        np.subtract(due, counted, out=left)
        if full.any():
            filled = self.jump * np.minimum(due, counted)
            filled += self.after * cash
            np.minimum(filled, cash, out=filled)  # the sum of both parts may round above the cash
            np.copyto(received, filled, where=full)
            np.copyto(left, 0.0, where=full)


def _jump(before: FloatArray, after: FloatArray) -> FloatArray:
    """Return 1 − after/before, 0 where nothing is split before, and no less than −1e300.

    The payer's receipts fill what is due with cash of due/before, of which the payer has ``due``
    and not after/before·due. Where its share is 0, they never fill what is due.
    """
    some = before > 0.0
    with np.errstate(over="ignore"):
        quotient = after / np.where(some, before, 1.0)
    return np.where(some, np.maximum(1.0 - quotient, -1e300), 0.0)


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

    ``cash`` and ``draws`` per period have shape (cases or 1, periods), ``rate`` (cases or 1,
    periods or 1) and the shares (cases or 1,).
    """
    cases, periods = _cases(deadline, cash, draws, before, after, rate), cash.shape[1]
    receipts, balances = period_array(cases, periods), period_array(cases, periods)
    balance, adjusted = np.zeros(cases), np.zeros(cases, dtype=bool)
    split = Split.of(before, after, own=own)
    growth, last = 1.0 + rate, rate.shape[1] - 1
    drawing, paying = (np.any(flows, axis=0) for flows in (draws, cash))
    for period in range(periods):
        if deadline is not None:
            adjusted = _is_adjusted(deadline, period, balance, adjusted)
            split = Split.of(np.where(adjusted, deadline.share, before), after, own=own)
        if drawing[period]:
            balance = balance + draws[:, period]
        due, balance = balance * growth[:, min(period, last)], balances[:, period]
        if paying[period]:
            split.of_period(cash[:, period], due, receipts[:, period], balance)
        else:
            balance[:] = due
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
    shortfall, adjusted = np.zeros(cases), np.zeros(cases, dtype=bool)
    split = Split.of(before, after, own=own)
    outstanding, last = np.zeros(cases), rate.shape[1] - 1
    for period in range(periods):
        deemed = rate[:, min(period, last)]
        if deadline is not None:
            adjusted = _is_adjusted(deadline, period, shortfall, adjusted)
            split = Split.of(np.where(adjusted, deadline.share, before), after, own=own)
        outstanding = outstanding + draws[:, period]
        carried = shortfall * (1.0 + deemed) if shortfall_interest else shortfall
        due = np.maximum(0.0, deemed * outstanding + repayments[:, period] + carried)
        shortfall = shortfalls[:, period]
        split.of_period(cash[:, period], due, receipts[:, period], shortfall)
        outstanding = np.maximum(0.0, outstanding - repayments[:, period])
    return receipts, shortfalls


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
