"""CSV files and workbooks as tables of text: the header is looked for, each row is whole."""

from __future__ import annotations

import csv
import importlib
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pandas as pd

from tariffcalc.errors import InputError, first_rows
from tariffcalc.trade.readers.files import encoding_of, opened, over, reason, text_lines

__all__ = ["Columns", "Keep", "TextTable", "csv_table", "workbook_tables"]

HEAD = 40  # rows in which a header is looked for
SEPARATORS = (",", ";", "\t")
# Where the wanted cells of a row are, by the reader's own names; None when it is no header.
Columns = Callable[[Sequence[str]], Mapping[str, int] | None]
# Given the names of the wanted cells, says which rows of them are kept.
Keep = Callable[[Sequence[str]], Callable[[Sequence[str]], bool]]
Records = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table found in a file: the rows above its header, the header, the wanted columns.

    The index of ``frame`` is the line (or sheet row) of each row; an empty cell is ``""``.
    """

    name: str
    above: list[list[str]]
    header: list[str]
    frame: pd.DataFrame
    separator: str
    unkept: int


def csv_table(
    file: Path, columns: Columns, wanted: str, most_bytes: int, keep: Keep | None = None
) -> TextTable:
    """Read the wanted columns of a CSV file; its separator and its header are looked for."""
    encoding = encoding_of(file, most_bytes)
    try:
        with text_lines(file, encoding) as lines:
            head = list(islice(lines, HEAD))
        for separator in SEPARATORS:
            rows = [_stripped(cells) for cells in csv.reader(head, delimiter=separator)]
            if found := _header(rows, columns):
                with text_lines(file, encoding) as lines:
                    records = _records(file, lines, separator)
                    return _table(str(file), records, found, separator, keep)
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{file}: cannot be read as CSV ({reason(error)})") from None
    raise InputError(f"{file}: {_no_header(wanted, head[0])}")


def workbook_tables(
    file: Path, columns: Columns, wanted: str, most_bytes: int
) -> tuple[list[TextTable], dict[str, list[list[str]]]]:
    """Read each sheet of a workbook that has such a header; the others come as rows of text."""
    tables: list[TextTable] = []
    others: dict[str, list[list[str]]] = {}
    for name, rows in _sheets(file, most_bytes).items():
        if found := _header(rows[:HEAD], columns):
            where = f"{file}, sheet {name!r}"
            tables.append(_table(where, iter(enumerate(rows, 1)), found, "", None))
        else:
            others[name] = rows
    if not tables:
        raise InputError(f"{file}: {_no_header(wanted, ', '.join(others))}")
    return tables, others


def _sheets(file: Path, most_bytes: int) -> dict[str, list[list[str]]]:
    try:
        openpyxl = importlib.import_module("openpyxl")
    except ImportError:
        raise InputError(
            f"{file}: workbooks need openpyxl; pip install 'tariffcalc[excel]', or save it as CSV"
        ) from None
    try:
        with zipfile.ZipFile(file) as parts:
            size = sum(part.file_size for part in parts.infolist())
        if size > most_bytes:
            raise InputError(f"{file}: unpacked, {over(size, most_bytes)}")
        with warnings.catch_warnings(), opened(file) as stream:
            warnings.simplefilter("ignore")  # styles that are missing do no harm to the cells
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            return {sheet.title: _padded(sheet.values) for sheet in book.worksheets}
    except InputError:
        raise
    except Exception as error:  # whatever the parts of a broken workbook lead to
        raise InputError(f"{file}: no workbook that can be read ({reason(error)})") from None


def _records(file: Path, lines: Iterable[str], separator: str) -> Records:
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise InputError(f"{file}: line {reader.line_num}: {error}") from None


def _header(
    rows: Iterable[Sequence[str]], columns: Columns
) -> tuple[int, Mapping[str, int]] | None:
    for number, cells in enumerate(rows):
        if (places := columns(cells)) is not None:
            return number, places
    return None


def _table(
    name: str,
    records: Records,
    found: tuple[int, Mapping[str, int]],
    separator: str,
    keep: Keep | None,
) -> TextTable:
    """Gather the wanted cells below the header; each row has as many cells as the header."""
    at_row, places = found
    above = [_stripped(cells) for _, cells in islice(records, at_row)]
    header = _stripped(next(records)[1])
    while not header[-1]:
        header.pop()
    kept = keep(list(places)) if keep else None
    wanted = list(places.values())
    lines, picked, ragged, unkept = [], [], [], 0
    memo: dict[str, str] = {}  # one object for the many cells that say the same
    for line, cells in records:
        if len(cells) != len(header) and not _as_wide(cells, len(header)):
            ragged += [line] if any(cells) else []
            continue
        if not any(cells):
            continue
        row = [cells[at].strip() for at in wanted]
        if kept is not None and not kept(row):
            unkept += 1
        else:
            lines.append(line)
            picked.append([memo.setdefault(cell, cell) for cell in row])
    if ragged:
        given = first_rows(ragged, len(ragged), "line")
        raise InputError(f"{name}: {len(header)} cells, as in the header, are needed in {given}")
    frame = pd.DataFrame(picked, index=lines, columns=list(places), dtype=str)
    return TextTable(name, above, header, frame, separator, unkept)


def _as_wide(cells: Sequence[str], width: int) -> bool:
    """Return whether a row is as wide as the header, empty cells behind it left aside."""
    return len(cells) > width and not any(cell.strip() for cell in cells[width:])


def _no_header(wanted: str, start: str) -> str:
    return f"no header with {wanted} in the first {HEAD} rows of {start.strip()[:60]!r}"


def _padded(values: Iterable[Iterable[object]]) -> list[list[str]]:
    """Return a sheet's cells as text, all rows as wide as the widest."""
    rows = [[_text(cell) for cell in row] for row in values]
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def _stripped(cells: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in cells]


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
