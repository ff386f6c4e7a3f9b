"""What a year of trade answers to a tariff change, by party: each response, for many cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.composite_price import over_suppliers
from tariffcalc.scenario.market import Block, Market
from tariffcalc.trade.elasticities import ElasticityOfProducts
from tariffcalc.trade.responses.armington_gains import armington_gains
from tariffcalc.trade.responses.constant_elasticity import constant_elasticity_gains
from tariffcalc.trade.responses.protocol import Method, check_answer
from tariffcalc.trade.responses.static import static_totals

__all__ = ["PARTS", "Trading", "yearly_gains"]

CELLS = 500_000  # cases × lines or varieties that are looked at together
# What an answer says beside the gain of each competitor [USD a year].
PARTS = ("exporters", "importers", "revenue", "home", "created", "diverted")

Gains = dict[str, FloatArray]
Rates = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class Trading:
    """What a response has to know beside rates: elasticities by product, and who else sells.

    ``elasticity`` is by line for the constant-elasticity response and by market for Armington's.
    """

    elasticity: ElasticityOfProducts | None = None
    market: Market | None = None


def yearly_gains(
    value: FloatArray, rates: Callable[[Cases], Rates], scenario: Cases, trading: Trading
) -> Gains:
    """Return what each party gains in a year once trade has answered [USD], shape (cases or 1,).

    ``value`` has shape (lines,); ``rates`` gives the total rates before and after of some cases,
    shape (cases or 1, lines). The keys are those of ``PARTS`` and the competitors; the static
    response has ``exporters`` and ``revenue`` alone: what they gain importers lose.
    """
    kind = scenario.text("trade.response.kind", "static")
    if kind == "static":
        share = scenario.number("trade.response.pass_through")
        gain, revenue = static_totals(value, *rates(scenario), share)
        return {"exporters": gain, "revenue": revenue}
    answer = {"constant_elasticity": _constant_elasticity, "armington": _armington}[kind]

    def compute(cases: Cases) -> Gains:
        with np.errstate(over="ignore", invalid="ignore"):
            return answer(value, rates(cases), cases, trading)

    return in_parts(scenario, value.size, compute)


def in_parts(scenario: Cases, lines: int, compute: Callable[[Cases], Gains]) -> Gains:
    """Return what is computed for some cases at a time, or once where all of them are alike."""
    moving = ("tariffs.measures", "trade.response", "trade.elasticities")
    if not any(scenario.any_varied(path) for path in moving):
        return compute(Cases(scenario.tree, {}, 1))
    step = max(1, CELLS // lines)
    cuts = [slice(start, start + step) for start in range(0, scenario.size, step)]
    parts = [(cases.size, compute(cases)) for cases in map(scenario.part, cuts)]
    return {
        name: np.concatenate([np.broadcast_to(found[name], (size,)) for size, found in parts])
        for name in parts[0][1]
    }


def _constant_elasticity(value: FloatArray, rates: Rates, cases: Cases, trading: Trading) -> Gains:
    response = cases.at("trade.response")
    if trading.elasticity is None:
        demand = response.number("demand_elasticity")[:, np.newaxis]
    else:
        demand = -trading.elasticity.numbers(cases.at("trade.elasticities"))
    columns = constant_elasticity_gains(
        value,
        *rates,
        demand=demand,
        inverse_supply=inverse_number(response, "supply_elasticity")[:, np.newaxis],
        method=method_of(response),
    )
    refuse(columns, value)
    sums = {name: column.sum(axis=1) for name, column in columns.items()}
    none = np.zeros(1)
    return {
        "exporters": sums["exporter_gain_usd"],
        "importers": sums["importer_gain_usd"],
        "revenue": sums["revenue_change_usd"],
        "home": none,
        "created": (value * (columns["quantity_index"] - 1.0)).sum(axis=1),
        "diverted": none,
    }


def inverse_number(response: Cases, name: str) -> FloatArray:
    """Return 1/μ, 0 where none is given: supply is perfectly elastic."""
    return 1.0 / response.number(name) if response.given(name) else np.zeros(1)


def method_of(response: Cases) -> Method:
    """Return how the response is solved."""
    found: Method = response.text("method", "exact")  # type: ignore[assignment]
    return found


def refuse(columns: Mapping[str, FloatArray], value: FloatArray) -> None:
    """Refuse an answer that no number can hold, or with a negative quantity of what is sold."""
    too_large = np.zeros(1, dtype=np.bool_)
    for column in columns.values():
        too_large = too_large | ~np.isfinite(column)
    check_answer(too_large, (columns["quantity_index"] < 0.0) & (value > 0.0))


def _armington(value: FloatArray, rates: Rates, cases: Cases, trading: Trading) -> Gains:
    market, response = trading.market, cases.at("trade.response")
    if market is None:
        raise AssertionError("an Armington response has its market")
    if trading.elasticity is None:
        substitution = response.number("substitution_elasticity")[:, np.newaxis]
    else:
        substitution = trading.elasticity.numbers(cases.at("trade.elasticities"))
    total: Gains = {}
    for block in market.blocks:
        found = _block_gains(value, rates, response, block, market, substitution)
        total = {name: total.get(name, 0.0) + gain for name, gain in found.items()}
    return total


def _block_gains(
    value: FloatArray,
    rates: Rates,
    response: Cases,
    block: Block,
    market: Market,
    substitution: FloatArray,
) -> Gains:
    """Return the gains in the markets of one block; ``substitution`` is of all, or by market."""
    sold = block.grid(value[np.newaxis, :], market.others, market.home)
    untaxed = np.zeros_like(market.rate)
    columns = armington_gains(
        sold,
        *(block.grid(rate, market.rate, untaxed) for rate in rates),
        substitution=part_of(substitution, block)[:, np.newaxis, :],
        demand=response.number("demand_elasticity")[:, np.newaxis, np.newaxis],
        inverse_supply=_inverse_supply(response, block),
        method=method_of(response),
    )
    refuse(columns, sold)
    gain = columns["exporter_gain_usd"]
    change = sold * (columns["quantity_index"] - 1.0)
    created, diverted = creation(change[:, : block.width], change[:, block.width])
    others = gain[:, block.width]
    return {
        "exporters": over_lines(gain[:, : block.width]),
        "importers": over_lines(columns["importer_gain_usd"]),
        "revenue": over_lines(columns["revenue_change_usd"]),
        "home": over_lines(gain[:, block.width + 1]),
        "created": over_lines(created),
        "diverted": over_lines(diverted),
        **{
            name: over_lines(others * part[block.markets])
            for name, part in zip(market.partners, market.parts, strict=True)
        },
    }


def part_of(substitution: FloatArray, block: Block) -> FloatArray:
    """Return the elasticities of a block's markets; one for all stays one for all."""
    return substitution if substitution.shape[1] == 1 else substitution[:, block.markets]


