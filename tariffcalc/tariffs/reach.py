"""Which share of each line a measure names: by product, by partner, by content."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tariffcalc.codes import covered
from tariffcalc.errors import InputError, first_rows
from tariffcalc.numeric.arrays import BoolArray, FloatArray
from tariffcalc.partners import named_partners, partner_groups
from tariffcalc.tariffs.conventions import Reading, share_of
from tariffcalc.tariffs.lines import Lines, column
from tariffcalc.tariffs.measures import TariffMeasure
from tariffcalc.tariffs.products import ranges_on

__all__ = ["named_in_part", "named_places", "named_share", "reach", "specific_equivalent"]

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
    """Return 1 for each line that a measure's products and partners name, and 0 for the others.

    A line that is named only in part is refused.
    """
    applies, named, partly = _named(measure, lines, reading)
    rows = np.flatnonzero(applies & partly[lines.code])
    if rows.size:
        codes = lines.frame["hs"].iloc[rows[:5]].tolist()
        raise InputError(
            f"measure {measure.name!r} names only a part of {first_rows(codes, rows.size)}; "
            "give these lines at a finer HS level, or load the law with the convention "
            "coarse_lines='line_count'"
        )
    return (applies & named[lines.code]).astype(np.float64)


def named_in_part(measure: TariffMeasure, lines: Lines, reading: Reading) -> BoolArray:
    """Return which lines a measure names only in part: they are coarser than its codes."""
    applies, _, partly = _named(measure, lines, reading)
    return applies & partly[lines.code]


def _named(
    measure: TariffMeasure, lines: Lines, reading: Reading
) -> tuple[BoolArray, BoolArray, BoolArray]:
    """Return the lines of a measure's partners; and the codes it names whole, and in part."""
    here = named_places(measure, lines.partners)
    _refuse_part_of_group(measure, lines)
    named, partly = (np.full(lines.first.size, whole) for whole in (True, False))
    if not here.any():
        return here[lines.place], named, partly
    for products, names in ((measure.products, True), (measure.exempt_products, False)):
        if products:
            ranges = ranges_on(products, reading.on, reading.as_of)
            inside, some = covered(ranges, lines.first, lines.width)
            named &= inside | some if names else ~inside
            partly |= some
    return here[lines.place], named, partly & named


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
