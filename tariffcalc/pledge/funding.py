"""Where the dollars come from: sources in order, each with its capacity and its cost."""

from __future__ import annotations

from typing import Literal

import numpy as np

from tariffcalc.models import Growth, Model, Money, Years, number
from tariffcalc.numeric.arrays import FloatArray

__all__ = ["FX_MARKET_SOURCES", "FundingSource", "allocate"]

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


def allocate(outlays: FloatArray, capacities: list[FloatArray | None]) -> list[FloatArray]:
    """Return what each source gives in each period, shape (cases, periods) each.

    ``capacities`` are per period, shape (1,) or (cases,); None takes all that is left.
    """
    left, given = outlays, []
    for capacity in capacities:
        taken = left if capacity is None else np.minimum(left, capacity[:, np.newaxis])
        given.append(np.asfortranarray(taken))
        left = left - taken
    return given
