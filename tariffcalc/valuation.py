"""How flows of different years are made comparable."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from tariffcalc.models import Date, Growth, Model, number
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.discounting import discount_factors
from tariffcalc.numeric.timeline import PERIODS_PER_YEAR, Frequency, Timeline

__all__ = ["TIMINGS", "Valuation", "timed_factors"]

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
    discount_rate
        Flat discount rate, the payer's cost of dollars [fraction per year].
    timing
        When in its period an outlay and a receipt fall.
    frequency
        Periods of a year: ``"Y"`` one, ``"Q"`` four, ``"M"`` twelve. Yearly rates are effective.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Valuation(base_date="2026-01-01", discount_rate=0.0508).timing
    'outlays_start_receipts_end'
    """

    base_date: Date
    discount_rate: Growth = number("fraction per year", "discount rate")
    timing: Literal["outlays_start_receipts_end", "all_start", "all_middle", "all_end"] = Field(
        default="outlays_start_receipts_end"
    )
    frequency: Frequency = "Y"

    @property
    def timeline(self) -> Timeline:
        """Periods from the base date on."""
        return Timeline(self.base_date.year, PERIODS_PER_YEAR[self.frequency])

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_base_date(self)
        return self


def check_base_date(valuation: Valuation) -> None:
    """Refuse a base date inside a calendar year: annual caps count calendar years."""
    if (valuation.base_date.month, valuation.base_date.day) != (1, 1):
        raise ValueError(
            f"base_date {valuation.base_date} is inside a year; annual caps count calendar years, "
            f"so give {valuation.base_date.year}-01-01 or {valuation.base_date.year + 1}-01-01"
        )


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
