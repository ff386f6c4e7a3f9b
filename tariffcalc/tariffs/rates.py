"""The rate of each line on a date, taken apart by authority."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.tariffs.conventions import Reading
from tariffcalc.tariffs.coverage import Coverage, coverage
from tariffcalc.tariffs.distinct import Distinct
from tariffcalc.tariffs.lines import Lines, some_lines
from tariffcalc.tariffs.measures import TariffMeasure
from tariffcalc.tariffs.stacking import add_on, blended_base
from tariffcalc.tariffs.statistical import statistical_lines

__all__ = ["authorities_of", "base_and_parts", "measure_add_on", "rate_columns", "total_rate"]

CHUNK = 16_384  # lines whose arrays by measure fit the cache


def authorities_of(measures: Sequence[TariffMeasure]) -> tuple[str, ...]:
    """Return the authorities that add duty, in the order in which they first occur."""
    return tuple(
        dict.fromkeys(m.authority for m in measures if m.form not in ("base", "exemption"))
    )


def rate_columns(
    measures: Sequence[TariffMeasure], distinct: Distinct, reading: Reading
) -> dict[str, FloatArray]:
    """Return the columns of the rates: base, one per authority, total; shape (lines,) each."""
    base, parts = base_and_parts(measures, distinct.lines, reading)
    named = {f"{authority}_rate": part for authority, part in parts.items()}
    columns = {"base_rate": base, **named, "total_rate": total_rate(base, parts)}
    return {name: distinct.spread(values) for name, values in columns.items()}


def base_and_parts(
    measures: Sequence[TariffMeasure], lines: Lines, reading: Reading
) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Return the base rate of each line and, by authority, what is added; shape (lines,) each."""
    base = np.zeros(len(lines))
    parts = {authority: np.zeros(len(lines)) for authority in authorities_of(measures)}
    for start in range(0, len(lines), CHUNK):
        rows = np.arange(start, min(start + CHUNK, len(lines)))
        parted = statistical_lines(measures, some_lines(lines, rows), reading)
        law = coverage(measures, parted.lines, reading)
        base[rows] = parted.mean(blended_base(law.mfn, law.preferential, law.use))
        for row, measure in enumerate(law.measures):
            if measure.form != "exemption":
                added = measure_add_on(law, row, np.array([[measure.rate]]))[0]
                parts[measure.authority][rows] += parted.mean(added)
    return base, parts


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
