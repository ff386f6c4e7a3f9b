"""What a report shows of a scenario: the results of public functions, each asked for once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from tariffcalc.analysis.compare import compare, incidence, ledger
from tariffcalc.analysis.cost_of_delay import cost_of_delay
from tariffcalc.analysis.sensitivity import sensitivity
from tariffcalc.analysis.simulate import simulate
from tariffcalc.analysis.stated import stated
from tariffcalc.analysis.valuation_views import valuation_views
from tariffcalc.scenario.evaluate import check_scenario
from tariffcalc.scenario.model import Scenario
from tariffcalc.tariffs.comparison import compare_tariffs
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.packaged import load_flows

__all__ = ["Evidence", "evidence"]

# Of each structure, the numbers that matter most; of the tariff change, the sectors that do.
MOST_NUMBERS = 8
MOST_SECTORS = 15
MONTHS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """A scenario and the results that its report shows."""

    scenario: Scenario
    draws: int
    seed: int
    compared: pd.DataFrame
    parties: pd.DataFrame
    views: pd.DataFrame
    sectors: pd.DataFrame
    timeline: pd.DataFrame
    sensed: pd.DataFrame
    simulated: pd.DataFrame
    ledgers: pd.DataFrame
    delayed: pd.DataFrame

    @property
    def names(self) -> list[str]:
        """The structures shown, in order."""
        return [str(name) for name in self.compared.index.get_level_values("structure")]

    @property
    def first(self) -> str:
        """The structure that figures of one show: the first in which something is paid."""
        paid = self.compared["headline_usd"].to_numpy() > 0.0
        return self.names[int(paid.argmax())]

    @property
    def largest_sectors(self) -> pd.DataFrame:
        """The sectors that save most, the largest saving first."""
        order = self.sectors["saving_usd"].abs().sort_values(ascending=False, kind="stable")
        return self.sectors.loc[order.index[:MOST_SECTORS]]

    @property
    def largest_swings(self) -> pd.DataFrame:
        """Of each structure the numbers that move its net benefit most."""
        moved = self.sensed[self.sensed["swing_net_benefit_usd"] > 0.0]
        return moved.groupby("structure", sort=False).head(MOST_NUMBERS)


def evidence(
    scenario: Scenario,
    *,
    structures: Iterable[str] | None,
    draws: int,
    seed: int,
    flows: TradeFlows | None,
) -> Evidence:
    """Return the results that a report of a scenario shows."""
    check_scenario(scenario)
    payer, day = scenario.pledge.payer, scenario.tariffs.law_date
    used = load_flows(scenario.trade.flows, partners=[payer]) if flows is None else flows
    compared = compare(scenario, structures=structures, flows=flows)
    names = [str(name) for name in compared.index.get_level_values("structure")]
    laws = {"no_deal": scenario.no_deal, "deal": scenario.deal}
    rates = scenario.deal.timeline(used, start=dt.date(day.year, 1, 1), end=day)
    return Evidence(
        scenario=scenario,
        draws=draws,
        seed=seed,
        compared=compared,
        parties=incidence(scenario, structures=names, flows=flows),
        views=valuation_views(scenario, structures=names, flows=flows),
        sectors=_of(scenario, compare_tariffs(used, laws, on=day, by="sector")),
        timeline=_of(scenario, rates),
        sensed=sensitivity(scenario, structures=names, flows=flows),
        simulated=simulate(scenario, draws=draws, seed=seed, structures=names, flows=flows),
        ledgers=_ledgers(scenario, names, flows),
        delayed=cost_of_delay(scenario, MONTHS, flows=flows),
    )


def _of(scenario: Scenario, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table of the scenario's law, which by itself says nothing of the scenario."""
    return stated(frame, frame.attrs["units"], scenario)


def _ledgers(scenario: Scenario, names: list[str], flows: TradeFlows | None) -> pd.DataFrame:
    """Return the ledgers of all structures, one under the other."""
    parts = [ledger(scenario, name, flows=flows) for name in names]
    # An empty table would take part in the types of the columns.
    frame = pd.concat([one for one in parts if len(one)] or parts[:1], ignore_index=True)
    frame.attrs.update(parts[0].attrs)
    return frame
