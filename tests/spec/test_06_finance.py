"""Chapter 6: public figures of cash flows, one per row."""

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import mpmath
import numpy as np
import pandas as pd
import pytest
import pyxirr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tariffcalc import finance
from tariffcalc.errors import InputError, MultipleRootsError, NoRootError

UNIT = 2.0**-53  # one rounding changes a number by at most this share of it
CENTS = st.integers(-(10**14), 10**14).map(lambda cents: cents / 100)
FLOWS = st.lists(CENTS, min_size=1, max_size=30)
RATES = st.floats(-0.5, 3.0, allow_subnormal=False)
TABLES = hnp.arrays(float, st.tuples(st.integers(1, 6), st.integers(1, 9)), elements=CENTS)
SMALL = st.integers(-1000, 1000).map(float)
SHARES = st.floats(0.01, 2.0) | st.just(0.0)
COUNTS = st.integers(1, 60)


@st.composite
def projects(draw: st.DrawFn) -> list[float]:
    """Draw an outlay of up to a trillion, then receipts: exactly one rate above −1 solves it."""
    outlay = float(draw(st.integers(1, 10**12)))
    shares = [draw(st.floats(0.01, 2.0)), *draw(st.lists(SHARES, max_size=29))]
    return [-outlay, *(outlay * share for share in shares)]


def exact_npv(flows: list[float], rate: float | Fraction) -> Fraction:
    growth = 1 + Fraction(rate)
    return sum((Fraction(flow) / growth**k for k, flow in enumerate(flows)), Fraction(0))


def npv_error(flows: list[float], rate: float) -> float:
    """Bound the rounding of Σ a·v^k: 2k for v^k, one for the product, one for each sum left."""
    sizes = exact_npv([abs(flow) for flow in flows], rate)
    return float(sizes) * (3 * len(flows) + 1) * UNIT


def irr_error(flows: list[float], rate: float) -> float:
    """Bound the error of a project's rate.

    The sum is that of flows changed by at most 4 roundings a period; they add up to twice the
    outlay, and a change of the sum by x outlays moves the root by at most x·(1+rate). The last
    bracket is 8e-16 of the rate wide, which is 8 roundings.
    """
    return UNIT * (8 * len(flows) * (1 + rate) + 8 * abs(rate))


def bits(values: object) -> bytes:
    return np.asarray(values, dtype=np.float64).tobytes()


# Net present value


@given(FLOWS, RATES)
def test_the_net_present_value_is_the_sum_of_discounted_flows(flows: list, rate: float) -> None:
    """FINANCE-1: npv = Σ_k a_k·(1+r)^−k (exact sum in fractions)."""
    found = finance.npv(flows, rate=rate)
    assert abs(Fraction(found) - exact_npv(flows, rate)) <= npv_error(flows, rate)


@pytest.mark.parametrize(
    ("flows", "rate", "published"),
    [
        ([0, -10000, 3000, 4200, 6800], 0.10, "1188.4434123352"),
        ([-40000, 5000, 8000, 12000, 30000], 0.08, "3065.2226682"),
        ([-40000, 8000, 9200, 10000, 12000, 14500], 0.08, "1922.06"),
    ],
)
def test_published_net_present_values_are_met(flows: list, rate: float, published: str) -> None:
    """FINANCE-2: npv meets published figures to the last printed digit (Excel; numpy-financial)."""
    digits = len(published.partition(".")[2])
    assert f"{finance.npv(flows, rate=rate):.{digits}f}" == published


@given(FLOWS, RATES)
def test_the_net_present_value_agrees_with_pyxirr(flows: list, rate: float) -> None:
    """FINANCE-3: npv equals pyxirr.npv (live; the roundings of both)."""
    other = pyxirr.npv(rate, flows)
    assert abs(finance.npv(flows, rate=rate) - other) <= 2 * npv_error(flows, rate)


@given(FLOWS)
def test_at_a_rate_of_0_the_net_present_value_is_the_running_sum(flows: list) -> None:
    """FINANCE-4: npv at r = 0 is a_0 + a_1 + …, added in that order (collapse, to the bit)."""
    running = 0.0
    for flow in flows:
        running += flow
    assert finance.npv(flows, rate=0.0) == running


