"""A scenario under uncertainty: every number that states a range is drawn from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tariffcalc.analysis.batches import check_limits, chunks, evaluate_chunk
from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.scenario.evaluate import evaluation
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.paths import numbers
from tariffcalc.scenario.provenance import provenance_of
from tariffcalc.tables import labelled
from tariffcalc.trade.flows import TradeFlows

__all__ = ["simulate"]

DRAWS_PER_BLOCK = 4096
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
COLUMNS = ("net_benefit_usd", "peak_over_fx_capacity")


@dataclass(frozen=True, slots=True)
class Uncertain:
    """One number with a range: its path, which common draw it uses, and its triangle."""

    path: str
    draw: int
    low: float
    mode: float
    high: float
    whole: bool

    def values(self, uniform: FloatArray) -> FloatArray:
        """Return the triangular quantiles of uniform draws; whole numbers are rounded."""
        width, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        rising = self.low + np.sqrt(uniform * width * left)
        falling = self.high - np.sqrt((1.0 - uniform) * width * right)
        found = np.where(uniform * width < left, rising, falling)
        return np.rint(found) if self.whole else found


def simulate(
    scenario: Scenario,
    *,
    draws: int,
    seed: int,
    structures: Iterable[str] | None = None,
    flows: TradeFlows | None = None,
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

    Returns
    -------
    pandas.DataFrame
        Index ``structure``; of the net benefit [USD] ``mean_usd, standard_error_usd,
        standard_deviation_usd, q05_usd … q95_usd``; ``positive_share`` (draws with a net benefit
        above 0) and ``over_fx_capacity_share`` (draws whose peak is over the FX capacity;
        NaN where the capacity is unknown).

    Raises
    ------
    InputError
        For fewer than 2 draws, a scenario without ranges, or a value outside its own range.

    Notes
    -----
    Each number is triangular on its range with its present value as the mode. Numbers that one
    provenance entry speaks for (``pledge.structures.*.project_irr``) share one draw.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> table = tc.simulate(tc.load_scenario("korea-us"), draws=1000, seed=1)
    >>> float(table.loc["no-deal", "mean_usd"])
    0.0
    """
    _check_counts(draws, seed)
    asked = evaluation(scenario, flows)
    names = asked.chosen(structures)
    uncertain = _uncertain(scenario)
    check_limits(scenario, {u.path: _edges(u) for u in uncertain})
    results = {name: {column: np.empty(draws) for column in COLUMNS} for name in names}
    for block, start in enumerate(range(0, draws, DRAWS_PER_BLOCK)):
        size = min(DRAWS_PER_BLOCK, draws - start)
        drawn = _draw(uncertain, seed, block, size)
        for cut in chunks(asked, list(drawn), size):
            varied = {path: values[cut] for path, values in drawn.items()}
            here = slice(start + cut.start, start + cut.stop)
            for name in names:
                found = evaluate_chunk(asked, varied, name, COLUMNS)
                for column in COLUMNS:
                    results[name][column][here] = found[column]
    frame = pd.DataFrame(
        [_summary(results[name]) for name in names], index=pd.Index(names, name="structure")
    )
    units = {c: "USD" if c.endswith("_usd") else "share of draws" for c in frame.columns}
    return labelled(frame, units, scenario_hash=scenario.hash)


def _check_counts(draws: int, seed: int) -> None:
    for name, value, least in (("draws", draws, 2), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise InputError(
                f"{name}: a whole number of at least {least} is needed, given {value!r}"
            )


def _uncertain(scenario: Scenario) -> list[Uncertain]:
    """Return the numbers with a range; those under one provenance entry share a draw."""
    found: list[Uncertain] = []
    draws: dict[str, int] = {}
    for path, (value, _) in numbers(scenario).items():
        stated = provenance_of(path, scenario.provenance)
        if stated is None or stated[1].low is None or stated[1].high is None:
            continue
        entry, low, high = stated[0], stated[1].low, stated[1].high
        if low == high:
            continue
        if not low <= value <= high:
            raise InputError(
                f"{path}: its value {value:g} is outside its range [{low:g}, {high:g}]; "
                "state a range in provenance that holds it"
            )
        draw = draws.setdefault(entry, len(draws))
        found.append(Uncertain(path, draw, low, value, high, isinstance(value, int)))
    if not found:
        raise InputError("no number of the scenario states a range: nothing is uncertain")
    return found


def _edges(number: Uncertain) -> FloatArray:
    """Return the ends of a range; the last point sets long graces against short maturities."""
    last = number.high if number.path.endswith(".grace_years") else number.low
    return np.array([number.low, number.high, last])


def _draw(uncertain: list[Uncertain], seed: int, block: int, size: int) -> Mapping[str, FloatArray]:
    """Return one block of draws by path; a block's numbers depend on seed and block alone."""
    count = 1 + max(number.draw for number in uncertain)
    generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(block,)))
    uniform = generator.random((count, DRAWS_PER_BLOCK))[:, :size]
    return {number.path: number.values(uniform[number.draw]) for number in uncertain}


def _summary(found: Mapping[str, FloatArray]) -> dict[str, float]:
    benefit = found["net_benefit_usd"]
    deviation = float(benefit.std(ddof=1))
    row = {
        "mean_usd": float(benefit.mean()),
        "standard_error_usd": deviation / float(np.sqrt(benefit.size)),
        "standard_deviation_usd": deviation,
    }
    for quantile, value in zip(QUANTILES, np.quantile(benefit, QUANTILES), strict=True):
        row[f"q{round(100 * quantile):02d}_usd"] = float(value)
    row["positive_share"] = float((benefit > 0.0).mean())
    peak = found["peak_over_fx_capacity"]
    row["over_fx_capacity_share"] = float(np.where(np.isnan(peak), peak, peak > 1.0).mean())
    return row
