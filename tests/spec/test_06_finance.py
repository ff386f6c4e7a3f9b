"""Chapter 6: public figures of cash flows, one per row."""

import calendar
import datetime as dt
import math
import warnings
from collections.abc import Callable
from fractions import Fraction
from itertools import accumulate, pairwise

import mpmath
import numpy as np
import pandas as pd
import pytest
import pyxirr
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tariffcalc as tc
from tariffcalc import finance
from tariffcalc.errors import InputError, MultipleRootsError, NoRootError, UnknownNameError

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
        "give flows with one change of sign, root='lowest', 'highest' or 'nearest', or "
        "on_failure='nan'"
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

FIVE = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
AID = {
    "face": 100.0,
    "rate": 0.02,
    "maturity_years": 30,
    "grace_years": 10,
    "payments_per_year": 2,
    "discount_rate": 0.05,
}
LENT = {"principal": [0, 9], "interest": [0, 1], "treasury_rate": 0.05}


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
        (lambda: finance.xnpv([1, 2], FIVE[:2], rate=0.1), None),
        (lambda: finance.xnpv([1, 2], [FIVE[:2]], rate=0.1), (1,)),
        (lambda: finance.xnpv([[1, 2]] * 3, FIVE[:2], rate=0.1), (3,)),
        (lambda: finance.xnpv([1, 2], FIVE[:2], rate=[0.1, 0.2]), (2,)),
        (lambda: finance.xirr([-1, 2], FIVE[:2]), None),
        (lambda: finance.xirr([-1, 2], [FIVE[:2]]), (1,)),
        (lambda: finance.xirr([[-1, 2]] * 3, [FIVE[:2]]), (3,)),
        (lambda: finance.xirr(np.zeros((0, 2)), FIVE[:2]), (0,)),
        (lambda: finance.day_count_fraction(FIVE[0], FIVE[1], "ACT/360"), None),
        (lambda: finance.day_count_fraction(FIVE[0], FIVE, "30E/360"), (5,)),
        (lambda: finance.day_count_fraction(FIVE, FIVE[0], "ACT/ACT ISDA"), (5,)),
        (lambda: finance.grant_element(**AID), None),
        (lambda: finance.grant_element(**{**AID, "rate": [0.01, 0.02]}), (2,)),
        (lambda: finance.grant_element(**{**AID, "face": [9.0]}), (1,)),
        (lambda: finance.credit_subsidy([9, 0], **LENT), None),
        (lambda: finance.credit_subsidy([[9, 0]], **LENT), (1,)),
        (lambda: finance.credit_subsidy([9, 0], **{**LENT, "treasury_rate": [0.1]}), (1,)),
        (lambda: finance.credit_subsidy([9, 0], **{**LENT, "treasury_rate": [[0, 0.1]]}), None),
        (lambda: finance.credit_subsidy([9, 0], **LENT, default_rate=[[0, 0.1]] * 3), (3,)),
        (lambda: finance.credit_subsidy([9, 0], **LENT, default_rate=[0, 0.1]), (2,)),
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
    days = np.array(YEARLY * 2, dtype="datetime64[D]")[: table.shape[1]]
    days.flags.writeable = False
    finance.xnpv(table, days, rate=rates)
    finance.xirr(table, days, on_failure="nan")
    assert days.tolist() == (YEARLY * 2)[: table.shape[1]]
    assert [bits(values) for values in (table, rates, counts)] == before


SHAPE = "amounts: shape (periods,) or (rows, periods) is needed, given "
NEEDED = "finite and above -1 is needed, given "
DATES = "dates: dates are needed, as '2025-10-17' or datetime.date, given "
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
    (
        lambda: finance.xnpv([1, 2], FIVE, rate=0.1),
        "dates: shape (2,) or (rows, 2) is needed, as amounts have it, given (5,)",
    ),
    (
        lambda: finance.xirr([1], FIVE[0]),
        "dates: shape (1,) or (rows, 1) is needed, as amounts have it, given ()",
    ),
    (
        lambda: finance.xirr([1, 2], [[FIVE[:2]]]),
        "dates: shape (2,) or (rows, 2) is needed, as amounts have it, given (1, 1, 2)",
    ),
    (
        lambda: finance.xnpv([[1, 2]] * 3, [FIVE[:2]] * 2, rate=0.1),
        "rows differ in number: amounts 3, dates 2, rate 1; give one, or one per row",
    ),
    (
        lambda: finance.xirr([[1, 2]] * 3, [FIVE[:2]] * 2),
        "rows differ in number: amounts 3, dates 2; give one, or one per row",
    ),
    (lambda: finance.xnpv([1, 2], FIVE[:2], rate=-1), f"rate: {NEEDED}-1"),
    (
        lambda: finance.xirr([-1, 2], FIVE[:2], on_failure="ignore"),
        "on_failure: 'ignore' is not 'raise' or 'nan'",
    ),
    (lambda: finance.xirr([-1, 2], ["2025-01-01", "soon"]), DATES + "['2025-01-01', 'soon']"),
    (lambda: finance.xirr([-1, 2], [20250101, 20260101]), DATES + "[20250101, 20260101]"),
    (lambda: finance.xirr([-1, 2], [1.5, dt.date(2025, 1, 1)]), DATES + "[1.5, datetime.date(2025"),
    (
        lambda: finance.day_count_fraction(dt.datetime(2025, 1, 1, tzinfo=dt.UTC), FIVE, "30E/360"),
        DATES.replace("dates:", "start:") + "datetime.datetime(2025",
    ),
    (lambda: finance.xirr([-1, 2], [FIVE[0], None]), DATES + "['2008-01-01', None]"),
    (lambda: finance.xirr([-1, 2], [FIVE[:2], [FIVE[0], "NaT"]]), "dates: no date in 1 row: 1"),
    (lambda: finance.day_count_fraction("NaT", FIVE, "30E/360"), "start: no date in 1 row: 0"),
    (lambda: finance.day_count_fraction(FIVE[0], "NaT", "30E/360"), "end: no date in 1 row: 0"),
    (
        lambda: finance.credit_subsidy([[9, 0]] * 2, **{**LENT, "interest": [[0, 1], [0, -1]]}),
        "interest: negative in 1 row: 1",
    ),
    (
        lambda: finance.credit_subsidy([9, 0], **LENT, default_rate=[[0.1] * 3]),
        "default_rate: one number, one per row, or a table of 2 columns is needed, given (1, 3)",
    ),
    (
        lambda: finance.credit_subsidy([9, 0], **LENT, cover_share=[[1, 1]]),
        "cover_share: one number, or one per row, is needed, given (1, 2)",
    ),
    (
        lambda: finance.credit_subsidy([9, 0], **LENT, cover_share=1.5),
        "cover_share: finite and from 0 to 1 is needed, given 1.5",
    ),
    (
        lambda: finance.credit_subsidy(
            [[9e9, 0], [9, 0]], **{**LENT, "principal": [[0, 9e9], [0, 8.9]]}
        ),
        (
            "principal: all that is drawn, and no more than is owed, is to be repaid, "
            "but not in 1 row: 1"
        ),
    ),
    (
        lambda: finance.day_count_fraction([FIVE], FIVE, "30E/360"),
        "start: one date, or one per row, is needed, given (1, 5)",
    ),
    (
        lambda: finance.day_count_fraction(FIVE[:2], FIVE, "30E/360"),
        "rows differ in number: start 2, end 5; give one, or one per row",
    ),
    (
        lambda: finance.loan_schedule(1, rate=0.1, periods=0, grace_periods=-1),
        (
            "loan: 2 faults\n  - periods: a whole number from 1 on is needed, given 0\n"
            "  - grace_periods: a whole number from 0 on is needed, given -1"
        ),
    ),
    (
        lambda: finance.loan_schedule(1, rate=0.1, periods=2.0),
        "loan: 1 fault\n  - periods: a whole number from 1 on is needed, given 2.0",
    ),
    (
        lambda: finance.loan_schedule(1, rate=0.1, periods=True),
        "loan: 1 fault\n  - periods: a whole number from 1 on is needed, given True",
    ),
    (
        lambda: finance.loan_schedule(1, rate=0.1, periods=3, grace_periods=3),
        "loan: 1 fault\n  - grace_periods: fewer than the 3 periods are needed, given 3",
    ),
    (
        lambda: finance.loan_schedule(-1, rate=0.1, periods=3),
        "disbursement: finite and at least 0 is needed, given -1",
    ),
    (
        lambda: finance.loan_schedule(1, rate=math.nan, periods=3),
        "rate: finite and at least 0 is needed, given nan",
    ),
    (
        lambda: finance.loan_schedule(1, rate=[0.1, 0.2], periods=3),
        "rate: one number, or 3, is needed, given 2",
    ),
    (
        lambda: finance.loan_schedule([1, 1, 1, 1], rate=0.1, periods=3),
        "disbursement: one number, or at most 3, is needed, given 4",
    ),
    (
        lambda: finance.loan_schedule(9, rate=0.1, periods=3, repayment=[9, 0]),
        "repayment: one number, or 3, is needed, given 2",
    ),
    (
        lambda: finance.loan_schedule(9, rate=0.1, periods=3, grace_periods=1, repayment=[9, 9, 0]),
        (
            "loan: 3 faults\n  - repayment: principal of 9 in all is needed, given 18\n"
            "  - repayment: more than is owed in period 2\n"
            "  - repayment: none is needed in the 1 grace_periods"
        ),
    ),
    (
        lambda: finance.grant_element(**{**AID, "face": 0}),
        "face: finite and above 0 is needed, given 0",
    ),
    (
        lambda: finance.grant_element(**{**AID, "rate": -0.01}),
        "rate: finite and at least 0 is needed, given -0.01",
    ),
    (
        lambda: finance.grant_element(**{**AID, "maturity_years": 0}),
        "maturity_years: finite and above 0 is needed, given 0",
    ),
    (
        lambda: finance.grant_element(**{**AID, "grace_years": -1}),
        "grace_years: finite and at least 0 is needed, given -1",
    ),
    (
        lambda: finance.grant_element(**{**AID, "payments_per_year": 0}),
        "payments_per_year: finite and above 0 is needed, given 0",
    ),
    (
        lambda: finance.grant_element(**{**AID, "discount_rate": -1}),
        f"discount_rate: {NEEDED}-1",
    ),
    (
        lambda: finance.grant_element(**{**AID, "maturity_years": 30.2, "grace_years": 31.3}),
        (
            "loan: 3 faults\n"
            "  - maturity_years: a whole number of payments is needed, given 60.4 of them\n"
            "  - grace_years: a whole number of payments is needed, given 62.6 of them\n"
            "  - grace_years: at most maturity_years is needed, given 31.3 and 30.2"
        ),
    ),
    (
        lambda: finance.grant_element(**{**AID, "rate": [0.1, 0.2], "grace_years": [1, 2, 3]}),
        (
            "rows differ in number: face 1, rate 2, maturity_years 1, grace_years 3, "
            "payments_per_year 1, discount_rate 1; give one, or one per row"
        ),
    ),
    (
        lambda: finance.credit_subsidy([9, 0, 0], **LENT),
        (
            "times differ in number: disbursements 3, principal 2, interest 2; "
            "give a flow for each, 0 where none is"
        ),
    ),
    (
        lambda: finance.credit_subsidy([9, 0], **LENT, fees=[0, -1]),
        "fees: negative in 1 row: 0",
    ),
    (lambda: finance.credit_subsidy(9, **LENT), SHAPE.replace("amounts", "disbursements") + "()"),
    (
        lambda: finance.credit_subsidy([9, math.inf], **LENT),
        "disbursements: not finite in 1 row: 0",
    ),
    (
        lambda: finance.credit_subsidy([9, 0], **{**LENT, "treasury_rate": -1}),
        "treasury_rate: finite and above -1 is needed, given -1",
    ),
    (
        lambda: finance.credit_subsidy([9, 0], **{**LENT, "treasury_rate": [[0.1] * 3]}),
        "treasury_rate: one number, one per row, or a table of 2 columns is needed, given (1, 3)",
    ),
    (
        lambda: finance.credit_subsidy([9, 0], **LENT, default_rate=1.5),
        "default_rate: finite and from 0 to 1 is needed, given 1.5",
    ),
    (
        lambda: finance.credit_subsidy([9, 0], **LENT, recovery_share=[[0.5, 0.5]]),
        "recovery_share: one number, or one per row, is needed, given (1, 2)",
    ),
    (
        lambda: finance.credit_subsidy([9, 0], **LENT, recovery_share=-0.5),
        "recovery_share: finite and from 0 to 1 is needed, given -0.5",
    ),
    (
        lambda: finance.credit_subsidy([9, 0], **LENT, cover_share=0.5),
        "cover_share: a direct loan has 1; give kind='guarantee'",
    ),
    (
        lambda: finance.credit_subsidy([[9, 0], [9, 0]], **{**LENT, "principal": [[0, 9], [9, 9]]}),
        (
            "principal: all that is drawn, and no more than is owed, is to be repaid, "
            "but not in 1 row: 1"
        ),
    ),
    (
        lambda: finance.credit_subsidy([8, 0], **LENT),
        (
            "principal: all that is drawn, and no more than is owed, is to be repaid, "
            "but not in 1 row: 0"
        ),
    ),
    (
        lambda: finance.credit_subsidy([[9, 0]] * 3, **LENT, default_rate=[0.1, 0.2]),
        (
            "rows differ in number: disbursements 3, principal 1, interest 1, fees 1, "
            "treasury_rate 1, default_rate 2, recovery_share 1, cover_share 1; "
            "give one, or one per row"
        ),
    ),
]


