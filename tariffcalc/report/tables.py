"""A result as a table to print, paste or send."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Literal, overload

import pandas as pd

from tariffcalc.analysis.break_even import BreakEven
from tariffcalc.errors import InputError, unknown_name
from tariffcalc.report.grid import markdown_table, plain_text
from tariffcalc.report.html_table import html_table
from tariffcalc.report.latex import latex_table
from tariffcalc.report.layout import Layout, layout
from tariffcalc.report.results import frame_of
from tariffcalc.report.spreadsheet import csv_table, excel_table
from tariffcalc.tariffs.explain import Explanation

__all__ = ["FORMATS", "table"]

Format = Literal["text", "markdown", "html", "latex", "excel", "csv"]
TextFormat = Literal["text", "markdown", "html", "latex", "csv"]
Result = pd.DataFrame | pd.Series | BreakEven | Explanation
LAID_OUT: Mapping[str, Callable[[Layout], str | bytes]] = {
    "text": plain_text,
    "markdown": markdown_table,
    "html": html_table,
    "latex": latex_table,
    "excel": excel_table,
}
FORMATS = (*LAID_OUT, "csv")
ENDINGS = {
    ".txt": "text",
    ".md": "markdown",
    ".html": "html",
    ".tex": "latex",
    ".xlsx": "excel",
    ".csv": "csv",
}
MOST_ROWS = 10_000


@overload
def table(
    result: Result,
    *,
    format: TextFormat,
    path: None = None,
    title: str | None = None,
    columns: Sequence[str] | None = None,
) -> str: ...


@overload
def table(
    result: Result,
    *,
    format: Literal["excel"],
    path: None = None,
    title: str | None = None,
    columns: Sequence[str] | None = None,
) -> bytes: ...


@overload
def table(
    result: Result,
    *,
    format: Format | None = None,
    path: str | PathLike[str] | None = None,
    title: str | None = None,
    columns: Sequence[str] | None = None,
) -> str | bytes: ...


def table(
    result: Result,
    *,
    format: Format | None = None,  # noqa: A002 - what the user asks for
    path: str | PathLike[str] | None = None,
    title: str | None = None,
    columns: Sequence[str] | None = None,
) -> str | bytes:
    """Return a result as a table: dollars in billions, rates in per cent, notes underneath.

    Parameters
    ----------
    result
        A table that this library returned, a :class:`BreakEven` or an :class:`Explanation`. It is
        not changed.
    format
        ``"text"``, ``"markdown"``, ``"html"`` (great-tables), ``"latex"`` (booktabs), ``"excel"``
        or ``"csv"``. By default what the ending of ``path`` says, or else text.
    path
        A file to write the table to, besides returning it.
    title
        What the caption says first, in place of what the result is.
    columns
        Columns to show; by default all.

    Returns
    -------
    str or bytes
        The table; bytes for Excel.

    Raises
    ------
    InputError
        For what is no result, or more than 10,000 rows in a format to read.
    UnknownNameError
        For an unknown format or column.
    MissingExtraError
        For HTML without great-tables or Excel without xlsxwriter, with the command that installs
        it.

    Notes
    -----
    A column is shown by its unit in ``attrs["units"]``, or else by how its name ends. All dollars
    of a table have one scale: $bn from $1bn on, $m from $1m on. Figures are rounded to the nearest,
    ties to even; what there is not is a dash. The caption holds the vintage; the notes hold what
    the result is discounted at, how many of its numbers are reported, derived and assumed, which
    columns are left out, and the hash of the scenario. CSV holds every digit, Excel sixteen behind
    number formats; text that a spreadsheet would take for a formula stays text.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> result = tc.compare(scenario, structures=["upfront-cash"],
    ...                     columns=["net_cost_usd", "subsidy_rate"])
    >>> print(tc.report.table(result, format="text"))  # doctest: +ELLIPSIS
    Funding structures compared ($bn), korea-us as of 2025-10-17
    <BLANKLINE>
    What each structure costs the payer
    <BLANKLINE>
                  present value   rates
    structure          net cost  subsidy
    ------------------------------------
    upfront-cash          134.1    38.3%
    <BLANKLINE>
    korea-us as of 2025-10-17; discounted at 5.08% a year; ...
    tariffcalc ...
    """
    chosen = _format(format, path)
    frame = frame_of(result)
    if columns is not None:
        columns = [columns] if isinstance(columns, str) else list(columns)
        for name in columns:
            if name not in frame.columns:
                raise unknown_name("column", name, map(str, frame.columns))
    if chosen == "csv":
        made: str | bytes = csv_table(frame if columns is None else frame[columns])
    else:
        _check_rows(frame, chosen)
        split = chosen != "excel"
        made = LAID_OUT[chosen](layout(frame, title=title, columns=columns, split=split))
    if path is not None:
        Path(path).write_bytes(made if isinstance(made, bytes) else made.encode())
    return made


def _format(given: object, path: str | PathLike[str] | None) -> str:
    """Return the format asked for, or the one that a file's ending says."""
    if given is None:
        ending = None if path is None else Path(path).suffix.lower()
        if ending is not None and ending not in ENDINGS:
            raise unknown_name("ending of path", ending, ENDINGS)
        return "text" if ending is None else ENDINGS[ending]
    if given not in FORMATS:
        raise unknown_name("format", given, FORMATS)
    return str(given)


def _check_rows(frame: pd.DataFrame, chosen: str) -> None:
    if len(frame) > MOST_ROWS and chosen != "excel":
        raise InputError(
            f"result: {len(frame):,} rows are more than a page can hold; choose up to "
            f"{MOST_ROWS:,} of them, or take format 'excel' or 'csv'"
        )
