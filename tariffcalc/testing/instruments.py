"""Strategies for the instruments of a tranche, and for the curves that floating loans name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from tariffcalc.curves import RateCurve
from tariffcalc.pledge.instruments import (
    Equity,
    Guarantee,
    Instrument,
    Loan,
    PrivateInvestment,
    ShipFinance,
)
from tariffcalc.testing.values import rates, shares, shares_of_one

__all__ = ["KINDS", "instruments", "rate_curves"]

KINDS = ("equity", "loan", "guarantee", "private_investment", "ship_finance")
CURVE = "base"
REPAYMENTS = ("annuity", "equal_principal", "bullet", "custom")


@st.composite
def rate_curves(draw: st.DrawFn, *, name: str = CURVE) -> RateCurve:
    """Draw a zero-coupon curve, rising or falling, whose forward rates stay near its rates.

    Parameters
    ----------
    name
        Name of the curve, by which the loans of :func:`instruments` know it.

    Returns
    -------
    SearchStrategy
        Of :class:`tariffcalc.RateCurve`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import rate_curves
    >>> @given(rate_curves(name="treasury"))
    ... def it_has_the_name(curve):
    ...     assert curve.name == "treasury"
    >>> it_has_the_name()
    """
    level = draw(rates(0.0, 0.12))
    steps = st.integers(-100, 100).map(lambda n: n / 10_000)
    points = [(maturity, level + draw(steps)) for maturity in (1.0, 5.0, 10.0, 30.0)]
    return RateCurve(name=name, points=tuple(points), shift=draw(rates(-0.01, 0.02)))


@st.composite
def instruments(
    draw: st.DrawFn, *, kinds: Sequence[str] = KINDS, curve: str | None = CURVE
) -> Instrument:
    """Draw an instrument of any kind, with all its terms.

    Parameters
    ----------
    kinds
        Kinds to choose from, as written in the field ``kind``.
    curve
        Curve of the economy that floating loans name; None for fixed rates only.

    Returns
    -------
    SearchStrategy
        Of the five instruments.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import instruments
    >>> @given(instruments(kinds=["loan"]))
    ... def grace_leaves_a_year(loan):
    ...     assert loan.grace_years < loan.maturity_years
    >>> grace_leaves_a_year()
    """
    kind = draw(st.sampled_from(list(kinds)))
    if kind == "equity":
        return Equity()
    if kind == "private_investment":
        return PrivateInvestment(
            expected_return=draw(rates(-0.05, 0.25)), public_support_share=draw(shares())
        )
    credit: dict[str, st.SearchStrategy[Instrument]] = {
        "loan": _loans(curve),
        "guarantee": _guarantees(),
        "ship_finance": _ship_finance(curve),
    }
    return draw(credit[kind])


@st.composite
def _defaults(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the loss of a loan, and its default: one rate, or one by year of age."""
    yearly = rates(0.0, 0.1) | shares()
    by_age = st.lists(yearly, min_size=1, max_size=4).map(tuple)
    name, values = draw(
        st.tuples(st.just("default_rate"), yearly) | st.tuples(st.just("default_rates"), by_age)
    )
    return {name: values, "loss_given_default": draw(shares())}


def _interest(curve: str | None) -> st.SearchStrategy[dict[str, Any]]:
    """Draw a fixed rate, or a spread over a curve."""
    fixed = st.fixed_dictionaries({"rate": rates(-0.01, 0.15)})
    if curve is None:
        return fixed
    return fixed | st.fixed_dictionaries({"curve": st.just(curve), "spread": rates(-0.005, 0.03)})


@st.composite
def _loans(draw: st.DrawFn, curve: str | None) -> Loan:
    maturity = draw(st.integers(1, 30))
    grace = draw(st.integers(0, maturity - 1))
    repayment = draw(st.sampled_from(REPAYMENTS))
    parts = [0.0] * grace + draw(shares_of_one(maturity - grace)) if repayment == "custom" else []
    return Loan(
        maturity_years=maturity,
        grace_years=grace,
        repayment=repayment,
        repayment_shares=tuple(parts),
        **draw(_interest(curve)),
        **draw(_defaults()),
    )


@st.composite
def _guarantees(draw: st.DrawFn) -> Guarantee:
    maturity = draw(st.integers(1, 30))
    repayment = draw(st.sampled_from(("bullet", "equal_principal", "annuity")))
    return Guarantee(
        fee_rate=draw(rates(0.0, 0.05)),
        maturity_years=maturity,
        grace_years=draw(st.integers(0, maturity - 1)),
        repayment=repayment,
        loan_rate=draw(rates(-0.01, 0.15)) if repayment == "annuity" else None,
        cover_share=draw(shares()),
        recovery_years=draw(st.integers(0, 5)),
        **draw(_defaults()),
    )


@st.composite
def _ship_finance(draw: st.DrawFn, curve: str | None) -> ShipFinance:
    return ShipFinance(
        delivery_years=draw(st.integers(0, 5)),
        repayment_years=draw(st.integers(1, 12)),
        interest_before_delivery=draw(st.sampled_from(("paid", "capitalised"))),
        premium_rate=draw(rates(0.0, 0.1)),
        **draw(_interest(curve)),
        **draw(_defaults()),
    )
