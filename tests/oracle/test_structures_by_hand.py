"""A whole funding structure by hand: 50 digits, one cohort and one year at a time.

Written from the definitions (a draw at the start of a year, receipts at its end) before the
kernels were read: a second derivation, not a copy.
"""

from collections import defaultdict
from decimal import Decimal, localcontext

import tariffcalc as tc

DIGITS = 50
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
        self.paid[account][year] += amount

    def total(self, year: int, *accounts: str) -> Decimal:
        return sum((self.paid[account][year] for account in accounts), ZERO)

    def years(self) -> list[int]:
        return sorted({y for rows in self.paid.values() for y in rows} | set(self.exposure))


def annuity(rate: Decimal, years: int) -> Decimal:
    """A(r, n) as the sum it abbreviates."""
    return sum((ONE / (ONE + rate) ** k for k in range(1, years + 1)), ZERO)


def draw_years(structure: tc.FundingStructure, paid_in: Decimal, first: int) -> Years:
    """Share of every tranche that is drawn in each calendar year."""
    drawdown = structure.drawdown
    if drawdown.kind == "upfront":
        return {first: ONE}
    if drawdown.kind == "level":
        return {first + k: ONE / drawdown.years for k in range(drawdown.years)}
    if drawdown.kind == "calls":
        return {year: Decimal(share) for year, share in drawdown.call_shares if share}
    if paid_in == 0:  # nothing for the cap to hold back
        return {first: ONE}
    shares, left, year = {}, paid_in, first
    while left > 0:
        part = min(left, Decimal(drawdown.annual_cap_usd))
        shares[year] = part / paid_in
        left, year = left - part, year + 1
    return shares


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
    if due <= 0:
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
        due = principal * rate + repaid + carried
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
    structure: tc.FundingStructure, pledge: tc.Pledge, valuation: tc.Valuation
) -> Books:
    """Follow every tranche of every year's draw through its life."""
    books, first = Books(), valuation.base_date.year
    headline = pledge.headline_usd if structure.headline_usd is None else structure.headline_usd
    whole = Decimal(headline) * Decimal(structure.utilisation_share)
    for tranche in structure.tranches:
        books.drawn[tranche.instrument.kind] += whole * Decimal(tranche.share)
    paid_in = books.drawn["equity"] + books.drawn["loan"]
    timing = draw_years(structure, paid_in, first)
    for tranche in structure.tranches:
        terms, amount = tranche.instrument, whole * Decimal(tranche.share)
        draws = {year: share * amount for year, share in timing.items()}
        for year, drawn in draws.items():
            follow(books, structure, terms, year, drawn)
        if terms.kind == "equity" and not structure.waterfall.pooled:
            distribute(books, structure, draws)
    if books.drawn["equity"] and structure.waterfall.pooled:
        distribute(books, structure, dict(books.paid["capital_call"]))
    for year in timing:
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
    """The vehicle spends what is paid in and earns what it pays out."""
    for year in books.years():
        spent = books.total(year, "capital_call", "loan_disbursement", "private_investment")
        books.book("construction", year, spent)
        earned = ("distribution_payer", "distribution_host", "loan_service", "private_return",
                  "guarantee_fee")
        books.book("project_revenue", year, books.total(year, *earned))
