"""The rates at which a polynomial of cash flows is 0, counted and refined for many rows."""

from __future__ import annotations

import numpy as np

from tariffcalc.numeric.arrays import FloatArray, IntArray
from tariffcalc.numeric.roots import bracketed_roots

__all__ = ["count_and_least_root", "worth"]

# Rates searched, dense near 0 where real projects lie: v = 1/(1+rate) on a grid of ln(1+rate).
GRID = np.expm1(
    np.concatenate([
        np.linspace(np.log(1e-4), -0.7, 40, endpoint=False),
        np.linspace(-0.7, 0.7, 281),
        np.linspace(0.7, np.log(1e6), 61)[1:],
    ])
)


def worth(flows: FloatArray, rate: FloatArray) -> FloatArray:
    """Return Σ_k flows_k·v^k scaled to stay finite, with the sign of the net present value.

    For rates below 0 the sum is divided by v^last, which changes no root.
    """
    periods = flows.shape[1]
    growth = 1.0 + rate
    forward = np.zeros(max(flows.shape[0], rate.shape[0]))
    backward = np.zeros_like(forward)
    discount, compound = np.minimum(1.0 / growth, 1.0), np.minimum(growth, 1.0)
    for period in range(periods):
        forward = forward * discount + flows[:, periods - 1 - period]
        backward = backward * compound + flows[:, period]
    return np.where(rate >= 0.0, forward, backward)


def count_and_least_root(flows: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return per row how many roots the grid brackets, and the root of the lowest bracket."""
    rows = flows.shape[0]
    counts = np.zeros(rows, dtype=np.int64)
    low, high = np.zeros(rows), np.zeros(rows)
    before = worth(flows, np.full(rows, GRID[0]))
    for left, right in zip(GRID[:-1], GRID[1:], strict=True):
        after = worth(flows, np.full(rows, right))
        crosses = (np.sign(before) != np.sign(after)) & (before != 0.0)
        first = crosses & (counts == 0)
        low, high = np.where(first, left, low), np.where(first, right, high)
        counts += crosses
        before = after
    return counts, bracketed_roots(lambda rate: worth(flows, rate), low, high)
