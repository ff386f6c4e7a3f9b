import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tariffcalc.numeric import single_root
from tariffcalc.numeric.rates_of_return import GRID, _aligned, _count_and_refine
from tariffcalc.numeric.single_root import VALUES, quick_roots, sign_changes, single_roots

AMOUNTS = st.integers(-9, 9).map(float)
FLOWS = st.lists(AMOUNTS, min_size=1, max_size=8)


def changes_by_hand(flows: list[float]) -> int:
    signs = [math.copysign(1, flow) for flow in flows if flow]
    return sum(one != other for one, other in pairwise(signs))


def solve(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    early, late = _aligned(rows)
    return single_roots(early.T.copy(), late.T.copy(), GRID[0], GRID[-1])


@given(st.lists(FLOWS, min_size=1, max_size=3))
def test_changes_of_sign_skip_zeros(rows: list) -> None:
    for row in rows:
        assert sign_changes(np.array([row]).T).tolist() == [changes_by_hand(row)]


@pytest.mark.parametrize("periods", [1, 255, 256, 257, 258, 600])
def test_flows_may_change_sign_in_every_period(periods: int) -> None:
    flows = np.tile([[1.0], [-1.0]], (300, 1))[:periods]
    assert sign_changes(flows).tolist() == [periods - 1]
    assert sign_changes(flows).dtype == np.int64


@st.composite
def projects(draw: st.DrawFn) -> list[float]:
    """Draw flows that change sign once: some of one sign, then some of the other, zeros between."""
    sides = [draw(st.lists(st.integers(0, 9), min_size=1, max_size=5).filter(any)) for _ in "ab"]
    sign = draw(st.sampled_from((-1.0, 1.0)))
    return [sign * flow for flow in sides[0]] + [-sign * flow for flow in sides[1]]


@given(projects())
def test_the_single_root_is_the_one_the_grid_brackets(flows: list) -> None:
    assert changes_by_hand(flows) == 1
    rows = np.array([flows])
    inside, root = solve(rows)
    counts, searched = _count_and_refine(*_aligned(rows), "lowest", np.zeros(1))
    assert inside.tolist() == [counts[0] == 1] == [True]
    # Both are the root of one polynomial evaluated with up to 16 roundings of each term: where it
    # is flat they may lie as far apart as its value is noise.
    growth = Fraction(1) + Fraction(float(root[0]))
    size = sum(abs(Fraction(flow)) / growth**k for k, flow in enumerate(flows))
    slope = abs(sum(k * Fraction(flow) / growth ** (k + 1) for k, flow in enumerate(flows)))
    assert abs(root[0] - searched[0]) <= 64 * 2.0**-53 * float(size / slope + growth)


@given(st.lists(st.integers(1, 9).map(float), min_size=1, max_size=8), st.integers(1, 99))
def test_a_row_has_the_root_it_has_alone(paid: list, cost: int) -> None:
    one = np.array([[-float(cost), *paid], [-1.0, *([0.25] * len(paid))]])
    inside, root = solve(one)
    for row in range(2):
        alone = solve(one[[row]])
        assert (alone[0][0], alone[1][0]) == (inside[row], root[row])


@pytest.mark.parametrize(
    ("flows", "inside", "root"),
    [
        ([-100.0, 110.0], True, 0.1),
        ([-100.0, 100.0], True, 0.0),
        ([-100.0, 50.0], True, -0.5),
        ([100.0, -50.0], True, -0.5),
        ([-1.0, 0.0, 0.0, 8.0], True, 1.0),
        ([-1.0, 1e7], False, None),
        ([-1.0, 1e-5], False, None),
    ],
)
def test_roots_in_closed_form(flows: list, inside: bool, root: float | None) -> None:
    found, rate = solve(np.array([flows]))
    assert found.tolist() == [inside]
    if root is not None:
        assert rate[0] == pytest.approx(root, rel=4e-16, abs=4e-16)


def rate_error(flows: list[float], rate: float) -> float:
    """Bound how far a rate may lie from the exact root: the noise of the sum over its slope."""
    growth = Fraction(1) + Fraction(rate)
    size = sum(abs(Fraction(flow)) / growth**k for k, flow in enumerate(flows))
    slope = abs(sum(k * Fraction(flow) / growth ** (k + 1) for k, flow in enumerate(flows)))
    return 4 * len(flows) * 2.0**-53 * float(size / slope + growth)


@given(projects().filter(lambda flows: flows[0] != 0))
def test_a_quick_root_is_the_root_or_unknown(flows: list[float]) -> None:
    rate = float(quick_roots(np.array([flows]).T.copy())[0])
    inside, root = solve(np.array([flows]))
    assert inside[0]
    assert math.isnan(rate) or abs(rate - root[0]) <= 2 * rate_error(flows, root[0])


@pytest.mark.parametrize("rate", [-0.02, 0.0, 0.05, 0.1, 0.2])
@pytest.mark.parametrize("periods", [2, 10, 30, 60])
def test_level_cash_is_solved_quickly(rate: float, periods: int) -> None:
    factor = sum((1.0 + rate) ** -k for k in range(1, periods + 1))
    flows = [-factor, *([1.0] * periods)]
    found = float(quick_roots(np.array([flows]).T.copy())[0])
    assert abs(found - rate) <= 4 * rate_error(flows, found)


def test_the_guess_agrees_with_the_root_to_the_second_order() -> None:
    # For a small excess e of receipts over outlay the error of s falls with the third power of e.
    times = np.array([1.0, 4.0, 9.0])
    errors = []
    for excess in (0.2, 0.1, 0.05):
        flows = np.zeros((10, 1))
        flows[0], flows[[1, 4, 9], 0] = -1.0, np.exp(excess) / 3
        total, guess = single_root._guess(flows)
        assert total[0] == pytest.approx(np.expm1(excess), rel=1e-14)
        worth = np.exp(excess) / 3 * np.exp(-guess[0] * times).sum() - 1.0
        errors.append(abs(worth))
    assert errors[0] / errors[1] > 7.0
    assert errors[1] / errors[2] > 7.0
    assert errors[0] < 1e-3


def test_few_values_are_taken_and_then_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    value = single_root._value
    monkeypatch.setattr(single_root, "_value", lambda *given: seen.append(1) or value(*given))
    found = quick_roots(np.array([[-1.0, 90.0, 0.0, 1e6]]).T.copy())
    assert len(seen) == VALUES
    assert math.isnan(found[0])  # a guess of many per cent off: left to the safe search
    assert solve(np.array([[-1.0, 90.0, 0.0, 1e6]]))[0].tolist() == [True]


def test_a_large_batch_has_the_bits_of_each_row_alone() -> None:
    flows = np.random.default_rng(3).uniform(0.0, 1.0, (1001, 12))
    flows[:, 0] = -np.linspace(0.01, 40.0, 1001)
    found = quick_roots(flows.T.copy())
    alone = [quick_roots(row[:, np.newaxis].copy())[0] for row in flows]
    assert found.tobytes() == np.array(alone).tobytes()
    assert np.isnan(found).mean() < 0.5


def test_the_safe_search_ends_after_its_most_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single_root, "MOST_STEPS", 1)
    inside, root = solve(np.array([[-1.0, 90.0, 0.0, 1e6]]))
    assert inside.tolist() == [True]
    assert 0.0 < root[0] < 1e6


