"""Discount factors, present values and annuities, by running products over the periods.

Powers are built by repeated multiplication, not by ``**``: so a case gives the same bits alone
and inside a batch, and a longer horizon never changes an earlier factor.
"""

from __future__ import annotations

import numpy as np

from tariffcalc.numeric.arrays import FloatArray, period_array

__all__ = ["annuity_factor", "discount_factors", "growth_factors", "present_value"]


def growth_factors(rate: FloatArray, periods: int) -> FloatArray:
    """Return (1+rate)^k for k = 0 … periods−1, shape (cases, periods)."""
    factors = period_array(rate.shape[0], periods)
    running = np.ones_like(rate)
    for period in range(periods):
        factors[:, period] = running
        running = running * (1.0 + rate)
    return factors


def discount_factors(rate: FloatArray, periods: int, *, half_periods: int = 0) -> FloatArray:
    """Return (1+rate)^−(k + half_periods/2) for k = 0 … periods−1, shape (cases, periods).

    ``half_periods`` is how late in its period a payment falls: 0 start, 1 middle, 2 end.
    """
    factors = period_array(rate.shape[0], periods)
    growth = 1.0 + rate
    late = {0: np.ones_like(growth), 1: np.sqrt(growth), 2: growth}[half_periods]
    running = 1.0 / late
    for period in range(periods):
        factors[:, period] = running
        running = running / growth
    return factors


def present_value(amounts: FloatArray, factors: FloatArray) -> FloatArray:
    """Return Σ_k amounts[:, k]·factors[:, k], added in the order of the periods."""
    cases = max(amounts.shape[0], factors.shape[0])
    if cases == 1:  # the same sums in the same order
        sums = np.cumsum(amounts * factors[:, : amounts.shape[1]], axis=1)
        return np.array(sums[:, -1:].sum(axis=1))
    total, worth = np.zeros(cases), np.empty(cases)
    for period in range(amounts.shape[1]):
        np.multiply(amounts[:, period], factors[:, period], out=worth)
        total += worth
    return total


def annuity_factor(rate: FloatArray, periods: FloatArray) -> FloatArray:
    """Return A(r, n) = (1 − (1+r)^−n)/r, and its limit n at r = 0; r > −1.

    ``expm1`` and ``log1p`` keep every digit for rates near 0, down to where the quotient would
    underflow; there the limit is exact to every digit.
    """
    rate, periods = np.broadcast_arrays(rate, periods)
    limit = np.abs(rate) < 1e-200
    safe = np.where(limit, 1.0, rate)
    factor = -np.expm1(-periods * np.log1p(safe)) / safe
    return np.where(limit, periods, factor)
