"""What of a scenario is uncertain, and its draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from tariffcalc.analysis.batches import is_whole
from tariffcalc.analysis.correlation import Factor, copula_factor
from tariffcalc.analysis.distributions import (
    Branches,
    Discrete,
    Distribution,
    Lognormal,
    Normal,
    Triangular,
    quantiles,
    read_distribution,
    support,
)
from tariffcalc.errors import InputError, UnknownNameError, unknown_name
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.normal import correlated
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.paths import numbers, resolve
from tariffcalc.scenario.provenance import matches, provenance_of

__all__ = ["DRAWS_PER_BLOCK", "Uncertain", "Uncertainty", "distributed_paths", "uncertainty"]

DRAWS_PER_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Uncertain:
    """One uncertain number: its path, which row of draws it uses, and its distribution."""

    path: str
    row: int
    distribution: Distribution
    whole: bool

    def values(self, uniform: FloatArray) -> FloatArray:
        """Return the quantiles of uniform draws; whole numbers are rounded."""
        found = quantiles(self.distribution, uniform)
        return np.rint(found) if self.whole else found

    def edges(self) -> FloatArray:
        """Return the ends of what can be drawn.

        The last point sets long graces against short maturities.
        """
        low, high = support(self.distribution)
        if self.whole and isinstance(self.distribution, Normal | Lognormal):
            low, high = round(low), round(high)
        return np.array([low, high, high if self.path.endswith(".grace_years") else low])


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """All that is uncertain: a row of draws by name, the numbers that use them, the branches."""

    rows: tuple[str, ...]
    numbers: tuple[Uncertain, ...]
    branches: tuple[tuple[int, Branches], ...] = ()
    factor: Factor | None = None

    def uniform(self, seed: int, block: int, size: int) -> FloatArray:
        """Return one block of uniform draws, shape (rows, size).

        They depend on the seed, the block and the rows alone, and fewer are the first of more.
        """
        generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(block,)))
        drawn = generator.random((len(self.rows), DRAWS_PER_BLOCK))[:, :size]
        return drawn if self.factor is None else correlated(drawn, self.factor)

    def values(self, uniform: FloatArray) -> dict[str, FloatArray]:
        """Return the draws by path; numbers with one row and one distribution share an array.

        They hold the same object, also after a copy to another process.
        """
        shared: dict[tuple[int, bool, int], FloatArray] = {}
        found = {}
        for number in self.numbers:
            key = (number.row, number.whole, id(number.distribution))
            if key not in shared:
                shared[key] = number.values(uniform[number.row])
            found[number.path] = shared[key]
        return found


def uncertainty(
    scenario: Scenario,
    distributions: Mapping[str, object] | None = None,
    correlation: Mapping[tuple[str, str], float] | None = None,
) -> Uncertainty:
    """Return what of a scenario is uncertain: numbers with a range, and those distributed.

    A number with a range is triangular on it; one entry of provenance is one row of draws. The
    rows of ranges come first, whatever else is distributed, so that they keep their draws.
    """
    stated = _stated(scenario)
    rows = list(stated)
    given: dict[str, Uncertain] = {}
    branches: list[tuple[int, Branches]] = []
    for name, one in _distributions(distributions).items():
        if isinstance(one, Branches):
            branches.append((_new_row(name, rows), one))
            continue
        paths = distributed_paths(scenario, name)
        _check_once(name, paths, given, rows)
        row = _row_of_entry(paths, stated, rows) if name not in rows else rows.index(name)
        if row is None:
            row = _new_row(name, rows)
        _check_whole(one, paths)
        given |= {path: Uncertain(path, row, one, whole) for path, whole in paths.items()}
    ranged = _ranged(stated, rows, given)
    if not ranged and not given and not branches:
        raise InputError("no number of the scenario states a range: nothing is uncertain")
    _check_branches([one for _, one in branches])
    found = Uncertainty(tuple(rows), (*ranged, *given.values()), tuple(branches))
    if correlation is None:
        return found
    factor = copula_factor(correlation, lambda name: _row_of(scenario, found, name), len(rows))
    return replace(found, factor=factor)


Stated = dict[str, dict[str, tuple[float, float, float]]]


def _stated(scenario: Scenario) -> Stated:
    """Return the numbers with a range by entry of provenance: path → low, value, high."""
    found: Stated = {}
    for path, (value, _) in numbers(scenario).items():
        entry = provenance_of(path, scenario.provenance)
        if entry is None or entry[1].low is None or entry[1].high is None:
            continue
        if entry[1].low < entry[1].high:
            found.setdefault(entry[0], {})[path] = (entry[1].low, value, entry[1].high)
    return found


def _ranged(stated: Stated, rows: list[str], given: Mapping[str, Uncertain]) -> list[Uncertain]:
    """Return the numbers with a range that are not distributed otherwise, each a triangle."""
    found = []
    triangles: dict[tuple[float, float, float], Triangular] = {}
    for entry, paths in stated.items():
        for path, (low, value, high) in paths.items():
            if path in given:
                continue
            if not low <= value <= high:
                raise InputError(
                    f"{path}: its value {value:g} is outside its range [{low:g}, {high:g}]; "
                    "state a range in provenance that holds it"
                )
            ends = (low, value, high)
            if ends not in triangles:
                triangles[ends] = Triangular(low=low, mode=value, high=high)
            row, whole = rows.index(entry), isinstance(value, int)
            found.append(Uncertain(path, row, triangles[ends], whole))
    return found


def _distributions(given: object) -> dict[str, Distribution | Branches]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InputError(
            "distributions: a mapping from path to distribution is needed, given " + repr(given)
        )
    return {name: read_distribution(name, one) for name, one in given.items()}


def distributed_paths(scenario: Scenario, name: str) -> dict[str, bool]:
    """Return the paths a name stands for, each with whether it is a whole number.

    A name is a path, a path with ``*`` for one part of it, or a short name, which stands for the
    number of every structure that has it.
    """
    known = {path: value for path, (value, _) in numbers(scenario).items()}
    if isinstance(name, str) and "*" in name:
        paths = tuple(path for path in known if matches(path, name))
        if not paths:
            raise unknown_name("path", name, known)
    else:
        paths = resolve(scenario, name, [s.name for s in scenario.pledge.structures])
    return {path: is_whole(path, known) for path in paths}


def _check_once(
    name: str, paths: Iterable[str], given: Mapping[str, Uncertain], rows: list[str]
) -> None:
    for path in paths:
        if path in given:
            other = rows[given[path].row]
            raise InputError(f"{path} is distributed by {other!r} and by {name!r}; leave one out")


def _check_whole(distribution: Distribution, paths: Mapping[str, bool]) -> None:
    """Refuse values of a discrete distribution that its numbers would round away."""
    values = distribution.values if isinstance(distribution, Discrete) else ()
    broken = [value for value in values if value != int(value)]
    for path, whole in paths.items():
        if whole and broken:
            raise InputError(f"{path}: whole numbers are needed, given {broken[0]:g}")


def _row_of_entry(paths: Mapping[str, bool], stated: Stated, rows: list[str]) -> int | None:
    """Return the row of the entry that speaks for the same numbers."""
    for entry, ranged in stated.items():
        if paths.keys() == ranged.keys():
            return rows.index(entry)
    return None


def _new_row(name: str, rows: list[str]) -> int:
    if not isinstance(name, str) or name in rows:
        raise InputError(f"distributions: {name!r} is taken or no text; give branches a new name")
    rows.append(name)
    return len(rows) - 1


def _row_of(scenario: Scenario, found: Uncertainty, name: str) -> int:
    """Return the row of draws that a name stands for."""
    if name in found.rows:
        return found.rows.index(name)
    try:
        paths = distributed_paths(scenario, name)
    except UnknownNameError:
        raise unknown_name("uncertain number", name, found.rows) from None
    rows = {number.row for number in found.numbers if number.path in paths}
    if len(rows) == 1:
        return rows.pop()
    if not rows:
        raise InputError(f"correlation: {name} is not uncertain; give it a range or a distribution")
    named = ", ".join(found.rows[row] for row in sorted(rows))
    raise InputError(f"correlation: {name} has {len(rows)} draws; name one of {named}")


def _check_branches(branches: Iterable[Branches]) -> None:
    """Refuse a path that is set by two sets of branches: their order would decide."""
    seen: set[str] = set()
    for one in branches:
        paths = {path for branch in one.branches for path in branch.changes}
        twice = sorted(seen & paths)
        if twice:
            raise InputError(f"{twice[0]} is set by the branches of two draws; join them in one")
        seen |= paths
