"""Chapter 4: how project cash is split, before and after recovery."""

import dataclasses
import math
from fractions import Fraction

import mpmath
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tariffcalc as tc
from tariffcalc.models import tree
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge import recovery
from tariffcalc.pledge.flows import StructureFlows, structure_flows
from tariffcalc.pledge.splits import split_cumulative, split_per_period
from tariffcalc.testing import funding_structures, projects

UNIT = 2.0**-53  # one rounding changes a number by at most this share of it
DOLLARS = st.integers(0, 10**9).map(float)
SHARES = st.integers(0, 64).map(lambda n: n / 64)
SOME_SHARE = st.integers(1, 64).map(lambda n: n / 64)
RATES = st.integers(0, 1000).map(lambda n: n / 10_000)
OWN = st.booleans()
FLOWS = st.integers(1, 12).flatmap(
    lambda years: st.tuples(
        *(hnp.arrays(float, (1, years), elements=DOLLARS | st.just(0.0)) for _ in "cd")
    )
)
TERMS = st.tuples(SHARES, SHARES, RATES)
Arrays = tuple[np.ndarray, np.ndarray]


def columns(cases: list, flows: Arrays) -> tuple[np.ndarray, ...]:
    """Return shares by case, and the deemed rate by case and period."""
    before, after, rate = (np.array(column) for column in zip(*cases, strict=True))
    return before, after, np.broadcast_to(rate[:, np.newaxis], (rate.size, flows[0].shape[1]))


def cumulative(flows: Arrays, terms: tuple, *, own: bool) -> Arrays:
    return split_cumulative(*flows, *columns([terms], flows), own=own)


def per_period(
    flows: Arrays, terms: tuple, *, own: bool, interest: bool = True, repaid: object = None
) -> Arrays:
    cash, draws = flows
    falling_due = np.zeros_like(draws) if repaid is None else repaid
    parts = columns([terms], flows)
    return split_per_period(cash, draws, falling_due, *parts, own=own, shortfall_interest=interest)


def share_out(
    cash: Fraction, due: Fraction, before: Fraction, after: Fraction, own: bool
) -> tuple[Fraction, Fraction]:
    """Return the payer's part and what stays due, dollar for dollar: `before`, then `after`."""
    counted = before if own else Fraction(1)
    if due == 0:
        return after * cash, due
    until = cash if counted == 0 else min(cash, due / counted)
    return before * until + after * (cash - until), due - counted * until


def allowed(flows: Arrays, terms: tuple, payer_per_due: float) -> float:
    """Bound the rounding of twelve years: 8 a year of all that flows, grown by the deemed rate.

    A dollar due is 1/weight dollars of cash, which is why a small weight makes the bound wider.
    """
    growth = (1.0 + terms[2]) ** (flows[0].shape[1] + 1)
    return 8 * 12 * UNIT * growth * float(flows[0].sum() + flows[1].sum()) * payer_per_due


def widest(terms: tuple, *, own: bool) -> float:
    """Return how many dollars of the payer may hang on one dollar due."""
    before, after, _ = terms
    return 1.0 + (abs(before - after) / before if own and before else 1.0)


@given(FLOWS, TERMS, OWN)
def test_the_balance_runs_as_defined(flows: Arrays, terms: tuple, own: bool) -> None:
    """WATERFALL-1: B_k = (B_{k−1} + D_k)(1+ρ) − R_k, split at the dollar that recovers."""
    received, balance = cumulative(flows, terms, own=own)
    before, after, rate = map(Fraction, terms)
    owed, room = Fraction(0), allowed(flows, terms, widest(terms, own=own))
    for year, (cash, draw) in enumerate(zip(*(f[0].tolist() for f in flows), strict=True)):
        due = (owed + Fraction(draw)) * (1 + rate)
        payer, owed = share_out(Fraction(cash), due, before, after, own)
        assert abs(received[0, year] - float(payer)) <= room
        assert abs(balance[0, year] - float(owed)) <= room


@given(FLOWS, FLOWS, TERMS, OWN, st.booleans())
def test_each_period_owes_as_defined(
    flows: Arrays, more: Arrays, terms: tuple, own: bool, interest: bool
) -> None:
    """WATERFALL-2: DAA_k = ρ·outstanding + principal due + shortfall·(1+ρ or 1), in fractions."""
    years = min(flows[0].shape[1], more[0].shape[1])
    cash, draws, repaid = flows[0][:, :years], flows[1][:, :years], more[0][:, :years]
    repaid = np.minimum(repaid.cumsum(axis=1), draws.cumsum(axis=1))
    repaid = np.maximum(np.diff(repaid, axis=1, prepend=0.0), 0.0)
    received, carried = per_period((cash, draws), terms, own=own, interest=interest, repaid=repaid)
    before, after, rate = map(Fraction, terms)
    principal, short = Fraction(0), Fraction(0)
    room = 2 * allowed((cash, draws), terms, widest(terms, own=own))
    for year in range(years):
        principal += Fraction(draws[0, year])
        falling = Fraction(repaid[0, year])
        due = principal * rate + falling + short * (1 + rate if interest else 1)
        payer, short = share_out(Fraction(cash[0, year]), due, before, after, own)
        principal -= falling
        assert abs(received[0, year] - float(payer)) <= room
        assert abs(carried[0, year] - float(short)) <= room


@given(FLOWS, TERMS, OWN)
def test_nobody_gets_more_than_there_is(flows: Arrays, terms: tuple, own: bool) -> None:
    """WATERFALL-3: 0 ≤ payer's part ≤ cash and balance ≥ 0, in every period of both kinds."""
    for split in (cumulative, per_period):
        received, balance = split(flows, terms, own=own)
        assert (received >= 0.0).all()
        assert (received <= flows[0]).all()
        assert (balance >= 0.0).all()
        # The equality beside it: no cash, nothing received, and nothing taken off what is due.
        nothing, owed = split((0.0 * flows[0], flows[1]), terms, own=own)
        assert not nothing.any()
        assert (owed >= balance * (1.0 - 40 * UNIT)).all()  # 3 roundings a year, 12 years


@given(FLOWS, TERMS, OWN)
def test_what_comes_off_the_balance_is_what_counts(flows: Arrays, terms: tuple, own: bool) -> None:
    """WATERFALL-4: before recovery the balance falls by s·cash (own) or by the cash (all)."""
    received, balance = cumulative(flows, terms, own=own)
    previous = np.concatenate([[0.0], balance[0, :-1]])
    due = (previous + flows[1][0]) * (1.0 + terms[2])
    running = balance[0] > 0.0
    counts = received[0] if own else flows[0][0]
    # One rounding of the product and one of the difference, of what is due.
    assert (abs(due - counts - balance[0])[running] <= 2 * UNIT * due[running]).all()


@given(FLOWS, TERMS, OWN)
def test_until_recovery_cash_is_split_by_the_first_share(
    flows: Arrays, terms: tuple, own: bool
) -> None:
    """WATERFALL-5: while something stays due the payer gets split_before·cash, to the bit."""
    for split in (cumulative, per_period):
        received, balance = split(flows, terms, own=own)
        owing = balance > 0.0
        assert (received[owing] == terms[0] * flows[0][owing]).all()


@given(FLOWS, TERMS, OWN)
def test_once_recovered_cash_is_split_by_the_second_share(
    flows: Arrays, terms: tuple, own: bool
) -> None:
    """WATERFALL-6: in a period with nothing due the payer gets split_after·cash, to the bit."""
    cash, draws = flows
    for split in (cumulative, per_period):
        received, balance = split((cash, 0.0 * draws), terms, own=own)
        assert (received == terms[1] * cash).all()
        assert not balance.any()


