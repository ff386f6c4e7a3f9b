"""A tree of numbers of which some differ from case to case.

The one door through which a kernel reads a parameter: a plain number gives an array of length 1,
a number that a sweep or a simulation varies gives one value per case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tariffcalc.numeric.arrays import FloatArray

__all__ = ["Cases"]


@dataclass(frozen=True, slots=True)
class Cases:
    """The numbers of one tree, seen from ``prefix``, for ``size`` cases.

    ``varied`` maps full paths to arrays of shape (size,); all else is read from ``tree``.
    """

    tree: Mapping[str, Any]
    varied: Mapping[str, FloatArray]
    size: int = 1
    prefix: str = ""

    def at(self, path: str) -> Cases:
        """Return the view of the table at ``path``."""
        return Cases(self.table(path), self.varied, self.size, f"{self.prefix}{path}.")

    def table(self, path: str) -> Mapping[str, Any]:
        """Return the table at ``path``."""
        here: Any = self.tree
        for part in path.split("."):
            here = here[part]
        found: Mapping[str, Any] = here
        return found

    def has(self, field: str) -> bool:
        """Tell whether a field of this table is given, or varied."""
        return field in self.tree or self.is_varied(field)

    def is_varied(self, field: str) -> bool:
        """Tell whether a field of this table differs from case to case."""
        return f"{self.prefix}{field}" in self.varied

    def any_varied(self, path: str) -> bool:
        """Tell whether any number at or below ``path`` differs from case to case."""
        start = f"{self.prefix}{path}"
        return any(name == start or name.startswith(f"{start}.") for name in self.varied)

    def number(self, field: str) -> FloatArray:
        """Return the field as an array of shape (1,), or (size,) when it is varied."""
        name = f"{self.prefix}{field}"
        if name in self.varied:
            return self.varied[name]
        return np.array([self.tree[field]], dtype=np.float64)
