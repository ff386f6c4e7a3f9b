"""Results as text: a table for the terminal, Markdown, CSV, JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

__all__ = ["FORMATS", "comparison_text", "parameters_text", "rows_text", "scenarios_text"]

FORMATS = ("table", "csv", "json", "markdown")


@dataclass(frozen=True, slots=True)
class Shown:
    """How one column is shown: its heading and the text of a figure."""

    heading: str
    text: Callable[[float], str]


def billions(value: float) -> str:
    """Return dollars in billions, one decimal; a dash for what there is not."""
    return "-" if math.isnan(value) else f"{value / 1e9 + 0.0:,.1f}"


def per_cent(value: float) -> str:
    """Return a fraction in per cent, one decimal."""
    return "-" if math.isnan(value) else f"{100 * value:.1f}%"


def multiple(value: float) -> str:
    """Return a multiple, two decimals."""
    return "-" if math.isnan(value) else f"{value:.2f}x"


def year(value: float) -> str:
    """Return a calendar year."""
    return "never" if math.isnan(value) else f"{value:.0f}"


BLOCKS: Mapping[str, Mapping[str, Shown]] = {
    "What each structure costs the payer ($bn; outlays, receipts and net cost: present values)": {
        "headline_usd": Shown("headline", billions),
        "cash_usd": Shown("cash", billions),
        "loan_usd": Shown("loans", billions),
        "guarantee_usd": Shown("guarantees", billions),
        "pv_outlay_usd": Shown("outlays", billions),
        "pv_receipts_usd": Shown("receipts", billions),
        "net_cost_usd": Shown("net cost", billions),
        "subsidy_rate": Shown("subsidy", per_cent),
        "payer_irr": Shown("IRR", per_cent),
        "break_even_project_irr": Shown("break-even", per_cent),
    },
    "When, against which capacity, and is it worth it ($bn)": {
        "payback_year": Shown("payback", year),
        "peak_year_outlay_usd": Shown("peak year", billions),
        "peak_share_of_reserves": Shown("of reserves", per_cent),
        "peak_over_fx_capacity": Shown("FX capacity", multiple),
        "contingent_peak_usd": Shown("contingent", billions),
        "duty_saving_usd": Shown("duty saved/y", billions),
        "relief_pv_usd": Shown("PV relief", billions),
        "net_benefit_usd": Shown("net benefit", billions),
        "benefit_cost_ratio": Shown("relief/cost", multiple),
    },
}


def comparison_text(frame: pd.DataFrame, form: str) -> str:
    """Return a result of ``compare`` in one of :data:`FORMATS`."""
    if form == "csv":
        return str(frame.to_csv(lineterminator="\n"))
    if form == "json":
        return _json({"units": frame.attrs["units"], "notes": frame.attrs["notes"]}, frame)
    several = frame.index.get_level_values("scenario").nunique() > 1
    names = [f"{s} {n}" if several else str(n) for s, n in frame.index]
    blocks = []
    for title, columns in BLOCKS.items():
        head = ["structure", *(shown.heading for shown in columns.values())]
        cells = [
            [name, *(shown.text(float(row[column])) for column, shown in columns.items())]
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
        rows = [head, ["---" if i in left else "---:" for i in range(len(head))], *cells]
        return "\n".join(
            "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows
        )
    widths = [max(len(row[i]) for row in [head, *cells]) for i in range(len(head))]
    lines = [
        "  ".join(
            cell.ljust(width) if i in left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [head, *cells]
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])
