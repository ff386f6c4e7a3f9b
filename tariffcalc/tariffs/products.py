"""The products of a measure: HS prefixes, and the packaged product lists of the law with dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from tariffcalc.codes import CodeRanges, code_ranges
from tariffcalc.data import data_table
from tariffcalc.errors import unknown_name
from tariffcalc.models import as_date

__all__ = ["is_list_name", "list_product_lists", "list_window_dates", "product_list", "ranges_on"]

LAST = dt.date.max.isoformat()


class Entry(NamedTuple):
    """One row of a list, as ISO texts: prefix, window, and when each end of it became public."""

    hs: str
    start: str
    end: str
    published: str
    end_published: str

    def end_known(self, as_of: str) -> str:
        """Return the last day as a vintage knows it."""
        return self.end if self.end_published <= as_of else LAST


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
    return sorted(_lists())


def product_list(
    name: str, *, on: dt.date | str, as_of: dt.date | str | None = None
) -> tuple[str, ...]:
    """Return the HS prefixes of a packaged product list on a date.

    Parameters
    ----------
    name
        One of :func:`list_product_lists`.
    on
        The date; a product counts from its first to its last day on the list, both included.
    as_of
        The vintage: what was made public after that day is not seen. None means all.

    Returns
    -------
    tuple of str
        HS prefixes of 2 to 10 digits, sorted.

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
    day, known = as_date(on).isoformat(), _vintage(as_of)
    here = {
        entry.hs for entry in _seen(name, known) if entry.start <= day <= entry.end_known(known)
    }
    return tuple(sorted(here))


def check_list_name(name: str) -> None:
    """Refuse a list that is not packaged."""
    if name not in _lists():
        raise unknown_name("product list", name, sorted(_lists()))


def ranges_on(products: tuple[str, ...], on: dt.date, as_of: dt.date | None = None) -> CodeRanges:
    """Return the code ranges of prefixes and lists on a date, as a vintage knows them."""
    return _ranges(products, on.isoformat(), _vintage(as_of))


@lru_cache(maxsize=4096)
def _ranges(products: tuple[str, ...], day: str, as_of: str) -> CodeRanges:
    prefixes: list[str] = []
    for product in products:
        prefixes += (
            product_list(product, on=day, as_of=as_of) if is_list_name(product) else (product,)
        )
    return code_ranges(prefixes)


@lru_cache(maxsize=256)
def list_window_dates(name: str, as_of: dt.date | None = None) -> tuple[dt.date, ...]:
    """Return the days on which a list changes: first days, and the day after each last day."""
    known = _vintage(as_of)
    days: set[dt.date] = set()
    for entry in _seen(name, known):
        days.add(dt.date.fromisoformat(entry.start))
        last = dt.date.fromisoformat(entry.end_known(known))
        if last < dt.date.max:
            days.add(last + dt.timedelta(days=1))
    return tuple(sorted(days))


def _vintage(as_of: dt.date | str | None) -> str:
    return LAST if as_of is None else as_date(as_of).isoformat()


def _seen(name: str, as_of: str) -> Iterator[Entry]:
    return (entry for entry in _lists()[name] if entry.published <= as_of)


@lru_cache(maxsize=1)
def _lists() -> dict[str, tuple[Entry, ...]]:
    """Return the entries by list; an end that is not given stands for all time."""
    table = data_table("law/product-lists.csv.gz").reindex(columns=["list", *Entry._fields])
    entries: dict[str, list[Entry]] = {}
    for name, hs, start, *others in table.itertuples(index=False):
        end, published, end_published = (day if isinstance(day, str) else "" for day in others)
        published = published or start
        entry = Entry(hs, start, end or LAST, published, end_published or published)
        entries.setdefault(name, []).append(entry)
    return {name: tuple(rows) for name, rows in entries.items()}
