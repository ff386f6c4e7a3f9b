"""At which value of a number a result reaches its target."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tariffcalc.analysis.batches import check_limits, evaluate_chunk, finite, is_whole
from tariffcalc.analysis.compare import wanted_columns
from tariffcalc.errors import InputError, MultipleRootsError, NoRootError
from tariffcalc.numeric.arrays import FloatArray, IntArray
from tariffcalc.numeric.crossings import Crossings, crossings
from tariffcalc.scenario.evaluate import evaluation
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.paths import STRUCTURES, numbers, resolve
from tariffcalc.trade.flows import TradeFlows

__all__ = ["BreakEven", "bounds_of", "break_even", "structure_of"]

WIDTH = 2.0**-50  # what the search leaves open around a jump


@dataclass(frozen=True, slots=True, repr=False)
class BreakEven:
    """Where a result reaches its target: at no value, at one, or at several.

    ``values`` are the values found, ``brackets`` the scan intervals they were found in,
    ``bounds`` the interval searched and ``results`` what the result is at its two ends. ``jumps``
    are intervals, a few roundings wide, in which the result jumps over the target without reaching
    it, or is unknown.

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
    jumps: tuple[tuple[float, float], ...] = ()

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
        places = ", ".join(f"{start:.6g}" for start, _ in self.jumps[:5])
        jumped = f", and jumps over it at {places}" if self.jumps else ""
        return (
            f"BreakEven(no {self.path} in [{low:g}, {high:g}] gives {what}: "
            f"it is {left:.6g} at the low end and {right:.6g} at the high end{jumped})"
        )


def break_even(
    scenario: Scenario,
    path: str,
    *,
    structure: str | None = None,
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
        The structure whose result is meant; by default the one in whose table the path lies, or
        the only one there is.
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
    The interval is scanned at 401 points, and again with 401 points in the two steps around each
    point where the result turns back on its way to the target; each change of sign is refined with
    Chandrupatla's method until the value is known to a rounding. A value counts when the result
    there is the target to within 1e-9 of the largest result of the scan; a change of sign without
    one is a jump. Two crossings inside one step of the second scan are not seen.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> tc.break_even(scenario, "project_irr", structure="upfront-cash", target="net_cost_usd")
    BreakEven(project_irr = 0.150097 gives net_cost_usd = 0 for 'upfront-cash')
    """
    asked = evaluation(scenario, flows)
    name = structure_of(scenario, path, structure)
    asked.chosen([name])
    wanted_columns([target])
    paths = resolve(scenario, path, [name])
    low, high = bounds_of(scenario, paths[0], bounds)
    goal = finite("value", value)
    check_limits(scenario, {one: np.array([low, high]) for one in paths})

    def miss(_: IntArray, points: FloatArray) -> FloatArray:
        varied = dict.fromkeys(paths, points)
        return evaluate_chunk(asked, varied, name, [target])[target] - goal

    found = crossings(miss, 1, low, high, abs(goal))
    left, right = (found.ends[0] + goal).tolist()
    values, brackets, jumps = _told(found)
    return BreakEven(path, name, target, goal, (low, high), (left, right), values, brackets, jumps)


Ranges = tuple[tuple[float, float], ...]


def structure_of(scenario: Scenario, path: object, structure: str | None) -> str:
    """Return the structure asked for, the one a path lies in, or the only one."""
    if structure is not None:
        return structure
    known = [one.name for one in scenario.pledge.structures]
    if isinstance(path, str) and path.startswith(STRUCTURES):
        return path.removeprefix(STRUCTURES).partition(".")[0]
    if len(known) > 1:
        raise InputError(f"structure: {path!r} concerns several; name one of {', '.join(known)}")
    return known[0]


def _told(found: Crossings) -> tuple[tuple[float, ...], Ranges, Ranges]:
    """Return the values found, their brackets, and where the result jumps over its target."""
    here = found.reached
    values = tuple(found.root[here].tolist())
    brackets = tuple(zip(found.low[here].tolist(), found.high[here].tolist(), strict=True))
    missing = found.root[~here].tolist()
    return (
        values,
        brackets,
        tuple((root - abs(root) * WIDTH, root + abs(root) * WIDTH) for root in missing),
    )


def bounds_of(
    scenario: Scenario, path: str, bounds: tuple[float, float] | None
) -> tuple[float, float]:
    """Return the interval in which a number that is no whole number is searched."""
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
