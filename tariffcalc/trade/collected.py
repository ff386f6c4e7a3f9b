"""Duty as it was collected: monthly Census figures by partner and industry."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import pandas as pd

from tariffcalc.data import data_table
from tariffcalc.errors import InputError, unknown_name
from tariffcalc.models import as_date
from tariffcalc.tables import labelled, ratio
from tariffcalc.trade.packaged import PACKAGED, packaged_partners

__all__ = ["load_collected_duties", "month_of"]

TABLE = "trade/collected-duties.csv.gz"
UNITS = {
    "value_usd": "USD",
    "duty_usd": "USD",
    "effective_rate": "fraction of customs value",
}


def load_collected_duties(
    *,
    partners: Sequence[str] | None = None,
    start: dt.date | str | None = None,
    end: dt.date | str | None = None,
    by: Literal["naics3"] | None = "naics3",
) -> pd.DataFrame:
    """Load imports and calculated duty by month, from January 2023 to November 2025.

    Parameters
    ----------
    partners
        Of KOR, JPN, EU27, GBR, CHN, MEX, CAN, TWN, VNM, CHE, IND and ROW, which together are all
        US imports (``None``, the default); DEU is there too, and part of EU27.
    start, end
        First and last month, as ``"2025-04"`` or any day of it; by default all there are.
    by
        ``"naics3"`` for one row per industry, ``None`` for the sum over industries.

    Returns
    -------
    pandas.DataFrame
        Index ``month`` (its first day), ``partner`` and, by industry, ``naics3``, ascending;
        columns ``value_usd``, ``duty_usd``, ``effective_rate`` (duty ÷ value);
        ``attrs["naics3"]`` names the industries. Months without imports have no row.

    Raises
    ------
    InputError
        For what is neither a month nor a date, or months outside the table.
    UnknownNameError
        For a partner or an industry level that is not packaged.

    Notes
    -----
    Calculated duty is what the law of the day of entry gave; refunds paid later, as those of the
    retroactive cuts of November 2025, are not taken off. The line ``naics3`` of
    :func:`~tariffcalc.load_flows` meets these industries to within 0.4% of Korea's value in 2024.

    References
    ----------
    US Census Bureau, imports for consumption, customs value and calculated duty.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> table = tc.load_collected_duties(
    ...     partners=["KOR"], start="2025-09", end="2025-10", by=None)
    >>> table["effective_rate"].round(4).tolist()
    [0.1551, 0.1466]
    """
    if by not in ("naics3", None):
        raise unknown_name("grouping of collected duties", by, ["naics3"])
    names = PACKAGED["us-imports-2024"]
    wanted = packaged_partners(partners, names, "collected duties", further="DEU")
    table = _table()
    first, last = _span(start, end, table["month"])
    inside = table["partner"].isin(wanted) & table["month"].between(first, last)
    keys = ["month", "partner"] if by is None else ["month", "partner", by]
    sums = table[inside].groupby(keys, sort=True)[["value_usd", "duty_usd"]].sum()
    sums["effective_rate"] = ratio(sums["duty_usd"].to_numpy(), sums["value_usd"].to_numpy())
    sums.attrs["naics3"] = data_table("naics3.csv").set_index("naics3")["name"].to_dict()
    return labelled(sums, UNITS)


@lru_cache(maxsize=1)
def _table() -> pd.DataFrame:
    table = data_table(TABLE).astype({"value_usd": "float64", "duty_usd": "float64"})
    return table.assign(month=pd.to_datetime(table["month"], format="%Y-%m"))


def _span(
    start: dt.date | str | None, end: dt.date | str | None, months: pd.Series
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and the last month wanted; refuse what the table does not hold."""
    low, high = months.min(), months.max()
    first = low if start is None else month_of(start)
    last = high if end is None else month_of(end)
    if first > last:
        raise InputError(f"end {last:%Y-%m} is before start {first:%Y-%m}; swap the months")
    if first < low or last > high:
        raise InputError(
            f"collected duties run from {low:%Y-%m} to {high:%Y-%m}, "
            f"given {first:%Y-%m} to {last:%Y-%m}"
        )
    return first, last


def month_of(given: dt.date | str) -> pd.Timestamp:
    """Return the first day of a month given as ``YYYY-MM`` or as any day of it."""
    if isinstance(given, str) and re.fullmatch(r"\d{4}-\d{2}", given):
        given = f"{given}-01"
    return pd.Timestamp(as_date(given)).replace(day=1)
