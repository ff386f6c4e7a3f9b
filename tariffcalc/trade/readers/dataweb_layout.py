"""The layouts of a DataWeb export, each turned into rows of one figure: data type, line, date."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError
from tariffcalc.trade.readers.lines import Reading, decimal_mark, plain_name
from tariffcalc.trade.readers.text_tables import TextTable

__all__ = ["columns", "long_rows"]

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
          "october", "november", "december")  # fmt: skip
CODES = {"hts", "hts number", "hts2", "hts4", "hts6", "hts8", "hts10"}
NAMED = {"data type": "data_type", "country": "area", "quantity description": "unit"}
FIGURES = {
    "customs value", "dutiable value", "calculated duties", "import charges", "cif import value",
    "landed duty paid value", "first unit of quantity", "second unit of quantity",
    "general customs value", "general cif imports value", "general import charges",
    "general first unit of quantity", "general second unit of quantity", "fas value",
    "total fas value", "total first unit of quantity", "total second unit of quantity",
}  # fmt: skip
# Names the flows use themselves; a column of the file that has one of them gets another.
TAKEN = {"area", "code", "duty_usd", "figure", "hs", "month", "partner", "quantity", "span", "unit",
         "value_usd"}  # fmt: skip
YEAR = re.compile(r"(?:year )?([0-9]{4})(?: annual)?")
PART_OF_A_YEAR = re.compile(r".* year [0-9]{4}")
SPANS = ("year ", "month ", "figure ")


def columns(cells: Sequence[str]) -> Mapping[str, int] | None:
    """Return where the cells of a header are: ``code``, ``area``, ``year 2024`` and the like."""
    names = [plain_name(cell) for cell in cells]
    if "country" not in names or not CODES.intersection(names):
        return None
    own = [_own_name(name) for name in names]
    twice = sorted({cells[at] for at, name in enumerate(own) if name and own.count(name) > 1})
    if twice:
        raise InputError(f"columns that say the same twice: {', '.join(twice)}; keep one of each")
    return {name: at for at, name in enumerate(own) if name}


def _own_name(name: str) -> str:
    if name in CODES:
        return "code"
    if match := YEAR.fullmatch(name):
        return f"year {match[1]}"
    if PART_OF_A_YEAR.fullmatch(name):
        return f"part {name}"
    if name in MONTHS:
        return f"month {MONTHS.index(name) + 1}"
    if name in FIGURES:
        return f"figure {name}"
    own = name.replace(" ", "_")
    return NAMED.get(name, f"file_{own}" if own in TAKEN else own)


def long_rows(table: TextTable, reading: Reading, decimal: str | None) -> pd.DataFrame:
    """Return rows of ``data_type, code, area, year, month, unit, figure`` and the other columns."""
    frame = table.frame
    spans = [name for name in frame.columns if name.startswith(SPANS)]
    kinds = {name.partition(" ")[0] for name in spans}
    if len(kinds) != 1:
        reading.faults.append(
            f"years, months or data types such as Customs Value are needed as columns, given "
            f"{' and '.join(sorted(kinds)) or 'none of them'}"
        )
        reading.done()
    parts = [name for name in frame.columns if name.startswith("part ")]
    for part in parts:
        reading.notes.append(f"column not read: {part.removeprefix('part ')} is no full year")
    frame = frame.drop(columns=parts)
    ids = [name for name in frame.columns if name not in spans]
    is_total = frame.iloc[:, 0].str.rstrip(": ").str.casefold() == "total"
    long = frame.melt(ids, spans, "span", "figure", ignore_index=False)
    mark = decimal_mark(decimal, table.separator, long["figure"])
    long["figure"] = reading.numbers(long, "figure", decimal=mark)
    long = long.sort_index(kind="stable")
    totals, long = long[is_total.loc[long.index]], long[~is_total.loc[long.index]]
    _whole(table, reading, int((~is_total).sum()), long, totals)
    if is_total.any():
        reading.skip("totals row", int(is_total.sum()), math.fsum(totals["figure"].dropna()))
    return _dated(long, kinds.pop(), reading)


def _whole(
    table: TextTable, reading: Reading, rows: int, long: pd.DataFrame, totals: pd.DataFrame
) -> None:
    """Compare the table with the number of rows and the totals that it states itself."""
    stated = [row[1] for row in table.above if row[:1] == ["Data Row Count"] and row[1:]]
    if stated and stated[0].replace(",", "") != str(rows):
        reading.faults.append(
            f"{rows:,} rows, but its Data Row Count says {stated[0]}: the file was cut; download "
            "it again, or take that line out where rows were dropped on purpose"
        )
    if "data_type" not in long or long["data_type"].nunique() > 1:
        return  # a sheet of several data types has no total that means anything
    sums = long.groupby("span")["figure"].agg(lambda column: math.fsum(column.dropna()))
    for span, total in zip(totals["span"], totals["figure"], strict=True):
        # Cells are rounded to cents, the totals row to dollars.
        if np.isfinite(total) and abs(sums[span] - total) > 0.5 + 0.005 * rows:
            reading.faults.append(
                f"{span}: the rows add up to {sums[span]:,.2f}, the totals row says {total:,.2f}"
            )


def _dated(long: pd.DataFrame, kind: str, reading: Reading) -> pd.DataFrame:
    """Move what the columns' names say into a column: the year, the month or the data type."""
    said = long["span"].str.removeprefix(f"{kind} ")
    if kind != "year" and "year" in long:
        long["year"] = _years(long, reading)
    if kind == "figure":
        long["data_type"] = said
    else:
        long[kind] = said.astype(np.int64)
    if "data_type" not in long:
        reading.faults.append("no column 'Data Type' says what the figures are")
        reading.done()
    long["data_type"] = long["data_type"].map(plain_name)
    return long.drop(columns="span").assign(unit=long.get("unit", ""))


def _years(long: pd.DataFrame, reading: Reading) -> pd.Series:
    wrong = ~long["year"].str.fullmatch("[0-9]{4}")
    reading.fault(wrong, long, "year: four digits are needed")
    return long["year"].where(~wrong, "0").astype(np.int64)
