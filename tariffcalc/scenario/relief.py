"""What a schedule is worth against no deal: rates of all lines, then gains over the years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError
from tariffcalc.numeric.adjustment import response_share
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.discounting import growth_factors
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.scenario.answer import PARTS, Gains, Rates, Trading, yearly_gains
from tariffcalc.tariffs.coverage import Coverage, coverage
from tariffcalc.tariffs.lines import lines_of
from tariffcalc.tariffs.rates import measure_add_on
from tariffcalc.tariffs.schedule import TariffSchedule
from tariffcalc.tariffs.stacking import blended_base
from tariffcalc.tariffs.statistical import statistical_lines
from tariffcalc.trade.flows import TradeFlows

__all__ = [
    "Law",
    "Relief",
    "added",
    "law_of",
    "line_rates",
    "relief",
    "suspended",
    "yearly_path",
]


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """The three schedules of a scenario on its flows: values, shape (lines,), and coverages.

    ``lines`` are the payer's lines, some of them taken apart as the law needs it.
    """

    value: FloatArray
    schedules: Mapping[str, Coverage]
    lines: pd.DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """Figures of one schedule against no deal.

    ``duty_saving`` is a year's duty less at fixed prices and quantities [USD], shape (cases or 1,);
    ``amounts`` the payments by account, shape (cases or 1, periods). ``gains`` are those of
    :func:`yearly_gains`, and ``reached`` what counts of them by period, of the same shape.
    """

    duty_saving: FloatArray
    amounts: dict[str, FloatArray]
    gains: Gains = field(default_factory=dict)
    reached: FloatArray = field(default_factory=lambda: np.zeros((1, 1)))

    @property
    def competitors(self) -> dict[str, FloatArray]:
        """Gain of each competitor by period [USD], shape (cases or 1, periods)."""
        return {
            name: gain[:, np.newaxis] * self.reached
            for name, gain in self.gains.items()
            if name not in PARTS
        }


def law_of(
    schedules: Mapping[str, TariffSchedule], flows: TradeFlows, on: dt.date, partner: str
) -> Law:
    """Return the law of a date on the flows of one partner."""
    lines = lines_of(flows.only(partner))
    value = lines.frame["value_usd"].to_numpy(dtype=np.float64)
    for schedule in schedules.values():
        parted = statistical_lines(schedule.measures, lines, schedule.reading(on))
        lines, value = parted.lines, parted.split(value)
    found = {name: coverage(s.measures, lines, s.reading(on)) for name, s in schedules.items()}
    return Law(value, found, lines.frame)


def line_rates(law: Coverage, measures: Cases) -> FloatArray:
    """Return the total rate of each line, shape (cases or 1, lines); a rate may be varied."""
    total = blended_base(law.mfn, law.preferential, law.use)[np.newaxis, :]
    for row, measure in enumerate(law.measures):
        rate = measures.number(f"{measure.name}.rate")[:, np.newaxis]
        total = total + measure_add_on(law, row, rate)
    return total


def relief(
    law: Law,
    scenario: Cases,
    schedule: str,
    timeline: Timeline,
    unpaid: FloatArray | None = None,
    trading: Trading | None = None,
) -> Relief:
    """Return what a schedule is worth against no deal.

    Year k counts with growth (1+g)^k and survival δ^k; year 0 is certain. The periods of a year
    have equal parts of it. Before trade has answered, exporters' prices and all quantities are as
    they were, and importers save the whole duty; of the long-run answer each period has the share
    that is reached. ``unpaid``, shape (cases or 1, periods), is above 0 in periods in which
    tariffs are back to no deal. ``trading`` is what the response needs beside rates.
    """
    if schedule == "no_deal":
        return Relief(np.zeros(1), {})
    before, after = _rates(law, schedule, scenario)
    saving = (law.value * (before - after)).sum(axis=1)

    def rates(cases: Cases) -> Rates:
        return (before, after) if cases is scenario else _rates(law, schedule, cases)

    gains = yearly_gains(law.value, rates, scenario, trading or Trading())
    path = yearly_path(
        scenario.number("trade.growth_rate"),
        scenario.number("tariffs.durability"),
        scenario.number("tariffs.relief_years"),
    )
    share = response_share(
        np.array(scenario.table("trade").get("adjustment", ()), dtype=np.float64),
        scenario.number("trade.inventory_lag_months"),
        path.shape[1],
        timeline.per_year,
    )
    path = timeline.spread(path)
    if unpaid is not None:
        path = suspended(path, unpaid)
    reached = share * path
    duty = -gains["revenue"][:, np.newaxis] * reached
    if (share < 1.0).any():
        duty = duty + saving[:, np.newaxis] * ((1.0 - share) * path)
    amounts = {"duty_saving": np.asfortranarray(duty), **booked(gains, reached)}
    return Relief(saving, amounts, gains, reached)


def _rates(law: Law, schedule: str, scenario: Cases) -> Rates:
    """Return the total rates without a deal and under a schedule."""
    measures = scenario.at("tariffs.measures")
    before, after = (line_rates(law.schedules[name], measures) for name in ("no_deal", schedule))
    return before, after


def booked(gains: Gains, reached: FloatArray) -> dict[str, FloatArray]:
    """Return the payments by account but the duty, shape (cases or 1, periods).

    Producers gain by higher prices, which importers pay. What importers then gain more than the
    parties lose to them is no payment of anybody's: efficiency.
    """
    accounts = {"price_change": gains["exporters"]}
    if "importers" in gains:
        others = [gain for name, gain in gains.items() if name not in PARTS]
        accounts["competitor_price_change"] = added(others)
        accounts["home_price_change"] = gains["home"]
        parties = ("exporters", "importers", "revenue", "home")
        accounts["efficiency_gain"] = added([*(gains[name] for name in parties), *others])
    return {
        name: np.asfortranarray(gain[:, np.newaxis] * reached) for name, gain in accounts.items()
    }


def added(amounts: list[FloatArray]) -> FloatArray:
    """Return the sum of amounts of some cases, one after the other; 0 of none."""
    total = np.zeros(1)
    for amount in amounts:
        total = total + amount
    return total


def yearly_path(growth: FloatArray, durability: FloatArray, years: FloatArray) -> FloatArray:
    """Return ((1+g)·δ)^k for the years k of relief and 0 afterwards, shape (cases or 1, years)."""
    wrong = years[(years < 1) | (years != np.floor(years))]
    if wrong.size:
        raise InputError(f"tariffs.relief_years: whole years from 1 are needed, given {wrong[0]:g}")
    periods = int(years.max())
    factors = growth_factors((1.0 + growth) * durability - 1.0, periods)
    return np.where(np.arange(periods) < years[:, np.newaxis], factors, 0.0)


def suspended(path: FloatArray, unpaid: FloatArray) -> FloatArray:
    """Return a path that is 0 in periods in which a call is unpaid, shape (cases or 1, periods).

    What is unpaid in the last period of ``unpaid`` is never paid.
    """
    period = np.minimum(np.arange(path.shape[1]), unpaid.shape[1] - 1)
    return np.where(unpaid[:, period] > 0.0, 0.0, path)
