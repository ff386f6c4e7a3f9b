"""The trade effects that SMART reports: creation, diversion and price, linear in the change."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray, IntArray
from tariffcalc.numeric.isoelastic import inverse_elasticity, proportional_change
from tariffcalc.tables import labelled
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.responses.constant_elasticity import ConstantElasticityResponse
from tariffcalc.trade.responses.markets import markets_of
from tariffcalc.trade.responses.protocol import checked_frame, needed, rates_of

__all__ = ["smart_diversion", "smart_trade_effects"]

EFFECTS = ("trade_creation_usd", "trade_diversion_usd", "price_effect_usd", "total_effect_usd")


def smart_trade_effects(
    flows: TradeFlows,
    *,
    rate_before: ArrayLike,
    rate_after: ArrayLike,
    demand_elasticity: float,
    substitution_elasticity: float,
    supply_elasticity: float | None = None,
    market_digits: int = 6,
) -> pd.DataFrame:
    """Return trade creation, trade diversion and price effect of each line, as SMART defines them.

    Parameters
    ----------
    flows
        Imports by line, at the rate before: all suppliers of a product, none at home.
    rate_before, rate_after
        Total rates [fractions], one per line or one for all; above −1 and at most 10.
    demand_elasticity
        ε of import demand, below 0.
    substitution_elasticity
        σ between imports of different origin, at least 0.
    supply_elasticity
        μ of export supply; None, the default, is perfectly elastic.
    market_digits
        How many digits of the HS code make one product.

    Returns
    -------
    pandas.DataFrame
        Columns ``trade_creation_usd``, ``trade_diversion_usd``, ``price_effect_usd`` and their sum
        ``total_effect_usd``, at the exporters' prices before. Diversion adds up to 0 in a market.

    Raises
    ------
    InputError
        For flows, rates or elasticities that cannot be used, or a change so large that no
        supplier of a product is left in the linear model.

    Notes
    -----
    With M the imports before and x = (t1−t0)/(1+t0):

    - trade creation M·ε·x/(1 − ε/μ), and its price effect 1/μ of it;
    - trade diversion: the ratio of the imports of two suppliers moves by the share σ times the
      change of their relative price, and total imports stay. For one supplier that gains against
      others whose tariffs stay (Mn in all) this is Laird and Yeats's
      ``M·Mn·σ·|x|/(M + Mn + M·σ·|x|)``, which never exceeds Mn. For many, M grows to
      M·w/Σ(M·w)·ΣM with
      w = max(0, 1 − σ·x): a supplier loses at most what it sells.

    References
    ----------
    S. Laird and A. Yeats (1986), The UNCTAD trade policy simulation model, UNCTAD Discussion
    Paper 19, annex I. World Bank, WITS: SMART user's manual.

    Examples
    --------
    >>> import pandas as pd, tariffcalc as tc
    >>> flows = tc.TradeFlows.from_frame(pd.DataFrame(
    ...     {"hs": "870323", "partner": ["KOR", "JPN"], "value_usd": [100.0, 300.0]}))
    >>> effects = tc.smart_trade_effects(flows, rate_before=0.25, rate_after=[0.0, 0.25],
    ...     demand_elasticity=-2.0, substitution_elasticity=5.0)
    >>> effects["trade_creation_usd"].tolist()
    [40.0, -0.0]
    >>> effects["trade_diversion_usd"].tolist()
    [60.0, -60.0]
    """
    frame = checked_frame(flows)
    checked = ConstantElasticityResponse(
        demand_elasticity=demand_elasticity, supply_elasticity=supply_elasticity
    )
    demand = needed(checked.demand_elasticity, "demand_elasticity")
    if not 0.0 <= substitution_elasticity < np.inf:
        raise InputError(
            f"substitution_elasticity: a finite number of at least 0 is needed, given "
            f"{substitution_elasticity!r}"
        )
    before, after = rates_of(rate_before, rate_after, (len(frame),))
    value, change = (
        frame["value_usd"].to_numpy(dtype=np.float64),
        proportional_change(before, after),
    )
    market = markets_of(frame, market_digits, home="").market
    inverse = inverse_elasticity(checked.supply_elasticity)
    creation = value * (demand * change / (1.0 - demand * inverse))
    diversion = smart_diversion(value, change, market, substitution_elasticity)
    price = creation * inverse
    columns = (creation, diversion, price, creation + diversion + price)
    table = pd.DataFrame(dict(zip(EFFECTS, columns, strict=True)), index=frame.index)
    return labelled(table, dict.fromkeys(EFFECTS, "USD"))


def smart_diversion(
    value: FloatArray, change: FloatArray, market: IntArray, substitution: float
) -> FloatArray:
    """Return what each line wins from the others of its ``market``; arrays of shape (lines,)."""
    weight = value * np.maximum(0.0, 1.0 - substitution * change)
    before, after = np.bincount(market, value), np.bincount(market, weight)
    if ((after == 0.0) & (before > 0.0)).any():
        raise InputError(
            "the change is too large for SMART's linear model: no supplier of a product is left; "
            "use ArmingtonResponse"
        )
    growth = before / np.where(after > 0.0, after, 1.0)
    return np.asarray(weight * growth[market] - value)
