"""CSV files of UN Comtrade: the present download and API, and the classic one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError, unknown_name
from tariffcalc.partners import partner_codes
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.readers.files import MOST_BYTES, checked_path
from tariffcalc.trade.readers.lines import Reading, areas, decimal_mark, flows_of
from tariffcalc.trade.readers.text_tables import Keep, TextTable, csv_table

__all__ = ["read_comtrade"]

# Present names first, then the classic ones, without case and punctuation.
NAMES: Mapping[str, tuple[str, ...]] = {
    "code": ("cmdcode", "commoditycode"),
    "description": ("cmddesc", "commodity"),
    "level": ("aggrlevel", "aggregatelevel"),
    "classification": ("classificationcode", "classification"),
    "period": ("period",),
    "flow": ("flowcode", "tradeflowcode"),
    "reporter": ("reportercode",),
    "reporter_iso": ("reporteriso",),
    "partner_number": ("partnercode",),
    "partner_iso": ("partneriso",),
    "primary": ("primaryvalue", "tradevalueus"),
    "cif": ("cifvalue", "ciftradevalueus"),
    "fob": ("fobvalue", "fobtradevalueus"),
    "quantity": ("qty",),
    "unit": ("qtyunitabbr", "qtyunit"),
    "net_weight": ("netwgt", "netweightkg"),
    "second partner": ("partner2code", "2ndpartnercode"),
    "customs procedure": ("customscode", "customsproccode"),
    "mode of transport": ("motcode", "modeoftransportcode"),
    "mode of supply": ("moscode",),
}
NEEDED = ("code", "flow", "period")
VALUES = ("primary", "cif", "fob")
# Rows that are not the total over these count the same trade again.
TOTALS = {
    "second partner": {"", "0"},
    "customs procedure": {"", "C00"},
    "mode of transport": {"", "0"},
    "mode of supply": {"", "0"},
}
IMPORTS = {"M", "1"}


def read_comtrade(
    path: str | Path,
    *,
    importer: str = "USA",
    value: str = "primary",
    partners: Sequence[str] | None = None,
    years: Sequence[int] | None = None,
    digits: int | None = None,
    decimal: str | None = None,
    most_bytes: int = MOST_BYTES,
    name: str = "comtrade",
) -> TradeFlows:
    """Read a CSV file of UN Comtrade: imports as the importer reports them.

    Parameters
    ----------
    path
        The downloaded file, of the present Comtrade (``cmdCode``, ``primaryValue``) or the
        classic one (``Commodity Code``, ``Trade Value (US$)``).
    importer
        The reporter whose imports are read, ISO 3166 alpha-3.
    value
        ``primary``, ``cif`` or ``fob``: the value read. Primary values of imports are c.i.f. for
        most reporters, while US duty is due on the customs value, which is near f.o.b.
    partners
        Partners to read, ISO 3166 alpha-3; all of them when not given.
    years
        Years to read; all of them when not given.
    digits
        Length of the codes to read, where the file holds several levels (``aggrLevel``).
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
        ``hs, partner, value_usd, year`` and, in monthly files, ``month``; ``quantity, unit``,
        ``net_weight_kg``, ``classification`` (the edition of the HS) and ``description`` where
        given. ``frame.attrs`` tells the ``source``, what was ``skipped`` (rows and value by
        reason: the partner World, other flows, breakdowns by mode of transport) and ``notes``,
        which count the leading zeros that ``aggrLevel`` proves to be lost and that were put back.

    Raises
    ------
    InputError
        With all faults at once: missing columns, lost zeros that nothing proves, another
        classification than the HS, unknown partners, lines given twice, levels that count the
        same trade twice.

    References
    ----------
    United Nations, UN Comtrade, https://comtradeplus.un.org.

    Examples
    --------
    >>> import tempfile, tariffcalc as tc
    >>> from pathlib import Path
    >>> text = '''period,reporterISO,flowCode,partnerISO,cmdCode,aggrLevel,primaryValue
    ... 2024,USA,M,W00,870323,6,9000.5
    ... 2024,USA,M,KOR,870323,6,1250.25
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "TradeData.csv"
    ...     _ = file.write_text(text)
    ...     tc.read_comtrade(file).frame
           hs partner  value_usd  year
    0  870323     KOR    1250.25  2024
    """
    if importer not in partner_codes():
        raise unknown_name("importer", importer, partner_codes())
    if value not in VALUES:
        raise unknown_name("value", value, VALUES)
    file = checked_path(path, most_bytes)
    reading = Reading(file, "a UN Comtrade file")
    table = csv_table(
        file, _columns, "'cmdCode' or 'Commodity Code'", most_bytes, _wanted(importer)
    )
    if table.unkept:
        reading.skip(f"other flows than imports of {importer}", table.unkept)
    frame = _lines(table, reading, value, decimal)
    frame = _totals_only(frame, reading)
    frame = _hs_codes(frame, reading)
    known = areas("un") | {code: (code, "country") for code in partner_codes()}
    return flows_of(
        frame, reading, known=known, partners=partners, years=years, digits=digits, name=name
    )


def _columns(cells: Sequence[str]) -> Mapping[str, int] | None:
    plain = [re.sub(r"[^a-z0-9]", "", cell.casefold()) for cell in cells]
    found = {
        own: next(plain.index(name) for name in names if name in plain)
        for own, names in NAMES.items()
        if any(name in plain for name in names)
    }
    if "code" not in found:
        return None
    missing = [own for own in NEEDED if own not in found]
    missing += [] if {"reporter", "reporter_iso"} & set(found) else ["reporter"]
    missing += [] if {"partner_number", "partner_iso"} & set(found) else ["partner"]
    if missing:
        raise InputError(f"columns missing: {', '.join(missing)}; there: {', '.join(cells)}")
    return found


def _wanted(importer: str) -> Keep:
    codes = {importer, *(code for code, area in areas("un").items() if area[0] == importer)}

    def keep(names: Sequence[str]) -> Callable[[Sequence[str]], bool]:
        reporters = [names.index(name) for name in ("reporter", "reporter_iso") if name in names]
        flow = names.index("flow")
        return lambda row: row[flow] in IMPORTS and any(row[at] in codes for at in reporters)

    return keep


def _lines(table: TextTable, reading: Reading, value: str, decimal: str | None) -> pd.DataFrame:
    raw = table.frame
    if value not in raw:
        there = ", ".join(name for name in VALUES if name in raw)
        reading.faults.append(f"no {value} values; there: {there or 'none'}")
        reading.done()
    mark = decimal_mark(decimal, table.separator, raw[value])
    reading.all_given(raw, value)
    frame = raw[[name for name in ("code", "level", "classification", *TOTALS) if name in raw]]
    numbers = raw.get("partner_number", pd.Series("", index=raw.index))
    area = numbers.where(numbers != "", raw.get("partner_iso", ""))
    frame = frame.assign(area=area, value_usd=reading.numbers(raw, value, decimal=mark))
    if "quantity" in raw:
        frame["quantity"] = reading.numbers(raw, "quantity", decimal=mark)
        frame["unit"] = raw.get("unit", "")
    if "net_weight" in raw:
        frame["net_weight_kg"] = reading.numbers(raw, "net_weight", decimal=mark)
    if "description" in raw:
        frame["description"] = raw["description"]
    return _dated(frame, raw["period"], reading)


def _dated(frame: pd.DataFrame, period: pd.Series, reading: Reading) -> pd.DataFrame:
    wrong = ~period.str.fullmatch("[0-9]{4}(0[1-9]|1[0-2])?")
    reading.fault(wrong, frame, "period: a year (2024), or a year and a month (202405), is needed")
    period = period.where(~wrong, "0000")
    frame["year"] = period.str[:4].astype(np.int64)
    if len(period) and (period.str.len() == 6).all():
        frame["month"] = period.str[4:].astype(np.int64)
    elif (period.str.len() == 6).any():
        reading.faults.append("years and months in one file count the same trade twice")
    return frame


def _totals_only(frame: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    for cut, totals in TOTALS.items():
        if cut in frame:
            parts = ~frame[cut].isin(totals)
            if parts.all() and len(parts):
                reading.faults.append(f"{cut}: only parts are there; download the totals over it")
            frame = reading.without(frame, parts, f"parts by {cut}").drop(columns=cut)
    return frame


def _hs_codes(frame: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    """Leave out totals and codes of no heading; put back zeros that the level proves to be lost."""
    if "classification" in frame:
        other = ~frame["classification"].str.fullmatch("H[S0-9]")
        given = ", ".join(sorted(frame["classification"][other].unique()))
        reading.fault(other, frame, f"classification: the HS is needed, given {given},")
    no_heading = ~frame["code"].str.fullmatch("[0-9]+") | (frame.get("level", "") == "0")
    named = ", ".join(sorted(frame["code"][no_heading].unique())[:5])
    frame = reading.without(frame, no_heading, f"totals and codes of no heading: {named}")
    if "level" not in frame:
        return frame
    length, level = frame["code"].str.len(), frame["level"]
    lost = length.add(1).astype(str) == level
    if lost.any():
        reading.notes.append(f"codes that got back a leading zero: {int(lost.sum())}")
    wrong = (length.astype(str) != level) & ~lost
    reading.fault(wrong, frame, "code: as many digits as the level says are needed")
    return frame.assign(code=frame["code"].where(~lost, "0" + frame["code"])).drop(columns="level")