@given(FLOWS, RATES, st.integers(-40, 40))
def test_a_power_of_two_scales_the_net_present_value_exactly(
    flows: list, rate: float, power: int
) -> None:
    """FINANCE-5: npv(2^m·a) = 2^m·npv(a) (homogeneity, to the bit)."""
    scaled = [flow * 2.0**power for flow in flows]
    assert finance.npv(scaled, rate=rate) == finance.npv(flows, rate=rate) * 2.0**power


@given(st.lists(st.tuples(SMALL, SMALL), min_size=1, max_size=12), st.sampled_from([-0.5, 0, 1, 3]))
def test_net_present_values_add_up(pairs: list, rate: float) -> None:
    """FINANCE-6: npv(a + b) = npv(a) + npv(b) (exact at rates where 1+r is a power of two)."""
    one, two = (list(column) for column in zip(*pairs, strict=True))
    both = [a + b for a, b in pairs]
    apart = finance.npv(one, rate=rate) + finance.npv(two, rate=rate)
    assert finance.npv(both, rate=rate) == apart == exact_npv(both, rate)


@given(FLOWS, RATES)
def test_a_delay_of_one_period_divides_by_1_plus_the_rate(flows: list, rate: float) -> None:
    """FINANCE-7: npv(0, a) = npv(a)/(1+r) (as Excel's NPV, whose first flow falls at time 1)."""
    late = finance.npv([0.0, *flows], rate=rate)
    bound = npv_error([0.0, *flows], rate) + npv_error(flows, rate) / (1 + rate)
    # The quotient on the right rounds 1+r and itself: two more roundings.
    expected = finance.npv(flows, rate=rate) / (1 + rate)
    assert abs(late - expected) <= bound + 2 * UNIT * abs(expected)


@given(projects(), RATES, st.floats(0.0, 1.0))
def test_the_net_present_value_of_a_project_falls_with_the_rate(
    flows: list, rate: float, more: float
) -> None:
    """FINANCE-8: npv of an outlay and receipts never rises with r (monotone; strict by 1e-6)."""
    low, high = finance.npv(flows, rate=rate), finance.npv(flows, rate=rate + more)
    assert high <= low
    assert finance.npv(flows, rate=rate + more + 1e-6) < high


@given(TABLES, st.data())
def test_each_row_has_the_net_present_value_it_has_alone(
    table: np.ndarray, data: st.DataObject
) -> None:
    """FINANCE-9: npv of a table is npv row by row (to the bit, one rate or one per row)."""
    rates = data.draw(hnp.arrays(float, len(table), elements=RATES))
    alone = [finance.npv(row, rate=rate) for row, rate in zip(table, rates, strict=True)]
    assert bits(finance.npv(table, rate=rates)) == bits(alone)
    same = [finance.npv(row, rate=rates[0]) for row in table]
    assert bits(finance.npv(table, rate=rates[0])) == bits(same)


@given(FLOWS, st.lists(RATES, min_size=2, max_size=6))
def test_one_row_of_flows_is_valued_at_each_of_many_rates(flows: list, rates: list) -> None:
    """FINANCE-10: npv(a, r_1 … r_m) = (npv(a, r_1), …, npv(a, r_m)) (to the bit)."""
    each = [finance.npv(flows, rate=rate) for rate in rates]
    assert bits(finance.npv(flows, rate=rates)) == bits(each)


@given(TABLES, RATES, st.integers(1, 20))
def test_a_longer_horizon_changes_no_net_present_value(
    table: np.ndarray, rate: float, more: int
) -> None:
    """FINANCE-11: npv(a, 0 … 0) = npv(a) (padding invariance, to the bit)."""
    padded = np.pad(table, ((0, 0), (0, more)))
    assert bits(finance.npv(padded, rate=rate)) == bits(finance.npv(table, rate=rate))


# Internal rate of return


