"""A table in HTML, made with great-tables."""

from __future__ import annotations

import hashlib
import html
from typing import Any

import pandas as pd

from tariffcalc.errors import MissingExtraError
from tariffcalc.extras import needed
from tariffcalc.report.layout import Column, Layout, Panel, cell_text

__all__ = ["figure_text", "html_panels", "html_table"]


def html_table(layout: Layout) -> str:
    """Return the panels one under the other, the caption over the first, notes under the last."""
    return "\n".join(html_panels(layout, captioned=True)) + "\n"


def html_panels(layout: Layout, *, captioned: bool) -> list[str]:
    """Return each panel as HTML, the same bytes for the same layout."""
    tables = _great_tables()
    name = "table-" + hashlib.sha256(repr(layout).encode("utf-8", "replace")).hexdigest()[:12]
    last = len(layout.panels) - 1
    made = []
    for place, panel in enumerate(layout.panels):
        table = _table(tables, panel, f"{name}-{place}")
        heading = {"subtitle": _as_is(tables, panel.title)} if panel.title else {}
        if captioned and place == 0:
            table = table.tab_header(title=_as_is(tables, layout.caption), **heading)
        elif panel.title:
            table = table.tab_header(title=heading["subtitle"])
        if captioned and place == last:
            for note in layout.notes:
                table = table.tab_source_note(_as_is(tables, note))
        made.append(table.as_raw_html())
    return made


def _great_tables() -> Any:
    """Return great-tables; refuse a version that puts the words of a cell on the page as HTML."""
    tables = needed("great_tables", "Tables in HTML", "tables")
    if tables.__version__.startswith("0."):
        raise MissingExtraError(
            f"Tables in HTML need great-tables 1.0 or later, found {tables.__version__}; "
            "install it with: pip install 'tariffcalc[tables]'"
        )
    return tables


def _table(tables: Any, panel: Panel, identity: str) -> Any:
    """Return a panel as a table of great-tables; its rows in groups where several words name them.

    Cells are text already, so that every format shows the same digits; their keys are places, so
    that two columns may have one heading.
    """
    naming, shown = panel.columns[: panel.stub], panel.columns[panel.stub :]
    frame = pd.DataFrame(
        {str(i): _texts(panel, panel.stub + i) for i in range(len(shown))}, dtype=object
    )
    frame["row"] = _texts(panel, panel.stub - 1) if naming else [""] * len(panel.rows)
    options: dict[str, Any] = {"rowname_col": "row"} if naming else {}
    if len(naming) > 1:
        before = [_texts(panel, i) for i in range(panel.stub - 1)]
        frame["group"] = [", ".join(parts) for parts in zip(*before, strict=True)]
        options["groupname_col"] = "group"
    if not naming:
        frame = frame.drop(columns="row")
    made = tables.GT(frame, id=identity, **options)
    made = made.cols_label({str(i): _as_is(tables, c.heading) for i, c in enumerate(shown)})
    if naming:
        made = made.tab_stubhead(label=_as_is(tables, ", ".join(c.heading for c in naming)))
    made = made.cols_align("left", columns=[str(i) for i, c in enumerate(shown) if c.kind is None])
    right = [str(i) for i, c in enumerate(shown) if c.kind is not None]
    return _spanned(tables, made.cols_align("right", columns=right), shown)


def _spanned(tables: Any, made: Any, shown: tuple[Column, ...]) -> Any:
    for name in dict.fromkeys(column.group for column in shown if column.group):
        own = [str(i) for i, column in enumerate(shown) if column.group == name]
        made = made.tab_spanner(label=_as_is(tables, name), columns=own, gather=False)
    return made


def _texts(panel: Panel, place: int) -> list[str]:
    column = panel.columns[place]
    return [figure_text(row[place], column) for row in panel.rows]


def figure_text(value: object, column: Column) -> str:
    """Return what a cell shows, with the minus sign and the dash of a printed page."""
    text = cell_text(value, column.kind)
    if column.kind is None:
        return "–" if value is None else text
    return "–" if text == "-" else text.replace("-", "−")


def _as_is(tables: Any, text: str) -> Any:
    return tables.html(html.escape(text))
