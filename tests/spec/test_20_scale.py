"""Chapter 20: the same numbers in one process, in many, and when one of them dies."""

import hashlib
import itertools
import os
import pickle
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tqdm import tqdm

import tariffcalc as tc
from tariffcalc.analysis import batches, execution, uncertainty
from tariffcalc.errors import ChunkError, InputError

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
LINES = tc.load_flows("us-imports-2024", partners=["KOR"]).frame
FLOWS = tc.TradeFlows.from_frame(pd.concat([LINES.iloc[::400], LINES[LINES["value_usd"] > 1e9]]))
NAMES = ["three-years", "no-deal"]
MISSED = tc.Branches(
    branches=[
        tc.Branch(name="paid", probability=0.5),
        tc.Branch(name="back", probability=0.5, changes={"tariffs.snap_back": True}),
    ]
)
UNCERTAIN: dict[str, Any] = {
    "distributions": {"project_irr": tc.Normal(mean=0.07, standard_deviation=0.02, low=0.0),
                      "missed": MISSED},
    "correlation": {("project_irr", "durability"): 0.4},
}  # fmt: skip
GRID = {"timing": ["all_start", "all_end"], "durability": np.linspace(0.5, 1.0, 4500)}


def simulated(**options: Any) -> pd.DataFrame:
    asked = {"draws": 9000, "seed": 1, "structures": NAMES, "flows": FLOWS, **UNCERTAIN, **options}
    return tc.simulate(PACKAGED, **asked)


def swept(**options: Any) -> pd.DataFrame:
    return tc.sweep(PACKAGED, GRID, structures=NAMES, flows=FLOWS, **options)


