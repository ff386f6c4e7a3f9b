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
        return Cases(self._given(path), self.varied, self.size, f"{self.prefix}{path}.")

    def is_varied(self, path: str) -> bool:
        """Tell whether the number at ``path`` differs from case to case."""
        return f"{self.prefix}{path}" in self.varied

    def any_varied(self, path: str) -> bool:
        """Tell whether any number at or below ``path`` differs from case to case."""
        start = f"{self.prefix}{path}"
        return any(name == start or name.startswith(f"{start}.") for name in self.varied)

    def number(self, path: str) -> FloatArray:
        """Return the number at ``path`` as an array of shape (1,), or (size,) where varied."""
        if self.is_varied(path):
            return self.varied[f"{self.prefix}{path}"]
        return np.array([self._given(path)], dtype=np.float64)

    def given(self, path: str) -> bool:
        """Tell whether there is a number at ``path``, written or varied."""
        if self.is_varied(path):
            return True
        here: Any = self.tree
        for part in path.split("."):
            if part not in here:
                return False
            here = here[part]
        return True

    def text(self, path: str, otherwise: str) -> str:
        """Return the text at ``path``, or another one where nothing is written there."""
        return str(self._given(path)) if self.given(path) else otherwise

    def part(self, cut: slice) -> Cases:
        """Return some of the cases."""
        varied = {path: values[cut] for path, values in self.varied.items()}
        return Cases(self.tree, varied, len(range(self.size)[cut]), self.prefix)

    def table(self, path: str) -> Mapping[str, Any]:
        """Return the table at ``path`` as it is written."""
        found: Mapping[str, Any] = self._given(path)
        return found

    def _given(self, path: str) -> Any:
        here: Any = self.tree
        for part in path.split("."):
            here = here[part]
        return here