@given(st.integers(1, 10**6), st.integers(1, 10**6), SOME_SHARE, SHARES)
def test_the_dollar_that_recovers_splits_its_own_period(
    draw: int, beyond: int, before: float, after: float
) -> None:
    """WATERFALL-7: cash of D/s + x in one year pays D + split_after·x: a split inside the year."""
    cash = draw * 64 / round(before * 64) + beyond
    flows = np.array([[cash]]), np.array([[float(draw)]])
    for split in (cumulative, per_period):
        repaid = {} if split is cumulative else {"repaid": flows[1]}
        received, balance = split(flows, (before, after, 0.0), own=True, **repaid)
        # The cash is rounded as an input, and again as it is cut at the dollar.
        assert received[0, 0] == pytest.approx(
            draw + after * beyond, rel=8 * UNIT, abs=8e-16 * cash
        )
        assert balance.tolist() == [[0.0]]


@given(st.integers(1, 10**6), st.integers(1, 10**6), SHARES, SHARES)
def test_all_distributions_recover_dollar_for_dollar(
    draw: int, beyond: int, before: float, after: float
) -> None:
    """WATERFALL-8: when all counts, D of cash recovers D: the payer gets before·D + after·x."""
    flows = np.array([[float(draw + beyond)]]), np.array([[float(draw)]])
    received, balance = cumulative(flows, (before, after, 0.0), own=False)
    assert received.tolist() == [[before * draw + after * beyond]]  # 64ths of whole numbers
    assert balance.tolist() == [[0.0]]


@given(FLOWS, SHARES, RATES, OWN)
def test_one_share_throughout_makes_recovery_irrelevant(
    flows: Arrays, share: float, rate: float, own: bool
) -> None:
    """WATERFALL-9: split_before = split_after = s collapses to s·cash, whatever is due."""
    for split in (cumulative, per_period):
        received, _ = split(flows, (share, share, rate), own=own)
        # Two products, their sum and the cut at the dollar: 4 roundings.
        assert (abs(received - share * flows[0]) <= 4 * UNIT * flows[0]).all()


@given(FLOWS, SHARES, RATES)
def test_whoever_gets_all_does_not_care_what_counts(
    flows: Arrays, after: float, rate: float
) -> None:
    """WATERFALL-10: split_before = 1 makes own receipts and all distributions one, to the bit."""
    for split in (cumulative, per_period):
        own, every = (split(flows, (1.0, after, rate), own=own) for own in (True, False))
        assert [array.tolist() for array in own] == [array.tolist() for array in every]


@given(FLOWS, TERMS)
def test_counting_all_distributions_never_recovers_later(flows: Arrays, terms: tuple) -> None:
    """WATERFALL-11: the balance under all distributions is at most that under own receipts."""
    for split in (cumulative, per_period):
        own, every = (split(flows, terms, own=own)[1] for own in (True, False))
        assert (every <= own * (1.0 + 60 * UNIT) + allowed(flows, terms, 1.0)).all()
    # And the equality beside it: in the first year they differ by what only one of them counts.
    own, every = (cumulative(flows, terms, own=own)[1][0, 0] for own in (True, False))
    cash, due = flows[0][0, 0], flows[1][0, 0] * (1.0 + terms[2])
    only_one_counts = min(cash, due) - min(terms[0] * cash, due)
    assert abs(own - every - only_one_counts) <= 4 * UNIT * (due + cash)


@given(FLOWS, SHARES, RATES)
def test_a_payer_who_gets_nothing_never_recovers(flows: Arrays, after: float, rate: float) -> None:
    """WATERFALL-12: split_before = 0 with own receipts: nothing counts, the balance only grows."""
    received, balance = cumulative(flows, (0.0, after, rate), own=True)
    owing = balance > 0.0
    assert not received[owing].any()
    owed = Fraction(0)
    for year, draw in enumerate(flows[1][0].tolist()):
        owed = (owed + Fraction(draw)) * (1 + Fraction(rate))
        assert balance[0, year] == pytest.approx(float(owed), rel=40 * UNIT)  # 3 a year


@given(DOLLARS, RATES, st.integers(1, 30))
def test_what_earns_nothing_owes_compound_interest(draw: float, rate: float, years: int) -> None:
    """WATERFALL-13: without cash, B_k = D·(1+ρ)^(k+1), in fractions."""
    draws = np.zeros((1, years))
    draws[0, 0] = draw
    _, balance = cumulative((0.0 * draws, draws), (0.5, 0.1, rate), own=True)
    for year, owed in enumerate(balance[0].tolist()):
        exact = Fraction(draw) * (1 + Fraction(rate)) ** (year + 1)
        # 1+ρ is rounded once and enters k+1 times; as many products and sums are rounded.
        assert abs(owed - float(exact)) <= 3 * (year + 2) * UNIT * float(exact)


@given(DOLLARS, RATES, OWN, st.integers(2, 30))
def test_what_recovers_is_worth_the_draw_at_the_deemed_rate(
    draw: float, rate: float, own: bool, years: int
) -> None:
    """WATERFALL-14: recovery is full: Σ counted_k·(1+ρ)^−(k+1) = D, what ρ means."""
    draws = np.zeros((1, years))
    draws[0, 0] = draw
    level = np.full_like(draws, 4.0 * draw * (rate + 1.0 / years))
    terms = (0.5, 0.0, rate)
    received, balance = cumulative((level, draws), terms, own=own)
    counted = received * (1.0 if own else 2.0)  # nothing after recovery; half of it is the payer's
    worth = math.fsum(counted[0] * (1.0 + rate) ** -np.arange(1.0, years + 1.0))
    assert balance[0, -1] == 0.0
    assert worth == pytest.approx(draw, rel=20 * years * UNIT)


@given(FLOWS, SHARES, SHARES, OWN)
def test_without_a_deemed_rate_a_shortfall_bears_nothing(
    flows: Arrays, before: float, after: float, own: bool
) -> None:
    """WATERFALL-15: ρ = 0 makes shortfalls with and without interest one, to the bit."""
    with_, without = (
        per_period(flows, (before, after, 0.0), own=own, interest=way, repaid=flows[1])
        for way in (True, False)
    )
    assert [array.tolist() for array in with_] == [array.tolist() for array in without]


@given(st.integers(1, 10**6), RATES, st.integers(2, 20))
def test_a_shortfall_bears_interest_only_by_the_switch(draw: int, rate: float, years: int) -> None:
    """WATERFALL-16: D due at once, no cash: short D(1+ρ)^(k+1) with interest, D(1+ρ) without."""
    draws = np.zeros((1, years))
    draws[0, 0] = float(draw)
    flows = 0.0 * draws, draws
    with_, without = (
        per_period(flows, (0.5, 0.1, rate), own=True, interest=way, repaid=draws)[1]
        for way in (True, False)
    )
    growth = (1.0 + rate) ** np.arange(1, years + 1)
    assert with_[0].tolist() == pytest.approx((draw * growth).tolist(), rel=60 * UNIT)  # 3 a year
    assert without[0].tolist() == [without[0, 0]] * years
    assert without[0, 0] == pytest.approx(draw * (1.0 + rate), rel=4 * UNIT)


@given(FLOWS, TERMS, OWN)
def test_both_kinds_are_one_where_principal_falls_due_at_once(
    flows: Arrays, terms: tuple, own: bool
) -> None:
    """WATERFALL-17: life 1, no construction: per-period with interest is cumulative."""
    found = per_period(flows, terms, own=own, repaid=flows[1])
    expected = cumulative(flows, terms, own=own)
    room = 2 * allowed(flows, terms, widest(terms, own=own))
    for one, other in zip(found, expected, strict=True):
        assert (abs(one - other) <= room).all()


@given(FLOWS, TERMS, OWN, st.integers(-20, 20).map(lambda n: 2.0**n))
def test_splits_scale_with_the_money(flows: Arrays, terms: tuple, own: bool, factor: float) -> None:
    """WATERFALL-18: cash and draws times 2^k give receipts and balance times 2^k, to the bit."""
    for split in (cumulative, per_period):
        small = split(flows, terms, own=own)
        large = split((flows[0] * factor, flows[1] * factor), terms, own=own)
        assert [a.tolist() for a in large] == [(a * factor).tolist() for a in small]


