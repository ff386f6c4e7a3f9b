"""Files on disk: checked, opened with a size cap, decoded; JSON without doubtful values."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from tariffcalc.errors import InputError

__all__ = [
    "MOST_BYTES",
    "checked_path",
    "encoding_of",
    "json_value",
    "over",
    "reason",
    "text_lines",
]

MOST_BYTES = 512_000_000
BLOCK = 1 << 20
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def checked_path(path: str | Path, most_bytes: int) -> Path:
    """Return the path of a file that exists and is no larger than the cap."""
    if not isinstance(path, str | Path):
        raise InputError(f"path: a pathlib.Path or text is needed, given {path!r}")
    if "://" in str(path):
        raise InputError(f"{path}: there is no network client; download the file and give its path")
    if isinstance(most_bytes, bool) or not isinstance(most_bytes, int) or most_bytes < 1:
        raise InputError(f"most_bytes: a whole number of bytes is needed, given {most_bytes!r}")
    file = Path(path)
    try:
        if not file.is_file():
            raise InputError(f"{file}: {'this is a folder' if file.is_dir() else 'no such file'}")
        size = file.stat().st_size
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({reason(error)})") from None
    if size > most_bytes:
        raise InputError(f"{file}: {over(size, most_bytes)}")
    if not size:
        raise InputError(f"{file}: the file is empty")
    return file


def encoding_of(file: Path, most_bytes: int) -> str:
    """Return how a text file is encoded, having gone through all of it once."""
    size, start = 0, b""
    decoders = {name: codecs.getincrementaldecoder(name)() for name in ("utf-8", "cp1252")}
    try:
        with opened(file) as stream:
            while block := stream.read(BLOCK):
                start = start or block[:4]
                size += len(block)
                if size > most_bytes:
                    raise InputError(f"{file}: unpacked, {over(size, most_bytes)}")
                decoders = {name: kept for name, kept in decoders.items() if _decodes(kept, block)}
    except (EOFError, OSError, zlib.error) as error:
        raise InputError(f"{file}: cannot be read ({reason(error)})") from None
    for mark, name in MARKS.items():
        if start.startswith(mark):
            return name
    names = [name for name, kept in decoders.items() if _decodes(kept, b"", final=True)]
    if not names:
        raise InputError(f"{file}: no text in UTF-8, UTF-16 or Windows-1252")
    return names[0]


def opened(file: Path) -> IO[bytes]:
    """Open a file for reading bytes; a name that ends in ``.gz`` is unpacked on the way."""
    return cast("IO[bytes]", gzip.open(file) if file.suffix == ".gz" else file.open("rb"))


@contextmanager
def text_lines(file: Path, encoding: str) -> Iterator[io.TextIOWrapper]:
    """Open a file as text, line ends as they are."""
    with opened(file) as stream, io.TextIOWrapper(stream, encoding, newline="") as lines:
        yield lines


def json_value(file: Path, most_bytes: int) -> Any:
    """Read JSON; a key given twice, NaN and infinity are refused."""
    text = _text(file, most_bytes)
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        page = "; it is a web page, not data" if text.lstrip().startswith("<") else ""
        raise InputError(f"{file}: no JSON that can be read: {error}{page}") from None


def over(size: int, most_bytes: int) -> str:
    """Word a size over the cap."""
    return f"{size:,} bytes are over the {most_bytes:,} allowed; raise most_bytes or cut the file"


def reason(error: BaseException) -> str:
    """Word the cause of a failure without the name of the file."""
    return str(getattr(error, "strerror", None) or getattr(error, "reason", None) or error)


def _text(file: Path, most_bytes: int) -> str:
    encoding = encoding_of(file, most_bytes)
    try:
        with text_lines(file, encoding) as lines:
            return lines.read()
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: no {encoding} text ({reason(error)})") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for key, value in pairs:
        if key in table:
            raise ValueError(f"key {key!r} is given twice")
        table[key] = value
    return table


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True
