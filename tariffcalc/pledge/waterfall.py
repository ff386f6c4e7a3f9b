"""How project cash is split between payer and host, until and after recovery."""

from __future__ import annotations

from typing import Literal

import numpy as np

from tariffcalc.models import Growth, Model, Share, number
from tariffcalc.numeric.arrays import FloatArray, period_array

__all__ = ["Waterfall", "split_cumulative", "split_per_period"]


class Waterfall(Model):
    """How project cash is split, before and after the deemed allocation amount is recovered.

    Parameters
    ----------
    split_before, split_after
        Payer's share of the cash until recovery, and from that dollar on [shares].
    deemed_rate
        Interest on the amount to be recovered [fraction per year].
    daa
        ``"cumulative"``: one running balance of principal and interest; ``"per_period"``: each
        year owes interest, principal ÷ life and the shortfall carried, and what a year has beyond
        that is split at once.
    counts
        Whose receipts reduce the balance: ``"own_receipts"`` or ``"all_distributions"``.
    shortfall_interest
        Whether a shortfall carried to the next year earns the deemed rate (``per_period`` only).
    pooled
        ``True``: one balance for all projects; ``False``: one for each equity tranche.

    Notes
    -----
    Cumulative: B_k = (B_{k−1} + D_k)(1+ρ) − R_k, never below 0. Per period: what a year owes is
    never below 0, even where the deemed rate is.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Waterfall(split_before=0.5, split_after=0.1, deemed_rate=0.0418).pooled
    True
    """

    split_before: Share = number("share of project cash", "payer's share until recovery")
    split_after: Share = number("share of project cash", "payer's share after recovery")
    deemed_rate: Growth = number("fraction per year", "interest on the amount to be recovered")
    daa: Literal["cumulative", "per_period"] = "cumulative"
    counts: Literal["own_receipts", "all_distributions"] = "own_receipts"
    shortfall_interest: bool = True
    pooled: bool = True


def _split(
    cash: FloatArray, due: FloatArray, before: FloatArray, after: FloatArray, *, own: bool
) -> tuple[FloatArray, FloatArray]:
    """Return the payer's part of one period's cash and what of it counts against ``due``.

    The cash that fills ``due`` is split by ``before``, the rest by ``after``.
    """
    weight = before if own else np.ones_like(before)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        filling = np.where(weight > 0.0, due / weight, np.where(due > 0.0, np.inf, 0.0))
    first = np.minimum(cash, filling)
    counted = np.where(cash >= filling, due, np.minimum(due, weight * first))
    received = before * first + after * (cash - first)
    return np.minimum(received, cash), counted  # the sum of both parts may round above the cash


def split_cumulative(
    cash: FloatArray,
    draws: FloatArray,
    before: FloatArray,
    after: FloatArray,
    rate: FloatArray,
    *,
    own: bool,
) -> tuple[FloatArray, FloatArray]:
    """Return the payer's receipts and the balance at the end of each period.

    ``cash`` and ``draws`` have shape (cases or 1, periods); the terms (cases or 1,).
    """
    receipts = _like(cash, draws, before, after, rate)
    balances = np.zeros_like(receipts)
    balance = np.zeros(receipts.shape[0])
    for period in range(receipts.shape[1]):
        due = (balance + draws[:, period]) * (1.0 + rate)
        received, counted = _split(cash[:, period], due, before, after, own=own)
        balance = due - counted
        receipts[:, period], balances[:, period] = received, balance
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
) -> tuple[FloatArray, FloatArray]:
    """Return the payer's receipts and the shortfall carried at the end of each period.

    ``repayments`` is the principal deemed to fall due in each period: one part in ``life`` of each
    draw, from its first year of operation on.
    """
    receipts = _like(cash, draws, before, after, rate)
    shortfalls = np.zeros_like(receipts)
    outstanding, shortfall = np.zeros(receipts.shape[0]), np.zeros(receipts.shape[0])
    carry = 1.0 + rate if shortfall_interest else np.ones_like(rate)
    for period in range(receipts.shape[1]):
        outstanding = outstanding + draws[:, period]
        due = np.maximum(0.0, rate * outstanding + repayments[:, period] + shortfall * carry)
        received, counted = _split(cash[:, period], due, before, after, own=own)
        outstanding = np.maximum(0.0, outstanding - repayments[:, period])
        shortfall = due - counted
        receipts[:, period], shortfalls[:, period] = received, shortfall
    return receipts, shortfalls


def _like(cash: FloatArray, *others: FloatArray) -> FloatArray:
    cases = max(cash.shape[0], *(other.shape[0] for other in others))
    return period_array(cases, cash.shape[1])
