"""The pace of one drawdown: its requests, what its limits leave of them, what is paid late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray, period_array
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.draws import Deferral, Limits, limited, paid_late
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.drawdown import MOST_YEARS, Drawdown
from tariffcalc.pledge.requested import (
    capped_shares,
    capped_years,
    check_commitment,
    level_shares,
    requested,
    whole_years,
)

if TYPE_CHECKING:
    from tariffcalc.pledge.structure import FundingStructure, Tranche

__all__ = ["after_missed_calls", "pace"]


def pace(
    terms: Cases,
    owner: FundingStructure | Tranche,
    drawdown: Drawdown,
    counted: FloatArray,
    economy: Cases,
    timeline: Timeline,
) -> FloatArray:
    """Return the share drawn in each period before calls are missed, shape (cases or 1, periods).

    ``terms`` is the view of the table of ``owner``, ``counted`` the money that counts against its
    caps [USD], shape (cases or 1,). Money of 0 has nothing that a cap could hold back.
    """
    if terms.is_varied("draw_years"):
        years = terms.number("draw_years")
        periods = whole_years(years, "draw_years") * timeline.per_year
        return level_shares(timeline.periods(years), periods)
    others = (drawdown.yearly_caps, drawdown.first_draw, drawdown.request)
    if drawdown.kind == "capped" and not any(others):
        check_commitment(1, drawdown.commitment_end, timeline.first_year)
        return _capped(terms, owner, counted, timeline)
    asked = requested(terms, drawdown, timeline)
    if drawdown.annual_cap_usd is None and not any(others):
        return asked
    limits = _limits(terms, drawdown, counted, economy, timeline)
    drawn, left = limited(asked, limits, timeline.per_year, MOST_YEARS * timeline.per_year)
    _check_drawn(owner, drawdown, left)
    return drawn


def _capped(
    terms: Cases, owner: FundingStructure | Tranche, counted: FloatArray, timeline: Timeline
) -> FloatArray:
    """Return a cap's worth at the start of each calendar year, until all is drawn."""
    cap = terms.number("drawdown.annual_cap_usd")
    years = capped_years(counted, cap).max()
    if years > MOST_YEARS:
        raise InputError(
            f"{owner.name}: a cap of {cap.min():.4g} USD a year needs {years:.0f} years; "
            f"at most {MOST_YEARS} are allowed, so raise drawdown.annual_cap_usd"
        )
    by_year = capped_shares(counted, cap, int(years))
    if timeline.per_year == 1:
        return by_year
    shares = period_array(by_year.shape[0], (int(years) - 1) * timeline.per_year + 1)
    shares[:, :: timeline.per_year] = by_year
    return shares


def _limits(
    terms: Cases, drawdown: Drawdown, counted: FloatArray, economy: Cases, timeline: Timeline
) -> Limits:
    """Return the limits as shares of the money counted."""
    capped = terms.given("drawdown.annual_cap_usd")
    cap = terms.number("drawdown.annual_cap_usd") if capped else np.full(1, np.inf)
    named = {
        int(row.name) - timeline.first_year: _share(
            terms.number(f"drawdown.yearly_caps.{row.name}.cap_usd"), counted
        )
        for row in drawdown.yearly_caps
    }
    first = 0
    if drawdown.first_draw is not None:
        first = int(timeline.period_of(np.array(drawdown.first_draw, dtype="datetime64[D]")))
    deferral = None
    if drawdown.request is not None:
        deferral = _deferral(terms, counted, economy, timeline)
    return Limits(_share(cap, counted), named, first, drawdown.carry_over, deferral)


def _deferral(terms: Cases, counted: FloatArray, economy: Cases, timeline: Timeline) -> Deferral:
    """Return the request to pay later; refuse one whose capacity is not known."""
    if not economy.given("fx_capacity_usd"):
        raise InputError(
            "drawdown.request: the capacity of the FX market is not known; give "
            "economy.fx_capacity_usd or leave out the request"
        )
    slip = terms.number("drawdown.request.slip_years")
    whole_years(slip, "drawdown.request.slip_years")
    return Deferral(
        _share(economy.number("fx_capacity_usd"), counted),
        terms.number("drawdown.request.acceptance"),
        timeline.periods(slip).astype(np.int64),
    )


def _share(amount: FloatArray, counted: FloatArray) -> FloatArray:
    """Return an amount as a share of the money counted; of none, any amount is boundless."""
    some = counted > 0.0
    with np.errstate(over="ignore"):
        return np.where(some, amount / np.where(some, counted, 1.0), np.inf)


def _check_drawn(owner: FundingStructure | Tranche, drawdown: Drawdown, left: FloatArray) -> None:
    """Refuse a drawdown that its limits draw out over a century; name what could be moved."""
    if not left.any():
        return
    remedies = {
        "raise drawdown.annual_cap_usd": drawdown.annual_cap_usd is not None,
        "raise drawdown.yearly_caps": bool(drawdown.yearly_caps),
        "move drawdown.first_draw": drawdown.first_draw is not None,
        "lower drawdown.request.acceptance": drawdown.request is not None,
    }
    given = [remedy for remedy, applies in remedies.items() if applies]
    raise InputError(
        f"{owner.name}: {left.max():.4g} of the money is still undrawn after {MOST_YEARS} years; "
        f"{' or '.join(given)}"
    )


def after_missed_calls(
    terms: Cases, drawdown: Drawdown, drawn: FloatArray, timeline: Timeline
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return what is paid in each period, where a call is unpaid, and the share ever paid.

    Shapes (cases or 1, periods) twice and (cases or 1,); a call is unpaid where 1 stands.
    """
    if drawdown.missed is None:
        return drawn, np.zeros((1, drawn.shape[1])), np.ones(1)
    year, share = (terms.number(f"drawdown.missed.{term}") for term in ("year", "share"))
    in_year = timeline.year(np.arange(drawn.shape[1], dtype=np.float64)) == year[:, np.newaxis]
    unpaid = np.where(in_year, share[:, np.newaxis] * drawn, 0.0)
    if not terms.given("drawdown.missed.late_years"):
        paid, withheld = paid_late(drawn, unpaid, None)
        return paid, withheld, 1.0 - np.cumsum(unpaid, axis=1)[:, -1]
    delay = timeline.periods(terms.number("drawdown.missed.late_years")).astype(np.int64)
    paid, withheld = paid_late(drawn, unpaid, delay)
    return paid, withheld, np.ones(1)
