"""Chunks through any map: in order, complete, and with a name for the one that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Protocol, TypeVar

from tariffcalc.errors import ChunkError, InputError, TariffcalcError

__all__ = ["Job", "MapLike", "Progress", "jobs", "run"]

# Chunks handed to a map at once: an executor's map takes all it is given before the first result.
CHUNKS_IN_FLIGHT = 256

J = TypeVar("J", bound="Job")
R = TypeVar("R")
Progress = Callable[[int], object]


class MapLike(Protocol):
    """What the builtin ``map`` and the ``map`` of an executor have in common."""

    def __call__(self, function: Callable[[Any], Any], jobs: Iterable[Any], /) -> Iterable[Any]:
        """Return the results of a function in the order of the jobs."""


@dataclass(frozen=True)
class Job:
    """A chunk: which of how many, and which cases, from ``start`` to before ``stop``."""

    number: int
    chunks: int
    start: int
    stop: int
    word: str

    def __str__(self) -> str:
        """Return a name for messages."""
        return (
            f"chunk {self.number + 1} of {self.chunks} "
            f"({self.word} {self.start + 1:,} to {self.stop:,})"
        )


def jobs(size: int, step: int, word: str) -> Iterator[Job]:
    """Cut cases into jobs, one by one."""
    count = -(-size // step)
    for number in range(count):
        yield Job(number, count, number * step, min((number + 1) * step, size), word)


def run(
    task: Callable[[J], R],
    given: Iterable[J],
    mapped: MapLike,
    progress: Progress | None = None,
) -> Iterator[tuple[J, R]]:
    """Run a task on every job through a map; yield each job with its result, in order.

    Raises
    ------
    ChunkError
        Naming the first chunk without a result: its worker died, or the map lost, repeated or
        exchanged results. What the task itself refuses is raised as it is, with a note.
    InputError
        For a map or a progress that cannot be called.
    """
    for name, value in (("map", mapped), ("progress", progress)):
        if value is not None and not callable(value):
            raise InputError(f"{name}: a function is needed, given {value!r}")
    left = iter(given)
    while window := list(islice(left, CHUNKS_IN_FLIGHT)):
        yield from _window(partial(_numbered, task), window, mapped, progress)


def _numbered(task: Callable[[J], R], job: J) -> tuple[int, R]:
    return job.number, task(job)


def _window(
    task: Callable[[J], tuple[int, R]],
    window: Sequence[J],
    mapped: MapLike,
    progress: Progress | None,
) -> Iterator[tuple[J, R]]:
    results = iter(_guarded(window[0], lambda: mapped(task, window)))
    for job in window:
        number, result = _guarded(job, lambda: next(results))
        if number != job.number:
            raise ChunkError(f"{job} failed: the map returned chunk {number + 1} in its place")
        yield job, result
        if progress is not None:
            progress(job.stop - job.start)
    if next(results, None) is not None:
        raise ChunkError(f"{window[-1]}: the map returned more results than chunks")


def _guarded(job: Job, ask: Callable[[], Any]) -> Any:
    """Return what is asked for; name the chunk in what goes wrong."""
    try:
        return ask()
    except StopIteration:
        raise ChunkError(f"{job} failed: the map ended without its result") from None
    except TariffcalcError as error:
        error.add_note(f"in {job}")
        raise
    except Exception as error:
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise ChunkError(
            f"{job} failed: {said.rstrip('.: ')}. No result was used; run it again, or with fewer "
            "workers: the same seed and chunks give the same numbers"
        ) from error
