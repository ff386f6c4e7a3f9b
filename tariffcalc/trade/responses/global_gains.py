"""The columns of the global Armington response, and welfare by region as its paper defines it."""

from __future__ import annotations

import numpy as np

from tariffcalc.numeric.armington import composite_gain
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.composite_price import ces_power
from tariffcalc.numeric.isoelastic import (
    Change,
    growth_ratio,
    log_change,
    proportional_change,
    relative,
)
from tariffcalc.numeric.world_market import World, composites, linear_supply, summed, world_supply
from tariffcalc.trade.responses.columns import exact_columns, triangle_columns
from tariffcalc.trade.responses.protocol import Method

__all__ = ["global_gains", "published_consumer_surplus", "world_of"]


def global_gains(
    value: FloatArray,
    before: FloatArray,
    after: FloatArray,
    *,
    substitution: FloatArray,
    demand: FloatArray,
    inverse_supply: FloatArray,
    method: Method = "exact",
) -> dict[str, FloatArray]:
    """Return the columns of the global response, arrays of shape (cases, exporters, importers).

    Values and rates have that shape, with 1 case if they do not differ; σ and η have shape
    (cases or 1, 1, importers or 1), ``inverse_supply`` = 1/μ (cases or 1, exporters or 1, 1).
    """
    linear = method == "log_linear"
    factor = proportional_change(before, after) if linear else log_change(before, after)
    world = world_of(value, before, factor, (substitution, demand, inverse_supply))
    supply = linear_supply(world) if linear else world_supply(world)
    exporter = world.inverse_supply * supply + np.zeros_like(factor)  # one for each importer
    importer = exporter + factor
    if linear:
        composite = summed(world.spending * importer, 1)
    else:
        _, composite, _ = composites(world, supply)
    quantity = world.cross * composite - world.substitution * importer
    change = Change(exporter, quantity, importer)
    if method != "exact":
        return triangle_columns(value, (before, after), change if linear else relative(change))
    spent = value * (1.0 + before)
    gains = (
        _exporter_gain(value, change, supply, world.inverse_supply),
        composite_gain(
            world.spending,
            world.power,
            summed(spent, 1),
            composite,
            importer,
            demand,
        ),
    )
    return exact_columns(value, (before, after), change, gains)


def published_consumer_surplus(
    spent: FloatArray, importer: FloatArray, demand: FloatArray
) -> FloatArray:
    """Return the change in consumer surplus by importer as the paper writes it, (cases, importers).

    E·(½·η·P̂²·sign(P̂) − P̂), P̂ the share-weighted mean of the changes of prices. Where prices fall
    it is the rectangle and triangle beside demand; where they rise the triangle has the sign of
    a loss, and the loss is overstated by twice the triangle.
    """
    total = spent.sum(axis=1)
    price = (spent * importer).sum(axis=1) / np.where(total > 0.0, total, 1.0)
    return np.asarray(total * (0.5 * demand[:, 0] * price * np.abs(price) - price))


def world_of(
    value: FloatArray, before: FloatArray, factor: FloatArray, elasticities: tuple[FloatArray, ...]
) -> World:
    """Return the shares of flows at rates ``before``, with σ, η and 1/μ of full shape."""
    spent = value * (1.0 + before)
    bought, sold = summed(spent, 1), summed(value, 2)
    substitution, demand, inverse = elasticities
    each_importer, each_exporter = (
        np.zeros((1, 1, value.shape[2])),
        np.zeros((1, value.shape[1], 1)),
    )
    substitution = substitution + each_importer
    return World(
        spending=spent / np.where(bought > 0.0, bought, 1.0),
        sales=value / np.where(sold > 0.0, sold, 1.0),
        factor=factor,
        substitution=substitution,
        cross=substitution + demand,
        inverse_supply=inverse + each_exporter,
        power=ces_power(substitution),
    )


def _exporter_gain(
    value: FloatArray, change: Change, supply: FloatArray, inverse_supply: FloatArray
) -> FloatArray:
    """Return the area beside each exporter's supply curve, by the importers it sells to.

    The exporter's gain is V·(p̂^(1+μ) − 1)/(1+μ); each of its flows gets the part that the
    logarithmic mean of its value before and after has in the sum of these means.
    """
    mean = value * growth_ratio(change.exporter + change.quantity)
    total = summed(value, 2) * growth_ratio((1.0 + inverse_supply) * supply)
    sold = summed(mean, 2)
    part = mean * (total / np.where(sold > 0.0, sold, 1.0))
    return np.asarray(part * (inverse_supply * supply) + 0.0)  # no gain is 0, not -0
