"""Which numbers a result depends on, and how much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from tariffcalc.analysis.compare import wanted_columns
from tariffcalc.analysis.elasticity import elasticities
from tariffcalc.analysis.execution import MapLike, Progress
from tariffcalc.analysis.global_sensitivity import morris, sobol
from tariffcalc.analysis.settings import setting
from tariffcalc.analysis.stated import stated
from tariffcalc.analysis.tornado import one_at_a_time
from tariffcalc.analysis.uncertainty import Uncertainty, distributed_paths, uncertainty
from tariffcalc.errors import InputError, unknown_name
from tariffcalc.scenario.evaluate import COLUMNS, evaluation
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.paths import numbers
from tariffcalc.trade.flows import TradeFlows

__all__ = ["sensitivity"]

SAMPLED = {"sobol": sobol, "morris": morris}
METHODS = ("one_at_a_time", "elasticities", *SAMPLED)


def sensitivity(
    scenario: Scenario,
    *,
    method: str = "one_at_a_time",
    target: str = "net_benefit_usd",
    structures: Iterable[str] | None = None,
    parameters: Iterable[str] | None = None,
    distributions: Mapping[str, object] | None = None,
    samples: int | None = None,
    seed: int | None = None,
    flows: TradeFlows | None = None,
    map: MapLike = map,  # noqa: A002 - the word of every executor
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return how much a result depends on each uncertain number.

    Parameters
    ----------
    scenario
        The scenario; a number takes part when its provenance has ``low`` below ``high``.
    method
        ``"one_at_a_time"``: the result at both ends of each range (a tornado chart);
        ``"elasticities"``: d ln result / d ln number at the present values; ``"sobol"``: shares of
        the variance; ``"morris"``: elementary effects. The last two need the extra
        ``tariffcalc[sensitivity]``.
    target
        A column of :func:`compare`.
    structures
        Names of structures; by default all.
    parameters
        For elasticities: paths, paths with ``*`` or short names, in place of what has a range.
    distributions
        As for :func:`simulate`; Sobol also takes branches. Not for elasticities.
    samples
        For Sobol: a power of two, n·(draws + 2) cases, by default 1,024. For Morris: number of
        trajectories of draws + 1 cases, by default 64.
    seed
        Seed of Sobol and Morris.
    flows
        Trade flows in place of the scenario's packaged table.
    map, progress
        For Sobol and Morris, as for :func:`simulate`.

    Returns
    -------
    pandas.DataFrame
        Index (``structure``, ``parameter``), where a parameter is what shares one draw; the most
        important first. One at a time: ``low, high`` [unit of the number] and, of the target,
        ``base_, low_, high_`` and ``swing_<target>``. Elasticities: ``elasticity, error_bound``, in
        the order given, NaN where the result is 0. Sobol: ``first_order_share, total_share`` and
        half of their 95% intervals ``…_confidence_share``, NaN where nothing varies. Morris:
        ``mean_effect_, mean_absolute_effect_, mean_absolute_effect_confidence_`` and
        ``deviation_of_effect_<target>``, over the whole range.

    Raises
    ------
    InputError
        For a scenario without ranges, values outside the limits of a number, whole numbers or 0 in
        elasticities, or a target that is unknown in some case.
    UnknownNameError
        For a method, column, structure or path that does not exist.
    MissingExtraError
        For Sobol or Morris without SALib, with the command that installs it.

    Notes
    -----
    A distribution without an end is tried at its 5% and 95% quantiles. Elasticities are central
    differences, extrapolated from steps of 1/256, 1/512 and 1/1024; at a limit of the number they
    are one-sided; ``error_bound`` covers both slopes where the result has a kink.

    References
    ----------
    I. M. Sobol (2001), doi:10.1016/S0378-4754(00)00270-6; M. D. Morris (1991),
    doi:10.1080/00401706.1991.10484804; J. Herman and W. Usher (2017), SALib,
    doi:10.21105/joss.00097.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> table = tc.sensitivity(scenario, structures=["upfront-cash"])
    >>> table.index.get_level_values("parameter")[0]
    'pledge.structures.*.project_irr'
    """
    if method not in METHODS:
        raise unknown_name("method", method, METHODS)
    asked = evaluation(scenario, flows)
    names = asked.chosen(structures)
    wanted_columns([target])
    if method == "elasticities":
        frame = elasticities(asked, _parameters(scenario, parameters, distributions), names, target)
        return stated(frame, _units(frame, target), scenario)
    if parameters is not None:
        raise InputError(f"parameters: {method} takes all that is uncertain; give distributions")
    uncertain = uncertainty(scenario, distributions)
    if method == "one_at_a_time":
        frame = one_at_a_time(asked, uncertain, names, target)
    else:
        frame = SAMPLED[method](
            setting(scenario, flows),
            _used(uncertain),
            names,
            target,
            samples=_whole("samples", samples, 2, {"sobol": 1024, "morris": 64}[method]),
            seed=_whole("seed", seed, 0, None),
            mapped=map,
            progress=progress,
        )
    return stated(frame, _units(frame, target), scenario)


