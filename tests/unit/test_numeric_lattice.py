from collections.abc import Callable

import numpy as np
import pytest

from tariffcalc.numeric import lattice
from tariffcalc.numeric.lattice import FINEST, refined

BEST = Callable[[np.ndarray], int]


def highest(function: Callable[..., np.ndarray], seen: list[np.ndarray] | None = None) -> BEST:
    def best(points: np.ndarray) -> int:
        if seen is not None:
            seen.append(points)
        return int(np.argmax(function(*points.T)))

    return best


def search(best: BEST, start: list[float], most: list[float], free: list[bool]) -> tuple:
    return refined(best, np.array(start), np.array(most), np.array(free))


def test_a_peak_between_points_is_found() -> None:
    place, steps = search(highest(lambda x: -abs(x - 3.3)), [3.0], [10.0], [True])
    assert place[0] == pytest.approx(3.3, abs=2 * FINEST)
    assert steps.tolist() == [FINEST] == [2.0**-32]


def test_a_peak_away_from_the_start_is_walked_to() -> None:
    place, _ = search(highest(lambda x, y: -abs(x - 8.25) - abs(y - 1.5)), [0, 9], [10, 10],
                      [True, True])  # fmt: skip
    assert place.tolist() == [8.25, 1.5]


def test_points_stay_inside() -> None:
    seen: list[np.ndarray] = []
    place, _ = search(highest(lambda x: x, seen), [1.0], [2.5], [True])
    assert place.tolist() == [2.5]
    every = np.concatenate(seen)
    assert (every.min(), every.max()) == (0.0, 2.5)
    place, _ = search(highest(lambda x: -x), [2.0], [2.5], [True])
    assert place.tolist() == [0.0]


def test_an_axis_that_is_not_free_keeps_whole_places() -> None:
    seen: list[np.ndarray] = []
    place, steps = search(highest(lambda x, y: -abs(x - 2.4) - abs(y - 2.4), seen), [0, 0], [5, 5],
                          [False, True])  # fmt: skip
    assert place == pytest.approx([2.0, 2.4], abs=2 * FINEST)
    assert steps.tolist() == [1.0, FINEST]
    assert (np.concatenate(seen)[:, 0] % 1.0 == 0.0).all()


def test_without_a_free_axis_the_search_ends_where_nothing_is_better() -> None:
    seen: list[np.ndarray] = []
    place, steps = search(highest(lambda x: -abs(x - 5), seen), [0.0], [9.0], [False])
    assert place.tolist() == [5.0]
    assert steps.tolist() == [1.0]
    assert len(seen) == 4  # to 2, to 4, to 5, and nothing better
    assert seen[0].ravel().tolist() == [0.0, 0.0, 0.0, 1.0, 2.0]


def test_it_stays_where_all_are_equal() -> None:
    place, _ = search(highest(lambda x: 0.0 * x), [3.0], [9.0], [True])
    assert place.tolist() == [3.0]


def test_a_search_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lattice, "MOST_ROUNDS", 7)
    place, _ = search(highest(lambda x: x), [0.0], [1e9], [False])
    assert place.tolist() == [14.0]


def test_the_start_is_not_changed() -> None:
    start = np.array([1.0])
    refined(highest(lambda x: x), start, np.array([5.0]), np.array([True]))
    assert start.tolist() == [1.0]
