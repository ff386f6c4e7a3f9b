"""Build the packaged tables of tariffcalc/data from the sourced seeds beside this file.

Usage: python seeds/build.py [folder]      (default: tariffcalc/data)

Every step is deterministic; a test builds into a temporary folder and compares.
"""

from __future__ import annotations

import gzip
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd

SEEDS = Path(__file__).resolve().parent
DEFAULT = SEEDS.parent / "tariffcalc" / "data"
SHARES = ("steel_share", "aluminum_share", "copper_share")


def read_seed(name: str) -> pd.DataFrame:
    """Read a seed as text: no lost zeros, no names turned into missing values."""
    return pd.read_csv(SEEDS / name, dtype=str, keep_default_na=False, na_values=[""])


def parse_rate(text: object) -> float:
    """Return the ad valorem rate of a tariff text; NaN when the text is not ad valorem."""
    if text == "Free":
        return 0.0
    match = re.fullmatch(r"(\d+(?:\.\d+)?)%", str(text))
    return float(match[1]) / 100 if match else np.nan


def add_base_rates(table: pd.DataFrame) -> None:
    """Add MFN and KORUS rates; where the law is not ad valorem, the rate collected in 2024."""
    mfn, korus = table["mfn_text"].map(parse_rate), table["korus_text"].map(parse_rate)
    korus = korus.where(korus.notna() | (mfn != 0.0), 0.0)
    statutory = mfn.notna() & korus.notna()
    collected = table["duty_usd"] / table["value_usd"]
    table["mfn_rate"] = mfn.where(statutory, collected.round(6))
    table["preferential_rate"] = korus.where(statutory, table["mfn_rate"])
    table["base_rate_basis"] = np.where(statutory, "statutory", "collected")


def add_preference_use(table: pd.DataFrame) -> None:
    """Add the share of each chapter's trade that claimed KORUS: the share of MFN duty avoided."""
    claims = table[table["mfn_rate"] != table["preferential_rate"]]
    full = (claims["mfn_rate"] - claims["preferential_rate"]) * claims["value_usd"]
    paid = claims["duty_usd"] - claims["preferential_rate"] * claims["value_usd"]
    chapter = claims["hs"].str[:2]
    use = 1 - paid.groupby(chapter).sum() / full.groupby(chapter).sum()
    known = use[(use >= 0) & (use <= 1)].round(6)
    sure = chapter.isin(known.index)
    overall = round(1 - paid[sure].sum() / full[sure].sum(), 6)
    differs = table["mfn_rate"] != table["preferential_rate"]
    by_chapter = table["hs"].str[:2].map(known)
    table["preference_use_share"] = by_chapter.fillna(overall).where(differs, 0.0)
    basis = np.where(by_chapter.notna(), "chapter", "all chapters")
    table["preference_use_basis"] = np.where(differs, basis, "no preference")


def fill_shares(table: pd.DataFrame) -> None:
    """Give the few lines without an estimate of metal content the mean of their heading."""
    for share in SHARES:
        for digits in (6, 4, 2):
            nearest = table.groupby(table["hs"].str[:digits])[share].transform("mean")
            table[share] = table[share].fillna(nearest.round(5))
        table[share] = table[share].fillna(0.0)
    # The estimates come from input-output coefficients and can add up to more than the value of
    # the good; content cannot, so such lines are scaled down to their full value.
    together = table[list(SHARES)].sum(axis=1).clip(lower=1.0)
    for share in SHARES:
        # The millionth keeps 0.00242·10^5 = 241.999… at 242: other lines stay as they are.
        table[share] = np.floor(table[share] / together * 1e5 + 1e-6) / 1e5


def add_product_lists(table: pd.DataFrame, lists: pd.DataFrame) -> None:
    """Name the lists of the law that hold each line on some date."""
    named = pd.Series([[] for _ in range(len(table))], index=table.index)
    for name, rows in lists.groupby("list", sort=True):
        for row in np.flatnonzero(table["hs"].str.startswith(tuple(rows["hs"]))):
            named[row].append(name)
    table["product_lists"] = named.map(";".join)


def add_sectors(table: pd.DataFrame, sectors: pd.DataFrame) -> None:
    """Give each line the sector of its longest mapped prefix."""
    by_length = {
        length: dict(zip(rows["hs"], rows["sector"], strict=True))
        for length, rows in sectors.groupby(sectors["hs"].str.len())
    }
    table["sector"] = [
        next(
            by_length[n][hs[:n]] for n in sorted(by_length, reverse=True) if hs[:n] in by_length[n]
        )
        for hs in table["hs"]
    ]


def trade_table() -> pd.DataFrame:
    """Return Korea's lines of 2024 as they are packaged."""
    table = read_seed("trade/us-imports-2024-kor.csv.gz")
    for column in ("value_usd", "duty_usd"):
        table[column] = table[column].astype("int64")
    for column in SHARES:
        table[column] = table[column].astype(float)
    add_base_rates(table)
    add_preference_use(table)
    fill_shares(table)
    add_product_lists(table, read_seed("law/product-lists.csv.gz"))
    add_sectors(table, read_seed("sectors.csv"))
    table.insert(1, "partner", "KOR")
    columns = [
        "hs",
        "partner",
        "value_usd",
        "duty_usd",
        "mfn_rate",
        "preferential_rate",
        "preference_use_share",
        "base_rate_basis",
        "preference_use_basis",
        *SHARES,
        "product_lists",
        "sector",
        "description",
    ]
    return table[columns]


def write_gzip(table: pd.DataFrame, path: Path) -> None:
    """Write compressed CSV whose bytes depend on the table alone."""
    text = table.to_csv(index=False, lineterminator="\n").encode()
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as stream:
        stream.write(text)


def build(folder: Path = DEFAULT) -> None:
    """Write all packaged tables into a folder."""
    for part in ("trade", "law", "scenarios"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    write_gzip(trade_table(), folder / "trade" / "us-imports-2024-kor.csv.gz")
    for table in sorted((SEEDS / "law").glob("*.csv.gz")):
        write_gzip(read_seed(f"law/{table.name}"), folder / "law" / table.name)
    for text in sorted([*(SEEDS / "law").glob("*.toml"), *(SEEDS / "law").glob("*.csv")]):
        shutil.copyfile(text, folder / "law" / text.name)
    for name in ("countries.csv", "sectors.csv", "partners.csv"):
        shutil.copyfile(SEEDS / name, folder / name)
    for scenario in sorted((SEEDS / "scenarios").glob("*.toml")):
        shutil.copyfile(scenario, folder / "scenarios" / scenario.name)


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT)
