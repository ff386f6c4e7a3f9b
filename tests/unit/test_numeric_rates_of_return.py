import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tariffcalc.numeric import rates_of_return
from tariffcalc.numeric.rates_of_return import GRID, SEARCHED, count_and_least_root, worth
from tariffcalc.numeric.rates_of_return import count_and_root as solve
from tariffcalc.numeric.roots import bracketed_roots

UNIT = Fraction(1, 2**53)
WHOLE = st.integers(-(10**6), 10**6).filter(bool).map(float)


def polynomial(rates: list[Fraction]) -> list[float]:
    """Flows whose net present value is 0 at these rates and at no other: Π (1 − (1+rate)·v)."""
    flows = [Fraction(1)]
    for rate in rates:
        longer = [*flows, Fraction(0)]
        shifted = [Fraction(0), *flows]
        flows = [a - (1 + rate) * b for a, b in zip(longer, shifted, strict=True)]
    return [float(flow) for flow in flows]


def count_and_root(flows: list[float]) -> tuple[int, float]:
    counts, roots = count_and_least_root(np.array([flows]))
    return int(counts[0]), float(roots[0])


def test_the_grid_rises_from_nearly_minus_1_to_a_million_through_0_itself() -> None:
    steps = np.diff(np.log1p(GRID))
    assert GRID.shape == (381,)
    assert abs(1 + GRID[0] - 1e-4) <= math.ulp(GRID[0])
    assert abs(GRID[-1] - 999_999.0) <= 8 * math.ulp(999_999.0)  # expm1 of 13.8: 8 ulps or less
    assert 0.0 in GRID
    assert steps.min() > 0.004
    assert steps.max() < 0.23
    near = np.abs(GRID) < 0.5
    assert steps[near[:-1]].max() < 0.00501


@given(st.lists(WHOLE, min_size=1, max_size=20), st.floats(-0.9, 5.0))
def test_the_worth_is_the_exact_sum_scaled_below_rates_of_0(flows: list, rate: float) -> None:
    rows = np.array([flows])
    found = worth(rows, rows, np.array([rate]))
    growth, last = 1 + Fraction(rate), len(flows) - 1
    powers = [growth ** (-k if rate >= 0 else last - k) for k in range(len(flows))]
    terms = [Fraction(flow) * power for flow, power in zip(flows, powers, strict=True)]
    # Each step of Horner's scheme rounds the product and the sum, and v itself carries two.
    bound = (4 * len(flows) + 1) * UNIT * sum(map(abs, terms))
    assert found.shape == (1,)
    assert abs(Fraction(found[0]) - sum(terms)) <= bound


def test_the_worth_reads_the_early_rows_from_0_on_and_the_late_rows_below() -> None:
    early, late = np.array([[1.0, 2.0, 4.0]]), np.array([[8.0, 16.0, 32.0]])
    rates = np.array([1.0, 0.0, -0.5])
    assert worth(early, late, rates).tolist() == [3.0, 7.0, 42.0]


def test_the_worth_is_finite_at_both_ends_of_the_grid() -> None:
    rows = np.full((1, 1200), 1e12)
    # 1e12·(1 + x + x² + …) with x = 1e-6 and 1e-4.
    assert worth(rows, rows, GRID[[-1]])[0] == pytest.approx(1e12 / (1 - 1e-6), rel=1e-15)
    assert worth(rows, rows, GRID[[0]])[0] == pytest.approx(1e12 / (1 - 1e-4), rel=1e-15)


