import numpy as np
import pytest

from tariffcalc.pledge.splits import split_cumulative, split_per_period


def row(*values: float) -> np.ndarray:
    return np.array([[float(value) for value in values]])


def terms(before: float, after: float, rate: float) -> list[np.ndarray]:
    """Return both shares, and the rate in more periods than any test has."""
    return [np.array([before]), np.array([after]), np.full((1, 5000), rate)]


def test_a_balance_grows_is_paid_down_and_splits_the_last_dollar() -> None:
    # 100 at 25%: due 125, half of 80 counts; then 106.25, half of 100; then 70.3125 of 200.
    received, balance = split_cumulative(
        row(80, 100, 200, 60), row(100, 0, 0, 0), *terms(0.5, 0.25, 0.25), own=True
    )
    assert balance.tolist() == [[85.0, 56.25, 0.0, 0.0]]
    assert received.tolist() == [[40.0, 50.0, 70.3125 + 0.25 * (200 - 2 * 70.3125), 15.0]]


def test_all_distributions_count_in_full() -> None:
    received, balance = split_cumulative(
        row(80, 100), row(100, 0), *terms(0.5, 0.25, 0.25), own=False
    )
    assert balance.tolist() == [[45.0, 0.0]]
    assert received.tolist() == [[40.0, 0.5 * 56.25 + 0.25 * 43.75]]


def test_a_later_draw_reopens_the_balance() -> None:
    received, balance = split_cumulative(
        row(100, 100, 100), row(50, 0, 50), *terms(0.5, 0.0, 0.0), own=True
    )
    assert balance.tolist() == [[0.0, 0.0, 0.0]]
    assert received.tolist() == [[50.0, 0.0, 50.0]]


def test_a_share_of_nothing_recovers_only_what_is_not_owed() -> None:
    received, balance = split_cumulative(
        row(100, 100), row(0, 50), *terms(0.0, 0.25, 0.0), own=True
    )
    assert received.tolist() == [[25.0, 0.0]]
    assert balance.tolist() == [[0.0, 50.0]]


def test_a_period_owes_interest_principal_and_what_was_short() -> None:
    # Year 0: 10 of interest, 50 of principal, 40 received, 20 short. Year 1: 5 + 50 + 20·1.1.
    received, short = split_per_period(
        row(80, 400),
        row(100, 0),
        row(50, 50),
        *terms(0.5, 0.25, 0.1),
        own=True,
        shortfall_interest=True,
    )
    assert short.tolist() == [[pytest.approx(20.0), 0.0]]
    assert received.tolist() == [[40.0, pytest.approx(77 + 0.25 * (400 - 2 * 77))]]


def test_a_shortfall_may_be_carried_without_interest() -> None:
    received, _ = split_per_period(
        row(80, 400),
        row(100, 0),
        row(50, 50),
        *terms(0.5, 0.25, 0.1),
        own=True,
        shortfall_interest=False,
    )
    assert received[0, 1] == pytest.approx(75 + 0.25 * (400 - 2 * 75))


def test_interest_is_on_what_is_still_outstanding_with_this_years_draw() -> None:
    _, short = split_per_period(
        row(0, 0, 0),
        row(100, 60, 0),
        row(0, 100, 60),
        *terms(0.5, 0.25, 0.5),
        own=True,
        shortfall_interest=False,
    )
    assert short.tolist() == [[50.0, 50.0 + 80.0 + 100.0, 230.0 + 30.0 + 60.0]]


def test_what_is_repaid_beyond_the_principal_leaves_nothing_outstanding() -> None:
    _, short = split_per_period(
        row(0, 0),
        row(10, 0),
        row(30, 0),
        *terms(0.5, 0.25, 1.0),
        own=False,
        shortfall_interest=False,
    )
    assert short.tolist() == [[40.0, 40.0]]


def test_what_a_year_owes_is_never_below_0() -> None:
    received, short = split_per_period(
        row(0, 40),
        row(100, 0),
        row(0, 20),
        *terms(0.5, 0.25, -0.5),
        own=True,
        shortfall_interest=True,
    )
    assert received.tolist() == [[0.0, 10.0]]
    assert short.tolist() == [[0.0, 0.0]]


def test_rounding_never_gives_the_payer_more_than_the_cash() -> None:
    numbers = np.random.default_rng(0)
    cash, due = numbers.random((2, 1, 5000)) * 1e9
    received, _ = split_cumulative(cash, np.minimum(cash, due), *terms(1.0, 1.0, 0.0), own=True)
    assert (received <= cash).all()
    assert (received >= cash * (1.0 - 2.0**-52)).all()


@pytest.mark.parametrize("cases", [1, 3])
def test_results_have_a_row_for_each_case_and_a_column_for_each_period(cases: int) -> None:
    rate = np.full((cases, 2), 0.1)
    one = np.array([0.5])
    for received, balance in (
        split_cumulative(row(1, 2), row(3, 0), one, one, rate, own=True),
        split_per_period(
            row(1, 2), row(3, 0), row(1, 1), one, one, rate, own=True, shortfall_interest=True
        ),
    ):
        assert received.shape == balance.shape == (cases, 2)
        assert received.flags.f_contiguous


def test_recovery_is_exact_where_the_cash_just_makes_it() -> None:
    due = np.random.default_rng(1).random((1, 2000)) * 1e9
    for before in (0.1, 0.3, 0.7):
        for cash in (due / before, due / before * 1.5):
            for split in (split_cumulative, split_per_period):
                more = (0.0 * due,) if split is split_per_period else ()
                interest = {"shortfall_interest": True} if more else {}
                draws = more[0] if more else due
                repaid = (due,) if more else ()
                _, balance = split(
                    cash, draws, *repaid, *terms(before, 0.5, 0.0), own=True, **interest
                )
                assert not balance.any()


def test_a_share_next_to_nothing_recovers_next_to_nothing() -> None:
    received, balance = split_cumulative(
        row(1e9, 1e9), row(1e12, 0), *terms(1e-300, 0.5, 0.0), own=True
    )
    assert received.tolist() == [[1e-291, 1e-291]]
    assert balance.tolist() == [[1e12, 1e12]]


def test_cents_that_nothing_recovers_stay_due() -> None:
    received, balance = split_cumulative(row(8), row(0.5), *terms(0.0, 0.25, 0.0), own=True)
    assert (received.tolist(), balance.tolist()) == ([[0.0]], [[0.5]])


@pytest.mark.parametrize("many", range(5))
def test_any_argument_may_bring_the_cases(many: int) -> None:
    one = [row(10), row(4), *terms(0.5, 0.25, 0.0)]
    one[many] = np.repeat(one[many], 3, axis=0)
    received, balance = split_cumulative(*one, own=True)
    assert received.tolist() == [[4 + 0.25 * 2]] * 3
    assert balance.tolist() == [[0.0]] * 3
    received, short = split_per_period(
        *one[:2], row(4), *one[2:], own=True, shortfall_interest=False
    )
    assert received.tolist() == [[4 + 0.25 * 2]] * 3
    assert short.tolist() == [[0.0]] * 3
