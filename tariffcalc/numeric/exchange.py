"""Exchange rates of later times: drifting, or by covered interest parity; and the cost of a hedge.

Rates are units of the payer's currency per US dollar.
"""

from __future__ import annotations

import numpy as np

from tariffcalc.numeric.arrays import FloatArray

__all__ = ["drifted", "flat_factors", "hedge_cost", "parity"]


def flat_factors(rate: FloatArray, times: FloatArray) -> FloatArray:
    """Return (1+rate)^−t at some times [years], shape (cases or 1, times)."""
    return np.asfortranarray(np.exp(-times * np.log1p(rate)[:, np.newaxis]))


def drifted(spot: FloatArray, drift: FloatArray, times: FloatArray) -> FloatArray:
    """Return S·(1+drift)^t, shape (cases or 1, times)."""
    return np.asfortranarray(spot[:, np.newaxis] * np.exp(times * np.log1p(drift)[:, np.newaxis]))


def parity(spot: FloatArray, own: FloatArray, dollar: FloatArray) -> FloatArray:
    """Return the forward rate F = S·df_dollar/df_own from the discount factors of two currencies.

    It is S·((1+i_own)/(1+i_dollar))^t: a dollar bought forward costs what a dollar bought now and
    lent costs in borrowed money of the own currency.
    """
    return np.asfortranarray(spot[:, np.newaxis] * (dollar / own))


def hedge_cost(spot: FloatArray, forward: FloatArray, times: FloatArray) -> FloatArray:
    """Return (F/S − 1)/T per year of the hedge; NaN at T = 0, where there is nothing to hedge."""
    late = times > 0.0
    years = np.where(late, times, np.nan)
    return np.asfortranarray((forward / spot[:, np.newaxis] - 1.0) / years)
