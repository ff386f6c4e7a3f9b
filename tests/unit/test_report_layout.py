import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.report.columns import MAIN_TABLE, PANELS, Described, described
from tariffcalc.report.kinds import BILLIONS, COUNT, PLAIN, kind_of
from tariffcalc.report.layout import Column, cell_text, layout, plain
from tariffcalc.report.results import frame_of, panels_of, title_of
from tariffcalc.scenario.evaluate import COLUMNS
from tariffcalc.tables import labelled
from tariffcalc.version import VERSION

SCENARIO = tc.load_scenario("korea-us", as_of="2025-10-17")
LAW = tc.load_schedule("united-states")
CAR = {"hs": "8703230140", "partner": "KOR", "mfn_rate": 0.0}


@pytest.mark.parametrize(
    ("column", "heading", "group"),
    [
        ("net_cost_usd", "net cost", "present value"),
        ("standard_error_usd", "mean", "standard error of"),
        ("q05_standard_error_usd", "5%", "standard error of"),
        ("q05_usd", "5%", "net benefit"),
        ("low_net_benefit_usd", "at low", "net benefit"),
        ("mean_absolute_effect_net_cost_usd", "mean absolute effect", "net cost"),
        ("mean_effect_net_cost_usd", "mean effect", "net cost"),
        ("low_something_usd", "low something", ""),
        ("low", "low", ""),
        ("effective_rate", "effective rate", ""),
        ("outlay_krw", "outlay", ""),
        ("JPN_gap_pp", "JPN gap", ""),
        ("host_treasury_pv_usd", "host treasury", "present value"),
        ("efficiency_cumulative_pv_usd", "together", "present value, added up"),
    ],
)
def test_a_column_has_a_heading_and_what_spans_it(column: str, heading: str, group: str) -> None:
    assert described(column) == Described(heading, group)


def test_every_column_of_a_comparison_is_in_one_panel_and_described() -> None:
    in_panels = [column for panel in PANELS[0].values() for column in panel]
    assert sorted(in_panels) == sorted(COLUMNS)
    assert {c for block in MAIN_TABLE.values() for c in block} <= set(in_panels)
    assert all(described(column).group for column in COLUMNS)
    assert [len(block) for block in MAIN_TABLE.values()] == [10, 9]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "-"), (pd.NaT, "-"), (True, "yes"), (np.False_, "no"), (0.5, "0.5"),
        (np.int64(7), "7"), (dt.datetime(2025, 10, 17), "2025-10-17"), ("a\nb", "a b"),
        (dt.datetime(2025, 10, 17, 8), "2025-10-17 08:00:00"), (dt.date(2025, 1, 2), "2025-01-02"),
    ],
)  # fmt: skip
def test_a_cell_of_any_type_is_a_word(value: Any, shown: str) -> None:
    assert cell_text(value, None) == shown


def test_a_figure_is_shown_by_its_kind() -> None:
    assert cell_text(350e9, BILLIONS) == "350.0"


def test_text_is_on_one_line() -> None:
    assert plain("a\r\n\tb\x00\u2028c\x85") == "a b c "
    assert plain(7) == "7"


def frame(**attributes: Any) -> pd.DataFrame:
    made = pd.DataFrame(
        {"a_usd": [2e9, float("nan")], "b_usd": [float("nan")] * 2, "count": [1, 2]},
        index=pd.MultiIndex.from_product([["s"], ["x", "y"]], names=["scenario", "structure"]),
    )
    labelled(made, {"a_usd": "USD", "b_usd": "USD"}, scenario_hash="8b5d 64c6")
    made.attrs.update(attributes)
    return made


def test_the_layout_of_a_frame() -> None:
    made = layout(frame(vintages=["s as of 2025-10-17"], notes=["of scenario 8b5d"]), title="T")
    (panel,) = made.panels
    assert made.caption == "T ($bn), s as of 2025-10-17"
    assert panel.columns == (
        Column("structure", "structure"),
        Column("a_usd", "a", "", kind_of("a_usd", "USD", panel.columns[1].kind)),
        Column("count", "count", "", COUNT),
    )
    assert panel.columns[1].kind.decimals == 2
    assert (panel.title, panel.stub) == ("", 1)
    assert panel.rows[0] == ("x", 2e9, 1)
    assert made.notes == (
        "of scenario 8b5d",
        "Columns unknown in every row: b_usd",
        f"tariffcalc {VERSION}; scenario 64c6",
    )


