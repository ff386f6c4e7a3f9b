"""BACI, CEPII's reconciled trade: columns t, i, j, k, v, q."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from tariffcalc.errors import unknown_name
from tariffcalc.partners import partner_codes
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.readers.files import MOST_BYTES, checked_path
from tariffcalc.trade.readers.lines import Reading, areas, flows_of
from tariffcalc.trade.readers.text_tables import csv_table

__all__ = ["read_baci"]

COLUMNS = ("t", "i", "j", "k", "v", "q")


def read_baci(
    path: str | Path,
    *,
    importer: str = "USA",
    partners: Sequence[str] | None = None,
    years: Sequence[int] | None = None,
    most_bytes: int = MOST_BYTES,
    name: str = "baci",
) -> TradeFlows:
    r"""Read a year of BACI (``BACI_HS22_Y2023_V202501.csv``): the imports of one country.

    Parameters
    ----------
    path
        The unpacked CSV file; a ``.csv.gz`` is read, too.
    importer
        The country whose imports are read, ISO 3166 alpha-3.
    partners
        Exporters to read, ISO 3166 alpha-3; all of them when not given.
    years
        Years to read; all of them when not given.
    most_bytes
        Largest size read [bytes].
    name
        What messages and tables call these flows.

    Returns
    -------
    TradeFlows
        ``hs`` (6 digits of the edition that the file's name tells), ``partner`` (the exporter),
        ``value_usd`` (``v`` is in thousands of US dollars, f.o.b.), ``year``, ``quantity`` and
        ``unit`` (``t``, metric tons; NaN where BACI has none). ``frame.attrs`` tells the
        ``source``, what was ``skipped`` (rows and value by reason: other importers, areas without
        an ISO code, codes of no heading) and ``notes``. Code 490, "Other Asia, nes", is Taiwan.

    Raises
    ------
    InputError
        With all faults at once: other columns, numbers that are none, unknown countries, lines
        given twice.

    References
    ----------
    Gaulier, G. and Zignago, S. (2010), BACI: International Trade Database at the Product-Level,
    CEPII Working Paper 2010-23.

    Examples
    --------
    >>> import tempfile, tariffcalc as tc
    >>> from pathlib import Path
    >>> text = "t,i,j,k,v,q\n2023,410,842,010121,5.5,1.25\n2023,410,392,010121,2,NA\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "BACI_HS22_Y2023_V202501.csv"
    ...     _ = file.write_text(text)
    ...     tc.read_baci(file).frame
           hs partner  value_usd  year  quantity unit
    0  010121     KOR     5500.0  2023      1.25    t
    """
    if importer not in partner_codes():
        raise unknown_name("importer", importer, partner_codes())
    file = checked_path(path, most_bytes)
    reading = Reading(file, "a BACI file")
    numbers = {code for code, area in areas("un").items() if area[0] == importer}
    table = csv_table(
        file, _columns, "'t,i,j,k,v,q'", most_bytes, lambda _: lambda row: row[2] in numbers
    )
    if table.unkept:
        reading.skip(f"other importers than {importer}", table.unkept)
    raw = table.frame.assign(q=table.frame["q"].replace("NA", ""))
    reading.all_given(raw, "v")
    wrong_year = ~raw["t"].str.fullmatch("[0-9]{4}")
    reading.fault(wrong_year, raw, "t: a year is needed")
    frame = raw[[]].assign(
        code=raw["k"].str.zfill(6),
        area=raw["i"],
        value_usd=reading.numbers(raw, "v", shift=3),
        year=raw["t"].where(~wrong_year, "0").astype(np.int64),
        quantity=reading.numbers(raw, "q"),
        unit="t",
    )
    reading.fault(~raw["k"].str.fullmatch("[0-9A-Z]{5,6}"), raw, "k: six digits are needed")
    if (shorter := raw["k"].str.len() == 5).any():
        reading.notes.append(f"codes that got back a leading zero: {int(shorter.sum())}")
    no_heading = ~frame["code"].str.fullmatch("[0-9]+")
    named = ", ".join(sorted(frame["code"][no_heading].unique())[:5])
    frame = reading.without(frame, no_heading, f"codes of no heading: {named}")
    return flows_of(frame, reading, known=areas("un"), partners=partners, years=years, name=name)


def _columns(cells: Sequence[str]) -> Mapping[str, int] | None:
    names = [cell.casefold() for cell in cells]
    if not set(COLUMNS) <= set(names):
        return None
    return {name: names.index(name) for name in COLUMNS}
