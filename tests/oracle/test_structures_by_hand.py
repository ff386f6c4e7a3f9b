"""A whole funding structure by hand: 50 digits, one cohort and one year at a time.

Written from the definitions (a draw at the start of a year, receipts at its end) before the
kernels were read: a second derivation, not a copy.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal, localcontext
from itertools import pairwise
from math import isnan

import pytest
import pyxirr
from hypothesis import assume, given
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.testing import assert_cash_conserved, economies, pledges, valuations

DIGITS = 50
# At most some 400 roundings (running products over 150 years, sums over 40 draws) of 1.1e-16 of
# what is drawn make 5e-14; a balance that is paid down carries its error on with the deemed rate,
# at most twenty-fold.
TOLERANCE = Decimal("1e-12")
ONE, ZERO = Decimal(1), Decimal(0)
MARKET = ("reserve_income", "market_purchases")
Years = dict[int, Decimal]


class Books:
    """What one structure pays by account and calendar year, and what is not a payment."""

    def __init__(self) -> None:
        self.paid: dict[str, Years] = defaultdict(lambda: defaultdict(Decimal))
        self.exposure: Years = defaultdict(Decimal)
        self.fx_need: Years = defaultdict(Decimal)
        self.drawn: dict[str, Decimal] = defaultdict(Decimal)

    def book(self, account: str, year: int, amount: Decimal) -> None:
        """Add a payment."""
        self.paid[account][year] += amount

    def total(self, year: int, *accounts: str) -> Decimal:
        """Add up accounts of one year."""
        return sum((self.paid[account][year] for account in accounts), ZERO)

    def years(self) -> list[int]:
        """List the years in which anything happens."""
        return sorted({y for rows in self.paid.values() for y in rows} | set(self.exposure))


def annuity(rate: Decimal, years: int) -> Decimal:
    """A(r, n) as the sum it abbreviates."""
    return sum((ONE / (ONE + rate) ** k for k in range(1, years + 1)), ZERO)


def asked_for(drawdown: tc.Drawdown, first: int) -> Years:
    """Share of every tranche that is asked for in each calendar year."""
    if drawdown.kind == "level":
        return {first + k: ONE / drawdown.years for k in range(drawdown.years)}
    if drawdown.kind == "calls":
        return {year: Decimal(share) for year, share in drawdown.call_shares if share}
    if drawdown.kind == "milestones":
        asked: Years = defaultdict(Decimal)
        for notice, share in drawdown.milestone_shares:
            asked[due(notice, drawdown.notice_business_days).year] += Decimal(share)
        return asked
    return {first: ONE}


def due(notice: dt.date, business_days: int) -> dt.date:
    """Walk from day to day; holidays as the US statute (5 USC 6103) names them."""
    day = notice
    while business_days:
        day += dt.timedelta(days=1)
        business_days -= day.weekday() < 5 and not is_holiday(day)
    return day


def is_holiday(day: dt.date) -> bool:
    """Tell whether a weekday is a federal holiday, or the day on which one is observed."""
    friday, monday = day.weekday() == 4, day.weekday() == 0
    for shift in (0, *([1] if friday else []), *([-1] if monday else [])):
        near = day + dt.timedelta(days=shift)
        if (near.month, near.day) in ((1, 1), (7, 4), (11, 11), (12, 25)):
            return True
        if near.year >= 2021 and (near.month, near.day) == (6, 19):
            return True
    week, last = (day.day - 1) // 7 + 1, (day + dt.timedelta(days=7)).month != day.month
    mondays = ((1, 3), (2, 3), (9, 1), (10, 2))
    if monday and ((day.month, week) in mondays or (day.month == 5 and last)):
        return True
    return (day.month, day.weekday(), week) == (11, 3, 4)


def draw_years(drawdown: tc.Drawdown, paid_in: Decimal, first: int, capacity: Decimal) -> Years:
    """Share of every tranche that is drawn in each calendar year."""
    asked, waiting, unused, drawn = asked_for(drawdown, first), ZERO, ZERO, {}
    slipped: Years = defaultdict(Decimal)
    caps = {int(row.name): Decimal(row.cap_usd) for row in drawdown.yearly_caps}
    usual = None if drawdown.annual_cap_usd is None else Decimal(drawdown.annual_cap_usd)
    opens = first if drawdown.first_draw is None else drawdown.first_draw.year
    year = first
    while waiting or any(later >= year for later in (*asked, *slipped)):
        wanted = waiting + asked.get(year, ZERO) + slipped.pop(year, ZERO)
        cap = caps.get(year, usual)
        cap = None if cap is None or paid_in == 0 else cap / paid_in  # nothing to hold back
        if cap is not None and drawdown.carry_over:
            cap += unused
        part = ZERO if year < opens else wanted if cap is None else min(wanted, cap)
        waiting = wanted - part
        if drawdown.request is not None and paid_in:
            put_off = Decimal(drawdown.request.acceptance) * max(ZERO, part - capacity / paid_in)
            if put_off:
                slipped[year + drawdown.request.slip_years] += put_off
            part -= put_off
        unused = ZERO if cap is None else cap - part
        if part:
            drawn[year] = part
        year += 1
    return drawn


def timings(
    structure: tc.FundingStructure, whole: Decimal, first: int, capacity: Decimal
) -> dict[str, Years]:
    """When each tranche is drawn: together at one pace, by rank, or by itself."""
    amounts = {t.name: whole * Decimal(t.share) for t in structure.tranches}
    found = {
        t.name: draw_years(t.drawdown, amounts[t.name], first, capacity)
        for t in structure.tranches
        if t.drawdown is not None
    }
    ranks: dict[int, list[str]] = defaultdict(list)
    for tranche in structure.tranches:
        if tranche.drawdown is None and tranche.instrument.kind in ("equity", "loan"):
            ranks[tranche.priority or 0].append(tranche.name)
    counted = sum((amounts[name] for names in ranks.values() for name in names), ZERO)
    pace = draw_years(structure.drawdown, counted, first, capacity)
    if structure.drawdown.allocation == "priority" and counted:
        filled = fill({rank: [amounts[n] for n in ranks[rank]] for rank in ranks}, counted, pace)
        found |= {name: filled[rank] for rank in filled for name in ranks[rank]}
    return {t.name: found.get(t.name, pace) for t in structure.tranches}


def fill(ranks: dict[int, list[Decimal]], counted: Decimal, pace: Years) -> dict[int, Years]:
    """Pour each year's money into the ranks one after the other, as shares of each rank."""
    room = {rank: sum(amounts, ZERO) for rank, amounts in ranks.items()}
    size, filled = dict(room), {rank: {} for rank, amount in room.items() if amount}
    for year, share in pace.items():
        left = share * counted
        for rank in sorted(filled):
            poured = min(left, room[rank])
            room[rank], left = room[rank] - poured, left - poured
            filled[rank][year] = poured / size[rank]
    return filled