@pytest.mark.parametrize(("call", "message"), ERRORS)
def test_what_cannot_be_valued_is_refused(call: Callable, message: str) -> None:
    """FINANCE-41: a wrong argument raises InputError and says what is allowed (full message)."""
    with pytest.raises(InputError) as caught:
        call()
    assert type(caught.value) is InputError
    found = str(caught.value)
    assert found == message or (DATES[7:] in message and found.startswith(message))


def test_the_least_allowed_arguments_are_accepted() -> None:
    """FINANCE-42: r just above −1, no period of an annuity and 1 of a loan are allowed (bounds)."""
    assert finance.npv([1.0, 1.0], rate=-1.0 + 2.0**-10) == 1025.0
    assert finance.annuity_factor(rate=0.1, periods=0) == 0.0
    assert finance.annuity_payment(8.0, rate=1.0, periods=1) == 16.0
    assert finance.annuity_payment(0.0, rate=0.1, periods=5) == 0.0


# Flows on dates

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31))
FLOWS_OF_FIVE = [-10000, 2750, 4250, 3250, 2750]


@st.composite
def dated(draw: st.DrawFn) -> tuple[list[float], list[dt.date]]:
    """Draw flows on days of 70 years, in any order."""
    days = draw(st.lists(DAYS, min_size=1, max_size=12))
    return [draw(CENTS) for _ in days], days


@st.composite
def dated_projects(draw: st.DrawFn) -> tuple[list[float], list[dt.date]]:
    """Draw an outlay and receipts on later days of its decade."""
    flows, start = draw(projects()), draw(DAYS)
    gaps = st.integers(365, 900)
    days = list(accumulate((draw(gaps) for _ in flows[1:]), initial=start.toordinal()))
    return flows, [dt.date.fromordinal(day) for day in days]


def exact_xnpv(flows: list[float], days: list[dt.date], rate: float) -> mpmath.mpf:
    """Return Σ a·(1+r)^−(days ÷ 365) to 50 digits."""
    first, growth = min(days), 1 + mpmath.mpf(rate)
    times = [mpmath.mpf((day - first).days) / 365 for day in days]
    return mpmath.fsum(flow * growth**-time for flow, time in zip(flows, times, strict=True))


def xnpv_error(flows: list[float], days: list[dt.date], rate: float) -> float:
    """Bound the rounding: each exponent t·ln(1+r) is off by 4 roundings, and so is its power."""
    most = (max(days) - min(days)).days / 365
    size = exact_xnpv([abs(flow) for flow in flows], days, rate)
    return float(size) * UNIT * (len(flows) + 6 + 4 * most * abs(math.log1p(rate)))


@given(dated(), RATES)
def test_the_dated_value_is_the_sum_of_discounted_flows(flows: tuple, rate: float) -> None:
    """FINANCE-43: xnpv = Σ_k a_k·(1+r)^−(d_k − d_first)/365 (50 digits)."""
    found = finance.xnpv(*flows, rate=rate)
    with mpmath.workdps(50):
        assert abs(found - exact_xnpv(*flows, rate)) <= xnpv_error(*flows, rate)


def test_published_dated_figures_are_met() -> None:
    """FINANCE-44: xnpv and xirr meet Microsoft's published example (Excel; 2,086.65, 37.3363 %)."""
    assert f"{finance.xnpv(FLOWS_OF_FIVE, FIVE, rate=0.09):.2f}" == "2086.65"
    assert f"{finance.xirr(FLOWS_OF_FIVE, FIVE):.6f}" == "0.373363"


@given(dated(), RATES)
def test_the_dated_value_agrees_with_pyxirr(flows: tuple, rate: float) -> None:
    """FINANCE-45: xnpv equals pyxirr.xnpv (live; the roundings of both)."""
    other = pyxirr.xnpv(rate, flows[1], flows[0])
    # It raises 1 + r, rounded once, to the power of up to so many years.
    years = (max(flows[1]) - min(flows[1])).days / 365
    powers = float(exact_xnpv([abs(flow) for flow in flows[0]], flows[1], rate)) * UNIT * years
    assert abs(finance.xnpv(*flows, rate=rate) - other) <= 2 * xnpv_error(*flows, rate) + powers


@given(projects(), RATES, DAYS)
def test_years_of_365_days_are_periods(flows: list, rate: float, start: dt.date) -> None:
    """FINANCE-46: on days 365 apart xnpv = npv and xirr = irr (collapse; roundings of both)."""
    days = [start + dt.timedelta(365 * period) for period in range(len(flows))]
    off = npv_error(flows, rate) + xnpv_error(flows, days, rate)
    assert abs(finance.xnpv(flows, days, rate=rate) - finance.npv(flows, rate=rate)) <= off
    found, other = finance.xirr(flows, days), finance.irr(flows)
    assert abs(found - other) <= 4 * irr_error(flows, other) * (1 + abs(math.log1p(other)))


