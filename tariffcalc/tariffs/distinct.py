"""Different lines: what the law is worked out for, before it is spread over millions of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tariffcalc.numeric.arrays import FloatArray, IntArray
from tariffcalc.partners import named_partners, partner_groups
from tariffcalc.tariffs.conventions import Reading, partners_of_tables
from tariffcalc.tariffs.lines import Lines, some_lines
from tariffcalc.tariffs.measures import TariffMeasure
from tariffcalc.tariffs.reach import named_places

__all__ = ["Distinct", "distinct_lines"]

BASE = (
    "mfn_rate",
    "mfn_specific_usd_per_unit",
    "preferential_rate",
    "preferential_specific_usd_per_unit",
    "preference_use_share",
)
PER_UNIT = ("quantity", "value_usd")


@dataclass(frozen=True, slots=True, eq=False)
class Distinct:
    """The different ones among some lines, and which of them each line is, shape (lines,)."""

    lines: Lines
    row: IntArray

    def spread(self, values: FloatArray) -> FloatArray:
        """Return the values of the different lines for every line."""
        return values[self.row]


def distinct_lines(measures: Sequence[TariffMeasure], lines: Lines, reading: Reading) -> Distinct:
    """Return the lines that any of the measures could tell apart, on any day.

    Two lines are one when they share their code, their kind of partner (those that all measures
    treat alike), and every figure that the law could ask for.
    """
    kind = _kinds(measures, lines, reading)
    key = lines.code * (int(kind.max(initial=0)) + 1) + kind[lines.place]
    row, first = _numbered(key)
    for name in _columns(measures, lines):
        values = lines.frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
        if not _alike(values, values[first][row]):
            refined, _ = pd.factorize(values, use_na_sentinel=False)
            row, first = _numbered(row * (int(refined.max()) + 1) + refined)
    return Distinct(some_lines(lines, first), row)


def _kinds(measures: Sequence[TariffMeasure], lines: Lines, reading: Reading) -> IntArray:
    """Return a number for each partner; partners whom every measure treats alike share it.

    A group of partners keeps its own: a measure may tell its members apart.
    """
    signs = [named_places(measure, lines.partners) for measure in measures]
    told_apart = [named_partners([one]) for one in partners_of_tables(reading)]
    told_apart += [frozenset([group]) for group in partner_groups()]
    signs += [np.array([one in named for one in lines.partners]) for named in told_apart]
    table = np.array(signs, dtype=bool).reshape(len(signs), len(lines.partners))
    return np.unique(table, axis=1, return_inverse=True)[1].reshape(-1)


def _columns(measures: Sequence[TariffMeasure], lines: Lines) -> list[str]:
    """Return the columns that the law can read on some day."""
    names = [*BASE, *(m.content for m in measures if isinstance(m.content, str))]
    if any(measure.quota_quantity is not None for measure in measures):
        names += ["annual_quantity", "quota_share"]
    present = lines.frame.columns
    specific = any(measure.specific_usd_per_unit for measure in measures)
    if specific or any(name in present for name in BASE if name.endswith("_per_unit")):
        names += PER_UNIT
    return [name for name in dict.fromkeys(names) if name in present]


def _numbered(key: IntArray) -> tuple[IntArray, IntArray]:
    """Return the number of each key in order of appearance, and where each first appears."""
    row, unique = pd.factorize(key)
    first = np.empty(unique.size, dtype=np.int64)
    first[row[::-1]] = np.arange(key.size - 1, -1, -1)
    return row, first


def _alike(one: FloatArray, other: FloatArray) -> bool:
    """Tell whether two columns are the same figures; unknown is like unknown."""
    return bool(((one == other) | (np.isnan(one) & np.isnan(other))).all())
