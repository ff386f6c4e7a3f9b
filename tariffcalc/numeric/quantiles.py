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
    rising = low + np.sqrt(uniform * width * left)
    falling = high - np.sqrt((1.0 - uniform) * width * right)
    return np.clip(np.where(uniform * width < left, rising, falling), low, high)


def chosen_of(uniform: FloatArray, probabilities: Sequence[float]) -> IntArray:
    """Return which of several outcomes a draw stands for: the first for the lowest draws."""
    each = np.array(probabilities, dtype=np.float64)
    found = np.searchsorted(np.cumsum(each), uniform, side="right")
    return np.asarray(np.minimum(found, np.flatnonzero(each)[-1]), dtype=np.int64)
