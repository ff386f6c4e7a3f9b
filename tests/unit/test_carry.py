import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.models import tree
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.carry import (
    ABROAD,
    FUNDING_PATH,
    debts,
    funding_figures,
    peak_debt_share,
    reserves,
)
from tariffcalc.pledge.flows import StructureFlows

YEAR = Timeline(2026)
CURVE = {"base": {"kind": "zero", "points": [[5, 0.25]], "shift": 0.0}}
FLAT = Cases({"discount_rate": 0.5}, {})


def flows(
    sources: dict, line: Timeline = YEAR, contingent: float = 0.0, **amounts: list
) -> StructureFlows:
    given = {name: np.array([row], dtype=float) for name, row in sources.items()}
    booked = {name: np.array([row], dtype=float) for name, row in amounts.items()}
    need = sum(
        (given[n] for n in ("reserve_income", "market_purchases") if n in given), np.zeros((1, 1))
    )
    exposure = np.full((1, 1), contingent)
    return StructureFlows(booked, {}, exposure, np.zeros((1, 1)), need, line, sources=given)


def terms(**sources: dict) -> Cases:
    rows = {n: tree(tc.FundingSource(name=n, **t), skip=("name",)) for n, t in sources.items()}
    return Cases({"funding": rows}, {})


def economy(**numbers: float) -> Cases:
    return Cases({"krw_per_usd": 1000.0, "curves": CURVE, **numbers}, {})


def test_debt_is_what_is_raised_abroad_and_purchases_that_name_a_cost() -> None:
    assert ABROAD == ("foreign_bonds", "swap_line", "policy_banks")
    one = {key: [8.0, 0.0] for key in (*ABROAD, "reserve_income", "market_purchases")}
    free = terms(**{key: {"tenor_years": 1} for key in one})
    found = dict(debts(flows(one), free, economy(), FLAT))
    assert list(found) == list(ABROAD)
    assert all(debt.interest.tolist() == [[4.0, 0.0]] for debt in found.values())
    dear = terms(**{key: {"tenor_years": 1, "cost_rate": 0.25} for key in one})
    found = dict(debts(flows(one), dear, economy(), FLAT))
    assert list(found) == [*ABROAD, "market_purchases"]
    assert all(debt.interest.tolist() == [[2.0, 0.0]] for debt in found.values())
    assert dict(debts(flows({"market_purchases": [8.0]}), terms(), economy(), FLAT)) == {}


def test_a_source_without_a_cost_has_that_of_the_discount_curve() -> None:
    by_curve = Cases({"discount_curve": "base"}, {})
    free = terms(swap_line={"tenor_years": 2})
    found = dict(debts(flows({"swap_line": [8.0, 4.0, 0.0]}), free, economy(), by_curve))
    assert found["swap_line"].interest[0] == pytest.approx([2.0, 3.0, 1.0], rel=1e-13)
    quarters = flows({"swap_line": [8.0] + [0.0] * 7}, Timeline(2026, 4))
    found = dict(debts(quarters, free, economy(), FLAT))
    assert found["swap_line"].interest[0] == pytest.approx([8 * (1.5**0.25 - 1)] * 8, rel=1e-14)
    assert found["swap_line"].repaid.tolist() == [[0.0] * 7 + [8.0]]


USED = {"reserve_income": [3.0, 0.0], "foreign_bonds": [9.0, 0.0], "market_purchases": [4.0, 8.0]}
RATES = {"reserves_usd": 100.0, "reserves_return_rate": 0.0, "fx_capacity_usd": 5.0}


def test_reserves_pay_income_excess_calls_and_service_and_keep_receipts() -> None:
    own = terms(
        reserve_income={"capacity_usd": 3.0},
        foreign_bonds={"capacity_usd": 9.0, "cost_rate": 0.5, "tenor_years": 1},
        market_purchases={"cost_rate": 0.5, "tenor_years": 1},
    )
    some = flows(
        USED,
        capital_call=[16.0, 8.0],
        distribution_payer=[1.0, 2.0],
        loan_service=[4.0, 0.0],
        guarantee_fee=[0.0, 8.0],
        guarantee_call=[0.25, 0.5],
        guarantee_recovery=[0.0, 0.125],
        withheld_release=[0.0, 2.0],
        loan_premium=[0.5, 0.0],
        distribution_host=[99.0, 99.0],
        public_support=[99.0, 99.0],
    )
    owed = dict(debts(some, own, economy(), FLAT))
    found = reserves(some, owed, economy(**RATES), "outlays_start_receipts_end")
    assert {name: column.tolist() for name, column in found.items()} == {
        "fx_use_usd": [[7.0, 8.0]],
        "fx_excess_usd": [[2.0, 3.0]],
        "reserves_use_usd": [[5.0, 3.0]],
        # 100 − 5 + 0.5 + 1 + 4 − 0.25 − 9·1.5, then − 3 + 2 + 8 − 0.5 + 0.125 + 2: purchases are
        # owed at home, and grants to companies are paid there.
        "reserves_usd": [[86.75, 95.375]],
        "reserves_without_usd": [[100.0, 100.0]],
    }
    grown = reserves(some, {}, economy(**{**RATES, "reserves_return_rate": 1.0}), "all_end")
    assert grown["reserves_without_usd"].tolist() == [[200.0, 400.0]]
    # 200 − 5 + 0.5 + 4.75, then twice that − 3 + 11.625.
    assert grown["reserves_usd"].tolist() == [[200.25, 409.125]]


