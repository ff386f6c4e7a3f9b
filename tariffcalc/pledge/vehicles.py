"""The vehicles that hold the equity: calls in, project cash out, split by the waterfall."""

from __future__ import annotations

from typing import cast

import numpy as np

from tariffcalc.numeric.arrays import BoolArray, FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.cohorts import Level, pay_levels, scaled
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.accounts import add
from tariffcalc.pledge.instruments import Equity
from tariffcalc.pledge.parts import Part, of_share, parts_of, pooled
from tariffcalc.pledge.recovery import Rules, handed_over, recover, rules_of
from tariffcalc.pledge.structure import FundingStructure
from tariffcalc.pledge.terms import Draws, members
from tariffcalc.pledge.waterfall import Waterfall

__all__ = ["book_equity"]


def book_equity(
    terms: Cases,
    structure: FundingStructure,
    drawn: Draws,
    economy: Cases,
    timeline: Timeline,
    amounts: dict[str, FloatArray],
) -> tuple[FloatArray, FloatArray | None]:
    """Book calls and the payer's cash; return what is to be recovered, and all cash if any."""
    equity = members(structure, Equity)
    if not equity.any():
        return np.zeros((1, drawn.periods)), None
    totals: dict[str, FloatArray] = {}
    rules = rules_of(terms, structure, economy, timeline, drawn.withheld, drawn.periods)
    groups, parts = _vehicles(structure, equity, parts_of(terms, structure, timeline))
    for group in groups:
        calls, paces = drawn.of(group), drawn.paces(group)
        add(amounts, "capital_call", calls)
        for part in parts:
            own, repayments = calls, None
            cash = _paid(paces, of_share(part, part.cash))
            if part.share is not None:
                own = np.asfortranarray(calls * part.share[:, np.newaxis])
            if part.due is not None:
                repayments = _paid(paces, of_share(part, part.due))
            add(totals, "balance", _book_vehicle(rules, own, cash, repayments, amounts))
            add(totals, "cash", cash)
    return totals["balance"], totals["cash"]


def _paid(
    paces: list[tuple[FloatArray, FloatArray]], projects: tuple[tuple[Level, ...], ...]
) -> FloatArray:
    """Return what levels, by project, pay on the draws by period."""
    each = [
        pay_levels(timing, scaled(levels, amount))
        for amount, timing in paces
        for levels in projects
    ]
    return np.asfortranarray(sum(each[1:], each[0]))


def _vehicles(
    structure: FundingStructure, equity: BoolArray, parts: list[Part]
) -> tuple[list[BoolArray], list[Part]]:
    """Return whose calls come together, and the parts on which each is spent by itself."""
    if cast("Waterfall", structure.waterfall).pooled:
        return [equity], [pooled(parts)]
    return [np.arange(equity.size) == tranche for tranche in np.flatnonzero(equity)], parts


def _book_vehicle(
    rules: Rules,
    calls: FloatArray,
    cash: FloatArray,
    repayments: FloatArray | None,
    amounts: dict[str, FloatArray],
) -> FloatArray:
    """Book what the payer has of one vehicle's cash; return the vehicle's balance."""
    received, balance = recover(rules, calls, cash, repayments)
    if rules.unpaid is not None and rules.waterfall.withheld == "released":
        held = np.where(rules.unpaid, received, 0.0)
        add(amounts, "withheld_release", handed_over(held, rules.unpaid))
        received = np.where(rules.unpaid, 0.0, received)
    add(amounts, "distribution_payer", received)
    return balance
