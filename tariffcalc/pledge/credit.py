"""Loans, guarantees and private investment: what they pay, booked by account."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.cohorts import pay_by_age
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.accounts import add
from tariffcalc.pledge.instruments import (
    Guarantee,
    Loan,
    PrivateInvestment,
    guarantee_profiles,
    loan_profile,
)
from tariffcalc.pledge.projects import project_profile
from tariffcalc.pledge.structure import FundingStructure
from tariffcalc.pledge.terms import Draws

__all__ = ["book_guarantees", "book_loans", "book_private"]


def _tranches(
    terms: Cases, structure: FundingStructure, drawn: Draws, kind: type
) -> Iterator[tuple[Cases, FloatArray]]:
    """Walk the tranches of an instrument: its terms, and what is drawn of it by period."""
    for index, tranche in enumerate(structure.tranches):
        if isinstance(tranche.instrument, kind):
            own = drawn.of(np.arange(len(structure.tranches)) == index)
            yield terms.at(f"tranches.{tranche.name}.instrument"), own


def book_loans(
    terms: Cases,
    structure: FundingStructure,
    drawn: Draws,
    timeline: Timeline,
    amounts: dict[str, FloatArray],
) -> None:
    """Book what is lent, and its expected service."""
    for loan, lent in _tranches(terms, structure, drawn, Loan):
        profile = loan_profile(
            timeline.rate(loan.number("rate")),
            timeline.periods(loan.number("grace_years")),
            timeline.periods(loan.number("maturity_years")),
            timeline.chance(loan.number("default_rate")),
            loan.number("loss_given_default"),
            lent.shape[1],
        )
        add(amounts, "loan_disbursement", lent)
        add(amounts, "loan_service", pay_by_age(lent, profile))


def book_private(
    terms: Cases,
    structure: FundingStructure,
    drawn: Draws,
    timeline: Timeline,
    amounts: dict[str, FloatArray],
) -> None:
    """Book what companies invest, and what it returns to them."""
    for investment, invested in _tranches(terms, structure, drawn, PrivateInvestment):
        profile = project_profile(
            timeline.rate(investment.number("expected_return")),
            timeline.periods(terms.number("construction_years")),
            timeline.periods(terms.number("life_years")),
            invested.shape[1],
        )
        add(amounts, "private_investment", invested)
        add(amounts, "private_return", pay_by_age(invested, profile))


def book_guarantees(
    terms: Cases,
    structure: FundingStructure,
    drawn: Draws,
    timeline: Timeline,
    amounts: dict[str, FloatArray],
) -> FloatArray:
    """Book fees and expected calls; return the gross exposure in each period."""
    contingent = np.zeros((1, drawn.periods))
    for guarantee, issued in _tranches(terms, structure, drawn, Guarantee):
        fees, calls, exposure = guarantee_profiles(
            guarantee.number("fee_rate") / timeline.per_year,
            timeline.periods(guarantee.number("maturity_years")),
            timeline.chance(guarantee.number("default_rate")),
            guarantee.number("loss_given_default"),
            guarantee.number("cover_share"),
            issued.shape[1],
        )
        add(amounts, "guarantee_fee", pay_by_age(issued, fees))
        add(amounts, "guarantee_call", pay_by_age(issued, calls))
        contingent = contingent + pay_by_age(issued, exposure)
    return contingent
