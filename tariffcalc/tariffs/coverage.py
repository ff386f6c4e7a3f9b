"""From measures and lines to the arrays of the stacking kernel, on one date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tariffcalc.errors import InputError, first_rows
from tariffcalc.numeric.arrays import BoolArray, FloatArray, IntArray
from tariffcalc.partners import EU27, EU27_MEMBERS
from tariffcalc.tariffs.base import base_rates, specific
from tariffcalc.tariffs.conventions import OTHERS, Reading
from tariffcalc.tariffs.lines import Lines
from tariffcalc.tariffs.measures import TariffMeasure
from tariffcalc.tariffs.reach import reach
from tariffcalc.tariffs.stacking import charged_shares

__all__ = ["Coverage", "coverage", "displacement_order", "refuse_circles"]


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """What the law of one date says of some lines.

    ``reached`` is the share of value each measure names and ``charged`` what displacement leaves
    of it, shape (measures, lines); ``specific`` is the ad valorem equivalent of the specific
    duties, same shape; ``mfn``, ``preferential`` and ``use`` have shape (lines,).
    ``displaced_by[j, i]`` says that measure i displaces measure j. ``measures`` are those in force
    that reach a line, base rates apart, in the order of the rows.
    """

    measures: tuple[TariffMeasure, ...]
    reached: FloatArray
    charged: FloatArray
    specific: FloatArray
    displaced_by: BoolArray
    mfn: FloatArray
    preferential: FloatArray
    use: FloatArray


def coverage(measures: Sequence[TariffMeasure], lines: Lines, reading: Reading) -> Coverage:
    """Return the coverage of the measures in force on the day of a reading."""
    _refuse_others(lines, reading)
    in_force = [measure for measure in measures if measure.in_force(reading.on)]
    adding: list[TariffMeasure] = []
    shares: list[FloatArray] = []
    for measure in in_force:
        if measure.form != "base":
            share = reach(measure, lines, reading)
            if share.any():
                adding.append(measure)
                shares.append(share)
    reached = np.array(shares).reshape(len(adding), len(lines))
    duties = np.zeros_like(reached)
    for row, measure in enumerate(adding):
        duties[row] = specific(measure, lines, reached[row] > 0.0)
    order, displaced_by = displacement_order(adding)
    charged = charged_shares(reached, displaced_by, order)
    base = [measure for measure in in_force if measure.form == "base"]
    mfn, preferential, use = base_rates(base, lines, reading)
    return Coverage(tuple(adding), reached, charged, duties, displaced_by, mfn, preferential, use)


def _refuse_others(lines: Lines, reading: Reading) -> None:
    """Refuse partners whose law is not known, where a schedule says whose is."""
    known = set(reading.partners) | (EU27_MEMBERS if EU27 in reading.partners else set())
    others = sorted(set(lines.partners) - known) if known else []
    if others:
        raise InputError(
            f"the schedule holds the law on {', '.join(reading.partners)}, and not on "
            f"{first_rows(others[:5], len(others), 'partner')}; leave these lines out, or let them "
            f"pay what a country without rates of its own pays: .with_convention({OTHERS!r}, "
            "'rest')"
        )


def displacement_order(measures: Sequence[TariffMeasure]) -> tuple[IntArray, BoolArray]:
    """Return the measures with displacers first, and who displaces whom; refuse a circle."""
    count = len(measures)
    displaced_by = np.zeros((count, count), dtype=bool)
    places: dict[str, list[int]] = {}
    for j, measure in enumerate(measures):
        for word in {measure.authority, measure.name}:
            places.setdefault(word, []).append(j)
    for i, displacer in enumerate(measures):
        for word in displacer.displaces:
            displaced_by[places.get(word, []), i] = True
    placed: list[int] = []
    waiting = displaced_by.sum(axis=1)
    while len(placed) < count:
        free = [j for j in np.flatnonzero(waiting == 0).tolist() if j not in placed]
        if not free:
            circle = sorted({m.authority for j, m in enumerate(measures) if j not in placed})
            raise InputError(
                f"the authorities {', '.join(circle)} displace each other in a circle; "
                "say which one comes first"
            )
        placed += free
        waiting = waiting - displaced_by[:, free].sum(axis=1)
    return np.array(placed, dtype=np.int64), displaced_by


def refuse_circles(measures: Sequence[TariffMeasure]) -> None:
    """Refuse measures that displace each other on one day; a circle can only open at a start."""
    if not any(measure.displaces for measure in measures):
        return
    for day in sorted({measure.start for measure in measures}):
        displacement_order([measure for measure in measures if measure.in_force(day)])
