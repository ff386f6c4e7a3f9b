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
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.testing import assert_cash_conserved, economies, pledges, valuations

DIGITS = 50
# At most some 400 roundings (running products over 150 years, sums over 40 draws) of 1.1e-16 of
# what is drawn make 5e-14; a balance that is paid down carries its error on with the deemed rate,
# at most twenty-fold.
TOLERANCE = Decimal("1e-12")
ONE, ZERO = Decimal(1), Decimal(0)
NEVER = 2300
PAID_IN_KINDS = ("equity", "loan", "ship_finance")
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
        if tranche.drawdown is None and tranche.instrument.kind in PAID_IN_KINDS:
            ranks[tranche.priority or 0].append(tranche.name)
    counted = sum((amounts[name] for names in ranks.values() for name in names), ZERO)
    pace = draw_years(structure.drawdown, counted, first, capacity)
    if structure.drawdown.allocation == "priority" and counted:
        filled = fill({rank: [amounts[n] for n in ranks[rank]] for rank in ranks}, counted, pace)
        found |= {name: filled[rank] for rank in filled for name in ranks[rank]}
    return {t.name: found.get(t.name, pace) for t in structure.tranches}


def pay_late(drawdown: tc.Drawdown, drawn: Years) -> tuple[Years, range]:
    """Return what is paid when, and the years at whose end a call is unpaid."""
    missed = drawdown.missed
    unpaid = ZERO if missed is None else Decimal(missed.share) * drawn.get(missed.year, ZERO)
    if not unpaid:
        return drawn, range(0)
    paid = {**drawn, missed.year: drawn[missed.year] - unpaid}
    if missed.late_years is None:
        return paid, range(missed.year, NEVER)
    later = missed.year + missed.late_years
    paid[later] = paid.get(later, ZERO) + unpaid
    return paid, range(missed.year, later)


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


def factor(economy: tc.Economy, name: str, time: int) -> Decimal:
    """Price of a dollar at a time, zero rates on straight lines between points."""
    (curve,) = (curve for curve in economy.curves if curve.name == name)
    points = [(Decimal(maturity), Decimal(rate)) for maturity, rate in curve.points]
    early = [point for point in points if point[0] <= time] or points[:1]
    late = [point for point in points if point[0] > time] or points[-1:]
    (start, low), (end, high) = early[-1], late[0]
    share = (time - start) / (end - start) if start < time < end else ZERO
    return (ONE + low + share * (high - low) + Decimal(curve.shift)) ** -time


def forward(economy: tc.Economy, name: str, year: int) -> Decimal:
    """Rate of a year to come: df(k)/df(k + 1) − 1."""
    return factor(economy, name, year) / factor(economy, name, year + 1) - ONE


def default_of(terms: tc.Loan | tc.Guarantee | tc.ShipFinance, age: int) -> Decimal:
    """Chance of default in a year of age; the last one that is given holds afterwards."""
    given = terms.default_rates or (terms.default_rate,)
    return Decimal(given[min(age, len(given) - 1)])


def principal_due(
    terms: tc.Loan | tc.Guarantee, age: int, owed: Decimal, rate: Decimal, lent: Decimal
) -> Decimal:
    """Return what the contract repays at the end of a year of age."""
    left = terms.maturity_years - age
    if terms.repayment == "custom":
        return lent * Decimal(terms.repayment_shares[age])
    if age < terms.grace_years:
        return ZERO
    if terms.repayment == "annuity":
        return owed / annuity(rate, left) - owed * rate
    if terms.repayment == "equal_principal":
        return owed / left
    return owed if left == 1 else ZERO


def lend(books: Books, loan: tc.Loan, rates: list[Decimal], start: int, amount: Decimal) -> None:
    """Follow one loan: interest and what is repaid; some default each year."""
    kept = ONE - Decimal(loan.loss_given_default)
    owed, alive = amount, ONE
    for age, rate in enumerate(rates[: loan.maturity_years]):
        repaid, default = principal_due(loan, age, owed, rate, amount), default_of(loan, age)
        good = alive * (ONE - default)
        due = good * (owed * rate + repaid) + alive * default * kept * owed
        books.book("loan_service", start + age, due)
        owed, alive = owed - repaid, good


