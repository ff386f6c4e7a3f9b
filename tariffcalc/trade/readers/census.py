"""Answers of the Census International Trade API: JSON, an array of arrays with a header."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError, first_rows, unknown_name
from tariffcalc.partners import EU27, EU27_MEMBERS
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.readers.files import MOST_BYTES, checked_path, json_value
from tariffcalc.trade.readers.lines import Reading, areas, flows_of

__all__ = ["read_census"]

EUROPEAN_UNION = "0003"
FLOWS = {
    "consumption": ("I_COMMODITY", {"value_usd": "CON_VAL", "duty_usd": "CAL_DUT"}, "CON_QY1"),
    "general": ("I_COMMODITY", {"value_usd": "GEN_VAL"}, "GEN_QY1"),
    "exports": ("E_COMMODITY", {"value_usd": "ALL_VAL"}, "QTY_1"),
}
PERIODS = {"month": "MO", "year": "YR"}
# Asked for beside the commodity and the country, these cut a line into several rows.
CUTS = ("DISTRICT", "PORT", "STATE", "RP", "CTY_SUBCO", "DF")


def read_census(
    path: str | Path,
    *,
    flow: str = "consumption",
    period: str | None = None,
    partners: Sequence[str] | None = None,
    years: Sequence[int] | None = None,
    digits: int | None = None,
    most_bytes: int = MOST_BYTES,
    name: str = "census",
) -> TradeFlows:
    """Read a saved answer of the Census International Trade API (JSON).

    Parameters
    ----------
    path
        The saved answer of ``timeseries/intltrade/imports/hs`` or ``exports/hs``.
    flow
        ``consumption`` (``CON_VAL_MO`` or ``CON_VAL_YR``), ``general`` (``GEN_VAL_…``) or
        ``exports`` (``ALL_VAL_…`` by ``E_COMMODITY``).
    period
        ``month`` (``…_MO``) or ``year`` (``…_YR``, the year up to that month); asked for where
        the file has both.
    partners
        Partners to read, ISO 3166 alpha-3; all countries when not given. ``EU27`` reads the
        country group 0003.
    years
        Years to read; all of them when not given.
    digits
        Length of the codes to read, where the file holds several levels (``COMM_LVL``).
    most_bytes
        Largest size read [bytes].
    name
        What messages and tables call these flows.

    Returns
    -------
    TradeFlows
        ``hs, partner, value_usd``; ``duty_usd`` (calculated duty, ``CAL_DUT_…``),
        ``quantity, unit`` and ``year, month`` where the file has them. ``frame.attrs`` tells the
        ``source``, what was ``skipped`` (rows and value by reason: the total ``-``, country
        groups such as ``0003`` and ``4XXX``, places without an ISO code) and ``notes``.

    Raises
    ------
    InputError
        With all faults at once: no array of arrays, missing variables, numbers that are none,
        unknown country codes, several months of figures that are cumulative, lines given twice
        or cut by district or port, levels that count the same trade twice.

    References
    ----------
    US Census Bureau, Guide to the International Trade API; Schedule C country codes.

    Examples
    --------
    >>> import tempfile, tariffcalc as tc
    >>> from pathlib import Path
    >>> text = '''[["I_COMMODITY","CTY_CODE","CTY_NAME","CON_VAL_MO","CAL_DUT_MO","time"],
    ... ["8703230130","5800","KOREA, SOUTH","1250","187","2025-05"],
    ... ["8703230130","-","TOTAL FOR ALL COUNTRIES","9000","1350","2025-05"]]'''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "imports.json"
    ...     _ = file.write_text(text)
    ...     tc.read_census(file).frame
               hs partner  value_usd  duty_usd  year  month
    0  8703230130     KOR     1250.0     187.0  2025      5
    """
    if flow not in FLOWS:
        raise unknown_name("flow", flow, FLOWS)
    if period is not None and period not in PERIODS:
        raise unknown_name("period", period, PERIODS)
    file = checked_path(path, most_bytes)
    reading = Reading(file, "an answer of the Census International Trade API")
    answer = _answer(json_value(file, most_bytes), file)
    frame = _lines(answer, reading, flow, _period(answer, reading, flow, period))
    frame = reading.without(frame, frame["code"] == "-", "totals over all goods")
    frame = _countries(frame, reading, partners)
    known = areas("census") | {EUROPEAN_UNION: (EU27, "country")}
    return flows_of(
        frame, reading, known=known, partners=partners, years=years, digits=digits, name=name
    )


def _answer(value: Any, file: Path) -> pd.DataFrame:
    """Return the array of arrays as a frame of text; a variable asked for twice is given twice."""
    if not (isinstance(value, list) and value and all(isinstance(row, list) for row in value)):
        raise InputError(f"{file}: an array of arrays is needed, the first one with the names")
    header, *rows = value
    ragged = [line for line, row in enumerate(rows, 2) if len(row) != len(header)]
    if ragged:
        raise InputError(
            f"{file}: {len(header)} values, as in the header, are needed in "
            f"{first_rows(ragged, len(ragged), 'row')}"
        )
    table: dict[str, list[str]] = {}
    for variable, *values in zip(*([_text(cell) for cell in row] for row in value), strict=True):
        if table.setdefault(variable, values) != values:
            raise InputError(f"{file}: the variable {variable} is given twice with other values")
    return pd.DataFrame(table, index=range(2, len(rows) + 2), dtype=str)


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _period(answer: pd.DataFrame, reading: Reading, flow: str, period: str | None) -> str:
    """Return the ending of the variables to read; missing variables end the reading."""
    commodity, figures, _ = FLOWS[flow]
    value = figures["value_usd"]
    there = [word for word, ending in PERIODS.items() if f"{value}_{ending}" in answer]
    missing = [variable for variable in (commodity, "CTY_CODE") if variable not in answer]
    if not there or (period is not None and period not in there):
        missing.append(f"{value}_{PERIODS[period]}" if period else f"{value}_MO or {value}_YR")
    if missing:
        reading.faults.append(
            f"variables missing for flow={flow!r}: {', '.join(missing)}; "
            f"there: {', '.join(answer.columns)}"
        )
    elif period is None and len(there) > 1:
        reading.faults.append(
            f"{value}_MO and {value}_YR are both there: give period='month' or period='year'"
        )
    reading.done()
    return PERIODS[period or there[0]]


def _lines(answer: pd.DataFrame, reading: Reading, flow: str, ending: str) -> pd.DataFrame:
    commodity, figures, quantity = FLOWS[flow]
    frame = pd.DataFrame({"code": answer[commodity], "area": answer["CTY_CODE"]})
    reading.all_given(answer, f"{figures['value_usd']}_{ending}")
    for column, variable in {**figures, "quantity": quantity}.items():
        if f"{variable}_{ending}" in answer:
            frame[column] = reading.numbers(answer, f"{variable}_{ending}")
    if "quantity" in frame and "UNIT_QY1" in answer:
        frame["unit"] = answer["UNIT_QY1"]
    for text in (f"{commodity}_LDESC", f"{commodity}_SDESC"):
        if text in answer and "description" not in frame:
            frame["description"] = answer[text]
    for cut in CUTS:
        if cut in answer and answer[cut].nunique() > 1:
            reading.faults.append(f"{cut} cuts lines into several rows: ask again without it")
    return _dated(frame, answer, reading, ending)


def _dated(
    frame: pd.DataFrame, answer: pd.DataFrame, reading: Reading, ending: str
) -> pd.DataFrame:
    """Add the year and the month; of figures that are cumulative, one month a year is read."""
    if "time" in answer:
        dates = answer["time"]
    elif "YEAR" in answer:
        months = answer.get("MONTH", "")
        dates = (answer["YEAR"] + "-" + months).str.removesuffix("-")
    else:
        return frame
    wrong = ~dates.str.fullmatch("[0-9]{4}(-(0[1-9]|1[0-2]))?")
    reading.fault(wrong, answer, "time: a year, or a year and a month (2025-05), is needed")
    dates = dates.where(~wrong, "0000")
    frame["year"] = dates.str[:4].astype(np.int64)
    if not (dates.str.len() > 4).all():
        return frame
    months = dates.str[5:].astype(np.int64)
    if ending == "MO":
        return frame.assign(month=months)
    several = months.groupby(frame["year"]).nunique()
    for year in several[several > 1].index:
        reading.faults.append(
            f"{year}: the figures of a year are cumulative and the file has {several[year]} months "
            "of them; keep one, or read period='month'"
        )
    for year, month in months.groupby(frame["year"]).first().items():
        if month < 12:
            reading.notes.append(f"{year}: the year up to month {month}")
    return frame


def _countries(
    frame: pd.DataFrame, reading: Reading, partners: Sequence[str] | None
) -> pd.DataFrame:
    """Leave out the total and the groups of countries, but for the European Union if asked for."""
    area = frame["area"]
    group = area.str.startswith(("0", "-")) | area.str.contains("X", regex=False)
    if partners is not None and EU27 in partners:
        group &= area != EUROPEAN_UNION
        if members := sorted(EU27_MEMBERS.intersection(partners)):
            reading.faults.append(
                f"partners: EU27 and its members ({', '.join(members)}) count the same trade twice"
            )
    named = ", ".join(sorted(area[group].unique())[:12])
    return reading.without(frame, group, f"totals and groups of countries: {named}")
