"""Chapter 16: the payer's economy: curves, exchange rates, sources of dollars, reserves, debt."""

import math
from fractions import Fraction
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.curves import curve_factors, forward_par_rates, forward_rates
from tariffcalc.economy import exchange_rates, forward_exchange, hedge_cost_rates
from tariffcalc.errors import InputError
from tariffcalc.models import tree
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.carry import FUNDING_PATH, funding_figures
from tariffcalc.pledge.flows import structure_flows
from tariffcalc.testing import economies, funding_sources, funding_structures, valuations

UNIT = 2.0**-53  # one rounding changes a number by at most this share of it
# A table at months takes some 100 ms: laws of whole structures see a tenth of the examples.
WHOLE = settings(max_examples=max(1, settings().max_examples // 10))
EVERY = ("Y", "Q", "M")
PER_YEAR = {"Y": 1, "Q": 4, "M": 12}
RATES = st.integers(0, 1500).map(lambda n: n / 10_000)
YEARS = st.integers(1, 30)
PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
FLOWS = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024").frame.iloc[::400])
START = "2026-01-01"


def level(rate: float, kind: str = "zero", name: str = "base") -> tc.RateCurve:
    return tc.RateCurve(name=name, kind=kind, points=((10, rate),))


def economy(**terms: Any) -> tc.Economy:
    usual = {"krw_per_usd": 1400.0, "fx_capacity_usd": 17.5e9, "curves": (level(0.04),)}
    return tc.Economy(**{**usual, **terms})


def valued(rate: float | None = 0.05, **terms: Any) -> tc.Valuation:
    return tc.Valuation(base_date=START, **{"discount_rate": rate, **terms})


def promise(structure: tc.FundingStructure, headline: float = 200e9) -> tc.Pledge:
    return tc.Pledge(headline_usd=headline, payer="KOR", host="USA", structures=(structure,))


def lent(*sources: dict, drawdown: tc.Drawdown | None = None, **loan: Any) -> tc.FundingStructure:
    """Return a structure of one loan, of a dollar a dollar after 30 years where nothing is said."""
    usual = {"rate": 0.0, "maturity_years": 30, "grace_years": 29}
    return tc.FundingStructure(
        name="terms",
        tranches=(tc.Tranche(name="all", instrument=tc.Loan(**{**usual, **loan}), share=1.0),),
        drawdown=drawdown or tc.Drawdown.upfront(),
        funding=tuple(tc.FundingSource(**source) for source in sources),
    )


def path(
    structure: tc.FundingStructure,
    of: tc.Economy | None = None,
    how: tc.Valuation | None = None,
    headline: float = 200e9,
) -> pd.DataFrame:
    return tc.funding_path(
        structure, promise(structure, headline), of or economy(), how or valued()
    )


def view(of: tc.Economy) -> Cases:
    return Cases(tree(of), {})


def power(base: float | Fraction, exponent: float | Fraction) -> mpmath.mpf:
    """Return base^exponent to 50 digits."""
    with mpmath.workdps(50):
        one, other = (
            mpmath.mpf(x.numerator) / x.denominator for x in map(Fraction, (base, exponent))
        )
        return one**other


# Curves


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=6, unique=True).map(sorted),
    st.integers(0, 500),
    st.lists(st.integers(0, 100), min_size=6, max_size=6),
    st.integers(1, 60),
)
def test_a_bond_at_the_par_yield_is_worth_its_face(
    maturities: list, lowest: int, above: list, halves: int
) -> None:
    """ECONOMY-1: y/2·Σ_{j=1…2n} df_j + df_2n = 1 for the par yield y of each n (bootstrap)."""
    yields = [(lowest + more) / 10_000 for more in above[: len(maturities)]]
    maturities = [half / 2 for half in maturities]
    bonds = tc.RateCurve(
        name="base", kind="par", points=tuple(zip(maturities, yields, strict=True))
    )
    last = max(1, min(halves, math.floor(2 * maturities[-1])))
    coupon = float(np.interp(last / 2, maturities, yields)) / 2
    worth = curve_factors(view(economy(curves=(bonds,))), "base", np.arange(1.0, last + 1.0) / 2.0)[
        0
    ]
    # Each of up to 60 factors is rounded some ten times, and so is the power of its zero rate.
    assert abs(coupon * math.fsum(worth) + worth[-1] - 1.0) <= 64 * 12 * UNIT


@given(economies(), YEARS, st.sampled_from(EVERY))
def test_forward_rates_compound_to_the_zero_rate(
    some: tc.Economy, years: int, frequency: str
) -> None:
    """ECONOMY-2: Π_k (1 + f_k)^(1/m) = 1/df(n): forwards one after the other are the zero rate."""
    line = Timeline(2026, PER_YEAR[frequency])
    periods = years * line.per_year
    forwards = forward_rates(view(some), "base", periods, line)[0]
    grown = math.exp(math.fsum(np.log1p(forwards)) / line.per_year)
    factor = curve_factors(view(some), "base", np.array([float(years)]))[0, 0]
    # Each logarithm of a factor is off by an ulp of the largest one, all of them by their number.
    assert grown * factor == pytest.approx(1.0, abs=16 * periods * UNIT)


@given(RATES, st.floats(0.1, 60.0))
def test_a_level_curve_of_par_yields_has_one_zero_rate(rate: float, time: float) -> None:
    """ECONOMY-3: equal par yields y from half a year on give zero rates (1 + y/2)² − 1."""
    par = tc.RateCurve(name="base", kind="par", points=((0.5, rate), (60, rate)))
    found = curve_factors(view(economy(curves=(par,))), "base", np.array([time]))[0, 0]
    exact = power(1 + Fraction(rate) / 2, -2 * Fraction(time))
    # The bootstrap of up to 120 half years carries a rounding or two from each to the next.
    assert found == pytest.approx(float(exact), rel=512 * UNIT)


