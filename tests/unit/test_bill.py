import datetime as dt
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.tariffs.bill import ordered, stretches

NAN = math.nan


def measure_of(name: str = "m", **fields: Any) -> tc.TariffMeasure:
    return tc.TariffMeasure(
        **{"name": name, "authority": name, "rate": 0.25, "start": "2025-01-01", **fields}
    )


def flows_of(**columns: Any) -> pd.DataFrame:
    rows = {
        "hs": ["8703230140", "7208510030"], "partner": ["KOR", "JPN"],
        "value_usd": [365.0, 730.0], "mfn_rate": [0.5, 0.0],
    }  # fmt: skip
    return pd.DataFrame({**rows, **columns})


LAW = tc.TariffSchedule(
    measures=(
        measure_of("cars", products=["87"], start="2025-03-01", end="2025-04-10"),
        measure_of("all", rate=0.125, start="2025-04-06"),
    )
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], [("2025-03-05", "2025-03-10")]),
        (["2025-03-05", "2025-03-11", "2025-03-04"], [("2025-03-05", "2025-03-10")]),
        (["2025-03-10"], [("2025-03-05", "2025-03-09"), ("2025-03-10", "2025-03-10")]),
        (
            ["2025-03-06", "2025-03-08"],
            [
                ("2025-03-05", "2025-03-05"), ("2025-03-06", "2025-03-07"),
                ("2025-03-08", "2025-03-10"),
            ],
        ),
    ],
)  # fmt: skip
def test_stretches_run_from_change_to_change(changes: list, expected: list) -> None:
    found = list(stretches([day(c) for c in changes], day("2025-03-05"), day("2025-03-10")))
    assert found == [(day(first), day(last)) for first, last in expected]


def test_days_are_put_in_order_or_refused() -> None:
    assert ordered(("2025-03-05", day("2025-03-05"))) == (day("2025-03-05"), day("2025-03-05"))
    with pytest.raises(InputError) as caught:
        ordered((day("2025-03-06"), "2025-03-05"))
    assert str(caught.value) == "end 2025-03-05 is before start 2025-03-06; swap the dates"
    with pytest.raises(InputError, match="a date like 2025-10-17 is needed, given 'May'"):
        ordered(("2025-03-06", "May"))


def test_a_bill_by_month_by_hand() -> None:
    flows = flows_of()
    kept = flows.copy(deep=True)
    bill = LAW.duty_bill(flows, start="2025-03-31", end="2025-05-01")
    pd.testing.assert_frame_equal(flows, kept)
    assert bill.index.equals(pd.period_range("2025-03", "2025-05", freq="M", name="period"))
    # One dollar of cars and two of steel a day.
    days = [1, 30, 1]
    expected = {
        "value_usd": [3.0 * count for count in days],
        "base_duty_usd": [0.5 * count for count in days],
        "cars_duty_usd": [0.25, 10 * 0.25, 0.0],
        "all_duty_usd": [0.0, 25 * 3 * 0.125, 3 * 0.125],
        "duty_usd": [0.75, 15 + 2.5 + 9.375, 0.5 + 0.375],
        "effective_rate": [0.25, 26.875 / 90, 0.875 / 3],
    }
    assert bill.columns.tolist() == list(expected)
    for name, values in expected.items():
        assert bill[name].dtype == np.float64
        assert bill[name].tolist() == pytest.approx(values, rel=1e-14)
    assert bill.attrs["units"] == {
        **dict.fromkeys(list(expected)[:-1], "USD"), "effective_rate": "fraction of customs value",
    }  # fmt: skip
    assert bill.attrs["scenario_hash"] is None


@pytest.mark.parametrize(
    ("frequency", "periods", "days"),
    [
        ("Q", ["2024Q4", "2025Q1"], [1, 90]),
        ("Y", ["2024", "2025"], [1, 90]),
        ("M", ["2024-12", "2025-01", "2025-02", "2025-03"], [1, 31, 28, 31]),
    ],
)
def test_periods_count_the_days_of_their_own_year(
    frequency: Any, periods: list, days: list
) -> None:
    bill = LAW.duty_bill(flows_of(), start="2024-12-31", end="2025-03-31", frequency=frequency)
    assert bill.index.astype(str).tolist() == periods
    lengths = [366, *[365] * (len(days) - 1)]
    assert bill["value_usd"].tolist() == pytest.approx(
        [1095.0 * count / length for count, length in zip(days, lengths, strict=True)], rel=1e-15
    )


