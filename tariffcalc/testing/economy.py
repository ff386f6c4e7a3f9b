"""Strategies for the payer's economy, its sources of dollars, and valuations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from hypothesis import strategies as st

from tariffcalc.economy import Economy
from tariffcalc.pledge.funding import SOURCES, FundingSource
from tariffcalc.testing.instruments import rate_curves
from tariffcalc.testing.values import FIRST_YEAR, amounts, rates
from tariffcalc.valuation import TIMINGS, Valuation

__all__ = ["economies", "funding_sources", "valuations"]


@st.composite
def funding_sources(
    draw: st.DrawFn, *, names: Sequence[str] = SOURCES, curves: Sequence[str] = ()
) -> tuple[FundingSource, ...]:
    """Draw the sources of a structure in their order: none at all, or a last one without limit.

    Parameters
    ----------
    names
        Names to choose from.
    curves
        Names of curves from which a source may have its cost.

    Returns
    -------
    SearchStrategy
        Of tuples of :class:`tariffcalc.FundingSource`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import funding_sources
    >>> @given(funding_sources())
    ... def nothing_stays_unfunded(sources):
    ...     assert not sources or sources[-1].capacity_usd is None
    >>> nothing_stays_unfunded()
    """
    chosen = draw(st.lists(st.sampled_from(list(names)), max_size=len(names), unique=True))
    last = len(chosen) - 1
    return tuple(
        FundingSource.from_tree(
            {
                "name": name,
                "capacity_usd": draw(amounts(0)) if place < last else None,
                **draw(_costs(curves)),
                "tenor_years": draw(st.integers(1, 20)),
            }
        )
        for place, name in enumerate(chosen)
    )


def _costs(curves: Sequence[str]) -> st.SearchStrategy[dict[str, object]]:
    """Draw how a source says its cost: not at all, as a rate, or as a spread above a curve."""
    flat: dict[str, st.SearchStrategy[object]] = {"cost_rate": st.none() | rates(-0.01, 0.15)}
    if not curves:
        return st.fixed_dictionaries(flat)
    spreads = {"curve": st.sampled_from(list(curves)), "spread": st.none() | rates(0.0, 0.05)}
    return st.fixed_dictionaries(flat) | st.fixed_dictionaries(spreads)


@st.composite
def economies(
    draw: st.DrawFn,
    *,
    exchange_paths: Sequence[str] = ("flat",),
    complete: bool = True,
) -> Economy:
    """Draw the payer's economy, always with a curve ``"base"``.

    Parameters
    ----------
    exchange_paths
        Paths of the exchange rate to choose from.
    complete
        Whether every number is known; if not, some are left out.

    Returns
    -------
    SearchStrategy
        Of :class:`tariffcalc.Economy`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import economies
    >>> @given(economies())
    ... def there_are_reserves(economy):
    ...     assert economy.reserves_usd > 0
    >>> there_are_reserves()
    """
    path = draw(st.sampled_from(list(exchange_paths)))
    numbers = {
        "reserves_usd": amounts(),
        "fx_capacity_usd": amounts(),
        "reserves_return_rate": rates(-0.05, 0.1),
        "gdp_usd": amounts(),
        "gdp_growth_rate": rates(-0.05, 0.1),
        "government_debt_share": rates(0.0, 2.0),
    }
    drawn: dict[str, object] = {
        name: draw(values if complete else st.none() | values) for name, values in numbers.items()
    }
    parity: dict[str, st.SearchStrategy[object]] = {
        "krw_rate": rates(-0.01, 0.15),
        "basis_rate": rates(-0.01, 0.02),
    }
    parity |= (
        {"usd_rate": rates(0.0, 0.15)} if draw(st.booleans()) else {"usd_curve": st.just("base")}
    )
    if complete or path == "forward":
        drawn |= {name: draw(values) for name, values in parity.items()}
    if path == "drift":
        drawn["exchange_drift_rate"] = draw(rates(-0.1, 0.1))
    return Economy.from_tree(
        {
            **drawn,
            "krw_per_usd": draw(st.integers(1, 10**7)) / 1000,
            "exchange_path": path,
            "curves": (draw(rate_curves()),),
        }
    )


@st.composite
def valuations(
    draw: st.DrawFn,
    *,
    timings: Sequence[str] = tuple(TIMINGS),
    first_year: int = FIRST_YEAR,
    frequencies: Sequence[str] = ("Y",),
    curves: Sequence[str] = (),
) -> Valuation:
    """Draw a valuation: a discount rate that may be 0 or below, or a curve; timing; frequency.

    Parameters
    ----------
    timings, frequencies
        Timings and frequencies to choose from.
    first_year
        Year of the base date.
    curves
        Names of curves that may discount in place of a rate, and may score the budget.

    Returns
    -------
    SearchStrategy
        Of :class:`tariffcalc.Valuation`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import valuations
    >>> @given(valuations(timings=["all_end"]))
    ... def the_timing_is_as_asked(valuation):
    ...     assert valuation.timing == "all_end"
    >>> the_timing_is_as_asked()
    """
    flat = {"discount_rate": draw(rates(-0.02, 0.2))}
    named = st.sampled_from(list(curves)) if curves else st.none()
    by_curve = draw(st.booleans()) if curves else False
    risk = draw(st.sampled_from((None, "risk_adjusted_rate", "risk_premium")))
    return Valuation.from_tree(
        {
            "base_date": dt.date(first_year, 1, 1),
            **({"discount_curve": draw(named)} if by_curve else flat),
            **({} if risk is None else {risk: draw(rates(0.0, 0.1))}),
            "budget_curve": draw(st.none() | named),
            "timing": draw(st.sampled_from(list(timings))),
            "frequency": draw(st.sampled_from(list(frequencies))),
        }
    )
