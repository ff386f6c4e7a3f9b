import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.scenario.evaluate import evaluation
from tariffcalc.scenario.parts import SCHEDULES
from tariffcalc.scenario.relief import law_of
from tariffcalc.scenario.trading import trading_of

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
CARS = tc.SectorElasticity(name="Passenger cars", substitution_elasticity=4.0)
LINES = tc.load_flows("us-imports-2024", partners=["KOR", "JPN"]).frame
FLOWS = tc.TradeFlows.from_frame(LINES[LINES["hs"].str.startswith("870323")])
ALONE = FLOWS.only("KOR")
ARMINGTON = {"kind": "armington", "demand_elasticity": -1.0, "supply_elasticity": 2.0}
BY_SECTOR = tc.Elasticities(overrides=(CARS,))


def answering(response: dict, elasticities: object = None) -> tc.Scenario:
    return PACKAGED.replace({"trade.response": response, "trade.elasticities": elasticities})


def trading(scenario: tc.Scenario, flows: tc.TradeFlows = FLOWS) -> object:
    return trading_of(scenario, law_on(flows), flows)[1]


def law_on(flows: tc.TradeFlows) -> object:
    schedules = {name: getattr(PACKAGED, name) for name in SCHEDULES}
    return law_of(schedules, flows, PACKAGED.tariffs.law_date, "KOR")


def test_a_response_knows_what_it_asks_for_and_no_more() -> None:
    own = {"kind": "constant_elasticity", "demand_elasticity": -1.0}
    for scenario in (PACKAGED, answering(own)):
        found = trading(scenario, ALONE)
        assert (found.elasticity, found.market) == (None, None)
    by_line = trading(answering({"kind": "constant_elasticity"}, BY_SECTOR), ALONE)
    assert by_line.elasticity.known.tolist() == [1.0]  # all lines of cars under one law
    assert by_line.market is None
    market = trading(answering({**ARMINGTON, "substitution_elasticity": 3.0}))
    assert market.elasticity is None
    assert market.market.codes.tolist() == ["870323"]
    by_market = trading(answering(ARMINGTON, BY_SECTOR))
    assert by_market.elasticity.override.tolist() == [0]
    assert by_market.market.partners == ("JPN",)


def test_the_packaged_market_has_all_partners_and_home() -> None:
    scenario = answering(ARMINGTON, BY_SECTOR).replace({"trade.elasticities": "central"})
    special = tc.SectorElasticity(name="Special provisions", substitution_elasticity=1.0)
    named = tc.Elasticities(set="central", overrides=(special, CARS))
    scenario = scenario.replace({"trade.elasticities": named})
    law, found = trading_of(scenario, law_on(tc.load_flows("us-imports-2024", partners=["KOR"])))
    assert law.value.size == sum(block.lines.size for block in found.market.blocks) < 8327
    assert len(found.market.partners) == 11
    assert found.market.codes.size == found.elasticity.known.size == 3491
    cars = found.market.codes.tolist().index("870323")
    assert found.elasticity.override[cars] == 1
    assert found.market.home[cars] > found.market.others[cars] > 0.0


def test_an_override_finer_than_a_market_is_refused() -> None:
    fine = tc.SectorElasticity(name="8703230140", substitution_elasticity=2.0)
    finest = tc.Elasticities(overrides=(CARS, fine))
    with pytest.raises(InputError) as caught:
        trading(answering(ARMINGTON, finest))
    assert str(caught.value) == (
        "trade.elasticities.overrides: 8703230140 is finer than a market of 6 digits; "
        "set trade.response.market_digits"
    )
    assert trading(answering({"kind": "constant_elasticity"}, finest), ALONE).market is None
    exact = tc.SectorElasticity(name="870323", substitution_elasticity=2.0)
    found = trading(answering(ARMINGTON, tc.Elasticities(overrides=(exact,))))
    assert found.elasticity.override.tolist() == [0]


def test_a_market_without_others_is_refused() -> None:
    with pytest.raises(InputError, match=r"^flows hold KOR alone, and the Armington response"):
        evaluation(answering(ARMINGTON, BY_SECTOR), ALONE)
    home = pd.DataFrame({"hs": ["870323"], "partner": ["USA"], "value_usd": [1e9]})
    with_home = tc.TradeFlows.from_frame(pd.concat([ALONE.frame, home], ignore_index=True))
    found = trading(answering(ARMINGTON, BY_SECTOR), with_home)
    assert (found.market.partners, found.market.home.tolist()) == ((), [1e9])
