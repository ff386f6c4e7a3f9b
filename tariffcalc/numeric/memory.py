"""What becomes of the memory of arrays that are no longer needed."""

from __future__ import annotations

from functools import cache

import numpy as np

__all__ = ["keep_freed_memory"]

# Below the 32 MB to which the library lets its limits rise.
BLOCK_BYTES = 24 * 2**20


@cache  # once in a process
def keep_freed_memory() -> None:
    """Let the process keep the memory of freed arrays for the next ones.

    The GNU C library hands memory at the end of its heap back to the system as soon as it exceeds
    a limit, and each page that is asked for again costs a fault: a fifth of the time of a
    simulation. The limit rises to twice the size of the largest block that was freed; so one block
    is asked for, and freed untouched. Other libraries are left as they are.
    """
    np.empty(BLOCK_BYTES, dtype=np.uint8)
