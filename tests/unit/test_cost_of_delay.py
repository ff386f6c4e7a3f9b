import datetime as dt

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.analysis.stated import notes
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.trade.months import BY_INDUSTRY

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
LATER = tc.load_scenario("korea-us", as_of="2025-11-14")
KOREA = tc.load_flows("us-imports-2024").frame
LINES = pd.concat([KOREA.iloc[::400], KOREA[KOREA["value_usd"] > 1e9]]).drop_duplicates("hs")
FLOWS = tc.TradeFlows.from_frame(LINES)
EVERYONE = ("exporters", "importers", "host_treasury", "competitors", "efficiency")


def delayed(
    months: object = 3, scenario: tc.Scenario = PACKAGED, **options: object
) -> pd.DataFrame:
    return tc.cost_of_delay(scenario, months, **{"flows": FLOWS, **options})  # type: ignore[arg-type]


def refusal(months: object = 3, error: type = InputError, **options: object) -> str:
    with pytest.raises(error) as caught:
        delayed(months, **options)
    return str(caught.value)


def test_the_columns_are_parties_in_dollars_at_present_and_added_up() -> None:
    assert list(delayed().columns) == [
        *("date", "value_usd", "duty_usd"),
        *(f"{party}_usd" for party in EVERYONE),
        *(f"{party}_pv_usd" for party in EVERYONE),
        *(f"{party}_cumulative_pv_usd" for party in EVERYONE),
    ]


def test_the_packaged_figures_of_the_first_months() -> None:
    table = tc.cost_of_delay(PACKAGED, 2)
    expected = {
        "value_usd": [4.4532, 4.0247],
        "duty_usd": [0.4510, 0.4074],
        "exporters_usd": [0.1919, 0.1734],
        "importers_usd": [0.2302, 0.2080],
        "host_treasury_usd": [-0.4222, -0.3814],
    }
    for column, figures in expected.items():
        assert (table[column] / 1e9).tolist() == pytest.approx(figures, abs=1e-4)


def test_rows_are_months_from_one_on() -> None:
    table = delayed(2)
    assert table.attrs["scenario_hash"] == PACKAGED.hash
    assert table.attrs["units"] == dict.fromkeys(table.columns[1:], "USD")
    assert table.index.equals(pd.RangeIndex(1, 3, name="month"))
    assert table.index.name == "month"
    assert table["date"].tolist() == [pd.Timestamp("2026-01-01"), pd.Timestamp("2026-02-01")]


@pytest.mark.parametrize("start", ["2027-02", "2027-02-28", dt.date(2027, 2, 3)])
def test_a_start_is_any_day_of_its_month(start: object) -> None:
    table = delayed(2, start=start)
    assert table["date"].tolist() == [pd.Timestamp("2027-02-01"), pd.Timestamp("2027-03-01")]
    whole = delayed(15)
    for column in ("value_usd", "duty_usd", "exporters_usd", "exporters_pv_usd"):
        assert table[column].tolist() == whole[column].tolist()[13:]
    running = table["exporters_pv_usd"].cumsum().tolist()
    assert table["exporters_cumulative_pv_usd"].tolist() == running


def test_months_already_begun_need_an_earlier_base_date() -> None:
    earlier = PACKAGED.replace({"valuation.base_date": dt.date(2025, 1, 1)})
    table = delayed(3, earlier, start="2025-11")
    assert table["date"].tolist()[0] == pd.Timestamp("2025-11-01")
    level = delayed(12, PACKAGED)
    assert table["duty_usd"].iloc[0] == level["duty_usd"].iloc[10]
    assert table["duty_usd"].iloc[2] == pytest.approx(0.9 * 1.02 * level["duty_usd"].iloc[0])