@pytest.mark.parametrize(
    "rates",
    [
        ["1/10"],
        ["-99/100"],
        ["-9/10"],
        ["1/1000"],
        ["50000"],
        ["1/10", "1/5"],
        ["-1/2", "1/2"],
        ["-9/10", "0", "9"],
        ["1/20", "1/10", "3/20", "1/5"],
        ["-1/4", "1/3"],
        ["1/10", "1/2", "2"],
    ],
)
def test_all_roots_of_a_polynomial_are_counted_and_the_least_is_returned(rates: list) -> None:
    exact = [Fraction(rate) for rate in rates]
    flows = polynomial(exact)
    count, root = count_and_root(flows)
    assert count == len(rates)
    # The flows are rounded once and Horner's scheme rounds each four times a period; a root moves
    # by that error of the sum over the slope, both taken at the root. Then 8e-16 of the root for
    # the last bracket, and as much for the rounding of the rate itself.
    least = exact[0]
    powers = [(1 + least) ** -k for k in range(len(flows))]
    size = sum(abs(Fraction(flow)) * power for flow, power in zip(flows, powers, strict=True))
    slope = abs(
        sum(
            k * Fraction(flow) * power / (1 + least)
            for k, (flow, power) in enumerate(zip(flows, powers, strict=True))
        )
    )
    bound = (4 * len(flows) + 1) * UNIT * size / slope + Fraction(16, 10**16) * abs(least)
    assert abs(Fraction(root) - least) <= bound


def test_a_root_on_the_grid_is_counted_once() -> None:
    assert count_and_root([-1.0, 1.0]) == (1, 0.0)
    assert count_and_root([1.0, -1.0]) == (1, 0.0)
    for place in [40, 100, 250, 330, 379]:
        count, root = count_and_root([-1.0, float(1.0 + GRID[place])])
        assert count == 1
        # 1 + rate was rounded by at most half an ulp of itself.
        assert abs(root - GRID[place]) <= math.ulp(1.0 + GRID[place]) + 8e-16 * abs(root)


def test_a_root_at_the_first_rate_of_the_grid_is_not_counted() -> None:
    assert count_and_root([-1.0, float(1.0 + GRID[0])])[0] == 0


def test_a_root_that_only_touches_0_is_seen_on_the_grid_and_not_beside_it() -> None:
    assert count_and_root([1.0, -2.0, 1.0]) == (1, 0.0)
    assert count_and_root(polynomial([Fraction(1, 7), Fraction(1, 7)]))[0] == 0


@pytest.mark.parametrize(
    "rates",
    [
        ["1/1000", "2/1000"],
        ["1/1000", "9/1000"],
        ["-2/1000", "-1/1000"],
        ["-1/1000", "1/1000"],
        ["-999/1000", "-998/1000"],
        ["100000", "100001"],
        ["1/1000", "2/1000", "1/2", "501/1000"],
        ["-1/2", "1/1000", "2/1000"],
    ],
)
def test_two_roots_inside_one_step_of_the_grid_are_told_apart(rates: list) -> None:
    flows = np.array([polynomial([Fraction(rate) for rate in rates])])
    exact = [float(Fraction(rate)) for rate in rates]
    for which, expected in (("lowest", exact[0]), ("highest", exact[-1])):
        counts, roots = solve(flows, which, np.zeros(1))
        assert counts.tolist() == [len(rates)]
        assert roots[0] == pytest.approx(expected, rel=1e-7)
    for rate in exact:
        # Roots a thousandth apart hang on the last digits of the flows.
        assert solve(flows, "nearest", np.array([rate]))[1][0] == pytest.approx(rate, rel=1e-7)


def test_a_root_beside_one_on_the_grid_is_not_seen() -> None:
    assert count_and_root(polynomial([Fraction(0), Fraction(1, 1000)])) == (1, 0.0)
    assert count_and_root(polynomial([Fraction(0), Fraction(9, 1000)])) == (2, 0.0)


def test_each_row_gets_the_root_it_is_asked_for() -> None:
    flows = np.array([[100.0, -230.0, 132.0]] * 4 + [[-100.0, 130.0, 0.0], [1.0, 1.0, 1.0]])
    near = np.array([0.14, 0.15, 0.16, 9.0, 9.0, 0.0])
    counts, roots = solve(flows, "nearest", near)
    assert counts.tolist() == [2, 2, 2, 2, 1, 0]
    assert roots[[0, 2, 3, 4]] == pytest.approx([0.1, 0.2, 0.2, 0.3], rel=1e-13)
    assert roots[1] in (roots[0], roots[2])


@pytest.mark.parametrize("flows", [[0.0, 0.0], [1.0, 2.0], [-1.0, 0.0], [-1.0, 2e6], [-1.0, 5e-5]])
def test_rows_without_a_root_between_the_ends_of_the_grid_count_0(flows: list[float]) -> None:
    assert count_and_root(flows)[0] == 0


