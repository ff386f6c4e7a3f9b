import datetime as dt

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.scenario import market
from tariffcalc.scenario.market import given_rivals, market_of, packaged_rivals

DAY = dt.date(2025, 10, 17)
# Two tyres of one market, three cars of another, and a ship that nobody else sells.
LINES = pd.DataFrame(
    {
        "hs": ["8703230140", "4011101010", "8703230190", "4011105000", "8901901000", "8703231111"],
        "partner": "KOR",
    }
)
RIVALS = pd.DataFrame(
    {
        "hs": ["870323", "870323", "401110", "870324", "870323", "401110"],
        "partner": ["JPN", "CHN", "JPN", "JPN", "USA", "USA"],
        "value_usd": [30.0, 10.0, 8.0, 99.0, 7.0, 5.0],
        "rate": [0.1, 0.5, 0.25, 0.9, 0.0, 0.0],
    }
)


def found(**changes: object) -> market.Market:
    options = {"digits": 6, "home": "USA", "packaged": False, **changes}
    return market_of(LINES, RIVALS, **options)


def test_competitors_are_one_supplier_at_their_mean_rate() -> None:
    made = found()
    assert made.codes.tolist() == ["401110", "870323", "890190"]
    assert made.others.tolist() == [8.0, 40.0, 0.0]
    assert made.rate.tolist() == [0.25, 8.0 / 40.0, 0.0]
    assert made.home.tolist() == [5.0, 7.0, 0.0]
    assert made.partners == ("CHN", "JPN")
    assert made.parts.tolist() == [[0.0, 0.25, 0.0], [1.0, 0.75, 0.0]]


def test_markets_stand_in_blocks_of_one_width() -> None:
    first, second, third = found().blocks
    assert [block.width for block in (first, second, third)] == [1, 2, 4]
    assert [block.markets.tolist() for block in (first, second, third)] == [[2], [0], [1]]
    assert third.lines.tolist() == [0, 2, 5]
    assert third.variety.tolist() == [0, 1, 2]
    value = np.array([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]])
    made = found()
    assert first.grid(value, made.others, made.home)[0].tolist() == [[5.0], [0.0], [0.0]]
    assert second.grid(value, made.others, made.home)[0, :, 0].tolist() == [2.0, 4.0, 8.0, 5.0]
    cases = third.grid(np.concatenate([value, 2 * value]), made.others, made.home)
    assert cases[0, :, 0].tolist() == [1.0, 3.0, 6.0, 0.0, 40.0, 7.0]
    assert cases[1, :, 0].tolist() == [2.0, 6.0, 12.0, 0.0, 40.0, 7.0]


def test_coarser_markets_take_in_more_rivals() -> None:
    made = found(digits=4)
    assert made.codes.tolist() == ["4011", "8703", "8901"]
    assert made.others.tolist() == [8.0, 139.0, 0.0]
    assert made.rate[1] == pytest.approx((3.0 + 5.0 + 89.1) / 139.0, rel=1e-15)
    assert found(home="JPN").home.tolist() == [8.0, 30.0, 0.0]


def test_packaged_rivals_sell_at_home_what_is_known_of_products() -> None:
    lines = pd.DataFrame({"hs": ["8703230140", "9801000000"], "partner": "KOR"})
    made = market_of(lines, RIVALS, digits=6, home="USA", packaged=True)
    cars = tc.domestic_sales(pd.Series(["870323"]))["domestic_usd"].item()
    assert made.home.tolist() == [cars, 0.0]
    with pytest.raises(InputError) as caught:
        found(digits=8, packaged=True)
    assert str(caught.value) == (
        "trade.response.market_digits: at most 6 are known of competitors and of sales at home, "
        "given 8"
    )


def test_months_are_markets_of_their_own() -> None:
    lines = LINES.iloc[:1].assign(month="2025-01")
    rivals = RIVALS.assign(month=["2025-01", "2025-02"] * 3)
    made = market_of(lines, rivals, digits=6, home="USA", packaged=False)
    assert (made.others.tolist(), made.home.tolist()) == ([30.0], [7.0])


def test_given_flows_hold_who_else_sells() -> None:
    frame = pd.DataFrame(
        {
            "hs": ["8703230140", "870323", "870323"],
            "partner": ["KOR", "JPN", "USA"],
            "value_usd": [1.0, 2.0, 3.0],
            "mfn_rate": [0.025, 0.025, np.nan],
        }
    )
    flows = tc.TradeFlows.from_frame(frame)
    rivals = given_rivals(flows, "KOR", "USA", DAY, DAY)
    law = tc.load_schedule("united-states", as_of=DAY)
    rate = law.rates(frame.iloc[1:2], on=DAY)["total_rate"].item()
    assert rate == 0.15
    assert rivals[["hs", "partner", "value_usd", "rate"]].to_numpy().tolist() == [
        ["870323", "JPN", 2.0, rate],
        ["870323", "USA", 3.0, 0.0],
    ]
    home = given_rivals(tc.TradeFlows.from_frame(frame.iloc[[0, 2]]), "KOR", "USA", DAY, DAY)
    assert home["rate"].tolist() == [0.0]
    with pytest.raises(InputError) as caught:
        given_rivals(flows.only("KOR"), "KOR", "USA", DAY, DAY)
    assert str(caught.value) == (
        "flows hold KOR alone, and the Armington response needs who else sells: give the lines of "
        "other partners too, or sales at home by add_domestic_sales"
    )


def test_packaged_rivals_are_all_others_on_the_payer_s_products() -> None:
    rivals = packaged_rivals("us-imports-2024", "KOR", "USA", DAY, DAY)
    korea = set(tc.load_flows("us-imports-2024").frame["hs"].str[:6])
    assert set(rivals["hs"]) <= korea
    assert sorted(rivals["partner"].unique()) == [
        *("CAN", "CHE", "CHN", "EU27", "GBR", "IND", "JPN", "MEX", "ROW", "TWN", "VNM")
    ]
    cars = rivals[(rivals["hs"] == "870323") & (rivals["partner"] == "JPN")]
    assert cars[["value_usd", "rate"]].to_numpy().tolist() == [[14723759356.0, 0.15]]
    with pytest.raises(InputError) as caught:
        packaged_rivals("us-imports-2024", "KOR", "JPN", DAY, DAY)
    assert str(caught.value) == (
        "trade.response.home: us-imports-2024 are imports of USA, given 'JPN'; give flows to the "
        "market of JPN, or set USA"
    )
