"""One structure, four ways to say what it costs, side by side."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from tariffcalc.analysis.compare import scenario_labels
from tariffcalc.analysis.stated import stated
from tariffcalc.scenario.evaluate import COLUMNS, evaluation
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.views import FIGURES, VIEWS, discounted_at, view_figures
from tariffcalc.trade.flows import TradeFlows

__all__ = ["valuation_views"]


def valuation_views(
    *scenarios: Scenario,
    structures: Iterable[str] | None = None,
    flows: TradeFlows | None = None,
) -> pd.DataFrame:
    """Return what each structure costs in four views that differ in how they discount.

    Parameters
    ----------
    *scenarios
        One scenario or more; two of the same name are told apart by their hash.
    structures
        Names of structures; by default all.
    flows
        Trade flows in place of the scenario's packaged table; no view depends on them.

    Returns
    -------
    pandas.DataFrame
        Index (``scenario``, ``structure``, ``view``); ``pv_outlay_usd, pv_receipts_usd,
        net_cost_usd``, ``subsidy_rate`` = net cost ÷ PV of outlays, and ``discounted_at``, the
        rate or curve in words. NaN where the valuation gives a view no rate (``"not given"``).

    Raises
    ------
    InputError, UnknownNameError
        Without a scenario, or for an unknown structure.

    Notes
    -----
    ``funding_cost``: all at the payer's cost of dollars, as in :func:`compare`.

    ``risk_adjusted`` (fair value): receipts at what a market asks for their risk; outlays, among
    them expected calls on guarantees and the service of borrowed dollars, at the cost of dollars.

    ``budget_scoring``: the credit subsidy of the US Federal Credit Reform Act: expected payments
    less expected receipts, each discounted at the zero-coupon Treasury rate of its own maturity,
    without administrative costs and without the cost of borrowing, which the rate stands for. It is
    measured at the base date; a dollar drawn later is discounted back by the same curve. The Act
    knows credit only; equity is scored like it: calls paid, expected distributions received.

    ``concessionality``: loans only, at the concessional rate: what is lent less the service and
    premiums that the contract asks for, default left aside. The subsidy rate is the grant element
    of the IMF and the World Bank at 5%, and of the OECD's Development Assistance Committee until
    2017 at 10%.

    References
    ----------
    Federal Credit Reform Act of 1990, 2 U.S.C. 661a(5); Congressional Budget Office (2018), How
    CBO Produces Fair-Value Estimates of the Cost of Federal Credit Programs, publication 53886.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> s = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> s = s.replace({"valuation.risk_premium": 0.03})
    >>> table = tc.valuation_views(s, structures=["upfront-cash"])
    >>> table.loc[("korea-us", "upfront-cash", "risk_adjusted"), "discounted_at"]
    '5.08% a year, receipts at 8.08% a year'
    """
    parts = []
    for scenario, label in zip(
        scenarios, scenario_labels(scenarios, "valuation_views"), strict=True
    ):
        asked = evaluation(scenario, flows)
        words = discounted_at(scenario.valuation)
        for name in asked.chosen(structures):
            found = view_figures(asked, asked.cases(), name)
            index = pd.MultiIndex.from_product(
                [[label], [name], VIEWS], names=["scenario", "structure", "view"]
            )
            rows = [
                {figure: float(found[view][figure][0]) for figure in FIGURES}
                | {"discounted_at": words[view]}
                for view in VIEWS
            ]
            parts.append(pd.DataFrame(rows, index=index))
    units = {figure: COLUMNS[figure] for figure in FIGURES} | {"discounted_at": "text"}
    return stated(pd.concat(parts), units, *scenarios)
