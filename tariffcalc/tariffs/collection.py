"""The rate in law beside the duty that was collected."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Literal

import pandas as pd

from tariffcalc.errors import InputError, unknown_name
from tariffcalc.tables import labelled
from tariffcalc.tariffs.schedule import TariffSchedule
from tariffcalc.trade.collected import load_collected_duties
from tariffcalc.trade.flows import TradeFlows

__all__ = ["compare_collected"]

UNITS = {
    "value_usd": "USD",
    "statutory_rate": "fraction of customs value",
    "collected_rate": "fraction of customs value",
    "gap_pp": "percentage points",
    "statutory_duty_usd": "USD",
    "collected_duty_usd": "USD",
}


def compare_collected(
    flows: TradeFlows,
    schedule: TariffSchedule,
    *,
    start: dt.date | str,
    end: dt.date | str,
    by: Literal["naics3"] | None = None,
) -> pd.DataFrame:
    """Compare the effective rate in law with the duty that was collected, month by month.

    Parameters
    ----------
    flows
        A year's imports from one partner; they weigh the rates in law.
    schedule
        The law; a legal reading charges retroactive rates from their legal dates, while what was
        collected holds no refunds.
    start, end
        First and last month, as ``"2025-04"`` or any day of it; collected duties run from January
        2023 to November 2025.
    by
        ``None``, or ``"naics3"`` for one row per industry; the flows then need that column.

    Returns
    -------
    pandas.DataFrame
        Index ``month``, and ``naics3`` by industry; columns ``value_usd`` (imports of the month),
        ``statutory_rate`` (average over its days, at the weights of ``flows``),
        ``collected_rate``, ``gap_pp`` (collected − statutory, in percentage points),
        ``statutory_duty_usd`` (on the imports of the month) and ``collected_duty_usd``. Industries
        without flows to weigh their rate have none: NaN.

    Raises
    ------
    InputError
        For flows of several partners, months that are none or outside the table.
    UnknownNameError
        For a partner without collected duties, or a grouping that does not exist.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> flows = tc.load_flows("us-imports-2024", partners=["KOR"])
    >>> law = tc.load_schedule("united-states")
    >>> table = tc.compare_collected(flows, law, start="2025-09", end="2025-10")
    >>> bool((table["gap_pp"] < 0).all())
    True
    """
    if by not in (None, "naics3"):
        raise unknown_name("grouping", str(by), ["naics3"])
    if len(flows.partners) != 1:
        raise InputError(
            f"flows: one partner is needed, given {', '.join(flows.partners)}; use .only(partner)"
        )
    found = load_collected_duties(partners=flows.partners, start=start, end=end, by=by)
    found = found.droplevel("partner")
    months = pd.DatetimeIndex(found.index.get_level_values("month"))
    first, last = months[0].date(), months[-1].date()
    span = first, last.replace(day=calendar.monthrange(last.year, last.month)[1])
    bill = schedule.duty_bill(flows, start=span[0], end=span[1], by=by)
    groups = [] if by is None else [found.index.get_level_values(by)]
    rows: pd.Index = months.to_period("M")
    rows = pd.MultiIndex.from_arrays([rows, *groups]) if groups else rows
    statutory = bill["effective_rate"].reindex(rows).to_numpy()
    table = pd.DataFrame(
        {
            "value_usd": found["value_usd"],
            "statutory_rate": statutory,
            "collected_rate": found["effective_rate"],
            "gap_pp": 100.0 * (found["effective_rate"] - statutory),
            "statutory_duty_usd": found["value_usd"] * statutory,
            "collected_duty_usd": found["duty_usd"],
        }
    )
    return labelled(table, UNITS)
