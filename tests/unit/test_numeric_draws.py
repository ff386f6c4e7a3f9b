import numpy as np
import pytest

from tariffcalc.numeric.draws import Deferral, Limits, filled_in_order, limited, paid_late


def one(value: float) -> np.ndarray:
    return np.array([value])


def rows(*lists: list) -> np.ndarray:
    return np.asfortranarray(lists, dtype=float)


def drawn(requests: list, limits: Limits, per_year: int = 1, most: int = 100) -> list:
    found, left = limited(rows(requests), limits, per_year, most)
    assert not left.any()
    assert found.flags.f_contiguous
    return found[0].tolist()


def test_a_cap_is_per_calendar_year() -> None:
    assert drawn([1.0], Limits(one(0.375))) == [0.375, 0.375, 0.25]
    assert drawn([0.5, 0.5], Limits(one(0.375)), 2) == [0.375, 0.0, 0.375, 0.0, 0.25]
    assert drawn([0.25, 0.25, 0.5, 0.0], Limits(one(0.375)), 2) == [0.25, 0.125, 0.375, 0.0, 0.25]


def test_what_is_unused_is_lost_or_carried_over() -> None:
    asked = [0.0, 0.25, 0.75, 0.0]
    assert drawn(asked, Limits(one(0.375))) == [0.0, 0.25, 0.375, 0.375]
    assert drawn(asked, Limits(one(0.375), carry_over=True)) == [0.0, 0.25, 0.75, 0.0]
    asked = [0.0, 0.0, 1.0]
    assert drawn(asked, Limits(one(0.25), carry_over=True)) == [0.0, 0.0, 0.75, 0.25]
    assert drawn(asked, Limits(one(0.25), carry_over=True), 2) == [
        0.0,
        0.0,
        0.5,
        0.0,
        0.25,
        0.0,
        0.25,
    ]


def test_named_years_have_caps_of_their_own() -> None:
    named = {0: one(0.125), 2: one(0.0)}
    assert drawn([1.0], Limits(one(0.5), named)) == [0.125, 0.5, 0.0, 0.375]
    assert drawn([1.0], Limits(one(0.5), named, carry_over=True)) == [0.125, 0.5, 0.0, 0.375]
    assert drawn([1.0], Limits(one(np.inf), named)) == [0.125, 0.875]


def test_nothing_is_drawn_before_the_first_period() -> None:
    assert drawn([0.5, 0.5], Limits(one(np.inf), first=3)) == [0.0, 0.0, 0.0, 1.0]
    assert drawn([0.25, 0.75], Limits(one(np.inf), first=-2)) == [0.25, 0.75]
    assert drawn([1.0], Limits(one(0.5), first=3), 2) == [0.0, 0.0, 0.0, 0.5, 0.5]
    assert drawn([1.0], Limits(one(0.25), first=2, carry_over=True)) == [0.0, 0.0, 0.75, 0.25]


def test_a_trillionth_of_the_cap_is_no_draw_of_its_own() -> None:
    for excess, count in ((0.9e-12, 1), (1.1e-12, 2)):
        found, _ = limited(rows([0.25 * (1.0 + excess)]), Limits(one(0.25)), 1, 9)
        assert np.count_nonzero(found) == count
        assert found.sum() == 0.25 * (1.0 + excess)
    assert drawn([0.1] * 10, Limits(one(0.1))) == [0.1] * 10


def deferral(capacity: float, accepted: float, slip: int) -> Deferral:
    return Deferral(one(capacity), one(accepted), np.array([slip]))


def test_the_excess_of_a_year_slips() -> None:
    free = one(np.inf)
    assert drawn([1.0], Limits(free, deferral=deferral(0.5, 1.0, 1))) == [0.5, 0.5]
    assert drawn([1.0], Limits(free, deferral=deferral(0.25, 1.0, 2))) == [
        0.25,
        0,
        0.25,
        0,
        0.25,
        0,
        0.25,
    ]
    assert drawn([1.0], Limits(free, deferral=deferral(0.5, 0.5, 1))) == [0.75, 0.25]
    assert drawn([1.0], Limits(free, deferral=deferral(0.5, 0.0, 1))) == [1.0]


def test_the_excess_is_that_of_the_year_to_date() -> None:
    asked = [0.25, 0.25, 0.25, 0.25]
    found = drawn(asked, Limits(one(np.inf), deferral=deferral(0.625, 1.0, 4)), 4)
    assert found == [0.25, 0.25, 0.125, 0.0, 0.0, 0.0, 0.125, 0.25]
    found = drawn(asked, Limits(one(np.inf), deferral=deferral(0.125, 0.5, 2)), 2)
    # Of 0.25 half of 0.125 slips, then half of 0.25: 0.0625 and 0.125 are asked for a year later.
    assert sum(found) == 1.0
    assert found[:2] == [0.1875, 0.125]


def test_what_slips_leaves_unused_cap_that_may_be_carried_over() -> None:
    late = deferral(0.25, 1.0, 2)
    # Year 0 draws 0.25 of 0.375 and leaves 0.125 to the cap of year 1, if it is carried over.
    lost = drawn([1.0], Limits(one(0.375), deferral=late))
    kept = drawn([1.0], Limits(one(0.375), carry_over=True, deferral=late))
    assert lost == [0.25, 0.25, 0.25, 0.125, 0.125]
    assert kept == [0.25, 0.25, 0.25, 0.25]


def test_a_trillionth_of_the_capacity_is_no_excess() -> None:
    for excess, count in ((0.9e-12, 1), (1.1e-12, 2)):
        limits = Limits(one(np.inf), deferral=deferral(0.25, 1.0, 1))
        found, _ = limited(rows([0.25 * (1.0 + excess)]), limits, 1, 9)
        assert np.count_nonzero(found) == count


