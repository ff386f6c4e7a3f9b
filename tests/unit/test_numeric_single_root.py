import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tariffcalc.numeric.rates_of_return import GRID, _aligned, _count_and_refine
from tariffcalc.numeric.single_root import sign_changes, single_roots

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
    counts, searched = _count_and_refine(*_aligned(rows))
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
