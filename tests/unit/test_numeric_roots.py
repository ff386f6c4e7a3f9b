import math
import sys
from collections.abc import Callable

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tariffcalc.numeric.roots import MOST_STEPS, bracketed_roots

CURVES = {
    "line": (lambda x: 3.0 * x - 1.0, 0.0, 1.0, "1/3"),
    "cosine": (lambda x: np.cos(x) - x, 0.0, 1.0, "findroot(lambda x: cos(x) - x, 0.7)"),
    "square": (lambda x: x * x - 2.0, 0.0, 2.0, "sqrt(2)"),
    "exponential": (lambda x: np.exp(x) - 3.0, -1.0, 9.0, "log(3)"),
    "logarithm": (lambda x: np.log(x) + 5.0, 1e-9, 1e9, "exp(-5)"),
    "inverse": (lambda x: 1.0 / x - 1e5, 1e-9, 1e9, "mpf(10)**-5"),
    "steep": (lambda x: np.arctan(1e9 * (x - 0.125)), -1e3, 1e3, "1/8"),
    "flat": (lambda x: (x - 0.7) ** 9, 0.0, 2.0, "0.7"),
    "falling": (lambda x: 2.0 - x**3, -4.0, 4.0, "cbrt(2)"),
    "jump": (lambda x: np.where(x > 1 / 3, 1.0, -1.0), 0.0, 1.0, "1/3"),
    "lopsided jump": (lambda x: np.where(x > 1 / 3, 1e-200, -1e200), 0.0, 1.0, "1/3"),
    "pole": (lambda x: 1.0 / (x - 0.1), 0.0, 1.0, "0.1"),
    "large": (lambda x: x - 3e300, 0.0, 1e301, "3e300"),
}
# Most calls of the function, the two at the ends included. Bisection alone needs 54 and more.
MOST_CALLS = {"line": 4, "cosine": 8, "square": 9, "exponential": 13, "falling": 12}


def known_root(name: str) -> float:
    with mpmath.workdps(40):
        return float(eval(CURVES[name][3], vars(mpmath).copy()))  # noqa: S307 - texts from above


def one(function: Callable, low: float, high: float, **options: float) -> float:
    roots = bracketed_roots(function, np.array([low]), np.array([high]), **options)
    assert roots.shape == (1,)
    return float(roots[0])


@pytest.mark.parametrize("name", CURVES)
def test_a_root_is_found_to_the_last_digits_from_either_end(name: str) -> None:
    function, low, high, _ = CURVES[name]
    root = known_root(name)
    for ends in [(low, high), (high, low)]:
        # The last bracket is at most 2·4e-16 of the root wide, which is 7.2 ulps where an ulp is
        # smallest against it; the sign of the curve itself is sure to within one ulp more.
        assert abs(one(function, *ends) - root) <= 8e-16 * abs(root) + math.ulp(root)


@pytest.mark.parametrize("name", MOST_CALLS)
def test_smooth_curves_take_few_calls(name: str) -> None:
    function, low, high, _ = CURVES[name]
    calls = []
    one(lambda x: calls.append(x) or function(x), low, high)
    assert len(calls) <= MOST_CALLS[name]


