"""A scenario under uncertainty: every number that states a range is drawn from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tariffcalc.analysis.execution import Job, MapLike, Progress, jobs, run
from tariffcalc.analysis.sampling import Sampled, sampled
from tariffcalc.analysis.settings import setting
from tariffcalc.analysis.stated import stated
from tariffcalc.analysis.summary import summary
from tariffcalc.analysis.uncertainty import DRAWS_PER_BLOCK, uncertainty
from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.quantiles import chosen_of
from tariffcalc.scenario.evaluate import check_scenario, evaluation
from tariffcalc.scenario.model import Scenario
from tariffcalc.trade.flows import TradeFlows

__all__ = ["draw_parameters", "drawn", "simulate", "simulation_of"]

COLUMNS = ("net_benefit_usd", "peak_over_fx_capacity")


@dataclass(frozen=True, slots=True)
class Simulation:
    """The task of a block of draws: the same numbers in any process."""

    sampled: Sampled
    seed: int
    structures: tuple[str, ...]

    def __call__(self, job: Job) -> dict[str, tuple[FloatArray, float]]:
        """Return the net benefit of each draw, and how many are over the FX capacity."""
        uniform = self.sampled.uncertain.uniform(self.seed, job.number, job.stop - job.start)
        found = self.sampled.evaluate(uniform, self.structures, COLUMNS)
        results = {}
        for name, columns in found.items():
            peak = columns["peak_over_fx_capacity"]
            over = float(np.where(np.isnan(peak), peak, peak > 1.0).sum())
            results[name] = (columns["net_benefit_usd"], over)
        return results


def simulate(
    scenario: Scenario,
    *,
    draws: int,
    seed: int,
    structures: Iterable[str] | None = None,
    flows: TradeFlows | None = None,
    distributions: Mapping[str, object] | None = None,
    correlation: Mapping[tuple[str, str], float] | None = None,
    map: MapLike = map,  # noqa: A002 - the word of every executor
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Draw every number that states a range, and return how the net benefit is distributed.

    Parameters
    ----------
    scenario
        The scenario; a number takes part when its provenance has ``low`` below ``high``.
    draws
        Number of draws.
    seed
        Seed; the same seed gives the same result, whatever else is asked for.
    structures
        Names of structures; by default all. All of them see the same draws.
    flows
        Trade flows in place of the scenario's packaged table.
    distributions
        Name → :class:`Normal`, :class:`Lognormal`, :class:`Triangular`, :class:`Uniform`,
        :class:`Beta` or :class:`Discrete` for a path, a path with ``*``, or a short name, in place
        of the triangle on its range; any new name → :class:`Branches`.
    correlation
        (name, name) → Spearman's rank correlation of two draws. Numbers that are not named are
        independent.
    map
        The builtin, or the ``map`` of an executor: ``ProcessPoolExecutor().map``, or that of a
        dask cluster, ``Client(…).get_executor().map``.
    progress
        Called with the number of draws done since it was last called: ``tqdm(total=…).update``.

    Returns
    -------
    pandas.DataFrame
        Index ``structure``; of the net benefit [USD] ``mean_usd, standard_error_usd,
        standard_deviation_usd, q05_usd … q95_usd``; ``positive_share`` (draws with a net benefit
        above 0) and ``over_fx_capacity_share`` (draws whose peak is over the FX capacity;
        NaN where the capacity is unknown); ``expected_shortfall_usd``, the mean of the worst 5% of
        the draws; and of each figure ``<figure>_standard_error_<unit>``.

    Raises
    ------
    InputError
        For fewer than 2 draws, a scenario without ranges, a value outside its own range, a
        distribution that leaves the limits of its number, or correlations no numbers can have.
    ChunkError
        Naming the first chunk without a result, such as one whose worker process died.

    Notes
    -----
    Each number with a range is triangular on it with its present value as the mode. Numbers that
    one provenance entry speaks for (``pledge.structures.*.project_irr``) share one draw; whole
    numbers are rounded. A branch's values stand over what is drawn.

    Correlated draws have a normal copula; ρ is the rank correlation before whole numbers are
    rounded and branches chosen. The draws come in blocks of 4,096, and of each only the net
    benefit is kept: 8 bytes per draw and structure, from which quantiles are exact.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> table = tc.simulate(tc.load_scenario("korea-us"), draws=1000, seed=1)
    >>> float(table.loc["no-deal", "mean_usd"])
    0.0
    """
    task = simulation_of(scenario, draws, seed, structures, flows, (distributions, correlation))
    benefit, over = drawn(task, draws, map, progress)
    rows = [summary(benefit[name], over[name]) for name in task.structures]
    frame = pd.DataFrame(rows, index=pd.Index(task.structures, name="structure"))
    units = {c: "USD" if c.endswith("_usd") else "share of draws" for c in frame.columns}
    return stated(frame, units, scenario)


