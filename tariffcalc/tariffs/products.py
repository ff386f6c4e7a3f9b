"""The products of a measure: HS prefixes, and the packaged product lists of the law with dates."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import pandas as pd

from tariffcalc.codes import CodeRanges, code_ranges
from tariffcalc.data import data_table
from tariffcalc.errors import unknown_name
from tariffcalc.models import as_date

__all__ = ["is_list_name", "list_product_lists", "list_window_dates", "product_list", "ranges_on"]


def is_list_name(product: str) -> bool:
    """Tell whether a product is the name of a list, not an HS prefix."""
    return not product.isdigit()


def list_product_lists() -> list[str]:
    """Return the names of the packaged product lists.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> "annex-ii" in tc.list_product_lists()
    True
    """
    return sorted(_table()["list"].unique())


def product_list(name: str, *, on: dt.date | str) -> tuple[str, ...]:
    """Return the HS prefixes of a packaged product list on a date.

    Parameters
    ----------
    name
        One of :func:`list_product_lists`.
    on
        The date; a product counts from its first to its last day on the list, both included.

    Returns
    -------
    tuple of str
        HS prefixes of 4 to 10 digits, sorted.

    Raises
    ------
    UnknownNameError
        For a list that is not packaged.
    InputError
        For what is not a date.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.product_list("section-232-light-trucks", on="2025-10-17")
    ('87042101', '87043101', '87044100', '87045100')
    """
    check_list_name(name)
    table = _table()
    day = as_date(on).isoformat()
    here = table[
        (table["list"] == name)
        & (table["start"] <= day)
        & (table["end"].isna() | (table["end"] >= day))
    ]
    return tuple(sorted(set(here["hs"])))


def check_list_name(name: str) -> None:
    """Refuse a list that is not packaged."""
    if name not in _names():
        raise unknown_name("product list", name, sorted(_names()))


def ranges_on(products: tuple[str, ...], on: dt.date) -> CodeRanges:
    """Return the code ranges of prefixes and lists on a date."""
    return _ranges(products, str(on))


@lru_cache(maxsize=512)
def _ranges(products: tuple[str, ...], day: str) -> CodeRanges:
    prefixes: list[str] = []
    for product in products:
        prefixes += product_list(product, on=day) if is_list_name(product) else (product,)
    return code_ranges(prefixes)


@lru_cache(maxsize=64)
def list_window_dates(name: str) -> tuple[dt.date, ...]:
    """Return the days on which a list changes: first days, and the day after each last day."""
    table = _table()
    here = table[table["list"] == name]
    days = {dt.date.fromisoformat(day) for day in here["start"].unique()}
    days |= {
        dt.date.fromisoformat(day) + dt.timedelta(days=1) for day in here["end"].dropna().unique()
    }
    return tuple(sorted(days))


def _table() -> pd.DataFrame:
    return data_table("law/product-lists.csv.gz")


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(_table()["list"].unique())
