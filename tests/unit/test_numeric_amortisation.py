import numpy as np
import pytest

from tariffcalc.numeric import amortisation
from tariffcalc.numeric.amortisation import amortise, declining, equal_shares, level_shares


def test_shares_of_the_balance_wait_for_the_grace() -> None:
    assert equal_shares(4, 0).tolist() == [[1 / 4, 1 / 3, 1 / 2, 1.0]]
    assert equal_shares(4, 2).tolist() == [[0.0, 0.0, 1 / 2, 1.0]]
    assert level_shares(np.zeros((1, 3)), 0) == pytest.approx(np.array([[1 / 3, 1 / 2, 1.0]]))
    # 1/A(0.5, 2) = 0.9: principal 0.4 after interest of 0.5.
    assert level_shares(np.full((1, 3), 0.5), 1) == pytest.approx(np.array([[0.0, 0.4, 1.0]]))


def test_cases_run_side_by_side() -> None:
    drawn, rate = np.array([[100.0, 20.0]]), np.array([[0.1, 0.2], [0.0, 0.5]])
    service = amortise(drawn, rate, np.array([[0.25, 1.0]]), np.array([[5.0, 0.0]]))
    assert service.opening.tolist() == [[100.0, 90.0]] * 2
    assert service.interest.tolist() == [[10.0, 18.0], [0.0, 45.0]]
    assert service.principal.tolist() == [[30.0, 90.0]] * 2
    assert service.closing.tolist() == [[70.0, 0.0]] * 2


@pytest.mark.parametrize("discount", [0.0, 1e-12, -1e-9, 1e-6, 9e-6, 2e-5, 1e-4, 0.05, -0.01])
@pytest.mark.parametrize("periods", [1, 2, 7, 60, 600])
def test_values_in_closed_form_are_the_sums(discount: float, periods: int) -> None:
    rate, times = 0.03, np.arange(1.0, periods + 1)
    factors = np.exp(-times * np.log1p(discount))
    owed = 1.0 - (times - 1.0) / periods
    arrays = np.array([rate]), np.array([discount]), np.array([float(periods)])
    exact = (factors * (1.0 / periods + rate * owed)).sum()
    assert amortisation.declining_value(*arrays)[0] == pytest.approx(exact, rel=1e-11)
    level = rate / (1.0 - (1.0 + rate) ** -periods)
    exact = level * factors.sum()
    assert amortisation.annuity_value(*arrays)[0] == pytest.approx(exact, rel=1e-12)
    exact = rate * factors.sum() + factors[-1]
    assert amortisation.lump_sum_value(*arrays)[0] == pytest.approx(exact, rel=1e-12)


def test_a_grant_share_waits_for_the_repayments() -> None:
    arrays = (np.array([x]) for x in (0.1, 0.25, 2.0, 3.0))
    found = amortisation.grant_share(amortisation.lump_sum_value, *arrays)
    # Interest of 0.1 after 1, 2 and 3 periods and 1 at the end, at v = 0.8.
    assert found[0] == pytest.approx(1.0 - (0.08 + 0.064 + 0.0512 + 0.512), rel=1e-14)


def test_one_dollar_declines_by_the_shares_repaid() -> None:
    rate, share = np.array([[0.5, 0.25, 1.0]]), np.array([[0.0, 0.5, 1.0], [0.5, -1.0, 1.0]])
    service = declining(rate, share)
    assert service.opening.tolist() == [[1.0, 1.0, 0.5], [1.0, 0.5, 1.0]]
    assert service.interest.tolist() == [[0.5, 0.25, 0.5], [0.5, 0.125, 1.0]]
    assert service.principal.tolist() == [[0.0, 0.5, 0.5], [0.5, -0.5, 1.0]]
    assert service.closing.tolist() == [[1.0, 0.5, 0.0], [0.5, 1.0, 0.0]]
    assert service.opening.flags.f_contiguous
    assert declining(np.array([[0.5], [0.25]]), np.ones((1, 1))).interest.tolist() == [
        [0.5],
        [0.25],
    ]
