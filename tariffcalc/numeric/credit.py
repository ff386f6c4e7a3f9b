"""Expected flows of government credit: loans that may default, and guarantees of them."""

from __future__ import annotations

import numpy as np

from tariffcalc.numeric.arrays import FloatArray

__all__ = ["direct_loan_cost", "guarantee_cost", "zero_coupon_factors"]


def zero_coupon_factors(rate: FloatArray) -> FloatArray:
    """Return (1 + rate_k)^−k for column k: each flow at the rate of its own maturity."""
    return np.exp(-np.arange(rate.shape[1]) * np.log1p(rate))


def _alive_and_defaulted(
    drawn: FloatArray, principal: FloatArray, default_rate: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the share alive before and after each time, and the principal that defaults at it.

    Of the loans alive after one time ``default_rate`` defaults by the next, and with them the
    principal that was outstanding in between. Nothing defaults at time 0.
    """
    yearly = default_rate.copy()
    yearly[:, 0] = 0.0
    after = np.asarray(np.cumprod(1.0 - yearly, axis=1), dtype=np.float64)
    before: FloatArray = np.hstack([np.ones_like(after[:, :1]), after[:, :-1]])
    owed = np.cumsum(drawn - principal, axis=1)
    outstanding = np.hstack([np.zeros_like(owed[:, :1]), owed[:, :-1]])
    return before, after, before * yearly * outstanding


def direct_loan_cost(
    drawn: FloatArray,
    principal: FloatArray,
    interest: FloatArray,
    fees: FloatArray,
    default_rate: FloatArray,
    recovered: FloatArray,
) -> FloatArray:
    """Return what a direct loan is expected to cost at each time: disbursements − receipts."""
    before, after, defaulted = _alive_and_defaulted(drawn, principal, default_rate)
    received = after * (principal + interest) + before * fees + recovered * defaulted
    return np.asarray(after * drawn - received)


def guarantee_cost(
    drawn: FloatArray,
    principal: FloatArray,
    covered: FloatArray,
    fees: FloatArray,
    default_rate: FloatArray,
    recovered: FloatArray,
) -> FloatArray:
    """Return what a guarantee is expected to cost at each time: claims − fees − recoveries."""
    before, _, defaulted = _alive_and_defaulted(drawn, principal, default_rate)
    claims = covered * defaulted
    return np.asarray(claims - before * fees - recovered * claims)
