"""What a schedule is worth against no deal: rates of all lines, then gains over the years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.discounting import growth_factors
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.tariffs.coverage import Coverage, coverage
from tariffcalc.tariffs.lines import lines_of
from tariffcalc.tariffs.rates import measure_add_on
from tariffcalc.tariffs.schedule import TariffSchedule
from tariffcalc.tariffs.stacking import blended_base
from tariffcalc.tariffs.statistical import statistical_lines
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.response import static_totals

__all__ = ["Law", "Relief", "law_of", "relief", "suspended"]


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """The three schedules of a scenario on its flows: values, shape (lines,), and coverages."""

    value: FloatArray
    schedules: Mapping[str, Coverage]


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """Figures of one schedule against no deal.

    ``duty_saving`` is a year's duty less at fixed prices and quantities [USD], shape (cases or 1,);
    ``amounts`` the payments by account, shape (cases or 1, periods).
    """

    duty_saving: FloatArray
    amounts: dict[str, FloatArray]


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
    return Law(value, found)


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
) -> Relief:
    """Return what a schedule is worth against no deal.

    Year k counts with growth (1+g)^k and survival δ^k; year 0 is certain. The periods of a year
    have equal parts of it. ``unpaid``, shape (cases or 1, periods), is above 0 in periods in which
    tariffs are back to no deal.
    """
    if schedule == "no_deal":
        return Relief(np.zeros(1), {})
    measures = scenario.at("tariffs.measures")
    before = line_rates(law.schedules["no_deal"], measures)
    after = line_rates(law.schedules[schedule], measures)
    pass_through = scenario.number("trade.response.pass_through")
    gain, revenue = static_totals(law.value, before, after, pass_through)
    saving = (law.value * (before - after)).sum(axis=1)
    path = yearly_path(
        scenario.number("trade.growth_rate"),
        scenario.number("tariffs.durability"),
        scenario.number("tariffs.relief_years"),
    )
    path = timeline.spread(path)
    if unpaid is not None:
        path = suspended(path, unpaid)
    amounts = {
        "duty_saving": np.asfortranarray(-revenue[:, np.newaxis] * path),
        "price_change": np.asfortranarray(gain[:, np.newaxis] * path),
    }
    return Relief(saving, amounts)


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
