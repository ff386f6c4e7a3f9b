"""All payments of a structure by account, period by period, for a batch of cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.cohorts import level_profile, pay_by_age
from tariffcalc.pledge.funding import FX_MARKET_SOURCES, allocate
from tariffcalc.pledge.instruments import (
    Equity,
    Guarantee,
    Loan,
    PrivateInvestment,
    guarantee_profiles,
    loan_profile,
    project_profile,
)
from tariffcalc.pledge.structure import FundingStructure
from tariffcalc.pledge.terms import Draws, draws, members
from tariffcalc.pledge.waterfall import Waterfall, split_cumulative, split_per_period

__all__ = ["StructureFlows", "structure_flows"]


@dataclass(frozen=True, slots=True, eq=False)
class StructureFlows:
    """Payments by account, shape (cases or 1, periods) each, and what is not a payment.

    ``by_instrument`` is what is drawn in each instrument [USD], shape (cases or 1,);
    ``contingent`` the gross exposure of guarantees and ``balance`` the amount to be recovered at
    the end of each period; ``fx_need`` the dollars taken from the payer's FX market.
    """

    amounts: dict[str, FloatArray]
    by_instrument: dict[str, FloatArray]
    contingent: FloatArray
    balance: FloatArray
    fx_need: FloatArray


def structure_flows(
    terms: Cases, structure: FundingStructure, headline: FloatArray, first_year: int
) -> StructureFlows:
    """Return the flows of a structure.

    ``terms`` is the view of the structure's table; ``headline`` [USD] has shape (cases or 1,).
    """
    if not structure.tranches:
        nothing = np.zeros((1, 1))
        return StructureFlows({}, {}, nothing, nothing, nothing)
    drawn = draws(terms, structure, headline, first_year, _tail(terms, structure))
    amounts: dict[str, FloatArray] = {}
    balance = _equity(terms, structure, drawn, amounts)
    _loans(terms, structure, drawn, amounts)
    _private(terms, structure, drawn, amounts)
    contingent = _guarantees(terms, structure, drawn, amounts)
    _vehicle(amounts)
    fx_need = _funding(terms, structure, amounts)
    by_instrument = {
        kind: drawn.total(members(structure, model))
        for kind, model in (
            ("cash", Equity),
            ("loan", Loan),
            ("guarantee", Guarantee),
            ("private", PrivateInvestment),
        )
    }
    return StructureFlows(amounts, by_instrument, contingent, balance, fx_need)


def _tail(terms: Cases, structure: FundingStructure) -> int:
    """Return the periods from a draw to its last payment, over all tranches and cases."""
    longest = 1.0
    if members(structure, Equity, PrivateInvestment).any():
        span = terms.number("construction_years") + terms.number("life_years")
        longest = max(longest, float(span.max()))
    for tranche in structure.tranches:
        if isinstance(tranche.instrument, Loan | Guarantee):
            years = terms.number(f"tranches.{tranche.name}.instrument.maturity_years")
            longest = max(longest, float(years.max()))
    for source in structure.funding:
        longest = max(longest, float(terms.number(f"funding.{source.name}.tenor_years").max()))
    return int(np.ceil(longest))


def _equity(
    terms: Cases, structure: FundingStructure, drawn: Draws, amounts: dict[str, FloatArray]
) -> FloatArray:
    """Book calls and distributions; return the balance to be recovered."""
    equity = members(structure, Equity)
    if not equity.any():
        return np.zeros((1, drawn.timing.shape[1]))
    pooled = cast("Waterfall", structure.waterfall).pooled
    vehicles = [equity] if pooled else [np.arange(equity.size) == i for i in np.flatnonzero(equity)]
    ages = drawn.timing.shape[1]
    profile = project_profile(
        terms.number("project_irr"),
        terms.number("construction_years"),
        terms.number("life_years"),
        ages,
    )
    balance = np.zeros((1, ages))
    for vehicle in vehicles:
        calls = drawn.of(vehicle)
        cash = pay_by_age(calls, profile)
        received, owed = _split(terms, structure, calls, cash)
        _add(amounts, "capital_call", calls)
        _add(amounts, "distribution_payer", received)
        _add(amounts, "distribution_host", cash - received)
        _add(amounts, "project_revenue", cash)
        balance = balance + owed
    return balance


def _split(
    terms: Cases, structure: FundingStructure, calls: FloatArray, cash: FloatArray
) -> tuple[FloatArray, FloatArray]:
    rules = cast("Waterfall", structure.waterfall)  # a structure with equity has one
    own = rules.counts == "own_receipts"
    before, after, rate = (
        terms.number(f"waterfall.{name}") for name in ("split_before", "split_after", "deemed_rate")
    )
    if rules.daa == "cumulative":
        return split_cumulative(cash, calls, before, after, rate, own=own)
    delay, life = terms.number("construction_years"), terms.number("life_years")
    due = level_profile(delay, life, calls.shape[1]) / life[:, np.newaxis]
    return split_per_period(
        cash,
        calls,
        pay_by_age(calls, due),
        before,
        after,
        rate,
        own=own,
        shortfall_interest=rules.shortfall_interest,
    )


def _loans(
    terms: Cases, structure: FundingStructure, drawn: Draws, amounts: dict[str, FloatArray]
) -> None:
    for index, tranche in enumerate(structure.tranches):
        if isinstance(tranche.instrument, Loan):
            lent = drawn.of(np.arange(len(structure.tranches)) == index)
            loan = terms.at(f"tranches.{tranche.name}.instrument")
            profile = loan_profile(
                loan.number("rate"),
                loan.number("grace_years"),
                loan.number("maturity_years"),
                loan.number("default_rate"),
                loan.number("loss_given_default"),
                lent.shape[1],
            )
            _add(amounts, "loan_disbursement", lent)
            _add(amounts, "loan_service", pay_by_age(lent, profile))


def _private(
    terms: Cases, structure: FundingStructure, drawn: Draws, amounts: dict[str, FloatArray]
) -> None:
    for index, tranche in enumerate(structure.tranches):
        if isinstance(tranche.instrument, PrivateInvestment):
            invested = drawn.of(np.arange(len(structure.tranches)) == index)
            profile = project_profile(
                terms.number(f"tranches.{tranche.name}.instrument.expected_return"),
                terms.number("construction_years"),
                terms.number("life_years"),
                invested.shape[1],
            )
            _add(amounts, "private_investment", invested)
            _add(amounts, "private_return", pay_by_age(invested, profile))


def _guarantees(
    terms: Cases, structure: FundingStructure, drawn: Draws, amounts: dict[str, FloatArray]
) -> FloatArray:
    """Book fees and expected calls; return the gross exposure in each period."""
    contingent = np.zeros((1, drawn.timing.shape[1]))
    for index, tranche in enumerate(structure.tranches):
        if isinstance(tranche.instrument, Guarantee):
            issued = drawn.of(np.arange(len(structure.tranches)) == index)
            terms_of = terms.at(f"tranches.{tranche.name}.instrument")
            fees, calls, exposure = guarantee_profiles(
                terms_of.number("fee_rate"),
                terms_of.number("maturity_years"),
                terms_of.number("default_rate"),
                terms_of.number("loss_given_default"),
                terms_of.number("cover_share"),
                issued.shape[1],
            )
            _add(amounts, "guarantee_fee", pay_by_age(issued, fees))
            _add(amounts, "guarantee_call", pay_by_age(issued, calls))
            contingent = contingent + pay_by_age(issued, exposure)
    return contingent


def _vehicle(amounts: dict[str, FloatArray]) -> None:
    """Book what the vehicle spends and earns besides the cash of its equity projects."""
    for paid_in in ("capital_call", "loan_disbursement", "private_investment"):
        if paid_in in amounts:
            _add(amounts, "construction", amounts[paid_in])
    for paid_out in ("loan_service", "private_return", "guarantee_fee"):
        if paid_out in amounts:
            _add(amounts, "project_revenue", amounts[paid_out])


def _funding(
    terms: Cases, structure: FundingStructure, amounts: dict[str, FloatArray]
) -> FloatArray:
    """Book what is borrowed for the calls and its service; return the need on the FX market."""
    outlays = np.zeros((1, 1))
    for name in ("capital_call", "loan_disbursement"):
        if name in amounts:
            outlays = outlays + amounts[name]
    if not structure.funding:
        return outlays
    capacities = [
        terms.number(f"funding.{s.name}.capacity_usd") if s.capacity_usd is not None else None
        for s in structure.funding
    ]
    given = allocate(outlays, capacities)
    fx_need = np.zeros((1, 1))
    for source, raised in zip(structure.funding, given, strict=True):
        if source.name in FX_MARKET_SOURCES:
            fx_need = fx_need + raised
        if source.cost_rate is not None:
            cost = terms.number(f"funding.{source.name}.cost_rate")
            tenor = terms.number(f"funding.{source.name}.tenor_years")
            ages, one = raised.shape[1], np.ones(1)
            interest = level_profile(np.zeros(1), tenor, ages) * cost[:, np.newaxis]
            _add(amounts, "funding", raised)
            _add(amounts, "funding_interest", pay_by_age(raised, interest))
            repaid = pay_by_age(raised, level_profile(tenor - 1.0, one, ages))
            _add(amounts, "funding_repayment", repaid)
    return fx_need


def _add(amounts: dict[str, FloatArray], account: str, flows: FloatArray) -> None:
    amounts[account] = amounts[account] + flows if account in amounts else flows
