"""Chapter 5: the ledger: who pays whom, when, how much, on which account."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tariffcalc as tc
from tariffcalc.bookkeeping import ACCOUNTS, PARTIES, ledger_table, party_value
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.testing import assert_cash_conserved, economies, pledges, valuations

UNIT = 2.0**-53  # one rounding changes a number by at most this share of it
# Sums of up to 150 products of a payment and a discount factor, up to 300 roundings each.
ROUNDINGS = 600 * UNIT
# A scenario takes 40 ms to draw and to ask, so its laws see an eighth of the examples.
WHOLE = settings(max_examples=max(1, settings().max_examples // 8))
PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
FLOWS = tc.TradeFlows.from_frame(
    pd.DataFrame(
        {
            "hs": ["8703230140", "7208510030", "8542310001", "6104622011"],
            "partner": ["KOR"] * 4,
            "value_usd": [27e9, 1.3e9, 4.4e9, 0.2e9],
            "mfn_rate": [0.025, 0.0, 0.0, 0.149],
            "preferential_rate": [0.0] * 4,
            "preference_use_share": [0.9, 0.0, 0.0, 0.5],
        }
    )
)
TARIFF_ACCOUNTS = ["duty_saving", "price_change"]
BY_HAND = {
    "capital_call": ("payer_public", "project_spv"),
    "loan_disbursement": ("payer_public", "project_spv"),
    "private_investment": ("payer_private", "project_spv"),
    "construction": ("project_spv", "markets"),
    "project_revenue": ("markets", "project_spv"),
    "distribution_payer": ("project_spv", "payer_public"),
    "distribution_host": ("project_spv", "host_government"),
    "withheld_release": ("host_government", "payer_public"),
    "loan_service": ("project_spv", "payer_public"),
    "public_support": ("payer_public", "payer_private"),
    "loan_premium": ("project_spv", "payer_public"),
    "private_return": ("project_spv", "payer_private"),
    "guarantee_fee": ("project_spv", "payer_public"),
    "guarantee_call": ("payer_public", "markets"),
    "guarantee_recovery": ("markets", "payer_public"),
    "funding": ("markets", "payer_public"),
    "funding_interest": ("payer_public", "markets"),
    "funding_repayment": ("payer_public", "markets"),
    "duty_saving": ("host_treasury", "importers"),
    "price_change": ("importers", "exporters"),
    "competitor_price_change": ("importers", "competitors"),
    "home_price_change": ("importers", "competitors"),
    "efficiency_gain": ("markets", "importers"),
}
STARTS = [
    "capital_call",
    "loan_disbursement",
    "loan_premium",
    "private_investment",
    "public_support",
    "construction",
    "funding",
]
SHIFTS = {
    "outlays_start_receipts_end": (0.0, 1.0),
    "all_start": (0.0, 0.0),
    "all_middle": (0.5, 0.5),
    "all_end": (1.0, 1.0),
}


@st.composite
def scenarios(draw: st.DrawFn) -> tc.Scenario:
    """Draw the packaged tariffs with another pledge, economy and valuation."""
    parts = {
        "pledge": draw(pledges(most_structures=1)),
        "economy": draw(economies()),
        "valuation": draw(valuations()),
    }
    return tc.Scenario(**{**dict(PACKAGED), "provenance": {}, **parts})


def booked(scenario: tc.Scenario) -> pd.DataFrame:
    return tc.ledger(scenario, scenario.pledge.structures[0].name, flows=FLOWS)


def compared(scenario: tc.Scenario, column: str) -> float:
    return tc.compare(scenario, columns=[column], flows=FLOWS)[column].iloc[0].item()


def worths(table: pd.DataFrame, valuation: tc.Valuation) -> pd.Series:
    """Discount each row by its power, and not by running products [USD]."""
    early, late = SHIFTS[valuation.timing]
    shift = np.where(table["account"].isin(STARTS), early, late)
    times = table["period"] - valuation.base_date.year + shift
    return table["amount_usd"] * (1.0 + valuation.discount_rate) ** -times


def of_party(table: pd.DataFrame, amounts: pd.Series, party: str) -> tuple[float, float]:
    """Return what a party gets less what it pays, and the sum of both sizes [USD]."""
    got, gave = (amounts[table[side] == party] for side in ("payee", "payer"))
    return math.fsum(got) - math.fsum(gave), math.fsum(abs(got)) + math.fsum(abs(gave))


@WHOLE
@given(scenarios())
def test_every_row_is_a_payment_between_two_parties(scenario: tc.Scenario) -> None:
    """LEDGER-1: amount > 0, payer ≠ payee, both of the nine parties, the two of the account."""
    table = booked(scenario)
    assert (table["amount_usd"] > 0.0).all()
    assert set(table["payer"]) | set(table["payee"]) <= set(PARTIES)
    for account, payer, payee in table[["account", "payer", "payee"]].itertuples(index=False):
        assert BY_HAND[account] in ((payer, payee), (payee, payer))
        assert payer != payee


@given(st.sampled_from(sorted(BY_HAND)))
def test_an_account_is_between_the_parties_of_its_meaning(account: str) -> None:
    """LEDGER-2: each account has one payer, one payee and one side of the period, all by hand."""
    assert (ACCOUNTS[account].payer, ACCOUNTS[account].payee) == BY_HAND[account]
    assert ACCOUNTS[account].when == ("outlay" if account in STARTS else "receipt")
    assert set(ACCOUNTS) == set(BY_HAND)


@WHOLE
@given(scenarios())
def test_the_vehicle_keeps_nothing(scenario: tc.Scenario) -> None:
    """LEDGER-3: in each period the vehicle pays out what it takes in, at start and end apart."""
    table = booked(scenario)
    assert_cash_conserved(table)
    starts = table["account"].isin(STARTS)
    for half in (table[starts], table[~starts]):
        assert_cash_conserved(half)
    paid_in = half_sum(table, ["capital_call", "loan_disbursement", "private_investment"])
    spent = half_sum(table, ["construction", "loan_premium"])
    assert spent == pytest.approx(paid_in, rel=8 * UNIT)  # 4 tranches, 40 years: each year 3 sums


def half_sum(table: pd.DataFrame, accounts: list) -> dict:
    rows = table[table["account"].isin(accounts)]
    return rows.groupby("period")["amount_usd"].sum().to_dict()


@WHOLE
@given(scenarios())
def test_parties_add_up_to_nothing(scenario: tc.Scenario) -> None:
    """LEDGER-4: incidence adds up to 0 over parties, and each party is that of its rows."""
    row = tc.incidence(scenario, flows=FLOWS).iloc[0]
    table = booked(scenario)
    discounted = worths(table, scenario.valuation)
    assert list(row.index) == [f"{party}_usd" for party in PARTIES]
    assert abs(math.fsum(row)) <= 2 * ROUNDINGS * math.fsum(discounted)
    for party in PARTIES:
        net, size = of_party(table, discounted, party)
        assert abs(row[f"{party}_usd"] - net) <= ROUNDINGS * size


@WHOLE
@given(scenarios())
def test_the_payer_loses_the_net_cost(scenario: tc.Scenario) -> None:
    """LEDGER-5: PV of payer_public over the rows (50 digits) = −net_cost_usd of compare."""
    table, valuation = booked(scenario), scenario.valuation
    early, late = (Decimal(shift) for shift in SHIFTS[valuation.timing])
    rows = zip(
        table["period"],
        table["payer"],
        table["payee"],
        table["account"],
        table["amount_usd"],
        strict=True,
    )
    with localcontext(prec=50):
        growth, total, size = 1 + Decimal(valuation.discount_rate), Decimal(0), Decimal(0)
        for period, payer, payee, account, usd in rows:
            sign = (payee == "payer_public") - (payer == "payer_public")
            time = period - 2026 + (early if account in STARTS else late)
            total += sign * Decimal(usd) / growth**time
            size += abs(sign) * Decimal(usd) / growth**time
        cost = Decimal(compared(scenario, "net_cost_usd"))
        assert abs(cost + total) <= Decimal(ROUNDINGS) * size


@WHOLE
@given(scenarios())
def test_exporters_gain_the_relief(scenario: tc.Scenario) -> None:
    """LEDGER-6: PV of exporters over the rows = relief_pv_usd of compare."""
    table = booked(scenario)
    net, size = of_party(table, worths(table, scenario.valuation), "exporters")
    assert size > 0.0
    assert abs(compared(scenario, "relief_pv_usd") - net) <= ROUNDINGS * size


@WHOLE
@given(scenarios())
def test_cash_flows_are_the_ledger_without_tariffs(scenario: tc.Scenario) -> None:
    """LEDGER-7: cash_flows = the ledger's rows of the pledge, to the bit and in the same order."""
    structure = scenario.pledge.structures[0]
    found = tc.cash_flows(structure, scenario.pledge, scenario.economy, scenario.valuation)
    table = booked(scenario).rename(columns={"account": "flow"})
    rows = table[~table["flow"].isin(TARIFF_ACCOUNTS)].reset_index(drop=True)
    columns = ["period", "flow", "payer", "payee", "amount_usd"]
    pd.testing.assert_frame_equal(found[columns], rows[columns], check_exact=True)


