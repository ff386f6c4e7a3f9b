"""What a frame of lines must look like: its different codes and partners, and all its faults."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tariffcalc.codes import code_faults
from tariffcalc.errors import first_rows, suggest
from tariffcalc.numeric.arrays import BoolArray, IntArray
from tariffcalc.partners import partner_faults

__all__ = ["Keys", "form_faults", "frame_faults", "keys_of", "numeric_columns", "value_faults"]

RATES = ("mfn_rate", "preferential_rate")
AMOUNTS = ("value_usd", "quantity", "annual_quantity", "duty_usd")


class Keys(NamedTuple):
    """The different codes and partners of a frame, and which of them each line has."""

    code: IntArray
    codes: pd.Series
    place: IntArray
    partners: list[str]


def keys_of(frame: pd.DataFrame) -> Keys:
    """Return the keys of a frame; millions of lines share a few thousand codes."""
    code, codes = _factorized(frame["hs"])
    place, partners = _factorized(frame["partner"])
    return Keys(code, codes, place, partners.tolist())


def _factorized(column: pd.Series) -> tuple[IntArray, pd.Series]:
    try:
        codes, unique = pd.factorize(column, use_na_sentinel=False)
    except TypeError:  # a cell that cannot be hashed is no code: its text will be refused
        codes, unique = pd.factorize(column.map(repr), use_na_sentinel=False)
    return codes.astype(np.int64, copy=False), pd.Series(unique)


def frame_faults(frame: Any, required: Sequence[str], *, empty: bool = False) -> list[str]:
    """Return all that is wrong with a frame of lines, in words; ``empty`` allows no rows."""
    return form_faults(frame, required, empty=empty) or value_faults(frame, keys_of(frame))


def form_faults(frame: Any, required: Sequence[str], *, empty: bool = False) -> list[str]:
    """Return what makes the values of a frame unreadable: no frame, no column, no rows."""
    if not isinstance(frame, pd.DataFrame):
        return [f"a pandas DataFrame is needed, given {type(frame).__name__}"]
    missing = [column for column in required if column not in frame.columns]
    if missing:
        hints = "".join(suggest(column, map(str, frame.columns)) for column in missing)
        return [f"columns missing: {', '.join(missing)}{hints}"]
    if twice := sorted({str(column) for column in frame.columns[frame.columns.duplicated()]}):
        return [f"columns given more than once: {', '.join(twice)}; keep one of each"]
    if not (len(frame) or empty):
        return ["the frame has no rows"]
    return []


def value_faults(frame: pd.DataFrame, keys: Keys) -> list[str]:
    """Return what is wrong with the values of a frame that has the right form."""
    faults = code_faults(keys.codes) + partner_faults(keys.partners)
    for column in numeric_columns(frame):
        faults += _number_faults(frame, column)
    return faults


def numeric_columns(frame: pd.DataFrame) -> list[str]:
    """Return the columns of a frame that hold rates, amounts, shares or specific duties."""
    names = [str(column) for column in frame.columns]
    return [n for n in names if n in (*RATES, *AMOUNTS) or n.endswith(("_share", "_per_unit"))]


def _number_faults(frame: pd.DataFrame, column: str) -> list[str]:
    given = frame[column]
    if pd.api.types.is_bool_dtype(given) or not pd.api.types.is_numeric_dtype(given):
        return [f"{column}: numbers are needed, given a column of {given.dtype}"]
    values = given.to_numpy(dtype=np.float64, na_value=np.nan)
    limit = 1.0 if column.endswith("_share") else 10.0 if column in RATES else np.inf
    if _all_right(values, column, limit):
        return []
    unknown = ~np.isfinite(values) if column == "value_usd" else np.isinf(values)
    faults = _row_fault(unknown, column, "finite numbers are needed")
    with np.errstate(invalid="ignore"):
        faults += _row_fault(values < 0, column, "numbers of at least 0 are needed")
        high = (values > limit) & ~unknown
    if high.any():
        first = float(values[high][0])
        kind = "shares" if limit == 1.0 else "rates"
        text = (
            f"{kind} are fractions: {first:g} means {first * 100:g}%; did you mean {first / 100:g}?"
        )
        faults += _row_fault(high, column, text)
    return faults


def _all_right(values: np.ndarray, column: str, limit: float) -> bool:
    """Tell in one pass over a long column, without copies, that there is no fault to look for."""
    if not values.size:
        return True
    low, high = np.min(values), np.max(values)
    if np.isnan(low) and column != "value_usd":
        low, high = np.fmin.reduce(values), np.fmax.reduce(values)
        if np.isnan(low):
            return True
    return bool(low >= 0.0 and high <= limit and high < np.inf)


def _row_fault(wrong: BoolArray, column: str, text: str) -> list[str]:
    rows = np.flatnonzero(wrong)
    return [f"{column}: {text} in {first_rows(rows.tolist(), rows.size)}"] if rows.size else []