def test_by_authority_months_come_first_in_order() -> None:
    table = delayed(2, LATER, by="authority")
    assert table.index.names == ["month", "authority"]
    assert table.index.tolist() == [
        (1, "section_232_autos"),
        (1, "reciprocal"),
        (2, "section_232_autos"),
        (2, "reciprocal"),
    ]
    assert (
        table["date"].tolist()
        == [pd.Timestamp("2026-01-01")] * 2 + [pd.Timestamp("2026-02-01")] * 2
    )
    long = delayed(60, LATER, by="authority", meanwhile="no_deal").index
    names = ["section_232_autos", "reciprocal"]
    assert long.tolist() == [(month, name) for month in range(1, 61) for name in names]
    for authority, rows in table.groupby("authority"):
        running = rows["exporters_pv_usd"].cumsum().tolist()
        assert rows["exporters_cumulative_pv_usd"].tolist() == running, authority


def test_without_a_change_no_authority_has_rows_and_the_index_has_its_names() -> None:
    table = delayed(2, by="authority", scenario=tc.load_scenario("korea-us", as_of="2026-01-16"))
    assert table.empty
    assert table.index.names == ["month", "authority"]
    assert list(table.columns) == list(delayed().columns)


def test_the_notes_say_vintage_law_and_months() -> None:
    assert delayed().attrs["notes"][-1] == notes(PACKAGED)
    assert delayed().attrs["notes"][:-1] == [
        "korea-us as of 2025-10-17: status_quo instead of deal from 2026-01 on, law of 2025-10-17",
        f"trade by month: {BY_INDUSTRY}",
        "prices and quantities answer a change in duty at once",
    ]
    lagging = LATER.replace({"trade.inventory_lag_months": 2.5})
    told = delayed(scenario=lagging, start="2026-03", meanwhile="no_deal", seasonal=False)
    assert told.attrs["notes"][:-1] == [
        "korea-us as of 2025-11-14: no_deal instead of deal from 2026-03 on, law of 2025-11-14",
        "trade by month: assumption: every line's year is spread evenly over its months",
        "prices and quantities answer a change in duty after 2.5 months",
        "no call of the pledge is missed: relief never snaps back",
    ]
    monthly = tc.TradeFlows.from_frame(LINES.assign(month="2024-05"))
    assert delayed(flows=monthly).attrs["notes"][1] == "trade by month: the months of the flows"


def test_nothing_left_to_delay_is_said() -> None:
    table = delayed(0, tc.load_scenario("korea-us", as_of="2026-01-16"))
    assert table.attrs["notes"][-2] == (
        "status_quo and deal charge every line alike: nothing is left to delay"
    )


@pytest.mark.parametrize("months", [3, 3.0, np.int64(3), np.float64(3.0)])
def test_months_are_whole(months: object) -> None:
    assert len(delayed(months)) == 3


def test_the_most_months_are_a_century() -> None:
    assert len(delayed(1200)) == 1200
    words = "months: whole months from 0 to 1200 are needed, given"
    assert refusal(1201) == f"{words} 1201"
    assert refusal(-1) == f"{words} -1"
    assert refusal(0.5) == f"{words} 0.5"
    assert refusal(True) == "months: a number is needed, given True"
    assert refusal(float("nan")).startswith("months: a finite number is needed, given nan")


def test_names_that_do_not_exist_are_refused() -> None:
    assert refusal(error=UnknownNameError, meanwhile="deal") == (
        "unknown meanwhile 'deal'; did you mean 'no_deal'? Allowed: status_quo, no_deal."
    )
    assert refusal(error=UnknownNameError, by=1) == "unknown by '1'. Allowed: authority."
    assert refusal(error=UnknownNameError, meanwhile=None) == (
        "unknown meanwhile 'None'. Allowed: status_quo, no_deal."
    )
    assert refusal(start="2024-05") == (
        "start 2024-05 is before valuation.base_date 2026-01-01, from which relief counts; set "
        "the base date to 2024-01-01"
    )
    with pytest.raises(InputError, match="a Scenario is needed, given str"):
        tc.cost_of_delay("korea-us", 3)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["eu-us", "switzerland-us", "taiwan-us", "japan-us"])
def test_every_packaged_scenario_can_be_delayed(name: str) -> None:
    table = tc.cost_of_delay(tc.load_scenario(name), 2)
    in_force = name == "japan-us"
    assert (table["exporters_usd"] > 0.0).all() != in_force
    assert (table["duty_usd"] == 0.0).all() == in_force
