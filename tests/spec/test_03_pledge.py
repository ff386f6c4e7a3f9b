"""Chapter 3: the pledge, its instruments and their cost to the payer."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.models import leaves, tree
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.flows import structure_flows
from tariffcalc.pledge.structure import rebalanced
from tariffcalc.testing import (
    drawdowns,
    economies,
    funding_structures,
    instruments,
    pledges,
    tranches,
    valuations,
    waterfalls,
)

UNIT = 2.0**-53  # one rounding changes a number by at most this share of it
# A present value here is a sum of at most 150 products of a payment (up to 300 roundings: running
# products by age, sums over draws) and a discount factor (up to 300): 600 shares of what flows.
ROUNDINGS = 600 * UNIT
BASE = tc.RateCurve(name="base", points=((1, 0.038), (5, 0.04), (20, 0.046)))
ECONOMY = tc.Economy(reserves_usd=422e9, fx_capacity_usd=17.5e9, krw_per_usd=1392.9, curves=(BASE,))
WATERFALL = tc.Waterfall(split_before=0.5, split_after=0.1, deemed_rate=0.0418)
RATES = st.integers(1, 2000).map(lambda n: n / 10_000)
SHARES = st.integers(0, 2**20).map(lambda n: n / 2**20)
DOLLARS = st.integers(1, 10**12).map(float)
YEARS = st.integers(1, 30)
PLEDGES = pledges(most_structures=1)
STRUCTURES = funding_structures()
# A whole structure takes 15 ms to draw and 5 to value: laws of several see an eighth of the rest.
WHOLE = settings(max_examples=max(1, settings().max_examples // 8))


def terms(instrument: Any = None, **given_terms: Any) -> tc.FundingStructure:
    """Return a structure of one instrument, 7% projects of 3 + 20 years where nothing is said."""
    one = tc.Tranche(name="all", instrument=instrument or tc.Equity(), share=1.0)
    usual = {
        "name": "terms",
        "tranches": (one,),
        "waterfall": WATERFALL,
        "project_irr": 0.07,
        "construction_years": 3,
        "life_years": 20,
    }
    return tc.FundingStructure(**{**usual, **given_terms})


def promise(headline: float, structure: tc.FundingStructure) -> tc.Pledge:
    return tc.Pledge(headline_usd=headline, payer="KOR", host="USA", structures=(structure,))


def valued(rate: float, timing: str = "outlays_start_receipts_end") -> tc.Valuation:
    return tc.Valuation(base_date="2026-01-01", discount_rate=rate, timing=timing)


def figures(
    structure: tc.FundingStructure, rate: float = 0.05, headline: float = 350e9, **how: str
) -> pd.Series:
    return tc.funding_metrics(structure, promise(headline, structure), ECONOMY, valued(rate, **how))


def payments(
    structure: tc.FundingStructure, headline: float = 350e9, economy: tc.Economy = ECONOMY
) -> pd.DataFrame:
    return tc.cash_flows(structure, promise(headline, structure), economy, valued(0.05))


def paid(structure: tc.FundingStructure, account: str, headline: float = 350e9) -> dict:
    """Return what one account pays by calendar year [USD]."""
    rows = payments(structure, headline)
    rows = rows[rows["flow"] == account]
    return dict(zip(rows["period"], rows["amount_usd"], strict=True))


def changed(declared: Any, **new_terms: Any) -> Any:
    """Return a structure, or another declared object, with other terms."""
    return type(declared)(**{**dict(declared), **new_terms})


def flowing(figures_: pd.Series) -> float:
    return float(abs(figures_["pv_outlay_usd"]) + abs(figures_["pv_receipts_usd"]))


# When it is paid in


@WHOLE
@given(PLEDGES, valuations())
def test_every_dollar_used_is_drawn(pledge: tc.Pledge, valuation: tc.Valuation) -> None:
    """PLEDGE-1: Σ_t draws_t = headline·utilisation·share, for each instrument (math.fsum)."""
    structure = pledge.structures[0]
    own = structure.headline_usd
    used = (pledge.headline_usd if own is None else own) * structure.utilisation_share
    rows = tc.cash_flows(structure, pledge, ECONOMY, valuation)
    for kinds, account in (
        (("equity",), "capital_call"),
        (("loan", "ship_finance"), "loan_disbursement"),
        (("private_investment",), "private_investment"),
    ):
        share = math.fsum(t.share for t in structure.tranches if t.instrument.kind in kinds)
        drawn = math.fsum(rows.loc[rows["flow"] == account, "amount_usd"])
        # 40 draws, each of up to 8 roundings: shares of time, of the headline, of the use; what
        # waits under a limit is rounded once in each of at most 100 years.
        assert abs(drawn - used * share) <= 150 * UNIT * used


@given(instruments(kinds=["equity", "loan"]), DOLLARS)
def test_upfront_is_all_at_the_start(instrument: Any, headline: float) -> None:
    """PLEDGE-2: upfront draws the whole amount in the base year and nothing later (to the bit)."""
    account = "capital_call" if instrument.kind == "equity" else "loan_disbursement"
    structure = terms(instrument, drawdown=tc.Drawdown.upfront())
    assert paid(structure, account, headline) == {2026: headline}


@given(YEARS, DOLLARS)
def test_level_draws_equal_parts(years: int, headline: float) -> None:
    """PLEDGE-3: level(n) draws headline·(1/n) at the start of each of n years (to the bit)."""
    calls = paid(terms(drawdown=tc.Drawdown.level(years)), "capital_call", headline)
    assert calls == {2026 + k: headline * (1.0 / years) for k in range(years)}


@WHOLE
@given(STRUCTURES)
def test_one_level_year_is_upfront(structure: tc.FundingStructure) -> None:
    """PLEDGE-4: level(1) is upfront: the same payments to the bit."""
    level, upfront = (
        changed(structure, drawdown=drawdown)
        for drawdown in (tc.Drawdown.level(1), tc.Drawdown.upfront())
    )
    pd.testing.assert_frame_equal(payments(level), payments(upfront), check_exact=True)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_cap_is_filled_as_early_as_it_can_be(headline: int, cap: int) -> None:
    """PLEDGE-5: capped(c) calls min(c, what is left), in whole numbers, year after year."""
    assume(headline <= 100 * cap)
    calls = paid(terms(drawdown=tc.Drawdown.capped(float(cap))), "capital_call", float(headline))
    expected = {2026 + k: min(cap, headline - k * cap) for k in range(-(-headline // cap))}
    assert calls.keys() == expected.keys()
    for year, call in calls.items():
        # A share of time is left ÷ whole times the whole: 2 roundings; `left` is exact.
        assert abs(call - expected[year]) <= 2 * UNIT * expected[year]


@WHOLE
@given(STRUCTURES)
def test_a_cap_above_every_draw_changes_nothing(structure: tc.FundingStructure) -> None:
    """PLEDGE-6: a cap at or above the money paid in is upfront: the same payments to the bit."""
    upfront = changed(structure, drawdown=tc.Drawdown.upfront(), headline_usd=1e9)
    capped = changed(upfront, drawdown=tc.Drawdown.capped(1e9))
    pd.testing.assert_frame_equal(payments(capped), payments(upfront), check_exact=True)


@WHOLE
@given(SHARES, st.integers(1, 40))
def test_a_cap_counts_only_money_that_is_paid_in(share: float, years: int) -> None:
    """PLEDGE-7: only money paid in counts against a cap; all keep one pace, n caps n years."""
    paid_in = 2.0**30 * share
    assume(paid_in > 0)
    other = tc.PrivateInvestment(expected_return=0.08)
    mixed = terms(
        drawdown=tc.Drawdown.capped(paid_in / years),
        tranches=(
            tc.Tranche(name="cash", instrument=tc.Equity(), share=share),
            tc.Tranche(name="rest", instrument=other, share=1.0 - share),
        ),
    )
    calls, rest = (paid(mixed, a, 2.0**30) for a in ("capital_call", "private_investment"))
    assert len(calls) == years
    # 2 roundings, as above; the last year takes what those of the cap and its sum left over.
    assert max(calls.values()) <= paid_in / years * (1 + (2 + 2 * years) * UNIT)
    assert set(rest) <= set(calls)
    for year, amount in rest.items():
        assert amount * share == pytest.approx(calls[year] * (1.0 - share), rel=8 * UNIT)


@given(drawdowns(kinds=["calls"], headline_usd=1.0))
def test_calls_fall_in_the_years_they_name(drawdown: tc.Drawdown) -> None:
    """PLEDGE-8: calls draw headline·share in the named calendar years (to the bit)."""
    expected = {year: 350e9 * share for year, share in drawdown.call_shares if share}
    assert paid(terms(drawdown=drawdown), "capital_call") == expected


@WHOLE
@given(st.integers(0, 4).map(lambda n: 2**n), STRUCTURES)
def test_level_years_are_calls_of_equal_shares(years: int, structure: tc.FundingStructure) -> None:
    """PLEDGE-9: level(n) equals calls of 1/n a year; for n a power of 2 to the bit."""
    level = changed(structure, drawdown=tc.Drawdown.level(years))
    shares = dict.fromkeys(range(2026, 2026 + years), 1.0 / years)
    calls = changed(level, drawdown=tc.Drawdown.calls(shares))
    pd.testing.assert_frame_equal(payments(calls), payments(level), check_exact=True)


# What projects earn


@given(DOLLARS, st.integers(-500, 2500), st.integers(0, 8), st.integers(1, 40))
def test_project_cash_is_worth_the_draw_at_the_project_irr(
    draw: float, basis_points: int, building: int, life: int
) -> None:
    """PLEDGE-10: 1 = C·A(g, N)/(1+g)^L: N level years after L, worth the draw at g (decimals)."""
    irr = basis_points / 10_000
    structure = terms(project_irr=irr, construction_years=building, life_years=life)
    cash = paid(structure, "project_revenue", draw)
    assert sorted(cash) == list(range(2026 + building, 2026 + building + life))
    assert len(set(cash.values())) == 1
    with localcontext(prec=50):
        growth = 1 + Decimal(irr)
        worth = sum(Decimal(usd) / growth ** (year - 2025) for year, usd in cash.items())
        # exp, log1p, expm1 within an ulp; L·log1p(g) ≤ 2, so its rounding counts twice.
        assert abs(worth - Decimal(draw)) <= Decimal(12 * UNIT) * Decimal(draw)


@given(DOLLARS, YEARS)
def test_projects_that_return_nothing_pay_back_the_draw(draw: float, life: int) -> None:
    """PLEDGE-11: g = 0 collapses to C = draw/N in each year."""
    cash = paid(terms(project_irr=0.0, life_years=life), "project_revenue", draw)
    assert set(cash.values()) == {draw * (1.0 / life)}


@WHOLE
@given(STRUCTURES)
def test_projects_of_several_calls_are_the_sum_of_projects(structure: tc.FundingStructure) -> None:
    """PLEDGE-12: what is earned, lent, insured in two calls is the sum of each call by itself."""
    structure = changed(structure, funding=(), headline_usd=1e9)
    both = structure_cash(structure, {2027: 0.25, 2031: 0.75})
    early, late = (structure_cash(structure, {year: 1.0}) for year in (2027, 2031))
    for key in {*both, *early, *late}:
        apart = 0.25 * early.get(key, 0.0) + 0.75 * late.get(key, 0.0)
        assert both.get(key, 0.0) == pytest.approx(apart, rel=ROUNDINGS, abs=ROUNDINGS * 1e9)


def structure_cash(structure: tc.FundingStructure, calls: dict) -> dict:
    """Return by account and year all payments that do not go through a waterfall."""
    rows = payments(changed(structure, drawdown=tc.Drawdown.calls(calls)))
    rows = rows[~rows["flow"].str.startswith("distribution")]
    signs = [
        1 if payer == first_payer(flow) else -1
        for flow, payer in zip(rows["flow"], rows["payer"], strict=True)
    ]
    keys = zip(rows["flow"], rows["period"], strict=True)
    return dict(zip(keys, rows["amount_usd"] * signs, strict=True))


def first_payer(flow: str) -> str:
    if flow in ("capital_call", "loan_disbursement", "guarantee_call", "public_support"):
        return "payer_public"
    if flow == "private_investment":
        return "payer_private"
    return "markets" if flow in ("project_revenue", "guarantee_recovery") else "project_spv"


# Loans


@given(RATES, st.integers(1, 30), st.data(), drawdowns())
def test_a_loan_at_the_discount_rate_costs_nothing(
    rate: float, maturity: int, data: st.DataObject, drawdown: tc.Drawdown
) -> None:
    """PLEDGE-13: a loan at the discount rate that nobody defaults on has net cost 0."""
    grace = data.draw(st.integers(0, maturity - 1))
    loan = tc.Loan(rate=rate, maturity_years=maturity, grace_years=grace)
    found = figures(terms(loan, drawdown=drawdown), rate)
    assert found["pv_outlay_usd"] > 0
    assert abs(found["net_cost_usd"]) <= ROUNDINGS * found["pv_outlay_usd"]


@given(RATES, st.integers(1, 30), st.integers(0, 5000), SHARES, st.data())
def test_a_loan_that_prices_its_losses_costs_nothing(
    rate: float, maturity: int, default_points: int, loss: float, data: st.DataObject
) -> None:
    """PLEDGE-14: (1−d)(1+i) + d(1−l) = 1+r makes a loan's net cost 0, whatever grace and years."""
    default = default_points / 10_000
    interest = (1.0 + rate - default * (1.0 - loss)) / (1.0 - default) - 1.0
    loan = tc.Loan(
        rate=interest,
        maturity_years=maturity,
        default_rate=default,
        loss_given_default=loss,
        grace_years=data.draw(st.integers(0, maturity - 1)),
    )
    found = figures(terms(loan), rate)
    # The rounding of the rate enters a balance that stays below 1 once for each year.
    assert abs(found["net_cost_usd"]) <= ROUNDINGS * found["pv_outlay_usd"]


