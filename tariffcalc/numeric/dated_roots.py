"""Present values and internal rates of flows at any times, for many rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tariffcalc.numeric.arrays import BoolArray, FloatArray, IntArray
from tariffcalc.numeric.brackets import Brackets, choose, crossing, split_turns, turning
from tariffcalc.numeric.rates_of_return import GRID, SEARCHED, batches
from tariffcalc.numeric.roots import bracketed_roots
from tariffcalc.numeric.single_root import sign_changes

__all__ = ["count_and_dated_root", "count_and_least_dated_root", "dated_present_value"]

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
    """Return per row how many roots there are in the range of the grid, and the least of them."""
    return count_and_dated_root(amounts, years, "lowest", np.zeros(amounts.shape[0]))


def count_and_dated_root(
    amounts: FloatArray, years: FloatArray, which: str, near: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Return per row how many roots there are in the range of the grid, and one of them.

    Both arrays have shape (rows, columns). Rows that change sign once in the order of time are
    bracketed by the range and 0, and none has none (Descartes' rule holds for any exponents); the
    others are searched on the grid. ``which`` is as in
    :func:`tariffcalc.numeric.brackets.choose`.
    """
    amounts, years = _one_a_date(amounts, years)
    changes = sign_changes(np.ascontiguousarray(amounts.T))
    counts, roots = np.zeros(amounts.shape[0], dtype=np.int64), np.zeros(amounts.shape[0])
    ends = EXPONENTS[[0, np.flatnonzero(EXPONENTS == 0.0)[0], -1]]
    for wanted, grid in ((changes == 1, ends), (changes > 1, EXPONENTS)):
        for some in batches(wanted, SEARCHED):
            rows = Dated.of(amounts[some], years[some])
            counts[some], roots[some] = _count_and_refine(
                rows, changes[some], grid, which, near[some]
            )
    return counts, roots


@dataclass(frozen=True, slots=True, eq=False)
class Dated:
    """Flows with their years from the row's first and to its last one, shape (rows, columns)."""

    amounts: FloatArray
    early: FloatArray
    late: FloatArray

    @classmethod
    def of(cls, amounts: FloatArray, years: FloatArray) -> Dated:
        """Count the years of the flows that are not 0."""
        given = amounts != 0.0
        early = years - np.where(given, years, np.inf).min(axis=1, keepdims=True)
        late = years - np.where(given, years, -np.inf).max(axis=1, keepdims=True)
        return cls(amounts, np.where(given, early, 0.0), np.where(given, late, 0.0))

    def rows(self, chosen: IntArray) -> Dated:
        """Return some of the rows."""
        return Dated(self.amounts[chosen], self.early[chosen], self.late[chosen])

    def worth(self, exponent: FloatArray, below: BoolArray) -> FloatArray:
        """Return the present value at the first date, or ``below`` 0 at the last: never large."""
        shape = (slice(None), *([np.newaxis] * (exponent.ndim - 1)))
        total = np.zeros(exponent.shape)
        for column in range(self.amounts.shape[1]):
            time = np.where(below, self.late[:, column][shape], self.early[:, column][shape])
            total += self.amounts[:, column][shape] * np.exp(-exponent * time)
        return total

    def slope(self, exponent: FloatArray, below: BoolArray) -> FloatArray:
        """Return the slope of the present value at the first date, or ``below`` at the last."""
        forward = Dated(-self.amounts * self.early, self.early, self.late)
        backward = Dated(-self.amounts * self.late, self.early, self.late)
        found = forward.worth(exponent, below)
        return np.where(below, backward.worth(exponent, below), found)


def _count_and_refine(
    flows: Dated, changes: IntArray, grid: FloatArray, which: str, near: FloatArray
) -> tuple[IntArray, FloatArray]:
    rows = flows.amounts.shape[0]
    points = np.tile(grid, (rows, 1))
    signs = np.sign(flows.worth(points, points < 0.0))
    found = crossing(signs, grid)
    seen = np.bincount(found.row, minlength=rows)
    found = found.with_more(_hidden(flows, signs, grid, np.flatnonzero(changes >= seen + 2)))

    def refine(few: Brackets) -> FloatArray:
        own = flows.rows(few.row)
        ends = bracketed_roots(lambda x: own.worth(x, x < 0.0), few.low, few.high)
        return np.asarray(np.expm1(ends))

    return choose(found, rows, refine, which, near)


def _hidden(flows: Dated, signs: FloatArray, grid: FloatArray, rows: IntArray) -> Brackets:
    """Return the brackets of roots that lie in pairs inside one step of the grid."""
    own, below = flows.rows(rows), np.tile(grid[:-1] < 0.0, (rows.size, 1))
    before, after = (
        own.slope(np.tile(ends, (rows.size, 1)), below) for ends in (grid[:-1], grid[1:])
    )
    place, step = np.nonzero(turning(signs[rows], before, after))
    steps = Brackets(rows[place], grid[step], grid[step + 1])
    few, under = flows.rows(steps.row), steps.low < 0.0
    sizes = Dated(np.abs(few.amounts), few.early, few.late)
    return split_turns(
        steps,
        lambda x: few.worth(x, under),
        lambda x: few.amounts.shape[1] * sizes.worth(x, under),
        lambda x: few.slope(x, under),
    )


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
