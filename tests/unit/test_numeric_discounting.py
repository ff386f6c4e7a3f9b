import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tariffcalc.numeric.discounting import (
    annuity_factor,
    discount_factors,
    growth_factors,
    present_value,
)

UNIT = Fraction(1, 2**53)  # one rounding changes a number by at most this share of it
RATES = st.floats(-0.5, 3.0, allow_subnormal=False)
COLUMNS = hnp.arrays(float, st.integers(1, 9), elements=RATES)
AMOUNTS = st.integers(-(10**12), 10**12).map(lambda cents: cents / 100)


def close(found: float, exact: Fraction, roundings: int) -> bool:
    """Within so many roundings, to first order: one more covers the second order."""
    return abs(Fraction(found) - exact) <= (roundings + 1) * UNIT * abs(exact)


@given(RATES, st.integers(0, 40))
def test_growth_is_the_power_of_1_plus_the_rate(rate: float, periods: int) -> None:
    factors = growth_factors(np.array([rate]), periods)
    assert factors.shape == (1, periods)
    for period, factor in enumerate(factors[0]):
        # 1 + rate is rounded once and enters k times; k products are rounded.
        assert close(factor, (1 + Fraction(rate)) ** period, 2 * period)


@given(RATES, st.integers(0, 40))
def test_a_discount_factor_is_the_inverse_power(rate: float, periods: int) -> None:
    factors = discount_factors(np.array([rate]), periods)
    assert factors.shape == (1, periods)
    for period, factor in enumerate(factors[0]):
        assert close(factor, 1 / (1 + Fraction(rate)) ** period, 2 * period)


@given(RATES, st.integers(1, 40), st.sampled_from([0, 1, 2]))
def test_a_payment_falls_so_many_half_periods_late(rate: float, periods: int, half: int) -> None:
    factors = discount_factors(np.array([rate]), periods, half_periods=half)[0]
    with mpmath.workdps(50):
        for period, factor in enumerate(factors):
            exact = (1 + mpmath.mpf(rate)) ** -(period + mpmath.mpf(half) / 2)
            # Two roundings a period, and at most three more: 1 + rate, its root, the inverse.
            assert abs(factor - exact) <= (2 * period + 4) * mpmath.mpf(2) ** -53 * exact


def test_factors_at_rates_whose_powers_are_exact() -> None:
    rates = np.array([3.0, 0.0, -0.75])
    assert growth_factors(rates, 3).tolist() == [[1, 4, 16], [1, 1, 1], [1, 0.25, 0.0625]]
    assert discount_factors(rates, 2).tolist() == [[1, 0.25], [1, 1], [1, 4]]
    middle = discount_factors(rates, 2, half_periods=1)
    assert middle.tolist() == [[0.5, 0.125], [1, 1], [2, 8]]
    end = discount_factors(rates, 2, half_periods=2)
    assert end.tolist() == [[0.25, 0.0625], [1, 1], [4, 16]]


def test_a_payment_falls_at_no_other_time_of_the_period() -> None:
    with pytest.raises(KeyError, match="3"):
        discount_factors(np.array([0.05]), 4, half_periods=3)


@given(COLUMNS, st.integers(1, 30), st.integers(1, 10), st.sampled_from([0, 1, 2]))
def test_a_longer_horizon_changes_no_earlier_factor(
    rates: np.ndarray, periods: int, more: int, half: int
) -> None:
    short = discount_factors(rates, periods, half_periods=half)
    long = discount_factors(rates, periods + more, half_periods=half)
    assert long[:, :periods].tobytes() == short.tobytes()
    grown = growth_factors(rates, periods + more)[:, :periods]
    assert grown.tobytes() == growth_factors(rates, periods).tobytes()


@given(COLUMNS, st.integers(1, 30), st.sampled_from([0, 1, 2]))
def test_factors_of_one_case_have_the_bits_they_have_in_a_batch(
    rates: np.ndarray, periods: int, half: int
) -> None:
    grown = growth_factors(rates, periods)
    shrunk = discount_factors(rates, periods, half_periods=half)
    for case in range(len(rates)):
        one = rates[case : case + 1]
        assert growth_factors(one, periods)[0].tobytes() == grown[case].tobytes()
        alone = discount_factors(one, periods, half_periods=half)
        assert alone[0].tobytes() == shrunk[case].tobytes()


def test_factors_are_laid_out_by_period_and_leave_the_rate_alone() -> None:
    rates = np.array([0.1, 0.2])
    assert growth_factors(rates, 3).flags.f_contiguous
    assert discount_factors(rates, 3).flags.f_contiguous
    assert rates.tolist() == [0.1, 0.2]