def lend(books: Books, loan: tc.Loan, start: int, amount: Decimal) -> None:
    """Follow one loan: interest in the grace years, then an annuity; some default each year."""
    rate, default = Decimal(loan.rate), Decimal(loan.default_rate)
    kept = ONE - Decimal(loan.loss_given_default)
    repay_years = loan.maturity_years - loan.grace_years
    payment = amount / annuity(rate, repay_years)
    owed, alive = amount, ONE
    for age in range(loan.maturity_years):
        due = owed * rate if age < loan.grace_years else payment
        good = alive * (ONE - default)
        books.book("loan_service", start + age, good * due + alive * default * kept * owed)
        owed, alive = owed * (ONE + rate) - due, good


def guarantee(books: Books, terms: tc.Guarantee, start: int, amount: Decimal) -> None:
    """Follow one guarantee: fee and expected loss on what is still alive, at each year's end."""
    covered, alive = amount * Decimal(terms.cover_share), ONE
    default, loss = Decimal(terms.default_rate), Decimal(terms.loss_given_default)
    for year in range(start, start + terms.maturity_years):
        books.book("guarantee_fee", year, Decimal(terms.fee_rate) * covered * alive)
        books.book("guarantee_call", year, default * loss * covered * alive)
        books.exposure[year] += covered
        alive *= ONE - default


