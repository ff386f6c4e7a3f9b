"""The grid behind a map: the results of a sweep over two terms, as a rectangle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.report.figures.frames import (
    BILLION,
    Measure,
    measured,
    needed,
    one_structure,
    structures_of,
)
from tariffcalc.scenario.evaluate import COLUMNS

__all__ = ["Grid", "ends_of", "grid_of"]


@dataclass(frozen=True, slots=True)
class Grid:
    """Results [$bn] of one structure, shape (values of y, values of x), and the two terms."""

    structure: str
    terms: tuple[str, str]
    measures: tuple[Measure, Measure]
    x: FloatArray
    y: FloatArray
    results: FloatArray

    @property
    def unknown(self) -> str:
        """Words for the note, where a result is unknown."""
        return "; hatched: unknown" if np.isnan(self.results).any() else ""


def grid_of(sweep: pd.DataFrame, structure: str | None, column: str, figure: str) -> Grid:
    """Return the grid of a sweep over two terms."""
    needed(sweep, ["structure", column], figure, "sweep")
    terms = [name for name in sweep.columns if name not in {*COLUMNS, "structure", "scenario"}]
    numeric = [name for name in terms if pd.api.types.is_numeric_dtype(sweep[name])]
    if len(terms) != 2 or len(numeric) != 2:
        raise InputError(
            f"{figure}: a sweep over two numbers is drawn, given {len(terms)} terms: "
            f"{', '.join(map(str, terms)) or 'none'}"
        )
    across, up = terms
    rows = one_structure(sweep, structure, figure)
    table = rows.set_index([up, across])[column]
    if not table.index.is_unique or len(table) != rows[up].nunique() * rows[across].nunique():
        raise InputError(
            f"{figure}: each combination of {across} and {up} is needed once; "
            "sweep without paired=True gives them"
        )
    square = table.unstack()
    if min(square.shape) < 2:
        raise InputError(f"{figure}: at least two values of {across} and of {up} are needed")
    first, second = measured(across, sweep), measured(up, sweep)
    return Grid(
        structures_of(rows)[0],
        (across, up),
        (first, second),
        first.of(square.columns.to_series()),
        second.of(square.index.to_series()),
        square.to_numpy(dtype=float) / BILLION,
    )


def ends_of(results: FloatArray) -> tuple[float, float]:
    """Return the least and the greatest result; 0 where none is known."""
    known = results[~np.isnan(results)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
