"""Quantiles of bounded distributions, of uniform draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tariffcalc.numeric.arrays import FloatArray, IntArray

__all__ = ["chosen_of", "triangular_quantile", "uniform_quantile"]


def uniform_quantile(uniform: FloatArray, low: float, high: float) -> FloatArray:
    """Return the quantiles of the uniform distribution on [low, high]."""
    return np.minimum(low + uniform * (high - low), high)


def triangular_quantile(uniform: FloatArray, low: float, mode: float, high: float) -> FloatArray:
    """Return the quantiles of the triangular distribution on [low, high]."""
    width, left, right = high - low, mode - low, high - mode
    reached = uniform * width
    rising = reached < left
    # One root for both sides: of u·width·left below the mode, of (1 − u)·width·right above.
    distance = np.where(rising, reached * left, (1.0 - uniform) * width * right)
    np.sqrt(distance, out=distance)
    found = np.where(rising, low + distance, high - distance)
    np.maximum(found, low, out=found)
    return np.minimum(found, high, out=found)


def chosen_of(uniform: FloatArray, probabilities: Sequence[float]) -> IntArray:
    """Return which of several outcomes a draw stands for: the first for the lowest draws."""
    each = np.array(probabilities, dtype=np.float64)
    found = np.searchsorted(np.cumsum(each), uniform, side="right")
    return np.asarray(np.minimum(found, np.flatnonzero(each)[-1]), dtype=np.int64)