@given(dated_projects())
def test_the_exact_value_changes_sign_at_the_dated_rate(project: tuple) -> None:
    """FINANCE-47: the exact value has both signs at (1 + xirr)·(1 ± 1e-12) (50 digits)."""
    rate = finance.xirr(*project)
    with mpmath.workdps(50):
        growth = 1 + mpmath.mpf(rate)
        low, high = (growth * (1 + side * mpmath.mpf("1e-12")) - 1 for side in (-1, 1))
        assert exact_xnpv(*project, low) > 0 > exact_xnpv(*project, high)


@given(dated_projects().filter(lambda project: sum(project[0]) > 0))
def test_the_dated_rate_agrees_with_pyxirr(project: tuple) -> None:
    """FINANCE-48: xirr > 0 equals pyxirr.xirr (live, within the 1e-9 at which pyxirr stops)."""
    flows, days = project
    rate = finance.xirr(flows, days)
    assert abs(rate - pyxirr.xirr(days, flows)) <= 1e-8 * max(1.0, 1.0 + rate)


@given(dated_projects(), st.randoms(use_true_random=False), st.integers(-40, 40))
def test_order_scale_and_halves_leave_the_dated_rate_alone(
    project: tuple, random: object, power: int
) -> None:
    """FINANCE-49: xirr ignores the order of flows, ±2^m and a flow paid in halves (to the bit)."""
    pairs = list(zip(*project, strict=True))
    rate = finance.xirr(*project)
    random.shuffle(pairs)
    assert finance.xirr(*zip(*pairs, strict=True)) == rate
    flow, day = pairs[0]
    halves = [(flow / 2, day), *pairs[1:], (flow / 2, day)]
    assert finance.xirr(*zip(*halves, strict=True)) == rate
    assert finance.xirr([-flow * 2.0**power for flow in project[0]], project[1]) == rate


@given(TABLES, st.data())
def test_each_row_has_the_dated_figures_it_has_alone(
    table: np.ndarray, data: st.DataObject
) -> None:
    """FINANCE-50: xnpv and xirr of a table are those row by row (to the bit, NaN with NaN)."""
    days = [data.draw(st.lists(DAYS, min_size=len(row), max_size=len(row))) for row in table]
    values = finance.xnpv(table, days, rate=0.05)
    assert bits(values) == bits(
        [finance.xnpv(*row, rate=0.05) for row in zip(table, days, strict=True)]
    )
    found = finance.xirr(table, days, on_failure="nan")
    alone = [finance.xirr(*row, on_failure="nan") for row in zip(table, days, strict=True)]
    assert bits(found) == bits(alone)
    same = finance.xirr(table, days[0], on_failure="nan")
    assert bits(same) == bits([finance.xirr(row, days[0], on_failure="nan") for row in table])


YEARLY = [dt.date(2021, 1, 1) + dt.timedelta(365 * year) for year in range(5)]


@pytest.mark.parametrize(
    ("flows", "error"),
    [
        ([100, -230, 132], MultipleRootsError),
        ([-50, -100, 600, 300, -100], MultipleRootsError),
        ([0, 0, 0], NoRootError),
        ([1, 2, 3], NoRootError),
        ([1, -1, 1], NoRootError),
        ([-1, 2e6], NoRootError),
        ([-1, 9e-5], NoRootError),
        ([5], NoRootError),
    ],
)
def test_dated_flows_without_a_rate_or_with_several_are_refused(flows: list, error: type) -> None:
    """FINANCE-51: no root from −0.9999 to 1e6, or several, raise or give NaN, as for irr."""
    with pytest.raises(error) as caught:
        finance.xirr(flows, YEARLY[: len(flows)])
    with pytest.raises(error) as other:
        finance.irr(flows)
    assert str(caught.value) == str(other.value)
    assert math.isnan(finance.xirr(flows, YEARLY[: len(flows)], on_failure="nan"))


@pytest.mark.parametrize("flows", [[-100, 100], [-3, 1, 1, 1], [100, 0, -100]])
def test_dated_flows_that_add_up_to_0_earn_a_rate_of_0(flows: list) -> None:
    """FINANCE-52: xirr = 0 where Σ a_k = 0 and the sign changes once (to the bit)."""
    assert finance.xirr(flows, YEARLY[: len(flows)]) == 0.0


# Day counts


def by_hand(start: dt.date, end: dt.date, convention: str) -> Fraction:
    """Return the fraction of a year, one day at a time for ACT/ACT."""
    if start > end:
        return -by_hand(end, start, convention)
    if convention == "30E/360":
        first, last = min(start.day, 30), min(end.day, 30)
        months = 12 * (end.year - start.year) + end.month - start.month
        return Fraction(30 * months + last - first, 360)
    if convention == "ACT/ACT ISDA":
        years = {year: 365 + calendar.isleap(year) for year in range(start.year, end.year + 1)}
        edges = [start, *(dt.date(year, 1, 1) for year in list(years)[1:]), end]
        return sum((Fraction((b - a).days, years[a.year]) for a, b in pairwise(edges)), Fraction(0))
    return Fraction((end - start).days, {"ACT/360": 360, "ACT/365F": 365}[convention])


CONVENTIONS = st.sampled_from(["ACT/360", "ACT/365F", "ACT/ACT ISDA", "30E/360"])
MONTH_ENDS = st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 1)).map(
    lambda day: day.replace(day=1) - dt.timedelta(1)
)


@given(DAYS | MONTH_ENDS, DAYS | MONTH_ENDS, CONVENTIONS)
def test_day_count_fractions_are_those_counted_by_hand(
    start: dt.date, end: dt.date, convention: str
) -> None:
    """FINANCE-53: day_count_fraction is the count of ISDA 4.16 (scalar version in fractions)."""
    found = finance.day_count_fraction(start, end, convention)
    assert abs(Fraction(found) - by_hand(start, end, convention)) <= Fraction(4 * math.ulp(71.0))


@pytest.mark.parametrize(
    ("start", "end", "published"),
    [
        ("2003-11-01", "2004-05-01", "0.497724380567"),
        ("1999-02-01", "1999-07-01", "0.410958904110"),
        ("1999-07-01", "2000-07-01", "1.0013773486"),
        ("2002-08-15", "2003-07-15", "0.915068493151"),
        ("2003-07-15", "2004-01-15", "0.504004790778"),
        ("1999-07-30", "2000-01-30", "0.503892506924"),
        ("2000-01-30", "2000-06-30", "0.415300546448"),
    ],
)
def test_published_actual_fractions_are_met(start: str, end: str, published: str) -> None:
    """FINANCE-54: ACT/ACT meets ISDA's examples (The Actual/Actual Day Count Fraction, 1999)."""
    digits = len(published.partition(".")[2])
    assert f"{finance.day_count_fraction(start, end, 'ACT/ACT ISDA'):.{digits}f}" == published


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2003-12-29", "2004-01-31", 31),
        ("2003-12-30", "2004-01-31", 30),
        ("2003-12-31", "2004-01-31", 30),
        ("2004-01-01", "2004-01-31", 29),
        ("2003-12-29", "2004-02-01", 32),
        ("2003-12-30", "2004-02-01", 31),
        ("2003-12-31", "2004-02-01", 31),
        ("2004-01-01", "2004-02-01", 30),
    ],
)
def test_published_months_of_30_days_are_met(start: str, end: str, days: int) -> None:
    """FINANCE-55: 30E/360 meets the eight scenarios of Eagle's comparison of ISMA and NASD."""
    assert finance.day_count_fraction(start, end, "30E/360") == days / 360


@given(DAYS, DAYS, CONVENTIONS)
def test_day_count_fractions_agree_with_pyxirr(
    start: dt.date, end: dt.date, convention: str
) -> None:
    """FINANCE-56: day_count_fraction equals pyxirr.year_fraction (live; 2 ulps of 71 years)."""
    found = finance.day_count_fraction(start, end, convention)
    assert abs(found - pyxirr.year_fraction(start, end, convention)) <= 2 * math.ulp(71.0)


@given(st.lists(st.tuples(DAYS, DAYS), min_size=1, max_size=6), CONVENTIONS)
def test_day_counts_turn_sign_with_their_ends_and_row_by_row(rows: list, convention: str) -> None:
    """FINANCE-57: from b to a is minus from a to b, and a table is its rows (to the bit)."""
    start, end = zip(*rows, strict=True)
    found = finance.day_count_fraction(start, end, convention)
    assert bits(found) == bits([finance.day_count_fraction(*row, convention) for row in rows])
    assert bits(found) == bits(-1.0 * finance.day_count_fraction(end, start, convention) + 0.0)


# Loans by period

NAMED = st.sampled_from(["annuity", "equal_principal", "bullet"])