@given(
    st.floats(0.0, 1.0, allow_subnormal=False),
    st.integers(-200, 500).map(lambda n: n / 10_000),
    st.integers(0, 64).map(lambda n: n / 64),
    st.integers(1, 40),
)
@WHOLE
def test_relief_runs_from_importers_to_exporters_as_it_survives(
    pass_through: float, growth: float, durability: float, years: int
) -> None:
    """LEDGER-8: year k: prices move by τ^(ρ−1), duty with them; times ((1+g)δ)^k."""
    scenario = PACKAGED.replace(
        {
            "trade.response.pass_through": pass_through,
            "trade.growth_rate": growth,
            "tariffs.durability": durability,
            "tariffs.relief_years": years,
        }
    )
    table = tc.ledger(scenario, "upfront-cash", flows=FLOWS)
    for account, usd in yearly_by_hand(scenario, pass_through).items():
        rows = table[table["account"] == account]
        signs = np.where(rows["payer"] == BY_HAND[account][0], 1.0, -1.0)
        found = dict(zip(rows["period"], rows["amount_usd"] * signs, strict=True))
        for k in range(years):
            expected = usd * ((1.0 + growth) * durability) ** k
            # Differences of values: a dozen roundings of what is imported.
            assert abs(found.pop(2026 + k, 0.0) - expected) <= 16 * (k + 2) * UNIT * 33e9
        assert not found


