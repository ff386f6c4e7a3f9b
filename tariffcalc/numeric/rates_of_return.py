"""The rates at which a polynomial of cash flows is 0, counted and refined for many rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tariffcalc.numeric.arrays import BoolArray, FloatArray, IntArray
from tariffcalc.numeric.brackets import Brackets, choose, crossing, split_turns, turning
from tariffcalc.numeric.roots import bracketed_roots
from tariffcalc.numeric.single_root import quick_roots, sign_changes, single_roots

__all__ = ["GRID", "SEARCHED", "batches", "count_and_least_root", "count_and_root", "worth"]

# Rates searched, on a grid of ln(1+rate): dense near 0, where real projects lie, and 0 itself.
GRID = np.expm1(
    np.concatenate(
        [
            np.linspace(np.log(1e-4), -0.7, 40, endpoint=False),
            np.arange(-140, 141) / 200.0,
            np.linspace(0.7, np.log(1e6), 61)[1:],
        ]
    )
)


# Rows worked out at a time, so that they stay in the processor's cache; no bit depends on it.
ROWS = 4096
SEARCHED = 256  # the same for rows searched on the whole grid


def worth(early: FloatArray, late: FloatArray, rate: FloatArray) -> FloatArray:
    """Return a positive multiple of the net present value, scaled to stay finite.

    ``early`` and ``late`` are the flows as ``_aligned`` gives them. For rates from 0 on it is
    Σ_k early_k·v^k, below 0 it is Σ_k late_k·(1+rate)^(last−k).
    """
    growth = 1.0 + rate
    forward = _polynomial(early[:, ::-1], np.minimum(1.0 / growth, 1.0))
    backward = _polynomial(late, np.minimum(growth, 1.0))
    return np.where(rate >= 0.0, forward, backward)


def count_and_least_root(flows: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return per row how many roots there are in the range of the grid, and the least of them."""
    return count_and_root(flows, "lowest", np.zeros(flows.shape[0]))


