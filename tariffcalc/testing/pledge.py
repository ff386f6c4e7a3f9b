"""Strategies for pledges, funding structures and their parts, and what their flows must satisfy."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from tariffcalc.economy import Economy
from tariffcalc.pledge.drawdown import Drawdown
from tariffcalc.pledge.funding import SOURCES, FundingSource
from tariffcalc.pledge.limits import FundingRequest
from tariffcalc.pledge.structure import FundingStructure, Pledge, PledgePart, Tranche
from tariffcalc.testing.instruments import KINDS, instruments, rate_curves
from tariffcalc.testing.values import PARTS_OF_ONE
from tariffcalc.testing.values import amounts as _amounts
from tariffcalc.testing.values import rates as _rates
from tariffcalc.testing.values import shares as _shares
from tariffcalc.testing.values import shares_of_one as _shares_of_one
from tariffcalc.testing.waterfalls import DAA_KINDS, projects, waterfalls
from tariffcalc.valuation import TIMINGS, Valuation

__all__ = [
    "assert_cash_conserved",
    "assert_same_flows",
    "drawdowns",
    "economies",
    "funding_sources",
    "funding_structures",
    "pledges",
    "tranches",
    "valuations",
]

DRAWDOWN_KINDS = ("upfront", "level", "capped", "calls", "milestones")
# Years and share of requests that leave all drawn within a century, however small the capacity.
REQUESTS = ((1, 0.0), (1, 0.125), (2, 0.125), (1, 0.25))
FIRST_YEAR = 2026


@st.composite
def drawdowns(
    draw: st.DrawFn,
    *,
    kinds: Sequence[str] = DRAWDOWN_KINDS,
    headline_usd: float = 350e9,
    first_year: int = FIRST_YEAR,
    limits: bool = False,
) -> Drawdown:
    """Draw a drawdown: upfront, level, capped, calls or milestones.

    Parameters
    ----------
    kinds
        Kinds to choose from.
    headline_usd
        Amount that a cap is set against [USD]: it takes at most 40 years to pay it in.
    first_year
        First calendar year of a call or a notice.
    limits
        Whether caps, a first draw, a request to pay later and an order of tranches may hold it
        back; calls that are missed are not drawn.

    Returns
    -------
    SearchStrategy
        Of :class:`tariffcalc.Drawdown`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import drawdowns
    >>> @given(drawdowns(kinds=["level"]))
    ... def years_are_given(drawdown):
    ...     assert drawdown.years >= 1
    >>> years_are_given()
    """
    kind = draw(st.sampled_from(list(kinds)))
    terms: dict[str, Any] = {}
    if limits and draw(st.booleans()):
        terms = draw(_limits(kind, headline_usd, first_year))
    if kind == "upfront":
        return Drawdown.upfront(**terms)
    if kind == "level":
        return Drawdown.level(draw(st.integers(1, 30)), **terms)
    if kind == "capped":
        return Drawdown.capped(draw(_caps(headline_usd, 40)), **terms)
    if kind == "calls":
        days: st.SearchStrategy[Any] = st.integers(first_year, first_year + 20)
    else:
        days = st.dates(dt.date(first_year, 1, 1), dt.date(first_year + 20, 12, 31))
    when = draw(st.lists(days, min_size=1, max_size=6, unique=True))
    shares = dict(zip(when, draw(_shares_of_one(len(when))), strict=True))
    if kind == "calls":
        return Drawdown.calls(shares, **terms)
    return Drawdown.milestones(shares, notice_business_days=draw(st.integers(0, 90)), **terms)


def _caps(headline_usd: float, most_years: int) -> st.SearchStrategy[float]:
    """Caps that let a headline be drawn in some years; up to twice the headline."""
    parts = st.integers(PARTS_OF_ONE // most_years + 1, 2 * PARTS_OF_ONE)
    return parts.map(lambda n: n / PARTS_OF_ONE * headline_usd)


@st.composite
def _limits(draw: st.DrawFn, kind: str, headline_usd: float, first_year: int) -> dict[str, Any]:
    """Terms that hold a drawdown back."""
    terms: dict[str, Any] = {"allocation": draw(st.sampled_from(("pro_rata", "priority")))}
    if kind not in ("upfront", "capped") and draw(st.booleans()):
        terms["annual_cap_usd"] = draw(_caps(headline_usd, 20))
    slow = st.tuples(st.integers(first_year, first_year + 5), _shares())
    named = draw(st.lists(slow, max_size=3, unique_by=lambda pair: pair[0]))
    terms["yearly_caps"] = {year: share * headline_usd for year, share in named}
    if kind == "capped" or "annual_cap_usd" in terms:
        terms["carry_over"] = draw(st.booleans())
    first = st.dates(dt.date(first_year - 1, 1, 1), dt.date(first_year + 4, 12, 31))
    terms["first_draw"] = draw(st.none() | first)
    terms["commitment_end"] = draw(st.none() | st.just(dt.date(first_year + 30, 1, 19)))
    request = draw(st.none() | st.sampled_from(REQUESTS))
    if request is not None:
        terms["request"] = FundingRequest(slip_years=request[0], acceptance=request[1])
    return terms


@st.composite
def tranches(
    draw: st.DrawFn,
    *,
    kinds: Sequence[str] = KINDS,
    most: int = 4,
    parts: Sequence[str] = (),
    own_drawdowns: st.SearchStrategy[Drawdown | None] | None = None,
) -> tuple[Tranche, ...]:
    """Draw the tranches of a structure: different names, shares that add up to 1 to the bit.

    Parameters
    ----------
    kinds
        Kinds of instrument to choose from.
    most
        Most tranches.
    parts
        Names of the parts of the pledge that a tranche may belong to.
    own_drawdowns
        Drawdowns that a tranche may have of its own; with them it may have a priority too.

    Returns
    -------
    SearchStrategy
        Of tuples of :class:`tariffcalc.Tranche`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import tranches
    >>> @given(tranches(most=3))
    ... def nothing_is_left_over(some):
    ...     assert sum(tranche.share for tranche in some) == 1.0
    >>> nothing_is_left_over()
    """
    shares = draw(_shares_of_one(draw(st.integers(1, most))))
    return tuple(
        Tranche(
            name=f"tranche-{place}",
            instrument=draw(instruments(kinds=kinds)),
            share=share,
            part=draw(st.sampled_from([None, *parts])),
            drawdown=None if own_drawdowns is None else draw(own_drawdowns),
            priority=None if own_drawdowns is None else draw(st.none() | st.integers(0, 2)),
        )
        for place, share in enumerate(shares)
    )


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
                "capacity_usd": draw(_amounts(0)) if place < last else None,
                **draw(_costs(curves)),
                "tenor_years": draw(st.integers(1, 20)),
            }
        )
        for place, name in enumerate(chosen)
    )


def _costs(curves: Sequence[str]) -> st.SearchStrategy[dict[str, object]]:
    """Draw how a source says its cost: not at all, as a rate, or as a spread above a curve."""
    flat: dict[str, st.SearchStrategy[object]] = {"cost_rate": st.none() | _rates(-0.01, 0.15)}
    if not curves:
        return st.fixed_dictionaries(flat)
    spreads = {"curve": st.sampled_from(list(curves)), "spread": st.none() | _rates(0.0, 0.05)}
    return st.fixed_dictionaries(flat) | st.fixed_dictionaries(spreads)


@st.composite
def funding_structures(
    draw: st.DrawFn,
    *,
    name: str = "terms",
    kinds: Sequence[str] = KINDS,
    drawdown_kinds: Sequence[str] = DRAWDOWN_KINDS,
    daa: Sequence[str] = DAA_KINDS,
    parts: Sequence[str] = (),
    first_year: int = FIRST_YEAR,
    curves: Sequence[str] = (),
    limits: bool = True,
) -> FundingStructure:
    """Draw one complete set of terms.

    Parameters
    ----------
    name
        Name of the structure.
    kinds, drawdown_kinds, daa
        Instruments, drawdowns and waterfalls to choose from.
    parts
        Names of the parts of the pledge that a tranche may belong to.
    first_year
        First calendar year of a call: the year of the base date.
    curves
        Names of curves that a deemed rate may float on, and a source of dollars take its cost from.
    limits
        Whether drawdowns may be held back, and tranches have a drawdown of their own.

    Returns
    -------
    SearchStrategy
        Of :class:`tariffcalc.FundingStructure`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import funding_structures
    >>> @given(funding_structures(kinds=["loan"]))
    ... def no_cash_without_equity(structure):
    ...     assert structure.cash_share == 0
    >>> no_cash_without_equity()
    """
    some = drawdowns(kinds=drawdown_kinds, headline_usd=3e12, first_year=first_year, limits=limits)
    own = st.none() | st.none() | some if limits else None
    return FundingStructure.from_tree(
        {
            "name": name,
            "headline_usd": draw(st.none() | _amounts()),
            "utilisation_share": draw(st.just(1.0) | _shares()),
            "tranches": draw(tranches(kinds=kinds, parts=parts, own_drawdowns=own)),
            "drawdown": draw(some),
            "waterfall": draw(waterfalls(daa=daa, curves=curves)),
            "project_irr": draw(_rates(-0.05, 0.25)),
            "construction_years": draw(st.integers(0, 8)),
            "life_years": draw(st.integers(1, 40)),
            "projects": draw(projects()),
            "funding": draw(funding_sources(curves=curves)),
        }
    )


@st.composite
def pledges(
    draw: st.DrawFn,
    *,
    most_structures: int = 2,
    first_year: int = FIRST_YEAR,
    curves: Sequence[str] = (),
) -> Pledge:
    """Draw a pledge with its structures, and with parts that add up to its headline or none.

    Parameters
    ----------
    most_structures
        Most structures.
    first_year
        First calendar year of a call: the year of the base date.
    curves
        Names of curves that a deemed rate may float on.

    Returns
    -------
    SearchStrategy
        Of :class:`tariffcalc.Pledge`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import pledges
    >>> @given(pledges(most_structures=1))
    ... def a_structure_is_found_by_name(pledge):
    ...     assert pledge.structure("terms-0") is pledge.structures[0]
    >>> a_structure_is_found_by_name()
    """
    amounts = draw(st.lists(_amounts(), min_size=1, max_size=3))
    parts = [PledgePart(name=f"part-{n}", amount_usd=usd) for n, usd in enumerate(amounts)]
    named = parts if draw(st.booleans()) else []
    names = [part.name for part in named]
    return Pledge(
        headline_usd=sum(amounts),
        payer="KOR",
        host="USA",
        parts=tuple(named),
        structures=tuple(
            draw(
                funding_structures(
                    name=f"terms-{place}", parts=names, first_year=first_year, curves=curves
                )
            )
            for place in range(draw(st.integers(1, most_structures)))
        ),
    )


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
        "reserves_usd": _amounts(),
        "fx_capacity_usd": _amounts(),
        "reserves_return_rate": _rates(-0.05, 0.1),
        "gdp_usd": _amounts(),
        "gdp_growth_rate": _rates(-0.05, 0.1),
        "government_debt_share": _rates(0.0, 2.0),
    }
    drawn: dict[str, object] = {
        name: draw(values if complete else st.none() | values) for name, values in numbers.items()
    }
    rates: dict[str, st.SearchStrategy[object]] = {
        "krw_rate": _rates(-0.01, 0.15),
        "basis_rate": _rates(-0.01, 0.02),
    }
    rates |= (
        {"usd_rate": _rates(0.0, 0.15)} if draw(st.booleans()) else {"usd_curve": st.just("base")}
    )
    if complete or path == "forward":
        drawn |= {name: draw(values) for name, values in rates.items()}
    if path == "drift":
        drawn["exchange_drift_rate"] = draw(_rates(-0.1, 0.1))
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
    flat = {"discount_rate": draw(_rates(-0.02, 0.2))}
    named = st.sampled_from(list(curves)) if curves else st.none()
    by_curve = draw(st.booleans()) if curves else False
    risk = draw(st.sampled_from((None, "risk_adjusted_rate", "risk_premium")))
    return Valuation.from_tree(
        {
            "base_date": dt.date(first_year, 1, 1),
            **({"discount_curve": draw(named)} if by_curve else flat),
            **({} if risk is None else {risk: draw(_rates(0.0, 0.1))}),
            "budget_curve": draw(st.none() | named),
            "timing": draw(st.sampled_from(list(timings))),
            "frequency": draw(st.sampled_from(list(frequencies))),
        }
    )


def assert_cash_conserved(table: pd.DataFrame) -> None:
    """Assert that a table of payments loses no dollar.

    Every row is a payment above 0 from one party to another, and the project vehicle pays out in
    each period what it takes in, to 8 roundings of its largest payment for each of its rows.

    Parameters
    ----------
    table
        Columns ``period``, ``payer``, ``payee``, ``amount_usd``, as from
        :func:`tariffcalc.cash_flows` or :func:`tariffcalc.ledger`.

    Raises
    ------
    AssertionError
        With the rows, or the period and what the vehicle keeps in it.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> from tariffcalc.testing import assert_cash_conserved
    >>> assert_cash_conserved(tc.ledger(tc.load_scenario("korea-us"), "japan-terms"))
    """
    wrong = table[~(table["amount_usd"] > 0.0) | (table["payer"] == table["payee"])]
    if not wrong.empty:
        raise AssertionError(f"not payments from one party to another:\n{wrong.to_string()}")
    takes_in, pays_out = table["payee"] == "project_spv", table["payer"] == "project_spv"
    vehicle = table[takes_in | pays_out]
    signed = vehicle["amount_usd"].where(takes_in, -vehicle["amount_usd"])
    for period, amounts in signed.groupby(vehicle["period"]):
        kept = math.fsum(amounts)
        allowed = 8 * len(amounts) * math.ulp(amounts.abs().max())
        if abs(kept) > allowed:
            raise AssertionError(f"in {period} the project vehicle keeps {kept!r} USD")


def assert_same_flows(
    found: pd.DataFrame, expected: Mapping[tuple[str, int], float], *, tolerance_usd: float = 0.0
) -> None:
    """Assert that a table of payments has these amounts by account and period, and no others.

    Parameters
    ----------
    found
        Columns ``flow``, ``period``, ``amount_usd``, as from :func:`tariffcalc.cash_flows`.
    expected
        Amounts [USD] by account and calendar year; a missing one is 0.
    tolerance_usd
        Largest difference of an amount [USD].

    Raises
    ------
    AssertionError
        With the account, the period and both amounts of the first difference.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> from tariffcalc.testing import assert_same_flows
    >>> s = tc.load_scenario("korea-us")
    >>> table = tc.cash_flows(
    ...     s.pledge.structure("upfront-cash"), s.pledge, s.economy, s.valuation)
    >>> assert_same_flows(table.head(1), {("capital_call", 2026): 350e9})
    """
    keys = list(zip(found["flow"], found["period"], strict=True))
    amounts = dict(zip(keys, found["amount_usd"], strict=True))
    if len(amounts) != len(keys):
        raise AssertionError("an account is booked twice in a period")
    for account, period in sorted({*amounts, *expected}):
        got, due = (float(side.get((account, period), 0.0)) for side in (amounts, expected))
        if not abs(got - due) <= tolerance_usd:
            raise AssertionError(f"{account} of {period}: found {got!r}, expected {due!r}")
