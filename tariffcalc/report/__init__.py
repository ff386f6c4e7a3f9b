"""Results to look at: tables, figures, and a scenario as one HTML file."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tariffcalc.report.tables import table

__all__ = ["table"]

# The command line prints text and needs none of these.
_LATE = {"table": "tariffcalc.report.tables"}


def __getattr__(name: str) -> Any:
    """Return a public name of a module that is not loaded yet."""
    if name in _LATE:
        return getattr(importlib.import_module(_LATE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
