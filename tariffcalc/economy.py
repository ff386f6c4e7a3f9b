"""The payer's economy: what the pledge is measured against."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from tariffcalc.curves import RateCurve, curve_factors
from tariffcalc.errors import suggest
from tariffcalc.models import Growth, Model, Money, Name, Named, Number, Rate, number
from tariffcalc.numeric import exchange
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cases import Cases

__all__ = ["Economy", "exchange_rates", "forward_exchange", "hedge_cost_rates", "known"]


class Economy(Model):
    """Capacities, rates and size of the pledging country; what is left out is unknown.

    Parameters
    ----------
    reserves_usd
        Official foreign-exchange reserves [USD].
    fx_capacity_usd
        Dollars that can be found in a calendar year without disturbing the FX market [USD a year].
    krw_per_usd
        Exchange rate of the payer's currency at the base date [units per USD].
    currency
        ISO 4217 code of the payer's currency.
    reserves_return_rate
        What the reserves earn [fraction per year].
    gdp_usd, gdp_growth_rate
        Nominal product of the first year [USD], and its yearly growth in dollars [fraction].
    government_debt_share
        Debt of the government besides the pledge [share of GDP], taken to keep its share.
    krw_rate, krw_curve
        Interest in the payer's currency: a flat rate [fraction per year] or a named curve.
    usd_rate, usd_curve
        Interest on dollars in the cash market: a flat rate or a named curve.
    basis_rate
        Cross-currency basis [fraction per year]: the dollar rate that forwards imply less the rate
        of the cash market; above 0 where dollars from swaps are dear (quoted with the other sign).
    exchange_path
        ``"flat"``: the exchange rate stays; ``"forward"``: it follows the forward rates of covered
        interest parity; ``"drift"``: it grows by ``exchange_drift_rate``.
    exchange_drift_rate
        Yearly growth of the price of a dollar [fraction per year].
    curves
        Yield curves by name, for floating rates and for discounting.

    Notes
    -----
    Forward rate of time t: F = S·((1 + i_krw)/(1 + i_usd + basis))^t, with zero-coupon rates of
    maturity t where curves are given.

    References
    ----------
    Coffey, Hrung, Nguyen, Sarkar (2009), Federal Reserve Bank of New York, Current Issues in
    Economics and Finance 15(6), appendix.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Economy(reserves_usd=422e9, fx_capacity_usd=17.5e9, krw_per_usd=1392.9)
    Economy(reserves_usd=422000000000.0, fx_capacity_usd=17500000000.0, krw_per_usd=1392.9, \
currency='KRW', exchange_path='flat')
    """

    reserves_usd: Money | None = number(
        "USD", "official foreign-exchange reserves", default=None, gt=0
    )
    fx_capacity_usd: Money | None = number(
        "USD per year",
        "dollars found in a year without disturbing the FX market",
        default=None,
        gt=0,
    )
    krw_per_usd: Money = number("payer's currency per USD", "exchange rate", gt=0)
    currency: str = Field(default="KRW", pattern=r"^[A-Z]{3}$")
    reserves_return_rate: Growth | None = number(
        "fraction per year", "what the reserves earn", default=None
    )
    gdp_usd: Money | None = number("USD per year", "product of the first year", default=None, gt=0)
    gdp_growth_rate: Growth | None = number(
        "fraction per year", "growth of the product in dollars", default=None
    )
    government_debt_share: Rate | None = number(
        "share of GDP", "government debt besides the pledge", default=None
    )
    krw_rate: Growth | None = number(
        "fraction per year", "interest in the payer's currency", default=None
    )
    krw_curve: Name | None = None
    usd_rate: Growth | None = number(
        "fraction per year", "interest on dollars in the cash market", default=None
    )
    usd_curve: Name | None = None
    basis_rate: Number | None = number(
        "fraction per year", "dollar rate implied by forwards less cash rate", default=None
    )
    exchange_path: Literal["flat", "forward", "drift"] = "flat"
    exchange_drift_rate: Growth | None = number(
        "fraction per year", "growth of the price of a dollar", default=None
    )
    curves: Named[RateCurve] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_economy(self)
        return self


def check_economy(economy: Economy) -> None:
    """Refuse rates given twice or missing, and curves that are not there, all at once."""
    faults = rate_faults(economy) + path_faults(economy)
    if faults:
        raise ValueError("; ".join(faults))


def rate_faults(economy: Economy) -> list[str]:
    """Return in words which interest rates are given twice, or name a curve that is not there."""
    known_curves = [curve.name for curve in economy.curves]
    faults = []
    for currency in ("krw", "usd"):
        rate, curve = (getattr(economy, f"{currency}_{kind}") for kind in ("rate", "curve"))
        if rate is not None and curve is not None:
            faults.append(f"{currency}_rate and {currency}_curve: give one of the two")
        if curve is not None and curve not in known_curves:
            faults.append(
                f"{currency}_curve: unknown curve {curve!r}{suggest(curve, known_curves)}; "
                f"curves has {', '.join(known_curves) or 'none'}"
            )
    if economy.usd_rate is not None and economy.basis_rate is not None:
        implied = economy.usd_rate + economy.basis_rate
        if implied <= -1.0:
            faults.append(
                f"basis_rate: usd_rate + basis_rate above -1 is needed, given {implied:g}"
            )
    return faults


def path_faults(economy: Economy) -> list[str]:
    """Return in words what an exchange-rate path lacks, or has beyond its needs."""
    faults = []
    drifts = economy.exchange_path == "drift"
    if drifts != (economy.exchange_drift_rate is not None):
        verb = "needs" if drifts else "has no"
        faults.append(f"exchange_path {economy.exchange_path!r} {verb} exchange_drift_rate")
    if economy.exchange_path == "forward":
        missing = [
            label
            for label, given in (
                ("krw_rate or krw_curve", (economy.krw_rate, economy.krw_curve)),
                ("usd_rate or usd_curve", (economy.usd_rate, economy.usd_curve)),
                ("basis_rate (0 for none)", (economy.basis_rate,)),
            )
            if all(value is None for value in given)
        ]
        if missing:
            faults.append(f"exchange_path 'forward' needs {', '.join(missing)}")
    return faults


def known(economy: Cases, path: str) -> FloatArray:
    """Return a number of the economy, NaN where nobody stated it."""
    return economy.number(path) if economy.given(path) else np.full(1, np.nan)


def exchange_rates(economy: Cases, times: FloatArray) -> FloatArray:
    """Return the price of a dollar at some times [years], shape (cases or 1, times)."""
    spot, path = economy.number("krw_per_usd"), economy.text("exchange_path", "flat")
    if path == "forward":
        return forward_exchange(economy, times)
    if path == "drift":
        return exchange.drifted(spot, economy.number("exchange_drift_rate"), times)
    return np.asfortranarray(np.broadcast_to(spot[:, np.newaxis], (spot.size, times.size)))


def forward_exchange(economy: Cases, times: FloatArray) -> FloatArray:
    """Return the forward price of a dollar by covered interest parity; NaN without all rates."""
    own = _factors(economy, "krw", times, np.zeros(1))
    dollar = _factors(economy, "usd", times, known(economy, "basis_rate"))
    return exchange.parity(economy.number("krw_per_usd"), own, dollar)


def hedge_cost_rates(economy: Cases, times: FloatArray) -> FloatArray:
    """Return (F/S − 1)/T for some times, shape (cases or 1, times); NaN without all rates."""
    spot = economy.number("krw_per_usd")
    return exchange.hedge_cost(spot, forward_exchange(economy, times), times)


def _factors(economy: Cases, currency: str, times: FloatArray, more: FloatArray) -> FloatArray:
    """Return the discount factors of a currency, its rates ``more`` higher."""
    curve = economy.text(f"{currency}_curve", "")
    if curve:
        return curve_factors(economy, curve, times, more)
    return exchange.flat_factors(known(economy, f"{currency}_rate") + more, times)
