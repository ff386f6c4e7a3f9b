"""What may hold a drawdown back besides its cap: named years, a request, a call not paid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field

from tariffcalc.models import Count, Model, Money, Named, Share, Years, number

__all__ = ["FundingRequest", "MissedCall", "YearlyCap", "YearlyCaps"]


class YearlyCap(Model):
    """The cap of one calendar year, in place of the usual one.

    Parameters
    ----------
    name
        The calendar year, as text: it is the key in paths and tables.
    cap_usd
        Most that is drawn in that year [USD]; 0 keeps the year free of draws.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> slow = tc.Drawdown.capped(20e9, yearly_caps={2026: 5e9})
    >>> slow.yearly_caps
    (YearlyCap('2026'),)
    """

    name: Annotated[str, Field(pattern=r"^[12][0-9]{3}$")]
    cap_usd: Money = number("USD", "most that is drawn in that calendar year")


def read_yearly_caps(value: object) -> object:
    """Turn caps by calendar year, a mapping or pairs of year and amount, into rows."""
    pairs = list(value.items()) if isinstance(value, Mapping) else value
    if not isinstance(pairs, list | tuple):
        return value
    rows = [row for row in pairs if isinstance(row, list | tuple) and len(row) == 2]
    if len(rows) < len(pairs) or any(isinstance(cap, Mapping) for _, cap in rows):
        return value
    return [{"name": str(year), "cap_usd": cap} for year, cap in rows]


# Caps by calendar year, written as a table keyed by year: ``{2026 = {cap_usd = 5e9}}``.
YearlyCaps = Annotated[Named[YearlyCap], BeforeValidator(read_yearly_caps)]


class FundingRequest(Model):
    """A request to pay later, made where a year's draws exceed the capacity of the FX market.

    Parameters
    ----------
    slip_years
        Years by which the excess over ``economy.fx_capacity_usd`` slips.
    acceptance
        Share of the excess that slips: 1 where each request is granted, 0 where none is.

    Notes
    -----
    Of the draws d_y of a calendar year the part p·max(0, d_y − capacity) is asked for again in
    year y + k, where it meets the same caps and the same rule. At 0 and 1 these are the two
    branches of a request; between them p is the share of each excess that is put off. That is the
    expected path of a request granted with probability p as long as what slips meets no second
    excess, and an approximation from there on.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.FundingRequest(slip_years=1, acceptance=0.5)
    FundingRequest(slip_years=1, acceptance=0.5)
    """

    slip_years: Years = number("years", "years by which the excess slips")
    acceptance: Share = number("share of the excess", "share of the excess that slips", default=1.0)


class MissedCall(Model):
    """Calls of one calendar year that are not paid in time.

    Parameters
    ----------
    year
        The calendar year of the calls; one without draws misses nothing.
    share
        Share of the year's draws that is not paid.
    late_years
        Years after which they are made good; none means never.

    Notes
    -----
    What is made good is paid on top of the draws of its year: it was within the cap of its own.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.MissedCall(year=2027, share=1.0, late_years=2)
    MissedCall(year=2027, share=1.0, late_years=2)
    """

    year: Count = number("calendar year", "year whose calls are not paid in time", ge=1, le=9999)
    share: Share = number("share of the year's draws", "share that is not paid in time")
    late_years: Count | None = number("years", "years until it is made good", default=None, le=100)
