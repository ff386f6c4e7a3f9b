"""The payer's economy: what the pledge is measured against."""

from __future__ import annotations

from tariffcalc.curves import RateCurve
from tariffcalc.models import Model, Money, Named, number

__all__ = ["Economy"]


class Economy(Model):
    """Capacities of the pledging country.

    Parameters
    ----------
    reserves_usd
        Official foreign-exchange reserves [USD].
    fx_capacity_usd
        Dollars that can be found in a calendar year without disturbing the FX market [USD a year].
    krw_per_usd
        Exchange rate of the payer's currency [units per USD].
    curves
        Yield curves by name, for floating rates and for discounting.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Economy(reserves_usd=422e9, fx_capacity_usd=17.5e9, krw_per_usd=1392.9)
    Economy(reserves_usd=422000000000.0, fx_capacity_usd=17500000000.0, krw_per_usd=1392.9)
    """

    reserves_usd: Money = number("USD", "official foreign-exchange reserves", gt=0)
    fx_capacity_usd: Money = number(
        "USD per year", "dollars found in a year without disturbing the FX market", gt=0
    )
    krw_per_usd: Money = number("payer's currency per USD", "exchange rate", gt=0)
    curves: Named[RateCurve] = ()
