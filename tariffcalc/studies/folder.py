"""The folder of a study: its results, its kept chunks, and a manifest that says what they are."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from tariffcalc.errors import InputError
from tariffcalc.scenario.files import PART, json_text, json_tree, whole_file, written
from tariffcalc.studies.chunks import KEPT_NAME

__all__ = ["Folder", "csv_text", "folder_at"]

MANIFEST, CHUNKS = "manifest.json", "chunks"
FORMULA = re.compile(r"^[=+\-@\t\r]")


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the results of a study are written; what a file is known by is in the manifest."""

    path: Path

    def chunks(self, label: str) -> Path:
        """Return the folder of an item's chunks."""
        return self.path / CHUNKS / label

    def write(self, label: str, frame: pd.DataFrame) -> dict[str, Any]:
        """Write the table of an item; return what the manifest says of the file."""
        content = csv_text(frame).encode()
        with whole_file(self.path / _file_of(label)) as part:
            part.write_bytes(content)
        return {
            "file": _file_of(label),
            "rows": len(frame),
            "sha256": hashlib.sha256(content).hexdigest(),
            "units": frame.attrs["units"],
            "notes": frame.attrs.get("notes", []),
        }

    def open(self, manifest: Mapping[str, Any]) -> None:
        """Say what the folder is going to hold; results of anything else are removed first.

        The manifest of a run that was cut off names the same keys, so that nothing of another
        study can be taken for a result of this one.
        """
        planned = {label: item["key"] for label, item in manifest["items"].items()}
        for label, key in _items_of(self.path / MANIFEST).items():
            if planned.get(label) != key:
                (self.path / _file_of(label)).unlink(missing_ok=True)
        self.say(manifest)

    def say(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest."""
        written(json_text(manifest), self.path / MANIFEST)

    def tidy(self, labels: Iterable[str]) -> None:
        """Remove kept chunks of items that are no longer asked, and what a kill left half."""
        known = set(labels)
        for name in (MANIFEST, *map(_file_of, known)):
            (self.path / f"{name}{PART}").unlink(missing_ok=True)
        chunks = self.path / CHUNKS
        for folder in sorted(chunks.glob("*")):
            if folder.name not in known:
                _empty(folder)
        _remove_if_empty(chunks)


def _empty(folder: Path) -> None:
    """Remove the kept chunks of a folder, and the folder when there is nothing else in it."""
    for file in sorted(folder.glob("*")):
        if KEPT_NAME.fullmatch(file.name):
            file.unlink()
    _remove_if_empty(folder)


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def folder_at(out: object) -> Folder:
    """Return the folder at a path; make it where there is none."""
    if not isinstance(out, str | Path):
        raise InputError(f"out: a pathlib.Path or text is needed, given {out!r}")
    path = Path(out)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"out: {str(path)!r} is no folder to write to: {reason}") from None
    return Folder(path)


def _file_of(label: str) -> str:
    return f"{label}.csv"


def _items_of(manifest: Path) -> dict[str, str]:
    """Return the key of each item that a manifest names; none where there is no manifest."""
    if not manifest.exists():
        return {}
    try:
        items = json_tree(manifest)["items"]
        return {label: item["key"] for label, item in items.items()}
    except (InputError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{manifest} is not what a run of a study writes ({error}): nobody can say of which "
            "study the results beside it are. Remove the folder, or give another one"
        ) from None


def csv_text(frame: pd.DataFrame) -> str:
    """Return a table as CSV: index levels first, numbers that read back to the same bits.

    Words that a spreadsheet would take for a formula get an apostrophe in front.
    """
    named = [name for name in frame.index.names if name is not None]
    flat = frame.reset_index() if named else frame.copy()
    for column in flat.columns:
        if not pd.api.types.is_numeric_dtype(flat[column]):
            flat[column] = flat[column].map(_plain)
    return str(flat.to_csv(index=False, lineterminator="\n"))


def _plain(cell: Any) -> Any:
    if isinstance(cell, Mapping):
        return json.dumps(cell, default=str, ensure_ascii=False)
    return f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell
