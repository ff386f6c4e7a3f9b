import math

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.analysis.delay_in_terms import DELAY_TERMS, months_until
from tariffcalc.errors import InputError, UnknownNameError

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
KOREA = tc.load_flows("us-imports-2024").frame
LINES = pd.concat([KOREA.iloc[::400], KOREA[KOREA["value_usd"] > 1e9]]).drop_duplicates("hs")
FLOWS = tc.TradeFlows.from_frame(LINES)
ONE = ["japan-terms"]


def in_terms(**options: object) -> pd.DataFrame:
    return tc.delay_in_terms(PACKAGED, **{"flows": FLOWS, **options})  # type: ignore[arg-type]


def row(term: str, change: float, structure: str = "japan-terms") -> pd.Series:
    return in_terms(terms={term: change}, structures=[structure]).iloc[0]


def refusal(error: type = InputError, **options: object) -> str:
    with pytest.raises(error) as caught:
        in_terms(**options)
    return str(caught.value)


@pytest.mark.parametrize(
    ("cost", "months"),
    [
        (0.0, 0.0),
        (1.0, 0.5),
        (2.0, 1.0),
        (3.0, 1.25),
        (6.0, 2.0),
        (10.0, 4.0),
        (8.0, 3.5),
        (-3.0, -1.25),
        (10.1, math.nan),
        (math.nan, math.nan),
    ],
)
def test_months_are_read_inside_the_month_that_reaches_the_cost(cost: float, months: float) -> None:
    lost = np.array([2.0, 6.0, 6.0, 10.0, 9.0])
    assert months_until(lost, cost) == pytest.approx(months, rel=1e-15, nan_ok=True)


def test_without_months_nothing_is_reached() -> None:
    assert math.isnan(months_until(np.zeros(3), 1.0))
    assert months_until(np.zeros(3), 0.0) == 0.0


def test_the_usual_terms_are_what_a_payer_is_asked_for() -> None:
    assert dict(DELAY_TERMS) == {
        "cash_share": 0.01,
        "draw_years": -1,
        "split_before": -0.01,
    }
    table = in_terms(structures=ONE)
    assert table.index.names == ["structure", "term"]
    assert table.index.tolist() == [("japan-terms", term) for term in DELAY_TERMS]
    assert list(table.columns) == ["before", "after", "cost_usd", "months", "reason"]
    assert table["before"].tolist() == pytest.approx([0.015, 3.0, 0.5], rel=1e-15)
    assert table["after"].tolist() == pytest.approx([0.025, 2.0, 0.49], rel=1e-15)
    assert table.attrs["scenario_hash"] == PACKAGED.hash
    assert table.attrs["units"] == {"cost_usd": "USD", "months": "months of delay"}
    assert table.attrs["notes"] == tc.cost_of_delay(PACKAGED, 1, flows=FLOWS).attrs["notes"]


def test_a_point_of_cash_of_the_packaged_scenario() -> None:
    table = tc.delay_in_terms(PACKAGED, terms={"cash_share": 0.01}, structures=ONE)
    assert table["cost_usd"].item() == pytest.approx(1.315e9, abs=1e6)
    assert table["months"].item() == pytest.approx(7.307, abs=0.01)


def test_all_structures_are_asked_by_default_in_order() -> None:
    table = in_terms(terms={"cash_share": 0.01})
    names = [structure.name for structure in PACKAGED.pledge.structures]
    assert table.index.get_level_values("structure").tolist() == names


def test_a_year_less_than_one_is_read_backwards() -> None:
    path = "pledge.structures.three-years.draw_years"
    one = PACKAGED.replace({path: 1})
    options = {"structures": ["three-years"], "flows": FLOWS}
    less, more = (
        tc.delay_in_terms(one, terms={"draw_years": change}, **options).iloc[0]
        for change in (-1, 1)
    )
    assert (less["before"], less["after"]) == (2.0, 1.0)
    assert (more["before"], more["after"]) == (1.0, 2.0)
    assert less["cost_usd"] == -more["cost_usd"] > 0.0
    assert less["months"] == -more["months"] > 0.0


def test_a_number_outside_the_structures_is_a_term_of_each() -> None:
    found = in_terms(terms={"durability": -0.01}, structures=["japan-terms", "no-deal"])
    assert found["before"].tolist() == [0.9, 0.9]
    assert found["cost_usd"]["japan-terms"].item() > 0.0
    assert found.loc[("no-deal", "durability"), ["cost_usd", "months", "reason"]].tolist() == [
        0.0,
        0.0,
        "",
    ]


