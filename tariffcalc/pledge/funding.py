"""Where the dollars come from: sources in order, each with its capacity and its cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from tariffcalc.curves import forward_par_rates
from tariffcalc.models import Growth, Model, Money, Name, Number, Years, number
from tariffcalc.numeric.arrays import FloatArray, period_array
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.cohorts import running
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.accounts import PAID_IN, add, total

__all__ = [
    "FX_MARKET_SOURCES",
    "SOURCES",
    "Borrowing",
    "FundingSource",
    "allocate",
    "book_funding",
    "borrowing",
    "market_need",
    "source_cost",
]

SourceName = Literal[
    "reserve_income", "foreign_bonds", "swap_line", "policy_banks", "market_purchases"
]
SOURCES = ("reserve_income", "foreign_bonds", "swap_line", "policy_banks", "market_purchases")
FX_MARKET_SOURCES = ("reserve_income", "market_purchases")


class FundingSource(Model):
    """One source of dollars; sources are used in the order in which a structure names them.

    Parameters
    ----------
    name
        ``"reserve_income"`` and ``"market_purchases"`` use the capacity of the payer's FX market;
        ``"foreign_bonds"``, ``"swap_line"`` and ``"policy_banks"`` raise dollars abroad.
    capacity_usd
        Most that a calendar year can take from it [USD per year]; none for the last source.
    cost_rate
        Interest [fraction per year]; with neither it nor a curve it is the discount rate, and
        funding adds nothing.
    curve, spread
        In place of ``cost_rate`` a named curve of the economy and what is paid above it [fraction
        per year]. What is raised in a period has for its whole tenor the rate at which the curve
        of the base date prices a bond of that period and tenor at par, and the spread.
    tenor_years
        Years after which what was raised is repaid.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.FundingSource(name="swap_line", cost_rate=0.0443, tenor_years=10)
    FundingSource('swap_line')
    """

    name: SourceName
    capacity_usd: Money | None = number("USD per year", "most taken in a year", default=None)
    cost_rate: Growth | None = number("fraction per year", "interest on it", default=None)
    curve: Name | None = None
    spread: Number | None = number("fraction per year", "paid above the curve", default=None)
    tenor_years: Years = number("years", "years until repaid", default=10)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_cost(self)
        return self


def check_cost(source: FundingSource) -> None:
    """Refuse a cost that is given twice, and a spread above no curve."""
    if source.curve is not None and source.cost_rate is not None:
        raise ValueError("cost_rate and curve: give one of the two")
    if source.spread is not None and source.curve is None:
        raise ValueError("spread: a curve is needed for it to be paid above; name one")


def check_order(sources: tuple[FundingSource, ...]) -> tuple[FundingSource, ...]:
    """Refuse sources that leave a dollar unfunded, or that come after one without limit."""
    open_ended = [source.name for source in sources if source.capacity_usd is None]
    if sources and (len(open_ended) != 1 or sources[-1].capacity_usd is not None):
        raise ValueError(
            "the last source, and no other, has no capacity_usd, so that every dollar is funded; "
            f"given without one: {', '.join(open_ended) or 'none'}"
        )
    return sources


def allocate(
    outlays: FloatArray, capacities: list[FloatArray | None], per_year: int = 1
) -> list[FloatArray]:
    """Return what each source gives in each period, shape (cases, periods) each.

    ``capacities`` are per calendar year, shape (1,) or (cases,); None takes all that is left.
    """
    left, given = outlays, []
    for capacity in capacities:
        taken = left if capacity is None else _capped(left, capacity, per_year)
        given.append(np.asfortranarray(taken))
        left = left - taken
    return given


def _capped(wanted: FloatArray, capacity: FloatArray, per_year: int) -> FloatArray:
    """Return what a capacity per calendar year lets be taken, as early in the year as wanted."""
    if per_year == 1:
        return np.minimum(wanted, capacity[:, np.newaxis])
    taken = period_array(max(wanted.shape[0], capacity.shape[0]), wanted.shape[1])
    for period in range(wanted.shape[1]):
        if period % per_year == 0:
            left = capacity
        taken[:, period] = np.minimum(wanted[:, period], left)
        left = left - taken[:, period]
    return taken


@dataclass(frozen=True, slots=True, eq=False)
class Borrowing:
    """What is raised, owed, paid and repaid by period, shape (cases or 1, periods) each.

    It is raised at the start of a period and owed in it; interest and principal fall at its end.
    """

    raised: FloatArray
    owed: FloatArray
    interest: FloatArray
    repaid: FloatArray


def borrowing(raised: FloatArray, cost: FloatArray, tenor: FloatArray) -> Borrowing:
    """Return the service of what is raised.

    ``cost`` is the rate per period of what is raised in each period, shape (cases or 1, periods or
    1), ``tenor`` the periods until it is repaid, shape (cases or 1,).
    """
    now, one = np.zeros(1), np.ones(1)
    return Borrowing(
        raised,
        running(raised, now, tenor),
        running(np.asfortranarray(raised * cost), now, tenor),
        running(raised, tenor - 1.0, one),
    )


def source_cost(
    source: Cases, economy: Cases, periods: int, timeline: Timeline
) -> FloatArray | None:
    """Return a source's rate per period by the period it is raised in; None where none is named.

    The shape is (cases or 1, periods or 1).
    """
    if source.given("cost_rate"):
        return timeline.rate(source.number("cost_rate"))[:, np.newaxis]
    if not source.given("curve"):
        return None
    tenor = timeline.periods(source.number("tenor_years"))
    par = forward_par_rates(economy, source.text("curve", ""), periods, tenor, timeline)
    if not source.given("spread"):
        return par
    return timeline.rate(timeline.yearly(par) + source.number("spread")[:, np.newaxis])


def book_funding(
    terms: Cases,
    sources: tuple[FundingSource, ...],
    economy: Cases,
    timeline: Timeline,
    amounts: dict[str, FloatArray],
) -> dict[str, FloatArray]:
    """Book what is borrowed for the calls and its service; return what each source gives."""
    outlays = total(amounts, PAID_IN)
    if not sources:
        return {"market_purchases": outlays}
    views = [terms.at(f"funding.{source.name}") for source in sources]
    capacities = [v.number("capacity_usd") if v.given("capacity_usd") else None for v in views]
    given = allocate(outlays, capacities, timeline.per_year)
    for view, raised in zip(views, given, strict=True):
        cost = source_cost(view, economy, raised.shape[1], timeline)
        if cost is not None:
            debt = borrowing(raised, cost, timeline.periods(view.number("tenor_years")))
            add(amounts, "funding", debt.raised)
            add(amounts, "funding_interest", debt.interest)
            add(amounts, "funding_repayment", debt.repaid)
    return {source.name: raised for source, raised in zip(sources, given, strict=True)}


def market_need(given: dict[str, FloatArray]) -> FloatArray:
    """Return the dollars taken from the payer's FX market, shape (cases or 1, periods)."""
    return total(given, FX_MARKET_SOURCES)
