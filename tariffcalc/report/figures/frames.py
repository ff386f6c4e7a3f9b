"""What figures ask of a frame: its columns, one structure, names to show, and the source note."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tariffcalc.errors import InputError, unknown_name
from tariffcalc.numeric.arrays import FloatArray

__all__ = [
    "BILLION", "billions", "labels_of", "named", "needed", "one_structure", "source_note", "spoken",
    "structures_of",
]  # fmt: skip

BILLION = 1e9
STRUCTURE = "structure"


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


def spoken(name: str) -> str:
    """Return the name of a column as words: without its unit, blanks for underscores."""
    stem = name
    for unit in ("_usd", "_rate", "_share", "_years", "_duty"):
        stem = stem.removesuffix(unit)
    return stem.replace("section_232", "§232").replace("_", " ")


def source_note(frame: pd.DataFrame, source: str | None, *more: str) -> list[str]:
    """Return the lines under a figure: what is to be said, then source, vintage and hash."""
    version, key = frame.attrs.get("tariffcalc_version"), frame.attrs.get("scenario_hash")
    parts = [
        source,
        frame.attrs.get("vintage"),
        f"tariffcalc {version}" if version else "tariffcalc",
        f"scenario {key}" if key else None,
    ]
    return [*more, "Source: " + "; ".join(part for part in parts if part)]