@given(projects())
def test_the_exact_value_changes_sign_at_the_internal_rate_of_return(flows: list) -> None:
    """FINANCE-12: npv at irr ± its rounding error has both signs (exact sum in fractions)."""
    rate = finance.irr(flows)
    error = Fraction(irr_error(flows, rate))
    assert exact_npv(flows, Fraction(rate) - error) > 0 > exact_npv(flows, Fraction(rate) + error)


@pytest.mark.parametrize(
    ("flows", "published"),
    [
        ([-70000, 12000, 15000, 18000, 21000, 26000], "0.0866309480"),
        ([-70000, 12000, 15000, 18000, 21000], "-0.021"),
        ([-100, 39, 59, 55, 20], "0.28095"),
        ([-100, 0, 0, 74], "-0.0955"),
    ],
)
def test_published_internal_rates_of_return_are_met(flows: list, published: str) -> None:
    """FINANCE-13: irr meets published figures to the last digit (Excel; numpy-financial)."""
    digits = len(published.partition(".")[2])
    assert f"{finance.irr(flows):.{digits}f}" == published


@given(projects().filter(lambda flows: sum(flows) > 0))
def test_the_internal_rate_of_return_agrees_with_pyxirr(flows: list) -> None:
    """FINANCE-14: irr > 0 equals pyxirr.irr (live, within the 1e-9 at which pyxirr stops)."""
    rate = finance.irr(flows)
    # pyxirr stops when its step is below 1e-9, or the value of an outlay of 1 or more is.
    assert abs(rate - pyxirr.irr(flows)) <= 1e-9 * max(1.0, 1.0 + rate)


@pytest.mark.parametrize("owed", [1.0, 100.0, 350e9, 1e12, 1e-6])
@pytest.mark.parametrize("rate", [-0.999, -0.99, -0.5, -1e-12, 0.0, 1e-12, 1e-6, 0.1, 9.0, 1e5])
def test_one_outlay_and_one_receipt_return_their_ratio(owed: float, rate: float) -> None:
    """FINANCE-15: irr(−P, F) = F/P − 1 (closed form, from −99.9 % to 10 million per cent)."""
    flows = [-owed, owed * (1.0 + rate)]
    exact = Fraction(flows[1]) / Fraction(owed) - 1
    found = finance.irr(flows)
    assert abs(Fraction(found) - exact) <= irr_error(flows, found)


@given(st.integers(1, 10**9), st.lists(st.integers(0, 1000), min_size=1, max_size=20))
def test_receipts_that_return_the_outlay_and_no_more_earn_a_rate_of_0(
    last: int, receipts: list
) -> None:
    """FINANCE-16: irr = 0 where Σ a_k = 0 and only the first is negative (to the bit)."""
    flows = [-float(last + sum(receipts)), *map(float, receipts), float(last)]
    assert finance.irr(flows) == 0.0


@given(projects(), st.integers(-40, 40), st.sampled_from([1.0, -1.0]))
def test_scale_and_sign_leave_the_internal_rate_of_return_alone(
    flows: list, power: int, sign: float
) -> None:
    """FINANCE-17: irr(±2^m·a) = irr(a) (homogeneity of degree 0, to the bit)."""
    scaled = [sign * flow * 2.0**power for flow in flows]
    assert finance.irr(scaled) == finance.irr(flows)


@given(projects(), st.sampled_from([0, 1, 60]), st.sampled_from([0, 1, 90]))
def test_zeros_around_the_flows_leave_the_internal_rate_of_return_alone(
    flows: list, before: int, behind: int
) -> None:
    """FINANCE-18: irr(0 … 0, a, 0 … 0) = irr(a) (invariance to delay and horizon, to the bit)."""
    assert finance.irr([0.0] * before + flows + [0.0] * behind) == finance.irr(flows)


@given(projects())
def test_flows_in_reverse_return_the_inverse(flows: list) -> None:
    """FINANCE-19: (1 + irr(a)) · (1 + irr(a reversed)) = 1 (v ↔ 1/v in the polynomial)."""
    rate, back = finance.irr(flows), finance.irr(flows[::-1])
    error = irr_error(flows, rate) / (1 + rate) + irr_error(flows, back) / (1 + back)
    assert abs((1 + rate) * (1 + back) - 1) <= error + 4 * UNIT  # three operations here


