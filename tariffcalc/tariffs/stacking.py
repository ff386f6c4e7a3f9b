"""The stacking kernel: which share of a line each measure charges, and what it adds.

Take the measures that cover a line. Each drops the authorities it displaces, on the share of
value it covers itself; what is left of each measure adds its rate, or tops the base up to it.
"""

from __future__ import annotations

import numpy as np

from tariffcalc.numeric.arrays import BoolArray, FloatArray, IntArray

__all__ = ["add_on", "blended_base", "charged_shares"]


def charged_shares(covered: FloatArray, displaced_by: BoolArray, order: IntArray) -> FloatArray:
    """Return the share of each line's value that each measure charges, shape (measures, lines).

    Parameters
    ----------
    covered
        Share of value each measure covers before displacement, shape (measures, lines).
    displaced_by
        ``displaced_by[j, i]``: measure i displaces measure j, shape (measures, measures).
    order
        The measures, displacers before what they displace.

    Notes
    -----
    e_j = c_j · max(0, 1 − Σ_{i displaces j} e_i). A measure that is itself displaced displaces
    nothing on the share it lost.
    """
    charged = np.zeros_like(covered)
    for measure in order:
        taken = np.zeros(covered.shape[1])
        for displacer in np.flatnonzero(displaced_by[measure]):
            taken = taken + charged[displacer]
        charged[measure] = covered[measure] * np.maximum(0.0, 1.0 - taken)
    return charged


def add_on(
    rate: FloatArray,
    charged: FloatArray,
    mfn: FloatArray,
    preferential: FloatArray,
    use: FloatArray,
    *,
    all_in: bool,
) -> FloatArray:
    """Return what one measure adds to the rate of each line, shape (cases, lines).

    ``rate`` has shape (cases, 1) or (cases, lines), the rest (lines,). An all-in rate tops up the
    base that is really claimed: the preferential one on the share ``use``, MFN on the rest.
    """
    if not all_in:
        return charged * rate
    over_preferential = np.maximum(0.0, rate - preferential)
    over_mfn = np.maximum(0.0, rate - mfn)
    return charged * (use * over_preferential + (1.0 - use) * over_mfn)


def blended_base(mfn: FloatArray, preferential: FloatArray, use: FloatArray) -> FloatArray:
    """Return the base rate: preferential on the share that claims it, MFN on the rest."""
    return use * preferential + (1.0 - use) * mfn
