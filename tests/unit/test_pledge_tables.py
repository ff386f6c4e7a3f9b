import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.testing import assert_same_flows
from tariffcalc.version import VERSION

ECONOMY = tc.Economy(reserves_usd=400.0, fx_capacity_usd=25.0, krw_per_usd=1400.0)
VALUATION = tc.Valuation(base_date="2026-01-01", discount_rate=0.25)
LOAN = tc.FundingStructure(
    name="loan",
    tranches=(tc.Tranche(name="all", instrument=tc.Loan(rate=0.25, maturity_years=1), share=1.0),),
)


def pledge(structure: tc.FundingStructure) -> tc.Pledge:
    return tc.Pledge(headline_usd=100.0, payer="KOR", host="USA", structures=(structure,))


def cash_flows(structure: tc.FundingStructure) -> pd.DataFrame:
    return tc.cash_flows(structure, pledge(structure), ECONOMY, VALUATION)


def figures(structure: tc.FundingStructure, **valuation: object) -> pd.Series:
    terms = tc.Valuation(**{**dict(VALUATION), **valuation})
    return tc.funding_metrics(structure, pledge(structure), ECONOMY, terms)


def test_cash_flows_name_period_parties_and_both_currencies() -> None:
    table = cash_flows(LOAN)
    assert list(table) == ["period", "flow", "payer", "payee", "amount_usd", "amount_krw"]
    assert table.iloc[0].tolist() == [
        2026,
        "loan_disbursement",
        "payer_public",
        "project_spv",
        100.0,
        140_000.0,
    ]
    assert table["flow"].tolist() == [
        "loan_disbursement",
        "construction",
        "project_revenue",
        "loan_service",
    ]
    assert table.index.tolist() == [0, 1, 2, 3]
    assert table.attrs == {
        "units": {"amount_usd": "USD", "amount_krw": "payer's currency"},
        "scenario_hash": None,
        "tariffcalc_version": VERSION,
    }


def test_the_base_year_is_the_first_period() -> None:
    later = tc.Valuation(base_date="2031-01-01", discount_rate=0.25)
    table = tc.cash_flows(LOAN, pledge(LOAN), ECONOMY, later)
    assert set(table["period"]) == {2031}
    found = tc.funding_metrics(LOAN, pledge(LOAN), ECONOMY, later)
    assert found["payback_year"] == 2031.0


def test_a_structure_s_own_headline_goes_before_the_pledge_s() -> None:
    own = tc.FundingStructure(**{**dict(LOAN), "headline_usd": 30.0})
    assert cash_flows(own)["amount_usd"].iloc[0] == 30.0
    assert figures(own)["pv_outlay_usd"] == 30.0
    none = tc.FundingStructure(**{**dict(LOAN), "headline_usd": 0.0})
    assert cash_flows(none).empty


def test_interest_below_0_is_paid_to_the_borrower() -> None:
    below = tc.Loan(rate=-0.5, maturity_years=2, grace_years=1)
    terms = tc.FundingStructure(
        name="below", tranches=(tc.Tranche(name="all", instrument=below, share=1.0),)
    )
    table = cash_flows(terms)
    first = table[(table["flow"] == "loan_service") & (table["period"] == 2026)]
    assert first[["payer", "payee", "amount_usd"]].to_numpy().tolist() == [
        ["payer_public", "project_spv", 50.0]
    ]


def test_a_table_without_payments_has_the_types_of_one_with_them() -> None:
    nothing = tc.FundingStructure(name="nothing", headline_usd=0.0)
    pd.testing.assert_series_equal(cash_flows(nothing).dtypes, cash_flows(LOAN).dtypes)


def test_figures_are_a_series_by_name() -> None:
    found = figures(LOAN)
    assert found.name == "loan"
    assert found.to_dict() == {
        "pv_outlay_usd": 100.0,
        "pv_receipts_usd": 100.0,
        "net_cost_usd": 0.0,
        "subsidy_rate": 0.0,
        "payer_irr": pytest.approx(0.25, abs=1e-15),
        "payback_year": 2026.0,
        "peak_year_outlay_usd": 100.0,
        "peak_share_of_reserves": 0.25,
        "peak_over_fx_capacity": 4.0,
        "contingent_peak_usd": 0.0,
    }
    assert found.dtype == np.float64