@given(projects())
def test_a_larger_first_receipt_earns_a_higher_rate(flows: list) -> None:
    """FINANCE-20: irr rises strictly with a receipt (monotone)."""
    more = [flows[0], flows[1] * 1.01, *flows[2:]]
    assert finance.irr(more) > finance.irr(flows)


@given(projects())
def test_at_its_internal_rate_of_return_a_project_is_worth_nothing(flows: list) -> None:
    """FINANCE-21: npv(a, irr(a)) = 0 (the two figures agree; roundings of both)."""
    rate = finance.irr(flows)
    # The value falls by at most n outlays/(1+r) for each unit of the rate.
    slope = -flows[0] * len(flows) / (1 + rate)
    assert abs(finance.npv(flows, rate=rate)) <= (
        npv_error(flows, rate) + slope * irr_error(flows, rate)
    )


@pytest.mark.parametrize("rate", [-0.2, -1e-3, 0.0, 1e-9, 0.0458, 0.3, 4.0])
@pytest.mark.parametrize("periods", [1, 2, 20, 60])
def test_level_cash_bought_at_the_annuity_factor_earns_its_rate(rate: float, periods: int) -> None:
    """FINANCE-22: irr(−A(r, n), 1, …, 1) = r (the definition of A; roundings of both)."""
    factor = finance.annuity_factor(rate=rate, periods=periods)
    found = finance.irr([-factor] + [1.0] * periods)
    # A factor off by x of itself moves the rate by at most x·(1+r).
    off = (4 + 3 * periods * abs(math.log1p(min(rate, 0.0)))) * 2 * UNIT * (1 + rate)
    assert abs(found - rate) <= irr_error([1.0] * (periods + 1), rate) + off


@given(TABLES)
def test_each_row_has_the_internal_rate_of_return_it_has_alone(table: np.ndarray) -> None:
    """FINANCE-23: irr of a table is irr row by row, with NaN where it fails (to the bit)."""
    alone = [finance.irr(row, on_failure="nan") for row in table]
    assert bits(finance.irr(table, on_failure="nan")) == bits(alone)


@pytest.mark.parametrize(
    "flows",
    [[100, -230, 132], [-50, -100, 600, 300, -100], [-100, 100, 0, -7], [-5, 10.5, 1, -8, 1]],
)
def test_several_rates_are_refused_or_unknown(flows: list) -> None:
    """FINANCE-24: two or more roots raise or give NaN (exact sums change sign twice)."""
    signs = [exact_npv(flows, rate) > 0 for rate in (-0.9, -0.5, 0.02, 0.14, 0.5, 2.0, 9.0)]
    assert sum(left != right for left, right in pairwise(signs)) >= 2
    with pytest.raises(MultipleRootsError) as caught:
        finance.irr(flows)
    assert str(caught.value) == (
        "several rates solve the equation in 1 row: 0; "
        "give flows with one change of sign, or on_failure='nan'"
    )
    assert math.isnan(finance.irr(flows, on_failure="nan"))


@pytest.mark.parametrize(
    "flows", [[0], [5], [0, 0, 0], [1, 2, 3], [-1, 0, -2], [1, -1, 1], [-1, 2e6], [-1, 9e-5]]
)
def test_no_rate_is_refused_or_unknown(flows: list) -> None:
    """FINANCE-25: no root from −0.9999 to 1e6 raises or gives NaN (one sign; v² − v + 1 > 0)."""
    with pytest.raises(NoRootError) as caught:
        finance.irr(flows)
    assert str(caught.value) == (
        "no rate from -0.9999 to 1e6 turns the sign of the net present value in 1 row: 0; "
        "flows need both signs, or give on_failure='nan'"
    )
    assert math.isnan(finance.irr(flows, on_failure="nan"))


