import datetime as dt

import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.pledge.drawdown import MOST_YEARS, check_terms

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


def test_a_drawdown_takes_its_limits_by_name() -> None:
    request, missed = tc.FundingRequest(slip_years=2), tc.MissedCall(year=2027, share=0.5)
    limits = {
        "carry_over": True,
        "allocation": "priority",
        "first_draw": dt.date(2026, 7, 1),
        "commitment_end": dt.date(2029, 1, 19),
        "request": request,
        "missed": missed,
        "annual_cap_usd": 20e9,
    }
    made = [
        tc.Drawdown.level(3, **limits),
        tc.Drawdown.calls({2026: 1.0}, **limits),
        tc.Drawdown.milestones({dt.date(2026, 3, 2): 1.0}, notice_business_days=30, **limits),
        tc.Drawdown.capped(**limits),
    ]
    for drawdown in made:
        assert {name: getattr(drawdown, name) for name in limits} == limits
    assert made[2].notice_business_days == 30
    assert tc.Drawdown.upfront(first_draw="2027-01-01").first_draw == dt.date(2027, 1, 1)
    assert (request.acceptance, missed.late_years) == (1.0, None)


def test_milestones_are_kept_in_the_order_of_their_notices() -> None:
    early, late = dt.date(2026, 3, 2), dt.date(2027, 1, 4)
    made = tc.Drawdown.milestones({late: 0.75, early: 0.25})
    assert made.milestone_shares == ((early, 0.25), (late, 0.75))
    assert made.notice_business_days == 45


@pytest.mark.parametrize(
    ("shares", "fault"),
    [
        (
            [("2026-03-02", 1.0)],
            (
                "milestone_shares: a mapping from date of notice to share is needed, "
                "given [('2026-03-02', 1.0)]"
            ),
        ),
        (
            {dt.date(2026, 3, 2): 0.5},
            (
                f"{HEAD}milestone_shares: shares from 0 that add up to 1 are needed, "
                "given shares from 0.5 that add up to 0.5"
            ),
        ),
        (
            {dt.date(1999, 12, 31): 0.5, dt.date(2200, 1, 1): 0.5},
            f"{HEAD}milestone_shares: notices from 2000 to 2199 are needed, given 1999-12-31",
        ),
        (
            {dt.date(2026, 1, 1): 0.5, dt.date(2200, 1, 1): 0.5},
            f"{HEAD}milestone_shares: notices from 2000 to 2199 are needed, given 2200-01-01",
        ),
    ],
)
def test_milestones_are_shares_by_date(shares: object, fault: str) -> None:
    with pytest.raises(InputError) as caught:
        tc.Drawdown.milestones(shares)  # type: ignore[arg-type]
    assert str(caught.value) == fault


def test_notices_may_be_of_the_first_and_the_last_year_and_of_the_last_day() -> None:
    days = (dt.date(2000, 1, 1), dt.date(2199, 12, 31))
    made = tc.Drawdown.milestones(dict.fromkeys(days, 0.5), commitment_end=days[1])
    assert made.commitment_end == days[1]


@pytest.mark.parametrize("days", [0, 1000])
def test_business_days_are_from_0_to_a_thousand(days: int) -> None:
    notice = {dt.date(2026, 3, 2): 1.0}
    assert tc.Drawdown.milestones(notice, notice_business_days=days).notice_business_days == days
    with pytest.raises(InputError, match="notice_business_days: input should be less than or"):
        tc.Drawdown.milestones(notice, notice_business_days=1001)


def test_a_term_that_is_none_of_a_drawdown_is_refused() -> None:
    with pytest.raises(InputError, match=r"first_drawn.*did you mean 'first_draw'"):
        tc.Drawdown.level(3, first_drawn="2026-01-01")