@st.composite
def loans(draw: st.DrawFn) -> dict:
    """Draw the terms of a loan: drawn at once or in parts, at a fixed or a floating rate."""
    periods = draw(st.integers(1, 40))
    rate = st.floats(0.0, 0.3, allow_subnormal=False)
    money = st.floats(1.0, 1e12)
    return {
        "disbursement": draw(money | st.lists(money, min_size=1, max_size=periods)),
        "rate": draw(rate | st.lists(rate, min_size=periods, max_size=periods)),
        "periods": periods,
        "grace_periods": draw(st.integers(0, periods - 1)),
        "repayment": draw(NAMED),
    }


def schedule(terms: dict) -> pd.DataFrame:
    return finance.loan_schedule(
        terms["disbursement"], **{name: terms[name] for name in terms if name != "disbursement"}
    )


def scheduled_by_hand(terms: dict) -> list[tuple]:
    """Return interest, principal and balance by period, in fractions."""
    periods, rows, balance = terms["periods"], [], Fraction(0)
    drawn, rates = (
        [*map(Fraction, np.atleast_1d(terms[name]).tolist())] for name in ("disbursement", "rate")
    )
    for period in range(periods):
        balance += drawn[period] if period < len(drawn) else 0
        rate, left = rates[period if len(rates) > 1 else 0], periods - period
        level = balance / left if rate == 0 else balance * rate / (1 - (1 + rate) ** -left)
        repaid = {
            "annuity": level - balance * rate,
            "equal_principal": balance / left,
            "bullet": Fraction(0),
        }[terms["repayment"]]
        repaid = Fraction(0) if period < terms["grace_periods"] else repaid
        repaid = balance if left == 1 else repaid
        rows.append((balance * rate, repaid, balance - repaid))
        balance -= repaid
    return rows


@given(loans())
def test_a_loan_pays_what_the_scalar_loop_says(terms: dict) -> None:
    """FINANCE-58: loan_schedule equals the loop over periods in fractions (oracle)."""
    table, total = schedule(terms), float(np.sum(terms["disbursement"]))
    columns = table[["interest", "principal", "closing_balance"]].to_numpy()
    for found, exact in zip(columns, scheduled_by_hand(terms), strict=True):
        for one, other in zip(found, exact, strict=True):
            # Each period's share of principal carries a dozen roundings of 1/A, at most 1 + r.
            assert abs(Fraction(one) - other) <= Fraction(total * 40 * UNIT * len(table))


@given(loans())
def test_the_balance_runs_on_and_closes_at_0(terms: dict) -> None:
    """FINANCE-59: closing = opening − principal, opening = closing before + drawn, 0 at the end."""
    table = schedule(terms)
    closed, opened = table["closing_balance"], table["opening_balance"]
    assert bits(closed) == bits(opened - table["principal"])
    assert bits(opened) == bits(closed.shift(fill_value=0.0) + table["disbursement"])
    assert bits(table["payment"]) == bits(table["interest"] + table["principal"])
    assert closed.iloc[-1] == 0.0
    assert table.index.tolist() == list(range(1, terms["periods"] + 1))
    total = math.fsum(np.atleast_1d(terms["disbursement"]))
    assert abs(math.fsum(table["principal"]) - total) <= total * UNIT * 3 * len(table)
    assert table.attrs["units"] == dict.fromkeys(table.columns, "currency")


@given(st.floats(1.0, 1e12), RATES.filter(lambda rate: rate >= 0), COUNTS, st.data())
def test_an_annuity_pays_its_level_payment(
    owed: float, rate: float, periods: int, data: st.DataObject
) -> None:
    """FINANCE-60: after the grace each payment is annuity_payment over the periods left."""
    grace = data.draw(st.integers(0, periods - 1))
    table = finance.loan_schedule(owed, rate=rate, periods=periods, grace_periods=grace)
    level = finance.annuity_payment(owed, rate=rate, periods=periods - grace)
    off = owed * (1 + rate) * UNIT * 40 * periods
    assert np.abs(table["payment"].iloc[grace:] - level).max() <= off
    assert bits(table["interest"].iloc[:grace]) == bits(table["payment"].iloc[:grace])


@given(loans().filter(lambda terms: isinstance(terms["rate"], float)))
def test_at_its_own_rate_a_loan_is_worth_what_is_drawn(terms: dict) -> None:
    """FINANCE-61: npv(payments) = npv(disbursements) at the loan's rate, whatever the profile."""
    table, rate = schedule(terms), terms["rate"]
    drawn, paid = [*table["disbursement"], 0.0], [0.0, *table["payment"]]
    off = npv_error(drawn, rate) + 2 * npv_error(paid, rate)
    assert abs(finance.npv(drawn, rate=rate) - finance.npv(paid, rate=rate)) <= 8 * off


@given(loans())
def test_principal_given_by_period_is_repaid_as_given(terms: dict) -> None:
    """FINANCE-62: a loan with the principal of another is that loan (composition)."""
    table = schedule(terms)
    custom = schedule({**terms, "repayment": table["principal"].tolist()})
    assert bits(custom["principal"].iloc[:-1]) == bits(table["principal"].iloc[:-1])
    assert bits(custom) == bits(table)


# Grant elements


@st.composite
def terms_of_aid(draw: st.DrawFn) -> dict:
    """Draw the terms of a loan to a state: 1, 2, 4 or 12 payments a year for up to 50 years."""
    often = draw(st.sampled_from([1, 2, 4, 12]))
    last = draw(st.integers(1, 50 * often))
    return {
        "face": draw(st.floats(1.0, 1e12)),
        "rate": draw(st.floats(0.0, 0.2, allow_subnormal=False)),
        "maturity_years": last / often,
        "grace_years": draw(st.integers(1, last)) / often,
        "payments_per_year": often,
        "discount_rate": draw(st.floats(0.005, 0.2)),
    }


def of_the_annex(terms: dict) -> mpmath.mpf:
    """Return 1 − ZG − ZM − ZX as the DAC's annex writes it for equal principal (50 digits)."""
    often, rate = terms["payments_per_year"], mpmath.mpf(terms["rate"])
    last = round(terms["maturity_years"] * often)
    interval = mpmath.mpf(round(terms["grace_years"] * often) - 1) / often
    discount = (1 + mpmath.mpf(terms["discount_rate"])) ** (mpmath.mpf(1) / often) - 1
    duration = mpmath.mpf(last) / often - interval
    count = often * duration
    one = (1 + mpmath.mpf(terms["discount_rate"])) ** interval
    two = (1 + mpmath.mpf(terms["discount_rate"])) ** duration
    grace = rate * (1 - 1 / one) / (often * discount)
    repaid = (1 / count) * (1 / one) * ((1 - 1 / two) / discount)
    interest = rate / (often * count) / one * (1 / two - 1 + discount * count) / discount**2
    return 1 - grace - repaid - interest


@given(terms_of_aid())
def test_the_grant_element_is_that_of_the_annex(terms: dict) -> None:
    """FINANCE-63: grant_element equals the OECD annex's general formula (50 digits)."""
    with mpmath.workdps(50):
        exact = of_the_annex(terms)
        size = 2 + terms["rate"] * terms["maturity_years"]
        assert abs(finance.grant_element(**terms) - exact) <= 1e-12 * size


REPAYMENTS = st.sampled_from(["equal_principal", "annuity", "lump_sum"])


@given(terms_of_aid(), REPAYMENTS, st.floats(-0.02, 0.2) | st.just(0.0))
def test_the_closed_form_is_the_value_of_the_payments(
    terms: dict, repayment: str, discount: float
) -> None:
    """FINANCE-64: grant_element = 1 − npv(payments of loan_schedule)/face (closed form, direct)."""
    terms["discount_rate"] = discount
    often = terms["payments_per_year"]
    periods = round(terms["maturity_years"] * often)
    table = finance.loan_schedule(
        terms["face"],
        rate=terms["rate"] / often,
        periods=periods,
        grace_periods=round(terms["grace_years"] * often) - 1,
        repayment="bullet" if repayment == "lump_sum" else repayment,
    )
    per_period = math.expm1(math.log1p(discount) / often)
    direct = 1 - finance.npv([0.0, *table["payment"]], rate=per_period) / terms["face"]
    size = 1 + sum(table["payment"]) / terms["face"] * (1 + per_period) ** -min(0, periods)
    growth = max(1.0, (1 + per_period) ** -periods)
    found = finance.grant_element(**terms, repayment=repayment)
    assert abs(found - direct) <= 2e-12 * size * growth


def test_the_loan_of_the_annex_has_its_grant_element() -> None:
    """FINANCE-65: 1,000 at 2.5 % for 10 years from 2001, repaid from July 2003 (DAC's annex)."""
    terms = {"face": 1000, "rate": 0.025, "maturity_years": 10, "grace_years": 2.5}
    terms |= {"payments_per_year": 2, "discount_rate": 0.10}
    flows = [Fraction(25, 2)] * 4
    flows += [Fraction(1000, 16) + Fraction(25, 2) * (16 - k) / 16 for k in range(16)]
    with mpmath.workdps(50):
        half = mpmath.sqrt(mpmath.mpf("1.1"))
        worth = sum(
            mpmath.mpf(f.numerator) / f.denominator / half**k for k, f in enumerate(flows, 1)
        )
        exact = float(1 - worth / 1000)
    assert finance.grant_element(**terms) == pytest.approx(exact, rel=1e-14)
    assert f"{finance.grant_element(**terms):.4f}" == "0.3239"