def test_rows_that_fail_are_named_and_the_others_are_not() -> None:
    """FINANCE-26: irr names the rows that fail, those with several roots first (order)."""
    good, none, several = [-100, 110, 0], [1, 1, 1], [100, -230, 132]
    with pytest.raises(NoRootError, match=r"in 2 rows \(first 2: 1, 3\); flows need both signs"):
        finance.irr([good, none, good, none])
    with pytest.raises(MultipleRootsError, match=r"equation in 1 row: 2; give flows with one"):
        finance.irr([good, none, several])
    with pytest.raises(MultipleRootsError, match=r"in 6 rows \(first 5: 0, 1, 2, 3, 4\); give"):
        finance.irr([several] * 6)
    found = finance.irr([good, none, several, good], on_failure="nan")
    assert np.isnan(found).tolist() == [False, True, True, False]
    assert found[0] == found[3] == finance.irr(good)


# Annuities


@given(st.floats(1e-12, 3.0) | st.floats(-0.5, -1e-12), COUNTS)
def test_the_annuity_factor_is_the_closed_form(rate: float, periods: int) -> None:
    """FINANCE-27: A(r, n) = (1 − (1+r)^−n)/r (50 digits)."""
    found = finance.annuity_factor(rate=rate, periods=periods)
    with mpmath.workdps(50):
        exact = (1 - (1 + mpmath.mpf(rate)) ** -periods) / mpmath.mpf(rate)
        off = abs(found - exact) / exact
    # log1p and expm1 round by an ulp, product and quotient by half of one; below r = 0 expm1
    # multiplies what the argument carries by 1 − n·ln(1+r) at most.
    assert off <= 2 * UNIT * (4 + 3 * periods * max(0.0, -math.log1p(rate)))


@given(RATES, COUNTS)
def test_the_annuity_factor_is_the_value_of_1_a_period(rate: float, periods: int) -> None:
    """FINANCE-28: A(r, n) = Σ_{k=1…n} (1+r)^−k (exact sum in fractions)."""
    found = finance.annuity_factor(rate=rate, periods=periods)
    exact = exact_npv([0.0] + [1.0] * periods, rate)
    off = 2 * UNIT * (4 + 3 * periods * max(0.0, -math.log1p(rate)))
    assert abs(Fraction(found) - exact) <= Fraction(off) * exact


@given(st.floats(0.25, 1e6) | st.just(0.0))
def test_at_a_rate_of_0_the_annuity_factor_is_the_number_of_periods(periods: float) -> None:
    """FINANCE-29: A(0, n) = n, and A(r, n) → n as r → 0 (collapse, to the bit at 0)."""
    assert finance.annuity_factor(rate=0.0, periods=periods) == periods
    # The next term of the series is −r·n(n+1)/2, here under a hundredth of an ulp.
    near = finance.annuity_factor(rate=1e-26, periods=periods)
    assert abs(near - periods) <= 4 * math.ulp(periods)


@given(st.floats(0.0, 3.0), st.floats(1.0, 60.0), st.floats(0.001, 60.0))
def test_a_longer_annuity_is_worth_more_and_less_than_a_perpetuity(
    rate: float, periods: float, more: float
) -> None:
    """FINANCE-30: A(r, n) ≤ A(r, n + m), A(r, n) ≤ n and r·A(r, n) ≤ 1 for r ≥ 0 (bounds)."""
    short = finance.annuity_factor(rate=rate, periods=periods)
    long = finance.annuity_factor(rate=rate, periods=periods + more)
    slack = 1 + 8 * UNIT  # four ulps, as in FINANCE-27
    assert short <= long * slack
    assert short <= periods * slack
    assert long * rate <= slack


@given(st.floats(0.001, 3.0), st.floats(0.5, 60.0), st.floats(0.01, 1.0))
def test_a_higher_rate_makes_an_annuity_worth_less(
    rate: float, periods: float, more: float
) -> None:
    """FINANCE-31: A(r, n) falls with r (monotone, strictly for steps above the roundings)."""
    low = finance.annuity_factor(rate=rate, periods=periods)
    assert finance.annuity_factor(rate=rate + more, periods=periods) < low


