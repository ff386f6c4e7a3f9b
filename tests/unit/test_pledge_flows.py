import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.bookkeeping import ACCOUNTS
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.models import tree
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.flows import StructureFlows, structure_flows
from tariffcalc.pledge.splits import split_cumulative

WATERFALL = tc.Waterfall(split_before=0.5, split_after=0.25, deemed_rate=0.0)
HEADLINE = np.array([100.0])
CURVE = tc.RateCurve(name="base", points=((1, 0.25), (2, 0.25)))
ECONOMY = tc.Economy(reserves_usd=400.0, fx_capacity_usd=20.0, krw_per_usd=1400.0, curves=(CURVE,))


def structure(*instruments: object, **terms: object) -> tc.FundingStructure:
    share = 1.0 / len(instruments)
    tranches = tuple(
        tc.Tranche(name=f"t{place}", instrument=one, share=share)
        for place, one in enumerate(instruments)
    )
    usual = {
        "name": "terms",
        "tranches": tranches,
        "project_irr": 0.0,
        "life_years": 2,
        "construction_years": 1,
        "waterfall": WATERFALL,
    }
    return tc.FundingStructure(**{**usual, **terms})


def flows(
    of: tc.FundingStructure, size: int = 1, per_year: int = 1, **varied: list
) -> StructureFlows:
    arrays = {name.replace("__", "."): np.array(v, dtype=float) for name, v in varied.items()}
    economy = Cases(tree(ECONOMY), {}, size)
    timeline = Timeline(2026, per_year)
    return structure_flows(Cases(tree(of), arrays, size), of, HEADLINE, economy, timeline)


def listed(found: StructureFlows) -> dict:
    return {name: amounts.tolist() for name, amounts in found.amounts.items()}


def test_equity_is_called_spent_earned_and_split() -> None:
    found = flows(structure(tc.Equity()))
    assert listed(found) == {
        "capital_call": [[100.0, 0.0, 0.0, 0.0]],
        "distribution_payer": [[0.0, 25.0, 25.0, 0.0]],
        "distribution_host": [[0.0, 25.0, 25.0, 0.0]],
        "project_revenue": [[0.0, 50.0, 50.0, 0.0]],
        "construction": [[100.0, 0.0, 0.0, 0.0]],
    }
    assert found.balance.tolist() == [[100.0, 75.0, 50.0, 50.0]]
    assert found.contingent.tolist() == [[0.0] * 4]
    assert found.fx_need.tolist() == [[100.0, 0.0, 0.0, 0.0]]
    assert {kind: usd.tolist() for kind, usd in found.by_instrument.items()} == {
        "cash": [100.0],
        "loan": [0.0],
        "guarantee": [0.0],
        "private": [0.0],
    }


def test_a_loan_is_lent_spent_earned_and_served() -> None:
    found = flows(structure(tc.Loan(rate=0.0, maturity_years=2)))
    assert listed(found) == {
        "loan_disbursement": [[100.0, 0.0, 0.0]],
        "loan_service": [[50.0, 50.0, 0.0]],
        "construction": [[100.0, 0.0, 0.0]],
        "project_revenue": [[50.0, 50.0, 0.0]],
    }
    assert found.balance.tolist() == [[0.0] * 3]
    assert found.by_instrument["loan"].tolist() == [100.0]
    assert found.fx_need.tolist() == [[100.0, 0.0, 0.0]]


def test_a_guarantee_is_paid_for_called_and_exposed_but_not_paid_in() -> None:
    terms = tc.Guarantee(
        fee_rate=0.125, maturity_years=2, default_rate=0.5, loss_given_default=0.25, cover_share=0.5
    )
    found = flows(structure(terms))
    assert listed(found) == {
        "guarantee_fee": [[6.25, 3.125, 0.0]],
        "guarantee_call": [[6.25, 3.125, 0.0]],
        "project_revenue": [[6.25, 3.125, 0.0]],
    }
    assert found.contingent.tolist() == [[50.0, 50.0, 0.0]]
    assert found.by_instrument["guarantee"].tolist() == [100.0]
    assert found.fx_need.tolist() == [[0.0]]


