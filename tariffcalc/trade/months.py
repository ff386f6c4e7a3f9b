"""How a year's trade falls on the months of a calendar year, line by line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError, first_rows
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.trade.collected import load_collected_duties
from tariffcalc.trade.packaged import PACKAGED

__all__ = ["MonthShares", "even_months", "month_shares"]

MONTHS = 12
YEAR = 2024  # the year of the packaged flows
EVEN = "assumption: every line's year is spread evenly over its months"
OWN = "the months of the flows"
BY_INDUSTRY = (
    f"months of customs value in {YEAR} by industry (NAICS3), US Census Bureau; assumption: a line "
    "has the months of its industry"
)


@dataclass(frozen=True, slots=True, eq=False)
class MonthShares:
    """The share of each line's year in each month, shape (12, lines), and where it comes from."""

    shares: FloatArray
    basis: str


def month_shares(lines: pd.DataFrame, partner: str) -> MonthShares:
    """Return the months of one partner's lines: their own, their industry's, or even ones.

    A line of flows with a ``month`` is wholly of that month. With ``naics3``, and a partner whose
    monthly imports are packaged, a line has the months of its industry, or of all the partner's
    imports where the industry is not known. All else is spread evenly.
    """
    if "month" in lines:
        return MonthShares(_own_months(lines), OWN)
    if "naics3" in lines and partner in PACKAGED["us-imports-2024"]:
        return MonthShares(_industry_months(lines["naics3"], partner), BY_INDUSTRY)
    return even_months(len(lines))


def even_months(lines: int) -> MonthShares:
    """Return a twelfth for each month of each line."""
    return MonthShares(np.full((MONTHS, lines), 1.0 / MONTHS), EVEN)


def _own_months(lines: pd.DataFrame) -> FloatArray:
    """Return 1 in the month that a line is of; a scenario counts its flows as one year."""
    texts = lines["month"].astype(object).map(str)  # of a category each cell counts
    dated = texts.str.fullmatch(r"\d{4}-\d{2}")
    month = pd.to_numeric(texts.where(~dated, texts.str[5:]), errors="coerce").to_numpy(np.float64)
    wrong = ~np.isin(month, np.arange(1, MONTHS + 1))
    if wrong.any():
        found = first_rows(lines["month"][wrong].tolist(), int(wrong.sum()))
        raise InputError(f"month: text like 2025-04, or 1 to 12, is needed, given {found}")
    if "year" in lines:
        texts = texts.where(dated, lines["year"].astype(object).map(str) + " " + texts)
    if texts.nunique() > np.unique(month).size:
        raise InputError(
            f"month: a scenario counts its flows as one year, and these are of {texts.nunique()} "
            "months; keep each month of the calendar once"
        )
    shares = np.zeros((MONTHS, month.size))
    shares[month.astype(np.int64) - 1, np.arange(month.size)] = 1.0
    return shares


def _industry_months(industry: pd.Series, partner: str) -> FloatArray:
    """Return the months of each line's industry in the year of the packaged flows."""
    table = load_collected_duties(partners=[partner], start=f"{YEAR}-01", end=f"{YEAR}-12")
    wide = table["value_usd"].unstack("naics3", fill_value=0)
    value = wide.to_numpy(dtype=np.float64)
    whole = value.sum(axis=1, keepdims=True) / value.sum()
    place = wide.columns.get_indexer(pd.Index(industry))
    shares = np.where(place >= 0, (value / value.sum(axis=0))[:, place], whole)
    return np.asarray(shares, dtype=np.float64)
