import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError

LINES = pd.DataFrame(
    {"hs": ["8703230140", "8703239000"], "partner": ["KOR", "JPN"], "value_usd": [0.25, 0.5]},
    index=[7, 3],
)
FLOWS = tc.TradeFlows.from_frame(LINES)
AT_HOME = tc.TradeFlows.from_frame(LINES.assign(partner=["KOR", "USA"]))
ELASTIC = tc.ConstantElasticityResponse(demand_elasticity=-2.0)
VARIED = tc.ArmingtonResponse(substitution_elasticity=4.0, demand_elasticity=-1.0)
NEEDED = ": a number is needed; only in a scenario do those of trade.elasticities stand in for it"
SMART = {"rate_before": 0.0, "rate_after": 0.5, "demand_elasticity": -2.0}


def said(call: object, *given: object, **named: object) -> str:
    with pytest.raises(InputError) as caught:
        call(*given, **named)
    return str(caught.value)


def test_an_elasticity_left_out_is_named() -> None:
    alone = tc.ConstantElasticityResponse()
    assert said(alone.respond, FLOWS, 0.1, 0.2) == "demand_elasticity" + NEEDED
    market = tc.ArmingtonResponse(demand_elasticity=-1.0)
    assert said(market.respond, FLOWS, 0.1, 0.2) == "substitution_elasticity" + NEEDED
    smart = {**SMART, "demand_elasticity": None, "substitution_elasticity": 1.0}
    assert said(tc.smart_trade_effects, FLOWS, **smart) == "demand_elasticity" + NEEDED


def test_a_tariff_on_sales_at_home_is_named() -> None:
    due = ": no tariff is due on sales at home; give 0 for their lines"
    assert said(VARIED.respond, AT_HOME, [0.1, 0.1], 0.2) == "rate_before" + due
    assert said(VARIED.respond, AT_HOME, 0.1, [0.2, 0.2]) == "rate_after" + due


@pytest.mark.parametrize("values", [[1.0, 2.0], [1.0, 0.0]])
def test_what_no_number_can_hold_is_refused(values: list) -> None:
    flows = tc.TradeFlows.from_frame(LINES.assign(value_usd=values))
    large = (
        "the answer of 2 lines is too large for a number; "
        "use rates nearer to 0 or smaller elasticities"
    )
    alone = tc.ConstantElasticityResponse(demand_elasticity=-1e6)
    assert said(alone.respond, flows, 0.25, 0.15) == large
    market = tc.ArmingtonResponse(substitution_elasticity=1e6, demand_elasticity=-1e6)
    assert said(market.respond, flows, 0.25, 0.15) == large


def test_rows_are_those_of_the_flows() -> None:
    smart = tc.smart_trade_effects(FLOWS, substitution_elasticity=0.0, **SMART)
    for table in (smart, ELASTIC.respond(FLOWS, 0.1, 0.2), VARIED.respond(FLOWS, 0.1, 0.2)):
        assert table.index.tolist() == FLOWS.frame.index.tolist()
        assert not np.isnan(table.to_numpy()).any()


def test_smart_asks_for_a_substitution_that_is_a_number() -> None:
    need = "substitution_elasticity: a finite number of at least 0 is needed, given "
    for given in (-0.1, np.inf, np.nan):
        message = said(tc.smart_trade_effects, FLOWS, substitution_elasticity=given, **SMART)
        assert message == need + repr(given)
    half = tc.smart_trade_effects(FLOWS, substitution_elasticity=0.5, **SMART)
    assert half["trade_diversion_usd"].tolist() == [0.0, 0.0]
    # With 10 digits each line is a market of its own, and neither wins from the other.
    one = {**SMART, "rate_after": [0.5, 0.0], "substitution_elasticity": 1.0}
    apart = tc.smart_trade_effects(FLOWS, market_digits=10, **one)
    assert apart["trade_diversion_usd"].tolist() == [0.0, 0.0]
    assert tc.smart_trade_effects(FLOWS, **one)["trade_diversion_usd"].iloc[0] < 0.0


def test_smart_is_refused_where_nobody_is_left() -> None:
    flows = tc.TradeFlows.from_frame(LINES.assign(hs=["870323", "870324"], value_usd=[0.5, 2.0]))
    rates = {"rate_before": 0.0, "rate_after": [0.5, 0.0], "demand_elasticity": -2.0}
    assert said(tc.smart_trade_effects, flows, substitution_elasticity=2.0, **rates) == (
        "the change is too large for SMART's linear model: no supplier of a product is left; "
        "use ArmingtonResponse"
    )
    found = tc.smart_trade_effects(flows, substitution_elasticity=1.0, **rates)
    assert found["trade_diversion_usd"].tolist() == [0.0, 0.0]  # 1 USD would be left of 2


def test_effects_of_small_trade_by_hand() -> None:
    answer = ELASTIC.respond(FLOWS, 0.0, 0.0).assign(quantity_index=[3.0, 0.5])
    won = tc.trade_diversion(answer, FLOWS)
    # KOR wins 0.5 and JPN loses 0.25, which changes hands.
    assert won.loc["KOR"].tolist() == [0.25, 0.0]
    assert won.attrs["units"] == {"JPN": "USD", "KOR": "USD"}
    apart = tc.trade_diversion(answer, FLOWS, market_digits=10)
    assert apart.to_numpy().tolist() == [[0.0, 0.0], [0.0, 0.0]]
    parties = tc.gains_by_party(answer, FLOWS)
    assert parties.attrs["units"] == {"gain_usd": "USD"}
    coarse = tc.TradeFlows.from_frame(LINES.assign(hs="87"))
    assert len(tc.gains_by_party(answer, coarse)) == 4


def test_importers_pay_the_duty_before_too() -> None:
    # At ε = −2 and P̂ = 4/5 importers gain E·(5/4 − 1), of E = 0.25·1.25.
    found = ELASTIC.respond(FLOWS, 0.25, 0.0)
    assert found["importer_gain_usd"].iloc[0] == pytest.approx(0.3125 / 4, rel=1e-15)


def test_codes_too_short_to_tell_markets_apart_are_named() -> None:
    flows = tc.TradeFlows.from_frame(LINES.assign(hs=["87", "8703"]))
    assert said(VARIED.respond, flows, 0.1, 0.2) == (
        "hs: codes of at least 6 digits are needed to tell markets apart, given 2 shorter codes "
        "(first 2: '87', '8703'); set market_digits"
    )


def test_a_negative_quantity_is_refused_by_the_number_of_lines() -> None:
    linear = tc.ConstantElasticityResponse(demand_elasticity=-4.0, method="log_linear")
    message = (
        "the log-linear answer of {} is a negative quantity: the change is too large for it; "
        "use method='exact'"
    )
    assert said(linear.respond, FLOWS, 0.0, [0.1, 0.5]) == message.format("1 line")
    assert said(linear.respond, FLOWS, 0.0, 0.5) == message.format("2 lines")
    assert said(linear.respond, FLOWS, "0.1", 0.5) == (
        "rate_before: numbers are needed, given '0.1'"
    )