def plain(loan: tc.Loan) -> tc.Loan:
    """Return a fixed-rate annuity with one yearly default rate."""
    terms = {"repayment": "annuity", "repayment_shares": (), "default_rates": ()}
    default = {"default_rate": loan.default_rates[0]} if loan.default_rates else {}
    return tc.Loan(**{**dict(loan), **terms, **default})


@given(instruments(kinds=["loan"], curve=None).map(plain), st.integers(1, 10**12))
def test_a_loan_is_served_by_interest_then_an_annuity(loan: tc.Loan, amount: int) -> None:
    """PLEDGE-15: service of age a = alive·((1−d)·due + d(1−l)·owed), in fractions."""
    found = paid(terms(loan), "loan_service", float(amount))
    rate, default = Fraction(loan.rate), Fraction(loan.default_rate)
    years = loan.maturity_years - loan.grace_years
    owed, alive = Fraction(amount), Fraction(1)
    level = owed / sum(1 / (1 + rate) ** k for k in range(1, years + 1))
    for age in range(loan.maturity_years):
        due = owed * rate if age < loan.grace_years else level
        saved = (1 - Fraction(loan.loss_given_default)) * owed
        exact = alive * ((1 - default) * due + default * saved)
        # What is owed carries 4 roundings a year on, with interest (1.15^30 = 66 at most).
        allowed = 4 * 66 * 30 * UNIT * amount
        assert abs(abs(found.get(2026 + age, 0.0)) - abs(float(exact))) <= allowed
        owed, alive = owed * (1 + rate) - due, alive * (1 - default)
    assert set(found) <= set(range(2026, 2026 + loan.maturity_years))


