"""A scenario over a grid of its numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from tariffcalc.analysis.batches import (
    check_limits,
    chunks,
    evaluate_chunk,
    finite,
    paths_of,
)
from tariffcalc.analysis.compare import wanted_columns
from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.scenario.evaluate import COLUMNS, evaluation
from tariffcalc.scenario.model import Scenario
from tariffcalc.tables import labelled
from tariffcalc.trade.flows import TradeFlows

__all__ = ["sweep"]

DEFAULT_COLUMNS = ("net_cost_usd", "relief_pv_usd", "net_benefit_usd", "peak_over_fx_capacity")


def sweep(
    scenario: Scenario,
    values: Mapping[str, Iterable[float] | float],
    *,
    structures: Iterable[str] | None = None,
    columns: Sequence[str] | None = DEFAULT_COLUMNS,
    paired: bool = False,
    flows: TradeFlows | None = None,
) -> pd.DataFrame:
    """Evaluate a scenario on a grid of values of some of its numbers.

    Parameters
    ----------
    scenario
        The scenario.
    values
        Path or short name → values. A short name that each structure has (``project_irr``,
        ``cash_share``, ``draw_years``) is set in all structures asked for.
    structures
        Names of structures; by default all.
    columns
        Columns of :func:`compare`; ``None`` for all.
    paired
        ``False``: every combination, the last name running fastest; ``True``: values side by side.
    flows
        Trade flows in place of the scenario's packaged table.

    Returns
    -------
    pandas.DataFrame
        Columns ``structure``, one per name, then ``columns``; structure by structure.

    Raises
    ------
    UnknownNameError
        For a name that is no path, or that could mean two different numbers.
    InputError
        For values out of a field's limits, none at all, or paired values of different length.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> table = tc.sweep(tc.load_scenario("korea-us"), {"project_irr": [0.05, 0.10]},
    ...                  structures=["upfront-cash"])
    >>> bool(table["net_benefit_usd"].is_monotonic_increasing)
    True
    """
    asked = evaluation(scenario, flows)
    names, wanted = asked.chosen(structures), wanted_columns(columns)
    grid = _grid(values, paired=paired)
    found = paths_of(scenario, list(grid), names)
    varied = {path: grid[name] for name, paths in found.items() for path in paths}
    check_limits(scenario, varied)
    size = next(iter(grid.values())).size
    tables = []
    for structure in names:
        parts = [
            pd.DataFrame(
                evaluate_chunk(asked, {p: v[cut] for p, v in varied.items()}, structure, wanted)
            )
            for cut in chunks(asked, list(varied), size)
        ]
        table = pd.DataFrame({"structure": structure, **grid})
        tables.append(pd.concat([table, pd.concat(parts, ignore_index=True)[wanted]], axis=1))
    frame = pd.concat(tables, ignore_index=True)
    units = {column: COLUMNS[column] for column in wanted}
    return labelled(frame, units, scenario_hash=scenario.hash)


def _grid(values: Mapping[str, Iterable[float] | float], *, paired: bool) -> dict[str, FloatArray]:
    """Return one array per name, all of the same length: the points of the grid."""
    if not isinstance(values, Mapping):
        raise InputError(f"values: a mapping from path to values is needed, given {values!r}")
    axes = {name: _axis(name, points) for name, points in values.items()}
    if not axes:
        raise InputError(
            "values: at least one path is needed, such as {'project_irr': [0.05, 0.1]}"
        )
    if paired:
        lengths = {name: axis.size for name, axis in axes.items()}
        if len(set(lengths.values())) > 1:
            raise InputError(f"paired values need one length, given {lengths}")
        return axes
    mesh = np.meshgrid(*axes.values(), indexing="ij")
    return {name: points.ravel() for name, points in zip(axes, mesh, strict=True)}


def _axis(name: str, points: object) -> FloatArray:
    several = isinstance(points, Iterable) and not isinstance(points, str | bytes)
    listed = points if several and getattr(points, "ndim", True) else [points]
    axis = np.array([finite(name, point) for point in listed])  # type: ignore[attr-defined]
    if not axis.size:
        raise InputError(f"{name}: at least one value is needed, given none")
    return axis
