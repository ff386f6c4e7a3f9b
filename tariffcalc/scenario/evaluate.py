"""The one room where the two walks meet: a scenario's structures, for a batch of cases.

A single scenario is a batch of one; a sweep, a root search and a simulation vary some of its
numbers and ask the same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from tariffcalc.errors import InputError, unknown_name
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.flows import StructureFlows, funded_flows, tail, unfunded_flows
from tariffcalc.pledge.structure import FundingStructure
from tariffcalc.scenario.answer import Trading
from tariffcalc.scenario.columns import COLUMNS, columns_of
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.parts import SCHEDULES
from tariffcalc.scenario.relief import Law, Relief, law_of, relief
from tariffcalc.scenario.shared_flows import Last, funding_groups, unfunded_terms
from tariffcalc.scenario.trading import trading_of
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.packaged import load_flows
from tariffcalc.valuation import market_factors, risk_adjusted_factors

__all__ = ["COLUMNS", "Evaluation", "check_scenario", "evaluation", "names_of"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """A scenario with its law read once; asks the kernels for structures and columns."""

    scenario: Scenario
    law: Law
    tree: Mapping[str, object]
    trading: Trading
    # Structures that differ in nothing but funding have one number.
    groups: Mapping[str, int]
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
        extra = tail(terms, structure, self.timeline)
        flows = self._once(cases, "flows", Last).of(
            (self.groups[name], extra, unfunded_terms(terms)),
            lambda: unfunded_flows(terms, structure, headline, economy, self.timeline, extra),
        )
        return funded_flows(flows, terms, structure, economy)

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
            cases,
            periods,
            lambda: market_factors(valuation, economy, periods, self.timeline),
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
        return columns_of(self, cases, name, wanted)

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


def evaluation(
    scenario: Scenario, flows: TradeFlows | None = None, *, apart: bool = False
) -> Evaluation:
    """Return a scenario ready to be asked, on its own packaged flows or on the given ones.

    ``apart`` keeps lines that answer alike as they are, for who asks more of them than their value.
    """
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
    law, trading = trading_of(scenario, law, flows, apart=apart)
    together = funding_groups(scenario.pledge.structures)
    return Evaluation(scenario, law, scenario.tree(), trading, together)
