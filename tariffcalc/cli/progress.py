"""Progress of long work: one line on a terminal, nothing at all anywhere else."""

from __future__ import annotations

import time
from typing import TextIO

__all__ = ["Meter"]

SECONDS = 0.1  # between two lines


class Meter:
    """Shows how many of how many cases are done, where a person looks on.

    Parameters
    ----------
    total
        Number of cases.
    stream
        Standard error; nothing is written unless it is a terminal.
    """

    def __init__(self, total: int, stream: TextIO) -> None:
        self._total, self._done = total, 0
        self._stream = stream if stream.isatty() else None
        self._last = float("-inf")

    def __call__(self, cases: int) -> None:
        """Take note of cases done since the last call."""
        self._done += cases
        now = time.monotonic()
        if self._stream is None or now - self._last < SECONDS:
            return
        self._last = now
        share = self._done / max(self._total, 1)
        self._stream.write(f"\r{self._done:,} of {self._total:,} points and draws ({share:.0%})")
        self._stream.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._stream is not None:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