@given(FLOWS, st.lists(TERMS, min_size=2, max_size=4), OWN)
def test_a_batch_splits_each_case_as_it_is_split_alone(
    flows: Arrays, cases: list, own: bool
) -> None:
    """WATERFALL-19: terms of several cases at once give each case its own bits."""
    parts = columns(cases, flows)
    cash, draws = flows
    for batch, single in (
        (split_cumulative(cash, draws, *parts, own=own), cumulative),
        (
            split_per_period(cash, draws, 0.0 * draws, *parts, own=own, shortfall_interest=True),
            per_period,
        ),
    ):
        for case, terms in enumerate(cases):
            alone = single(flows, terms, own=own)
            assert [a[case].tolist() for a in batch] == [a[0].tolist() for a in alone]


@given(FLOWS, TERMS, OWN)
def test_splitting_leaves_its_arguments_alone(flows: Arrays, terms: tuple, own: bool) -> None:
    """WATERFALL-20: cash and draws stay as they were, and a second call gives the same bits."""
    before = [array.copy() for array in flows]
    for split in (cumulative, per_period):
        first, second = (split(flows, terms, own=own) for _ in range(2))
        assert [a.tolist() for a in first] == [a.tolist() for a in second]
    assert [a.tolist() for a in flows] == [a.tolist() for a in before]


@given(FLOWS, SHARES, SHARES, st.integers(1, 9000), OWN)
def test_a_deemed_rate_below_0_makes_nobody_pay_back(
    flows: Arrays, before: float, after: float, points: int, own: bool
) -> None:
    """WATERFALL-21: at ρ < 0 a year owes at least 0: receipts and balance stay ≥ 0."""
    terms = (before, after, -points / 10_000)
    for split in (cumulative, per_period):
        received, balance = split(flows, terms, own=own)
        assert (received >= 0.0).all()
        assert (balance >= 0.0).all()
    # With no principal due, a negative rate leaves nothing due at all.
    assert (per_period(flows, terms, own=own)[0] == after * flows[0]).all()


# In a structure

