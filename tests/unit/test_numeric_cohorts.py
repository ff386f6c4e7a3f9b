from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tariffcalc.numeric.cohorts import (
    Level,
    level_profile,
    pay_by_age,
    pay_by_start,
    pay_levels,
    running,
    scaled,
)

SHAPES = st.tuples(st.integers(1, 4), st.integers(1, 8), st.integers(0, 8)).filter(
    lambda shape: shape[2] <= shape[1]
)
AMOUNTS = st.floats(-1e6, 1e6, allow_subnormal=False) | st.just(0.0)


def tables(elements: st.SearchStrategy) -> st.SearchStrategy:
    """Draws (cases, periods) and a profile (cases or 1, ages)."""
    return SHAPES.flatmap(
        lambda shape: st.tuples(
            hnp.arrays(float, (shape[0], shape[1]), elements=elements),
            hnp.arrays(
                float, st.sampled_from([(1, shape[2]), (shape[0], shape[2])]), elements=elements
            ),
        )
    )


def by_triple_loop(draws: np.ndarray, profile: np.ndarray, kind: type) -> list[list]:
    paid = [[kind(0) for _ in row] for row in draws]
    for case, row in enumerate(draws):
        for start, drawn in enumerate(row):
            for age, share in enumerate(profile[case % len(profile)]):
                if start + age < len(row):
                    paid[case][start + age] += kind(drawn) * kind(share)
    return paid


@given(tables(st.integers(-1000, 1000).map(float)))
def test_payments_equal_a_triple_loop_in_fractions(given_tables: tuple) -> None:
    draws, profile = given_tables
    # Whole numbers below 2**53 make every product and sum exact: no tolerance.
    assert pay_by_age(draws, profile).tolist() == by_triple_loop(draws, profile, Fraction)


@given(tables(AMOUNTS))
def test_payments_are_added_in_the_order_of_the_draws(given_tables: tuple) -> None:
    draws, profile = given_tables
    assert pay_by_age(draws, profile).tolist() == by_triple_loop(draws, profile, float)


@given(tables(AMOUNTS))
def test_one_case_has_the_bits_it_has_in_a_batch(given_tables: tuple) -> None:
    draws, profile = given_tables
    together = pay_by_age(draws, profile)
    for case in range(len(draws)):
        own = profile[case % len(profile)][np.newaxis]
        assert pay_by_age(draws[case : case + 1], own)[0].tobytes() == together[case].tobytes()


@given(tables(AMOUNTS), st.integers(1, 5))
def test_a_longer_horizon_changes_no_earlier_payment(given_tables: tuple, more: int) -> None:
    draws, profile = given_tables
    longer = pay_by_age(np.pad(draws, ((0, 0), (0, more))), profile)
    assert longer[:, : draws.shape[1]].tobytes() == pay_by_age(draws, profile).tobytes()


def test_a_draw_after_a_period_without_draws_is_still_paid_on() -> None:
    paid = pay_by_age(np.array([[0.0, 2.0, 0.0, 1.0]]), np.array([[1.0, 10.0, 100.0]]))
    assert paid.tolist() == [[0.0, 2.0, 20.0, 201.0]]


def test_one_row_of_draws_serves_all_profiles() -> None:
    paid = pay_by_age(np.array([[1.0, 3.0]]), np.array([[1.0, 0.0], [0.5, 2.0], [0.0, 1.0]]))
    assert paid.tolist() == [[1.0, 3.0], [0.5, 3.5], [0.0, 1.0]]


def test_payments_are_laid_out_by_period() -> None:
    assert pay_by_age(np.ones((3, 5)), np.ones((1, 2))).flags.f_contiguous


@given(
    delay=st.lists(st.floats(0, 6), min_size=1, max_size=4),
    length=st.floats(0, 6),
    ages=st.integers(0, 12),
)
def test_a_level_profile_is_1_from_the_delay_on_for_the_length(
    delay: list[float], length: float, ages: int
) -> None:
    profile = level_profile(np.array(delay), np.array([length]), ages)
    assert profile.tolist() == [
        [1.0 if first <= age < first + length else 0.0 for age in range(ages)] for first in delay
    ]


def test_a_level_profile_begins_at_its_delay_and_ends_before_its_last() -> None:
    profile = level_profile(np.array([0.0, 2.0, 4.0]), np.array([3.0, 3.0, 0.0]), 6)
    assert profile.tolist() == [[1, 1, 1, 0, 0, 0], [0, 0, 1, 1, 1, 0], [0, 0, 0, 0, 0, 0]]
    assert profile.dtype == np.float64
    assert profile.flags.f_contiguous