def by_chandrupatla(function: Callable, low: float, high: float) -> list[float]:
    """Return the points tried, by the method of the paper for one case, in plain floats."""
    a, b = high, low
    fa, fb = function(a), function(b)
    tried, t = [a, b], 0.5
    for _ in range(MOST_STEPS):
        best, value = (a, fa) if abs(fa) < abs(fb) else (b, fb)
        tolerance = 8e-16 * abs(best) + sys.float_info.min
        if value == 0.0 or abs(b - a) <= tolerance:
            break
        edge = min(0.5, tolerance / abs(b - a))
        x = a + min(max(t, edge), 1.0 - edge) * (b - a)
        fx = function(x)
        tried.append(x)
        if (fx > 0.0) == (fa > 0.0) and fx != 0.0:
            c, fc = a, fa
        else:
            c, fc, b, fb = b, fb, a, fa
        a, fa = x, fx
        xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
        t = 0.5
        if phi**2 < xi and (1.0 - phi) ** 2 < 1.0 - xi and fa not in (fb, fc):
            t = fa / (fb - fa) * fc / (fb - fc) + (
                (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
            )
    return tried


@given(st.floats(0.0, 5.0), st.floats(-3.0, 3.0), st.floats(0.1, 4.0), st.floats(0.1, 4.0))
def test_the_points_tried_are_those_of_the_scalar_method(
    cube: float, level: float, below: float, above: float
) -> None:
    def curve(x: float) -> float:
        return cube * x * x * x + x - level

    low, high = level - below * 6.0, level + above * 6.0
    assume(curve(low) * curve(high) <= 0.0)
    tried: list[float] = []
    one(lambda x: tried.extend(x) or curve(x), low, high)
    assert tried == by_chandrupatla(curve, low, high)


def test_a_trial_stays_a_tolerance_away_from_the_far_end() -> None:
    calls = []
    # The interpolation points at the far end itself, 1; the root is 1e-17 beyond it.
    found = one(lambda x: calls.append(x) or (x - 1.0) - 1e-17, 1.0, 2.0, relative=2.0**-41)
    assert calls[-1] == 1.0 + 2.0**-40
    assert len(calls) == 4
    assert found == 1.0


def test_a_bracket_exactly_as_wide_as_the_tolerance_is_narrow_enough() -> None:
    calls = []
    # The best point is 0.5 from the first halving on: 2·2**-11·0.5 is the width after eleven.
    found = one(
        lambda x: calls.append(x) or np.where(x > 0.5, 1.0, -0.5), 0.0, 1.0, relative=2.0**-11
    )
    assert len(calls) == 2 + 11
    assert found == 0.5


def test_of_two_ends_equally_good_the_one_that_stayed_is_returned() -> None:
    # f is 0 at both ends of the first case; the second keeps the search going.
    low, high = np.array([0.0, 0.0]), np.array([1.0, 2.0])
    found = bracketed_roots(lambda x: x * x - np.array([1.0, 0.0]) * x - [0.0, 3.0], low, high)
    assert found[0] == 0.0
    assert abs(found[1] - math.sqrt(3.0)) <= 8e-16 * math.sqrt(3.0)


def test_a_jump_is_halved_down_to_two_neighbours() -> None:
    trials: list[float] = []

    def jump(x: np.ndarray) -> np.ndarray:
        trials.extend(x)
        return np.where(x > 1 / 3, 1.0, -1.0)

    one(jump, 0.0, 1.0)
    assert trials[:6] == [1.0, 0.0, 0.5, 0.25, 0.375, 0.3125]
    # 2**-k ≤ 8e-16/3 first holds at k = 52: 52 halvings after the two ends.
    assert len(trials) == 54


def test_the_search_ends_after_a_fixed_number_of_steps() -> None:
    calls = []
    root = one(lambda x: calls.append(x) or x**3, -1.0, 2.0)
    assert len(calls) == 2 + MOST_STEPS
    assert abs(root) < 1e-50


@pytest.mark.parametrize("relative", [1e-3, 1e-6, 1e-9, 1e-12])
def test_a_coarser_search_ends_within_its_tolerance_and_sooner(relative: float) -> None:
    calls = []

    def jump(x: np.ndarray) -> np.ndarray:
        calls.append(x)
        return np.where(x > 1 / 3, 1.0, -1.0)

    root = one(jump, 0.0, 1.0, relative=relative)
    assert abs(root - 1 / 3) <= 2 * relative * root
    # Halving stops at the first width 2**-k ≤ 2·relative·|best|; best is near 1/3 by then, and
    # its last digits move the count by at most one.
    halvings = math.ceil(-math.log2(2 * relative / 3))
    assert abs(len(calls) - (2 + halvings)) <= 1


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (1.0, 0.0), (-3.0, 0.0), (0.0, 0.0)])
def test_a_root_exactly_at_an_end_is_that_end(low: float, high: float) -> None:
    calls = []
    assert one(lambda x: calls.append(x) or np.sin(x), low, high) == 0.0
    assert len(calls) == 2


