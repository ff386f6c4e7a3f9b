"""The packaged tables, built from the project's sourced seeds; read once, never changed."""

from __future__ import annotations

import gzip
from functools import lru_cache
from importlib import resources
from io import BytesIO

import pandas as pd

__all__ = ["data_names", "data_table", "data_text"]


@lru_cache(maxsize=32)
def data_table(name: str) -> pd.DataFrame:
    """Return a packaged table, all columns as text; the caller converts and must not change it."""
    content = resources.files(__name__).joinpath(name).read_bytes()
    if name.endswith(".gz"):
        content = gzip.decompress(content)
    return pd.read_csv(BytesIO(content), dtype=str, keep_default_na=False, na_values=[""])


def data_text(name: str) -> str:
    """Return a packaged text file."""
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")


def data_names(folder: str) -> list[str]:
    """Return the names of the files in a packaged folder, sorted."""
    return sorted(entry.name for entry in resources.files(__name__).joinpath(folder).iterdir())
