import math
from statistics import NormalDist

import numpy as np
import pytest
import scipy.stats

from tariffcalc.numeric.normal import (
    LEAST,
    MOST,
    cholesky,
    correlated,
    inside,
    normal_probability,
    normal_quantile,
)

# Both sides of every border between two formulas.
PLACES = [2.0**-54, 1e-15, math.exp(-25), math.exp(-25.1), math.exp(-24.9), 0.001, 0.074, 0.0750001,
          0.3, 0.5, 0.7, 0.9249999, 0.926, 0.999, 1 - 2.0**-53]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_quantiles_are_those_of_the_standard_library(place: float) -> None:
    exact = NormalDist().inv_cdf(place)
    assert normal_quantile(np.array([place])).item() == pytest.approx(exact, rel=2e-15, abs=1e-16)


def test_nothing_and_all_have_a_finite_quantile() -> None:
    assert (LEAST, MOST) == (2.0**-54, 1 - 2.0**-53)
    ends = normal_quantile(np.array([0.0, 1.0]))
    assert ends.tolist() == normal_quantile(np.array([LEAST, MOST])).tolist()
    assert ends.tolist() == pytest.approx([-8.29236108, 8.20953615], rel=1e-8)


@pytest.mark.parametrize("value", [-37.0, -20.0, -7.2, -7.0, -3.0, -0.5, 0.0, 0.5, 3.0, 7.5, 9.0])
def test_probabilities_are_those_of_scipy(value: float) -> None:
    found = normal_probability(np.array([value])).item()
    # The coefficients have 15 digits, the continued fraction four terms: 1e-8 of a tail that is
    # itself below 1e-11.
    relative = 1e-13 if value > -6.0 else 1e-8
    assert found == pytest.approx(scipy.stats.norm.cdf(value), rel=relative, abs=0)


def test_what_is_cut_lies_between_the_cuts() -> None:
    uniform = np.array([0.0, 0.5, 1 - 2.0**-53])
    for low, high in ((1.0, 2.0), (-2.0, -1.0), (-1.0, 1.0)):
        exact = scipy.stats.truncnorm(low, high).ppf(uniform)
        assert inside(uniform, low, high) == pytest.approx(exact, abs=1e-12)
    assert inside(uniform, None, None).tolist() == normal_quantile(uniform).tolist()
    assert inside(uniform, 8.0, None) == pytest.approx(
        scipy.stats.truncnorm(8.0, np.inf).ppf(np.minimum(uniform, 0.999999)), abs=2.5
    )
    assert inside(uniform, None, 0.0)[1] == pytest.approx(scipy.stats.norm.ppf(0.25), rel=1e-14)
    assert inside(uniform, 0.0, None)[1] == pytest.approx(scipy.stats.norm.ppf(0.75), rel=1e-14)


def test_a_triangle_times_itself_is_the_matrix() -> None:
    matrix = [[1.0, 0.5, 0.25], [0.5, 1.0, -0.25], [0.25, -0.25, 1.0]]
    factor = cholesky(matrix)
    assert factor is not None
    assert [len(row) for row in factor] == [1, 2, 3]
    full = np.array([[*row, *[0.0] * (3 - len(row))] for row in factor])
    assert full == pytest.approx(np.linalg.cholesky(np.array(matrix)), abs=1e-15)
    assert cholesky([[1.0, 1.0], [1.0, 1.0]]) is None
    assert cholesky([[1.0, 2.0], [2.0, 1.0]]) is None
    assert cholesky([[4.0]]) == [[2.0]]


def test_correlated_draws_by_hand() -> None:
    uniform = np.array([[0.2, 0.5, 0.9], [0.5, 0.5, 0.5], [0.1, 0.7, 0.4]])
    factor = ((1.0,), (0.0, 1.0), (0.6, 0.0, 0.8))
    found = correlated(uniform, factor)
    assert found[:2].tolist() == uniform[:2].tolist()
    normal = NormalDist()
    exact = [
        normal.cdf(0.6 * normal.inv_cdf(one) + 0.8 * normal.inv_cdf(two))
        for one, two in zip(uniform[0], uniform[2], strict=True)
    ]
    assert found[2] == pytest.approx(exact, rel=1e-14)
    assert uniform[2].tolist() == [0.1, 0.7, 0.4]


@pytest.mark.parametrize(("low", "high"), [(6.5, None), (None, -6.5), (5.0, 6.0), (-6.0, -5.0)])
def test_far_out_no_digit_is_lost(low: float | None, high: float | None) -> None:
    uniform = np.array([0.25, 0.5, 0.75])
    ends = (-math.inf if low is None else low, math.inf if high is None else high)
    exact = scipy.stats.truncnorm(*ends).ppf(uniform)
    # Probabilities of the far tail have 8 digits, and move the quantile by a tenth of that.
    assert inside(uniform, low, high) == pytest.approx(exact, rel=1e-8)


def test_what_is_cut_on_one_side_stays_on_it() -> None:
    uniform = np.array([0.0, 1 - 2.0**-53])
    for cut in np.linspace(-3.0, 3.0, 61).tolist():
        assert inside(uniform, cut, None).min() >= cut
        assert inside(uniform, None, cut).max() <= cut
        assert inside(uniform, cut, cut + 1e-3).tolist() == sorted(inside(uniform, cut, cut + 1e-3))


def test_neighbours_are_correlated_like_others() -> None:
    uniform = np.array([[0.2, 0.5, 0.9], [0.1, 0.7, 0.4]])
    normal = NormalDist()
    for weights in ((0.6, 0.8), (1.0, 0.5)):
        found = correlated(uniform, ((1.0,), weights))
        exact = [
            normal.cdf(weights[0] * normal.inv_cdf(one) + weights[1] * normal.inv_cdf(two))
            for one, two in zip(uniform[0], uniform[1], strict=True)
        ]
        assert found[0].tolist() == uniform[0].tolist()
        assert found[1] == pytest.approx(exact, rel=1e-14)


def test_correlated_draws_stay_below_1() -> None:
    uniform = np.full((2, 1), MOST)
    found = correlated(uniform, ((1.0,), (0.8, 0.6)))
    assert found[1].item() == MOST
