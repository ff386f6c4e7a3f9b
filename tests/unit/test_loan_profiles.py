import numpy as np
import pytest

from tariffcalc.pledge.loan_profiles import (
    contract_service,
    expected_service,
    repayment_amounts,
)


def columns(*values: float) -> list[np.ndarray]:
    return [np.array([float(value)]) for value in values]


def by_age(value: np.ndarray, ages: int) -> np.ndarray:
    return np.broadcast_to(value[:, np.newaxis], (value.size, ages))


def loan_profile(  # the expected service of a loan at a fixed rate
    rate: np.ndarray,
    grace: np.ndarray,
    maturity: np.ndarray,
    default_rate: np.ndarray,
    loss: np.ndarray,
    ages: int,
    repayment: str = "annuity",
) -> np.ndarray:
    service = contract_service(by_age(rate, ages), grace, maturity, repayment)
    return expected_service(service, by_age(default_rate, ages), loss)


def test_a_loan_of_one_year_pays_principal_and_interest() -> None:
    service = loan_profile(*columns(0.25, 0, 1, 0, 1), 3)
    assert service.tolist() == [[pytest.approx(1.25, rel=1e-15), 0, 0]]
    assert service.flags.f_contiguous


def test_a_loan_without_interest_is_repaid_in_equal_parts_after_grace() -> None:
    for repayment in ("annuity", "equal_principal"):
        found = loan_profile(*columns(0, 1, 5, 0, 1), 6, repayment)
        assert found.tolist() == [[0, 0.25, 0.25, 0.25, 0.25, 0]]


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


@pytest.mark.parametrize("repayment", ["annuity", "equal_principal", "bullet"])
@pytest.mark.parametrize("many", range(5))
def test_any_term_of_a_loan_may_bring_the_cases(many: int, repayment: str) -> None:
    one = columns(0.25, 1, 3, 0.5, 0.75)
    alone = loan_profile(*one, 4, repayment)
    one[many] = np.repeat(one[many], 3)
    assert loan_profile(*one, 4, repayment).tolist() == alone.tolist() * 3


def test_nothing_is_paid_after_the_last_year_to_the_last_digit() -> None:
    for rate in (0.03, 0.07, 0.1, 0.13):
        for repayment in ("annuity", "equal_principal", "bullet"):
            service = loan_profile(*columns(rate, 2, 9, 0.01, 0.4), 12, repayment)
            assert service[0, :9].min() > 0
            assert service[0, 9:].tolist() == [0.0, 0.0, 0.0]


def test_each_repayment_of_a_loan_by_hand() -> None:
    rate = np.full((1, 5), 0.5)
    terms = columns(1, 4)
    equal = contract_service(rate, *terms, "equal_principal")
    assert equal.principal[0] == pytest.approx([0, 1 / 3, 1 / 3, 1 / 3, 0], rel=1e-15)
    assert equal.opening[0] == pytest.approx([1, 1, 2 / 3, 1 / 3, 0], rel=1e-15)
    bullet = contract_service(rate, *terms, "bullet")
    assert bullet.principal.tolist() == [[0, 0, 0, 1, 0]]
    assert bullet.interest.tolist() == [[0.5, 0.5, 0.5, 0.5, 0]]
    level = contract_service(rate, *terms, "annuity")
    # 1/A(0.5, 3) = 1/(2/3 + 4/9 + 8/27) = 27/38.
    assert (level.interest + level.principal)[0] == pytest.approx(
        [0.5, 27 / 38, 27 / 38, 27 / 38, 0], rel=1e-15
    )
    given = np.array([[0.0, 0.25, 0.5, 0.0, 0.0]])
    custom = contract_service(rate, *terms, "custom", amounts=given)
    assert custom.principal.tolist() == [[0, 0.25, 0.5, 0.25, 0]]
    assert custom.interest.tolist() == [[0.5, 0.5, 0.375, 0.125, 0]]


def test_a_floating_annuity_is_levelled_again_each_period() -> None:
    # 1/A(1, 2) = 4/3: a third of principal after interest of 1; then all with interest of a half.
    service = contract_service(np.array([[1.0, 0.5]]), *columns(0, 2), "annuity")
    assert service.interest[0] == pytest.approx([1.0, 1 / 3], rel=1e-15)
    assert service.principal[0] == pytest.approx([1 / 3, 2 / 3], rel=1e-15)


def test_capitalised_interest_is_owed_until_it_is_repaid() -> None:
    rate = np.array([[0.5, 0.25, 0.5, 1.0]])
    found = contract_service(rate, *columns(2, 4), "equal_principal", capitalised=True)
    assert found.opening.tolist() == [[1.0, 1.5, 1.875, 0.9375]]
    assert (found.interest + found.principal).tolist() == [[0, 0, 0.9375 + 0.9375, 1.875]]
    paid = contract_service(rate, *columns(2, 4), "equal_principal")
    assert paid.opening.tolist() == [[1.0, 1.0, 1.0, 0.5]]


def test_custom_shares_fall_at_the_end_of_each_year_of_age() -> None:
    yearly = repayment_amounts((0.25, 0.5, 0.25), 1, 4)
    assert yearly.tolist() == [[0.25, 0.5, 0.0, 0.0]]  # the last repays what is left
    assert repayment_amounts((0.25, 0.75), 4, 8).tolist() == [[0, 0, 0, 0.25, 0, 0, 0, 0]]
    assert repayment_amounts((), 1, 2).tolist() == [[0.0, 0.0]]


def test_default_rates_by_age_each_count_in_their_own_period() -> None:
    service = contract_service(np.zeros((1, 3)), *columns(0, 3), "bullet")
    found = expected_service(service, np.array([[0.0, 0.5, 0.25]]), np.array([0.5]))
    assert found.tolist() == [[0.0, 0.25, 0.5 * (0.75 + 0.125)]]
