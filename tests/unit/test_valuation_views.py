import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.scenario.evaluate import evaluation
from tariffcalc.scenario.views import discounted_at, view_figures

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
FLOWS = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024").frame.iloc[::400])
PRICED = PACKAGED.replace({"name": "priced", "valuation.risk_premium": 0.03})
VIEWS = ["funding_cost", "risk_adjusted", "budget_scoring", "concessionality"]
FIGURES = ["pv_outlay_usd", "pv_receipts_usd", "net_cost_usd", "subsidy_rate"]


def test_each_structure_of_each_scenario_has_a_row_per_view() -> None:
    names = ["japan-terms", "upfront-cash"]
    table = tc.valuation_views(PACKAGED, PRICED, structures=names, flows=FLOWS)
    assert table.index.names == ["scenario", "structure", "view"]
    assert table.index.tolist() == [
        (scenario, name, view)
        for scenario in ("korea-us", "priced")
        for name in names
        for view in VIEWS
    ]
    assert list(table.columns) == [*FIGURES, "discounted_at"]
    assert table.attrs["units"] == {
        **dict.fromkeys(FIGURES[:3], "USD"),
        "subsidy_rate": "share of PV of outlays",
        "discounted_at": "text",
    }
    assert table.attrs["scenario_hash"] == f"{PACKAGED.hash} {PRICED.hash}"
    for scenario in (PACKAGED, PRICED):
        asked, words = evaluation(scenario, FLOWS), discounted_at(scenario.valuation)
        for name in names:
            own = view_figures(asked, asked.cases(), name)
            for view in VIEWS:
                row = table.loc[(scenario.name, name, view)]
                assert row["discounted_at"] == words[view]
                exact = [float(own[view][figure][0]) for figure in FIGURES]
                pd.testing.assert_series_equal(
                    row[FIGURES].astype(float), pd.Series(exact, FIGURES), check_exact=True,
                    check_names=False,
                )  # fmt: skip


def test_all_structures_are_shown_by_default() -> None:
    table = tc.valuation_views(PACKAGED)
    assert len(table) == 4 * len(PACKAGED.pledge.structures)
    assert table.loc[("korea-us", "upfront-cash", "risk_adjusted"), "discounted_at"] == "not given"


def test_two_scenarios_of_one_name_are_told_apart() -> None:
    other = PACKAGED.replace({"valuation.discount_rate": 0.06})
    table = tc.valuation_views(PACKAGED, other, structures="no-deal", flows=FLOWS)
    assert table.index.get_level_values("scenario").unique().tolist() == [
        f"korea-us@{scenario.hash[:6]}" for scenario in (PACKAGED, other)
    ]


def test_views_need_a_scenario_and_known_structures() -> None:
    with pytest.raises(InputError, match=r"^valuation_views needs at least one scenario$"):
        tc.valuation_views()
    with pytest.raises(UnknownNameError, match=r"^unknown structure 'upfront'"):
        tc.valuation_views(PACKAGED, structures=["upfront"])
    with pytest.raises(InputError, match=r"^flows: TradeFlows are needed, given int"):
        tc.valuation_views(PACKAGED, flows=3)  # type: ignore[arg-type]
