import datetime as dt

import numpy as np
import pytest

from tariffcalc.numeric.day_counts import CONVENTIONS

START = np.array(["2023-12-31", "2024-02-29", "2024-01-31", "1969-12-31"], dtype="datetime64[D]")
END = np.array(["2025-01-01", "2025-02-28", "2024-03-30", "1970-01-01"], dtype="datetime64[D]")


@pytest.mark.parametrize(
    ("convention", "expected"),
    [
        ("ACT/360", [367 / 360, 365 / 360, 59 / 360, 1 / 360]),
        ("ACT/365F", [367 / 365, 1.0, 59 / 365, 1 / 365]),
        ("ACT/ACT ISDA", [1 + 1 / 365, 1 + 58 / 365 - 59 / 366, 59 / 366, 1 / 365]),
        ("30E/360", [361 / 360, 359 / 360, 60 / 360, 1 / 360]),
    ],
)
def test_fractions_by_row(convention: str, expected: list) -> None:
    found = CONVENTIONS[convention](START, END)
    assert found.dtype == np.float64
    assert found == pytest.approx(expected, rel=4e-16)


@pytest.mark.parametrize("year", [1900, 1999, 2000, 2024, 2100])
def test_a_calendar_year_is_one_year_under_actual_actual(year: int) -> None:
    days = [np.array([dt.date(year + more, 1, 1)], dtype="datetime64[D]") for more in (0, 1, 5)]
    assert CONVENTIONS["ACT/ACT ISDA"](days[0], days[1]).tolist() == [1.0]
    assert CONVENTIONS["ACT/ACT ISDA"](days[0], days[2]).tolist() == [5.0]
    assert CONVENTIONS["30E/360"](days[0], days[2]).tolist() == [5.0]


def test_days_of_one_year_are_divided_once() -> None:
    start = np.repeat(np.array(["2023-01-07", "2024-01-07"], dtype="datetime64[D]"), 300)
    end = start + np.tile(np.arange(300), 2)
    found = CONVENTIONS["ACT/ACT ISDA"](start, end)
    assert found[:300].tolist() == (np.arange(300) / 365).tolist()
    assert found[300:].tolist() == (np.arange(300) / 366).tolist()


def test_no_day_has_no_length() -> None:
    for count in CONVENTIONS.values():
        assert count(START, START).tolist() == [0.0] * 4
        assert count(START[:0], START[:0]).shape == (0,)