def test_companies_money_is_invested_spent_earned_and_returned() -> None:
    found = flows(structure(tc.PrivateInvestment(expected_return=0.0)))
    assert listed(found) == {
        "private_investment": [[100.0, 0.0, 0.0, 0.0]],
        "private_return": [[0.0, 50.0, 50.0, 0.0]],
        "construction": [[100.0, 0.0, 0.0, 0.0]],
        "project_revenue": [[0.0, 50.0, 50.0, 0.0]],
    }
    assert found.by_instrument["private"].tolist() == [100.0]


def test_tranches_of_one_instrument_are_booked_together() -> None:
    guarantee = tc.Guarantee(
        fee_rate=0.25, maturity_years=1, default_rate=1.0, loss_given_default=0.5
    )
    companies = tc.PrivateInvestment(expected_return=0.0)
    loan = tc.Loan(rate=0.0, maturity_years=1)
    for instrument, account, usd in (
        (loan, "loan_disbursement", 100.0),
        (loan, "loan_service", 100.0),
        (companies, "private_investment", 100.0),
        (guarantee, "guarantee_fee", 25.0),
        (guarantee, "guarantee_call", 50.0),
    ):
        twice = flows(structure(instrument, instrument))
        assert twice.amounts[account][0, 0] == usd
        assert (
            twice.amounts[account].tolist()
            == flows(structure(instrument)).amounts[account].tolist()
        )
    both = flows(structure(guarantee, guarantee))
    assert both.contingent.tolist() == [[100.0, 0.0]]


def test_equity_tranches_recover_together_or_apart() -> None:
    for pooled in (True, False):
        rules = tc.Waterfall(**{**dict(WATERFALL), "pooled": pooled})
        found = flows(structure(tc.Equity(), tc.Equity(), waterfall=rules))
        assert found.amounts["distribution_payer"].tolist() == [[0.0, 25.0, 25.0, 0.0]]
        assert found.balance.tolist() == [[100.0, 75.0, 50.0, 50.0]]


def test_separate_projects_leave_the_host_nothing_of_rounding() -> None:
    everything = tc.Waterfall(split_before=1.0, split_after=1.0, deemed_rate=0.04, pooled=False)
    shares = (0.1, 0.2, 0.3, 0.4)
    parts = tuple(
        tc.Tranche(name=f"t{10 * share:.0f}", instrument=tc.Equity(), share=share)
        for share in shares
    )
    split = structure(
        tc.Equity(),
        tranches=parts,
        waterfall=everything,
        project_irr=0.07,
        life_years=20,
        drawdown=tc.Drawdown.level(7),
    )
    assert (flows(split).amounts["distribution_host"] >= 0.0).all()
    assert flows(split).amounts["distribution_host"].max() < 1e-13 * 100


@pytest.mark.parametrize(
    ("rules", "received"),
    [
        # Each year owes 50 of principal; 64 come in (g = 0, so 2·64 = 128 of a draw of 128).
        ({"daa": "per_period", "counts": "own_receipts"}, [0.0, 25.0, 25.0]),
        ({"daa": "per_period", "counts": "all_distributions"}, [0.0, 25.0, 25.0]),
        ({"daa": "cumulative", "counts": "all_distributions", "split_after": 0.0}, [0, 25, 25]),
        ({"daa": "per_period", "split_before": 1.0}, [0.0, 50.0, 50.0]),
        # 60% a year on 100 for two years, then 50 a year: nothing of it is ever made good.
        ({"daa": "per_period", "deemed_rate": 0.5, "counts": "all_distributions"}, [0, 25, 25]),
    ],
)
def test_the_waterfall_of_a_structure_is_the_one_it_names(rules: dict, received: list) -> None:
    found = flows(structure(tc.Equity(), waterfall=tc.Waterfall(**{**dict(WATERFALL), **rules})))
    assert found.amounts["distribution_payer"][0, :3].tolist() == received


