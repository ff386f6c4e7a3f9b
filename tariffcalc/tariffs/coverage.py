"""From measures and lines to the arrays of the stacking kernel, on one date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tariffcalc.codes import covered
from tariffcalc.errors import InputError, first_rows
from tariffcalc.numeric.arrays import BoolArray, FloatArray, IntArray
from tariffcalc.partners import EU27, EU27_MEMBERS, named_partners
from tariffcalc.tariffs.lines import Lines, column
from tariffcalc.tariffs.measures import TariffMeasure
from tariffcalc.tariffs.products import ranges_on
from tariffcalc.tariffs.stacking import charged_shares

__all__ = ["Coverage", "coverage", "displacement_order", "refuse_circles"]


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """What the law of one date says of some lines.

    ``charged`` has shape (measures, lines); ``specific`` is the ad valorem equivalent of the
    specific duties, same shape; ``mfn``, ``preferential`` and ``use`` have shape (lines,).
    ``measures`` are those in force that add duty, in the order of the rows.
    """

    measures: tuple[TariffMeasure, ...]
    charged: FloatArray
    specific: FloatArray
    mfn: FloatArray
    preferential: FloatArray
    use: FloatArray


def coverage(measures: Sequence[TariffMeasure], lines: Lines, on: dt.date) -> Coverage:
    """Return the coverage of the measures in force on a day."""
    in_force = [measure for measure in measures if measure.in_force(on)]
    adding = tuple(measure for measure in in_force if measure.form != "base")
    reach = np.empty((len(adding), len(lines)))
    specific = np.zeros_like(reach)
    for row, measure in enumerate(adding):
        reach[row] = _reach(measure, lines, on)
        specific[row] = _specific(measure, lines, reach[row] > 0)
    order, displaced_by = displacement_order(adding)
    charged = charged_shares(reach, displaced_by, order)
    base = [measure for measure in in_force if measure.form == "base"]
    mfn, preferential, use = _base(base, lines, on)
    return Coverage(adding, charged, specific, mfn, preferential, use)


def displacement_order(measures: Sequence[TariffMeasure]) -> tuple[IntArray, BoolArray]:
    """Return the measures with displacers first, and who displaces whom; refuse a circle."""
    count = len(measures)
    displaced_by = np.zeros((count, count), dtype=bool)
    for i, displacer in enumerate(measures):
        for j, measure in enumerate(measures):
            displaced_by[j, i] = measure.authority in displacer.displaces
    placed: list[int] = []
    while len(placed) < count:
        free = [
            j
            for j in range(count)
            if j not in placed and set(np.flatnonzero(displaced_by[j])) <= set(placed)
        ]
        if not free:
            circle = sorted({m.authority for j, m in enumerate(measures) if j not in placed})
            raise InputError(
                f"the authorities {', '.join(circle)} displace each other in a circle; "
                "say which one comes first"
            )
        placed += free
    return np.array(placed, dtype=np.int64), displaced_by


def refuse_circles(measures: Sequence[TariffMeasure]) -> None:
    """Refuse authorities that displace each other on one day; a circle can only open at a start."""
    for day in sorted({measure.start for measure in measures}):
        displacement_order([measure for measure in measures if measure.in_force(day)])


def _reach(measure: TariffMeasure, lines: Lines, on: dt.date) -> FloatArray:
    """Return the share of each line's value that a measure covers before displacement."""
    applies = product_mask(measure, lines, on)
    if isinstance(measure.content, str):
        return column(lines, measure.content, where=applies, needed_by=f"measure {measure.name!r}")
    return np.where(applies, 1.0 if measure.content is None else measure.content, 0.0)


def product_mask(measure: TariffMeasure, lines: Lines, on: dt.date) -> BoolArray:
    """Return which lines a measure names; refuse a line too coarse to tell."""
    applies = partner_mask(measure, lines)
    for products, names in ((measure.products, True), (measure.exempt_products, False)):
        if products:
            inside, partly = covered(ranges_on(products, on), lines.first, lines.width)
            _refuse_coarse(measure, lines, partly & applies)
            applies = applies & (inside if names else ~inside)
    return applies


def partner_mask(measure: TariffMeasure, lines: Lines) -> BoolArray:
    """Return which lines come from a partner that a measure names; EU27 is all its members."""
    if not measure.partners:
        return np.ones(len(lines), dtype=bool)
    named = named_partners(measure.partners)
    if EU27 not in named and named & EU27_MEMBERS:
        rows = np.flatnonzero(lines.partner == EU27)
        if rows.size:
            raise InputError(
                f"measure {measure.name!r} names only some members of EU27 in "
                f"{first_rows(rows[:5].tolist(), rows.size)}; give these lines by member"
            )
    return lines.partner.isin(named).to_numpy(dtype=bool)


def _refuse_coarse(measure: TariffMeasure, lines: Lines, partly: BoolArray) -> None:
    rows = np.flatnonzero(partly)
    if rows.size:
        codes = lines.frame["hs"].to_numpy()[rows[:5]].tolist()
        raise InputError(
            f"measure {measure.name!r} names only a part of {first_rows(codes, rows.size)}; "
            "give these lines at a finer HS level"
        )


def _specific(measure: TariffMeasure, lines: Lines, where: BoolArray) -> FloatArray:
    if not measure.specific_usd_per_unit:
        return np.zeros(len(lines))
    needed_by = f"the specific duty of {measure.name!r}"
    quantity = column(lines, "quantity", where=where, needed_by=needed_by)
    value = column(lines, "value_usd", where=where, needed_by=needed_by)
    if (where & (value == 0.0)).any():
        raise InputError(f"value_usd: a value above 0 is needed by {needed_by}")
    return np.where(where, measure.specific_usd_per_unit * quantity / np.where(where, value, 1), 0)


def _base(
    measures: Sequence[TariffMeasure], lines: Lines, on: dt.date
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return MFN rate, preferential rate and preference use of each line.

    A base measure that covers a line replaces what the line's own columns say.
    """
    set_rate = np.full(len(lines), np.nan)
    for measure in measures:
        applies = product_mask(measure, lines, on)
        both = applies & ~np.isnan(set_rate)
        if both.any():
            codes = lines.frame["hs"].to_numpy()[np.flatnonzero(both)[:5]].tolist()
            raise InputError(
                f"measure {measure.name!r}: two base rates are in force on {on} for "
                f"{first_rows(codes, int(both.sum()))}; end one before the other starts"
            )
        set_rate = np.where(applies, measure.rate + _specific(measure, lines, applies), set_rate)
    free = np.isnan(set_rate)
    mfn = column(lines, "mfn_rate", where=free, needed_by="the base rate")
    preferential, use = mfn, np.zeros(len(lines))
    if "preferential_rate" in lines.frame.columns:
        given = lines.frame["preferential_rate"].to_numpy(dtype=np.float64, na_value=np.nan)
        claims = free & ~np.isnan(given) & (given != mfn)
        use = column(lines, "preference_use_share", where=claims, needed_by="the preferential rate")
        preferential = np.where(claims, given, mfn)
    return (
        np.where(free, mfn, set_rate),
        np.where(free, preferential, set_rate),
        np.where(free, use, 0.0),
    )
