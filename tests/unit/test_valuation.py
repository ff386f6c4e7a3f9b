import datetime as dt
import math

import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.models import tree
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.valuation import (
    CONCESSIONAL_RATE,
    TIMINGS,
    market_factors,
    payment_times,
    risk_adjusted_factors,
    timed_factors,
)


def refusal(**terms: object) -> str:
    usual = {"base_date": "2026-01-01", "discount_rate": 0.05}
    with pytest.raises(InputError) as caught:
        tc.Valuation(**{**usual, **terms})
    return str(caught.value)


def test_a_base_date_is_a_first_of_january() -> None:
    for day in ("2026-01-02", "2026-02-01", "2026-12-31"):
        assert refusal(base_date=day) == (
            f"Valuation cannot be built:\n  - base_date {day} is inside a year; annual caps "
            "count calendar years, so give 2026-01-01 or 2027-01-01"
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


def test_exactly_one_of_rate_and_curve_discounts() -> None:
    fault = "Valuation cannot be built:\n  - discount_rate or discount_curve: exactly one is needed"
    assert refusal(discount_curve="base") == f"{fault}, given both"
    assert refusal(discount_rate=None) == f"{fault}, given neither"
    by_curve = tc.Valuation(base_date="2026-01-01", discount_curve="base")
    assert (by_curve.discount_rate, by_curve.discount_curve) == (None, "base")


def test_risk_has_one_price() -> None:
    assert refusal(risk_adjusted_rate=0.1, risk_premium=0.05) == (
        "Valuation cannot be built:\n  - risk_adjusted_rate and risk_premium: give one of the two"
    )
    assert refusal(discount_rate=-0.5, risk_premium=-0.5) == (
        "Valuation cannot be built:\n  - risk_premium: a rate above -1 is needed, given -1"
    )
    given = tc.Valuation(base_date="2026-01-01", discount_curve="base", risk_premium=-0.99)
    assert given.risk_premium == -0.99
    assert refusal(discount_rate=None, risk_premium=-1.0, risk_adjusted_rate=0.1) == (
        "Valuation cannot be built:\n  - discount_rate or discount_curve: exactly one is needed, "
        "given neither; risk_adjusted_rate and risk_premium: give one of the two; risk_premium: "
        "a rate above -1 is needed, given -1"
    )


@pytest.mark.parametrize(
    ("timing", "outlay", "receipt"),
    [
        ("outlays_start_receipts_end", 0.0, 1.0),
        ("all_start", 0.0, 0.0),
        ("all_middle", 0.5, 0.5),
        ("all_end", 1.0, 1.0),
    ],
)
def test_payments_fall_in_years_from_the_base_date(
    timing: str, outlay: float, receipt: float
) -> None:
    for per_year in (1, 4):
        times = payment_times(3, timing, Timeline(2026, per_year))
        assert list(times) == ["outlay", "receipt"]
        for when, first in (("outlay", outlay), ("receipt", receipt)):
            assert times[when].tolist() == [(first + k) / per_year for k in range(3)]


ECONOMY = tc.Economy(krw_per_usd=1.0, curves=(tc.RateCurve(name="base", points=((1, 0.25),)),))


def factors(ask: object, premium: object = None, **terms: object) -> dict | None:
    usual = {"base_date": "2026-01-01", "discount_rate": 0.25}
    how = Cases(tree(tc.Valuation(**{**usual, **terms})), {})
    more = () if premium is None else (premium,)
    return ask(how, Cases(tree(ECONOMY), {}), 3, Timeline(2026), *more)  # type: ignore[operator]


def test_a_flat_rate_gives_the_factors_of_old_to_the_bit() -> None:
    for timing in TIMINGS:
        found = factors(market_factors, timing=timing)
        expected = timed_factors(np.array([0.25]), 3, timing, Timeline(2026))
        assert {w: f.tolist() for w, f in found.items()} == {
            w: f.tolist() for w, f in expected.items()
        }


def test_a_level_curve_discounts_as_its_rate() -> None:
    for timing in TIMINGS:
        found = factors(market_factors, timing=timing, discount_rate=None, discount_curve="base")
        for when, flat in factors(market_factors, timing=timing).items():
            assert found[when][0] == pytest.approx(flat[0], rel=4e-16)


def test_a_premium_is_added_to_rate_or_curve() -> None:
    more = np.array([0.25, 0.75])
    for terms in ({}, {"discount_rate": None, "discount_curve": "base"}):
        found = factors(market_factors, more, **terms)["outlay"]
        assert found[:, 1] == pytest.approx([1 / 1.5, 0.5], rel=4e-16)


def test_what_a_market_asks_is_a_rate_or_a_premium_or_unknown() -> None:
    assert factors(risk_adjusted_factors) is None
    for terms in ({"risk_adjusted_rate": 0.5}, {"risk_premium": 0.25}):
        found = factors(risk_adjusted_factors, timing="all_end", **terms)
        assert found["receipt"][0] == pytest.approx([1 / 1.5, 1 / 2.25, 1 / 3.375], rel=4e-16)
        assert found["outlay"].tolist() == found["receipt"].tolist()


def test_the_concessional_rate_is_that_of_the_imf() -> None:
    assert CONCESSIONAL_RATE == 0.05
