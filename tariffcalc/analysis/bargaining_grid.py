"""The terms on the table: between which values, and at which points they are tried first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from tariffcalc.analysis.batches import check_limits, check_whole, finite
from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.terms import Term, named_terms

__all__ = ["Axis", "axes_of", "grid_of"]

GRID_POINTS = 4225  # 65 × 65
FEWEST, MOST = 5, 401  # points of a term
MOST_TERMS, MOST_POINTS = 6, 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """A term on the table, at the values of the grid; if ``free`` at all between them as well."""

    term: Term
    values: FloatArray
    free: bool

    def at(self, places: FloatArray) -> FloatArray:
        """Return values at some places of the grid, fractions of a step among them."""
        if not self.free:
            return np.asarray(self.values[places.astype(np.int64)])
        low, high = self.values[0], self.values[-1]
        value = low + (high - low) * (places / (self.values.size - 1))
        return np.asarray(np.clip(value, low, high))

    def width(self, steps: float) -> float:
        """Return how much the term changes in some steps of the grid; 0 where it is not free."""
        return float(np.ptp(self.values)) / (self.values.size - 1) * steps if self.free else 0.0


def axes_of(scenario: Scenario, structure: str, terms: object, points: int | None) -> list[Axis]:
    """Return the terms on the table with their values; refuse what does not fit."""
    if not isinstance(terms, Mapping) or not 0 < len(terms) <= MOST_TERMS:
        raise InputError(
            f"terms: a mapping of 1 to {MOST_TERMS} terms to (low, high) or a list of values is "
            f"needed, given {terms!r}"
        )
    named = named_terms(scenario, terms, structure)
    listed = [_listed(term, given) for term, given in zip(named, terms.values(), strict=True)]
    many = _per_term(listed, points)
    axes = [
        Axis(term, np.linspace(values[0], values[-1], many) if free else values, free)
        for term, (values, free) in zip(named, listed, strict=True)
    ]
    size = math.prod(axis.values.size for axis in axes)
    if size > MOST_POINTS:
        raise InputError(f"terms: {size:,} points are more than {MOST_POINTS:,}; give fewer values")
    ends = np.meshgrid(*([axis.values.min(), axis.values.max()] for axis in axes), indexing="ij")
    check_whole(scenario, {path: axis.values for axis in axes for path in axis.term.paths})
    check_limits(
        scenario,
        {
            path: end.ravel()
            for axis, end in zip(axes, ends, strict=True)
            for path in axis.term.paths
        },
    )
    return axes


def _listed(term: Term, given: object) -> tuple[FloatArray, bool]:
    """Return the values of a term, and whether they are only the ends of an interval."""
    if not isinstance(given, Iterable) or isinstance(given, str | bytes | Mapping):
        raise InputError(f"terms: {term.name}: (low, high) or values are needed, given {given!r}")
    values = np.array(list(dict.fromkeys(finite(f"terms: {term.name}", v) for v in given)))
    if not values.size:
        raise InputError(f"terms: {term.name}: at least one value is needed, given none")
    if not isinstance(given, tuple) or len(given) != 2:
        return values, False
    if values.size < 2 or values[0] > values[1]:
        raise InputError(f"terms: {term.name}: low has to be below high, given {given!r}")
    if term.whole:
        return np.append(np.arange(*values), values[1]), False  # ends as they are given
    return values, True


def _per_term(listed: list[tuple[FloatArray, bool]], points: object) -> int:
    """Return how many values each free term has in the grid: an odd number by default."""
    if points is not None:
        if isinstance(points, bool) or not isinstance(points, int) or points < 2:
            raise InputError(f"points: a whole number of at least 2 is needed, given {points!r}")
        return points
    free = sum(is_free for _, is_free in listed) or 1
    others = math.prod(values.size for values, is_free in listed if not is_free)
    many = int((GRID_POINTS / others) ** (1.0 / free) + 1e-9)
    return min(max(many - (many + 1) % 2, FEWEST), MOST)


def grid_of(axes: list[Axis]) -> FloatArray:
    """Return the places of all points, the last term running fastest, shape (points, axes)."""
    mesh = np.meshgrid(*(np.arange(float(axis.values.size)) for axis in axes), indexing="ij")
    return np.stack([places.ravel() for places in mesh], axis=1)