def test_a_bill_by_group_has_a_row_for_each_group_and_period() -> None:
    bill = LAW.duty_bill(flows_of(), start="2025-04-06", end="2025-05-01", by="partner")
    assert bill.index.names == ["period", "partner"]
    assert [(str(period), partner) for period, partner in bill.index] == [
        ("2025-04", "JPN"), ("2025-04", "KOR"), ("2025-05", "JPN"), ("2025-05", "KOR"),
    ]  # fmt: skip
    assert bill["value_usd"].tolist() == [50.0, 25.0, 2.0, 1.0]
    assert bill["all_duty_usd"].tolist() == [6.25, 3.125, 0.25, 0.125]
    assert bill["cars_duty_usd"].tolist() == [0.0, 1.25, 0.0, 0.0]
    assert bill["effective_rate"].tolist() == pytest.approx([0.125, 0.675, 0.125, 0.625])


def test_flows_of_months_are_charged_in_their_month() -> None:
    flows = flows_of(month=["2025-04", "2025-03"], value_usd=[30.0, 31.0])
    bill = LAW.duty_bill(flows, start="2025-03-30", end="2025-04-06")
    assert bill.index.equals(pd.period_range("2025-03", "2025-04", freq="M", name="period"))
    assert bill["value_usd"].tolist() == [2.0, 6.0]
    assert bill["base_duty_usd"].tolist() == [0.0, 3.0]
    assert bill["cars_duty_usd"].tolist() == [0.0, 1.5]
    assert bill["all_duty_usd"].tolist() == [0.0, 0.125]
    assert bill["duty_usd"].tolist() == [0.0, 4.625]
    assert bill["effective_rate"].tolist() == [0.0, 4.625 / 6]


def test_groups_stand_in_order_though_a_month_lacks_some() -> None:
    flows = flows_of(month=["2025-02", "2025-03"], port=pd.Categorical(["b", "a"], ["c", "b", "a"]))
    span: dict[str, Any] = {"start": "2025-01-01", "end": "2025-12-31", "frequency": "Q"}
    assert LAW.duty_bill(flows, **span, by="hs").index.get_level_values("hs").tolist() == [
        "7208510030", "8703230140",
    ]  # fmt: skip
    bill = LAW.duty_bill(flows, **span, by="port")
    assert bill.index.get_level_values("port").tolist() == ["b", "a"]
    assert bill["value_usd"].tolist() == pytest.approx([365.0, 730.0], rel=1e-15)


def test_one_day_of_a_month_counts() -> None:
    flows = flows_of(month="2025-04")
    for day in ("2025-04-01", "2025-04-30"):
        bill = LAW.duty_bill(flows, start=day, end=day)
        assert bill["value_usd"].tolist() == [1095.0 / 30]


def test_months_add_up_to_quarters_by_group_in_order() -> None:
    flows = pd.DataFrame({
        "hs": ["87", "72", "87", "72", "72"], "partner": ["KOR"] * 5, "mfn_rate": [0.5] * 5,
        "value_usd": [31.0, 28.0, 30.0, 4.0, 8.0],
        "month": ["2025-03", "2025-02", "2025-04", "2025-04", "2026-04"],
    })  # fmt: skip
    law = tc.TariffSchedule(measures=())
    bill = law.duty_bill(flows, start="2025-01-01", end="2025-12-31", frequency="Q", by="hs")
    assert [(str(period), hs) for period, hs in bill.index] == [
        ("2025Q1", "72"), ("2025Q1", "87"), ("2025Q2", "72"), ("2025Q2", "87"),
    ]  # fmt: skip
    assert bill.index.names == ["period", "hs"]
    assert bill["value_usd"].tolist() == pytest.approx([28.0, 31.0, 4.0, 30.0], rel=1e-15)
    assert bill["duty_usd"].tolist() == (bill["value_usd"] / 2).tolist()
    year = law.duty_bill(flows, start="2025-01-01", end="2026-12-31", frequency="Y")
    assert year["value_usd"].tolist() == pytest.approx([93.0, 8.0], rel=1e-15)
    assert year.index.astype(str).tolist() == ["2025", "2026"]


