"""Read the seeds, write the packaged tables."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd

SEEDS = Path(__file__).resolve().parent


def read_seed(name: str) -> pd.DataFrame:
    """Read a seed as text: no lost zeros, no names turned into missing values."""
    return pd.read_csv(SEEDS / name, dtype=str, keep_default_na=False, na_values=[""])


def read_numbers(name: str, *, whole: tuple[str, ...], fractions: tuple[str, ...]) -> pd.DataFrame:
    """Read a seed with some columns as whole numbers and some as fractions."""
    table = read_seed(name)
    kinds = dict.fromkeys(whole, "int64") | dict.fromkeys(fractions, "float64")
    return table.astype(kinds)


def write_gzip(table: pd.DataFrame, path: Path) -> None:
    """Write compressed CSV whose bytes depend on the table alone."""
    text = table.to_csv(index=False, lineterminator="\n").encode()
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as stream:
        stream.write(text)
