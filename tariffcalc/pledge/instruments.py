"""The instruments of a tranche."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tariffcalc.models import Count, Growth, Model, Name, Rate, Share, Years, number
from tariffcalc.pledge.instrument_checks import check_guarantee, check_loan, check_ship_finance

__all__ = [
    "LENT",
    "PAID_IN_INSTRUMENTS",
    "Equity",
    "Guarantee",
    "Instrument",
    "Loan",
    "PrivateInvestment",
    "ShipFinance",
]

LONGEST_SHIP_CREDIT = 12  # years after delivery
ShipYears = Annotated[int, Field(strict=True, ge=1, le=LONGEST_SHIP_CREDIT)]


class Equity(Model):
    """Cash paid in by the payer's public sector, whose project cash goes through the waterfall.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Equity()
    Equity(kind='equity')
    """

    kind: Literal["equity"] = "equity"


class Loan(Model):
    """A direct loan of the payer's public sector: interest in the grace years, then repayments.

    Parameters
    ----------
    rate
        Fixed interest [fraction per year]; or else ``curve``.
    curve, spread
        A curve of the economy, and what is added to it [fraction per year]: a floating rate, in
        each period the forward rate of the curve plus the spread.
    maturity_years, grace_years
        Years to the last payment, and years of interest only at the start.
    repayment
        ``"annuity"`` (level payments, levelled again when a floating rate changes),
        ``"equal_principal"``, ``"bullet"`` (all at the end) or ``"custom"``.
    repayment_shares
        For ``"custom"``: share of the principal repaid at the end of each year of age, one for
        each year to maturity; they add up to 1.
    default_rate
        Yearly probability that a loan still alive defaults [fraction per year].
    default_rates
        The same by year of age, in place of ``default_rate``; the last one holds afterwards.
    loss_given_default
        Share of the outstanding principal that is lost on default [share].

    Notes
    -----
    A loan that defaults in a period pays no service for it and returns 1 − loss of the principal
    outstanding at its start.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Loan(rate=0.055, maturity_years=15, default_rate=0.01, loss_given_default=0.4)
    Loan(kind='loan', rate=0.055, spread=0.0, maturity_years=15, grace_years=0, \
repayment='annuity', default_rate=0.01, loss_given_default=0.4)
    >>> tc.Loan(curve="treasury", spread=0.005, maturity_years=10, repayment="bullet",
    ...         default_rates=(0.02, 0.01)).curve
    'treasury'
    """

    kind: Literal["loan"] = "loan"
    rate: Growth | None = number("fraction per year", "interest on the loan", default=None)
    curve: Name | None = None
    spread: Growth = number("fraction per year", "what is added to the curve", default=0.0)
    maturity_years: Years = number("years", "years to the last payment")
    grace_years: Count = number("years", "years of interest only", default=0)
    repayment: Literal["annuity", "equal_principal", "bullet", "custom"] = "annuity"
    repayment_shares: tuple[Share, ...] = ()
    default_rate: Share = number("fraction per year", "yearly default of loans alive", default=0.0)
    default_rates: tuple[Share, ...] = ()
    loss_given_default: Share = number("share of principal", "loss on default", default=1.0)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_loan(self)
        return self


class Guarantee(Model):
    """A guarantee of loans that others make: a fee each year, and the covered loss on default.

    Parameters
    ----------
    fee_rate
        Fee on the exposure at the start of a year, paid at its end [fraction per year].
    maturity_years, grace_years
        Years for which the guaranteed loan runs, and those in which nothing of it is repaid.
    repayment
        How the guaranteed loan is repaid: ``"bullet"`` (the exposure is level),
        ``"equal_principal"`` or ``"annuity"``.
    loan_rate
        Interest on the guaranteed loan [fraction per year], which an annuity needs.
    default_rate
        Yearly probability that a guaranteed loan still alive defaults [fraction per year].
    default_rates
        The same by year of age, in place of ``default_rate``; the last one holds afterwards.
    loss_given_default
        Share of the exposure that is lost on default, net of recoveries [share].
    cover_share
        Share of the loan that is guaranteed [share].
    recovery_years
        Years from a call to what is recovered of it; at 0 calls are net of recoveries.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Guarantee(fee_rate=0.006, maturity_years=15, default_rate=0.01,
    ...              loss_given_default=0.4).cover_share
    1.0
    """

    kind: Literal["guarantee"] = "guarantee"
    fee_rate: Rate = number("fraction per year", "fee on the exposure")
    maturity_years: Years = number("years", "years of a guarantee")
    grace_years: Count = number("years", "years without repayment", default=0)
    repayment: Literal["bullet", "equal_principal", "annuity"] = "bullet"
    loan_rate: Growth | None = number(
        "fraction per year", "interest on the guaranteed loan", default=None
    )
    default_rate: Share | None = number(
        "fraction per year", "yearly default of loans alive", default=None
    )
    default_rates: tuple[Share, ...] = ()
    loss_given_default: Share = number("share of exposure", "loss on default, net of recoveries")
    cover_share: Share = number("share of the loan", "share guaranteed", default=1.0)
    recovery_years: Count = number("years", "years from a call to recovery", default=0, le=50)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_guarantee(self)
        return self


class PrivateInvestment(Model):
    """Money of the payer's companies at their own risk.

    Parameters
    ----------
    expected_return
        Internal rate of return the companies expect [fraction per year].
    public_support_share
        Share of the money that the payer's public sector grants to its companies [share].

    Notes
    -----
    The companies keep the whole return. A grant is a cost of the public sector, paid at home when
    the company pays in: an outlay of its budget. The dollars are the companies' own either way, so
    it counts neither against annual caps nor against reserves and the FX market.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.PrivateInvestment(expected_return=0.08)
    PrivateInvestment(kind='private_investment', expected_return=0.08, public_support_share=0.0)
    """

    kind: Literal["private_investment"] = "private_investment"
    expected_return: Growth = number("fraction per year", "return the companies expect")
    public_support_share: Share = number(
        "share of the money", "share granted by the public sector", default=0.0
    )


class ShipFinance(Model):
    """An export credit for ships of the payer's public sector, repaid in equal instalments.

    Parameters
    ----------
    rate
        Fixed interest [fraction per year]; or else ``curve``.
    curve, spread
        A curve of the economy, and what is added to it [fraction per year]: a floating rate.
    delivery_years
        Years from a draw to the delivery of the ships.
    repayment_years
        Years from delivery to the last instalment, 12 at most.
    interest_before_delivery
        ``"paid"`` each period, or ``"capitalised"``: added to the credit until delivery.
    premium_rate
        Premium that the borrower pays at each draw [share of the draw].
    default_rate, default_rates, loss_given_default
        As of a :class:`Loan`.

    Notes
    -----
    A tranche is the credit, which counts as paid in, as a loan does. Officially supported credits
    finance at most 80% of the price of a ship, so it stands for contracts of at least 1.25 times
    its amount. The Understanding also asks for instalments of principal every six months as a rule
    and every twelve at the latest: these fall at the end of each period of the valuation.

    References
    ----------
    OECD, Arrangement on Officially Supported Export Credits, Annex I: Sector Understanding on
    Export Credits for Ships (in force since 15 April 2002): 20% of the price paid by delivery, 12
    years after delivery, equal instalments. The first Understanding is in OECD/LEGAL/0326 (1979).

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.ShipFinance(rate=0.05, delivery_years=3).repayment_years
    12
    """

    kind: Literal["ship_finance"] = "ship_finance"
    rate: Growth | None = number("fraction per year", "interest on the credit", default=None)
    curve: Name | None = None
    spread: Growth = number("fraction per year", "what is added to the curve", default=0.0)
    delivery_years: Count = number("years", "years from a draw to delivery", default=0, le=50)
    repayment_years: ShipYears = number(
        "years", "years from delivery to the last instalment", default=LONGEST_SHIP_CREDIT
    )
    interest_before_delivery: Literal["paid", "capitalised"] = "paid"
    premium_rate: Share = number("share of the draw", "premium paid at the draw", default=0.0)
    default_rate: Share = number("fraction per year", "yearly default of loans alive", default=0.0)
    default_rates: tuple[Share, ...] = ()
    loss_given_default: Share = number("share of principal", "loss on default", default=1.0)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_ship_finance(self)
        return self


Instrument = Annotated[
    Equity | Loan | Guarantee | PrivateInvestment | ShipFinance, Field(discriminator="kind")
]

# What the payer's public sector lends, and what it pays in: that counts against annual caps.
LENT: tuple[type[Loan | ShipFinance], ...] = (Loan, ShipFinance)
PAID_IN_INSTRUMENTS: tuple[type, ...] = (Equity, *LENT)
