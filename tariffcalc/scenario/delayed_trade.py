"""The trade that a delay falls on: its months, and the authority whose duty the deal changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tariffcalc.numeric.arrays import FloatArray, IntArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.scenario.answer import Trading
from tariffcalc.scenario.delay import changed_lines, market_of_lines
from tariffcalc.scenario.evaluate import Evaluation
from tariffcalc.tariffs.coverage import Coverage
from tariffcalc.tariffs.rates import measure_add_on
from tariffcalc.tariffs.stacking import blended_base
from tariffcalc.trade.months import MonthShares, even_months, month_shares

__all__ = ["authority_groups", "months_of_trade", "one_group"]


def months_of_trade(evaluation: Evaluation, *, seasonal: bool) -> MonthShares:
    """Return the months of each line's year; lines that share a market have its mean months."""
    law, payer = evaluation.law, evaluation.scenario.pledge.payer
    if not seasonal:
        return even_months(law.value.size)
    found = month_shares(law.lines, payer)
    market = evaluation.trading.market
    if market is None:
        return found
    place = market_of_lines(market, law.value.size)
    return MonthShares(shared_months(found.shares, law.value, place), found.basis)


def shared_months(shares: FloatArray, value: FloatArray, market: IntArray) -> FloatArray:
    """Return the mean months by value of each line's market; those of a market of 0 are even."""
    whole = np.bincount(market, value)
    sold = whole > 0.0
    shared = np.full((shares.shape[0], whole.size), 1.0 / shares.shape[0])
    for month, share in enumerate(shares):
        shared[month, sold] = np.bincount(market, value * share)[sold] / whole[sold]
    return shared[:, market]


def one_group(evaluation: Evaluation) -> IntArray:
    """Return the group of each line where all are one."""
    return np.zeros(evaluation.law.value.size, dtype=np.int64)


def authority_groups(
    evaluation: Evaluation, cases: Cases, meanwhile: str
) -> tuple[list[str], IntArray]:
    """Return the authorities whose duty the deal changes, and the number of each line's.

    A line belongs to the authority whose part of its rate changes most, and to none (−1) where its
    rate stays. Lines that share a market belong to the one whose duty changes most there.
    """
    law, names = evaluation.law, (meanwhile, "deal")
    moved = changed_lines(law, cases, meanwhile)
    parts = [authority_parts(law.schedules[name], cases.at("tariffs.measures")) for name in names]
    authorities = list(dict.fromkeys([*parts[0], *parts[1]]))
    none = np.zeros(law.value.size)
    change = np.array(
        [
            np.abs(parts[0].get(name, none) - parts[1].get(name, none)) * moved
            for name in authorities
        ]
    ).reshape(len(authorities), law.value.size)
    return numbered(authorities, changed_in_markets(change, law.value, evaluation.trading))


def authority_parts(law: Coverage, measures: Cases) -> dict[str, FloatArray]:
    """Return the base and what each authority adds to the rate of each line, shape (lines,)."""
    parts = {"base": blended_base(law.mfn, law.preferential, law.use)}
    for row, measure in enumerate(law.measures):
        rate = measures.number(f"{measure.name}.rate")[:1, np.newaxis]
        part = measure_add_on(law, row, rate)[0]
        parts[measure.authority] = parts.get(measure.authority, 0.0) + part
    return parts


def changed_in_markets(change: FloatArray, value: FloatArray, trading: Trading) -> FloatArray:
    """Return by how much each authority's duty changes, for the market of each line if it has one.

    ``change`` has shape (authorities, lines), in rates; what comes back is in rates too, or where
    lines share a market in USD.
    """
    if trading.market is None:
        return change
    market = market_of_lines(trading.market, value.size)
    shared = np.zeros_like(change)
    for place, own in enumerate(change):
        shared[place] = np.bincount(market, value * own)[market]
    return shared


def numbered(authorities: Sequence[str], change: FloatArray) -> tuple[list[str], IntArray]:
    """Return the authorities that change some line most, and the number of each line's, or −1."""
    most = np.where(change.max(axis=0) > 0.0, change.argmax(axis=0), -1)
    found = [place for place in range(len(authorities)) if (most == place).any()]
    number = {place: count for count, place in enumerate(found)}
    group = np.array([number.get(place, -1) for place in most.tolist()], dtype=np.int64)
    return [authorities[place] for place in found], group
