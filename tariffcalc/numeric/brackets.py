"""Brackets of roots, several to a row: found on a grid, told apart, and one of a row chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tariffcalc.numeric.arrays import BoolArray, FloatArray, IntArray
from tariffcalc.numeric.roots import bracketed_roots

__all__ = ["Brackets", "choose", "crossing", "split_turns", "turning"]

Function = Callable[[FloatArray], FloatArray]
# A sum of n products is off by at most so many roundings of the sum of their sizes for each term.
NOISE = 8.0 * np.finfo(np.float64).eps


@dataclass(frozen=True, slots=True, eq=False)
class Brackets:
    """Intervals with one root each: the row they belong to and their ends, shape (brackets,)."""

    row: IntArray
    low: FloatArray
    high: FloatArray

    def with_more(self, other: Brackets) -> Brackets:
        """Return both together, in the order of rows and of ends."""
        row = np.concatenate([self.row, other.row])
        low, high = (np.concatenate([self.low, other.low]), np.concatenate([self.high, other.high]))
        order = np.lexsort((low, row))
        return Brackets(row[order], low[order], high[order])


def crossing(signs: FloatArray, grid: FloatArray) -> Brackets:
    """Return the steps of a grid in which the sign of a row changes; ``signs`` (rows, points).

    A point that is 0 belongs to the step before it.
    """
    row, step = np.nonzero((signs[:, :-1] != signs[:, 1:]) & (signs[:, :-1] != 0.0))
    return Brackets(row, grid[step], grid[step + 1])


def turning(signs: FloatArray, before: FloatArray, after: FloatArray) -> BoolArray:
    """Return the steps in which a row comes nearer to 0 and goes away again, shape (rows, steps).

    ``before`` and ``after`` are the slopes at the start and at the end of each step.
    """
    sign = signs[:, :-1]
    away = (sign * before < 0.0) & (sign * after > 0.0)
    return np.asarray((sign != 0.0) & (sign == signs[:, 1:]) & away)


def split_turns(steps: Brackets, worth: Function, size: Function, slope: Function) -> Brackets:
    """Return two brackets for each step in which a row crosses 0 and comes back.

    Parameters
    ----------
    steps
        Steps in which a row turns.
    worth, size, slope
        Functions of a point in each step: the value, the sum of the sizes of its terms times their
        number, and the slope. What is within the roundings of 0 at the turn only touches it.
    """
    turn = bracketed_roots(slope, steps.low, steps.high)
    there, start = worth(turn), worth(steps.low)
    crossed = (np.sign(there) == -np.sign(start)) & (np.abs(there) > NOISE * size(turn))
    row, turn = steps.row[crossed], turn[crossed]
    first = Brackets(row, steps.low[crossed], turn)
    return first.with_more(Brackets(row, turn, steps.high[crossed]))


def choose(
    brackets: Brackets,
    rows: int,
    refine: Callable[[Brackets], FloatArray],
    which: str,
    near: FloatArray,
) -> tuple[IntArray, FloatArray]:
    """Return per row the number of its brackets and one of their roots, NaN where there is none.

    ``which`` is ``"lowest"``, ``"highest"`` or ``"nearest"`` to ``near``, shape (rows,); of two
    that are equally near the lower one. The brackets stand in the order of rows and of ends.
    """
    counts = np.bincount(brackets.row, minlength=rows)
    root, some = np.full(rows, np.nan), np.flatnonzero(counts)
    ends = np.cumsum(counts)
    if which == "nearest":
        refined = refine(brackets)
        distance = np.abs(refined - near[brackets.row])
        order = np.lexsort((brackets.low, distance, brackets.row))
        root[some] = refined[order[(ends - counts)[some]]]
        return counts, root
    place = (ends - counts if which == "lowest" else ends - 1)[some]
    root[some] = refine(Brackets(brackets.row[place], brackets.low[place], brackets.high[place]))
    return counts, root
