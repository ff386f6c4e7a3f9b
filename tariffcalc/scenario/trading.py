"""What the response of a scenario has to know of its trade, read once."""

from __future__ import annotations

from tariffcalc.errors import InputError
from tariffcalc.scenario.answer import Trading
from tariffcalc.scenario.market import Market, given_rivals, market_of, packaged_rivals
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.relief import Law
from tariffcalc.trade.elasticities import ElasticityOfProducts
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.responses import ArmingtonResponse, ConstantElasticityResponse

__all__ = ["trading_of"]


def trading_of(scenario: Scenario, law: Law, flows: TradeFlows | None = None) -> Trading:
    """Return elasticities by product and rivals, as the response needs them.

    ``flows`` are given in place of the packaged table, with all who sell in the market.
    """
    response, given = scenario.trade.response, scenario.trade.elasticities
    written = scenario.tree()["trade"].get("elasticities", {})
    if isinstance(response, ConstantElasticityResponse):
        if given is None:
            return Trading()
        return Trading(ElasticityOfProducts.of(written, law.lines["hs"]))
    if not isinstance(response, ArmingtonResponse):
        return Trading()
    market = _market(scenario, response, law, flows)
    if given is None:
        return Trading(market=market)
    fine = [name for name in written["overrides"] if _is_finer(name, response.market_digits)]
    if fine:
        raise InputError(
            f"trade.elasticities.overrides: {', '.join(fine)} is finer than a market of "
            f"{response.market_digits} digits; set trade.response.market_digits"
        )
    return Trading(ElasticityOfProducts.of(written, market.codes), market)


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
