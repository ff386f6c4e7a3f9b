import datetime as dt
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError

LAW = tc.TariffSchedule.from_tree(
    {
        "measures": {
            "autos": {
                "authority": "autos", "rate": 0.25, "start": "2025-04-03", "products": ["8703"],
                "displaces": ["reciprocal"],
            },
            "steel": {
                "authority": "steel", "rate": 0.5, "start": "2025-06-04", "products": ["72"],
                "content": "steel_share", "displaces": ["reciprocal"],
            },
            "reciprocal-10": {
                "authority": "reciprocal", "rate": 0.1, "start": "2025-04-05", "end": "2025-08-06",
            },
            "reciprocal-15": {"authority": "reciprocal", "rate": 0.15, "start": "2025-08-07"},
        }
    }
)  # fmt: skip
FLOWS = pd.DataFrame(
    {
        "hs": ["8703230140", "7208510030", "8542310001"],
        "partner": ["KOR", "KOR", "JPN"],
        "value_usd": [4000.0, 1000.0, 3000.0],
        "mfn_rate": [0.025, 0.0, 0.0],
        "preferential_rate": [0.0, np.nan, np.nan],
        "preference_use_share": [0.8, np.nan, np.nan],
        "steel_share": [0.6, 0.75, 0.0],
    }
)
ON = "2025-10-17"


def measure_of(name: str, **fields: Any) -> tc.TariffMeasure:
    return tc.TariffMeasure(**{"name": name, "authority": name, "rate": 0.1,
                               "start": "2025-01-01", **fields})  # fmt: skip


def test_a_schedule_names_its_authorities_in_order_without_base_rates() -> None:
    assert LAW.authorities == ("autos", "steel", "reciprocal")
    assert LAW.with_measure(measure_of("mfn", form="base")).authorities == LAW.authorities
    assert tc.TariffSchedule(measures=()).authorities == ()


def test_the_rates_of_a_day_by_hand() -> None:
    rates = LAW.rates(FLOWS, on=ON)
    base = (1 - 0.8) * 0.025
    assert rates.to_dict("list") == {
        "hs": FLOWS["hs"].tolist(),
        "partner": FLOWS["partner"].tolist(),
        "base_rate": [0.8 * 0.0 + base, 0.0, 0.0],
        "autos_rate": [0.25, 0.0, 0.0],
        "steel_rate": [0.0, 0.375, 0.0],
        "reciprocal_rate": [0.0, 0.25 * 0.15, 0.15],
        "total_rate": [base + 0.25, 0.375 + 0.25 * 0.15, 0.15],
    }


def test_the_effective_rate_by_hand() -> None:
    duty = math.fsum([4000 * (0.2 * 0.025 + 0.25), 1000 * (0.375 + 0.25 * 0.15), 3000 * 0.15])
    found = LAW.effective_rate(FLOWS, on=ON)
    assert type(found) is float
    assert abs(found - duty / 8000) <= math.ulp(found)  # (1 − 0.8)·0.025 is rounded elsewhere here


def test_the_effective_rate_by_partner_and_by_authority() -> None:
    table = LAW.effective_rate(FLOWS, on=ON, by="partner")
    assert table.columns.tolist() == ["value_usd", "duty_usd", "effective_rate"]
    assert table.loc["JPN"].tolist() == [3000.0, 450.0, 0.15]
    assert table.index.tolist() == ["JPN", "KOR"]
    parts = LAW.effective_rate(FLOWS, on=ON, by="authority")
    assert parts.index.tolist() == ["base", "autos", "steel", "reciprocal"]
    assert parts.index.name == "authority"
    assert parts["value_usd"].tolist() == [8000.0] * 4
    assert parts.loc["autos"].tolist() == [8000.0, 1000.0, 0.125]
    for found in (table, parts):
        assert found.attrs["units"] == {
            "value_usd": "USD", "duty_usd": "USD", "effective_rate": "fraction of customs value",
        }  # fmt: skip
        assert found.attrs["scenario_hash"] is None


def test_a_timeline_has_a_row_at_its_start_and_at_each_change_to_its_end() -> None:
    path = LAW.timeline(FLOWS, start="2025-04-03", end="2025-08-07")
    assert [str(day.date()) for day in path.index] == [
        "2025-04-03", "2025-04-05", "2025-06-04", "2025-08-07",
    ]  # fmt: skip
    assert path.index.name == "date"
    assert path["autos_rate"].tolist() == [0.125] * 4
    assert path["reciprocal_rate"].tolist() == [
        0.0, 400 / 8000, math.fsum([1000 * (0.25 * 0.1), 3000 * 0.1]) / 8000,
        math.fsum([1000 * (0.25 * 0.15), 3000 * 0.15]) / 8000,
    ]  # fmt: skip
    assert path["steel_rate"].tolist() == [0.0, 0.0, 375 / 8000, 375 / 8000]
    assert path.columns.tolist() == [
        "base_rate", "autos_rate", "steel_rate", "reciprocal_rate", "total_rate",
    ]  # fmt: skip
    assert path.attrs["units"] == dict.fromkeys(path.columns, "fraction of customs value")


def test_a_timeline_of_one_day_is_one_row() -> None:
    path = LAW.timeline(FLOWS, start=ON, end=dt.date(2025, 10, 17))
    assert path["total_rate"].tolist() == [LAW.effective_rate(FLOWS, on=ON)]