@given(terms_of_aid(), REPAYMENTS)
def test_a_loan_at_the_discount_rate_is_no_gift(terms: dict, repayment: str) -> None:
    """FINANCE-66: the grant element is 0 where rate/a = (1 + discount)^(1/a) − 1 (collapse)."""
    often = terms["payments_per_year"]
    terms["rate"] = often * math.expm1(math.log1p(terms["discount_rate"]) / often)
    assert abs(finance.grant_element(**terms, repayment=repayment)) <= 1e-11


@given(terms_of_aid())
def test_a_lump_sum_is_repaid_in_one_part(terms: dict) -> None:
    """FINANCE-67: with the grace of its maturity every loan is a lump sum, for any grace of it."""
    lump = finance.grant_element(**terms, repayment="lump_sum")
    late = {**terms, "grace_years": terms["maturity_years"]}
    for repayment in ("equal_principal", "annuity", "lump_sum"):
        assert abs(finance.grant_element(**late, repayment=repayment) - lump) <= 1e-12 * (
            1 + terms["rate"] * terms["maturity_years"]
        )
    first = 1 / terms["payments_per_year"]
    none, one = ({**terms, "grace_years": grace} for grace in (0.0, first))
    assert finance.grant_element(**none) == finance.grant_element(**one)


@given(terms_of_aid(), REPAYMENTS, st.floats(0.001, 0.1))
def test_dearer_loans_are_smaller_gifts(terms: dict, repayment: str, more: float) -> None:
    """FINANCE-68: the grant element falls with the rate, and is at most 1 (monotone; bounds)."""
    found = finance.grant_element(**terms, repayment=repayment)
    dearer = finance.grant_element(**{**terms, "rate": terms["rate"] + more}, repayment=repayment)
    assert dearer < found <= 1.0


@given(st.lists(terms_of_aid(), min_size=1, max_size=5), REPAYMENTS)
def test_each_loan_has_the_grant_element_it_has_alone(rows: list, repayment: str) -> None:
    """FINANCE-69: grant elements are those row by row, whatever the face (to the bit)."""
    table = {name: [row[name] for row in rows] for name in rows[0]}
    found = finance.grant_element(**table, repayment=repayment)
    alone = [finance.grant_element(**{**row, "face": 1.0}, repayment=repayment) for row in rows]
    assert bits(found) == bits(alone)


# Credit subsidies


@st.composite
def credits_granted(draw: st.DrawFn) -> dict:
    """Draw the flows of a loan and what is expected of it, row by row or alike."""
    terms = draw(loans())
    table = schedule(terms)
    times = len(table) + 1
    money = st.floats(0.0, 1e9)
    share = st.floats(1e-9, 1.0) | st.just(0.0)
    return {
        "disbursements": [*table["disbursement"], 0.0],
        "principal": [0.0, *table["principal"]],
        "interest": [0.0, *table["interest"]],
        "fees": draw(st.none() | st.lists(money, min_size=times, max_size=times)),
        "treasury_rate": draw(
            st.floats(0.0, 0.2) | st.lists(st.floats(0.0, 0.2), min_size=times, max_size=times)
        ),
        "default_rate": draw(share | st.lists(share, min_size=times, max_size=times)),
        "recovery_share": draw(share),
    }


def cost(terms: dict, **others: object) -> float | np.ndarray:
    given = {**terms, **others}
    for name in ("treasury_rate", "default_rate"):
        given[name] = [given[name]] if isinstance(given[name], list) else given[name]
    return finance.credit_subsidy(given.pop("disbursements"), **given)


def cost_by_hand(terms: dict, kind: str, cover: float) -> tuple[Fraction, Fraction]:
    """Return the expected present value of the Act's flows, and of their sizes, in fractions."""
    total = size = owed = Fraction(0)
    alive = Fraction(1)
    for time, drawn in enumerate(map(Fraction, terms["disbursements"])):
        at = {
            name: Fraction(terms[name][time] if isinstance(terms[name], list) else terms[name] or 0)
            for name in ("principal", "interest", "fees", "treasury_rate", "default_rate")
        }
        failing = alive * at["default_rate"] if time else Fraction(0)
        fees, lost = alive * at["fees"], failing * owed
        alive -= failing
        recovered = lost * Fraction(terms["recovery_share"])
        if kind == "guarantee":
            flows = [Fraction(cover) * lost, -fees, -Fraction(cover) * recovered]
        else:
            flows = [alive * (drawn - at["principal"] - at["interest"]), -fees, -recovered]
            size += alive * drawn
        factor = (1 + at["treasury_rate"]) ** -time
        total += sum(flows) * factor
        size += sum(map(abs, flows)) * factor
        owed += drawn - at["principal"]
    return total, size


@given(credits_granted(), st.sampled_from(["direct_loan", "guarantee"]), st.floats(0.0, 1.0))
def test_the_subsidy_is_the_expected_value_of_the_flows_of_the_act(
    terms: dict, kind: str, cover: float
) -> None:
    """FINANCE-70: credit_subsidy is the scalar sum of 2 U.S.C. 661a(5) in fractions (oracle)."""
    cover = 1.0 if kind == "direct_loan" else cover
    exact, size = cost_by_hand(terms, kind, cover)
    found = cost(terms, kind=kind, cover_share=cover)
    owed = Fraction(sum(terms["disbursements"]))
    # Powers carry 4 roundings a period, balances and shares alive one each.
    off = 20 * len(terms["principal"]) * UNIT
    assert abs(Fraction(found) - exact) <= Fraction(off) * (size + owed)


@given(loans().filter(lambda terms: isinstance(terms["rate"], float)), st.floats(0.0, 1.0))
def test_a_safe_loan_at_the_treasury_rate_costs_nothing(terms: dict, recovery: float) -> None:
    """FINANCE-71: without default a loan at the Treasury rate has a subsidy of 0 (collapse)."""
    table = schedule(terms)
    paid = [0.0, *table["payment"]]
    flows = {
        "disbursements": [*table["disbursement"], 0.0],
        "principal": [0.0, *table["principal"]],
        "interest": [0.0, *table["interest"]],
    }
    found = cost(
        {**flows, "treasury_rate": terms["rate"], "recovery_share": recovery, "default_rate": 0.0}
    )
    assert abs(found) <= 16 * npv_error(paid, terms["rate"])


@given(credits_granted())
def test_a_guarantee_of_a_safe_loan_earns_its_fees(terms: dict) -> None:
    """FINANCE-72: with no default a guarantee costs −Σ fee·df, and 0 without fees (collapse)."""
    safe = {**terms, "default_rate": 0.0, "fees": None}
    assert cost(safe, kind="guarantee") == 0.0
    fees = [1.0] * len(terms["principal"])
    flat = {**safe, "fees": fees, "treasury_rate": 0.04}
    expected = -finance.npv(fees, rate=0.04)
    assert cost(flat, kind="guarantee") == pytest.approx(expected, rel=1e-13)


@given(terms_of_aid(), st.sampled_from(["equal_principal", "annuity"]))
def test_the_subsidy_of_a_safe_loan_is_its_grant_element(terms: dict, repayment: str) -> None:
    """FINANCE-73: without default credit_subsidy = face · grant_element (two figures agree)."""
    often = terms["payments_per_year"]
    periods = round(terms["maturity_years"] * often)
    table = finance.loan_schedule(
        terms["face"],
        rate=terms["rate"] / often,
        periods=periods,
        grace_periods=round(terms["grace_years"] * often) - 1,
        repayment=repayment,
    )
    found = finance.credit_subsidy(
        [*table["disbursement"], 0.0],
        principal=[0.0, *table["principal"]],
        interest=[0.0, *table["interest"]],
        treasury_rate=math.expm1(math.log1p(terms["discount_rate"]) / often),
    )
    share = finance.grant_element(**terms, repayment=repayment)
    size = terms["face"] * (1 + terms["rate"] * terms["maturity_years"])
    assert abs(found - terms["face"] * share) <= 2e-12 * size


@given(credits_granted(), st.floats(0.0, 0.2), st.integers(-20, 20))
def test_a_flat_curve_is_a_flat_rate_and_scale_scales(terms: dict, rate: float, power: int) -> None:
    """FINANCE-74: a curve of one rate is that rate; 2^m times the flows cost 2^m (to the bit)."""
    flat = cost(terms, treasury_rate=rate)
    assert cost(terms, treasury_rate=[rate] * len(terms["principal"])) == flat
    money = ("disbursements", "principal", "interest", "fees")
    scaled = {
        name: [2.0**power * flow for flow in terms[name]]
        for name in money
        if terms[name] is not None
    }
    assert cost({**terms, **scaled}, treasury_rate=rate) == flat * 2.0**power


