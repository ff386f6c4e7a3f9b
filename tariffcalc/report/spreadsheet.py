"""A table for spreadsheets: Excel with full figures behind their format, and CSV."""

from __future__ import annotations

import datetime as dt
import io
import math
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from tariffcalc.extras import needed
from tariffcalc.report.layout import Column, Layout, Panel, cell_text, plain

__all__ = ["csv_table", "excel_table"]

# A workbook states when it was made; the same table is the same bytes on any day.
MADE = dt.datetime(1980, 1, 1)
FULL = "Cells hold the full figures; their number formats show them as the caption says."
FORMULAS = ("=", "+", "-", "@")


def excel_table(layout: Layout) -> bytes:
    """Return a workbook of one sheet: caption, headings, rows, notes."""
    writer = needed("xlsxwriter", "Tables in Excel", "excel")
    (panel,), file = layout.panels, io.BytesIO()
    book = writer.Workbook(file, {"in_memory": True})
    book.set_properties({"title": layout.caption[:255], "created": MADE})
    sheet = book.add_worksheet("table")
    bold = book.add_format({"bold": True})
    sheet.write_string(0, 0, layout.caption, bold)
    _heads(sheet, panel, bold, book.add_format({"bold": True, "align": "center", "bottom": 1}))
    for place, column in enumerate(panel.columns):
        shown = book.add_format({"num_format": column.kind.excel}) if column.kind else None
        for line, row in enumerate(panel.rows, 4):
            _write(sheet, line, place, row[place], column, shown)
        sheet.set_column(place, place, _width(panel, place))
    sheet.freeze_panes(4, panel.stub)
    for line, note in enumerate([*layout.notes, FULL], len(panel.rows) + 5):
        sheet.write_string(line, 0, note)
    book.close()
    return file.getvalue()


def _heads(sheet: Any, panel: Panel, bold: Any, spanning: Any) -> None:
    """Write the headings, and over them those that span several columns."""
    place = 0
    for name, members in groupby(panel.columns, key=lambda column: column.group):
        last = place + len(list(members)) - 1
        if name and last > place:
            sheet.merge_range(2, place, 2, last, name, spanning)
        elif name:
            sheet.write_string(2, place, name, spanning)
        place = last + 1
    for place, column in enumerate(panel.columns):
        sheet.write_string(3, place, plain(column.heading), bold)


def _write(sheet: Any, line: int, place: int, value: Any, column: Column, shown: Any) -> None:
    """Write a figure as a number, all else as text that is never a formula."""
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if number and math.isfinite(value):
        sheet.write_number(line, place, value, shown)
    else:
        sheet.write_string(line, place, cell_text(value, column.kind), shown)


def _width(panel: Panel, place: int) -> int:
    column = panel.columns[place]
    texts = [column.heading, *(cell_text(row[place], column.kind) for row in panel.rows)]
    return min(max(map(len, texts)) + 2, 60)


def csv_table(frame: pd.DataFrame) -> str:
    """Return the frame as CSV, every digit kept; text that a spreadsheet would run is quoted."""
    numbered = isinstance(frame.index, pd.RangeIndex) and frame.index.name is None
    safe = frame.copy() if numbered else frame.reset_index(allow_duplicates=True)
    for place in range(safe.shape[1]):
        if not pd.api.types.is_numeric_dtype(safe.iloc[:, place]):
            safe.isetitem(place, [_inert(value) for value in safe.iloc[:, place]])
    safe.columns = [_inert(str(name)) for name in safe.columns]
    return str(safe.to_csv(index=False, lineterminator="\n"))


def _inert(value: Any) -> Any:
    """Return text that no spreadsheet takes for a formula."""
    if not isinstance(value, str):
        return value
    text = plain(value)
    return f"'{text}" if text.lstrip().startswith(FORMULAS) else text
