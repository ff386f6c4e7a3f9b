"""Where the dollars come from: sources in order, each with its capacity and its cost."""

from __future__ import annotations

from typing import Literal

import numpy as np

from tariffcalc.models import Growth, Model, Money, Years, number
from tariffcalc.numeric.arrays import FloatArray, period_array
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.cohorts import level_profile, pay_by_age
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.accounts import PAID_IN, add, total

__all__ = ["FX_MARKET_SOURCES", "FundingSource", "allocate", "book_funding"]

SourceName = Literal[
    "reserve_income", "foreign_bonds", "swap_line", "policy_banks", "market_purchases"
]
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
        Interest [fraction per year]; none means the discount rate: funding adds nothing.
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
    tenor_years: Years = number("years", "years until repaid", default=10)


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


def book_funding(
    terms: Cases,
    sources: tuple[FundingSource, ...],
    timeline: Timeline,
    amounts: dict[str, FloatArray],
) -> FloatArray:
    """Book what is borrowed for the calls and its service; return the need on the FX market."""
    outlays = total(amounts, PAID_IN)
    if not sources:
        return outlays
    capacities = [
        terms.number(f"funding.{s.name}.capacity_usd") if s.capacity_usd is not None else None
        for s in sources
    ]
    fx_need = np.zeros((1, 1))
    for source, raised in zip(
        sources, allocate(outlays, capacities, timeline.per_year), strict=True
    ):
        if source.name in FX_MARKET_SOURCES:
            fx_need = fx_need + raised
        if source.cost_rate is not None:
            cost = timeline.rate(terms.number(f"funding.{source.name}.cost_rate"))
            tenor = timeline.periods(terms.number(f"funding.{source.name}.tenor_years"))
            ages, one = raised.shape[1], np.ones(1)
            interest = level_profile(np.zeros(1), tenor, ages) * cost[:, np.newaxis]
            add(amounts, "funding", raised)
            add(amounts, "funding_interest", pay_by_age(raised, interest))
            repaid = pay_by_age(raised, level_profile(tenor - 1.0, one, ages))
            add(amounts, "funding_repayment", repaid)
    return fx_need
