import math
from fractions import Fraction

import mpmath
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tariffcalc.numeric.exponential_sums import TERMS, exponential_sum, moments

UNIT = 2.0**-53
WEIGHTS = st.integers(-(10**9), 10**9).map(lambda value: value / 1000)
SIZES = (st.floats(1e-3, 2.0) | st.floats(-2.0, -1e-3)) | st.just(0.0)
LINES = st.integers(1, 12).flatmap(
    lambda count: st.tuples(
        hnp.arrays(float, (1, count), elements=WEIGHTS),
        hnp.arrays(float, (1, count), elements=SIZES),
    )
)
POWERS = st.floats(-2.0, 2.0)  # |p·x| ≤ 4


@given(LINES)
def test_moments_equal_the_exact_sums_in_fractions(lines: tuple) -> None:
    weights, sizes = lines
    found = moments(weights, sizes)
    assert found.shape == (1, TERMS)
    pairs = [(Fraction(w), Fraction(x)) for w, x in zip(weights[0], sizes[0], strict=True)]
    for term in range(1, TERMS + 1):
        each = [w * x**term / math.factorial(term) for w, x in pairs]
        # w·x is rounded once and each later factor twice; then at most one rounding a line.
        roundings = 2 * term + len(each)
        error = abs(Fraction(found[0, term - 1]) - sum(each))
        assert error <= roundings * Fraction(UNIT) * sum(map(abs, each))


@given(LINES, POWERS)
def test_the_series_equals_the_sum_over_lines_to_50_digits(lines: tuple, power: float) -> None:
    weights, sizes = lines
    found = exponential_sum(moments(weights, sizes), np.array([power]))
    assert found.shape == (1,)
    with mpmath.workdps(50):
        exact = mpmath.fsum(
            mpmath.mpf(w) * mpmath.expm1(mpmath.mpf(power) * mpmath.mpf(x))
            for w, x in zip(weights[0], sizes[0], strict=True)
        )
        error = float(abs(mpmath.mpf(found[0]) - exact))
    # Term j carries 2j roundings and one per line from its moment, 2j from Horner's scheme; the
    # terms |p·x|^j/j! add up to e^z − 1 and, weighted by j, to z·e^z, where z = |p·x|.
    reach = np.abs(power * sizes[0])
    each = 4 * reach * np.exp(reach) + (len(reach) + 1) * np.expm1(reach)
    assert error <= 1.01 * UNIT * float(np.abs(weights[0]) @ each)


def test_the_first_term_left_out_is_below_1e_24_of_the_largest_kept() -> None:
    terms = [Fraction(4) ** term / math.factorial(term) for term in range(1, TERMS + 2)]
    assert terms[TERMS] < Fraction(1, 10**24) * max(terms)


@given(st.floats(-4.0, 4.0).filter(lambda value: abs(value) > 1e-3))
def test_one_line_of_weight_1_gives_expm1(power: float) -> None:
    found = exponential_sum(moments(np.ones((1, 1)), np.ones((1, 1))), np.array([power]))
    reach = abs(power)  # as above, with one line
    bound = 4 * reach * math.exp(reach) + 2 * math.expm1(reach)
    assert abs(found[0] - math.expm1(power)) <= 1.01 * UNIT * bound + math.ulp(math.expm1(power))


def test_the_moments_of_exact_numbers() -> None:
    found = moments(np.array([[3.0, 1.0]]), np.array([[2.0, -1.0]]))
    assert found[0, :4].tolist() == [5.0, 6.5, (24 - 1) / 6, (48 + 1) / 24]


def test_horners_scheme_on_exact_numbers() -> None:
    coefficients = np.array([[1.0, 10.0, 100.0]])
    found = exponential_sum(coefficients, np.array([0.0, 1.0, 2.0, -1.0]))
    assert found.tolist() == [0.0, 111.0, 842.0, -91.0]


def test_one_power_serves_many_rows_of_coefficients() -> None:
    found = exponential_sum(np.array([[1.0, 2.0], [3.0, 4.0], [0.0, 0.0]]), np.array([2.0]))
    assert found.tolist() == [10.0, 22.0, 0.0]


@given(
    st.tuples(st.integers(1, 6), st.integers(1, 40)).flatmap(
        lambda shape: st.tuples(
            hnp.arrays(float, st.sampled_from([shape, (1, shape[1])]), elements=WEIGHTS),
            hnp.arrays(float, shape, elements=SIZES),
        )
    ),
    POWERS,
    st.sampled_from("CF"),
)
def test_one_row_has_the_bits_it_has_in_a_batch(tables: tuple, power: float, order: str) -> None:
    weights, sizes = (np.array(table, order=order) for table in tables)
    together = moments(weights, sizes)
    sums = exponential_sum(together, np.array([power]))
    for row in range(len(sizes)):
        own = weights[[row % len(weights)]]
        alone = moments(own, sizes[[row]])
        assert alone[0].tobytes() == together[row].tobytes()
        assert exponential_sum(alone, np.array([power]))[0] == sums[row]


@given(LINES, hnp.arrays(float, 7, elements=POWERS))
def test_one_power_has_the_bits_it_has_in_a_batch(lines: tuple, powers: np.ndarray) -> None:
    coefficients = moments(*lines)
    together = exponential_sum(coefficients, powers)
    alone = [exponential_sum(coefficients, powers[[case]])[0] for case in range(7)]
    assert np.array(alone).tobytes() == together.tobytes()


def test_the_lines_and_powers_given_are_left_alone() -> None:
    weights, sizes, powers = np.array([[2.0, 3.0]]), np.array([[0.5, 0.25]]), np.array([1.5])
    exponential_sum(moments(weights, sizes), powers)
    assert weights.tolist() == [[2.0, 3.0]]
    assert sizes.tolist() == [[0.5, 0.25]]
    assert powers.tolist() == [1.5]