@given(
    st.lists(WHOLE, min_size=2, max_size=8),
    st.integers(0, 120),
    st.integers(0, 120),
)
def test_zeros_in_front_and_behind_change_no_bit(flows: list, before: int, behind: int) -> None:
    bare = count_and_least_root(np.array([flows]))
    padded = count_and_least_root(np.array([[0.0] * before + flows + [0.0] * behind]))
    assert padded[0].tolist() == bare[0].tolist()
    assert padded[1].tobytes() == bare[1].tobytes()


@given(
    hnp.arrays(
        float, st.tuples(st.integers(1, 6), st.integers(1, 8)), elements=WHOLE | st.just(0.0)
    )
)
def test_one_row_has_the_bits_it_has_in_a_batch(flows: np.ndarray) -> None:
    counts, roots = count_and_least_root(flows)
    for row in range(len(flows)):
        count, root = count_and_least_root(flows[[row]])
        assert count[0] == counts[row]
        assert root.tobytes() == roots[[row]].tobytes()


def test_rows_beyond_the_first_block_are_refined_like_the_first() -> None:
    flows = np.array([[-100.0, 100.0 + row, 1.0] for row in range(2 * SEARCHED + 3)])
    counts, roots = count_and_least_root(flows)
    assert counts.tolist() == [1] * len(flows)
    for row in [0, SEARCHED - 1, SEARCHED, 2 * SEARCHED - 1, 2 * SEARCHED, 2 * SEARCHED + 2]:
        assert count_and_least_root(flows[[row]])[1].tobytes() == roots[[row]].tobytes()
    assert (np.diff(roots) > 0.0).all()


def test_rows_are_refined_a_block_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = []

    def spy(function: Callable, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        blocks.append(len(low))
        return bracketed_roots(function, low, high)

    monkeypatch.setattr(rates_of_return, "bracketed_roots", spy)
    # Roots at 10% and 20%: two changes of sign, so that the whole grid is searched.
    counts, _ = count_and_least_root(np.tile([-100.0, 230.0, -132.0], (2 * SEARCHED + 3, 1)))
    assert blocks == [SEARCHED, SEARCHED, 3]
    assert counts.tolist() == [2] * (2 * SEARCHED + 3)


def test_rows_are_turned_a_block_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks, quick = [], rates_of_return.quick_roots
    monkeypatch.setattr(rates_of_return, "ROWS", 4)
    monkeypatch.setattr(
        rates_of_return, "quick_roots", lambda rows: blocks.append(rows.shape) or quick(rows)
    )
    flows = np.array([[-100.0, 100.0 + row] for row in range(10)])
    counts, roots = count_and_least_root(flows)
    assert blocks == [(2, 4), (2, 4), (2, 2)]
    assert counts.tolist() == [1] * 10
    assert roots == pytest.approx(np.arange(10) / 100, rel=1e-13, abs=1e-16)


def test_a_row_that_changes_sign_once_is_not_searched_on_the_grid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rates_of_return, "_count_and_refine", None)
    flows = np.array([[-1.0, 90.0, 0.0, 1e6], [-1.0, 0.5, 0.6, 0.0], [1.0, 1.0, 0.0, 0.0]])
    assert count_and_least_root(flows)[0].tolist() == [1, 1, 0]


@pytest.mark.parametrize("ends", [(0, 1), (-2, -1)])
def test_roots_next_to_the_ends_of_the_grid_are_found(ends: tuple) -> None:
    rate = float(0.5 * (GRID[ends[0]] + GRID[ends[1]]))
    count, root = count_and_root([-1.0, 1.0 + rate])
    assert count == 1
    assert root == pytest.approx(rate, rel=1e-12)


def test_counts_are_whole_numbers_and_the_flows_are_left_alone() -> None:
    flows = np.array([[0.0, -100.0, 110.0, 0.0]])
    counts, _ = count_and_least_root(flows)
    assert counts.dtype == np.int64
    assert flows.tolist() == [[0.0, -100.0, 110.0, 0.0]]


def test_no_row_gives_no_count_and_no_root() -> None:
    counts, roots = count_and_least_root(np.zeros((0, 3)))
    assert counts.shape == roots.shape == (0,)
