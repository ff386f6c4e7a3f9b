"""Stocks that grow, are drawn on and filled up again period by period."""

from __future__ import annotations

import numpy as np

from tariffcalc.numeric.arrays import FloatArray, period_array

__all__ = ["excess_over_yearly", "stock_path", "yearly_growth"]


def stock_path(
    start: FloatArray,
    rate: FloatArray,
    taken: FloatArray,
    added: FloatArray,
    half_periods: tuple[int, int],
) -> FloatArray:
    """Return S_k = S_{k−1}·(1+i) − taken_k·(1+i)^(1−a/2) + added_k·(1+i)^(1−b/2) at period ends.

    ``start`` and the return per period ``rate`` have shape (cases or 1,), the flows (cases or 1,
    periods); ``half_periods`` (a, b) is how late in its period each flow falls: 0 start, 2 end.
    """
    cases = max(start.size, rate.size, taken.shape[0], added.shape[0])
    growth = 1.0 + rate
    rest = {0: growth, 1: np.sqrt(growth), 2: np.ones_like(growth)}
    out, back = (rest[half] for half in half_periods)
    path = period_array(cases, taken.shape[1])
    stock = np.broadcast_to(start, (cases,))
    for period in range(path.shape[1]):
        stock = stock * growth - taken[:, period] * out + added[:, period] * back
        path[:, period] = stock
    return path


def excess_over_yearly(used: FloatArray, capacity: FloatArray, per_year: int) -> FloatArray:
    """Return how much of the use in each period is beyond a capacity per calendar year.

    What is within the capacity comes first in a year; ``capacity`` has shape (cases or 1,).
    """
    excess = period_array(max(used.shape[0], capacity.size), used.shape[1])
    for period in range(used.shape[1]):
        if period % per_year == 0:
            left = capacity
        excess[:, period] = np.maximum(0.0, used[:, period] - left)
        left = np.maximum(0.0, left - used[:, period])
    return excess


def yearly_growth(start: FloatArray, rate: FloatArray, periods: int, per_year: int) -> FloatArray:
    """Return start·(1+rate)^year for the calendar year of each period, the first year's 0."""
    cases = max(start.size, rate.size)
    path, level = period_array(cases, periods), np.broadcast_to(start, (cases,))
    for period in range(periods):
        if period and period % per_year == 0:
            level = level * (1.0 + rate)
        path[:, period] = level
    return path
