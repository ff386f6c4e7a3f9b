"""By how many per cent a result changes when a number changes by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from tariffcalc.analysis.batches import evaluate_all
from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.scenario.evaluate import Evaluation
from tariffcalc.scenario.model import Scenario

__all__ = ["elasticities", "log_derivative"]

STEP = 2.0**-10
BOTH, UP, DOWN = (-4, -2, -1, 0, 1, 2, 4), (0, 1, 2, 4, 8), (0, -1, -2, -4, -8)
# Roundings in a present value: at most that many, of the largest amount in it.
ROUNDINGS = 600 * 2.0**-53
AMOUNTS = ("pv_outlay_usd", "pv_receipts_usd", "relief_pv_usd")


def elasticities(
    asked: Evaluation,
    parameters: Mapping[str, Mapping[str, float]],
    structures: Sequence[str],
    target: str,
) -> pd.DataFrame:
    """Return d ln result / d ln number of each parameter, which is numbers by path."""
    nodes, slices, size = _nodes(asked.scenario, parameters), {}, 0
    for name in parameters:
        slices[name] = slice(size, size + len(nodes[name]))
        size += len(nodes[name])
    varied: dict[str, FloatArray] = {}
    for name, present in parameters.items():
        for path, value in present.items():
            values = varied.setdefault(path, np.full(size, value))
            values[slices[name]] = [value * (1 + STEP * k) for k in nodes[name]]
    found = evaluate_all(asked, varied, size, structures, list(dict.fromkeys([target, *AMOUNTS])))
    rows = []
    for structure in structures:
        results = found[structure]
        for name, here in slices.items():
            amounts = [results[column][here] for column in AMOUNTS]
            scale = max(float(np.abs(part).max()) for part in amounts) if _is_usd(target) else 0.0
            value, error = log_derivative(results[target][here], nodes[name], scale)
            rows.append((structure, name, value, error))
    frame = pd.DataFrame(rows, columns=["structure", "parameter", "elasticity", "error_bound"])
    return frame.set_index(["structure", "parameter"])


def _is_usd(column: str) -> bool:
    return column.endswith("_usd")


def _nodes(
    scenario: Scenario, parameters: Mapping[str, Mapping[str, float]]
) -> dict[str, tuple[int, ...]]:
    """Return where each parameter can be tried: on both sides, or inside its limits."""
    if all(_allowed(scenario, parameters.values(), side) for side in (4, -4)):
        return dict.fromkeys(parameters, BOTH)
    found: dict[str, tuple[int, ...]] = {}
    for name, present in parameters.items():
        up, down = (_allowed(scenario, [present], side) for side in (8, -8))
        if not up and not down:
            raise InputError(f"{name}: no value beside the present one is within its limits")
        found[name] = BOTH if up and down else UP if up else DOWN
    return found


def _allowed(scenario: Scenario, parameters: Iterable[Mapping[str, float]], side: int) -> bool:
    changes = {
        path: value * (1 + STEP * side) for present in parameters for path, value in present.items()
    }
    try:
        scenario.replace(changes)
    except InputError:
        return False
    return True


def log_derivative(
    results: FloatArray, nodes: Sequence[int], scale: float = 0.0
) -> tuple[float, float]:
    """Return d ln f / d ln p from results around p, and a bound of its error; NaN where f is 0.

    Parameters
    ----------
    results
        f at p·(1 + k·h) for the nodes k, h = 1/1024.
    nodes
        ``BOTH``, or ``UP`` or ``DOWN`` where p is at a limit.
    scale
        Largest amount that f is the difference of.

    Notes
    -----
    Differences of second order with the steps h, 2h and 4h are extrapolated twice to step 0
    (Richardson). The bound adds what the last extrapolation moved, the roundings of f over the
    step, and, on both sides, what is left at step 0 of the difference between the slopes to the
    right and to the left: nearly 0 where f is smooth, their whole distance at a kink.
    """
    by_node = dict(zip(nodes, results.tolist(), strict=True))
    base = by_node[0]
    if base == 0.0 or np.isnan(results).any():
        return np.nan, np.nan
    if tuple(nodes) == BOTH:
        steps = [(by_node[k] - by_node[-k]) / (2 * k) for k in (1, 2, 4)]
        bends = [(by_node[k] - 2 * base + by_node[-k]) / k for k in (1, 2, 4)]
        best, error = _extrapolated(steps, (3, 15))
        error += abs(16 * bends[0] - 10 * bends[1] + bends[2]) / 7
    else:
        side = nodes[1]
        steps = [
            side * (4 * by_node[k * side] - 3 * base - by_node[2 * k * side]) / (2 * k)
            for k in (1, 2, 4)
        ]
        best, error = _extrapolated(steps, (3, 7))
    error += 4 * ROUNDINGS * max(scale, float(np.abs(results).max()))
    return best / (STEP * base) + 0.0, error / (STEP * abs(base))


def _extrapolated(steps: Sequence[float], orders: tuple[int, int]) -> tuple[float, float]:
    """Return what differences with the steps h, 2h and 4h tend to, and how far the last moved."""
    first, second = orders
    near, far = (one + (one - two) / first for one, two in pairwise(steps))
    best = near + (near - far) / second
    return best, abs(best - near)
