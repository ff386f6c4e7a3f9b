"""What every tabular result carries: units by column, the scenario's hash, the version."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.version import VERSION

__all__ = ["labelled", "ratio"]


def labelled(
    frame: pd.DataFrame, units: Mapping[str, str], *, scenario_hash: str | None = None
) -> pd.DataFrame:
    """Return the frame with its units, scenario hash and version as attributes."""
    frame.attrs["units"] = dict(units)
    frame.attrs["scenario_hash"] = scenario_hash
    frame.attrs["tariffcalc_version"] = VERSION
    return frame


def ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Return part ÷ whole, NaN where the whole is 0: there is nothing to compare with."""
    part, whole = np.broadcast_arrays(part, whole)
    result = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=result, where=whole != 0.0)
    return result
