"""Where each number of a scenario comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, Self

from pydantic import model_validator

from tariffcalc.models import Date, Model, Number

__all__ = ["Provenance", "matches", "provenance_of", "speaking"]


class Provenance(Model):
    """Status, source and range of one number, or of all that match a pattern.

    Parameters
    ----------
    status
        ``"reported"``: published as such; ``"derived"``: computed from published figures;
        ``"assumption"``: nobody published it.
    source
        Where it was read, or why it was assumed.
    date
        The day it was public; never after the scenario's ``as_of``.
    low, high
        Range that an assumption may take, in the unit of the number.
    fact
        Key of the row in the project's table of facts, where there is one.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Provenance(status="assumption", source="no term was published", low=0.0, high=0.12)
    Provenance(status='assumption', source='no term was published', low=0.0, high=0.12)
    """

    status: Literal["reported", "derived", "assumption"]
    source: str
    date: Date | None = None
    low: Number | None = None
    high: Number | None = None
    fact: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_range(self)
        return self


def check_range(entry: Provenance) -> None:
    """Refuse half a range, and a range that ends before it starts."""
    if (entry.low is None) != (entry.high is None):
        raise ValueError("low and high: give both ends of a range, or none")
    if entry.low is not None and entry.high is not None and entry.low > entry.high:
        raise ValueError(f"low {entry.low:g} is above high {entry.high:g}; swap them")


def provenance_of(path: str, entries: Mapping[str, Provenance]) -> tuple[str, Provenance] | None:
    """Return the pattern and entry that speak for a path: the exact one, or the most specific."""
    if path in entries:
        return path, entries[path]
    fits = [name for name in entries if matches(path, name)]
    if not fits:
        return None
    best = min(fits, key=lambda name: (name.count("*"), -len(name), name))
    return best, entries[best]


def speaking(entries: Iterable[str], paths: Iterable[str]) -> list[str]:
    """Return the entries that speak for at least one of the paths."""
    there = set(paths)
    split = [path.split(".") for path in there]
    return [
        entry
        for entry in entries
        if entry in there
        or ("*" in entry and any(_fits(parts, entry.split(".")) for parts in split))
    ]


def matches(path: str, pattern: str) -> bool:
    """Tell whether a pattern fits: ``*`` stands for one whole part of a path."""
    return _fits(path.split("."), pattern.split("."))


def _fits(parts: list[str], wanted: list[str]) -> bool:
    return len(parts) == len(wanted) and all(
        want in ("*", part) for part, want in zip(parts, wanted, strict=True)
    )