def yearly_by_hand(scenario: tc.Scenario, pass_through: float) -> dict:
    """Return what one year's duty falls by, and what exporters gain, line by line [USD]."""
    before, after = (
        schedule.rates(FLOWS.frame, on="2025-10-17")["total_rate"].tolist()
        for schedule in (scenario.no_deal, scenario.deal)
    )
    saving = gain = 0.0
    for value, old, new in zip(FLOWS.frame["value_usd"].tolist(), before, after, strict=True):
        price = ((1.0 + new) / (1.0 + old)) ** (pass_through - 1.0)
        saving += value * (old - new * price)
        gain += value * (price - 1.0)
    return {"duty_saving": saving, "price_change": gain}


@pytest.mark.parametrize("structure", [s.name for s in PACKAGED.pledge.structures[:-1]])
def test_relief_is_that_of_the_schedule_whatever_the_pledge(structure: str) -> None:
    """LEDGER-9: every structure that brings about the deal has the same tariff rows, to the bit."""
    columns = ["period", "payer", "payee", "account", "amount_usd"]
    found, expected = (
        table[table["account"].isin(TARIFF_ACCOUNTS)][columns].reset_index(drop=True)
        for table in (tc.ledger(PACKAGED, name) for name in (structure, "upfront-cash"))
    )
    assert len(expected) == 40
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_without_a_deal_nobody_pays_anything() -> None:
    """LEDGER-10: no deal and no pledge is the yardstick: no rows, of the types that rows have."""
    table, other = (tc.ledger(PACKAGED, name) for name in ("no-deal", "upfront-cash"))
    assert table.empty
    pd.testing.assert_series_equal(table.dtypes, other.dtypes)
    assert (tc.incidence(PACKAGED, structures=["no-deal"]) == 0.0).all(axis=None)


@WHOLE
@given(scenarios(), st.integers(-10, 10).map(lambda n: 2.0**n))
def test_another_exchange_rate_or_reserve_moves_no_dollar(
    scenario: tc.Scenario, factor: float
) -> None:
    """LEDGER-11: reserves, exchange rate, and a capacity that no request names, change no row."""
    yardsticks = ["reserves_usd", "krw_per_usd"]
    if '"request"' not in scenario.to_json():
        yardsticks.append("fx_capacity_usd")
    economy = dict(scenario.economy)
    economy |= {name: economy[name] * factor for name in yardsticks}
    other = tc.Scenario(**{**dict(scenario), "economy": tc.Economy(**economy)})
    pd.testing.assert_frame_equal(
        booked(other), booked(scenario), check_exact=True, check_flags=False
    )
    assert booked(other).attrs["scenario_hash"] == other.hash


SIGNED = hnp.arrays(float, (1, 5), elements=st.integers(-1000, 1000).map(float))
BOOKS = st.dictionaries(st.sampled_from(sorted(BY_HAND)), SIGNED, max_size=6)


@given(BOOKS, st.integers(1900, 2100))
def test_a_negative_amount_is_paid_the_other_way_round(books: dict, first_year: int) -> None:
    """LEDGER-12: ledger_table: |amount| from payer to payee, turned round if < 0, left out if 0."""
    table = ledger_table(books, Timeline(first_year))
    expected = [
        (first_year + year, *BY_HAND[name][:: 1 if usd > 0 else -1], name, abs(usd))
        for year in range(5)
        for name, amounts in books.items()
        for usd in [amounts[0, year].item()]
        if usd
    ]
    assert list(table.itertuples(index=False, name=None)) == expected
    assert list(table) == ["period", "payer", "payee", "account", "amount_usd"]


