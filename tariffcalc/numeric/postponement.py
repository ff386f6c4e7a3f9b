"""What is lost when a change that is felt over time comes later."""

from __future__ import annotations

import numpy as np

from tariffcalc.numeric.arrays import FloatArray, period_array

__all__ = ["months_to_settle", "postponed"]


def months_to_settle(adjustment: FloatArray, lag_months: FloatArray) -> int:
    """Return after how many months, the first counted, the share of the response is final."""
    years = max(0, adjustment.size - 1)
    return max(12 * years, int(np.ceil(lag_months.max()))) + 1


def postponed(
    at_once: FloatArray, long_run: FloatArray, share: FloatArray, months: int
) -> FloatArray:
    """Return what each further month loses by which a change is put off.

    Parameters
    ----------
    at_once, long_run
        What the change is worth in each month before trade has answered, and once it has, shape
        (cases or 1, months + settling − 1) at least.
    share
        Share r_u of the long-run answer that is reached u months after the change, shape (cases or
        1, settling); the last one holds.
    months
        How many months to put it off, one after the other.

    Returns
    -------
    numpy.ndarray
        Shape (cases or 1, months).

    Notes
    -----
    In force from month s on, the change is worth W_t(s) = r_{t−s}·L_t + (1−r_{t−s})·A_t in month
    t ≥ s. The m-th month of delay loses Σ_t W_t(m−1) − W_t(m)
    = A_{m−1} + Σ_u (r_u − r_{u−1})·(L − A)_{m−1+u} with r_{−1} = 0: only the months in which the
    answer would have moved.
    """
    cases = max(at_once.shape[0], long_run.shape[0], share.shape[0])
    lost = period_array(cases, months)
    lost[:] = at_once[:, :months]
    reached = np.zeros(1)
    for later in range(share.shape[1]):
        step = (share[:, later] - reached)[:, np.newaxis]
        if step.any():
            cut = slice(later, later + months)
            lost += step * (long_run[:, cut] - at_once[:, cut])
        reached = share[:, later]
    return lost
