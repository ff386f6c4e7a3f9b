"""The normal distribution: its probability, its quantile, and correlated draws from it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tariffcalc.numeric.arrays import FloatArray

__all__ = ["cholesky", "correlated", "inside", "normal_probability", "normal_quantile"]

# Uniform draws are multiples of 2^-53 from 0 on: this moves 0 alone, to where a quantile is finite.
LEAST, MOST = 2.0**-54, 1.0 - 2.0**-53
CENTRAL = 0.425
CENTRAL_SQUARE = 0.180625
CENTRE = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
     13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608),
    (5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
     5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0),
)  # fmt: skip
SHOULDER = (
    (7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177,
     1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959,
     1.42343711074968357734),
    (1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966,
     0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187,
     1.0),
)  # fmt: skip
TAIL = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.2426609473880784386e-3,
     0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358,
     5.4637849111641143699, 6.6579046435011037772),
    (2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5,
     7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531,
     0.59983220655588793769, 1.0),
)  # fmt: skip
BELL = (
    (0.0352624965998911, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871,
     221.213596169931, 220.206867912376),
    (0.0883883476483184, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674,
     637.333633378831, 793.826512519948, 440.413735824752),
)  # fmt: skip
FAR = 7.07106781186547
ROOT_OF_TWO_PI = 2.5066282746310002


def normal_quantile(probability: FloatArray) -> FloatArray:
    """Return the value below which a standard normal number lies with a probability.

    A probability of 0 counts as 2^-54, which is half of the least that a draw can be; so the
    values lie between −8.3 and 8.3.

    References
    ----------
    M. J. Wichura (1988), Algorithm AS 241, Applied Statistics 37(3), 477–484,
    doi:10.2307/2347330.
    """
    kept = np.clip(probability, LEAST, MOST)
    away = kept - 0.5
    found = away * _quotient(CENTRE, CENTRAL_SQUARE - np.minimum(away * away, CENTRAL_SQUARE))
    outer = np.abs(away) > CENTRAL
    if outer.any():
        found[outer] = np.copysign(_outer(np.minimum(kept, 1.0 - kept)[outer]), away[outer])
    return found


def _outer(probability: FloatArray) -> FloatArray:
    """Return the size of the quantile where a probability is below 0.075."""
    root = np.sqrt(-np.log(probability))
    near, far = np.minimum(root, 5.0) - 1.6, np.maximum(root, 5.0) - 5.0
    return np.where(root <= 5.0, _quotient(SHOULDER, near), _quotient(TAIL, far))


def normal_probability(value: FloatArray) -> FloatArray:
    """Return the probability that a standard normal number lies below a value.

    References
    ----------
    G. West (2005), Better approximations to cumulative normal functions, Wilmott Magazine,
    May, 70–76: J. F. Hart's (1968) rational function, and a continued fraction beyond it.
    """
    size = np.minimum(np.abs(value), 37.0)
    bell = np.exp(-0.5 * size * size)
    near = bell * _quotient(BELL, np.minimum(size, FAR))
    fraction = size + 0.65
    for term in (4.0, 3.0, 2.0, 1.0):
        fraction = size + term / fraction
    below = np.where(size < FAR, near, bell / fraction / ROOT_OF_TWO_PI)
    return np.where(value > 0.0, 1.0 - below, below)


def _quotient(coefficients: tuple[Sequence[float], Sequence[float]], x: FloatArray) -> FloatArray:
    """Return one polynomial over another, both by Horner's scheme."""
    top, bottom = (np.full_like(x, row[0]) for row in coefficients)
    for row, worth in zip(coefficients, (top, bottom), strict=True):
        for coefficient in row[1:]:
            worth *= x
            worth += coefficient
    return np.asarray(top / bottom)


def inside(uniform: FloatArray, low: float | None, high: float | None) -> FloatArray:
    """Return the standard normal quantiles of a distribution cut off below low and above high."""
    if low is None and high is None:
        return normal_quantile(uniform)
    ends = np.array([-np.inf if low is None else low, np.inf if high is None else high])
    # In the upper half, probabilities above the value keep the digits that those below it lose.
    turn = -1.0 if ends[0] > 0.0 else 1.0
    first, last = normal_probability(turn * ends)
    found = turn * normal_quantile(first + uniform * (last - first))
    return np.asarray(np.clip(found, *ends))


def cholesky(matrix: Sequence[Sequence[float]]) -> list[list[float]] | None:
    """Return the lower triangle L with L·Lᵀ = matrix, or None where there is none.

    In plain floats, so that every machine finds the same bits.
    """
    rows: list[list[float]] = []
    for place, given in enumerate(matrix):
        row: list[float] = []
        for before in rows:
            used = sum(one * two for one, two in zip(row, before, strict=False))
            row.append((given[len(row)] - used) / before[len(row)])
        left = given[place] - sum(one * one for one in row)
        if left <= 1e-12:
            return None
        rows.append([*row, left**0.5])
    return rows


def correlated(uniform: FloatArray, factor: Sequence[Sequence[float]]) -> FloatArray:
    """Return uniform draws, shape (numbers, cases), correlated through a normal copula.

    A number without partners before it keeps its draws to the bit.
    """
    normal = {}
    found = uniform.copy()
    for place, row in enumerate(factor):
        partners = [before for before, weight in enumerate(row[:-1]) if weight != 0.0]
        if not partners:
            continue
        for number in (*partners, place):
            if number not in normal:
                normal[number] = normal_quantile(uniform[number])
        mixed = row[place] * normal[place]
        for before in partners:
            mixed = mixed + row[before] * normal[before]
        found[place] = np.minimum(normal_probability(mixed), MOST)
    return found
