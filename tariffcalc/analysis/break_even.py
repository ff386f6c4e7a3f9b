"""At which value of a number a result reaches its target."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tariffcalc.analysis.batches import check_limits, evaluate_chunk, finite, is_whole
from tariffcalc.analysis.compare import wanted_columns
from tariffcalc.errors import InputError, MultipleRootsError, NoRootError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.roots import bracketed_roots
from tariffcalc.scenario.evaluate import evaluation
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.paths import numbers, resolve
from tariffcalc.trade.flows import TradeFlows

__all__ = ["BreakEven", "break_even"]

SCAN_POINTS = 401


@dataclass(frozen=True, slots=True, repr=False)
class BreakEven:
    """Where a result reaches its target: at no value, at one, or at several.

    ``values`` are the values found, ``brackets`` the scan intervals they were found in,
    ``bounds`` the interval searched and ``results`` what the result is at its two ends.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> found = tc.break_even(scenario, "tariffs.durability", structure="upfront-cash")
    >>> found.values
    ()
    """

    path: str
    structure: str
    target: str
    value: float
    bounds: tuple[float, float]
    results: tuple[float, float]
    values: tuple[float, ...]
    brackets: tuple[tuple[float, float], ...]

    def __float__(self) -> float:
        """Return the one value; several or none are refused."""
        if not self.values:
            raise NoRootError(repr(self))
        if len(self.values) > 1:
            raise MultipleRootsError(repr(self))
        return self.values[0]

    def __repr__(self) -> str:
        """Say what was found, in a sentence."""
        what = f"{self.target} = {self.value:g} for {self.structure!r}"
        low, high = self.bounds
        if self.values:
            shown = [f"{value:.6g}" for value in self.values[:5]]
            more = [f"… ({len(self.values)} in all)"] if len(self.values) > 5 else []
            found = ", ".join(shown + more)
            return f"BreakEven({self.path} = {found} gives {what})"
        left, right = self.results
        return (
            f"BreakEven(no {self.path} in [{low:g}, {high:g}] gives {what}: "
            f"it is {left:.6g} at the low end and {right:.6g} at the high end)"
        )


def break_even(
    scenario: Scenario,
    path: str,
    *,
    structure: str,
    target: str = "net_benefit_usd",
    value: float = 0.0,
    bounds: tuple[float, float] | None = None,
    flows: TradeFlows | None = None,
) -> BreakEven:
    """Find the values of one number at which a result reaches a target.

    Parameters
    ----------
    scenario
        The scenario.
    path
        Path or short name of a number that is not a whole number.
    structure
        The structure whose result is meant.
    target, value
        A column of :func:`compare` and the figure it has to reach.
    bounds
        Interval to search; by default 0 to 1 for fractions and shares, 0 to ten times the present
        value otherwise.
    flows
        Trade flows in place of the scenario's packaged table.

    Returns
    -------
    BreakEven
        With none, one or several ``values``; ``float()`` of it gives the one value.

    Raises
    ------
    UnknownNameError, InputError
        For names that do not exist, a whole number, or bounds that do not fit.

    Notes
    -----
    The interval is scanned at 401 points; each change of sign is refined with Chandrupatla's
    method. Two crossings inside one step of the scan are not seen.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> tc.break_even(scenario, "project_irr", structure="upfront-cash", target="net_cost_usd")
    BreakEven(project_irr = 0.150097 gives net_cost_usd = 0 for 'upfront-cash')
    """
    asked = evaluation(scenario, flows)
    asked.chosen([structure])
    wanted_columns([target])
    paths = resolve(scenario, path, [structure])
    low, high = _bounds(scenario, paths[0], bounds)
    goal = finite("value", value)
    check_limits(scenario, {name: np.array([low, high]) for name in paths})

    def miss(points: FloatArray) -> FloatArray:
        varied = dict.fromkeys(paths, points)
        return evaluate_chunk(asked, varied, structure, [target])[target] - goal

    scan = np.linspace(low, high, SCAN_POINTS)
    missed = miss(scan)
    crossing = np.flatnonzero((np.sign(missed[:-1]) * np.sign(missed[1:]) < 0) | (missed[:-1] == 0))
    roots = bracketed_roots(miss, scan[crossing], scan[crossing + 1]) if crossing.size else scan[:0]
    found = [*roots.tolist(), *([high] if missed[-1] == 0 else [])]
    brackets = [(float(scan[i]), float(scan[i + 1])) for i in crossing]
    brackets += [(high, high)] if missed[-1] == 0 else []
    ends = (float(missed[0]) + goal, float(missed[-1]) + goal)
    return BreakEven(
        path, structure, target, goal, (low, high), ends, tuple(found), tuple(brackets)
    )


def _bounds(
    scenario: Scenario, path: str, bounds: tuple[float, float] | None
) -> tuple[float, float]:
    known = {name: present for name, (present, _) in numbers(scenario).items()}
    if is_whole(path, known):
        raise InputError(f"{path} is a whole number; use sweep over its values")
    if bounds is None:
        present = known.get(path, 0.0)
        return (0.0, 1.0) if abs(present) <= 1.0 else (0.0, 10.0 * present)
    ends = [finite("bounds", end) for end in bounds] if isinstance(bounds, Iterable) else []
    if len(ends) != 2 or ends[0] >= ends[1]:
        raise InputError(f"bounds: two numbers in ascending order are needed, given {bounds!r}")
    return ends[0], ends[1]
