import datetime as dt
import math

import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.valuation import TIMINGS, timed_factors


def refusal(**terms: object) -> str:
    usual = {"base_date": "2026-01-01", "discount_rate": 0.05}
    with pytest.raises(InputError) as caught:
        tc.Valuation(**{**usual, **terms})
    return str(caught.value)


def test_a_base_date_is_a_first_of_january() -> None:
    for day in ("2026-01-02", "2026-02-01", "2026-12-31"):
        assert refusal(base_date=day) == (
            f"Valuation cannot be built:\n  - base_date {day} is inside a year; periods are "
            "calendar years, so give 2026-01-01 or 2027-01-01"
        )
    given = tc.Valuation(base_date="2026-01-01", discount_rate=0.05)
    assert given.base_date == dt.date(2026, 1, 1)


def test_outlays_fall_at_the_start_and_receipts_at_the_end_unless_told() -> None:
    plain = tc.Valuation(base_date="2026-01-01", discount_rate=0.05)
    assert plain.timing == "outlays_start_receipts_end"
    assert "timing: input should be 'outlays_start_receipts_end', 'all_start'" in refusal(
        timing="never"
    )


@pytest.mark.parametrize(
    ("rate", "fault"),
    [
        (-1.0, "input should be greater than -1, given -1.0"),
        (5.08e1, "rates are fractions: 50.8 means 5080%; did you mean 0.508?"),
    ],
)
def test_a_discount_rate_is_a_fraction_above_minus_1(rate: float, fault: str) -> None:
    assert refusal(discount_rate=rate) == f"Valuation cannot be built:\n  - discount_rate: {fault}"


def test_timings_are_half_periods_after_the_start() -> None:
    assert TIMINGS == {
        "outlays_start_receipts_end": (0, 2),
        "all_start": (0, 0),
        "all_middle": (1, 1),
        "all_end": (2, 2),
    }


@pytest.mark.parametrize(
    ("timing", "outlay", "receipt"),
    [
        ("outlays_start_receipts_end", 1.0, 0.8),
        ("all_start", 1.0, 1.0),
        ("all_middle", 1 / math.sqrt(1.25), 1 / math.sqrt(1.25)),
        ("all_end", 0.8, 0.8),
    ],
)
def test_factors_start_where_the_timing_says(timing: str, outlay: float, receipt: float) -> None:
    factors = timed_factors(np.array([0.25, 0.0]), 3, timing, Timeline(2026))
    assert list(factors) == ["outlay", "receipt"]
    for when, first in (("outlay", outlay), ("receipt", receipt)):
        expected = [first, first * 0.8, first * 0.8 * 0.8]
        assert factors[when][0].tolist() == pytest.approx(expected, rel=4e-16)
        assert factors[when][1].tolist() == [1.0, 1.0, 1.0]
        assert factors[when].shape == (2, 3)
