"""What a pledge does to the payer's books: debt and interest, use of reserves, shares of GDP."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tariffcalc.bookkeeping import ACCOUNTS
from tariffcalc.curves import forward_par_rates
from tariffcalc.economy import exchange_rates, hedge_cost_rates, known
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.stocks import excess_over_yearly, stock_path, yearly_growth
from tariffcalc.pledge.accounts import PAID_IN, total
from tariffcalc.pledge.flows import StructureFlows
from tariffcalc.pledge.funding import SOURCES, Borrowing, borrowing, source_cost
from tariffcalc.pledge.metrics import RECEIVED
from tariffcalc.valuation import TIMINGS, USUAL_TIMING, payment_times

__all__ = ["FUNDING_PATH", "debts", "funding_figures", "peak_debt_share", "reserves"]

# Sources whose dollars are owed abroad, whether or not they name a cost.
ABROAD = ("foreign_bonds", "swap_line", "policy_banks")
# What comes in at the end of a period, and what a loan is reduced by at its start.
RECEIPTS = tuple(name for name in RECEIVED if ACCOUNTS[name].when == "receipt")
DEDUCTED = tuple(name for name in RECEIVED if ACCOUNTS[name].when == "outlay")
FUNDING_PATH = {
    "outlay_usd": "USD",
    **{f"{source}_usd": "USD" for source in SOURCES},
    "fx_use_usd": "USD",
    "fx_excess_usd": "USD",
    "reserves_use_usd": "USD",
    "reserves_usd": "USD",
    "reserves_without_usd": "USD",
    "debt_raised_usd": "USD",
    "debt_usd": "USD",
    "interest_usd": "USD",
    "repayment_usd": "USD",
    "guaranteed_usd": "USD",
    "gdp_usd": "USD per year",
    "debt_share_of_gdp": "share of GDP",
    "guaranteed_share_of_gdp": "share of GDP",
    "government_debt_share_of_gdp": "share of GDP",
    "krw_per_usd": "payer's currency per USD",
    "outlay_krw": "payer's currency",
    "hedge_cost_rate": "fraction per year",
    "hedge_cost_krw": "payer's currency",
}


def debts(
    flows: StructureFlows, terms: Cases, economy: Cases, valuation: Cases
) -> Iterator[tuple[str, Borrowing]]:
    """Walk what is owed by source: dollars owed abroad, and purchases that name a cost.

    A source abroad that names no cost has the payer's cost of dollars: the discount rate, or the
    rate at which a bond of its tenor is at par on the discount curve.
    """
    timeline = flows.timeline
    for name, raised in flows.sources.items():
        if name == "reserve_income":
            continue
        periods = raised.shape[1]
        view = terms.at(f"funding.{name}") if terms.given(f"funding.{name}") else None
        cost = None if view is None else source_cost(view, economy, periods, timeline)
        if view is None or (cost is None and name not in ABROAD):
            continue
        tenor = timeline.periods(view.number("tenor_years"))
        if cost is None and valuation.given("discount_curve"):
            curve = valuation.text("discount_curve", "")
            cost = forward_par_rates(economy, curve, periods, tenor, timeline)
        elif cost is None:
            cost = timeline.rate(valuation.number("discount_rate"))[:, np.newaxis]
        yield name, borrowing(raised, cost, tenor)


def reserves(
    flows: StructureFlows,
    owed: dict[str, Borrowing],
    economy: Cases,
    timing: str,
) -> dict[str, FloatArray]:
    """Return use of the FX market and of reserves, and the reserves with and without the pledge.

    Reserves pay what their income gives, and what is bought beyond the FX capacity of a calendar
    year; the pledge's receipts come in, and guarantee calls and the service of dollars owed abroad
    go out. Grants to companies are paid in the payer's currency. Their own return stays in them.
    """
    timeline = flows.timeline
    used = flows.fx_need
    capacity = known(economy, "fx_capacity_usd")
    excess = excess_over_yearly(used, capacity, timeline.per_year)
    bought = total(flows.sources, ("market_purchases",))
    beyond = np.where(bought > 0.0, np.minimum(bought, excess), 0.0)
    taken = total(flows.sources, ("reserve_income",)) + beyond
    settled = total(flows.payments, RECEIPTS) - total(flows.payments, ("guarantee_call",))
    for name, debt in owed.items():
        if name in ABROAD:
            settled = settled - debt.interest - debt.repaid
    start, rate = known(economy, "reserves_usd"), known(economy, "reserves_return_rate")
    per_period, halves = timeline.rate(rate), TIMINGS[timing]
    settled = _whole(settled, flows.periods)
    out = _whole(taken - total(flows.payments, DEDUCTED), flows.periods)
    nothing = np.zeros((1, flows.periods))
    return {
        "fx_use_usd": used,
        "fx_excess_usd": excess,
        "reserves_use_usd": taken,
        "reserves_usd": stock_path(start, per_period, out, settled, halves),
        "reserves_without_usd": stock_path(start, per_period, nothing, nothing, halves),
    }


def funding_figures(
    flows: StructureFlows, terms: Cases, economy: Cases, valuation: Cases
) -> dict[str, FloatArray]:
    """Return the columns of :data:`FUNDING_PATH`, shape (cases or 1, periods) each."""
    timing = valuation.text("timing", USUAL_TIMING)
    owed = dict(debts(flows, terms, economy, valuation))
    found = {"outlay_usd": total(flows.payments, PAID_IN)}
    found |= {f"{source}_usd": total(flows.sources, (source,)) for source in SOURCES}
    found |= reserves(flows, owed, economy, timing)
    found |= {
        column: sum((getattr(debt, part) for debt in owed.values()), np.zeros((1, 1)))
        for column, part in (
            ("debt_raised_usd", "raised"),
            ("debt_usd", "owed"),
            ("interest_usd", "interest"),
            ("repayment_usd", "repaid"),
        )
    }
    found["guaranteed_usd"] = flows.contingent
    found |= _shares_of_gdp(flows, found["debt_usd"], economy)
    found |= _in_own_currency(found["outlay_usd"], flows, economy, timing)
    return {column: _whole(found[column], flows.periods) for column in FUNDING_PATH}


def peak_debt_share(
    flows: StructureFlows, terms: Cases, economy: Cases, valuation: Cases
) -> FloatArray:
    """Return the largest share of GDP that the pledge's debt reaches, shape (cases or 1,)."""
    owed = sum((debt.owed for _, debt in debts(flows, terms, economy, valuation)), np.zeros((1, 1)))
    share: FloatArray = _shares_of_gdp(flows, owed, economy)["debt_share_of_gdp"]
    return np.asarray(share.max(axis=1))


