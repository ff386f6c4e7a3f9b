"""Where each number of a scenario comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from tariffcalc.models import Date, Model

__all__ = ["Provenance", "provenance_of"]


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
    low: float | None = None
    high: float | None = None
    fact: str | None = None


def provenance_of(path: str, entries: Mapping[str, Provenance]) -> tuple[str, Provenance] | None:
    """Return the pattern and entry that speak for a path: the exact one, or the most specific."""
    if path in entries:
        return path, entries[path]
    fits = [name for name in entries if matches(path, name)]
    if not fits:
        return None
    best = min(fits, key=lambda name: (name.count("*"), -len(name)))
    return best, entries[best]


def matches(path: str, pattern: str) -> bool:
    """Tell whether a pattern fits: ``*`` stands for one whole part of a path."""
    parts, wanted = path.split("."), pattern.split(".")
    return len(parts) == len(wanted) and all(
        want == "*" or part == want for part, want in zip(parts, wanted, strict=True)
    )