def count_and_root(flows: FloatArray, which: str, near: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return per row how many roots there are in the range of the grid, and one of them.

    A row whose flows change sign once has one root, and none has none (Descartes); the others are
    searched on the grid. ``which`` is as in :func:`tariffcalc.numeric.brackets.choose`.
    """
    changes, roots = _changes_and_quick_roots(flows)
    # Near the ends of the range the slower search tells on which side of them a root lies.
    found = (roots > 2.0 * GRID[0] + 1.0) & (roots < 0.5 * GRID[-1])
    counts = np.where(found & (changes == 1), 1, 0)
    for some in batches((changes == 1) & ~found, ROWS):
        early, late = (np.ascontiguousarray(rows.T) for rows in _aligned(flows[some]))
        counts[some], roots[some] = single_roots(early, late, GRID[0], GRID[-1])
    for some in batches(changes > 1, SEARCHED):
        counts[some], roots[some] = _count_and_refine(*_aligned(flows[some]), which, near[some])
    return counts, roots


def _changes_and_quick_roots(flows: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return per row how often its flows change sign, and its one root where that is quick."""
    changes, roots = np.zeros(flows.shape[0], dtype=np.int64), np.zeros(flows.shape[0])
    turned = np.empty((flows.shape[1], min(ROWS, flows.shape[0])))
    for start in range(0, flows.shape[0], ROWS):
        block = slice(start, start + ROWS)
        rows = turned[:, : changes[block].size]
        np.copyto(rows, _starting(flows[block]).T)
        changes[block], roots[block] = sign_changes(rows), quick_roots(rows)
    return changes, roots


def batches(chosen: BoolArray, size: int) -> Iterator[IntArray]:
    """Return the places of the chosen rows, at most ``size`` at a time."""
    rows = np.flatnonzero(chosen)
    return (rows[start : start + size] for start in range(0, rows.size, size))


def _count_and_refine(
    early: FloatArray, late: FloatArray, which: str, near: FloatArray
) -> tuple[IntArray, FloatArray]:
    below, above = 1.0 + GRID[GRID < 0.0], 1.0 + GRID[GRID >= 0.0]
    signs = np.sign(
        np.hstack(
            [
                _polynomial(late[:, :, np.newaxis], below),
                _polynomial(early[:, ::-1, np.newaxis], 1.0 / above),
            ]
        )
    )
    found = crossing(signs, GRID)
    # Descartes: a row has as many roots as its flows change sign, or fewer by an even number.
    seen = np.bincount(found.row, minlength=early.shape[0])
    open_rows = np.flatnonzero(sign_changes(np.ascontiguousarray(early.T)) >= seen + 2)
    found = found.with_more(_hidden(early, late, signs, open_rows))
    return choose(
        found,
        early.shape[0],
        lambda few: bracketed_roots(
            lambda rate: worth(early[few.row], late[few.row], rate), few.low, few.high
        ),
        which,
        near,
    )


def _hidden(early: FloatArray, late: FloatArray, signs: FloatArray, rows: IntArray) -> Brackets:
    """Return the brackets of roots that lie in pairs inside one step of the grid."""
    before, after = _slopes_at_steps(*_slope_terms(early[rows], late[rows]))
    place, step = np.nonzero(turning(signs[rows], before, after))
    steps = Brackets(rows[place], GRID[step], GRID[step + 1])
    few = early[steps.row], late[steps.row]
    sizes, slopes = (np.abs(few[0]), np.abs(few[1])), _slope_terms(*few)
    below = steps.low < 0.0

    def value(terms: tuple[FloatArray, FloatArray], rate: FloatArray) -> FloatArray:
        forward = _polynomial(terms[0][:, ::-1], np.minimum(1.0 / (1.0 + rate), 1.0))
        return np.where(below, _polynomial(terms[1], np.minimum(1.0 + rate, 1.0)), forward)

    return split_turns(
        steps,
        lambda rate: value(few, rate),
        lambda rate: early.shape[1] * value(sizes, rate),
        lambda rate: value(slopes, rate),
    )


def _slope_terms(early: FloatArray, late: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return flows whose :func:`worth` is a positive multiple of the slope against the rate."""
    times = np.arange(early.shape[1], dtype=np.float64)
    return -(early * times)[:, 1:], (late * times[::-1])[:, :-1]


def _slopes_at_steps(forward: FloatArray, backward: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the slopes at the start and at the end of each step of the grid, (rows, steps)."""
    below, above = 1.0 + GRID[GRID <= 0.0], 1.0 + GRID[GRID >= 0.0]
    low = _polynomial(backward[:, :, np.newaxis], below)
    high = _polynomial(forward[:, ::-1, np.newaxis], 1.0 / above)
    return np.hstack([low[:, :-1], high[:, :-1]]), np.hstack([low[:, 1:], high[:, 1:]])


def _polynomial(coefficients: FloatArray, ratio: FloatArray) -> FloatArray:
    """Return Σ_k coefficients[:, k]·ratio^(last−k); Horner's scheme, the highest power first."""
    total = np.zeros_like(coefficients[:, 0] * ratio)
    for period in range(coefficients.shape[1]):
        total = total * ratio + coefficients[:, period]
    return total


def _aligned(flows: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the rows turned so that each starts, and so that each ends, with a flow not 0.

    Zeros in front or behind scale the sum by a power of 1+rate, which changes no root but would
    underflow to 0 far from the root and look like another one.
    """
    return _starting(flows), _starting(flows[:, ::-1])[:, ::-1]


def _starting(flows: FloatArray) -> FloatArray:
    """Return the rows turned so that each starts with a flow not 0."""
    if flows[:, 0].all():
        return flows
    before = (flows != 0.0).argmax(axis=1)[:, np.newaxis]
    columns = (np.arange(flows.shape[1]) + before) % flows.shape[1]
    return np.take_along_axis(flows, columns, axis=1)
