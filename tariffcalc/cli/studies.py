"""The command that runs a study into a folder: run."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tariffcalc.cli.commands import Command

if TYPE_CHECKING:
    from tariffcalc.analysis.execution import MapLike
    from tariffcalc.studies.running import StudyResult

__all__ = ["RUN"]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("study", help="a .toml or .json file")
    parser.add_argument(
        "--out", required=True, metavar="FOLDER", help="where results and chunks are kept"
    )
    parser.add_argument(
        "--workers", type=_workers, default=1, metavar="N", help="processes; default: 1"
    )


def _workers(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number of at least 1 is needed, given {text!r}")
    return int(text)


def run_run(options: argparse.Namespace) -> str:
    """Run the study and return what was written."""
    from tariffcalc.cli.progress import Meter
    from tariffcalc.scenario.files import file_tree
    from tariffcalc.studies.model import Study
    from tariffcalc.studies.running import run_study

    path = Path(options.study)
    meter = Meter(Study.from_tree(file_tree(path)).cases, sys.stderr)
    with _workers_map(options.workers) as mapped, contextlib.ExitStack() as last:
        last.callback(meter.clear)
        result = run_study(path, out=options.out, map=mapped, progress=meter)
    return _summary(result)


@contextlib.contextmanager
def _workers_map(workers: int) -> Iterator[MapLike]:
    """Give the map of some processes; they end with the run, however it ends."""
    if workers == 1:
        yield map
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from tariffcalc.cli.workers import begin

    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=begin)
    try:
        yield pool.map
    finally:
        pool.shutdown(cancel_futures=True)


def _summary(result: StudyResult) -> str:
    """Return a line for each file, and what became of the kept chunks."""
    rows = {f"{label}.csv": _rows(len(table)) for label, table in result.tables.items()}
    width = max(map(len, rows))
    lines = [f"  {name.ljust(width)}  {size}" for name, size in rows.items()]
    counts = result.chunks.sum()
    said = [f"{counts['computed']} computed", f"{counts['kept']} kept from an earlier run"]
    if counts["damaged"]:
        said.append(f"{counts['damaged']} damaged and computed again")
    if counts["removed"]:
        said.append(f"{counts['removed']} of something else removed")
    head = f"study {result.name} in {result.folder}:"
    return "\n".join([head, *lines, f"chunks: {', '.join(said)}"]) + "\n"


def _rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"


RUN = Command(
    "run",
    "run a study file into a folder, from where an earlier run stopped",
    "run korea.study.toml --out results",
    _arguments,
    run_run,
    "interrupted: finished chunks are kept; the same command goes on from there",
)