@given(
    st.tuples(st.integers(1, 5), st.integers(0, 12)).flatmap(
        lambda shape: st.tuples(
            hnp.arrays(float, shape, elements=AMOUNTS),
            hnp.arrays(float, st.sampled_from([shape, (1, shape[1])]), elements=st.floats(0, 4)),
        )
    )
)
def test_a_present_value_is_added_in_the_order_of_the_periods(tables: tuple) -> None:
    amounts, factors = tables
    expected = []
    for case, row in enumerate(amounts):
        total = 0.0
        for amount, factor in zip(row, factors[case % len(factors)], strict=True):
            total += amount * factor
        expected.append(total)
    assert present_value(amounts, factors).tolist() == expected


@given(hnp.arrays(float, (3, 6), elements=AMOUNTS), RATES, st.integers(1, 9))
def test_zeros_after_the_last_amount_change_no_bit_of_a_present_value(
    amounts: np.ndarray, rate: float, more: int
) -> None:
    short = present_value(amounts, discount_factors(np.array([rate]), 6))
    padded = np.pad(amounts, ((0, 0), (0, more)))
    assert present_value(padded, discount_factors(np.array([rate]), 6 + more)).tobytes() == (
        short.tobytes()
    )


def test_one_row_of_amounts_serves_all_factors() -> None:
    factors = np.array([[1.0, 0.5], [1.0, 0.25], [2.0, 8.0]])
    assert present_value(np.array([[4.0, 8.0]]), factors).tolist() == [8.0, 6.0, 72.0]


def annuity_to_50_digits(rate: float, periods: float) -> float:
    with mpmath.workdps(50):
        growth = mpmath.log1p(mpmath.mpf(rate))
        return float(-mpmath.expm1(-mpmath.mpf(periods) * growth) / mpmath.mpf(rate))


@given(st.floats(1e-300, 3.0) | st.floats(1e-12, 1e-3), st.floats(0.25, 200.0))
def test_an_annuity_factor_keeps_its_digits_at_rates_above_0(rate: float, periods: float) -> None:
    found = float(annuity_factor(np.array([rate]), np.array([periods]))[0])
    exact = annuity_to_50_digits(rate, periods)
    # log1p 1 ulp, product and quotient ½ each, expm1 1; expm1 of a negative number shrinks the
    # errors of its argument, and the correctly rounded comparison value adds ½.
    assert abs(found - exact) <= 4 * math.ulp(exact)


@given(st.floats(-0.9, -1e-9), st.floats(0.25, 60.0))
def test_an_annuity_factor_at_negative_rates(rate: float, periods: float) -> None:
    found = float(annuity_factor(np.array([rate]), np.array([periods]))[0])
    exact = annuity_to_50_digits(rate, periods)
    # As above, but expm1 of x > 0 multiplies the 1½ ulps of x by x·e^x/(e^x − 1) ≤ 1 + x; an
    # error in ulps can double where the binary exponent changes.
    argument = -periods * math.log1p(rate)
    assert abs(found - exact) <= (4 + 3 * (1 + argument)) * math.ulp(exact)


@pytest.mark.parametrize("rate", [5e-324, 1e-308, 1e-201, 1e-199, 1e-100, -5e-324, -1e-199])
def test_the_annuity_factor_of_a_vanishing_rate_is_the_number_of_periods(rate: float) -> None:
    found = float(annuity_factor(np.array([rate]), np.array([1.5]))[0])
    assert abs(found - 1.5) <= 4 * math.ulp(1.5)


def test_annuity_factors_with_exact_values() -> None:
    rates, periods = np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.0, 7.0, 1.0, 2.5])
    assert annuity_factor(rates, periods).tolist() == [0.0, 7.0, 0.5, 2.5]


@given(COLUMNS, st.floats(0.0, 60.0))
def test_an_annuity_factor_has_the_bits_it_has_in_a_batch(
    rates: np.ndarray, periods: float
) -> None:
    together = annuity_factor(rates, np.array([periods]))
    alone = [annuity_factor(rates[[case]], np.array([periods]))[0] for case in range(len(rates))]
    assert np.array(alone).tobytes() == together.tobytes()


def test_annuity_factors_pair_one_rate_with_many_lengths_and_back() -> None:
    lengths = np.array([1.0, 2.0])
    assert annuity_factor(np.array([0.0]), lengths).tolist() == [1.0, 2.0]
    assert annuity_factor(np.array([0.0, 1.0]), np.array([1.0])).tolist() == [1.0, 0.5]