def test_a_full_path_is_a_term_of_its_own_structure() -> None:
    path = "pledge.structures.japan-terms.project_irr"
    table = in_terms(terms={path: -0.01}, structures=["japan-terms", "upfront-cash"])
    short = row("project_irr", -0.01)
    assert table["cost_usd"].iloc[0] == short["cost_usd"]
    assert table["reason"].tolist() == ["", f"{path} is a term of another structure"]
    near = PACKAGED.tree()
    near["pledge"]["structures"]["japan"] = near["pledge"]["structures"]["japan-terms"]
    both = tc.delay_in_terms(
        tc.Scenario.from_tree(near), terms={path: -0.01}, structures=["japan"], flows=FLOWS
    )
    assert both["reason"].tolist() == [f"{path} is a term of another structure"]


def test_what_fits_in_no_direction_says_why() -> None:
    found = row("cash_share", 1.5)
    assert math.isnan(found["before"])
    assert "a share between 0 and 1 is needed, given 1.515" in found["reason"]
    assert "1.515" not in row("cash_share", -1.5)["reason"]
    broken = row("draw_years", 0.5)
    assert "whole years from 1 to" in broken["reason"]
    assert "given 3.5" in broken["reason"]


def test_a_figure_that_is_not_there_has_its_reason() -> None:
    structures = ["no-deal", "capacity-paced", "upfront-cash"]
    table = in_terms(structures=structures, terms={**DELAY_TERMS, "project_irr": -0.01})
    assert table["reason"]["no-deal"].tolist() == [
        "cash_share: no-deal has no tranches to set it for",
        "draw_years: no-deal has no tranches to set it for",
        "no-deal has no split_before",
        "no-deal has no project_irr",
    ]
    assert table.loc["no-deal", ["before", "after", "cost_usd", "months"]].isna().all(axis=None)
    unknown = (
        "does not draw in equal yearly parts without other limits, so it has no present number of "
        "years; set its drawdown first, or name another term"
    )
    assert table["reason"]["capacity-paced"].tolist()[:3] == [
        "",
        f"draw_years: 'capacity-paced' {unknown}",
        "",
    ]
    most = tc.cost_of_delay(PACKAGED, 240, flows=FLOWS)["exporters_cumulative_pv_usd"].iloc[-1]
    assert table["reason"]["upfront-cash"].tolist() == [
        "",
        f"draw_years: 'upfront-cash' {unknown}",
        "",
        f"no delay costs exporters more than {most:.6g} USD",
    ]


def test_without_a_loss_there_is_no_rate() -> None:
    same = PACKAGED.replace({"tariffs.status_quo": list(PACKAGED.tariffs.deal)})
    table = tc.delay_in_terms(same, terms={"cash_share": 0.01}, structures=ONE, flows=FLOWS)
    assert table["months"].isna().all()
    assert table["cost_usd"].item() > 0.0
    assert table["reason"].tolist() == ["exporters lose nothing by a delay"]


def test_a_structure_of_companies_alone_has_no_cash_share() -> None:
    union = tc.load_scenario("eu-us")
    table = tc.delay_in_terms(union, structures=["companies"]).droplevel("structure")
    assert table["months"].isna().tolist() == [True, False, True]
    assert "lacks an equity tranche" in table.loc["cash_share", "reason"]
    # Companies' own money costs the public nothing, whenever it is drawn.
    assert table.loc["draw_years", ["cost_usd", "months"]].tolist() == [0.0, 0.0]


def test_meanwhile_start_and_seasons_are_those_of_the_delay() -> None:
    usual = row("cash_share", 0.01)["months"]
    for options in ({"meanwhile": "no_deal"}, {"start": "2030-01"}, {"seasonal": False}):
        found = in_terms(terms={"cash_share": 0.01}, structures=ONE, **options)
        assert found["months"].item() != usual
        lost = tc.cost_of_delay(PACKAGED, 240, flows=FLOWS, **options)  # type: ignore[arg-type]
        expected = months_until(
            lost["exporters_cumulative_pv_usd"].to_numpy(), found["cost_usd"].item()
        )
        assert found["months"].item() == expected
        assert found.attrs["notes"] == lost.attrs["notes"]


def test_terms_that_do_not_fit_are_refused() -> None:
    for terms in ({}, ["cash_share"], "cash_share"):
        assert refusal(terms=terms) == (
            "terms: a mapping from term to change is needed, such as {'cash_share': 0.01}, "
            f"given {terms!r}"
        )
    assert refusal(terms={"cash_share": 0}) == "terms.cash_share: a change other than 0 is needed"
    assert refusal(terms={"cash_share": "more"}) == (
        "terms.cash_share: a number is needed, given 'more'"
    )
    assert refusal(UnknownNameError, terms={"cash_shares": 1}).startswith(
        "unknown path 'cash_shares'"
    )
    assert refusal(UnknownNameError, structures=["japan"]).startswith("unknown structure 'japan'")