def test_the_guess_knows_when_the_outlays_fall() -> None:
    # Outlays at 0 and 2, receipts at 4 and 9: for a small excess the error is of its third power.
    for sign in (1.0, -1.0):
        errors = []
        for excess in (0.2, 0.1, 0.05):
            flows = np.zeros((10, 1))
            flows[[0, 2], 0], flows[[4, 9], 0] = -0.5, np.exp(excess) * np.array([0.25, 0.75])
            guess = single_root._guess(sign * flows)[1]
            errors.append(abs((flows[:, 0] * np.exp(-guess[0] * np.arange(10.0))).sum()))
        assert errors[0] / errors[1] > 7.0
        assert errors[1] / errors[2] > 7.0
        assert errors[0] < 2e-3


@pytest.mark.parametrize("start", [2e-6, 0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("root", [3e-6, 0.01, 0.3, 0.97, 1.0 - 1e-9])
@pytest.mark.parametrize("periods", [1, 3, 40])
def test_the_safe_search_stays_in_its_bracket_and_finds_the_root(
    monkeypatch: pytest.MonkeyPatch, start: float, root: float, periods: int
) -> None:
    seen, worth = [], single_root._worth
    monkeypatch.setattr(
        single_root, "_worth", lambda *given: seen.append(given[1]) or worth(*given)
    )
    flows = np.zeros((periods + 1, 1))
    flows[1:], flows[0] = 1.0, -sum(root**k for k in range(1, periods + 1))
    for sign in (1.0, -1.0):
        found = single_root._newton(sign * flows, np.array([start]), np.array([1e-6]))
        assert found[0] == pytest.approx(root, rel=8e-16 * (periods + 1))
    tried = np.concatenate(seen)
    assert ((tried >= 1e-6) & (tried <= 1.0)).all()
    assert len(tried) <= 2 * 60


def test_a_row_that_is_done_waits_for_the_others_unchanged() -> None:
    flows = np.array([[-0.5, -0.3, -2.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]])
    start, low = np.array([0.5, 0.9, 0.1]), np.full(3, 1e-6)
    together = single_root._newton(flows, start, low)
    for row in range(3):
        alone = single_root._newton(flows[:, [row]], start[[row]], low[[row]])
        assert alone[0] == together[row]
    assert together[0] == 0.5
