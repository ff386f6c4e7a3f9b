"""Sums Σ w·(e^{p·x} − 1) over many lines for many exponents p, touching each line once.

A response raises each line's tariff factor to a power that is the same for all lines. The sum
over the lines is then a power series in p whose coefficients are moments of x = ln τ: computed
once per tariff change, they serve a million values of p. For |p·x| ≤ 4 the first term left out is
below 1e-24 of the largest one kept.
"""

from __future__ import annotations

import numpy as np

from tariffcalc.numeric.arrays import FloatArray

__all__ = ["TERMS", "exponential_sum", "moments"]

TERMS = 40


def moments(weights: FloatArray, exponents: FloatArray) -> FloatArray:
    """Return Σ_lines w·x^j/j! for j = 1 … TERMS, shape (rows, TERMS).

    ``weights`` and ``exponents`` have shape (rows, lines); rows is 1 unless the tariffs differ
    from case to case. Each row is summed by itself, so its bits do not depend on the others.
    """
    running = np.ascontiguousarray(weights * exponents)
    sums = np.empty((running.shape[0], TERMS))
    for term in range(TERMS):
        sums[:, term] = running.sum(axis=1)
        running = running * (exponents / (term + 2))
    return sums


def exponential_sum(coefficients: FloatArray, power: FloatArray) -> FloatArray:
    """Return Σ_lines w·(e^{p·x} − 1) for each power p, shape (cases,); Horner's scheme."""
    total = np.zeros(max(coefficients.shape[0], power.shape[0]))
    for term in range(coefficients.shape[1] - 1, -1, -1):
        total = (total + coefficients[:, term]) * power
    return total
