import numpy as np
import pandas as pd

import tariffcalc as tc
from tariffcalc.trade.responses.effects import diverted
from tariffcalc.trade.responses.smart import smart_diversion

LINES = pd.DataFrame({
    "hs": "870323", "partner": ["KOR", "JPN", "DEU", "USA"], "value_usd": [100.0, 200.0, 50.0, 80.0]
})  # fmt: skip
FLOWS = tc.TradeFlows.from_frame(LINES)


def answer(*quantities: float) -> pd.DataFrame:
    """Return an answer with these quantities, and gains by line of 1, 2, 3 … of each kind."""
    table = tc.StaticResponse(pass_through=1.0).respond(FLOWS, 0.0, 0.0)
    rows = np.arange(1.0, len(table) + 1)
    return table.assign(
        quantity_index=quantities, exporter_gain_usd=rows, importer_gain_usd=10 * rows,
        revenue_change_usd=100 * rows,
    )  # fmt: skip


def test_diversion_by_hand() -> None:
    market = np.array([0, 0, 0, 1, 1, 2])
    # 30 are won and 20 lost: of the 30 two thirds; then 5 won of 50 lost; then no other side.
    change = np.array([20.0, -20.0, 10.0, 5.0, -50.0, 7.0])
    found = diverted(change, market)
    assert np.allclose(found, [40 / 3, -20.0, 20 / 3, 5.0, -5.0, 0.0], rtol=1e-15)


def test_effects_by_hand() -> None:
    found = tc.trade_effects(answer(1.5, 0.9, 0.8, 0.75), FLOWS)
    # KOR wins 50; JPN loses 20, DEU 10: 30 change hands, 20 are created; USA's own is no trade.
    expected = {
        "import_change_usd": [50.0, -20.0, -10.0, 0.0],
        "trade_created_usd": [20.0, 0.0, 0.0, 0.0],
        "trade_diverted_usd": [30.0, -20.0, -10.0, 0.0],
        "home_sales_change_usd": [0.0, 0.0, 0.0, -20.0],
    }
    assert found.round(12).to_dict("list") == expected
    assert found.attrs["units"] == dict.fromkeys(expected, "USD")
    elsewhere = tc.trade_effects(answer(1.5, 0.9, 0.8, 0.75), FLOWS, home="JPN")
    assert elsewhere["home_sales_change_usd"].round(12).tolist() == [0.0, -20.0, 0.0, 0.0]


def test_who_takes_from_whom_by_hand() -> None:
    found = tc.trade_diversion(answer(1.5, 0.9, 0.8, 0.75), FLOWS)
    assert found.round(12).to_numpy().tolist() == [
        [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [10.0, 20.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]
    ]  # fmt: skip
    assert found.index.tolist() == found.columns.tolist() == ["DEU", "JPN", "KOR", "USA"]
    assert (found.index.name, found.columns.name) == ("winner", "loser")


def test_products_are_markets_of_their_own() -> None:
    lines = LINES.assign(hs=["870323", "870323", "870324", "870324"])
    table = answer(1.5, 0.9, 0.8, 0.75)
    found = tc.trade_effects(table, tc.TradeFlows.from_frame(lines))
    assert found["trade_diverted_usd"].round(12).tolist() == [20.0, -20.0, 0.0, 0.0]
    wider = tc.trade_effects(table, tc.TradeFlows.from_frame(lines), market_digits=4)
    assert wider["trade_diverted_usd"].round(12).tolist() == [30.0, -20.0, -10.0, 0.0]


def test_parties_by_hand() -> None:
    found = tc.gains_by_party(answer(1.0, 1.0, 1.0, 1.0), FLOWS)["gain_usd"]
    assert found.to_dict() == {
        ("DEU", "exporters"): 3.0, ("JPN", "exporters"): 2.0, ("KOR", "exporters"): 1.0,
        ("USA", "producers"): 4.0, ("USA", "importers"): 100.0, ("USA", "treasury"): 1000.0,
    }  # fmt: skip


def test_regions_are_parties_too() -> None:
    flows = pd.DataFrame({
        "exporter": ["KOR", "USA"], "importer": ["USA", "USA"], "value_usd": [40.0, 60.0]
    })  # fmt: skip
    response = tc.GlobalArmingtonResponse(substitution_elasticity=2.0, demand_elasticity=-1.0)
    table = response.respond(flows, 0.25, 0.15)
    parties = tc.gains_by_party(table, flows)
    assert parties.index.tolist() == [
        ("KOR", "exporters"), ("USA", "importers"), ("USA", "producers"), ("USA", "treasury")
    ]  # fmt: skip
    effects = tc.trade_effects(table, flows)
    assert effects["home_sales_change_usd"].iloc[1] < 0.0 < effects["trade_created_usd"].iloc[0]
    assert effects["import_change_usd"].iloc[1] == 0.0


def test_smart_by_hand() -> None:
    flows = tc.TradeFlows.from_frame(LINES[:2])
    found = tc.smart_trade_effects(
        flows, rate_before=0.25, rate_after=[0.0, 0.25], demand_elasticity=-2.0,
        substitution_elasticity=5.0, supply_elasticity=2.0,
    )  # fmt: skip
    # x = −0.2: 100·0.4/2 created, half of it in price; 100·200·1/(300 + 100) diverted.
    assert found.round(12).to_dict("list") == {
        "trade_creation_usd": [20.0, 0.0], "trade_diversion_usd": [50.0, -50.0],
        "price_effect_usd": [10.0, 0.0], "total_effect_usd": [80.0, -50.0],
    }  # fmt: skip
    assert found.attrs["units"] == dict.fromkeys(found, "USD")


def test_a_supplier_loses_at_most_what_it_sells() -> None:
    value, market = np.array([10.0, 30.0, 0.0]), np.array([0, 0, 1])
    found = smart_diversion(value, np.array([0.5, 0.0, 9.0]), market, 4.0)
    assert found.tolist() == [-10.0, 10.0, 0.0]
    half = smart_diversion(value, np.array([0.125, 0.0, 0.0]), market, 4.0)
    # Weights ½ and 1: 5 and 30 of 35, grown to 40 in all.
    assert np.allclose(half, [5 * 40 / 35 - 10, 30 * 40 / 35 - 30, 0.0])


def test_small_amounts_count_as_large_ones_do() -> None:
    market, change = np.array([0, 0, 0]), np.array([20.0, -20.0, 10.0]) / 1024
    assert np.allclose(diverted(change, market) * 1024, [40 / 3, -20.0, 20 / 3], rtol=1e-15)
    value = np.array([10.0, 30.0]) / 1024
    found = smart_diversion(value, np.array([0.125, 0.0]), np.array([0, 0]), 4.0)
    assert np.allclose(found * 1024, [5 * 40 / 35 - 10, 30 * 40 / 35 - 30], rtol=1e-14)
