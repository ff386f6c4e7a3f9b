"""Results as text: a table for the terminal, Markdown, CSV, JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from tariffcalc.report.columns import MAIN_TABLE, described
from tariffcalc.report.grid import aligned, piped
from tariffcalc.report.kinds import kind_of
from tariffcalc.scenario.evaluate import COLUMNS

__all__ = ["FORMATS", "comparison_text", "parameters_text", "rows_text", "scenarios_text"]

FORMATS = ("table", "csv", "json", "markdown")


def comparison_text(frame: pd.DataFrame, form: str) -> str:
    """Return a result of ``compare`` in one of :data:`FORMATS`."""
    if form == "csv":
        return str(frame.to_csv(lineterminator="\n"))
    if form == "json":
        return _json({"units": frame.attrs["units"], "notes": frame.attrs["notes"]}, frame)
    several = frame.index.get_level_values("scenario").nunique() > 1
    names = [f"{s} {n}" if several else str(n) for s, n in frame.index]
    blocks = []
    for title, columns in MAIN_TABLE.items():
        kinds = {column: kind_of(column, COLUMNS[column]) for column in columns}
        head = ["structure", *(described(column).heading for column in columns)]
        cells = [
            [name, *(kind.text(float(row[column])) for column, kind in kinds.items())]
            for name, (_, row) in zip(names, frame.iterrows(), strict=True)
        ]
        blocks.append(f"{title}\n\n{_laid_out(head, cells, form)}")
    return "\n\n".join([*blocks, *frame.attrs["notes"]]) + "\n"


def parameters_text(frame: pd.DataFrame, form: str) -> str:
    """Return a result of ``Scenario.parameters`` in one of :data:`FORMATS`."""
    if form == "csv":
        return str(frame.to_csv(lineterminator="\n"))
    if form == "json":
        return _json({"scenario_hash": frame.attrs["scenario_hash"]}, frame)
    head = ["path", "value", "unit", "status", "range", "source"]
    cells = [
        [
            str(path),
            f"{row['value']:,.10g}",
            row["unit"],
            row["status"],
            _range(row["low"], row["high"]),
            row["source"],
        ]
        for path, row in frame.iterrows()
    ]
    return _laid_out(head, cells, form, left=(0, 2, 3, 4, 5)) + "\n"


def scenarios_text(frame: pd.DataFrame, form: str) -> str:
    """Return a result of ``list_scenarios`` in one of :data:`FORMATS`."""
    if form == "csv":
        return str(frame.to_csv(lineterminator="\n"))
    if form == "json":
        return _json({}, frame)
    cells = [[str(name), str(row["as_of"].date()), row["title"]] for name, row in frame.iterrows()]
    return _laid_out(["scenario", "as of", "title"], cells, form, left=(0, 1, 2)) + "\n"


def rows_text(
    frame: pd.DataFrame, form: str, head: Sequence[str], cells: Sequence[Sequence[str]]
) -> str:
    """Return a frame in one of :data:`FORMATS`; ``head`` and ``cells`` are what people read."""
    if form == "csv":
        return str(frame.to_csv(lineterminator="\n"))
    if form == "json":
        return _json({"units": frame.attrs["units"]}, frame)
    return _laid_out(head, cells, form) + "\n"


def _range(low: float, high: float) -> str:
    return "" if math.isnan(low) else f"{low:,.10g} to {high:,.10g}"


def _json(head: Mapping[str, Any], frame: pd.DataFrame) -> str:
    """Return the frame's rows as JSON; what there is not is null, dates are ISO text."""
    rows = json.loads(
        frame.reset_index().to_json(
            orient="records", double_precision=15, date_format="iso", date_unit="s"
        )
    )
    return json.dumps({**head, "rows": rows}, indent=2, ensure_ascii=False) + "\n"


def _laid_out(
    head: Sequence[str], cells: Sequence[Sequence[str]], form: str, left: Sequence[int] = (0,)
) -> str:
    """Return aligned columns, or a Markdown table with its cells escaped."""
    if form == "markdown":
        rows = [[cell.replace("|", "\\|") for cell in row] for row in (head, *cells)]
        return piped(rows[0], rows[1:], left)
    return aligned(head, cells, left)