@given(economies(), st.integers(-100, 500).map(lambda n: n / 10_000), st.floats(0.0, 40.0))
def test_a_shift_is_added_to_every_zero_rate(some: tc.Economy, shift: float, time: float) -> None:
    """ECONOMY-4: a shift s turns df = (1+z)^−t into (1+z+s)^−t: sensitivities by parallel shift."""
    curve = some.curves[0].model_copy(update={"shift": 0.0})
    moved = curve.model_copy(update={"shift": shift})
    plain, found = (
        curve_factors(view(economy(curves=(c,))), "base", np.array([time]))[0, 0]
        for c in (curve, moved)
    )
    growth = 1.0 if time == 0.0 else power(float(plain), -1 / Fraction(time))
    exact = power(Fraction(str(growth)) + Fraction(shift), -Fraction(time))
    # Short times hide the rate in the last digits of a factor near 1: ulps of 1 there.
    assert abs(found - float(exact)) <= 64 * UNIT * (1.0 + time)


@WHOLE
@given(funding_structures(), valuations(frequencies=EVERY))
def test_a_level_curve_is_the_flat_rate(
    structure: tc.FundingStructure, valuation: tc.Valuation
) -> None:
    """ECONOMY-5: discounting on a level curve of r is discounting at r, in every period (ulps)."""
    flat = valuation.model_copy(update={"risk_premium": None})
    curve = tc.Valuation(**{**dict(flat), "discount_rate": None, "discount_curve": "base"})
    some = economy(curves=(level(flat.discount_rate or 0.0),))
    one, other = (
        tc.funding_metrics(structure, promise(structure), some, how) for how in (flat, curve)
    )
    size = abs(one["pv_outlay_usd"]) + abs(one["pv_receipts_usd"]) + 6 * 200e9
    for name in ("pv_outlay_usd", "pv_receipts_usd", "net_cost_usd"):
        # Running products of up to 1,200 periods against one power.
        assert abs(one[name] - other[name]) <= 5000 * UNIT * size


# Exchange rates


def other_currency(some: tc.Economy, times: np.ndarray) -> np.ndarray:
    return np.array([(1.0 + (some.krw_rate or 0.0)) ** -t for t in times])


@WHOLE
@given(
    funding_structures(),
    economies(exchange_paths=["forward"]),
    valuations(timings=["all_start", "all_end"], frequencies=EVERY),
)
def test_hedged_dollars_cost_what_money_of_the_own_currency_costs(
    structure: tc.FundingStructure, some: tc.Economy, valuation: tc.Valuation
) -> None:
    """ECONOMY-6: Σ ±amount_krw·(1+i_krw)^−t = S·net cost at i_usd + basis."""
    some = tc.Economy(**{**dict(some), "usd_rate": 0.04, "usd_curve": None})
    dollars = valuation.model_copy(update={"discount_rate": 0.04 + (some.basis_rate or 0.0)})
    rows = tc.cash_flows(structure, promise(structure), some, dollars)
    sign = rows["payer"].eq("payer_public") * 1.0 - rows["payee"].eq("payer_public") * 1.0
    line, late = dollars.timeline, float(valuation.timing == "all_end")
    place = {line.label(period): period for period in range(200 * line.per_year)}
    times = np.array([(place[p] + late) / line.per_year for p in rows["period"]])
    worth = math.fsum(sign * rows["amount_krw"] * other_currency(some, times))
    cost = tc.funding_metrics(structure, promise(structure), some, dollars)["net_cost_usd"]
    moved = float((rows["amount_usd"] * other_currency(some, times)).sum()) + 200e9
    # Powers of time t up to 120 years against running products of up to 1,440 periods.
    assert abs(worth / some.krw_per_usd - cost) <= 8000 * UNIT * moved * 2.0


@given(RATES, RATES, st.integers(-100, 200).map(lambda n: n / 10_000), st.floats(0.0, 30.0))
def test_the_forward_rate_is_covered_interest_parity(
    own: float, dollar: float, basis: float, time: float
) -> None:
    """ECONOMY-7: F = S·((1 + i_krw)/(1 + i_usd + basis))^t (50 digits)."""
    some = economy(krw_rate=own, usd_rate=dollar, basis_rate=basis)
    found = forward_exchange(view(some), np.array([time]))[0, 0]
    ratio = (1 + Fraction(own)) / (1 + Fraction(dollar) + Fraction(basis))
    # Two powers, each of a logarithm below 0.2 times up to 30 years: six roundings of that.
    assert found == pytest.approx(float(1400 * power(ratio, time)), rel=64 * UNIT)


def test_the_dollar_rate_implied_by_a_swap_meets_the_published_formula() -> None:
    """ECONOMY-8: [(1 + 1.6%·90/360)·S/F − 1]·360/90 = 2.5% = 1.6% + 0.4% + 0.5% basis (NY Fed)."""
    quarter = np.array([90 / 360])
    foreign, dollars, implied = (1 + simple / 4 for simple in (0.016, 0.020, 0.025))
    some = economy(
        krw_rate=foreign**4 - 1, usd_rate=dollars**4 - 1, basis_rate=implied**4 - dollars**4
    )
    forward = forward_exchange(view(some), quarter)[0, 0]
    # The Bank quotes dollars per unit of the other currency: its F/S is S/F here.
    found = (foreign * 1400.0 / forward - 1) * 4
    assert found == pytest.approx(0.016 + 0.004 + 0.005, abs=64 * UNIT)
    hedge = hedge_cost_rates(view(some), quarter)[0, 0]
    assert hedge == pytest.approx((foreign / implied - 1) * 4, abs=64 * UNIT)
    assert hedge == pytest.approx(-0.009, abs=1e-4)  # the basis and the difference of both rates


