"""Strategies for drawdowns: what is asked for when, and what holds it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from tariffcalc.pledge.drawdown import Drawdown
from tariffcalc.pledge.limits import FundingRequest
from tariffcalc.testing.values import FIRST_YEAR, PARTS_OF_ONE, shares, shares_of_one

__all__ = ["DRAWDOWN_KINDS", "drawdowns"]

DRAWDOWN_KINDS = ("upfront", "level", "capped", "calls", "milestones")
# Years and share of requests that leave all drawn within a century, however small the capacity.
REQUESTS = ((1, 0.0), (1, 0.125), (2, 0.125), (1, 0.25))


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
    called = dict(zip(when, draw(shares_of_one(len(when))), strict=True))
    if kind == "calls":
        return Drawdown.calls(called, **terms)
    return Drawdown.milestones(called, notice_business_days=draw(st.integers(0, 90)), **terms)


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
    slow = st.tuples(st.integers(first_year, first_year + 5), shares())
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
