"""Where functions of one number cross 0 on an interval: scanned, then refined, many at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tariffcalc.numeric.arrays import BoolArray, FloatArray, IntArray
from tariffcalc.numeric.roots import bracketed_roots

__all__ = ["REACHED", "SCAN_POINTS", "Crossings", "crossings", "turning_points"]

SCAN_POINTS = 401
REACHED = 1e-9  # of the largest value of the scan: what counts as 0

# The value of each row at one point each: rows and points have one shape, (points,).
RowFunction = Callable[[IntArray, FloatArray], FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class Crossings:
    """Changes of sign, in the order of rows and of points; shape (crossings,) each.

    ``root`` lies in [``low``, ``high``], a step of the scan of its ``row``; ``reached`` is false
    where the row jumps over 0 there. ``ends`` is the value at both ends, shape (rows, 2).
    """

    row: IntArray
    root: FloatArray
    low: FloatArray
    high: FloatArray
    reached: BoolArray
    ends: FloatArray


def crossings(
    function: RowFunction, rows: int, low: float, high: float, size: float = 0.0
) -> Crossings:
    """Return where each of ``rows`` functions crosses 0 in [low, high].

    Parameters
    ----------
    function
        Maps row numbers and points, shape (points,) each, to values of that shape. What it gives
        for a row must not depend on the other rows.
    size
        Size of what the function is the difference to, if the scan does not show it.

    Notes
    -----
    Each row is scanned at 401 points, and again with 401 points in the two steps around each
    point where it turns back on its way to 0; each change of sign is refined with Chandrupatla's
    method. Two crossings inside one step of the second scan are not seen.
    """
    scan = np.linspace(low, high, SCAN_POINTS)
    every = np.repeat(np.arange(rows), SCAN_POINTS)
    values = function(every, np.tile(scan, rows)).reshape(rows, SCAN_POINTS)
    found = [_changes(np.arange(rows), np.broadcast_to(scan, values.shape), values)]
    row, turn = turning_points(values)
    if row.size:
        closer = np.linspace(scan[turn - 1], scan[turn + 1], SCAN_POINTS, axis=1)
        again = function(np.repeat(row, SCAN_POINTS), closer.ravel()).reshape(closer.shape)
        found.append(_changes(row, closer, again))
    at_end = np.flatnonzero(values[:, -1] == 0.0)
    found.append((at_end, np.full(at_end.size, scan[-1]), np.full(at_end.size, scan[-1])))
    row, start, stop = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.lexsort((start, row))
    row, start, stop = row[order], start[order], stop[order]
    scale = np.maximum(np.where(np.isnan(values), 0.0, np.abs(values)).max(axis=1), size)
    root, reached = _refined(function, row, start, stop, scale)
    return Crossings(row, root, start, stop, reached, values[:, [0, -1]])


def turning_points(values: FloatArray) -> tuple[IntArray, IntArray]:
    """Return rows and points at which a row is nearer to 0 than at both neighbours, of one sign."""
    left, here, right = values[:, :-2], values[:, 1:-1], values[:, 2:]
    one_sign = (np.sign(left) == np.sign(here)) & (np.sign(here) == np.sign(right))
    nearer = (np.abs(here) < np.abs(left)) & (np.abs(here) < np.abs(right)) & (here != 0.0)
    row, before = np.nonzero(one_sign & nearer)
    return row, before + 1


def _changes(
    row: IntArray, points: FloatArray, values: FloatArray
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return row and ends of the steps in which a row changes sign or that start at 0."""
    left, right = values[:, :-1], values[:, 1:]
    line, step = np.nonzero((np.sign(left) * np.sign(right) < 0.0) | (left == 0.0))
    return row[line], points[line, step], points[line, step + 1]


def _refined(
    function: RowFunction, row: IntArray, low: FloatArray, high: FloatArray, scale: FloatArray
) -> tuple[FloatArray, BoolArray]:
    """Return the root of each step, and whether the value there is 0 as far as it can be told."""
    if not row.size:
        return np.empty(0), np.empty(0, dtype=np.bool_)
    root = bracketed_roots(lambda points: function(row, points), low, high)
    return root, np.asarray(np.abs(function(row, root)) <= REACHED * scale[row])