@given(economies(exchange_paths=["flat", "drift", "forward"]), valuations(frequencies=EVERY), YEARS)
def test_a_hedge_costs_the_forward_less_the_spot(
    some: tc.Economy, valuation: tc.Valuation, years: int
) -> None:
    """ECONOMY-9: hedge cost = (F/S − 1)/T a year, and outlay·(F − S) in the payer's currency."""
    structure = lent(drawdown=tc.Drawdown.calls({2026: 0.5, 2026 + years: 0.5}))
    table = path(structure, some, valuation).iloc[: years + 1]
    half = {"all_middle": 1, "all_end": 2}.get(valuation.timing, 0)
    times = (np.arange(len(table)) + half / 2) / PER_YEAR[valuation.frequency]
    forward, spot = forward_exchange(view(some), times)[0], some.krw_per_usd
    assert np.isnan(table["hedge_cost_rate"].to_numpy()).tolist() == (times == 0).tolist()
    gap = table["hedge_cost_rate"].to_numpy() * times - (forward / spot - 1)
    assert np.abs(gap[times > 0]).max() <= 4 * UNIT * max(1.0, *(forward / spot))
    dearer = table["hedge_cost_krw"] - table["outlay_usd"] * (forward - spot)
    assert np.abs(dearer).max() <= 8 * UNIT * 200e9 * spot * max(1.0, *(forward / spot))


@given(economies(exchange_paths=["flat", "drift"]), st.floats(0.0, 40.0))
def test_an_exchange_rate_stays_or_drifts(some: tc.Economy, time: float) -> None:
    """ECONOMY-10: flat: S to the bit; drift: S·(1+d)^t (50 digits); both S at the base date."""
    start, later = exchange_rates(view(some), np.array([0.0, time]))[0]
    drift = some.exchange_drift_rate
    assert start == some.krw_per_usd
    if drift is None:
        assert later == some.krw_per_usd
    exact = some.krw_per_usd * power(1 + Fraction(drift or 0.0), time)
    assert later == pytest.approx(float(exact), rel=32 * UNIT)


@WHOLE
@given(
    funding_structures(),
    economies(exchange_paths=["flat", "drift", "forward"]),
    valuations(frequencies=EVERY),
)
def test_outlays_in_own_currency_are_those_of_the_payments(
    structure: tc.FundingStructure, some: tc.Economy, valuation: tc.Valuation
) -> None:
    """ECONOMY-11: outlay_krw = Σ amount_krw of calls and loans = outlay_usd·krw_per_usd (fsum)."""
    table = path(structure, some, valuation)
    rows = tc.cash_flows(structure, promise(structure), some, valuation)
    rows = rows[rows["flow"].isin(["capital_call", "loan_disbursement"])]
    for period, found in table["outlay_krw"].items():
        due = math.fsum(rows.loc[rows["period"] == period, "amount_krw"])
        assert found == pytest.approx(due, rel=4 * UNIT)
    assert (table["outlay_krw"] == table["outlay_usd"] * table["krw_per_usd"]).all()


# Sources of dollars


def taken_by_hand(outlays: list, capacities: list, per_year: int) -> list[list[Fraction]]:
    """Return what each source gives, dollar for dollar, one period after the other."""
    left, given_by = [Fraction(x) for x in outlays], []
    for capacity in capacities:
        given_now, room = [], Fraction(0)
        for period, wanted in enumerate(left):
            if period % per_year == 0:
                room = Fraction(0) if capacity is None else Fraction(capacity)
            amount = wanted if capacity is None else min(wanted, room)
            room -= 0 if capacity is None else amount
            given_now.append(amount)
        left = [x - y for x, y in zip(left, given_now, strict=True)]
        given_by.append(given_now)
    return given_by


@WHOLE
@given(
    st.lists(st.integers(0, 10**12).map(float), min_size=1, max_size=5),
    funding_sources(curves=["base"]),
    valuations(frequencies=EVERY),
)
def test_sources_give_the_outlays_within_their_calendar_years(
    years: list, sources: tuple, valuation: tc.Valuation
) -> None:
    """ECONOMY-12: each source gives min(room of its calendar year, what is left), Σ = outlay."""
    total = math.fsum(years) or 1.0
    calls = {2026 + k: amount / total for k, amount in enumerate(years)} if any(years) else {}
    drawdown = tc.Drawdown.calls(calls) if calls else tc.Drawdown.upfront()
    structure = lent(*(dict(source) for source in sources), drawdown=drawdown)
    table = path(structure, economy(curves=(level(0.04),)), valuation, total)
    named = [source.name for source in sources] or ["market_purchases"]
    capacities = [source.capacity_usd for source in sources] or [None]
    outlays, per_year = table["outlay_usd"].tolist(), PER_YEAR[valuation.frequency]
    for name, by_hand in zip(named, taken_by_hand(outlays, capacities, per_year), strict=True):
        gap = np.abs(table[f"{name}_usd"].to_numpy() - np.array([float(x) for x in by_hand]))
        assert gap.max() <= 8 * UNIT * total
    for _, row in table.iterrows():
        parts = [row[column] for column in list(FUNDING_PATH)[1:6]]
        assert abs(math.fsum(parts) - row["outlay_usd"]) <= 4 * UNIT * row["outlay_usd"]


