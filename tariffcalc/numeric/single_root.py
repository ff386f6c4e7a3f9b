"""The root of cash flows that change sign once: quickly for most rows, safely for the others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tariffcalc.numeric.arrays import BoolArray, FloatArray, IntArray

__all__ = ["quick_roots", "sign_changes", "single_roots"]

VALUES = 3
MOST_STEPS = 200
# What a step this small leads to is right to a rounding.
SMALL = 1e-11


def sign_changes(flows: FloatArray) -> IntArray:
    """Return how often the flows of each row change sign, zeros apart; shape (periods, rows)."""
    paid, given = flows > 0.0, flows != 0.0
    if not given.all():
        _carry_over(paid, given)
    turned = (paid[1:] ^ paid[:-1]).view(np.uint8)
    narrow = np.dtype("u1" if flows.shape[0] < 256 else "i8")  # bytes add up several times as fast
    return np.asarray(np.add.reduce(turned, axis=0, dtype=narrow), dtype=np.int64)


def _carry_over(paid: BoolArray, given: BoolArray) -> None:
    """Give what is not given the sign before it, and at the start that of the first given."""
    latest = paid[given.argmax(axis=0), np.arange(given.shape[1])]
    for sign, known in zip(paid, given, strict=True):
        np.copyto(sign, latest, where=~known)
        latest = sign


def quick_roots(flows: FloatArray) -> FloatArray:
    """Return the rate at which each row is worth nothing, NaN where a few steps do not find it.

    ``flows``, shape (periods, rows), change sign once and start with a flow that is not 0. From a
    good guess one Newton step, then steps by the slope of the parabola through the last three
    values: each costs one value, and its error is of the order of the last three errors'
    product (J. F. Traub, 1964, Iterative Methods for the Solution of Equations).
    """
    with np.errstate(all="ignore"):
        x = np.exp(-_guess(flows)[1])
        tolerance, root, open_rows = SMALL * x, np.full_like(x, np.nan), np.ones(x.shape, np.bool_)
        (worth, chord), older = _worth(flows, x), x
        step = worth / chord
        for _ in range(VALUES):
            following = x - step
            _settle(root, open_rows, following, np.abs(step) <= tolerance)
            value = _value(flows, following)
            slope = (value - worth) / (following - x)
            bend = (slope - chord) / (following - older)
            step = value / (slope + (following - x) * bend)
            older, x, worth, chord = x, following, value, slope
        _settle(root, open_rows, x - step, np.abs(step) <= tolerance)
        return (1.0 - root) / root


def _settle(root: FloatArray, open_rows: BoolArray, x: FloatArray, near: BoolArray) -> None:
    """Write x as the root of the rows that are near it and still open, and close them."""
    near &= open_rows
    np.copyto(root, x, where=near)
    open_rows ^= near


def single_roots(
    early: FloatArray, late: FloatArray, least: float, most: float
) -> tuple[BoolArray, FloatArray]:
    """Return the one rate at which each row is worth nothing, and whether it lies in a range.

    Parameters
    ----------
    early, late
        Flows that change sign once, shape (periods, rows): turned so that each row starts, and so
        that each ends, with a flow that is not 0.
    least, most
        The range of rates [fraction].

    Notes
    -----
    By Descartes' rule Σ_k flow_k·v^k has one root v > 0. Where it is below 1 the unknown is
    v = 1/(1+rate), elsewhere 1/v = 1+rate with the flows in reverse: x in (0, 1] for every row,
    so that no power overflows.
    """
    with np.errstate(all="ignore"):
        total, exponent = _guess(early)
        guess = np.fmin(np.exp(-np.abs(exponent)), 1.0)
    beyond = (total != 0.0) & ((total > 0.0) == (early[0] > 0.0))
    flows = np.where(beyond, late[::-1], early)
    low = np.where(beyond, 1.0 + least, 1.0 / (1.0 + most))
    start, end = np.sign(flows[0]), np.sign(_value(flows, low))
    inside = np.where(beyond, end == start, end != -start)  # from above least to most
    x = _newton(flows, np.fmax(guess, low), low)
    return inside, np.where(beyond, x - 1.0, (1.0 - x) / x)


def _guess(flows: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the sum of each row, and a guess of s = ln(1+rate).

    What is paid before the change of sign and what is paid after it are worth the same where the
    difference of their logarithms, c − μ·s + σ²·s²/2 − …, is 0: c from their sums, μ and σ² from
    the means and variances of their times. The quotient below is the root of the three terms up
    to the third power of c.
    """
    gain, before = np.empty(flows.shape[1]), flows[0] > 0.0
    paid = _sums(np.maximum(flow, 0.0, out=gain) for flow in flows[::-1])
    both = _sums(iter(flows[::-1]))
    owed = tuple(one - two for one, two in zip(paid, both, strict=True))
    first = _moments(*(np.where(before, one, two) for one, two in zip(paid, owed, strict=True)))
    then = _moments(*(np.where(before, two, one) for one, two in zip(paid, owed, strict=True)))
    excess, wait, spread = np.log(then[0] / first[0]), then[1] - first[1], then[2] - first[2]
    bend = 0.5 * excess * spread / (wait * wait)
    return both[0], excess / wait * (1.0 - bend) / np.maximum(1.0 - 2.0 * bend, 0.25)


def _sums(flows: Iterator[FloatArray]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return Σ a_k, Σ k·a_k and Σ k·(k+1)/2·a_k of flows from the last to the first."""
    total = next(flows).copy()
    first, second = np.zeros_like(total), np.zeros_like(total)
    for flow in flows:
        first += total
        second += first
        total += flow
    return total, first, second


def _moments(
    total: FloatArray, first: FloatArray, second: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the sum of the amounts, and the mean and variance of their times."""
    mean = first / total
    return total, mean, 2.0 * second / total - mean - mean * mean


def _newton(flows: FloatArray, x: FloatArray, low: FloatArray) -> FloatArray:
    """Return the root of each row between low and 1; a row that is done stays as it is."""
    first, high = flows[0] > 0.0, np.ones_like(low)
    done = np.zeros(x.shape, dtype=np.bool_)
    for _ in range(MOST_STEPS):
        worth, slope = _worth(flows, x)
        before = (worth > 0.0) == first
        low, high = np.where(before, x, low), np.where(before, high, x)
        with np.errstate(all="ignore"):
            step = worth / slope
        near, following = np.abs(step) <= SMALL * x, x - step
        safe = near | ((following > low) & (following < high))
        narrow = high - low <= np.finfo(np.float64).eps * high
        done |= worth == 0.0
        x = np.where(done, x, np.where(safe, following, 0.5 * (low + high)))
        done |= near | narrow
        if done.all():
            break
    return x


def _worth(flows: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return Σ_k flows[k]·x^k and its derivative, by Horner's scheme."""
    worth, slope = flows[-1].copy(), np.zeros_like(x)
    for flow in flows[-2::-1]:
        slope *= x
        slope += worth
        worth *= x
        worth += flow
    return worth, slope


def _value(flows: FloatArray, x: FloatArray) -> FloatArray:
    """Return Σ_k flows[k]·x^k, by Horner's scheme."""
    worth: FloatArray = flows[-1].copy()
    for flow in flows[-2::-1]:
        worth *= x
        worth += flow
    return worth
