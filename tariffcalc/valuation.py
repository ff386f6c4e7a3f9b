"""How flows of different years are made comparable."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from tariffcalc.curves import curve_factors
from tariffcalc.models import Date, Growth, Model, Name, Number, number
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.discounting import discount_factors
from tariffcalc.numeric.timeline import PERIODS_PER_YEAR, Frequency, Timeline

__all__ = [
    "CONCESSIONAL_RATE",
    "TIMINGS",
    "USUAL_TIMING",
    "Valuation",
    "curve_timed_factors",
    "market_factors",
    "payment_times",
    "risk_adjusted_factors",
    "timed_factors",
]

CONCESSIONAL_RATE = 0.05
USUAL_TIMING = "outlays_start_receipts_end"
# How many half periods after the start of its period an outlay and a receipt fall.
TIMINGS = {
    "outlays_start_receipts_end": (0, 2),
    "all_start": (0, 0),
    "all_middle": (1, 1),
    "all_end": (2, 2),
}


class Valuation(Model):
    """How flows of different years are made comparable.

    Parameters
    ----------
    base_date
        Start of period 0, a 1 January: annual caps count calendar years.
    discount_rate, discount_curve
        The payer's cost of dollars: a flat rate [fraction per year], or a curve of the economy
        that gives each flow the zero-coupon rate of its own maturity; exactly one of the two.
    timing
        When in its period an outlay and a receipt fall.
    frequency
        Periods of a year: ``"Y"`` one, ``"Q"`` four, ``"M"`` twelve. Yearly rates are effective.
    risk_adjusted_rate, risk_premium
        What a market asks for the risk of the receipts: a flat rate, or what it adds to the
        discount rate or to every zero rate of the discount curve [fraction per year]; at most one.
    budget_curve
        The curve that scores credit for the budget: zero-coupon rates of the US Treasury.
    concessional_rate
        Rate at which a loan is measured as a gift [fraction per year]. Where none is given it is
        0.05, that of the IMF and the World Bank since October 2013; the OECD's Development
        Assistance Committee had 0.10 until 2017.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Valuation(base_date="2026-01-01", discount_rate=0.0508).timing
    'outlays_start_receipts_end'
    """

    base_date: Date
    discount_rate: Growth | None = number("fraction per year", "discount rate", default=None)
    discount_curve: Name | None = None
    timing: Literal["outlays_start_receipts_end", "all_start", "all_middle", "all_end"] = Field(
        default="outlays_start_receipts_end"
    )
    frequency: Frequency = "Y"
    risk_adjusted_rate: Growth | None = number(
        "fraction per year", "rate that a market asks of the receipts", default=None
    )
    risk_premium: Number | None = number(
        "fraction per year", "added to the discount rate for the risk of receipts", default=None
    )
    budget_curve: Name | None = None
    concessional_rate: Growth | None = number(
        "fraction per year", "rate at which a loan is measured as a gift", default=None
    )

    @property
    def timeline(self) -> Timeline:
        """Periods from the base date on."""
        return Timeline(self.base_date.year, PERIODS_PER_YEAR[self.frequency])

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_base_date(self)
        check_rates(self)
        return self


def check_base_date(valuation: Valuation) -> None:
    """Refuse a base date inside a calendar year: annual caps count calendar years."""
    if (valuation.base_date.month, valuation.base_date.day) != (1, 1):
        raise ValueError(
            f"base_date {valuation.base_date} is inside a year; annual caps count calendar years, "
            f"so give {valuation.base_date.year}-01-01 or {valuation.base_date.year + 1}-01-01"
        )


def check_rates(valuation: Valuation) -> None:
    """Refuse a discount rate and a price of risk that are given twice, and no discount rate."""
    faults = []
    flat, curve = valuation.discount_rate, valuation.discount_curve
    if (flat is None) == (curve is None):
        given = "neither" if flat is None else "both"
        faults.append(f"discount_rate or discount_curve: exactly one is needed, given {given}")
    premium = valuation.risk_premium
    if premium is not None and valuation.risk_adjusted_rate is not None:
        faults.append("risk_adjusted_rate and risk_premium: give one of the two")
    if premium is not None and premium + (flat or 0.0) <= -1.0:
        faults.append(f"risk_premium: a rate above -1 is needed, given {premium + (flat or 0.0):g}")
    if faults:
        raise ValueError("; ".join(faults))


def timed_factors(
    rate: FloatArray, periods: int, timing: str, timeline: Timeline
) -> dict[str, FloatArray]:
    """Return the discount factors of outlays and of receipts, shape (cases or 1, periods) each.

    ``rate`` is yearly, shape (cases or 1,).
    """
    outlay, receipt = TIMINGS[timing]
    per_period = timeline.rate(rate)
    return {
        "outlay": discount_factors(per_period, periods, half_periods=outlay),
        "receipt": discount_factors(per_period, periods, half_periods=receipt),
    }


def payment_times(periods: int, timing: str, timeline: Timeline) -> dict[str, FloatArray]:
    """Return the times [years from the base date] of outlays and of receipts by period."""
    start = np.arange(periods, dtype=np.float64)
    outlay, receipt = ((start + half / 2.0) / timeline.per_year for half in TIMINGS[timing])
    return {"outlay": outlay, "receipt": receipt}


def curve_timed_factors(
    economy: Cases,
    curve: str,
    periods: int,
    timing: str,
    timeline: Timeline,
    spread: FloatArray | None = None,
) -> dict[str, FloatArray]:
    """Return the factors of :func:`timed_factors` at the zero-coupon rate of each maturity."""
    times = payment_times(periods, timing, timeline)
    return {when: curve_factors(economy, curve, at, spread) for when, at in times.items()}


def market_factors(
    valuation: Cases,
    economy: Cases,
    periods: int,
    timeline: Timeline,
    premium: FloatArray | None = None,
) -> dict[str, FloatArray]:
    """Return the factors of the payer's cost of dollars, and a premium on it, flat or by curve."""
    timing = valuation.text("timing", USUAL_TIMING)
    if valuation.given("discount_curve"):
        curve = valuation.text("discount_curve", "")
        return curve_timed_factors(economy, curve, periods, timing, timeline, premium)
    rate = valuation.number("discount_rate")
    return timed_factors(rate if premium is None else rate + premium, periods, timing, timeline)


def risk_adjusted_factors(
    valuation: Cases, economy: Cases, periods: int, timeline: Timeline
) -> dict[str, FloatArray] | None:
    """Return the factors of receipts at what a market asks for their risk; None where unknown."""
    if valuation.given("risk_premium"):
        premium = valuation.number("risk_premium")
        return market_factors(valuation, economy, periods, timeline, premium)
    if not valuation.given("risk_adjusted_rate"):
        return None
    timing = valuation.text("timing", USUAL_TIMING)
    return timed_factors(valuation.number("risk_adjusted_rate"), periods, timing, timeline)