@WHOLE
@given(funding_structures(), st.integers(1, 10**12).map(float), valuations(frequencies=EVERY))
def test_use_beyond_the_capacity_of_a_year_is_reported(
    structure: tc.FundingStructure, capacity: float, valuation: tc.Valuation
) -> None:
    """ECONOMY-13: Σ_year excess = max(0, Σ_year use − capacity); use = income + purchases."""
    some = economy(fx_capacity_usd=capacity)
    table = path(structure, some, valuation)
    year = np.arange(len(table)) // PER_YEAR[valuation.frequency]
    used, excess = (
        [math.fsum(part) for _, part in table[column].groupby(year)]
        for column in ("fx_use_usd", "fx_excess_usd")
    )
    expected = [max(0.0, amount - capacity) for amount in used]
    assert excess == pytest.approx(expected, abs=32 * UNIT * (200e9 + capacity))
    both = table["reserve_income_usd"] + table["market_purchases_usd"]
    assert table["fx_use_usd"].tolist() == both.tolist()
    peak = tc.funding_metrics(structure, promise(structure), some, valuation)
    assert peak["peak_over_fx_capacity"] == pytest.approx(max(used) / capacity, rel=16 * UNIT)


# Reserves


@WHOLE
@given(funding_structures(curves=["base"]), economies(), valuations(frequencies=EVERY))
def test_the_reserves_are_what_flows_in_and_out_of_them(
    structure: tc.FundingStructure, some: tc.Economy, valuation: tc.Valuation
) -> None:
    """ECONOMY-14: R_k = (1+i)·R_{k−1} − use·(1+i)^(1−a/2) + receipts·(1+i)^(1−b/2)."""
    table = path(structure, some, valuation)
    rows = tc.cash_flows(structure, promise(structure), some, valuation)
    late = {"all_start": (0, 0), "all_middle": (1, 1), "all_end": (2, 2)}
    a, b = late.get(valuation.timing, (0, 2))
    per_year = PER_YEAR[valuation.frequency]
    growth, half = (
        power(1 + Fraction(some.reserves_return_rate or 0.0), Fraction(1, n * per_year))
        for n in (1, 2)
    )
    settled = dict.fromkeys(table.index, 0.0)
    apart = ["capital_call", "loan_disbursement", "public_support", "loan_premium"]
    for row in rows[
        ~rows["flow"].isin(apart) & ~rows["flow"].str.startswith("funding")
    ].itertuples():
        sign = (row.payee == "payer_public") - (row.payer == "payer_public")
        settled[row.period] += row.amount_usd * sign
    early = rows[rows["flow"] == "loan_premium"].groupby("period")["amount_usd"].sum()
    abroad = served_abroad(structure, some, valuation, table)
    stock = size = some.reserves_usd or 0.0
    for period, row in table.iterrows():
        back = settled[period] - abroad[period]
        out = row["reserves_use_usd"] - float(early.get(period, 0.0))
        stock = stock * growth - out * half ** (2 - a) + back * half ** (2 - b)
        size = size * growth + abs(out) + abs(settled[period]) + abs(abroad[period])
        # Each period rounds a handful of times numbers no larger than all that went through.
        assert abs(row["reserves_usd"] - stock) <= 24 * (len(table) + 8) * UNIT * size * 4


def served_abroad(
    structure: tc.FundingStructure, some: tc.Economy, valuation: tc.Valuation, table: pd.DataFrame
) -> dict:
    """Return interest and principal by period of dollars owed abroad alone."""
    purchases = [source for source in structure.funding if source.name == "market_purchases"]
    served = table["interest_usd"] + table["repayment_usd"]
    if not purchases or (purchases[0].cost_rate is None and purchases[0].curve is None):
        return dict(served)
    others = tuple(
        tc.FundingSource(**{**dict(s), "cost_rate": None, "curve": None, "spread": None})
        if s.name == "market_purchases"
        else s
        for s in structure.funding
    )
    rest = path(tc.FundingStructure(**{**dict(structure), "funding": others}), some, valuation)
    return dict(rest["interest_usd"] + rest["repayment_usd"])


@WHOLE
@given(
    funding_structures(),
    st.integers(-200, 1000).map(lambda n: n / 10_000),
    st.sampled_from(EVERY),
    st.sampled_from(["reserve_income", "foreign_bonds", "swap_line", "policy_banks"]),
    RATES,
)
def test_what_the_reserves_lose_is_worth_the_net_cost(
    structure: tc.FundingStructure, rate: float, frequency: str, source: str, cost: float
) -> None:
    """ECONOMY-15: (R_without − R_with)·(1+i)^−T = net cost, grants apart, if they earn i."""
    how = valued(rate, frequency=frequency)
    costs = {} if source == "reserve_income" else {"cost_rate": cost}
    funded = tc.FundingStructure(
        **{**dict(structure), "funding": (tc.FundingSource(name=source, **costs),)}
    )
    some = economy(reserves_usd=1e12, reserves_return_rate=rate, fx_capacity_usd=1.0)
    table = path(funded, some, how)
    end = (1.0 + rate) ** (len(table) / PER_YEAR[frequency])
    lost = (table["reserves_without_usd"] - table["reserves_usd"]).iloc[-1] / end
    rows = tc.cash_flows(funded, promise(funded), some, how)
    granted = rows[rows["flow"] == "public_support"]  # paid in the payer's currency
    place = {period: at for at, period in enumerate(table.index)}
    worth = math.fsum(
        row.amount_usd * (1.0 + rate) ** (-place[row.period] / PER_YEAR[frequency])
        for row in granted.itertuples()
    )
    found = tc.funding_metrics(funded, promise(funded), some, how)
    flowing = 1e12 + abs(found["pv_outlay_usd"]) + abs(found["pv_receipts_usd"])
    # Some 2,000 periods of a few roundings each, in numbers that grow and are discounted back.
    assert abs(lost + worth - found["net_cost_usd"]) <= 8 * (len(table) + 50) * UNIT * flowing * 4


