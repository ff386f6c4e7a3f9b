import math

import numpy as np
import pytest

from tariffcalc.analysis.summary import expected_shortfall, mean_and_deviation, summary


def test_a_distribution_is_summarised_by_hand() -> None:
    found = summary(np.array([1.0, -2.0, 5.0, 0.0]), 2.0)
    assert found["mean_usd"] == 1.0
    deviation = math.sqrt((9 + 1 + 0 + 16) / 3)
    assert found["standard_deviation_usd"] == pytest.approx(deviation, rel=1e-15)
    assert found["standard_error_usd"] == pytest.approx(deviation / 2, rel=1e-15)
    assert [found[f"q{q}_usd"] for q in ("05", "25", "50", "75", "95")] == pytest.approx(
        [-1.7, -0.5, 0.5, 2.0, 4.4], abs=1e-14
    )
    assert (found["positive_share"], found["over_fx_capacity_share"]) == (0.5, 0.5)
    for share in ("positive", "over_fx_capacity"):
        assert found[f"{share}_standard_error_share"] == 0.25


def test_shares_have_binomial_errors() -> None:
    found = summary(np.arange(-24.0, 76.0), 10.0)
    assert found["positive_share"] == 0.75
    assert found["positive_standard_error_share"] == pytest.approx(math.sqrt(0.1875 / 100))
    assert found["over_fx_capacity_standard_error_share"] == pytest.approx(0.03)


def test_an_unknown_capacity_stays_unknown() -> None:
    found = summary(np.array([1.0, 2.0]), math.nan)
    assert math.isnan(found["over_fx_capacity_share"])
    assert math.isnan(found["over_fx_capacity_standard_error_share"])


def test_quantile_errors_come_from_values_two_errors_of_rank_away() -> None:
    # Of 100 draws, places 4.95, 49.5 and 94.05 ± 2·√(100·0.05·0.95) = 4.36 and ± 10.
    found = summary(10.0 * np.arange(1, 101), 0.0)
    assert found["q05_standard_error_usd"] == (110.0 - 10.0) / 4
    assert found["q50_standard_error_usd"] == (610.0 - 400.0) / 4
    assert found["q95_standard_error_usd"] == (1000.0 - 900.0) / 4
    few = summary(np.array([3.0, 7.0]), 0.0)
    assert few["q05_standard_error_usd"] == few["q95_standard_error_usd"] == 1.0


def test_the_expected_shortfall_counts_the_last_draw_in_part() -> None:
    values = np.arange(1.0, 31.0)
    assert expected_shortfall(values, 0.1)[0] == 2.0
    assert expected_shortfall(values, 0.05)[0] == pytest.approx((1.0 + 0.5 * 2.0) / 1.5)
    assert expected_shortfall(values, 0.01)[0] == pytest.approx(1.0)
    assert expected_shortfall(values, 1.0)[0] == pytest.approx(15.5)


def test_the_error_of_the_shortfall_is_that_of_a_mean() -> None:
    values = np.arange(1.0, 31.0)
    # Beyond the 4th value nothing counts: −3, −2, −1 and 27 zeros, over the share 0.1.
    short = np.array([-30.0, -20.0, -10.0, *[0.0] * 27])
    expected = short.std(ddof=1) / math.sqrt(30)
    assert expected_shortfall(values, 0.1)[1] == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("count", [2, 3, 7, 4097])
def test_equal_values_have_their_own_mean_to_the_bit(count: int) -> None:
    assert mean_and_deviation(np.full(count, 0.1)) == (0.1, 0.0)
    found = summary(np.full(count, -0.1), 0.0)
    assert found["mean_usd"] == found["q05_usd"] == found["expected_shortfall_usd"] == -0.1


def test_of_all_values_the_shortfall_is_their_mean_with_its_error() -> None:
    values = np.array([1.0, 2.0, 4.0, 9.0])
    mean, error = expected_shortfall(values, 1.0)
    assert mean == pytest.approx(4.0, rel=1e-15)
    assert error == pytest.approx(values.std(ddof=1) / 2.0, rel=1e-15)
