"""What varieties of one market do when their tariffs move: prices, quantities, shares of a gain."""

from __future__ import annotations

import numpy as np

from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.composite_price import Market, over_suppliers
from tariffcalc.numeric.isoelastic import Change, growth_ratio

__all__ = ["composite_gain", "shares", "variety_change"]


def shares(amounts: FloatArray) -> FloatArray:
    """Return each supplier's part of the sum over the suppliers, 0 where the sum is 0."""
    total = over_suppliers(amounts)
    return amounts / np.where(total > 0.0, total, 1.0)


def variety_change(
    equation: Market,
    price: FloatArray,
    factor: FloatArray,
    *,
    substitution: FloatArray,
    demand: FloatArray,
    inverse_supply: FloatArray,
) -> Change:
    """Return what each variety does when the composite's price is ``price`` = ln P̂.

    ln q̂ = ((σ+η)·ln P̂ − σ·ln τ)/(1 + σ·ν), ln p̂ = ν·ln q̂, ln P̂i = ln p̂ + ln τ. With τ − 1 for
    ln τ and the linear price they are the changes of the linear answer.
    """
    quantity = np.asarray((substitution + demand) * price - substitution * factor)
    quantity *= equation.ease
    exporter = inverse_supply * quantity
    return Change(exporter, quantity, exporter + factor)


def composite_gain(
    share: FloatArray,
    power: FloatArray,
    spent: FloatArray,
    price: FloatArray,
    importer: FloatArray,
    demand: FloatArray,
) -> FloatArray:
    """Return the buyers' gain that each variety's price brings, by the area beside demand.

    ``share`` of spending before and ``importer`` = ln P̂i have shape (cases, suppliers, markets),
    ``spent`` on all before, ``price`` = ln P̂ and ``power`` = 1 − σ one number a market.

    A market's gain is −E·(P̂^(1+η) − 1)/(1+η). Sato and Vartia's weights w, the logarithmic means
    of the shares of spending before and after, make ln P̂ = Σ wi·ln P̂i exact; each variety gets
    its part of that sum.

    References
    ----------
    K. Sato (1976), Review of Economics and Statistics 58(2), 223–228, doi:10.2307/1924029.
    Y. Vartia (1976), Scandinavian Journal of Statistics 3(3), 121–126.
    """
    growth = importer - price
    growth *= power
    part = growth_ratio(growth)
    part *= share
    mean = over_suppliers(part)
    total = spent * growth_ratio((1.0 + demand) * price)
    part *= total / np.where(mean > 0.0, mean, 1.0)
    part *= importer
    return np.subtract(0.0, part, out=part)
