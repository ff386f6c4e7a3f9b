"""The errors of tariffcalc, and the two helpers that word them.

A message says what was given, what is allowed and what to do, names close matches, and reports
every fault of one input at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

__all__ = [
    "ChunkError",
    "InputError",
    "MissingExtraError",
    "MultipleRootsError",
    "NoRootError",
    "TariffcalcError",
    "UnknownNameError",
    "VintageError",
]


class TariffcalcError(Exception):
    """Base of every error that tariffcalc raises on purpose.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> try:
    ...     tc.load_scenario("korea-usa")
    ... except tc.errors.TariffcalcError as error:
    ...     print(type(error).__name__)
    UnknownNameError
    """


class InputError(TariffcalcError, ValueError):
    """A value, frame or file that is not of the stated form."""


class VintageError(InputError):
    """A figure that was published after the date a scenario speaks for."""


class UnknownNameError(TariffcalcError, KeyError):
    """A path, structure, scenario, column or product list that does not exist."""

    def __str__(self) -> str:
        """Return the message as written: `KeyError` would print it in quotes."""
        return str(self.args[0]) if self.args else ""


class NoRootError(TariffcalcError, ValueError):
    """No rate solves the equation on the interval searched."""


class MultipleRootsError(TariffcalcError, ValueError):
    """Several rates solve the equation; the caller has to say which one is meant."""


class ChunkError(TariffcalcError, RuntimeError):
    """A chunk of a long run has no result: its worker died, or the map lost it."""


class MissingExtraError(TariffcalcError, ImportError):
    """An optional package is not installed; the message holds the command that installs it."""


def suggest(given: object, allowed: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the closest allowed name, or an empty string."""
    close = difflib.get_close_matches(str(given), list(allowed), n=3, cutoff=0.6)
    if not close:
        return ""
    return "; did you mean " + " or ".join(repr(name) for name in close) + "?"


def unknown_name(kind: str, given: object, allowed: Iterable[str]) -> UnknownNameError:
    """Return the error for a name that does not exist, with what is allowed and what is close."""
    names = list(allowed)
    shown = ", ".join(names[:12]) + (f", … ({len(names)} in all)" if len(names) > 12 else "")
    return UnknownNameError(
        f"unknown {kind} {given!r}{suggest(given, names) or '.'} Allowed: {shown or 'none'}."
    )


def raise_faults(
    heading: str, faults: Sequence[str], kind: type[TariffcalcError] = InputError
) -> None:
    """Raise one error that lists all faults; do nothing when there is none."""
    if faults:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise kind(f"{heading}: {count}\n{lines}")


def first_rows(rows: Sequence[object], total: int, word: str = "row") -> str:
    """Word the first five offending rows and their count, for messages about frames."""
    shown = ", ".join(repr(row) for row in rows[:5])
    if total == 1:
        return f"1 {word}: {shown}"
    return f"{total} {word}s (first {min(5, len(rows))}: {shown})"
