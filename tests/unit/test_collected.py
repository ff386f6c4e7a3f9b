import datetime as dt
import math

import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError

ALL = ["CAN", "CHE", "CHN", "EU27", "GBR", "IND", "JPN", "KOR", "MEX", "ROW", "TWN", "VNM"]


def test_the_table_is_labelled() -> None:
    table = tc.load_collected_duties()
    assert table.index.names == ["month", "partner", "naics3"]
    assert table.columns.tolist() == ["value_usd", "duty_usd", "effective_rate"]
    assert table.attrs["units"] == {
        "value_usd": "USD",
        "duty_usd": "USD",
        "effective_rate": "fraction of customs value",
    }
    assert table.attrs["naics3"]["336"] == "Transportation equipment"
    assert set(table.index.unique("naics3")) == set(table.attrs["naics3"])
    assert table.index.unique("partner").tolist() == ALL
    months = table.index.unique("month")
    assert months.tolist() == pd.date_range("2023-01", "2025-11", freq="MS").tolist()
    assert table.index.is_monotonic_increasing
    assert table.index.is_unique
    assert (table["value_usd"] > 0).all()
    assert (table["duty_usd"] >= 0).all()


def test_without_industries_there_is_one_row_a_month() -> None:
    table = tc.load_collected_duties(partners=["KOR", "DEU"], start="2024-12", by=None)
    assert table.index.names == ["month", "partner"]
    assert table.index.unique("partner").tolist() == ["DEU", "KOR"]
    assert len(table) == 2 * 12
    parts = tc.load_collected_duties(partners=["KOR", "DEU"], start="2024-12")
    amounts = ["value_usd", "duty_usd"]
    sums = parts[amounts].groupby(["month", "partner"]).sum()
    pd.testing.assert_frame_equal(table[amounts], sums, check_exact=True)
    assert (table["effective_rate"] == table["duty_usd"] / table["value_usd"]).all()


def test_korea_paid_what_the_facts_say() -> None:
    table = tc.load_collected_duties(partners=["KOR"], start="2025-01", by=None)
    millions = (table["duty_usd"] / 1e6).round().tolist()
    assert millions == [27, 34, 51, 543, 1389, 1367, 1401, 1331, 1500, 1290, 1190]
    cars = tc.load_collected_duties(partners=["JPN"], start="2025-08", end="2025-10")
    rates = cars["effective_rate"].xs("336", level="naics3")
    assert rates.round(3).tolist() == [0.255, 0.202, 0.152]


@pytest.mark.parametrize("start", ["2025-04", "2025-04-30", dt.date(2025, 4, 1)])
def test_a_month_is_any_day_of_it(start: dt.date | str) -> None:
    table = tc.load_collected_duties(partners=["CHE"], start=start, end="2025-05", by=None)
    assert table.index.get_level_values("month").tolist() == [
        pd.Timestamp("2025-04-01"),
        pd.Timestamp("2025-05-01"),
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"start": "2022-12"}, ("collected duties run from 2023-01 to 2025-11, given 2022-12 to "
         "2025-11")),
        ({"end": "2025-12"}, ("collected duties run from 2023-01 to 2025-11, given 2023-01 to "
         "2025-12")),
        ({"start": "2025-02", "end": "2025-01"}, ("end 2025-01 is before start 2025-02; swap the "
         "months")),
        ({"start": "2025-13"}, "a date like 2025-10-17 is needed, given '2025-13-01'"),
        ({"end": 202510}, "a date like 2025-10-17 is needed, given 202510"),
        ({"partners": "KOR"}, "partners: a list is needed, given 'KOR'; did you mean ['KOR']?"),
        ({"partners": []}, ("partners: at least one is needed of KOR, JPN, EU27, GBR, CHN, MEX, "
         "CAN, TWN, VNM, CHE, IND, ROW, DEU")),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(arguments: dict, message: str) -> None:
    with pytest.raises(InputError) as caught:
        tc.load_collected_duties(**arguments)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"partners": ["THA"]}, ("unknown partner in collected duties 'THA'. Allowed: KOR, JPN, "
         "EU27, GBR, CHN, MEX, CAN, TWN, VNM, CHE, IND, ROW, … (13 in all).")),
        ({"by": "naics"}, ("unknown grouping of collected duties 'naics'; did you mean 'naics3'? "
         "Allowed: naics3.")),
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused(arguments: dict, message: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        tc.load_collected_duties(**arguments)
    assert str(caught.value) == message


def test_what_is_done_to_a_table_stays_with_the_caller() -> None:
    first = tc.load_collected_duties(partners=["IND"])
    total = math.fsum(first["duty_usd"])
    first["duty_usd"] = 0.0
    assert math.fsum(tc.load_collected_duties(partners=["IND"])["duty_usd"]) == total > 0
