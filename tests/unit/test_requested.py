import datetime as dt
import math

import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.models import tree
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.requested import (
    call_shares,
    capped_shares,
    capped_years,
    check_commitment,
    last_call,
    level_shares,
    milestone_shares,
    requested,
)

YEARS, QUARTERS, MONTHS = (Timeline(2026, each) for each in (1, 4, 12))


def test_level_shares_end_with_their_years() -> None:
    shares = level_shares(np.array([1.0, 2.0, 4.0]), 4)
    assert shares.tolist() == [[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0.25] * 4]
    assert shares.flags.f_contiguous


def test_capped_shares_take_the_cap_and_then_what_is_left() -> None:
    shares = capped_shares(np.array([10.0]), np.array([4.0, 10.0, 50.0]), 4)
    assert shares.tolist() == [[0.4, 0.4, 0.2, 0.0], [1, 0, 0, 0], [1, 0, 0, 0]]


def test_each_case_has_its_own_amount_under_a_cap() -> None:
    shares = capped_shares(np.array([1.0, 2.0, 0.0, 8.0]), np.array([1.0]), 3)
    assert shares.tolist() == [[1, 0, 0], [0.5, 0.5, 0], [1, 0, 0], [0.125] * 3]


def test_rounding_is_no_draw_of_its_own() -> None:
    # Taking 0.1 ten times from 1 leaves 1.4e-16; 3 · 0.1 is an ulp more than 0.3.
    for funded, cap, years in ((1.0, 0.1, 10), (0.1 * 3, 0.1, 3), (209678.63, 5666.99, 37)):
        shares = capped_shares(np.array([funded]), np.array([cap]), years + 2)[0]
        assert np.count_nonzero(shares) == np.count_nonzero(shares[:years]) == years
        assert math.fsum(shares) == pytest.approx(1.0, rel=1e-15)
        assert shares[: years - 1].tolist() == [cap / funded] * (years - 1)
        assert capped_years(np.array([funded]), np.array([cap])).tolist() == [years]
    for excess, calls in ((0.9e-12, 1), (1e-12, 1), (1.1e-12, 2)):
        for cap in (1.0, 4.0, 0.1, 1e12):
            shares = capped_shares(np.array([cap * (1.0 + excess)]), np.array([cap]), 3)
            assert (np.count_nonzero(shares), shares.sum()) == (calls, 1.0)


def test_an_amount_far_below_the_cap_is_drawn() -> None:
    for cap in (1.0, 1e9, 1e13, 1e300):
        assert capped_shares(np.array([1.0]), np.array([cap]), 2).tolist() == [[1.0, 0.0]]


def test_each_case_has_its_own_years_under_a_cap() -> None:
    assert capped_years(np.array([0.0, 4.0, 9.0]), np.array([4.0])).tolist() == [1.0, 1.0, 3.0]
    assert capped_years(np.array([9.0]), np.array([4.0, 1.0])).tolist() == [3.0, 9.0]
    assert capped_years(np.array([4.0 * (1.0 + 1.1e-12)]), np.array([4.0])).tolist() == [2.0]


def test_cents_are_held_back_by_a_cap_too() -> None:
    assert capped_shares(np.array([0.5]), np.array([0.125]), 5).tolist() == [[0.25] * 4 + [0.0]]


def test_nothing_to_fund_is_drawn_at_once_whatever_the_cap() -> None:
    assert capped_shares(np.zeros(1), np.array([0.25]), 3).tolist() == [[1, 0, 0]]


def test_calls_of_one_year_add_up() -> None:
    calls = ((2027, 0.25), (2029, 0.25), (2027, 0.5))
    assert call_shares(calls, 2026, 4).tolist() == [[0, 0.75, 0, 0.25]]
    assert last_call(calls, 2026) == 3
    assert last_call(((2026, 1.0),), 2026) == 0


def test_a_call_before_the_base_year_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        last_call(((2026, 0.5), (2025, 0.5)), 2026)
    assert str(caught.value) == (
        "drawdown.calls: 2025 is before the base date's year 2026; move the call or the base date"
    )


