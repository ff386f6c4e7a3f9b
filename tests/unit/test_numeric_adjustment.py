import numpy as np
import pytest

from tariffcalc.numeric.adjustment import response_share

NONE, NOW = np.zeros(0), np.zeros(1)


def test_without_adjustment_and_lag_all_is_answered_at_once() -> None:
    for per_year in (1, 4, 12):
        share = response_share(NONE, NOW, 3, per_year)
        assert share.tolist() == [[1.0] * (3 * per_year)]
    assert response_share(np.ones(1), NOW, 2, 1).tolist() == [[1.0, 1.0]]


def test_the_last_year_of_adjustment_holds() -> None:
    adjustment = np.array([0.25, 0.5, 0.75])
    assert response_share(adjustment, NOW, 5, 1).tolist() == [[0.25, 0.5, 0.75, 0.75, 0.75]]
    assert response_share(adjustment, NOW, 2, 1).tolist() == [[0.25, 0.5]]
    assert response_share(adjustment, NOW, 2, 4).tolist() == [[0.25] * 4 + [0.5] * 4]


def test_a_lag_leaves_the_part_of_a_period_that_lies_after_it() -> None:
    lags = np.array([0.0, 2.0, 3.0, 18.0])
    yearly = [[1.0, 1.0], [10 / 12, 1.0], [0.75, 1.0], [0.0, 0.5]]
    assert response_share(NONE, lags, 2, 1).tolist() == yearly
    quarters = response_share(NONE, np.array([1.5, 4.0]), 1, 4)
    assert quarters[0].tolist() == [0.5, 1.0, 1.0, 1.0]
    assert quarters[1] == pytest.approx([0.0, 2 / 3, 1.0, 1.0], abs=0.0)
    months = response_share(NONE, np.array([2.25]), 1, 12)
    assert months.tolist() == [[0.0, 0.0, 0.75] + [1.0] * 9]
    both = response_share(np.array([0.5, 1.0]), np.array([6.0]), 2, 1)
    assert both.tolist() == [[0.25, 1.0]]
