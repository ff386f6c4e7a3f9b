"""Lines as arrays: the one shape that the stacking kernel sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tariffcalc.codes import code_intervals
from tariffcalc.errors import InputError, first_rows, raise_faults, suggest
from tariffcalc.numeric.arrays import BoolArray, FloatArray, IntArray
from tariffcalc.trade.flows import TradeFlows, frame_faults

__all__ = ["Lines", "column", "lines_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Arrays of shape (lines,): code interval, partner; and the frame they came from."""

    frame: pd.DataFrame
    first: IntArray
    width: IntArray
    partner: pd.Series

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.frame)


def lines_of(
    data: TradeFlows | pd.DataFrame, *, valued: bool = False, empty: bool = False
) -> Lines:
    """Return the arrays of flows or of a frame of lines; a frame is checked first."""
    if isinstance(data, TradeFlows):
        frame = data._frame
    else:
        required = ("hs", "partner", "value_usd") if valued else ("hs", "partner")
        raise_faults("the lines cannot be used", frame_faults(data, required, empty=empty))
        frame = data
    first, width = code_intervals(frame["hs"])
    return Lines(frame, first, width, frame["partner"])


def column(lines: Lines, name: str, *, where: BoolArray, needed_by: str) -> FloatArray:
    """Return a numeric column; refuse what is missing or unknown on the lines that need it."""
    if name not in lines.frame.columns:
        if not where.any():
            return np.zeros(len(lines))
        hint = suggest(name, map(str, lines.frame.columns))
        raise InputError(f"column {name!r} is needed by {needed_by}, and the lines have none{hint}")
    values = lines.frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
    unknown = np.flatnonzero(where & np.isnan(values))
    if unknown.size:
        codes = lines.frame["hs"].to_numpy()[unknown[:5]].tolist()
        raise InputError(
            f"column {name!r} is needed by {needed_by} and not known in "
            f"{first_rows(codes, unknown.size)}; give the figure or leave the lines out"
        )
    return np.where(where, values, 0.0)
