"""The columns of the Armington response for many markets, in blocks that fit the cache."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tariffcalc.numeric.armington import composite_gain, shares, variety_change
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.composite_price import composite_price, linear_price, market, over_suppliers
from tariffcalc.numeric.isoelastic import log_change, proportional_change, relative
from tariffcalc.trade.responses.columns import (
    exact_columns,
    supply_gain,
    triangle_columns,
)
from tariffcalc.trade.responses.protocol import UNITS, Method

__all__ = ["armington_gains"]

BLOCK = 25_000  # numbers in an array of one block: some 200 kB


def armington_gains(
    value: FloatArray,
    before: FloatArray,
    after: FloatArray,
    *,
    substitution: FloatArray,
    demand: FloatArray,
    inverse_supply: FloatArray,
    method: Method = "exact",
) -> dict[str, FloatArray]:
    """Return the columns of the Armington response, arrays of shape (cases, suppliers, markets).

    Values and rates have that shape, with 1 case if they do not differ; the elasticities
    (cases or 1, suppliers or 1, markets or 1), σ and η one per market. ``inverse_supply`` is 1/μ,
    0 where perfectly elastic. A supplier that sells nothing has the value 0.
    """
    given = (value, before, after, substitution, demand, inverse_supply)
    shape = np.broadcast_shapes(*(array.shape for array in given))
    answer = np.empty((len(UNITS), *shape))
    for block in _blocks(shape):
        found = _gains(*(_part(array, block) for array in given), method=method)
        for place, name in enumerate(UNITS):
            answer[place, :, :, block] = found[name]
    return dict(zip(UNITS, answer, strict=True))


def _blocks(shape: tuple[int, ...]) -> Iterator[slice]:
    cases, suppliers, markets = shape
    size = max(1, BLOCK // (cases * suppliers))
    return (slice(first, first + size) for first in range(0, markets, size))


def _part(array: FloatArray, block: slice) -> FloatArray:
    return array if array.shape[2] == 1 else array[:, :, block]


def _gains(
    value: FloatArray,
    before: FloatArray,
    after: FloatArray,
    substitution: FloatArray,
    demand: FloatArray,
    inverse_supply: FloatArray,
    *,
    method: Method,
) -> dict[str, FloatArray]:
    elastic = {"substitution": substitution, "demand": demand, "inverse_supply": inverse_supply}
    spent, rates = value * (1.0 + before), (before, after)
    linear = method == "log_linear"
    factor = proportional_change(before, after) if linear else log_change(before, after)
    equation = market(shares(spent), factor, **elastic)
    price = linear_price(equation) if linear else composite_price(equation)
    change = variety_change(equation, price, factor, **elastic)
    if method == "exact":
        bought = (equation.share, equation.power, over_suppliers(spent))
        gain = composite_gain(*bought, price, change.importer, demand)
        gains = (supply_gain(value, change, inverse_supply), gain)
        return exact_columns(value, rates, change, gains)
    return triangle_columns(value, rates, change if linear else relative(change))
