"""What each month without the deal costs whom."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from tariffcalc.analysis.stated import stated
from tariffcalc.errors import InputError, unknown_name
from tariffcalc.models import check_number
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.scenario.delay import PARTIES, Asked, Costs, changed_lines, delay_costs
from tariffcalc.scenario.delayed_trade import authority_groups, months_of_trade, one_group
from tariffcalc.scenario.evaluate import Evaluation, evaluation
from tariffcalc.scenario.model import Scenario
from tariffcalc.trade.collected import month_of
from tariffcalc.trade.flows import TradeFlows

__all__ = ["Delay", "cost_of_delay", "delay_of"]

MEANWHILE = ("status_quo", "no_deal")
MOST_MONTHS = 1200
TOGETHER = "together"
NONE = np.zeros((1, 0))
NOTHING = Costs(NONE, NONE, dict.fromkeys(PARTIES, NONE), dict.fromkeys(PARTIES, NONE))


@dataclass(frozen=True, slots=True, eq=False)
class Delay:
    """The answer to a delay: costs by group, the first month of it, what to know about them."""

    costs: dict[str, Costs]
    start: pd.Period
    notes: list[str]


def cost_of_delay(
    scenario: Scenario,
    months: int,
    *,
    by: Literal["authority"] | None = None,
    meanwhile: Literal["status_quo", "no_deal"] = "status_quo",
    start: dt.date | str | None = None,
    seasonal: bool = True,
    flows: TradeFlows | None = None,
) -> pd.DataFrame:
    """Return what each further month costs whom in which the deal is not in force.

    Parameters
    ----------
    scenario
        The scenario.
    months
        Months of delay, from 0 on.
    by
        ``"authority"`` for one row per month and authority whose duty the deal changes.
    meanwhile
        The schedule that is charged until the deal is in force.
    start
        The month from which the deal is otherwise in force, as ``"2026-03"`` or any day of it; by
        default that of ``valuation.base_date``, from which relief counts in :func:`compare`.
    seasonal
        ``True``: a line's year falls on the months of its flows if they have a ``month``, or else
        of its industry in 2024; ``False``: evenly. Which it was stands in ``attrs["notes"]``.
    flows
        Trade flows in place of the scenario's packaged table.

    Returns
    -------
    pandas.DataFrame
        Index ``month``, the month of delay from 1 on, or (``month``, ``authority``). ``date``, its
        first day; ``value_usd``, the month's trade on which the deal changes the duty;
        ``duty_usd``, what it pays more without the deal, prices and quantities fixed. What each
        party loses, below 0 what it gains: ``exporters_usd, importers_usd, host_treasury_usd,
        competitors_usd`` (abroad and at home) and their sum ``efficiency_usd``; the same as
        ``…_pv_usd`` at the base date, and added up over the months as ``…_cumulative_pv_usd``.
        ``attrs`` hold units, hash, version, and as ``notes`` what was assumed.

    Raises
    ------
    InputError
        For months that are no whole number from 0 to 1200, or a start before the base date.
    UnknownNameError
        For another grouping or schedule.

    Notes
    -----
    The law of ``tariffs.law_date`` is charged in all months. A month counts as delayed when the
    deal's rates do not apply to its entries afterwards either: where a cut is retroactive, as
    Korea's of December 2025 to 1 November, what was paid meanwhile is refunded and the months that
    the cut reaches back to cost nothing. The months of a year already begun can be looked at with
    an earlier ``valuation.base_date``. Where the deal is in force, as from January 2026 in Korea's
    scenario, nothing is left to delay, and ``meanwhile="no_deal"`` says what its loss would cost.

    Row m is the difference between a deal in force from month m and one in force from month m + 1
    on. Duty changes at once; prices and quantities follow after ``trade.inventory_lag_months`` and
    by ``trade.adjustment``. With r_u the share of the long-run answer reached u months after the
    deal, L_t what the answer is worth to a party in month t, and A_t what the duty alone is worth,
    row m is A_m + Σ_u (r_u − r_{u−1})·(L − A)_{m+u}, summed over u from 0 with r_{−1} = 0. So
    exporters lose what they would have gained one lag later. In the year k after the base year
    trade has grown by (1+g)^k and relief survives with δ^k, until ``tariffs.relief_years`` are
    over. A month's amounts are discounted with the period of the valuation it lies in, as
    :func:`compare` discounts receipts; the pledge is paid as if there were no delay.

    Where lines share an Armington market, they have its mean months and belong to the authority
    whose duty changes most in it.

    References
    ----------
    US Census Bureau, imports for consumption, customs value by month and NAICS industry, 2024.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> table = tc.cost_of_delay(scenario, 3)
    >>> table["duty_usd"].div(1e9).round(2).tolist()
    [0.45, 0.41, 0.44]
    >>> table["exporters_cumulative_pv_usd"].div(1e9).round(2).tolist()
    [0.18, 0.35, 0.53]
    >>> lagging = scenario.replace({"trade.inventory_lag_months": 2})
    >>> bool(tc.cost_of_delay(lagging, 1)["exporters_usd"].item() == table["exporters_usd"][3])
    True
    """
    count = _whole_months(months)
    if by not in (None, "authority"):
        raise unknown_name("by", str(by), ["authority"])
    asked = evaluation(scenario, flows, apart=True)
    found = delay_of(asked, count, by, meanwhile=meanwhile, start=start, seasonal=seasonal)
    frame = _by_month(found) if by is None else _by_group(found)
    usd = [column for column in frame.columns if column != "date"]
    stated(frame, dict.fromkeys(usd, "USD"), scenario)
    frame.attrs["notes"] = [*found.notes, *frame.attrs["notes"]]
    return frame


def delay_of(
    asked: Evaluation,
    months: int,
    by: str | None = None,
    *,
    meanwhile: str,
    start: dt.date | str | None,
    seasonal: bool,
) -> Delay:
    """Return the costs of a delay by group, in the order of the groups."""
    if meanwhile not in MEANWHILE:
        raise unknown_name("meanwhile", str(meanwhile), MEANWHILE)
    base = pd.Period(asked.scenario.valuation.base_date, "M")
    first = base if start is None else pd.Period(month_of(start), "M")
    if first < base:
        raise InputError(
            f"start {first} is before valuation.base_date {asked.scenario.valuation.base_date}, "
            f"from which relief counts; set the base date to {first.year}-01-01"
        )
    cases, trade = asked.cases(), months_of_trade(asked, seasonal=seasonal)
    names, group = [TOGETHER], one_group(asked)
    if by is not None:
        names, group = authority_groups(asked, cases, meanwhile)
    offset = (first.year - base.year) * 12 + first.month - base.month
    costs = delay_costs(asked, cases, Asked(meanwhile, offset, months, trade.shares, group))
    found = dict(zip(names, costs, strict=True))
    notes = _notes(asked.scenario, first, meanwhile, trade.basis)
    if not changed_lines(asked.law, cases, meanwhile).any():
        notes.append(f"{meanwhile} and deal charge every line alike: nothing is left to delay")
    return Delay(found, first, notes)


def _whole_months(months: object) -> int:
    """Return the number of months; refuse what is none."""
    try:
        given = check_number(months.item() if isinstance(months, np.generic) else months)
    except ValueError as error:
        raise InputError(f"months: {error}") from None
    if given != int(given) or not 0 <= given <= MOST_MONTHS:
        raise InputError(
            f"months: whole months from 0 to {MOST_MONTHS} are needed, given {given:g}"
        )
    return int(given)


def _by_month(found: Delay) -> pd.DataFrame:
    """Return the table of all lines together."""
    (costs,) = found.costs.values()
    return _frame(costs, found.start)


def _by_group(found: Delay) -> pd.DataFrame:
    """Return the table of all groups, month by month; without any, no rows."""
    parts = {name: _frame(costs, found.start) for name, costs in found.costs.items()}
    frame = pd.concat(parts or {"": _frame(NOTHING, found.start)}, names=["authority"])
    frame = frame.swaplevel()
    return frame.iloc[np.argsort(frame.index.get_level_values("month"), kind="stable")]


def _frame(costs: Costs, start: pd.Period) -> pd.DataFrame:
    """Return the table of one group, one row per month of delay."""
    columns: dict[str, FloatArray] = {"value_usd": costs.value[0], "duty_usd": costs.duty[0]}
    columns |= {f"{party}_usd": costs.lost[party][0] for party in PARTIES}
    columns |= {f"{party}_pv_usd": costs.present[party][0] for party in PARTIES}
    columns |= {f"{p}_cumulative_pv_usd": np.cumsum(costs.present[p][0]) for p in PARTIES}
    count = costs.value.shape[1]
    dates = pd.period_range(start, periods=count).to_timestamp()
    index = pd.RangeIndex(1, count + 1, name="month")
    return pd.DataFrame({"date": dates, **columns}, index=index)


def _notes(scenario: Scenario, start: pd.Period, meanwhile: str, basis: str) -> list[str]:
    """Return what a reader has to know of the figures."""
    vintage, law = f"{scenario.name} as of {scenario.as_of}", scenario.tariffs.law_date
    lag = scenario.trade.inventory_lag_months
    felt = f"after {lag:g} months" if lag else "at once"
    notes = [
        f"{vintage}: {meanwhile} instead of deal from {start} on, law of {law}",
        f"trade by month: {basis}",
        f"prices and quantities answer a change in duty {felt}",
    ]
    if scenario.tariffs.snap_back:
        notes.append("no call of the pledge is missed: relief never snaps back")
    return notes