@given(RATES, COUNTS, COUNTS)
def test_an_annuity_is_two_shorter_ones_in_a_row(rate: float, first: int, second: int) -> None:
    """FINANCE-32: A(r, n + m) = A(r, n) + (1+r)^−n·A(r, m) (composition)."""
    whole = finance.annuity_factor(rate=rate, periods=first + second)
    then = finance.npv(
        [0.0] * first + [finance.annuity_factor(rate=rate, periods=second)], rate=rate
    )
    parts = finance.annuity_factor(rate=rate, periods=first) + then
    # Three factors as in FINANCE-27, (1+r)^−n with 2n roundings, two operations: shares of parts.
    negative = max(0.0, -math.log1p(rate))
    off = 2 * (8 + 3 * negative * (first + second)) + 2 * first + 4
    assert abs(whole - parts) <= off * UNIT * parts


@pytest.mark.parametrize(
    ("principal", "rate", "periods", "published"),
    [(200, 0.0458, 20, "15.481995614"), (10000, 0.08 / 12, 10, "1037.03")],
)
def test_published_payments_are_met(
    principal: float, rate: float, periods: int, published: str
) -> None:
    """FINANCE-33: annuity_payment meets published figures to the last digit (Excel's PMT)."""
    digits = len(published.partition(".")[2])
    payment = finance.annuity_payment(principal, rate=rate, periods=periods)
    assert f"{payment:.{digits}f}" == published


@given(st.floats(1.0, 1e12), st.floats(0.001, 3.0), COUNTS)
def test_the_payment_agrees_with_pyxirr(principal: float, rate: float, periods: int) -> None:
    """FINANCE-34: annuity_payment equals −pyxirr.pmt (live; the roundings of both)."""
    payment = finance.annuity_payment(principal, rate=rate, periods=periods)
    # pyxirr forms (1+r)^n − 1 or 1 − (1+r)^−n from a power that carries n + 2 roundings; the
    # subtraction passes them on divided by the smaller of n·r/(1+r) and about ½.
    share = min(0.5, 0.5 * periods * rate / (1 + rate))
    other = -pyxirr.pmt(rate, periods, principal)
    assert abs(payment - other) <= UNIT * payment * (12 + (periods + 2) / share)


@given(st.floats(1.0, 1e12), RATES, COUNTS)
def test_the_payment_repays_the_principal_with_interest(
    principal: float, rate: float, periods: int
) -> None:
    """FINANCE-35: D_n = 0 with D_0 = P, D_k = D_{k−1}·(1+r) − payment (exact loop in fractions)."""
    payment = finance.annuity_payment(principal, rate=rate, periods=periods)
    balance = Fraction(principal)
    for _ in range(periods):
        balance = balance * (1 + Fraction(rate)) - Fraction(payment)
    # What is left, discounted to time 0, is the error of the payment: the factor's and a quotient.
    off = 2 * UNIT * (5 + 3 * periods * max(0.0, -math.log1p(rate)))
    assert abs(balance / (1 + Fraction(rate)) ** periods) <= Fraction(off) * Fraction(principal)


@given(st.floats(-1e12, 1e12, allow_subnormal=False), RATES, COUNTS)
def test_the_payment_is_principal_over_factor(principal: float, rate: float, periods: int) -> None:
    """FINANCE-36: annuity_payment(P, r, n) = P/A(r, n), and −P pays minus that (to the bit)."""
    payment = finance.annuity_payment(principal, rate=rate, periods=periods)
    assert payment == principal / finance.annuity_factor(rate=rate, periods=periods)
    assert finance.annuity_payment(-principal, rate=rate, periods=periods) == -payment


