"""The columns of the comparison, each a figure of a structure for a batch of cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from tariffcalc.bookkeeping import party_value
from tariffcalc.economy import known
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.roots import bracketed_roots
from tariffcalc.pledge import metrics
from tariffcalc.pledge.carry import peak_debt_share
from tariffcalc.pledge.flows import StructureFlows
from tariffcalc.scenario.relief import Relief
from tariffcalc.tables import ratio
from tariffcalc.valuation import TIMINGS

if TYPE_CHECKING:
    from tariffcalc.scenario.evaluate import Evaluation

__all__ = ["COLUMNS", "columns_of"]

COLUMNS: Mapping[str, str] = {
    "headline_usd": "USD",
    "cash_usd": "USD",
    "loan_usd": "USD",
    "guarantee_usd": "USD",
    "private_usd": "USD",
    "pv_outlay_usd": "USD",
    "pv_receipts_usd": "USD",
    "net_cost_usd": "USD",
    "risk_adjusted_cost_usd": "USD",
    "subsidy_rate": "share of PV of outlays",
    "payer_irr": "fraction per year",
    "break_even_project_irr": "fraction per year",
    "payback_year": "calendar year",
    "peak_year_outlay_usd": "USD per calendar year",
    "peak_share_of_reserves": "share of reserves",
    "peak_over_fx_capacity": "multiple of yearly FX capacity",
    "contingent_peak_usd": "USD",
    "peak_debt_share_of_gdp": "share of GDP",
    "duty_saving_usd": "USD per year",
    "relief_pv_usd": "USD",
    "net_benefit_usd": "USD",
    "benefit_cost_ratio": "relief per USD of net cost",
}
# Columns for which the tariffs of every line are looked at.
WORTH = {"duty_saving_usd", "relief_pv_usd", "net_benefit_usd", "benefit_cost_ratio"}
PEAKS = {
    "peak_year_outlay_usd",
    "peak_share_of_reserves",
    "peak_over_fx_capacity",
    "contingent_peak_usd",
}
BREAK_EVEN_BOUNDS = (-0.5, 1.0)


def columns_of(
    asked: Evaluation, cases: Cases, name: str, wanted: Iterable[str]
) -> dict[str, FloatArray]:
    """Return columns of the comparison for one structure, shape (cases or 1,) each."""
    columns = set(wanted)
    flows = asked.flows(cases, name)
    found = {"headline_usd": asked.headline(cases, name)}
    found |= {f"{kind}_usd": np.zeros(1) for kind in ("cash", "loan", "guarantee", "private")}
    found |= {f"{kind}_usd": drawn for kind, drawn in flows.by_instrument.items()}
    found |= metrics.costs(flows, asked.factors(cases, flows.periods))
    if columns & PEAKS:
        economy = cases.at("economy")
        found |= metrics.peaks(
            flows, known(economy, "reserves_usd"), known(economy, "fx_capacity_usd")
        )
    if columns & WORTH:
        found |= _worth(asked, cases, name, flows, found["net_cost_usd"])
    for column, compute in _dear(asked, cases, name, flows).items():
        if column in columns:
            found[column] = compute()
    return {column: found[column] for column in COLUMNS if column in columns}


def _worth(
    asked: Evaluation, cases: Cases, name: str, flows: StructureFlows, net_cost: FloatArray
) -> dict[str, FloatArray]:
    """Return relief and what it leaves after the cost."""
    gains = asked.relief(cases, name, flows)
    worth = _gains_pv(asked, cases, name, gains)
    relief_pv, cost = np.broadcast_arrays(worth, net_cost)
    positive = np.where(cost > 0.0, cost, 0.0)
    return {
        "duty_saving_usd": gains.duty_saving,
        "relief_pv_usd": relief_pv,
        "net_benefit_usd": relief_pv - cost,
        "benefit_cost_ratio": ratio(relief_pv, positive),
    }


def _gains_pv(asked: Evaluation, cases: Cases, name: str, gains: Relief) -> FloatArray:
    """Return the present value of what the payer's exporters gain from a schedule's relief."""

    def worth() -> FloatArray:
        if not gains.amounts:
            return np.zeros(1)
        path = gains.amounts["price_change"]
        factors = asked.factors(cases, path.shape[1])
        return party_value({"price_change": path}, "exporters", factors)

    if asked.scenario.tariffs.snap_back:  # each structure has its own missed calls
        return worth()
    schedule = asked.scenario.pledge.structure(name).schedule
    return asked._once(cases, ("worth", schedule), worth)


def _dear(
    asked: Evaluation, cases: Cases, name: str, flows: StructureFlows
) -> dict[str, Callable[[], FloatArray]]:
    """Return the columns that cost more time, to be computed only when they are asked for."""
    outlay, receipt = TIMINGS[asked.scenario.valuation.timing]
    return {
        "payer_irr": lambda: metrics.payer_irr(flows, (receipt - outlay) // 2),
        "payback_year": lambda: metrics.payback_year(flows),
        "break_even_project_irr": lambda: _break_even(asked, cases, name, flows),
        "risk_adjusted_cost_usd": lambda: _risk_adjusted_cost(asked, cases, flows),
        "peak_debt_share_of_gdp": lambda: peak_debt_share(
            flows,
            cases.at(f"pledge.structures.{name}"),
            cases.at("economy"),
            cases.at("valuation"),
        ),
    }


def _risk_adjusted_cost(asked: Evaluation, cases: Cases, flows: StructureFlows) -> FloatArray:
    """Return net cost with receipts at what a market asks for their risk; NaN where unknown."""
    risky = asked.risk_adjusted_factors(cases, flows.periods)
    if risky is None:
        return np.full(1, np.nan)
    market = asked.factors(cases, flows.periods)
    return metrics.costs(flows, market, risky)["net_cost_usd"]


def _break_even(asked: Evaluation, cases: Cases, name: str, flows: StructureFlows) -> FloatArray:
    """Return the project IRR at which net cost is 0; NaN where no cash is paid in.

    It is also NaN where net cost has the same sign at both bounds, as where it falls below 0
    and rises again, which it can where recovery stops the payer's receipts.
    """
    cash = flows.by_instrument.get("cash", np.zeros(1))
    if not cash.any():
        return np.full(1, np.nan)
    path = f"pledge.structures.{name}.project_irr"

    def net_cost(irr: FloatArray) -> FloatArray:
        varied = asked.cases({**cases.varied, path: irr}, cases.size)
        flows = asked.flows(varied, name)
        cost = metrics.costs(flows, asked.factors(varied, flows.periods))["net_cost_usd"]
        return np.broadcast_to(cost, irr.shape)

    low, high = (np.full(cases.size, bound) for bound in BREAK_EVEN_BOUNDS)
    return np.where(cash > 0.0, bracketed_roots(net_cost, low, high), np.nan)
