"""Two sides and their gains: who is best off, what neither can better, how offers alternate."""

from __future__ import annotations

import math

import numpy as np

from tariffcalc.numeric.arrays import BoolArray, FloatArray, IntArray

__all__ = ["efficient", "first_offer_share", "log_product", "preference"]


def log_product(first: FloatArray, second: FloatArray, weight: float) -> FloatArray:
    """Return w·ln(first) + (1−w)·ln(second), shape (points,); −∞ where a side gains less than 0.

    A side without weight has to gain 0 at least; what it gains beyond does not count.
    """
    total = np.zeros(first.shape)
    for gain, own in ((first, weight), (second, 1.0 - weight)):
        if own > 0.0:
            positive = gain > 0.0
            worth = np.log(np.where(positive, gain, 1.0))
            total = np.where(positive, total + own * worth, -np.inf)
    return np.where((first >= 0.0) & (second >= 0.0), total, -np.inf)


def preference(first: FloatArray, second: FloatArray, weight: float) -> IntArray:
    """Return the points from the best to the worst, shape (points,).

    Acceptable points stand first, by the product of both gains, first**w·second**(1−w); of equal
    ones the one with more for the first side, then for the second, then the one that stands first.
    Points that a side refuses follow by what the worse-off side gains. All comparisons but those
    among refused points are the same for gains in another unit of either side.
    """
    acceptable = (first >= 0.0) & (second >= 0.0)
    product = log_product(first, second, weight)
    worse = np.where(acceptable, 0.0, np.minimum(first, second))
    return np.lexsort((-second, -first, -product, -worse, ~acceptable))


def efficient(first: FloatArray, second: FloatArray) -> BoolArray:
    """Tell at which points no other one gives a side more and the other side no less.

    Of points that are equal for both sides each one is told.
    """
    if not first.size:
        return np.zeros(0, dtype=np.bool_)
    order = np.lexsort((-second, -first))
    ahead, behind = first[order], second[order]
    best = np.maximum.accumulate(behind)
    # Of equal first gains the largest second gain stands at the start of their run.
    starts = np.concatenate([[True], ahead[1:] != ahead[:-1]])
    run = np.cumsum(starts) - 1
    top = behind[np.flatnonzero(starts)]
    before = np.concatenate([[-np.inf], best[:-1]])[np.flatnonzero(starts)]
    found = np.empty(first.size, dtype=np.bool_)
    found[order] = (behind == top[run]) & (behind > before[run])
    return found


def first_offer_share(own: float, other: float, years: float) -> float:
    """Return (1−δ₂)/(1−δ₁δ₂), δ = exp(−rate·years); its limit other/(own+other) at 0 years."""
    if years == 0.0:
        return other / (own + other)
    return math.expm1(-other * years) / math.expm1(-(own + other) * years)