@given(st.data(), st.integers(1, 7))
def test_each_row_has_the_annuity_it_has_alone(data: st.DataObject, rows: int) -> None:
    """FINANCE-37: annuity figures of a table are those row by row (to the bit)."""
    owed, rates, counts = (
        data.draw(hnp.arrays(float, rows, elements=elements))
        for elements in (st.floats(1.0, 1e12), RATES, COUNTS.map(float))
    )
    cases = list(zip(owed, rates, counts, strict=True))
    factors = [finance.annuity_factor(rate=rate, periods=count) for _, rate, count in cases]
    assert bits(finance.annuity_factor(rate=rates, periods=counts)) == bits(factors)
    payments = [finance.annuity_payment(p, rate=rate, periods=count) for p, rate, count in cases]
    assert bits(finance.annuity_payment(owed, rate=rates, periods=counts)) == bits(payments)


# Shapes, arguments and errors


@pytest.mark.parametrize(
    ("figure", "shape"),
    [
        (lambda: finance.npv([1, 2], rate=0.1), None),
        (lambda: finance.npv([1, 2], rate=[0.1]), None),
        (lambda: finance.npv([1, 2], rate=[0.1, 0.2]), (2,)),
        (lambda: finance.npv([[1, 2]], rate=0.1), (1,)),
        (lambda: finance.npv([[1, 2], [3, 4], [5, 6]], rate=0.1), (3,)),
        (lambda: finance.npv(np.zeros((0, 3)), rate=0.1), (0,)),
        (lambda: finance.irr([-1, 2]), None),
        (lambda: finance.irr([[-1, 2]]), (1,)),
        (lambda: finance.irr([[-1, 2]] * 3), (3,)),
        (lambda: finance.irr(np.zeros((0, 3))), (0,)),
        (lambda: finance.annuity_factor(rate=0.1, periods=3), None),
        (lambda: finance.annuity_factor(rate=[0.1], periods=3), (1,)),
        (lambda: finance.annuity_factor(rate=0.1, periods=[3]), (1,)),
        (lambda: finance.annuity_factor(rate=[0.1, 0.2], periods=3), (2,)),
        (lambda: finance.annuity_payment(9, rate=0.1, periods=3), None),
        (lambda: finance.annuity_payment([9], rate=0.1, periods=3), (1,)),
        (lambda: finance.annuity_payment(9, rate=[0.1], periods=3), (1,)),
        (lambda: finance.annuity_payment(9, rate=0.1, periods=[3]), (1,)),
        (lambda: finance.annuity_payment([9, 8], rate=[0.1], periods=3), (2,)),
    ],
)
def test_one_row_gives_a_float_and_a_table_one_figure_per_row(
    figure: Callable, shape: tuple | None
) -> None:
    """FINANCE-38: a figure of one row is a float, of a table an array of shape (rows,) (shapes)."""
    found = figure()
    assert isinstance(found, float) if shape is None else found.shape == shape
    assert shape is None or found.dtype == np.float64


@pytest.mark.parametrize("kind", [list, tuple, np.array, pd.Series, lambda row: pd.array(row)])
def test_any_sequence_of_numbers_gives_the_same_figures(kind: Callable) -> None:
    """FINANCE-39: lists, tuples, arrays and series of equal numbers are the same flows (dtypes)."""
    flows = [-70000, 12000, 15000, 18000, 21000, 26000]
    assert finance.irr(kind(flows)) == finance.irr([float(flow) for flow in flows])
    assert finance.npv(kind(flows), rate=0.1) == finance.npv(np.array(flows, float), rate=0.1)
    frame = pd.DataFrame([kind(flows), kind(flows)])
    assert finance.irr(frame).tolist() == [finance.irr(flows)] * 2


@given(TABLES)
def test_arguments_are_left_alone_and_may_be_read_only(table: np.ndarray) -> None:
    """FINANCE-40: no figure writes to its arguments (non-interference)."""
    rates, counts = np.full(len(table), 0.1), np.full(len(table), 5.0)
    before = [bits(values) for values in (table, rates, counts)]
    for values in (table, rates, counts):
        values.flags.writeable = False
    finance.npv(table, rate=rates)
    finance.irr(table, on_failure="nan")
    finance.annuity_payment(table[:, 0], rate=rates, periods=counts)
    assert [bits(values) for values in (table, rates, counts)] == before


