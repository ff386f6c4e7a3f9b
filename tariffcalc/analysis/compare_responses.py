"""The same tariff change under several models of how trade answers, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tariffcalc.analysis.stated import stated
from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.scenario.answer import PARTS
from tariffcalc.scenario.evaluate import check_scenario, evaluation
from tariffcalc.scenario.model import Scenario
from tariffcalc.trade.elasticities import Elasticities, SectorElasticity
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.responses import (
    ArmingtonResponse,
    ConstantElasticityResponse,
    StaticResponse,
)

__all__ = ["RESPONSE_COLUMNS", "compare_responses", "default_responses"]

RESPONSE_COLUMNS = {
    "exporter_gain_usd": "USD per year",
    "importer_gain_usd": "USD per year",
    "revenue_change_usd": "USD per year",
    "home_producer_gain_usd": "USD per year",
    "competitor_gain_usd": "USD per year",
    "efficiency_usd": "USD per year",
    "trade_created_usd": "USD per year",
    "trade_diverted_usd": "USD per year",
    "relief_pv_usd": "USD",
    "net_benefit_usd": "USD",
}
SPREAD = "spread"
Response = StaticResponse | ConstantElasticityResponse | ArmingtonResponse
# Francois and Hall's illustrative numbers of supply and of composite demand; nobody estimated them
# for these goods.
DEFAULT_SUPPLY, DEFAULT_DEMAND, DEFAULT_PASS_THROUGH = 1.5, -1.25, 0.5


def compare_responses(
    scenario: Scenario,
    *,
    responses: Mapping[str, Response] | None = None,
    structure: str | None = None,
    flows: TradeFlows | None = None,
) -> pd.DataFrame:
    """Compare what a deal is worth under several models of how trade answers.

    Parameters
    ----------
    scenario
        The scenario.
    responses
        Name → response, in place of the scenario's own. One without an elasticity of its own takes
        those by sector of the scenario, or the preset ``"central"`` where it has none. By default
        the scenario's own, and of ``static``, ``constant_elasticity`` and ``armington`` those that
        it is not: a pass-through of 0.5, supply elasticities of 1.5, composite demand of −1.25,
        and elasticities by sector.
    structure
        The structure whose schedule and cost count; by default the first with a deal.
    flows
        Trade flows in place of the packaged table; for an Armington response with all who sell.

    Returns
    -------
    pandas.DataFrame
        Index ``response``, then ``spread``, the highest figure less the lowest. Of a year, once
        trade has answered: ``exporter_gain_usd``, ``importer_gain_usd``, ``revenue_change_usd``,
        ``home_producer_gain_usd``, ``competitor_gain_usd`` (abroad), which add up to
        ``efficiency_usd``; at the exporters' prices before ``trade_created_usd`` and
        ``trade_diverted_usd`` (won from other exporters) of the payer; over the years
        ``relief_pv_usd`` and ``net_benefit_usd`` as in :func:`compare`. ``attrs["notes"]`` says
        what is assumed.

    Raises
    ------
    InputError, UnknownNameError
        For no scenario, no responses, what is no response, or an unknown structure.

    References
    ----------
    J. Francois and H. K. Hall (2003), Global simulation analysis of industry-level trade policy,
    version 3.0, World Bank: the numbers of supply and composite demand.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> table = tc.compare_responses(scenario, responses={
    ...     "full pass-through": tc.StaticResponse(pass_through=1.0),
    ...     "by sector": tc.ConstantElasticityResponse(supply_elasticity=1.5)})
    >>> table["exporter_gain_usd"].gt(0).tolist()
    [False, True, True]
    """
    check_scenario(scenario)
    chosen = default_responses(scenario) if responses is None else checked(responses)
    name = first_with_deal(scenario) if structure is None else structure
    rows = {label: _row(answering(scenario, r), name, flows) for label, r in chosen.items()}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(RESPONSE_COLUMNS))
    table.loc[SPREAD] = table.max() - table.min()
    table.index.name = "response"
    stated(table, RESPONSE_COLUMNS, scenario)
    said = [note(answering(scenario, r), label) for label, r in chosen.items()]
    table.attrs["notes"] = [*said, *table.attrs["notes"]]
    return table


def default_responses(scenario: Scenario) -> dict[str, Response]:
    """Return the scenario's own response and the other models, by kind."""
    models: list[Response] = [
        StaticResponse(pass_through=DEFAULT_PASS_THROUGH),
        ConstantElasticityResponse(supply_elasticity=DEFAULT_SUPPLY),
        ArmingtonResponse(demand_elasticity=DEFAULT_DEMAND, supply_elasticity=DEFAULT_SUPPLY),
    ]
    own = scenario.trade.response
    return {model.kind: own if model.kind == own.kind else model for model in models}


