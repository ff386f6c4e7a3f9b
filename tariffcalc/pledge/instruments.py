"""The instruments of a tranche, and what one dollar drawn in each pays by age."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from tariffcalc.models import Count, Growth, Model, Rate, Share, Years, number
from tariffcalc.numeric.arrays import FloatArray, period_array
from tariffcalc.numeric.cohorts import level_profile
from tariffcalc.numeric.discounting import annuity_factor, growth_factors

__all__ = [
    "Equity",
    "Guarantee",
    "Instrument",
    "Loan",
    "PrivateInvestment",
    "guarantee_profiles",
    "loan_profile",
]


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
    """A direct loan of the payer's public sector: interest in the grace years, then an annuity.

    Parameters
    ----------
    rate
        Interest [fraction per year].
    maturity_years, grace_years
        Years to the last payment, and years of interest only at the start.
    default_rate
        Yearly probability that a loan still alive defaults [fraction per year].
    loss_given_default
        Share of the outstanding principal that is lost on default [share].

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Loan(rate=0.055, maturity_years=15, default_rate=0.01, loss_given_default=0.4)
    Loan(kind='loan', rate=0.055, maturity_years=15, grace_years=0, default_rate=0.01, \
loss_given_default=0.4)
    """

    kind: Literal["loan"] = "loan"
    rate: Growth = number("fraction per year", "interest on the loan")
    maturity_years: Years = number("years", "years to the last payment")
    grace_years: Count = number("years", "years of interest only", default=0)
    default_rate: Share = number("fraction per year", "yearly default of loans alive", default=0.0)
    loss_given_default: Share = number("share of principal", "loss on default", default=1.0)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_grace(self.grace_years, self.maturity_years)
        return self


class Guarantee(Model):
    """A guarantee of loans that others make: a fee each year, and the covered loss on default.

    Parameters
    ----------
    fee_rate
        Fee on the exposure at the start of a year, paid at its end [fraction per year].
    maturity_years
        Years for which a guarantee runs, its exposure level.
    default_rate
        Yearly probability that a guaranteed loan still alive defaults [fraction per year].
    loss_given_default
        Share of the exposure that is lost on default, net of recoveries [share].
    cover_share
        Share of the loan that is guaranteed [share].

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
    default_rate: Share = number("fraction per year", "yearly default of loans alive")
    loss_given_default: Share = number("share of exposure", "loss on default, net of recoveries")
    cover_share: Share = number("share of the loan", "share guaranteed", default=1.0)


class PrivateInvestment(Model):
    """Money of the payer's companies at their own risk: no cost to the payer's public sector.

    Parameters
    ----------
    expected_return
        Internal rate of return the companies expect [fraction per year].

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.PrivateInvestment(expected_return=0.08)
    PrivateInvestment(kind='private_investment', expected_return=0.08)
    """

    kind: Literal["private_investment"] = "private_investment"
    expected_return: Growth = number("fraction per year", "return the companies expect")


Instrument = Annotated[Equity | Loan | Guarantee | PrivateInvestment, Field(discriminator="kind")]


def check_grace(grace_years: int, maturity_years: int) -> None:
    """Refuse a loan whose grace leaves no year to repay in."""
    if grace_years >= maturity_years:
        raise ValueError(
            f"grace_years {grace_years} leaves no year of repayment before maturity_years "
            f"{maturity_years}; give fewer"
        )


def loan_profile(
    rate: FloatArray,
    grace: FloatArray,
    maturity: FloatArray,
    default_rate: FloatArray,
    loss: FloatArray,
    ages: int,
) -> FloatArray:
    """Return the expected service of one dollar lent, by age, shape (cases, ages).

    What is alive pays interest, and after the grace an annuity; what defaults in a year pays no
    service for it and recovers 1 − loss of the principal outstanding at its start.
    """
    payment = 1.0 / annuity_factor(rate, maturity - grace)
    cases = np.broadcast(payment, default_rate, loss).size
    outstanding, alive = np.ones(cases), np.ones(cases)
    service = period_array(cases, ages)
    for age in range(ages):
        running = age < maturity
        repaying = running & (age >= grace)
        interest = rate * outstanding * running
        paid = np.where(repaying, payment, interest)
        recovered = default_rate * (1.0 - loss) * outstanding
        service[:, age] = alive * running * ((1.0 - default_rate) * paid + recovered)
        alive = alive * (1.0 - default_rate * running)
        outstanding = outstanding - (paid - interest) * repaying
    return service


def guarantee_profiles(
    fee: FloatArray,
    maturity: FloatArray,
    default_rate: FloatArray,
    loss: FloatArray,
    cover: FloatArray,
    ages: int,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return by age, for one dollar guaranteed: fees, expected calls, and gross exposure.

    Fees and calls fall on the share still alive; the gross exposure is what is outstanding if
    nothing defaults. Each has shape (cases, ages).
    """
    running = level_profile(np.zeros_like(maturity), maturity, ages)
    alive = growth_factors(-default_rate, ages) * running
    exposure = cover[:, np.newaxis] * running
    fees = (fee * cover)[:, np.newaxis] * alive
    calls = (default_rate * loss * cover)[:, np.newaxis] * alive
    return np.asfortranarray(fees), np.asfortranarray(calls), np.asfortranarray(exposure)
