import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError

ON = "2025-10-17"
FLOWS = pd.DataFrame(
    {
        "hs": ["8703230140", "8542310001", "8708295160"],
        "partner": ["KOR", "KOR", "JPN"],
        "value_usd": [4000.0, 1000.0, 0.0],
        "mfn_rate": [0.0, 0.5, 0.0],
    }
)


def schedule_of(**rates: float) -> tc.TariffSchedule:
    return tc.TariffSchedule(
        measures=tuple(
            tc.TariffMeasure(name=name, authority=name, rate=rate, start="2025-01-01",
                             products=["8703"])
            for name, rate in rates.items()
        )
    )  # fmt: skip


def test_a_comparison_by_hand() -> None:
    pair = {"now": schedule_of(autos=0.25), "then": schedule_of(autos=0.125)}
    table = tc.compare_tariffs(FLOWS, pair, on=ON)
    assert table.to_dict("index") == {
        "Passenger cars": {
            "value_usd": 4000.0, "now_rate": 0.25, "then_rate": 0.125, "now_duty_usd": 1000.0,
            "then_duty_usd": 500.0, "saving_usd": 500.0, "rate_change_pp": -12.5,
        },
        "Semiconductors": {
            "value_usd": 1000.0, "now_rate": 0.5, "then_rate": 0.5, "now_duty_usd": 500.0,
            "then_duty_usd": 500.0, "saving_usd": 0.0, "rate_change_pp": 0.0,
        },
        "Vehicle parts": {
            "value_usd": 0.0, "now_rate": pytest.approx(np.nan, nan_ok=True),
            "then_rate": pytest.approx(np.nan, nan_ok=True), "now_duty_usd": 0.0,
            "then_duty_usd": 0.0, "saving_usd": 0.0,
            "rate_change_pp": pytest.approx(np.nan, nan_ok=True),
        },
    }  # fmt: skip
    assert table.index.name == "sector"


def test_the_first_name_is_the_one_before() -> None:
    low, high = schedule_of(autos=0.125), schedule_of(autos=0.25)
    table = tc.compare_tariffs(FLOWS, {"a": low, "b": high}, on=ON, by=None)
    assert table.columns.tolist() == [
        "value_usd", "a_rate", "b_rate", "a_duty_usd", "b_duty_usd", "saving_usd",
        "rate_change_pp",
    ]  # fmt: skip
    assert table.loc["all"].tolist() == [5000.0, 0.2, 0.3, 1000.0, 1500.0, -500.0,
                                         100.0 * (0.3 - 0.2)]  # fmt: skip
    assert table.index.name == "group"


def test_an_authority_that_one_schedule_lacks_charges_nothing_there() -> None:
    pair = {"a": schedule_of(autos=0.25), "b": schedule_of(flat=0.125)}
    table = tc.compare_tariffs(FLOWS, pair, on=ON, by="authority")
    assert table.index.tolist() == ["base", "autos", "flat"]
    assert table.index.name == "authority"
    assert table["a_duty_usd"].tolist() == [500.0, 1000.0, 0.0]
    assert table["b_duty_usd"].tolist() == [500.0, 0.0, 500.0]
    assert table["value_usd"].tolist() == [5000.0] * 3
    assert table["saving_usd"].tolist() == [0.0, 1000.0, -500.0]


def test_units_go_with_the_columns() -> None:
    pair = {"usd": schedule_of(), "pp": schedule_of(autos=0.25)}
    units = tc.compare_tariffs(FLOWS, pair, on=ON, by="partner").attrs["units"]
    assert units == {
        "value_usd": "USD", "usd_rate": "fraction of customs value",
        "pp_rate": "fraction of customs value", "usd_duty_usd": "USD", "pp_duty_usd": "USD",
        "saving_usd": "USD", "rate_change_pp": "percentage points",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("names", "given"), [((), "0: none"), (("a",), "1: 'a'"), (("a", "b", "c"), "3: 'a', 'b', 'c'")]
)
def test_two_schedules_are_needed(names: tuple, given: str) -> None:
    with pytest.raises(InputError) as caught:
        tc.compare_tariffs(FLOWS, dict.fromkeys(names, schedule_of()), on=ON)
    assert str(caught.value) == f"schedules: two are needed, the one before first, given {given}"


def test_flows_need_values() -> None:
    pair = {"a": schedule_of(), "b": schedule_of()}
    with pytest.raises(InputError, match="columns missing: value_usd"):
        tc.compare_tariffs(FLOWS.drop(columns=["value_usd"]), pair, on=ON)
