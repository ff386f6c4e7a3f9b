"""Chunks kept in a folder: computed once, known by what they are of, and checked when read."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tariffcalc.analysis.execution import Job, MapLike
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.scenario.files import PART, whole_file
from tariffcalc.studies.forms import Form

__all__ = ["KEPT_NAME", "Counts", "KeptMap"]

DIGITS = 16  # hexadecimal, of a hash in the name of a file
KEPT_NAME = re.compile(rf"\d{{6,}}-[0-9a-f]{{16}}-[0-9a-f]{{16}}\.npy({re.escape(PART)})?")


def digest(content: bytes) -> str:
    """Return the hash of some bytes, short enough for the name of a file."""
    return hashlib.sha256(content).hexdigest()[:DIGITS]


@dataclass(slots=True)
class Counts:
    """What became of the chunks of an item.

    ``kept`` were read, ``computed`` were not there, ``damaged`` were there and have been computed
    again; ``removed`` belong to another study, item or version.
    """

    kept: int = 0
    computed: int = 0
    damaged: int = 0
    removed: int = 0


@dataclass(slots=True)
class KeptMap:
    """A map that keeps each result in a folder, and computes none that is kept already.

    ``key`` is the hash of what the chunks are of. A file is named
    ``<number>-<hash of key and cases>-<hash of the content>.npy``; one whose content has another
    hash is damaged, and its chunk is computed again.
    """

    folder: Path
    key: str
    form: Form
    mapped: MapLike
    counts: Counts = field(default_factory=Counts)
    used: set[str] = field(default_factory=set)

    def __call__(
        self, function: Callable[[Any], tuple[int, Any]], jobs: Iterable[Job], /
    ) -> Iterator[tuple[int, Any]]:
        """Return the results of a function in the order of the jobs."""
        listed = list(jobs)
        kept = {job.number: self._read(job) for job in listed}
        missing = [job for job in listed if kept[job.number] is None]
        fresh = iter(self.mapped(function, missing) if missing else ())
        for job in listed:
            values = kept.pop(job.number)
            if values is not None:
                self.counts.kept += 1
                yield job.number, self.form.unpacked(values)
                continue
            found = next(fresh, None)
            if found is None:
                return
            if found[0] == job.number:
                self._keep(job, self.form.packed(found[1]))
            yield found
        yield from fresh

    def tidied(self) -> Counts:
        """Remove what is not of this run, chunks of something else and files left half; count."""
        for file in self._files():
            if file.name not in self.used and KEPT_NAME.fullmatch(file.name):
                self.counts.removed += file.suffix != PART
                file.unlink()
        return self.counts

    def _files(self) -> list[Path]:
        return sorted(self.folder.iterdir()) if self.folder.is_dir() else []

    def _name(self, job: Job) -> str:
        """Return the beginning of the name of a chunk's file."""
        return f"{job.number:06d}-{digest(f'{self.key} {job.start} {job.stop}'.encode())}-"

    def _read(self, job: Job) -> FloatArray | None:
        """Return the values of a kept chunk; remove it where it is damaged."""
        for file in sorted(self.folder.glob(f"{self._name(job)}*.npy")):
            content = file.read_bytes()
            if file.name == f"{self._name(job)}{digest(content)}.npy":
                self.used.add(file.name)
                return np.asarray(np.load(io.BytesIO(content), allow_pickle=False))
            self.counts.damaged += 1
            file.unlink()
        return None

    def _keep(self, job: Job, values: FloatArray) -> None:
        stream = io.BytesIO()
        np.save(stream, values, allow_pickle=False)
        content = stream.getvalue()
        name = f"{self._name(job)}{digest(content)}.npy"
        self.folder.mkdir(parents=True, exist_ok=True)
        with whole_file(self.folder / name) as part:
            part.write_bytes(content)
        self.used.add(name)
        self.counts.computed += 1