def level_cash(structure: tc.FundingStructure, irr: float, start: int, amount: Decimal) -> Years:
    """C by year: amount = C·A(g, N)/(1+g)^L, the first at the end of year start + L."""
    growth, building, life = Decimal(irr), structure.construction_years, structure.life_years
    cash = amount * (ONE + growth) ** building / annuity(growth, life)
    return {start + building + k: cash for k in range(life)}


def share_out(terms: tc.Waterfall, cash: Decimal, due: Decimal) -> tuple[Decimal, Decimal]:
    """Payer's part of a year's cash, and what is still due after it."""
    before, after = Decimal(terms.split_before), Decimal(terms.split_after)
    counted_per_dollar = before if terms.counts == "own_receipts" else ONE
    if due == 0:
        return after * cash, due
    if counted_per_dollar * cash <= due:  # not recovered this year
        return before * cash, due - counted_per_dollar * cash
    until = due / counted_per_dollar
    return before * until + after * (cash - until), ZERO


def cumulative(terms: tc.Waterfall, calls: Years, cash: Years, years: range) -> Years:
    balance, received = ZERO, {}
    for year in years:
        due = (balance + calls.get(year, ZERO)) * (ONE + Decimal(terms.deemed_rate))
        received[year], balance = share_out(terms, cash.get(year, ZERO), due)
    return received


def per_period(
    terms: tc.Waterfall, calls: Years, cash: Years, years: range, building: int, life: int
) -> Years:
    rate = Decimal(terms.deemed_rate)
    principal, shortfall, received = ZERO, ZERO, {}
    for year in years:
        principal += calls.get(year, ZERO)
        repaid = sum(
            (call / life for start, call in calls.items() if 0 <= year - start - building < life),
            ZERO,
        )
        carried = shortfall * (ONE + rate) if terms.shortfall_interest else shortfall
        due = max(ZERO, principal * rate + repaid + carried)
        received[year], shortfall = share_out(terms, cash.get(year, ZERO), due)
        principal -= repaid
    return received


def distribute(books: Books, structure: tc.FundingStructure, calls: Years) -> None:
    """Project cash of some calls, and its way through the waterfall."""
    cash: Years = defaultdict(Decimal)
    for start, amount in calls.items():
        for year, paid in level_cash(structure, structure.project_irr, start, amount).items():
            cash[year] += paid
    building, life, terms = structure.construction_years, structure.life_years, structure.waterfall
    years = range(min(calls), max(calls) + building + life)
    if terms.daa == "cumulative":
        received = cumulative(terms, calls, cash, years)
    else:
        received = per_period(terms, calls, cash, years, building, life)
    for year, amount in received.items():
        books.book("distribution_payer", year, amount)
        books.book("distribution_host", year, cash[year] - amount)


def fund(books: Books, structure: tc.FundingStructure, year: int, need: Decimal) -> None:
    """Raise a year's outlay from the sources in order; borrowed dollars cost and are repaid."""
    if not structure.funding:
        books.fx_need[year] += need
    for source in structure.funding:
        most = need if source.capacity_usd is None else Decimal(source.capacity_usd)
        taken = min(need, most)
        need -= taken
        if source.name in MARKET:
            books.fx_need[year] += taken
        if source.cost_rate is not None:
            books.book("funding", year, taken)
            for later in range(year, year + source.tenor_years):
                books.book("funding_interest", later, taken * Decimal(source.cost_rate))
            books.book("funding_repayment", year + source.tenor_years - 1, taken)


def by_hand(
    structure: tc.FundingStructure,
    pledge: tc.Pledge,
    economy: tc.Economy,
    valuation: tc.Valuation,
) -> Books:
    """Follow every tranche of every year's draw through its life."""
    books, first = Books(), valuation.base_date.year
    headline = pledge.headline_usd if structure.headline_usd is None else structure.headline_usd
    whole = Decimal(headline) * Decimal(structure.utilisation_share)
    for tranche in structure.tranches:
        books.drawn[tranche.instrument.kind] += whole * Decimal(tranche.share)
    timing = timings(structure, whole, first, Decimal(economy.fx_capacity_usd))
    for tranche in structure.tranches:
        terms, amount = tranche.instrument, whole * Decimal(tranche.share)
        draws = {year: share * amount for year, share in timing[tranche.name].items()}
        for year, drawn in draws.items():
            follow(books, structure, terms, year, drawn)
        if terms.kind == "equity" and not structure.waterfall.pooled:
            distribute(books, structure, draws)
    if books.drawn["equity"] and structure.waterfall.pooled:
        distribute(books, structure, dict(books.paid["capital_call"]))
    for year in sorted({year for years in timing.values() for year in years}):
        fund(books, structure, year, books.total(year, "capital_call", "loan_disbursement"))
    vehicle(books)
    return books


