"""The result of a chunk as one array of numbers, and back: nothing but numbers is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from tariffcalc.numeric.arrays import FloatArray

__all__ = ["Draws", "Form", "Points"]


class Form(Protocol):
    """How the result of a chunk is written as an array."""

    def packed(self, result: Any) -> FloatArray:
        """Return the array of a result."""

    def unpacked(self, values: FloatArray) -> Any:
        """Return the result of an array."""


@dataclass(frozen=True, slots=True)
class Points:
    """Of a sweep: shape (structures, columns, points)."""

    structures: tuple[str, ...]
    columns: tuple[str, ...]

    def packed(self, result: Any) -> FloatArray:
        """Return the columns of each structure."""
        return np.array([[result[name][c] for c in self.columns] for name in self.structures])

    def unpacked(self, values: FloatArray) -> dict[str, dict[str, FloatArray]]:
        """Return structure → column → values."""
        tables = zip(self.structures, values, strict=True)
        return {name: dict(zip(self.columns, rows, strict=True)) for name, rows in tables}


@dataclass(frozen=True, slots=True)
class Draws:
    """Of a simulation: shape (structures, draws + 1); the last is how many are over capacity."""

    structures: tuple[str, ...]

    def packed(self, result: Any) -> FloatArray:
        """Return the net benefit of each draw, and the count, of each structure."""
        return np.array([np.append(*result[name]) for name in self.structures])

    def unpacked(self, values: FloatArray) -> dict[str, tuple[FloatArray, float]]:
        """Return structure → values and count."""
        rows = zip(self.structures, values, strict=True)
        return {name: (row[:-1], float(row[-1])) for name, row in rows}
