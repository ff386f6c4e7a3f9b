"""Exports of the USITC DataWeb: CSV files and workbooks, figures by year or by month."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from tariffcalc.errors import unknown_name
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.readers.dataweb_layout import columns, long_rows
from tariffcalc.trade.readers.files import MOST_BYTES, checked_path
from tariffcalc.trade.readers.lines import Reading, area_names, flows_of, plain_name
from tariffcalc.trade.readers.text_tables import TextTable, csv_table, workbook_tables

__all__ = ["read_dataweb"]

FLOWS: dict[str, dict[str, tuple[str, ...]]] = {
    "consumption": {
        "value_usd": ("customs value",),
        "duty_usd": ("calculated duties",),
        "quantity": ("first unit of quantity",),
    },
    "general": {
        "value_usd": ("general customs value",),
        "quantity": ("general first unit of quantity",),
    },
    "exports": {
        "value_usd": ("fas value", "total fas value"),
        "quantity": ("first unit of quantity", "total first unit of quantity"),
    },
}


def read_dataweb(
    path: str | Path,
    *,
    flow: str = "consumption",
    partners: Sequence[str] | None = None,
    years: Sequence[int] | None = None,
    digits: int | None = None,
    decimal: str | None = None,
    most_bytes: int = MOST_BYTES,
    name: str = "dataweb",
) -> TradeFlows:
    """Read an export of the USITC DataWeb, a CSV file or a workbook (.xlsx).

    Parameters
    ----------
    path
        The downloaded file, with countries and commodities displayed separately.
    flow
        ``consumption`` (data type Customs Value), ``general`` (General Customs Value) or
        ``exports`` (FAS Value).
    partners
        Partners to read, ISO 3166 alpha-3; all of them when not given.
    years
        Years to read; all of them when not given.
    digits
        Length of the codes to read, where the file holds several levels of the HTS.
    decimal
        ``"."`` or ``","``; asked for where a spreadsheet saved the file with semicolons and a
        figure could be read either way.
    most_bytes
        Largest size read [bytes].
    name
        What messages and tables call these flows.

    Returns
    -------
    TradeFlows
        ``hs, partner, value_usd``, ``year`` and, where given, ``month``; ``duty_usd``
        (Calculated Duties), ``quantity, unit`` (First Unit of Quantity), ``description`` and the
        file's other columns. ``frame.attrs`` tells the ``source``, what was ``skipped`` (rows
        and value by reason: the totals row, empty cells, places without an ISO code) and
        ``notes``. Cells of months that are not published yet are empty, not 0.

    Raises
    ------
    InputError
        With all faults at once: no such header, rows that are not as many as the export says or
        do not add up to its totals row, countries that are not in the table, lost zeros, lines
        given twice, levels of the HTS that count the same trade twice.

    References
    ----------
    USITC, DataWeb, https://dataweb.usitc.gov.

    Examples
    --------
    >>> import tempfile, tariffcalc as tc
    >>> from pathlib import Path
    >>> text = '''Imports For Consumption|Annual Data,,,,
    ... Data Row Count,1,,,
    ... Data Type,HTS Number,Description,Country,2024
    ... Customs Value,87032301,MOTOR CARS,South Korea,"1,250.00"
    ... Total: ,,,,"1,250"
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "DataWeb-Query-Export.csv"
    ...     _ = file.write_text(text, encoding="utf-8")
    ...     tc.read_dataweb(file).frame[["hs", "partner", "value_usd", "year"]]
             hs partner  value_usd  year
    0  87032301     KOR     1250.0  2024
    """
    if flow not in FLOWS:
        raise unknown_name("flow", flow, FLOWS)
    file = checked_path(path, most_bytes)
    reading = Reading(file, "a USITC DataWeb export")
    tables = _tables(file, reading, most_bytes)
    long = _together([long_rows(table, reading, decimal) for table in tables], reading)
    frame = _by_line(long, reading, flow)
    places = area_names()
    written = {name: plain_name(name) for name in frame["area"].unique()}
    known = {name: places[plain] for name, plain in written.items() if plain in places}
    return flows_of(
        frame, reading, known=known, partners=partners, years=years, digits=digits, name=name
    )


def _tables(file: Path, reading: Reading, most_bytes: int) -> list[TextTable]:
    wanted = "'HTS Number' and 'Country'"
    if file.suffix.lower() not in (".xlsx", ".xlsm"):
        return [csv_table(file, columns, wanted, most_bytes)]
    tables, others = workbook_tables(file, columns, wanted, most_bytes)
    for rows in others.values():
        scale = next((row[1] for row in rows if row[:1] == ["Data Format"]), "1")
        if scale != "1":
            reading.faults.append(f"figures in units of {scale}: export them with data format 1")
    return tables


def _together(parts: list[pd.DataFrame], reading: Reading) -> pd.DataFrame:
    """Put the sheets of a workbook one below the other; all are by year, or all by month."""
    dates = {tuple(name for name in ("year", "month") if name in part) for part in parts}
    if len(dates) > 1:
        reading.faults.append("some sheets are by month and some by year: read them one by one")
        reading.done()
    long = pd.concat(parts)
    texts = [name for name in long.columns if name not in ("figure", "year", "month")]
    return long.assign(**{name: long[name].fillna("") for name in texts})


def _by_line(long: pd.DataFrame, reading: Reading, flow: str) -> pd.DataFrame:
    """Return one row per line and date: value, and duty and quantity where the file has them."""
    there, parts = set(long["data_type"]), {}
    for column, types in FLOWS[flow].items():
        mine = long["data_type"].isin(types)
        parts[column] = long[mine].rename(columns={"figure": column}).drop(columns="data_type")
        long = long[~mine]
    for kind, rows in long.groupby("data_type").size().items():
        reading.skip(f"data type not read: {kind}", int(rows))
    frame = parts["value_usd"]
    if not len(frame):
        fits = [name for name, types in FLOWS.items() if there.intersection(types["value_usd"])]
        reading.faults.append(
            f"no rows of data type {FLOWS[flow]['value_usd'][0]!r} for flow={flow!r}; the file "
            f"has: {', '.join(sorted(there)) or 'none'}{f' (flow={fits[0]!r})' if fits else ''}"
        )
        reading.done()
    empty = frame["value_usd"].isna()
    frame = reading.without(frame, empty, "empty cells: no figure is published").drop(
        columns="unit"
    )
    keys = [name for name in frame.columns if name not in ("value_usd", "description")]
    if "duty_usd" in parts and len(parts["duty_usd"]):
        duty = parts["duty_usd"]
        reading.fault(duty.duplicated(keys), duty, "duties that are given twice")
        frame = _beside(frame, duty.drop_duplicates(keys)[[*keys, "duty_usd"]], keys)
        paid = math.fsum(duty["duty_usd"].dropna()) - math.fsum(frame["duty_usd"].dropna())
        if paid and not reading.faults:
            reading.faults.append(f"calculated duties of {paid:,.2f} USD without a customs value")
    if len(parts["quantity"]):
        quantity = parts["quantity"]
        several = quantity.duplicated(keys, keep=False)
        quantity = reading.without(quantity, several, "quantities in several units on one line")
        frame = _beside(frame, quantity[[*keys, "quantity", "unit"]], keys)
        frame["unit"] = frame["unit"].fillna("")
    return frame


def _beside(frame: pd.DataFrame, other: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    return frame.merge(other, on=keys, how="left").set_axis(frame.index)