def follow(
    books: Books,
    structure: tc.FundingStructure,
    terms: tc.Equity | tc.Loan | tc.Guarantee | tc.PrivateInvestment,
    year: int,
    drawn: Decimal,
) -> None:
    if terms.kind == "equity":
        books.book("capital_call", year, drawn)
    elif terms.kind == "loan":
        books.book("loan_disbursement", year, drawn)
        lend(books, terms, year, drawn)
    elif terms.kind == "guarantee":
        guarantee(books, terms, year, drawn)
    else:
        books.book("private_investment", year, drawn)
        for later, paid in level_cash(structure, terms.expected_return, year, drawn).items():
            books.book("private_return", later, paid)


def vehicle(books: Books) -> None:
    """Let the vehicle spend what is paid in and earn what it pays out."""
    for year in books.years():
        spent = books.total(year, "capital_call", "loan_disbursement", "private_investment")
        books.book("construction", year, spent)
        earned = (
            "distribution_payer",
            "distribution_host",
            "loan_service",
            "private_return",
            "guarantee_fee",
        )
        books.book("project_revenue", year, books.total(year, *earned))


# When in its year an outlay and a receipt fall, in years.
FALLS = {
    "outlays_start_receipts_end": (ZERO, ONE),
    "all_start": (ZERO, ZERO),
    "all_middle": (ONE / 2, ONE / 2),
    "all_end": (ONE, ONE),
}
OUTLAYS = ("capital_call", "loan_disbursement")
RECEIPTS = ("distribution_payer", "loan_service", "guarantee_fee")
BORROWING = {"funding": -1, "funding_interest": 1, "funding_repayment": 1}


def worth(
    books: Books, valuation: tc.Valuation, accounts: dict[str, int], *, late: bool
) -> Decimal:
    """Present value of some accounts, all falling early or all late in their years."""
    growth = ONE + Decimal(valuation.discount_rate)
    shift = FALLS[valuation.timing][late]
    first = valuation.base_date.year
    return sum(
        (
            sign * amount * growth ** -(year - first + shift)
            for account, sign in accounts.items()
            for year, amount in books.paid[account].items()
        ),
        ZERO,
    )


def net_by_year(books: Books) -> Years:
    """Take what the payer pays on the projects from what it gets; its borrowing apart."""
    paid = (*OUTLAYS, "guarantee_call")
    each = (*paid, *RECEIPTS)
    years = [year for year in books.years() if any(books.paid[name][year] for name in each)]
    return {
        year: books.total(year, *RECEIPTS) - books.total(year, *paid)
        for year in range(min(years, default=0), max(years, default=-1) + 1)
    }


def payback(books: Books) -> int | None:
    """First year from whose end on receipts have made good all outlays for good."""
    balance, answer = ZERO, None
    nets = net_by_year(books)
    each = (*OUTLAYS, *RECEIPTS, "guarantee_call")
    flowing = sum((abs(usd) for name in each for usd in books.paid[name].values()), ZERO)
    for year, net in nets.items() if flowing else ():
        balance += net
        if balance < -TOLERANCE * flowing:  # a trillionth short is made good
            answer = None
        elif answer is None:
            answer = year
    return answer