def test_without_a_vintage_or_with_two_the_scenario_is_said_in_each_row() -> None:
    for attributes in ({}, {"vintages": ["s as of 2025-10-17", "t as of 2025-10-29"]}):
        made = layout(frame(**attributes))
        assert made.panels[0].columns[0].name == "scenario"
        assert made.panels[0].stub == 2
    assert layout(frame()).caption == "Funding structures compared ($bn)"
    assert made.caption.endswith("($bn), s as of 2025-10-17; t as of 2025-10-29")


def test_the_only_level_of_the_rows_stays() -> None:
    listed = tc.list_scenarios()
    listed.attrs["vintages"] = ["one"]
    made = layout(listed.iloc[:1])
    assert [column.name for column in made.panels[0].columns] == ["scenario", "as_of", "title"]


def test_columns_that_are_not_chosen_are_named() -> None:
    made = layout(frame(), columns=["count"])
    assert [column.name for column in made.panels[0].columns[2:]] == ["count"]
    assert made.notes[0] == "Columns not shown: a_usd, b_usd"
    assert made.caption == "Funding structures compared"


def test_rows_without_a_name_are_named_by_the_columns_before_the_first_unit() -> None:
    made = layout(tc.ledger(SCENARIO, "three-years"))
    (panel,) = made.panels
    assert panel.stub == 4
    assert [c.name for c in panel.columns] == [
        "period", "payer", "payee", "account", "amount_usd", "structure",
    ]  # fmt: skip
    assert panel.columns[0].kind is COUNT
    assert made.caption == "Who pays whom, when ($bn), korea-us as of 2025-10-17"


def test_rows_without_a_name_or_a_unit_have_no_stub() -> None:
    plain_frame = pd.DataFrame({"a": [True, None], "b": pd.array([1, None], dtype="Int64")})
    (panel,) = layout(plain_frame).panels
    assert panel.stub == 0
    assert panel.columns[1].kind is COUNT
    assert panel.rows[1][0] is None
    assert np.isnan(panel.rows[1][1])


def test_a_series_is_a_row() -> None:
    terms = (SCENARIO.pledge.structures[1], SCENARIO.pledge, SCENARIO.economy, SCENARIO.valuation)
    made = layout(frame_of(tc.funding_metrics(*terms)))
    assert made.panels[0].rows[0][:2] == ("upfront-cash", 350e9)
    assert made.caption == "Table ($bn)"


def test_one_scale_for_all_dollars_and_trillions_said_in_the_heading() -> None:
    terms = (SCENARIO.pledge.structures[1], SCENARIO.pledge, SCENARIO.economy, SCENARIO.valuation)
    made = layout(tc.funding_path(*terms), split=False)
    headings = {c.name: c.heading for c in made.panels[0].columns}
    assert headings["outlay_krw"] == "outlay (tn, payer's currency)"
    assert headings["outlay_usd"] == "outlays" or headings["outlay_usd"] == "outlay"
    kinds = {c.kind for c in made.panels[0].columns if c.name.endswith("_usd") and c.kind}
    assert {kind.unit for kind in kinds} - {""} == {"$bn"}


def test_wide_tables_come_in_parts_of_twelve_columns() -> None:
    wide = pd.DataFrame(np.zeros((1, 25)), columns=[f"c{i}" for i in range(25)])
    panels = panels_of(list(wide.columns))
    assert {title: len(columns) for title, columns in panels.items()} == {
        "Part 1 of 3": 12, "Part 2 of 3": 12, "Part 3 of 3": 1,
    }  # fmt: skip
    assert panels_of(["c0"]) == {"": ["c0"]}
    assert panels_of([]) == {"": []}
    assert panels_of(["cash_usd", "other"]) == {"": ["cash_usd", "other"]}