def test_where_nothing_is_bought_the_capacity_need_not_be_known() -> None:
    unknown = {name: value for name, value in RATES.items() if name != "fx_capacity_usd"}
    income = flows({"reserve_income": [3.0, 0.0]}, capital_call=[3.0, 0.0])
    found = reserves(income, {}, economy(**unknown), "all_end")
    assert found["reserves_usd"].tolist() == [[97.0, 97.0]]
    assert np.isnan(found["fx_excess_usd"]).all()
    bought = reserves(flows(USED, capital_call=[16.0, 8.0]), {}, economy(**unknown), "all_end")
    assert np.isnan(bought["reserves_usd"]).all()


def test_the_path_has_all_columns_over_all_periods() -> None:
    rates = {"gdp_usd": 100.0, "gdp_growth_rate": 1.0, "government_debt_share": 0.5}
    money = {"krw_rate": 0.0, "usd_rate": 1.0, "basis_rate": 0.0, "exchange_path": "forward"}
    some = flows(
        {"swap_line": [10.0, 20.0]},
        contingent=50.0,
        capital_call=[6.0, 20.0],
        loan_disbursement=[4, 0],
    )
    own = terms(swap_line={"cost_rate": 0.5, "tenor_years": 5})
    found = funding_figures(some, own, economy(**RATES, **rates, **money), FLAT)
    assert list(found) == list(FUNDING_PATH)
    assert all(column.shape == (1, 2) for column in found.values())
    expected = {
        "outlay_usd": [10.0, 20.0],
        "swap_line_usd": [10.0, 20.0],
        "foreign_bonds_usd": [0.0, 0.0],
        "debt_raised_usd": [10.0, 20.0],
        "debt_usd": [10.0, 30.0],
        "interest_usd": [5.0, 15.0],
        "repayment_usd": [0.0, 0.0],
        "guaranteed_usd": [50.0, 50.0],
        "gdp_usd": [100.0, 200.0],
        "debt_share_of_gdp": [0.1, 0.15],
        "guaranteed_share_of_gdp": [0.5, 0.25],
        "government_debt_share_of_gdp": [0.6, 0.65],
        "krw_per_usd": [1000.0, 500.0],
        "outlay_krw": [10_000.0, 10_000.0],
        "hedge_cost_krw": [0.0, -10_000.0],
    }
    for name, row in expected.items():
        assert found[name][0] == pytest.approx(row, rel=4e-16), name
    assert np.isnan(found["hedge_cost_rate"][0, 0])
    assert found["hedge_cost_rate"][0, 1] == -0.5
    assert peak_debt_share(some, own, economy(**rates), FLAT)[0] == pytest.approx(0.15, rel=4e-16)
    assert np.isnan(peak_debt_share(some, own, economy(), FLAT)).tolist() == [True]


def test_the_units_of_the_path_are_said() -> None:
    assert FUNDING_PATH == {
        "outlay_usd": "USD",
        "reserve_income_usd": "USD",
        "foreign_bonds_usd": "USD",
        "swap_line_usd": "USD",
        "policy_banks_usd": "USD",
        "market_purchases_usd": "USD",
        "fx_use_usd": "USD",
        "fx_excess_usd": "USD",
        "reserves_use_usd": "USD",
        "reserves_usd": "USD",
        "reserves_without_usd": "USD",
        "debt_raised_usd": "USD",
        "debt_usd": "USD",
        "interest_usd": "USD",
        "repayment_usd": "USD",
        "guaranteed_usd": "USD",
        "gdp_usd": "USD per year",
        "debt_share_of_gdp": "share of GDP",
        "guaranteed_share_of_gdp": "share of GDP",
        "government_debt_share_of_gdp": "share of GDP",
        "krw_per_usd": "payer's currency per USD",
        "outlay_krw": "payer's currency",
        "hedge_cost_rate": "fraction per year",
        "hedge_cost_krw": "payer's currency",
    }
