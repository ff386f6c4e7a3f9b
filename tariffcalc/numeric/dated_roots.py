"""Present values and internal rates of flows at any times, for many rows."""

from __future__ import annotations

import numpy as np

from tariffcalc.numeric.arrays import FloatArray, IntArray
from tariffcalc.numeric.rates_of_return import GRID, SEARCHED, batches
from tariffcalc.numeric.roots import bracketed_roots
from tariffcalc.numeric.single_root import sign_changes

__all__ = ["count_and_least_dated_root", "dated_present_value"]

# The rates searched, as ln(1+rate): there the present value is a sum of exponentials.
EXPONENTS = np.log1p(GRID)


def dated_present_value(amounts: FloatArray, years: FloatArray, rate: FloatArray) -> FloatArray:
    """Return Σ_k amounts[:, k]·(1+rate)^−years[:, k], added in the order of the columns."""
    exponent = np.log1p(rate)
    total = np.zeros(max(amounts.shape[0], years.shape[0], rate.shape[0]))
    for column in range(amounts.shape[1]):
        total = total + amounts[:, column] * np.exp(-exponent * years[:, column])
    return total


def count_and_least_dated_root(
    amounts: FloatArray, years: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Return per row how many roots there are in the range of the grid, and the least of them.

    Both arrays have shape (rows, columns). Rows that change sign once in the order of time are
    bracketed by the range and 0, and none has none (Descartes' rule holds for any exponents); the
    others are searched on the grid.
    """
    amounts, years = _one_a_date(amounts, years)
    changes = sign_changes(np.ascontiguousarray(amounts.T))
    counts, roots = np.zeros(amounts.shape[0], dtype=np.int64), np.zeros(amounts.shape[0])
    ends = EXPONENTS[[0, np.flatnonzero(EXPONENTS == 0.0)[0], -1]]
    for wanted, grid in ((changes == 1, ends), (changes > 1, EXPONENTS)):
        for some in batches(wanted, SEARCHED):
            counts[some], roots[some] = _count_and_refine(amounts[some], years[some], grid)
    return counts, np.expm1(roots)


def _count_and_refine(
    amounts: FloatArray, years: FloatArray, grid: FloatArray
) -> tuple[IntArray, FloatArray]:
    given = amounts != 0.0
    early = years - np.where(given, years, np.inf).min(axis=1, keepdims=True)
    late = years - np.where(given, years, -np.inf).max(axis=1, keepdims=True)
    early, late = np.where(given, early, 0.0), np.where(given, late, 0.0)

    def worth(exponent: FloatArray) -> FloatArray:
        """Return the present value at the first date, or from 0 down at the last: never large."""
        shape = (slice(None), *([np.newaxis] * (exponent.ndim - 1)))
        total = np.zeros(exponent.shape)
        for column in range(amounts.shape[1]):
            time = np.where(exponent < 0.0, late[:, column][shape], early[:, column][shape])
            total += amounts[:, column][shape] * np.exp(-exponent * time)
        return total

    signs = np.sign(worth(np.tile(grid, (amounts.shape[0], 1))))
    crosses = (signs[:, :-1] != signs[:, 1:]) & (signs[:, :-1] != 0.0)
    first = crosses.argmax(axis=1)
    return crosses.sum(axis=1), bracketed_roots(worth, grid[first], grid[first + 1])


def _one_a_date(amounts: FloatArray, years: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the rows in the order of time, what falls on one date added up, 0 where it was."""
    order = np.argsort(years, axis=1, kind="stable")
    years = np.take_along_axis(np.broadcast_to(years, amounts.shape), order, axis=1)
    amounts = np.take_along_axis(amounts, order, axis=1)
    for column in range(1, amounts.shape[1]):
        same = years[:, column] == years[:, column - 1]
        amounts[:, column] += np.where(same, amounts[:, column - 1], 0.0)
        amounts[same, column - 1] = 0.0
    return amounts, years
