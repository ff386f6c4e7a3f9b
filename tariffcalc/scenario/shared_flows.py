"""Structures that differ in their funding alone: what they share is computed once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tariffcalc.numeric.cases import Cases
from tariffcalc.pledge.flows import StructureFlows
from tariffcalc.pledge.structure import FundingStructure

__all__ = ["Last", "funding_groups", "unfunded_terms"]

# What a structure may differ in without any effect on calls, loans, guarantees and receipts.
APART: Mapping[str, object] = {
    "name": "x",
    "title": "",
    "side": "",
    "schedule": "deal",
    "funding": (),
    "published": None,
    "source": "",
}


def funding_groups(structures: tuple[FundingStructure, ...]) -> dict[str, int]:
    """Return for each structure the place of the first that differs in nothing but funding."""
    bare = [structure.model_copy(update=dict(APART)) for structure in structures]
    return {one.name: bare.index(own) for one, own in zip(structures, bare, strict=True)}


def unfunded_terms(terms: Cases) -> frozenset[tuple[str, int]]:
    """Return which numbers of a structure differ from case to case, but for its funding's.

    Numbers count as the same where they are one array.
    """
    start = len(terms.prefix)
    return frozenset(
        (path[start:], id(values))
        for path, values in terms.varied.items()
        if path.startswith(terms.prefix) and not path.startswith(f"{terms.prefix}funding.")
    )


class Last:
    """The flows computed last, and no others.

    Flows are large, and memory that is used again is faster than new memory.
    """

    def __init__(self) -> None:
        self._known: tuple[object, StructureFlows] | None = None

    def of(self, key: object, compute: Callable[[], StructureFlows]) -> StructureFlows:
        """Return the flows of a key: the last ones, or computed."""
        if self._known is None or self._known[0] != key:
            self._known = None
            self._known = (key, compute())
        return self._known[1]
