"""Chapter 23: studies: what is asked in a file, cut off at any moment, ends in the same bytes."""

import csv
import hashlib
import inspect
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.errors import ChunkError, InputError, TariffcalcError
from tariffcalc.studies import running
from tariffcalc.studies.chunked import SimulateItem, SweepItem
from tariffcalc.studies.quick import BreakEvenItem, CompareItem, SensitivityItem
from tariffcalc.tables import fingerprint

DAY = "2025-10-17"
PACKAGED = tc.load_scenario("korea-us", as_of=DAY)
CHANGES = {"tariffs.durability": 0.8, "pledge.structures.three-years.project_irr": 0.05}
SHAKY = PACKAGED.replace(CHANGES)
NAMES = ["three-years", "no-deal"]
COURT = {
    "kind": "branches",
    "branches": {
        "upheld": {"probability": 0.6},
        "struck-down": {"probability": 0.4, "changes": {"tariffs.snap_back": True}},
    },
}
NORMAL = {"kind": "normal", "mean": 0.07, "standard_deviation": 0.02, "low": 0.0}
WRITTEN: dict[str, Any] = {
    "name": "laws",
    "scenarios": {
        "october": {"packaged": "korea-us", "as_of": DAY},
        "shaky": {"packaged": "korea-us", "as_of": DAY, "set": CHANGES},
    },
    "compare": {"both": {"scenarios": ["october", "shaky"], "structures": NAMES}},
    "break_even": {"irr": {"scenario": "october", "path": "project_irr",
                           "structure": "upfront-cash"}},
    "sensitivity": {"tornado": {"scenario": "shaky", "structures": NAMES}},
    "sweep": {"grid": {"scenario": "october", "structures": NAMES,
                       "columns": ["net_benefit_usd"],
                       "values": {"timing": ["all_start", "all_end"],
                                  "durability": {"low": 0.5, "high": 1.0, "points": 300}}}},
    "simulate": {"benefit": {"scenario": "shaky", "structures": ["three-years"],
                             "draws": 5000, "seed": 3,
                             "distributions": {"project_irr": NORMAL, "court": COURT},
                             "correlation": [["project_irr", "durability", 0.4]]}},
}  # fmt: skip
STUDY = tc.Study.from_tree(WRITTEN)
QUICK = tc.Study.from_tree({k: v for k, v in WRITTEN.items() if k not in ("sweep", "simulate")})
LONG = tc.Study.from_tree({
    "name": "long",
    "scenarios": {"october": WRITTEN["scenarios"]["october"]},
    "sweep": {"grid": {"scenario": "october", "structures": ["no-deal"],
                       "columns": ["relief_pv_usd", "net_cost_usd"],
                       "values": {"durability": {"low": 0.5, "high": 1.0, "points": 5000}}}},
    "simulate": {"benefit": {"scenario": "october", "structures": NAMES, "draws": 5000, "seed": 3,
                             "distributions": {"project_irr": NORMAL}}},
})  # fmt: skip
CASES = [4096, 904, 4096, 904]


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def chunk_files(folder: Path) -> list[Path]:
    return sorted((folder / "chunks").rglob("*.npy"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    tc.run_study(LONG, out=folder)
    return folder


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole, tmp_path / "copy")


def assert_identical(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Fail when two tables differ in a bit, a word, a type or what they say of themselves."""
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert one.attrs == other.attrs


# What a study finds


def test_a_study_finds_what_the_functions_find(tmp_path: Path) -> None:
    """STUDY-1: sweeps, simulations and sensitivities are those of the functions (to the bit)."""
    tables = tc.run_study(STUDY, out=tmp_path).tables
    grid = {"timing": ["all_start", "all_end"], "durability": np.linspace(0.5, 1.0, 300)}
    assert_identical(tables["sweep.grid"], tc.sweep(PACKAGED, grid, structures=NAMES,
                                                    columns=["net_benefit_usd"]))  # fmt: skip
    drawn = {"project_irr": NORMAL, "court": tc.Branches.from_tree(COURT)}
    assert_identical(tables["simulate.benefit"], tc.simulate(
        SHAKY, draws=5000, seed=3, structures=["three-years"], distributions=drawn,
        correlation={("project_irr", "durability"): 0.4}))  # fmt: skip
    assert_identical(tables["sensitivity.tornado"], tc.sensitivity(SHAKY, structures=NAMES))


def test_scenarios_are_compared_under_the_names_of_the_study(tmp_path: Path) -> None:
    """STUDY-2: compare holds the rows of tc.compare, and calls the scenarios as the study does."""
    found = tc.run_study(QUICK, out=tmp_path).tables["compare.both"]
    asked = tc.compare(PACKAGED, SHAKY, structures=NAMES)
    assert found.index.tolist() == [(s, n) for s in ("october", "shaky") for n in NAMES]
    assert found.to_numpy().tobytes() == asked.to_numpy().tobytes()
    assert list(found) == list(asked)
    assert found.attrs == asked.attrs | {"fingerprint": fingerprint(found)}


def test_a_break_even_is_a_row(tmp_path: Path) -> None:
    """STUDY-3: a break-even is a row of its value, bracket, bounds and results at the bounds."""
    found = tc.run_study(QUICK, out=tmp_path).tables["break_even.irr"].iloc[0]
    asked = tc.break_even(PACKAGED, "project_irr", structure="upfront-cash")
    assert found[["path", "structure", "target", "found"]].tolist() == [
        "project_irr", "upfront-cash", "net_benefit_usd", "value",
    ]  # fmt: skip
    assert found[["value", "bracket_low", "bracket_high", "low", "high"]].tolist() == [
        *asked.values, *asked.brackets[0], *asked.bounds,
    ]  # fmt: skip
    assert found[["target_value", "low_result", "high_result"]].tolist() == [0.0, *asked.results]


def cells(table: pd.DataFrame) -> list[list[str]]:
    """Return what a file must hold: words as they are, numbers in their shortest exact form."""
    flat = table.reset_index() if table.index.names[0] else table
    rows = [
        ["" if cell != cell else str(cell) for cell in row] for row in flat.itertuples(index=False)
    ]
    return [list(flat), *rows]


def test_the_files_read_back_to_the_tables(tmp_path: Path) -> None:
    """STUDY-4: each CSV reads back to the bits of its table, and has the hash of the manifest."""
    tables = tc.run_study(STUDY, out=tmp_path).tables
    said = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))["items"]
    for label, table in tables.items():
        content = (tmp_path / f"{label}.csv").read_bytes()
        assert list(csv.reader(content.decode().splitlines())) == cells(table)
        assert said[label]["file"] == f"{label}.csv"
        assert said[label]["sha256"] == hashlib.sha256(content).hexdigest()
        assert said[label]["rows"] == len(table)
        assert said[label]["units"] == table.attrs["units"]


def test_the_manifest_says_what_was_asked_of_what(whole: Path) -> None:
    """STUDY-5: the manifest holds hashes of study and scenarios, versions and seeds; no time."""
    said = json.loads((whole / "manifest.json").read_text(encoding="utf-8"))
    assert list(said) == ["study", "title", "study_hash", "versions", "finished", "scenarios",
                          "items"]  # fmt: skip
    assert said["study_hash"] == LONG.hash
    assert said["finished"] is True
    assert said["scenarios"] == {
        "october": {"scenario": "korea-us", "as_of": DAY, "hash": PACKAGED.hash},
    }
    assert said["versions"]["tariffcalc"] == tc.__version__
    assert said["items"]["simulate.benefit"]["asked"]["seed"] == 3


# Cut off, and run again


class CutOff(BaseException):
    """Ends a run as a key press would: no handler of errors may catch it."""


def run_until(count: int, folder: Path) -> list[int]:
    """Run the study until some chunks are done; return the steps of progress."""
    steps: list[int] = []

    def strike(step: int) -> None:
        steps.append(step)
        if len(steps) == count:
            raise CutOff

    with pytest.raises(CutOff):
        tc.run_study(LONG, out=folder, progress=strike)
    return steps


@pytest.mark.parametrize("count", range(1, len(CASES) + 1))
def test_a_run_cut_off_after_any_chunk_ends_in_the_same_bytes(
    count: int, whole: Path, tmp_path: Path
) -> None:
    """STUDY-6: cut off after any chunk, the next run keeps those, and ends in the same bytes."""
    assert run_until(count, tmp_path) == CASES[:count]
    assert json.loads((tmp_path / "manifest.json").read_bytes())["finished"] is False
    found = tc.run_study(LONG, out=tmp_path).chunks
    assert found["kept"].tolist() == [min(count, 2), max(count - 2, 0)]
    assert found["computed"].tolist() == [2 - min(count, 2), 2 - max(count - 2, 0)]
    assert contents(tmp_path) == contents(whole)


SCRIPT = """
import sys, tariffcalc as tc
if __name__ == "__main__":
    tc.run_study(sys.argv[1], out=sys.argv[2])
"""


@pytest.fixture(scope="module")
def study_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("study") / "s.json"
    LONG.to_json(file)
    return file


@pytest.mark.parametrize("chunks", [0, 1, 3])
def test_a_killed_process_leaves_nothing_that_changes_a_byte(
    chunks: int, whole: Path, study_file: Path, tmp_path: Path
) -> None:
    """STUDY-7: a process killed (SIGKILL) once, with some chunks done, leaves the same bytes."""
    arguments = [sys.executable, "-c", SCRIPT, str(study_file), str(tmp_path)]
    process = subprocess.Popen(arguments)  # noqa: S603
    while len(chunk_files(tmp_path)) < chunks or not (tmp_path / "manifest.json").exists():
        assert process.poll() is None
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    left = len(chunk_files(tmp_path))
    assert tc.run_study(LONG, out=tmp_path).chunks["kept"].sum() == left
    assert contents(tmp_path) == contents(whole)


def test_half_a_file_is_never_taken_for_a_whole_one(whole: Path, copy: Path) -> None:
    """STUDY-8: what a kill leaves of a file that was being written is removed, never read."""
    for file in [*chunk_files(copy), *copy.glob("*.csv"), copy / "manifest.json"]:
        half = file.read_bytes()[: file.stat().st_size // 2]
        file.with_name(f"{file.name}.part").write_bytes(half)
    assert tc.run_study(LONG, out=copy).chunks["kept"].sum() == 4
    assert contents(copy) == contents(whole)


# Chunks that are kept


@pytest.mark.parametrize("place", range(4))
def test_a_chunk_that_is_gone_is_computed_again(place: int, whole: Path, copy: Path) -> None:
    """STUDY-9: without any one of the chunks, that one is computed, to the same bytes."""
    chunk_files(copy)[place].unlink()
    found = tc.run_study(LONG, out=copy).chunks.sum()
    assert found.to_dict() == {"kept": 3, "computed": 1, "damaged": 0, "removed": 0}
    assert contents(copy) == contents(whole)


def flipped(content: bytes, place: int) -> bytes:
    """Return bytes with one bit turned."""
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 3), st.floats(0, 1, exclude_max=True), st.sampled_from(["bit", "cut", "add"]))
def test_a_damaged_chunk_is_noticed_and_computed_again(
    whole: Path, copy: Path, place: int, where: float, how: str
) -> None:
    """STUDY-10: a chunk with a bit turned, cut short or longer is noticed and computed again."""
    file = chunk_files(copy)[place]
    content, at = file.read_bytes(), int(where * file.stat().st_size)
    damaged = {"bit": flipped(content, at), "cut": content[:at], "add": content + b"\0"}
    file.write_bytes(damaged[how])
    found = tc.run_study(LONG, out=copy).chunks.sum()
    assert found.to_dict() == {"kept": 3, "computed": 1, "damaged": 1, "removed": 0}
    assert contents(copy) == contents(whole)


def test_chunks_that_changed_places_are_noticed(whole: Path, copy: Path) -> None:
    """STUDY-11: two chunks whose contents were exchanged are both computed again."""
    one, two = chunk_files(copy)[:2]
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    assert tc.run_study(LONG, out=copy).chunks["damaged"].tolist() == [0, 2]
    assert contents(copy) == contents(whole)


def test_a_chunk_is_nothing_but_numbers(whole: Path) -> None:
    """STUDY-12: a kept chunk is a plain array, 8 bytes per draw and structure and a count."""
    arrays = [np.load(file, allow_pickle=False) for file in chunk_files(whole)]
    assert [a.shape for a in arrays] == [(2, 4097), (2, 905), (1, 2, 4096), (1, 2, 904)]
    assert all(a.dtype == np.float64 for a in arrays)
    names = [f"{p.parent.name}/{p.name.split('-')[0]}" for p in chunk_files(whole)]
    items = ("simulate.benefit", "sweep.grid")
    assert names == [f"{item}/{number:06d}" for item in items for number in range(2)]


def exchanged(function: Callable[[Any], Any], jobs: Iterable[Any]) -> list[Any]:
    return [function(job) for job in jobs][::-1]


def lost(function: Callable[[Any], Any], jobs: Iterable[Any]) -> list[Any]:
    return [function(job) for job in jobs][:-1]


def repeated(function: Callable[[Any], Any], jobs: Iterable[Any]) -> list[Any]:
    found = [function(job) for job in jobs]
    return [*found, found[-1]]


@pytest.mark.parametrize("mapped", [exchanged, lost, repeated])
def test_a_map_that_cannot_be_trusted_leaves_no_wrong_chunk(
    mapped: Any, whole: Path, tmp_path: Path
) -> None:
    """STUDY-13: a map that loses, exchanges or repeats results is refused; no chunk is wrong."""
    with pytest.raises(ChunkError):
        tc.run_study(LONG, out=tmp_path, map=mapped)
    kept = len(chunk_files(tmp_path))
    assert kept == {exchanged: 0, lost: 1, repeated: 2}[mapped]
    assert tc.run_study(LONG, out=tmp_path).chunks["kept"].sum() == kept
    assert contents(tmp_path) == contents(whole)


# A study that has changed

LEAVES: list[tuple[tuple[str, ...], Any]] = [
    (("scenarios", "october", "set"), {"tariffs.durability": 0.85}),
    (("sweep", "grid", "values", "durability", "high"), 0.9),
    (("sweep", "grid", "columns"), ["net_cost_usd", "relief_pv_usd"]),
    (("simulate", "benefit", "seed"), 4),
    (("simulate", "benefit", "distributions", "project_irr", "mean"), 0.08),
    (("simulate", "benefit", "structures"), ["upfront-cash"]),
]


def changed(path: tuple[str, ...], value: Any) -> tc.Study:
    """Return the study with one value changed."""
    written = json.loads(LONG.to_json())
    here = written
    for part in path[:-1]:
        here = here[part]
    here[path[-1]] = value
    return tc.Study.from_tree(written)


@pytest.mark.parametrize(("path", "value"), LEAVES, ids=lambda one: str(one)[:40])
def test_a_changed_number_is_never_mixed_with_what_was_kept(
    path: tuple[str, ...], value: Any, copy: Path, tmp_path: Path
) -> None:
    """STUDY-14: after a change, items it touches keep no chunk, others all; bytes as run anew."""
    other = changed(path, value)
    assert other.hash != LONG.hash
    found = tc.run_study(other, out=copy).chunks
    touched = ["sweep.grid", "simulate.benefit"] if path[0] == "scenarios" else [
        ".".join(path[:2])]  # fmt: skip
    for label, row in found.iterrows():
        new = label in touched
        assert row.tolist() == [0 if new else 2, 2 if new else 0, 0, 2 if new else 0]
    tc.run_study(other, out=tmp_path / "anew")
    assert contents(copy) == contents(tmp_path / "anew")


def test_a_changed_study_that_is_cut_off_leaves_no_older_result(copy: Path) -> None:
    """STUDY-15: when a changed study is cut off, results it does not ask for are gone already."""
    before = (copy / "sweep.grid.csv").read_bytes()

    def strike(_: int) -> None:
        raise CutOff

    (copy / "chunks" / "simulate.benefit").rename(copy / "aside")
    with pytest.raises(CutOff):
        tc.run_study(changed(("simulate", "benefit", "seed"), 4), out=copy, progress=strike)
    assert (copy / "sweep.grid.csv").read_bytes() == before
    assert not (copy / "simulate.benefit.csv").exists()
    said = json.loads((copy / "manifest.json").read_bytes())
    assert said["items"]["simulate.benefit"]["asked"]["seed"] == 4
    assert "sha256" not in said["items"]["simulate.benefit"]


def test_an_item_that_is_no_longer_asked_leaves_nothing(copy: Path, tmp_path: Path) -> None:
    """STUDY-16: an item taken out or renamed leaves neither result nor chunk, others' files do."""
    written = json.loads(LONG.to_json())
    written["sweep"] = {}
    less = tc.Study.from_tree(written)
    (copy / "mine.txt").write_text("mine")
    (copy / "chunks" / "mine.txt").write_text("mine")
    assert tc.run_study(less, out=copy).chunks["kept"].tolist() == [2]
    tc.run_study(less, out=tmp_path / "anew")
    found = contents(copy)
    assert found.pop("mine.txt") == found.pop("chunks/mine.txt") == b"mine"
    assert found == contents(tmp_path / "anew")


@pytest.mark.parametrize("name", ["tariffcalc", "tariffcalc_hash", "python", "numpy", "pandas"])
def test_chunks_of_another_version_are_not_used(
    name: str, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """STUDY-17: chunks of other versions, code or data are not used: their bits may differ."""
    versions = running.versions()
    monkeypatch.setattr(running, "versions", lambda: versions | {name: "0"})
    found = tc.run_study(LONG, out=copy).chunks
    assert found["computed"].tolist() == found["removed"].tolist() == [2, 2]


def test_a_scenario_in_a_file_is_known_by_what_is_in_it(tmp_path: Path) -> None:
    """STUDY-18: a file lies beside its study; a change in it, not its name, changes the result."""
    (tmp_path / "sub").mkdir()
    PACKAGED.to_toml(tmp_path / "sub" / "mine.toml")
    PACKAGED.to_json(tmp_path / "sub" / "mine.json")
    text = (
        'name = "s"\nscenarios.mine = { file = "sub/mine.toml" }\n'
        'simulate.x = { scenario = "mine", structures = ["no-deal"], draws = 9, seed = 1 }\n'
    )
    study = tmp_path / "s.toml"

    def counts(now: str) -> list[int]:
        study.write_text(now)
        return tc.run_study(study, out=tmp_path / "out").chunks.iloc[0].tolist()

    assert counts(text) == [0, 1, 0, 0]
    assert counts(text.replace("mine.toml", "mine.json")) == [1, 0, 0, 0]
    PACKAGED.replace({"tariffs.durability": 0.8}).to_toml(tmp_path / "sub" / "mine.toml")
    assert counts(text) == [0, 1, 0, 1]


# The same bytes


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        yield executor


def test_worker_processes_write_the_same_bytes(
    pool: ProcessPoolExecutor, whole: Path, tmp_path: Path
) -> None:
    """STUDY-19: a run over two processes, and one resumed by them, ends in the same bytes."""
    tc.run_study(LONG, out=tmp_path / "two", map=pool.map)
    assert contents(tmp_path / "two") == contents(whole)
    run_until(3, tmp_path / "resumed")
    tc.run_study(LONG, out=tmp_path / "resumed", map=pool.map)
    assert contents(tmp_path / "resumed") == contents(whole)


@pytest.mark.parametrize("seed", ["0", "4242"])
def test_hash_seeds_write_the_same_bytes(
    seed: str, whole: Path, study_file: Path, tmp_path: Path
) -> None:
    """STUDY-20: processes with other hash seeds write the same bytes, and so does a file."""
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    arguments = [sys.executable, "-c", SCRIPT, str(study_file), str(tmp_path)]
    subprocess.run(arguments, check=True, env=environment)  # noqa: S603
    assert contents(tmp_path) == contents(whole)


def test_progress_adds_up_to_the_cases_of_a_study(copy: Path) -> None:
    """STUDY-21: progress adds up to the points and draws of the study, kept ones included."""
    steps: list[int] = []
    tc.run_study(LONG, out=copy, progress=steps.append)
    assert steps == CASES
    assert LONG.cases == sum(CASES) == 10_000
    assert QUICK.cases == 0


# What is written


def test_a_study_written_as_json_is_the_same_study() -> None:
    """STUDY-22: from_json(to_json) gives the same study and hash; TOML says the same."""
    read = tc.Study.from_json(STUDY.to_json())
    assert read.hash == STUDY.hash
    assert read.to_json() == STUDY.to_json()
    text = (
        'name = "s"\n[scenarios.now]\npackaged = "korea-us"\nas_of = 2025-10-17\n'
        '[sweep.x]\nscenario = "now"\nvalues = { "project_irr" = [0.05, 0.1] }\n'
    )
    assert tc.Study.from_toml(text) == tc.Study(
        name="s", scenarios={"now": {"packaged": "korea-us", "as_of": DAY}},
        sweep={"x": {"scenario": "now", "values": {"project_irr": np.array([0.05, 0.1])}}},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("item", "function"),
    [
        (CompareItem, tc.compare),
        (BreakEvenItem, tc.break_even),
        (SensitivityItem, tc.sensitivity),
        (SweepItem, tc.sweep),
        (SimulateItem, tc.simulate),
    ],
)
def test_an_item_has_the_words_of_its_function(item: Any, function: Any) -> None:
    """STUDY-23: the fields of an item are the arguments of its function, but for how it is run."""
    words = set(inspect.signature(function).parameters) - {"flows", "map", "progress"}
    assert words == set(item.model_fields) - {"name"}
    assert item.kind == function.__name__


def test_distributions_and_correlations_may_be_objects() -> None:
    """STUDY-24: tc.Normal and a mapping from pairs are the tables and lists of a file."""
    given = {"project_irr": tc.Normal(mean=0.07, standard_deviation=0.02, low=0.0),
             "court": tc.Branches.from_tree(COURT)}  # fmt: skip
    asked = WRITTEN["simulate"]["benefit"] | {
        "distributions": given, "correlation": {("project_irr", "durability"): 0.4}
    }  # fmt: skip
    read = tc.Study.from_tree(WRITTEN | {"simulate": {"benefit": asked}})
    assert read.simulate[0].correlation == STUDY.simulate[0].correlation
    drawn = [s.simulate[0].words() for s in (read, STUDY)]
    one, two = (tc.simulate(PACKAGED, **w | {"draws": 50}) for w in drawn)
    assert_identical(one, two)


def test_words_that_look_like_formulas_are_no_formulas(tmp_path: Path) -> None:
    """STUDY-25: a word that a spreadsheet would compute gets an apostrophe; numbers get none."""
    titles = ["=1+1", "+1", "-1", "@x", "\tx", "plain"]
    study = tc.Study(
        name="s", scenarios={"now": {"packaged": "korea-us", "as_of": DAY}},
        sweep={"x": {"scenario": "now", "structures": ["three-years"], "paired": True,
                     "values": {"title": titles, "durability": [0.5] * 6}}},
    )  # fmt: skip
    tc.run_study(study, out=tmp_path)
    read = pd.read_csv(tmp_path / "sweep.x.csv")
    assert read["title"].tolist() == [*(f"'{title}" for title in titles[:5]), "plain"]
    assert (read["net_benefit_usd"] < 0).any()


# What is refused


def message(ask: Callable[[], object], kind: type[TariffcalcError] = InputError) -> str:
    with pytest.raises(kind) as caught:
        ask()
    return str(caught.value)


HEAD = 'name = "s"\nscenarios.now = { packaged = "korea-us" }\n'


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ('name = "s"\nscenarios = {}\n',
         ["nothing is asked; give a table of compare, break_even, sensitivity, sweep, simulate"]),
        ('name = "s"\nscenarios.now = { packged = "korea-us" }\nswep = {}\n',
         [("scenarios.now.packged: unknown field; did you mean 'packaged'? Allowed: name, "
          "packaged, as_of, file, set."),
          ("swep: unknown field; did you mean 'sweep'? Allowed: name, title, scenarios, compare, "
          "break_even, sensitivity, sweep, simulate.")]),
        ('name = "s"\nscenarios.a = {}\nscenarios.b = { file = "b.toml", as_of = 2025-10-17 }\n',
         ['scenarios.a: either packaged or file is needed, such as packaged = "korea-us"',
          "scenarios.b: as_of chooses a packaged vintage; a file states its own as_of"]),
        (HEAD + 'compare.x = { scenarios = ["noww", "now", "now"] }\n'
         'simulate.y = { scenario = "octobr", draws = 9, seed = 1 }\n',
         [("compare.x.scenarios: unknown scenario 'noww'; did you mean 'now'? The study has now; "
          "compare.x.scenarios: a scenario is named twice; simulate.y.scenario: unknown scenario "
          "'octobr'. The study has now")]),
        (HEAD + 'simulate.y = { scenario = "now", draws = 1, seed = -1 }\n',
         ["simulate.y.draws: input should be greater than or equal to 2, given 1",
          "simulate.y.seed: input should be greater than or equal to 0, given -1"]),
        (HEAD + 'sweep.z = { scenario = "now", values = { tariffs.durability = [0.5], a = 1, '
         'b = [], c = { low = 0, high = 1 }, d = { low = 0, high = "1", points = 3 }, '
         'e = { low = 0, high = 1, points = 1 } } }\n',
         [('sweep.z.values: tariffs: a path is one name in quotes, such as "tariffs.durability" = '
          "…; without quotes TOML reads it as tables; a: a list of values, or a table with low, "
          "high and points, is needed, given 1; b: at least one value is needed, given none; c: a "
          "range has low, high and points, given low, high; d: a number is needed, given '1'; e: "
          "points: a whole number from 2 to 10,000,000 is needed, given 1")]),
        (HEAD + 'sweep.z = { scenario = "now", values = { a = { low = 0, high = 1, points = '
         "9999999 }, b = [1, 2] } }\n",
         [("sweep.z: values: 19,999,998 points are over the 10,000,000 of one table; give fewer, "
          "or split the sweep")]),
        (HEAD + 'simulate.y = { scenario = "now", draws = 9, seed = 1, distributions = { a = '
         '{ kind = "nrmal" }, b = { kind = "uniform", low = 2, high = 1 } }, correlation = '
         '[["a", "b", 0.1], ["a", "b", 0.2]] }\n',
         [("simulate.y.distributions: a: Normal, Lognormal, Triangular, Uniform, Beta, Discrete or "
          "Branches is needed, given {'kind': 'nrmal'}; b: Uniform cannot be built: - low 2 is "
          "above high 1; swap them"),
          "simulate.y.correlation: a with b is given twice; leave one out"]),
    ],
)  # fmt: skip
def test_faults_of_a_study_are_told_all_at_once(text: str, faults: list[str]) -> None:
    """STUDY-26: a study that cannot be is refused with path, value and close matches, all."""
    said = message(lambda: tc.Study.from_toml(text))
    assert said == "\n  - ".join(["Study cannot be built:", *faults])


def test_what_does_not_fit_a_scenario_is_refused_before_anything_is_computed(
    tmp_path: Path,
) -> None:
    """STUDY-27: unknown names, files, paths and columns of all items are refused at once."""
    text = HEAD.replace("now =", "now = { packaged = 'korea-us', as_of = 2025-10-17 }\n"
                        "scenarios.none = { file = 'none.toml' }\n"
                        "scenarios.usa = { packaged = 'korea-usa' }\n"
                        "scenarios.set =") + """
        scenarios.bad = { packaged = "korea-us", set = { "tariffs.durabilty" = 1 } }
        compare.a = { scenarios = ["now"], columns = ["net_cost"] }
        break_even.b = { scenario = "now", path = "project_irrr" }
        sensitivity.c = { scenario = "now", structures = ["upfront"] }
        sweep.d = { scenario = "now", values = { durability = [0.5, 2.0] } }
        simulate.e = { scenario = "now", draws = 9, seed = 1, correlation = [["a", "b", 0.5]] }
        simulate.f = { scenario = "none", draws = 9, seed = 1 }
    """  # fmt: skip
    file = tmp_path / "s.toml"
    file.write_text(text)
    said = message(lambda: tc.run_study(file, out=tmp_path / "out")).splitlines()
    assert said[0] == "study s cannot be run: 8 faults"
    assert said[1] == f"  - scenarios.none: {tmp_path / 'none.toml'}: no such file"
    assert said[2].startswith("  - scenarios.usa: unknown scenario 'korea-usa'; did you mean ")
    assert "unknown path 'tariffs.durabilty'; did you mean 'tariffs.durability'" in said[4]
    starts = ["compare.a: unknown column 'net_cost'; did you mean 'net_cost_usd'",
              "break_even.b: unknown path 'project_irrr'",
              "sensitivity.c: unknown structure 'upfront'; did you mean ",
              "sweep.d: Scenario cannot be built:",
              "simulate.e: unknown uncertain number 'a'"]  # fmt: skip
    for start in starts:
        assert sum(line.startswith(f"  - {start}") for line in said) == 1, start
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "content", ["", "{}", '{"items": []}', '{"items": {"a": {}}}', '{"items": {"a": 1}}']
)
def test_a_manifest_that_no_run_has_written_is_refused(content: str, tmp_path: Path) -> None:
    """STUDY-28: a folder whose manifest cannot be read is refused, and left as it is."""
    manifest = tmp_path / "manifest.json"
    manifest.write_text(content)
    said = message(lambda: tc.run_study(LONG, out=tmp_path))
    assert said.startswith(f"{manifest} is not what a run of a study writes (")
    assert said.endswith("Remove the folder, or give another one")
    assert contents(tmp_path) == {"manifest.json": content.encode()}


