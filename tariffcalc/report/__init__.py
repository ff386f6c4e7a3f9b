"""Results to look at: tables, figures, and a scenario as one HTML file."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tariffcalc.report import figures as figures
    from tariffcalc.report.html import report_html, write_report
    from tariffcalc.report.tables import table

__all__ = ["report_html", "table", "write_report"]

# The command line prints text and needs none of these.
_LATE = {
    "report_html": "tariffcalc.report.html",
    "table": "tariffcalc.report.tables",
    "write_report": "tariffcalc.report.html",
}
_ROOMS = ("figures",)


def __getattr__(name: str) -> Any:
    """Return a public name of a module that is not loaded yet, or a room of its own."""
    if name in _LATE:
        return getattr(importlib.import_module(_LATE[name]), name)
    if name in _ROOMS:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted([*__all__, *_ROOMS])
