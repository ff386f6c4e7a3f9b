"""All payments of a structure by account, period by period, for a batch of cases."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from tariffcalc.bookkeeping import ACCOUNTS
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.accounts import add
from tariffcalc.pledge.credit import book_guarantees, book_loans, book_private, credit_years
from tariffcalc.pledge.funding import book_funding, market_need
from tariffcalc.pledge.instruments import LENT, Equity, Guarantee, PrivateInvestment, ShipFinance
from tariffcalc.pledge.parts import longest_years
from tariffcalc.pledge.structure import FundingStructure
from tariffcalc.pledge.terms import Draws, draws, members
from tariffcalc.pledge.vehicles import book_equity

__all__ = ["StructureFlows", "funded_flows", "structure_flows", "tail", "unfunded_flows"]


@dataclass(frozen=True, slots=True, eq=False)
class StructureFlows:
    """What the payer's side pays and receives by account, and what is not a payment.

    ``payments`` has shape (cases or 1, periods) each, as has ``project_cash``, all that the
    projects of the equity earn. ``by_instrument`` is what is drawn in each instrument [USD], shape
    (cases or 1,): export credits are among the loans, and named apart where there are any;
    ``contingent`` the gross exposure of guarantees and ``balance`` the amount to be recovered at
    the end of each period; ``fx_need`` the dollars taken from the payer's FX market; ``snap_back``
    is 1 while a call is unpaid, when the host may raise its tariffs again; ``sources`` what each
    source of dollars gives.
    """

    payments: dict[str, FloatArray]
    by_instrument: dict[str, FloatArray]
    contingent: FloatArray
    balance: FloatArray
    fx_need: FloatArray
    timeline: Timeline
    snap_back: FloatArray = field(default_factory=lambda: np.zeros((1, 1)))
    sources: dict[str, FloatArray] = field(default_factory=dict)
    project_cash: FloatArray | None = None

    @property
    def periods(self) -> int:
        """Periods from the base date to the last payment; 1 where nothing is paid."""
        paid = max((flows.shape[1] for flows in self.payments.values()), default=1)
        return max(paid, int(self.contingent.shape[1]))

    @property
    def amounts(self) -> dict[str, FloatArray]:
        """All payments, with those of the vehicle to and from others, in the order of accounts."""
        booked = self.payments | _vehicle(self.payments, self.project_cash)
        return {account: booked[account] for account in ACCOUNTS if account in booked}


def structure_flows(
    terms: Cases,
    structure: FundingStructure,
    headline: FloatArray,
    economy: Cases,
    timeline: Timeline,
) -> StructureFlows:
    """Return the flows of a structure.

    ``terms`` is the view of the structure's table, ``economy`` that of the payer's economy;
    ``headline`` [USD] has shape (cases or 1,).
    """
    extra = tail(terms, structure, timeline)
    flows = unfunded_flows(terms, structure, headline, economy, timeline, extra)
    return funded_flows(flows, terms, structure, economy)


def unfunded_flows(
    terms: Cases,
    structure: FundingStructure,
    headline: FloatArray,
    economy: Cases,
    timeline: Timeline,
    extra: int,
) -> StructureFlows:
    """Return the flows of a structure but for its funding, with periods after the last draw."""
    nothing = np.zeros((1, 1))
    if not structure.tranches:
        return StructureFlows({}, {}, nothing, nothing, nothing, timeline)
    drawn = draws(terms, structure, headline, economy, timeline, extra)
    payments: dict[str, FloatArray] = {}
    balance, cash = book_equity(terms, structure, drawn, economy, timeline, payments)
    book_loans(terms, structure, drawn, economy, timeline, payments)
    book_private(terms, structure, drawn, timeline, payments)
    contingent = book_guarantees(terms, structure, drawn, timeline, payments)
    return StructureFlows(
        payments,
        _by_instrument(structure, drawn),
        contingent,
        balance,
        nothing,
        timeline,
        drawn.withheld,
        project_cash=cash,
    )


def funded_flows(
    flows: StructureFlows, terms: Cases, structure: FundingStructure, economy: Cases
) -> StructureFlows:
    """Return flows with what is borrowed for them, its service, and where the dollars come from."""
    if not structure.tranches:
        return flows
    payments = dict(flows.payments)
    sources = book_funding(terms, structure.funding, economy, flows.timeline, payments)
    return replace(flows, payments=payments, fx_need=market_need(sources), sources=sources)


def _by_instrument(structure: FundingStructure, drawn: Draws) -> dict[str, FloatArray]:
    """Return what is drawn in each instrument; what is ship finance of the loans apart as well."""
    kinds: dict[str, tuple[type, ...]] = {
        "cash": (Equity,),
        "loan": LENT,
        "guarantee": (Guarantee,),
        "private": (PrivateInvestment,),
    }
    if members(structure, ShipFinance).any():
        kinds["ship_finance"] = (ShipFinance,)
    return {kind: drawn.total(members(structure, *models)) for kind, models in kinds.items()}


def tail(terms: Cases, structure: FundingStructure, timeline: Timeline) -> int:
    """Return the periods from a draw to its last payment, over all tranches and cases."""
    longest = 1.0
    if members(structure, Equity).any():
        longest = max(longest, longest_years(terms, structure))
    if members(structure, PrivateInvestment).any():
        span = terms.number("construction_years") + terms.number("life_years")
        longest = max(longest, float(span.max()))
    for tranche in structure.tranches:
        numbers = terms.at(f"tranches.{tranche.name}.instrument")
        longest = max(longest, float(credit_years(tranche.instrument, numbers).max()))
    for source in structure.funding:
        longest = max(longest, float(terms.number(f"funding.{source.name}.tenor_years").max()))
    return int(np.ceil(longest)) * timeline.per_year


def _vehicle(payments: dict[str, FloatArray], cash: FloatArray | None) -> dict[str, FloatArray]:
    """Return what the vehicle spends and earns, and what of it the host has."""
    amounts: dict[str, FloatArray] = {}
    if cash is not None:
        amounts["distribution_host"] = cash - payments["distribution_payer"]
        amounts["project_revenue"] = cash
    for paid_in in ("capital_call", "loan_disbursement", "private_investment"):
        if paid_in in payments:
            add(amounts, "construction", payments[paid_in])
    if "loan_premium" in payments:  # paid out of the credit
        add(amounts, "construction", -payments["loan_premium"])
    for paid_out in ("loan_service", "private_return", "guarantee_fee"):
        if paid_out in payments:
            add(amounts, "project_revenue", payments[paid_out])
    return amounts
