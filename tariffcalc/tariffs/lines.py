"""Lines as arrays: the one shape that the stacking kernel sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tariffcalc.codes import code_intervals
from tariffcalc.errors import InputError, first_rows, raise_faults, suggest
from tariffcalc.numeric.arrays import BoolArray, FloatArray, IntArray
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.frames import Keys, form_faults, keys_of, value_faults

__all__ = ["Lines", "column", "lines_of", "some_lines"]


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Lines of trade: their frame, and their codes and partners as numbers.

    ``code`` and ``place`` have shape (lines,) and count into ``first`` and ``width``, the
    interval of each different code, and into ``partners``, the different partners.
    """

    frame: pd.DataFrame
    code: IntArray
    first: IntArray
    width: IntArray
    place: IntArray
    partners: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.frame)


def lines_of(
    data: TradeFlows | pd.DataFrame, *, valued: bool = False, empty: bool = False
) -> Lines:
    """Return the arrays of flows or of a frame of lines; a frame is checked first."""
    if isinstance(data, TradeFlows):
        return _lines(data._frame, keys_of(data._frame))
    required = ("hs", "partner", "value_usd") if valued else ("hs", "partner")
    head = "the lines cannot be used"
    raise_faults(head, form_faults(data, required, empty=empty))
    keys = keys_of(data)
    raise_faults(head, value_faults(data, keys))
    return _lines(data, keys)


def _lines(frame: pd.DataFrame, keys: Keys) -> Lines:
    first, width = code_intervals(keys.codes)
    return Lines(frame, keys.code, first, width, keys.place, tuple(keys.partners))


def some_lines(lines: Lines, rows: IntArray) -> Lines:
    """Return some of the lines, in the order of the rows."""
    return Lines(
        lines.frame.iloc[rows],
        lines.code[rows],
        lines.first,
        lines.width,
        lines.place[rows],
        lines.partners,
    )


def source_of(name: str) -> str:
    """Return where a missing column can come from, in words."""
    if name in ("mfn_rate", "preferential_rate"):
        return "; add_base_rates gives it"
    if name.endswith("_share"):
        return "; give it as a share of each line's value"
    return ""


def column(
    lines: Lines,
    name: str,
    *,
    where: BoolArray,
    needed_by: str,
) -> FloatArray:
    """Return a numeric column; refuse what is missing or unknown on the lines that need it."""
    if name not in lines.frame.columns:
        if not where.any():
            return np.zeros(len(lines))
        hint = suggest(name, map(str, lines.frame.columns)) or source_of(name)
        raise InputError(f"column {name!r} is needed by {needed_by}, and the lines have none{hint}")
    values = lines.frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
    unknown = np.flatnonzero(where & np.isnan(values))
    if unknown.size:
        codes = lines.frame["hs"].iloc[unknown[:5]].tolist()
        raise InputError(
            f"column {name!r} is needed by {needed_by} and not known in "
            f"{first_rows(codes, unknown.size)}; give the figure or leave the lines out"
        )
    return np.where(where, values, 0.0)