def assert_identical(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Fail when two tables differ in a bit, a word, a type or what they say of themselves."""
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert one.attrs == other.attrs


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        yield executor


@pytest.fixture(scope="module")
def alone() -> dict[str, pd.DataFrame]:
    return {"simulate": simulated(), "sweep": swept()}


def test_worker_processes_give_the_same_bits(
    pool: ProcessPoolExecutor, alone: dict[str, pd.DataFrame]
) -> None:
    """SCALE-1: simulate and sweep over a pool of processes are those of one process (bits)."""
    assert_identical(simulated(map=pool.map), alone["simulate"])
    assert_identical(swept(map=pool.map), alone["sweep"])


def test_sensitivity_takes_a_pool_too(pool: ProcessPoolExecutor) -> None:
    """SCALE-2: Sobol's shares over a pool of processes are those of one process (to the bit)."""
    asked = {"method": "sobol", "samples": 256, "seed": 1, "structures": NAMES, "flows": FLOWS}
    assert_identical(tc.sensitivity(PACKAGED, map=pool.map, **asked),
                      tc.sensitivity(PACKAGED, **asked))  # fmt: skip


def test_a_dask_cluster_gives_the_same_bits_even_when_a_worker_is_killed(
    alone: dict[str, pd.DataFrame],
) -> None:
    """SCALE-3: so are they on a dask cluster, which finishes though a worker is killed (bits)."""
    distributed = pytest.importorskip("distributed")
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        executor = client.get_executor()
        assert_identical(simulated(map=executor.map), alone["simulate"])
        workers = list(client.run(os.getpid).values())
        struck = itertools.count()

        def strike(_: int) -> None:
            if next(struck) == 0:
                os.kill(workers[0], signal.SIGKILL)

        assert_identical(swept(map=executor.map, progress=strike), alone["sweep"])
        assert next(struck) > 1


def killing(executor: ProcessPoolExecutor) -> Callable[..., Iterator[Any]]:
    """Return a map whose workers are killed after the first result."""

    def mapped(function: Callable[[Any], Any], jobs: Iterable[Any]) -> Iterator[Any]:
        futures = [executor.submit(function, job) for job in jobs]
        yield futures[0].result()
        for process in list(executor._processes.values()):
            os.kill(process.pid, signal.SIGKILL)
        yield from (future.result() for future in futures[1:])

    return mapped


@pytest.mark.parametrize("ask", [simulated, swept], ids=["simulate", "sweep"])
def test_a_killed_worker_is_told_with_its_chunk(ask: Callable[..., pd.DataFrame]) -> None:
    """SCALE-4: when workers of a pool are killed, the run ends and names the first lost chunk."""
    done: list[int] = []
    executor = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    with executor, pytest.raises(ChunkError) as caught:
        ask(map=killing(executor), progress=done.append)
    word = "draws" if ask is simulated else "points"
    first = len(done) + 1
    start, stop = (first - 1) * 4096 + 1, min(first * 4096, 9000)
    assert 1 <= len(done) < 3
    assert str(caught.value).startswith(
        f"chunk {first} of 3 ({word} {start:,} to {stop:,}) failed: BrokenProcessPool: "
    )
    assert str(caught.value).endswith("the same seed and chunks give the same numbers")


@pytest.mark.parametrize("window", [1, 2, 256])
def test_the_chunks_in_flight_change_no_bit(
    window: int, alone: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SCALE-5: results do not depend on how many chunks a map holds at once (to the bit)."""
    monkeypatch.setattr(execution, "CHUNKS_IN_FLIGHT", window)
    eager = lambda function, jobs: [function(job) for job in jobs]  # noqa: E731
    assert_identical(simulated(map=eager), alone["simulate"])


@pytest.mark.parametrize("size", [100, 1000, 8192])
def test_the_size_of_a_chunk_changes_no_bit(
    size: int, alone: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SCALE-6: sweep and simulate are the same for every number of cases a chunk holds (bits)."""
    monkeypatch.setattr(batches, "CASES_PER_CHUNK", size)
    assert_identical(simulated(), alone["simulate"])
    assert_identical(swept(), alone["sweep"])


HASHED = """
import hashlib, tariffcalc as tc
s = tc.load_scenario("korea-us", as_of="2025-10-17")
b = tc.Branches(branches=[
    tc.Branch(name="a", probability=0.5),
    tc.Branch(name="b", probability=0.5,
              changes={"tariffs.durability": 0.5, "trade.growth_rate": 0.0})])
drawn = tc.simulate(s, draws=5000, seed=1, structures=["three-years", "no-deal"],
    distributions={"b": b, "project_irr": tc.Beta(alpha=2, beta=5, high=0.2)},
    correlation={("discount_rate", "growth_rate"): 0.5, ("project_irr", "life_years"): -0.2})
grid = tc.sweep(s, {"timing": ["all_start", "all_end"], "durability": [0.5, 0.9]}, columns=None)
found = ""
for table in (drawn, grid):
    numbers = table.select_dtypes("number").to_numpy().tobytes()
    words = repr((list(table), table.index.tolist(), table.attrs))
    found += hashlib.sha256(numbers + words.encode()).hexdigest()
"""


def test_hash_seeds_change_no_bit() -> None:
    """SCALE-7: simulate and sweep give the same bytes in processes of any hash seed, and here."""
    here: dict[str, str] = {}
    exec(HASHED, here)  # noqa: S102 - the same lines as in the processes
    assert len(here["found"]) == 2 * len(hashlib.sha256().hexdigest())
    for seed in ("0", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        code = f"{HASHED}print(found)"
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-c", code],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        assert done.stdout.strip() == here["found"]


# A map that cannot be trusted


def lost(function: Callable[[Any], Any], jobs: Iterable[Any]) -> list[Any]:
    return [function(job) for job in jobs][:-1]


def exchanged(function: Callable[[Any], Any], jobs: Iterable[Any]) -> list[Any]:
    return [function(job) for job in jobs][::-1]


def repeated(function: Callable[[Any], Any], jobs: Iterable[Any]) -> list[Any]:
    found = [function(job) for job in jobs]
    return [*found, found[-1]]


@pytest.mark.parametrize(
    ("mapped", "said"),
    [
        (lost, "chunk 3 of 3 (draws 8,193 to 9,000) failed: the map ended without its result"),
        (exchanged, ("chunk 1 of 3 (draws 1 to 4,096) failed: the map returned chunk 3 in its "
         "place")),
        (repeated, ("chunk 3 of 3 (draws 8,193 to 9,000): the map returned more results than "
         "chunks")),
    ],
)  # fmt: skip
def test_a_map_that_loses_or_exchanges_results_is_refused(mapped: Any, said: str) -> None:
    """SCALE-8: results that are lost, exchanged or repeated are refused, never used."""
    with pytest.raises(ChunkError) as caught:
        simulated(map=mapped)
    assert str(caught.value) == said


def test_what_a_chunk_refuses_is_raised_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """SCALE-9: what a chunk refuses stays the error it is, with a note that names the chunk."""

    def refuse(*_: Any) -> None:
        raise InputError("no")

    monkeypatch.setattr(uncertainty.Uncertainty, "values", refuse)
    with pytest.raises(InputError) as caught:
        simulated()
    assert str(caught.value) == "no"
    assert caught.value.__notes__ == ["in chunk 1 of 3 (draws 1 to 4,096)"]


@pytest.mark.parametrize("word", ["map", "progress"])
def test_what_cannot_be_called_is_refused(word: str) -> None:
    """SCALE-10: a map or a progress that is no function is refused before anything is done."""
    with pytest.raises(InputError, match=f"^{word}: a function is needed, given 2$"):
        simulated(**{word: 2})


# Progress and memory


def test_progress_adds_up_to_what_was_asked_for() -> None:
    """SCALE-11: the steps of progress add up to the draws or points, and tqdm shows them."""
    steps: list[int] = []
    simulated(progress=steps.append)
    assert steps == [4096, 4096, 808]
    with tqdm(total=9000, disable=True) as quiet, open(os.devnull, "w") as nowhere:
        swept(progress=quiet.update)
        with tqdm(total=9000, file=nowhere) as bar:
            swept(progress=bar.update)
            assert bar.n == 9000


def test_tables_one_by_one_are_the_table_of_all() -> None:
    """SCALE-12: the tables of sweep_chunks, set below each other, are sweep's rows (to the bit)."""
    tables = list(tc.sweep_chunks(PACKAGED, GRID, structures=NAMES, flows=FLOWS))
    assert [len(table) for table in tables] == [2 * 4096, 2 * 4096, 2 * 808]
    for name in NAMES:
        rows = [table[table["structure"] == name] for table in tables]
        whole = swept()
        own = whole[whole["structure"] == name].reset_index(drop=True)
        assert_identical(pd.concat(rows, ignore_index=True), own)
    assert all(table.attrs["scenario_hash"] == PACKAGED.hash for table in tables)


def peak_of_chunks(points: int) -> tuple[int, int]:
    """Return the most memory that a streamed sweep holds, and its largest job written out."""
    grid = {"durability": np.linspace(0, 1, points // 50), "growth_rate": np.linspace(0, 0.1, 50)}
    written = 0

    def measured(function: Callable[[Any], Any], jobs: Iterable[Any]) -> Iterator[Any]:
        nonlocal written
        for job in jobs:
            written = max(written, len(pickle.dumps(job)))
            yield function(job)

    tracemalloc.start()
    rows = 0
    asked = {"structures": ["no-deal"], "flows": FLOWS, "columns": ["relief_pv_usd"]}
    for table in tc.sweep_chunks(PACKAGED, grid, map=measured, **asked):
        rows += len(table)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows == points
    return most, written


def test_memory_is_bounded_by_the_chunk_and_not_by_the_grid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """SCALE-13: ten times the grid needs neither more memory (to 30%) nor larger jobs (to 1%)."""
    monkeypatch.setattr(execution, "CHUNKS_IN_FLIGHT", 4)
    peak_of_chunks(10_000)
    few, many = peak_of_chunks(50_000), peak_of_chunks(500_000)
    assert many[0] <= 1.3 * few[0]
    assert many[1] <= 1.01 * few[1]


def test_threads_give_the_same_bits(alone: dict[str, pd.DataFrame]) -> None:
    """SCALE-14: simulate and sweep over a pool of threads are those of one thread (to the bit)."""
    with ThreadPoolExecutor(3) as executor:
        assert_identical(simulated(map=executor.map), alone["simulate"])
        assert_identical(swept(map=executor.map), alone["sweep"])
