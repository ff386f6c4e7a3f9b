"""One uncertain number at a time, from the low to the high end of its range."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tariffcalc.analysis.batches import check_limits, evaluate_all
from tariffcalc.analysis.distributions import Lognormal, Normal, quantiles, support
from tariffcalc.analysis.uncertainty import Uncertain, Uncertainty
from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.scenario.evaluate import Evaluation
from tariffcalc.scenario.paths import numbers

__all__ = ["ends", "one_at_a_time", "refuse_branches"]

# Where a distribution has no end, this share of it lies beyond what is tried.
TAIL = 0.05


def one_at_a_time(
    asked: Evaluation, uncertain: Uncertainty, structures: Sequence[str], target: str
) -> pd.DataFrame:
    """Return the result at both ends of each range, all else as in the scenario."""
    refuse_branches(uncertain, "one_at_a_time")
    present = {path: float(value) for path, (value, _) in numbers(asked.scenario).items()}
    rows = {row: [n for n in uncertain.numbers if n.row == row] for row in _used(uncertain)}
    plain = [row for row, own in rows.items() if all(n.path in present for n in own)]
    batches = [plain, *([row] for row in rows if row not in plain)]
    parts = [
        _both_ends(asked, {row: rows[row] for row in batch}, present, structures, target)
        for batch in batches
        if batch
    ]
    base = evaluate_all(asked, {}, 1, structures, [target])
    tables = []
    for name in structures:
        found = {row: values for part in parts for row, values in part[name].items()}
        table = pd.DataFrame(
            {
                "structure": name,
                "parameter": [uncertain.rows[row] for row in rows],
                "low": [ends(own[0])[0] for own in rows.values()],
                "high": [ends(own[0])[1] for own in rows.values()],
                f"base_{target}": float(base[name][target][0]),
                f"low_{target}": [found[row][0] for row in rows],
                f"high_{target}": [found[row][1] for row in rows],
            }
        )
        swing = (table[f"high_{target}"] - table[f"low_{target}"]).abs()
        table[f"swing_{target}"] = swing
        order = swing.sort_values(ascending=False, kind="stable").index
        tables.append(table.loc[order])
    return pd.concat(tables).set_index(["structure", "parameter"])


def _used(uncertain: Uncertainty) -> list[int]:
    return sorted({number.row for number in uncertain.numbers})


def ends(number: Uncertain) -> tuple[float, float]:
    """Return the low and the high end of what a number can be; 5% and 95% where it has none."""
    given = number.distribution
    low, high = support(given)
    if isinstance(given, Normal | Lognormal):
        inner = quantiles(given, np.array([TAIL, 1.0 - TAIL])).tolist()
        low, high = (
            inner[place] if end is None else end
            for place, end in enumerate((given.low, given.high))
        )
    return (round(low), round(high)) if number.whole else (low, high)


def refuse_branches(uncertain: Uncertainty, method: str) -> None:
    """Refuse branches where a number is needed."""
    if uncertain.branches:
        name = uncertain.rows[uncertain.branches[0][0]]
        raise InputError(f"distributions: {name}: {method} takes no branches; sobol does")


def _both_ends(
    asked: Evaluation,
    rows: dict[int, list[Uncertain]],
    present: dict[str, float],
    structures: Sequence[str],
    target: str,
) -> dict[str, dict[int, FloatArray]]:
    """Return for each structure and row the results at its ends, in one batch of cases."""
    size = 2 * len(rows)
    varied: dict[str, FloatArray] = {}
    for place, own in enumerate(rows.values()):
        for number in own:
            values = np.full(size, present.get(number.path, np.nan))
            values[2 * place : 2 * place + 2] = ends(number)
            varied[number.path] = values
    check_limits(asked.scenario, varied)
    found = evaluate_all(asked, varied, size, structures, [target])
    return {
        name: {row: found[name][target][2 * k : 2 * k + 2] for k, row in enumerate(rows)}
        for name in structures
    }
