"""Curves of constant elasticity: prices, quantities and the areas beside them, in logarithms.

Supply q = p^μ is written by its inverse elasticity ν = 1/μ, which is 0 where supply is perfectly
elastic: so that case needs no rule of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tariffcalc.numeric.arrays import FloatArray

__all__ = [
    "Change",
    "demand_gain",
    "growth_ratio",
    "inverse_elasticity",
    "log_change",
    "proportional_change",
    "relative",
]


NEXT_TO_NONE = 1e-30  # where (e^x − 1)/x is 1 to the last bit


@dataclass(frozen=True, slots=True)
class Change:
    """What a tariff change does to lines, each array of the lines' shape.

    Logarithms of the indices, or the relative changes of a linear answer.
    """

    exporter: FloatArray
    quantity: FloatArray
    importer: FloatArray


def inverse_elasticity(elasticity: float | None) -> FloatArray:
    """Return 1/μ as an array of length 1; None is perfectly elastic, 0."""
    return np.array([0.0 if elasticity is None else 1.0 / elasticity])


def log_change(before: FloatArray, after: FloatArray) -> FloatArray:
    """Return ln τ, the logarithm of (1+t1)/(1+t0), as precise where it is small as elsewhere."""
    change = proportional_change(before, after)
    return np.log1p(change, out=change)


def proportional_change(before: FloatArray, after: FloatArray) -> FloatArray:
    """Return τ − 1, the change of the tariff's power in proportion to it."""
    change = np.asarray(after - before)
    change /= 1.0 + before
    return change


def growth_ratio(growth: FloatArray) -> FloatArray:
    """Return (e^x − 1)/x, and its limit 1 at x = 0."""
    if not growth.all():
        growth = np.where(growth == 0.0, NEXT_TO_NONE, growth)
    ratio = np.expm1(growth)
    ratio /= growth
    return ratio


def demand_gain(spent: FloatArray, price: FloatArray, demand: FloatArray) -> FloatArray:
    """Return minus the area beside the demand curve between two duty-inclusive prices.

    −E·(P̂^(1+ε) − 1)/(1+ε), −E·ln P̂ at ε = −1, from ``price`` = ln P̂ and E spent before.
    """
    return np.asarray(0.0 - spent * (price * growth_ratio((1.0 + demand) * price)))


def relative(change: Change) -> Change:
    """Return relative changes from logarithmic ones."""
    return Change(*(np.expm1(x) for x in (change.exporter, change.quantity, change.importer)))
