"""Figures of a structure's flows: the pledge columns of the comparison."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tariffcalc.bookkeeping import ACCOUNTS
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.discounting import present_value
from tariffcalc.numeric.rates_of_return import count_and_least_root
from tariffcalc.pledge.accounts import PAID_IN, total
from tariffcalc.pledge.flows import StructureFlows
from tariffcalc.tables import ratio

__all__ = ["costs", "payback_year", "payer_irr", "peaks"]

PAID = {
    "capital_call": 1.0,
    "loan_disbursement": 1.0,
    "public_support": 1.0,
    "guarantee_call": 1.0,
}
CARRY = {"funding": -1.0, "funding_interest": 1.0, "funding_repayment": 1.0}
RECEIVED = {
    "distribution_payer": 1.0,
    "withheld_release": 1.0,
    "loan_service": 1.0,
    "loan_premium": 1.0,
    "guarantee_fee": 1.0,
    "guarantee_recovery": 1.0,
}


def costs(
    flows: StructureFlows,
    factors: Mapping[str, FloatArray],
    received: Mapping[str, FloatArray] | None = None,
    *,
    carried: bool = True,
) -> dict[str, FloatArray]:
    """Return present values [USD] and the subsidy rate, shape (cases or 1,).

    Outlays are calls, loans, grants to companies, expected guarantee calls, and, where it is
    ``carried``, the service of borrowed dollars less what was borrowed, which is 0 when they cost
    the discount rate. ``received`` are the factors of receipts, if they are not those of outlays.
    """
    outlay = _present(flows, PAID | CARRY if carried else PAID, factors)
    receipts = _present(flows, RECEIVED, factors if received is None else received)
    net = outlay - receipts
    return {
        "pv_outlay_usd": outlay,
        "pv_receipts_usd": receipts,
        "net_cost_usd": net,
        "subsidy_rate": ratio(net, outlay),
    }


def peaks(
    flows: StructureFlows, reserves: FloatArray, fx_capacity: FloatArray
) -> dict[str, FloatArray]:
    """Return the peak calendar year's outlay and exposure against the payer's capacities.

    Against a capacity that is NaN, unknown, the peak is NaN.
    """
    by_year = flows.timeline.by_year
    peak = by_year(total(flows.payments, PAID_IN)).max(axis=1)
    return {
        "peak_year_outlay_usd": peak,
        "peak_share_of_reserves": peak / reserves,
        "peak_over_fx_capacity": by_year(flows.fx_need).max(axis=1) / fx_capacity,
        "contingent_peak_usd": flows.contingent.max(axis=1),
    }


def net_by_time(flows: StructureFlows, shift: int) -> FloatArray:
    """Return the payer's project flows by point in time, shape (cases, periods + 1).

    ``shift`` is how many periods after the outlays of a period its receipts fall: 0 or 1.
    """
    sizes = [flows.payments[name].shape for name in PAID | RECEIVED if name in flows.payments]
    cases = max((size[0] for size in sizes), default=1)
    periods = max((size[1] for size in sizes), default=1)
    net = np.zeros((cases, periods + 1))
    for name, sign in [*((n, -1.0) for n in PAID), *((n, 1.0) for n in RECEIVED)]:
        if name in flows.payments:
            first = shift if ACCOUNTS[name].when == "receipt" else 0
            net[:, first : first + periods] += sign * flows.payments[name]
    return net


def payer_irr(flows: StructureFlows, shift: int) -> FloatArray:
    """Return the payer's yearly rate of return on its project flows; NaN without exactly one."""
    counts, root = count_and_least_root(net_by_time(flows, shift))
    return np.where(counts == 1, flows.timeline.yearly(root), np.nan)


def payback_year(flows: StructureFlows) -> FloatArray:
    """Return the year from whose end on nominal receipts have made good all outlays; or NaN.

    It is not before the first flow. A trillionth of all that flows is rounding; where nothing
    flows, nothing is made good.
    """
    net = net_by_time(flows, 0)[:, :-1]
    moved = np.zeros_like(net)
    for name in PAID | RECEIVED:
        if name in flows.payments:
            moved += np.abs(flows.payments[name])
    size = moved.sum(axis=1)
    behind = np.cumsum(net, axis=1) < -1e-12 * size[:, np.newaxis]
    periods = net.shape[1]
    last_behind = np.where(behind.any(axis=1), periods - 1 - np.argmax(behind[:, ::-1], axis=1), -1)
    recovered = (last_behind < periods - 1) & (size > 0.0)
    good_from = np.maximum(last_behind + 1, np.argmax(moved > 0.0, axis=1))
    return np.where(recovered, flows.timeline.year(good_from), np.nan)


def _present(
    flows: StructureFlows, signs: Mapping[str, float], factors: Mapping[str, FloatArray]
) -> FloatArray:
    total = np.zeros(1)
    for name, sign in signs.items():
        if name in flows.payments:
            worth = present_value(flows.payments[name], factors[ACCOUNTS[name].when])
            total = total + sign * worth
    return total