@pytest.mark.parametrize(
    "months", [pd.PeriodIndex(["2025-04", "2025-05"], freq="M"), pd.Categorical(["2025-04"] * 2)]
)
def test_a_month_may_be_a_period_or_a_category(months: Any) -> None:
    bill = LAW.duty_bill(flows_of(month=months), start="2025-04-01", end="2025-05-31")
    assert bill["value_usd"].sum() == pytest.approx(1095.0, rel=1e-15)


def test_nothing_imported_has_no_effective_rate() -> None:
    bill = LAW.duty_bill(flows_of(value_usd=[0.0, 0.0]), start="2025-04-01", end="2025-04-30")
    assert bill["duty_usd"].tolist() == [0.0]
    assert bill["effective_rate"].isna().all()


@pytest.mark.parametrize("month", ["April", "2025-4", "2025-13", "2025-04-01", NAN, None, 202504])
def test_what_is_no_month_is_refused(month: object) -> None:
    flows = flows_of(month=pd.Series(["2025-04", month], dtype=object))
    with pytest.raises(InputError) as caught:
        LAW.duty_bill(flows, start="2025-04-01", end="2025-04-30")
    assert str(caught.value) == f"month: text like 2025-04 is needed, given {str(month)!r}"


def test_flows_of_other_months_alone_are_refused() -> None:
    flows = flows_of(month="2025-04")
    with pytest.raises(InputError) as caught:
        LAW.duty_bill(flows, start="2025-05-01", end="2025-06-30")
    assert str(caught.value) == "month: no flows are of a month between 2025-05-01 and 2025-06-30"


def test_a_bill_needs_values_days_in_order_and_a_frequency() -> None:
    span = {"start": "2025-04-01", "end": "2025-04-30"}
    with pytest.raises(InputError, match="columns missing: value_usd"):
        LAW.duty_bill(flows_of().drop(columns=["value_usd"]), **span)
    with pytest.raises(InputError, match="end 2025-04-30 is before start 2025-05-01; swap"):
        LAW.duty_bill(flows_of(), start="2025-05-01", end="2025-04-30")
    with pytest.raises(UnknownNameError) as caught:
        LAW.duty_bill(flows_of(), **span, frequency="D")  # type: ignore[arg-type]
    assert str(caught.value) == "unknown frequency 'D'. Allowed: M, Q, Y."


def test_a_timeline_by_group_has_a_row_for_each_group_and_change() -> None:
    path = LAW.timeline(flows_of(), start="2025-04-01", end="2025-04-11", by="partner")
    days = ["2025-04-01", "2025-04-06", "2025-04-11"]
    assert path.index.names == ["date", "partner"]
    assert path.index.tolist() == [(pd.Timestamp(d), p) for d in days for p in ("JPN", "KOR")]
    assert path["cars_rate"].tolist() == [0.0, 0.25, 0.0, 0.25, 0.0, 0.0]
    assert path["all_rate"].tolist() == [0.0, 0.0, 0.125, 0.125, 0.125, 0.125]
    assert path["total_rate"].tolist() == [0.0, 0.75, 0.125, 0.875, 0.125, 0.625]
    assert path.columns.tolist() == ["base_rate", "cars_rate", "all_rate", "total_rate"]
    assert path.attrs["units"] == dict.fromkeys(path.columns, "fraction of customs value")


def test_a_timeline_of_all_flows_is_indexed_by_date_alone() -> None:
    path = LAW.timeline(flows_of(), start="2025-04-06", end="2025-04-06")
    assert path.index.equals(pd.DatetimeIndex(["2025-04-06"], name="date"))
    assert path["base_rate"].tolist() == [182.5 / 1095]
    with pytest.raises(InputError, match="end 2025-04-05 is before start 2025-04-06"):
        LAW.timeline(flows_of(), start="2025-04-06", end="2025-04-05")
