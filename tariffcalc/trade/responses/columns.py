"""The columns of an answer, from what prices and quantities do: exact areas, and triangles."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.isoelastic import Change

__all__ = ["exact_columns", "supply_gain", "triangle_columns"]

Columns = dict[str, FloatArray]
Rates = tuple[FloatArray, FloatArray]


def supply_gain(value: FloatArray, change: Change, inverse_supply: FloatArray) -> FloatArray:
    """Return the area beside the supply curve from the price before to that after.

    V·(p̂^(1+μ) − 1)/(1+μ): as p̂^(1+μ) = p̂·q̂, what the value gains ÷ (1+μ), or ·ν/(1+ν).
    """
    growth = np.asarray(change.exporter + change.quantity)
    np.expm1(growth, out=growth)
    gain = value * growth
    return np.asarray(gain * (inverse_supply / (1.0 + inverse_supply)) + 0.0)  # 0 is not -0


def exact_columns(
    value: FloatArray,
    rates: Rates,
    change: Change,
    gains: tuple[FloatArray, FloatArray],
) -> Columns:
    """Return the columns of logarithmic changes, and of known gains."""
    quantity, exporter = np.exp(change.quantity), np.exp(change.exporter)
    moved = value * quantity * exporter  # all digits, also where next to nothing is left
    return _columns(value, rates, moved, (quantity, exporter, np.exp(change.importer)), gains)


def triangle_columns(value: FloatArray, rates: Rates, change: Change) -> Columns:
    """Return the columns of relative changes, gains by a rectangle and a triangle.

    Price change × quantity before × (1 + half the change in quantity): the error of the area is
    of the third order.
    """
    between = 1.0 + 0.5 * change.quantity
    exporter_gain = value * (change.exporter * between) + 0.0  # no gain is 0, not -0
    importer_gain = 0.0 - value * (1.0 + rates[0]) * (change.importer * between)
    indices = (1.0 + x for x in (change.quantity, change.exporter, change.importer))
    moved = value * (1.0 + change.exporter) * (1.0 + change.quantity)
    return _columns(value, rates, moved, indices, (exporter_gain, importer_gain))


def _columns(
    value: FloatArray,
    rates: Rates,
    moved: FloatArray,
    indices: Iterable[FloatArray],
    gains: tuple[FloatArray, FloatArray],
) -> Columns:
    quantity, exporter, importer = indices
    duty = moved * rates[1]
    revenue = duty - value * rates[0]
    efficiency = np.asarray(gains[0] + gains[1])
    efficiency += revenue
    return {
        "value_usd": moved,
        "quantity_index": quantity,
        "exporter_price_index": exporter,
        "importer_price_index": importer,
        "duty_usd": duty,
        "exporter_gain_usd": gains[0],
        "importer_gain_usd": gains[1],
        "revenue_change_usd": revenue,
        "efficiency_usd": efficiency,
    }
