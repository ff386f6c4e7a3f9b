import math

import numpy as np
import pytest

from tariffcalc.numeric.bargaining import efficient, first_offer_share, log_product, preference


def order(points: list[tuple[float, float]], weight: float = 0.5) -> list[int]:
    first, second = np.array(points, dtype=float).T
    return preference(first, second, weight).tolist()


def test_a_product_is_weighted() -> None:
    found = log_product(np.array([4.0, 1.0]), np.array([9.0, 5.0]), 0.25)
    exact = [0.25 * math.log(4) + 0.75 * math.log(9), 0.75 * math.log(5)]
    assert found == pytest.approx(exact, rel=1e-15)


@pytest.mark.parametrize(
    ("weight", "point", "exact"),
    [
        (0.5, (-1.0, 1.0), -np.inf),
        (0.5, (1.0, -1.0), -np.inf),
        (0.5, (0.0, 1.0), -np.inf),
        (1.0, (math.e, 0.0), 1.0),
        (1.0, (math.e, -1e-300), -np.inf),
        (0.0, (0.0, math.e), 1.0),
        (0.0, (-1.0, math.e), -np.inf),
        (1.0, (np.nan, 1.0), -np.inf),
    ],
)
def test_a_side_without_weight_has_to_lose_nothing(
    weight: float, point: tuple[float, float], exact: float
) -> None:
    found = log_product(np.array([point[0]]), np.array([point[1]]), weight)
    assert found.tolist() == [pytest.approx(exact)]


def test_the_best_product_stands_first() -> None:
    assert order([(1, 9), (4, 4), (9, 2), (-1, 99)]) == [2, 1, 0, 3]
    assert order([(1, 9), (4, 4), (9, 2)], 0.1) == [0, 1, 2]


def test_equal_products_go_by_the_first_side_then_by_place() -> None:
    assert order([(2, 8), (8, 2), (4, 4), (8, 2)]) == [1, 3, 2, 0]
    assert order([(3, 1), (3, 5), (3, 2)], 1.0) == [1, 2, 0]
    assert order([(1, 3), (5, 3), (2, 3)], 0.0) == [1, 2, 0]
    assert order([(0, 1), (0, 2), (1, 0)]) == [2, 1, 0]


def test_what_a_side_refuses_goes_by_the_worse_off_side() -> None:
    assert order([(-5, 9), (-1, -2), (-3, 0), (np.nan, 1)]) == [1, 2, 0, 3]
    assert order([(-1e9, 3), (0, 0)]) == [1, 0]
    assert order([(-0.5, 3), (-0.25, -0.25), (0, 0.5), (0.5, 0.5)]) == [3, 2, 1, 0]


def test_efficient_points_are_dominated_by_none() -> None:
    first = np.array([1.0, 2.0, 2.0, 3.0, 0.5, 3.0, 2.0])
    second = np.array([5.0, 4.0, 3.0, 1.0, 5.0, 1.0, 4.0])
    assert efficient(first, second).tolist() == [True, True, False, True, False, True, True]
    assert efficient(np.zeros(0), np.zeros(0)).tolist() == []
    assert efficient(np.array([-7.0]), np.array([-7.0])).tolist() == [True]


def test_the_first_offer_gets_more_than_in_the_limit() -> None:
    assert first_offer_share(0.3, 0.1, 0.0) == pytest.approx(0.25, rel=1e-15)
    one, other = math.exp(-0.3 * 2), math.exp(-0.1 * 2)
    assert first_offer_share(0.3, 0.1, 2.0) == pytest.approx((1 - other) / (1 - one * other))
    assert first_offer_share(0.0, 0.1, 2.0) == 1.0
    assert first_offer_share(0.1, 0.0, 2.0) == 0.0
