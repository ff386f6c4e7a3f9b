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
from tariffcalc.analysis.batches import evaluate_all
from tariffcalc.data import data_table
from tariffcalc.partners import partner_codes
from tariffcalc.scenario.evaluate import evaluation

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

    needed = process("import numpy, pandas, pydantic")
    every = process("import tariffcalc as tc\nfor name in tc.__all__: getattr(tc, name)")
    found, all_rooms = ratio(process("import tariffcalc"), needed, 9), ratio(every, needed, 9)
    return (
        f"import: {found:.2f} x numpy, pandas and pydantic (goal 1.25); with every public name "
        f"asked for {all_rooms:.2f} x"
    )


def grid() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return 5 million lines, every tariff line times 245 partners, and the base rates alone."""
    codes = data_table("law/hts-codes.csv.gz")["hs"].unique()
    partners = [code for code in partner_codes() if code not in ("EU27", "ROW")][:245]
    base = tc.add_base_rates(pd.DataFrame({"hs": codes, "partner": "KOR"}))["mfn_rate"].fillna(0.0)
    size = codes.size * len(partners)
    lines = pd.DataFrame(
        {
            "hs": np.repeat(codes, len(partners)),
            "partner": np.tile(np.array(partners, dtype=object), codes.size),
            "value_usd": np.random.default_rng(1).uniform(1.0, 1e6, size),
            "mfn_rate": np.repeat(base.to_numpy(), len(partners)),
        }
        | {f"{name}_share": 0.25 for name in ("steel", "aluminum", "copper", "usmca")}
    )
    return lines, pd.DataFrame({"hs": codes, "rate": base})


def run_tariffs() -> str:
    """Rates and duty of 5 million lines under the whole law, against one merge and one product."""
    law = tc.load_schedule("united-states", conventions={"other_partners": "rest"})
    lines, table = grid()

    def plain() -> object:
        merged = lines.merge(table, on="hs", how="left")
        return merged["value_usd"] * merged["rate"]

    found = ratio(lambda: law.apply(lines, on="2026-10-01"), plain, 3)
    size = lines.memory_usage(deep=True).sum()
    return (
        f"tariffs: {len(lines):,} lines x {len(law.measures)} measures in {found:.1f} x one merge "
        f"and one product (goal 6); peak memory {peak() / size:.1f} x the frame (goal 4)"
    )


def peak() -> float:
    """Return the most memory that a new process needs for the grid [bytes]."""
    code = (
        "import sys; sys.path.insert(0, 'benchmarks'); import run; tc = run.tc\n"
        "law = tc.load_schedule('united-states', conventions={'other_partners': 'rest'})\n"
        # Not getrusage: a new process starts from the peak of the one that started it.
        "words = lambda: open('/proc/self/status').read().split('VmHWM:')[1].split()\n"
        "most = lambda: int(words()[0]) * 1024\n"
        "start = most(); lines, _ = run.grid(); law.apply(lines, on='2026-10-01')\n"
        "print(most() - start)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)  # noqa: S603
    return float(done.stdout)


def run_dates() -> str:
    """Rates of Korea's lines on every change date, against a merge and a product for each."""
    law = tc.load_schedule("united-states")
    flows = tc.load_flows("us-imports-2024", partners=["KOR"])
    lines = flows.frame
    table = lines[["hs", "mfn_rate"]].rename(columns={"mfn_rate": "rate"})
    days = len(law.timeline(flows, start="2025-01-01", end="2026-11-24"))

    def plain() -> object:
        merged = (lines.merge(table, on="hs", how="left") for _ in range(days))
        return [float((frame["value_usd"] * frame["rate"]).sum()) for frame in merged]

    found = ratio(lambda: law.timeline(flows, start="2025-01-01", end="2026-11-24"), plain, 3)
    return f"dates: {len(lines):,} lines x {days} dates in {found:.1f} x {days} merges and products"


def run_simulation() -> str:
    """Simulate a million draws of all structures, against drawing the random numbers alone."""
    scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    draws, numbers = 1_000_000, 22

    def random() -> object:
        generator = np.random.default_rng(1)
        return [generator.random((numbers, 4096)) for _ in range(draws // 4096 + 1)]

    found = ratio(lambda: tc.simulate(scenario, draws=draws, seed=1), random, 1)
    return f"simulation: a million draws in {found:.0f} x their random numbers (goal 20)"


def run_sweep() -> str:
    """Stream a grid of a million points, against the peak memory of one of fifty thousand."""
    code = (
        "import numpy as np, tariffcalc as tc\n"
        "words = lambda: open('/proc/self/status').read().split('VmHWM:')[1].split()\n"
        "most = lambda: int(words()[0]) / 1024\n"
        "s = tc.load_scenario('korea-us', as_of='2025-10-17')\n"
        "def stream(points):\n"
        "    grid = {'durability': np.linspace(0, 1, points // 1000),\n"
        "            'project_irr': np.linspace(0, 0.12, 1000)}\n"
        "    tables = tc.sweep_chunks(s, grid, structures=['three-years'])\n"
        "    assert sum(map(len, tables)) == points\n"
        "    return most()\n"
        "few = stream(50_000); print(few, stream(1_000_000))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)  # noqa: S603
    few, many = map(float, done.stdout.split())
    return f"sweep: streams a million points in {many:.0f} MB, fifty thousand in {few:.0f} MB"


def run_structures() -> str:
    """Flows and costs of all structures for 1e5 draws, against drawing the random numbers alone."""
    scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    draws, chunk = 100_000, 4096
    names = [structure.name for structure in scenario.pledge.structures]
    terms = ("project_irr", "construction_years", "life_years", "waterfall.deemed_rate")
    asked = evaluation(scenario)

    def random() -> list[np.ndarray]:
        generator = np.random.default_rng(1)
        return [generator.random((22, chunk)) for _ in range(draws // chunk + 1)]

    low, wide = np.array([[0.02], [1.0], [15.0], [0.03]]), np.array([[0.1], [5.0], [10.0], [0.03]])
    blocks = [low + wide * uniform[:4] for uniform in random()]
    blocks = [np.where([[False], [True], [True], [False]], np.floor(b), b) for b in blocks]

    def kernel() -> None:
        for block in blocks:
            rows = dict(zip(terms, block, strict=True))  # one draw for all structures
            varied = {
                f"pledge.structures.{name}.{term}": rows[term]
                for name in names
                if name != "no-deal"
                for term in terms
            }
            evaluate_all(asked, varied, chunk, names, ["net_cost_usd"])

    def thrown_away() -> None:
        generator = np.random.default_rng(1)
        for _ in range(draws // chunk + 1):
            generator.random((22, chunk))

    kept, strict = ratio(kernel, random, 3), ratio(kernel, thrown_away, 3)
    return (
        f"structures: {draws:,} draws x {len(names)} structures in {kept:.0f} x the random "
        f"numbers (goal 20), {strict:.0f} x if these are thrown away at once"
    )


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


ALL = {
    "import": run_import,
    "tariffs": run_tariffs,
    "dates": run_dates,
    "simulation": run_simulation,
    "structures": run_structures,
    "sweep": run_sweep,
    "irr": run_irr,
}


def main() -> int:
    """Run the named benchmarks, or all."""
    for name in sys.argv[1:] or list(ALL):
        sys.stdout.write(ALL[name]() + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
