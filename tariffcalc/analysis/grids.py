"""The points of a sweep: axes of numbers, dates and categories, combined or side by side."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tariffcalc.analysis.batches import finite
from tariffcalc.analysis.others import others
from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray, IntArray
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.paths import resolve

__all__ = ["Axis", "Grid", "grid_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """One name of a sweep: its paths, and its numbers or else its other values."""

    name: str
    paths: tuple[str, ...]
    numbers: FloatArray | None
    values: tuple[Any, ...] = ()

    @property
    def size(self) -> int:
        """Number of values."""
        return len(self.values) if self.numbers is None else self.numbers.size

    def column(self, places: IntArray) -> Any:
        """Return the values at some places, as a column of a table."""
        if self.numbers is not None:
            return self.numbers[places]
        values = [self.values[place] for place in places]
        if all(isinstance(value, dt.date) for value in self.values):
            return np.array(values, dtype="datetime64[us]")
        kinds = {type(value) for value in self.values}
        if kinds == {str}:
            return pd.array(values, dtype="str")
        if kinds <= {int, float} or kinds == {bool}:
            return np.array(values, dtype=np.float64 if float in kinds else None)
        return pd.Series(values, dtype=object)


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Axes and how they combine; a point is known by its number, from 0 to before ``size``."""

    axes: tuple[Axis, ...]
    paired: bool

    @property
    def size(self) -> int:
        """Number of points."""
        return self.axes[0].size if self.paired else math.prod(axis.size for axis in self.axes)

    def places(self, start: int, stop: int) -> list[IntArray]:
        """Return for each axis the places of its values in some points; the last runs fastest."""
        points = np.arange(start, stop)
        if self.paired:
            return [points for _ in self.axes]
        found = np.unravel_index(points, [axis.size for axis in self.axes])
        return [np.asarray(places, dtype=np.int64) for places in found]

    def numbers(self, places: Sequence[IntArray]) -> dict[str, FloatArray]:
        """Return the numbers by path at some places."""
        found: dict[str, FloatArray] = {}
        for axis, here in zip(self.axes, places, strict=True):
            if axis.numbers is not None:
                found |= dict.fromkeys(axis.paths, axis.numbers[here])
        return found

    def corners(self) -> dict[str, FloatArray]:
        """Return the numbers where limits can be met: of pairs all, of a grid its corners."""
        if self.paired:
            return self.numbers(self.places(0, self.size))
        axes = [axis for axis in self.axes if axis.numbers is not None]
        ends = [np.unique([axis.numbers.min(), axis.numbers.max()]) for axis in axes]  # type: ignore[union-attr]
        mesh = np.meshgrid(*ends, indexing="ij")
        found: dict[str, FloatArray] = {}
        for axis, points in zip(axes, mesh, strict=True):
            found |= dict.fromkeys(axis.paths, points.ravel())
        return found

    def all_groups(self) -> list[int]:
        """Return all combinations of values that are not numbers."""
        if self.paired:
            return [int(group) for group in np.unique(self.groups(self.places(0, self.size)))]
        return list(range(math.prod(axis.size for axis in self.axes if axis.numbers is None)))

    def groups(self, places: Sequence[IntArray]) -> IntArray:
        """Return a number for each combination of values that are not numbers."""
        found = np.zeros(places[0].size, dtype=np.int64)
        for axis, here in zip(self.axes, places, strict=True):
            if axis.numbers is None:
                found = found * axis.size + here
        return found

    def changes(self, group: int) -> dict[str, Any]:
        """Return the values of a combination by path."""
        found: dict[str, Any] = {}
        for axis in reversed(self.axes):
            if axis.numbers is None:
                group, place = divmod(group, axis.size)
                found |= dict.fromkeys(axis.paths, axis.values[place])
        return found


def grid_of(scenario: Scenario, values: object, structures: Sequence[str], *, paired: bool) -> Grid:
    """Return the grid of a sweep.

    Raises
    ------
    UnknownNameError
        For a name that is no path, or that could mean two different numbers.
    InputError
        For values of the wrong kind, none at all, or paired values of different length.
    """
    if not isinstance(values, Mapping):
        raise InputError(f"values: a mapping from path to values is needed, given {values!r}")
    if not values:
        raise InputError(
            "values: at least one path is needed, such as {'project_irr': [0.05, 0.1]}"
        )
    axes = tuple(_axis(scenario, name, given, structures) for name, given in values.items())
    paths = [path for axis in axes for path in axis.paths]
    twice = sorted({path for path in paths if paths.count(path) > 1})
    if twice:
        raise InputError(f"{twice[0]} is set by two of the given names; leave one out")
    if paired:
        lengths = {axis.name: axis.size for axis in axes}
        if len(set(lengths.values())) > 1:
            raise InputError(f"paired values need one length, given {lengths}")
    return Grid(axes, paired)


def _axis(scenario: Scenario, name: str, given: object, structures: Sequence[str]) -> Axis:
    """Return the axis of a name: of numbers where it stands for a number."""
    several = isinstance(given, Iterable) and not isinstance(given, str | bytes | Mapping)
    points: Any = given if several and getattr(given, "ndim", True) else [given]
    listed = list(points)
    if not listed:
        raise InputError(f"{name}: at least one value is needed, given none")
    paths, values = others(scenario, name, listed, structures)
    if paths:
        return Axis(name, paths, None, values)
    paths = resolve(scenario, name, structures)
    return Axis(name, paths, np.array([finite(name, point) for point in listed]))
