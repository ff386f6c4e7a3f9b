"""Bracketed roots, many at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tariffcalc.numeric.arrays import BoolArray, FloatArray

__all__ = ["bracketed_roots"]

MOST_STEPS = 200


def bracketed_roots(
    function: Callable[[FloatArray], FloatArray],
    low: FloatArray,
    high: FloatArray,
    *,
    relative: float = 4e-16,
) -> FloatArray:
    """Return a root of each case in [low, high], NaN where the ends do not differ in sign.

    Chandrupatla's method: inverse quadratic interpolation where it is safe, bisection elsewhere.
    ``function`` maps shape (cases,) to (cases,) and is always called on all cases, so that one
    case has the same bits alone and in a batch.

    References
    ----------
    T. R. Chandrupatla (1997), Advances in Engineering Software 28(3), 145–149,
    doi:10.1016/S0965-9978(96)00051-8.
    """
    newest, other = high.astype(np.float64), low.astype(np.float64)
    value, value_other = function(newest), function(other)
    previous, value_previous = other.copy(), value_other.copy()
    bracketed = _opposite(value, value_other)
    fraction = np.full_like(newest, 0.5)
    for _ in range(MOST_STEPS):
        best = np.where(np.abs(value) < np.abs(value_other), newest, other)
        best_value = np.where(np.abs(value) < np.abs(value_other), value, value_other)
        width = np.abs(other - newest)
        tolerance = 2.0 * relative * np.abs(best) + np.finfo(np.float64).tiny
        done = ~bracketed | (best_value == 0.0) | (width <= tolerance)
        if done.all():
            break
        edge = np.minimum(0.5, tolerance / np.maximum(width, tolerance))
        step = np.clip(fraction, edge, 1.0 - edge)
        trial = np.where(done, newest, newest + step * (other - newest))
        trial_value = function(trial)
        same = ~_opposite(trial_value, value)
        previous, other = np.where(same, newest, other), np.where(done | same, other, newest)
        value_previous, value_other = (
            np.where(same, value, value_other),
            np.where(done | same, value_other, value),
        )
        newest, value = trial, trial_value
        fraction = _fraction(newest, other, previous, value, value_other, value_previous)
    return np.where(bracketed, best, np.nan)


def _opposite(left: FloatArray, right: FloatArray) -> BoolArray:
    return np.asarray(np.sign(left) * np.sign(right) <= 0.0)


def _fraction(
    newest: FloatArray,
    other: FloatArray,
    previous: FloatArray,
    value: FloatArray,
    value_other: FloatArray,
    value_previous: FloatArray,
) -> FloatArray:
    """Return where to try next between newest (0) and other (1)."""
    with np.errstate(all="ignore"):
        xi = (newest - other) / (previous - other)
        phi = (value - value_other) / (value_previous - value_other)
        safe = (phi**2 < xi) & ((1.0 - phi) ** 2 < 1.0 - xi)
        inverse = value / (value_other - value) * value_previous / (
            value_other - value_previous
        ) + (previous - newest) / (other - newest) * value / (
            value_previous - value
        ) * value_other / (value_previous - value_other)
    return np.where(safe & np.isfinite(inverse), inverse, 0.5)
