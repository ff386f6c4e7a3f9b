"""The tables inside the items of a study: paths and values, distributions, correlations."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from tariffcalc.analysis.distributions import read_distribution
from tariffcalc.models import Model, Table, check_number, tree

__all__ = [
    "MOST_CASES",
    "expanded",
    "read_changes",
    "read_correlation",
    "read_distributions",
    "read_values",
    "size_of",
]

MOST_CASES = 10_000_000
SCENARIO_PARTS = ("tariffs", "trade", "pledge", "economy", "valuation")
RANGE = ("low", "high", "points")


def read_changes(value: object) -> object:
    """Return paths with their values; a path that TOML took for tables is refused."""
    return _each(value, lambda _, given: given)


def read_values(value: object) -> object:
    """Return paths with their points: each a list, or a range of numbers."""
    if isinstance(value, Mapping) and not value:
        raise ValueError("at least one path is needed, such as project_irr = [0.05, 0.1]")
    return _each(value, _points)


def read_distributions(value: object) -> object:
    """Return names with the tables of their distributions, each of which can be read."""
    return _each(value, _distribution)


def _each(value: object, read: Callable[[str, Any], object]) -> object:
    """Read each row of a table; all faults at once. What is no table is left to the model."""
    if not isinstance(value, Mapping):
        return value
    found, faults = {}, []
    for path, given in value.items():
        try:
            _check_quoted(path, given)
            found[path] = read(path, given)
        except ValueError as error:
            faults.append(str(error))
    if faults:
        raise ValueError("; ".join(faults))
    return found


def _check_quoted(path: object, given: object) -> None:
    if path in SCENARIO_PARTS and isinstance(given, Mapping) and given:
        raise ValueError(
            f'{path}: a path is one name in quotes, such as "{path}.{next(iter(given))}" = …; '
            "without quotes TOML reads it as tables"
        )


def _points(path: str, given: Any) -> object:
    """Return a tuple of values, or the table of a range."""
    if isinstance(given, Mapping):
        return _range(path, given)
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise ValueError(
            f"{path}: a list of values, or a table with low, high and points, is needed, "
            f"given {given!r}"
        )
    listed = tuple(one.item() if isinstance(one, np.generic) else one for one in given)
    if not listed:
        raise ValueError(f"{path}: at least one value is needed, given none")
    return listed


def _range(path: str, given: Mapping[str, Any]) -> Table[Any]:
    if set(given) != set(RANGE):
        raise ValueError(f"{path}: a range has low, high and points, given {', '.join(given)}")
    try:
        low, high = check_number(given["low"]), check_number(given["high"])
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    points = given["points"]
    if isinstance(points, bool) or not isinstance(points, int) or not 2 <= points <= MOST_CASES:
        raise ValueError(
            f"{path}: points: a whole number from 2 to {MOST_CASES:,} is needed, given {points!r}"
        )
    return Table({"low": low, "high": high, "points": points})


def _distribution(name: str, given: Any) -> object:
    try:
        read_distribution(name, given)
    except ValueError as error:
        raise ValueError(_one_line(name, str(error))) from None
    return tree(given) if isinstance(given, Model) else given


def _one_line(name: str, said: str) -> str:
    """Return what is wrong with a row without the words that the path of the table says too."""
    rest = said.removeprefix("distributions: ").removeprefix(f"{name}: ")
    return f"{name}: {' '.join(rest.split())}"


def read_correlation(value: object) -> object:
    """Return rows of two names and a rank correlation; a mapping from pairs is one too."""
    rows = value
    if isinstance(value, Mapping):
        rows = [(*pair, rank) for pair, rank in value.items()]
    if not isinstance(rows, list | tuple):
        return value
    pairs = [tuple(row[:2]) for row in rows if isinstance(row, list | tuple)]
    twice = [pair for pair in dict.fromkeys(pairs) if pairs.count(pair) > 1]
    if twice:
        raise ValueError(f"{' with '.join(map(str, twice[0]))} is given twice; leave one out")
    return rows


def expanded(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the points of each path: those of a range evenly spaced, both ends included."""
    return {
        path: np.linspace(given["low"], given["high"], given["points"])
        if isinstance(given, Mapping)
        else given
        for path, given in values.items()
    }


def size_of(values: Mapping[str, Any], *, paired: bool) -> int:
    """Return the number of points of a grid, without building it."""
    sizes = [
        given["points"] if isinstance(given, Mapping) else len(given) for given in values.values()
    ]
    return sizes[0] if paired else math.prod(sizes)
