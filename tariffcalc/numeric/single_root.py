"""The root of cash flows that change sign once: safeguarded Newton steps on many rows at once."""

from __future__ import annotations

import numpy as np

from tariffcalc.numeric.arrays import BoolArray, FloatArray, IntArray

__all__ = ["sign_changes", "single_roots"]

MOST_STEPS = 200
# A Newton step this small squares to less than a rounding: what it leads to is the root.
SMALL = 1e-9


def sign_changes(flows: FloatArray) -> IntArray:
    """Return how often the flows of each row change sign, zeros apart; shape (periods, rows)."""
    latest = np.zeros(flows.shape[1])
    changes = np.zeros(flows.shape[1], dtype=np.int64)
    for flow in flows:
        sign = np.sign(flow)
        changes += sign * latest < 0.0
        np.copyto(latest, sign, where=sign != 0.0)
    return changes


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
    total = early.sum(axis=0)
    beyond = np.sign(total) == np.sign(early[0])
    flows = np.where(beyond, late[::-1], early)
    low = np.where(beyond, 1.0 + least, 1.0 / (1.0 + most))
    start, end = np.sign(flows[0]), np.sign(_worth(flows, low)[0])
    inside = np.where(beyond, end == start, end != -start)  # from above least to most
    x = _newton(flows, total, low)
    return inside, np.where(beyond, x - 1.0, (1.0 - x) / x)


def _newton(flows: FloatArray, total: FloatArray, low: FloatArray) -> FloatArray:
    """Return the root of each row between low and 1; a row that is done stays as it is."""
    start, high = np.sign(flows[0]), np.ones_like(low)
    paid = np.where(flows > 0.0, flows, 0.0).sum(axis=0)
    less, more = np.minimum(paid, paid - total), np.maximum(paid, paid - total)
    size = np.abs(flows[1:])
    wait = (np.arange(1.0, flows.shape[0])[:, np.newaxis] * size).sum(axis=0) / size.sum(axis=0)
    x = np.maximum(low, 1.0 - (1.0 - less / more) / wait)
    done = total == 0.0
    x = np.where(done, 1.0, x)
    for _ in range(MOST_STEPS):
        worth, slope = _worth(flows, x)
        before = np.sign(worth) == start
        low, high = np.where(before, x, low), np.where(before, high, x)
        with np.errstate(all="ignore"):
            step = worth / slope
        near = np.abs(step) <= SMALL * x
        safe = near | ((x - step > low) & (x - step < high))
        following = np.where(safe, x - step, 0.5 * (low + high))
        narrow = high - low <= np.finfo(np.float64).eps * high
        x = np.where(done | (worth == 0.0), x, following)
        done |= (worth == 0.0) | near | narrow
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