def _shares_of_gdp(
    flows: StructureFlows, debt: FloatArray, economy: Cases
) -> dict[str, FloatArray]:
    """Return GDP by period, and what is owed and guaranteed as shares of it."""
    start, growth = known(economy, "gdp_usd"), known(economy, "gdp_growth_rate")
    gdp = yearly_growth(start, growth, flows.periods, flows.timeline.per_year)
    share = debt / gdp
    before = known(economy, "government_debt_share")[:, np.newaxis]
    return {
        "gdp_usd": gdp,
        "debt_share_of_gdp": share,
        "guaranteed_share_of_gdp": flows.contingent / gdp,
        "government_debt_share_of_gdp": before + share,
    }


def _in_own_currency(
    outlay: FloatArray, flows: StructureFlows, economy: Cases, timing: str
) -> dict[str, FloatArray]:
    """Return the exchange rate of outlays, and what they and their hedge cost in own currency."""
    times = payment_times(flows.periods, timing, flows.timeline)["outlay"]
    price, hedge = exchange_rates(economy, times), hedge_cost_rates(economy, times)
    spot = economy.number("krw_per_usd")[:, np.newaxis]
    dearer = np.where(times > 0.0, hedge * times, 0.0) * spot
    return {
        "krw_per_usd": price,
        "outlay_krw": outlay * price,
        "hedge_cost_rate": hedge,
        "hedge_cost_krw": outlay * dearer + 0.0,  # nothing is 0, and not -0
    }


def _whole(path: FloatArray, periods: int) -> FloatArray:
    """Return a path over all periods; one number stands for each of them."""
    return np.broadcast_to(path, (path.shape[0], periods))