def finance_ships(
    books: Books, credit: tc.ShipFinance, rates: list[Decimal], start: int, amount: Decimal
) -> None:
    """Follow one export credit: a premium, years of building, equal instalments of principal."""
    books.book("loan_premium", start, amount * Decimal(credit.premium_rate))
    kept = ONE - Decimal(credit.loss_given_default)
    building, owed, alive = credit.delivery_years, amount, ONE
    for age, rate in enumerate(rates[: building + credit.repayment_years]):
        if age == building:
            instalment = owed / credit.repayment_years
        interest, default = owed * rate, default_of(credit, age)
        added = age < building and credit.interest_before_delivery == "capitalised"
        repaid = ZERO if age < building else instalment
        good = alive * (ONE - default)
        due = good * (repaid + (ZERO if added else interest)) + alive * default * kept * owed
        books.book("loan_service", start + age, due)
        owed, alive = owed - repaid + (interest if added else ZERO), good


def guarantee(books: Books, terms: tc.Guarantee, start: int, amount: Decimal) -> None:
    """Follow one guarantee: fee and expected loss on what is still alive, at each year's end."""
    owed, alive, rate = amount, ONE, Decimal(terms.loan_rate or 0)
    loss, cover = Decimal(terms.loss_given_default), Decimal(terms.cover_share)
    for age in range(terms.maturity_years):
        year, called = start + age, default_of(terms, age) * cover * owed * alive
        books.book("guarantee_fee", year, Decimal(terms.fee_rate) * cover * owed * alive)
        if terms.recovery_years:
            books.book("guarantee_call", year, called)
            recovered = (ONE - loss) * called
            books.book("guarantee_recovery", year + terms.recovery_years, recovered)
        else:
            books.book("guarantee_call", year, loss * called)
        books.exposure[year] += cover * owed
        owed -= principal_due(terms, age, owed, rate, amount)
        alive *= ONE - default_of(terms, age)


def level_cash(
    irr: Decimal, building: int, life: int, start: int, amount: Decimal, residual: float = 0.0
) -> Years:
    """C by year, the first at the end of year start + L, and what is left with the last.

    amount = C·A(g, N)/(1+g)^L + R·amount/(1+g)^(L+N), R no more than makes C = 0.
    """
    growth = ONE + irr
    left = min(Decimal(residual), growth ** (building + life))
    worth = (ONE - left / growth ** (building + life)) * growth**building
    cash = amount * worth / annuity(irr, life)
    years = {start + building + k: cash for k in range(life)}
    years[start + building + life - 1] += left * amount
    return years


class Vehicle:
    """Calls, project cash and principal falling due of what recovers together, by year."""

    def __init__(self) -> None:
        self.calls: Years = defaultdict(Decimal)
        self.cash: Years = defaultdict(Decimal)
        self.repaid: Years = defaultdict(Decimal)

    def spend(self, start: int, amount: Decimal, cash: Years, building: int, life: int) -> None:
        """Add a call, what it pays, and when its principal is deemed to fall due."""
        self.calls[start] += amount
        for year, paid in cash.items():
            self.cash[year] += paid
        for k in range(life):
            self.repaid[start + building + k] += amount / life


def own(project: tc.Project, structure: tc.FundingStructure, term: str) -> int:
    """Take a project's own years, or the structure's where it has none."""
    value = getattr(project, term)
    return getattr(structure, term) if value is None else value


