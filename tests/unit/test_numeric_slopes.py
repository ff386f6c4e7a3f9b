import numpy as np
import pytest

from tariffcalc.numeric.slopes import NODES, exchange_rates, one_sided_slope, slopes


def around(function: object, point: float, step: float) -> np.ndarray:
    return np.array([[function(point + k * step)] for k in NODES])  # type: ignore[operator]


def test_a_side_is_exact_for_third_powers() -> None:
    for step in (0.5, -0.5):
        at = np.array([[k * step] for k in (0, 1, 2, 4)])
        slope, moved = one_sided_slope(3.0 * at - 5.0 * at**2 + 7.0 * at**3 + 2.0, step)
        assert slope[0] == pytest.approx(3.0, rel=1e-14)
        # The first extrapolation leaves 2·c·step² of the third power.
        assert moved[0] == pytest.approx(14.0 * step**2, rel=1e-13)


def test_a_smooth_result_has_the_mean_of_both_sides() -> None:
    found = slopes(around(np.exp, 1.0, 2.0**-6), 2.0**-6, np.array([0.0]))
    assert not found.kink[0]
    assert found.slope[0] == 0.5 * (found.below[0] + found.above[0])
    assert found.slope[0] == pytest.approx(np.e, rel=5e-8)
    assert abs(found.below[0] - np.e) > 2e-6 > 20 * abs(found.slope[0] - np.e)
    assert abs(found.slope[0] - np.e) <= found.error[0] < 2e-3


def test_a_kink_has_two_slopes_and_the_one_above_is_told() -> None:
    found = slopes(around(lambda x: 3.0 * x + 2.0 * abs(x), 0.0, 0.25), 0.25, np.array([0.0]))
    assert (found.below[0], found.above[0], found.slope[0]) == (1.0, 5.0, 5.0)
    assert found.kink[0]
    assert found.error[0] == 0.0


def test_roundings_are_no_kink() -> None:
    kinked = around(lambda x: x + 1e-6 * abs(x), 0.0, 0.25)
    for noise, kink in ((0.0, True), (3.0e-8, True), (3.2e-8, False)):
        found = slopes(kinked, 0.25, np.array([noise]))
        assert found.kink[0] == kink  # 2e-6 apart against 2·8·noise/step
        assert found.error[0] == pytest.approx(32 * noise, abs=1e-15)


@pytest.mark.parametrize(("gone", "side"), [(slice(0, 3), "above"), (slice(4, 7), "below")])
def test_one_side_is_told_where_the_other_is_unknown(gone: slice, side: str) -> None:
    results = around(lambda x: 3.0 * x + 2.0 * abs(x), 0.0, 0.25)
    results[gone] = np.nan
    found = slopes(results, 0.25, np.array([0.0]))
    assert found.slope[0] == getattr(found, side)[0] == {"above": 5.0, "below": 1.0}[side]
    assert np.isnan(getattr(found, {"above": "below", "below": "above"}[side])[0])
    assert not found.kink[0]
    assert found.error[0] == 0.0


def test_several_results_are_looked_at_one_by_one() -> None:
    both = np.concatenate([around(abs, 0.0, 0.5), around(lambda x: 2.0 * x, 0.0, 0.5)], axis=1)
    found = slopes(both, 0.5, np.zeros(2))
    assert found.kink.tolist() == [True, False]
    assert found.slope.tolist() == [1.0, 2.0]


def test_exchange_rates_are_quotients() -> None:
    rates = exchange_rates(np.array([2.0, -4.0, 0.0]))
    assert rates[:, 0].tolist() == [1.0, -2.0, 0.0]
    assert rates[:, 1].tolist() == [-0.5, 1.0, 0.0]
    assert np.isnan(rates[:2, 2]).all()
    assert rates[2, 2] == 1.0
    assert not np.signbit(rates[2, :2]).any()


def test_the_diagonal_is_one_to_the_bit() -> None:
    worth = np.random.default_rng(1).normal(size=50) * 1e11 / 3
    assert (np.diag(exchange_rates(worth)) == 1.0).all()
