"""A scenario over a grid of its numbers, dates and categories."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from tariffcalc.analysis import batches
from tariffcalc.analysis.batches import check_limits, check_whole
from tariffcalc.analysis.compare import wanted_columns
from tariffcalc.analysis.execution import Job, MapLike, Progress, jobs, run
from tariffcalc.analysis.grids import Grid, grid_of
from tariffcalc.analysis.settings import Found, Setting, evaluate_groups, setting
from tariffcalc.analysis.stated import stated
from tariffcalc.numeric.arrays import FloatArray, IntArray
from tariffcalc.scenario.evaluate import COLUMNS, evaluation
from tariffcalc.scenario.model import Scenario
from tariffcalc.trade.flows import TradeFlows

__all__ = ["DEFAULT_COLUMNS", "sweep", "sweep_chunks"]

DEFAULT_COLUMNS = ("net_cost_usd", "relief_pv_usd", "net_benefit_usd", "peak_over_fx_capacity")
Values = Mapping[str, Iterable[Any] | Any]


@dataclass(frozen=True)
class Chunk(Job):
    """Some points of a grid, with the numbers and the scenarios they need."""

    varied: Mapping[str, FloatArray] = field(repr=False)
    group_of: IntArray = field(repr=False)
    settings: Mapping[int, Setting] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sweep:
    """The task of a chunk: the same numbers in any process."""

    structures: tuple[str, ...]
    columns: tuple[str, ...]

    def __call__(self, chunk: Chunk) -> Found:
        """Return the columns of each structure."""
        groups = {group: (own, chunk.varied) for group, own in chunk.settings.items()}
        return evaluate_groups(groups, chunk.group_of, self.structures, self.columns)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sweep asks: its grid, its scenarios by group, its task."""

    grid: Grid
    settings: Mapping[int, Setting]
    task: Sweep
    attributes: Mapping[str, Any]

    def chunks(self) -> Iterator[Chunk]:
        """Cut the grid into chunks, built one by one."""
        for job in jobs(self.grid.size, batches.CASES_PER_CHUNK, "points"):
            places = self.grid.places(job.start, job.stop)
            group_of = self.grid.groups(places)
            own = {int(group): self.settings[int(group)] for group in np.unique(group_of)}
            numbers = self.grid.numbers(places)
            yield Chunk(**vars(job), varied=numbers, group_of=group_of, settings=own)

    def frame(self, start: int, stop: int, found: Found) -> pd.DataFrame:
        """Return the table of some points, structure by structure."""
        places = self.grid.places(start, stop)
        pairs = zip(self.grid.axes, places, strict=True)
        axes = {axis.name: axis.column(here) for axis, here in pairs}
        parts = []
        for name in self.task.structures:
            results = {column: found[name][column] for column in self.task.columns}
            parts.append(pd.DataFrame({"structure": name, **axes, **results}))
        frame = pd.concat(parts, ignore_index=True)
        frame.attrs.update(copy.deepcopy(dict(self.attributes)))
        return frame