def test_a_call_after_a_century_is_refused() -> None:
    assert last_call(((2125, 1.0),), 2026) == 99
    with pytest.raises(InputError) as caught:
        last_call(((2126, 0.5), (2026, 0.5)), 2026)
    assert str(caught.value) == (
        "drawdown.calls: 2126 is too late; calls are allowed from 2026 to 2125, so move the call"
    )


def asked(drawdown: tc.Drawdown, timeline: Timeline, **varied: list) -> list:
    arrays = {f"drawdown.{n}": np.array(values, dtype=float) for n, values in varied.items()}
    cases = Cases({"drawdown": tree(drawdown)}, arrays, max([1, *map(len, varied.values())]))
    return requested(cases, drawdown, timeline).tolist()


def test_requests_are_spread_over_the_periods_of_their_years() -> None:
    assert asked(tc.Drawdown.upfront(), MONTHS) == [[1.0]]
    assert asked(tc.Drawdown.capped(1.0), QUARTERS) == [[1.0]]
    assert asked(tc.Drawdown.level(2), YEARS) == [[0.5, 0.5]]
    assert asked(tc.Drawdown.level(2), QUARTERS) == [[0.125] * 8]
    assert asked(tc.Drawdown.calls({2027: 1.0}), QUARTERS) == [[0.0] * 4 + [0.25] * 4]
    assert asked(tc.Drawdown.level(2), QUARTERS, years=[1, 2]) == [
        [0.25] * 4 + [0.0] * 4,
        [0.125] * 8,
    ]


def test_milestones_fall_in_the_periods_of_their_payments() -> None:
    # 2 March 2026 is a Monday: 1 business day later is the 3rd, 22 are 1 April.
    notices = ((dt.date(2026, 3, 2), 0.25), (dt.date(2027, 1, 1), 0.75))
    assert milestone_shares(notices, np.array([1.0]), YEARS).tolist() == [[0.25, 0.75]]
    found = milestone_shares(notices, np.array([1.0, 22.0]), MONTHS)
    assert found.tolist() == [
        [0.0, 0.0, 0.25, *[0.0] * 9, 0.75, 0.0],
        [0.0, 0.0, 0.0, 0.25, *[0.0] * 9, 0.75],
    ]
    assert found.flags.f_contiguous
    twice = ((dt.date(2026, 3, 2), 0.25), (dt.date(2026, 3, 3), 0.75))
    assert milestone_shares(twice, np.array([0.0]), QUARTERS).tolist() == [[1.0]]


def test_milestones_before_the_base_date_or_after_a_century_are_refused() -> None:
    early = ((dt.date(2027, 1, 4), 0.5), (dt.date(2025, 12, 30), 0.5))
    with pytest.raises(InputError) as caught:
        milestone_shares(early, np.array([1.0]), MONTHS)
    assert str(caught.value) == (
        "drawdown.milestone_shares: the notice of 2025-12-30 is due before the base date's year "
        "2026; move the notice or the base date"
    )
    assert milestone_shares(early, np.array([3.0]), MONTHS)[0, 0] == 0.5
    late = ((dt.date(2125, 12, 28), 1.0),)
    assert milestone_shares(late, np.array([0.0]), MONTHS).shape == (1, 1200)
    with pytest.raises(InputError) as caught:
        milestone_shares(late, np.array([45.0]), MONTHS)
    assert str(caught.value) == (
        "drawdown.milestone_shares: payments are due in 2126-03; they are allowed before 2126, "
        "so move the notices"
    )


def test_commitments_end_in_the_year_of_the_last_request_or_later() -> None:
    check_commitment(4, dt.date(2029, 1, 1), 2026)
    check_commitment(4, None, 2026)
    with pytest.raises(InputError) as caught:
        check_commitment(4, dt.date(2028, 12, 31), 2026)
    assert str(caught.value) == (
        "drawdown.commitment_end: 2028-12-31 is before the request of 2029; ask for all until "
        "then, and let a cap spread the payments"
    )
