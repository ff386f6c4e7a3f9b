"""Periods of a calendar: from years to months and back, and rates per year to rates per period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from tariffcalc.numeric.arrays import FloatArray, IntArray, period_array

__all__ = ["PERIODS_PER_YEAR", "Frequency", "Timeline"]

Frequency = Literal["Y", "Q", "M"]
PERIODS_PER_YEAR: dict[str, int] = {"Y": 1, "Q": 4, "M": 12}


@dataclass(frozen=True, slots=True)
class Timeline:
    """Equal periods from the start of a calendar year on, ``per_year`` to a year.

    Yearly rates are effective: a year of periods at the rate per period is a year at the rate.
    With one period to a year nothing is converted, to the bit.
    """

    first_year: int
    per_year: int = 1

    def periods(self, years: FloatArray) -> FloatArray:
        """Return how many periods some years have."""
        return years * self.per_year

    def rate(self, yearly: FloatArray) -> FloatArray:
        """Return (1+r)^(1/m) − 1, the rate per period of an effective yearly rate above −1."""
        if self.per_year == 1:
            return yearly
        rate: FloatArray = np.expm1(np.log1p(yearly) / self.per_year)
        return rate

    def yearly(self, rate: FloatArray) -> FloatArray:
        """Return (1+i)^m − 1, the effective yearly rate of a rate per period."""
        if self.per_year == 1:
            return rate
        effective: FloatArray = np.expm1(np.log1p(rate) * self.per_year)
        return effective

    def chance(self, yearly: FloatArray) -> FloatArray:
        """Return 1 − (1−p)^(1/m), the chance per period of what has the chance p in a year."""
        if self.per_year == 1:
            return yearly
        certain = yearly >= 1.0
        survival = np.log1p(-np.where(certain, 0.0, yearly)) / self.per_year
        chance: FloatArray = np.where(certain, 1.0, -np.expm1(survival))
        return chance

    def year(self, period: FloatArray) -> FloatArray:
        """Return the calendar year of each period."""
        return self.first_year + period // self.per_year

    def period_of(self, days: npt.NDArray[np.datetime64]) -> IntArray:
        """Return the period that holds each day, below 0 before the first year."""
        months = days.astype("datetime64[M]").astype(np.int64) - 12 * (self.first_year - 1970)
        periods: IntArray = months * self.per_year // 12
        return periods

    def by_year(self, amounts: FloatArray) -> FloatArray:
        """Return the sums over the periods of each calendar year, shape (cases, years)."""
        if self.per_year == 1:
            return amounts
        years = -(-amounts.shape[1] // self.per_year)
        total = period_array(amounts.shape[0], years)
        for period in range(amounts.shape[1]):
            total[:, period // self.per_year] += amounts[:, period]
        return total

    def spread(self, by_year: FloatArray) -> FloatArray:
        """Return a year's amount in equal parts over its periods, shape (cases, periods)."""
        if self.per_year == 1:
            return by_year
        return np.asfortranarray(np.repeat(by_year / self.per_year, self.per_year, axis=1))

    def label(self, period: int) -> int | str:
        """Return what tables call a period: 2026, ``"2026Q1"`` or ``"2026-01"``."""
        year, part = divmod(period, self.per_year)
        year += self.first_year
        if self.per_year == 1:
            return year
        return f"{year}Q{part + 1}" if self.per_year == 4 else f"{year}-{part + 1:02d}"
