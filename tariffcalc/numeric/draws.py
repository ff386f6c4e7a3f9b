"""Draws in time: what limits hold back, what is filled in order, what is paid late.

All amounts are shares of the money counted; arrays have shape (cases or 1, periods), terms
(cases or 1,). Before any limit, a share of the whole is *requested* in each period.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from tariffcalc.numeric.arrays import FloatArray, IntArray, period_array

__all__ = ["ROUNDING", "Deferral", "Limits", "filled_in_order", "limited", "paid_late"]

# What is within a trillionth of a cap is rounding, and no draw of its own.
ROUNDING = 1e-12
NOTHING = np.zeros(1)


@dataclass(frozen=True, slots=True, eq=False)
class Deferral:
    """What exceeds ``capacity`` in a calendar year slips by ``slip`` periods, ``accepted`` of it.

    ``accepted`` is a share, ``slip`` at least one period.
    """

    capacity: FloatArray
    accepted: FloatArray
    slip: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """What holds draws back.

    ``cap`` is the most that is drawn in a calendar year, ``named`` what takes its place in some
    years (counted from 0); nothing is drawn before the period ``first``. With ``carry_over`` a
    year may also draw what the caps of earlier years left undrawn.
    """

    cap: FloatArray
    named: Mapping[int, FloatArray] = field(default_factory=dict)
    first: int = 0
    carry_over: bool = False
    deferral: Deferral | None = None

    def of_year(self, year: int) -> FloatArray:
        """Return the cap of a calendar year."""
        return self.named.get(year, self.cap)


def limited(
    requests: FloatArray, limits: Limits, per_year: int, most: int
) -> tuple[FloatArray, FloatArray]:
    """Return what is drawn in each period, and what is still undrawn after ``most`` periods.

    What is held back waits, and is drawn as early as the limits allow. Every dollar is in one of
    four places: to be requested, waiting, slipped to a later period, drawn.
    """
    drawn: list[FloatArray] = []
    late: dict[int, FloatArray] = {}
    waiting = unused = NOTHING
    while len(drawn) < most and (len(drawn) < requests.shape[1] or late or waiting.any()):
        year, part = divmod(len(drawn), per_year)
        if part == 0:
            cap = limits.of_year(year)
            room = unused = unused + cap if limits.carry_over else cap
            planned = NOTHING
        wanted = waiting + late.pop(len(drawn), NOTHING)
        if len(drawn) < requests.shape[1]:
            wanted = wanted + requests[:, len(drawn)]
        now = _within(wanted, room, cap) if len(drawn) >= limits.first else np.zeros_like(wanted)
        waiting, room = wanted - now, np.maximum(room - now, 0.0)
        if limits.deferral is not None:
            slipped = _slipped(planned, planned + now, limits.deferral)
            _put_off(late, slipped, len(drawn) + limits.deferral.slip)
            planned, now = planned + now, now - slipped
        unused = np.maximum(unused - now, 0.0)
        drawn.append(now)
    left = waiting
    for slipped in late.values():
        left = left + slipped
    return _columns(drawn), left


def _within(wanted: FloatArray, room: FloatArray, cap: FloatArray) -> FloatArray:
    """Return what of some money a cap leaves room for; a trillionth of the cap is no more."""
    return np.where(wanted - room <= ROUNDING * cap, wanted, room)


def _slipped(before: FloatArray, after: FloatArray, deferral: Deferral) -> FloatArray:
    """Return what slips of a period's draws that bring the year's from ``before`` to ``after``."""
    capacity = deferral.capacity
    excess = [
        np.where(year - capacity > ROUNDING * capacity, year - capacity, 0.0)
        for year in (before, after)
    ]
    slipped: FloatArray = deferral.accepted * (excess[1] - excess[0])
    return slipped


def _put_off(late: dict[int, FloatArray], amounts: FloatArray, periods: IntArray) -> None:
    """Add amounts to what is requested again in later periods, shape (cases or 1,) each."""
    if amounts.any():
        for period in np.unique(periods):
            own = np.where(periods == period, amounts, 0.0)
            late[int(period)] = late.get(int(period), NOTHING) + own


def _columns(periods: list[FloatArray]) -> FloatArray:
    """Return amounts by period as one array, shape (cases or 1, periods)."""
    table = period_array(max(amounts.shape[0] for amounts in periods), len(periods))
    for period, amounts in enumerate(periods):
        table[:, period] = amounts
    return table


def filled_in_order(drawn: FloatArray, own: FloatArray, later: FloatArray) -> FloatArray:
    """Return the share of one part drawn in each period when parts are filled in their order.

    ``own`` is the part's share of the whole and ``later`` that of the parts after it: with C_t
    drawn of the whole, the part has min(max(C_t − what is before it, 0), own). A part that is
    empty keeps the pace of the whole.
    """
    to_come = np.zeros_like(drawn)
    to_come[:, :-1] = np.cumsum(drawn[:, :0:-1], axis=1)[:, ::-1]
    size = np.where(own > 0.0, own, 1.0)[:, np.newaxis]
    missing = (to_come - later[:, np.newaxis]) / size
    missing = np.where(missing < ROUNDING, 0.0, np.where(missing > 1.0 - ROUNDING, 1.0, missing))
    before = np.concatenate([np.ones((missing.shape[0], 1)), missing[:, :-1]], axis=1)
    return np.asfortranarray(np.where(own[:, np.newaxis] > 0.0, before - missing, drawn))


def paid_late(
    drawn: FloatArray, unpaid: FloatArray, delay: IntArray | None
) -> tuple[FloatArray, FloatArray]:
    """Return what is paid when some calls are made good later, and 1 where one is unpaid, else 0.

    ``unpaid`` is what is not paid in time; it is paid ``delay`` periods later, or never.
    """
    periods = drawn.shape[1]
    if delay is None:
        return np.asfortranarray(drawn - unpaid), _open(unpaid, np.zeros_like(unpaid))
    unpaid = np.where((delay > 0)[:, np.newaxis], unpaid, 0.0)
    late = period_array(unpaid.shape[0], periods + int(delay.max()))
    for each in np.unique(delay):
        own = np.where((delay == each)[:, np.newaxis], unpaid, 0.0)
        late[:, each : each + periods] += own
    last = np.flatnonzero(late.any(axis=0)).max(initial=periods - 1) + 1
    late = late[:, :last]
    beyond = ((0, 0), (0, last - periods))
    paid = np.pad(drawn - unpaid, beyond) + late
    return np.asfortranarray(paid), _open(np.pad(unpaid, beyond), late)


def _open(unpaid: FloatArray, made_good: FloatArray) -> FloatArray:
    """Return 1 from the period of an unpaid call until the one in which the last is made good."""
    calls = (unpaid > 0.0).astype(np.float64) - (made_good > 0.0)
    return np.asfortranarray((np.cumsum(calls, axis=1) > 0.0).astype(np.float64))
