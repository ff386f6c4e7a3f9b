"""What one dollar guaranteed pays by age: fees, expected calls and recoveries, and exposure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.pledge.loan_profiles import surviving

__all__ = ["GuaranteeProfiles", "guarantee_profiles"]


@dataclass(frozen=True, slots=True, eq=False)
class GuaranteeProfiles:
    """A guarantee by age, each of shape (cases or 1, ages).

    ``exposure`` is gross: what is outstanding and covered if nothing defaults.
    """

    fees: FloatArray
    calls: FloatArray
    recoveries: FloatArray
    exposure: FloatArray


def guarantee_profiles(
    fee: FloatArray,
    outstanding: FloatArray,
    default_rate: FloatArray,
    loss: FloatArray,
    cover: FloatArray,
    delay: FloatArray,
) -> GuaranteeProfiles:
    """Return the profiles of one dollar guaranteed.

    ``outstanding`` of the guaranteed loan and ``default_rate`` have shape (cases or 1, ages), all
    else (cases or 1,). Fees and calls fall on the share still alive. Calls are net of recoveries
    where these come without delay; elsewhere 1 − loss of a call follows ``delay`` periods later.
    """
    alive = surviving(default_rate) * outstanding
    cover, loss, delay = (terms[:, np.newaxis] for terms in (cover, loss, delay))
    called = np.where(delay == 0.0, loss, 1.0)
    calls = default_rate * called * cover * alive
    recoveries = np.zeros((1, calls.shape[1]))
    if delay.any():
        recoveries = (1.0 - loss) * _later(calls, delay) * (delay > 0.0)
    fees = (fee[:, np.newaxis] * cover) * alive
    parts = (fees, calls, recoveries, cover * outstanding)
    return GuaranteeProfiles(*(np.asfortranarray(part) for part in parts))


def _later(flows: FloatArray, delay: FloatArray) -> FloatArray:
    """Return flows by age as many periods later as a case has delay, shape (cases or 1, 1)."""
    before = np.arange(flows.shape[1]) - delay.astype(np.int64)
    cases = max(flows.shape[0], delay.shape[0])
    rows = np.broadcast_to(flows, (cases, flows.shape[1]))
    index = np.broadcast_to(np.maximum(before, 0), rows.shape)
    return np.where(before >= 0, np.take_along_axis(rows, index, axis=1), 0.0)