@given(RATES, st.integers(2, 30), DOLLARS, st.data())
def test_grace_years_pay_interest_only(
    rate: float, maturity: int, lent: float, data: st.DataObject
) -> None:
    """PLEDGE-16: without default each of the grace years pays rate·principal (to the bit)."""
    grace = data.draw(st.integers(1, maturity - 1))
    loan = tc.Loan(rate=rate, maturity_years=maturity, grace_years=grace)
    service = paid(terms(loan), "loan_service", lent)
    assert {service[2026 + age] for age in range(grace)} == {lent * rate}
    assert min(service[2026 + age] for age in range(grace, maturity)) > lent * rate


@given(st.integers(1, 30), RATES, SHARES, DOLLARS)
def test_a_loan_that_defaults_at_once_pays_what_is_recovered(
    maturity: int, rate: float, loss: float, lent: float
) -> None:
    """PLEDGE-17: d = 1 collapses to one payment of (1 − l)·principal at the first year's end."""
    loan = tc.Loan(rate=rate, maturity_years=maturity, default_rate=1.0, loss_given_default=loss)
    expected = {2026: lent * (1.0 - loss)} if loss < 1.0 else {}
    assert paid(terms(loan), "loan_service", lent) == expected


@WHOLE
@given(RATES, st.integers(1, 30), st.tuples(SHARES, SHARES).map(sorted))
def test_a_riskier_loan_never_costs_less(rate: float, maturity: int, default: list) -> None:
    """PLEDGE-18: net cost does not fall as default rises, when default loses all."""
    costs = [
        figures(terms(tc.Loan(rate=rate, maturity_years=maturity, default_rate=d)))["net_cost_usd"]
        for d in default
    ]
    assert costs[1] >= costs[0] - ROUNDINGS * 350e9


# Guarantees and companies' money


def level(guarantee: tc.Guarantee) -> tc.Guarantee:
    """Return a guarantee of a bullet loan at one yearly default rate, calls net of recoveries."""
    rates = guarantee.default_rates or (guarantee.default_rate,)
    terms = {"repayment": "bullet", "loan_rate": None, "recovery_years": 0}
    terms |= {"default_rate": rates[0], "default_rates": ()}
    return tc.Guarantee(**{**dict(guarantee), **terms})


LEVEL_GUARANTEES = instruments(kinds=["guarantee"]).map(level)


@given(LEVEL_GUARANTEES, RATES, DOLLARS)
def test_a_guarantee_costs_its_expected_losses_less_its_fees(
    guarantee: tc.Guarantee, rate: float, face: float
) -> None:
    """PLEDGE-19: net cost = Σ_t (PD·LGD − fee)·exposure_t·df_t, exposure·(1−PD)^t alive."""
    found = figures(terms(guarantee), rate, face)
    default, growth = Fraction(guarantee.default_rate), 1 + Fraction(rate)
    exposure = Fraction(face) * Fraction(guarantee.cover_share)
    loss, fee = default * Fraction(guarantee.loss_given_default), Fraction(guarantee.fee_rate)
    alive = [(1 - default) ** t / growth ** (t + 1) for t in range(guarantee.maturity_years)]
    annuity = exposure * sum(alive)
    for name, exact in (
        ("pv_outlay_usd", loss * annuity),
        ("pv_receipts_usd", fee * annuity),
        ("net_cost_usd", (loss - fee) * annuity),
    ):
        assert abs(found[name] - float(exact)) <= ROUNDINGS * float((loss + fee) * annuity)


@WHOLE
@given(LEVEL_GUARANTEES, RATES, drawdowns())
def test_a_guarantee_of_what_never_fails_costs_minus_its_fees(
    guarantee: tc.Guarantee, rate: float, drawdown: tc.Drawdown
) -> None:
    """PLEDGE-20: PD = 0 collapses to no outlay: net cost = −PV(fees), cover·fee·A(r, n) by call."""
    safe = tc.Guarantee(**{**dict(guarantee), "default_rate": 0.0})
    structure = terms(safe, drawdown=drawdown)
    found = figures(structure, rate)
    assert found["pv_outlay_usd"] == 0.0
    assert found["net_cost_usd"] == -found["pv_receipts_usd"]
    once = figures(terms(safe), rate)["pv_receipts_usd"]
    fee = (
        safe.fee_rate
        * safe.cover_share
        * tc.finance.annuity_factor(rate=rate, periods=safe.maturity_years)
    )
    assert once == pytest.approx(350e9 * fee, rel=ROUNDINGS)


