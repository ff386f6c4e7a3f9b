import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.analysis.compare import scenario_labels, wanted_columns
from tariffcalc.analysis.stated import notes
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.scenario.evaluate import COLUMNS

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
OTHER = PACKAGED.replace({"valuation.discount_rate": 0.04})
LINES = tc.load_flows("us-imports-2024").frame
FLOWS = tc.TradeFlows.from_frame(pd.concat([LINES.iloc[::400], LINES[LINES["value_usd"] > 1e9]]))
STRUCTURES = [structure.name for structure in PACKAGED.pledge.structures]
PARTIES = [
    "exporters_usd",
    "payer_public_usd",
    "payer_private_usd",
    "importers_usd",
    "host_treasury_usd",
    "host_government_usd",
    "project_spv_usd",
    "competitors_usd",
    "markets_usd",
]


def test_a_comparison_has_a_row_per_structure_and_all_columns() -> None:
    table = tc.compare(PACKAGED, flows=FLOWS)
    assert table.index.names == ["scenario", "structure"]
    assert table.index.tolist() == [("korea-us", name) for name in STRUCTURES]
    assert list(table.columns) == list(COLUMNS)
    assert table.dtypes.eq(float).all()
    assert table.attrs["units"] == dict(COLUMNS)
    assert table.attrs["notes"] == [notes(PACKAGED)]


def test_two_scenarios_are_told_apart() -> None:
    assert scenario_labels([PACKAGED], "x") == ["korea-us"]
    renamed = OTHER.replace({"name": "other"})
    assert scenario_labels([PACKAGED, renamed], "x") == ["korea-us", "other"]
    assert scenario_labels([PACKAGED, renamed, OTHER], "x") == [
        f"korea-us@{PACKAGED.hash[:6]}",
        "other",
        f"korea-us@{OTHER.hash[:6]}",
    ]
    table = tc.compare(PACKAGED, OTHER, structures="no-deal", columns="headline_usd", flows=FLOWS)
    assert table.attrs["scenario_hash"] == f"{PACKAGED.hash} {OTHER.hash}"
    assert len(table.attrs["notes"]) == 2


def test_columns_come_in_the_order_asked_for_and_once() -> None:
    asked = ["net_cost_usd", "headline_usd", "net_cost_usd"]
    table = tc.compare(PACKAGED, structures=["no-deal"], columns=asked, flows=FLOWS)
    assert list(table.columns) == ["net_cost_usd", "headline_usd"]
    assert table.attrs["units"] == {"net_cost_usd": "USD", "headline_usd": "USD"}
    assert wanted_columns(None) == list(COLUMNS)
    assert wanted_columns("net_cost_usd") == ["net_cost_usd"]
    with pytest.raises(UnknownNameError, match=r"^unknown column 'npv'\. Allowed: headline_usd"):
        wanted_columns(["npv"])
    with pytest.raises(InputError, match=r"^columns: at least one is needed of headline_usd"):
        wanted_columns([])


def test_the_note_says_vintage_rate_and_how_much_is_assumed() -> None:
    status = PACKAGED.parameters()["status"]
    counts = [int((status == kind).sum()) for kind in ("reported", "derived", "assumption")]
    assert sum(counts) == len(status)
    assert notes(PACKAGED) == (
        f"korea-us as of 2025-10-17; discounted at 5.08% a year; {len(status)} numbers: "
        f"{counts[0]} reported, {counts[1]} derived, {counts[2]} assumptions; "
        f"scenario {PACKAGED.hash}"
    )
    assert "discounted at 4.00% a year" in notes(OTHER)


@pytest.mark.parametrize("ask", [tc.compare, tc.incidence])
def test_something_has_to_be_compared(ask: object) -> None:
    with pytest.raises(InputError) as caught:
        ask()  # type: ignore[operator]
    assert str(caught.value) == f"{ask.__name__} needs at least one scenario"  # type: ignore[attr-defined]
    with pytest.raises(InputError, match=r"^a Scenario is needed, given str; did you mean"):
        ask(PACKAGED, "korea-us")  # type: ignore[operator]


def test_the_ledger_is_in_calendar_years_and_named() -> None:
    table = tc.ledger(PACKAGED, "three-years", flows=FLOWS)
    assert list(table.columns) == [
        "period",
        "payer",
        "payee",
        "account",
        "amount_usd",
        "scenario",
        "structure",
    ]
    assert set(table["scenario"]) == {"korea-us"}
    assert set(table["structure"]) == {"three-years"}
    assert table["period"].is_monotonic_increasing
    calls = table[table["account"] == "capital_call"]
    assert calls["period"].tolist() == [2026, 2027, 2028]
    assert calls["amount_usd"].sum() == pytest.approx(350e9, rel=1e-15)
    gains = table[table["account"] == "price_change"]
    assert gains["period"].tolist() == list(range(2026, 2046))
    assert (table.attrs["units"], table.attrs["scenario_hash"]) == (
        {"amount_usd": "USD"},
        PACKAGED.hash,
    )
    later = PACKAGED.replace({"valuation.base_date": "2028-01-01"})
    assert tc.ledger(later, "three-years", flows=FLOWS)["period"].min() == 2028