@given(credits_granted(), st.lists(st.floats(0.0, 1.0), min_size=1, max_size=4))
def test_each_row_has_the_subsidy_it_has_alone(terms: dict, shares: list) -> None:
    """FINANCE-75: subsidies of a table are those row by row (to the bit)."""
    for name in ("default_rate", "recovery_share", "treasury_rate"):
        each = [cost({**terms, name: share}) for share in shares]
        assert bits(cost({**terms, name: np.array(shares)})) == bits(each)
    rows = np.tile(terms["interest"], (2, 1)) * [[1.0], [0.5]]
    assert bits(cost({**terms, "interest": rows})) == bits(
        [cost({**terms, "interest": row.tolist()}) for row in rows]
    )


@given(credits_granted())
def test_a_full_guarantee_moves_the_lenders_loss_to_the_budget(terms: dict) -> None:
    """FINANCE-76: a full guarantee costs the defaulted principal not recovered (adding up)."""
    bare = {**terms, "fees": None}
    whole = cost(bare, kind="guarantee", recovery_share=0.0)
    kept = cost(bare, kind="guarantee")
    half = cost(bare, kind="guarantee", cover_share=0.5)
    assert kept == pytest.approx(whole * (1 - terms["recovery_share"]), rel=1e-11, abs=1e-3)
    assert half == 0.5 * kept
    assert cost(bare, kind="guarantee", recovery_share=1.0) == 0.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: finance.day_count_fraction(FIVE[0], FIVE[1], "ACT/365"),
            (
                "unknown day count convention 'ACT/365'; did you mean 'ACT/365F' or 'ACT/360'? "
                "Allowed: ACT/360, ACT/365F, ACT/ACT ISDA, 30E/360."
            ),
        ),
        (
            lambda: finance.loan_schedule(1, rate=0.1, periods=2, repayment="level"),
            "unknown repayment 'level'. Allowed: annuity, equal_principal, bullet.",
        ),
        (
            lambda: finance.grant_element(**AID, repayment="bullet"),
            "unknown repayment 'bullet'. Allowed: equal_principal, annuity, lump_sum.",
        ),
        (
            lambda: finance.credit_subsidy([9, 0], **LENT, kind="loan"),
            "unknown kind 'loan'. Allowed: direct_loan, guarantee.",
        ),
    ],
)
def test_what_has_no_such_name_is_refused(call: Callable, message: str) -> None:
    """FINANCE-77: another convention, repayment or kind raises UnknownNameError (full message)."""
    with pytest.raises(UnknownNameError) as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "kind",
    [
        list,
        tuple,
        np.array,
        pd.Series,
        pd.DatetimeIndex,
        lambda days: np.array(days, dtype="datetime64[ns]"),
        lambda days: [dt.date.fromisoformat(day) for day in days],
        lambda days: [pd.Timestamp(f"{day} 17:30") for day in days],
        lambda days: pd.Series(pd.to_datetime(list(days))),
    ],
)
def test_dates_are_read_as_days_whatever_holds_them(kind: Callable) -> None:
    """FINANCE-78: texts, dates, timestamps and arrays of one day are one day (to the bit)."""
    dates = kind(FIVE)
    rate = finance.xirr(FLOWS_OF_FIVE, FIVE)
    assert finance.xirr(FLOWS_OF_FIVE, dates) == rate
    found = finance.day_count_fraction(dates, "2010-01-31", "30E/360")
    assert bits(found) == bits(finance.day_count_fraction(FIVE, "2010-01-31", "30E/360"))


def test_what_is_left_out_is_as_documented() -> None:
    """FINANCE-79: no grace, no fee, no loss and no recovery where none is given (defaults)."""
    table = finance.loan_schedule(300.0, rate=0.0, periods=3)
    assert table["principal"].tolist() == [100.0] * 3
    assert table.index.name == "period"
    flows = {"principal": [0.0, 8.0], "interest": [0.0, 0.0], "treasury_rate": 1.0}
    assert finance.credit_subsidy([8.0, 0.0], **flows) == 4.0
    assert finance.credit_subsidy([8.0, 0.0], **flows, default_rate=0.5) == 6.0
    assert finance.credit_subsidy([8.0, 0.0], **flows, default_rate=0.5, kind="guarantee") == 2.0


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e12])
def test_principal_may_be_off_by_its_rounding_and_no_more(scale: float) -> None:
    """FINANCE-80: what is drawn may differ from what is repaid by a billionth of it (bounds)."""
    lent = {"interest": [0.0, 0.0, 0.0], "treasury_rate": 0.0}
    for off, allowed in ((1e-10, True), (1e-8, False)):
        for repaid in (1.0 + off, 1.0 - off):
            paid = [0.0, scale * repaid, 0.0]
            drawn = [[scale, 0.0, 0.0], [1e3 * scale, 0.0, 0.0]]
            rows = {"principal": [paid, [0.0, 1e3 * scale, 0.0]], **lent}
            if allowed:
                assert finance.credit_subsidy(drawn, **rows)[1] == 0.0
                finance.loan_schedule(scale, rate=0.1, periods=3, repayment=paid)
                continue
            with pytest.raises(InputError, match="but not in 1 row: 0"):
                finance.credit_subsidy(drawn, **rows)
            with pytest.raises(InputError, match="in all is needed"):
                finance.loan_schedule(scale, rate=0.1, periods=3, repayment=paid)


# Which of several roots


def roots_of(flows: list[float]) -> list[float]:
    """Return the rates at which the flows are worth nothing, from the polynomial's zeros."""
    with mpmath.workdps(60), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the order of coefficients
        try:
            zeros = mpmath.polyroots(flows, maxsteps=1000, extraprec=400)
        except mpmath.libmp.NoConvergence:  # as where two roots are one
            return []
        real = sorted(z.real - 1 for z in zeros if abs(z.imag) < 1e-25 and z.real > 0)
    return [float(rate) for rate in real if -0.9998 < rate < 9e5]


def root_error(flows: list[float], rate: float) -> float:
    """Bound the error of a root: four roundings of each term over the slope, and its own digits."""
    sizes = [abs(flow) * (1 + rate) ** -k for k, flow in enumerate(flows)]
    slope = abs(sum(k * flow * (1 + rate) ** (-k - 1) for k, flow in enumerate(flows)))
    return UNIT * (4 * len(flows) * sum(sizes) / slope + 16 * (1 + abs(rate)))


SEVERAL = st.lists(st.integers(-9, 9).filter(bool).map(float), min_size=3, max_size=7)


@given(SEVERAL, st.floats(-0.9, 9.0))
def test_the_root_asked_for_is_that_of_the_polynomial(flows: list, near: float) -> None:
    """FINANCE-81: irr lowest, highest, nearest = min, max, closest of polyroots (60 digits)."""
    exact = roots_of(flows)
    apart = all(high - low > 1e-6 * (1 + high) for low, high in pairwise(exact))
    twice = [high - low < 0.02 * (1 + high) for low, high in pairwise(exact)]
    # Three in one step of the grid, and one beside a root on it, are not seen.
    assume(exact and apart and sum(twice) <= 1 and not (0.0 in exact and any(twice)))
    assume(len(exact) < 2 or abs(exact[0] + exact[-1] - 2 * near) > 1e-6)
    closest = min(exact, key=lambda rate: abs(rate - near))
    for word, due in (("lowest", exact[0]), ("highest", exact[-1]), ("nearest", closest)):
        found = finance.irr(flows, root=word, near=near)
        assert abs(found - due) <= root_error(flows, due)


@given(projects(), st.sampled_from(["lowest", "highest", "nearest"]), st.floats(-0.9, 9.0))
def test_one_root_is_the_root_by_any_word(flows: list, word: str, near: float) -> None:
    """FINANCE-82: where one rate solves the equation every root is that one (to the bit)."""
    days = np.datetime64("2026-01-01") + 200 * np.arange(len(flows))
    assert finance.irr(flows, root=word, near=near) == finance.irr(flows)
    assert finance.xirr(flows, days, root=word, near=near) == finance.xirr(flows, days)


@pytest.mark.parametrize(
    ("rates", "digits"),
    [((0.1, 0.2), 1e-12), ((-0.5, 0.5), 1e-12), ((0.001, 0.002), 1e-9), ((0.0402, 0.0404), 1e-8)],
)
def test_two_roots_are_found_by_irr_and_xirr_however_close(rates: tuple, digits: float) -> None:
    """FINANCE-83: (1 − g₁v)(1 − g₂v) has the roots g₁ − 1 and g₂ − 1, even inside a grid step."""
    low, high = (1.0 + rate for rate in rates)
    flows, days = [1.0, -(low + high), low * high], ["2025-01-01", "2026-01-01", "2027-01-01"]
    for solve in (
        lambda word, near: finance.irr(flows, root=word, near=near),
        lambda word, near: finance.xirr(flows, days, root=word, near=near),
    ):
        for word, near, due in (
            ("lowest", 9.0, rates[0]),
            ("highest", -0.9, rates[1]),
            ("nearest", rates[0] - 0.01, rates[0]),
            ("nearest", rates[1] + 0.01, rates[1]),
        ):
            assert solve(word, near) == pytest.approx(due, abs=digits)
        with pytest.raises(MultipleRootsError):
            solve("only", 0.0)


