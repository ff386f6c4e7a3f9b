"""A comparison shows itself as a table in a notebook, and stays a plain DataFrame.

A subclass with a ``_repr_html_`` of its own would leak: into ``type()``, pickles, comparisons of
frames and every operation that keeps the class. So the notebook is told how to show a frame. Frames
keep their attributes through arithmetic, in which a result in billions would be scaled twice:
only one whose figures are still those that ``compare`` computed is shown as such.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pandas as pd

from tariffcalc.errors import MissingExtraError
from tariffcalc.tables import fingerprint

__all__ = ["is_untouched", "register", "shown"]


def register() -> None:
    """Tell the notebook that runs, if one does, how to show a comparison."""
    running = sys.modules.get("IPython")  # None where no notebook can run
    shell = running and running.get_ipython()
    if shell is None:
        return
    formatter = shell.display_formatter.formatters["text/html"]
    before = formatter.for_type(pd.DataFrame)
    formatter.for_type(pd.DataFrame, lambda frame: shown(frame, before))


def shown(frame: pd.DataFrame, before: Callable[[pd.DataFrame], Any] | None = None) -> Any:
    """Return a comparison as HTML, and any other frame as it was shown before."""
    if is_untouched(frame):
        from tariffcalc.report.tables import table

        try:
            return table(frame, format="html")
        except MissingExtraError:
            pass
    return frame._repr_html_() if before is None else before(frame)  # type: ignore[operator]


def is_untouched(frame: pd.DataFrame) -> bool:
    """Tell whether a frame is a result of ``compare`` with the figures it had then."""
    stamp = frame.attrs.get("fingerprint")
    if stamp is None or not frame.dtypes.eq("float64").all():
        return False
    return bool(stamp == fingerprint(frame))
