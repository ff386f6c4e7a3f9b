import numpy as np
import pytest
import scipy.special

from tariffcalc.numeric.beta import beta_probability, beta_quantile

SHAPES = [(0.5, 0.5), (1.0, 1.0), (2.0, 5.0), (0.1, 3.0), (50.0, 1.0), (1000.0, 2000.0)]
PLACES = np.array([0.0, 1e-9, 0.01, 0.3, 0.5, 0.77, 0.99, 1 - 1e-9, 1.0])


@pytest.mark.parametrize(("alpha", "beta"), SHAPES)
def test_probabilities_are_those_of_scipy(alpha: float, beta: float) -> None:
    exact = scipy.special.betainc(alpha, beta, PLACES)
    assert beta_probability(PLACES, alpha, beta) == pytest.approx(exact, rel=1e-11, abs=1e-12)


@pytest.mark.parametrize(("alpha", "beta"), SHAPES)
def test_quantiles_are_those_of_scipy(alpha: float, beta: float) -> None:
    exact = scipy.special.betaincinv(alpha, beta, PLACES)
    assert beta_quantile(PLACES, alpha, beta) == pytest.approx(exact, rel=1e-8, abs=1e-12)


def test_the_ends_are_0_and_1() -> None:
    ends = np.array([0.0, 1.0])
    assert beta_probability(ends, 2.0, 3.0).tolist() == [0.0, 1.0]
    assert beta_quantile(ends, 2.0, 3.0).tolist() == [0.0, 1.0]


def test_a_polynomial_by_hand() -> None:
    # I_x(2, 3) = 6x² − 8x³ + 3x⁴
    x = np.array([0.25, 0.5, 0.75])
    exact = 6 * x**2 - 8 * x**3 + 3 * x**4
    assert beta_probability(x, 2.0, 3.0) == pytest.approx(exact, rel=1e-14)


def test_a_case_has_its_bits_alone_and_in_company() -> None:
    uniform = np.random.default_rng(1).random(97)
    whole = beta_quantile(uniform, 0.7, 9.0)
    assert [beta_quantile(uniform[k : k + 1], 0.7, 9.0).item() for k in range(97)] == whole.tolist()


def test_far_below_a_narrow_peak_no_digit_is_lost() -> None:
    value = np.array([0.2])
    exact = scipy.special.betainc(1000.0, 2000.0, value)
    assert 0.0 < exact.item() < 1e-30
    assert beta_probability(value, 1000.0, 2000.0) == pytest.approx(exact, rel=1e-10, abs=0.0)