def test_what_is_beyond_a_year_s_due_is_split_at_once_per_period_only() -> None:
    # Cash of 100·1.5²/A(0.5, 2) = 202.5 a year against 50 of principal: 100 at ½, the rest at ¼.
    earning = {"project_irr": 0.5, "construction_years": 2}
    per_period = tc.Waterfall(**{**dict(WATERFALL), "daa": "per_period"})
    cash = 100 * 1.5**2 / (1 / 1.5 + 1 / 1.5**2)
    split = flows(structure(tc.Equity(), waterfall=per_period, **earning))
    running = flows(structure(tc.Equity(), **earning))
    each = 50 + (cash - 100) / 4
    assert split.amounts["distribution_payer"][0].tolist() == pytest.approx([0, 0, each, each, 0])
    first = 100 + (cash - 200) / 4
    assert running.amounts["distribution_payer"][0].tolist() == pytest.approx(
        [0, 0, first, cash / 4, 0]
    )


def test_a_shortfall_bears_interest_by_the_switch() -> None:
    received = []
    for interest in (True, False):
        rules = tc.Waterfall(
            split_before=1.0,
            split_after=0.0,
            deemed_rate=0.25,
            daa="per_period",
            shortfall_interest=interest,
        )
        found = flows(structure(tc.Equity(), waterfall=rules, project_irr=1.0))
        received.append(found.amounts["distribution_payer"][0].tolist())
    # Year 0: 25 of interest is short. Year 1: 25 + 50 + the shortfall, with 6.25 or without.
    assert received == [pytest.approx([0, 106.25, 62.5, 0]), pytest.approx([0, 100, 62.5, 0])]


def test_borrowed_dollars_come_in_cost_and_are_repaid() -> None:
    sources = (
        tc.FundingSource(name="reserve_income", capacity_usd=20.0, tenor_years=1),
        tc.FundingSource(name="foreign_bonds", capacity_usd=50.0, cost_rate=0.125, tenor_years=3),
        tc.FundingSource(name="market_purchases", cost_rate=0.5, tenor_years=1),
    )
    found = flows(structure(tc.Equity(), funding=sources))
    assert found.amounts["funding"].tolist() == [[80.0, 0, 0, 0]]
    assert found.amounts["funding_interest"].tolist() == [[21.25, 6.25, 6.25, 0.0]]
    assert found.amounts["funding_repayment"].tolist() == [[30.0, 0.0, 50.0, 0.0]]
    assert found.fx_need.tolist() == [[50.0, 0.0, 0.0, 0.0]]


def test_sources_without_a_cost_book_nothing() -> None:
    found = flows(structure(tc.Equity(), funding=(tc.FundingSource(name="swap_line"),)))
    assert not {"funding", "funding_interest", "funding_repayment"} & set(found.amounts)
    assert found.fx_need.tolist() == [[0.0]]


@pytest.mark.parametrize(
    ("terms", "periods"),
    [
        ({"construction_years": 0, "life_years": 1}, 2),
        ({"construction_years": 3, "life_years": 4}, 8),
        ({"drawdown": tc.Drawdown.level(5)}, 8),
        ({"funding": (tc.FundingSource(name="swap_line", cost_rate=0.1, tenor_years=9),)}, 10),
    ],
)
def test_the_horizon_holds_the_last_payment(terms: dict, periods: int) -> None:
    assert flows(structure(tc.Equity(), **terms)).amounts["capital_call"].shape == (1, periods)


def test_the_horizon_is_that_of_the_longest_instrument() -> None:
    loan, long = (tc.Loan(rate=0.0, maturity_years=years) for years in (2, 7))
    insured = tc.Guarantee(fee_rate=0.1, maturity_years=9, default_rate=0.0, loss_given_default=0.0)
    no_projects = {"life_years": None, "waterfall": None, "project_irr": None}
    for some, periods in (((loan,), 3), ((loan, long), 8), ((long, insured, loan), 10)):
        found = flows(structure(*some, **no_projects))
        assert found.amounts["project_revenue"].shape == (1, periods)


