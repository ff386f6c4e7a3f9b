"""The packaged law: schedules by name, as they were known on a day."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from tariffcalc.data import data_names, data_text
from tariffcalc.errors import unknown_name
from tariffcalc.models import as_date
from tariffcalc.tariffs.conventions import COARSE, OTHERS, convention_value, default_conventions
from tariffcalc.tariffs.measures import TariffMeasure
from tariffcalc.tariffs.schedule import TariffSchedule

__all__ = ["list_schedules", "load_schedule"]

SUFFIX = ".toml"
KNOWLEDGE = ("end_published", "superseded", "confidence", "note")  # of the file, not of a measure


def list_schedules() -> list[str]:
    """Return the names of the packaged schedules.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.list_schedules()
    ['united-states']
    """
    names = data_names("law")
    return [name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX)]


def load_schedule(
    name: str,
    *,
    as_of: dt.date | str | None = None,
    conventions: Mapping[str, float | str] | None = None,
) -> TariffSchedule:
    """Load the law of a country on every packaged partner, as published by a day.

    Parameters
    ----------
    name
        One of :func:`list_schedules`.
    as_of
        The vintage: measures, ends of measures and changes of product lists that were made public
        after that day are not seen, and what was then scheduled stands. None means all that is
        packaged: the legal reading, with rates that reach back before their publication.
    conventions
        Choices or shares that differ from the defaults of :func:`list_conventions`.

    Returns
    -------
    TariffSchedule

    Raises
    ------
    UnknownNameError
        For a schedule, a convention or a choice that does not exist.
    InputError
        For what is not a date, or a share outside 0 to 1.

    Notes
    -----
    The Korean cut of the duty on cars from 25% to 15% applies from 1 November 2025 and was
    published on 4 December 2025: a schedule as of 30 November charges 25% on a car that entered
    on 15 November, one as of 4 December charges 15%.

    Examples
    --------
    >>> import pandas as pd, tariffcalc as tc
    >>> car = pd.DataFrame({"hs": ["8703230140"], "partner": ["KOR"], "mfn_rate": [0.025],
    ...                     "preferential_rate": [0.0], "preference_use_share": [1.0]})
    >>> for day in ("2025-11-30", "2025-12-04"):
    ...     law = tc.load_schedule("united-states", as_of=day)
    ...     print(law.rates(car, on="2025-11-15")["total_rate"].item())
    0.25
    0.15
    """
    if name not in list_schedules():
        raise unknown_name("schedule", name, list_schedules())
    day = None if as_of is None else as_date(as_of)
    shares = default_conventions()
    shares |= {key: convention_value(key, choice) for key, choice in (conventions or {}).items()}
    choices = {key: shares.pop(key) for key in (COARSE, OTHERS)}
    return TariffSchedule(
        measures=_measures(name, day),
        as_of=day,
        conventions=shares,
        partners=tuple(_file(name)["partners"]),
        **choices,
    )


@lru_cache(maxsize=64)
def _measures(name: str, as_of: dt.date | None) -> tuple[TariffMeasure, ...]:
    """Return the measures as they were known on a day."""
    known = dt.date.max if as_of is None else as_of
    return tuple(
        TariffMeasure.from_tree({"name": key, **_as_known(row, known)})
        for key, row in _file(name)["measures"].items()
        if row["published"] <= known and ("superseded" not in row or known < row["superseded"])
    )


def _as_known(row: Mapping[str, Any], known: dt.date) -> dict[str, Any]:
    """Return a row without an end that was not yet public."""
    fields = {key: value for key, value in row.items() if key not in KNOWLEDGE}
    if row.get("end_published", row["published"]) > known:
        fields.pop("end", None)
    return fields


@lru_cache(maxsize=4)
def _file(name: str) -> dict[str, Any]:
    return tomllib.loads(data_text(f"law/{name}{SUFFIX}"))