def vehicles(structure: tc.FundingStructure, calls: Years) -> list[Vehicle]:
    """Spend calls on projects; what succeeds and what fails are vehicles of their own."""
    found, common = [], Vehicle()
    for project in structure.projects or (tc.Project(name="only", weight=1.0),):
        building, life = (own(project, structure, f"{t}_years") for t in ("construction", "life"))
        irr = Decimal(structure.project_irr) + Decimal(project.irr_premium)
        failing, weight = Decimal(project.failure_probability), Decimal(project.weight)
        good, bad = (common, common) if structure.waterfall.pooled else (Vehicle(), Vehicle())
        for start, amount in calls.items():
            lives, fails = amount * weight * (ONE - failing), amount * weight * failing
            paid = level_cash(irr, building, life, start, lives, project.residual_share)
            good.spend(start, lives, paid, building, life)
            saved = {start + building: fails * Decimal(project.recovery_share)}
            bad.spend(start, fails, saved, building, life)
        found += [good, bad]
    return [common] if structure.waterfall.pooled else found


def deemed_rate(
    structure: tc.FundingStructure, economy: tc.Economy, year: int, first: int
) -> Decimal:
    """Return the fixed rate, or the forward rate: what a year more on the curve adds."""
    terms = structure.waterfall
    spread = Decimal(terms.deemed_spread or 0.0)
    if terms.deemed_rate is not None:
        return Decimal(terms.deemed_rate) + spread
    return forward(economy, terms.deemed_curve, year - first) + spread


def share_out(
    terms: tc.Waterfall, before: Decimal, cash: Decimal, due: Decimal
) -> tuple[Decimal, Decimal]:
    """Payer's part of a year's cash, and what is still due after it."""
    after = Decimal(terms.split_after)
    counted_per_dollar = before if terms.counts == "own_receipts" else ONE
    if due == 0:
        return after * cash, due
    if counted_per_dollar * cash <= due:  # not recovered this year
        return before * cash, due - counted_per_dollar * cash
    until = due / counted_per_dollar
    return before * until + after * (cash - until), ZERO


class Recovery:
    """One vehicle's waterfall, year by year."""

    def __init__(
        self, terms: tc.Waterfall, vehicle: Vehicle, rates: Years, unpaid: set[int]
    ) -> None:
        self.terms, self.vehicle, self.rates = terms, vehicle, rates
        self.kept = unpaid if terms.withheld == "kept" else set()
        self.balance = self.principal = ZERO
        drawn = [year for year, usd in vehicle.calls.items() if usd > 0]
        # A trillionth of what is drawn is no balance to the adjuster.
        self.small = sum(vehicle.calls.values(), ZERO) * Decimal("1e-12")
        self.deadline = min(drawn, default=0) + (terms.adjuster_years or 0)

    def due(self, year: int) -> Decimal:
        """Return what is due in a year, before its cash."""
        rate, call = self.rates[year], self.vehicle.calls[year]
        if self.terms.daa == "cumulative":
            return (self.balance + call) * (ONE + rate)
        carried = self.balance * (ONE + rate if self.terms.shortfall_interest else ONE)
        self.principal += call
        due = self.principal * rate + self.vehicle.repaid[year] + carried
        self.principal -= self.vehicle.repaid[year]
        return max(ZERO, due)

    def run(self, *, foreseen: bool = False) -> tuple[Years, Years]:
        """Receipts and balances by year; ``foreseen`` has the adjusted split from the start."""
        self.balance = self.principal = ZERO
        received, balances, adjusted = {}, {}, foreseen
        for year in self.rates:
            if self.terms.adjuster == "at_deadline":
                adjusted = self.balance > self.small and (adjusted or year == self.deadline)
            before = Decimal(self.terms.split_adjusted if adjusted else self.terms.split_before)
            cash = self.vehicle.cash[year]
            if year in self.kept and self.terms.counts == "own_receipts":
                cash = ZERO  # none of it is the payer's own
            received[year], self.balance = share_out(self.terms, before, cash, self.due(year))
            balances[year] = self.balance
            if year in self.kept:
                received[year] = ZERO
        return received, balances

    def receipts(self) -> Years:
        """Receipts by year under the adjuster."""
        received, balances = self.run()
        if self.terms.adjuster == "foreseen":
            last = min(self.deadline - 1, max(balances))
            if balances[last] > self.small:
                return self.run(foreseen=True)[0]
        return received


