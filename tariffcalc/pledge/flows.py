"""All payments of a structure by account, period by period, for a batch of cases."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

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

__all__ = ["StructureFlows", "structure_flows"]


@dataclass(frozen=True, slots=True, eq=False)
class StructureFlows:
    """Payments by account, shape (cases or 1, periods) each, and what is not a payment.

    ``by_instrument`` is what is drawn in each instrument [USD], shape (cases or 1,): export credits
    are among the loans, and named apart where there are any;
    ``contingent`` the gross exposure of guarantees and ``balance`` the amount to be recovered at
    the end of each period; ``fx_need`` the dollars taken from the payer's FX market; ``snap_back``
    is 1 while a call is unpaid, when the host may raise its tariffs again; ``sources`` what each
    source of dollars gives.
    """

    amounts: dict[str, FloatArray]
    by_instrument: dict[str, FloatArray]
    contingent: FloatArray
    balance: FloatArray
    fx_need: FloatArray
    timeline: Timeline
    snap_back: FloatArray = field(default_factory=lambda: np.zeros((1, 1)))
    sources: dict[str, FloatArray] = field(default_factory=dict)

    @property
    def periods(self) -> int:
        """Periods from the base date to the last payment; 1 where nothing is paid."""
        paid = max((flows.shape[1] for flows in self.amounts.values()), default=1)
        return max(paid, int(self.contingent.shape[1]))


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
    if not structure.tranches:
        nothing = np.zeros((1, 1))
        return StructureFlows({}, {}, nothing, nothing, nothing, timeline)
    extra = _tail(terms, structure) * timeline.per_year
    drawn = draws(terms, structure, headline, economy, timeline, extra)
    amounts: dict[str, FloatArray] = {}
    balance = book_equity(terms, structure, drawn, economy, timeline, amounts)
    book_loans(terms, structure, drawn, economy, timeline, amounts)
    book_private(terms, structure, drawn, timeline, amounts)
    contingent = book_guarantees(terms, structure, drawn, timeline, amounts)
    _vehicle(amounts)
    sources = book_funding(terms, structure.funding, economy, timeline, amounts)
    return StructureFlows(
        amounts,
        _by_instrument(structure, drawn),
        contingent,
        balance,
        market_need(sources),
        timeline,
        drawn.withheld,
        sources,
    )


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


def _tail(terms: Cases, structure: FundingStructure) -> int:
    """Return the years from a draw to its last payment, over all tranches and cases."""
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
    return int(np.ceil(longest))


def _vehicle(amounts: dict[str, FloatArray]) -> None:
    """Book what the vehicle spends and earns besides the cash of its equity projects."""
    for paid_in in ("capital_call", "loan_disbursement", "private_investment"):
        if paid_in in amounts:
            add(amounts, "construction", amounts[paid_in])
    if "loan_premium" in amounts:  # paid out of the credit
        add(amounts, "construction", -amounts["loan_premium"])
    for paid_out in ("loan_service", "private_return", "guarantee_fee"):
        if paid_out in amounts:
            add(amounts, "project_revenue", amounts[paid_out])