def test_what_is_no_study_and_no_folder_is_refused(tmp_path: Path) -> None:
    """STUDY-29: what is no study, file or folder is refused; a large file, a key given twice."""
    (tmp_path / "file").write_text("")
    (tmp_path / "large.toml").write_text("#" * 5_000_001)
    (tmp_path / "twice.json").write_text('{"name": "a", "name": "b"}')
    for study, out, said in (
        (5, tmp_path, "study: a Study, or the path of its file, is needed, given 5"),
        ("s.yaml", tmp_path, "s.yaml: a .toml or .json file is needed"),
        ("none.toml", tmp_path, "none.toml: no such file"),
        (tmp_path / "large.toml", tmp_path, (f"{tmp_path / 'large.toml'}: 5,000,001 bytes are over "
         "the 5,000,000 a file may have")),
        (tmp_path / "twice.json", tmp_path, (f"{tmp_path / 'twice.json'} cannot be read: key "
         "'name' is given twice")),
        (LONG, None, "out: a pathlib.Path or text is needed, given None"),
        (LONG, tmp_path / "file", (f"out: {str(tmp_path / 'file')!r} is no folder to write to: "
         "File exists")),
    ):  # fmt: skip
        assert message(lambda s=study, o=out: tc.run_study(s, out=o)) == said


def test_a_study_does_not_change(whole: Path, tmp_path: Path) -> None:
    """STUDY-30: a study is frozen, a run leaves it as it was, and its result says what it is."""
    before = LONG.to_json()
    assert message(lambda: setattr(LONG, "name", "x")) == (
        "Study cannot be changed; build another one"
    )
    assert message(lambda: LONG.sweep[0].values.update({})) == (
        "a table of a declared object cannot be changed; build another one"
    )
    result = tc.run_study(LONG, out=str(tmp_path))
    assert isinstance(result, tc.StudyResult)
    assert repr(result) == "StudyResult('long': sweep.grid, simulate.benefit)"
    assert (result.folder, LONG.to_json()) == (tmp_path, before)