def test_reserves_pay_income_and_what_the_market_cannot_give() -> None:
    """ECONOMY-16: use of reserves = income + purchases beyond the year's capacity (by hand)."""
    structure = lent(
        {"name": "reserve_income", "capacity_usd": 15e9},
        {"name": "foreign_bonds", "capacity_usd": 5e9, "cost_rate": 0.04},
        {"name": "market_purchases"},
        drawdown=tc.Drawdown.calls({2026: 0.125, 2027: 0.25, 2028: 0.625}),
    )
    some = economy(reserves_usd=400e9, reserves_return_rate=0.0, fx_capacity_usd=20e9)
    table = path(structure, some).head(3)
    assert table["outlay_usd"].tolist() == [25e9, 50e9, 125e9]
    assert table["market_purchases_usd"].tolist() == [5e9, 30e9, 105e9]
    assert table["fx_excess_usd"].tolist() == [0.0, 25e9, 100e9]
    assert table["reserves_use_usd"].tolist() == [15e9, 40e9, 115e9]
    assert table["reserves_without_usd"].tolist() == [400e9] * 3
    interest = [0.2e9, 0.4e9, 0.6e9]
    left = 400e9
    for found, used, paid in zip(table["reserves_usd"], [15e9, 40e9, 115e9], interest, strict=True):
        left = left - used - paid
        assert found == left


# Debt and interest


@WHOLE
@given(
    funding_structures(curves=["base"]), economies(), valuations(frequencies=EVERY, curves=["base"])
)
def test_debt_is_what_was_raised_and_is_not_repaid(
    structure: tc.FundingStructure, some: tc.Economy, valuation: tc.Valuation
) -> None:
    """ECONOMY-17: D_k = D_{k−1} − repaid_{k−1} + raised_k, and all is repaid (stock and flow)."""
    table = path(structure, some, valuation)
    raised, owed, repaid = (
        table[name].tolist() for name in ("debt_raised_usd", "debt_usd", "repayment_usd")
    )
    for place in range(len(table)):
        stock = math.fsum(raised[: place + 1]) - math.fsum(repaid[:place])
        assert abs(owed[place] - stock) <= 200 * UNIT * math.fsum(raised)
    assert math.fsum(repaid) == pytest.approx(math.fsum(raised), rel=64 * UNIT)
    costed = [s.name for s in structure.funding if s.cost_rate is not None or s.curve is not None]
    abroad = {"foreign_bonds", "swap_line", "policy_banks"}
    sources = [
        s.name for s in structure.funding if s.name in abroad | {*costed} - {"reserve_income"}
    ]
    given_by = [math.fsum(row) for row in table[[f"{name}_usd" for name in sources]].to_numpy()]
    assert raised == pytest.approx(given_by, rel=8 * UNIT)


@WHOLE
@given(RATES, YEARS, YEARS, st.sampled_from(EVERY))
def test_interest_is_the_rate_on_what_is_owed(
    cost: float, tenor: int, years: int, frequency: str
) -> None:
    """ECONOMY-18: interest_k = ((1+c)^(1/m) − 1)·debt_k, m periods a year, for one cost c."""
    bonds = {"name": "foreign_bonds", "cost_rate": cost, "tenor_years": tenor}
    calls = tc.Drawdown.calls({2026 + k: 1.0 / years for k in range(years)})
    table = path(lent(bonds, drawdown=calls), how=valued(frequency=frequency))
    rate = float(power(1 + Fraction(cost), Fraction(1, PER_YEAR[frequency])) - 1)
    gap = (table["interest_usd"] - rate * table["debt_usd"]).abs()
    assert gap.max() <= 64 * UNIT * 200e9 * max(rate, 2.0**-4)


