import numpy as np
import pytest

from tariffcalc.numeric.exchange import drifted, flat_factors, hedge_cost, parity

TIMES = np.array([0.0, 1.0, 2.0])


def test_factors_of_a_flat_rate_by_case_and_time() -> None:
    found = flat_factors(np.array([0.25, 1.0]), TIMES)
    assert found == pytest.approx(np.array([[1.0, 0.8, 0.64], [1.0, 0.5, 0.25]]), rel=4e-16)
    assert found.flags.f_contiguous
    assert np.isnan(flat_factors(np.array([np.nan]), TIMES)[0, 1:]).all()


def test_a_drift_compounds_on_the_spot_rate() -> None:
    found = drifted(np.array([100.0, 200.0]), np.array([0.5]), TIMES)
    assert found == pytest.approx(np.array([[100, 150, 225], [200, 300, 450]]), rel=4e-16)
    assert found.flags.f_contiguous


def test_the_forward_rate_is_spot_times_dollar_over_own_factors() -> None:
    own, dollar = np.array([[1.0, 0.5, 0.25]]), np.array([[1.0, 0.8, 0.5], [1.0, 0.25, 0.125]])
    found = parity(np.array([1000.0]), own, dollar)
    assert found.tolist() == [[1000.0, 1600.0, 2000.0], [1000.0, 500.0, 500.0]]
    assert found.flags.f_contiguous


def test_a_hedge_costs_the_premium_over_spot_per_year() -> None:
    forward = np.array([[1000.0, 1250.0, 1500.0], [1000.0, 500.0, 500.0]])
    found = hedge_cost(np.array([1000.0]), forward, TIMES)
    assert np.isnan(found[:, 0]).all()
    assert found[:, 1:].tolist() == [[0.25, 0.25], [-0.5, -0.25]]
    assert found.flags.f_contiguous
