import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError

COLUMNS = [
    "value_usd", "statutory_rate", "collected_rate", "gap_pp", "statutory_duty_usd",
    "collected_duty_usd",
]  # fmt: skip
LAW = tc.TariffSchedule(
    measures=(
        tc.TariffMeasure(
            name="cars", authority="cars", rate=0.25, products=("8703",), start="2025-04-16",
            end="2025-05-31",
        ),
    )
)  # fmt: skip


def flows_of(partner: str = "KOR", **columns: Any) -> tc.TradeFlows:
    rows = {
        "hs": ["8703230140", "7208510030"], "partner": [partner] * 2, "value_usd": [300.0, 100.0],
        "mfn_rate": [0.0, 0.125], "naics3": ["336", "331"],
    }  # fmt: skip
    return tc.TradeFlows.from_frame(pd.DataFrame({**rows, **columns}))


@pytest.mark.parametrize(
    ("start", "end"),
    [("2025-03", "2025-06"), ("2025-03-31", "2025-06-01"), (dt.date(2025, 3, 9), "2025-06")],
)
def test_law_and_collection_stand_side_by_side_by_month(start: Any, end: Any) -> None:
    flows = flows_of()
    table = tc.compare_collected(flows, LAW, start=start, end=end)
    found = tc.load_collected_duties(partners=["KOR"], start="2025-03", end="2025-06", by=None)
    assert table.columns.tolist() == COLUMNS
    assert table.index.equals(
        pd.DatetimeIndex(["2025-03-01", "2025-04-01", "2025-05-01", "2025-06-01"], name="month")
    )
    # Half of April at 25% on three quarters of the value, all of May, none of March and June.
    base = 0.125 / 4
    statutory = [base, base + 0.1875 / 2, base + 0.1875, base]
    assert table["statutory_rate"].tolist() == pytest.approx(statutory, rel=1e-14)
    value, duty = found["value_usd"].to_numpy(), found["duty_usd"].to_numpy()
    assert table["value_usd"].tolist() == value.tolist()
    assert table["collected_duty_usd"].tolist() == duty.tolist()
    assert table["collected_rate"].tolist() == (duty / value).tolist()
    assert table["gap_pp"].tolist() == pytest.approx(
        (100 * (duty / value - statutory)).tolist(), rel=1e-11
    )
    assert table["statutory_duty_usd"].tolist() == pytest.approx(
        (value * statutory).tolist(), rel=1e-14
    )
    assert (table.dtypes == np.float64).all()
    fraction = "fraction of customs value"
    assert table.attrs["units"] == {
        "value_usd": "USD", "statutory_rate": fraction, "collected_rate": fraction,
        "gap_pp": "percentage points", "statutory_duty_usd": "USD", "collected_duty_usd": "USD",
    }  # fmt: skip
    assert table.attrs["scenario_hash"] is None


def test_each_industry_has_its_own_rate_and_none_without_flows() -> None:
    table = tc.compare_collected(flows_of(), LAW, start="2025-04", end="2025-05", by="naics3")
    found = tc.load_collected_duties(partners=["KOR"], start="2025-04", end="2025-05")
    assert table.index.equals(found.droplevel("partner").index)
    assert table.index.names == ["month", "naics3"]
    for industry, rates in (("336", [0.125, 0.25]), ("331", [0.125, 0.125])):
        own = table.xs(industry, level="naics3")
        assert own["statutory_rate"].tolist() == pytest.approx(rates, rel=1e-14)
        assert own["collected_duty_usd"].tolist() == (
            found.xs(industry, level="naics3")["duty_usd"].tolist()
        )
    others = table[~table.index.get_level_values("naics3").isin(["336", "331"])]
    assert len(others) > 10
    assert others[["statutory_rate", "gap_pp", "statutory_duty_usd"]].isna().all(axis=None)
    assert others["collected_rate"].notna().all()


def test_one_month_of_a_leap_year_is_a_month() -> None:
    table = tc.compare_collected(flows_of(), LAW, start="2024-02", end="2024-02-11")
    assert table.index.tolist() == [pd.Timestamp("2024-02-01")]
    assert table["statutory_rate"].tolist() == [0.125 / 4]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: tc.compare_collected(
                tc.TradeFlows.from_frame(pd.concat([flows_of().frame, flows_of("JPN").frame])),
                LAW, start="2025-04", end="2025-04",
            ),
            "flows: one partner is needed, given JPN, KOR; use .only(partner)",
        ),
        (
            lambda: tc.compare_collected(flows_of(), LAW, start="2025-05", end="2025-04"),
            "end 2025-04 is before start 2025-05; swap the months",
        ),
        (
            lambda: tc.compare_collected(flows_of(), LAW, start="2025-05", end="2025-12"),
            "collected duties run from 2023-01 to 2025-11, given 2025-05 to 2025-12",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused(call: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: tc.compare_collected(
                flows_of(), LAW, start="2025-04", end="2025-04", by="sector"
            ),
            "unknown grouping 'sector'. Allowed: naics3.",
        ),
        (
            lambda: tc.compare_collected(flows_of("THA"), LAW, start="2025-04", end="2025-04"),
            ("unknown partner in collected duties 'THA'. Allowed: KOR, JPN, EU27, GBR, CHN, MEX, "
            "CAN, TWN, VNM, CHE, IND, ROW, … (13 in all)."),
        ),
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused(call: Any, message: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        call()
    assert str(caught.value) == message
