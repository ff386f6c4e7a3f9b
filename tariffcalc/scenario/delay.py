"""What it costs whom, month by month, that the deal comes later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from tariffcalc.numeric.adjustment import response_share
from tariffcalc.numeric.arrays import BoolArray, FloatArray, IntArray, period_array
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.discounting import growth_factors
from tariffcalc.numeric.postponement import months_to_settle, postponed
from tariffcalc.scenario.answer import PARTS, Gains, Rates, Trading, yearly_gains
from tariffcalc.scenario.evaluate import Evaluation
from tariffcalc.scenario.market import Market
from tariffcalc.scenario.relief import Law, added, line_rates, yearly_path

__all__ = ["PARTIES", "Asked", "Costs", "changed_lines", "delay_costs", "market_of_lines"]

PARTIES = ("exporters", "importers", "host_treasury", "competitors", "efficiency")
MONTHS = 12
SAME = 1e-12  # rates that differ by less are one rate, added up in another order
ByMonth = dict[str, FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A delay: which law holds meanwhile, from which month on, for how long, on which trade.

    ``first`` counts months from the base date to the month in which the deal is otherwise in
    force. ``shares``, shape (12, lines), are those of a year's trade in each calendar month;
    ``group``, shape (lines,), numbers the groups, below 0 for lines in none. Where lines share a
    market, they share its months and its group.
    """

    meanwhile: str
    first: int
    months: int
    shares: FloatArray
    group: IntArray

    @property
    def groups(self) -> range:
        """The numbers of the groups."""
        return range(int(self.group.max(initial=-1)) + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """What each further month of delay costs one group of lines, shape (cases or 1, months) each.

    ``value`` is the trade of the month on which the deal changes the duty, and ``duty`` what that
    trade pays more without it, prices and quantities fixed. ``lost`` is what each party loses, a
    gain below 0, and ``present`` the same at the base date.
    """

    value: FloatArray
    duty: FloatArray
    lost: ByMonth
    present: ByMonth


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """The months of a delay and of what is felt after it.

    ``month`` counts calendar months from 0; ``certain`` is the growth of trade since the base
    year, ``expected`` also holds the survival of the relief, and ``factor`` discounts, each of
    shape (cases or 1, all months).
    """

    month: IntArray
    certain: FloatArray
    expected: FloatArray
    factor: FloatArray


def delay_costs(evaluation: Evaluation, cases: Cases, asked: Asked) -> list[Costs]:
    """Return what each further month without the deal costs, by group of lines."""
    law, trading = evaluation.law, evaluation.trading
    lag = cases.number("trade.inventory_lag_months")
    adjustment = np.array(cases.table("trade").get("adjustment", ()), dtype=np.float64)
    settling = months_to_settle(adjustment, lag)
    share = response_share(adjustment, lag, -(-settling // MONTHS), MONTHS)[:, :settling]
    calendar = _calendar(evaluation, cases, asked.first, asked.months + settling - 1)
    rates = law_rates(law, cases, asked.meanwhile)
    found = []
    for group in asked.groups:
        worth = [
            _month_worth(law, cases, trading, asked, rates, weight)
            for weight in asked.shares * (asked.group == group)
        ]
        year = {name: _side_by_side([month[name] for month in worth]) for name in worth[0]}
        found.append(_costs(year, calendar, share, asked.months))
    return found


def law_rates(law: Law, cases: Cases, meanwhile: str) -> Rates:
    """Return the total rates meanwhile and under the deal, shape (cases or 1, lines) each."""
    measures = cases.at("tariffs.measures")
    before, after = (line_rates(law.schedules[name], measures) for name in (meanwhile, "deal"))
    return before, after


def changed_lines(law: Law, cases: Cases, meanwhile: str) -> BoolArray:
    """Return which lines the deal charges another rate in some case, shape (lines,)."""
    before, after = law_rates(law, cases, meanwhile)
    return np.asarray((np.abs(before - after) > SAME).any(axis=0))


def _calendar(evaluation: Evaluation, cases: Cases, first: int, months: int) -> Calendar:
    """Return the months from one on; the relief ends when it does in a comparison."""
    timeline, number = evaluation.timeline, np.arange(first, first + months)
    year, period = number // MONTHS, number * timeline.per_year // MONTHS
    years, periods = (int(count.max(initial=0)) + 1 for count in (year, period))
    growth = cases.number("trade.growth_rate")
    path = yearly_path(
        growth, cases.number("tariffs.durability"), cases.number("tariffs.relief_years")
    )
    survived = period_array(path.shape[0], max(years, path.shape[1]))
    survived[:, : path.shape[1]] = path
    return Calendar(
        number % MONTHS,
        growth_factors(growth, years)[:, year],
        survived[:, year],
        evaluation.factors(cases, periods)["receipt"][:, period],
    )


def _month_worth(
    law: Law, cases: Cases, trading: Trading, asked: Asked, rates: Rates, weight: FloatArray
) -> Gains:
    """Return what the deal is worth in one calendar month, on the lines' shares of their year."""
    value, (before, after) = law.value * weight, rates

    def of(some: Cases) -> Rates:
        return rates if some is cases else law_rates(law, some, asked.meanwhile)

    gains = yearly_gains(value, of, cases, _scaled(trading, weight))
    change = before - after
    return {
        "value": (value * (np.abs(change) > SAME)).sum(axis=1),
        "duty": (value * change).sum(axis=1),
        **party_gains(gains),
    }


def party_gains(gains: Gains) -> Gains:
    """Return what each party gains, and all together; without importers theirs is the rest."""
    exporters, treasury = gains["exporters"], gains["revenue"]
    if "importers" not in gains:
        importers = -(exporters + treasury)
        none = np.zeros(1)
        return dict(zip(PARTIES, (exporters, importers, treasury, none, none), strict=True))
    others = [gain for name, gain in gains.items() if name not in PARTS]
    competitors = added([gains["home"], *others])
    each = [exporters, gains["importers"], treasury, competitors]
    return dict(zip(PARTIES, (*each, added(each)), strict=True))


def _scaled(trading: Trading, weight: FloatArray) -> Trading:
    """Return the markets with all that is sold in them scaled as the payer's lines are."""
    market = trading.market
    if market is None:
        return trading
    factor = np.zeros_like(market.others)
    factor[market_of_lines(market, weight.size)] = weight
    scaled = replace(market, others=market.others * factor, home=market.home * factor)
    return replace(trading, market=scaled)


def market_of_lines(market: Market, lines: int) -> IntArray:
    """Return the number of the market in which each of the payer's lines is sold."""
    found = np.empty(lines, dtype=np.int64)
    for block in market.blocks:
        found[block.lines] = block.markets[block.market]
    return found


def _side_by_side(months: list[FloatArray]) -> FloatArray:
    return np.stack(np.broadcast_arrays(*months), axis=1)


def _costs(
    year: Mapping[str, FloatArray], calendar: Calendar, share: FloatArray, months: int
) -> Costs:
    """Return what is lost in the order of the calendar, from the worth of each month of a year."""
    by_month = {name: worth[:, calendar.month] for name, worth in year.items()}
    value = (by_month["value"] * calendar.certain)[:, :months]
    duty = by_month["duty"] * calendar.expected
    none = np.zeros_like(duty)
    at_once = {"importers": duty, "host_treasury": -duty}
    lost, present = {}, {}
    for party in PARTIES:
        first, last = at_once.get(party, none), by_month[party] * calendar.expected
        lost[party] = postponed(first, last, share, months)
        pair = first * calendar.factor, last * calendar.factor
        present[party] = postponed(*pair, share, months)
    return Costs(value, duty[:, :months], lost, present)
