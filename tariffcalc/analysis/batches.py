"""Many cases of one scenario: which paths vary, within which limits, and in which chunks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from tariffcalc.errors import InputError
from tariffcalc.models import check_number
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.scenario.evaluate import Evaluation
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.paths import numbers, resolve

__all__ = [
    "check_limits",
    "check_whole",
    "chunks",
    "evaluate_all",
    "evaluate_chunk",
    "finite",
    "is_whole",
    "paths_of",
]

CASES_PER_CHUNK = 4096
# Cases × lines that are looked at together when the tariffs differ from case to case.
LINE_CASES_PER_CHUNK = 500_000


def paths_of(
    scenario: Scenario, names: Sequence[str], structures: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Return the paths each name stands for; refuse a path that two names stand for."""
    found = {name: resolve(scenario, name, structures) for name in names}
    listed = [path for paths in found.values() for path in paths]
    twice = sorted({path for path in listed if listed.count(path) > 1})
    if twice:
        raise InputError(f"{twice[0]} is set by two of the given names; leave one out")
    return found


def check_limits(scenario: Scenario, varied: Mapping[str, FloatArray]) -> None:
    """Refuse values out of the limits of their fields.

    The lowest and the highest are tried; a whole number between them, and the grace of a loan
    against its maturity, are looked at case by case.
    """
    check_whole(scenario, varied)
    known = {path: value for path, (value, _) in numbers(scenario).items()}
    for edge in (np.min, np.max):
        scenario.replace({path: float(edge(values)) for path, values in varied.items()})
    for path in varied:
        table, _, last = path.rpartition(".")
        grace, maturity = f"{table}.grace_years", f"{table}.maturity_years"
        if last in ("grace_years", "maturity_years") and grace in known:
            _check_grace(
                table, varied.get(grace, known[grace]), varied.get(maturity, known[maturity])
            )


def check_whole(scenario: Scenario, varied: Mapping[str, FloatArray]) -> None:
    """Refuse values between whole numbers where only these make sense."""
    known = {path: value for path, (value, _) in numbers(scenario).items()}
    for path, values in varied.items():
        broken = values[values != np.floor(values)]
        if broken.size and is_whole(path, known):
            raise InputError(f"{path}: whole numbers are needed, given {broken[0]:g}")


def finite(name: str, value: object) -> float:
    """Return a value as a number; refuse text, true, NaN and whatever else is none."""
    try:
        return float(check_number(value.item() if isinstance(value, np.generic) else value))
    except ValueError as error:
        raise InputError(f"{name}: {error}") from None


def is_whole(path: str, known: Mapping[str, float]) -> bool:
    """Tell whether a path stands for a whole number: of years, in all cases."""
    return isinstance(known.get(path), int) or path.endswith(".draw_years")


def _check_grace(loan: str, grace: FloatArray | float, maturity: FloatArray | float) -> None:
    """Refuse cases in which the grace of a loan leaves no year to repay in."""
    both = np.broadcast_arrays(np.atleast_1d(grace), np.atleast_1d(maturity))
    late = np.flatnonzero(both[0] >= both[1])
    if late.size:
        years, end = both[0][late[0]], both[1][late[0]]
        raise InputError(
            f"{loan}: grace_years {years:g} leaves no year of repayment before maturity_years "
            f"{end:g}; give fewer"
        )


def chunks(asked: Evaluation, varied: Sequence[str], size: int) -> Iterator[slice]:
    """Cut ``size`` cases into slices that keep the working arrays small."""
    step = CASES_PER_CHUNK
    if any(path.startswith("tariffs.measures.") for path in varied):
        step = max(1, LINE_CASES_PER_CHUNK // asked.law.value.size)
    for start in range(0, size, step):
        yield slice(start, min(start + step, size))


def evaluate_chunk(
    asked: Evaluation, varied: Mapping[str, FloatArray], structure: str, columns: Sequence[str]
) -> dict[str, FloatArray]:
    """Return columns of one structure for one chunk, all of the chunk's length."""
    size = next(iter(varied.values())).size
    return evaluate_all(asked, varied, size, [structure], columns)[structure]


def evaluate_all(
    asked: Evaluation,
    varied: Mapping[str, FloatArray],
    size: int,
    structures: Sequence[str],
    columns: Sequence[str],
) -> dict[str, dict[str, FloatArray]]:
    """Return columns of several structures for one chunk; what they share is computed once."""
    cases = asked.cases(varied, size)
    sharing = asked.sharing(cases)
    found = {}
    for name in sorted(structures, key=asked.groups.__getitem__):  # those that share side by side
        results = sharing.columns(cases, name, columns)
        found[name] = {c: np.broadcast_to(values, (size,)) for c, values in results.items()}
    return {name: found[name] for name in structures}