@given(TABLES, st.sampled_from(["only", "lowest", "highest", "nearest"]), st.floats(-0.9, 9.0))
def test_each_row_has_the_chosen_root_it_has_alone(
    table: np.ndarray, word: str, near: float
) -> None:
    """FINANCE-84: irr and xirr of a table with a root named are those row by row (to the bit)."""
    how = {"on_failure": "nan", "root": word}
    nears = near + np.arange(len(table)) / 8
    days = np.datetime64("2026-01-01") + 200 * np.arange(table.shape[1])
    for found, alone in (
        (
            finance.irr(table, near=nears, **how),
            [finance.irr(r, near=n, **how) for r, n in zip(table, nears, strict=True)],
        ),
        (
            finance.xirr(table, days, near=nears, **how),
            [finance.xirr(r, days, near=n, **how) for r, n in zip(table, nears, strict=True)],
        ),
    ):
        assert bits(found) == bits(alone)


@pytest.mark.parametrize(
    ("how", "error", "said"),
    [
        (
            {"root": "lowst"},
            UnknownNameError,
            "unknown root 'lowst'; did you mean 'lowest'? Allowed: only, lowest, highest, nearest.",
        ),
        ({"near": -1.0}, InputError, "near: finite and above -1 is needed, given -1.0"),
        (
            {"near": [0.1, 0.2, 0.3]},
            InputError,
            "near: one number, or one for each of 2 rows, given 3",
        ),
    ],
)
def test_a_root_that_is_not_there_is_refused(how: dict, error: type, said: str) -> None:
    """FINANCE-85: another word for a root, and a rate that is none, are refused (full message)."""
    rows = [[-1.0, 2.0], [-1.0, 3.0]]
    for solve in (finance.irr, lambda r, **k: finance.xirr(r, ["2026-01-01", "2027-01-01"], **k)):
        with pytest.raises(error) as caught:
            solve(rows, **how)
        assert str(caught.value) == said


# One structure in four views


PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
IMPORTS = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024").frame.iloc[::400])
VIEW_FIGURES = ["pv_outlay_usd", "pv_receipts_usd", "net_cost_usd", "subsidy_rate"]
# A view of a whole scenario takes some 20 ms: its laws see a quarter of the examples.
VIEWED = settings(max_examples=max(1, settings().max_examples // 4))
INTEREST = st.integers(1, 1500).map(lambda n: n / 10_000)
CHANCES = st.integers(0, 2000).map(lambda n: n / 10_000)


def with_terms(instrument: object, points: list | None = None, **valuation: object) -> tc.Scenario:
    """Return the packaged scenario with one structure of one instrument, and a Treasury curve."""
    structure = tc.FundingStructure(
        name="one",
        headline_usd=1e9,
        tranches=(tc.Tranche(name="all", instrument=instrument, share=1.0),),
    )
    changes = {
        "pledge.structures": (structure,),
        "economy.curves": {"treasury": {"points": points or [[10, 0.04]]}},
        "valuation.budget_curve": "treasury",
    }
    return PACKAGED.replace(changes | {f"valuation.{n}": value for n, value in valuation.items()})


def views(scenario: tc.Scenario, structure: str = "one") -> pd.DataFrame:
    table = tc.valuation_views(scenario, structures=[structure], flows=IMPORTS)
    return table.loc[(scenario.name, structure)]


def served(default: float = 0.0) -> tc.Loan:
    return tc.Loan(rate=0.05, maturity_years=10, default_rate=default, loss_given_default=0.5)


def test_the_view_at_funding_cost_is_that_of_the_comparison() -> None:
    """FINANCE-86: funding_cost = compare's figures, risk_adjusted = its column (to the bit)."""
    scenario = PACKAGED.replace({"valuation.risk_premium": 0.03})
    table = tc.valuation_views(scenario, flows=IMPORTS)
    columns = [*VIEW_FIGURES, "risk_adjusted_cost_usd"]
    compared = tc.compare(scenario, columns=columns, flows=IMPORTS)
    flat = table.xs("funding_cost", level="view")
    assert bits(flat[VIEW_FIGURES].to_numpy()) == bits(compared[VIEW_FIGURES].to_numpy())
    risky = table.xs("risk_adjusted", level="view")["net_cost_usd"]
    assert bits(risky) == bits(compared["risk_adjusted_cost_usd"])
    assert table.index.names == ["scenario", "structure", "view"]
    assert flat.index.equals(compared.index)


@VIEWED
@given(
    INTEREST,
    st.integers(1, 30),
    st.integers(0, 5),
    CHANCES,
    st.integers(0, 16).map(lambda n: n / 16),
    st.lists(st.integers(0, 800), min_size=3, max_size=3),
)
def test_budget_scoring_of_a_loan_is_its_credit_subsidy(
    rate: float, repaid: int, grace: int, default: float, loss: float, curve: list
) -> None:
    """FINANCE-87: budget_scoring = credit_subsidy of the contract at its zero rates (oracle)."""
    maturity = grace + repaid
    points = [[year, basis / 10_000] for year, basis in zip((1, 10, 30), curve, strict=True)]
    loan = tc.Loan(
        rate=rate,
        maturity_years=maturity,
        grace_years=grace,
        default_rate=default,
        loss_given_default=loss,
    )
    contract = finance.loan_schedule(1e9, rate=rate, periods=maturity, grace_periods=grace)
    times = np.arange(maturity + 1.0)
    zeros = np.interp(times, *(np.array(column, float) for column in zip(*points, strict=True)))
    subsidy = finance.credit_subsidy(
        [1e9] + [0.0] * maturity,
        principal=[0.0, *contract["principal"]],
        interest=[0.0, *contract["interest"]],
        treasury_rate=zeros[np.newaxis],
        default_rate=default,
        recovery_share=1.0 - loss,
    )
    row = views(with_terms(loan, points)).loc["budget_scoring"]
    # Up to 36 payments of at most the face and its interest, each of a few dozen roundings.
    assert abs(row["net_cost_usd"] - subsidy) <= 64 * 40 * UNIT * 6e9
    assert row["subsidy_rate"] == row["net_cost_usd"] / 1e9


@VIEWED
@given(CHANCES, st.integers(0, 16).map(lambda n: n / 16), st.integers(1, 25), CHANCES)
def test_budget_scoring_of_a_guarantee_is_its_credit_subsidy(
    default: float, loss: float, maturity: int, cover: float
) -> None:
    """FINANCE-88: a guarantee scores as credit_subsidy(kind="guarantee") of a bullet loan."""
    promised = tc.Guarantee(
        fee_rate=0.01,
        maturity_years=maturity,
        default_rate=default,
        loss_given_default=loss,
        cover_share=cover,
    )
    fees = [0.0] + [0.01 * cover * 1e9] * maturity
    subsidy = finance.credit_subsidy(
        [1e9] + [0.0] * maturity,
        principal=[0.0] * maturity + [1e9],
        interest=[0.0] * (maturity + 1),
        fees=fees,
        treasury_rate=0.04,
        default_rate=default,
        recovery_share=1.0 - loss,
        cover_share=cover,
        kind="guarantee",
    )
    row = views(with_terms(promised)).loc["budget_scoring"]
    assert abs(row["net_cost_usd"] - subsidy) <= 64 * 30 * UNIT * 2e9


@VIEWED
@given(
    INTEREST,
    INTEREST,
    INTEREST,
    CHANCES,
    st.integers(0, 16).map(lambda n: n / 16),
    st.integers(1, 25),
)
def test_one_book_saves_under_the_act_and_costs_at_fair_value(
    safe: float, above: float, risk: float, default: float, loss: float, maturity: int
) -> None:
    """FINANCE-89: Treasury < yield < risky rate: saving by FCRA, cost at fair value (V21)."""
    expected = safe + above
    # (1−d)(1+i) + d(1−l) = 1 + y gives the contract's rate i of an expected yield y.
    rate = (1.0 + expected - default * (1.0 - loss)) / (1.0 - default) - 1.0
    loan = tc.Loan(
        rate=rate, maturity_years=maturity, default_rate=default, loss_given_default=loss
    )
    both = views(with_terms(loan, [[10, safe]], risk_adjusted_rate=expected + risk))
    assert (
        both.loc["budget_scoring", "net_cost_usd"] < 0.0 < both.loc["risk_adjusted", "net_cost_usd"]
    )


def test_the_signs_of_a_published_cohort_depend_on_the_discount_rate() -> None:
    """FINANCE-90: a 5% book of 10 years: saving at 4%, cost at 7%, by A(r, 10) (closed form)."""
    both = views(with_terms(served(), risk_adjusted_rate=0.07))
    for view, rate in (("budget_scoring", 0.04), ("risk_adjusted", 0.07)):
        worth = finance.annuity_factor(rate=rate, periods=10) / finance.annuity_factor(
            rate=0.05, periods=10
        )
        assert both.loc[view, "subsidy_rate"] == pytest.approx(1.0 - worth, abs=64 * UNIT)
    assert both["subsidy_rate"].round(4).tolist()[1:3] == [0.0904, -0.0504]


@VIEWED
@given(
    INTEREST,
    st.integers(1, 30),
    st.integers(0, 5),
    CHANCES,
    st.integers(1, 1500).map(lambda n: n / 10_000),
)
def test_concessionality_is_the_grant_element_of_the_contract(
    rate: float, repaid: int, grace: int, default: float, concessional: float
) -> None:
    """FINANCE-91: concessionality = grant_element = 1 − npv(contract)/face, whatever defaults."""
    maturity = grace + repaid
    loan = tc.Loan(rate=rate, maturity_years=maturity, grace_years=grace, default_rate=default)
    scenario = with_terms(loan, concessional_rate=concessional)
    found = views(scenario).loc["concessionality", "subsidy_rate"]
    closed = finance.grant_element(
        face=1e9,
        rate=rate,
        maturity_years=maturity,
        grace_years=grace + 1,
        payments_per_year=1,
        discount_rate=concessional,
        repayment="annuity",
    )
    contract = finance.loan_schedule(1e9, rate=rate, periods=maturity, grace_periods=grace)
    direct = 1.0 - finance.npv([0.0, *contract["payment"]], rate=concessional) / 1e9
    # Up to 36 payments of up to a sixth of the face, each of a few dozen roundings.
    assert found == pytest.approx(closed, abs=64 * 40 * UNIT)
    assert found == pytest.approx(direct, abs=64 * 40 * UNIT)


def test_a_gift_is_measured_at_5_per_cent_where_no_rate_is_given() -> None:
    """FINANCE-92: no concessional_rate is the 5% of the IMF and World Bank (to the bit)."""
    plain, said = (
        views(with_terms(served(), **how)).loc["concessionality"]
        for how in ({}, {"concessional_rate": 0.05})
    )
    assert plain.tolist() == said.tolist()
    assert plain["discounted_at"] == "5.00% a year"
    assert plain["subsidy_rate"] == pytest.approx(0.0, abs=64 * UNIT)
    ten = views(with_terms(served(), concessional_rate=0.10)).loc["concessionality"]
    assert ten["discounted_at"] == "10.00% a year"
    assert ten["subsidy_rate"] > 0.2


@pytest.mark.parametrize("frequency", ["Y", "Q", "M"])
def test_no_premium_for_risk_leaves_the_cost_as_it_is(frequency: str) -> None:
    """FINANCE-93: risk_premium 0, and a risk-adjusted rate of the discount rate, change no bit."""
    for how in ({"risk_premium": 0.0}, {"risk_adjusted_rate": 0.0508}):
        scenario = with_terms(served(0.02), frequency=frequency, **how)
        both = views(scenario)
        assert bits(both.loc["risk_adjusted", VIEW_FIGURES].astype(float)) == bits(
            both.loc["funding_cost", VIEW_FIGURES].astype(float)
        )


@VIEWED
@given(st.lists(st.integers(0, 2000), min_size=2, max_size=5, unique=True).map(sorted))
def test_a_dearer_risk_costs_more(premiums: list) -> None:
    """FINANCE-94: risk_adjusted_cost_usd rises with the premium, the outlays stay (monotone)."""
    scenario = PACKAGED.replace({"valuation.risk_premium": 0.0})
    table = tc.sweep(
        scenario,
        {"risk_premium": [n / 10_000 for n in premiums]},
        structures=["upfront-cash"],
        columns=["risk_adjusted_cost_usd", "pv_outlay_usd", "net_cost_usd"],
        flows=IMPORTS,
    )
    assert table["risk_adjusted_cost_usd"].is_monotonic_increasing
    assert table["risk_adjusted_cost_usd"].is_unique
    assert table["pv_outlay_usd"].nunique() == table["net_cost_usd"].nunique() == 1


def test_the_budget_does_not_score_how_it_borrows() -> None:
    """FINANCE-95: budget_scoring is the same for any sources; funding_cost is not (invariance)."""
    priced = [tc.FundingSource(name="foreign_bonds", cost_rate=cost) for cost in (0.01, 0.09)]
    found = []
    for sources in ((), (priced[0],), (priced[1],)):
        scenario = with_terms(served(0.02))
        found.append(views(scenario.replace({"pledge.structures.one.funding": sources})))
    scored = [bits(table.loc["budget_scoring", VIEW_FIGURES].astype(float)) for table in found]
    assert scored[0] == scored[1] == scored[2]
    costs = [table.loc["funding_cost", "net_cost_usd"] for table in found]
    assert costs[1] < costs[0] < costs[2]


def test_equity_is_scored_by_what_it_is_expected_to_distribute() -> None:
    """FINANCE-96: calls less expected distributions at the Treasury curve, as for a flat rate."""
    changes = {
        "economy.curves": {"treasury": {"points": [[10, 0.0508]]}},
        "valuation.budget_curve": "treasury",
    }
    both = views(PACKAGED.replace(changes), "upfront-cash")
    scored, paid = both.loc["budget_scoring"], both.loc["funding_cost"]
    assert scored["pv_outlay_usd"] == 350e9
    assert scored["net_cost_usd"] == pytest.approx(paid["net_cost_usd"], abs=512 * UNIT * 350e9)
    none = both.loc["concessionality"]
    assert none[["pv_outlay_usd", "pv_receipts_usd", "net_cost_usd"]].tolist() == [0.0, 0.0, 0.0]
    assert math.isnan(none["subsidy_rate"])


def test_a_view_without_its_rate_is_unknown_and_each_says_its_rate() -> None:
    """FINANCE-97: NaN and "not given" without a rate; else the rate or the curve in words."""
    plain = views(PACKAGED, "upfront-swap")
    said = plain["discounted_at"].to_dict()
    assert said == {
        "funding_cost": "5.08% a year",
        "risk_adjusted": "not given",
        "budget_scoring": "not given",
        "concessionality": "5.00% a year",
    }
    assert plain.loc[["risk_adjusted", "budget_scoring"], VIEW_FIGURES].isna().all(axis=None)
    by_curve = {"discount_rate": None, "discount_curve": "treasury"}
    curve = views(with_terms(served(), risk_premium=0.03, **by_curve))
    assert curve["discounted_at"].tolist() == [
        "the curve treasury",
        "the curve treasury, receipts at the curve treasury and 3.00%",
        "the curve treasury",
        "5.00% a year",
    ]
    note = tc.compare(with_terms(served(), **by_curve), flows=IMPORTS).attrs["notes"][0]
    assert "; discounted at the curve treasury; " in note
    flat = views(with_terms(served(), risk_adjusted_rate=0.07))["discounted_at"]
    assert flat["risk_adjusted"] == "5.08% a year, receipts at 7.00% a year"


# Many loans at once


@given(st.lists(loans(), min_size=1, max_size=4), st.sampled_from(["annuity", "equal_principal"]))
def test_the_schedules_of_many_loans_are_those_of_each(terms: list, repayment: str) -> None:
    """FINANCE-98: loan_schedule of a table is loan_schedule row by row (to the bit)."""
    periods = min(one["periods"] for one in terms)
    drawn = np.array([np.resize(one["disbursement"], periods) for one in terms], dtype=float)
    rates = np.array([np.resize(one["rate"], periods) for one in terms], dtype=float)
    how = {"periods": periods, "repayment": repayment}
    table = finance.loan_schedule(drawn, rate=rates, **how)
    assert table.index.names == ["row", "period"]
    for row, (own, rate) in enumerate(zip(drawn, rates, strict=True)):
        pd.testing.assert_frame_equal(
            table.loc[row], finance.loan_schedule(own, rate=rate, **how), check_exact=True
        )
        given_back = table.loc[row, "principal"].to_numpy()
        alone = finance.loan_schedule(own, rate=rate, periods=periods, repayment=given_back)
        both = finance.loan_schedule([own], rate=[rate], periods=periods, repayment=[given_back])
        assert bits(both.loc[0]) == bits(alone)


def test_rows_of_loans_that_do_not_fit_are_refused() -> None:
    """FINANCE-99: tables of loans have one number of rows, or one row for all (full message)."""
    one = finance.loan_schedule([[100.0], [50.0]], rate=[[0.1]], periods=2, repayment="bullet")
    assert one["interest"].tolist() == [10.0, 10.0, 5.0, 5.0]
    assert one["closing_balance"].tolist() == [100.0, 0.0, 50.0, 0.0]
    for ask, said in (
        (
            lambda: finance.loan_schedule([[1.0]] * 2, rate=[[0.1]] * 3, periods=2),
            "rows differ in number: disbursement 2, rate 3; give one, or one per row",
        ),
        (
            lambda: finance.loan_schedule([[1.0]] * 2, rate=0.1, periods=1, repayment=[[1.0]] * 3),
            "rows differ in number: disbursement 2, rate 1, repayment 3; give one, or one per row",
        ),
        (
            lambda: finance.loan_schedule([[1.0], [2.0]], rate=0.1, periods=1, repayment=[1.0]),
            "loan: 1 fault\n  - repayment: principal of 2 in all is needed, given 1",
        ),
        (
            lambda: finance.loan_schedule([[1.0]], rate=[[0.1, 0.1]], periods=3),
            "rate: one number, or 3, is needed, given 2",
        ),
    ):
        with pytest.raises(InputError) as caught:
            ask()
        assert str(caught.value) == said
