"""The terms of a structure as arrays, for as many cases as a sweep or a simulation asks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import BoolArray, FloatArray, period_array
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.draws import filled_in_order
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.instruments import PAID_IN_INSTRUMENTS, Equity
from tariffcalc.pledge.pace import after_missed_calls, pace
from tariffcalc.pledge.structure import FundingStructure, rebalanced

__all__ = ["Draws", "draws", "members"]


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """What is drawn: amounts by tranche [USD], shape (cases or 1, tranches), and their timing.

    ``timings`` holds for each tranche the share paid in each period, shape (cases or 1, periods);
    tranches of one pace share one array. ``paid`` is the share of each tranche that is ever paid,
    shape (cases or 1,): below 1 where a missed call is never made good. ``withheld`` is 1 in the
    periods at whose end a call is unpaid, else 0, shape (cases or 1, periods).
    """

    amounts: FloatArray
    timings: tuple[FloatArray, ...]
    paid: tuple[FloatArray, ...]
    withheld: FloatArray

    @property
    def periods(self) -> int:
        """Periods from the first draw to the last payment."""
        return int(self.timings[0].shape[1])

    def paces(self, chosen: BoolArray) -> list[tuple[FloatArray, FloatArray]]:
        """Return what is drawn of some tranches [USD], and its timing, for each timing."""
        shared: dict[int, BoolArray] = {}
        for tranche in np.flatnonzero(chosen):
            alike = shared.setdefault(id(self.timings[tranche]), np.zeros_like(chosen))
            alike[tranche] = True
        return [
            (_sum_of(self.amounts, alike), self.timings[np.flatnonzero(alike)[0]])
            for alike in shared.values()
        ]

    def of(self, chosen: BoolArray) -> FloatArray:
        """Return the draws of some tranches together, shape (cases or 1, periods)."""
        drawn = np.zeros((1, self.periods))
        for place, (amount, timing) in enumerate(self.paces(chosen)):
            own = amount[:, np.newaxis] * timing
            drawn = drawn + own if place else own
        return np.asfortranarray(drawn)

    def total(self, chosen: BoolArray) -> FloatArray:
        """Return what is drawn of some tranches over all periods [USD], shape (cases or 1,)."""
        total = np.zeros(1)
        for tranche in np.flatnonzero(chosen):
            total = total + self.amounts[:, tranche] * self.paid[tranche]
        return total


def _sum_of(amounts: FloatArray, chosen: BoolArray) -> FloatArray:
    total = np.zeros(amounts.shape[0])
    for tranche in np.flatnonzero(chosen):
        total = total + amounts[:, tranche]
    return total


def members(structure: FundingStructure, *kinds: type) -> BoolArray:
    """Return which tranches are of the given instruments, shape (tranches,)."""
    return np.array([isinstance(t.instrument, kinds) for t in structure.tranches], dtype=bool)


def tranche_amounts(terms: Cases, structure: FundingStructure, headline: FloatArray) -> FloatArray:
    """Return what is drawn of each tranche [USD], shape (cases or 1, tranches)."""
    columns = [terms.number(f"tranches.{t.name}.share") for t in structure.tranches]
    shares = np.stack(np.broadcast_arrays(*columns), axis=1)
    if terms.is_varied("cash_share"):
        shares = rebalanced(shares, cash_classes(structure), terms.number("cash_share"))
    used = headline * terms.number("utilisation_share")
    return shares * used[:, np.newaxis]


def cash_classes(structure: FundingStructure) -> BoolArray:
    """Return which tranches are cash; refuse a structure that has only cash or none."""
    cash = members(structure, Equity)
    if cash.all() or not cash.any():
        missing = "a loan, guarantee or private tranche" if cash.all() else "an equity tranche"
        raise InputError(
            f"cash_share cannot be set: structure {structure.name!r} lacks {missing}; "
            "add one, its share may be 0"
        )
    return cash


def draws(
    terms: Cases,
    structure: FundingStructure,
    headline: FloatArray,
    economy: Cases,
    timeline: Timeline,
    extra: int,
) -> Draws:
    """Return what is drawn and when, with ``extra`` periods after the last draw."""
    amounts = tranche_amounts(terms, structure, headline)
    paces: dict[int, FloatArray] = {}
    together = np.array([tranche.drawdown is None for tranche in structure.tranches])
    if together.any():
        counted = _sum_of(amounts, together & members(structure, *PAID_IN_INSTRUMENTS))
        shared = pace(terms, structure, structure.drawdown, counted, economy, timeline)
        paces = _allocated(terms, structure, amounts, together, shared)
    payments: dict[int, tuple[FloatArray, FloatArray, FloatArray]] = {}
    found = []
    for index, tranche in enumerate(structure.tranches):
        view, drawdown = terms, structure.drawdown
        if tranche.drawdown is not None:
            view, drawdown = terms.at(f"tranches.{tranche.name}"), tranche.drawdown
            paces[index] = pace(view, tranche, drawdown, amounts[:, index], economy, timeline)
        drawn = paces[index]
        if id(drawn) not in payments:
            payments[id(drawn)] = after_missed_calls(view, drawdown, drawn, timeline)
        found.append(payments[id(drawn)])
    return _together(amounts, found, extra)


def _allocated(
    terms: Cases,
    structure: FundingStructure,
    amounts: FloatArray,
    together: BoolArray,
    shared: FloatArray,
) -> dict[int, FloatArray]:
    """Return the pace of each tranche under the structure's drawdown: one, or one by priority."""
    tranches = np.flatnonzero(together).tolist()
    if structure.drawdown.allocation == "pro_rata" or terms.is_varied("draw_years"):
        return dict.fromkeys(tranches, shared)
    counted = np.flatnonzero(together & members(structure, *PAID_IN_INSTRUMENTS)).tolist()
    whole = _sum_of(amounts, together & members(structure, *PAID_IN_INSTRUMENTS))
    places = {index: _priority(terms, structure, index) for index in counted}
    shares = {i: amounts[:, i] / np.where(whole > 0.0, whole, 1.0) for i in counted}
    paces = dict.fromkeys(tranches, shared)
    for index in counted:
        first, own, later = (np.zeros(1) for _ in range(3))
        for other in counted:
            apart = places[other] - places[index]
            first = first + np.where(apart < 0.0, shares[other], 0.0)
            own = own + np.where(apart == 0.0, shares[other], 0.0)
            later = later + np.where(apart > 0.0, shares[other], 0.0)
        one_rank = (first + later == 0.0)[:, np.newaxis]
        filled = np.where(one_rank, shared, filled_in_order(shared, own, later))
        paces[index] = np.asfortranarray(filled)
    return paces


