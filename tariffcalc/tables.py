"""What every tabular result carries: units by column, the scenario's hash, the version."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.version import VERSION

__all__ = ["fingerprint", "labelled", "ratio", "vintage"]


def labelled(
    frame: pd.DataFrame,
    units: Mapping[str, str],
    *,
    scenario_hash: str | None = None,
    vintages: Sequence[str] = (),
) -> pd.DataFrame:
    """Return the frame with its units, scenario hash, version and vintages as attributes."""
    frame.attrs["units"] = dict(units)
    frame.attrs["scenario_hash"] = scenario_hash
    frame.attrs["tariffcalc_version"] = VERSION
    if vintages:
        frame.attrs["vintages"] = list(vintages)
    return frame


def vintage(name: str, as_of: dt.date) -> str:
    """Return in words which scenario a table speaks for, and what was known when."""
    return f"{name} as of {as_of}"


def fingerprint(frame: pd.DataFrame) -> str:
    """Return a digest of a frame of numbers that changes with any figure, name or label.

    Attributes outlive arithmetic, so that they alone do not say that a frame is a result as it was
    computed.
    """
    words = repr((list(frame.columns), list(frame.index), list(frame.index.names)))
    figures = np.ascontiguousarray(frame.to_numpy(dtype=float))
    return hashlib.sha256(words.encode("utf-8", "surrogatepass") + figures.tobytes()).hexdigest()


def ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Return part ÷ whole, NaN where the whole is 0: there is nothing to compare with."""
    part, whole = np.broadcast_arrays(part, whole)
    result = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=result, where=whole != 0.0)
    return result