@given(economies(), YEARS, st.integers(1, 20), st.sampled_from(EVERY))
def test_a_source_on_a_curve_pays_the_par_rate_of_its_period_and_tenor(
    some: tc.Economy, years: int, tenor: int, frequency: str
) -> None:
    """ECONOMY-19: c_k = (df_k − df_{k+n})/Σ_{j=1…n} df_{k+j} (exact, from the curve's factors)."""
    line = Timeline(2026, PER_YEAR[frequency])
    periods, length = years * line.per_year, tenor * line.per_year
    found = forward_par_rates(view(some), "base", periods, np.array([float(length)]), line)[0]
    times = np.arange(periods + length + 1.0) / line.per_year
    df = [Fraction(x) for x in curve_factors(view(some), "base", times)[0].tolist()]
    for k in {0, periods // 2, periods - 1}:
        exact = (df[k] - df[k + length]) / sum(df[k + 1 : k + length + 1])
        # The running sum of factors rounds once a period; what it is taken from is at most that.
        bound = (
            Fraction(4 * (periods + length))
            * Fraction(UNIT)
            * sum(df)
            / sum(df[k + 1 : k + length + 1])
        )
        assert abs(Fraction(float(found[k])) - exact) <= bound * (abs(exact) + Fraction(1, length))


@WHOLE
@given(funding_structures(curves=["base"]), economies(), st.sampled_from(EVERY), st.booleans())
def test_dollars_raised_on_the_discount_curve_add_nothing(
    structure: tc.FundingStructure, some: tc.Economy, frequency: str, named: bool
) -> None:
    """ECONOMY-20: what is raised at par on the discount curve leaves net cost as it is."""
    how = valued(None, discount_curve="base", frequency=frequency)
    curve = {"cost_rate": None, "curve": "base" if named else None, "spread": None}
    priced = tuple(tc.FundingSource(**{**dict(s), **curve}) for s in structure.funding)
    free, dear = (
        tc.funding_metrics(own, promise(own), some, how)
        for own in (
            tc.FundingStructure(**{**dict(structure), "funding": sources})
            for sources in ((), priced)
        )
    )
    size = abs(free["pv_outlay_usd"]) + abs(free["pv_receipts_usd"]) + 6 * 200e9
    assert abs(dear["net_cost_usd"] - free["net_cost_usd"]) <= 4000 * UNIT * size


@WHOLE
@given(RATES, RATES, st.integers(1, 20), st.sampled_from(EVERY))
def test_a_spread_above_a_level_curve_is_a_higher_rate(
    rate: float, spread: float, tenor: int, frequency: str
) -> None:
    """ECONOMY-21: curve + spread on a level curve of r is cost_rate r + spread (collapse)."""
    some, how = economy(curves=(level(rate),)), valued(frequency=frequency)
    source = {"name": "swap_line", "tenor_years": tenor}
    tables = [
        path(lent({**source, **cost}), some, how)
        for cost in ({"curve": "base", "spread": spread}, {"cost_rate": rate + spread})
    ]
    gap = (tables[0]["interest_usd"] - tables[1]["interest_usd"]).abs()
    # The par rate is a difference of factors near 1 over a sum of up to 240 of them.
    assert gap.max() <= 2000 * UNIT * 200e9
    assert tables[0]["debt_usd"].tolist() == tables[1]["debt_usd"].tolist()


@WHOLE
@given(funding_structures(), RATES, st.sampled_from(EVERY))
def test_a_source_without_a_cost_carries_the_discount_rate(
    structure: tc.FundingStructure, rate: float, frequency: str
) -> None:
    """ECONOMY-22: abroad, no cost named is cost_rate = discount rate: one debt, one interest."""
    abroad = ("foreign_bonds", "swap_line", "policy_banks")
    free, dear = (
        tuple(
            tc.FundingSource(**{**dict(s), "cost_rate": cost if s.name in abroad else None})
            for s in structure.funding
        )
        for cost in (None, rate)
    )
    some, how = economy(), valued(rate, frequency=frequency)
    tables = [
        path(tc.FundingStructure(**{**dict(structure), "funding": sources}), some, how)
        for sources in (free, dear)
    ]
    pd.testing.assert_frame_equal(*tables, check_exact=True)


# Shares of GDP


@WHOLE
@given(funding_structures(), economies(), valuations(frequencies=EVERY))
def test_debt_and_guarantees_are_shares_of_a_growing_product(
    structure: tc.FundingStructure, some: tc.Economy, valuation: tc.Valuation
) -> None:
    """ECONOMY-23: GDP_y = GDP_0·(1+g)^y, share = debt/GDP, and other debt besides."""
    table = path(structure, some, valuation)
    for place, row in enumerate(table.itertuples()):
        year = place // PER_YEAR[valuation.frequency]
        gdp = Fraction(some.gdp_usd or 0) * (1 + Fraction(some.gdp_growth_rate or 0)) ** year
        assert row.gdp_usd == pytest.approx(float(gdp), rel=4 * UNIT * (year + 1))
        assert row.debt_share_of_gdp == row.debt_usd / row.gdp_usd
        assert row.guaranteed_share_of_gdp == row.guaranteed_usd / row.gdp_usd
        before = some.government_debt_share
        assert row.government_debt_share_of_gdp == before + row.debt_share_of_gdp
    peak = tc.funding_metrics(structure, promise(structure), some, valuation)
    assert table["guaranteed_usd"].max() == peak["contingent_peak_usd"]


def test_the_peak_share_of_debt_is_a_column_of_the_comparison() -> None:
    """ECONOMY-24: peak_debt_share_of_gdp = max_k debt_k/GDP_k of the funding path (to the bit)."""
    sized = PACKAGED.replace({"economy.gdp_usd": 1.87e12, "economy.gdp_growth_rate": 0.03})
    table = tc.compare(sized, columns=["peak_debt_share_of_gdp"], flows=FLOWS)
    for structure in sized.pledge.structures:
        own = tc.funding_path(structure, sized.pledge, sized.economy, sized.valuation)
        found = table.loc[("korea-us", structure.name), "peak_debt_share_of_gdp"]
        assert found == own["debt_share_of_gdp"].max()
    assert table.loc[("korea-us", "upfront-swap")].item() == 332.5e9 / 1.87e12


# Published figures


def test_the_pledge_is_84_per_cent_of_the_reserves_and_117_billion_a_year() -> None:
    """ECONOMY-25: 350/416.29 = 84.1%, and 350/3 = 116.7 a year (asiae 2025101307292091953)."""
    some = economy(reserves_usd=416.29e9)
    shares = {}
    for years in (1, 3):
        structure = lent(drawdown=tc.Drawdown.level(years))
        figures = tc.funding_metrics(structure, promise(structure, 350e9), some, valued())
        shares[years] = figures["peak_share_of_reserves"], figures["peak_year_outlay_usd"]
    assert shares[1] == (350e9 / 416.29e9, 350e9)
    assert f"{shares[1][0]:.3f}" == "0.841"
    assert f"{shares[3][1] / 1e9:.1f}" == "116.7"


@pytest.mark.parametrize(("cost", "interest"), [(0.03, 0.6e9), (0.04, 0.8e9)])
def test_twenty_billion_carry_600_or_800_million_of_interest(cost: float, interest: float) -> None:
    """ECONOMY-26: $20bn cost $0.6bn a year at 3%, $0.8bn at 4% (ajunews 20251030154139792)."""
    table = path(lent({"name": "swap_line", "cost_rate": cost}), headline=20e9)
    assert table["interest_usd"].tolist()[:10] == [interest] * 10
    assert not table["interest_usd"].iloc[10:].any()


def test_ten_years_in_place_of_one_save_40_billion_of_interest() -> None:
    """ECONOMY-27: $200bn in 10 yearly parts leave 900 bn-years undrawn: $40bn at 4/90 (Chosun)."""
    bonds = {"name": "foreign_bonds", "cost_rate": 40 / 900, "tenor_years": 20}
    tables = [
        path(lent(bonds, drawdown=drawdown)).head(10)
        for drawdown in (tc.Drawdown.upfront(), tc.Drawdown.level(10))
    ]
    undrawn, saved = (
        tables[0][name].sum() - tables[1][name].sum() for name in ("debt_usd", "interest_usd")
    )
    assert undrawn == pytest.approx(900e9, rel=32 * UNIT)
    assert saved == pytest.approx(40e9, rel=64 * UNIT)


# Periods


def receipts(frequency: str, some: tc.Economy, how: dict) -> float:
    """Return the present value of a level loan of 20 years [USD]."""
    structure = lent(rate=0.06, maturity_years=20, grace_years=0)
    valuation = valued(frequency=frequency, **how)
    return float(
        tc.funding_metrics(structure, promise(structure), some, valuation)["pv_receipts_usd"]
    )


@pytest.mark.parametrize(
    "how", [{"rate": 0.03}, {"rate": None, "discount_curve": "base"}], ids=["rate", "curve"]
)
def test_years_quarters_and_months_converge_at_first_order(how: dict) -> None:
    """ECONOMY-28: PV_m = PV_∞ + a/m + …: (PV_1 − PV_4)/(PV_4 − PV_12) → (1 − 1/4)/(1/4 − 1/12)."""
    curve = tc.RateCurve(name="base", points=((1, 0.02), (10, 0.03), (20, 0.035)))
    year, quarter, month = (receipts(f, economy(curves=(curve,)), how) for f in EVERY)
    # The next term, of order 1/m², is some r/m of the first: a few per cent at yearly periods.
    assert (year - quarter) / (quarter - month) == pytest.approx(4.5, rel=0.05)
    assert year != quarter


@WHOLE
@given(economies(exchange_paths=["drift", "forward"]), st.integers(0, 20))
def test_a_year_has_one_exchange_rate_and_one_factor_at_every_frequency(
    some: tc.Economy, year: int
) -> None:
    """ECONOMY-29: price of a dollar and curve at the start of a year do not depend on periods."""
    structure = lent(maturity_years=22, grace_years=21)
    prices = []
    for frequency in EVERY:
        table = path(structure, some, valued(frequency=frequency))
        prices.append(float(table["krw_per_usd"].iloc[year * PER_YEAR[frequency]]))
    assert prices[0] == prices[1] == prices[2]


# Unknown numbers, errors, batches


def test_what_needs_an_unknown_number_is_unknown() -> None:
    """ECONOMY-30: NaN, and no number, where reserves, capacity, GDP or rates are not stated."""
    bare = PACKAGED.replace({f"economy.{n}": None for n in ("reserves_usd", "fx_capacity_usd")})
    table = tc.compare(bare, structures=["upfront-cash"], flows=FLOWS)
    unknown = ["peak_share_of_reserves", "peak_over_fx_capacity", "peak_debt_share_of_gdp"]
    assert table[[*unknown, "risk_adjusted_cost_usd"]].isna().all(axis=None)
    same = tc.compare(PACKAGED, structures=["upfront-cash"], flows=FLOWS)
    assert table["net_cost_usd"].item() == same["net_cost_usd"].item()
    drawn = tc.simulate(bare, draws=10, seed=1, structures=["upfront-cash"], flows=FLOWS)
    assert drawn["over_fx_capacity_share"].isna().item()
    assert drawn["mean_usd"].notna().item()
    columns = path(lent(), tc.Economy(krw_per_usd=1400.0)).iloc[0]
    nothing = [name for name, value in columns.items() if math.isnan(value)]
    assert nothing == [
        "fx_excess_usd",
        "reserves_use_usd",
        "reserves_usd",
        "reserves_without_usd",
        "gdp_usd",
        "debt_share_of_gdp",
        "guaranteed_share_of_gdp",
        "government_debt_share_of_gdp",
        "hedge_cost_rate",
    ]


def test_a_curve_that_is_not_there_is_refused_once_and_everywhere() -> None:
    """ECONOMY-31: a scenario names all paths whose curve the economy lacks in one InputError."""
    changes = {
        "economy.curves": {"treasury": {"points": [[1, 0.04]]}},
        "valuation.budget_curve": "tresury",
        "pledge.structures.upfront-swap.funding.swap_line.cost_rate": None,
        "pledge.structures.upfront-swap.funding.swap_line.curve": "sofr",
    }
    with pytest.raises(InputError) as caught:
        PACKAGED.replace(changes)
    assert str(caught.value) == (
        "Scenario cannot be built:\n"
        "  - pledge.structures.upfront-swap.funding.swap_line.curve: unknown curve 'sofr'; "
        "economy.curves has treasury; valuation.budget_curve: unknown curve 'tresury'; did you "
        "mean 'treasury'?; economy.curves has treasury"
    )
    right = {**changes, "valuation.budget_curve": "treasury"}
    right["pledge.structures.upfront-swap.funding.swap_line.curve"] = "treasury"
    assert PACKAGED.replace(right).valuation.budget_curve == "treasury"


@pytest.mark.parametrize(
    ("terms", "fault"),
    [
        ({"cost_rate": 0.04, "curve": "base"}, "cost_rate and curve: give one of the two"),
        (
            {"spread": 0.01},
            "spread: a curve is needed for it to be paid above; name one",
        ),
    ],
)
def test_a_source_says_its_cost_once(terms: dict, fault: str) -> None:
    """ECONOMY-32: a cost given twice, and a spread above no curve, are refused (full message)."""
    with pytest.raises(InputError) as caught:
        tc.FundingSource(name="swap_line", **terms)
    assert str(caught.value) == f"FundingSource cannot be built:\n  - {fault}"


VARIED = {
    "krw_per_usd": [900.0, 1400.0, 1900.0],
    "reserves_usd": [1e11, 4e11, 9e11],
    "fx_capacity_usd": [1e10, 2e10, 9e11],
    "reserves_return_rate": [0.0, 0.03, 0.1],
    "gdp_growth_rate": [-0.01, 0.0, 0.05],
    "krw_rate": [0.0, 0.02, 0.05],
    "basis_rate": [-0.01, 0.0, 0.02],
    "curves.base.shift": [0.0, 0.01, 0.02],
}


@WHOLE
@given(
    funding_structures(curves=["base"]),
    economies(exchange_paths=["forward"]),
    valuations(frequencies=EVERY, curves=["base"]),
    st.sets(st.sampled_from(list(VARIED)), min_size=1),
)
def test_many_economies_at_once_are_each_by_itself(
    structure: tc.FundingStructure, some: tc.Economy, valuation: tc.Valuation, names: set
) -> None:
    """ECONOMY-33: the funding path of 3 economies in one call is that of each (to the bit)."""
    line, terms, how = valuation.timeline, Cases(tree(structure), {}), Cases(tree(valuation), {})
    headline = np.array([200e9])

    def figures(setting: Cases) -> dict[str, np.ndarray]:
        flows = structure_flows(terms, structure, headline, setting, line)
        return funding_figures(flows, terms, setting, how)

    varied = {name: np.array(VARIED[name]) for name in names}
    together = figures(Cases(tree(some), varied, 3))
    for case in range(3):
        alone = figures(Cases(tree(some), {n: v[[case]] for n, v in varied.items()}, 1))
        for name, column in alone.items():
            # Dollars that slip in one case draw out the horizon of all.
            row = together[name][case % len(together[name]), : column.shape[1]]
            assert row.tobytes() == np.ascontiguousarray(column[0]).tobytes(), name


def test_numbers_of_economy_and_valuation_can_be_swept() -> None:
    """ECONOMY-34: a sweep of rates, GDP, spread, shift and premium = one scenario each (bits)."""
    base = PACKAGED.replace(
        {
            "economy.curves": {"base": {"points": [[1, 0.03], [20, 0.05]]}},
            "economy.gdp_usd": 1.87e12,
            "economy.gdp_growth_rate": 0.03,
            "valuation.discount_rate": None,
            "valuation.discount_curve": "base",
            "valuation.risk_premium": 0.02,
            "pledge.structures.upfront-swap.funding.swap_line": {"curve": "base", "spread": 0.01},
        }
    )
    columns = ["net_cost_usd", "risk_adjusted_cost_usd", "peak_debt_share_of_gdp"]
    for name, values in {
        "gdp_usd": [1e12, 2e12],
        "gdp_growth_rate": [-0.02, 0.05],
        "economy.curves.base.shift": [0.0, 0.01],
        "swap_line.spread": [0.0, 0.02],
        "risk_premium": [0.0, 0.05],
    }.items():
        asked = {"structures": ["upfront-swap"], "columns": columns, "flows": FLOWS}
        table = tc.sweep(base, {name: values}, **asked)
        full = next(p for p in base.parameters().index if p.endswith(name))
        for place, value in enumerate(values):
            alone = tc.compare(base.replace({full: value}), **asked)
            assert table[columns].iloc[place].tolist() == alone.iloc[0].tolist()
        spread = table[columns].iloc[0] != table[columns].iloc[1]
        assert spread.any()


@given(economies(exchange_paths=["flat", "forward", "drift"], complete=False))
def test_an_economy_is_what_is_written_of_it(some: tc.Economy) -> None:
    """ECONOMY-35: from_tree(tree(x)) = x, whatever is unknown (round trip)."""
    assert tc.Economy.from_tree(tree(some)) == some
    assert all(value is not None for value in tree(some).values())


def test_a_premium_on_the_forward_rises_with_the_own_rate_and_falls_with_the_dollar_s() -> None:
    """ECONOMY-36: F rises with i_krw, falls with i_usd and with the basis (monotone, strict)."""
    usual = {"krw_rate": 0.02, "usd_rate": 0.04, "basis_rate": 0.0}
    for name, sign in (("krw_rate", 1), ("usd_rate", -1), ("basis_rate", -1)):
        found = [
            forward_exchange(view(economy(**{**usual, name: value})), np.array([5.0]))[0, 0]
            for value in (0.0, 0.01, 0.02, 0.05)
        ]
        assert all(sign * (high - low) > 0 for low, high in pairwise(found))
    assert forward_exchange(view(economy(**{**usual, "usd_rate": 0.02})), np.array([5.0])) == 1400.0
