import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.pledge.instruments import guarantee_profiles, loan_profile


def columns(*values: float) -> list[np.ndarray]:
    return [np.array([float(value)]) for value in values]


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
        (COMPANIES, "expected_return", (JUST_ABOVE_MINUS_1, 10.0), (-1.0, 10.1)),
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
    allowed = "Allowed: equity, loan, guarantee, private_investment."
    assert str(caught.value).startswith("Tranche cannot be built:\n  - instrument")
    assert str(caught.value).endswith(f"unknown kind 'bond'. {allowed}")


def test_a_loan_of_one_year_pays_principal_and_interest() -> None:
    service = loan_profile(*columns(0.25, 0, 1, 0, 1), 3)
    assert service.tolist() == [[pytest.approx(1.25, rel=1e-15), 0, 0]]
    assert service.flags.f_contiguous


def test_a_loan_without_interest_is_repaid_in_equal_parts_after_grace() -> None:
    assert loan_profile(*columns(0, 1, 5, 0, 1), 6).tolist() == [[0, 0.25, 0.25, 0.25, 0.25, 0]]


def test_a_default_ends_service_and_recovers_part_of_what_is_owed() -> None:
    # Rate 0, two years: half defaults in each and a quarter of what is owed is recovered.
    service = loan_profile(*columns(0, 0, 2, 0.5, 0.75), 3)
    first = 0.5 * 0.5 + 0.5 * 0.25 * 1.0
    second = 0.5 * (0.5 * 0.5 + 0.5 * 0.25 * 0.5)
    assert service.tolist() == [[first, second, 0.0]]


def test_loans_of_several_cases_each_have_their_own_terms() -> None:
    rate = np.array([0.0, 0.5])
    both = loan_profile(rate, *columns(1, 2, 0, 1), 2)
    assert both.tolist() == [[0.0, 1.0], [0.5, pytest.approx(1.5, rel=1e-15)]]
    assert both.flags.f_contiguous
    defaults = loan_profile(*columns(0.5, 1, 2), np.array([0.0, 1.0]), *columns(1), 2)
    assert defaults.tolist() == [both[1].tolist(), [0.0, 0.0]]


@pytest.mark.parametrize("many", range(5))
def test_any_term_of_a_loan_may_bring_the_cases(many: int) -> None:
    one = columns(0.25, 1, 3, 0.5, 0.75)
    alone = loan_profile(*one, 4)
    one[many] = np.repeat(one[many], 3)
    assert loan_profile(*one, 4).tolist() == alone.tolist() * 3


@pytest.mark.parametrize("many", range(5))
def test_any_term_of_a_guarantee_may_bring_the_cases(many: int) -> None:
    one = columns(0.125, 2, 0.5, 0.25, 0.5)
    alone = guarantee_profiles(*one, 3)
    one[many] = np.repeat(one[many], 3)
    for found, expected in zip(guarantee_profiles(*one, 3), alone, strict=True):
        assert np.broadcast_to(found, (3, 3)).tolist() == expected.tolist() * 3


def test_nothing_is_paid_after_the_last_year_to_the_last_digit() -> None:
    for rate in (0.03, 0.07, 0.1, 0.13):
        service = loan_profile(*columns(rate, 2, 9, 0.01, 0.4), 12)
        assert service[0, :9].min() > 0
        assert service[0, 9:].tolist() == [0.0, 0.0, 0.0]


def test_a_guarantee_is_paid_for_and_called_while_it_is_alive() -> None:
    fees, calls, exposure = guarantee_profiles(*columns(0.125, 2, 0.5, 0.25, 0.5), 3)
    assert fees.tolist() == [[0.0625, 0.03125, 0.0]]
    assert calls.tolist() == [[0.0625, 0.03125, 0.0]]
    assert exposure.tolist() == [[0.5, 0.5, 0.0]]
    assert all(array.flags.f_contiguous for array in (fees, calls, exposure))


def test_fee_loss_and_cover_each_scale_their_own_part() -> None:
    one = guarantee_profiles(*columns(0.125, 1, 0.5, 0.25, 0.5), 1)
    for place, scaled in ((0, [2, 1, 1]), (3, [1, 2, 1]), (4, [2, 2, 2])):
        terms = [0.125, 1, 0.5, 0.25, 0.5]
        terms[place] *= 2
        more = guarantee_profiles(*columns(*terms), 1)
        assert [(m / o).item() for m, o in zip(more, one, strict=True)] == scaled
