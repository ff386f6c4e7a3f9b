import math

import numpy as np
import pytest

from tariffcalc.numeric import dated_roots
from tariffcalc.numeric.dated_roots import (
    count_and_dated_root,
    count_and_least_dated_root,
    dated_present_value,
)
from tariffcalc.numeric.rates_of_return import GRID, SEARCHED


def solve(amounts: list, years: list) -> tuple[list, list]:
    counts, roots = count_and_least_dated_root(np.array(amounts, float), np.array(years, float))
    return counts.tolist(), roots.tolist()


def test_the_exponents_searched_are_those_of_the_grid() -> None:
    assert dated_roots.EXPONENTS.shape == GRID.shape
    assert (dated_roots.EXPONENTS == 0.0).sum() == 1


def test_the_value_is_added_in_the_order_of_the_columns() -> None:
    found = dated_present_value(
        np.array([[1.0, 2.0, 4.0]]), np.array([[0.0, 1.0, 2.0]]), np.array([1.0, 0.0, -0.5])
    )
    assert found == pytest.approx([3.0, 7.0, 21.0], rel=1e-15)


@pytest.mark.parametrize("last", [0.01, 0.5, 1.0, 30.0, 300.0])
@pytest.mark.parametrize("ratio", [0.99, 1.0, 1.001, 1.05])
def test_two_flows_earn_their_ratio(last: float, ratio: float) -> None:
    exact = math.expm1(math.log(ratio) / last)
    counts, roots = solve([[-1.0, ratio]], [[0.0, last]])
    assert counts == [1]
    assert roots[0] == pytest.approx(exact, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("rates", [(0.1, 0.2), (-0.5, 0.0), (0.05, 3.0), (-0.9, 9.0)])
def test_two_roots_are_counted_and_the_least_is_found(rates: tuple) -> None:
    # (g − g1)·(g − g2) with g = (1+rate)^(1/2): flows half a year apart.
    one, two = (math.sqrt(1.0 + rate) for rate in rates)
    counts, roots = solve([[1.0, -(one + two), one * two]], [[0.0, 0.5, 1.0]])
    assert counts == [2]
    assert roots[0] == pytest.approx(rates[0], rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("rates", [(0.001, 0.002), (-0.002, -0.001), (0.1, 0.2), (-0.5, 9.0)])
@pytest.mark.parametrize("start", [0.0, 400.0, -400.0])
def test_both_of_two_roots_are_found_even_inside_one_step_of_the_grid(
    rates: tuple, start: float
) -> None:
    # (g − g1)·(g − g2) with g = (1+rate)^(1/2), and nothing on a date far away.
    one, two = (math.sqrt(1.0 + rate) for rate in rates)
    flows = np.array([[1.0, -(one + two), one * two, 0.0]] * 2)
    years = start + np.array([[0.0, 0.5, 1.0, 900.0]] * 2)
    for which, near, expected in (
        ("lowest", 9.0, rates[:1] * 2),
        ("highest", -0.9, rates[1:] * 2),
        ("nearest", np.array(rates), rates),
    ):
        counts, roots = count_and_dated_root(flows, years, which, np.broadcast_to(near, (2,)))
        assert counts.tolist() == [2, 2]
        assert roots == pytest.approx(expected, rel=1e-8)


def test_a_root_that_is_only_touched_is_not_counted() -> None:
    double = math.sqrt(8.0 / 7.0)
    assert solve([[1.0, -2.0 * double, double * double]], [[0.0, 0.5, 1.0]])[0] == [0]


def test_flows_of_one_date_are_added_up_before_their_signs_are_counted() -> None:
    # On the second date 300 is paid and 410 received: one change of sign, not three.
    counts, roots = solve([[-100.0, 410.0, -300.0, 0.0]], [[0.0, 1.0, 1.0, 9.0]])
    assert counts == [1]
    assert roots[0] == pytest.approx(0.1, rel=1e-14)
    assert solve([[-100.0, 30.0, 80.0, -1.0, 1.0]], [[0.0, 1.0, 1.0, 2.0, 2.0]])[0] == [1]
    assert solve([[5.0, -5.0]], [[3.0, 3.0]])[0] == [0]


def test_columns_may_come_in_any_order() -> None:
    straight = solve([[-100.0, 60.0, 70.0]], [[0.0, 0.7, 1.9]])
    assert solve([[70.0, -100.0, 60.0]], [[1.9, 0.0, 0.7]]) == straight


@pytest.mark.parametrize("zeros", [[-900.0, 40.0], [40.0, 900.0], [-2000.0, 2000.0]])
def test_zeros_far_away_change_no_bit(zeros: list) -> None:
    straight = solve([[-100.0, 60.0, 70.0]], [[0.0, 0.7, 1.9]])
    padded = solve([[-100.0, 60.0, 70.0, 0.0, 0.0]], [[0.0, 0.7, 1.9, *zeros]])
    assert padded == straight
    low = solve([[-100.0, 1.0]], [[0.0, 1.0]])
    assert solve([[-100.0, 1.0, 0.0, 0.0]], [[0.0, 1.0, *zeros]]) == low


def test_each_row_starts_and_ends_with_its_own_flows() -> None:
    # Seen from year 0 the second row would underflow to 0 at high rates, the third at low ones.
    years = [[0.0, 1.0, 0.0], [3000.0, 3001.0, 0.0], [-3000.0, -2999.0, 0.0]]
    counts, roots = solve([[-1.0, 50.0, 0.0]] * 3, years)
    assert counts == [1, 1, 1]
    assert roots == pytest.approx([49.0] * 3, rel=1e-13)
    counts, roots = solve([[-50.0, 1.0, 0.0]] * 3, years)
    assert counts == [1, 1, 1]
    assert roots == pytest.approx([-0.98] * 3, rel=1e-13)


@pytest.mark.parametrize("steps", [1, -2])
def test_roots_next_to_the_ends_of_the_grid_are_found(steps: int) -> None:
    rate = 0.5 * (GRID[steps - 1] + GRID[steps]) if steps > 0 else 0.5 * (GRID[-1] + GRID[-2])
    counts, roots = solve([[-1.0, 1.0 + rate]], [[0.0, 1.0]])
    assert counts == [1]
    assert roots[0] == pytest.approx(rate, rel=1e-12)


def test_what_falls_on_one_date_is_added_up_at_its_last_place() -> None:
    amounts = np.array([[1.0, 2.0, 4.0, 8.0], [1.0, 2.0, 4.0, 8.0]])
    years = np.array([[3.0, 1.0, 3.0, 1.0], [0.0, 5.0, 5.0, 5.0]])
    found, times = dated_roots._one_a_date(amounts, years)
    assert found.tolist() == [[0.0, 10.0, 0.0, 5.0], [1.0, 0.0, 0.0, 14.0]]
    assert times.tolist() == [[1.0, 1.0, 3.0, 3.0], [0.0, 5.0, 5.0, 5.0]]


def test_long_flows_stay_finite() -> None:
    years = np.arange(0.0, 1200.0)
    flows = np.ones((2, 1200))
    flows[0, 0], flows[1] = -5.0, -1.0
    flows[1, -1] = 5.0
    counts, roots = solve(flows, np.tile(years, (2, 1)))
    assert counts == [1, 1]
    assert roots[0] == pytest.approx(0.2, rel=1e-12)
    assert -0.9 < roots[1] < 0.0


def test_rows_beyond_the_first_batch_are_solved_like_the_first() -> None:
    size = 2 * SEARCHED + 3
    flows = np.array([[-100.0, 100.0 + row, 1.0, 0.0] for row in range(size)])
    flows[::3] = [100.0, -230.0, 132.0, 0.0]
    years = np.tile([0.0, 1.0, 2.0, 2.0], (size, 1))
    counts, roots = count_and_least_dated_root(flows, years)
    assert counts[:6].tolist() == [2, 1, 1, 2, 1, 1]
    for row in [1, 3, SEARCHED, SEARCHED + 1, 2 * SEARCHED + 1, size - 1]:
        alone = count_and_least_dated_root(flows[[row]], years[[row]])
        assert (alone[0][0], alone[1][0]) == (counts[row], roots[row])


def test_arguments_are_left_alone() -> None:
    flows, years = np.array([[2.0, 3.0, -1.0]]), np.array([[1.0, 1.0, 0.0]])
    count_and_least_dated_root(flows, years)
    assert flows.tolist() == [[2.0, 3.0, -1.0]]
    assert years.tolist() == [[1.0, 1.0, 0.0]]
