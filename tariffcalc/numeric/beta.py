"""The beta distribution on [0, 1]: its probability and its quantile."""

from __future__ import annotations

import math

import numpy as np

from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.roots import bracketed_roots

__all__ = ["beta_probability", "beta_quantile"]

MOST_TERMS = 5000
TINY = 1e-300
# Two steps of the fraction round by this much once it has settled.
SMALL = 2.0**-50


def beta_probability(value: FloatArray, alpha: float, beta: float) -> FloatArray:
    """Return the probability that a beta number lies below a value: the ratio I_x(α, β).

    References
    ----------
    NIST Digital Library of Mathematical Functions, 8.17.22, the continued fraction, by the modified
    method of W. J. Lentz (1976), Applied Optics 15(3), 668–671, doi:10.1364/AO.15.000668.
    """
    turn = value > (alpha + 1.0) / (alpha + beta + 2.0)
    x = np.where(turn, 1.0 - value, value)
    first, second = np.where(turn, beta, alpha), np.where(turn, alpha, beta)
    scale = math.lgamma(alpha + beta) - math.lgamma(alpha) - math.lgamma(beta)
    with np.errstate(divide="ignore"):
        power = np.exp(scale + first * np.log(x) + second * np.log1p(-x))
    below = np.minimum(power * _fraction(x, first, second) / first, 1.0)
    return np.asarray(np.where(turn, 1.0 - below, below))


def _fraction(x: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
    """Return the continued fraction of each case; one that has settled stays as it is."""
    both = first + second
    upper = np.ones_like(x)
    lower = 1.0 / _kept(1.0 - both * x / (first + 1.0))
    found, settled = lower.copy(), np.zeros(x.shape, dtype=np.bool_)
    for term in range(1, MOST_TERMS):
        even = term * (second - term) * x / ((first + 2 * term - 1.0) * (first + 2 * term))
        odd = -(first + term) * (both + term) * x
        odd = odd / ((first + 2 * term) * (first + 2 * term + 1.0))
        before = found
        for part in (even, odd):
            lower = 1.0 / _kept(1.0 + part * lower)
            upper = _kept(1.0 + part / upper)
            found = found * lower * upper
        found = np.where(settled, before, found)
        settled |= np.abs(found - before) <= SMALL * np.abs(before)
        if settled.all():
            break
    return found


def _kept(value: FloatArray) -> FloatArray:
    """Return a divisor that is not 0."""
    return np.where(np.abs(value) < TINY, TINY, value)


def beta_quantile(probability: FloatArray, alpha: float, beta: float) -> FloatArray:
    """Return the value below which a beta number lies with a probability."""

    def miss(value: FloatArray) -> FloatArray:
        return beta_probability(value, alpha, beta) - probability

    return bracketed_roots(miss, np.zeros_like(probability), np.ones_like(probability))