@given(BOOKS, st.sampled_from(PARTIES))
def test_a_partys_value_is_its_rows_discounted(books: dict, party: str) -> None:
    """LEDGER-13: party_value = Σ (received − paid)·factor, exact in whole numbers and halves."""
    factors = {
        "outlay": 0.5 ** np.arange(5.0)[np.newaxis],
        "receipt": 0.5 ** np.arange(1.0, 6.0)[np.newaxis],
    }
    expected = 0.0
    for row in ledger_table(books, Timeline(0)).itertuples():
        factor = factors["outlay" if row.account in STARTS else "receipt"][0, row.period]
        expected += row.amount_usd * factor * ((row.payee == party) - (row.payer == party))
    assert party_value(books, party, factors).tolist() == [expected]
    assert sum(party_value(books, each, factors) for each in PARTIES).tolist() == [0.0]


@WHOLE
@given(scenarios())
def test_the_ledger_is_ordered_labelled_and_repeatable(scenario: tc.Scenario) -> None:
    """LEDGER-14: rows by period, then account; names, units, hash; twice the same, to the bit."""
    table = booked(scenario)
    assert list(table) == [
        "period",
        "payer",
        "payee",
        "account",
        "amount_usd",
        "scenario",
        "structure",
    ]
    order = [
        (period, name in TARIFF_ACCOUNTS)
        for period, name in zip(table["period"], table["account"], strict=True)
    ]
    assert order == sorted(order)
    assert set(table["scenario"]) <= {"korea-us"}
    assert set(table["structure"]) <= {"terms-0"}
    assert table.attrs["units"] == {"amount_usd": "USD"}
    assert table.attrs["scenario_hash"] == scenario.hash
    pd.testing.assert_frame_equal(booked(scenario), table, check_exact=True)


def test_scenarios_side_by_side_are_as_each_by_itself() -> None:
    """LEDGER-15: incidence(a, b) stacks incidence(a) and incidence(b), to the bit."""
    other = PACKAGED.replace({"valuation.discount_rate": 0.03})
    names = ["japan-terms", "upfront-swap"]
    both = tc.incidence(PACKAGED, other, structures=names, flows=FLOWS)
    alone = [tc.incidence(one, structures=names, flows=FLOWS) for one in (PACKAGED, other)]
    assert both.to_numpy().tolist() == pd.concat(alone).to_numpy().tolist()
    assert both.index.names == ["scenario", "structure"]
    assert both.index.get_level_values("structure").tolist() == names * 2
    assert both.attrs["scenario_hash"] == f"{PACKAGED.hash} {other.hash}"
    assert both.attrs["units"] == dict.fromkeys(both.columns, "USD")


def test_the_payers_loss_is_the_gain_of_the_rest() -> None:
    """LEDGER-16: upfront-cash by hand: payer_public = PV(½ cash) − 350bn, host = PV(½ cash)."""
    row = tc.incidence(PACKAGED, structures=["upfront-cash"]).iloc[0]
    with localcontext(prec=50):
        growth, irr = Decimal("1.0508"), Decimal("1.07")
        life = sum(irr**-year for year in range(1, 21))
        cash = Decimal(350_000_000_000) * irr**3 / life
        half = sum(cash / 2 / growth ** (4 + year) for year in range(20))
    assert row["payer_public_usd"] == pytest.approx(float(half) - 350e9, rel=ROUNDINGS)
    assert row["host_government_usd"] == pytest.approx(float(half), rel=ROUNDINGS)
    assert row["markets_usd"] == pytest.approx(350e9 - 2 * float(half), rel=ROUNDINGS)
    assert abs(row["project_spv_usd"]) <= ROUNDINGS * 700e9
    assert row["payer_private_usd"] == row["competitors_usd"] == 0.0


@pytest.mark.parametrize("ask", [tc.ledger, lambda s, name: tc.incidence(s, structures=[name])])
def test_the_ledger_of_an_unknown_structure_is_refused(ask: object) -> None:
    """LEDGER-17: an unknown structure is an UnknownNameError that lists the eight and the close."""
    with pytest.raises(UnknownNameError) as caught:
        ask(PACKAGED, "japan-term")
    assert str(caught.value) == (
        "unknown structure 'japan-term'; did you mean 'japan-terms'? Allowed: credit-ceiling, "
        "upfront-cash, upfront-swap, three-years, bond-financed, japan-terms, capacity-paced, "
        "no-deal."
    )


def test_incidence_of_nothing_is_refused() -> None:
    """LEDGER-18: incidence without a scenario is an InputError."""
    with pytest.raises(InputError) as caught:
        tc.incidence()
    assert str(caught.value) == "incidence needs at least one scenario"