def figures_by_hand(
    books: Books, economy: tc.Economy, valuation: tc.Valuation
) -> dict[str, Decimal | int | None]:
    paid_in = worth(books, valuation, dict.fromkeys(OUTLAYS, 1), late=False)
    called = worth(books, valuation, {"guarantee_call": 1}, late=True)
    raised = worth(books, valuation, {"funding": 1}, late=False)
    service = worth(
        books, valuation, dict.fromkeys(("funding_interest", "funding_repayment"), 1), late=True
    )
    outlay = paid_in + called + service - raised
    receipts = worth(books, valuation, dict.fromkeys(RECEIPTS, 1), late=True)
    peak = max((books.total(year, *OUTLAYS) for year in books.years()), default=ZERO)
    return {
        "pv_outlay_usd": outlay,
        "pv_receipts_usd": receipts,
        "net_cost_usd": outlay - receipts,
        "subsidy_rate": (outlay - receipts) / outlay if outlay else None,
        "payback_year": payback(books),
        "peak_year_outlay_usd": peak,
        "peak_share_of_reserves": peak / Decimal(economy.reserves_usd),
        "peak_over_fx_capacity": max(books.fx_need.values(), default=ZERO)
        / Decimal(economy.fx_capacity_usd),
        "contingent_peak_usd": max(books.exposure.values(), default=ZERO),
    }


PARTIES = {
    "capital_call": ("payer_public", "project_spv"),
    "loan_disbursement": ("payer_public", "project_spv"),
    "private_investment": ("payer_private", "project_spv"),
    "construction": ("project_spv", "markets"),
    "project_revenue": ("markets", "project_spv"),
    "distribution_payer": ("project_spv", "payer_public"),
    "distribution_host": ("project_spv", "host_government"),
    "loan_service": ("project_spv", "payer_public"),
    "private_return": ("project_spv", "payer_private"),
    "guarantee_fee": ("project_spv", "payer_public"),
    "guarantee_call": ("payer_public", "markets"),
    "funding": ("markets", "payer_public"),
    "funding_interest": ("payer_public", "markets"),
    "funding_repayment": ("payer_public", "markets"),
}
Row = tuple[str, int, str, str]


def rows_by_hand(books: Books) -> Iterator[tuple[Row, Decimal]]:
    """Payments above 0; a negative one goes the other way round."""
    for account, years in books.paid.items():
        payer, payee = PARTIES[account]
        for year, amount in years.items():
            if amount > 0:
                yield (account, year, payer, payee), amount
            elif amount < 0:
                yield (account, year, payee, payer), -amount


def assert_same_payments(
    structure: tc.FundingStructure,
    pledge: tc.Pledge,
    economy: tc.Economy,
    valuation: tc.Valuation,
) -> None:
    table = tc.cash_flows(structure, pledge, economy, valuation)
    keys = zip(table["flow"], table["period"], table["payer"], table["payee"], strict=True)
    found = {key: Decimal(usd) for key, usd in zip(keys, table["amount_usd"], strict=True)}
    assert len(found) == len(table)
    assert_cash_conserved(table)
    with localcontext(prec=DIGITS):
        books = by_hand(structure, pledge, economy, valuation)
        expected = dict(rows_by_hand(books))
        size = sum(books.drawn.values(), ZERO)
        for row in {*found, *expected}:
            gap = abs(found.get(row, ZERO) - expected.get(row, ZERO))
            assert gap <= TOLERANCE * size, (row, found.get(row), expected.get(row))


def assert_same_figures(
    structure: tc.FundingStructure,
    pledge: tc.Pledge,
    economy: tc.Economy,
    valuation: tc.Valuation,
) -> None:
    figures = tc.funding_metrics(structure, pledge, economy, valuation)
    with localcontext(prec=DIGITS):
        books = by_hand(structure, pledge, economy, valuation)
        expected = figures_by_hand(books, economy, valuation)
        assert [*expected, "payer_irr"] == sorted(figures.index, key=[*expected, "payer_irr"].index)
        every = dict.fromkeys(books.paid, 1)
        size = sum(books.drawn.values(), abs(worth(books, valuation, every, late=False)))
        scales = {
            "subsidy_rate": size / (abs(expected["pv_outlay_usd"]) or ONE),
            "payback_year": ZERO,
            "peak_share_of_reserves": size / Decimal(economy.reserves_usd),
            "peak_over_fx_capacity": size / Decimal(economy.fx_capacity_usd),
        }
        for name, value in expected.items():
            if value is None:
                assert isnan(figures[name]), name
            else:
                gap = abs(Decimal(figures[name]) - value)
                assert gap <= TOLERANCE * scales.get(name, size), (name, figures[name], value)