@given(LEVEL_GUARANTEES, RATES, drawdowns())
def test_a_fee_of_the_expected_loss_makes_a_guarantee_free(
    guarantee: tc.Guarantee, rate: float, drawdown: tc.Drawdown
) -> None:
    """PLEDGE-21: fee = PD·LGD makes a guarantee's net cost 0 in every drawdown."""
    fee = guarantee.default_rate * guarantee.loss_given_default
    fair = tc.Guarantee(**{**dict(guarantee), "fee_rate": fee})
    found = figures(terms(fair, drawdown=drawdown), rate)
    assert abs(found["net_cost_usd"]) <= ROUNDINGS * found["pv_outlay_usd"]


@given(LEVEL_GUARANTEES, st.integers(1, 30))
def test_the_contingent_peak_is_the_cover_of_what_runs_together(
    guarantee: tc.Guarantee, years: int
) -> None:
    """PLEDGE-22: level(n) guarantees of m years peak at cover·headline·min(n, m)/n, no default."""
    found = figures(terms(guarantee, drawdown=tc.Drawdown.level(years)))
    together = min(years, guarantee.maturity_years) / years
    expected = 350e9 * guarantee.cover_share * together
    assert found["contingent_peak_usd"] == pytest.approx(expected, rel=40 * UNIT)  # 30 sums, 4 more


@WHOLE
@given(instruments(kinds=["private_investment"]), drawdowns(), RATES)
def test_companies_money_costs_the_public_payer_nothing(
    instrument: tc.PrivateInvestment, drawdown: tc.Drawdown, rate: float
) -> None:
    """PLEDGE-23: private investment leaves every public figure 0, and no return to speak of."""
    alone = tc.PrivateInvestment(expected_return=instrument.expected_return)
    structure = terms(alone, drawdown=drawdown)
    found = figures(structure, rate)
    assert np.isnan(found[["subsidy_rate", "payer_irr", "payback_year"]]).all()
    assert (found.drop(["subsidy_rate", "payer_irr", "payback_year"]) == 0.0).all()
    rows = payments(structure)
    assert set(rows["payer"]) == {"payer_private", "project_spv", "markets"}


# Structures


@WHOLE
@given(STRUCTURES, st.data())
def test_splitting_a_tranche_in_two_halves_changes_nothing(
    structure: tc.FundingStructure, data: st.DataObject
) -> None:
    """PLEDGE-24: one tranche as two of half its share gives the same payments, within ulps."""
    # Limits of a tranche's own are in dollars and count it by itself: halves need halves of them.
    together = [tranche for tranche in structure.tranches if tranche.drawdown is None]
    assume(together)
    cut = data.draw(st.sampled_from(together))
    half = {**dict(cut), "share": cut.share / 2}
    halves = [tc.Tranche(**{**half, "name": f"{cut.name}-{place}"}) for place in (1, 2)]
    rest = [tranche for tranche in structure.tranches if tranche is not cut]
    split = changed(structure, tranches=(*rest, *halves))
    assert_close(figures(split), figures(structure))


def assert_close(found: pd.Series, expected: pd.Series) -> None:
    """Assert equal figures, within the roundings of what flows; the same NaN."""
    size = flowing(expected) + 1.0
    for name in (
        "pv_outlay_usd",
        "pv_receipts_usd",
        "net_cost_usd",
        "peak_year_outlay_usd",
        "contingent_peak_usd",
    ):
        assert abs(found[name] - expected[name]) <= ROUNDINGS * size, name
    for name in ("peak_share_of_reserves", "peak_over_fx_capacity", "payback_year"):
        assert found[name] == pytest.approx(expected[name], rel=ROUNDINGS, nan_ok=True), name


@WHOLE
@given(STRUCTURES, st.randoms(use_true_random=False))
def test_the_order_of_tranches_does_not_matter(structure: tc.FundingStructure, random: Any) -> None:
    """PLEDGE-25: the same tranches in another order give the same figures, within ulps."""
    shuffled = list(structure.tranches)
    random.shuffle(shuffled)
    assert_close(figures(changed(structure, tranches=tuple(shuffled))), figures(structure))


@WHOLE
@given(STRUCTURES, instruments())
def test_a_tranche_without_a_share_changes_nothing(
    structure: tc.FundingStructure, instrument: Any
) -> None:
    """PLEDGE-26: a tranche of share 0 leaves every figure as it was (to the bit)."""
    empty = tc.Tranche(name="empty", instrument=instrument, share=0.0)
    more = changed(structure, tranches=(*structure.tranches, empty))
    pd.testing.assert_frame_equal(
        payments(more).sort_values(["period", "flow"], ignore_index=True),
        payments(structure).sort_values(["period", "flow"], ignore_index=True),
        check_exact=True,
    )


@WHOLE
@given(STRUCTURES, st.integers(-20, 20).map(lambda n: 2.0**n))
def test_amounts_scale_with_the_headline(structure: tc.FundingStructure, factor: float) -> None:
    """PLEDGE-27: headline, cap and capacities times 2^k make every amount 2^k times, to the bit."""
    structure = changed(structure, headline_usd=None)
    larger = scaled(structure, factor)
    richer = changed(ECONOMY, fx_capacity_usd=ECONOMY.fx_capacity_usd * factor)
    small, large = payments(structure), payments(larger, 350e9 * factor, richer)
    small[["amount_usd", "amount_krw"]] *= factor
    pd.testing.assert_frame_equal(large, small, check_exact=True)


def scaled(structure: tc.FundingStructure, factor: float) -> tc.FundingStructure:
    """Return the structure with all its amounts times a factor."""
    written = tree(structure)
    tables = [written, *written["tranches"].values()]
    for drawdown in [table["drawdown"] for table in tables if "drawdown" in table]:
        for cap in (drawdown, *drawdown["yearly_caps"].values()):
            for amount in {"annual_cap_usd", "cap_usd"} & cap.keys():
                cap[amount] *= factor
    for source in written["funding"].values():
        if "capacity_usd" in source:
            source["capacity_usd"] *= factor
    return tc.FundingStructure.from_tree(written)


@WHOLE
@given(STRUCTURES, SHARES, DOLLARS)
def test_using_a_share_is_promising_less(
    structure: tc.FundingStructure, used: float, headline: float
) -> None:
    """PLEDGE-28: utilisation u of a headline H is the whole of a headline u·H, to the bit."""
    partly = changed(structure, utilisation_share=used, headline_usd=headline)
    wholly = changed(structure, utilisation_share=1.0, headline_usd=headline * used)
    pd.testing.assert_frame_equal(payments(partly), payments(wholly), check_exact=True)


