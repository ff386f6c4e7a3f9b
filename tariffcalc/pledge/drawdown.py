"""When a pledge is paid in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from tariffcalc.errors import InputError
from tariffcalc.models import Count, Model, Money, Number, number
from tariffcalc.numeric.arrays import FloatArray, period_array

__all__ = ["Drawdown", "call_shares", "capped_shares", "capped_years", "last_call", "level_shares"]

MOST_YEARS = 100
ROUNDING = 1e-12


class Drawdown(Model):
    """When a pledge is paid in; build it with one of the four class methods.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Drawdown.level(3)
    Drawdown(kind='level', years=3)
    >>> tc.Drawdown.capped(20e9)
    Drawdown(kind='capped', annual_cap_usd=20000000000.0)
    """

    kind: Literal["upfront", "level", "capped", "calls"]
    years: Count | None = number(
        "years", "number of equal yearly draws", default=None, ge=1, le=MOST_YEARS
    )
    annual_cap_usd: Money | None = number(
        "USD per calendar year", "most that is drawn in a calendar year", default=None, gt=0
    )
    call_shares: tuple[tuple[Count, Number], ...] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_terms(self)
        return self

    @classmethod
    def upfront(cls) -> Drawdown:
        """All at the start of the first period.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> tc.Drawdown.upfront()
        Drawdown(kind='upfront')
        """
        return cls(kind="upfront")

    @classmethod
    def level(cls, years: int) -> Drawdown:
        """Equal parts at the start of each of ``years`` years.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> tc.Drawdown.level(10).years
        10
        """
        return cls(kind="level", years=years)

    @classmethod
    def capped(cls, annual_cap_usd: float) -> Drawdown:
        """As early as a cap per calendar year [USD] on the money paid in allows.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> tc.Drawdown.capped(17.5e9).annual_cap_usd
        17500000000.0
        """
        return cls(kind="capped", annual_cap_usd=annual_cap_usd)

    @classmethod
    def calls(cls, shares: Mapping[int, float]) -> Drawdown:
        """Named shares of the pledge in named calendar years; the shares add up to 1.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> tc.Drawdown.calls({2026: 0.1, 2027: 0.4, 2028: 0.5}).kind
        'calls'
        """
        if not isinstance(shares, Mapping):
            raise InputError(
                f"call_shares: a mapping from calendar year to share is needed, given {shares!r}"
            )
        try:
            calls = sorted(shares.items())
        except TypeError:  # keys of several types: refused as years, one by one
            calls = list(shares.items())
        return cls(kind="calls", call_shares=tuple(calls))


def check_terms(drawdown: Drawdown) -> None:
    """Refuse terms that do not belong to the kind, and call shares that do not add up."""
    needed = {"upfront": None, "level": "years", "capped": "annual_cap_usd", "calls": "call_shares"}
    term = needed[drawdown.kind]
    given = [
        n for n in ("years", "annual_cap_usd", "call_shares") if getattr(drawdown, n) is not None
    ]
    if given != ([term] if term else []):
        raise ValueError(
            f"a drawdown of kind {drawdown.kind!r} needs {term or 'no further term'}, "
            f"given {', '.join(given) or 'none'}"
        )
    if drawdown.call_shares is not None:
        shares = [share for _, share in drawdown.call_shares]
        lowest = min(shares, default=0.0)
        if lowest < 0 or abs(sum(shares) - 1.0) > 1e-9:
            raise ValueError(
                "call_shares: shares from 0 that add up to 1 are needed, given shares from "
                f"{lowest:.10g} that add up to {sum(shares):.10g}"
            )


def level_shares(years: FloatArray, periods: int) -> FloatArray:
    """Return 1/years in the first ``years`` periods, shape (cases, periods)."""
    period = np.arange(periods, dtype=np.float64)
    return np.asfortranarray(np.where(period < years[:, np.newaxis], 1.0 / years[:, np.newaxis], 0))


def capped_shares(funded: FloatArray, cap: FloatArray, periods: int) -> FloatArray:
    """Return the share of ``funded`` [USD] drawn in each period under a cap per period.

    A structure with nothing to fund has nothing for the cap to hold back: all in period 0.
    """
    whole, limit = np.where(funded > 0.0, funded, 1.0)[:, np.newaxis], cap[:, np.newaxis]
    last = capped_years(funded, cap)[:, np.newaxis] - 1.0
    period = np.arange(periods)
    rest = np.where(period == last, whole - last * limit, 0.0)
    return np.asfortranarray(np.where(period < last, limit, rest) / whole)


def capped_years(funded: FloatArray, cap: FloatArray) -> FloatArray:
    """Return the number of periods in which a cap per period lets all be drawn, shape (cases,).

    What is within a trillionth of the cap is rounding, and no draw of its own.
    """
    return np.maximum(1.0, np.ceil(funded / cap - ROUNDING))


def call_shares(calls: tuple[tuple[int, float], ...], first_year: int, periods: int) -> FloatArray:
    """Return the named shares by period, shape (1, periods)."""
    shares = period_array(1, periods)
    for year, share in calls:
        shares[0, year - first_year] += share
    return shares


def last_call(calls: tuple[tuple[int, float], ...], first_year: int) -> int:
    """Return the period of the last call; refuse one before the start or too far after it."""
    years = [year for year, _ in calls]
    if min(years) < first_year:
        raise InputError(
            f"drawdown.calls: {min(years)} is before the base date's year {first_year}; "
            "move the call or the base date"
        )
    if max(years) >= first_year + MOST_YEARS:
        raise InputError(
            f"drawdown.calls: {max(years)} is too late; calls are allowed from {first_year} to "
            f"{first_year + MOST_YEARS - 1}, so move the call"
        )
    return max(years) - first_year
