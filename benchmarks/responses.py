"""Measure the responses of trade side by side with plain numpy; print ratios.

Usage: python benchmarks/responses.py

Each figure is the median of several rounds in which both sides run in turn, by the time of this
process alone: what else the machine does disturbs little, and both. Ratios are for reading, not for
a gate: see CHANGELOG.md.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from tariffcalc.trade.responses.armington_gains import armington_gains
from tariffcalc.trade.responses.global_gains import global_gains

ROUNDS = 61


def seconds(action: Callable[[], object], times: int) -> float:
    """Return the processor time of one call, the mean of some."""
    start = time.process_time()
    for _ in range(times):
        action()
    return (time.process_time() - start) / times


def ratio(ours: Callable[[], object], theirs: Callable[[], object], times: int) -> float:
    """Return the median over rounds of our time ÷ theirs, each the mean of some calls."""
    ours(), theirs()
    rounds = range(ROUNDS)
    return statistics.median(seconds(ours, times) / seconds(theirs, 10 * times) for _ in rounds)


def run_market() -> str:
    """Answer for 5,487 HS6 products × 18 suppliers, against one numpy.exp over the same array."""
    random, shape = np.random.default_rng(1), (1, 18, 5487)
    value = random.lognormal(10.0, 3.0, shape) * (random.random(shape) > 0.3)
    before = random.uniform(0.0, 0.3, shape)
    after = np.where(random.random(shape) < 0.3, before, 0.15)
    substitution = np.exp(random.uniform(0.0, 2.0, (1, 1, 5487)))
    logs = np.log1p(value / value.max())
    found = {}
    for name, inverse in (
        ("one supply elasticity", np.full((1, 1, 1), 0.5)),
        ("one a supplier", np.linspace(0.0, 1.0, 18).reshape(1, 18, 1)),
    ):

        def ours(inverse: np.ndarray = inverse) -> object:
            return armington_gains(
                value,
                before,
                after,
                substitution=substitution,
                demand=-substitution / 4.0,
                inverse_supply=inverse,
            )

        found[name] = ratio(ours, lambda: np.exp(logs), 2)
    figures = ", ".join(f"{name} {figure:.0f} x" for name, figure in found.items())
    return f"market: 5,487 products x 18 suppliers, all columns: {figures} numpy.exp (goal 60)"


def run_world() -> str:
    """Answer for 11 × 11 regions, against numpy.linalg.solve of that size."""
    random, shape = np.random.default_rng(1), (1, 11, 11)
    value, before = random.lognormal(0.0, 1.0, shape), random.uniform(0.0, 0.2, shape)
    after = before + np.where(np.arange(11) == 0, 0.15, 0.0)  # one importer raises its tariffs
    elastic = {
        "substitution": np.full((1, 1, 11), 5.0),
        "demand": np.full((1, 1, 11), -1.25),
        "inverse_supply": np.full((1, 11, 1), 1.0 / 1.5),
    }
    matrix = random.normal(size=(11, 11)) + 11.0 * np.eye(11)
    right = matrix[:, 0].copy()
    exact, linear = (
        ratio(
            lambda method=method: global_gains(value, before, after, **elastic, method=method),
            lambda: np.linalg.solve(matrix, right),
            20,
        )
        for method in ("exact", "log_linear")
    )
    return (
        f"world: 11 x 11 regions, all columns: exact {exact:.0f} x, log-linear {linear:.0f} x "
        "numpy.linalg.solve (goal 50)"
    )


def main() -> int:
    """Run both."""
    for run in (run_market, run_world):
        sys.stdout.write(run() + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
