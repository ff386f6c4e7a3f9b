import math

import numpy as np

from tariffcalc.numeric.isoelastic import (
    Change,
    demand_gain,
    growth_ratio,
    inverse_elasticity,
    log_change,
    proportional_change,
    relative,
)

ULP = 2.0**-52


def test_an_elasticity_is_written_by_its_inverse() -> None:
    assert inverse_elasticity(4.0).tolist() == [0.25]
    assert inverse_elasticity(None).tolist() == [0.0]


def test_the_change_of_the_power_of_a_tariff_by_hand() -> None:
    before, after = np.array([1.0, 0.25, 0.25]), np.array([0.0, 0.25, 1.5])
    assert proportional_change(before, after).tolist() == [-0.5, 0.0, 1.0]
    assert log_change(before, after).tolist() == [math.log(0.5), 0.0, math.log(2.0)]


def test_a_small_change_keeps_its_digits() -> None:
    found = log_change(np.array([0.25]), np.array([0.25 + 2.0**-40])).item()
    assert abs(found - 0.8 * 2.0**-40) <= 2e-12 * found


def test_the_growth_ratio_is_1_at_0_and_by_hand_elsewhere() -> None:
    found = growth_ratio(np.array([0.0, -0.0, 1.0, -1.0, 1e-20]))
    exact = [1.0, 1.0, math.e - 1.0, 1.0 - 1.0 / math.e, 1.0]
    assert np.abs(found - exact).max() <= 2 * ULP


def test_the_gain_of_demand_by_hand() -> None:
    # P̂ = 2: −100·ln 2 at ε = −1, −100·(1 − ½) at ε = −2, −100·(2² − 1)/2 at ε = +1.
    log = np.full(3, math.log(2.0))
    found = demand_gain(np.full(3, 100.0), log, np.array([-1.0, -2.0, 1.0]))
    assert np.abs(found - [-100 * math.log(2.0), -50.0, -150.0]).max() <= 150 * 4 * ULP
    nothing = demand_gain(np.array([100.0]), np.array([0.0]), np.array([-2.0]))
    assert math.copysign(1.0, nothing.item()) == 1.0


def test_relative_changes_of_logarithms() -> None:
    logs = (np.array([math.log(x)]) for x in (2.0, 4.0, 0.5))
    found = relative(Change(*logs))
    assert np.allclose([found.exporter, found.quantity, found.importer], [[1.0], [3.0], [-0.5]])