def test_the_horizon_is_that_of_the_longest_case() -> None:
    found = flows(structure(tc.Equity()), 3, life_years=[1, 4, 2])
    assert found.amounts["project_revenue"].tolist() == [
        [0, 100, 0, 0, 0, 0],
        [0, 25, 25, 25, 25, 0],
        [0, 50, 50, 0, 0, 0],
    ]


def test_varied_terms_reach_every_instrument() -> None:
    insured = tc.Guarantee(fee_rate=0.5, maturity_years=2, default_rate=0.5, loss_given_default=0.5)
    every = structure(
        tc.Equity(),
        tc.Loan(rate=0.5, maturity_years=3, grace_years=1),
        insured,
        tc.PrivateInvestment(expected_return=0.5),
        funding=(tc.FundingSource(name="swap_line", cost_rate=0.5, tenor_years=2),),
    )
    base = listed(flows(every))
    for path, account in (
        ("project_irr", "project_revenue"),
        ("construction_years", "distribution_host"),
        ("waterfall__split_before", "distribution_payer"),
        ("tranches__t1__instrument__rate", "loan_service"),
        ("tranches__t1__instrument__default_rate", "loan_service"),
        ("tranches__t2__instrument__fee_rate", "guarantee_fee"),
        ("tranches__t2__instrument__default_rate", "guarantee_call"),
        ("tranches__t2__instrument__loss_given_default", "guarantee_call"),
        ("tranches__t2__instrument__cover_share", "guarantee_fee"),
        ("tranches__t2__instrument__recovery_years", "guarantee_call"),
        ("tranches__t3__instrument__expected_return", "private_return"),
        ("funding__swap_line__cost_rate", "funding_interest"),
    ):
        varied = flows(every, 2, **{path: [0.0, 1.0]}).amounts[account]
        assert varied.shape[0] == 2, path
        assert varied[0].tolist() != varied[1].tolist(), path
        assert varied[0].tolist() != base[account][0] or varied[1].tolist() != base[account][0]
    loan = "tranches__t1__instrument__"
    lost = flows(
        every, 2, **{f"{loan}default_rate": [0.5, 0.5], f"{loan}loss_given_default": [0.0, 1.0]}
    )
    assert (lost.amounts["loan_service"][0] >= lost.amounts["loan_service"][1]).all()
    years = flows(every, 2, **{f"{loan}grace_years": [0.0, 2.0], f"{loan}maturity_years": [1, 3]})
    assert (years.amounts["loan_service"] > 0).sum(axis=1).tolist() == [1, 3]


def test_a_structure_of_nothing_pays_nothing() -> None:
    nothing = tc.FundingStructure(name="nothing", headline_usd=0.0)
    found = flows(nothing)
    assert (found.amounts, found.by_instrument) == ({}, {})
    for array in (found.contingent, found.balance, found.fx_need):
        assert array.tolist() == [[0.0]]


def test_every_account_that_is_booked_is_known() -> None:
    every = structure(
        tc.Equity(),
        tc.Loan(rate=0.1, maturity_years=2),
        tc.PrivateInvestment(expected_return=0.1, public_support_share=0.1),
        tc.Guarantee(
            fee_rate=0.1,
            maturity_years=2,
            default_rate=0.1,
            loss_given_default=0.5,
            recovery_years=1,
        ),
        tc.ShipFinance(rate=0.1),
        funding=(tc.FundingSource(name="swap_line", cost_rate=0.1),),
        waterfall=tc.Waterfall(**{**dict(WATERFALL), "withheld": "released"}),
        drawdown=tc.Drawdown.level(4, missed=tc.MissedCall(year=2027, share=1.0, late_years=1)),
    )
    found = flows(every)
    of_tariffs = {
        "duty_saving",
        "price_change",
        "competitor_price_change",
        "home_price_change",
        "efficiency_gain",
    }
    assert set(found.amounts) == set(ACCOUNTS) - of_tariffs
    assert found.snap_back[0, :4].tolist() == [0.0, 1.0, 0.0, 0.0]


