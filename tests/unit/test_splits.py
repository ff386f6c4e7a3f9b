import numpy as np
import pytest

from tariffcalc.pledge.splits import Deadline, split_cumulative, split_per_period


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


def late(period: float, share: float, least: float = 0.0) -> Deadline:
    return Deadline(*(np.array([value]) for value in (period, share, least)))


@pytest.mark.parametrize("kind", ["cumulative", "per_period"])
def test_an_adjusted_share_starts_with_its_period_and_ends_with_recovery(kind: str) -> None:
    flows = [row(20, 20, 100, 20), row(60, 0, 0, 10)]
    if kind == "per_period":
        flows.append(row(60, 0, 0, 10))
    split = split_cumulative if kind == "cumulative" else split_per_period
    more = {} if kind == "cumulative" else {"shortfall_interest": True}
    received, owed = split(*flows, *terms(0.5, 0.25, 0.0), own=True, deadline=late(1, 0.75), **more)
    assert owed.tolist() == [[50.0, 35.0, 0.0, 0.0]]
    last = 35 + 0.25 * (100 - 35 / 0.75)
    assert received.tolist() == [[10.0, 15.0, pytest.approx(last), 10.0]]


def test_a_deadline_that_is_kept_or_that_is_not_there_changes_nothing() -> None:
    flows = [row(20, 20, 100, 20), row(60, 0, 0, 10), *terms(0.5, 0.25, 0.0)]
    plain = split_cumulative(*flows, own=True)
    for deadline in (late(3, 0.75), late(0, 0.75), late(9, 0.75), late(1, 0.75, least=50.0)):
        found = split_cumulative(*flows, own=True, deadline=deadline)
        assert [array.tolist() for array in found] == [array.tolist() for array in plain]
    just = split_cumulative(*flows, own=True, deadline=late(1, 0.75, least=49.9))
    assert just[0][0, 1] == 15.0


def test_the_terms_of_a_deadline_may_bring_the_cases() -> None:
    flows = [row(20, 20), row(60, 0), *terms(0.5, 0.25, 0.0)]
    for brought in ("period", "share", "least"):
        one = {"period": np.array([1.0]), "share": np.array([0.75]), "least": np.zeros(1)}
        one[brought] = np.repeat(one[brought], 3)
        received, _ = split_cumulative(*flows, own=True, deadline=Deadline(**one))
        assert received.tolist() == [[10.0, 15.0]] * 3


def test_a_rate_may_change_from_period_to_period() -> None:
    before, after, _ = terms(0.5, 0.25, 0.0)
    rate = row(0.5, 0.0, 1.0)
    _, owed = split_cumulative(row(0, 0, 0), row(8, 0, 0), before, after, rate, own=True)
    assert owed.tolist() == [[12.0, 12.0, 24.0]]
    _, short = split_per_period(
        row(0, 0, 0),
        row(8, 0, 0),
        row(0, 4, 4),
        before,
        after,
        rate,
        own=True,
        shortfall_interest=True,
    )
    # 4; then 4 + 4; then 4 of interest on the 4 outstanding, 4 due, and twice the 8.
    assert short.tolist() == [[4.0, 8.0, 24.0]]


def test_a_share_near_0_before_recovery_overflows_nothing() -> None:
    for before in (0.0, 5e-324, 1e-309):
        received, balance = split_cumulative(
            row(8, 8), row(4, 0), *terms(before, 1.0, 0.0), own=True
        )
        assert (received[0, :1].tolist(), balance.tolist()) == ([8.0 * before], [[4.0, 4.0]])
        nothing, _ = split_cumulative(row(8), row(0), *terms(before, 1.0, 0.0), own=True)
        assert nothing.tolist() == [[8.0]]