def draw_parameters(
    scenario: Scenario,
    *,
    draws: int,
    seed: int,
    distributions: Mapping[str, object] | None = None,
    correlation: Mapping[tuple[str, str], float] | None = None,
) -> pd.DataFrame:
    """Return the draws that :func:`simulate` evaluates.

    Parameters
    ----------
    scenario, draws, seed, distributions, correlation
        As for :func:`simulate`.

    Returns
    -------
    pandas.DataFrame
        Index ``draw``; one column per path that is drawn, and one per name of branches that holds
        the name of the branch taken. Where a branch sets a path, its value holds, not the draw.

    Raises
    ------
    InputError
        As for :func:`simulate`.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> table = tc.draw_parameters(tc.load_scenario("korea-us"), draws=100, seed=1)
    >>> bool(table["tariffs.durability"].between(0.5, 1.0).all())
    True
    """
    _check_counts(draws, seed)
    check_scenario(scenario)
    uncertain = uncertainty(scenario, distributions, correlation)
    sampled(setting(scenario, None), uncertain)
    parts = []
    for job in jobs(draws, DRAWS_PER_BLOCK, "draws"):
        uniform = uncertain.uniform(seed, job.number, job.stop - job.start)
        columns: dict[str, object] = dict(uncertain.values(uniform))
        for row, one in uncertain.branches:
            chosen = chosen_of(uniform[row], [branch.probability for branch in one.branches])
            names = np.array([branch.name for branch in one.branches], dtype=object)
            columns[uncertain.rows[row]] = pd.array(names[chosen], dtype="str")
        parts.append(pd.DataFrame(columns))
    frame = pd.concat(parts, ignore_index=True).rename_axis("draw")
    return stated(frame, {}, scenario)


def simulation_of(
    scenario: Scenario,
    draws: int,
    seed: int,
    structures: Iterable[str] | None,
    flows: TradeFlows | None,
    uncertain: tuple[Mapping[str, object] | None, Mapping[tuple[str, str], float] | None],
) -> Simulation:
    """Return the task of all draws; ``uncertain`` are distributions and correlation."""
    _check_counts(draws, seed)
    names = evaluation(scenario, flows).chosen(structures)
    drawn = sampled(setting(scenario, flows), uncertainty(scenario, *uncertain))
    return Simulation(drawn, seed, tuple(names))


def drawn(
    task: Simulation, draws: int, mapped: MapLike, progress: Progress | None
) -> tuple[dict[str, FloatArray], dict[str, float]]:
    """Return by structure the net benefit of each draw, and how many are over the capacity."""
    benefit = {name: np.empty(draws) for name in task.structures}
    over = dict.fromkeys(task.structures, 0.0)
    for job, results in run(task, jobs(draws, DRAWS_PER_BLOCK, "draws"), mapped, progress):
        for name, (values, count) in results.items():
            benefit[name][job.start : job.stop] = values
            over[name] += count
    return benefit, over


def _check_counts(draws: int, seed: int) -> None:
    for name, value, least in (("draws", draws, 2), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise InputError(
                f"{name}: a whole number of at least {least} is needed, given {value!r}"
            )
