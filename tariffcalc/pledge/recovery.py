"""The rules of a waterfall as arrays, and what they leave to the payer of one vehicle's cash."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from tariffcalc.curves import forward_rates
from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import BoolArray, FloatArray, period_array
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.splits import Deadline, split_cumulative, split_per_period
from tariffcalc.pledge.structure import FundingStructure
from tariffcalc.pledge.waterfall import Waterfall

__all__ = ["Rules", "handed_over", "recover", "rules_of"]

ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """A waterfall for a batch of cases.

    ``before``, ``after``, ``adjusted`` are the payer's shares and ``deadline`` the adjuster's
    periods from the first draw, shape (cases or 1,); ``rate`` is the deemed rate of each period,
    shape (cases or 1, periods or 1), and ``unpaid`` tells in which a call is unpaid, shape (cases
    or 1, periods).
    """

    waterfall: Waterfall
    before: FloatArray
    after: FloatArray
    rate: FloatArray
    adjusted: FloatArray | None = None
    deadline: FloatArray | None = None
    unpaid: BoolArray | None = None


def rules_of(
    terms: Cases,
    structure: FundingStructure,
    economy: Cases,
    timeline: Timeline,
    unpaid: FloatArray | None,
    periods: int,
) -> Rules:
    """Return the rules of a structure with equity; ``unpaid`` is 1 while a call is unpaid."""
    waterfall, own = cast("Waterfall", structure.waterfall), terms.at("waterfall")
    adjusted = deadline = None
    if waterfall.adjuster != "none":
        adjusted = own.number("split_adjusted")
        deadline = timeline.periods(own.number("adjuster_years"))
    return Rules(
        waterfall,
        own.number("split_before"),
        own.number("split_after"),
        deemed_rates(own, waterfall.deemed_curve, economy, timeline, periods),
        adjusted,
        deadline,
        unpaid > 0.0 if unpaid is not None and unpaid.any() else None,
    )


def deemed_rates(
    waterfall: Cases, curve: str | None, economy: Cases, timeline: Timeline, periods: int
) -> FloatArray:
    """Return the deemed rate of each period, shape (cases or 1, periods or 1)."""
    if curve is None:
        yearly = waterfall.number("deemed_rate")[:, np.newaxis]
    else:
        yearly = forward_rates(economy, curve, periods, timeline)
    if waterfall.given("deemed_spread"):
        yearly = yearly + waterfall.number("deemed_spread")[:, np.newaxis]
    if yearly.min() <= -1.0:
        raise InputError(
            f"{waterfall.prefix}deemed_spread: the deemed rate with it has to be above -1, given "
            f"{yearly.min():g}; raise it"
        )
    return timeline.rate(yearly)


def recover(
    rules: Rules, calls: FloatArray, cash: FloatArray, repayments: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """Return what falls to the payer and the balance at the end of each period.

    ``calls``, ``cash`` and ``repayments`` (per-period kind only) of one vehicle have shape
    (cases or 1, periods). While a call is unpaid and the host keeps the payer's share, nothing
    falls to the payer, and only what counts whoever gets it reduces the balance.
    """
    if rules.unpaid is None or rules.waterfall.withheld == "released":
        return _adjust(rules, calls, cash, repayments)
    if rules.waterfall.counts == "own_receipts":
        cash = np.asfortranarray(np.where(rules.unpaid, 0.0, cash))
    received, owed = _adjust(rules, calls, cash, repayments)
    return np.where(rules.unpaid, 0.0, received), owed


def _adjust(
    rules: Rules, calls: FloatArray, cash: FloatArray, repayments: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """Return receipts and balance with the adjuster, if there is one."""
    if rules.deadline is None or rules.adjusted is None:
        return _run(rules, calls, cash, repayments)
    first = np.argmax(calls > 0.0, axis=1)
    least = ROUNDING * _added(calls)
    if rules.waterfall.adjuster == "at_deadline":
        deadline = Deadline(first + rules.deadline, rules.adjusted, least)
        return _run(rules, calls, cash, repayments, deadline)
    received, owed = _run(rules, calls, cash, repayments)
    missed = _balance_at(owed, first + rules.deadline) > least
    if not missed.any():
        return received, owed
    share = np.where(missed, rules.adjusted, rules.before)
    return _run(replace(rules, before=share), calls, cash, repayments)


def _run(
    rules: Rules,
    calls: FloatArray,
    cash: FloatArray,
    repayments: FloatArray | None,
    deadline: Deadline | None = None,
) -> tuple[FloatArray, FloatArray]:
    own = rules.waterfall.counts == "own_receipts"
    if repayments is None:
        return split_cumulative(
            cash, calls, rules.before, rules.after, rules.rate, own=own, deadline=deadline
        )
    return split_per_period(
        cash,
        calls,
        repayments,
        rules.before,
        rules.after,
        rules.rate,
        own=own,
        shortfall_interest=rules.waterfall.shortfall_interest,
        deadline=deadline,
    )


def _added(flows: FloatArray) -> FloatArray:
    """Return the sum over the periods, added in their order, shape (cases or 1,)."""
    total = np.zeros(flows.shape[0])
    for period in range(flows.shape[1]):
        total = total + flows[:, period]
    return total


def _balance_at(owed: FloatArray, deadline: FloatArray) -> FloatArray:
    """Return the balance when ``deadline`` periods are over, or at the last one before."""
    last = np.minimum(deadline, owed.shape[1]).astype(np.int64) - 1
    rows, last = np.broadcast_arrays(np.arange(owed.shape[0]), last)
    found: FloatArray = owed[rows, last]
    return found


def handed_over(held: FloatArray, unpaid: BoolArray) -> FloatArray:
    """Return what was held of the payer's share, in the first period in which no call is unpaid.

    What is held when the last period is over is never handed over. ``held`` and the result have
    shape (cases or 1, periods).
    """
    handed = period_array(held.shape[0], held.shape[1])
    aside = np.zeros(held.shape[0])
    for period in range(held.shape[1]):
        aside = aside + held[:, period]
        handed[:, period] = np.where(unpaid[:, period], 0.0, aside)
        aside = np.where(unpaid[:, period], aside, 0.0)
    return handed
