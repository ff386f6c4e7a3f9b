import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.curves import curve_factors, forward_par_rates, forward_rates
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.models import tree
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline

FLAT = tc.RateCurve(name="flat", points=((5, 0.25),))
PAR = tc.RateCurve(name="par", kind="par", points=((1, 0.04), (20, 0.04)), shift=0.01)


def economy(*curves: tc.RateCurve, size: int = 1, **varied: list) -> Cases:
    some = tc.Economy(reserves_usd=1.0, fx_capacity_usd=1.0, krw_per_usd=1.0, curves=curves)
    arrays = {name.replace("__", "."): np.array(v, dtype=float) for name, v in varied.items()}
    return Cases(tree(some), arrays, size)


def test_a_curve_is_zero_coupon_and_unshifted_unless_it_says_so() -> None:
    assert (FLAT.kind, FLAT.shift) == ("zero", 0.0)


def test_factors_and_forwards_of_a_named_curve() -> None:
    times = np.array([0.0, 1.0, 2.0])
    assert curve_factors(economy(PAR, FLAT), "flat", times)[0] == pytest.approx([1.0, 0.8, 0.64])
    forwards = forward_rates(economy(PAR, FLAT), "par", 3, Timeline(2026))
    assert forwards[0] == pytest.approx([1.02**2 - 0.99] * 3, rel=1e-12)
    assert forward_rates(economy(FLAT), "flat", 5, Timeline(2026, 4)).shape == (1, 5)


def test_a_shift_may_differ_from_case_to_case() -> None:
    varied = economy(FLAT, size=2, curves__flat__shift=[0.0, 0.25])
    found = curve_factors(varied, "flat", np.ones(1))[:, 0]
    assert found == pytest.approx([0.8, 1 / 1.5], rel=1e-15)


def test_an_unknown_curve_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown curve 'flatt'; did you mean 'flat'"):
        forward_rates(economy(FLAT), "flatt", 3, Timeline(2026))
    with pytest.raises(UnknownNameError, match="unknown curve 'flat'"):
        curve_factors(Cases({"reserves_usd": 1.0}, {}), "flat", np.ones(1))


@pytest.mark.parametrize("points", [(), ((1, 0.1), (1, 0.2)), ((0, 0.1),), ((201, 0.1),)])
def test_maturities_rise_from_above_0(points: tuple) -> None:
    with pytest.raises(InputError) as caught:
        tc.RateCurve(name="bad", points=points)
    assert str(caught.value) == (
        "RateCurve cannot be built:\n  - points: at least one (maturity, rate) is needed, "
        "maturities rising from above 0 to 200 years at most, given maturities "
        f"{[float(maturity) for maturity, _ in points]}"
    )
    assert tc.RateCurve(name="good", points=((200, 0.1),)).points == ((200.0, 0.1),)


@pytest.mark.parametrize(
    "terms",
    [
        {"kind": "par", "points": ((1, 0.04), (30, 3.0))},
        {"points": ((1, 0.04),), "shift": -1.5},
    ],
)
def test_a_curve_without_a_discount_factor_is_refused(terms: dict) -> None:
    with pytest.raises(InputError, match="leave no positive discount factor"):
        tc.RateCurve(name="bad", **terms)


def test_a_spread_is_added_to_every_zero_rate_and_to_the_shift() -> None:
    shifted = economy(FLAT, curves__flat__shift=[0.25])
    one = np.ones(1)
    assert curve_factors(economy(FLAT), "flat", one, np.array([0.25]))[0, 0] == 1 / 1.5
    found = curve_factors(shifted, "flat", one, np.array([0.5, 0.0]))[:, 0]
    assert found == pytest.approx([0.5, 1 / 1.5], rel=4e-16)


def test_a_loan_at_par_on_a_level_curve_pays_its_rate() -> None:
    found = forward_par_rates(economy(FLAT), "flat", 3, np.array([2.0, 5.0]), Timeline(2026))
    assert found == pytest.approx(np.full((2, 3), 0.25), rel=1e-14)
    quarters = forward_par_rates(economy(FLAT), "flat", 4, np.array([8.0]), Timeline(2026, 4))
    assert quarters == pytest.approx(np.full((1, 4), 1.25**0.25 - 1.0), rel=1e-13)