PROJECTS = funding_structures(kinds=["equity"])
ECONOMY = tc.Economy(reserves_usd=422e9, fx_capacity_usd=17.5e9, krw_per_usd=1392.9)
VALUATION = tc.Valuation(base_date="2026-01-01", discount_rate=0.05)
# A whole structure takes 15 ms to draw, so laws of structures see an eighth of the examples.
WHOLE = settings(max_examples=max(1, settings().max_examples // 8))


def paid(structure: tc.FundingStructure, account: str) -> np.ndarray:
    """Return what an account pays in each of 120 years [USD]."""
    pledge = tc.Pledge(headline_usd=2.0**40, payer="KOR", host="USA", structures=(structure,))
    rows = tc.cash_flows(structure, pledge, ECONOMY, VALUATION)
    rows = rows[rows["flow"] == account]
    years = np.zeros(120)
    years[rows["period"] - 2026] = rows["amount_usd"]
    return years


def with_terms(structure: tc.FundingStructure, **terms: object) -> tc.FundingStructure:
    return tc.FundingStructure(**{**dict(structure), "headline_usd": None, **terms})


def changed(structure: tc.FundingStructure, **waterfall: object) -> tc.FundingStructure:
    rules = tc.Waterfall(**{**dict(structure.waterfall), **waterfall})
    return with_terms(structure, waterfall=rules)


@WHOLE
@given(PROJECTS)
def test_payer_and_host_share_all_project_cash(structure: tc.FundingStructure) -> None:
    """WATERFALL-22: payer's + host's distributions = project revenue, each year, and each ≥ 0."""
    structure = changed(structure)
    payer, host, cash = (
        paid(structure, name)
        for name in ("distribution_payer", "distribution_host", "project_revenue")
    )
    # cash − payer is rounded once for each vehicle, 3 projects that succeed and fail for each of
    # 4 tranches, and so are their sums.
    assert (abs(payer + host - cash) <= 48 * UNIT * cash).all()
    all_payers = changed(structure, split_before=1.0, split_after=1.0, adjuster="none")
    assert paid(all_payers, "distribution_payer").tolist() == pytest.approx(
        cash.tolist(), rel=48 * UNIT
    )
    none_payers = changed(structure, split_before=0.0, split_after=0.0, adjuster="none")
    assert paid(none_payers, "distribution_host").tolist() == cash.tolist()


@WHOLE
@given(funding_structures(kinds=["equity"], limits=False))
def test_like_projects_may_be_pooled_or_not(structure: tc.FundingStructure) -> None:
    """WATERFALL-23: tranches on the same terms recover together: pooled equals one by one."""
    structure = with_terms(structure, projects=())
    pooled, apart = (
        paid(changed(structure, pooled=way), "distribution_payer") for way in (True, False)
    )
    # Projects recover in the same dollar; a deemed rate of 15% over 70 years grows a rounding
    # by less than the cash it is set against, 400 times at most.
    cash = paid(changed(structure), "project_revenue")
    assert (abs(pooled - apart) <= 400 * 16 * UNIT * cash.max()).all()


def test_unlike_projects_pooled_make_up_for_each_other() -> None:
    """WATERFALL-24: splits of unlike projects do not add up: pooled, a good one repays a bad."""
    good, bad, draw = (np.array([[float(usd)]]) for usd in (300, 0, 100))
    terms = (0.5, 0.0, 0.0)
    apart = [cumulative((cash, draw), terms, own=True)[0].item() for cash in (good, bad)]
    pooled, owed = cumulative((good + bad, 2 * draw), terms, own=True)
    assert apart == [100.0, 0.0]  # recovered after 200; the rest is the host's
    assert pooled.tolist() == [[150.0]]  # half of 300 counts against 200
    assert owed.tolist() == [[50.0]]


@WHOLE
@given(
    funding_structures(
        kinds=["equity"], daa=["per_period"], drawdown_kinds=["upfront"], limits=False
    )
)
def test_principal_falls_due_over_the_life_of_the_projects(
    structure: tc.FundingStructure,
) -> None:
    """WATERFALL-25: per-period at ρ = 0 owes D/N in each of N years after L, and no more."""
    rules = tc.Waterfall(split_before=1.0, split_after=0.0, deemed_rate=0.0, daa="per_period")
    plain = {"projects": (), "project_irr": 0.3, "utilisation_share": 1.0}
    used = with_terms(structure, waterfall=rules, **plain)
    building, life = used.construction_years, used.life_years
    expected = np.zeros(120)
    expected[building : building + life] = 2.0**40 / life
    # Projects at 30% earn more than D/N each year, so each year's due is paid and no more.
    assert paid(used, "distribution_payer").tolist() == pytest.approx(
        expected.tolist(), rel=16 * UNIT
    )


@given(
    st.sampled_from(["split_before", "split_after"]), st.integers(101, 999).map(lambda n: n / 100)
)
def test_a_share_above_1_is_refused(field: str, value: float) -> None:
    """WATERFALL-26: a split outside 0 to 1 is an InputError that names field, limit and value."""
    given_terms = {"split_before": 0.5, "split_after": 0.1, "deemed_rate": 0.04, field: value}
    with pytest.raises(tc.errors.InputError) as caught:
        tc.Waterfall(**given_terms)
    assert str(caught.value) == (
        f"Waterfall cannot be built:\n  - {field}: input should be less than or equal to 1, "
        f"given {value!r}"
    )


# Switches: adjuster, withheld share, a deemed rate that changes from period to period

SWITCHES = st.builds(
    tc.Waterfall,
    split_before=SHARES,
    split_after=SHARES,
    deemed_rate=st.just(0.0),
    daa=st.sampled_from(["cumulative", "per_period"]),
    counts=st.sampled_from(["own_receipts", "all_distributions"]),
    shortfall_interest=st.booleans(),
    adjuster=st.sampled_from(["none", "at_deadline", "foreseen"]),
    adjuster_years=st.integers(1, 12),
    split_adjusted=SHARES,
    withheld=st.sampled_from(["kept", "released"]),
)
PERIOD_RATES = hnp.arrays(float, (1, 12), elements=RATES)
FLAGS = hnp.arrays(bool, (1, 12), elements=st.booleans() | st.just(False))


def rules(
    waterfall: tc.Waterfall, rates: np.ndarray, unpaid: np.ndarray | None = None
) -> recovery.Rules:
    number = {name: np.array([value]) for name, value in waterfall if isinstance(value, float)}
    adjusted = deadline = None
    if waterfall.adjuster != "none":
        adjusted, deadline = number["split_adjusted"], np.array([float(waterfall.adjuster_years)])
    if unpaid is not None and not unpaid.any():
        unpaid = None
    shares = number["split_before"], number["split_after"]
    return recovery.Rules(waterfall, *shares, rates, adjusted, deadline, unpaid)


def falling_due(waterfall: tc.Waterfall, draws: np.ndarray) -> np.ndarray | None:
    """Return a quarter of each draw in each of four periods from its own on, or None."""
    if waterfall.daa == "cumulative":
        return None
    return sum(np.pad(draws, ((0, 0), (k, 0)))[:, : draws.shape[1]] / 4 for k in range(4))


def recovered(
    waterfall: tc.Waterfall,
    flows: Arrays,
    rates: np.ndarray,
    unpaid: np.ndarray | None = None,
) -> Arrays:
    """Return what falls to the payer, whoever holds it, and the balance."""
    years = flows[0].shape[1]
    flags = None if unpaid is None else unpaid[:, :years]
    of = rules(waterfall, rates[:, :years], flags)
    return recovery.recover(of, flows[1], flows[0], falling_due(waterfall, flows[1]))


def exactly(
    waterfall: tc.Waterfall, flows: Arrays, rates: np.ndarray, unpaid: np.ndarray, adjusted: bool
) -> tuple[list[Fraction], list[Fraction]]:
    """Follow one vehicle in fractions; ``adjusted`` has the adjusted share from the start on."""
    cash, draws, rate = (
        [Fraction(x) for x in array[0].tolist()]
        for array in (*flows, rates[:, : flows[0].shape[1]])
    )
    own, total = waterfall.counts == "own_receipts", sum(draws)
    first = next((year for year, draw in enumerate(draws) if draw), 0)
    balance = principal = Fraction(0)
    received, balances = [], []
    for year, (usd, draw, rho) in enumerate(zip(cash, draws, rate, strict=True)):
        if waterfall.adjuster == "at_deadline":
            now = year == first + waterfall.adjuster_years
            adjusted = balance > total / 10**12 and (adjusted or now)
        share = Fraction(waterfall.split_adjusted if adjusted else waterfall.split_before)
        if waterfall.daa == "cumulative":
            due = (balance + draw) * (1 + rho)
        else:
            principal += draw
            falling = sum(draws[max(0, year - 3) : year + 1]) / 4
            due = (
                principal * rho
                + falling
                + balance * (1 + rho if waterfall.shortfall_interest else 1)
            )
            principal -= falling
        kept = waterfall.withheld == "kept" and unpaid[0, year]
        seen = Fraction(0) if kept and own else usd
        payer, balance = share_out(seen, due, share, Fraction(waterfall.split_after), own)
        received.append(Fraction(0) if kept else payer)
        balances.append(balance)
    return received, balances


def by_fractions(
    waterfall: tc.Waterfall, flows: Arrays, rates: np.ndarray, unpaid: np.ndarray
) -> tuple[list[Fraction], list[Fraction]]:
    """Follow one vehicle; where the adjuster is foreseen, once more if the deadline is missed."""
    found = exactly(waterfall, flows, rates, unpaid, False)
    draws = [Fraction(x) for x in flows[1][0].tolist()]
    first = next((year for year, draw in enumerate(draws) if draw), 0)
    last = min(first + waterfall.adjuster_years, len(draws)) - 1
    if waterfall.adjuster == "foreseen" and found[1][last] > sum(draws) / 10**12:
        return exactly(waterfall, flows, rates, unpaid, True)
    return found


@given(SWITCHES, FLOWS, PERIOD_RATES, FLAGS)
def test_every_switch_does_what_its_definition_says(
    waterfall: tc.Waterfall, flows: Arrays, rates: np.ndarray, unpaid: np.ndarray
) -> None:
    """WATERFALL-27: both kinds with adjuster, withheld share and ρ_k are those in fractions."""
    found = recovered(waterfall, flows, rates, unpaid)
    expected = by_fractions(waterfall, flows, rates, unpaid)
    own, after = waterfall.counts == "own_receipts", waterfall.split_after
    room = 2 * max(
        allowed(flows, (share, after, rates.max()), widest((share, after, 0.0), own=own))
        for share in (waterfall.split_before, waterfall.split_adjusted)
    )
    for numbers, exact in zip(found, expected, strict=True):
        assert max(abs(Fraction(x) - y) for x, y in zip(numbers[0], exact, strict=True)) <= room


@given(SWITCHES, FLOWS, PERIOD_RATES, FLAGS, st.integers(-20, 20).map(lambda n: 2.0**n))
def test_every_switch_scales_with_the_money(
    waterfall: tc.Waterfall, flows: Arrays, rates: np.ndarray, unpaid: np.ndarray, factor: float
) -> None:
    """WATERFALL-28: with every switch, 2^k times the money is 2^k times all, to the bit."""
    small = recovered(waterfall, flows, rates, unpaid)
    large = recovered(waterfall, tuple(array * factor for array in flows), rates, unpaid)
    assert [array.tolist() for array in large] == [(array * factor).tolist() for array in small]


@given(SWITCHES, st.lists(st.tuples(SHARES, PERIOD_RATES, FLAGS), min_size=2, max_size=3), FLOWS)
def test_a_batch_with_every_switch_is_its_cases(
    waterfall: tc.Waterfall, cases: list, flows: Arrays
) -> None:
    """WATERFALL-29: cases with their own shares, ρ_k and unpaid calls keep their bits together."""
    years = flows[0].shape[1]
    shares, rates, flags = (list(column) for column in zip(*cases, strict=True))
    alone = [
        recovered(waterfall.model_copy(update={"split_before": share}), flows, rate, flag)
        for share, rate, flag in cases
    ]
    unpaid = np.concatenate(flags)[:, :years]
    of = rules(waterfall, np.concatenate(rates)[:, :years], unpaid)
    together = dataclasses.replace(of, before=np.array(shares))
    found = recovery.recover(together, flows[1], flows[0], falling_due(waterfall, flows[1]))
    for case, expected in enumerate(alone):
        assert [array[case].tolist() for array in found] == [a[0].tolist() for a in expected]


def plainly(waterfall: tc.Waterfall, **terms: object) -> tc.Waterfall:
    return waterfall.model_copy(update={"adjuster": "none", **terms})


@given(SWITCHES, FLOWS, PERIOD_RATES)
def test_an_adjuster_acts_only_where_its_deadline_is_missed(
    waterfall: tc.Waterfall, flows: Arrays, rates: np.ndarray
) -> None:
    """WATERFALL-30: what is recovered by the deadline is split as without adjuster, to the bit."""
    found, plain = (recovered(w, flows, rates) for w in (waterfall, plainly(waterfall)))
    first = int(np.argmax(flows[1][0] > 0.0))
    deadline = first + waterfall.adjuster_years
    missed = plain[1][0][:deadline][-1] > 1e-12 * flows[1].sum()
    always = plainly(waterfall, split_before=waterfall.split_adjusted)
    expected = recovered(always, flows, rates) if missed else plain
    if waterfall.adjuster == "at_deadline":
        # Nothing has changed by then; from then on one of both shares splits what fills the rest.
        assert [a[0, :deadline].tolist() for a in found] == [
            a[0, :deadline].tolist() for a in plain
        ]
    if waterfall.adjuster == "foreseen" or not missed:
        expected = plain if waterfall.adjuster == "none" else expected
        assert [array.tolist() for array in found] == [array.tolist() for array in expected]


@given(SWITCHES, FLOWS, PERIOD_RATES, FLAGS)
def test_an_adjusted_share_that_is_the_first_one_changes_nothing(
    waterfall: tc.Waterfall, flows: Arrays, rates: np.ndarray, unpaid: np.ndarray
) -> None:
    """WATERFALL-31: split_adjusted = split_before makes every adjuster that of none, to the bit."""
    same = waterfall.model_copy(update={"split_adjusted": waterfall.split_before})
    found, plain = (recovered(w, flows, rates, unpaid) for w in (same, plainly(same)))
    assert [array.tolist() for array in found] == [array.tolist() for array in plain]


def test_after_the_deadline_the_adjusted_share_fills_what_is_left() -> None:
    """WATERFALL-32: B = 60 at the deadline: 80 at ¾ make it; recovered, a new draw starts at ½."""
    cash, draws = np.array([[80.0, 100.0, 60.0]]), np.array([[100.0, 0.0, 50.0]])
    terms = {"split_before": 0.5, "split_after": 0.25, "deemed_rate": 0.0, "adjuster_years": 1}
    late, soon = (
        recovered(
            tc.Waterfall(**terms, adjuster=kind, split_adjusted=0.75), (cash, draws), 0.0 * cash
        )
        for kind in ("at_deadline", "foreseen")
    )
    assert late[0].tolist() == [[40.0, 60.0 + 0.25 * 20.0, 30.0]]
    assert late[1].tolist() == [[60.0, 0.0, 20.0]]
    # Foreseen, 80·¾ = 60 leave 40 for 53.3 of cash; the new draw is split at ¾ too.
    assert soon[0][0].tolist() == pytest.approx([60.0, 40.0 + 0.25 * (100 - 40 / 0.75), 45.0])
    assert soon[1].tolist() == [[40.0, 0.0, 5.0]]


@given(SWITCHES, FLOWS, PERIOD_RATES, FLAGS)
def test_what_the_host_keeps_is_as_if_it_had_never_come(
    waterfall: tc.Waterfall, flows: Arrays, rates: np.ndarray, unpaid: np.ndarray
) -> None:
    """WATERFALL-33: kept: the payer gets 0 in unpaid periods, as from cash that is not there."""
    kept = waterfall.model_copy(update={"withheld": "kept"})
    received, balance = recovered(kept, flows, rates, unpaid)
    flags = unpaid[:, : flows[0].shape[1]]
    assert not received[flags].any()
    own = waterfall.counts == "own_receipts"
    seen = np.where(flags, 0.0, flows[0]) if own else flows[0]
    without = recovered(kept, (seen, flows[1]), rates)
    assert received.tolist() == np.where(flags, 0.0, without[0]).tolist()
    assert balance.tolist() == without[1].tolist()


@given(SWITCHES, FLOWS, PERIOD_RATES, FLAGS)
def test_what_is_released_is_what_was_held_and_no_dollar_more(
    waterfall: tc.Waterfall, flows: Arrays, rates: np.ndarray, unpaid: np.ndarray
) -> None:
    """WATERFALL-34: released: the balance is that of no missed call; all held comes once paid."""
    released = waterfall.model_copy(update={"withheld": "released"})
    received, balance = recovered(released, flows, rates, unpaid)
    plain = recovered(released, flows, rates)
    assert [received.tolist(), balance.tolist()] == [array.tolist() for array in plain]
    flags = unpaid[:, : flows[0].shape[1]]
    handed = recovery.handed_over(np.where(flags, received, 0.0), flags)[0]
    assert not handed[flags[0]].any()
    held = Fraction(0)
    for amount, flag, late in zip(received[0].tolist(), flags[0], handed.tolist(), strict=True):
        held += Fraction(amount) if flag else 0
        if not flag:
            assert late == pytest.approx(float(held), rel=12 * UNIT)  # a sum of at most 12
            held = Fraction(0)


# What a higher deemed rate does


@given(SWITCHES, FLOWS, PERIOD_RATES, PERIOD_RATES, FLAGS)
def test_a_higher_deemed_rate_never_lowers_the_payers_receipts(
    waterfall: tc.Waterfall,
    flows: Arrays,
    rates: np.ndarray,
    more: np.ndarray,
    unpaid: np.ndarray,
) -> None:
    """WATERFALL-35: split_before ≥ split_after, no adjuster: receipts rise with ρ each period."""
    high, low = sorted((waterfall.split_before, waterfall.split_after), reverse=True)
    terms = plainly(waterfall, split_before=high, split_after=low)
    lower, higher = (recovered(terms, flows, r, unpaid)[0] for r in (rates, rates + more))
    # Each receipt is two products, a difference and a sum of at most the cash.
    assert (higher >= lower - 4 * UNIT * flows[0]).all()
    # And the equality beside it, in the first period: what more is due is split at the first share.
    if terms.daa == "cumulative" and not unpaid[0, 0] and high > 0.0:
        weight = high if terms.counts == "own_receipts" else 1.0
        due = [flows[1][0, 0] * (1.0 + r[0, 0]) / weight for r in (rates, rates + more)]
        filled = np.minimum(due, flows[0][0, 0])
        gain = (high - low) * (filled[1] - filled[0])
        assert abs(higher[0, 0] - lower[0, 0] - gain) <= 16 * UNIT * flows[0][0, 0]


@given(SWITCHES, FLOWS, PERIOD_RATES, PERIOD_RATES)
def test_a_higher_deemed_rate_never_recovers_sooner(
    waterfall: tc.Waterfall, flows: Arrays, rates: np.ndarray, more: np.ndarray
) -> None:
    """WATERFALL-36: without adjuster the balance rises with ρ each period, whatever the split."""
    lower, higher = (recovered(plainly(waterfall), flows, r)[1] for r in (rates, rates + more))
    assert (higher >= lower * (1.0 - 60 * UNIT)).all()  # at most 5 roundings a year
    # The equality beside it: without cash a draw grows at each period's rate from its own on.
    running = plainly(waterfall, daa="cumulative")
    owed = recovered(running, (0.0 * flows[0], flows[1]), rates)[1][0]
    exact = Fraction(0)
    for year, (draw, rate) in enumerate(zip(flows[1][0].tolist(), rates[0].tolist(), strict=False)):
        exact = (exact + Fraction(draw)) * (1 + Fraction(rate))
        assert owed[year] == pytest.approx(float(exact), rel=40 * UNIT)  # 3 a year


def test_a_higher_deemed_rate_may_cost_the_payer_where_recovery_raises_its_share() -> None:
    """WATERFALL-37: with split_before < split_after, or an adjuster that cuts, ρ costs receipts."""
    cash, draws = np.array([[100.0]]), np.array([[10.0]])
    rising = {"split_before": 0.25, "split_after": 0.5, "deemed_rate": 0.0}
    got = [
        recovered(plainly(tc.Waterfall(**rising)), (cash, draws), np.array([[rate]]))[0].item()
        for rate in (0.0, 1.0)
    ]
    assert got == [10.0 + 0.5 * 60.0, 20.0 + 0.5 * 20.0]
    cutting = tc.Waterfall(
        split_before=0.5,
        split_after=0.25,
        deemed_rate=0.0,
        adjuster="at_deadline",
        adjuster_years=1,
        split_adjusted=0.0,
    )
    cash, draws = np.array([[20.0, 100.0]]), np.array([[10.0, 0.0]])
    got = [
        recovered(cutting, (cash, draws), np.full((1, 2), rate))[0].tolist() for rate in (0, 0.5)
    ]
    assert got == [[[10.0, 25.0]], [[10.0, 0.0]]]


# Projects

CURVE = tc.RateCurve(name="treasury", points=((1.0, 0.036), (10.0, 0.041), (20.0, 0.046)))
FLOATING = tc.Economy(
    reserves_usd=422e9, fx_capacity_usd=17.5e9, krw_per_usd=1392.9, curves=(CURVE,)
)
MIXED = funding_structures(kinds=["equity"], curves=["treasury"])
PREMIUMS = st.integers(-500, 1500).map(lambda n: n / 10_000)


def project(name: str = "one", weight: float = 1.0, **terms: object) -> tc.Project:
    return tc.Project(name=name, weight=weight, **terms)


def equity(**terms: object) -> tc.FundingStructure:
    """Return $2^40 of equity drawn at once, on projects at 7% without construction."""
    half = tc.Waterfall(split_before=0.5, split_after=0.1, deemed_rate=0.0)
    usual = {
        "name": "terms",
        "tranches": (tc.Tranche(name="cash", instrument=tc.Equity(), share=1.0),),
        "project_irr": 0.07,
        "life_years": 20,
        "waterfall": half,
    }
    return tc.FundingStructure(**{**usual, **terms})


def flows_of(structure: tc.FundingStructure, per_year: int = 1) -> StructureFlows:
    economy = Cases(tree(FLOATING), {})
    headline = np.array([2.0**40])
    return structure_flows(
        Cases(tree(structure), {}), structure, headline, economy, Timeline(2026, per_year)
    )


def account(structure: tc.FundingStructure, name: str, per_year: int = 1) -> list[float]:
    return flows_of(structure, per_year).amounts[name][0].tolist()


@WHOLE
@given(MIXED, RATES, st.sampled_from([1, 4]))
def test_every_dollar_of_every_project_goes_to_one_party(
    structure: tc.FundingStructure, rate: float, per_year: int
) -> None:
    """WATERFALL-38: cash = payer + host in each period and in present value; balance ≥ 0."""
    found = flows_of(structure, per_year)
    payer, host, cash = (
        found.amounts[name][0]
        for name in ("distribution_payer", "distribution_host", "project_revenue")
    )
    assert min(payer.min(), host.min(), found.balance.min()) >= 0.0
    # cash − payer is rounded for each of at most 24 vehicles, and so are their three sums.
    assert (abs(payer + host - cash) <= 96 * UNIT * cash).all()
    worth = [
        math.fsum(a * (1.0 + rate) ** -np.arange(1.0, a.size + 1)) for a in (payer, host, cash)
    ]
    assert worth[0] + worth[1] == pytest.approx(worth[2], rel=100 * UNIT)
    # And the equality beside it: what the projects pay does not depend on who gets it.
    other = with_terms(structure, waterfall=equity().waterfall, headline_usd=structure.headline_usd)
    assert cash == pytest.approx(
        np.array(account(other, "project_revenue", per_year)), rel=96 * UNIT
    )


@given(PREMIUMS, st.integers(0, 8), st.integers(1, 40), SHARES, st.sampled_from([1, 4, 12]))
def test_what_a_project_pays_is_worth_the_draw_at_its_rate_of_return(
    premium: float, building: int, life: int, residual: float, per_year: int
) -> None:
    """WATERFALL-39: Σ cash_k·(1+g)^−(k+1)/m = the draw at g = irr + premium, in 40 digits."""
    own = {"construction_years": building, "life_years": life, "irr_premium": premium}
    cash = account(
        equity(projects=(project(residual_share=residual, **own),)), "project_revenue", per_year
    )
    with mpmath.workdps(40):
        growth = 1 + mpmath.mpf(0.07) + mpmath.mpf(premium)
        worth = mpmath.fsum(
            usd * growth ** (-mpmath.mpf(k + 1) / per_year) for k, usd in enumerate(cash)
        )
        # The annuity, the growth of construction and 1 − R·(1+g)^−N: each power has an error of
        # as many roundings as its exponent, at most 600.
        assert abs(worth / 2**40 - 1) <= 1200 * UNIT
    start = per_year * building
    assert not any(cash[:start])
    assert not any(cash[start + per_year * life :])


@given(PREMIUMS, st.integers(1, 40))
def test_a_project_that_keeps_its_worth_pays_its_rate_of_return(premium: float, life: int) -> None:
    """WATERFALL-40: residual 1, no construction: C = g each year, and the draw with the last."""
    own = project(irr_premium=premium, residual_share=1.0, life_years=life)
    cash = np.array(account(equity(projects=(own,)), "project_revenue")[:life]) / 2.0**40
    growth = 0.07 + premium
    expected = np.full(life, growth)
    expected[-1] += 1.0
    # 1 − (1+g)^−N has an error of 40 roundings of 1, and so has N·C where g is 0.
    assert abs(cash - expected).max() <= 100 * UNIT


def test_a_residual_takes_no_more_than_the_rate_of_return_leaves() -> None:
    """WATERFALL-41: g = −½, N = 2: a residual is at most (1+g)² = ¼, and then C = 0."""
    own = project(irr_premium=-0.25, residual_share=0.5, life_years=2)
    cash = account(equity(project_irr=-0.25, projects=(own,)), "project_revenue")
    assert cash == pytest.approx([0.0, 2.0**38, 0.0], abs=2.0**-10)
    none = account(equity(project_irr=-0.5, life_years=2), "project_revenue")
    assert none == pytest.approx([2.0**40 / 6, 2.0**40 / 6, 0.0])  # C = 1/(2 + 4)


@WHOLE
@given(MIXED)
def test_one_project_on_the_structures_terms_is_no_project(structure: tc.FundingStructure) -> None:
    """WATERFALL-42: a project of weight 1 without terms of its own changes no bit."""
    plain, one = (with_terms(structure, projects=some) for some in ((), (project(),)))
    assert_same_flows(flows_of(one), flows_of(plain))


def assert_same_flows(found: StructureFlows, expected: StructureFlows) -> None:
    assert found.amounts.keys() == expected.amounts.keys()
    for name, amounts in expected.amounts.items():
        assert found.amounts[name].tolist() == amounts.tolist(), name
    assert found.balance.tolist() == expected.balance.tolist()


@WHOLE
@given(MIXED, projects(least=1, most=1))
def test_two_like_projects_are_one(structure: tc.FundingStructure, some: tuple) -> None:
    """WATERFALL-43: two halves of a project pay, recover and split as the whole, to the bit."""
    halves = tuple(
        tc.Project(**{**dict(some[0]), "name": name, "weight": 0.5}) for name in ("a", "b")
    )
    for pooled in (True, False):
        rules = tc.Waterfall(**{**dict(structure.waterfall), "pooled": pooled})
        one_tranche = with_terms(structure, waterfall=rules, tranches=equity().tranches)
        whole, split = (with_terms(one_tranche, projects=x) for x in (some, halves))
        if pooled or not 0.0 < some[0].failure_probability < 1.0:
            assert_same_flows(flows_of(split), flows_of(whole))
        else:  # four vehicles are added in another order than two
            for name, amounts in flows_of(whole).amounts.items():
                assert flows_of(split).amounts[name] == pytest.approx(amounts, rel=4 * UNIT)


@WHOLE
@given(MIXED, projects(least=2, most=3), st.data())
def test_a_project_without_weight_is_not_there(
    structure: tc.FundingStructure, some: tuple, data: st.DataObject
) -> None:
    """WATERFALL-44: all weight on one project leaves that project's payments, to the bit."""
    chosen = data.draw(st.sampled_from(some))
    alone = tc.Project(**{**dict(chosen), "weight": 1.0})
    others = (
        tc.Project(**{**dict(one), "weight": 0.0, "construction_years": 0, "life_years": 1})
        for one in some
        if one is not chosen
    )
    found = flows_of(with_terms(structure, projects=(*others, alone)))
    expected = flows_of(with_terms(structure, projects=(alone,)))
    for name, amounts in expected.amounts.items():
        assert found.amounts[name].tolist() == amounts.tolist(), name


@WHOLE
@given(MIXED, projects(least=1, most=1), SHARES)
def test_a_project_that_never_fails_or_always_does(
    structure: tc.FundingStructure, some: tuple, recovery_share: float
) -> None:
    """WATERFALL-45: p = 0 makes the recovery irrelevant; p = 1 leaves recovery·draw after L."""
    at_once = {"tranches": equity().tranches, "drawdown": tc.Drawdown.upfront()}
    structure = with_terms(structure, waterfall=equity().waterfall, **at_once)
    certain, safe, failed = (
        tc.Project(**{**dict(some[0]), "failure_probability": p, "recovery_share": share})
        for p, share in ((0.0, 0.0), (0.0, recovery_share), (1.0, recovery_share))
    )
    lasting, same, lost = (
        flows_of(with_terms(structure, projects=(one,))) for one in (certain, safe, failed)
    )
    assert_same_flows(same, lasting)
    years = some[0].construction_years
    paid_at = structure.construction_years if years is None else years
    expected = np.zeros(lost.amounts["project_revenue"].shape[1])
    expected[paid_at] = recovery_share * lost.amounts["capital_call"].sum()
    assert lost.amounts["project_revenue"][0] == pytest.approx(expected, rel=8 * UNIT)


OUTCOMES = [(False, False), (False, True), (True, False), (True, True)]
RISKY = projects(least=2, most=2)


def enumerated(structure: tc.FundingStructure, name: str) -> np.ndarray:
    """Return the mean of an account over all outcomes, each project failing by itself."""
    mean: np.ndarray | float = 0.0
    for outcome in OUTCOMES:
        chance, certain = 1.0, []
        for one, fails in zip(structure.projects, outcome, strict=True):
            chance *= one.failure_probability if fails else 1.0 - one.failure_probability
            certain.append(tc.Project(**{**dict(one), "failure_probability": float(fails)}))
        mean = mean + chance * np.array(
            account(with_terms(structure, projects=tuple(certain)), name)
        )
    return mean


@WHOLE
@given(MIXED, RISKY)
def test_separate_vehicles_pay_the_mean_over_all_outcomes(
    structure: tc.FundingStructure, some: tuple
) -> None:
    """WATERFALL-46: apart, receipts with failures are their mean over every outcome."""
    rules = tc.Waterfall(**{**dict(structure.waterfall), "pooled": False})
    apart = with_terms(structure, waterfall=rules, projects=some)
    for name in ("distribution_payer", "distribution_host"):
        expected = enumerated(apart, name)
        # A weight or a chance is rounded once more, and what is owed carries it on with the deemed
        # rate, 18% at most, over 70 years or until the cash has paid it.
        room = 400 * 16 * UNIT * np.array(account(apart, "project_revenue")).max()
        assert abs(np.array(account(apart, name)) - expected).max() <= room


@WHOLE
@given(PREMIUMS, RISKY, SHARES, SHARES)
def test_few_projects_in_a_pool_give_the_payer_at_most_the_mean_of_many(
    premium: float, some: tuple, one: float, other: float
) -> None:
    """WATERFALL-47: pooled, ρ = 0, s_before ≥ s_after: Σ receipts ≥ their mean over outcomes."""
    rules = tc.Waterfall(split_before=max(one, other), split_after=min(one, other), deemed_rate=0.0)
    pool = equity(project_irr=0.05 + premium, waterfall=rules, projects=some)
    many, few = (
        np.cumsum(values)
        for values in (account(pool, "distribution_payer"), enumerated(pool, "distribution_payer"))
    )
    cash = np.cumsum(account(pool, "project_revenue"))
    assert (many >= few - 400 * UNIT * cash).all()
    # The equality beside it: with one share throughout who fails does not matter.
    flat = with_terms(
        pool, waterfall=tc.Waterfall(**{**dict(rules), "split_after": max(one, other)})
    )
    assert enumerated(flat, "distribution_payer") == pytest.approx(
        np.array(account(flat, "distribution_payer")), rel=40 * UNIT, abs=1e-3
    )


def test_a_pool_of_few_projects_recovers_now_early_now_never() -> None:
    """WATERFALL-48: one project, half of it lost: many such recover late, a single one or never."""
    risky = project(failure_probability=0.5)
    pool = equity(project_irr=0.25, projects=(risky,))
    sure, lost = (
        equity(project_irr=0.25, projects=(project(failure_probability=p),)) for p in (0.0, 1.0)
    )

    def recovers(structure: tc.FundingStructure) -> int:
        return int((flows_of(structure).balance[0] > 0.0).sum())

    assert (recovers(sure), recovers(pool), recovers(lost)) == (7, 15, 21)
    many, one, none = (sum(account(s, "distribution_payer")) for s in (pool, sure, lost))
    assert many > (one + none) / 2
    assert none == 0.0


def test_an_umbrella_flips_when_all_its_projects_are_recovered() -> None:
    """WATERFALL-49: A, B succeed, C fails: apart A, B flip alone; pooled ½ until C is filled."""
    thirds = (1 / 3, 1 / 3, 1 - 2 * (1 / 3))
    three = tuple(
        project(name, weight, failure_probability=float(name == "c"))
        for name, weight in zip("abc", thirds, strict=True)
    )
    shared, apart = (
        equity(
            project_irr=0.15,
            projects=three,
            waterfall=tc.Waterfall(
                split_before=0.5, split_after=0.1, deemed_rate=0.0, pooled=pooled
            ),
        )
        for pooled in (True, False)
    )
    cash = account(shared, "project_revenue")
    paid = [np.array(account(s, "distribution_payer")[:20]) / cash[0] for s in (shared, apart)]
    # A good third earns D/3·15.976% a year: ½ of it fills a third in 12.52 years, and two of them
    # fill three thirds in 18.78.
    assert paid[0] == pytest.approx([0.5] * 18 + [0.5 * 0.7780 + 0.1 * 0.2220, 0.1], abs=1e-4)
    assert paid[1] == pytest.approx(
        [0.5] * 12 + [0.5 * 0.5187 + 0.1 * 0.4813] + [0.1] * 7, abs=1e-4
    )
    with mpmath.workdps(30):
        worth = (1 - mpmath.mpf("1.15") ** -20) / mpmath.mpf("0.15")
        third, all_three = 2 * worth, 3 * worth
        assert (float(third - 12), float(all_three - 18)) == pytest.approx(
            (0.5187, 0.7780), abs=1e-3
        )


@WHOLE
@given(RISKY, PREMIUMS, SHARES, SHARES)
def test_an_umbrella_never_lowers_the_payers_receipts(
    some: tuple, premium: float, one: float, other: float
) -> None:
    """WATERFALL-50: ρ = 0, s_before ≥ s_after: by no year has the payer less from the umbrella."""
    terms = {"split_before": max(one, other), "split_after": min(one, other), "deemed_rate": 0.0}
    shared, apart = (
        equity(project_irr=0.05 + premium, projects=some, waterfall=tc.Waterfall(**terms, pooled=p))
        for p in (True, False)
    )
    cash = np.cumsum(account(shared, "project_revenue"))
    together, each = (np.cumsum(account(s, "distribution_payer")) for s in (shared, apart))
    assert (together >= each - 400 * UNIT * cash).all()
    # The equality beside it, where all cash together fills all draws or none does.
    filled = min(cash[-1], 2.0**40 / max(one, other)) if max(one, other) else cash[-1]
    total = max(one, other) * filled + min(one, other) * (cash[-1] - filled)
    assert together[-1] == pytest.approx(total, rel=400 * UNIT, abs=1e-3)


@given(RATES, st.integers(2, 40), SHARES)
def test_half_the_cash_and_half_of_what_is_left_break_even_at_twice_the_draw(
    rate: float, life: int, residual: float
) -> None:
    """WATERFALL-51: split ½ breaks even where C·A(r, n) + R/(1+r)^n = 2; R = 0: C = 2/A(r, n)."""
    with mpmath.workdps(40):
        r, left = mpmath.mpf(rate), mpmath.mpf(residual)

        def annuity(g: mpmath.mpf) -> mpmath.mpf:
            return (1 - (1 + g) ** -life) / g if g else mpmath.mpf(life)

        def excess(g: mpmath.mpf) -> mpmath.mpf:
            cash = (1 - left * (1 + g) ** -life) / annuity(g)
            return cash * annuity(r) + left * (1 + r) ** -life - 2

        irr = float(mpmath.findroot(excess, (r, mpmath.mpf(4)), solver="illinois", tol=1e-30))
    half = tc.Waterfall(split_before=0.5, split_after=0.5, deemed_rate=0.0418)
    own = project(residual_share=residual, life_years=life)
    found = flows_of(equity(project_irr=irr, waterfall=half, projects=(own,)))
    received = found.amounts["distribution_payer"][0]
    worth = math.fsum(received * (1.0 + rate) ** -np.arange(1.0, received.size + 1))
    assert worth == pytest.approx(2.0**40, rel=600 * UNIT)


# The deemed rate


@WHOLE
@given(MIXED, RATES, st.sampled_from([1, 4]))
def test_a_floating_rate_on_a_flat_curve_is_fixed(
    structure: tc.FundingStructure, rate: float, per_year: int
) -> None:
    """WATERFALL-52: deemed_curve flat at z equals deemed_rate = z, with or without a spread."""
    fixed, floating = (
        changed(structure, deemed_rate=r, deemed_curve=c)
        for r, c in ((rate, None), (None, "treasury"))
    )
    flat = tc.RateCurve(name="treasury", points=((5.0, rate),))
    economy = Cases(tree(tc.Economy(**{**dict(FLOATING), "curves": (flat,)})), {})
    found, expected = (
        structure_flows(
            Cases(tree(s), {}), s, np.array([2.0**40]), economy, Timeline(2026, per_year)
        )
        for s in (floating, fixed)
    )
    # A forward rate is a difference of discount factors: 300 roundings of 1 in each of 280 periods.
    room = 1e-10 * expected.amounts["project_revenue"].max()
    received = (flows.amounts["distribution_payer"] for flows in (found, expected))
    assert abs(np.subtract(*received)).max() <= room
    assert found.balance == pytest.approx(expected.balance, rel=1e-10, abs=1e-10 * 2.0**40)


@given(RATES, st.integers(0, 500).map(lambda n: n / 10_000), st.integers(1, 20))
def test_a_spread_is_added_to_the_deemed_rate(rate: float, spread: float, life: int) -> None:
    """WATERFALL-53: what nothing recovers grows by 1 + ρ + spread, fixed, and on the curve."""
    lost = {"projects": (project(failure_probability=1.0, life_years=life),)}
    base = {"split_before": 0.5, "split_after": 0.1, "deemed_spread": spread}
    owed = flows_of(equity(waterfall=tc.Waterfall(**base, deemed_rate=rate), **lost)).balance[0]
    growth = (1 + Fraction(rate) + Fraction(spread)) ** life
    assert owed[life - 1] == pytest.approx(float(2**40 * growth), rel=4 * life * UNIT)
    curve = tc.Waterfall(**base, deemed_curve="treasury")
    owed = flows_of(equity(waterfall=curve, **lost)).balance[0]
    zeros = np.interp(np.arange(life + 1.0), *zip(*CURVE.points, strict=True))
    prices = (1.0 + zeros) ** np.arange(life + 1.0)
    expected = 2.0**40 * math.prod(prices[1:] / prices[:-1] + spread)
    assert owed[life - 1] == pytest.approx(expected, rel=200 * life * UNIT)


def test_at_a_deemed_rate_of_6_percent_half_the_income_is_3() -> None:
    """WATERFALL-54: projects that earn ρ = 6% and keep their worth give the half share 3%."""
    deemed = tc.Waterfall(
        split_before=0.5, split_after=0.1, deemed_rate=0.06, counts="all_distributions"
    )
    own = project(residual_share=1.0, life_years=20)
    found = flows_of(equity(project_irr=0.06, waterfall=deemed, projects=(own,)))
    income = found.amounts["distribution_payer"][0, :19] / 2.0**40
    assert income == pytest.approx([0.03] * 19, rel=100 * UNIT)
    # All that is distributed pays the interest, so the principal stays due until the last year.
    assert found.balance[0, :19] == pytest.approx([2.0**40] * 19, rel=1000 * UNIT)


# Errors of projects


@given(st.lists(SHARES, min_size=1, max_size=4))
def test_weights_that_do_not_add_up_are_refused(weights: list) -> None:
    """WATERFALL-55: weights that miss 1 are an InputError that says by how much."""
    some = tuple(project(f"p{place}", weight) for place, weight in enumerate(weights))
    total = sum(weights)
    if total == 1.0:
        assert equity(projects=some).projects == some
        return
    with pytest.raises(tc.errors.InputError) as caught:
        equity(projects=some)
    assert str(caught.value) == (
        f"FundingStructure cannot be built:\n  - projects: weights add up to {total:.10g}, and "
        f"have to add up to 1; {'add' if total < 1 else 'take away'} {abs(1 - total):.10g}"
    )


# A missed call

MISSED = st.builds(
    tc.MissedCall,
    year=st.integers(2026, 2030),
    share=st.sampled_from([1.0, 0.5]),
    late_years=st.none() | st.integers(1, 6),
)


def missing(structure: tc.FundingStructure, missed: tc.MissedCall) -> tc.FundingStructure:
    """Return five level draws, of which those of one year are missed."""
    drawdown = tc.Drawdown.level(5, missed=missed)
    return with_terms(structure, tranches=equity().tranches, drawdown=drawdown)


@WHOLE
@given(MIXED, MISSED)
def test_a_withheld_dollar_goes_to_the_host_and_from_it_to_the_payer(
    structure: tc.FundingStructure, missed: tc.MissedCall
) -> None:
    """WATERFALL-56: unpaid: payer 0, host all cash; released: all held, when it is made good."""
    kept, released = (
        flows_of(missing(changed(structure, withheld=way), missed)) for way in ("kept", "released")
    )
    late = missed.late_years
    unpaid = np.zeros(kept.periods, dtype=bool)
    unpaid[missed.year - 2026 : None if late is None else missed.year - 2026 + late] = True
    assert kept.snap_back.tolist() == released.snap_back.tolist() == [unpaid.astype(float).tolist()]
    for found in (kept, released):
        payer, host, cash = (
            found.amounts[name][0]
            for name in ("distribution_payer", "distribution_host", "project_revenue")
        )
        assert not payer[unpaid].any()
        assert (host[unpaid] == cash[unpaid]).all()
        assert (abs(payer + host - cash) <= 96 * UNIT * cash).all()
    assert "withheld_release" not in kept.amounts
    handed = released.amounts["withheld_release"][0]
    assert np.flatnonzero(handed).tolist() in ([], [missed.year - 2026 + (late or 0)])
    # The equality beside it: a payer that gets everything is handed over all cash of that time.
    everything = {"split_before": 1.0, "split_after": 1.0, "adjuster": "none"}
    found = flows_of(missing(changed(structure, withheld="released", **everything), missed))
    held = math.fsum(found.amounts["project_revenue"][0][unpaid])
    expected = 0.0 if late is None else held
    assert math.fsum(found.amounts["withheld_release"][0]) == pytest.approx(expected, rel=96 * UNIT)


LINES = tc.TradeFlows.from_frame(
    pd.DataFrame(
        {"hs": ["8703230190"], "partner": ["KOR"], "value_usd": [1e9], "mfn_rate": [0.025]}
    )
)


@settings(max_examples=20)
@given(MISSED, st.sampled_from(["Y", "Q"]))
def test_tariffs_snap_back_while_a_call_is_unpaid(missed: tc.MissedCall, frequency: str) -> None:
    """WATERFALL-57: snap_back: relief is that of no deal, 0, in unpaid periods and no others."""
    packaged = tc.load_scenario("korea-us", as_of="2025-10-17")
    changes = {
        "pledge.structures.upfront-cash.drawdown": tc.Drawdown.level(5, missed=missed),
        "valuation.frequency": frequency,
    }
    scenario = packaged.replace(changes)
    plain, back = (
        tc.ledger(s, "upfront-cash", flows=LINES).query("account == 'price_change'")
        for s in (scenario, scenario.replace({"tariffs.snap_back": True}))
    )
    per_year = {"Y": 1, "Q": 4}[frequency]
    periods = np.arange(len(plain)) + 2026 * per_year
    # The last call of the year is made good in the last period of a later one.
    last = np.inf if missed.late_years is None else (missed.year + missed.late_years + 1) * per_year
    expected = plain[(periods < missed.year * per_year) | (periods >= last - 1)]
    assert back["period"].tolist() == expected["period"].tolist()
    assert back["amount_usd"].tolist() == expected["amount_usd"].tolist()