def test_unequal_projects_recover_one_by_one_or_as_one_to_the_bit() -> None:
    parts = tuple(
        tc.Tranche(name=f"t{place}", instrument=tc.Equity(), share=share)
        for place, share in enumerate((0.15, 0.2, 0.65))
    )
    earning = {"project_irr": 0.3, "life_years": 9, "tranches": parts}
    results = {}
    for pooled in (True, False):
        rules = tc.Waterfall(split_before=0.7, split_after=0.1, deemed_rate=0.07, pooled=pooled)
        results[pooled] = flows(structure(tc.Equity(), waterfall=rules, **earning)).amounts
    whole, apart = results[True], results[False]
    assert apart["capital_call"].tolist() == [[0.15 * 100 + 20 + 65, *[0.0] * 10]]
    for name, amounts in whole.items():
        assert amounts == pytest.approx(apart[name], rel=1e-14)
    terms = [np.array([0.7]), np.array([0.1]), np.full((1, 11), 0.07)]
    received, _ = split_cumulative(
        whole["project_revenue"], whole["capital_call"], *terms, own=True
    )
    assert whole["distribution_payer"].tolist() == received.tolist()
    assert apart["distribution_payer"].tolist() != received.tolist()


def test_an_export_credit_is_a_loan_with_a_premium_out_of_the_draw() -> None:
    terms = tc.ShipFinance(rate=0.5, delivery_years=1, repayment_years=2, premium_rate=0.25)
    found = flows(structure(terms))
    assert listed(found) == {
        "loan_disbursement": [[100.0, 0.0, 0.0, 0.0]],
        "loan_premium": [[25.0, 0.0, 0.0, 0.0]],
        "loan_service": [[50.0, 100.0, 75.0, 0.0]],
        "construction": [[75.0, 0.0, 0.0, 0.0]],
        "project_revenue": [[50.0, 100.0, 75.0, 0.0]],
    }
    assert found.by_instrument["loan"].tolist() == [100.0]
    assert found.by_instrument["ship_finance"].tolist() == [100.0]
    assert found.fx_need.tolist() == [[100.0, 0.0, 0.0, 0.0]]


def test_interest_until_delivery_is_added_to_the_credit_where_it_says_so() -> None:
    terms = {"rate": 0.5, "delivery_years": 2, "repayment_years": 1}
    added = tc.ShipFinance(**terms, interest_before_delivery="capitalised")
    assert flows(structure(added)).amounts["loan_service"].tolist() == [[0.0, 0.0, 337.5, 0.0]]


def test_a_structure_without_ships_names_no_ship_finance() -> None:
    mixed = structure(tc.Loan(rate=0.0, maturity_years=1), tc.ShipFinance(rate=0.0))
    by_instrument = flows(mixed).by_instrument
    assert (by_instrument["loan"].tolist(), by_instrument["ship_finance"].tolist()) == (
        [100.0],
        [50.0],
    )
    assert "ship_finance" not in flows(structure(tc.Equity())).by_instrument


def test_export_credits_count_against_a_cap_on_what_is_paid_in() -> None:
    capped = structure(tc.ShipFinance(rate=0.0), drawdown=tc.Drawdown.capped(60.0))
    lent = flows(capped).amounts["loan_disbursement"][0]
    assert lent[:3].tolist() == [60.0, 40.0, 0.0]


def test_public_support_is_a_share_of_what_companies_invest_and_no_dollar_of_the_state() -> None:
    terms = tc.PrivateInvestment(expected_return=0.0, public_support_share=0.25)
    found = flows(structure(terms, drawdown=tc.Drawdown.level(2)))
    assert found.amounts["public_support"].tolist() == [[12.5, 12.5, 0.0, 0.0, 0.0]]
    assert found.amounts["private_return"].tolist() == [[0.0, 25.0, 50.0, 25.0, 0.0]]
    assert found.fx_need.tolist() == [[0.0]]
    assert "construction" in found.amounts
    assert found.amounts["construction"].tolist() == [[50.0, 50.0, 0.0, 0.0, 0.0]]