@WHOLE
@given(instruments(), instruments(), SHARES, RATES, waterfalls())
def test_costs_of_instruments_add_up(
    first: Any, second: Any, share: float, rate: float, waterfall: tc.Waterfall
) -> None:
    """PLEDGE-29: net cost of a mix = Σ share·net cost of each instrument alone (upfront)."""
    alone = [figures(terms(one, waterfall=waterfall), rate) for one in (first, second)]
    parts = [
        tc.Tranche(name=f"part-{n}", instrument=one, share=weight)
        for n, (one, weight) in enumerate(((first, share), (second, 1.0 - share)))
    ]
    mixed = figures(terms(tranches=tuple(parts), waterfall=waterfall), rate)
    for name in ("pv_outlay_usd", "pv_receipts_usd", "net_cost_usd"):
        expected = share * alone[0][name] + (1.0 - share) * alone[1][name]
        assert abs(mixed[name] - expected) <= ROUNDINGS * sum(map(flowing, alone))


def test_costs_do_not_add_up_where_a_cap_is_shared() -> None:
    """PLEDGE-30: two halves that share a cap wait for each other: together they cost less."""
    capped = terms(drawdown=tc.Drawdown.capped(175e9))
    whole, half = figures(capped)["net_cost_usd"], figures(capped, 0.05, 175e9)["net_cost_usd"]
    # The second half is one year late, so its cost is discounted once more.
    assert whole == pytest.approx(half * (1.0 + 1.0 / 1.05), rel=1e-12)  # ROUNDINGS, with room
    assert whole < 2.0 * half


# Where the dollars come from


def sources(*rows: dict) -> tuple[tc.FundingSource, ...]:
    return tuple(tc.FundingSource(**row) for row in rows)


@WHOLE
@given(STRUCTURES, RATES)
def test_dollars_come_from_the_sources_in_order(
    structure: tc.FundingStructure, rate: float
) -> None:
    """PLEDGE-31: each year each source gives min(capacity, what is left), dollar for dollar."""
    structure = changed(structure, headline_usd=1e12)
    rows = payments(structure)
    outlay = rows[rows["flow"].isin(["capital_call", "loan_disbursement"])]
    raised, needed = {}, []
    for year, left in outlay.groupby("period")["amount_usd"].sum().items():
        on_market = 0.0
        for source in structure.funding:
            taken = left if source.capacity_usd is None else min(left, source.capacity_usd)
            left = left - taken
            raised[year] = raised.get(year, 0.0) + taken * (source.cost_rate is not None)
            on_market += taken * (source.name in ("reserve_income", "market_purchases"))
        needed.append(on_market if structure.funding else left)
    expected = {year: usd for year, usd in raised.items() if usd}
    assert paid(structure, "funding") == pytest.approx(expected, rel=8 * UNIT)
    peak = max(needed, default=0.0) / 17.5e9
    assert figures(structure, rate)["peak_over_fx_capacity"] == pytest.approx(peak, rel=8 * UNIT)


@WHOLE
@given(RATES, RATES, st.integers(1, 30), DOLLARS)
def test_borrowed_dollars_cost_their_spread(
    cost: float, rate: float, tenor: int, headline: float
) -> None:
    """PLEDGE-32: bonds at c for n years add P·(c − r)·A(r, n) to the net cost (closed form)."""
    bonds = sources({"name": "foreign_bonds", "cost_rate": cost, "tenor_years": tenor})
    free, dear = (figures(terms(funding=way), rate, headline) for way in ((), bonds))
    spread = (cost - rate) * tc.finance.annuity_factor(rate=rate, periods=tenor)
    added = dear["net_cost_usd"] - free["net_cost_usd"]
    size = 2.0 + cost * tenor + flowing(free) / headline
    assert abs(added - headline * spread) <= ROUNDINGS * size * headline


@WHOLE
@given(STRUCTURES, RATES)
def test_dollars_at_the_discount_rate_add_nothing(
    structure: tc.FundingStructure, rate: float
) -> None:
    """PLEDGE-33: a source that costs the discount rate, or names no cost, adds no cost."""
    structure = changed(structure, headline_usd=1e12)
    base = figures(changed(structure, funding=()), rate)
    for cost in (rate, None):
        priced = tuple(
            tc.FundingSource(**{**dict(source), "cost_rate": cost}) for source in structure.funding
        )
        found = figures(changed(structure, funding=priced), rate)
        gap = abs(found["net_cost_usd"] - base["net_cost_usd"])
        # Up to 20 years of interest at up to 20% flow besides, and the principal twice.
        assert gap <= ROUNDINGS * (flowing(base) + 6e12) * (cost is not None)


def test_without_sources_all_is_bought_on_the_market() -> None:
    """PLEDGE-34: no source is market purchases without limit, and a swap line spares the market."""
    for names, share in (
        ((), 20.0),
        (("market_purchases",), 20.0),
        (("reserve_income",), 20.0),
        (("swap_line",), 0.0),
        (("policy_banks",), 0.0),
        (("foreign_bonds",), 0.0),
    ):
        funding = sources(*({"name": name} for name in names))
        assert figures(terms(funding=funding))["peak_over_fx_capacity"] == share


# Figures


@WHOLE
@given(PLEDGES, economies(), valuations())
def test_the_net_cost_is_what_flows_discounted_by_hand(
    pledge: tc.Pledge, economy: tc.Economy, valuation: tc.Valuation
) -> None:
    """PLEDGE-35: PV = Σ ±amount·(1+r)^−time over the rows of payer_public (decimals)."""
    structure = pledge.structures[0]
    found = tc.funding_metrics(structure, pledge, economy, valuation)
    rows = tc.cash_flows(structure, pledge, economy, valuation)
    at_start = ["capital_call", "loan_disbursement", "loan_premium", "public_support", "funding"]
    starts = rows["flow"].isin(at_start)
    late = {
        "outlays_start_receipts_end": 1.0 - starts,
        "all_start": 0.0 * starts,
        "all_middle": 0.5 + 0.0 * starts,
        "all_end": 1.0 + 0.0 * starts,
    }[valuation.timing]
    times = rows["period"] - 2026 + late
    signs = (rows["payer"] == "payer_public") * 1.0 - (rows["payee"] == "payer_public") * 1.0
    worths = rows["amount_usd"] * signs * (1.0 + valuation.discount_rate) ** -times
    allowed = ROUNDINGS * math.fsum(abs(worths))
    assert abs(found["net_cost_usd"] - math.fsum(worths)) <= allowed
    assert found["net_cost_usd"] == found["pv_outlay_usd"] - found["pv_receipts_usd"]


@WHOLE
@given(PLEDGES, valuations())
def test_the_subsidy_rate_is_net_cost_over_outlays(
    pledge: tc.Pledge, valuation: tc.Valuation
) -> None:
    """PLEDGE-36: subsidy rate = net cost ÷ PV(outlays) (to the bit); NaN without an outlay."""
    found = tc.funding_metrics(pledge.structures[0], pledge, ECONOMY, valuation)
    outlay = found["pv_outlay_usd"]
    assert math.isnan(found["subsidy_rate"]) == (outlay == 0.0)
    assert outlay == 0.0 or found["subsidy_rate"] == found["net_cost_usd"] / outlay


