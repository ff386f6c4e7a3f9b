import numpy as np
import pytest

from tariffcalc.numeric.stocks import excess_over_yearly, stock_path, yearly_growth


@pytest.mark.parametrize(
    ("halves", "expected"),
    [
        ((0, 2), [100 * 1.44 - 10 * 1.44 + 5]),
        ((0, 0), [100 * 1.44 - 10 * 1.44 + 5 * 1.44]),
        ((1, 1), [100 * 1.44 - 10 * 1.2 + 5 * 1.2]),
        ((2, 2), [100 * 1.44 - 10 + 5]),
        ((2, 0), [100 * 1.44 - 10 + 5 * 1.44]),
    ],
)
def test_a_stock_grows_from_where_in_its_period_a_flow_falls(halves: tuple, expected: list) -> None:
    found = stock_path(
        np.array([100.0]), np.array([0.44]), np.array([[10.0]]), np.array([[5.0]]), halves
    )
    assert found[0] == pytest.approx(expected, rel=4e-16)


def test_a_stock_runs_on_from_period_to_period_for_each_case() -> None:
    taken, added = np.array([[8.0, 0.0, 4.0]]), np.array([[0.0, 6.0, 1.0], [0.0, 0.0, 0.0]])
    found = stock_path(np.array([16.0]), np.array([0.0, 0.5]), taken, added, (0, 2))
    assert found.tolist() == [[8.0, 14.0, 11.0], [12.0, 18.0, 21.0]]
    assert found.flags.f_contiguous
    start = stock_path(np.array([16.0, 32.0]), np.zeros(1), taken, taken, (2, 2))
    assert start.tolist() == [[16.0] * 3, [32.0] * 3]
    several = stock_path(np.ones(1), np.zeros(1), np.tile(taken, (2, 1)), taken, (2, 2))
    assert several.tolist() == [[1.0] * 3] * 2


def test_what_is_beyond_a_year_s_capacity_comes_last_in_the_year() -> None:
    used = np.array([[3.0, 4.0, 2.0, 0.0, 6.0, 1.0]])
    found = excess_over_yearly(used, np.array([5.0, 8.0]), 3)
    assert found.tolist() == [[0, 2, 2, 0, 1, 1], [0, 0, 1, 0, 0, 0]]
    assert found.flags.f_contiguous
    assert excess_over_yearly(used, np.array([3.5]), 1).tolist() == [[0, 0.5, 0, 0, 2.5, 0]]
    assert excess_over_yearly(np.tile(used, (2, 1)), np.array([9.0]), 1).shape == (2, 6)
    assert np.isnan(excess_over_yearly(used, np.array([np.nan]), 3)).all()


def test_a_level_grows_from_one_calendar_year_to_the_next() -> None:
    found = yearly_growth(np.array([100.0]), np.array([0.5, 0.0]), 5, 2)
    assert found.tolist() == [[100, 100, 150, 150, 225], [100] * 5]
    assert found.flags.f_contiguous
    assert yearly_growth(np.array([8.0, 16.0]), np.array([0.5]), 3, 1).tolist() == [
        [8, 12, 18],
        [16, 24, 36],
    ]