def test_each_draw_is_paid_by_the_profile_of_the_rates_it_sees() -> None:
    draws, rates = np.array([[1.0, 0.0, 2.0, 0.0]]), np.array([[1.0, 2.0, 3.0, 4.0]])
    seen = []

    def profile(own: np.ndarray) -> np.ndarray:
        seen.append(own.tolist())
        return own * 10.0

    paid = pay_by_start(draws, rates, profile, 2)
    assert seen == [[[1.0, 2.0]], [[3.0, 4.0]]]
    assert paid.tolist() == [[10.0, 20.0, 60.0, 80.0]]
    assert paid.flags.f_contiguous
    assert pay_by_start(np.zeros((1, 3)), rates, profile, 2).tolist() == [[0.0, 0.0, 0.0]]


def test_draws_that_overlap_add_up_case_by_case() -> None:
    draws, rates = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0]]), np.array([[1.0, 2.0, 4.0]])
    paid = pay_by_start(draws, rates, lambda own: own, 2)
    assert paid.tolist() == [[1.0, 4.0, 4.0], [0.0, 2.0, 4.0]]
    many = pay_by_start(draws[:1], rates, lambda own: own * np.array([[1.0], [2.0]]), 2)
    assert many.tolist() == [[1.0, 4.0, 4.0], [2.0, 8.0, 8.0]]


def spans(cases: int) -> st.SearchStrategy:
    """Whole delays and lengths of some cases."""
    whole = st.lists(st.integers(0, 6), min_size=cases, max_size=cases)
    return whole.map(lambda ages: np.array(ages, dtype=float))


def windows(draws: list, delay: float, length: float) -> list:
    """Return the sums over the draws of the ages, added in their order."""
    found = []
    for period in range(len(draws)):
        total = 0.0
        for start, drawn in enumerate(draws):
            total += drawn if delay <= period - start < delay + length else 0.0
        found.append(total)
    return found


@given(st.lists(AMOUNTS, min_size=1, max_size=8), st.integers(1, 60).flatmap(spans), st.data())
def test_running_sums_of_equal_draws_are_those_of_each_case(
    draws: list, delay: np.ndarray, data: st.DataObject
) -> None:
    length = data.draw(spans(delay.size) | spans(1))
    found = running(np.array([draws]), delay, length)
    lengths = np.broadcast_to(length, delay.shape)
    expected = [windows(draws, *pair) for pair in zip(delay, lengths, strict=True)]
    assert found.tolist() == expected
    assert found.flags.f_contiguous


@given(hnp.arrays(float, (3, 5), elements=AMOUNTS), spans(3), spans(1))
def test_running_sums_of_own_draws(draws: np.ndarray, delay: np.ndarray, one: np.ndarray) -> None:
    found = running(draws, delay, one)
    pairs = zip(draws.tolist(), delay, strict=True)
    assert found.tolist() == [windows(own, first, one[0]) for own, first in pairs]


def test_levels_pay_their_amounts_together() -> None:
    ten, one, two = (np.array([float(x)]) for x in (10, 1, 2))
    draws, levels = np.array([[1.0, 1.0, 0.0, 0.0]]), (Level(ten, one, two), Level(one, two, one))
    assert pay_levels(draws, levels).tolist() == [[0, 10, 21, 11]]
    half = scaled(levels, np.array([0.5, 0.25]))
    assert [level.amount.tolist() for level in half] == [[5.0, 2.5], [0.5, 0.25]]
    assert [level.delay is own.delay for level, own in zip(half, levels, strict=True)] == [True] * 2
    assert [level.length.tolist() for level in half] == [[2.0], [1.0]]
    assert pay_levels(draws, half).tolist() == [[0, 5, 10.5, 5.5], [0, 2.5, 5.25, 2.75]]
    assert pay_levels(draws, ()).tolist() == [[0.0] * 4]
    assert pay_levels(draws, half).flags.f_contiguous


def test_amounts_of_cases_meet_delays_of_cases() -> None:
    both = Level(np.array([1.0, 2.0]), np.array([0.0, 1.0]), np.array([1.0]))
    assert pay_levels(np.array([[3.0, 0.0]]), (both,)).tolist() == [[3, 0], [0, 6]]
