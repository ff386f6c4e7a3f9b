import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError


def test_instruments_are_told_apart_by_their_kind() -> None:
    assert tc.Equity().kind == "equity"
    assert tc.Loan(rate=0.05, maturity_years=5).kind == "loan"
    assert tc.PrivateInvestment(expected_return=0.1).kind == "private_investment"
    written = {
        "kind": "guarantee",
        "fee_rate": 0.01,
        "maturity_years": 5,
        "default_rate": 0.02,
        "loss_given_default": 0.4,
    }
    tranche = tc.Tranche.from_tree({"name": "g", "share": 1.0, "instrument": written})
    assert tranche.instrument == tc.Guarantee(
        fee_rate=0.01, maturity_years=5, default_rate=0.02, loss_given_default=0.4, cover_share=1.0
    )


def test_a_plain_loan_has_no_grace_no_default_and_would_lose_all() -> None:
    loan = tc.Loan(rate=0.05, maturity_years=5)
    assert (loan.grace_years, loan.default_rate, loan.loss_given_default) == (0, 0.0, 1.0)


@pytest.mark.parametrize("grace", [5, 6])
def test_grace_that_leaves_no_year_to_repay_is_refused(grace: int) -> None:
    with pytest.raises(InputError) as caught:
        tc.Loan(rate=0.05, maturity_years=5, grace_years=grace)
    assert str(caught.value) == (
        f"Loan cannot be built:\n  - grace_years {grace} leaves no year of repayment before "
        "maturity_years 5; give fewer"
    )
    assert tc.Loan(rate=0.05, maturity_years=5, grace_years=4).grace_years == 4


def test_a_rate_in_percent_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        tc.Loan(rate=15, maturity_years=5)
    assert str(caught.value) == (
        "Loan cannot be built:\n  - rate: rates are fractions: 15 means 1500%; did you mean 0.15?"
    )


LOAN = tc.Loan(rate=0.05, maturity_years=5)
FLOATING = tc.Loan(curve="base", maturity_years=5)
SHIPS = tc.ShipFinance(rate=0.05)
GUARANTEE = tc.Guarantee(fee_rate=0.1, maturity_years=5, default_rate=0.1, loss_given_default=0.5)
COMPANIES = tc.PrivateInvestment(expected_return=0.1)
JUST_ABOVE_MINUS_1 = -1.0 + 2.0**-53
MORE_THAN_1 = 1.0 + 2.0**-52


@pytest.mark.parametrize(
    ("of", "term", "allowed", "refused"),
    [
        (LOAN, "rate", (JUST_ABOVE_MINUS_1, 10.0), (-1.0, 10.1)),
        (LOAN, "maturity_years", (1, 100), (0, 101, 5.0)),
        (LOAN, "grace_years", (0, 4), (-1, 1.0)),
        (LOAN, "default_rate", (0.0, 1.0), (-1e-300, MORE_THAN_1)),
        (LOAN, "loss_given_default", (0.0, 1.0), (-1e-300, MORE_THAN_1)),
        (GUARANTEE, "fee_rate", (0.0, 10.0), (-1e-300, 10.1)),
        (GUARANTEE, "maturity_years", (1, 100), (0, 101, 5.0)),
        (GUARANTEE, "default_rate", (0.0, 1.0), (-1e-300, MORE_THAN_1)),
        (GUARANTEE, "loss_given_default", (0.0, 1.0), (-1e-300, MORE_THAN_1)),
        (GUARANTEE, "cover_share", (0.0, 1.0), (-1e-300, MORE_THAN_1)),
        (GUARANTEE, "grace_years", (0, 4), (-1, 1.0)),
        (GUARANTEE, "recovery_years", (0, 50), (-1, 51, 1.0)),
        (COMPANIES, "expected_return", (JUST_ABOVE_MINUS_1, 10.0), (-1.0, 10.1)),
        (COMPANIES, "public_support_share", (0.0, 1.0), (-1e-300, MORE_THAN_1)),
        (FLOATING, "spread", (JUST_ABOVE_MINUS_1, 10.0), (-1.0, 10.1)),
        (SHIPS, "rate", (JUST_ABOVE_MINUS_1, 10.0), (-1.0, 10.1)),
        (SHIPS, "delivery_years", (0, 50), (-1, 51, 1.0)),
        (SHIPS, "repayment_years", (1, 12), (0, 13, 5.0)),
        (SHIPS, "premium_rate", (0.0, 1.0), (-1e-300, MORE_THAN_1)),
        (SHIPS, "default_rate", (0.0, 1.0), (-1e-300, MORE_THAN_1)),
        (SHIPS, "loss_given_default", (0.0, 1.0), (-1e-300, MORE_THAN_1)),
    ],
)
def test_the_limits_of_each_term(of: object, term: str, allowed: tuple, refused: tuple) -> None:
    for value in allowed:
        assert getattr(type(of)(**{**dict(of), term: value}), term) == value
    for value in (*refused, np.nan, "0", True, None):
        with pytest.raises(InputError, match=rf"cannot be built:\n  - {term}: "):
            type(of)(**{**dict(of), term: value})


def test_an_unknown_instrument_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        tc.Tranche.from_tree({"name": "x", "share": 1.0, "instrument": {"kind": "bond"}})
    allowed = "Allowed: equity, loan, guarantee, private_investment, ship_finance."
    assert str(caught.value).startswith("Tranche cannot be built:\n  - instrument")
    assert str(caught.value).endswith(f"unknown kind 'bond'. {allowed}")


