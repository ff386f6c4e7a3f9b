"""The array types every kernel speaks, the period loop's array, and the memory of both."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["BoolArray", "FloatArray", "IntArray", "keep_freed_memory", "period_array"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

# Below the 32 MB to which glibc lets its limits rise.
BLOCK_BYTES = 24 * 2**20


def period_array(cases: int, periods: int) -> FloatArray:
    """Return zeros of shape (cases, periods), laid out so that one period is contiguous."""
    return np.zeros((cases, periods), order="F")


@cache  # once in a process
def keep_freed_memory() -> None:
    """Let the process keep the memory of freed arrays for the next ones.

    The GNU C library hands memory at the end of its heap back to the system as soon as it exceeds
    a limit, and each page that is asked for again costs a fault: a fifth of the time of a
    simulation. The limit rises to twice the size of the largest block that was freed; so one block
    is asked for, and freed untouched. Other libraries are left as they are.
    """
    np.empty(BLOCK_BYTES, dtype=np.uint8)
