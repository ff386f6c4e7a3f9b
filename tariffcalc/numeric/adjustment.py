"""How much of the long-run response has been reached: years of adjustment, and a lag before it."""

from __future__ import annotations

import numpy as np

from tariffcalc.numeric.arrays import FloatArray

__all__ = ["response_share"]


def response_share(
    adjustment: FloatArray, lag_months: FloatArray, years: int, per_year: int
) -> FloatArray:
    """Return the share of the long-run response in each period, shape (cases or 1, periods).

    Year k has reached ``adjustment[k]``, and the last of them from then on; none at all is 1. In
    the first ``lag_months``, shape (cases or 1,), nothing has answered yet: a period counts with
    the part of it that lies after them.
    """
    months = 12 // per_year
    starts = np.arange(years * per_year) * float(months)
    after = np.clip(starts + months - lag_months[:, np.newaxis], 0.0, months) / months
    if adjustment.size == 0:
        return after
    year = np.minimum(np.arange(years), adjustment.size - 1)
    return np.repeat(adjustment[year], per_year) * after