SHAPE = "amounts: shape (periods,) or (rows, periods) is needed, given "
NEEDED = "finite and above -1 is needed, given "
ERRORS = [
    (lambda: finance.npv(5.0, rate=0.1), SHAPE + "()"),
    (lambda: finance.npv([], rate=0.1), SHAPE + "(0,)"),
    (lambda: finance.irr([[]]), SHAPE + "(1, 0)"),
    (lambda: finance.irr(np.zeros((1, 2, 3))), SHAPE + "(1, 2, 3)"),
    (lambda: finance.npv([1, math.nan], rate=0.1), "amounts: not finite in 1 row: 0"),
    (
        lambda: finance.irr([[1, -1], [math.inf, 1], [-math.inf, 1]]),
        "amounts: not finite in 2 rows (first 2: 1, 2)",
    ),
    (lambda: finance.npv([1], rate=-1), f"rate: {NEEDED}-1"),
    (lambda: finance.npv([1], rate=math.nan), f"rate: {NEEDED}nan"),
    (lambda: finance.npv([1], rate=math.inf), f"rate: {NEEDED}inf"),
    (lambda: finance.npv([1], rate=[0.1, -1.5]), f"rate: {NEEDED}[0.1, -1.5]"),
    (lambda: finance.npv([1], rate=None), f"rate: {NEEDED}None"),
    (
        lambda: finance.npv([1], rate=[[0.1], [0.2]]),
        "rate: one number, or one per row, is needed, given (2, 1)",
    ),
    (
        lambda: finance.npv([[1, 2]] * 3, rate=[0.1, 0.2]),
        "rows differ in number: amounts 3, rate 2; give one, or one per row",
    ),
    (
        lambda: finance.irr([-1, 2], on_failure="ignore"),
        "on_failure: 'ignore' is not 'raise' or 'nan'",
    ),
    (lambda: finance.annuity_factor(rate=-1.0, periods=3), f"rate: {NEEDED}-1.0"),
    (
        lambda: finance.annuity_factor(rate=0.1, periods=-0.5),
        "periods: finite and at least 0 is needed, given -0.5",
    ),
    (
        lambda: finance.annuity_factor(rate=[0.1, 0.2], periods=[1, 2, 3]),
        "rows differ in number: rate 2, periods 3; give one, or one per row",
    ),
    (
        lambda: finance.annuity_payment(math.nan, rate=0.1, periods=3),
        "principal: a finite number is needed; leave out what is unknown",
    ),
    (
        lambda: finance.annuity_payment([[1.0, 2.0]], rate=0.1, periods=3),
        "principal: one number, or one per row, is needed, given (1, 2)",
    ),
    (lambda: finance.annuity_payment(1, rate=-2, periods=3), f"rate: {NEEDED}-2"),
    (
        lambda: finance.annuity_payment(1, rate=0.1, periods=0.99),
        "periods: finite and at least 1 is needed, given 0.99",
    ),
    (
        lambda: finance.annuity_payment([1, 2], rate=[0.1, 0.2, 0.3], periods=[1, 2, 3, 4]),
        "rows differ in number: principal 2, rate 3, periods 4; give one, or one per row",
    ),
]


@pytest.mark.parametrize(("call", "message"), ERRORS)
def test_what_cannot_be_valued_is_refused(call: Callable, message: str) -> None:
    """FINANCE-41: a wrong argument raises InputError and says what is allowed (full message)."""
    with pytest.raises(InputError) as caught:
        call()
    assert type(caught.value) is InputError
    assert str(caught.value) == message


def test_the_least_allowed_arguments_are_accepted() -> None:
    """FINANCE-42: r just above −1, no period of an annuity and 1 of a loan are allowed (bounds)."""
    assert finance.npv([1.0, 1.0], rate=-1.0 + 2.0**-10) == 1025.0
    assert finance.annuity_factor(rate=0.1, periods=0) == 0.0
    assert finance.annuity_payment(8.0, rate=1.0, periods=1) == 16.0
    assert finance.annuity_payment(0.0, rate=0.1, periods=5) == 0.0
