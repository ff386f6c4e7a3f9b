"""What is paid on a draw is a profile by age; what is paid in a period is the sum over draws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tariffcalc.numeric.arrays import FloatArray, period_array

__all__ = ["level_profile", "pay_by_age", "pay_by_start"]


def pay_by_age(draws: FloatArray, profile: FloatArray) -> FloatArray:
    """Return Σ_j draws[:, j]·profile[:, k−j] for each period k, shape (cases, periods).

    ``draws`` has shape (cases or 1, periods), ``profile`` (cases or 1, ages) with
    ages ≤ periods; a payment later than the last period is refused by the caller's horizon.
    """
    cases, periods = max(draws.shape[0], profile.shape[0]), draws.shape[1]
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


def level_profile(
    delay: FloatArray, length: FloatArray, ages: int, amount: FloatArray | float = 1.0
) -> FloatArray:
    """Return an amount for the ages delay ≤ a < delay + length, 0 elsewhere, shape (cases, ages).

    ``amount`` has shape (cases or 1,), as the others have.
    """
    age = np.arange(ages, dtype=np.float64)[:, np.newaxis]  # ages first: laid out by period
    return np.where((age >= delay) & (age < delay + length), amount, 0.0).T
