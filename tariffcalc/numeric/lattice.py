"""The best point near one, on a lattice that grows finer around the best point so far."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np

from tariffcalc.numeric.arrays import BoolArray, FloatArray

__all__ = ["FINEST", "refined"]

OFFSETS = (0.0, -2.0, -1.0, 1.0, 2.0)  # the centre stands first, so that it wins where all tie
FINEST = 2.0**-32
MOST_ROUNDS = 200


def refined(
    best: Callable[[FloatArray], int], start: FloatArray, most: FloatArray, free: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Return the best point found from ``start``, and the last step of each axis.

    Parameters
    ----------
    best
        Returns which of some points, shape (points, axes), is the best one; of equally good ones
        that which stands first.
    start, most
        First point and upper end of each axis, which begins at 0, shape (axes,).
    free
        Axes with a point everywhere; the others have them at whole numbers, and keep steps of 1.

    Notes
    -----
    Each round tries up to two steps to both sides on every axis. It moves to the best point, or,
    where that is the one it stands on, halves the steps of the free axes, from 1 to 2⁻³². A point
    is never left for a worse one. Where another peak is nearer than a step it may be the one found.
    """
    centre, steps = start.copy(), np.ones(start.size)
    lattice = np.array(list(product(OFFSETS, repeat=start.size)))
    for _ in range(MOST_ROUNDS):
        points = np.clip(centre + lattice * steps, 0.0, most)
        here = best(points)
        if (points[here] != centre).any():
            centre = points[here]
        elif free.any() and steps[free][0] > FINEST:
            steps = np.where(free, 0.5 * steps, steps)
        else:
            break
    return centre, steps