def test_late_recoveries_have_an_account_of_their_own() -> None:
    terms = {
        "fee_rate": 0.0,
        "maturity_years": 1,
        "default_rate": 0.5,
        "loss_given_default": 0.25,
        "cover_share": 0.5,
    }
    found = flows(structure(tc.Guarantee(**terms, recovery_years=2)))
    assert found.amounts["guarantee_call"].tolist() == [[25.0, 0.0, 0.0, 0.0]]
    assert found.amounts["guarantee_recovery"].tolist() == [[0.0, 0.0, 18.75, 0.0]]
    assert "guarantee_recovery" not in flows(structure(tc.Guarantee(**terms))).amounts
    quarters = flows(structure(tc.Guarantee(**terms, recovery_years=2)), per_year=4)
    assert np.flatnonzero(quarters.amounts["guarantee_recovery"][0]).tolist() == [8, 9, 10, 11]


def test_a_guarantee_of_a_loan_that_is_repaid_covers_what_is_left_of_it() -> None:
    terms = {"maturity_years": 3, "grace_years": 1, "default_rate": 0.0, "loss_given_default": 1.0}
    equal = tc.Guarantee(fee_rate=0.5, repayment="equal_principal", **terms)
    assert flows(structure(equal)).amounts["guarantee_fee"].tolist() == [[50.0, 50.0, 25.0, 0.0]]
    annuity = tc.Guarantee(fee_rate=0.5, repayment="annuity", loan_rate=1.0, **terms)
    # 1/A(1, 2) = 4/3: a third is repaid first.
    assert flows(structure(annuity)).contingent[0] == pytest.approx([100, 100, 200 / 3, 0])


def test_a_floating_loan_pays_the_curve_of_its_time_and_its_spread() -> None:
    loan = tc.Loan(curve="base", spread=0.25, maturity_years=2, repayment="bullet")
    found = flows(structure(loan, drawdown=tc.Drawdown.level(2)))
    assert found.amounts["loan_service"][0] == pytest.approx([25.0, 100.0, 75.0, 0.0], rel=1e-15)
    varied = flows(structure(loan), 2, tranches__t0__instrument__spread=[0.0, 0.25])
    assert varied.amounts["loan_service"] == pytest.approx(
        np.array([[25.0, 125.0, 0.0], [50.0, 150.0, 0.0]])
    )


def test_rates_of_a_period_are_effective() -> None:
    # (1 + i)^4 = 1 + 0.4641: 10% a quarter.
    fixed = tc.Loan(rate=0.4641, maturity_years=1, repayment="bullet")
    found = flows(structure(fixed), per_year=4).amounts["loan_service"][0]
    assert found[:4] == pytest.approx([10.0, 10.0, 10.0, 110.0], rel=1e-14)
    floating = tc.Loan(curve="base", spread=0.2141, maturity_years=1, repayment="bullet")
    found = flows(structure(floating), per_year=4).amounts["loan_service"][0]
    assert found[:4] == pytest.approx([10.0, 10.0, 10.0, 110.0], rel=1e-14)


def test_custom_shares_are_repaid_once_a_year() -> None:
    loan = tc.Loan(rate=0.0, maturity_years=2, repayment="custom", repayment_shares=(0.25, 0.75))
    found = flows(structure(loan), per_year=4).amounts["loan_service"][0]
    assert found[:8].tolist() == [0, 0, 0, 25.0, 0, 0, 0, 75.0]


def test_default_rates_go_by_year_of_age_and_the_last_one_holds() -> None:
    terms = {"maturity_years": 3, "repayment": "bullet", "loss_given_default": 0.0}
    loan = tc.Loan(rate=0.0, default_rates=(0.5, 0.25), **terms)
    found = flows(structure(loan)).amounts["loan_service"]
    assert found.tolist() == [[50.0, 12.5, 37.5, 0.0]]
    quarters = flows(structure(loan), per_year=4).amounts["loan_service"][0]
    # (1 − p)^4 = 1 − 0.5 in the first four quarters, 1 − 0.25 in each later year.
    assert quarters[:4].sum() == pytest.approx(50.0, rel=1e-14)
    assert quarters[4:8].sum() == pytest.approx(12.5, rel=1e-14)
    assert quarters[0] == pytest.approx(100 * (1 - 0.5**0.25), rel=1e-14)
    assert quarters[4] == pytest.approx(50 * (1 - 0.75**0.25), rel=1e-14)