def sweep(
    scenario: Scenario,
    values: Values,
    *,
    structures: Iterable[str] | None = None,
    columns: Sequence[str] | None = DEFAULT_COLUMNS,
    paired: bool = False,
    flows: TradeFlows | None = None,
    map: MapLike = map,  # noqa: A002 - the word of every executor
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Evaluate a scenario on a grid of values of some of its numbers, dates and categories.

    Parameters
    ----------
    scenario
        The scenario.
    values
        Path or short name → values. A short name that each structure has (``project_irr``,
        ``cash_share``, ``draw_years``) is set in all structures asked for. Besides numbers: dates
        (``law_date``), words (``timing``), switches (``snap_back``), whole tables (``drawdown``).
    structures
        Names of structures; by default all.
    columns
        Columns of :func:`compare`; ``None`` for all.
    paired
        ``False``: every combination, the last name running fastest; ``True``: values side by side.
    flows
        Trade flows in place of the scenario's packaged table.
    map
        The builtin, or the ``map`` of an executor: ``ProcessPoolExecutor().map``, or that of a
        dask cluster, ``Client(…).get_executor().map``.
    progress
        Called with the number of points done since it was last called: ``tqdm(total=…).update``.

    Returns
    -------
    pandas.DataFrame
        Columns ``structure``, one per name, then ``columns``; structure by structure.

    Raises
    ------
    UnknownNameError
        For a name that is no path, or that could mean two different things.
    InputError
        For values out of a field's limits, none at all, or paired values of different length.
    ChunkError
        Naming the first chunk without a result, such as one whose worker process died.

    Notes
    -----
    Numbers vary inside one batch; each combination of other values is a scenario of its own, whose
    law is read anew. For grids too large for one table: :func:`sweep_chunks`.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> table = tc.sweep(tc.load_scenario("korea-us"), {"project_irr": [0.05, 0.10]},
    ...                  structures=["upfront-cash"])
    >>> bool(table["net_benefit_usd"].is_monotonic_increasing)
    True
    """
    asked = _asked(scenario, values, structures, columns, paired, flows)
    size = asked.grid.size
    found: Found = {
        name: {column: np.empty(size) for column in asked.task.columns}
        for name in asked.task.structures
    }
    for chunk, results in run(asked.task, asked.chunks(), map, progress):
        for name, by_column in results.items():
            for column, result in by_column.items():
                found[name][column][chunk.start : chunk.stop] = result
    return asked.frame(0, size, found)


def sweep_chunks(
    scenario: Scenario,
    values: Values,
    *,
    structures: Iterable[str] | None = None,
    columns: Sequence[str] | None = DEFAULT_COLUMNS,
    paired: bool = False,
    flows: TradeFlows | None = None,
    map: MapLike = map,  # noqa: A002 - the word of every executor
    progress: Progress | None = None,
) -> Iterator[pd.DataFrame]:
    """Evaluate a grid as :func:`sweep` does, and give it in tables of up to 4,096 points.

    Memory is bounded by the chunk, not by the grid. What does not fit is refused before the first
    table.

    Parameters
    ----------
    scenario, values, structures, columns, paired, flows, map, progress
        As for :func:`sweep`.

    Returns
    -------
    Iterator of pandas.DataFrame
        The columns of :func:`sweep` for the next points of the grid, structure by structure.

    Raises
    ------
    UnknownNameError, InputError, ChunkError
        As for :func:`sweep`.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> grid = {"project_irr": [0.05, 0.10], "durability": [0.5, 1.0]}
    >>> tables = tc.sweep_chunks(tc.load_scenario("korea-us"), grid, structures=["upfront-cash"])
    >>> [len(table) for table in tables]
    [4]
    """
    asked = _asked(scenario, values, structures, columns, paired, flows)
    done = run(asked.task, asked.chunks(), map, progress)
    return (asked.frame(chunk.start, chunk.stop, found) for chunk, found in done)


def _asked(
    scenario: Scenario,
    values: Values,
    structures: Iterable[str] | None,
    columns: Sequence[str] | None,
    paired: bool,
    flows: TradeFlows | None,
) -> Asked:
    """Check all that is asked, and build the scenario of each combination of categories."""
    names, wanted = evaluation(scenario, flows).chosen(structures), wanted_columns(columns)
    grid = grid_of(scenario, values, names, paired=paired)
    base, corners = setting(scenario, flows), grid.corners()
    for axis in grid.axes:
        if axis.numbers is not None:
            check_whole(scenario, dict.fromkeys(axis.paths, axis.numbers))
    settings = {}
    for group in grid.all_groups():
        own, changes = base, grid.changes(group)
        if changes and corners:  # some paths must not be set side by side
            scenario.replace(changes | {path: _first(edge) for path, edge in corners.items()})
        if changes:
            own = setting(scenario.replace(changes), flows, base)
        if corners:
            check_limits(own.scenario, corners)
        settings[group] = own
    said = stated(pd.DataFrame(), {column: COLUMNS[column] for column in wanted}, scenario)
    task = Sweep(tuple(names), tuple(wanted))
    return Asked(grid, settings, task, {str(name): value for name, value in said.attrs.items()})


def _first(values: FloatArray) -> float:
    """Return the first value, a whole number as such: a table may be silent on what it counts."""
    value = float(values[0])
    return int(value) if value.is_integer() else value
