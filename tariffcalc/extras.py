"""Packages that only some results need: loaded on use, and named where they are missing."""

from __future__ import annotations

import importlib
from typing import Any

from tariffcalc.errors import MissingExtraError

__all__ = ["needed"]


def needed(module: str, use: str, extra: str) -> Any:
    """Return a module of an optional package; say how to install it where it is missing."""
    try:
        return importlib.import_module(module)
    except ImportError:
        package = module.partition(".")[0].replace("_", "-")
        raise MissingExtraError(
            f"{use} need {package}; install it with: pip install 'tariffcalc[{extra}]'"
        ) from None
