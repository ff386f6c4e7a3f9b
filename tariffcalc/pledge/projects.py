"""The projects that equity is spent on, and what one dollar of a project pays by age."""

from __future__ import annotations

import numpy as np

from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cohorts import level_profile
from tariffcalc.numeric.discounting import annuity_factor

__all__ = ["project_profile"]


def project_profile(
    irr: FloatArray, construction: FloatArray, life: FloatArray, ages: int
) -> FloatArray:
    """Return the level cash of one dollar by age: 1 = C·A(g, N)/(1+g)^L, paid for N years after L.

    Arrays of shape (cases or 1,); ages beyond construction + life pay 0.
    """
    cash = np.exp(construction * np.log1p(irr)) / annuity_factor(irr, life)
    return np.asfortranarray(level_profile(construction, life, ages) * cash[:, np.newaxis])
