"""Loans, guarantees and private investment: what they pay, booked by account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import numpy as np

from tariffcalc.curves import forward_rates
from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.cohorts import pay_by_age, pay_by_start, pay_levels
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.accounts import add
from tariffcalc.pledge.guarantee_profiles import guarantee_profiles
from tariffcalc.pledge.instruments import (
    LENT,
    Guarantee,
    Instrument,
    Loan,
    PrivateInvestment,
    ShipFinance,
)
from tariffcalc.pledge.loan_profiles import contract_service, expected_service, repayment_amounts
from tariffcalc.pledge.projects import project_levels
from tariffcalc.pledge.structure import FundingStructure
from tariffcalc.pledge.terms import Draws

__all__ = ["book_guarantees", "book_loans", "book_private", "credit_years"]

T = TypeVar("T")


def _tranches(
    terms: Cases, structure: FundingStructure, drawn: Draws, *kinds: type[T]
) -> Iterator[tuple[T, Cases, FloatArray]]:
    """Walk what is drawn of some instruments: terms, their numbers, draws by period."""
    for index, tranche in enumerate(structure.tranches):
        if isinstance(tranche.instrument, kinds):
            own = drawn.of(np.arange(len(structure.tranches)) == index)
            if own.any():
                yield tranche.instrument, terms.at(f"tranches.{tranche.name}.instrument"), own


def credit_years(instrument: Instrument, numbers: Cases) -> FloatArray:
    """Return the years from a draw to the last payment of a loan or guarantee; 0 of others."""
    if isinstance(instrument, ShipFinance):
        return numbers.number("delivery_years") + numbers.number("repayment_years")
    if isinstance(instrument, Guarantee):
        return numbers.number("maturity_years") + numbers.number("recovery_years")
    return numbers.number("maturity_years") if isinstance(instrument, Loan) else np.zeros(1)


def book_loans(
    terms: Cases,
    structure: FundingStructure,
    drawn: Draws,
    economy: Cases,
    timeline: Timeline,
    amounts: dict[str, FloatArray],
) -> None:
    """Book what is lent, its expected service, and the premiums of export credits.

    At a fixed rate all draws have one profile by age; at a floating rate each has its own, from
    the rates of the periods it lives in.
    """
    for loan, numbers, lent in _tranches(terms, structure, drawn, *LENT):
        ages = int(timeline.periods(credit_years(loan, numbers)).max())
        profile = _profile_of(loan, numbers, timeline, ages)
        add(amounts, "loan_disbursement", lent)
        if loan.curve is None:
            rate = timeline.rate(numbers.number("rate"))[:, np.newaxis]
            service = pay_by_age(lent, profile(np.broadcast_to(rate, (rate.shape[0], ages))))
        else:
            spread = numbers.number("spread")
            rates = _floating(economy, loan.curve, spread, lent.shape[1], timeline)
            service = pay_by_start(lent, rates, profile, ages)
        add(amounts, "loan_service", service)
        if isinstance(loan, ShipFinance):
            premium = lent * numbers.number("premium_rate")[:, np.newaxis]
            add(amounts, "loan_premium", premium)


def _profile_of(
    loan: Loan | ShipFinance, numbers: Cases, timeline: Timeline, ages: int
) -> Callable[[FloatArray], FloatArray]:
    """Return the expected service by age of one dollar lent, as a function of its rates by age."""
    if isinstance(loan, ShipFinance):
        repayment, given, grace = "equal_principal", None, numbers.number("delivery_years")
        capitalised = loan.interest_before_delivery == "capitalised"
    else:
        repayment, grace, capitalised = loan.repayment, numbers.number("grace_years"), False
        given = None
        if repayment == "custom":
            given = repayment_amounts(loan.repayment_shares, timeline.per_year, ages)
    grace, maturity = timeline.periods(grace), timeline.periods(credit_years(loan, numbers))
    default_rate = _default_rates(loan.default_rates, numbers, timeline, ages)
    loss = numbers.number("loss_given_default")

    def profile(rate: FloatArray) -> FloatArray:
        service = contract_service(
            rate, grace, maturity, repayment, amounts=given, capitalised=capitalised
        )
        return expected_service(service, default_rate, loss)

    return profile


def _floating(
    economy: Cases, curve: str, spread: FloatArray, periods: int, timeline: Timeline
) -> FloatArray:
    """Return the rate per period of a curve and a spread, shape (cases or 1, periods)."""
    yearly = forward_rates(economy, curve, periods, timeline) + spread[:, np.newaxis]
    if (yearly <= -1.0).any():
        raise InputError(
            f"the forward rates of curve {curve!r} and the spread add up to {yearly.min():.4g}; "
            "above -1 is needed, so change the curve or the spread"
        )
    return timeline.rate(yearly)


def _default_rates(
    given: tuple[float, ...], numbers: Cases, timeline: Timeline, ages: int
) -> FloatArray:
    """Return the chance of default in each period of age, shape (cases or 1, ages)."""
    if given:
        year = np.minimum(np.arange(ages) // timeline.per_year, len(given) - 1)
        return timeline.chance(np.array(given)[year])[np.newaxis]
    chance = timeline.chance(numbers.number("default_rate"))[:, np.newaxis]
    return np.broadcast_to(chance, (chance.shape[0], ages))


def book_private(
    terms: Cases,
    structure: FundingStructure,
    drawn: Draws,
    timeline: Timeline,
    amounts: dict[str, FloatArray],
) -> None:
    """Book what companies invest, what it returns to them, and what the public sector grants."""
    for _, numbers, invested in _tranches(terms, structure, drawn, PrivateInvestment):
        levels = project_levels(
            timeline.rate(numbers.number("expected_return")),
            timeline.periods(terms.number("construction_years")),
            timeline.periods(terms.number("life_years")),
        )
        add(amounts, "private_investment", invested)
        add(amounts, "private_return", pay_levels(invested, levels))
        support = numbers.number("public_support_share")
        if support.any():
            add(amounts, "public_support", invested * support[:, np.newaxis])


def book_guarantees(
    terms: Cases,
    structure: FundingStructure,
    drawn: Draws,
    timeline: Timeline,
    amounts: dict[str, FloatArray],
) -> FloatArray:
    """Book fees, expected calls and recoveries; return the gross exposure in each period."""
    contingent = np.zeros((1, drawn.periods))
    for guarantee, numbers, issued in _tranches(terms, structure, drawn, Guarantee):
        ages = int(timeline.periods(credit_years(guarantee, numbers)).max())
        delay = timeline.periods(numbers.number("recovery_years"))
        found = guarantee_profiles(
            numbers.number("fee_rate") / timeline.per_year,
            _outstanding(guarantee, numbers, timeline, ages),
            _default_rates(guarantee.default_rates, numbers, timeline, ages),
            numbers.number("loss_given_default"),
            numbers.number("cover_share"),
            delay,
        )
        add(amounts, "guarantee_fee", pay_by_age(issued, found.fees))
        add(amounts, "guarantee_call", pay_by_age(issued, found.calls))
        if delay.any():
            add(amounts, "guarantee_recovery", pay_by_age(issued, found.recoveries))
        contingent = contingent + pay_by_age(issued, found.exposure)
    return contingent


def _outstanding(guarantee: Guarantee, numbers: Cases, timeline: Timeline, ages: int) -> FloatArray:
    """Return what is outstanding of a guaranteed dollar if nothing defaults, by age."""
    rate = np.zeros(1)
    if guarantee.repayment == "annuity":
        rate = timeline.rate(numbers.number("loan_rate"))
    service = contract_service(
        np.broadcast_to(rate[:, np.newaxis], (rate.size, ages)),
        timeline.periods(numbers.number("grace_years")),
        timeline.periods(numbers.number("maturity_years")),
        guarantee.repayment,
    )
    return service.opening
