import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.analysis.compare_responses import (
    RESPONSE_COLUMNS,
    answering,
    by_column,
    by_sector,
    checked,
    default_elasticities,
    default_responses,
    first_with_deal,
    note,
)
from tariffcalc.analysis.stated import notes
from tariffcalc.errors import InputError, UnknownNameError

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
LINES = tc.load_flows("us-imports-2024").frame
FLOWS = tc.TradeFlows.from_frame(LINES[LINES["value_usd"] > 1e9])
OWN = tc.ConstantElasticityResponse(demand_elasticity=-2.0, supply_elasticity=3.0)
SECTORS = tc.ConstantElasticityResponse(supply_elasticity=3.0)
STATIC = tc.StaticResponse(pass_through=0.5)


def test_the_table_has_a_row_per_response_and_one_for_the_spread() -> None:
    table = tc.compare_responses(PACKAGED, responses={"a": STATIC, "b": OWN}, flows=FLOWS)
    assert table.index.tolist() == ["a", "b", "spread"]
    assert table.index.name == "response"
    assert list(table.columns) == list(RESPONSE_COLUMNS) == list(table.attrs["units"])
    assert table.attrs["scenario_hash"] == PACKAGED.hash
    assert table.attrs["notes"] == [
        "a: StaticResponse(kind='static', pass_through=0.5)",
        (
            "b: ConstantElasticityResponse(kind='constant_elasticity', demand_elasticity=-2.0, "
            "supply_elasticity=3.0, method='exact')"
        ),
        notes(PACKAGED),
    ]
    gap = abs(table.loc["a", "relief_pv_usd"] - table.loc["b", "relief_pv_usd"])
    assert table.loc["spread", "relief_pv_usd"] == gap > 0.0
    answer = tc.StaticResponse(pass_through=0.5).respond(
        FLOWS, *(getattr(PACKAGED, law).rates(FLOWS, on=PACKAGED.tariffs.law_date)["total_rate"]
                 for law in ("no_deal", "deal"))
    )  # fmt: skip
    sums = answer[["exporter_gain_usd", "importer_gain_usd", "revenue_change_usd"]].sum()
    row = table.loc["a", sums.index]
    assert row.tolist() == pytest.approx(sums.tolist(), rel=1e-12)


def test_the_default_models_keep_the_scenario_s_own() -> None:
    models = default_responses(PACKAGED)
    assert list(models) == ["static", "constant_elasticity", "armington"]
    assert models["static"] is PACKAGED.trade.response
    assert models["constant_elasticity"].supply_elasticity == 1.5
    assert models["armington"].supply_elasticity == 1.5
    assert models["armington"].demand_elasticity == -1.25
    own = default_responses(PACKAGED.replace({"trade.response": OWN}))
    assert own["constant_elasticity"] == OWN
    assert own["static"].pass_through == 0.5


def test_a_response_by_sector_brings_the_elasticities_it_asks_for() -> None:
    assert by_sector(SECTORS)
    assert not by_sector(OWN)
    assert not by_sector(STATIC)
    assert by_sector(tc.ArmingtonResponse(demand_elasticity=-1.0))
    given = tc.ArmingtonResponse(demand_elasticity=-1.0, substitution_elasticity=2.0)
    assert not by_sector(given)
    assert answering(PACKAGED, PACKAGED.trade.response) is PACKAGED
    assert answering(PACKAGED, SECTORS).trade.elasticities == default_elasticities()
    high = PACKAGED.replace({"trade.elasticities": "high"})
    assert answering(high, SECTORS).trade.elasticities.set == "high"
    assert answering(high, tc.StaticResponse(pass_through=1.0)).trade.elasticities.set == "high"
    assert answering(high, OWN).trade.elasticities is None
    assert default_elasticities().set == "central"
    assert [row.name for row in default_elasticities().overrides] == ["Special provisions"]
    assert default_elasticities().overrides[0].substitution_elasticity == 1.0


def test_notes_say_which_elasticities_a_row_rests_on() -> None:
    said = note(answering(PACKAGED, SECTORS), "x")
    assert said.startswith("x: ConstantElasticityResponse(kind='constant_elasticity', ")
    assert said.endswith(", elasticities central, 1 overridden, × 1")
    user = tc.Elasticities(overrides=default_elasticities().overrides, scale=0.5)
    said = note(PACKAGED.replace({"trade.response": SECTORS, "trade.elasticities": user}), "x")
    assert said.endswith(", elasticities of the user, 1 overridden, × 0.5")
    assert "elasticities" not in note(PACKAGED.replace({"trade.elasticities": "high"}), "x")


def test_figures_of_a_year_by_hand() -> None:
    part = {"exporters": 5.0, "importers": 4.0, "revenue": -6.0, "home": -0.5}
    rest = {"created": 7.0, "diverted": 2.0, "JPN": -0.25, "CHN": -0.125}
    found = by_column({name: np.array([gain]) for name, gain in {**part, **rest}.items()})
    assert list(found) == list(RESPONSE_COLUMNS)[:8]
    assert list(found.values()) == [5.0, 4.0, -6.0, -0.5, -0.375, 2.125, 7.0, 2.0]
    static = by_column({"exporters": np.array([5.0]), "revenue": np.array([-6.0])})
    assert list(static.values()) == [5.0, 1.0, -6.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    assert set(by_column({}).values()) == {0.0}


def test_the_structure_is_the_first_with_a_deal() -> None:
    schedules = {s.name: s.schedule for s in PACKAGED.pledge.structures}
    first = next(name for name, schedule in schedules.items() if schedule != "no_deal")
    assert first_with_deal(PACKAGED) == first
    table = tc.compare_responses(PACKAGED, responses={"a": STATIC}, flows=FLOWS)
    again = tc.compare_responses(PACKAGED, responses={"a": STATIC}, structure=first, flows=FLOWS)
    pd.testing.assert_frame_equal(table, again, check_exact=True)
    none = tc.compare_responses(PACKAGED, responses={"a": STATIC}, structure="no-deal", flows=FLOWS)
    assert (none == 0.0).all(axis=None)
    talks = {f"pledge.structures.{name}.schedule": "no_deal" for name in schedules}
    with pytest.raises(InputError) as caught:
        first_with_deal(PACKAGED.replace(talks))
    assert str(caught.value) == "no structure of the scenario has a schedule other than no_deal"


@pytest.mark.parametrize(
    ("responses", "said"),
    [
        ({}, "responses: a mapping from name to response is needed, at least one"),
        ([STATIC], "responses: a mapping from name to response is needed, at least one"),
        (
            {"a": STATIC, "b": 5},
            (
                "responses: b: a StaticResponse, ConstantElasticityResponse or ArmingtonResponse "
                "is needed, given int"
            ),
        ),
        (
            {"spread": STATIC},
            "responses: 'spread' is the name of the last row; choose another one",
        ),
    ],
)
def test_what_is_no_response_is_refused(responses: object, said: str) -> None:
    with pytest.raises(InputError) as caught:
        checked(responses)
    assert str(caught.value) == said


def test_scenario_and_structure_are_checked() -> None:
    with pytest.raises(InputError, match=r"^a Scenario is needed, given str; did you mean"):
        tc.compare_responses("korea-us")  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match=r"^unknown structure 'x'"):
        tc.compare_responses(PACKAGED, responses={"a": STATIC}, structure="x", flows=FLOWS)
    with pytest.raises(UnknownNameError, match=r"^unknown competitors 'all'"):
        tc.incidence(PACKAGED, competitors="all", flows=FLOWS)  # type: ignore[arg-type]