def _priority(terms: Cases, structure: FundingStructure, index: int) -> FloatArray:
    path = f"tranches.{structure.tranches[index].name}.priority"
    return terms.number(path) if terms.given(path) else np.zeros(1)


def _together(
    amounts: FloatArray, found: list[tuple[FloatArray, FloatArray, FloatArray]], extra: int
) -> Draws:
    """Return the draws of all tranches over the periods of the longest, and ``extra`` more."""
    periods = max(timing.shape[1] for timing, _, _ in found) + extra
    longer: dict[int, FloatArray] = {}
    withheld = np.zeros((1, periods))
    for timing, unpaid, _ in found:
        if id(timing) not in longer:
            longer[id(timing)] = _longer(timing, periods, 0.0)
            if unpaid.any():  # what is never made good stays unpaid
                withheld = np.maximum(withheld, _longer(unpaid, periods, unpaid[:, -1:]))
    timings = tuple(longer[id(timing)] for timing, _, _ in found)
    return Draws(
        amounts, timings, tuple(share for _, _, share in found), np.asfortranarray(withheld)
    )


def _longer(table: FloatArray, periods: int, rest: FloatArray | float) -> FloatArray:
    """Return a table over more periods, filled up with ``rest``."""
    longer = period_array(table.shape[0], periods)
    longer[:, : table.shape[1]] = table
    longer[:, table.shape[1] :] = rest
    return longer
