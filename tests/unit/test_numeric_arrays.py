import numpy as np
import pytest

from tariffcalc.numeric.arrays import period_array, product_before


@pytest.mark.parametrize(("cases", "periods"), [(1, 1), (3, 5), (5, 3), (0, 4), (4, 0)])
def test_a_period_array_is_zeros_of_cases_by_periods(cases: int, periods: int) -> None:
    array = period_array(cases, periods)
    assert array.shape == (cases, periods)
    assert array.dtype == np.float64
    assert not array.any()


def test_one_period_of_all_cases_is_contiguous() -> None:
    array = period_array(3, 5)
    assert array[:, 2].flags.c_contiguous
    assert array.strides == (8, 24)


def test_a_floating_point_fault_in_a_test_raises() -> None:
    with pytest.raises(FloatingPointError, match="divide by zero"):
        np.ones(1) / np.zeros(1)
    with pytest.raises(FloatingPointError, match="overflow"):
        np.full(1, 1e308) * 10.0
    assert np.geterr()["invalid"] == "raise"


def test_the_product_before_each_period() -> None:
    found = product_before(np.array([[2.0, 3.0, 5.0], [0.5, 0.0, 7.0]]))
    assert found.tolist() == [[1.0, 2.0, 6.0], [1.0, 0.5, 0.0]]
    assert found.flags.f_contiguous
    assert product_before(np.ones((2, 0))).shape == (2, 0)