@WHOLE
@given(instruments(kinds=["loan"], curve=None), drawdowns(), RATES)
def test_the_subsidy_rate_of_a_loan_is_its_grant_element(
    loan: tc.Loan, drawdown: tc.Drawdown, rate: float
) -> None:
    """PLEDGE-37: one loan has one grant element, 1 − PV(service)/face, whenever it is drawn."""
    once = figures(terms(loan), rate)["subsidy_rate"]
    later = figures(terms(loan, drawdown=drawdown), rate)["subsidy_rate"]
    service = paid(terms(loan), "loan_service", 1.0)
    rows = payments(terms(loan), 1.0).query("flow == 'loan_service'")
    sign = {"project_spv": 1.0, "payer_public": -1.0}
    worth = math.fsum(
        service[y] * sign[p] * (1.0 + rate) ** (2025 - y)
        for y, p in zip(rows["period"], rows["payer"], strict=True)
    )
    for found in (once, later):
        assert abs(found - (1.0 - worth)) <= ROUNDINGS * (1.0 + abs(worth))


@WHOLE
@given(STRUCTURES)
def test_at_the_payer_irr_the_projects_cost_nothing(structure: tc.FundingStructure) -> None:
    """PLEDGE-38: discounting at payer_irr makes net cost 0 when dollars cost nothing extra."""
    structure = changed(structure, funding=())
    irr = figures(structure)["payer_irr"]
    assume(-0.5 < irr < 9)  # beyond, discount factors over 100 years leave the range of floats
    found = figures(structure, irr)
    # The root is known to about 8 roundings of 1+r, which enter up to 140 times.
    assert abs(found["net_cost_usd"]) <= 16 * ROUNDINGS * flowing(found)


@WHOLE
@given(STRUCTURES)
def test_payback_is_the_year_from_which_receipts_stay_ahead(structure: tc.FundingStructure) -> None:
    """PLEDGE-39: payback = first year from whose end on Σ receipts ≥ Σ outlays; NaN if never."""
    structure = changed(structure, funding=())
    rows = payments(structure)
    signs = (rows["payee"] == "payer_public") * 1.0 - (rows["payer"] == "payer_public") * 1.0
    nets = (rows["amount_usd"] * signs).groupby(rows["period"]).sum()
    public = rows[signs != 0]
    nets = nets.reindex(range(*span_of(public["period"])), fill_value=0.0)
    ahead = nets.cumsum() >= -1e-12 * public["amount_usd"].sum()  # a trillionth is rounding
    behind = [year for year, good in ahead.items() if not good]
    good_from = [year for year in nets.index if year > max([0, *behind])]
    found = figures(structure)["payback_year"]
    assert found == pytest.approx(min(good_from, default=math.nan), abs=0, nan_ok=True)


def span_of(years: pd.Series) -> tuple[int, int]:
    """Return the first year and the one after the last; nothing of nothing."""
    return (years.min(), years.max() + 1) if len(years) else (0, 0)


@WHOLE
@given(PLEDGES, economies())
def test_peaks_are_measured_against_capacities(pledge: tc.Pledge, economy: tc.Economy) -> None:
    """PLEDGE-40: peak year = max_t(calls + loans); over reserves; need on the FX market, bits."""
    structure = changed(pledge.structures[0], funding=())
    found = tc.funding_metrics(structure, pledge, economy, valued(0.05))
    rows = tc.cash_flows(structure, pledge, economy, valued(0.05))
    outlays = rows[rows["flow"].isin(["capital_call", "loan_disbursement"])]
    peak = outlays.groupby("period")["amount_usd"].sum().max() if len(outlays) else 0.0
    assert found["peak_year_outlay_usd"] == pytest.approx(peak, rel=4 * UNIT)  # order of 4 sums
    assert found["peak_share_of_reserves"] == found["peak_year_outlay_usd"] / economy.reserves_usd
    assert found["peak_over_fx_capacity"] == found["peak_year_outlay_usd"] / economy.fx_capacity_usd


@WHOLE
@given(STRUCTURES, RATES)
def test_timing_moves_all_flows_together(structure: tc.FundingStructure, rate: float) -> None:
    """PLEDGE-41: PV(all_end) = PV(all_start)/(1+r), PV(all_middle) = PV(all_start)/√(1+r)."""
    start, middle, end = (
        figures(structure, rate, timing=timing) for timing in ("all_start", "all_middle", "all_end")
    )
    for name in ("pv_outlay_usd", "pv_receipts_usd", "net_cost_usd"):
        allowed = ROUNDINGS * flowing(start)
        assert abs(end[name] * (1.0 + rate) - start[name]) <= allowed
        assert abs(middle[name] * math.sqrt(1.0 + rate) - start[name]) <= allowed


def other_values(path: str) -> st.SearchStrategy[float]:
    """Values a number of a structure may have instead, whatever the others are."""
    last = path.rpartition(".")[2]
    if last.endswith("years"):
        least = {"grace_years": 0, "maturity_years": 30}.get(last, 1)
        return st.integers(least, 0 if last == "grace_years" else least + 9).map(float)
    if last == "priority":
        return st.integers(0, 3).map(float)
    return st.sampled_from((25e9, 4e11) if last.endswith("_usd") else (0.0, 0.1, 0.25, 1.0))


def put(table: dict, path: str, value: float) -> dict:
    """Return a written form with another value at a path."""
    first, _, rest = path.partition(".")
    here = put(table[first], rest, value) if rest else value
    whole = first.endswith("years") or first == "priority"
    return {**table, first: int(here) if whole else here}