def test_what_is_left_after_the_last_period_is_told() -> None:
    found, left = limited(rows([1.0]), Limits(one(0.25)), 1, 3)
    assert (found.tolist(), left.tolist()) == ([[0.25] * 3], [0.25])
    slow = Limits(one(0.5), deferral=deferral(0.125, 1.0, 4))
    found, left = limited(rows([1.0]), slow, 1, 2)
    assert (found.tolist(), left.tolist()) == ([[0.125, 0.125]], [0.75])
    assert limited(rows([1.0]), Limits(one(0.25)), 1, 4)[1].tolist() == [0.0]


def test_cases_have_limits_of_their_own() -> None:
    slips = Deferral(np.array([0.5, 0.5, 9.0]), one(1.0), np.array([1, 2, 3]))
    limits = Limits(np.array([1.0, 0.75, 0.5]), {1: np.array([1.0, 0.25, 0.0])}, deferral=slips)
    found, left = limited(rows([1.0]), limits, 1, 9)
    assert found.tolist() == [[0.5, 0.5, 0, 0], [0.5, 0.25, 0.25, 0], [0.5, 0, 0.5, 0]]
    assert not left.any()
    apart = Limits(np.array([1.0, 0.25, 0.5]))
    assert limited(rows([1.0]), apart, 1, 9)[0].tolist() == [
        [1.0, 0.0, 0.0, 0.0],
        [0.25, 0.25, 0.25, 0.25],
        [0.5, 0.5, 0.0, 0.0],
    ]


def test_parts_are_filled_in_their_order() -> None:
    drawn_ = rows([0.25, 0.25, 0.5])
    for own, later, expected in (
        (0.25, 0.75, [1.0, 0.0, 0.0]),
        (0.375, 0.375, [0.0, 2 / 3, 1 / 3]),
        (0.375, 0.0, [0.0, 0.0, 1.0]),
        (1.0, 0.0, [0.25, 0.25, 0.5]),
        (0.0, 0.5, [0.25, 0.25, 0.5]),
    ):
        found = filled_in_order(drawn_, one(own), one(later))
        assert found[0].tolist() == pytest.approx(expected, rel=1e-15)
        assert found.flags.f_contiguous


def test_rounding_at_the_end_of_a_part_is_no_draw_of_the_next() -> None:
    drawn_ = rows([0.1] * 10)
    first = filled_in_order(drawn_, one(0.3), one(0.7))[0]
    last = filled_in_order(drawn_, one(0.7), one(0.0))[0]
    assert np.count_nonzero(first) == 3
    assert np.count_nonzero(last) == 7
    assert first.sum() == pytest.approx(1.0, rel=1e-15)


def test_rounding_at_the_start_of_a_part_is_no_draw_of_it() -> None:
    last = filled_in_order(rows([0.1] * 10), one(0.8), one(0.0))[0]
    assert last[:2].tolist() == [0.0, 0.0]
    assert np.count_nonzero(last) == 8


def test_parts_differ_by_case() -> None:
    found = filled_in_order(rows([0.5, 0.5]), np.array([0.5, 0.25]), np.array([0.5, 0.0]))
    assert found.tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_unpaid_calls_are_paid_later_or_never() -> None:
    calls, unpaid = rows([0.5, 0.25, 0.25]), rows([0.0, 0.125, 0.0])
    paid, open_calls = paid_late(calls, unpaid, None)
    assert (paid.tolist(), open_calls.tolist()) == ([[0.5, 0.125, 0.25]], [[0.0, 1.0, 1.0]])
    paid, open_calls = paid_late(calls, unpaid, np.array([1]))
    assert (paid.tolist(), open_calls.tolist()) == ([[0.5, 0.125, 0.375]], [[0.0, 1.0, 0.0]])
    paid, open_calls = paid_late(calls, unpaid, np.array([3]))
    assert paid.tolist() == [[0.5, 0.125, 0.25, 0.0, 0.125]]
    assert open_calls.tolist() == [[0.0, 1.0, 1.0, 1.0, 0.0]]
    assert paid.flags.f_contiguous
    assert open_calls.flags.f_contiguous


def test_a_call_is_unpaid_until_the_last_of_its_year_is_made_good() -> None:
    calls = rows([0.25, 0.25, 0.25, 0.25])
    paid, open_calls = paid_late(calls, 0.5 * calls, np.array([2]))
    assert paid.tolist() == [[0.125, 0.125, 0.25, 0.25, 0.125, 0.125]]
    assert open_calls.tolist() == [[1.0, 1.0, 1.0, 1.0, 1.0, 0.0]]


def test_what_is_made_good_at_once_keeps_its_bits() -> None:
    calls, unpaid = rows([0.11, 0.89]), rows([0.04, 0.47])
    assert (0.11 - 0.04) + 0.04 != 0.11
    paid, open_calls = paid_late(calls, unpaid, np.array([0]))
    assert (paid.tolist(), open_calls.tolist()) == ([[0.11, 0.89]], [[0.0, 0.0]])
    paid, open_calls = paid_late(calls, np.zeros((1, 2)), np.array([3]))
    assert (paid.tolist(), open_calls.tolist()) == ([[0.11, 0.89]], [[0.0, 0.0]])


def test_each_case_is_late_by_its_own() -> None:
    calls = rows([0.5, 0.5])
    unpaid = rows([0.25, 0.0], [0.25, 0.0], [0.0, 0.5])
    paid, open_calls = paid_late(calls, unpaid, np.array([0, 1, 2]))
    assert paid.tolist() == [[0.5, 0.5, 0, 0], [0.25, 0.75, 0, 0], [0.5, 0, 0, 0.5]]
    assert open_calls.tolist() == [[0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 1, 0]]
