"""The Armington response: one importing market, whose suppliers' varieties differ."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tariffcalc.models import Model, Name, Number, number
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.isoelastic import inverse_elasticity
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.responses.armington_gains import armington_gains
from tariffcalc.trade.responses.markets import Markets, home_rates, markets_of
from tariffcalc.trade.responses.protocol import (
    Method,
    answer_table,
    checked_frame,
    needed,
    rates_of,
)

__all__ = ["ArmingtonResponse"]


class ArmingtonResponse(Model):
    """Suppliers of a product compete in one market, their varieties imperfect substitutes.

    Parameters
    ----------
    substitution_elasticity
        σ between the varieties of a product, above 0. Only in a scenario may it be left out,
        where ``trade.elasticities`` gives one by sector.
    demand_elasticity
        η, d ln composite quantity / d ln composite price, below 0.
    supply_elasticity
        μ, d ln quantity / d ln supplier's price, above 0, of every supplier. None, the default,
        is perfectly elastic supply.
    home_supply_elasticity
        μ of the lines whose partner is ``home``; None is that of the others.
    home
        The importing country. Its lines are its own sales at home, on which no duty is due:
        without them the market is that of imports alone.
    market_digits
        How many digits of the HS code make one product, 2 to 10.
    method
        ``"exact"``, ``"triangle"`` (exact prices and quantities, gains by triangles) or
        ``"log_linear"`` (changes in proportion to τ − 1, and triangles).

    Notes
    -----
    With θi the shares of spending before (value × (1+t0)) and τi = (1+t1)/(1+t0):

    - composite price P̂ = (Σ θi·P̂i^(1−σ))^(1/(1−σ)), composite quantity P̂^η;
    - demand q̂i = (P̂i/P̂)^−σ·P̂^η, supply q̂i = p̂i^μi, duty-inclusive price P̂i = p̂i·τi;
    - where both meet ln P̂i = ((σ+η)·ln P̂ + μi·ln τi)/(μi+σ), so that each market is one
      equation in ln P̂; Halley's steps solve all markets at once;
    - suppliers gain V·(p̂^(1+μ) − 1)/(1+μ), the buyers of a market −E·(P̂^(1+η) − 1)/(1+η), shared
      among its lines by the part each price has in ln P̂ (Sato and Vartia's weights).

    At σ = −η, and for a product with one supplier, each line answers as under
    :class:`ConstantElasticityResponse`.

    References
    ----------
    P. S. Armington (1969), IMF Staff Papers 16(1), 159–178, doi:10.2307/3866403.
    J. Francois and H. K. Hall (1997), Partial equilibrium modeling, in Applied Methods for Trade
    Policy Analysis, Cambridge University Press, doi:10.1017/CBO9781139174824.007.

    Examples
    --------
    >>> import pandas as pd, tariffcalc as tc
    >>> flows = tc.TradeFlows.from_frame(pd.DataFrame(
    ...     {"hs": "870323", "partner": ["KOR", "JPN", "USA"], "value_usd": [40.0, 40.0, 20.0]}))
    >>> response = tc.ArmingtonResponse(substitution_elasticity=4.0, demand_elasticity=-1.0)
    >>> answer = response.respond(flows, [0.25, 0.15, 0.0], [0.15, 0.15, 0.0])
    >>> (answer["quantity_index"] > 1.0).tolist()
    [True, False, False]
    """

    kind: Literal["armington"] = "armington"
    substitution_elasticity: Number | None = number(
        "-d ln relative quantity / d ln relative price",
        "elasticity of substitution between suppliers",
        ge=1e-6,
        le=1e6,
        default=None,
    )
    demand_elasticity: Number = number(
        "d ln quantity / d ln price", "elasticity of demand for the composite", lt=0, ge=-1e6
    )
    supply_elasticity: Number | None = number(
        "d ln quantity / d ln price",
        "elasticity of supply, none if perfectly elastic",
        ge=1e-6,
        le=1e6,
        default=None,
    )
    home_supply_elasticity: Number | None = number(
        "d ln quantity / d ln price",
        "elasticity of supply at home, none if that of the others",
        ge=1e-6,
        le=1e6,
        default=None,
    )
    home: Name = "USA"
    market_digits: Literal[2, 4, 6, 8, 10] = 6
    method: Method = "exact"

    def respond(
        self, flows: TradeFlows, rate_before: ArrayLike, rate_after: ArrayLike
    ) -> pd.DataFrame:
        """Return what each line does when tariffs move from one rate to another.

        Parameters
        ----------
        flows
            Imports by line, at the rate before, and sales at home as lines of ``home``. A table
            of several months has one market a month.
        rate_before, rate_after
            Total rates [fractions], one per line or one for all imports; above −1 and at most 10,
            0 on sales at home.

        Returns
        -------
        pandas.DataFrame
            The columns of :meth:`tariffcalc.StaticResponse.respond`; the three gains add up to
            ``efficiency_usd``. ``importer_gain_usd`` of a line is what its price brings the
            buyers.

        Raises
        ------
        InputError
            Without σ, for what is not flows, codes too short to tell markets apart, rates that
            cannot be used, a tariff on sales at home, an answer that no number can hold, or a
            log-linear answer with a negative quantity.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> flows = tc.load_flows("us-imports-2024", partners=["KOR", "JPN"])
        >>> response = tc.ArmingtonResponse(
        ...     substitution_elasticity=4.0, demand_elasticity=-1.0, supply_elasticity=5.0)
        >>> answer = response.respond(flows, 0.25, 0.15)
        >>> bool((answer["exporter_gain_usd"] >= 0).all())
        True
        """
        frame = checked_frame(flows)
        substitution = needed(self.substitution_elasticity, "substitution_elasticity")
        markets = markets_of(frame, self.market_digits, self.home)
        rates = rates_of(rate_before, rate_after, (len(frame),))
        names, written = ("rate_before", "rate_after"), (rate_before, rate_after)
        before, after = (
            markets.grid(home_rates(rate, given, markets.home, name))
            for rate, given, name in zip(rates, written, names, strict=True)
        )
        value = markets.grid(frame["value_usd"].to_numpy(dtype=np.float64))
        with np.errstate(over="ignore", invalid="ignore"):
            answer = armington_gains(
                value,
                before,
                after,
                substitution=np.full((1, 1, 1), substitution),
                demand=np.full((1, 1, 1), self.demand_elasticity),
                inverse_supply=self._inverse_supply(markets),
                method=self.method,
            )
        return answer_table(
            {name: markets.lines(laid) for name, laid in answer.items()}, frame.index
        )

    def _inverse_supply(self, markets: Markets) -> FloatArray:
        """Return 1/μ of each variety, or of all."""
        common = inverse_elasticity(self.supply_elasticity).reshape(1, 1, 1)
        if self.home_supply_elasticity is None or not markets.home.any():
            return common
        at_home = markets.grid(markets.home.astype(np.float64)) > 0.0
        return np.where(at_home, 1.0 / self.home_supply_elasticity, common)
