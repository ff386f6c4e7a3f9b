from collections.abc import Callable

import numpy as np
import pytest

from tariffcalc.numeric.arrays import FloatArray, IntArray
from tariffcalc.numeric.crossings import REACHED, SCAN_POINTS, crossings, turning_points


def rows_of(*functions: Callable[[FloatArray], FloatArray]) -> Callable[..., FloatArray]:
    def evaluate(row: IntArray, points: FloatArray) -> FloatArray:
        assert row.shape == points.shape
        found = np.empty(points.shape)
        for number, function in enumerate(functions):
            here = row == number
            found[here] = function(points[here])
        return found

    return evaluate


def test_each_row_has_its_crossings_in_order() -> None:
    found = crossings(
        rows_of(lambda x: x + 9.0, lambda x: x - 0.3, lambda x: (x - 0.1) * (x - 0.7)), 3, 0.0, 1.0
    )
    assert found.row.tolist() == [1, 2, 2]
    assert found.root == pytest.approx([0.3, 0.1, 0.7], rel=1e-15)
    assert found.reached.tolist() == [True, True, True]
    assert found.high - found.low == pytest.approx([1 / (SCAN_POINTS - 1)] * 3, rel=1e-9)
    assert ((found.low <= found.root) & (found.root <= found.high)).all()
    assert found.ends == pytest.approx(np.array([[9.0, 10.0], [-0.3, 0.7], [0.07, 0.27]]))


def test_two_crossings_inside_a_step_are_found_where_the_row_turns() -> None:
    centre, half = 0.50125, 2e-4  # inside a step of the scan, which is 0.0025 wide
    found = crossings(rows_of(lambda x: (x - centre) ** 2 - half**2), 1, 0.0, 1.0)
    assert found.root == pytest.approx([centre - half, centre + half], abs=1e-12)
    assert found.high - found.low == pytest.approx([0.005 / (SCAN_POINTS - 1)] * 2, rel=1e-9)
    assert found.reached.all()


def test_a_zero_on_the_scan_is_found_once_and_at_an_end_as_well() -> None:
    found = crossings(rows_of(lambda x: x, lambda x: x - 1.0, lambda x: x - 0.5), 3, 0.0, 1.0)
    assert found.row.tolist() == [0, 1, 2]
    assert found.root.tolist() == [0.0, 1.0, 0.5]
    assert (found.low[1], found.high[1]) == (1.0, 1.0)


def test_a_row_that_is_zero_everywhere_is_zero_at_every_point() -> None:
    found = crossings(rows_of(lambda x: 0.0 * x), 1, 0.0, 1.0)
    assert found.root.tolist() == np.linspace(0.0, 1.0, SCAN_POINTS).tolist()


def test_a_jump_is_told_and_not_reached() -> None:
    found = crossings(rows_of(lambda x: np.where(x < 0.3, -1.0, 2.0)), 1, 0.0, 1.0)
    assert found.reached.tolist() == [False]
    assert found.root == pytest.approx([0.3], rel=1e-12)


def test_what_counts_as_zero_is_a_billionth_of_the_scan_or_of_the_size() -> None:
    # A jump from −1 to d: reached where d is a billionth of the largest value or of the size.
    def jump(x: FloatArray) -> FloatArray:
        return np.where(x <= 0.3001, -1.0, 0.5e-9 * 3.0)

    assert REACHED == 1e-9
    assert crossings(rows_of(jump), 1, 0.0, 1.0).reached.tolist() == [False]
    small = crossings(rows_of(lambda x: 1e-3 * jump(x)), 1, 0.0, 1.0)
    assert small.reached.tolist() == [False]
    assert crossings(rows_of(jump), 1, 0.0, 1.0, 1.4).reached.tolist() == [False]
    assert crossings(rows_of(jump), 1, 0.0, 1.0, 1.6).reached.tolist() == [True]


def test_unknown_values_are_no_crossing() -> None:
    found = crossings(
        rows_of(lambda x: np.full_like(x, np.nan), lambda x: np.where(x < 0.5, np.nan, x - 0.75)),
        2, 0.0, 1.0,
    )  # fmt: skip
    assert found.row.tolist() == [1]
    assert found.root.tolist() == [0.75]


def test_a_row_without_a_crossing_gives_nothing() -> None:
    found = crossings(rows_of(lambda x: x + 1.0), 1, 0.0, 1.0)
    for part in (found.row, found.root, found.low, found.high, found.reached):
        assert part.size == 0


def test_turning_points_are_nearest_to_zero_among_their_neighbours() -> None:
    values = np.array(
        [
            [3.0, 1.0, 2.0, 1.5, 4.0],
            [-3.0, -1.0, -2.0, -2.0, -4.0],
            [3.0, 1.0, -2.0, 0.0, 4.0],
            [1.0, 2.0, 3.0, 4.0, 4.0],
            [3.0, 2.0, 2.0, 4.0, 5.0],
        ]
    )
    row, point = turning_points(values)
    assert row.tolist() == [0, 0, 1]
    assert point.tolist() == [1, 3, 1]
