"""Many cases of one scenario: which paths vary, within which limits, and in which chunks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.scenario.evaluate import Evaluation
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.paths import resolve

__all__ = ["check_limits", "chunks", "evaluate_chunk", "paths_of"]

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
    """Refuse values out of the limits of their fields: the lowest and the highest are tried."""
    for edge in (np.min, np.max):
        scenario.replace({path: float(edge(values)) for path, values in varied.items()})


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
    found = asked.columns(asked.cases(varied, size), structure, columns)
    return {name: np.broadcast_to(values, (size,)) for name, values in found.items()}
