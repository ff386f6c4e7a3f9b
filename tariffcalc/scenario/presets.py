"""The packaged scenarios, by name and vintage."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import lru_cache

import pandas as pd

from tariffcalc.data import data_names, data_text
from tariffcalc.errors import VintageError, unknown_name
from tariffcalc.models import as_date
from tariffcalc.scenario.model import Scenario

__all__ = ["list_scenarios", "load_scenario"]


def list_scenarios() -> pd.DataFrame:
    """Return the packaged scenarios and their vintages.

    Returns
    -------
    pandas.DataFrame
        Index ``scenario``; columns ``as_of`` (vintage) and ``title``.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.list_scenarios().index.unique().tolist()
    ['eu-us', 'japan-us', 'korea-us', 'switzerland-us', 'taiwan-us']
    """
    rows = [(name, pd.Timestamp(day), _load(name, day).title) for name, day in _vintages()]
    frame = pd.DataFrame(rows, columns=["scenario", "as_of", "title"])
    return frame.set_index("scenario")


def load_scenario(name: str, *, as_of: dt.date | str | None = None) -> Scenario:
    """Load a packaged scenario: its newest vintage, or the one that was known on a date.

    Parameters
    ----------
    name
        One of :func:`list_scenarios`.
    as_of
        The scenario returned is the latest vintage not after this date.

    Returns
    -------
    Scenario

    Raises
    ------
    UnknownNameError
        For a scenario that is not packaged.
    VintageError
        For a date before the first vintage.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.load_scenario("korea-us", as_of="2025-10-17").as_of
    datetime.date(2025, 10, 17)
    """
    names = sorted({known for known, _ in _vintages()})
    if name not in names:
        raise unknown_name("scenario", name, names)
    days = [day for known, day in _vintages() if known == name]
    last = as_date(as_of) if as_of is not None else dt.date.max
    known = [day for day in days if day <= last]
    if not known:
        raise VintageError(
            f"{name} has no vintage as of {last}; the first is of {days[0]}; give a later as_of"
        )
    return _load(name, known[-1])


@lru_cache(maxsize=1)
def _vintages() -> tuple[tuple[str, dt.date], ...]:
    """Return (name, date) of the packaged files ``<name>.<date>.toml``, sorted."""
    found = []
    for file in data_names("scenarios"):
        name, day, _ = file.split(".")
        found.append((name, dt.date.fromisoformat(day)))
    return tuple(sorted(found))


@lru_cache(maxsize=16)
def _load(name: str, day: dt.date) -> Scenario:
    return Scenario.from_tree(tomllib.loads(data_text(f"scenarios/{name}.{day}.toml")))
