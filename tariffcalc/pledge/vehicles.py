"""The vehicles that hold the equity: calls in, project cash out, split by the waterfall."""

from __future__ import annotations

from typing import cast

import numpy as np

from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.cohorts import level_profile, pay_by_age
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.accounts import add
from tariffcalc.pledge.instruments import Equity
from tariffcalc.pledge.projects import project_profile
from tariffcalc.pledge.structure import FundingStructure
from tariffcalc.pledge.terms import Draws, members
from tariffcalc.pledge.waterfall import Waterfall, split_cumulative, split_per_period

__all__ = ["book_equity"]


def book_equity(
    terms: Cases,
    structure: FundingStructure,
    drawn: Draws,
    timeline: Timeline,
    amounts: dict[str, FloatArray],
) -> FloatArray:
    """Book calls and distributions; return the balance to be recovered."""
    equity = members(structure, Equity)
    if not equity.any():
        return np.zeros((1, drawn.periods))
    pooled = cast("Waterfall", structure.waterfall).pooled
    vehicles = [equity] if pooled else [np.arange(equity.size) == i for i in np.flatnonzero(equity)]
    profile = project_profile(
        timeline.rate(terms.number("project_irr")),
        timeline.periods(terms.number("construction_years")),
        timeline.periods(terms.number("life_years")),
        drawn.periods,
    )
    balance = np.zeros((1, drawn.periods))
    for vehicle in vehicles:
        calls = drawn.of(vehicle)
        cash = pay_by_age(calls, profile)
        received, owed = _split(terms, structure, timeline, calls, cash)
        add(amounts, "capital_call", calls)
        add(amounts, "distribution_payer", received)
        add(amounts, "distribution_host", cash - received)
        add(amounts, "project_revenue", cash)
        balance = balance + owed
    return balance


def _split(
    terms: Cases,
    structure: FundingStructure,
    timeline: Timeline,
    calls: FloatArray,
    cash: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    rules = cast("Waterfall", structure.waterfall)  # a structure with equity has one
    own = rules.counts == "own_receipts"
    before, after = (terms.number(f"waterfall.{name}") for name in ("split_before", "split_after"))
    rate = timeline.rate(terms.number("waterfall.deemed_rate"))
    if rules.daa == "cumulative":
        return split_cumulative(cash, calls, before, after, rate, own=own)
    delay = timeline.periods(terms.number("construction_years"))
    life = timeline.periods(terms.number("life_years"))
    due = level_profile(delay, life, calls.shape[1]) / life[:, np.newaxis]
    return split_per_period(
        cash,
        calls,
        pay_by_age(calls, due),
        before,
        after,
        rate,
        own=own,
        shortfall_interest=rules.shortfall_interest,
    )
