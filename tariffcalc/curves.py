"""Yield curves of the market that a pledge is funded and valued in."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from tariffcalc.errors import unknown_name
from tariffcalc.models import Growth, Model, Name, Number, number
from tariffcalc.numeric import term_structure
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline

__all__ = ["RateCurve", "curve_factors", "forward_par_rates", "forward_rates"]

LONGEST_YEARS = 200.0


class RateCurve(Model):
    """A yield curve: rates by maturity.

    Parameters
    ----------
    name
        What loans, waterfalls and valuations call it.
    kind
        ``"zero"``: effective zero-coupon rates; ``"par"``: bond-equivalent par yields with a coupon
        each half year, as US Treasury constant-maturity yields are published.
    points
        Pairs of maturity [years] and rate [fraction per year], in the order of the maturities.
    shift
        Added to every zero rate [fraction per year]: a parallel shift of the curve.

    Notes
    -----
    Zero rates between two maturities lie on a straight line and stay level outside them. The rate
    of a future period is the forward rate of the curve: no view on rates is added.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.RateCurve(name="treasury", kind="par", points=((1, 0.036), (10, 0.041), (20, 0.046)))
    RateCurve('treasury')
    """

    name: Name
    kind: Literal["zero", "par"] = "zero"
    points: tuple[tuple[Number, Growth], ...]
    shift: Number = number("fraction per year", "parallel shift of the curve", default=0.0)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_curve(self)
        return self


def check_curve(curve: RateCurve) -> None:
    """Refuse maturities that do not rise from above 0, and rates that no discount factor has."""
    maturities = [0.0, *(maturity for maturity, _ in curve.points)]
    rising = all(low < high for low, high in pairwise(maturities))
    if not curve.points or not rising or maturities[-1] > LONGEST_YEARS:
        raise ValueError(
            "points: at least one (maturity, rate) is needed, maturities rising from above 0 to "
            f"{LONGEST_YEARS:g} years at most, given maturities {maturities[1:]}"
        )
    with np.errstate(all="ignore"):
        rates = _zeros(curve.kind, curve.points)[1] + curve.shift
    if not (np.isfinite(rates) & (rates > -1.0)).all():
        raise ValueError(
            f"points: these {curve.kind} rates and the shift {curve.shift:g} leave no positive "
            "discount factor; see whether rates are fractions"
        )


@lru_cache(maxsize=256)
def _zeros(kind: str, points: tuple[tuple[float, float], ...]) -> tuple[FloatArray, FloatArray]:
    maturities, rates = (np.array(column, dtype=np.float64) for column in zip(*points, strict=True))
    return term_structure.zero_rates(maturities, rates) if kind == "par" else (maturities, rates)


def _curve(economy: Cases, name: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return maturities, zero rates and shift of a curve of the economy."""
    known = economy.table("curves") if economy.given("curves") else {}
    if name not in known:
        raise unknown_name("curve", name, list(known))
    points = tuple((maturity, rate) for maturity, rate in known[name]["points"])
    return (*_zeros(known[name]["kind"], points), economy.number(f"curves.{name}.shift"))


def forward_rates(economy: Cases, name: str, periods: int, timeline: Timeline) -> FloatArray:
    """Return the effective yearly forward rate of each period, shape (cases or 1, periods).

    ``economy`` is the view of the payer's economy, whose curves are meant.
    """
    times = np.arange(periods + 1.0) / timeline.per_year
    return term_structure.forward_rates(*_curve(economy, name), times)


def curve_factors(
    economy: Cases, name: str, times: FloatArray, spread: FloatArray | None = None
) -> FloatArray:
    """Return the discount factors of a curve at some times [years], shape (cases or 1, times).

    ``spread`` [fraction per year], shape (cases or 1,), is added to every zero rate.
    """
    maturities, zeros, shift = _curve(economy, name)
    total = shift if spread is None else shift + spread
    return term_structure.curve_factors(maturities, zeros, total, times)


def forward_par_rates(
    economy: Cases, name: str, periods: int, tenor: FloatArray, timeline: Timeline
) -> FloatArray:
    """Return the rate per period of a loan at par on the curve, shape (cases or 1, periods).

    Each is fixed when the loan is raised, at the start of a period, for ``tenor`` periods.
    """
    times = np.arange(periods + int(tenor.max()) + 1.0) / timeline.per_year
    return term_structure.forward_par_rates(curve_factors(economy, name, times), tenor, periods)