def test_without_a_deal_the_ledger_is_empty() -> None:
    table = tc.ledger(PACKAGED, "no-deal", flows=FLOWS)
    assert table.empty
    assert list(table.columns)[-2:] == ["scenario", "structure"]


def test_a_ledger_is_of_one_structure_that_is_there() -> None:
    with pytest.raises(UnknownNameError, match=r"^unknown structure 'x'"):
        tc.ledger(PACKAGED, "x", flows=FLOWS)


def test_incidence_has_a_column_per_party() -> None:
    table = tc.incidence(PACKAGED, OTHER, structures=["no-deal", "upfront-swap"], flows=FLOWS)
    assert list(table.columns) == PARTIES
    assert table.index.names == ["scenario", "structure"]
    assert table.index.get_level_values("structure").tolist() == ["no-deal", "upfront-swap"] * 2
    assert (table.xs("no-deal", level="structure") == 0.0).all(axis=None)
    assert table.attrs["units"] == dict.fromkeys(PARTIES, "USD")
    assert table.attrs["scenario_hash"] == f"{PACKAGED.hash} {OTHER.hash}"
    alone = tc.incidence(OTHER, structures="upfront-swap", flows=FLOWS)
    assert table.iloc[3].tolist() == alone.iloc[0].tolist()
    assert table.iloc[1, 0] < table.iloc[3, 0]  # relief is worth more at a lower rate


def test_relief_longer_than_the_projects_is_counted_whole() -> None:
    long = PACKAGED.replace(
        {"tariffs.relief_years": 60, "pledge.structures.upfront-cash.life_years": 2}
    )
    parties = tc.incidence(long, structures=["upfront-cash"], flows=FLOWS)
    relief = tc.compare(long, structures=["upfront-cash"], columns=["relief_pv_usd"], flows=FLOWS)
    assert parties["exporters_usd"].item() == relief["relief_pv_usd"].item() > 0.0


# Cars and a component, as Korea and Japan sell them, and the car that is made at home.
SOLD = tc.load_flows("us-imports-2024", partners=["KOR", "JPN"]).frame
TRADED = SOLD[SOLD["hs"].str[:6].isin(["870323", "850760"])]
AT_HOME = pd.DataFrame({"hs": ["870323"], "partner": "USA", "value_usd": [5e9], "sector": "own"})
MARKET = tc.TradeFlows.from_frame(pd.concat([TRADED, AT_HOME], ignore_index=True))
ARMINGTON = PACKAGED.replace(
    {
        "trade.response": tc.ArmingtonResponse(
            substitution_elasticity=3.0, demand_elasticity=-1.25, supply_elasticity=1.5
        )
    }
)


def test_competitors_are_shown_each_where_the_response_knows_them() -> None:
    scenario = ARMINGTON.replace(
        {"tariffs.relief_years": 1, "valuation.timing": "outlays_start_receipts_end"}
    )
    other = PACKAGED.replace({"name": "static"})
    asked = {"structures": ["upfront-cash", "no-deal"], "flows": MARKET}
    whole = tc.incidence(scenario, other, **asked)
    each = tc.incidence(scenario, other, competitors="each", **asked)
    kept = [party for party in PARTIES if party != "competitors_usd"]
    assert list(each.columns) == [*kept, "home_producers_usd", "JPN_usd"]
    assert each.attrs["units"] == dict.fromkeys(each.columns, "USD")
    pd.testing.assert_frame_equal(each[kept], whole[kept], check_exact=True)
    rivals = ["home_producers_usd", "JPN_usd"]
    assert (each.loc[("static", "upfront-cash"), rivals] == 0.0).all()
    assert (each.xs("no-deal", level="structure") == 0.0).all(axis=None)
    row = each.loc[("korea-us", "upfront-cash")]
    year = tc.compare_responses(
        scenario, responses={"own": scenario.trade.response}, structure="upfront-cash", flows=MARKET
    ).loc["own"]
    factor = 1.0 + scenario.valuation.discount_rate
    assert row["home_producers_usd"] * factor == pytest.approx(year["home_producer_gain_usd"])
    assert row["JPN_usd"] * factor == pytest.approx(year["competitor_gain_usd"])
    assert row["JPN_usd"] < row["home_producers_usd"] < 0.0
    rest = whole.loc[("korea-us", "upfront-cash"), "competitors_usd"]
    assert row[rivals].sum() == pytest.approx(rest, rel=1e-14)
    with pytest.raises(UnknownNameError) as caught:
        tc.incidence(scenario, competitors="all", flows=MARKET)  # type: ignore[arg-type]
    assert str(caught.value) == "unknown competitors 'all'. Allowed: together, each."


def test_the_flows_given_are_those_of_the_ledger() -> None:
    frame = MARKET.frame.assign(value_usd=2.0 * MARKET.frame["value_usd"])
    rows, doubled = (
        tc.ledger(PACKAGED, "three-years", flows=flows).query("account == 'duty_saving'")
        for flows in (MARKET, tc.TradeFlows.from_frame(frame))
    )
    assert doubled["amount_usd"].tolist() == (2.0 * rows["amount_usd"]).tolist() != []
