"""A result laid out: caption, panels of columns, rows of values and notes, whatever the format."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tariffcalc.report.columns import described
from tariffcalc.report.kinds import BILLIONS, COUNT, PLAIN, Kind, kind_of, money
from tariffcalc.report.results import panels_of, title_of
from tariffcalc.version import VERSION

__all__ = ["Column", "Layout", "Panel", "cell_text", "layout", "plain"]

# Characters that no cell of any format can hold: they would end it, or the file.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")
STATUSES = {"reported": "reported", "derived": "derived", "assumption": "assumptions"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; ``kind`` is None for text."""

    name: str
    heading: str
    group: str = ""
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """Some columns side by side, the first ``stub`` of them naming the rows."""

    title: str
    columns: tuple[Column, ...]
    stub: int
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A table: its caption, its panels, the notes under it."""

    caption: str
    panels: tuple[Panel, ...]
    notes: tuple[str, ...]


def plain(text: object) -> str:
    """Return text on one line, without characters that no table can hold."""
    return UNPRINTABLE.sub(" ", str(text))


def cell_text(value: Any, kind: Kind | None) -> str:
    """Return what a cell shows."""
    if kind is not None:
        return kind.text(float(value))
    if value is None or value is pd.NaT:
        return PLAIN.nothing
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, int | float | np.number):
        return PLAIN.text(float(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return plain(value)


def layout(
    frame: pd.DataFrame,
    *,
    title: str | None = None,
    columns: Sequence[str] | None = None,
    split: bool = True,
) -> Layout:
    """Return the layout of a result, in one panel where it is not to be split."""
    units = frame.attrs.get("units", {})
    vintages = tuple(frame.attrs.get("vintages", ()))
    stub, body = _stub_and_body(frame, units, vintages)
    chosen = body if columns is None else [name for name in columns if name in body]
    unknown = [name for name in chosen if name in units and body[name].isna().all()]
    shown = [name for name in chosen if name not in unknown]
    values = {name: body[name] for name in shown}
    found = _described(values, units)
    panels = panels_of(shown) if split else {"": shown}
    made = [_panel(name, stub, {c: body[c] for c in own}, found) for name, own in panels.items()]
    missing = {
        "not shown": [name for name in body if name not in chosen],
        "unknown in every row": unknown,
    }
    return Layout(_caption(frame, title, found, vintages), tuple(made), _notes(frame, missing))


def _stub_and_body(
    frame: pd.DataFrame, units: Mapping[str, str], vintages: Sequence[str]
) -> tuple[dict[str, pd.Series[Any]], dict[str, pd.Series[Any]]]:
    """Return the columns that name the rows and those that are the result.

    Rows are named by the index, or by the columns before the first that has a unit. A scenario
    that the caption names is not said again in each row.
    """
    levels = {
        str(name): pd.Series(frame.index.get_level_values(place), name=name)
        for place, name in enumerate(frame.index.names)
        if name is not None
    }
    body = {str(name): frame.iloc[:, place] for place, name in enumerate(frame.columns)}
    if not levels and any(unit for name, unit in units.items() if name in body):
        names = list(body)
        first = next(place for place, name in enumerate(names) if units.get(name))
        levels = {name: body.pop(name) for name in names[:first]}
    elif not levels and not isinstance(frame.index, pd.RangeIndex):
        levels = {"": pd.Series(frame.index)}
    one = len(vintages) == 1
    for part in (levels, body):
        if one and "scenario" in part and len(levels) > 1 and part["scenario"].nunique() == 1:
            del part["scenario"]
    return levels, body


def _is_number(values: pd.Series[Any]) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _described(values: Mapping[str, pd.Series[Any]], units: Mapping[str, str]) -> dict[str, Column]:
    """Return the description of each column; all dollars of a table have one scale."""
    dollars = [
        values[name].to_numpy(dtype=float)
        for name in values
        if _is_number(values[name]) and kind_of(name, units.get(name, "")) is BILLIONS
    ]
    finite = [abs(part[np.isfinite(part)]).max(initial=0.0) for part in dollars]
    scale = money(max(finite, default=0.0))
    return {name: _column(name, values[name], units.get(name, ""), scale) for name in values}


def _column(name: str, values: pd.Series[Any], unit: str, scale: Kind) -> Column:
    about = described(name)
    if not _is_number(values):
        return Column(name, about.heading, about.group)
    whole = pd.api.types.is_integer_dtype(values) and not unit
    kind = COUNT if whole else kind_of(name, unit, scale)
    own = f" ({kind.unit}, payer's currency)" if kind.unit == "tn" else ""
    return Column(name, about.heading + own, about.group, kind)


def _panel(
    title: str,
    stub: Mapping[str, pd.Series[Any]],
    body: Mapping[str, pd.Series[Any]],
    found: Mapping[str, Column],
) -> Panel:
    naming = [_column(name, values, "", BILLIONS) for name, values in stub.items()]
    columns = (*naming, *(found[name] for name in body))
    parts = [_values(values) for values in (*stub.values(), *body.values())]
    return Panel(title, columns, len(stub), tuple(zip(*parts, strict=True)))


def _values(values: pd.Series[Any]) -> list[Any]:
    """Return the values of a column; what is missing in a column of words is None."""
    listed: list[Any] = values.tolist()
    if _is_number(values):
        return [float("nan") if value is pd.NA else value for value in listed]
    return [None if gone else value for value, gone in zip(listed, values.isna(), strict=True)]


def _caption(
    frame: pd.DataFrame, title: str | None, found: Mapping[str, Column], vintages: Sequence[str]
) -> str:
    said = frame.attrs.get("title") or title_of(frame)
    dollars = {c.kind.unit for c in found.values() if c.kind and c.kind.unit.startswith("$")}
    unit = f" ({dollars.pop()})" if dollars else ""
    known = f", {'; '.join(vintages)}" if vintages else ""
    return plain(f"{said if title is None else title}{unit}{known}")


def _notes(frame: pd.DataFrame, missing: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the notes: what the result says, what is left out, and which numbers made it."""
    said = [str(note) for note in frame.attrs.get("notes", ())]
    if "status" in frame.columns and set(frame["status"]) <= set(STATUSES):
        counts = [f"{(frame['status'] == kind).sum()} {word}" for kind, word in STATUSES.items()]
        said.append(f"{len(frame)} rows: {', '.join(counts)}")
    for reason, names in missing.items():
        if names:
            said.append(f"Columns {reason}: {', '.join(names)}")
    hashes = str(frame.attrs.get("scenario_hash") or "").split()
    untold = [one for one in hashes if not any(one in note for note in said)]
    made = f"tariffcalc {frame.attrs.get('tariffcalc_version', VERSION)}"
    return tuple(map(plain, [*said, "; ".join([made, *(f"scenario {one}" for one in untold)])]))