def distribute(
    books: Books,
    structure: tc.FundingStructure,
    economy: tc.Economy,
    calls: Years,
    first: int,
    unpaid: set[int],
) -> None:
    """Project cash of some calls, and its way through the waterfall."""
    for vehicle in vehicles(structure, calls):
        if not any(vehicle.calls.values()):
            continue
        years = range(min(vehicle.calls), max(*vehicle.cash, *vehicle.repaid, *vehicle.calls) + 1)
        rates = {year: deemed_rate(structure, economy, year, first) for year in years}
        recovery = Recovery(structure.waterfall, vehicle, rates, unpaid)
        for year, amount in recovery.receipts().items():
            late = amount if year in unpaid else ZERO
            books.book("distribution_payer", year, amount - late)
            books.book("distribution_host", year, vehicle.cash[year] - amount + late)
            paid_again = next(later for later in range(year, NEVER + 1) if later not in unpaid)
            if paid_again < NEVER:
                books.book("withheld_release", paid_again, late)


def borrowed_at(
    source: tc.FundingSource, economy: tc.Economy, year: int, first: int
) -> Decimal | None:
    """Rate of a year's dollars for their tenor: fixed, or what prices a bond of then at par."""
    if source.curve is None:
        return None if source.cost_rate is None else Decimal(source.cost_rate)
    prices = [
        factor(economy, source.curve, year - first + k) for k in range(source.tenor_years + 1)
    ]
    return (prices[0] - prices[-1]) / sum(prices[1:]) + Decimal(source.spread or 0.0)


def fund(
    books: Books,
    structure: tc.FundingStructure,
    economy: tc.Economy,
    year: int,
    need: Decimal,
    first: int,
) -> None:
    """Raise a year's outlay from the sources in order; borrowed dollars cost and are repaid."""
    if not structure.funding:
        books.fx_need[year] += need
    for source in structure.funding:
        most = need if source.capacity_usd is None else Decimal(source.capacity_usd)
        taken = min(need, most)
        need -= taken
        if source.name in MARKET:
            books.fx_need[year] += taken
        rate = borrowed_at(source, economy, year, first)
        if rate is not None:
            books.book("funding", year, taken)
            for later in range(year, year + source.tenor_years):
                books.book("funding_interest", later, taken * rate)
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
    paces = timings(structure, whole, first, Decimal(economy.fx_capacity_usd))
    timing, unpaid = {}, set()
    for tranche in structure.tranches:
        own_or_common = tranche.drawdown or structure.drawdown
        timing[tranche.name], years = pay_late(own_or_common, paces[tranche.name])
        unpaid |= set(years)
    for tranche in structure.tranches:
        terms, amount = tranche.instrument, whole * Decimal(tranche.share)
        draws = {year: share * amount for year, share in timing[tranche.name].items()}
        for year, drawn in draws.items():
            follow(books, structure, terms, year, drawn, rates_from(terms, economy, first, year))
        if terms.kind == "equity" and not structure.waterfall.pooled:
            distribute(books, structure, economy, draws, first, unpaid)
    if books.drawn["equity"] and structure.waterfall.pooled:
        distribute(books, structure, economy, dict(books.paid["capital_call"]), first, unpaid)
    for year in sorted({year for years in timing.values() for year in years}):
        need = books.total(year, "capital_call", "loan_disbursement")
        fund(books, structure, economy, year, need, first)
    vehicle(books)
    return books


Instrument = tc.Equity | tc.Loan | tc.Guarantee | tc.PrivateInvestment | tc.ShipFinance


def rates_from(terms: Instrument, economy: tc.Economy, first: int, year: int) -> list[Decimal]:
    """Interest in each of the years from a draw on: fixed, or what the curve has then."""
    if terms.kind not in ("loan", "ship_finance"):
        return []
    if terms.curve is None:
        return [Decimal(terms.rate)] * 100
    spread = Decimal(terms.spread)
    return [forward(economy, terms.curve, year - first + age) + spread for age in range(40)]


