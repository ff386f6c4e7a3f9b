"""The terms of a structure as arrays, for as many cases as a sweep or a simulation asks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tariffcalc.errors import InputError, first_rows
from tariffcalc.numeric.arrays import BoolArray, FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.drawdown import (
    MOST_YEARS,
    call_shares,
    capped_shares,
    capped_years,
    last_call,
    level_shares,
)
from tariffcalc.pledge.instruments import PAID_IN_INSTRUMENTS, Equity
from tariffcalc.pledge.structure import FundingStructure, rebalanced

__all__ = ["Draws", "draws", "members", "whole_years"]


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """What is drawn: amounts by tranche [USD], shape (cases or 1, tranches), and their timing.

    ``timings`` holds for each tranche the share drawn in each period, shape (cases or 1, periods);
    tranches of one drawdown share one array.
    """

    amounts: FloatArray
    timings: tuple[FloatArray, ...]

    @property
    def periods(self) -> int:
        """Periods from the first draw to the last payment."""
        return int(self.timings[0].shape[1])

    def of(self, chosen: BoolArray) -> FloatArray:
        """Return the draws of some tranches together, shape (cases or 1, periods)."""
        shared: dict[int, BoolArray] = {}
        for tranche in np.flatnonzero(chosen):
            alike = shared.setdefault(id(self.timings[tranche]), np.zeros_like(chosen))
            alike[tranche] = True
        drawn = np.zeros((1, 1))
        for alike in shared.values():
            timing = self.timings[np.flatnonzero(alike)[0]]
            drawn = drawn + self.total(alike)[:, np.newaxis] * timing
        return np.asfortranarray(drawn)

    def total(self, chosen: BoolArray) -> FloatArray:
        """Return what is drawn of some tranches over all periods [USD], shape (cases or 1,)."""
        return _sum_of(self.amounts, chosen)


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


def draw_years(
    terms: Cases, structure: FundingStructure, funded: FloatArray, first_year: int
) -> int:
    """Return the number of periods in which something may be drawn, over all cases."""
    drawdown = structure.drawdown
    if terms.is_varied("draw_years"):
        return whole_years(terms.number("draw_years"), "draw_years")
    if drawdown.kind == "level":
        return whole_years(terms.number("drawdown.years"), "drawdown.years")
    if drawdown.call_shares is not None:
        return last_call(drawdown.call_shares, first_year) + 1
    if drawdown.kind == "upfront":
        return 1
    cap = terms.number("drawdown.annual_cap_usd")
    needed = capped_years(funded, cap).max()
    if needed > MOST_YEARS:
        raise InputError(
            f"{structure.name}: a cap of {cap.min():.4g} USD a year needs {needed:.0f} years; "
            f"at most {MOST_YEARS} are allowed, so raise drawdown.annual_cap_usd"
        )
    return int(needed)


def whole_years(values: FloatArray, name: str) -> int:
    """Return the largest of some numbers of years; refuse what is not whole and at least 1."""
    whole = (values >= 1) & (values <= MOST_YEARS) & (values == np.floor(values))
    if not whole.all():
        raise InputError(
            f"{name}: whole years from 1 to {MOST_YEARS} are needed, "
            f"given {first_rows(values[~whole].tolist(), int((~whole).sum()), 'value')}"
        )
    return int(values.max())


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
    funded = _sum_of(amounts, members(structure, *PAID_IN_INSTRUMENTS))
    drawdown = structure.drawdown
    first_year = timeline.first_year
    periods = draw_years(terms, structure, funded, first_year) + extra
    if terms.is_varied("draw_years"):
        timing = level_shares(terms.number("draw_years"), periods)
    elif drawdown.call_shares is not None:
        timing = call_shares(drawdown.call_shares, first_year, periods)
    elif drawdown.kind == "capped":
        timing = capped_shares(funded, terms.number("drawdown.annual_cap_usd"), periods)
    elif drawdown.kind == "level":
        timing = level_shares(terms.number("drawdown.years"), periods)
    else:
        timing = level_shares(np.ones(1), periods)
    return Draws(amounts, (timing,) * len(structure.tranches))