@WHOLE
@given(STRUCTURES, st.data())
def test_a_batch_gives_each_case_what_its_own_structure_gives(
    structure: tc.FundingStructure, data: st.DataObject
) -> None:
    """PLEDGE-42: a kernel call for 3 values of any numbers equals 3 structures, to the bit."""
    numbers = [
        path
        for path, value, _ in leaves(structure)
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    free = [path for path in numbers if not is_bound(structure, path)]
    chosen = data.draw(st.lists(st.sampled_from(free), min_size=1, max_size=2, unique=True))
    cases = st.lists(st.tuples(*map(other_values, chosen)), min_size=3, max_size=3)
    points, headline = data.draw(cases), np.array([350e9])
    varied = dict(zip(chosen, map(np.array, zip(*points, strict=True)), strict=True))
    together = flow_rows(structure, varied, headline)
    for case, point in enumerate(points):
        written = tree(structure)
        for path, value in zip(chosen, point, strict=True):
            written = put(written, path, value)
        alone = flow_rows(tc.FundingStructure.from_tree(written), {}, headline)
        assert alone.keys() <= together.keys()
        for name, many in together.items():
            own = alone.get(name, np.zeros((1, 1)))[0]  # nobody books what no case pays
            row, both = many[case % len(many)], min(len(own), many.shape[1])
            assert own[:both].tolist() == row[:both].tolist(), name
            # The horizon of the batch is that of its longest case; what is owed may stay owed.
            assert name == "balance" or not (own[both:].any() or row[both:].any()), name


def is_bound(structure: tc.FundingStructure, path: str) -> bool:
    """Tell whether a number cannot change by itself: shares add up, other terms fix it."""
    last = path.rpartition(".")[2]
    for tranche in structure.tranches:
        if path.startswith(f"tranches.{tranche.name}.instrument."):
            given_terms = dict(tranche.instrument)
            fixed = {
                "spread": given_terms.get("curve") is None,
                "default_rate": bool(given_terms.get("default_rates")),
                "maturity_years": given_terms.get("repayment") == "custom",
                "grace_years": given_terms.get("repayment") == "custom",
            }
            return fixed.get(last, False)
    return last in ("share", "weight")


def flow_rows(structure: tc.FundingStructure, varied: dict, headline: np.ndarray) -> dict:
    """Return all arrays of cases and periods that the kernel gives."""
    size = max((len(values) for values in varied.values()), default=1)
    table, economy = Cases(tree(structure), varied, size), Cases(tree(ECONOMY), {})
    found = structure_flows(table, structure, headline, economy, Timeline(2026))
    others = {name: getattr(found, name) for name in ("contingent", "balance", "fx_need")}
    return {**found.amounts, **others}


# Collapse laws of whole structures


@WHOLE
@given(RATES, st.integers(2, 40))
def test_half_the_cash_breaks_even_at_twice_the_annuity(rate: float, life: int) -> None:
    """PLEDGE-43: split ½, no construction: net cost 0 where C = 2/A(r, n), n years of life."""
    with mpmath.workdps(40):
        worth = (1 - (1 + mpmath.mpf(rate)) ** -life) / mpmath.mpf(rate) / 2
        irr = float(
            mpmath.findroot(
                lambda g: (1 - (1 + g) ** -life) / g - worth, (rate, 3.0), solver="illinois"
            )
        )
    half = tc.Waterfall(split_before=0.5, split_after=0.5, deemed_rate=0.0418)
    structure = terms(
        project_irr=irr,
        construction_years=0,
        life_years=life,
        waterfall=half,
        drawdown=tc.Drawdown.level(3),
    )
    cash = paid(terms(project_irr=irr, construction_years=0, life_years=life), "project_revenue")
    twice = 350e9 * 2.0 / tc.finance.annuity_factor(rate=rate, periods=life)
    assert cash[2026] == pytest.approx(twice, rel=ROUNDINGS)
    assert abs(figures(structure, rate)["net_cost_usd"]) <= ROUNDINGS * 350e9


@WHOLE
@given(RATES, st.integers(0, 6), st.integers(1, 40), drawdowns())
def test_all_cash_at_the_discount_rate_costs_nothing(
    rate: float, building: int, life: int, drawdown: tc.Drawdown
) -> None:
    """PLEDGE-44: split 1 and g = r make equity free: payer_irr = g = r, net cost 0."""
    everything = tc.Waterfall(split_before=1.0, split_after=1.0, deemed_rate=0.0)
    structure = terms(
        project_irr=rate,
        construction_years=building,
        life_years=life,
        waterfall=everything,
        drawdown=drawdown,
    )
    found = figures(structure, rate)
    assert abs(found["net_cost_usd"]) <= ROUNDINGS * found["pv_outlay_usd"]
    # The net present value is known to 600 roundings of the outlay, and its slope is at least
    # the outlay for each 1+r: the first receipt is a year away.
    assert abs(found["payer_irr"] - rate) <= 2 * ROUNDINGS * (1.0 + rate)


@WHOLE
@given(SHARES, RATES, st.integers(2, 30), st.integers(-500, 2500))
def test_drawing_later_discounts_the_net_cost(
    split: float, rate: float, years: int, basis_points: int
) -> None:
    """PLEDGE-45: level(n) costs mean_k (1+r)^−k of upfront for one split: sooner costs no less."""
    one_split = tc.Waterfall(split_before=split, split_after=split, deemed_rate=0.04)
    structure = terms(waterfall=one_split, project_irr=basis_points / 10_000)
    now = figures(structure, rate)
    spread, longer = (
        figures(changed(structure, drawdown=tc.Drawdown.level(n)), rate)["net_cost_usd"]
        for n in (years, years + 1)
    )
    mean = math.fsum((1.0 + rate) ** -k for k in range(years)) / years
    allowed = ROUNDINGS * flowing(now)
    assert abs(spread - now["net_cost_usd"] * mean) <= allowed
    assert (spread - longer) * math.copysign(1.0, now["net_cost_usd"]) >= -2 * allowed


@WHOLE
@given(SHARES, st.tuples(RATES, RATES).map(sorted), drawdowns(), RATES)
def test_better_projects_never_cost_more_under_one_split(
    split: float, irrs: list, drawdown: tc.Drawdown, rate: float
) -> None:
    """PLEDGE-46: with one split s, net cost = PV(calls) − s·PV(cash): it falls as g rises."""
    one_split = tc.Waterfall(split_before=split, split_after=split, deemed_rate=0.04)
    poor, rich = (terms(waterfall=one_split, drawdown=drawdown, project_irr=irr) for irr in irrs)
    first, second = figures(poor, rate), figures(rich, rate)
    assert second["net_cost_usd"] <= first["net_cost_usd"] + ROUNDINGS * flowing(second)
    cash = paid(rich, "project_revenue").items()
    worth = split * math.fsum(usd * (1.0 + rate) ** (2025 - year) for year, usd in cash)
    assert second["pv_receipts_usd"] == pytest.approx(worth, rel=ROUNDINGS)


def test_better_projects_may_cost_more_where_recovery_earns_above_the_discount_rate() -> None:
    """PLEDGE-47: with ρ > r and nothing after recovery, sooner recovery costs more."""
    generous = tc.Waterfall(split_before=1.0, split_after=0.0, deemed_rate=0.1)
    better = [
        figures(terms(waterfall=generous, project_irr=irr, construction_years=0), 0.03)
        for irr in (0.12, 0.2)
    ]
    assert better[1]["net_cost_usd"] > better[0]["net_cost_usd"]
    # Recovered in full either way: what is received is worth the draw at the deemed rate.
    for irr in (0.12, 0.2):
        got = paid(
            terms(waterfall=generous, project_irr=irr, construction_years=0), "distribution_payer"
        )
        worth = math.fsum(usd * 1.1 ** (2025 - year) for year, usd in got.items())
        assert worth == pytest.approx(350e9, rel=ROUNDINGS)


@given(st.integers(1, 6).flatmap(lambda n: st.lists(SHARES, min_size=n, max_size=n)), SHARES)
def test_a_new_cash_share_keeps_the_proportions_of_both_classes(
    weights: list, cash_share: float
) -> None:
    """PLEDGE-48: rebalanced: cash adds up to the share s asked for, the rest to 1 − s."""
    total = math.fsum(weights)
    assume(total > 0)
    shares = np.array([[w / total / 2 for w in weights] + [w / total / 2 for w in weights]])
    cash = np.arange(shares.shape[1]) < len(weights)
    found = rebalanced(shares, cash, np.array([cash_share]))[0]
    exact = [Fraction(w) / sum(map(Fraction, weights)) for w in weights]
    for place, part in enumerate(exact):
        own = Fraction(cash_share) * part, (1 - Fraction(cash_share)) * part
        pair = found[place], found[place + len(weights)]
        assert pair == pytest.approx([float(share) for share in own], rel=24 * UNIT)  # 6 + 6 sums


# Form, errors, and leaving things alone


@WHOLE
@given(PLEDGES, economies(), valuations())
def test_a_pledge_survives_its_written_form(
    pledge: tc.Pledge, economy: tc.Economy, valuation: tc.Valuation
) -> None:
    """PLEDGE-49: from_tree(tree(x)) = x for a pledge with its structures, economy and valuation."""
    for thing in (pledge, economy, valuation):
        assert type(thing).from_tree(tree(thing)) == thing


@WHOLE
@given(PLEDGES, economies(), valuations())
def test_asking_twice_gives_the_same_and_changes_nothing(
    pledge: tc.Pledge, economy: tc.Economy, valuation: tc.Valuation
) -> None:
    """PLEDGE-50: figures are a function of their arguments, which stay as they were."""
    before = [tree(thing) for thing in (pledge, economy, valuation)]
    asked = pledge.structures[0], pledge, economy, valuation
    pd.testing.assert_series_equal(
        tc.funding_metrics(*asked), tc.funding_metrics(*asked), check_exact=True
    )
    pd.testing.assert_frame_equal(tc.cash_flows(*asked), tc.cash_flows(*asked), check_exact=True)
    assert [tree(thing) for thing in (pledge, economy, valuation)] == before


@WHOLE
@given(PLEDGES, economies(), valuations())
def test_amounts_are_shown_in_the_payers_currency_too(
    pledge: tc.Pledge, economy: tc.Economy, valuation: tc.Valuation
) -> None:
    """PLEDGE-51: amount_krw = amount_usd·krw_per_usd (to the bit), and units say what is what."""
    rows = tc.cash_flows(pledge.structures[0], pledge, economy, valuation)
    assert (rows["amount_krw"] == rows["amount_usd"] * economy.krw_per_usd).all()
    assert rows.attrs["units"] == {"amount_usd": "USD", "amount_krw": "payer's currency"}


@given(st.lists(tranches(most=1), min_size=1, max_size=3), st.integers(1, 10))
def test_shares_that_do_not_add_up_are_refused(some: list, parts: int) -> None:
    """PLEDGE-52: tranche shares that do not add up to 1 are an InputError that says by how much."""
    share = parts / 16
    total = share * len(some)
    assume(total != 1)
    rows = tuple(
        tc.Tranche(name=f"t{n}", instrument=one[0].instrument, share=share)
        for n, one in enumerate(some)
    )
    word = "add" if total < 1 else "take away"
    with pytest.raises(InputError) as caught:
        terms(tranches=rows)
    assert str(caught.value) == (
        f"FundingStructure cannot be built:\n  - tranches: shares add up to {total:g}, "
        f"and have to add up to 1; {word} {abs(1 - total):g}"
    )


@given(st.sampled_from(["project_irr", "life_years", "waterfall"]))
def test_equity_needs_its_terms(term: str) -> None:
    """PLEDGE-53: equity without its projects' terms is an InputError that names what is missing."""
    with pytest.raises(InputError) as caught:
        terms(**{term: None})
    assert str(caught.value) == f"FundingStructure cannot be built:\n  - equity needs {term}"
    assert terms(tc.Loan(rate=0.05, maturity_years=9), **{term: None}).cash_share == 0.0


@settings(max_examples=20)  # two hundred names say no more than twenty
@given(st.text(min_size=1, max_size=20))
def test_an_unknown_structure_is_refused(name: str) -> None:
    """PLEDGE-54: a structure that is not there is an UnknownNameError that lists those that are."""
    assume(name != "terms")
    with pytest.raises(UnknownNameError) as caught:
        promise(1e9, terms()).structure(name)
    start, end = f"unknown structure {name!r}", " Allowed: terms."
    assert str(caught.value) in (f"{start}.{end}", f"{start}; did you mean 'terms'?{end}")


@given(st.integers(1, 10**6), st.integers(101, 10**6))
def test_a_cap_that_needs_over_a_century_is_refused(cap: int, years: int) -> None:
    """PLEDGE-55: at most 100 years of draws; a lower cap is an InputError with its years."""
    with pytest.raises(InputError) as caught:
        payments(terms(drawdown=tc.Drawdown.capped(float(cap))), float(cap * years))
    assert str(caught.value) == (
        f"terms: a cap of {float(cap):.4g} USD a year needs {years} years; "
        "at most 100 are allowed, so raise drawdown.annual_cap_usd"
    )


@WHOLE
@given(funding_structures(kinds=["equity"], limits=False), YEARS)
def test_each_further_year_of_level_draws_ends_the_flows_a_year_later(
    structure: tc.FundingStructure, years: int
) -> None:
    """PLEDGE-56: the last project cash of level(n) falls in year (n − 1) + L + (N − 1)."""
    used = changed(structure, headline_usd=1e9, utilisation_share=1.0, projects=())
    ends = [
        max(paid(changed(used, drawdown=tc.Drawdown.level(n)), "project_revenue"))
        for n in (years, years + 1)
    ]
    span = structure.construction_years + structure.life_years - 1
    assert ends == [2026 + years - 1 + span, 2026 + years + span]
    assert all(later - sooner == 1 for sooner, later in pairwise(ends))


@given(st.lists(st.floats(1e6, 1e12), min_size=1, max_size=5), st.floats(0.5, 2.0))
def test_the_parts_of_a_pledge_add_up_to_its_headline(amounts: list[float], factor: float) -> None:
    """PLEDGE-57: Σ parts = headline within 1e-9 of it, or the pledge is refused."""
    parts = tuple(tc.PledgePart(name=f"p{i}", amount_usd=a) for i, a in enumerate(amounts))
    fields = {"payer": "KOR", "host": "USA", "parts": parts, "structures": ()}
    total = math.fsum(amounts)
    pledge = tc.Pledge(headline_usd=total, **fields)
    assert [part.amount_usd for part in pledge.parts] == amounts
    if abs(factor - 1.0) > 1e-6:
        with pytest.raises(InputError, match="parts: amounts add up to"):
            tc.Pledge(headline_usd=total * factor, **fields)