def test_known_results_come_in_their_panels() -> None:
    table = tc.compare(SCENARIO, structures=["no-deal"], columns=["payback_year", "cash_usd"])
    assert panels_of(list(table.columns)) == {
        "What each structure costs the payer": ["cash_usd"],
        "When, against which capacity, and is it worth it": ["payback_year"],
    }
    drawn = tc.simulate(SCENARIO, draws=10, seed=1)
    assert [len(panel) for panel in panels_of(list(drawn.columns)).values()] == [10, 9]
    delayed = tc.cost_of_delay(SCENARIO, 1)
    assert [len(panel) for panel in panels_of(list(delayed.columns)).values()] == [8, 10]


def test_results_have_titles() -> None:
    irr = SCENARIO.replace({"tariffs.durability": 0.8})
    sensed = tc.sensitivity(SCENARIO, structures=["no-deal"])
    path = "tariffs.durability"
    elastic = tc.sensitivity(SCENARIO, method="elasticities", parameters=path)
    traded = tc.trade_off(SCENARIO, "upfront-cash", terms=["split_before"])
    titles = {
        "What differs": SCENARIO.diff(irr),
        "Every number, with its origin": SCENARIO.parameters(),
        "One number at a time": sensed,
        "Elasticity of the result": elastic,
        "Measures that cover a line": LAW.explain(CAR, on="2025-11-15").table,
        "A customs entry": LAW.customs_entry(CAR, 30_000, on="2025-11-15"),
        "Readings of the law": tc.list_conventions(),
        "Estimates of pass-through": tc.list_pass_through(),
        "Sets of elasticities": tc.list_elasticities(),
        "Packaged scenarios": tc.list_scenarios(),
        "What each month of delay costs": tc.cost_of_delay(SCENARIO, 1),
        "What a step of each term is worth": traded.values,
        "Table": pd.DataFrame({"a": [1]}),
    }
    assert {title: title_of(result) for title, result in titles.items()} == {t: t for t in titles}


def test_an_explanation_is_its_table() -> None:
    explained = LAW.explain(CAR, on="2025-11-15")
    assert frame_of(explained) is explained.table


def test_what_is_no_result_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        frame_of({"a": 1})
    assert str(caught.value) == (
        "result: a table of tariffcalc is needed (a DataFrame, a Series, a BreakEven or an "
        "Explanation), given dict"
    )


def break_even(**fields: Any) -> tc.BreakEven:
    known = {"path": "p", "structure": "s", "target": "net_benefit_usd", "value": 0.0}
    known |= {"bounds": (0.0, 1.0), "results": (-1.0, 2.0), "values": (), "brackets": ()}
    return tc.BreakEven(**(known | fields))


def test_a_break_even_is_a_frame_with_a_row_for_each_place() -> None:
    found = frame_of(break_even(values=(0.5,), brackets=((0.4, 0.6),), jumps=((0.7, 0.8),)))
    assert found.columns.tolist() == ["structure", "parameter", "outcome", "value", "from", "to"]
    assert found.iloc[0].tolist() == ["s", "p", "reached", 0.5, 0.4, 0.6]
    assert found.iloc[1].drop("value").tolist() == ["s", "p", "jumped over", 0.7, 0.8]
    assert np.isnan(found.iloc[1]["value"])
    assert layout(found).caption == "Where net_benefit_usd is 0"
    assert layout(found).notes[0] == "p searched from 0 to 1, where net_benefit_usd is -1 and 2"
    assert frame_of(break_even()).iloc[0].drop("value").tolist() == [
        "s", "p", "not reached", 0.0, 1.0,
    ]  # fmt: skip


def test_the_statuses_of_a_list_are_counted() -> None:
    counted = pd.DataFrame({"value": [1.0, 2.0], "status": ["reported", "assumption"]})
    assert layout(counted).notes[0] == "2 rows: 1 reported, 0 derived, 1 assumptions"
    assert layout(counted.assign(status="open")).notes == (f"tariffcalc {VERSION}",)
    assert layout(counted).panels[0].columns[0].kind is PLAIN
