"""Results for people: tables as text, and figures, which load when they are asked for."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tariffcalc.report import figures as figures

_LATE = ("figures",)


def __getattr__(name: str) -> Any:
    """Return a part that is not loaded yet."""
    if name in _LATE:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(_LATE)
