"""Terms to be moved a little: by which steps, and whether less or more is within their limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tariffcalc.analysis.batches import finite
from tariffcalc.errors import InputError, unknown_name
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.terms import Term, named_terms, negotiable_terms

__all__ = ["FINENESS", "terms_with_room"]

FINENESS = 64.0  # steps of the differences in a natural step
Room = dict[str, tuple[bool, bool]]


def terms_with_room(
    scenario: Scenario,
    structure: str,
    terms: Iterable[str] | None,
    steps: Mapping[str, float] | None,
) -> tuple[list[Term], Room]:
    """Return the terms that can be moved, and for each whether it can be less, and more.

    Raises
    ------
    UnknownNameError, InputError
        For terms and steps that do not fit, a named term without room, or a structure without any.
    """
    listed = _stepped(_terms(scenario, structure, terms), steps)
    room = _room(scenario, listed)
    return _movable(listed, room, structure, named=terms is not None), room


def _terms(scenario: Scenario, structure: str, given: object) -> list[Term]:
    """Return the terms that are named, or all that are negotiable."""
    if given is None:
        return negotiable_terms(scenario, structure)
    if not isinstance(given, Iterable):
        raise InputError(f"terms: a list of names is needed, given {given!r}")
    names = [given] if isinstance(given, str) else list(given)
    if not names:
        raise InputError("terms: at least one name is needed, given none")
    return named_terms(scenario, names, structure)


def _stepped(terms: list[Term], steps: Mapping[str, float] | None) -> list[Term]:
    """Return terms with the steps that are given for some of them."""
    if steps is None:
        return terms
    if not isinstance(steps, Mapping):
        raise InputError(f"steps: a mapping from term to step is needed, given {steps!r}")
    known = {term.name: term for term in terms}
    for name in steps:
        if name not in known:
            raise unknown_name("term", name, known)
    return [replace(term, step=_step(term, steps.get(term.name, term.step))) for term in terms]


def _step(term: Term, given: object) -> float:
    step = finite(f"steps: {term.name}", given)
    if step <= 0.0 or (term.whole and step != int(step)):
        kind = "a whole number" if term.whole else "a number"
        raise InputError(f"steps: {term.name}: {kind} above 0 is needed, given {step:g}")
    return step


def _distance(term: Term) -> float:
    """Return how far from the present value a term is tried."""
    return term.step if term.whole else 4.0 * term.step / FINENESS


def _room(scenario: Scenario, terms: list[Term]) -> Room:
    """Return for each term whether it can be less, and more, than it is."""
    less, more = (_free(scenario, terms, side) for side in (-1.0, 1.0))
    return {term.name: (term.name in less, term.name in more) for term in terms}


def _free(scenario: Scenario, terms: list[Term], side: float) -> set[str]:
    """Return the terms that can be moved to one side, trying them together, then by halves."""
    if _allowed(scenario, terms, side):
        return {term.name for term in terms}
    if len(terms) == 1:
        return set()
    half = len(terms) // 2
    return _free(scenario, terms[:half], side) | _free(scenario, terms[half:], side)


def _movable(terms: list[Term], room: Room, structure: str, *, named: bool) -> list[Term]:
    """Return the terms with room; refuse those without, where they are asked for by name."""
    fixed = [term.name for term in terms if room[term.name] == (False, False)]
    if named and fixed:
        raise InputError(f"{fixed[0]}: no value beside the present one is within its limits")
    if len(fixed) == len(terms):
        raise InputError(f"terms: {structure!r} has none; name the numbers that are meant")
    return [term for term in terms if term.name not in fixed]


def _allowed(scenario: Scenario, terms: list[Term], side: float) -> bool:
    changes = {path: t.value + side * _distance(t) for t in terms for path in t.paths}
    try:
        scenario.replace(changes)
    except InputError:
        return False
    return True
