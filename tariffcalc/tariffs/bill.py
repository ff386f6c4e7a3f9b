"""Duty over time: the rates of each stretch of days between two changes of the law."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from typing import Literal, get_args

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError, unknown_name
from tariffcalc.models import as_date
from tariffcalc.tables import labelled, ratio
from tariffcalc.tariffs.distinct import distinct_lines
from tariffcalc.tariffs.edits import ScheduleEdits
from tariffcalc.tariffs.grouping import By, grouping, weighted
from tariffcalc.tariffs.lines import Lines, lines_of
from tariffcalc.tariffs.rates import rate_columns
from tariffcalc.trade.flows import TradeFlows

__all__ = ["Frequency", "duty_bill", "stretches", "timeline"]

Frequency = Literal["M", "Q", "Y"]
DAY = dt.timedelta(days=1)
MONTH = "month"


def timeline(
    schedule: ScheduleEdits,
    flows: TradeFlows | pd.DataFrame,
    span: tuple[dt.date | str, dt.date | str],
    by: By,
) -> pd.DataFrame:
    """Return effective rates at each change of the law; see :meth:`TariffSchedule.timeline`."""
    first, last = ordered(span)
    lines = lines_of(flows, valued=True)
    groups = grouping(lines.frame, by)
    distinct = distinct_lines(schedule.measures, lines, schedule.reading(first))
    tables = {}
    for day, _ in stretches(schedule.change_dates(), first, last):
        rates = rate_columns(schedule.measures, distinct, schedule.reading(day))
        columns = {
            name: ratio(weighted(groups, rate), groups.value) for name, rate in rates.items()
        }
        tables[pd.Timestamp(day)] = pd.DataFrame(columns, index=groups.index)
    frame = pd.concat(tables, names=["date"])
    if by is None:
        frame = frame.droplevel("group")
    frame.attrs["end_date"] = last.isoformat()
    return labelled(frame, dict.fromkeys(frame.columns, "fraction of customs value"))


def duty_bill(
    schedule: ScheduleEdits,
    flows: TradeFlows | pd.DataFrame,
    span: tuple[dt.date | str, dt.date | str],
    frequency: Frequency,
    by: By,
) -> pd.DataFrame:
    """Return value and duty by period and authority; see :meth:`TariffSchedule.duty_bill`."""
    first, last = ordered(span)
    if frequency not in get_args(Frequency):
        raise unknown_name("frequency", str(frequency), get_args(Frequency))
    lines = lines_of(flows, valued=True)
    if MONTH not in lines.frame.columns:
        parts = [_bill(schedule, lines, (first, last), frequency, by)]
    else:
        parts = list(_monthly(schedule, lines, (first, last), frequency, by))
        if not parts:
            raise InputError(f"month: no flows are of a month between {first} and {last}")
    levels = list(range(parts[0].index.nlevels))
    total = pd.concat(parts).groupby(level=levels).sum()
    periods, groups = (total.index.get_level_values(level) for level in ("period", -1))
    # In the order of the groups of all months; without groups, none of the labels is found.
    places = grouping(lines.frame, by).index.get_indexer(groups)
    days = pd.PeriodIndex(periods).to_timestamp().to_numpy()
    total = total.iloc[np.lexsort((places, days))]
    rate = ratio(total["duty_usd"].to_numpy(), total["value_usd"].to_numpy())
    units = dict.fromkeys(total.columns, "USD") | {"effective_rate": "fraction of customs value"}
    return labelled(total.assign(effective_rate=rate), units)


def _monthly(
    schedule: ScheduleEdits,
    lines: Lines,
    span: tuple[dt.date, dt.date],
    frequency: Frequency,
    by: By,
) -> Iterator[pd.DataFrame]:
    """Return the bill of each month of flows that say their month."""
    months = lines.frame[MONTH].map(str)  # not astype: it would keep, and drop, a month unknown
    for month, frame in lines.frame.groupby(months, observed=True):
        try:
            start = dt.date.fromisoformat(f"{month}-01")
        except ValueError:
            raise InputError(f"month: text like 2025-04 is needed, given {month!r}") from None
        length = calendar.monthrange(start.year, start.month)[1]
        inside = max(start, span[0]), min(start + (length - 1) * DAY, span[1])
        if inside[0] <= inside[1]:
            own = lines_of(frame, valued=True)
            yield _bill(schedule, own, inside, frequency, by, length)


def _bill(
    schedule: ScheduleEdits,
    lines: Lines,
    span: tuple[dt.date, dt.date],
    frequency: Frequency,
    by: By,
    length: int | None = None,
) -> pd.DataFrame:
    """Return the bill of flows spread evenly over their days: a number given, or the year's."""
    groups = grouping(lines.frame, by)
    distinct = distinct_lines(schedule.measures, lines, schedule.reading(span[0]))
    periods = pd.period_range(*span, freq=frequency)
    sums = {"value_usd": np.zeros((len(periods), groups.value.size))}
    for start, stop in stretches(schedule.change_dates(), *span):
        days = np.array([_days(start, stop, period) for period in periods])
        share = days / (length or np.array([_year(period.year) for period in periods]))
        rates = rate_columns(schedule.measures, distinct, schedule.reading(start))
        parts = {f"{name.removesuffix('_rate')}_duty_usd": rate for name, rate in rates.items()}
        sums["value_usd"] += np.outer(share, groups.value)
        for name, rate in parts.items():
            sums.setdefault(name, np.zeros_like(sums["value_usd"]))
            sums[name] += np.outer(share, weighted(groups, rate))
    sums["duty_usd"] = sums.pop("total_duty_usd")
    frames = {
        period: pd.DataFrame({name: part[row] for name, part in sums.items()}, index=groups.index)
        for row, period in enumerate(periods)
    }
    bill = pd.concat(frames, names=["period"])
    return bill.droplevel("group") if by is None else bill


def ordered(span: tuple[dt.date | str, dt.date | str]) -> tuple[dt.date, dt.date]:
    """Return the first and the last day; refuse them the other way round."""
    first, last = as_date(span[0]), as_date(span[1])
    if last < first:
        raise InputError(f"end {last} is before start {first}; swap the dates")
    return first, last


def stretches(
    changes: list[dt.date], first: dt.date, last: dt.date
) -> Iterator[tuple[dt.date, dt.date]]:
    """Return the stretches of days from first to last on which the law does not change."""
    starts = [first, *(day for day in changes if first < day <= last)]
    for start, following in zip(starts, [*starts[1:], last + DAY], strict=True):
        yield start, following - DAY


def _days(start: dt.date, stop: dt.date, period: pd.Period) -> int:
    """Return how many days of a stretch lie in a period."""
    first, last = period.start_time.date(), period.end_time.date()
    return max(0, (min(stop, last) - max(start, first)).days + 1)


def _year(year: int) -> int:
    """Return the days of a calendar year."""
    return 365 + calendar.isleap(year)
