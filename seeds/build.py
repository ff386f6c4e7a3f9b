"""Build the packaged tables of tariffcalc/data from the sourced seeds beside this file.

Usage: python seeds/build.py [folder]      (default: tariffcalc/data)

Every step is deterministic; a test builds into a temporary folder and compares.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pandas as pd
from files import SEEDS, read_numbers, read_seed, write_gzip
from hs6 import partners
from korea import korea
from vintages import scenario_text

DEFAULT = SEEDS.parent / "tariffcalc" / "data"
COPIED = ("chapters.csv", "countries.csv", "naics3.csv", "partners.csv", "sectors.csv")


def collected_duties() -> pd.DataFrame:
    """Return monthly duties with the rest of the world in place of the total of all countries."""
    amounts = ("value_usd", "duty_usd")
    table = read_numbers("trade/collected-duties.csv.gz", whole=amounts, fractions=())
    table = table[table["naics3"] != "ALL"]
    keys = ["partner", "naics3", "month"]
    wide = table.set_index(keys)[list(amounts)].unstack("partner", fill_value=0)
    for amount in amounts:
        named = wide[amount].drop(columns=["ALL", "DEU"])  # Germany is part of EU27
        wide[amount, "ROW"] = wide[amount, "ALL"] - named.sum(axis=1)
    tall = wide.drop(columns="ALL", level="partner").stack("partner", future_stack=True)
    tall = tall[tall["value_usd"] > 0].reset_index().sort_values(keys)
    return tall[[*keys, *amounts]]


def build(folder: Path = DEFAULT) -> None:
    """Write all packaged tables into a folder."""
    for part in ("trade", "law", "scenarios"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    by_partner, by_line = partners()
    for name, table in {
        "us-imports-2024-kor": korea(),
        "us-imports-2024-hs6": by_partner,
        "hs6-attributes": by_line,
        "collected-duties": collected_duties(),
        "icio-2022": read_seed("trade/icio-2022.csv.gz"),
    }.items():
        write_gzip(table, folder / "trade" / f"{name}.csv.gz")
    for text in sorted((SEEDS / "trade").glob("*.csv")):
        shutil.copyfile(text, folder / "trade" / text.name)
    for table in sorted((SEEDS / "law").glob("*.csv.gz")):
        write_gzip(read_seed(f"law/{table.name}"), folder / "law" / table.name)
    for text in sorted([*(SEEDS / "law").glob("*.toml"), *(SEEDS / "law").glob("*.csv")]):
        shutil.copyfile(text, folder / "law" / text.name)
    for name in COPIED:
        shutil.copyfile(SEEDS / name, folder / name)
    for scenario in sorted((SEEDS / "scenarios").glob("*.toml")):
        target = folder / "scenarios" / scenario.name
        target.write_text(scenario_text(scenario.stem), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT)
