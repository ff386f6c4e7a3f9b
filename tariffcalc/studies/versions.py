"""What decides the bits of a result besides the question: versions, code and packaged data."""

from __future__ import annotations

import hashlib
import platform
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from tariffcalc.version import VERSION

__all__ = ["code_hash", "versions"]

WRITTEN = (".py", ".toml", ".csv", ".gz")  # code and data; not what Python compiles


def versions() -> dict[str, str]:
    """Return the versions of what computes.

    The hash of code and data tells apart two states of the library that carry one number.
    """
    return {
        "tariffcalc": VERSION,
        "tariffcalc_hash": code_hash(Path(__file__).parents[1]),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "pandas": pd.__version__,
    }


@lru_cache(maxsize=4)
def code_hash(folder: Path) -> str:
    """Return sixteen hexadecimal digits that change with any byte of code or data in a folder."""
    found = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.suffix in WRITTEN:
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            found.update(f"{file.relative_to(folder).as_posix()} {content}\n".encode())
    return found.hexdigest()[:16]
