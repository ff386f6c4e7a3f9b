"""Who pays whom: the accounts of the library, and tables and sums over them.

Every amount is booked once with its payer and its payee, so the parties of a period always add up
to 0; the project vehicle keeps nothing, so it adds up to 0 by itself. Whoever sells to the
importers beside the exporters is ``competitors``: abroad in one account, at home (US producers) in
another. An efficiency gain is a better use of what there is and no payment: ``markets`` stands
against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.discounting import present_value
from tariffcalc.numeric.timeline import Timeline

__all__ = ["ACCOUNTS", "PARTIES", "Account", "ledger_table", "party_value"]

PARTIES = (
    "exporters",
    "payer_public",
    "payer_private",
    "importers",
    "host_treasury",
    "host_government",
    "project_spv",
    "competitors",
    "markets",
)


COLUMN_TYPES: Mapping[str, type] = {
    "payer": str,
    "payee": str,
    "account": str,
    "amount_usd": np.float64,
}


@dataclass(frozen=True, slots=True)
class Account:
    """Who pays whom, when in the period, and what for."""

    payer: str
    payee: str
    when: Literal["outlay", "receipt"]
    meaning: str


ACCOUNTS: Mapping[str, Account] = {
    "capital_call": Account("payer_public", "project_spv", "outlay", "equity paid in"),
    "loan_disbursement": Account("payer_public", "project_spv", "outlay", "loans paid out"),
    "private_investment": Account("payer_private", "project_spv", "outlay", "companies' money"),
    "construction": Account("project_spv", "markets", "outlay", "what was paid in is spent"),
    "project_revenue": Account("markets", "project_spv", "receipt", "cash the projects earn"),
    "distribution_payer": Account("project_spv", "payer_public", "receipt", "payer's split"),
    "distribution_host": Account("project_spv", "host_government", "receipt", "host's split"),
    "withheld_release": Account(
        "host_government", "payer_public", "receipt", "payer's split, handed over late"
    ),
    "public_support": Account("payer_public", "payer_private", "outlay", "grants to companies"),
    "loan_premium": Account("project_spv", "payer_public", "outlay", "premiums on export credits"),
    "loan_service": Account("project_spv", "payer_public", "receipt", "expected debt service"),
    "private_return": Account("project_spv", "payer_private", "receipt", "companies' return"),
    "guarantee_fee": Account("project_spv", "payer_public", "receipt", "fees on guarantees"),
    "guarantee_call": Account("payer_public", "markets", "receipt", "expected calls"),
    "guarantee_recovery": Account("markets", "payer_public", "receipt", "recovered after calls"),
    "funding": Account("markets", "payer_public", "outlay", "dollars raised"),
    "funding_interest": Account("payer_public", "markets", "receipt", "interest on them"),
    "funding_repayment": Account("payer_public", "markets", "receipt", "principal repaid"),
    "duty_saving": Account("host_treasury", "importers", "receipt", "duty no longer collected"),
    "price_change": Account("importers", "exporters", "receipt", "higher price to exporters"),
    "competitor_price_change": Account(
        "importers", "competitors", "receipt", "higher price to competitors abroad"
    ),
    "home_price_change": Account(
        "importers", "competitors", "receipt", "higher price to producers at home"
    ),
    "efficiency_gain": Account("markets", "importers", "receipt", "gain that no party pays for"),
}


def party_value(
    amounts: Mapping[str, FloatArray], party: str, factors: Mapping[str, FloatArray]
) -> FloatArray:
    """Return the present value a party receives minus what it pays, shape (cases,).

    ``amounts`` maps accounts to arrays (cases or 1, periods); ``factors`` maps ``"outlay"`` and
    ``"receipt"`` to discount factors of the same form.
    """
    total = np.zeros(1)
    for name, flows in amounts.items():
        account = ACCOUNTS[name]
        sign = float(account.payee == party) - float(account.payer == party)
        if sign:
            total = total + sign * present_value(flows, factors[account.when])
    return total


def ledger_table(amounts: Mapping[str, FloatArray], timeline: Timeline) -> pd.DataFrame:
    """Return the rows that are not 0 of the first case: period, payer, payee, account, amount.

    A negative amount is booked the other way round, so that every row is a payment. A period is a
    calendar year, or text such as ``"2026Q1"`` and ``"2026-01"``; rows stand in its order.
    """
    rows: list[tuple[int, str, str, str, float]] = []
    for name, flows in amounts.items():
        account = ACCOUNTS[name]
        for period in np.flatnonzero(flows[0]):
            amount = float(flows[0, period])
            payer, payee = account.payer, account.payee
            if amount < 0:
                payer, payee, amount = payee, payer, -amount
            rows.append((int(period), payer, payee, name, amount))
    rows.sort(key=lambda row: row[0])
    frame = pd.DataFrame(rows, columns=["period", *COLUMN_TYPES])
    frame["period"] = [timeline.label(period) for period in frame["period"]]
    types = {**COLUMN_TYPES, "period": np.int64 if timeline.per_year == 1 else str}
    return frame.astype(types)  # so that a table without rows has the same types
