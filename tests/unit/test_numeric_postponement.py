import numpy as np
import pytest

from tariffcalc.numeric.postponement import months_to_settle, postponed


def row(*amounts: float) -> np.ndarray:
    return np.array([amounts], dtype=np.float64)


@pytest.mark.parametrize(
    ("adjustment", "lag", "months"),
    [
        ([], [0.0], 1),
        ([], [2.0], 3),
        ([], [1.5], 3),
        ([], [0.0, 7.0, 3.0], 8),
        ([0.5], [0.0], 1),
        ([0.5, 1.0], [0.0], 13),
        ([0.5, 1.0], [2.0], 13),
        ([0.5, 0.75, 1.0], [30.0], 31),
        ([0.5, 0.75, 1.0], [3.0], 25),
    ],
)
def test_an_answer_is_final_after_its_last_year_and_its_lag(
    adjustment: list[float], lag: list[float], months: int
) -> None:
    assert months_to_settle(np.array(adjustment), np.array(lag)) == months


def test_what_is_felt_at_once_is_lost_month_by_month() -> None:
    lost = postponed(row(0, 0, 0), row(3, 5, 7), row(1), 3)
    assert lost.tolist() == [[3.0, 5.0, 7.0]]


def test_what_is_felt_later_is_lost_later() -> None:
    lost = postponed(row(10, 20, 30, 40), row(1, 2, 3, 4), row(0, 0, 1), 2)
    assert lost.tolist() == [[10 + (3 - 30), 20 + (4 - 40)]]


def test_an_answer_in_parts_is_lost_in_parts() -> None:
    lost = postponed(row(0, 0, 0), row(8, 16, 32), row(0.25, 1.0), 2)
    assert lost.tolist() == [[0.25 * 8 + 0.75 * 16, 0.25 * 16 + 0.75 * 32]]


def test_every_case_has_its_own_row() -> None:
    at_once, long_run = row(1, 1, 1), np.array([[2.0, 4.0, 8.0], [3.0, 5.0, 7.0]])
    share = np.array([[1.0, 1.0], [0.0, 1.0]])
    lost = postponed(at_once, long_run, share, 2)
    assert lost.tolist() == [[2.0, 4.0], [1.0 + 4.0, 1.0 + 6.0]]
    assert at_once.tolist() == [[1.0, 1.0, 1.0]]
    assert postponed(at_once, row(2, 2, 2), share[1:], 2).shape == (1, 2)
    assert postponed(at_once, row(2, 2, 2), share, 2).shape == (2, 2)
    assert postponed(np.ones((2, 3)), row(2, 2, 2), share[:1], 2).shape == (2, 2)


def test_no_month_loses_nothing() -> None:
    assert postponed(row(1, 2), row(1, 2), row(1), 0).shape == (1, 0)
