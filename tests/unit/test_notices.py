import datetime as dt

import numpy as np
import pytest

from tariffcalc.pledge.notices import business_days, check_notices, due_days


def due(notice: str, *days: int) -> list[str]:
    found = due_days(dt.date.fromisoformat(notice), np.array(days, dtype=float))
    return [str(day) for day in found]


def test_business_days_are_counted_after_the_notice() -> None:
    # 2 March 2026 is a Monday.
    assert due("2026-03-02", 0, 1, 4, 5) == ["2026-03-02", "2026-03-03", "2026-03-06", "2026-03-09"]


def test_a_notice_on_a_weekend_or_holiday_counts_from_the_next_business_day() -> None:
    assert due("2026-03-07", 0, 1, 2) == ["2026-03-07", "2026-03-09", "2026-03-10"]
    assert due("2026-03-08", 1) == ["2026-03-09"]
    assert due("2026-12-25", 0, 1) == ["2026-12-25", "2026-12-28"]


def test_holidays_are_passed_over_on_the_day_they_are_observed() -> None:
    assert due("2026-07-02", 1) == ["2026-07-06"]  # the 4th is a Saturday: Friday is off
    assert due("2027-07-02", 1) == ["2027-07-06"]  # a Sunday: Monday is off
    assert due("2027-12-30", 1) == ["2028-01-03"]  # New Year's Day of 2028 is a Saturday
    assert due("2020-06-18", 1) == ["2020-06-19"]  # Juneteenth is one since 2021
    assert due("2021-06-17", 1) == ["2021-06-21"]


def test_the_eleven_holidays_of_a_year_are_known() -> None:
    days = business_days(2026, 2026).holidays.astype("datetime64[D]").astype(str).tolist()
    assert [day for day in days if day.startswith("2026")] == [
        "2026-01-01", "2026-01-19", "2026-02-16", "2026-05-25", "2026-06-19", "2026-07-03",
        "2026-09-07", "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25",
    ]  # fmt: skip
    assert {day[:4] for day in days} == {"2025", "2026", "2027"}


def test_long_notices_pass_the_holidays_of_later_years() -> None:
    # 1000 business days are four years less 43 days or so: 11 holidays in each.
    found = due("2026-01-02", 1000)[0]
    calendar = business_days(2020, 2040)
    assert np.busday_count("2026-01-03", np.datetime64(found) + 1, busdaycal=calendar) == 1000


def test_days_have_the_shape_of_the_numbers() -> None:
    found = due_days(dt.date(2199, 12, 31), np.array([0.0, 1000.0]))
    assert (found.shape, found.dtype) == ((2,), np.dtype("datetime64[D]"))


def test_notices_in_any_order_are_checked() -> None:
    first, last = dt.date(2026, 1, 1), dt.date(2028, 1, 1)
    check_notices([last, first], last)
    check_notices([], first)
    with pytest.raises(ValueError, match="the notice of 2028-01-01 is after commitment_end"):
        check_notices([last, first], dt.date(2027, 12, 31))
