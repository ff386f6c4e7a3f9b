"""What is no number and can be swept all the same: dates, words, switches and whole tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tariffcalc.errors import UnknownNameError
from tariffcalc.models import as_date, leaves
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.paths import STRUCTURES, TERMS, numbers

__all__ = ["others"]


def others(
    scenario: Scenario, name: object, values: Sequence[Any], structures: Sequence[str]
) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """Return the paths a name stands for and its values; no paths where it stands for a number.

    Raises
    ------
    UnknownNameError
        For a short name that could mean two different things.
    InputError
        For values that do not fit.
    """
    known = {path: value for path, value, _ in leaves(scenario, skip=("provenance",))}
    if not isinstance(name, str) or _is_number(name, numbers(scenario)):
        return (), ()
    plain: tuple[Any, ...] = tuple(map(_plain, values))
    paths = _meant(name, [*known, *_tables(known)], structures)
    if not paths and not _is_field(scenario, name, plain[0]):
        return (), ()
    if paths and all(isinstance(known.get(path), dt.date) for path in paths):
        plain = tuple(as_date(value) for value in plain)
    return paths or (name,), plain


def _is_number(name: str, known: Iterable[str]) -> bool:
    """Tell whether a path or short name stands for a number, or for more than one."""
    if name.rpartition(".")[2] in TERMS:
        return True
    return any(path == name or path.endswith(f".{name}") for path in known)


def _plain(value: Any) -> Any:
    """Return a value of numpy's or pandas' as Python's own; a day at midnight is a date."""
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    if isinstance(value, pd.Timestamp):
        return value.date() if value == value.normalize() else value.to_pydatetime()
    return value.item() if isinstance(value, np.generic) else value


def _tables(paths: Iterable[str]) -> list[str]:
    """Return the paths of the tables in which paths lie."""
    found: dict[str, None] = {}
    for path in paths:
        parts = path.split(".")
        found |= dict.fromkeys(".".join(parts[:count]) for count in range(1, len(parts)))
    return list(found)


def _meant(name: str, known: Sequence[str], structures: Sequence[str]) -> tuple[str, ...]:
    """Return the paths of a full or short name; in structures, those of the given ones."""
    if name in known:
        return (name,)
    ending = [path for path in known if path.endswith(f".{name}")]
    outside = [path for path in ending if not path.startswith(STRUCTURES)]
    split = {
        path: path.removeprefix(STRUCTURES).partition(".") for path in ending if path not in outside
    }
    inside = [path for path, (structure, _, _) in split.items() if structure in structures]
    meanings = {split[path][2] for path in inside} | set(outside)
    if len(meanings) > 1:
        raise UnknownNameError(
            f"{name!r} can mean {len(meanings)} different things; give the path: "
            f"{', '.join((inside + outside)[:8])}"
        )
    return tuple(inside or outside)


def _is_field(scenario: Scenario, path: str, value: Any) -> bool:
    """Tell whether a value can be set at a path where the scenario has none yet."""
    try:
        scenario.replace({path: value})
    except UnknownNameError:
        return False
    return True
