import mpmath
import numpy as np
import pytest

from tariffcalc.numeric.term_structure import (
    curve_factors,
    forward_par_rates,
    forward_rates,
    zero_rates,
)

MATURITIES = np.array([1 / 12, 0.5, 1.0, 5.0, 10.0])
PAR = np.array([0.042, 0.038, 0.036, 0.037, 0.041])
NO_SHIFT = np.zeros(1)


def test_short_yields_are_simple() -> None:
    times, zeros = zero_rates(MATURITIES, PAR)
    assert times[:2].tolist() == [1 / 12, 0.5]
    assert zeros[0] == pytest.approx((1 + 0.042 / 12) ** 12 - 1, rel=1e-13)
    assert zeros[1] == pytest.approx(1.019**2 - 1, rel=1e-13)


def test_the_second_half_year_by_hand() -> None:
    times, zeros = zero_rates(MATURITIES, PAR)
    factor = (1 - 0.018 / 1.019) / 1.018
    assert times[2] == 1.0
    assert zeros[2] == pytest.approx(1 / factor - 1, rel=1e-13)


def test_every_bond_of_the_curve_is_worth_par() -> None:
    times, zeros = zero_rates(MATURITIES, PAR)
    assert times.tolist() == [1 / 12, *(np.arange(1, 21) / 2)]
    mpmath.mp.dps = 40
    for half_years in range(1, 21):
        coupon = np.interp(half_years / 2, MATURITIES, PAR) / 2
        factors = [
            mpmath.mpf(1) / (1 + mpmath.mpf(zeros[k])) ** (mpmath.mpf(k) / 2)
            for k in range(1, half_years + 1)
        ]
        assert abs(coupon * sum(factors) + factors[-1] - 1) < 1e-14


def test_a_flat_curve_has_one_zero_rate() -> None:
    _, zeros = zero_rates(np.array([1.0, 30.0]), np.array([0.04, 0.04]))
    assert zeros == pytest.approx(1.02**2 - 1, rel=1e-12)
    times, short = zero_rates(np.array([0.25]), np.array([0.04]))
    assert times.tolist() == [0.25, 0.5]
    assert short == pytest.approx([1.01**4 - 1, 1.02**2 - 1], rel=1e-13)


def test_factors_follow_the_zero_rates_and_the_shift() -> None:
    found = curve_factors(
        np.array([1.0, 3.0]),
        np.array([0.25, 0.75]),
        np.array([0.0, 0.25]),
        np.array([0.0, 0.5, 1.0, 2.0, 3.0, 4.0]),
    )
    exact = [1.0, 1.25**-0.5, 0.8, 1.5**-2, 1.75**-3, 1.75**-4]
    assert found[0] == pytest.approx(exact, rel=1e-15)
    assert found[1, [2, 4]] == pytest.approx([1 / 1.5, 1 / 8], rel=1e-15)


def test_forward_rates_compound_to_the_curve() -> None:
    times = np.arange(9.0) / 4
    zeros = (np.array([1.0, 2.0]), np.array([0.02, 0.05]), np.array([0.0, -0.01]))
    factors, forwards = curve_factors(*zeros, times), forward_rates(*zeros, times)
    assert forwards.shape == (2, 8)
    assert np.cumprod((1 + forwards) ** -0.25, axis=1) == pytest.approx(factors[:, 1:], rel=1e-14)
    flat = forward_rates(np.array([5.0]), np.array([0.5]), NO_SHIFT, np.arange(4.0))
    assert flat == pytest.approx(0.5, rel=1e-14)


def test_a_loan_at_par_pays_the_fall_of_factors_over_their_sum() -> None:
    factors = np.array([[1.0, 0.8, 0.5, 0.4, 0.25]])
    one = forward_par_rates(factors, np.array([1.0]), 4)
    assert one[0] == pytest.approx([0.2 / 0.8, 0.3 / 0.5, 0.1 / 0.4, 0.15 / 0.25], rel=8e-16)
    both = forward_par_rates(factors, np.array([2.0, 1.0]), 3)
    assert both[0] == pytest.approx([0.5 / 1.3, 0.4 / 0.9, 0.25 / 0.65], rel=8e-16)
    assert both[1].tolist() == one[0, :3].tolist()
    assert both.flags.f_contiguous
    several = forward_par_rates(np.vstack([factors, factors**2]), np.array([1.0]), 2)
    assert several.shape == (2, 2)
    assert several[0].tolist() == one[0, :2].tolist()
