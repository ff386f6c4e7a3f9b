"""The global Armington response: many exporters and importers at once (Francois and Hall 2003)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tariffcalc.models import Model, Number, number
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.isoelastic import inverse_elasticity
from tariffcalc.tables import labelled
from tariffcalc.trade.responses.bilateral import Bilateral, bilateral
from tariffcalc.trade.responses.global_gains import global_gains, published_consumer_surplus
from tariffcalc.trade.responses.protocol import Method, answer_table, rates_of

__all__ = ["GlobalArmingtonResponse"]

WELFARE = ("producer_surplus_usd", "consumer_surplus_usd", "revenue_change_usd", "welfare_usd")


class GlobalArmingtonResponse(Model):
    """Regions sell their varieties of one product to each other; world prices clear all markets.

    Parameters
    ----------
    substitution_elasticity
        σ between the varieties of different exporters, above 0.
    demand_elasticity
        η of each importer's demand for the composite, below 0.
    supply_elasticity
        μ of each exporter's supply to all markets together, above 0. None, the default, is
        perfectly elastic supply.
    method
        ``"exact"``: the model solved as it is, exact areas. ``"triangle"``: the same, gains by
        triangles. ``"log_linear"``: the system as published, one linear solve.

    Notes
    -----
    Flows Vrs are at world prices, with T = 1+t the power of the tariff. Of importer s, θrs is the
    share of r in spending V·T; of exporter r, φrs the share of s in sales V. The published system
    is μr·p̂r = Σs φrs·Σk Nrk,s·(p̂k + T̂ks), T̂ = T1/T0 − 1, with the elasticities
    Nrk,s = θks·(σ+η), less σ where k = r. The exact one has the same demand as
    :class:`ArmingtonResponse` in every importer: q̂rs = (P̂rs/P̂s)^−σ·P̂s^η, P̂rs = p̂r·τrs, and
    p̂r^μr = Σs φrs·q̂rs. For one importer it is that response.

    References
    ----------
    J. Francois and H. K. Hall (2003), Global simulation analysis of industry-level trade policy,
    version 3.0, World Bank.

    Examples
    --------
    >>> import pandas as pd, tariffcalc as tc
    >>> flows = pd.DataFrame({"exporter": ["KOR", "JPN", "KOR", "JPN"],
    ...     "importer": ["USA", "USA", "EU27", "EU27"], "value_usd": [40.0, 60.0, 20.0, 30.0]})
    >>> response = tc.GlobalArmingtonResponse(
    ...     substitution_elasticity=5.0, demand_elasticity=-1.25, supply_elasticity=1.5)
    >>> answer = response.respond(flows, [0.25, 0.15, 0.1, 0.1], [0.15, 0.15, 0.1, 0.1])
    >>> (answer["exporter_price_index"] > 1.0).tolist()
    [True, False, True, False]
    """

    kind: Literal["global_armington"] = "global_armington"
    substitution_elasticity: Number = number(
        "-d ln relative quantity / d ln relative price",
        "elasticity of substitution between exporters",
        ge=1e-6,
        le=1e6,
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
    method: Method = "exact"

    def respond(
        self, flows: pd.DataFrame, rate_before: ArrayLike, rate_after: ArrayLike
    ) -> pd.DataFrame:
        """Return what each flow does when tariffs move from one rate to another.

        Parameters
        ----------
        flows
            Columns ``exporter``, ``importer`` (names) and ``value_usd`` [USD] at world prices, one
            row a pair; a region's sales to itself are a row like any other, a pair without a row
            does not trade.
        rate_before, rate_after
            Total rates [fractions], one per row or one for all trade between different regions;
            above −1 and at most 10.

        Returns
        -------
        pandas.DataFrame
            The columns of :meth:`tariffcalc.StaticResponse.respond` by ``exporter`` and
            ``importer``, in the order of the rows. An exporter's gain and an importer's gain are
            shared among their flows by logarithmic means.

        Raises
        ------
        InputError
            For flows or rates that cannot be used, an answer that no number can hold, or a
            log-linear answer with a negative quantity.
        NoRootError
            When no prices are found that clear all markets.

        Examples
        --------
        >>> import pandas as pd, tariffcalc as tc
        >>> flows = pd.DataFrame(
        ...     {"exporter": ["KOR", "USA"], "importer": "USA", "value_usd": [40.0, 60.0]})
        >>> response = tc.GlobalArmingtonResponse(
        ...     substitution_elasticity=5.0, demand_elasticity=-1.0, supply_elasticity=1.0)
        >>> answer = response.respond(flows, 0.25, 0.15)
        >>> bool(answer.loc[("KOR", "USA"), "exporter_gain_usd"] > 0)
        True
        """
        laid = bilateral(flows)
        answer = self._answer(laid, rate_before, rate_after)
        index = pd.MultiIndex.from_frame(flows[["exporter", "importer"]])
        columns = {name: column[0, laid.exporter, laid.importer] for name, column in answer.items()}
        return answer_table(columns, index)

    def welfare(
        self, flows: pd.DataFrame, rate_before: ArrayLike, rate_after: ArrayLike
    ) -> pd.DataFrame:
        """Return what each region gains: producers, consumers, treasury, and together.

        Parameters
        ----------
        flows, rate_before, rate_after
            As for :meth:`respond`.

        Returns
        -------
        pandas.DataFrame
            Index ``region``; columns ``producer_surplus_usd``, ``consumer_surplus_usd``,
            ``revenue_change_usd`` and their sum ``welfare_usd``.

        Notes
        -----
        By the method ``"log_linear"`` these are the paper's: producers gain R·p̂·(1 + μ·p̂/2),
        consumers E·(½·η·P̂²·sign(P̂) − P̂), E spent on all before and P̂ the mean change in price.
        Where prices rise the paper's triangle has the sign of a loss, so that consumers' loss is
        overstated by twice the triangle. The other methods add up the gains of :meth:`respond`.

        Examples
        --------
        >>> import pandas as pd, tariffcalc as tc
        >>> flows = pd.DataFrame(
        ...     {"exporter": ["KOR", "USA"], "importer": "USA", "value_usd": [40.0, 60.0]})
        >>> response = tc.GlobalArmingtonResponse(
        ...     substitution_elasticity=5.0, demand_elasticity=-1.0, supply_elasticity=1.0)
        >>> response.welfare(flows, 0.25, 0.15).index.tolist()
        ['KOR', 'USA']
        """
        laid = bilateral(flows)
        table = self.respond(flows, rate_before, rate_after)
        by_exporter = table["exporter_gain_usd"].groupby(level="exporter").sum()
        by_importer = table[["importer_gain_usd", "revenue_change_usd"]].groupby(level="importer")
        gains = by_importer.sum()
        if self.method == "log_linear":
            gains["importer_gain_usd"] = self._published(laid, table, rate_before, rate_after)
        regions = sorted({*laid.exporters, *laid.importers})
        welfare = pd.DataFrame(index=pd.Index(regions, name="region"))
        welfare["producer_surplus_usd"] = by_exporter.reindex(regions, fill_value=0.0)
        welfare["consumer_surplus_usd"] = gains["importer_gain_usd"].reindex(
            regions, fill_value=0.0
        )
        welfare["revenue_change_usd"] = gains["revenue_change_usd"].reindex(regions, fill_value=0.0)
        welfare["welfare_usd"] = welfare.sum(axis=1)
        return labelled(welfare, dict.fromkeys(WELFARE, "USD"))

    def _answer(
        self, laid: Bilateral, rate_before: ArrayLike, rate_after: ArrayLike
    ) -> dict[str, FloatArray]:
        before, after = self._rates(laid, rate_before, rate_after)
        with np.errstate(over="ignore", invalid="ignore"):
            return global_gains(
                laid.matrix(laid.value),
                before,
                after,
                substitution=np.full((1, 1, 1), self.substitution_elasticity),
                demand=np.full((1, 1, 1), self.demand_elasticity),
                inverse_supply=inverse_elasticity(self.supply_elasticity).reshape(1, 1, 1),
                method=self.method,
            )

    def _rates(
        self, laid: Bilateral, rate_before: ArrayLike, rate_after: ArrayLike
    ) -> tuple[FloatArray, FloatArray]:
        before, after = rates_of(rate_before, rate_after, laid.value.shape)
        return laid.rates(before, rate_before), laid.rates(after, rate_after)

    def _published(
        self, laid: Bilateral, table: pd.DataFrame, rate_before: ArrayLike, rate_after: ArrayLike
    ) -> FloatArray:
        before, _ = self._rates(laid, rate_before, rate_after)
        spent = laid.matrix(laid.value) * (1.0 + before)
        importer = laid.matrix(table["importer_price_index"].to_numpy() - 1.0)
        demand = np.full((1, 1, 1), self.demand_elasticity)
        return published_consumer_surplus(spent, importer, demand).ravel()
