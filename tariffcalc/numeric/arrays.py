"""The array types every kernel speaks, and the period loop's array."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["BoolArray", "FloatArray", "IntArray", "period_array"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]


def period_array(cases: int, periods: int) -> FloatArray:
    """Return zeros of shape (cases, periods), laid out so that one period is contiguous."""
    return np.zeros((cases, periods), order="F")