def test_a_plain_loan_is_an_annuity_at_a_fixed_rate() -> None:
    assert (LOAN.repayment, LOAN.curve, LOAN.spread) == ("annuity", None, 0.0)
    assert (LOAN.repayment_shares, LOAN.default_rates) == ((), ())
    assert (GUARANTEE.repayment, GUARANTEE.loan_rate, GUARANTEE.grace_years) == ("bullet", None, 0)
    assert (GUARANTEE.recovery_years, GUARANTEE.default_rates) == (0, ())
    assert COMPANIES.public_support_share == 0.0


def test_plain_ship_finance_is_on_the_terms_of_the_understanding() -> None:
    assert (SHIPS.delivery_years, SHIPS.repayment_years, SHIPS.premium_rate) == (0, 12, 0.0)
    assert (SHIPS.interest_before_delivery, SHIPS.curve, SHIPS.spread) == ("paid", None, 0.0)
    assert (SHIPS.default_rate, SHIPS.default_rates, SHIPS.loss_given_default) == (0.0, (), 1.0)


ONLY_ANNUITY = "loan_rate: it is needed for repayment 'annuity', and for no other"
CUSTOM = {"maturity_years": 3, "repayment": "custom"}


@pytest.mark.parametrize(
    ("model", "terms", "fault"),
    [
        (tc.Loan, {"maturity_years": 5}, "rate: either a rate or a curve is needed, given neither"),
        (
            tc.Loan,
            {"maturity_years": 5, "rate": 0.0, "curve": "base"},
            "rate: either a rate or a curve is needed, given both",
        ),
        (
            tc.Loan,
            {"maturity_years": 5, "rate": 0.05, "spread": 0.01},
            "spread: it is added to a curve; name one, or add 0.01 to rate",
        ),
        (
            tc.Loan,
            {"maturity_years": 5, "rate": 0.05, "default_rate": 0.1, "default_rates": (0.1,)},
            "default_rate: either it or default_rates is needed, given both",
        ),
        (
            tc.Loan,
            {"maturity_years": 5, "rate": 0.05, "repayment_shares": (1.0,)},
            "repayment_shares: only repayment 'custom' takes them",
        ),
        (
            tc.Loan,
            {**CUSTOM, "rate": 0.05, "repayment_shares": (0.5, 0.5)},
            "repayment_shares: one for each of the 3 years to maturity is needed, given 2",
        ),
        (
            tc.Loan,
            {**CUSTOM, "rate": 0.05, "repayment_shares": (0.5, 0.25, 0.125)},
            "repayment_shares: they have to add up to 1, and add up to 0.875",
        ),
        (
            tc.Loan,
            {**CUSTOM, "rate": 0.05, "grace_years": 2, "repayment_shares": (0.0, 0.5, 0.5)},
            "repayment_shares: none is repaid in the 2 grace_years, given [0.0, 0.5]",
        ),
        (
            tc.Guarantee,
            {"fee_rate": 0.01, "maturity_years": 5, "loss_given_default": 0.5},
            "default_rate: either it or default_rates is needed, given neither",
        ),
        (
            tc.Guarantee,
            {**dict(GUARANTEE), "default_rates": (0.1,)},
            "default_rate: either it or default_rates is needed, given both",
        ),
        (
            tc.Guarantee,
            {**dict(GUARANTEE), "grace_years": 5},
            "grace_years 5 leaves no year of repayment before maturity_years 5; give fewer",
        ),
        (
            tc.Guarantee,
            {**dict(GUARANTEE), "repayment": "annuity"},
            f"{ONLY_ANNUITY}, given None for 'annuity'",
        ),
        (
            tc.Guarantee,
            {**dict(GUARANTEE), "loan_rate": 0.05},
            f"{ONLY_ANNUITY}, given 0.05 for 'bullet'",
        ),
        (tc.ShipFinance, {}, "rate: either a rate or a curve is needed, given neither"),
        (
            tc.ShipFinance,
            {"rate": 0.05, "default_rate": 0.1, "default_rates": (0.1,)},
            "default_rate: either it or default_rates is needed, given both",
        ),
    ],
)
def test_terms_that_contradict_each_other_are_refused(model: type, terms: dict, fault: str) -> None:
    with pytest.raises(InputError) as caught:
        model(**terms)
    assert str(caught.value) == f"{model.__name__} cannot be built:\n  - {fault}"


def test_all_faults_of_a_loan_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        tc.Loan(**CUSTOM, grace_years=3, spread=0.5)
    assert str(caught.value).splitlines() == [
        "Loan cannot be built:",
        "  - rate: either a rate or a curve is needed, given neither",
        "  - grace_years 3 leaves no year of repayment before maturity_years 3; give fewer",
        "  - repayment_shares: one for each of the 3 years to maturity is needed, given 0",
        "  - repayment_shares: they have to add up to 1, and add up to 0",
    ]


def test_shares_that_add_up_to_1_within_rounding_are_taken() -> None:
    tenths = tc.Loan(rate=0.05, maturity_years=10, repayment="custom", repayment_shares=(0.1,) * 10)
    assert sum(tenths.repayment_shares) != 1.0
    assert tc.Loan(rate=0.05, **CUSTOM, grace_years=1, repayment_shares=(0.0, 0.5, 0.5))
