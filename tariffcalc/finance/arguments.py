"""What the figures of cash flows accept, and how they refuse the rest."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
from numpy.typing import ArrayLike

from tariffcalc.errors import (
    InputError,
    MultipleRootsError,
    NoRootError,
    first_rows,
    unknown_name,
)
from tariffcalc.numeric.arrays import FloatArray, IntArray
from tariffcalc.numeric.day_counts import DayArray

__all__ = [
    "as_days",
    "as_rows",
    "as_table",
    "check_lengths",
    "check_rates",
    "check_shares",
    "near_per_row",
    "number_per_row",
    "rate_per_row",
    "shaped",
    "wanted_root",
]


ROOTS = ("only", "lowest", "highest", "nearest")


def as_rows(amounts: ArrayLike, name: str = "amounts") -> tuple[FloatArray, bool]:
    """Return finite flows as rows, and whether they were one row."""
    flows = np.asarray(amounts, dtype=np.float64)
    if flows.ndim not in (1, 2) or flows.shape[-1] == 0:
        raise InputError(
            f"{name}: shape (periods,) or (rows, periods) is needed, given {flows.shape}"
        )
    rows = np.atleast_2d(flows)
    with np.errstate(all="ignore"):
        total = rows.sum()  # a finite sum has finite terms: one pass over memory, no array
    bad = [] if np.isfinite(total) else np.flatnonzero(~np.isfinite(rows).all(axis=1)).tolist()
    if bad:
        raise InputError(f"{name}: not finite in {first_rows(bad, len(bad))}")
    return rows, flows.ndim == 1


def as_table(value: ArrayLike, name: str, columns: int) -> FloatArray:
    """Return a number, one per row, or a table of them by column, as a table of all columns."""
    given = np.asarray(value, dtype=np.float64)
    table = given if given.ndim == 2 else np.atleast_1d(given)[..., np.newaxis]
    if table.ndim != 2 or table.shape[1] not in (1, columns):
        raise InputError(
            f"{name}: one number, one per row, or a table of {columns} columns is needed, "
            f"given {given.shape}"
        )
    return np.broadcast_to(table, (table.shape[0], columns))


def check_shares(shares: FloatArray, name: str, value: ArrayLike) -> None:
    """Refuse numbers that are no shares of a whole."""
    if not (np.isfinite(shares) & (shares >= 0.0) & (shares <= 1.0)).all():
        raise InputError(f"{name}: finite and from 0 to 1 is needed, given {value!r}")


def as_days(value: object, name: str) -> DayArray:
    """Return dates as days: ISO texts, `datetime.date` and what numpy and pandas make of them."""
    given = np.asarray(value)
    fit = given.dtype.kind in "MUT" or (
        given.dtype.kind == "O" and all(_is_day(day) for day in given.ravel())
    )
    try:
        if not fit:
            raise ValueError
        days = given.astype("datetime64[D]")
    except (TypeError, ValueError):
        raise InputError(
            f"{name}: dates are needed, as '2025-10-17' or datetime.date, given {value!r}"
        ) from None
    unknown = np.flatnonzero(np.isnat(days).reshape(days.shape[0] if days.ndim else 1, -1).any(1))
    if unknown.size:
        raise InputError(f"{name}: no date in {first_rows(unknown.tolist(), unknown.size)}")
    return days


def _is_day(value: object) -> bool:
    if isinstance(value, datetime):
        return value.tzinfo is None
    return isinstance(value, (str, date, np.datetime64))


def number_per_row(value: ArrayLike, name: str) -> FloatArray:
    """Return one number, or one per row, as a column."""
    numbers = np.atleast_1d(np.asarray(value, dtype=np.float64))
    if numbers.ndim > 1:
        raise InputError(f"{name}: one number, or one per row, is needed, given {numbers.shape}")
    return numbers


def rate_per_row(
    value: ArrayLike, name: str, *, least: float = -1.0, strict: bool = True
) -> FloatArray:
    """Return finite numbers above (or from) the least one, as a column."""
    rates = number_per_row(value, name)
    check_rates(rates, name, value, least=least, strict=strict)
    return rates


def check_rates(
    rates: FloatArray, name: str, value: ArrayLike, *, least: float = -1.0, strict: bool = True
) -> None:
    """Refuse numbers that are not finite, or not above (or from) the least one."""
    allowed = rates > least if strict else rates >= least
    if not (np.isfinite(rates) & allowed).all():
        word = "above" if strict else "at least"
        raise InputError(f"{name}: finite and {word} {least:g} is needed, given {value!r}")


def check_lengths(**columns: FloatArray | DayArray) -> None:
    """Refuse columns of different numbers of rows, other than 1."""
    lengths = {name: column.shape[0] for name, column in columns.items()}
    if len(set(lengths.values()) - {1}) > 1:
        shown = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise InputError(f"rows differ in number: {shown}; give one, or one per row")


def shaped(values: FloatArray, single: bool) -> FloatArray | float:
    """Return the one figure of a single row as a float."""
    return float(values[0]) if single else values


def near_per_row(root: str, near: ArrayLike, rows: int) -> FloatArray:
    """Return the rate that a root is to be near to, one per row; refuse another word for a root."""
    if root not in ROOTS:
        raise unknown_name("root", root, ROOTS)
    rates = rate_per_row(near, "near")
    if rates.size not in (1, rows):
        raise InputError(f"near: one number, or one for each of {rows} rows, given {rates.size}")
    return np.broadcast_to(rates, (rows,))


def wanted_root(counts: IntArray, found: FloatArray, root: str, on_failure: str) -> FloatArray:
    """Return the root that each row is asked for; raise where there is none such, or give NaN."""
    if on_failure not in ("raise", "nan"):
        raise InputError(f"on_failure: {on_failure!r} is not 'raise' or 'nan'")
    most = 1 if root == "only" else np.iinfo(np.int64).max
    if on_failure == "raise":
        _raise_for_counts(counts, most)
    return np.where((counts >= 1) & (counts <= most), found, np.nan)


def _raise_for_counts(counts: IntArray, most: int) -> None:
    none, several = np.flatnonzero(counts == 0), np.flatnonzero(counts > most)
    if several.size:
        raise MultipleRootsError(
            f"several rates solve the equation in {first_rows(several.tolist(), several.size)}; "
            "give flows with one change of sign, root='lowest', 'highest' or 'nearest', or "
            "on_failure='nan'"
        )
    if none.size:
        raise NoRootError(
            "no rate from -0.9999 to 1e6 turns the sign of the net present value in "
            f"{first_rows(none.tolist(), none.size)}; "
            "flows need both signs, or give on_failure='nan'"
        )