def default_elasticities() -> Elasticities:
    """Return the central preset; special provisions have no estimate and need a number."""
    special = SectorElasticity(name="Special provisions", substitution_elasticity=1.0)
    return Elasticities(set="central", overrides=(special,))


def checked(responses: object) -> dict[str, Response]:
    """Return responses by name; refuse none, what is no response, and the name of the last row."""
    if not isinstance(responses, Mapping) or not responses:
        raise InputError("responses: a mapping from name to response is needed, at least one")
    for name, response in responses.items():
        if not isinstance(response, Response):
            raise InputError(
                f"responses: {name}: a StaticResponse, ConstantElasticityResponse or "
                f"ArmingtonResponse is needed, given {type(response).__name__}"
            )
    if SPREAD in responses:
        raise InputError(f"responses: {SPREAD!r} is the name of the last row; choose another one")
    return dict(responses)


def first_with_deal(scenario: Scenario) -> str:
    """Return the first structure whose schedule is not that without a deal."""
    for structure in scenario.pledge.structures:
        if structure.schedule != "no_deal":
            return structure.name
    raise InputError("no structure of the scenario has a schedule other than no_deal")


def answering(scenario: Scenario, response: Response) -> Scenario:
    """Return the scenario with another response, and the elasticities that it asks for."""
    if response == scenario.trade.response:
        return scenario
    changes: dict[str, Any] = {"trade.response": response}
    given = scenario.trade.elasticities
    if by_sector(response):
        changes["trade.elasticities"] = default_elasticities() if given is None else given
    elif given is not None and not isinstance(response, StaticResponse):
        changes["trade.elasticities"] = None
    return scenario.replace(changes)


def by_sector(response: Response) -> bool:
    """Tell whether a response leaves its elasticity to those by sector."""
    if isinstance(response, ConstantElasticityResponse):
        return response.demand_elasticity is None
    return isinstance(response, ArmingtonResponse) and response.substitution_elasticity is None


def note(scenario: Scenario, label: str) -> str:
    """Return in words which numbers a row rests on."""
    response, given = scenario.trade.response, scenario.trade.elasticities
    words = repr(response)
    if given is not None and by_sector(response):
        own = len(given.overrides)
        words += f", elasticities {given.set or 'of the user'}, {own} overridden, × {given.scale:g}"
    return f"{label}: {words}"


def _row(scenario: Scenario, structure: str, flows: TradeFlows | None) -> dict[str, float]:
    asked = evaluation(scenario, flows)
    asked.chosen([structure])
    cases = asked.cases()
    gains = asked.relief(cases, structure).gains
    columns = asked.columns(cases, structure, ["relief_pv_usd", "net_benefit_usd"])
    return {**by_column(gains), **{name: float(v[0]) for name, v in columns.items()}}


def by_column(gains: Mapping[str, FloatArray]) -> dict[str, float]:
    """Return the yearly figures of the table; at fixed quantities importers gain what others lose.

    ``gains`` are those of :func:`tariffcalc.scenario.answer.yearly_gains`; none without a deal.
    """
    found = {part: float(gains[part][0]) if part in gains else 0.0 for part in PARTS}
    if "importers" not in gains:
        found["importers"] = 0.0 - found["exporters"] - found["revenue"]
    competitors = sum(float(gain[0]) for name, gain in gains.items() if name not in PARTS)
    parties = [found[name] for name in ("exporters", "importers", "revenue", "home")]
    figures = [*parties, competitors, sum([*parties, competitors])]
    return dict(
        zip(RESPONSE_COLUMNS, [*figures, found["created"], found["diverted"]], strict=False)
    )
