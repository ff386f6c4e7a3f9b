"""Variance shares of Sobol and elementary effects of Morris, sampled and analysed by SALib."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from tariffcalc.analysis.distributions import Uniform
from tariffcalc.analysis.execution import Job, MapLike, Progress, jobs, run
from tariffcalc.analysis.sampling import Sampled, sampled
from tariffcalc.analysis.settings import Setting
from tariffcalc.analysis.tornado import ends, refuse_branches
from tariffcalc.analysis.uncertainty import DRAWS_PER_BLOCK, Uncertainty
from tariffcalc.errors import InputError
from tariffcalc.extras import needed
from tariffcalc.numeric.arrays import FloatArray

__all__ = ["morris", "sobol"]

LEVELS = 4
# Columns of Sobol's table, by what SALib calls them.
SHARES = {
    "first_order_share": "S1",
    "first_order_confidence_share": "S1_conf",
    "total_share": "ST",
    "total_confidence_share": "ST_conf",
}


@dataclass(frozen=True)
class Sample(Job):
    """Some cases of a design, shape (parameters, cases), each number between 0 and 1."""

    uniform: FloatArray = field(repr=False)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The task of a sample: the target in each structure."""

    sampled: Sampled
    structures: tuple[str, ...]
    target: str

    def __call__(self, sample: Sample) -> dict[str, FloatArray]:
        """Return the target of each case."""
        found = self.sampled.evaluate(sample.uniform, self.structures, [self.target])
        return {name: columns[self.target] for name, columns in found.items()}


def salib(part: str) -> Any:
    """Return a module of SALib; say how to install it where it is missing."""
    return needed(f"SALib.{part}", "Sobol and Morris", "sensitivity")


def sobol(
    base: Setting,
    uncertain: Uncertainty,
    structures: Sequence[str],
    target: str,
    *,
    samples: int,
    seed: int,
    mapped: MapLike,
    progress: Progress | None,
) -> pd.DataFrame:
    """Return the share of the variance that each draw explains, alone and with all others."""
    sample, analyze = salib("sample.sobol").sample, salib("analyze.sobol").analyze
    if samples & (samples - 1):
        raise InputError(f"samples: a power of two is needed, such as 1024, given {samples}")
    problem = _problem(uncertain)
    design = sample(problem, samples, calc_second_order=False, seed=seed)
    task = Evaluated(sampled(base, uncertain), tuple(structures), target)
    results = _results(task, design, mapped, progress)

    def shares(values: FloatArray) -> Mapping[str, FloatArray]:
        found = analyze(problem, values, calc_second_order=False, seed=seed)
        return {column: found[key] for column, key in SHARES.items()}

    tables = {}
    for name, values in results.items():
        tables[name] = shares(values) if np.ptp(values) else dict.fromkeys(SHARES, np.nan)
    return _table(tables, uncertain, "total_share")


def morris(
    base: Setting,
    uncertain: Uncertainty,
    structures: Sequence[str],
    target: str,
    *,
    samples: int,
    seed: int,
    mapped: MapLike,
    progress: Progress | None,
) -> pd.DataFrame:
    """Return the effects of each range on the result, from many starting points."""
    refuse_branches(uncertain, "morris")
    sample, analyze = salib("sample.morris").sample, salib("analyze.morris").analyze
    problem, level = _problem(uncertain), _level(uncertain)
    design = sample(problem, samples, num_levels=LEVELS, seed=seed)
    task = Evaluated(sampled(base, level), tuple(structures), target)
    results = _results(task, design, mapped, progress)
    tables = {}
    for name, values in results.items():
        found = analyze(problem, design, values, num_levels=LEVELS, seed=seed)
        tables[name] = {
            f"mean_effect_{target}": found["mu"],
            f"mean_absolute_effect_{target}": found["mu_star"],
            f"mean_absolute_effect_confidence_{target}": found["mu_star_conf"],
            f"deviation_of_effect_{target}": found["sigma"],
        }
    return _table(tables, uncertain, f"mean_absolute_effect_{target}")


def _problem(uncertain: Uncertainty) -> dict[str, Any]:
    names = list(uncertain.rows)
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def _level(uncertain: Uncertainty) -> Uncertainty:
    """Return numbers that go evenly from the low to the high end of what they can be."""
    numbers = []
    for number in uncertain.numbers:
        low, high = ends(number)
        numbers.append(replace(number, distribution=Uniform(low=low, high=high)))
    return replace(uncertain, numbers=tuple(numbers))


def _results(
    task: Evaluated, design: FloatArray, mapped: MapLike, progress: Progress | None
) -> dict[str, FloatArray]:
    """Return the target of every case of a design; refuse a target that is unknown in some."""
    size = design.shape[0]

    def given() -> Iterator[Sample]:
        for job in jobs(size, DRAWS_PER_BLOCK, "cases"):
            part = np.ascontiguousarray(design[job.start : job.stop].T)
            yield Sample(**vars(job), uniform=part)

    found = {name: np.empty(size) for name in task.structures}
    for sample, results in run(task, given(), mapped, progress):
        for name, values in results.items():
            found[name][sample.start : sample.stop] = values
    for name, values in found.items():
        unknown = int(np.isnan(values).sum())
        if unknown:
            raise InputError(
                f"target: {task.target} of {name} is unknown in {unknown} of {size} cases; "
                "choose a target that every case has"
            )
    return found


def _table(
    tables: Mapping[str, Mapping[str, Any]], uncertain: Uncertainty, order: str
) -> pd.DataFrame:
    """Return one table, structure by structure, the most important parameters first."""
    parts = []
    for name, columns in tables.items():
        index = pd.MultiIndex.from_product(
            [[name], uncertain.rows], names=["structure", "parameter"]
        )
        data = {column: np.asarray(values, dtype=float) for column, values in columns.items()}
        table = pd.DataFrame(data, index=index)
        place = (-table[order]).argsort(kind="stable")
        parts.append(table.iloc[place.to_numpy()])
    return pd.concat(parts)
