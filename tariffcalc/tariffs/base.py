"""The base rate of each line: MFN, or what a preference makes of it on the share that claims it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tariffcalc.errors import InputError, first_rows
from tariffcalc.numeric.arrays import BoolArray, FloatArray
from tariffcalc.tariffs.conventions import Reading, share_of
from tariffcalc.tariffs.lines import Lines, column
from tariffcalc.tariffs.measures import TariffMeasure
from tariffcalc.tariffs.reach import named_share, specific_equivalent

__all__ = ["PREFERENCE_USE", "base_rates"]

PREFERENCE_USE = "preference_use_share"


def base_rates(
    measures: Sequence[TariffMeasure], lines: Lines, reading: Reading
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return MFN rate, preferential rate and preference use of each line.

    A base measure that covers a line replaces what the line's own columns say.
    """
    set_rate = _set_rate(measures, lines, reading)
    free = np.isnan(set_rate)
    mfn = _own_rate(lines, "mfn", free, "the base rate")
    preferential, use = mfn, np.zeros(len(lines))
    if "preferential_rate" in lines.frame.columns:
        given = lines.frame["preferential_rate"].to_numpy(dtype=np.float64, na_value=np.nan)
        claims = free & ~np.isnan(given)
        own = _own_rate(lines, "preferential", claims, "the preferential rate")
        claims &= own != mfn
        use = share_of(
            lines, PREFERENCE_USE, reading, where=claims, needed_by="the preferential rate"
        )
        preferential = np.where(claims, own, mfn)
    return (
        np.where(free, mfn, set_rate),
        np.where(free, preferential, set_rate),
        np.where(free, use, 0.0),
    )


def _own_rate(lines: Lines, kind: str, where: BoolArray, needed_by: str) -> FloatArray:
    """Return a rate of the lines: ad valorem, plus the equivalent of its specific part."""
    rate = column(lines, f"{kind}_rate", where=where, needed_by=needed_by)
    name = f"{kind}_specific_usd_per_unit"
    if name not in lines.frame.columns:
        return rate
    given = lines.frame[name].to_numpy(dtype=np.float64, na_value=0.0)
    charged = where & (given > 0.0)
    return rate + specific_equivalent(given, lines, charged, f"the specific part of {needed_by}")


def _set_rate(measures: Sequence[TariffMeasure], lines: Lines, reading: Reading) -> FloatArray:
    """Return the rate that a base measure sets, NaN where none does; refuse two on one line."""
    set_rate = np.full(len(lines), np.nan)
    for measure in measures:
        applies = named_share(measure, lines, reading) > 0.0
        both = applies & ~np.isnan(set_rate)
        if both.any():
            codes = lines.frame["hs"].iloc[np.flatnonzero(both)[:5]].tolist()
            raise InputError(
                f"measure {measure.name!r}: two base rates are in force on {reading.on} for "
                f"{first_rows(codes, int(both.sum()))}; end one before the other starts"
            )
        set_rate = np.where(applies, measure.rate + specific(measure, lines, applies), set_rate)
    return set_rate


def specific(measure: TariffMeasure, lines: Lines, where: BoolArray) -> FloatArray:
    """Return the ad valorem equivalent of a measure's specific duty, 0 where it has none."""
    if not measure.specific_usd_per_unit:
        return np.zeros(len(lines))
    needed_by = f"the specific duty of {measure.name!r}"
    return specific_equivalent(measure.specific_usd_per_unit, lines, where, needed_by)
