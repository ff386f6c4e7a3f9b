import math

import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.pledge.drawdown import MOST_YEARS, check_terms
from tariffcalc.pledge.requested import (
    call_shares,
    capped_shares,
    capped_years,
    last_call,
    level_shares,
)

HEAD = "Drawdown cannot be built:\n  - "


def refusal(**terms: object) -> str:
    with pytest.raises(InputError) as caught:
        tc.Drawdown(**terms)
    return str(caught.value)


UNLIMITED = {
    "yearly_caps": (),
    "carry_over": False,
    "allocation": "pro_rata",
    "first_draw": None,
    "commitment_end": None,
    "request": None,
    "missed": None,
}


def test_the_kinds_keep_their_own_terms_only() -> None:
    assert dict(tc.Drawdown.upfront()) == {
        "kind": "upfront",
        "years": None,
        "annual_cap_usd": None,
        "call_shares": None,
        "milestone_shares": None,
        "notice_business_days": None,
        **UNLIMITED,
    }
    assert (tc.Drawdown.level(3).kind, tc.Drawdown.level(3).years) == ("level", 3)
    assert (tc.Drawdown.capped(2.0).kind, tc.Drawdown.capped(2.0).annual_cap_usd) == ("capped", 2.0)
    assert tc.Drawdown.calls({2026: 1.0}).kind == "calls"


def test_calls_are_kept_in_the_order_of_their_years() -> None:
    calls = tc.Drawdown.calls({2028: 0.5, 2026: 0.1, 2027: 0.4})
    assert calls.call_shares == ((2026, 0.1), (2027, 0.4), (2028, 0.5))


@pytest.mark.parametrize(
    ("terms", "fault"),
    [
        ({"kind": "upfront", "years": 3}, "'upfront' needs no further term, given years"),
        ({"kind": "level"}, "'level' needs years, given none"),
        (
            {"kind": "level", "years": 3, "notice_business_days": 45},
            "'level' needs years, given years, notice_business_days",
        ),
        (
            {"kind": "upfront", "annual_cap_usd": 1.0},
            "'upfront' needs no further term, given annual_cap_usd",
        ),
        (
            {"kind": "milestones", "milestone_shares": (("2026-03-02", 1.0),)},
            "'milestones' needs milestone_shares and notice_business_days, given milestone_shares",
        ),
        ({"kind": "capped", "years": 3}, "'capped' needs annual_cap_usd, given years"),
        (
            {"kind": "calls", "annual_cap_usd": 1.0},
            "'calls' needs call_shares, given annual_cap_usd",
        ),
        (
            {"kind": "upfront", "call_shares": ((2026, 1.0),)},
            "'upfront' needs no further term, given call_shares",
        ),
    ],
)
def test_terms_of_another_kind_are_refused(terms: dict, fault: str) -> None:
    assert refusal(**terms) == f"{HEAD}a drawdown of kind {fault}"


@pytest.mark.parametrize(
    ("shares", "lowest", "total"),
    [
        ({2026: 0.5}, "0.5", "0.5"),
        ({2026: -0.5, 2027: 1.5}, "-0.5", "1"),
        ({}, "0", "0"),
        ({2026: 0.5, 2027: 0.50000001}, "0.5", "1.00000001"),
    ],
)
def test_call_shares_that_are_not_parts_of_one_are_refused(
    shares: dict, lowest: str, total: str
) -> None:
    with pytest.raises(InputError) as caught:
        tc.Drawdown.calls(shares)
    assert str(caught.value) == (
        f"{HEAD}call_shares: shares from 0 that add up to 1 are needed, "
        f"given shares from {lowest} that add up to {total}"
    )


@pytest.mark.parametrize(
    ("shares", "fault"),
    [
        (
            [(2026, 1.0)],
            "call_shares: a mapping from calendar year to share is needed, given [(2026, 1.0)]",
        ),
        (
            {"2026": 0.5, 2027: 0.5},
            f"{HEAD}call_shares.0.0: input should be a valid integer, given '2026'",
        ),
        ({2026.5: 1.0}, f"{HEAD}call_shares.0.0: input should be a valid integer, given 2026.5"),
    ],
)
def test_calls_are_shares_by_year(shares: object, fault: str) -> None:
    with pytest.raises(InputError) as caught:
        tc.Drawdown.calls(shares)  # type: ignore[arg-type]
    assert str(caught.value) == fault


def test_call_shares_may_miss_1_by_a_billionth_and_may_be_0() -> None:
    assert tc.Drawdown.calls({2026: 1.0 - 1e-9, 2027: 0.0}).kind == "calls"
    with pytest.raises(ValueError, match="call_shares"):
        check_terms(
            tc.Drawdown.model_construct(
                kind="calls", years=None, annual_cap_usd=None, call_shares=((2026, 1.0 + 2e-9),)
            )
        )


@pytest.mark.parametrize("years", [0, 101])
def test_level_years_are_from_1_to_a_hundred(years: int) -> None:
    limit = "greater than or equal to 1" if years < 1 else "less than or equal to 100"
    assert refusal(kind="level", years=years) == (
        f"{HEAD}years: input should be {limit}, given {years}"
    )
    assert tc.Drawdown.level(1).years == 1
    assert tc.Drawdown.level(MOST_YEARS).years == 100


def test_a_cap_is_above_0() -> None:
    fault = "annual_cap_usd: input should be greater than 0, given 0.0"
    assert refusal(kind="capped", annual_cap_usd=0.0) == HEAD + fault


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
