"""What the response of a scenario has to know of its trade, read once."""

from __future__ import annotations

from typing import Any

import numpy as np

from tariffcalc.errors import InputError
from tariffcalc.scenario.alike import put_together
from tariffcalc.scenario.answer import Trading
from tariffcalc.scenario.market import Market, given_rivals, market_of, packaged_rivals
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.relief import Law
from tariffcalc.trade.elasticities import ElasticityOfProducts
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.responses import ArmingtonResponse, ConstantElasticityResponse
from tariffcalc.trade.responses.markets import markets_of

__all__ = ["trading_of"]


def trading_of(
    scenario: Scenario, law: Law, flows: TradeFlows | None = None, *, apart: bool = False
) -> tuple[Law, Trading]:
    """Return the law on lines that differ, and elasticities and rivals as the response needs them.

    ``flows`` are given in place of the packaged table, with all who sell in the market; ``apart``
    keeps lines that answer alike as they are.
    """
    response, given = scenario.trade.response, scenario.trade.elasticities
    if isinstance(response, ArmingtonResponse):
        return _armington(scenario, response, law, flows, apart=apart)
    if given is None or not isinstance(response, ConstantElasticityResponse):
        if not apart:
            law, _ = put_together(law, np.zeros(law.value.size, dtype=np.int64))
        return law, Trading()
    elasticity = ElasticityOfProducts.of(_written(scenario), law.lines["hs"])
    if apart:
        return law, Trading(elasticity)
    law, first = put_together(law, elasticity.alike())
    return law, Trading(elasticity.some(first))


def _written(scenario: Scenario) -> dict[str, Any]:
    """Return the elasticities of a scenario in their written form."""
    found: dict[str, Any] = scenario.tree()["trade"]["elasticities"]
    return found


def _armington(
    scenario: Scenario,
    response: ArmingtonResponse,
    law: Law,
    flows: TradeFlows | None,
    *,
    apart: bool,
) -> tuple[Law, Trading]:
    """Return the same for a response that sees markets and who else sells there."""
    if not apart:
        laid = markets_of(law.lines, response.market_digits, response.home)
        law, _ = put_together(law, laid.market)
    market = _market(scenario, response, law, flows)
    if scenario.trade.elasticities is None:
        return law, Trading(market=market)
    written = _written(scenario)
    fine = [name for name in written["overrides"] if _is_finer(name, response.market_digits)]
    if fine:
        raise InputError(
            f"trade.elasticities.overrides: {', '.join(fine)} is finer than a market of "
            f"{response.market_digits} digits; set trade.response.market_digits"
        )
    return law, Trading(ElasticityOfProducts.of(written, market.codes), market)


def _is_finer(name: str, digits: int) -> bool:
    return name.isdigit() and len(name) > digits


def _market(
    scenario: Scenario, response: ArmingtonResponse, law: Law, flows: TradeFlows | None
) -> Market:
    payer, known = scenario.pledge.payer, (scenario.as_of, scenario.tariffs.law_date)
    if flows is None:
        rivals = packaged_rivals(scenario.trade.flows, payer, response.home, *known)
    else:
        rivals = given_rivals(flows, payer, response.home, *known)
    return market_of(
        law.lines,
        rivals,
        digits=response.market_digits,
        home=response.home,
        packaged=flows is None,
    )
