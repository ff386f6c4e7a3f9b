"""The one room where the two walks meet: a scenario's structures, for a batch of cases.

A single scenario is a batch of one; a sweep, a root search and a simulation vary some of its
numbers and ask the same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from tariffcalc.economy import known
from tariffcalc.errors import InputError, unknown_name
from tariffcalc.ledger import party_value
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.roots import bracketed_roots
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge import metrics
from tariffcalc.pledge.carry import peak_debt_share
from tariffcalc.pledge.flows import StructureFlows, structure_flows
from tariffcalc.pledge.structure import FundingStructure
from tariffcalc.scenario.answer import Trading
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.parts import SCHEDULES
from tariffcalc.scenario.relief import Law, Relief, law_of, relief
from tariffcalc.scenario.trading import trading_of
from tariffcalc.tables import ratio
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.packaged import load_flows
from tariffcalc.valuation import TIMINGS, market_factors, risk_adjusted_factors

__all__ = ["COLUMNS", "Evaluation", "check_scenario", "evaluation", "names_of"]

T = TypeVar("T")

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
BREAK_EVEN_BOUNDS = (-0.5, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """A scenario with its law read once; asks the kernels for structures and columns."""

    scenario: Scenario
    law: Law
    tree: Mapping[str, object]
    trading: Trading
    # What structures share, by name, for these cases alone.
    shared: tuple[Cases, dict[object, Any]] | None = None

    @property
    def structures(self) -> list[str]:
        """Names of the structures, in order."""
        return [structure.name for structure in self.scenario.pledge.structures]

    @property
    def timeline(self) -> Timeline:
        """The periods of all payments."""
        return self.scenario.valuation.timeline

    def chosen(self, structures: Iterable[str] | None) -> list[str]:
        """Return the structures asked for, all of them by default; refuse an unknown one."""
        return names_of(structures, self.structures, "structure")

    def cases(self, varied: Mapping[str, FloatArray] | None = None, size: int = 1) -> Cases:
        """Return the scenario's numbers with some of them varied."""
        return Cases(self.tree, varied or {}, size)

    def flows(self, cases: Cases, name: str) -> StructureFlows:
        """Return the payments of a structure."""
        structure, terms = self._structure(cases, name)
        headline, economy = self.headline(cases, name), cases.at("economy")
        return structure_flows(terms, structure, headline, economy, self.timeline)

    def relief(self, cases: Cases, name: str, flows: StructureFlows | None = None) -> Relief:
        """Return what the tariff schedule of a structure is worth against no deal.

        ``flows`` are the structure's payments, where they are at hand: a missed call among them
        may bring back the tariffs.
        """
        schedule = self.scenario.pledge.structure(name).schedule
        if not self.scenario.tariffs.snap_back:
            return self._once(
                cases,
                schedule,
                lambda: relief(self.law, cases, schedule, self.timeline, trading=self.trading),
            )
        unpaid = (self.flows(cases, name) if flows is None else flows).snap_back
        return relief(self.law, cases, schedule, self.timeline, unpaid, self.trading)

    def headline(self, cases: Cases, name: str) -> FloatArray:
        """Return the amount of a structure [USD]: its own, or the pledge's."""
        _, terms = self._structure(cases, name)
        own = terms.given("headline_usd")
        return terms.number("headline_usd") if own else cases.number("pledge.headline_usd")

    def factors(self, cases: Cases, periods: int) -> dict[str, FloatArray]:
        """Return the discount factors of outlays and of receipts."""
        valuation, economy = cases.at("valuation"), cases.at("economy")
        return self._once(
            cases, periods, lambda: market_factors(valuation, economy, periods, self.timeline)
        )

    def risk_adjusted_factors(self, cases: Cases, periods: int) -> dict[str, FloatArray] | None:
        """Return the discount factors of receipts with their risk; None where it has no price."""
        valuation, economy = cases.at("valuation"), cases.at("economy")
        return risk_adjusted_factors(valuation, economy, periods, self.timeline)

    def sharing(self, cases: Cases) -> Evaluation:
        """Return an evaluation that computes once what the structures share for these cases."""
        return replace(self, shared=(cases, {}))

    def _once(self, cases: Cases, key: object, compute: Callable[[], T]) -> T:
        """Return what was computed under a key for the same cases, or compute it."""
        if self.shared is None or self.shared[0] is not cases:
            return compute()
        known = self.shared[1]
        if key not in known:
            known[key] = compute()
        found: T = known[key]
        return found

    def columns(
        self, cases: Cases, name: str, wanted: Iterable[str] = COLUMNS
    ) -> dict[str, FloatArray]:
        """Return columns of the comparison for one structure, shape (cases or 1,) each."""
        asked = set(wanted)
        flows = self.flows(cases, name)
        found = {"headline_usd": self.headline(cases, name)}
        found |= {f"{kind}_usd": np.zeros(1) for kind in ("cash", "loan", "guarantee", "private")}
        found |= {f"{kind}_usd": drawn for kind, drawn in flows.by_instrument.items()}
        found |= metrics.costs(flows, self.factors(cases, flows.periods))
        economy = cases.at("economy")
        found |= metrics.peaks(
            flows, known(economy, "reserves_usd"), known(economy, "fx_capacity_usd")
        )
        if asked & WORTH:
            found |= self._worth(cases, name, flows, found["net_cost_usd"])
        for column, compute in self._dear(cases, name, flows).items():
            if column in asked:
                found[column] = compute()
        return {column: found[column] for column in COLUMNS if column in asked}

    def _worth(
        self, cases: Cases, name: str, flows: StructureFlows, net_cost: FloatArray
    ) -> dict[str, FloatArray]:
        """Return relief and what it leaves after the cost."""
        gains = self.relief(cases, name, flows)
        worth = self._gains_pv(cases, name, gains)
        relief_pv, cost = np.broadcast_arrays(worth, net_cost)
        positive = np.where(cost > 0.0, cost, 0.0)
        return {
            "duty_saving_usd": gains.duty_saving,
            "relief_pv_usd": relief_pv,
            "net_benefit_usd": relief_pv - cost,
            "benefit_cost_ratio": ratio(relief_pv, positive),
        }

    def _gains_pv(self, cases: Cases, name: str, gains: Relief) -> FloatArray:
        """Return the present value of what the payer's exporters gain from a schedule's relief."""

        def worth() -> FloatArray:
            if not gains.amounts:
                return np.zeros(1)
            path = gains.amounts["price_change"]
            factors = self.factors(cases, path.shape[1])
            return party_value({"price_change": path}, "exporters", factors)

        if self.scenario.tariffs.snap_back:  # each structure has its own missed calls
            return worth()
        schedule = self.scenario.pledge.structure(name).schedule
        return self._once(cases, ("worth", schedule), worth)

    def _dear(
        self, cases: Cases, name: str, flows: StructureFlows
    ) -> dict[str, Callable[[], FloatArray]]:
        """Return the columns that cost more time, to be computed only when they are asked for."""
        outlay, receipt = TIMINGS[self.scenario.valuation.timing]
        return {
            "payer_irr": lambda: metrics.payer_irr(flows, (receipt - outlay) // 2),
            "payback_year": lambda: metrics.payback_year(flows),
            "break_even_project_irr": lambda: self._break_even(cases, name, flows),
            "risk_adjusted_cost_usd": lambda: self._risk_adjusted_cost(cases, flows),
            "peak_debt_share_of_gdp": lambda: peak_debt_share(
                flows,
                cases.at(f"pledge.structures.{name}"),
                cases.at("economy"),
                cases.at("valuation"),
            ),
        }

    def _risk_adjusted_cost(self, cases: Cases, flows: StructureFlows) -> FloatArray:
        """Return net cost with receipts at what a market asks for their risk; NaN where unknown."""
        risky = self.risk_adjusted_factors(cases, flows.periods)
        if risky is None:
            return np.full(1, np.nan)
        market = self.factors(cases, flows.periods)
        return metrics.costs(flows, market, risky)["net_cost_usd"]

    def _break_even(self, cases: Cases, name: str, flows: StructureFlows) -> FloatArray:
        """Return the project IRR at which net cost is 0; NaN where no cash is paid in.

        It is also NaN where net cost has the same sign at both bounds, as where it falls below 0
        and rises again, which it can where recovery stops the payer's receipts.
        """
        cash = flows.by_instrument.get("cash", np.zeros(1))
        if not cash.any():
            return np.full(1, np.nan)
        path = f"pledge.structures.{name}.project_irr"

        def net_cost(irr: FloatArray) -> FloatArray:
            varied = self.cases({**cases.varied, path: irr}, cases.size)
            flows = self.flows(varied, name)
            cost = metrics.costs(flows, self.factors(varied, flows.periods))["net_cost_usd"]
            return np.broadcast_to(cost, irr.shape)

        low, high = (np.full(cases.size, bound) for bound in BREAK_EVEN_BOUNDS)
        return np.where(cash > 0.0, bracketed_roots(net_cost, low, high), np.nan)

    def _structure(self, cases: Cases, name: str) -> tuple[FundingStructure, Cases]:
        return self.scenario.pledge.structure(name), cases.at(f"pledge.structures.{name}")


def names_of(given: Iterable[str] | None, known: Iterable[str], kind: str) -> list[str]:
    """Return the names asked for, each once; all by default; refuse none and unknown ones."""
    allowed = list(known)
    if given is None:
        return allowed
    if not isinstance(given, Iterable):
        raise InputError(f"{kind}s: a list of names is needed, given {given!r}")
    names = [given] if isinstance(given, str) else list(given)
    if not names:
        raise InputError(f"{kind}s: at least one is needed of {', '.join(allowed)}")
    for name in names:
        if name not in allowed:
            raise unknown_name(kind, name, allowed)
    return list(dict.fromkeys(names))


def check_scenario(scenario: object) -> None:
    """Refuse what is not a scenario, such as the name of one."""
    if not isinstance(scenario, Scenario):
        hint = f"; did you mean load_scenario({scenario!r})?" if isinstance(scenario, str) else ""
        raise InputError(f"a Scenario is needed, given {type(scenario).__name__}{hint}")


def evaluation(scenario: Scenario, flows: TradeFlows | None = None) -> Evaluation:
    """Return a scenario ready to be asked, on its own packaged flows or on the given ones."""
    check_scenario(scenario)
    if flows is not None and not isinstance(flows, TradeFlows):
        raise InputError(
            f"flows: TradeFlows are needed, given {type(flows).__name__}; "
            "build them with TradeFlows.from_frame"
        )
    partner = scenario.pledge.payer
    used = flows if flows is not None else load_flows(scenario.trade.flows, partners=[partner])
    schedules = {name: getattr(scenario, name) for name in SCHEDULES}
    law = law_of(schedules, used, scenario.tariffs.law_date, partner)
    law, trading = trading_of(scenario, law, flows)
    return Evaluation(scenario, law, scenario.tree(), trading)
