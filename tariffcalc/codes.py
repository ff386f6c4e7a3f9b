"""HS codes as ranges: a code of 2 to 10 digits is the interval of 10-digit codes below it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError, first_rows
from tariffcalc.numeric.arrays import BoolArray, IntArray

__all__ = ["CodeRanges", "code_faults", "code_intervals", "code_ranges", "covered"]

DIGITS = 10


@dataclass(frozen=True, slots=True)
class CodeRanges:
    """Disjoint intervals of 10-digit codes, sorted: starts and ends (exclusive), shape (n,)."""

    starts: IntArray
    ends: IntArray


def code_faults(codes: pd.Series) -> list[str]:
    """Return what is wrong with a column of HS codes, in words; an empty list when all is well."""
    if not pd.api.types.is_string_dtype(codes.dropna()):
        given = f"hs: codes are strings, given a column of {codes.dtype}"
        return [f"{given}; read files with dtype=str, so that a leading zero is kept"]
    wrong = ~codes.str.fullmatch(r"(?:[0-9]{2}){1,5}", na=False).astype(bool)
    if not wrong.any():
        return []
    bad = codes[wrong]
    shown = [None if pd.isna(code) else code for code in bad.head(5)]
    rows = first_rows(shown, int(wrong.sum()), "code")
    lost = bad.str.fullmatch(r"[0-9]([0-9]{2}){1,4}", na=False).astype(bool)
    hint = f"; did you mean '0{bad[lost].iloc[0]}'? A leading zero was lost" if lost.any() else ""
    return [f"hs: 2, 4, 6, 8 or 10 digits are needed in {rows}{hint}"]


def code_intervals(codes: pd.Series) -> tuple[IntArray, IntArray]:
    """Return the first 10-digit code of each code's interval and its width; codes are valid."""
    lengths = codes.str.len().to_numpy(dtype=np.int64)
    widths = np.power(np.int64(10), DIGITS - lengths)
    return codes.to_numpy(dtype=np.int64) * widths, widths


def code_ranges(prefixes: Iterable[str]) -> CodeRanges:
    """Return the union of the prefixes' intervals as disjoint sorted ranges."""
    column = pd.Series(sorted(set(prefixes)), dtype=str)
    if column.empty:
        empty = np.empty(0, dtype=np.int64)
        return CodeRanges(empty, empty)
    if faults := code_faults(column):
        raise InputError(faults[0])
    starts, widths = code_intervals(column)
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], np.maximum.accumulate((starts + widths)[order])
    opens = np.ones(starts.size, dtype=bool)
    opens[1:] = starts[1:] > ends[:-1]
    last = np.append(np.flatnonzero(opens)[1:] - 1, starts.size - 1)
    return CodeRanges(starts[opens], ends[last])


def covered(ranges: CodeRanges, first: IntArray, width: IntArray) -> tuple[BoolArray, BoolArray]:
    """Return which code intervals lie inside the ranges, and which lie there only in part."""
    if not ranges.starts.size:
        nothing = np.zeros(first.shape, dtype=bool)
        return nothing, nothing
    after = np.searchsorted(ranges.starts, first, side="right")
    before = np.maximum(after - 1, 0)
    end = first + width
    reach = np.where(after > 0, ranges.ends[before], 0)
    inside = reach >= end
    following = ranges.starts[np.minimum(after, ranges.starts.size - 1)]
    touches = (reach > first) | ((after < ranges.starts.size) & (following < end))
    return inside, touches & ~inside