def test_effective_rates_and_timelines_need_values() -> None:
    frame = FLOWS.drop(columns=["value_usd"])
    for call in (
        lambda: LAW.timeline(frame, start=ON, end=ON),
        lambda: LAW.effective_rate(frame, on=ON),
    ):
        with pytest.raises(InputError, match="columns missing: value_usd"):
            call()


def test_rates_change_at_starts_after_ends_and_where_lists_do() -> None:
    days = [str(day) for day in LAW.change_dates()]
    assert days == ["2025-04-03", "2025-04-05", "2025-06-04", "2025-08-07"]
    listed = measure_of("m", products=["section-232-steel-derivatives"], start="2025-06-23",
                        end="2025-12-31", exempt_products=["annex-ii"])  # fmt: skip
    days = [str(day) for day in tc.TariffSchedule(measures=(listed,)).change_dates()]
    assert days == [
        "2025-06-23", "2025-08-01", "2025-08-18", "2025-09-08", "2025-10-14", "2025-11-13",
        "2026-01-01",
    ]  # fmt: skip
    short = measure_of("m", products=["annex-ii"], start="2025-08-01", end="2025-09-08")
    days = [str(day) for day in tc.TariffSchedule(measures=(short,)).change_dates()]
    assert days == ["2025-08-01", "2025-09-08", "2025-09-09"]


def test_the_last_day_of_all_is_no_change() -> None:
    forever = tc.TariffSchedule(measures=(measure_of("m", end=dt.date.max),))
    assert forever.change_dates() == [dt.date(2025, 1, 1)]
    almost = tc.TariffSchedule(measures=(measure_of("m", end=dt.date(9999, 12, 30)),))
    assert almost.change_dates() == [dt.date(2025, 1, 1), dt.date.max]


def test_apply_keeps_the_columns_index_and_order_of_the_frame() -> None:
    frame = FLOWS.assign(port="Busan", value_usd=[4000, 1000, 3000]).set_index(pd.Index([5, 5, 1]))
    found = LAW.apply(frame, on=ON)
    assert found[frame.columns].equals(frame)
    assert found.columns[len(frame.columns) :].tolist() == [
        "base_rate", "autos_rate", "steel_rate", "reciprocal_rate", "total_rate",
        "schedule_duty_usd",
    ]  # fmt: skip
    assert found["schedule_duty_usd"].tolist() == [
        value * rate for value, rate in zip(frame["value_usd"], found["total_rate"], strict=True)
    ]


def test_apply_on_no_rows_has_all_columns() -> None:
    full, empty = LAW.apply(FLOWS, on=ON), LAW.apply(FLOWS[:0], on=ON)
    assert len(empty) == 0
    assert empty.dtypes.equals(full.dtypes)
    with pytest.raises(InputError) as caught:
        LAW.apply(FLOWS[:0].drop(columns=["value_usd"]), on=ON)
    assert str(caught.value) == "the lines cannot be used: 1 fault\n  - columns missing: value_usd"


@pytest.mark.parametrize("column", ["base_rate", "steel_rate", "total_rate", "schedule_duty_usd"])
def test_apply_does_not_write_over_a_column(column: str) -> None:
    with pytest.raises(InputError) as caught:
        LAW.apply(FLOWS.assign(**{column: 0.0}), on=ON)
    assert str(caught.value) == f"columns exist already: {column}; rename them first"


def test_a_schedule_gains_loses_and_changes_measures() -> None:
    flat = measure_of("flat")
    assert LAW.with_measure(flat).measures == (*LAW.measures, flat)
    assert [m.name for m in LAW.without("steel").measures] == [
        "autos", "reciprocal-10", "reciprocal-15",
    ]  # fmt: skip
    changed = LAW.with_rate("steel", 0.25)
    assert [m.rate for m in changed.measures] == [0.25, 0.25, 0.1, 0.15]
    assert changed.measure("steel").content == "steel_share"
    assert LAW.measure("steel").rate == 0.5


@pytest.mark.parametrize(
    ("rate", "message"),
    [
        (-0.1, "input should be greater than or equal to 0, given -0.1"),
        (25, "rates are fractions: 25 means 2500%; did you mean 0.25?"),
        (math.inf, "a finite number is needed, given inf; leave out what is unknown"),
        (True, "a number is needed, given True"),
    ],
)
def test_a_rate_is_checked_when_it_is_changed(rate: float, message: str) -> None:
    with pytest.raises(InputError) as caught:
        LAW.with_rate("steel", rate)
    assert str(caught.value) == f"TariffMeasure cannot be built:\n  - rate: {message}"


def test_flows_worth_nothing_have_no_rate() -> None:
    nothing = FLOWS.assign(value_usd=0.0)
    assert math.isnan(LAW.effective_rate(nothing, on=ON))
    assert LAW.timeline(nothing, start=ON, end=ON).isna().all(axis=None)


def test_the_schedules_of_a_scenario_charge_korean_cars_as_the_law_did() -> None:
    scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    line = pd.DataFrame({"hs": ["8703230140"], "partner": ["KOR"], "mfn_rate": [0.025],
                         "preferential_rate": [0.0], "preference_use_share": [1.0]})  # fmt: skip
    totals = {
        name: getattr(scenario, name).rates(line, on=ON)["total_rate"].item()
        for name in ("status_quo", "no_deal", "deal")
    }
    assert totals == {"status_quo": 0.25, "no_deal": 0.25, "deal": 0.15}
