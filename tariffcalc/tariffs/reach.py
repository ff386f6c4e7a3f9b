"""Which share of each line a measure names: by product, by partner, by content."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from tariffcalc.codes import CodeRanges, code_intervals, covered
from tariffcalc.data import data_table
from tariffcalc.errors import InputError, first_rows
from tariffcalc.numeric.arrays import BoolArray, FloatArray, IntArray
from tariffcalc.partners import named_partners, partner_groups
from tariffcalc.tariffs.conventions import Reading, share_of
from tariffcalc.tariffs.lines import Lines, column
from tariffcalc.tariffs.measures import TariffMeasure
from tariffcalc.tariffs.products import ranges_on

__all__ = ["named_places", "named_share", "reach", "specific_equivalent"]

ANNUAL = "annual_quantity"


def reach(measure: TariffMeasure, lines: Lines, reading: Reading) -> FloatArray:
    """Return the share of each line's value that a measure covers before displacement."""
    named = named_share(measure, lines, reading)
    where = named > 0.0
    needed_by = f"measure {measure.name!r}"
    if measure.quota_quantity is not None:
        return named * _within(measure.quota_quantity, lines, reading, where, needed_by)
    if isinstance(measure.content, str):
        return named * share_of(lines, measure.content, reading, where=where, needed_by=needed_by)
    return named if measure.content is None else named * measure.content


def _within(
    quota: float, lines: Lines, reading: Reading, where: BoolArray, needed_by: str
) -> FloatArray:
    """Return the share of each line that enters under a quota [units per year].

    A line that does not know the quantity of its year takes the convention for quotas.
    """
    if ANNUAL not in lines.frame.columns:
        needed_by = f"the quota of {needed_by}, as a share or as {ANNUAL!r}"
        return share_of(lines, "quota_share", reading, where=where, needed_by=needed_by)
    year = column(lines, ANNUAL, where=where, needed_by=f"the quota of {needed_by}")
    within = np.ones(len(lines))  # nothing enters in excess of a quota that nothing fills
    np.divide(quota, year, out=within, where=year > quota)
    return within


def named_share(measure: TariffMeasure, lines: Lines, reading: Reading) -> FloatArray:
    """Return the share of each line that a measure's products and partners name.

    It is 1 or 0; a line coarser than the codes of the measure is refused, or counts with the
    share of its statistical lines, as the reading says.
    """
    here = named_places(measure, lines.partners)
    _refuse_part_of_group(measure, lines)
    if not here.any():
        return np.zeros(len(lines))
    applies = here[lines.place]
    ranges = [
        ranges_on(products, reading.on, reading.as_of) if products else None
        for products in (measure.products, measure.exempt_products)
    ]
    share, partly = _by_code(ranges, lines)
    rows = np.flatnonzero(applies & partly[lines.code])
    if rows.size:
        if reading.coarse_lines == "refuse" or measure.form == "base":
            _refuse_coarse(measure, lines, rows)
        share[partly] = _line_counts(ranges, lines, partly)
        if np.isnan(share[lines.code[rows]]).any():
            _refuse_coarse(measure, lines, rows[np.isnan(share[lines.code[rows]])])
    return np.where(applies, share[lines.code], 0.0)


def named_places(measure: TariffMeasure, partners: Sequence[str]) -> BoolArray:
    """Return which partners a measure names; EU27 is all its members."""
    named = named_partners(measure.partners)
    exempt = named_partners(measure.exempt_partners)
    return np.array(
        [(not named or partner in named) and partner not in exempt for partner in partners],
        dtype=bool,
    )


def specific_equivalent(
    specific: float | FloatArray, lines: Lines, where: BoolArray, needed_by: str
) -> FloatArray:
    """Return the ad valorem equivalent of a specific duty [USD per unit] where it is charged."""
    quantity = column(lines, "quantity", where=where, needed_by=needed_by)
    value = column(lines, "value_usd", where=where, needed_by=needed_by)
    if (where & (value == 0.0)).any():
        raise InputError(f"value_usd: a value above 0 is needed by {needed_by}")
    return np.where(where, specific * quantity / np.where(where, value, 1.0), 0.0)


def _by_code(ranges: list[CodeRanges | None], lines: Lines) -> tuple[FloatArray, BoolArray]:
    """Return, by different code, the share that is named, and which are named only in part."""
    none, partly = (np.zeros(lines.first.size, dtype=bool) for _ in range(2))
    for part, names in zip(ranges, (True, False), strict=True):
        if part is not None:
            inside, some = covered(part, lines.first, lines.width)
            none |= ~(inside | some) if names else inside
            partly |= some
    return np.where(none, 0.0, 1.0), partly & ~none


def _line_counts(ranges: list[CodeRanges | None], lines: Lines, partly: BoolArray) -> FloatArray:
    """Return the share of the statistical lines below a code that are named; NaN without any."""
    first, width = _statistical_lines()
    named = np.ones(first.size, dtype=bool)
    for part, names in zip(ranges, (True, False), strict=True):
        if part is not None:
            inside, _ = covered(part, first, width)
            named &= inside if names else ~inside
    before = np.concatenate([[0], np.cumsum(named)])
    start = np.searchsorted(first, lines.first[partly])
    stop = np.searchsorted(first, lines.first[partly] + lines.width[partly])
    count = stop - start
    return np.where(count > 0, (before[stop] - before[start]) / np.maximum(count, 1), np.nan)


@lru_cache(maxsize=1)
def _statistical_lines() -> tuple[IntArray, IntArray]:
    """Return the intervals of all statistical lines of the tariff, sorted."""
    codes = pd.Series(sorted(set(data_table("law/hts-codes.csv.gz")["hs"])), dtype=str)
    return code_intervals(codes)


def _refuse_coarse(measure: TariffMeasure, lines: Lines, rows: IntArray) -> None:
    codes = lines.frame["hs"].iloc[rows[:5]].tolist()
    raise InputError(
        f"measure {measure.name!r} names only a part of {first_rows(codes, rows.size)}; "
        "give these lines at a finer HS level"
    )


def _refuse_part_of_group(measure: TariffMeasure, lines: Lines) -> None:
    """Refuse lines of a whole group of partners under a measure that tells its members apart."""
    for group, members in partner_groups().items():
        if group in lines.partners:
            named = named_places(measure, sorted(members))
            here = lines.place == lines.partners.index(group)
            if named.any() and not named.all() and here.any():
                raise InputError(
                    f"measure {measure.name!r} names only some members of {group}; "
                    f"give the lines of {group} by member"
                )
