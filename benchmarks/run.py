"""Measure the library side by side with plain numpy, pandas and pyxirr; print ratios.

Usage: python benchmarks/run.py [name …]

Each figure is the median of several rounds in which both sides run in turn, so that a noisy
machine disturbs both. Ratios are for reading, not for a gate: see CHANGELOG.md.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyxirr

import tariffcalc as tc

ROUNDS = 5


def seconds(action: Callable[[], object]) -> float:
    """Return the wall time of one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def ratio(ours: Callable[[], object], theirs: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median over rounds of our time ÷ theirs."""
    ours(), theirs()
    return statistics.median(seconds(ours) / seconds(theirs) for _ in range(rounds))


def run_import() -> str:
    """Import against the three packages it needs, in new processes."""

    def process(code: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603

    found = ratio(process("import tariffcalc"), process("import numpy, pandas, pydantic"), 9)
    return f"import: {found:.2f} x numpy, pandas and pydantic (goal 1.25)"


def run_tariffs() -> str:
    """Rates and duty of 5 million lines against one multiplication and one merge in pandas."""
    scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    frame = tc.load_flows("us-imports-2024").frame
    repeats = 5_000_000 // len(frame) + 1
    lines = pd.concat([frame] * repeats, ignore_index=True).head(5_000_000)
    lines = lines.drop(columns=["description", "naics3", "sector"])
    table = frame[["hs", "mfn_rate"]].rename(columns={"mfn_rate": "rate"})

    def plain() -> object:
        merged = lines.merge(table, on="hs", how="left")
        return merged["value_usd"] * merged["rate"]

    found = ratio(lambda: scenario.status_quo.apply(lines, on="2025-10-17"), plain, 3)
    return f"tariffs: 5 million lines in {found:.1f} x one merge and one product (goal 6)"


def run_simulation() -> str:
    """Simulate a million draws of all structures, against drawing the random numbers alone."""
    scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    draws, numbers = 1_000_000, 22

    def random() -> object:
        generator = np.random.default_rng(1)
        return [generator.random((numbers, 4096)) for _ in range(draws // 4096 + 1)]

    found = ratio(lambda: tc.simulate(scenario, draws=draws, seed=1), random, 1)
    return f"simulation: a million draws in {found:.0f} x their random numbers (goal 20)"


def run_irr() -> str:
    """Solve a million rows of 30 flows, against pyxirr row by row on a part of them."""
    generator = np.random.default_rng(1)
    flows = generator.uniform(0.0, 1.0, (1_000_000, 30))
    flows[:, 0] = -5.0
    part = flows[:20_000]

    def rows() -> object:
        return [pyxirr.irr(row) for row in part]

    rows(), tc.finance.irr(part)
    ours, theirs = seconds(lambda: tc.finance.irr(flows)), seconds(rows) * flows.shape[0] / 20_000
    return f"irr: a million rows {theirs / ours:.1f} x as fast as pyxirr (goal 5)"


ALL = {"import": run_import, "tariffs": run_tariffs, "simulation": run_simulation, "irr": run_irr}


def main() -> int:
    """Run the named benchmarks, or all."""
    for name in sys.argv[1:] or list(ALL):
        sys.stdout.write(ALL[name]() + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
