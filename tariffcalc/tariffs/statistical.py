"""Coarse lines as their statistical lines: a mean of rates, where a measure names only a part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from tariffcalc.codes import code_intervals
from tariffcalc.data import data_table
from tariffcalc.numeric.arrays import FloatArray, IntArray
from tariffcalc.tariffs.conventions import Reading
from tariffcalc.tariffs.lines import Lines
from tariffcalc.tariffs.measures import TariffMeasure
from tariffcalc.tariffs.reach import named_in_part

__all__ = ["Statistical", "statistical_lines"]


@dataclass(frozen=True, slots=True, eq=False)
class Statistical:
    """Some lines, the coarse ones taken apart: ``count`` parts of each, one after the other."""

    lines: Lines
    count: IntArray

    def split(self, values: FloatArray) -> FloatArray:
        """Return values of the lines as values of their parts, which share them equally."""
        return np.repeat(values / self.count, self.count)

    def mean(self, values: FloatArray) -> FloatArray:
        """Return the mean over the parts of each line."""
        if len(self.lines) == self.count.size:
            return values
        return np.add.reduceat(values, np.cumsum(self.count) - self.count) / self.count


def statistical_lines(
    measures: Sequence[TariffMeasure], lines: Lines, reading: Reading
) -> Statistical:
    """Return the lines, with the statistical lines below those that a measure names in part.

    Measures that name different parts of a line act on each other only where the parts meet, so
    that shares of a line by measure are not enough. A line stays whole where the reading refuses
    coarse lines, or where the tariff has no statistical line below it.
    """
    whole = Statistical(lines, np.ones(len(lines), dtype=np.int64))
    if reading.coarse_lines == "refuse" or (lines.width == 1).all():
        return whole
    coarse = np.zeros(len(lines), dtype=bool)
    for measure in measures:
        if measure.in_force(reading.on):
            coarse |= named_in_part(measure, lines, reading)
    first, width = _all_statistical_lines()
    start = np.searchsorted(first, lines.first)
    below = np.searchsorted(first, lines.first + lines.width) - start
    apart = coarse & (below > 0)[lines.code]
    if not apart.any():
        return whole
    count = np.where(apart, below[lines.code], 1)
    row = np.repeat(np.arange(len(lines)), count)
    place = np.arange(row.size) - np.repeat(np.cumsum(count) - count, count)
    part = lines.first.size + start[lines.code[row]] + place
    used, code = np.unique(np.where(apart[row], part, lines.code[row]), return_inverse=True)
    return Statistical(
        Lines(
            lines.frame.iloc[row],
            code,
            np.concatenate([lines.first, first])[used],
            np.concatenate([lines.width, width])[used],
            lines.place[row],
            lines.partners,
        ),
        count,
    )


@lru_cache(maxsize=1)
def _all_statistical_lines() -> tuple[IntArray, IntArray]:
    """Return the intervals of all statistical lines of the tariff, sorted."""
    codes = pd.Series(sorted(set(data_table("law/hts-codes.csv.gz")["hs"])), dtype=str)
    return code_intervals(codes)
