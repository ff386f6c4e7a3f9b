"""The constant-elasticity response: each line is a market of its own."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tariffcalc.models import Model, Number, number
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.isoelastic import (
    Change,
    demand_gain,
    inverse_elasticity,
    log_change,
    proportional_change,
    relative,
)
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.responses.columns import (
    exact_columns,
    supply_gain,
    triangle_columns,
)
from tariffcalc.trade.responses.protocol import (
    Method,
    answer_table,
    checked_frame,
    needed,
    rates_of,
)

__all__ = ["ConstantElasticityResponse", "constant_elasticity_gains"]


class ConstantElasticityResponse(Model):
    """Each line meets its own demand and supply curve of constant elasticity.

    Parameters
    ----------
    demand_elasticity
        ε, d ln quantity / d ln duty-inclusive price, below 0. Only in a scenario may it be left
        out, where ``trade.elasticities`` gives one by sector.
    supply_elasticity
        μ, d ln quantity / d ln exporter's price, above 0. None, the default, is perfectly elastic
        supply: the importer is a small country and the exporter's price stays.
    method
        ``"exact"``: the closed form and exact areas. ``"triangle"``: the closed form, gains by a
        rectangle and a triangle. ``"log_linear"``: changes in proportion to τ − 1, and triangles.

    Notes
    -----
    With τ = (1+t1)/(1+t0), V the customs value before and E = V·(1+t0):

    - exporter's price p̂ = τ^(ε/(μ−ε)), quantity q̂ = p̂^μ, importer's price P̂ = p̂·τ;
    - exporter's gain V·(p̂^(1+μ) − 1)/(1+μ), the area beside the supply curve;
    - importer's gain −E·(P̂^(1+ε) − 1)/(1+ε), the area beside the demand curve, and −E·ln P̂ where
      ε = −1;
    - pass-through d ln P̂ / d ln τ = μ/(μ−ε), 1 for the small country.

    The triangles err at the third order of the change, the log-linear answer at the second. The
    rate that is best for importers and treasury together is 1/μ, whatever the demand.

    References
    ----------
    R. C. Feenstra (2016), Advanced International Trade, 2nd ed., Princeton University Press,
    chapter 8 (partial equilibrium of a tariff, the optimal tariff as the inverse elasticity of
    foreign supply).

    Examples
    --------
    >>> import pandas as pd, tariffcalc as tc
    >>> flows = tc.TradeFlows.from_frame(
    ...     pd.DataFrame({"hs": ["870323"], "partner": ["KOR"], "value_usd": [100.0]}))
    >>> response = tc.ConstantElasticityResponse(demand_elasticity=-1.0, supply_elasticity=1.0)
    >>> answer = response.respond(flows, 0.44, 0.0)
    >>> round(answer["exporter_price_index"].item(), 9)
    1.2
    """

    kind: Literal["constant_elasticity"] = "constant_elasticity"
    demand_elasticity: Number | None = number(
        "d ln quantity / d ln price", "elasticity of import demand", lt=0, ge=-1e6, default=None
    )
    supply_elasticity: Number | None = number(
        "d ln quantity / d ln price",
        "elasticity of export supply, none if perfectly elastic",
        ge=1e-6,
        le=1e6,
        default=None,
    )
    method: Method = "exact"

    def respond(
        self, flows: TradeFlows, rate_before: ArrayLike, rate_after: ArrayLike
    ) -> pd.DataFrame:
        """Return what each line does when its tariff moves from one rate to another.

        Parameters
        ----------
        flows
            Imports by line, at the rate before.
        rate_before, rate_after
            Total rates [fractions], one per line or one for all; above −1 and at most 10.

        Returns
        -------
        pandas.DataFrame
            The columns of :meth:`tariffcalc.StaticResponse.respond`; the three gains add up to
            ``efficiency_usd``.

        Raises
        ------
        InputError
            Without a demand elasticity, for what is not flows, rates that cannot be used, an answer
            that no number can hold, or a log-linear answer with a negative quantity.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> flows = tc.load_flows("us-imports-2024", partners=["KOR"])
        >>> response = tc.ConstantElasticityResponse(demand_elasticity=-2.0)
        >>> answer = response.respond(flows, 0.25, 0.15)
        >>> bool((answer["efficiency_usd"] >= 0).all())
        True
        """
        frame = checked_frame(flows)
        demand = needed(self.demand_elasticity, "demand_elasticity")
        before, after = rates_of(rate_before, rate_after, (len(frame),))
        value = frame["value_usd"].to_numpy(dtype=np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            answer = constant_elasticity_gains(
                value,
                before,
                after,
                demand=np.array([demand]),
                inverse_supply=inverse_elasticity(self.supply_elasticity),
                method=self.method,
            )
        return answer_table(answer, frame.index)


def constant_elasticity_gains(
    value: FloatArray,
    before: FloatArray,
    after: FloatArray,
    *,
    demand: FloatArray,
    inverse_supply: FloatArray,
    method: Method = "exact",
) -> dict[str, FloatArray]:
    """Return the columns of the constant-elasticity response, arrays of shape (cases, lines).

    All arguments broadcast to that shape; ``inverse_supply`` is 1/μ, 0 where perfectly elastic.
    """
    linear = method == "log_linear"
    factor = proportional_change(before, after) if linear else log_change(before, after)
    importer = factor / (1.0 - demand * inverse_supply)
    quantity = demand * importer
    rates, change = (before, after), Change(inverse_supply * quantity, quantity, importer)
    if method == "exact":
        gain = demand_gain(value * (1.0 + before), importer, demand)
        gains = (supply_gain(value, change, inverse_supply), gain)
        return exact_columns(value, rates, change, gains)
    return triangle_columns(value, rates, change if linear else relative(change))
