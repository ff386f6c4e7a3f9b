import itertools

import numpy as np

from tariffcalc.numeric.quantiles import chosen_of, triangular_quantile, uniform_quantile


def test_uniform_quantiles_by_hand() -> None:
    uniform = np.array([0.0, 0.25, 1.0])
    assert uniform_quantile(uniform, -2.0, 6.0).tolist() == [-2.0, 0.0, 6.0]
    assert uniform_quantile(uniform, 0.1, 0.1).tolist() == [0.1] * 3


def test_triangular_quantiles_by_hand() -> None:
    uniform = np.array([0.0, 0.125, 0.5, 0.875, 1.0])
    assert triangular_quantile(uniform, 0.0, 1.0, 2.0).tolist() == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert triangular_quantile(uniform, 0.3, 0.3, 0.3).tolist() == [0.3] * 5


def test_outcomes_by_their_shares() -> None:
    uniform = np.array([0.0, 0.2, 0.25, 0.5, 0.74, 0.75, 1 - 2.0**-53])
    assert chosen_of(uniform, [0.25, 0.5, 0.25]).tolist() == [0, 0, 1, 1, 1, 2, 2]
    assert chosen_of(uniform, [0.0, 1.0, 0.0]).tolist() == [1] * 7
    assert chosen_of(uniform, [0.0, 0.25, 0.75]).tolist() == [1, 1, 2, 2, 2, 2, 2]
    assert chosen_of(np.array([1 - 2.0**-53]), [0.1] * 10 + [0.0]).tolist() == [9]
    assert chosen_of(uniform, [1.0]).dtype == np.int64


def test_quantiles_stay_inside_their_ends_to_the_bit() -> None:
    uniform = np.array([0.0, 2.0**-53, 0.5, 1 - 2.0**-53, 1.0])
    for left, right in itertools.product(range(1, 30), range(1, 12)):
        low, high = left / 10, left / 10 + right / 7
        for mode in (low, high):
            found = triangular_quantile(uniform, low, mode, high)
            assert low <= found.min() <= found.max() <= high
        found = uniform_quantile(uniform, low, high)
        assert low <= found.min() <= found.max() <= high
