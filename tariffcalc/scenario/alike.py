"""Lines that answer alike: one product, one law. Together they are one line of their summed value.

What a response says of a line is in proportion to its value, and lines of one market whose rates
move alike are one variety. A scenario draws the same answer from fewer lines.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from tariffcalc.numeric.arrays import FloatArray, IntArray
from tariffcalc.scenario.relief import Law
from tariffcalc.tariffs.coverage import Coverage

__all__ = ["put_together"]


def put_together(law: Law, product: IntArray) -> tuple[Law, IntArray]:
    """Return the law on lines that differ, and the row of the first of each among the old ones.

    ``product``, shape (lines,), numbers what trade tells apart, such as markets. Lines of one
    product are one where every schedule has the same shares, duties and base rates for them, so
    that their total rates agree whatever the rates of the measures.
    """
    figures = [product[np.newaxis].astype(np.float64)]
    figures += [rows for found in law.schedules.values() for rows in _figures(found)]
    # 0 and -0 are one figure, and their bytes differ.
    table = np.ascontiguousarray(np.concatenate(figures).T) + 0.0
    row = pd.factorize(pd.Series([line.tobytes() for line in table]))[0]
    first = np.unique(row, return_index=True)[1]
    schedules = {name: _some(found, first) for name, found in law.schedules.items()}
    value = np.asarray(np.bincount(row, law.value), dtype=np.float64)
    return Law(value, schedules, law.lines.iloc[first]), first


def _figures(found: Coverage) -> list[FloatArray]:
    """Return what rates are worked out from, each of shape (figures, lines)."""
    base = np.array([found.mfn, found.preferential, found.use])
    return [found.charged, found.specific, base]


def _some(found: Coverage, rows: IntArray) -> Coverage:
    """Return the coverage of some lines."""
    return replace(
        found,
        reached=found.reached[:, rows],
        charged=found.charged[:, rows],
        specific=found.specific[:, rows],
        mfn=found.mfn[rows],
        preferential=found.preferential[rows],
        use=found.use[rows],
    )
