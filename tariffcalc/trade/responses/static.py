"""The static response: prices move and quantities do not.

The tariff factor of a line is 1 + t; τ = (1+t1)/(1+t0) is its change. A pass-through ρ moves the
duty-inclusive price of the importer by τ^ρ and the price of the exporter by τ^(ρ−1).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tariffcalc.models import Model, Share, number
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.exponential_sums import exponential_sum, moments
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.responses.protocol import answer_table, checked_frame, rates_of

__all__ = ["StaticResponse", "static_gains", "static_totals"]


class StaticResponse(Model):
    """Prices share a tariff change between importer and exporter; quantities stay.

    Parameters
    ----------
    pass_through
        d ln(duty-inclusive price) / d ln(1+t): the share of a duty change borne by the importer,
        between 0 (the exporter bears all) and 1.

    Notes
    -----
    With τ = (1+t1)/(1+t0) the importer's price moves by τ^ρ and the exporter's by τ^(ρ−1); gains
    of importers, exporters and treasury add up to 0 at fixed quantities.

    Examples
    --------
    >>> import pandas as pd, tariffcalc as tc
    >>> flows = tc.TradeFlows.from_frame(
    ...     pd.DataFrame({"hs": ["870323"], "partner": ["KOR"], "value_usd": [100.0]}))
    >>> answer = tc.StaticResponse(pass_through=1.0).respond(flows, 0.25, 0.15)
    >>> round(answer["importer_gain_usd"].item(), 9)
    10.0
    """

    kind: Literal["static"] = "static"
    pass_through: Share = number("share borne by the importer", "pass-through of a duty change")

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
            Columns ``value_usd`` (customs value after), ``quantity_index``,
            ``exporter_price_index``, ``importer_price_index``, ``duty_usd`` (after),
            ``exporter_gain_usd``, ``importer_gain_usd``, ``revenue_change_usd``,
            ``efficiency_usd``; the three gains add up to the last.

        Raises
        ------
        InputError
            For what is not flows, or rates that are not finite, not above −1, above 10 (a
            percentage), or not of the length of the flows.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> flows = tc.load_flows("us-imports-2024", partners=["KOR"])
        >>> answer = tc.StaticResponse(pass_through=0.5).respond(flows, 0.25, 0.15)
        >>> bool((answer["exporter_gain_usd"] >= 0).all())
        True
        """
        frame = checked_frame(flows)
        before, after = rates_of(rate_before, rate_after, (len(frame),))
        value = frame["value_usd"].to_numpy(dtype=np.float64)
        return answer_table(static_gains(value, before, after, self.pass_through), frame.index)


def static_gains(
    value: FloatArray, before: FloatArray, after: FloatArray, pass_through: float
) -> dict[str, FloatArray]:
    """Return the columns of the static response, arrays of shape (lines,)."""
    log_factor = np.log1p(after) - np.log1p(before)
    exporter = np.expm1((pass_through - 1.0) * log_factor)
    importer = np.expm1(pass_through * log_factor)
    exporter_gain = value * exporter + 0.0  # no gain is 0, not -0
    importer_gain = 0.0 - value * (1.0 + before) * importer
    duty = value * (1.0 + exporter) * after
    revenue = duty - value * before
    return {
        "value_usd": value * (1.0 + exporter),
        "quantity_index": np.ones_like(value),
        "exporter_price_index": 1.0 + exporter,
        "importer_price_index": 1.0 + importer,
        "duty_usd": duty,
        "exporter_gain_usd": exporter_gain,
        "importer_gain_usd": importer_gain,
        "revenue_change_usd": revenue,
        "efficiency_usd": exporter_gain + importer_gain + revenue,
    }


def static_totals(
    value: FloatArray, before: FloatArray, after: FloatArray, pass_through: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the exporters' gain and the change in revenue over all lines, shape (cases,).

    ``value`` has shape (lines,), the rates (rows, lines) with rows 1 or cases, ``pass_through``
    (1,) or (cases,): Σ V(τ^(ρ−1) − 1), and Σ V(t1 − t0) + Σ V·t1·(τ^(ρ−1) − 1).
    """
    log_factor = np.log1p(after) - np.log1p(before)
    power = pass_through - 1.0
    gain = exponential_sum(moments(value[np.newaxis, :], log_factor), power)
    at_fixed_prices = (value * (after - before)).sum(axis=1)
    moved = exponential_sum(moments(value * after, log_factor), power)
    return gain, at_fixed_prices + moved