def test_a_root_met_exactly_ends_the_search() -> None:
    calls = []
    assert one(lambda x: calls.append(x) or x - 0.5, 0.0, 1.0) == 0.5
    assert len(calls) == 3


@pytest.mark.parametrize(
    "function",
    [lambda x: x + 1.0, lambda x: -x - 1.0, lambda x: np.full_like(x, np.nan)],
    ids=["above", "below", "unknown"],
)
def test_ends_of_one_sign_give_nan_after_two_calls(function: Callable) -> None:
    calls = []
    assert math.isnan(one(lambda x: calls.append(x) or function(x), 0.0, 1.0))
    assert len(calls) == 2


@given(
    st.lists(
        st.tuples(st.floats(-2.0, 2.0), st.floats(0.1, 3.0), st.booleans()),
        min_size=1,
        max_size=9,
    )
)
def test_one_case_has_the_bits_it_has_in_a_batch(cases: list[tuple]) -> None:
    level, width, rising = (np.array(column) for column in zip(*cases, strict=True))
    sign = np.where(rising, 1.0, -1.0)
    low, high = -width, 2.0 * width
    together = bracketed_roots(lambda x: sign * (x**3 + x - level), low, high)
    for case in range(len(cases)):
        one_sign, one_level = sign[case], level[case]
        alone = bracketed_roots(
            lambda x, s=one_sign, y=one_level: s * (x**3 + x - y), low[[case]], high[[case]]
        )
        assert alone.tobytes() == together[[case]].tobytes()
    ends = np.sign(low**3 + low - level) * np.sign(high**3 + high - level)
    assert np.isnan(together).tolist() == (ends > 0).tolist()


@given(st.floats(1e-9, 50.0) | st.floats(-50.0, -1e-9), st.floats(0.5, 4.0), st.integers(0, 4))
def test_the_sign_changes_next_to_the_root_found(root: float, slope: float, odd: int) -> None:
    power = 2 * odd + 1

    def curve(x: np.ndarray) -> np.ndarray:
        return slope * (x - root) ** power + 1e-3 * (x - root)

    found = one(curve, -60.0, 70.0)
    # x − root is exact near the root, so the sign is: only the width of the last bracket is left.
    assert abs(found - root) <= 8e-16 * abs(root)


def test_a_batch_mixes_cases_with_and_without_a_root() -> None:
    low, high = np.array([0.0, 2.0, -1.0, 0.0]), np.array([2.0, 3.0, 0.0, 1.0])
    target = np.array([1.0, 1.0, -1.0, 0.25])
    found = bracketed_roots(lambda x: x - target, low, high)
    assert np.array_equal(found, [1.0, np.nan, -1.0, 0.25], equal_nan=True)


def test_whole_numbers_serve_as_ends_and_are_left_alone() -> None:
    low, high = np.array([0, 0]), np.array([2, 4])
    found = bracketed_roots(lambda x: x * x - 2.25, low, high)
    assert found.tolist() == [1.5, 1.5]
    assert (low.tolist(), high.tolist()) == ([0, 0], [2, 4])


def test_no_case_gives_no_root() -> None:
    assert bracketed_roots(lambda x: x, np.zeros(0), np.zeros(0)).shape == (0,)


def test_no_floating_point_fault_escapes_from_the_interpolation() -> None:
    with np.errstate(all="raise"):
        # Values so uneven that their ratios overflow and underflow.
        found = one(lambda x: np.where(x > 0.3, 1e-200, -1e200) * (1.0 + x), 0.0, 1.0)
    assert abs(found - 0.3) <= 8e-16
