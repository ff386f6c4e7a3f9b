"""The rate of each line on a date, taken apart by authority."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.tariffs.coverage import Coverage, coverage
from tariffcalc.tariffs.lines import Lines
from tariffcalc.tariffs.measures import TariffMeasure
from tariffcalc.tariffs.stacking import add_on, blended_base

__all__ = ["base_and_parts", "measure_add_on", "total_rate"]


def base_and_parts(
    measures: Sequence[TariffMeasure], lines: Lines, on: dt.date
) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Return the base rate of each line and, by authority, what is added; shape (lines,) each."""
    law = coverage(measures, lines, on)
    authorities = dict.fromkeys(m.authority for m in measures if m.form != "base")
    parts = {authority: np.zeros(len(lines)) for authority in authorities}
    for row, measure in enumerate(law.measures):
        added = measure_add_on(law, row, np.array([[measure.rate]]))[0]
        parts[measure.authority] = parts[measure.authority] + added
    return blended_base(law.mfn, law.preferential, law.use), parts


def measure_add_on(law: Coverage, row: int, rate: FloatArray) -> FloatArray:
    """Return what the measure of a row adds at ad valorem rates of shape (cases, 1)."""
    return add_on(
        rate + law.specific[row],
        law.charged[row],
        law.mfn,
        law.preferential,
        law.use,
        all_in=law.measures[row].form == "all_in",
    )


def total_rate(base: FloatArray, parts: dict[str, FloatArray]) -> FloatArray:
    """Return base + Σ parts, added in the order of the authorities."""
    total = base
    for part in parts.values():
        total = total + part
    return total