def over_lines(amounts: FloatArray) -> FloatArray:
    """Return the sum of each case over all that is in it, shape (cases,)."""
    laid = np.ascontiguousarray(amounts).reshape(amounts.shape[0], -1)
    return np.asarray(laid.sum(axis=1))


def _inverse_supply(response: Cases, block: Block) -> FloatArray:
    """Return 1/μ by supplier, shape (cases or 1, suppliers, 1); home may have its own."""
    common = inverse_number(response, "supply_elasticity")[:, np.newaxis, np.newaxis]
    if not response.given("home_supply_elasticity"):
        return common
    own = inverse_number(response, "home_supply_elasticity")[:, np.newaxis, np.newaxis]
    at_home = np.arange(block.width + 2)[:, np.newaxis] == block.width + 1
    return np.where(at_home, own, common)


def creation(change: FloatArray, others: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return how much of the change in the payer's imports is created, and diverted from others.

    ``change`` has shape (cases, varieties, markets), that of ``others`` (cases, markets); as in
    :func:`~tariffcalc.trade_effects`, the smaller of what is won and lost in a market changes
    hands, in proportion.
    """
    both = np.concatenate([change, others[:, np.newaxis]], axis=1)
    won, lost = (over_suppliers(np.maximum(moved, 0.0)) for moved in (both, -both))
    less = np.minimum(won, lost)
    share_won, share_lost = (less / np.where(all_ > 0.0, all_, 1.0) for all_ in (won, lost))
    diverted = change * np.where(change > 0.0, share_won, share_lost)
    return change - diverted, diverted
