"""Slopes of results on both sides of a point, and whether there is a kink between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tariffcalc.numeric.arrays import BoolArray, FloatArray

__all__ = ["NODES", "Slopes", "exchange_rates", "one_sided_slope", "slopes"]

# Where a result is asked for, in steps from the point.
NODES = (-4, -2, -1, 0, 1, 2, 4)


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """Slopes of several results at one point, shape (results,) each.

    ``slope`` is the mean of both sides where the result is smooth; at a kink, and where only one
    side is known, the one ``above``, else the one ``below``, which are NaN where unknown.
    ``error`` bounds the error of ``slope``.
    """

    slope: FloatArray
    below: FloatArray
    above: FloatArray
    kink: BoolArray
    error: FloatArray


def slopes(results: FloatArray, step: float, noise: FloatArray) -> Slopes:
    """Return slopes from results around a point.

    Parameters
    ----------
    results
        Results at the point and ``NODES`` steps from it, shape (nodes, results); NaN on a side that
        is out of limits.
    step
        Distance of the nodes.
    noise
        What the roundings of a result amount to, shape (results,).

    Notes
    -----
    Each side is extrapolated on its own. There is a kink where the two differ by more than what
    the last extrapolations moved and the roundings over the step.
    """
    below, moved_below = one_sided_slope(results[[3, 2, 1, 0]], -step)
    above, moved_above = one_sided_slope(results[[3, 4, 5, 6]], step)
    roundings = 8.0 * noise / step
    two_sided = np.isfinite(below) & np.isfinite(above)
    error = np.fmax(moved_below, moved_above) + roundings
    kink = np.abs(above - below) > moved_below + moved_above + 2.0 * roundings
    one_side = np.where(np.isfinite(above), above, below)
    smooth = 0.5 * (below + above)
    return Slopes(np.where(two_sided & ~kink, smooth, one_side), below, above, kink, error)


def one_sided_slope(results: FloatArray, step: float) -> tuple[FloatArray, FloatArray]:
    """Return f'(0) on one side from f at 0, h, 2h and 4h, and how far the last step moved it.

    Differences with the steps h, 2h and 4h, extrapolated twice to step 0 (Richardson): exact for
    polynomials up to the third power, and off by c·h³ otherwise, with c of the other sign on the
    other side. ``results`` has shape (4, results).
    """
    near, middle, far = ((results[k] - results[0]) / (step * 2 ** (k - 1)) for k in (1, 2, 3))
    first, second = 2.0 * near - middle, 2.0 * middle - far
    best = (4.0 * first - second) / 3.0
    return best, np.abs(best - first)


def exchange_rates(worth: FloatArray) -> FloatArray:
    """Return worth_i ÷ worth_j, shape (terms, terms): how many steps of j buy a step of i.

    The diagonal is 1; off it, what is worth nothing buys nothing: NaN.
    """
    nothing = worth == 0.0
    rates = worth[:, np.newaxis] / np.where(nothing, 1.0, worth) + 0.0  # no −0.0
    rates[:, nothing] = np.nan
    np.fill_diagonal(rates, 1.0)
    return rates
