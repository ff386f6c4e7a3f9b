"""Two schedules side by side on the same flows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.tables import labelled, ratio
from tariffcalc.tariffs.distinct import distinct_lines
from tariffcalc.tariffs.grouping import By, Grouping, grouping, weighted
from tariffcalc.tariffs.lines import Lines, lines_of
from tariffcalc.tariffs.rates import rate_columns
from tariffcalc.tariffs.schedule import TariffSchedule
from tariffcalc.trade.flows import TradeFlows

__all__ = ["compare_tariffs"]


def compare_tariffs(
    flows: TradeFlows | pd.DataFrame,
    schedules: Mapping[str, TariffSchedule],
    *,
    on: dt.date | str,
    by: By = "sector",
) -> pd.DataFrame:
    """Compare the duty of two schedules on the same flows, group by group.

    Parameters
    ----------
    flows
        Imports by line, with ``value_usd`` as weights; quantities and prices do not respond here.
    schedules
        Two schedules by name, the one before first: ``{"before": a, "after": b}``.
    on
        Date of entry.
    by
        ``"sector"``, ``"chapter"``, ``"authority"``, ``"partner"``, any column of the flows, or
        ``None`` for one row. By authority every row is relative to the whole value, so that rates
        add up.

    Returns
    -------
    pandas.DataFrame
        One row per group in ascending order; columns ``value_usd``, ``<name>_rate`` and
        ``<name>_duty_usd`` for both names, ``saving_usd`` (duty before − duty after) and
        ``rate_change_pp`` (effective tariff rate after − before, in percentage points).

    Raises
    ------
    InputError
        For a fault in the flows, or not exactly two schedules.
    UnknownNameError
        For a grouping that does not exist.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> flows = tc.load_flows("us-imports-2024", partners=["KOR"])
    >>> table = tc.compare_tariffs(
    ...     flows, {"before": scenario.status_quo, "after": scenario.deal}, on="2025-10-17")
    >>> round(float(table.loc["Passenger cars", "saving_usd"]) / 1e9, 2)
    3.7
    """
    if len(schedules) != 2:
        raise InputError(
            f"schedules: two are needed, the one before first, given {len(schedules)}: "
            f"{', '.join(map(repr, schedules)) or 'none'}"
        )
    lines = lines_of(flows, valued=True)
    groups = grouping(lines.frame, by)
    duties = {
        name: _duties(schedule, lines, on, groups, by) for name, schedule in schedules.items()
    }
    rows = list(dict.fromkeys(row for duty in duties.values() for row in duty))
    index = groups.index if by != "authority" else pd.Index(rows, name="authority")
    value = np.broadcast_to(groups.value, (len(rows),))
    columns: dict[str, FloatArray] = {"value_usd": value}
    before, after = (np.array([duty.get(row, 0.0) for row in rows]) for duty in duties.values())
    first, second = duties
    columns |= {f"{first}_rate": ratio(before, value), f"{second}_rate": ratio(after, value)}
    columns |= {f"{first}_duty_usd": before, f"{second}_duty_usd": after}
    columns["saving_usd"] = before - after
    columns["rate_change_pp"] = 100.0 * (columns[f"{second}_rate"] - columns[f"{first}_rate"])
    return labelled(pd.DataFrame(columns, index=index), {name: _unit(name) for name in columns})


def _duties(
    schedule: TariffSchedule, lines: Lines, on: dt.date | str, groups: Grouping, by: By
) -> dict[str, float]:
    """Return the duty of each group, or of each authority."""
    reading = schedule.reading(on)
    distinct = distinct_lines(schedule.measures, lines, reading)
    rates = rate_columns(schedule.measures, distinct, reading)
    total = rates.pop("total_rate")
    if by == "authority":
        return {
            name.removesuffix("_rate"): float(weighted(groups, rate)[0])
            for name, rate in rates.items()
        }
    duty = weighted(groups, total)
    return dict(zip(groups.index, duty.tolist(), strict=True))


def _unit(column: str) -> str:
    if column.endswith("_usd"):
        return "USD"
    return "percentage points" if column.endswith("_pp") else "fraction of customs value"
