import numpy as np
import pytest

from tariffcalc.numeric.credit import direct_loan_cost, guarantee_cost, zero_coupon_factors

DRAWN = np.array([[100.0, 50.0, 0.0]])
PRINCIPAL = np.array([[0.0, 60.0, 90.0]])
INTEREST = np.array([[0.0, 10.0, 9.0]])
FEES = np.array([[1.0, 2.0, 4.0]])
DEFAULTS = np.array([[0.75, 0.5, 0.25]])


def test_each_flow_is_discounted_at_the_rate_of_its_maturity() -> None:
    found = zero_coupon_factors(np.array([[0.9, 0.25, 1.0], [0.0, 0.0, -0.5]]))
    assert found == pytest.approx(np.array([[1.0, 0.8, 0.25], [1.0, 1.0, 4.0]]), rel=1e-15)


def test_a_direct_loan_by_hand() -> None:
    # Half defaults by time 1 with 100 owed, a quarter of the rest by time 2 with 90 owed.
    found = direct_loan_cost(DRAWN, PRINCIPAL, INTEREST, FEES, DEFAULTS, np.array([[0.5]]))
    assert found.tolist() == [
        [100 - 1, 0.5 * (50 - 70) - 2 - 0.5 * 50, -0.375 * 99 - 0.5 * 4 - 0.5 * 0.125 * 90]
    ]


def test_a_guarantee_by_hand() -> None:
    cover, recovered = np.array([[0.5]]), np.array([[0.25]])
    found = guarantee_cost(DRAWN, PRINCIPAL, cover, FEES, DEFAULTS, recovered)
    assert found.tolist() == [[-1, 0.75 * 0.5 * 50 - 2, 0.75 * 0.5 * 0.125 * 90 - 2]]


def test_nothing_defaults_at_the_first_time_and_the_rates_are_left_alone() -> None:
    defaults = DEFAULTS.copy()
    free = np.zeros((1, 3))
    found = guarantee_cost(DRAWN, PRINCIPAL, np.ones((1, 1)), free, defaults, np.zeros((1, 1)))
    assert found[0, 0] == 0.0
    assert defaults.tolist() == DEFAULTS.tolist()
