import math

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.scenario.evaluate import evaluation
from tariffcalc.scenario.views import VIEWS, contractual, discounted_at, view_figures

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
LINES = tc.load_flows("us-imports-2024").frame
FLOWS = tc.TradeFlows.from_frame(LINES.iloc[::400])
LOAN = tc.Loan(rate=0.25, maturity_years=1, default_rate=0.5, loss_given_default=1.0)


def scenario(**changes: object) -> tc.Scenario:
    one = tc.Tranche(name="lent", instrument=LOAN, share=0.5)
    other = tc.Tranche(name="paid", instrument=tc.Equity(), share=0.5)
    mixed = tc.FundingStructure(
        name="mixed",
        headline_usd=200.0,
        tranches=(one, other),
        waterfall=tc.Waterfall(split_before=1.0, split_after=1.0, deemed_rate=0.0),
        project_irr=0.0,
        life_years=1,
        funding=(tc.FundingSource(name="swap_line", cost_rate=1.0, tenor_years=1),),
    )
    curve = tc.RateCurve(name="treasury", points=((1, 1.0),))
    usual = {
        "pledge.structures": (mixed,),
        "economy.curves": (curve,),
        "valuation.discount_rate": 0.25,
    }
    return PACKAGED.replace(usual | changes)


def figures(**changes: object) -> dict:
    asked = evaluation(scenario(**changes), FLOWS)
    found = view_figures(asked, asked.cases(), "mixed")
    assert tuple(found) == VIEWS
    return {view: [value.item() for value in row.values()] for view, row in found.items()}


def test_four_views_of_one_structure_by_hand() -> None:
    found = figures(
        **{
            "valuation.risk_adjusted_rate": 1.5,
            "valuation.budget_curve": "treasury",
            "valuation.concessional_rate": 0.6,
        }
    )
    # 200 out; 100 of equity and half of 125 come back; 200 borrowed at 100% for a year.
    assert found["funding_cost"] == [320.0, 130.0, 190.0, 190 / 320]
    assert found["risk_adjusted"] == [320.0, 65.0, 255.0, 255 / 320]
    assert found["budget_scoring"] == [200.0, 81.25, 118.75, 118.75 / 200]
    assert found["concessionality"] == [100.0, 78.125, 21.875, 0.21875]


def test_a_view_without_a_rate_is_unknown() -> None:
    found = figures()
    for view in ("risk_adjusted", "budget_scoring"):
        assert len(found[view]) == 4
        assert all(math.isnan(value) for value in found[view])
    assert found["concessionality"][1] == pytest.approx(125 / 1.05, rel=1e-15)


def test_views_follow_timing_and_frequency() -> None:
    ended = figures(**{"valuation.timing": "all_end", "valuation.budget_curve": "treasury"})
    assert ended["budget_scoring"][:2] == [100.0, 81.25]
    assert ended["concessionality"][:2] == pytest.approx([100 / 1.05, 125 / 1.05], rel=1e-15)


def test_views_of_several_cases_are_those_of_each() -> None:
    asked = evaluation(scenario(**{"valuation.risk_premium": 0.5}), FLOWS)
    lent = "pledge.structures.mixed.tranches.lent.instrument."
    varied = {
        f"{lent}default_rate": np.array([0.0, 0.5]),
        f"{lent}rate": np.array([0.25, 0.5]),
        "valuation.risk_premium": np.array([0.5, 0.75]),
    }
    found = view_figures(asked, asked.cases(varied, 2), "mixed")
    assert found["risk_adjusted"]["pv_receipts_usd"].tolist() == pytest.approx(
        [225 / 1.75, 175 / 2.0], rel=1e-15
    )
    # The contract is served whatever defaults.
    assert found["concessionality"]["pv_receipts_usd"].tolist() == pytest.approx(
        [125 / 1.05, 150 / 1.05], rel=1e-15
    )


def test_a_contract_is_the_structure_without_default() -> None:
    found = contractual(scenario().pledge.structure("mixed"))
    assert [t.instrument for t in found.tranches] == [
        LOAN.model_copy(update={"default_rate": 0.0}),
        tc.Equity(),
    ]
    assert [t.name for t in found.tranches] == ["lent", "paid"]
    assert found.funding == scenario().pledge.structure("mixed").funding


def words(**terms: object) -> list:
    usual = {"base_date": "2026-01-01", "discount_rate": 0.05}
    found = discounted_at(tc.Valuation(**{**usual, **terms}))
    assert tuple(found) == VIEWS
    return list(found.values())


def test_each_view_says_its_rate_or_its_curve() -> None:
    assert words() == ["5.00% a year", "not given", "not given", "5.00% a year"]
    assert words(risk_premium=0.025, budget_curve="t", concessional_rate=0.1) == [
        "5.00% a year",
        "5.00% a year, receipts at 7.50% a year",
        "the curve t",
        "10.00% a year",
    ]
    assert words(risk_adjusted_rate=0.08)[1] == "5.00% a year, receipts at 8.00% a year"
    curve = {"discount_rate": None, "discount_curve": "k"}
    assert words(**curve)[0] == "the curve k"
    assert words(**curve, risk_premium=0.03)[1] == "the curve k, receipts at the curve k and 3.00%"
    assert words(**curve, risk_premium=0.0)[1] == "the curve k, receipts at the curve k"


def test_the_table_of_views_is_labelled() -> None:
    other = PACKAGED.replace({"valuation.discount_rate": 0.04})
    table = tc.valuation_views(PACKAGED, other, structures=["three-years", "no-deal"], flows=FLOWS)
    first = f"korea-us@{PACKAGED.hash[:6]}"
    assert table.index.tolist()[:5] == [
        *((first, "three-years", view) for view in VIEWS),
        (first, "no-deal", "funding_cost"),
    ]
    assert len(table) == 16
    assert table.attrs["units"] == {
        "pv_outlay_usd": "USD",
        "pv_receipts_usd": "USD",
        "net_cost_usd": "USD",
        "subsidy_rate": "share of PV of outlays",
        "discounted_at": "text",
    }
    assert list(table) == list(table.attrs["units"])
    assert table.attrs["scenario_hash"] == f"{PACKAGED.hash} {other.hash}"
    assert pd.api.types.is_string_dtype(table["discounted_at"])
    with pytest.raises(InputError, match="valuation_views needs at least one scenario"):
        tc.valuation_views()
    with pytest.raises(UnknownNameError, match="unknown structure 'x'"):
        tc.valuation_views(PACKAGED, structures=["x"], flows=FLOWS)
