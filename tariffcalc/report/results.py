"""Which result a frame is: its title and its panels; and results that are no frame as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from tariffcalc.analysis.break_even import BreakEven
from tariffcalc.errors import InputError
from tariffcalc.report.columns import PANELS
from tariffcalc.tariffs.explain import Explanation

__all__ = ["frame_of", "panels_of", "title_of"]

# Title, names of the index levels, columns that must be there.
TITLES: Sequence[tuple[str, tuple[str | None, ...], frozenset[str]]] = (
    ("What each structure costs, in four views", ("scenario", "structure", "view"), frozenset()),
    (
        "What each party gains or loses, present value",
        ("scenario", "structure"),
        frozenset({"exporters_usd", "host_treasury_usd"}),
    ),
    ("Funding structures compared", ("scenario", "structure"), frozenset()),
    ("Net benefit over the draws", ("structure",), frozenset({"mean_usd", "positive_share"})),
    ("Elasticity of the result", ("structure", "parameter"), frozenset({"elasticity"})),
    ("Share of the variance explained", ("structure", "parameter"), frozenset({"total_share"})),
    ("One number at a time", ("structure", "parameter"), frozenset({"low", "high"})),
    ("Effects of each number", ("structure", "parameter"), frozenset()),
    ("A year of the tariff change in several models of trade", ("response",), frozenset()),
    ("Every number, with its origin", ("path",), frozenset({"value", "unit", "status"})),
    ("What differs", ("path",), frozenset({"before", "after"})),
    ("Who pays whom, when", (None,), frozenset({"payer", "payee", "account"})),
    ("Cash flows", (None,), frozenset({"payer", "payee", "flow"})),
    ("Use of capacity by period", ("period",), frozenset({"outlay_usd", "fx_use_usd"})),
    ("Results over the grid", (None,), frozenset({"structure"})),
    ("Draws of the uncertain numbers", ("draw",), frozenset()),
    ("What each month of delay costs", (), frozenset({"duty_usd", "exporters_pv_usd"})),
    ("Concessions in months of delay", ("structure", "term"), frozenset({"months"})),
    ("What a step of each term is worth", ("term",), frozenset({"step"})),
    ("Terms of equal cost", (None,), frozenset({"solutions"})),
    ("Terms and what they are worth to both", (None,), frozenset({"payer_gain_usd"})),
    ("Packaged scenarios", ("scenario",), frozenset({"as_of", "title"})),
    ("Duty before and after", (), frozenset({"saving_usd", "rate_change_pp"})),
    ("Effective tariff rates", (), frozenset({"effective_rate"})),
    ("Tariff rates by authority", ("date",), frozenset({"total_rate"})),
    ("Tariff rates by line", (None,), frozenset({"total_rate"})),
    ("Measures that cover a line", ("measure",), frozenset({"authority"})),
    ("A customs entry", ("component",), frozenset({"amount_usd"})),
    ("Readings of the law", ("parameter", "choice"), frozenset()),
    ("Estimates of pass-through", ("name",), frozenset({"price"})),
    ("Sets of elasticities", ("name",), frozenset({"classification"})),
)
OTHERWISE = "Table"
PANEL_COLUMNS = 12


def title_of(frame: pd.DataFrame) -> str:
    """Return what a result is, in words; an index that is not stated may be any."""
    names, columns = tuple(frame.index.names), set(frame.columns)
    for title, levels, needed in TITLES:
        if levels in ((), names) and needed <= columns:
            return title
    return OTHERWISE


def panels_of(columns: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Return the panels of a table: those of a known result, or parts of twelve columns."""
    for known in PANELS:
        members = {column for panel in known.values() for column in panel}
        if columns and set(columns) <= members:
            found = {
                title: [column for column in panel if column in columns]
                for title, panel in known.items()
            }
            return {title: panel for title, panel in found.items() if panel}
    starts = range(0, max(len(columns), 1), PANEL_COLUMNS)
    return {
        f"Part {place} of {len(starts)}" if len(starts) > 1 else "": columns[
            start : start + PANEL_COLUMNS
        ]
        for place, start in enumerate(starts, 1)
    }


def frame_of(result: object) -> pd.DataFrame:
    """Return a result as a frame.

    Raises
    ------
    InputError
        For what is no result.
    """
    if isinstance(result, pd.DataFrame):
        return result
    if isinstance(result, pd.Series):
        frame = result.to_frame().T
        frame.attrs.update(result.attrs)
        return frame
    if isinstance(result, BreakEven):
        return _break_even(result)
    if isinstance(result, Explanation):
        return result.table
    raise InputError(
        "result: a table of tariffcalc is needed (a DataFrame, a Series, a BreakEven or an "
        f"Explanation), given {type(result).__name__}"
    )


def _break_even(found: BreakEven) -> pd.DataFrame:
    """Return a row for each value found and each jump; one that says so where there is none."""
    rows = [
        ("reached", value, *bracket)
        for value, bracket in zip(found.values, found.brackets, strict=True)
    ]
    rows += [("jumped over", float("nan"), *jump) for jump in found.jumps]
    columns = ["outcome", "value", "from", "to"]
    frame = pd.DataFrame(rows or [("not reached", float("nan"), *found.bounds)], columns=columns)
    frame.insert(0, "structure", found.structure)
    frame.insert(1, "parameter", found.path)
    low, high = found.results
    frame.attrs["units"] = {}
    frame.attrs["title"] = f"Where {found.target} is {found.value:g}"
    start, end = found.bounds
    searched = f"{found.path} searched from {start:g} to {end:g}"
    frame.attrs["notes"] = [f"{searched}, where {found.target} is {low:.6g} and {high:.6g}"]
    return frame
