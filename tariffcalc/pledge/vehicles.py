"""The vehicles that hold the equity: calls in, project cash out, split by the waterfall."""

from __future__ import annotations

from typing import cast

import numpy as np

from tariffcalc.numeric.arrays import BoolArray, FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.cohorts import pay_by_age
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.accounts import add
from tariffcalc.pledge.instruments import Equity
from tariffcalc.pledge.parts import Part, parts_of, pooled
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
) -> FloatArray:
    """Book calls and distributions; return the balance to be recovered."""
    equity = members(structure, Equity)
    balance = np.zeros((1, drawn.periods))
    if not equity.any():
        return balance
    rules = rules_of(terms, structure, economy, timeline, drawn.withheld, drawn.periods)
    parts = parts_of(terms, structure, timeline, drawn.periods)
    groups, parts = _vehicles(structure, equity, parts)
    for group in groups:
        calls = drawn.of(group)
        add(amounts, "capital_call", calls)
        for part in parts:
            balance = balance + _book_vehicle(rules, calls, part, amounts)
    return balance


def _vehicles(
    structure: FundingStructure, equity: BoolArray, parts: list[Part]
) -> tuple[list[BoolArray], list[Part]]:
    """Return whose calls come together, and the parts on which each is spent by itself."""
    if cast("Waterfall", structure.waterfall).pooled:
        return [equity], [pooled(parts)]
    return [np.arange(equity.size) == tranche for tranche in np.flatnonzero(equity)], parts


def _book_vehicle(
    rules: Rules, calls: FloatArray, part: Part, amounts: dict[str, FloatArray]
) -> FloatArray:
    """Book the cash of one vehicle and who gets it; return its balance."""
    own = calls if part.share is None else np.asfortranarray(calls * part.share[:, np.newaxis])
    cash = pay_by_age(own, part.cash)
    repayments = None if part.due is None else pay_by_age(own, part.due)
    received, balance = recover(rules, own, cash, repayments)
    if rules.unpaid is not None and rules.waterfall.withheld == "released":
        held = np.where(rules.unpaid, received, 0.0)
        add(amounts, "withheld_release", handed_over(held, rules.unpaid))
        received = np.where(rules.unpaid, 0.0, received)
    add(amounts, "distribution_payer", received)
    add(amounts, "distribution_host", cash - received)
    add(amounts, "project_revenue", cash)
    return balance
