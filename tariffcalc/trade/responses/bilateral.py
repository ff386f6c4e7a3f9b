"""Flows between regions for the global response: a checked frame, laid out as a matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError, first_rows, raise_faults
from tariffcalc.numeric.arrays import FloatArray, IntArray

__all__ = ["Bilateral", "bilateral"]

COLUMNS = ("exporter", "importer", "value_usd")


@dataclass(frozen=True, slots=True)
class Bilateral:
    """Where each flow stands: the numbers of its exporter and importer, and their names."""

    exporter: IntArray
    importer: IntArray
    exporters: list[str]
    importers: list[str]
    value: FloatArray

    def matrix(self, flows: FloatArray) -> FloatArray:
        """Return the flows as a matrix, shape (1, exporters, importers), 0 where none is given."""
        laid = np.zeros((1, len(self.exporters), len(self.importers)))
        laid[0, self.exporter, self.importer] = flows
        return laid

    def rates(self, rates: FloatArray, given: object) -> FloatArray:
        """Return the rates as a matrix; one rate for all is that of trade between two regions."""
        inside = np.array(self.exporters)[self.exporter] == np.array(self.importers)[self.importer]
        return self.matrix(np.where(inside, 0.0, rates) if np.ndim(given) == 0 else rates)  # type: ignore[arg-type]


def bilateral(frame: pd.DataFrame) -> Bilateral:
    """Check a frame with one row per exporter and importer, and lay it out by their names."""
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"flows: a pandas DataFrame is needed, given {type(frame).__name__}")
    missing = [name for name in COLUMNS if name not in frame]
    if missing:
        raise_faults(
            "flows between regions cannot be used",
            [f"columns missing: {', '.join(missing)}; needed are {', '.join(COLUMNS)}"],
        )
    raise_faults("flows between regions cannot be used", _faults(frame))
    places = [pd.factorize(frame[name], sort=True) for name in COLUMNS[:2]]
    (exporter, exporters), (importer, importers) = places
    value = frame["value_usd"].to_numpy(dtype=np.float64)
    return Bilateral(
        exporter.astype(np.int64),
        importer.astype(np.int64),
        list(exporters),
        list(importers),
        value,
    )


def _faults(frame: pd.DataFrame) -> list[str]:
    faults = [] if len(frame) else ["the frame has no rows"]
    for name in COLUMNS[:2]:
        unnamed = [row for row, text in enumerate(frame[name]) if not isinstance(text, str)]
        if unnamed:
            faults.append(f"{name}: names are needed in {first_rows(unnamed, len(unnamed))}")
    twice = frame.duplicated(list(COLUMNS[:2]))
    if twice.any():
        rows = np.flatnonzero(twice).tolist()
        faults.append(f"one row a pair is needed; given again in {first_rows(rows, len(rows))}")
    value = frame["value_usd"]
    if not pd.api.types.is_numeric_dtype(value) or pd.api.types.is_bool_dtype(value):
        return [*faults, f"value_usd: numbers are needed, given {value.dtype}"]
    amounts = value.to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.flatnonzero(~(np.isfinite(amounts) & (amounts >= 0.0))).tolist()
    if wrong:
        faults.append(
            f"value_usd: finite amounts of at least 0 are needed in {first_rows(wrong, len(wrong))}"
        )
    return faults
