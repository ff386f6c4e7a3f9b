"""Chapter 15: the terms of instruments, at each frequency."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.models import tree
from tariffcalc.numeric.cases import Cases
from tariffcalc.pledge.flows import structure_flows
from tariffcalc.testing import drawdowns, economies, instruments, rate_curves

UNIT = 2.0**-53  # one rounding changes a number by at most this share of it
# As in chapter 3: at most 150 yearly products of 600 roundings; a year of m periods has m times
# as many.
ROUNDINGS = 600 * UNIT
RATES = st.integers(1, 2000).map(lambda n: n / 10_000)
SHARES = st.integers(0, 2**20).map(lambda n: n / 2**20)
MATURITIES = st.integers(1, 30)
PERIODS = {"Y": 1, "Q": 4, "M": 12}
FREQUENCIES = st.sampled_from(list(PERIODS))
REPAYMENTS = ("annuity", "equal_principal", "bullet", "custom")
LENT = ("disbursement", "service")
FACE = 2.0**38
# A structure of monthly flows takes 10 ms and more.
FEWER = settings(max_examples=max(1, settings().max_examples // 4))


def alone(instrument: Any, **terms: Any) -> tc.FundingStructure:
    tranche = tc.Tranche(name="all", instrument=instrument, share=1.0)
    usual = {"name": "terms", "tranches": (tranche,), "life_years": 20, "construction_years": 2}
    return tc.FundingStructure(**{**usual, **terms})


def asked(
    structure: tc.FundingStructure, rate: float, frequency: str = "Y", curve: Any = None
) -> tuple:
    """Return the arguments of the public functions: a structure of 2^38 dollars from 2026 on."""
    pledge = tc.Pledge(headline_usd=FACE, payer="KOR", host="USA", structures=(structure,))
    curves = () if curve is None else (curve,)
    economy = tc.Economy(reserves_usd=4e11, fx_capacity_usd=2e10, krw_per_usd=1400.0, curves=curves)
    valuation = tc.Valuation(base_date="2026-01-01", discount_rate=rate, frequency=frequency)
    return structure, pledge, economy, valuation


def figures(instrument: Any, rate: float = 0.05, **how: Any) -> pd.Series:
    return tc.funding_metrics(*asked(alone(instrument), rate, **how))


def cost(instrument: Any, rate: float = 0.05, **how: Any) -> float:
    return float(figures(instrument, rate, **how)["net_cost_usd"])


def rows(instrument: Any, **how: Any) -> pd.DataFrame:
    return tc.cash_flows(*asked(alone(instrument), 0.05, **how))


def changed(instrument: Any, **terms: Any) -> Any:
    return type(instrument)(**{**dict(instrument), **terms})


def booked(instrument: Any, account: str, frequency: str = "Y", curve: Any = None) -> list[float]:
    """Return what an account pays in each period, negative where it is paid the other way."""
    structure, pledge, economy, valuation = asked(alone(instrument), 0.05, frequency, curve)
    terms, setting = Cases(tree(structure), {}), Cases(tree(economy), {})
    headline = np.array([pledge.headline_usd])
    found = structure_flows(terms, structure, headline, setting, valuation.timeline)
    return found.amounts[account][0].tolist()


def repaid_in(draw: Any, maturity: int) -> dict[str, Any]:
    """Draw one of the repayments of a loan, and its grace."""
    repayment = draw(st.sampled_from(REPAYMENTS))
    if repayment == "custom":
        weights = draw(st.lists(st.integers(0, 9), min_size=maturity, max_size=maturity))
        weights[-1] += 1
        shares = tuple(weight / sum(weights) for weight in weights)
        return {"repayment": "custom", "repayment_shares": shares, "maturity_years": maturity}
    grace = draw(st.integers(0, maturity - 1))
    return {"repayment": repayment, "grace_years": grace, "maturity_years": maturity}


# Loans


@FEWER
@given(RATES, MATURITIES, FREQUENCIES, drawdowns(), st.data())
def test_a_loan_at_the_funding_rate_costs_nothing_however_it_is_repaid(
    rate: float, maturity: int, frequency: str, drawdown: tc.Drawdown, data: st.DataObject
) -> None:
    """INSTRUMENT-1: i = r and no loss: net cost 0 for each repayment and each frequency."""
    loan = tc.Loan(rate=rate, **repaid_in(data.draw, maturity))
    structure = alone(loan, drawdown=drawdown)
    found = tc.funding_metrics(*asked(structure, rate, frequency))
    allowed = PERIODS[frequency] * ROUNDINGS * found["pv_outlay_usd"]
    assert found["pv_outlay_usd"] > 0
    assert abs(found["net_cost_usd"]) <= allowed


@FEWER
@given(RATES, RATES, MATURITIES, FREQUENCIES, st.data())
def test_a_loan_costs_its_rate_gap_on_what_is_outstanding(
    rate: float, discount: float, maturity: int, frequency: str, data: st.DataObject
) -> None:
    """INSTRUMENT-2: no loss: net cost = Σ (r − i)·owed_t·(1+r)^−(t+1), owed after the principal."""
    loan = tc.Loan(rate=rate, **repaid_in(data.draw, maturity))
    periods = PERIODS[frequency]
    with mpmath.workdps(40):
        part = mpmath.mpf(1) / periods
        i, r = ((1 + mpmath.mpf(yearly)) ** part - 1 for yearly in (rate, discount))
        owed, gap = mpmath.mpf(FACE), mpmath.mpf(0)
        for age, paid in enumerate(booked(loan, "loan_service", frequency)):
            gap += (r - i) * owed / (1 + r) ** (age + 1)
            owed -= paid - i * owed
        exact, left = float(gap), float(owed)
    # What is owed carries the roundings of each payment on with interest: 1.2^30 = 237 at most.
    assert abs(left) <= periods * 30 * 4 * 237 * UNIT * FACE
    allowed = periods * ROUNDINGS * FACE * 10  # the gap, up to 10 years of it, besides
    assert abs(cost(loan, discount, frequency=frequency) - exact) <= allowed


@given(rate_curves(), MATURITIES, st.integers(0, 20), FREQUENCIES, st.data())
@FEWER
def test_a_floating_loan_on_the_discount_curve_costs_nothing(
    curve: tc.RateCurve, maturity: int, start: int, frequency: str, data: st.DataObject
) -> None:
    """INSTRUMENT-3: spread 0, no loss: Σ service_t·df(t) of the curve is worth the draw."""
    loan = tc.Loan(curve="base", **repaid_in(data.draw, maturity))
    structure = alone(loan, drawdown=tc.Drawdown.calls({2026 + start: 1.0}))
    table = tc.cash_flows(*asked(structure, 0.05, frequency, curve))
    points, zeros = (np.array(column) for column in zip(*curve.points, strict=True))
    where = {label: place for place, label in enumerate(labels(frequency))}
    begins = table["period"].map(where).to_numpy() / PERIODS[frequency]
    ends = begins + 1.0 / PERIODS[frequency]
    points, zeros = (np.array(column) for column in zip(*curve.points, strict=True))
    lent, service = ((table["flow"] == f"loan_{word}").to_numpy() for word in LENT)
    signs = np.where(table["payee"] == "payer_public", 1.0, -1.0)
    times = np.where(lent, begins, ends)
    factors = (1.0 + np.interp(times, points, zeros) + curve.shift) ** -times
    worth = table["amount_usd"].to_numpy() * signs * factors * (lent | service)
    assert math.fsum(table["amount_usd"][lent]) == pytest.approx(FACE, rel=20 * UNIT)
    # A forward rate is known to some 4 roundings of its factors, and counts once a period.
    assert abs(math.fsum(worth)) <= PERIODS[frequency] * 2 * ROUNDINGS * FACE


def labels(frequency: str) -> list:
    """Name a hundred years of periods as tables do."""
    years = range(2026, 2126)
    if frequency == "Q":
        return [f"{year}Q{quarter}" for year in years for quarter in range(1, 5)]
    if frequency == "M":
        return [f"{year}-{month:02d}" for year in years for month in range(1, 13)]
    return list(years)


@FEWER
@given(instruments(kinds=["loan"], curve=None), FREQUENCIES)
def test_a_loan_is_served_as_its_terms_say_in_each_period(loan: tc.Loan, frequency: str) -> None:
    """INSTRUMENT-4: the expected service by quarter and month, one period at a time (decimals)."""
    found, periods = booked(loan, "loan_service", frequency), PERIODS[frequency]
    exact = [float(paid) for paid in service_by_hand(loan, periods)]
    # 4 roundings a period; a cent owed too much grows with up to 15% a year.
    allowed = periods * 30 * 4 * 66 * UNIT * FACE
    assert all(abs(f - e) <= allowed for f, e in zip(found, exact, strict=False))
    assert not any(found[len(exact) :])


def service_by_hand(loan: tc.Loan, periods: int) -> list[Decimal]:
    """Follow a loan: what is owed, who is still alive, what is paid at the end of each period."""
    with localcontext(prec=50):
        part, one, zero = Decimal(1) / periods, Decimal(1), Decimal(0)
        rate = (one + Decimal(loan.rate)) ** part - one
        kept = one - Decimal(loan.loss_given_default)
        owed, alive, service = Decimal(FACE), one, []
        for age in range(loan.maturity_years * periods):
            year, left = age // periods, loan.maturity_years * periods - age
            given_rates = loan.default_rates or (loan.default_rate,)
            survival = one - Decimal(given_rates[min(year, len(given_rates) - 1)])
            default = one - (survival**part if survival else zero)
            repaid = zero
            if loan.repayment == "custom" and (age + 1) % periods == 0:
                repaid = Decimal(FACE) * Decimal(loan.repayment_shares[year])
            if loan.repayment == "annuity" and year >= loan.grace_years:
                growth = (one + rate) ** left
                repaid = owed * rate / (growth - one) if rate else owed / left
            if loan.repayment == "equal_principal" and year >= loan.grace_years:
                repaid = owed / left
            if loan.repayment == "bullet" and left == 1:
                repaid = owed
            due = (one - default) * (owed * rate + repaid) + default * kept * owed
            service.append(alive * due)
            owed, alive = owed - repaid, alive * (one - default)
        return service


@FEWER
@given(rate_curves(), st.integers(1, 30), st.data())
def test_the_service_without_default_is_that_of_a_loan_schedule(
    curve: tc.RateCurve, maturity: int, data: st.DataObject
) -> None:
    """INSTRUMENT-5: finance.loan_schedule has the same payments, fixed or at forward rates."""
    terms = repaid_in(data.draw, maturity)
    spread = data.draw(RATES) + 0.05  # so that no rate of a falling curve is below 0
    floating = tc.Loan(curve="base", spread=spread, **terms)
    points, zeros = (np.array(column) for column in zip(*curve.points, strict=True))
    times = np.arange(maturity + 1.0)
    factors = (1.0 + np.interp(times, points, zeros) + curve.shift) ** -times
    forwards = factors[:-1] / factors[1:] - 1.0 + spread
    assume((forwards >= 0.0).all())
    shares = [share * FACE for share in terms.get("repayment_shares", ())]
    for loan, rate in ((floating, forwards), (tc.Loan(rate=spread, **terms), spread)):
        schedule = tc.finance.loan_schedule(
            FACE,
            rate=rate,
            periods=maturity,
            grace_periods=loan.grace_years,
            repayment=shares or loan.repayment,
        )
        found = booked(loan, "loan_service", curve=curve)[:maturity]
        # Forward rates known to 8 roundings of 1, thirty years with interest of up to 40%.
        assert found == pytest.approx(schedule["payment"].tolist(), rel=1e-11, abs=1e-11 * FACE)


@given(instruments(kinds=["loan", "guarantee", "ship_finance"]), FREQUENCIES, SHARES, st.data())
@FEWER
def test_a_level_curve_of_defaults_is_one_default_rate(
    instrument: Any, frequency: str, default: float, data: st.DataObject
) -> None:
    """INSTRUMENT-6: default_rates (d, …, d) pay what default_rate d pays, to the bit."""
    curve, years = data.draw(rate_curves()), data.draw(st.integers(1, 40))
    level = changed(instrument, default_rate=default, default_rates=())
    none = None if instrument.kind == "guarantee" else 0.0
    by_age = changed(instrument, default_rate=none, default_rates=(default,) * years)
    one, other = (rows(i, frequency=frequency, curve=curve) for i in (level, by_age))
    pd.testing.assert_frame_equal(one, other, check_exact=True)


@given(RATES, SHARES, MATURITIES, st.integers(0, 5000).map(lambda n: n / 10_000))
def test_equal_custom_shares_are_equal_repayments_of_principal(
    rate: float, loss: float, maturity: int, default: float
) -> None:
    """INSTRUMENT-7: custom shares of 1/n are equal principal; all at the end, a bullet (bits)."""
    terms = {"rate": rate, "default_rate": default, "loss_given_default": loss}
    terms["maturity_years"] = maturity
    last = tuple(float(year == maturity - 1) for year in range(maturity))
    pairs = []
    for repayment, shares in (("equal_principal", (1 / maturity,) * maturity), ("bullet", last)):
        custom = tc.Loan(repayment="custom", repayment_shares=shares, **terms)
        same = tc.Loan(repayment=repayment, **terms)
        pairs.append([booked(loan, "loan_service") for loan in (custom, same)])
    assert pairs[1][0] == pairs[1][1]
    # Each of up to 30 balances differs by the roundings before it.
    assert pairs[0][0] == pytest.approx(pairs[0][1], abs=2 * 30 * UNIT * FACE, rel=0)


@FEWER
@given(instruments(kinds=["loan", "ship_finance"], curve=None), RATES, FREQUENCIES)
def test_a_floating_rate_on_a_level_curve_is_a_fixed_rate(
    instrument: Any, spread: float, frequency: str
) -> None:
    """INSTRUMENT-8: a curve level at z and a spread s pay what the rate z + s pays."""
    level = tc.RateCurve(name="base", points=((1, instrument.rate),))
    floating = changed(instrument, rate=None, curve="base", spread=spread)
    fixed = changed(instrument, rate=instrument.rate + spread)
    found, expected = (booked(i, "loan_service", frequency, level) for i in (floating, fixed))
    # A forward rate is a quotient of factors that are known to 60 roundings after 42 years; what
    # is owed grows by up to 35% in each of 5 years of building.
    assert found == pytest.approx(expected, rel=0, abs=5 * 1000 * UNIT * FACE * PERIODS[frequency])


@given(rate_curves(), st.integers(0, 20), st.integers(0, 300).map(lambda n: n / 10_000))
def test_a_loan_drawn_later_sees_later_rates(
    curve: tc.RateCurve, start: int, spread: float
) -> None:
    """INSTRUMENT-9: the first interest of a draw in year k is df(k)/df(k+1) − 1 + s of it."""
    loan = tc.Loan(curve="base", spread=spread, maturity_years=2, repayment="bullet")
    structure = alone(loan, drawdown=tc.Drawdown.calls({2026 + start: 1.0}))
    table = tc.cash_flows(*asked(structure, 0.05, curve=curve))
    first = table[(table["flow"] == "loan_service") & (table["period"] == 2026 + start)]
    signed = first["amount_usd"] * np.where(first["payee"] == "payer_public", 1.0, -1.0)
    points, zeros = (np.array(column) for column in zip(*curve.points, strict=True))
    early, late = (
        (1.0 + np.interp(time, points, zeros) + curve.shift) ** -time
        for time in (float(start), start + 1.0)
    )
    # Powers known to some 30 roundings each; factors are above 0.03.
    expected = FACE * (early / late - 1.0 + spread)
    assert abs(math.fsum(signed) - expected) <= 200 * UNIT * FACE


@FEWER
@given(instruments(kinds=["loan", "ship_finance"]), st.lists(RATES, min_size=3, max_size=3))
def test_a_batch_of_shifted_curves_gives_each_case_its_own_loan(
    instrument: Any, shifts: list[float]
) -> None:
    """INSTRUMENT-10: shifts of the curve as three cases are three economies, to the bit."""
    curve = tc.RateCurve(name="base", points=((1, 0.03), (9, 0.05)))
    structure = alone(instrument, drawdown=tc.Drawdown.level(3))

    def service(varied: dict, shift: float = 0.0) -> np.ndarray:
        shifted = tc.RateCurve(**{**dict(curve), "shift": shift})
        _, _, economy, valuation = asked(structure, 0.05, curve=shifted)
        size = max((len(values) for values in varied.values()), default=1)
        terms, setting = Cases(tree(structure), {}, size), Cases(tree(economy), varied, size)
        headline = np.array([FACE])
        found = structure_flows(terms, structure, headline, setting, valuation.timeline)
        return found.amounts["loan_service"]

    together = service({"curves.base.shift": np.array(shifts)})
    for case, shift in enumerate(shifts):
        assert together[case % len(together)].tolist() == service({}, shift)[0].tolist()


# Guarantees


@FEWER
@given(instruments(kinds=["guarantee"]), RATES)
def test_a_guarantee_costs_the_losses_on_what_is_outstanding_less_its_fees(
    guarantee: tc.Guarantee, rate: float
) -> None:
    """INSTRUMENT-11: net cost = Σ (PD_t·LGD' − fee)·cover·owed_t·alive_t·df_t, in fractions."""
    found = figures(guarantee, rate)
    growth, cover = 1 + Fraction(rate), Fraction(guarantee.cover_share)
    loss, late = Fraction(guarantee.loss_given_default), guarantee.recovery_years
    net, gross, alive = Fraction(0), Fraction(0), Fraction(1)
    for age, owed in enumerate(outstanding(guarantee)):
        rates = guarantee.default_rates or (guarantee.default_rate,)
        default = Fraction(rates[min(age, len(rates) - 1)])
        exposed = cover * owed * alive / growth ** (age + 1)
        net += default * (1 - (1 - loss) / growth**late) * exposed
        net -= Fraction(guarantee.fee_rate) * exposed
        gross += (default + Fraction(guarantee.fee_rate)) * exposed
        alive *= 1 - default
    assert abs(found["net_cost_usd"] - float(net)) <= 2 * ROUNDINGS * float(gross)


def outstanding(guarantee: tc.Guarantee) -> list[Fraction]:
    """Return what is owed at the start of each year on the guaranteed loan, in fractions."""
    owed, rows_of = Fraction(FACE), []
    for age in range(guarantee.maturity_years):
        rows_of.append(owed)
        left = guarantee.maturity_years - age
        if age < guarantee.grace_years:
            continue
        if guarantee.repayment == "equal_principal" or (left == 1):
            owed -= owed / left
        elif guarantee.repayment == "annuity":
            rate = Fraction(guarantee.loan_rate)
            owed -= owed * rate / ((1 + rate) ** left - 1) if rate else owed / left
    return rows_of


@FEWER
@given(instruments(kinds=["guarantee"]), RATES, FREQUENCIES)
def test_a_guarantee_of_what_never_fails_costs_minus_its_fees_however_it_is_repaid(
    guarantee: tc.Guarantee, rate: float, frequency: str
) -> None:
    """INSTRUMENT-12: PD = 0: no call, no recovery, and net cost = −PV(fees), at each frequency."""
    safe = changed(guarantee, default_rate=0.0, default_rates=())
    found = figures(safe, rate, frequency=frequency)
    assert found["pv_outlay_usd"] == 0.0
    assert found["net_cost_usd"] == -found["pv_receipts_usd"]
    assert set(rows(safe, frequency=frequency)["flow"]) <= {"guarantee_fee", "project_revenue"}


@given(instruments(kinds=["guarantee"]), RATES, st.integers(0, 50), FREQUENCIES)
@FEWER
def test_late_recoveries_are_worth_less_by_their_delay(
    guarantee: tc.Guarantee, rate: float, years: int, frequency: str
) -> None:
    """INSTRUMENT-13: PV(calls) − PV(recoveries) = G·(1 − (1−l)·(1+r)^−k), G that of l = 1."""
    free = changed(guarantee, fee_rate=0.0)
    gross = cost(changed(free, loss_given_default=1.0), rate, frequency=frequency)
    found = cost(changed(free, recovery_years=years), rate, frequency=frequency)
    expected = gross * (1.0 - (1.0 - free.loss_given_default) * (1.0 + rate) ** -years)
    assert abs(found - expected) <= PERIODS[frequency] * 2 * ROUNDINGS * gross


@given(instruments(kinds=["guarantee"]))
def test_recoveries_without_delay_are_netted(guarantee: tc.Guarantee) -> None:
    """INSTRUMENT-14: k = 0: one account, calls of PD·LGD; they are gross calls − recoveries."""
    netted, late = (changed(guarantee, recovery_years=years) for years in (0, 1))
    net, gross = (np.array(booked(one, "guarantee_call")) for one in (netted, late))
    back = np.array(booked(late, "guarantee_recovery"))
    assert "guarantee_recovery" not in set(rows(netted)["flow"])
    # The recovery of a year's call stands one year later, and the horizon is one year longer.
    assert net == pytest.approx(gross[:-1] - back[1:], rel=0, abs=4 * UNIT * FACE)
    assert gross * guarantee.loss_given_default == pytest.approx(
        np.append(net, 0.0), rel=4 * UNIT, abs=0
    )


# Government credit


@FEWER
@given(instruments(kinds=["loan"], curve=None), RATES)
def test_a_loan_costs_its_credit_subsidy(loan: tc.Loan, rate: float) -> None:
    """INSTRUMENT-15: net cost at the treasury rate = finance.credit_subsidy of its schedule."""
    assume(loan.rate >= 0.0)
    shares = [share * FACE for share in loan.repayment_shares]
    schedule = tc.finance.loan_schedule(
        FACE,
        rate=loan.rate,
        periods=loan.maturity_years,
        grace_periods=loan.grace_years,
        repayment=shares or loan.repayment,
    )
    subsidy = tc.finance.credit_subsidy(
        [FACE] + [0.0] * loan.maturity_years,
        principal=[0.0, *schedule["principal"]],
        interest=[0.0, *schedule["interest"]],
        treasury_rate=rate,
        default_rate=[[0.0, *by_year(loan)]],
        recovery_share=1.0 - loan.loss_given_default,
    )
    found = figures(loan, rate)
    size = found["pv_outlay_usd"] + abs(found["pv_receipts_usd"])
    assert abs(found["net_cost_usd"] - np.ravel(subsidy)[0]) <= 2 * ROUNDINGS * size


def by_year(instrument: Any) -> list[float]:
    """Return the default rate of each year to maturity."""
    rates = instrument.default_rates or (instrument.default_rate,)
    return [rates[min(age, len(rates) - 1)] for age in range(instrument.maturity_years)]


@FEWER
@given(instruments(kinds=["guarantee"]), RATES)
def test_a_guarantee_costs_its_credit_subsidy(guarantee: tc.Guarantee, rate: float) -> None:
    """INSTRUMENT-16: net cost of a guarantee = credit_subsidy with kind 'guarantee'."""
    netted = changed(guarantee, recovery_years=0)
    assume(netted.loan_rate is None or netted.loan_rate >= 0.0)
    schedule = tc.finance.loan_schedule(
        FACE,
        rate=netted.loan_rate or 0.0,
        periods=netted.maturity_years,
        grace_periods=netted.grace_years,
        repayment=netted.repayment,
    )
    fees = netted.fee_rate * netted.cover_share * schedule["opening_balance"]
    subsidy = tc.finance.credit_subsidy(
        [FACE] + [0.0] * netted.maturity_years,
        principal=[0.0, *schedule["principal"]],
        interest=[0.0] * (netted.maturity_years + 1),
        fees=[0.0, *fees],
        treasury_rate=rate,
        default_rate=[[0.0, *by_year(netted)]],
        recovery_share=1.0 - netted.loss_given_default,
        cover_share=netted.cover_share,
        kind="guarantee",
    )
    found = figures(netted, rate)
    # The subsidy takes recoveries from claims, which are larger than the loss.
    size = found["pv_outlay_usd"] + found["pv_receipts_usd"] + FACE
    assert abs(found["net_cost_usd"] - np.ravel(subsidy)[0]) <= 2 * ROUNDINGS * size


# Export credits for ships


@FEWER
@given(instruments(kinds=["ship_finance"]), rate_curves(), FREQUENCIES)
def test_a_ship_delivered_at_once_is_a_loan_repaid_in_equal_parts(
    credit: tc.ShipFinance, curve: tc.RateCurve, frequency: str
) -> None:
    """INSTRUMENT-17: delivery 0 and no premium: the service of an equal-principal loan, bits."""
    ready = changed(credit, delivery_years=0)
    shared = ("rate", "curve", "spread", "default_rate", "default_rates", "loss_given_default")
    loan = tc.Loan(
        maturity_years=ready.repayment_years,
        repayment="equal_principal",
        **{name: getattr(ready, name) for name in shared},
    )
    pair = [booked(one, "loan_service", frequency, curve) for one in (ready, loan)]
    assert pair[0] == pair[1]


@given(RATES, RATES, st.integers(0, 10), st.integers(1, 12), FREQUENCIES)
@FEWER
def test_capitalised_interest_is_a_larger_credit_from_delivery_on(
    rate: float, discount: float, building: int, years: int, frequency: str
) -> None:
    """INSTRUMENT-18: PV(service) = ((1+i)/(1+r))^d·PV(service of a ship delivered at once)."""
    how = {"rate": discount, "frequency": frequency}
    terms = {"repayment_years": years, "interest_before_delivery": "capitalised"}
    later = tc.ShipFinance(rate=rate, delivery_years=building, **terms)
    once = figures(tc.ShipFinance(rate=rate, **terms), **how)["pv_receipts_usd"]
    expected = ((1.0 + rate) / (1.0 + discount)) ** building * once
    found = figures(later, **how)["pv_receipts_usd"]
    assert found == pytest.approx(expected, rel=PERIODS[frequency] * 2 * ROUNDINGS)


@given(RATES, st.integers(0, 10), st.integers(1, 12), FREQUENCIES, SHARES, st.booleans())
@FEWER
def test_an_export_credit_at_the_funding_rate_earns_its_premium(
    rate: float, building: int, years: int, frequency: str, premium: float, added: bool
) -> None:
    """INSTRUMENT-19: i = r and no loss: net cost = −premium·PV(draws), interest paid or added."""
    credit = tc.ShipFinance(
        rate=rate,
        delivery_years=building,
        repayment_years=years,
        premium_rate=premium,
        interest_before_delivery="capitalised" if added else "paid",
    )
    found = figures(credit, rate, frequency=frequency)
    allowed = PERIODS[frequency] * 2 * ROUNDINGS * FACE
    assert abs(found["net_cost_usd"] + premium * FACE) <= allowed
    assert found["pv_outlay_usd"] == found["peak_year_outlay_usd"] == FACE


@given(st.integers(13, 10**6))
def test_a_ship_is_repaid_within_twelve_years_of_its_delivery(years: int) -> None:
    """INSTRUMENT-20: over 12 years after delivery are refused: the limit of the Understanding."""
    with pytest.raises(InputError) as caught:
        tc.ShipFinance(rate=0.05, repayment_years=years)
    assert str(caught.value) == (
        "ShipFinance cannot be built:\n  - repayment_years: input should be less than or equal "
        f"to 12, given {years}"
    )


# Companies' money


@given(instruments(kinds=["private_investment"]), RATES, drawdowns())
def test_public_support_costs_its_share_of_what_companies_invest(
    investment: tc.PrivateInvestment, rate: float, drawdown: tc.Drawdown
) -> None:
    """INSTRUMENT-21: net cost = share·PV(invested), and no dollar of the FX market or a cap."""
    structure = alone(investment, drawdown=drawdown)
    found = tc.funding_metrics(*asked(structure, rate))
    table = tc.cash_flows(*asked(structure, rate))
    invested = table[table["flow"] == "private_investment"]
    factors = (1.0 + rate) ** -(invested["period"] - 2026.0)
    worth = investment.public_support_share * math.fsum(invested["amount_usd"] * factors)
    assert found["net_cost_usd"] == pytest.approx(worth, rel=ROUNDINGS)
    assert found["pv_receipts_usd"] == found["peak_year_outlay_usd"] == 0.0
    assert found["peak_over_fx_capacity"] == 0.0
    plain = changed(investment, public_support_share=0.0)
    rest = table[table["flow"] != "public_support"].reset_index(drop=True)
    without = tc.cash_flows(*asked(alone(plain, drawdown=drawdown), rate))
    pd.testing.assert_frame_equal(rest, without, check_exact=True)


# Frequency


@given(st.integers(1, 2000), st.integers(1, 2000), MATURITIES)
def test_shorter_periods_converge_to_the_first_order(
    default_points: int, discount_points: int, maturity: int
) -> None:
    """INSTRUMENT-22: calls over m periods a year: error of order 1/m, (f₁−f₄)/(f₄−f₁₂) ≈ 4.5."""
    default, discount = default_points / 10_000, discount_points / 10_000
    guarantee = tc.Guarantee(
        fee_rate=0.0, maturity_years=maturity, default_rate=default, loss_given_default=1.0
    )
    found = [cost(guarantee, discount, frequency=frequency) for frequency in PERIODS]
    with mpmath.workdps(40):
        q, v = 1 - mpmath.mpf(default), 1 / (1 + mpmath.mpf(discount))
        exact = []
        for m in PERIODS.values():
            dies, later = 1 - q ** (mpmath.mpf(1) / m), v ** (mpmath.mpf(1) / m)
            alive = (1 - (q * v) ** maturity) / (1 - (1 - dies) * later)
            exact.append(FACE * dies * later * alive)
        # With h = 1/m, λ = −ln q, δ = −ln v: ln f = const − δh/2 − δ(2λ+δ)h²/24 + O(h⁴), so that
        # f = a + bh + ch² with c/b = (λ − δ)/6, and the ratio is 4.5·(1 + 5κ/4)/(1 + κ/3).
        kappa = (-mpmath.log(q) + mpmath.log(v)) / 6
        ratio = (exact[0] - exact[1]) / (exact[1] - exact[2])
        # The next term, of h³, moves the ratio by less than λδ/2, and all others by a thousandth.
        expected = 4.5 * (1 + 5 * kappa / 4) / (1 + kappa / 3)
        beyond = mpmath.log(q) * mpmath.log(v) / 2 + mpmath.mpf("0.001")
    assert abs(ratio - expected) <= beyond
    for value, closed in zip(found, exact, strict=True):
        assert abs(value - float(closed)) <= 12 * 2 * ROUNDINGS * FACE


@FEWER
@given(instruments(), economies(), FREQUENCIES)
def test_every_dollar_of_an_instrument_is_conserved_at_each_frequency(
    instrument: Any, economy: tc.Economy, frequency: str
) -> None:
    """INSTRUMENT-23: in each period the vehicle pays out what it takes in (math.fsum)."""
    waterfall = tc.Waterfall(split_before=0.5, split_after=0.1, deemed_rate=0.04)
    structure = alone(instrument, waterfall=waterfall, project_irr=0.06)
    table = tc.cash_flows(*asked(structure, 0.05, frequency, economy.curves[0]))
    signs = 1.0 * (table["payee"] == "project_spv") - 1.0 * (table["payer"] == "project_spv")
    kept = (signs * table["amount_usd"]).groupby(table["period"]).agg(math.fsum)
    # What goes out was split from what came in: 8 roundings of the largest payment.
    assert (kept.abs() <= 8 * UNIT * table["amount_usd"].max()).all()
    drawn = table[table["flow"].isin(["capital_call", "loan_disbursement", "private_investment"])]
    spent = table.loc[table["flow"].isin(["construction", "loan_premium"]), "amount_usd"]
    assert math.fsum(spent) == pytest.approx(math.fsum(drawn["amount_usd"]), rel=4 * UNIT)


# Errors


@given(st.integers(2, 30), st.integers(1, 29))
def test_custom_shares_that_do_not_repay_the_loan_are_refused(years: int, short: int) -> None:
    """INSTRUMENT-24: shares for fewer years, or under 1 in all, are an InputError with both."""
    count = min(short, years - 1)
    with pytest.raises(InputError) as caught:
        tc.Loan(
            rate=0.05,
            maturity_years=years,
            repayment="custom",
            repayment_shares=(0.5 / count,) * count,
        )
    assert str(caught.value) == (
        f"Loan cannot be built:\n  - repayment_shares: one for each of the {years} years to "
        f"maturity is needed, given {count}\n"
        "  - repayment_shares: they have to add up to 1, and add up to 0.5"
    )
