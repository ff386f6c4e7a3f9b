"""The array types every kernel speaks, and the period loop's array."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["BoolArray", "FloatArray", "IntArray", "period_array", "product_before"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]


def period_array(cases: int, periods: int) -> FloatArray:
    """Return zeros of shape (cases, periods), laid out so that one period is contiguous."""
    return np.zeros((cases, periods), order="F")


def product_before(factors: FloatArray) -> FloatArray:
    """Return for each period the product of the factors before it, 1 for the first.

    ``factors`` and the result have shape (cases or 1, periods).
    """
    product = np.ones(factors.shape, order="F")
    for period in range(1, factors.shape[1]):
        np.multiply(product[:, period - 1], factors[:, period - 1], out=product[:, period])
    return product
