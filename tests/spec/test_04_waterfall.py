"""Chapter 4: how project cash is split, before and after recovery."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tariffcalc as tc
from tariffcalc.pledge.splits import split_cumulative, split_per_period
from tariffcalc.testing import funding_structures

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
# A whole structure takes 4 ms to draw, so laws of structures see a third of the examples.
WHOLE = settings(max_examples=max(1, settings().max_examples // 3))


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
