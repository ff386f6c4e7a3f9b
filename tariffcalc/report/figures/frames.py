"""What figures ask of a frame: its columns, one structure, names to show, and the source note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError, unknown_name
from tariffcalc.numeric.arrays import FloatArray

__all__ = [
    "BILLION",
    "Measure",
    "billions",
    "labels_of",
    "measured",
    "named",
    "needed",
    "one_structure",
    "source_note",
    "spoken",
    "structures_of",
    "whole",
]  # fmt: skip

BILLION = 1e9
STRUCTURE = "structure"
PERCENTAGES = ("_rate", "_share", "_irr")
# Tables of a scenario whose names say nothing of what is in them.
TABLES = (
    "*", "pledge", "structures", "tranches", "instrument", "drawdown", "waterfall", "funding",
    "tariffs", "trade", "response", "economy", "valuation",
)  # fmt: skip
CAPITALS = ("fx", "gdp", "irr", "krw", "pv", "usd")


def needed(frame: object, columns: Sequence[str], figure: str, maker: str) -> pd.DataFrame:
    """Return the frame; refuse one without rows, columns or index levels that a figure needs."""
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"{figure}: a frame of {maker} is needed, given {type(frame).__name__}")
    missing = [name for name in columns if name not in {*frame.columns, *frame.index.names}]
    if missing:
        raise InputError(
            f"{figure}: the frame lacks {', '.join(missing)}; {maker} makes a frame that has it"
        )
    if frame.empty:
        raise InputError(f"{figure}: the frame has no rows; {maker} makes one that has")
    return frame


def named(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return the values of a column or of a level of the index, row by row."""
    if name in frame.columns:
        return frame[name]
    return pd.Series(frame.index.get_level_values(name), index=frame.index)


def structures_of(frame: pd.DataFrame) -> list[str]:
    """Return the structures of a frame, in its order."""
    return list(dict.fromkeys(map(str, named(frame, STRUCTURE))))


def one_structure(frame: pd.DataFrame, structure: str | None, figure: str) -> pd.DataFrame:
    """Return the rows of one structure: the one named, or the only one there is."""
    known = structures_of(frame)
    if structure is None and len(known) > 1:
        raise InputError(
            f"{figure}: one structure is drawn; choose it with structure=, one of "
            f"{', '.join(known)}"
        )
    chosen = known[0] if structure is None else structure
    if chosen not in known:
        raise unknown_name("structure", structure, known)
    return frame[(named(frame, STRUCTURE) == chosen).to_numpy()]


def labels_of(frame: pd.DataFrame) -> list[str]:
    """Return a label for each row: its structure, with its scenario where there are several."""
    structures = named(frame, STRUCTURE)
    if "scenario" not in frame.index.names or named(frame, "scenario").nunique() == 1:
        return list(map(str, structures))
    return [f"{s} {n}" for s, n in zip(named(frame, "scenario"), structures, strict=True)]


def billions(values: pd.Series) -> FloatArray:
    """Return dollars in billions."""
    found: FloatArray = values.to_numpy(dtype=float) / BILLION
    return found


@dataclass(frozen=True, slots=True)
class Measure:
    """How the values of a column are drawn: the label of its axis, and in which unit."""

    label: str
    multiplier: float = 1.0
    divisor: float = 1.0

    def of(self, values: pd.Series) -> FloatArray:
        """Return values in that unit."""
        found: FloatArray = values.to_numpy(dtype=float) * self.multiplier / self.divisor
        return found


def measured(name: str, frame: pd.DataFrame) -> Measure:
    """Return how a column is drawn, by its unit or else by how its name ends."""
    unit, words = frame.attrs.get("units", {}).get(name, ""), sentence(spoken(name))
    if name.endswith("_usd"):
        return Measure(f"{words} ($bn)", divisor=BILLION)
    if name.endswith(PERCENTAGES) or unit.startswith(("share of", "fraction")):
        return Measure(f"{words} (%)", multiplier=100.0)
    if name.endswith("_years"):
        return Measure(f"{words} (years)")
    return Measure(f"{words} ({unit})" if unit else words)


def whole(name: str, value: object) -> int:
    """Return a count; refuse what is no whole number of at least 1."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise InputError(f"{name}: a whole number of at least 1 is needed, given {value!r}")
    return int(value)


def spoken(name: str) -> str:
    """Return the name of a column as words, without what its axis says: dollars, years."""
    stem = name
    for unit in ("_usd", "_krw", "_years"):
        stem = stem.removesuffix(unit)
    words = stem.replace("section_232", "§232").replace("_", " ").split()
    return " ".join(word.upper() if word in CAPITALS else word for word in words)


def short(path: str) -> str:
    """Return a path of a scenario as words: what is in its tables, not in which tables it is."""
    *tables, last = path.split(".")
    return " ".join(spoken(part) for part in [*tables, last] if part not in TABLES)


def ranged(path: str, low: float, high: float) -> str:
    """Return a range as text in the unit that the end of its path says."""
    before, after, scale = "", "", 1.0
    if path.endswith("_usd"):
        before, after, scale = "$", "bn", 1.0 / BILLION
    elif path.endswith((*PERCENTAGES, ".rate")):
        after, scale = "%", 100.0
    ends = [f"{before}{end * scale:.4g}{after}" for end in (low, high)]
    years = " years" if path.endswith("_years") else ""
    return f"{ends[0]} to {ends[1]}{years}".replace("-", "−")


def sentence(words: str) -> str:
    """Return words with a capital at the start, and all others as they are."""
    return words[:1].upper() + words[1:]


def source_note(frame: pd.DataFrame, source: str | None, *more: str) -> list[str]:
    """Return the lines under a figure: what is to be said, then source, vintage and hash."""
    version, key = frame.attrs.get("tariffcalc_version"), frame.attrs.get("scenario_hash")
    parts = [
        source,
        *frame.attrs.get("vintages", []),
        f"tariffcalc {version}" if version else "tariffcalc",
        f"scenario {key}" if key else None,
    ]
    return [*more, "Source: " + "; ".join(part for part in parts if part)]