def irr_flows(books: Books, valuation: tc.Valuation) -> list[Decimal]:
    """List the payer's project flows by time: receipts a year after outlays, or with them."""
    late = int(FALLS[valuation.timing][1] - FALLS[valuation.timing][0])
    years = range(
        valuation.base_date.year, max(books.years(), default=valuation.base_date.year) + 2
    )
    received = (*RECEIPTS, "guarantee_call")
    signs = {**dict.fromkeys(RECEIPTS, 1), "guarantee_call": -1}
    return [
        sum((signs[name] * books.paid[name][year - late] for name in received), ZERO)
        - books.total(year, *OUTLAYS)
        for year in years
    ]


PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
NAMES = [structure.name for structure in PACKAGED.pledge.structures]
TERMS = st.builds(
    lambda pledge, economy, valuation: (pledge.structures[0], pledge, economy, valuation),
    pledges(most_structures=1),
    economies(),
    valuations(),
)


def packaged(name: str, timing: str) -> tuple:
    valuation = tc.Valuation(
        base_date=PACKAGED.valuation.base_date,
        discount_rate=PACKAGED.valuation.discount_rate,
        timing=timing,
    )
    return PACKAGED.pledge.structure(name), PACKAGED.pledge, PACKAGED.economy, valuation


def test_the_packaged_structures_are_the_eight_on_the_table() -> None:
    assert NAMES == [
        "credit-ceiling",
        "upfront-cash",
        "upfront-swap",
        "three-years",
        "bond-financed",
        "japan-terms",
        "capacity-paced",
        "no-deal",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_packaged_payment_is_the_one_found_by_hand(name: str) -> None:
    assert_same_payments(*packaged(name, PACKAGED.valuation.timing))


@pytest.mark.parametrize("timing", FALLS)
@pytest.mark.parametrize("name", NAMES)
def test_every_packaged_figure_is_the_one_found_by_hand(name: str, timing: str) -> None:
    assert_same_figures(*packaged(name, timing))


@given(TERMS)
def test_every_payment_is_the_one_found_by_hand(terms: tuple) -> None:
    assert_same_payments(*terms)


@given(TERMS)
def test_every_figure_is_the_one_found_by_hand(terms: tuple) -> None:
    assert_same_figures(*terms)


@pytest.mark.parametrize("timing", FALLS)
@pytest.mark.parametrize("name", NAMES[:-1])
def test_the_packaged_return_is_that_of_pyxirr(name: str, timing: str) -> None:
    terms = packaged(name, timing)
    with localcontext(prec=DIGITS):
        flows = irr_flows(by_hand(*terms), terms[3])
    found = tc.funding_metrics(*terms)["payer_irr"]
    theirs = pyxirr.irr([float(flow) for flow in flows])
    # pyxirr stops once the net present value is 0 to about 1e-9 of its flows scaled to 1.
    assert found == pytest.approx(theirs, abs=1e-9)


@given(TERMS)
def test_the_return_is_the_one_rate_at_which_the_flows_found_by_hand_are_worth_0(
    terms: tuple,
) -> None:
    with localcontext(prec=DIGITS):
        flows = irr_flows(by_hand(*terms), terms[3])
        turns = sum(a * b < 0 for a, b in pairwise([flow for flow in flows if flow]))
    assume(turns == 1)  # by Descartes' rule one rate above −1, and no other
    # Below −50%, a rounding of what is paid in forty years outweighs what is paid now.
    assume(worth_at(flows, 0.5) * worth_at(flows, 1e6) < 0)
    found = 1.0 + tc.funding_metrics(*terms)["payer_irr"]
    assert 0.5 <= found <= 1e6
    beside = (found * 0.999999999, found * 1.000000001)
    assert worth_at(flows, beside[0]) * worth_at(flows, beside[1]) <= 0


def worth_at(flows: list[Decimal], growth: float) -> Decimal:
    """Net present value at a factor 1 + rate."""
    with localcontext(prec=DIGITS):
        return sum((flow / Decimal(growth) ** k for k, flow in enumerate(flows)), ZERO)
