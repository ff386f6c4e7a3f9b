"""At which value of a number a result reaches its target."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from tariffcalc.analysis.batches import check_limits, evaluate_chunk, finite, is_whole
from tariffcalc.analysis.compare import wanted_columns
from tariffcalc.errors import InputError, MultipleRootsError, NoRootError
from tariffcalc.numeric.arrays import FloatArray, IntArray
from tariffcalc.numeric.roots import bracketed_roots
from tariffcalc.scenario.evaluate import evaluation
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.paths import STRUCTURES, numbers, resolve
from tariffcalc.trade.flows import TradeFlows

__all__ = ["BreakEven", "break_even"]

SCAN_POINTS = 401
REACHED = 1e-9


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
    name = _structure(scenario, path, structure)
    asked.chosen([name])
    wanted_columns([target])
    paths = resolve(scenario, path, [name])
    low, high = _bounds(scenario, paths[0], bounds)
    goal = finite("value", value)
    check_limits(scenario, {one: np.array([low, high]) for one in paths})

    def miss(points: FloatArray) -> FloatArray:
        varied = dict.fromkeys(paths, points)
        return evaluate_chunk(asked, varied, name, [target])[target] - goal

    scan, missed = _scanned(miss, low, high)
    values, brackets, jumps = _crossings(miss, scan, missed, abs(goal))
    ends = (float(missed[0]) + goal, float(missed[-1]) + goal)
    return BreakEven(path, name, target, goal, (low, high), ends, values, brackets, jumps)


Ranges = tuple[tuple[float, float], ...]


def _structure(scenario: Scenario, path: object, structure: str | None) -> str:
    """Return the structure asked for, the one a path lies in, or the only one."""
    if structure is not None:
        return structure
    known = [one.name for one in scenario.pledge.structures]
    if isinstance(path, str) and path.startswith(STRUCTURES):
        return path.removeprefix(STRUCTURES).partition(".")[0]
    if len(known) > 1:
        raise InputError(f"structure: {path!r} concerns several; name one of {', '.join(known)}")
    return known[0]


def _scanned(
    miss: Callable[[FloatArray], FloatArray], low: float, high: float
) -> tuple[FloatArray, FloatArray]:
    """Return points of the interval, closer where the result turns back, and the misses there."""
    scan = np.linspace(low, high, SCAN_POINTS)
    missed = miss(scan)
    turned = turning_points(missed)
    if not turned.size:
        return scan, missed
    closer = [np.linspace(scan[i - 1], scan[i + 1], SCAN_POINTS)[1:-1] for i in turned]
    scan = np.unique(np.concatenate([scan, *closer]))
    return scan, miss(scan)


def turning_points(missed: FloatArray) -> IntArray:
    """Return the points at which a miss is nearer to 0 than at both neighbours, of one sign."""
    left, here, right = missed[:-2], missed[1:-1], missed[2:]
    one_sign = (np.sign(left) == np.sign(here)) & (np.sign(here) == np.sign(right))
    nearer = (np.abs(here) < np.abs(left)) & (np.abs(here) < np.abs(right)) & (here != 0.0)
    return np.flatnonzero(one_sign & nearer) + 1


def _crossings(
    miss: Callable[[FloatArray], FloatArray], scan: FloatArray, missed: FloatArray, size: float
) -> tuple[tuple[float, ...], Ranges, Ranges]:
    """Return the values at which a miss is 0, their brackets, and where it jumps over 0."""
    crossing = np.flatnonzero((np.sign(missed[:-1]) * np.sign(missed[1:]) < 0) | (missed[:-1] == 0))
    low, high = scan[crossing], scan[crossing + 1]
    roots = bracketed_roots(miss, low, high) if crossing.size else scan[:0]
    if missed[-1] == 0.0:
        roots, low, high = (np.append(part, scan[-1]) for part in (roots, low, high))
    if not roots.size:
        return (), (), ()
    scale = max(size, float(np.nanmax(np.abs(missed))))
    reached = np.abs(miss(roots)) <= REACHED * scale
    values = tuple(roots[reached].tolist())
    brackets = tuple(zip(low[reached].tolist(), high[reached].tolist(), strict=True))
    beside = roots[~reached]
    around = zip(np.nextafter(beside, -np.inf), np.nextafter(beside, np.inf), strict=True)
    return values, brackets, tuple((float(one), float(two)) for one, two in around)


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