def follow(
    books: Books,
    structure: tc.FundingStructure,
    terms: Instrument,
    year: int,
    drawn: Decimal,
    rates: list[Decimal],
) -> None:
    if terms.kind == "equity":
        books.book("capital_call", year, drawn)
    elif terms.kind == "loan":
        books.book("loan_disbursement", year, drawn)
        lend(books, terms, rates, year, drawn)
    elif terms.kind == "ship_finance":
        books.book("loan_disbursement", year, drawn)
        finance_ships(books, terms, rates, year, drawn)
    elif terms.kind == "guarantee":
        guarantee(books, terms, year, drawn)
    else:
        books.book("private_investment", year, drawn)
        books.book("public_support", year, drawn * Decimal(terms.public_support_share))
        irr, building = Decimal(terms.expected_return), structure.construction_years
        for later, paid in level_cash(irr, building, structure.life_years, year, drawn).items():
            books.book("private_return", later, paid)


def vehicle(books: Books) -> None:
    """Let the vehicle spend what is paid in and earn what it pays out."""
    for year in books.years():
        spent = books.total(year, "capital_call", "loan_disbursement", "private_investment")
        books.book("construction", year, spent - books.total(year, "loan_premium"))
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
PAID_IN = ("capital_call", "loan_disbursement")
OUTLAYS = (*PAID_IN, "public_support")
EARLY = ("loan_premium",)  # received when a loan is drawn
LATE = (
    "distribution_payer",
    "withheld_release",
    "loan_service",
    "guarantee_fee",
    "guarantee_recovery",
)
RECEIPTS = (*EARLY, *LATE)
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
    receipts = worth(books, valuation, dict.fromkeys(LATE, 1), late=True)
    receipts += worth(books, valuation, dict.fromkeys(EARLY, 1), late=False)
    peak = max((books.total(year, *PAID_IN) for year in books.years()), default=ZERO)
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
    "withheld_release": ("host_government", "payer_public"),
    "loan_service": ("project_spv", "payer_public"),
    "private_return": ("project_spv", "payer_private"),
    "guarantee_fee": ("project_spv", "payer_public"),
    "guarantee_call": ("payer_public", "markets"),
    "guarantee_recovery": ("markets", "payer_public"),
    "loan_premium": ("project_spv", "payer_public"),
    "public_support": ("payer_public", "payer_private"),
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
    signs = {**dict.fromkeys(LATE, 1), "guarantee_call": -1}
    return [
        sum((sign * books.paid[name][year - late] for name, sign in signs.items()), ZERO)
        + books.total(year, *EARLY)
        - books.total(year, *OUTLAYS)
        for year in years
    ]


# A structure by hand, in 50 digits, takes a quarter of a second.
FEWER = settings(max_examples=max(1, settings().max_examples // 4))
PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
NAMES = [structure.name for structure in PACKAGED.pledge.structures]
TERMS = st.builds(
    lambda pledge, economy, valuation: (pledge.structures[0], pledge, economy, valuation),
    pledges(most_structures=1, curves=["base"]),
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


@FEWER
@given(TERMS)
def test_every_payment_is_the_one_found_by_hand(terms: tuple) -> None:
    assert_same_payments(*terms)


@FEWER
@given(TERMS)
def test_every_figure_is_the_one_found_by_hand(terms: tuple) -> None:
    assert_same_figures(*terms)


MISSED = st.builds(
    tc.MissedCall,
    year=st.integers(2026, 2030),
    share=st.sampled_from([1.0, 0.5, 0.0]),
    late_years=st.none() | st.integers(0, 8),
)


@FEWER
@given(TERMS, MISSED)
def test_every_payment_after_a_missed_call_is_the_one_found_by_hand(
    terms: tuple, missed: tc.MissedCall
) -> None:
    structure, pledge, *setting = terms
    drawdown = tc.Drawdown(**{**dict(structure.drawdown), "missed": missed})
    late = tc.FundingStructure(**{**dict(structure), "drawdown": drawdown})
    assert_same_payments(late, pledge, *setting)
    assert_same_figures(late, pledge, *setting)


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


@FEWER
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
