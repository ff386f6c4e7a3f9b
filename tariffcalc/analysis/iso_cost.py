"""The curve in two terms along which a result stays the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd

from tariffcalc.analysis.batches import (
    check_limits,
    check_whole,
    chunks,
    evaluate_all,
    evaluate_chunk,
    finite,
    paths_of,
)
from tariffcalc.analysis.break_even import bounds_of, structure_of
from tariffcalc.analysis.compare import wanted_columns
from tariffcalc.analysis.stated import stated
from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray, IntArray
from tariffcalc.numeric.crossings import Crossings, crossings
from tariffcalc.scenario.evaluate import COLUMNS, Evaluation, evaluation
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.terms import unit_of
from tariffcalc.trade.flows import TradeFlows

__all__ = ["iso_cost"]

POINTS = 41
SOLUTIONS = ("none", "one", "several")


def iso_cost(
    scenario: Scenario,
    x: str,
    y: str,
    *,
    structure: str | None = None,
    values: Iterable[float] | None = None,
    bounds: tuple[float, float] | None = None,
    target: str = "net_cost_usd",
    value: float | None = None,
    flows: TradeFlows | None = None,
) -> pd.DataFrame:
    """Return the curve in two terms along which the payer is indifferent.

    Parameters
    ----------
    scenario
        The scenario.
    x, y
        Paths or short names of two numbers; y is not a whole number.
    structure
        The structure whose result is meant; by default the one in whose table x or y lies, or the
        only one there is.
    values
        Values of x; by default 41 over the interval that :func:`break_even` would search.
    bounds
        Interval in which y is searched, by default as for :func:`break_even`.
    target, value
        A column of :func:`compare` and the figure it keeps; by default what it is at present.
    flows
        Trade flows in place of the scenario's packaged table.

    Returns
    -------
    pandas.DataFrame
        Columns named as x and y are given, the target, and ``solutions``: ``"none"``, where y and
        the target are NaN, ``"one"`` or ``"several"``, which have a row each. In the order of
        ``values``, then of y.

    Raises
    ------
    UnknownNameError, InputError
        For names that do not exist or stand for one number, a whole number as y, a whole number
        as x without values, or values and bounds that do not fit.

    Notes
    -----
    Every x is scanned and refined as in :func:`break_even`, all of them at once. Where the target
    jumps over the figure there is no solution.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> tc.iso_cost(scenario, "split_before", "project_irr", structure="upfront-cash",
    ...             values=[0.25, 0.5])
       split_before  project_irr  net_cost_usd solutions
    0          0.25     0.143992  1.341148e+11       one
    1          0.50     0.070000  1.341148e+11       one
    """
    asked = evaluation(scenario, flows)
    name = _structure(scenario, x, y, structure)
    asked.chosen([name])
    wanted_columns([target])
    paths = paths_of(scenario, [x, y], [name])
    ends = bounds_of(scenario, paths[y][0], bounds)
    grid = _values(scenario, x, paths[x][0], values)
    _check(scenario, paths[x], grid, paths[y], ends)
    goal = _goal(asked, name, target, value)

    def result(row: IntArray, points: FloatArray) -> FloatArray:
        varied = {**dict.fromkeys(paths[x], grid[row]), **dict.fromkeys(paths[y], points)}
        return _results(asked, varied, name, target)

    found = crossings(lambda row, points: result(row, points) - goal, grid.size, *ends, abs(goal))
    frame = _frame(x, y, target, grid, found, result)
    units = {x: unit_of(scenario, paths[x][0]), y: unit_of(scenario, paths[y][0])}
    units |= {target: COLUMNS[target], "solutions": "text"}
    return stated(frame, units, scenario)


def _structure(scenario: Scenario, x: str, y: str, structure: str | None) -> str:
    """Return the structure asked for, or the one that the first of the two paths lies in."""
    try:
        return structure_of(scenario, x, structure)
    except InputError:
        return structure_of(scenario, y, structure)


def _values(scenario: Scenario, x: str, path: str, values: object) -> FloatArray:
    """Return the values of x: those given, or an even grid of them."""
    if values is None:
        low, high = bounds_of(scenario, path, None)
        return np.linspace(low, high, POINTS)
    if not isinstance(values, Iterable) or isinstance(values, str):
        raise InputError(f"values: numbers for {x} are needed, given {values!r}")
    grid = np.array([finite("values", value) for value in values])
    if not grid.size:
        raise InputError(f"values: at least one number for {x} is needed, given none")
    return grid


def _check(
    scenario: Scenario,
    x: Sequence[str],
    grid: FloatArray,
    y: Sequence[str],
    ends: tuple[float, float],
) -> None:
    """Refuse values of x between whole numbers, and corners out of the limits of the numbers."""
    check_whole(scenario, dict.fromkeys(x, grid))
    across, along = np.meshgrid([grid.min(), grid.max()], ends)
    check_limits(scenario, {**dict.fromkeys(x, across.ravel()), **dict.fromkeys(y, along.ravel())})


def _goal(asked: Evaluation, name: str, target: str, value: float | None) -> float:
    """Return the figure to keep: what is given, or the present result."""
    if value is not None:
        return finite("value", value)
    present = float(evaluate_all(asked, {}, 1, [name], [target])[name][target][0])
    if np.isnan(present):
        raise InputError(f"value: {target} of {name!r} is unknown at present; give a figure")
    return present


def _results(
    asked: Evaluation, varied: dict[str, FloatArray], name: str, target: str
) -> FloatArray:
    """Return the target of all cases, chunk by chunk."""
    size = next(iter(varied.values())).size
    found = np.empty(size)
    for cut in chunks(asked, list(varied), size):
        part = {path: values[cut] for path, values in varied.items()}
        found[cut] = evaluate_chunk(asked, part, name, [target])[target]
    return found


def _frame(
    x: str,
    y: str,
    target: str,
    grid: FloatArray,
    found: Crossings,
    result: Callable[[IntArray, FloatArray], FloatArray],
) -> pd.DataFrame:
    """Return a row for each solution, and one for each value of x without any."""
    row, root = found.row[found.reached], found.root[found.reached]
    count = np.bincount(row, minlength=grid.size)
    without = np.flatnonzero(count == 0)
    kept, empty = result(row, root), np.full(without.size, np.nan)
    every = np.concatenate([row, without])
    order = np.argsort(every, kind="stable")
    every = every[order]
    told = np.array(SOLUTIONS, dtype=object)[np.minimum(count[every], 2)]
    return pd.DataFrame(
        {
            x: grid[every],
            y: np.concatenate([root, empty])[order],
            target: np.concatenate([kept, empty])[order],
            "solutions": pd.array(told, dtype="str"),
        }
    )