def _whole(name: str, value: object, least: int, default: int | None) -> int:
    found = default if value is None else value
    if isinstance(found, bool) or not isinstance(found, int | np.integer) or found < least:
        raise InputError(f"{name}: a whole number of at least {least} is needed, given {value!r}")
    return int(found)


def _parameters(
    scenario: Scenario, given: Iterable[str] | None, distributions: object
) -> dict[str, dict[str, float]]:
    """Return the numbers whose elasticities are asked for, by parameter and path.

    By default those with a range, without whole numbers and those that are 0.
    """
    if distributions is not None:
        raise InputError("distributions: elasticities are taken at the present values; leave out")
    present = {path: float(value) for path, (value, _) in numbers(scenario).items()}
    if given is None:
        found: dict[str, dict[str, float]] = {}
        uncertain = uncertainty(scenario)
        for number in uncertain.numbers:
            if not number.whole and present[number.path] != 0.0:
                name = uncertain.rows[number.row]
                found.setdefault(name, {})[number.path] = present[number.path]
        return found
    names = [given] if isinstance(given, str) else list(given)
    return {name: _moved(scenario, name, present) for name in names}


def _moved(scenario: Scenario, name: str, present: Mapping[str, float]) -> dict[str, float]:
    paths = distributed_paths(scenario, name)
    for path, whole in paths.items():
        if whole or path not in present:
            raise InputError(f"parameters: {path} has no elasticity; use sweep over its values")
    found = {path: present[path] for path in paths if present[path] != 0.0}
    if not found:
        raise InputError(f"parameters: {name} is 0, and 1% of 0 is nothing; use sweep")
    return found


def _used(uncertain: Uncertainty) -> Uncertainty:
    """Return the same numbers without rows of draws that none of them uses."""
    used = {number.row for number in uncertain.numbers} | {row for row, _ in uncertain.branches}
    kept = sorted(used)
    return Uncertainty(
        tuple(uncertain.rows[row] for row in kept),
        tuple(replace(number, row=kept.index(number.row)) for number in uncertain.numbers),
        tuple((kept.index(row), one) for row, one in uncertain.branches),
    )


def _units(frame: pd.DataFrame, target: str) -> dict[str, str]:
    """Return the units of the columns; those of low and high are the parameters' own."""
    units = {column: COLUMNS[target] for column in frame.columns if column.endswith(f"_{target}")}
    for column in frame.columns:
        if column.endswith("_share") and column not in units:
            units[column] = "share of variance"
    own = {"low": "unit of the parameter", "high": "unit of the parameter"}
    own |= {"elasticity": "% per %", "error_bound": "% per %"}
    return units | {column: unit for column, unit in own.items() if column in frame.columns}
