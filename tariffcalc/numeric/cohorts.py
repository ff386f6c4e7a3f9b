"""What is paid on a draw is a profile by age; what is paid in a period is the sum over draws."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tariffcalc.numeric.arrays import FloatArray, IntArray, period_array

__all__ = ["Level", "pay_by_age", "pay_by_start", "pay_levels", "running", "scaled"]


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """The same amount on a dollar drawn at each age from ``delay`` on, ``length`` times.

    Ages are whole; the shape is (cases or 1,) each.
    """

    amount: FloatArray
    delay: FloatArray
    length: FloatArray


def scaled(levels: Iterable[Level], by: FloatArray) -> tuple[Level, ...]:
    """Return levels of other amounts; ``by`` has shape (cases or 1,)."""
    return tuple(Level(by * level.amount, level.delay, level.length) for level in levels)


def pay_levels(draws: FloatArray, levels: Iterable[Level]) -> FloatArray:
    """Return what some levels pay on draws in each period, shape (cases or 1, periods)."""
    paid = np.zeros((1, draws.shape[1]))
    for place, level in enumerate(levels):
        own = running(draws, level.delay, level.length)
        if own.shape[0] < level.amount.size:
            own = own * level.amount[:, np.newaxis]
        else:  # in the memory it has
            own *= level.amount[:, np.newaxis]
        paid = paid + own if place else own
    return np.asfortranarray(paid)


def running(draws: FloatArray, delay: FloatArray, length: FloatArray) -> FloatArray:
    """Return Σ_j draws[:, j] over the draws of age delay ≤ k−j < delay + length, for each period k.

    Where all cases draw alike, few delays and lengths differ: each pair of them is added up once.
    """
    periods, cases = draws.shape[1], max(delay.size, length.size)
    if draws.shape[0] > 1 or cases == 1:
        return pay_by_age(draws, level_profile(delay, length, periods))
    first, wide = delay.min(), length.max() - length.min() + 1.0
    pair = ((delay - first) * wide + (length - length.min())).astype(np.int64)
    if pair.max() >= cases:
        return pay_by_age(draws, level_profile(delay, length, periods))
    pairs = np.arange(pair.max() + 1.0)
    each = level_profile(first + pairs // wide, length.min() + pairs % wide, periods)
    return _rows(pay_by_age(draws, each), pair)


def _rows(table: FloatArray, row: IntArray) -> FloatArray:
    """Return rows of a table that is laid out by period, laid out in the same way."""
    return table.T.take(row, axis=1).T


def pay_by_age(draws: FloatArray, profile: FloatArray) -> FloatArray:
    """Return Σ_j draws[:, j]·profile[:, k−j] for each period k, shape (cases, periods).

    ``draws`` has shape (cases or 1, periods), ``profile`` (cases or 1, ages) with
    ages ≤ periods; a payment later than the last period is refused by the caller's horizon.
    """
    cases, periods = max(draws.shape[0], profile.shape[0]), draws.shape[1]
    if cases == 1:
        return _pay_alone(draws[0], profile[0])
    paid = period_array(cases, periods)
    paying = np.flatnonzero(profile.any(axis=0))
    if not paying.size:
        return paid
    first, end = paying[0], paying[-1] + 1
    of_draw = np.empty((cases, end - first), order="F")
    for start in np.flatnonzero(draws.any(axis=0)):
        last = min(end, periods - start)
        if last > first:  # all ages of a draw at once: no two of them meet in a period
            part = of_draw[:, : last - first]
            np.multiply(draws[:, start, np.newaxis], profile[:, first:last], out=part)
            paid[:, start + first : start + last] += part
    return paid


def _pay_alone(draws: FloatArray, profile: FloatArray) -> FloatArray:
    """Return the same of one case: the same products added in the same order, in one step."""
    periods = draws.size
    padded = np.zeros(2 * periods)
    padded[periods : periods + profile.size] = profile
    by_draw = sliding_window_view(padded, periods)[periods:0:-1]  # row j is the profile, j later
    parts = np.multiply(draws[:, np.newaxis], by_draw, order="C")  # added row by row
    return np.array(parts.sum(axis=0)[np.newaxis])


def pay_by_start(
    draws: FloatArray,
    rates: FloatArray,
    profile: Callable[[FloatArray], FloatArray],
    ages: int,
) -> FloatArray:
    """Return Σ_j draws[:, j]·profile_j[:, k−j]: each draw has the profile of the rates it sees.

    ``draws`` and ``rates`` have shape (cases or 1, periods); ``profile`` makes rates by age into
    payments by age, (cases or 1, ages) both. The last draw has ``ages`` periods after it.
    """
    paid = np.zeros((1, draws.shape[1]))
    for start in np.flatnonzero(draws.any(axis=0)):
        part = draws[:, start, np.newaxis] * profile(rates[:, start : start + ages])
        own = period_array(part.shape[0], draws.shape[1])
        own[:, start : start + ages] = part
        paid = paid + own
    return np.asfortranarray(paid)


def level_profile(delay: FloatArray, length: FloatArray, ages: int) -> FloatArray:
    """Return 1 for the ages delay ≤ a < delay + length, 0 elsewhere, shape (cases or 1, ages)."""
    age = np.arange(ages, dtype=np.float64)[:, np.newaxis]  # ages first: laid out by period
    return ((age >= delay) & (age < delay + length)).astype(np.float64).T
