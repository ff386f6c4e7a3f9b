"""Korea's lines of 2024 at HS10."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from attributes import SHARES, add_sectors, fill_shares
from files import read_numbers, read_seed

COLUMNS = [
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
    "usmca_share",
    "naics3",
    "sector",
    "description",
]


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


def korea() -> pd.DataFrame:
    """Return Korea's lines as they are packaged."""
    table = read_numbers(
        "trade/us-imports-2024-kor.csv.gz", whole=("value_usd", "duty_usd"), fractions=SHARES
    )
    add_base_rates(table)
    add_preference_use(table)
    fill_shares(table)
    add_sectors(table, read_seed("sectors.csv"))
    table["partner"], table["usmca_share"] = "KOR", 0.0
    return table[COLUMNS]
