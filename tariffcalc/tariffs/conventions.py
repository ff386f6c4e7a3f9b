"""Shares that no law states: where they come from is a convention, and it has a name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd

from tariffcalc.codes import DIGITS
from tariffcalc.data import data_table
from tariffcalc.errors import InputError, first_rows, unknown_name
from tariffcalc.models import check_number
from tariffcalc.numeric.arrays import BoolArray, FloatArray, IntArray
from tariffcalc.partners import named_partners, partner_groups
from tariffcalc.tables import labelled
from tariffcalc.tariffs.lines import Lines, column

__all__ = [
    "COARSE",
    "LINES",
    "OTHERS",
    "CoarseLines",
    "OtherPartners",
    "Reading",
    "convention_value",
    "default_conventions",
    "list_conventions",
    "partners_of_tables",
    "share_of",
]

CoarseLines = Literal["refuse", "line_count"]
OtherPartners = Literal["refuse", "rest"]
COARSE, OTHERS = "coarse_lines", "other_partners"
LINES = "lines"
NUMBERS = ("value", "low", "high")


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """How the law is read: on which day, as known when, and with which conventions.

    ``partners`` are those whose law is known; none means that any partner's is.
    """

    on: dt.date
    as_of: dt.date | None = None
    conventions: Mapping[str, float | str] = field(default_factory=dict)
    coarse_lines: CoarseLines = "refuse"
    partners: tuple[str, ...] = ()


def list_conventions() -> pd.DataFrame:
    """Return the conventions in which public models of the tariffs differ, with their sources.

    Returns
    -------
    pandas.DataFrame
        Index (``parameter``, ``choice``); columns ``value`` (a share, or where it is looked up:
        ``lines`` is the column of the flows), ``default`` (whether :func:`load_schedule` takes
        it), ``low`` and ``high`` of what is uncertain, ``status`` (reported or assumption),
        ``source``, ``description``.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.list_conventions().loc[("steel_share", "full"), "value"]
    1.0
    """
    table = data_table("law/conventions.csv")
    numbers = {name: table[name].map(_read) for name in NUMBERS}
    frame = table.assign(default=table["default"] == "yes", **numbers)
    frame = frame.set_index(["parameter", "choice"])
    return labelled(frame, dict.fromkeys(NUMBERS, "fraction of customs value"))


def _read(text: str) -> float | str:
    """Return the number a cell holds, or the text itself."""
    try:
        return float(text)
    except ValueError:
        return text


@lru_cache(maxsize=1)
def _choices() -> dict[str, dict[str, float | str]]:
    choices: dict[str, dict[str, float | str]] = {}
    table = data_table("law/conventions.csv")
    for name, choice, value in zip(
        table["parameter"], table["choice"], table["value"], strict=True
    ):
        choices.setdefault(name, {})[choice] = _read(value)
    return choices


def default_conventions() -> dict[str, float | str]:
    """Return the value of each parameter that a packaged schedule starts from."""
    table = data_table("law/conventions.csv")
    chosen = table[table["default"] == "yes"]
    return {
        name: _read(value) for name, value in zip(chosen["parameter"], chosen["value"], strict=True)
    }


def convention_value(parameter: str, choice: object) -> float | str:
    """Return what a choice stands for: a share, or the name of a table; refuse anything else."""
    choices = _choices()
    if parameter not in choices and not parameter.endswith("_share"):
        raise unknown_name("convention", parameter, choices)
    if isinstance(choice, str):
        known = choices.get(parameter, {}) | {LINES: LINES}
        if choice not in known and choice not in known.values():
            raise unknown_name(f"choice of {parameter}", choice, list(known))
        return known.get(choice, choice)
    try:
        share = check_number(choice)
    except ValueError as error:
        raise InputError(f"{parameter}: {error}") from None
    if not 0.0 <= share <= 1.0:
        raise InputError(f"{parameter}: a share between 0 and 1 is needed, given {share!r}")
    return share


def share_of(
    lines: Lines, name: str, reading: Reading, *, where: BoolArray, needed_by: str
) -> FloatArray:
    """Return a share of each line's value, 0 where it is not asked for."""
    value = reading.conventions.get(name, LINES)
    if value == LINES:
        return column(lines, name, where=where, needed_by=needed_by)
    if isinstance(value, str):
        return _looked_up(lines, value, where, needed_by)
    return np.where(where, value, 0.0)


def partners_of_tables(reading: Reading) -> list[str]:
    """Return the partners that the tables of a reading's conventions tell from others."""
    tables = {value for value in reading.conventions.values() if isinstance(value, str)}
    keys = (key for table in tables - {LINES} for key in _prefixes(table))
    return sorted({partner for _, _, partner in keys if partner})


def _looked_up(lines: Lines, table: str, where: BoolArray, needed_by: str) -> FloatArray:
    """Return the shares of a packaged table: the longest prefix, its partner's before all's."""
    rows = np.flatnonzero(where)
    first, width = lines.first[lines.code[rows]], lines.width[lines.code[rows]]
    share = np.full(rows.size, np.nan)
    for (_, whole, partner), (prefixes, values) in _prefixes(table).items():
        here = width <= whole
        if partner:
            named = named_partners([partner])
            here &= np.array([one in named for one in lines.partners])[lines.place[rows]]
        wanted = first // whole
        place = np.minimum(np.searchsorted(prefixes, wanted), prefixes.size - 1)
        share = np.where(here & (prefixes[place] == wanted), values[place], share)
    unknown = np.flatnonzero(np.isnan(share))
    if unknown.size:
        codes = lines.frame["hs"].iloc[rows[unknown[:5]]].tolist()
        raise InputError(
            f"the table {table!r} has no share, needed by {needed_by}, for "
            f"{first_rows(codes, unknown.size)}; choose another convention or give a share"
        )
    found = np.zeros(len(lines))
    found[rows] = share
    return found


@lru_cache(maxsize=16)
def _prefixes(table: str) -> dict[tuple[int, int, str], tuple[IntArray, FloatArray]]:
    """Return sorted prefixes and shares by length, width of its interval, and partner or "".

    The longest stand last, and at each length those of a group after those of all, and those of a
    country after those of its group.
    """
    rows = data_table("law/shares.csv.gz").fillna("")
    here = rows[rows["table"] == table].sort_values("hs")
    tables: dict[tuple[int, int, str], tuple[IntArray, FloatArray]] = {}
    groups = partner_groups()
    for length in sorted(set(here["hs"].str.len())):
        for partner in sorted(set(here["partner"]), key=lambda p: (p != "", p not in groups, p)):
            group = here[(here["hs"].str.len() == length) & (here["partner"] == partner)]
            if len(group):
                prefixes = ("0" + group["hs"]).to_numpy(dtype=np.int64)
                shares = group["share"].to_numpy(dtype=np.float64)
                tables[length, 10 ** (DIGITS - length), partner] = prefixes, shares
    return tables
