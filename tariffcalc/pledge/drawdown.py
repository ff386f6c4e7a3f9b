"""When a pledge is paid in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import model_validator

from tariffcalc.errors import InputError
from tariffcalc.models import Count, Date, Model, Money, Number, number
from tariffcalc.pledge.limits import FundingRequest, MissedCall, YearlyCaps
from tariffcalc.pledge.notices import check_notices

__all__ = ["MOST_YEARS", "Drawdown"]

MOST_YEARS = 100
# The terms of each kind; a cap may stand beside all of them that do not name it.
TERMS_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "upfront": (),
    "level": ("years",),
    "capped": ("annual_cap_usd",),
    "calls": ("call_shares",),
    "milestones": ("milestone_shares", "notice_business_days"),
}


class Drawdown(Model):
    """When a pledge is paid in: what is asked for when, and what holds it back.

    Build it with a class method; each takes the further terms below by name.

    Parameters
    ----------
    annual_cap_usd
        Most that is drawn in a calendar year [USD], at any frequency. Money paid in counts: equity
        and loans; the other instruments keep its pace.
    yearly_caps
        Caps of named calendar years in place of it: ``{2026: 5e9}``.
    carry_over
        Whether a year may also draw what the caps of the years before it left undrawn.
    first_draw
        Nothing is drawn before the period of this date; what was asked for waits.
    allocation
        ``"pro_rata"``: all tranches keep one pace; ``"priority"``: they are filled in the order of
        their ``priority``, the lowest first.
    commitment_end
        Last day on which money can be asked for; payments run on after it.
    request
        A :class:`FundingRequest` to pay later what exceeds the capacity of the FX market.
    missed
        A :class:`MissedCall`.

    Notes
    -----
    The limits work one after the other, period by period: ``first_draw``, the cap, the request,
    the missed call. What a limit holds back is drawn as early as all of them allow. What is asked
    for in a calendar year is asked for on 1 January and drawn in equal parts in its periods.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Drawdown.level(3).years
    3
    >>> tc.Drawdown.capped(20e9, yearly_caps={2026: 5e9}, carry_over=True).annual_cap_usd
    20000000000.0
    """

    kind: Literal["upfront", "level", "capped", "calls", "milestones"]
    years: Count | None = number(
        "years", "number of equal yearly draws", default=None, ge=1, le=MOST_YEARS
    )
    annual_cap_usd: Money | None = number(
        "USD per calendar year", "most that is drawn in a calendar year", default=None, gt=0
    )
    call_shares: tuple[tuple[Count, Number], ...] | None = None
    milestone_shares: tuple[tuple[Date, Number], ...] | None = None
    notice_business_days: Count | None = number(
        "business days", "business days from a notice to its payment", default=None, le=1000
    )
    yearly_caps: YearlyCaps = ()
    carry_over: bool = False
    allocation: Literal["pro_rata", "priority"] = "pro_rata"
    first_draw: Date | None = None
    commitment_end: Date | None = None
    request: FundingRequest | None = None
    missed: MissedCall | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_terms(self)
        return self

    @classmethod
    def upfront(cls, **limits: Any) -> Drawdown:
        """All at the start of the first period.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> tc.Drawdown.upfront().kind
        'upfront'
        """
        return cls(kind="upfront", **limits)

    @classmethod
    def level(cls, years: int, **limits: Any) -> Drawdown:
        """Equal parts in each of ``years`` years.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> tc.Drawdown.level(10).years
        10
        """
        return cls(kind="level", years=years, **limits)

    @classmethod
    def capped(cls, annual_cap_usd: float, **limits: Any) -> Drawdown:
        """As early as a cap per calendar year [USD] on the money paid in allows.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> tc.Drawdown.capped(17.5e9).annual_cap_usd
        17500000000.0
        """
        return cls(kind="capped", annual_cap_usd=annual_cap_usd, **limits)

    @classmethod
    def calls(cls, shares: Mapping[int, float], **limits: Any) -> Drawdown:
        """Named shares of the pledge in named calendar years; the shares add up to 1.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> tc.Drawdown.calls({2026: 0.1, 2027: 0.4, 2028: 0.5}).kind
        'calls'
        """
        calls = in_order(shares, "call_shares", "calendar year")
        return cls(kind="calls", call_shares=calls, **limits)

    @classmethod
    def milestones(
        cls, shares: Mapping[dt.date, float], *, notice_business_days: int = 45, **limits: Any
    ) -> Drawdown:
        """Named shares of the pledge some business days after dated notices; they add up to 1.

        A business day is neither on a weekend nor a US federal holiday.

        Examples
        --------
        >>> import datetime as dt
        >>> import tariffcalc as tc
        >>> notices = {dt.date(2026, 3, 2): 0.25, dt.date(2027, 6, 1): 0.75}
        >>> tc.Drawdown.milestones(notices).notice_business_days
        45
        """
        notices = in_order(shares, "milestone_shares", "date of notice")
        return cls(
            kind="milestones",
            milestone_shares=notices,
            notice_business_days=notice_business_days,
            **limits,
        )


def in_order(shares: object, term: str, key: str) -> tuple[tuple[Any, Any], ...]:
    """Return the pairs of a mapping in the order of its keys."""
    if not isinstance(shares, Mapping):
        raise InputError(f"{term}: a mapping from {key} to share is needed, given {shares!r}")
    try:
        return tuple(sorted(shares.items()))
    except TypeError:  # keys of several types: refused one by one
        return tuple(shares.items())


def check_terms(drawdown: Drawdown) -> None:
    """Refuse terms that do not belong to the kind, and shares that do not add up."""
    check_kind(drawdown)
    for term in ("call_shares", "milestone_shares"):
        pairs = getattr(drawdown, term)
        if pairs is not None:
            check_shares(term, [share for _, share in pairs])
    notices = [day for day, _ in drawdown.milestone_shares or ()]
    check_notices(notices, drawdown.commitment_end)
    if drawdown.carry_over and drawdown.annual_cap_usd is None:
        raise ValueError("carry_over needs annual_cap_usd: a year without a cap leaves none unused")


def check_kind(drawdown: Drawdown) -> None:
    """Refuse a drawdown without the terms of its kind, or with those of another."""
    needed = TERMS_OF_KIND[drawdown.kind]
    given = [
        term
        for term in dict.fromkeys(term for terms in TERMS_OF_KIND.values() for term in terms)
        if getattr(drawdown, term) is not None
    ]
    beside = {"annual_cap_usd"} if needed else set()  # upfront under a cap is ``capped``
    if not set(needed) <= set(given) <= {*needed, *beside}:
        raise ValueError(
            f"a drawdown of kind {drawdown.kind!r} needs "
            f"{' and '.join(needed) or 'no further term'}, given {', '.join(given) or 'none'}"
        )


def check_shares(term: str, shares: list[float]) -> None:
    """Refuse shares below 0 or that do not add up to 1."""
    lowest = min(shares, default=0.0)
    if lowest < 0 or abs(sum(shares) - 1.0) > 1e-9:
        raise ValueError(
            f"{term}: shares from 0 that add up to 1 are needed, given shares from "
            f"{lowest:.10g} that add up to {sum(shares):.10g}"
        )
