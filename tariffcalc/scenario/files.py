"""Scenarios as TOML and JSON: read with a size cap and no doubtful keys, written to be read."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tariffcalc.errors import InputError

__all__ = [
    "PART",
    "file_tree",
    "json_text",
    "json_tree",
    "toml_text",
    "toml_tree",
    "whole_file",
    "written",
]

MOST_BYTES = 5_000_000
PART = ".part"  # of the name of a file that is not whole yet
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def source_text(source: str | Path, kind: str) -> str:
    """Return the text of a file, or the text itself; a large or unreadable file is refused."""
    if isinstance(source, str):
        check_text(source, kind)
        return source
    if not isinstance(source, Path):
        raise InputError(f"a pathlib.Path or {kind} text is needed, given {source!r}")
    try:
        if not source.is_file():
            raise InputError(f"{source}: no such file")
        size = source.stat().st_size
        if size > MOST_BYTES:
            raise InputError(
                f"{source}: {size:,} bytes are over the {MOST_BYTES:,} a file may have"
            )
        return source.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{source}: not UTF-8 text ({error.reason} at byte {error.start})"
        ) from None
    except OSError as error:
        raise InputError(f"{source}: cannot be read ({error.strerror})") from None


def check_text(text: str, kind: str) -> None:
    """Refuse text that is too long, or that is the name of a file."""
    if len(text) > MOST_BYTES:
        raise InputError(f"{kind} text of {len(text):,} characters is over {MOST_BYTES:,}")
    if text.endswith(f".{kind.lower()}") and "\n" not in text:
        raise InputError(f"{text!r} is text, not a file; give pathlib.Path({text!r})")


def file_tree(path: Path) -> dict[str, Any]:
    """Read a ``.toml`` or ``.json`` file."""
    if path.suffix not in (".toml", ".json"):
        raise InputError(f"{path}: a .toml or .json file is needed")
    return toml_tree(path) if path.suffix == ".toml" else json_tree(path)


def toml_tree(source: str | Path) -> dict[str, Any]:
    """Read TOML; the parser itself refuses a key given twice."""
    text = source_text(source, "TOML")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        where = "TOML text" if isinstance(source, str) else str(source)
        raise InputError(f"{where} cannot be read: {error}") from None


def json_tree(source: str | Path) -> dict[str, Any]:
    """Read JSON; a key given twice, NaN and infinity are refused."""
    text = source_text(source, "JSON")
    where = "JSON text" if isinstance(source, str) else str(source)
    try:
        read = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} cannot be read: {error}") from None
    if not isinstance(read, dict):
        raise InputError(f"{where} cannot be read: a table is needed, given {type(read).__name__}")
    return read


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for key, value in pairs:
        if key in table:
            raise ValueError(f"key {key!r} is given twice")
        table[key] = value
    return table


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number; leave out what is unknown")


def json_text(tree: Mapping[str, Any]) -> str:
    """Write nested tables as JSON, dates as ISO text."""
    return json.dumps(tree, indent=2, ensure_ascii=False, default=str) + "\n"


def toml_text(tree: Mapping[str, Any]) -> str:
    """Write nested tables as TOML: plain values first, then a section per table."""
    lines: list[str] = []
    _section(tree, (), lines)
    return "\n".join(lines).lstrip("\n") + "\n"


def _section(table: Mapping[str, Any], path: tuple[str, ...], lines: list[str]) -> None:
    plain = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    tables = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    if path and (plain or not tables):
        lines += ["", f"[{'.'.join(_key(part) for part in path)}]"]
    lines += [f"{_key(key)} = {_value(value)}" for key, value in plain.items()]
    for key, value in tables.items():
        _section(value, (*path, key), lines)


def _key(key: str) -> str:
    return key if BARE_KEY.fullmatch(key) else _text(key)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return repr(value)


def written(text: str, path: str | Path | None) -> str:
    """Write the text to a file when there is a path: whole, or not at all; and return it."""
    if path is None:
        return text
    if not isinstance(path, str | Path):
        raise InputError(f"path: a pathlib.Path or text is needed, given {path!r}")
    with whole_file(Path(path)) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
    return text


@contextlib.contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Give the file to write first, and put it in the target's place: whole, or not at all."""
    part = target.parent / f"{target.name}{PART}"
    try:
        yield part
        part.replace(target)
    except (OSError, ValueError) as error:
        with contextlib.suppress(OSError, ValueError):
            part.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{str(target)!r} cannot be written: {reason}") from None
