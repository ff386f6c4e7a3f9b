"""All payments of a structure by account, period by period, for a batch of cases."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.accounts import add
from tariffcalc.pledge.credit import book_guarantees, book_loans, book_private
from tariffcalc.pledge.funding import book_funding, market_need
from tariffcalc.pledge.instruments import Equity, Guarantee, Loan, PrivateInvestment
from tariffcalc.pledge.structure import FundingStructure
from tariffcalc.pledge.terms import draws, members
from tariffcalc.pledge.vehicles import book_equity

__all__ = ["StructureFlows", "structure_flows"]


@dataclass(frozen=True, slots=True, eq=False)
class StructureFlows:
    """Payments by account, shape (cases or 1, periods) each, and what is not a payment.

    ``by_instrument`` is what is drawn in each instrument [USD], shape (cases or 1,);
    ``contingent`` the gross exposure of guarantees and ``balance`` the amount to be recovered at
    the end of each period; ``fx_need`` the dollars taken from the payer's FX market;
    ``sources`` what each source of dollars gives.
    """

    amounts: dict[str, FloatArray]
    by_instrument: dict[str, FloatArray]
    contingent: FloatArray
    balance: FloatArray
    fx_need: FloatArray
    timeline: Timeline
    sources: dict[str, FloatArray] = field(default_factory=dict)

    @property
    def periods(self) -> int:
        """Periods from the base date to the last payment; 1 where nothing is paid."""
        return max((flows.shape[1] for flows in self.amounts.values()), default=1)


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
    balance = book_equity(terms, structure, drawn, timeline, amounts)
    book_loans(terms, structure, drawn, timeline, amounts)
    book_private(terms, structure, drawn, timeline, amounts)
    contingent = book_guarantees(terms, structure, drawn, timeline, amounts)
    _vehicle(amounts)
    sources = book_funding(terms, structure.funding, economy, timeline, amounts)
    by_instrument = {
        kind: drawn.total(members(structure, model))
        for kind, model in (
            ("cash", Equity),
            ("loan", Loan),
            ("guarantee", Guarantee),
            ("private", PrivateInvestment),
        )
    }
    need = market_need(sources)
    return StructureFlows(amounts, by_instrument, contingent, balance, need, timeline, sources)


def _tail(terms: Cases, structure: FundingStructure) -> int:
    """Return the years from a draw to its last payment, over all tranches and cases."""
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


def _vehicle(amounts: dict[str, FloatArray]) -> None:
    """Book what the vehicle spends and earns besides the cash of its equity projects."""
    for paid_in in ("capital_call", "loan_disbursement", "private_investment"):
        if paid_in in amounts:
            add(amounts, "construction", amounts[paid_in])
    for paid_out in ("loan_service", "private_return", "guarantee_fee"):
        if paid_out in amounts:
            add(amounts, "project_revenue", amounts[paid_out])
