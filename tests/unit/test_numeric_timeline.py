import numpy as np
import pytest

from tariffcalc.numeric.timeline import PERIODS_PER_YEAR, Timeline

YEARS, QUARTERS, MONTHS = (Timeline(2026, each) for each in (1, 4, 12))


def test_a_year_has_one_four_or_twelve_periods() -> None:
    assert PERIODS_PER_YEAR == {"Y": 1, "Q": 4, "M": 12}
    assert [t.periods(np.array([2.0])).tolist() for t in (YEARS, QUARTERS, MONTHS)] == [
        [2.0],
        [8.0],
        [24.0],
    ]
    assert Timeline(2026) == YEARS


def test_rates_are_effective() -> None:
    yearly = np.array([-0.5, 0.0, 0.0416, 1.0])
    assert QUARTERS.rate(yearly) == pytest.approx((1.0 + yearly) ** 0.25 - 1.0, rel=1e-14)
    assert MONTHS.rate(np.array([1.0])).item() == pytest.approx(2.0 ** (1 / 12) - 1.0, rel=1e-14)
    for timeline in (QUARTERS, MONTHS):
        assert timeline.yearly(timeline.rate(yearly)) == pytest.approx(yearly, rel=1e-14)
    assert QUARTERS.yearly(np.array([0.5])).item() == pytest.approx(4.0625, rel=1e-15)


def test_chances_compound_over_a_year() -> None:
    yearly = np.array([0.0, 0.1, 0.9375, 1.0])
    found = QUARTERS.chance(yearly)
    assert found[[0, 3]].tolist() == [0.0, 1.0]
    assert found[2] == pytest.approx(0.5, rel=1e-15)
    assert 1.0 - (1.0 - found[1]) ** 4 == pytest.approx(0.1, rel=1e-14)


def test_years_convert_nothing_to_the_bit() -> None:
    given = np.array([[0.3, -0.1, 1.0 / 3.0]])
    for same in (YEARS.rate, YEARS.yearly, YEARS.chance, YEARS.by_year, YEARS.spread):
        assert same(given) is given


def test_periods_are_added_up_and_spread_by_calendar_year() -> None:
    amounts = np.array([[1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 0.0, 0.0, 0.0, 8.0]])
    assert QUARTERS.by_year(amounts).tolist() == [[10.0, 5.0], [1.0, 8.0]]
    assert QUARTERS.by_year(amounts[:, :4]).tolist() == [[10.0], [1.0]]
    assert QUARTERS.spread(np.array([[8.0, 4.0]])).tolist() == [[2.0] * 4 + [1.0] * 4]


def test_a_period_has_a_year_and_a_label() -> None:
    assert QUARTERS.year(np.array([0.0, 3.0, 4.0])).tolist() == [2026.0, 2026.0, 2027.0]
    assert YEARS.year(np.array([0.0, 2.0])).tolist() == [2026.0, 2028.0]
    assert [YEARS.label(period) for period in (0, 5)] == [2026, 2031]
    assert [QUARTERS.label(period) for period in (0, 7)] == ["2026Q1", "2027Q4"]
    assert [MONTHS.label(period) for period in (0, 8, 11, 24)] == [
        "2026-01",
        "2026-09",
        "2026-12",
        "2028-01",
    ]


def test_a_day_is_in_the_period_that_holds_it() -> None:
    days = np.array(
        ["2025-12-31", "2026-01-01", "2026-03-31", "2026-04-01", "2027-12-31"],
        dtype="datetime64[D]",
    )
    assert YEARS.period_of(days).tolist() == [-1, 0, 0, 0, 1]
    assert QUARTERS.period_of(days).tolist() == [-1, 0, 0, 1, 7]
    assert MONTHS.period_of(days).tolist() == [-1, 0, 2, 3, 23]