def test_the_return_depends_on_when_receipts_fall() -> None:
    two = tc.Loan(rate=0.0, maturity_years=2)
    terms = tc.FundingStructure(
        name="two", tranches=(tc.Tranche(name="all", instrument=two, share=1.0),)
    )
    apart = figures(terms)["payer_irr"]
    assert apart == pytest.approx(0.0, abs=1e-15)
    for timing in ("all_start", "all_middle", "all_end"):
        # Half comes back with the outlay: nothing is earned on the other half.
        assert figures(terms, timing=timing)["payer_irr"] == pytest.approx(0.0, abs=1e-15)
    five = tc.FundingStructure(
        name="five",
        tranches=(
            tc.Tranche(name="all", instrument=tc.Loan(rate=0.25, maturity_years=1), share=1.0),
        ),
    )
    assert figures(five)["payer_irr"] == pytest.approx(0.25, abs=1e-15)
    assert np.isnan(figures(five, timing="all_end")["payer_irr"])


@pytest.mark.parametrize(
    ("timing", "outlay", "receipts"),
    [
        ("outlays_start_receipts_end", 100.0, 100.0),
        ("all_start", 100.0, 125.0),
        ("all_middle", 100.0 / 1.25**0.5, 125.0 / 1.25**0.5),
        ("all_end", 80.0, 100.0),
    ],
)
def test_present_values_follow_the_timing(timing: str, outlay: float, receipts: float) -> None:
    found = figures(LOAN, timing=timing)
    assert found[["pv_outlay_usd", "pv_receipts_usd"]].tolist() == pytest.approx(
        [outlay, receipts], rel=1e-15
    )


def test_companies_money_alone_has_figures_of_nothing() -> None:
    companies = tc.PrivateInvestment(expected_return=0.25)
    terms = tc.FundingStructure(
        name="companies",
        life_years=1,
        drawdown=tc.Drawdown.level(3),
        tranches=(tc.Tranche(name="all", instrument=companies, share=1.0),),
    )
    assert figures(terms).fillna(-1.0).tolist() == [0, 0, 0, -1, -1, -1, 0, 0, 0, 0]
    assert cash_flows(terms)["payer"].tolist()[:2] == ["payer_private", "project_spv"]


def test_a_structure_of_nothing_has_figures_of_nothing() -> None:
    nothing = tc.FundingStructure(name="nothing", headline_usd=0.0)
    assert figures(nothing).fillna(-1.0).tolist() == [0, 0, 0, -1, -1, -1, 0, 0, 0, 0]


def test_a_call_before_the_base_year_is_refused() -> None:
    early = tc.FundingStructure(**{**dict(LOAN), "drawdown": tc.Drawdown.calls({2025: 1.0})})
    for ask in (cash_flows, figures):
        with pytest.raises(InputError) as caught:
            ask(early)
        assert str(caught.value) == (
            "drawdown.calls: 2025 is before the base date's year 2026; "
            "move the call or the base date"
        )


def test_the_same_flows_pass_and_missing_ones_count_as_0() -> None:
    table = cash_flows(LOAN).head(1)
    assert_same_flows(table, {("loan_disbursement", 2026): 100.0, ("funding", 2026): 0.0})
    assert_same_flows(table, {("loan_disbursement", 2026): 101.0}, tolerance_usd=1.0)


@pytest.mark.parametrize(
    ("expected", "fault"),
    [
        ({}, "loan_disbursement of 2026: found 100.0, expected 0.0"),
        (
            {("loan_disbursement", 2026): 101.5},
            "loan_disbursement of 2026: found 100.0, expected 101.5",
        ),
        (
            {("loan_disbursement", 2026): 100.0, ("funding", 2030): 2.0},
            "funding of 2030: found 0.0, expected 2.0",
        ),
        (
            {("loan_disbursement", 2026): float("nan")},
            "loan_disbursement of 2026: found 100.0, expected nan",
        ),
    ],
)
def test_other_flows_are_found(expected: dict, fault: str) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_same_flows(cash_flows(LOAN).head(1), expected, tolerance_usd=1.0)
    assert str(caught.value) == fault


def test_an_account_that_is_booked_twice_is_found() -> None:
    table = cash_flows(LOAN).head(1)
    with pytest.raises(AssertionError) as caught:
        assert_same_flows(pd.concat([table, table]), {("loan_disbursement", 2026): 100.0})
    assert str(caught.value) == "an account is booked twice in a period"