def test_a_curve_that_is_not_there_or_takes_all_is_refused() -> None:
    unknown = tc.Loan(curve="bases", maturity_years=2)
    with pytest.raises(UnknownNameError, match="unknown curve 'bases'; did you mean 'base'"):
        flows(structure(unknown))
    falling = tc.RateCurve(name="base", points=((1, 0.25), (2, -0.5)))
    poor = Cases(tree(tc.Economy(**{**dict(ECONOMY), "curves": (falling,)})), {})
    terms = structure(tc.Loan(curve="base", spread=-0.5, maturity_years=2))
    with pytest.raises(InputError) as caught:
        structure_flows(Cases(tree(terms), {}), terms, HEADLINE, poor, Timeline(2026))
    assert str(caught.value) == (
        "the forward rates of curve 'base' and the spread add up to -1.3; above -1 is needed, "
        "so change the curve or the spread"
    )


def test_the_horizon_holds_late_recoveries_and_ships_under_way() -> None:
    late = tc.Guarantee(
        fee_rate=0.1,
        maturity_years=3,
        default_rate=0.5,
        loss_given_default=0.5,
        recovery_years=4,
    )
    ships = tc.ShipFinance(rate=0.1, delivery_years=2, repayment_years=5)
    for instrument, account in ((late, "guarantee_recovery"), (ships, "loan_service")):
        found = flows(structure(instrument)).amounts[account][0]
        assert np.flatnonzero(found).max() == 6
        assert found.size == 8


def test_varied_terms_reach_the_newer_terms() -> None:
    ships = tc.ShipFinance(rate=0.5, delivery_years=1, repayment_years=2)
    insured = tc.Guarantee(
        fee_rate=0.5,
        maturity_years=3,
        repayment="annuity",
        loan_rate=0.5,
        default_rate=0.5,
        loss_given_default=0.5,
        recovery_years=1,
    )
    of_ships = {
        "rate": ([0.0, 1.0], "loan_service", [[0, 50, 50, 0], [100, 150, 100, 0]]),
        "delivery_years": ([0, 1], "loan_service", [[100, 75, 0, 0], [50, 100, 75, 0]]),
        "repayment_years": ([1, 2], "loan_service", [[50, 150, 0, 0], [50, 100, 75, 0]]),
        "premium_rate": ([0.0, 0.5], "loan_premium", [[0, 0, 0, 0], [50, 0, 0, 0]]),
        "loss_given_default": ([0, 1], "loan_service", [[50, 100, 75, 0], [50, 100, 75, 0]]),
    }
    of_guarantee = {
        "grace_years": ([2, 2], "guarantee_fee", [[50, 25, 12.5, 0, 0]] * 2),
        "recovery_years": ([0, 1], "guarantee_recovery", [[0] * 5, [0, 25, 12.5, 6.25, 0]]),
    }
    of_companies = {
        "public_support_share": ([0, 0.5], "public_support", [[0] * 4, [50, 0, 0, 0]]),
    }
    companies = tc.PrivateInvestment(expected_return=0.5)
    for instrument, cases in (
        (ships, of_ships),
        (insured, of_guarantee),
        (companies, of_companies),
    ):
        for term, (values, account, expected) in cases.items():
            given = {f"tranches__t0__instrument__{term}": values}
            if term == "recovery_years":
                given["tranches__t0__instrument__grace_years"] = [2, 2]
            found = flows(structure(instrument), 2, **given).amounts[account]
            assert found == pytest.approx(np.array(expected, dtype=float), abs=1e-12), term
