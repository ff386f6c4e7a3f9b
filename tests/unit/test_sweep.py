import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.analysis import batches
from tariffcalc.errors import ChunkError, InputError
from tariffcalc.scenario.evaluate import COLUMNS

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
FLOWS = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024").frame.iloc[::400])
STRUCTURES = [structure.name for structure in PACKAGED.pledge.structures]


def swept(values: object, **options: object) -> pd.DataFrame:
    options = {"structures": ["upfront-cash"], "flows": FLOWS, **options}
    return tc.sweep(PACKAGED, values, **options)  # type: ignore[arg-type]


def test_a_sweep_is_a_long_table_structure_by_structure() -> None:
    table = swept({"durability": [0.5, 1.0], "relief_years": range(1, 4)}, structures=None)
    assert list(table.columns) == [
        "structure",
        "durability",
        "relief_years",
        "net_cost_usd",
        "relief_pv_usd",
        "net_benefit_usd",
        "peak_over_fx_capacity",
    ]
    assert table.index.equals(pd.RangeIndex(6 * len(STRUCTURES)))
    assert table["structure"].tolist() == [name for name in STRUCTURES for _ in range(6)]
    assert table["durability"].tolist()[:6] == [0.5, 0.5, 0.5, 1.0, 1.0, 1.0]
    assert table["relief_years"].tolist()[:6] == [1.0, 2.0, 3.0] * 2
    assert table.attrs["units"] == {
        "net_cost_usd": "USD",
        "relief_pv_usd": "USD",
        "net_benefit_usd": "USD",
        "peak_over_fx_capacity": "multiple of yearly FX capacity",
    }
    assert table.attrs["scenario_hash"] == PACKAGED.hash


def test_columns_may_be_chosen_or_all() -> None:
    assert list(swept({"durability": [1]}, columns=None))[2:] == list(COLUMNS)
    asked = ["payback_year", "cash_usd"]
    assert list(swept({"durability": [1]}, columns=asked))[2:] == asked


@pytest.mark.parametrize(
    "points",
    [
        0.5,
        np.float64(0.5),
        np.float32(0.5),
        [0.5],
        (0.5,),
        {0.5},
        np.array([0.5]),
        pd.Series([0.5], index=[7]),
        {0.5: "x"}.keys(),
    ],
)
def test_values_come_in_any_shape_of_list(points: object) -> None:
    assert swept({"durability": points})["durability"].tolist() == [0.5]


def test_values_may_come_one_by_one() -> None:
    points = (tenths / 10 for tenths in range(3))
    assert swept({"durability": points})["durability"].tolist() == [0.0, 0.1, 0.2]


def test_whole_numbers_come_from_ranges_and_numpy() -> None:
    for points in (range(1, 3), np.arange(1, 3), [np.int64(1), 2]):
        assert swept({"draw_years": points})["draw_years"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("0.5", "durability: a number is needed, given '0.5'"),
        (b"1", "durability: a number is needed, given b'1'"),
        (["0.5"], "durability: a number is needed, given '0.5'"),
        (None, "durability: a number is needed, given None"),
        ([True], "durability: a number is needed, given True"),
        ([0.5, np.inf], ("durability: a finite number is needed, given inf; leave out what is "
         "unknown")),
        ([np.float64("nan")], ("durability: a finite number is needed, given nan; leave out what "
         "is unknown")),
        ([[0.5]], "durability: a number is needed, given [0.5]"),
        (np.array(0.5), "durability: a number is needed, given array(0.5)"),
        ([], "durability: at least one value is needed, given none"),
        (np.array([]), "durability: at least one value is needed, given none"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_numbers_is_refused(points: object, said: str) -> None:
    with pytest.raises(InputError) as caught:
        swept({"durability": points})
    assert str(caught.value) == said


def test_values_side_by_side_have_one_length() -> None:
    pairs = swept({"durability": [0.5, 0.6], "project_irr": [0.1, 0.2]}, paired=True)
    assert pairs[["durability", "project_irr"]].to_numpy().tolist() == [[0.5, 0.1], [0.6, 0.2]]
    with pytest.raises(InputError) as caught:
        swept({"durability": [0.5, 0.6], "project_irr": [0.1]}, paired=True)
    assert str(caught.value) == (
        "paired values need one length, given {'durability': 2, 'project_irr': 1}"
    )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "values: at least one path is needed, such as {'project_irr': [0.05, 0.1]}"),
        (None, "values: a mapping from path to values is needed, given None"),
        ([("durability", [1])], ("values: a mapping from path to values is needed, given "
         "[('durability', [1])]")),
    ],
)  # fmt: skip
def test_values_are_by_path(values: object, said: str) -> None:
    with pytest.raises(InputError) as caught:
        swept(values)
    assert str(caught.value) == said


def test_a_path_of_another_structure_changes_nothing() -> None:
    path = "pledge.structures.three-years.project_irr"
    table = swept({path: [0.0, 0.1]})
    assert table["net_cost_usd"].nunique() == 1


def test_a_term_is_set_where_it_can_be() -> None:
    table = swept({"cash_share": [0.0, 1.0]}, structures=["no-deal", "upfront-cash"])
    cost = table.groupby("structure")["net_cost_usd"].nunique()
    assert cost.to_dict() == {"no-deal": 1, "upfront-cash": 2}


def test_tables_come_chunk_by_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "CASES_PER_CHUNK", 4)
    grid, steps = {"durability": [0.5, 1.0], "relief_years": [1, 2, 3]}, []
    mapped = lambda function, jobs: [function(job) for job in jobs]  # noqa: E731
    tables = list(
        tc.sweep_chunks(
            PACKAGED, grid, structures=["upfront-cash"], columns=["relief_pv_usd"], flows=FLOWS,
            map=mapped, progress=steps.append,
        )
    )  # fmt: skip
    assert steps == [4, 2]
    assert [len(table) for table in tables] == [4, 2]
    whole = swept(grid, columns=["relief_pv_usd"])
    pd.testing.assert_frame_equal(pd.concat(tables, ignore_index=True), whole, check_exact=True)
    for table in tables:
        assert table.attrs == whole.attrs
    paired = {"durability": [0.5, 1.0], "relief_years": [1, 2]}
    (pairs,) = tc.sweep_chunks(
        PACKAGED, paired, structures=["upfront-cash"], paired=True, flows=FLOWS
    )
    pd.testing.assert_frame_equal(pairs, swept(paired, paired=True), check_exact=True)
    with pytest.raises(InputError, match="durability: a number is needed, given 'x'"):
        tc.sweep_chunks(PACKAGED, {"durability": ["x"]}, flows=FLOWS)
    with pytest.raises(InputError, match="map: a function is needed, given 3"):
        list(tc.sweep_chunks(PACKAGED, grid, flows=FLOWS, map=3))  # type: ignore[arg-type]


def test_each_combination_of_categories_is_a_scenario_of_its_own() -> None:
    grid = {"timing": ["all_start", "all_end"], "durability": [0.5, 0.9], "snap_back": [True]}
    table = swept(grid, columns=["net_benefit_usd"])
    assert table["timing"].tolist() == ["all_start"] * 2 + ["all_end"] * 2
    for row in table.itertuples():
        own = PACKAGED.replace(
            {"valuation.timing": row.timing, "tariffs.durability": row.durability,
             "tariffs.snap_back": True}
        )  # fmt: skip
        single = tc.compare(own, structures=["upfront-cash"], flows=FLOWS)["net_benefit_usd"]
        assert row.net_benefit_usd == single.item()


def test_a_number_inside_a_table_that_is_silent_on_it_is_swept() -> None:
    loan = "pledge.structures.japan-terms.tranches.strategic-loans.instrument"
    short = {"kind": "loan", "rate": 0.05, "maturity_years": 5}
    tables = [short, {**short, "maturity_years": 10}]
    grace = f"{loan}.grace_years"
    asked = {"structures": ["japan-terms"], "columns": ["net_cost_usd"]}
    table = swept({loan: tables, grace: [0, 2]}, **asked)
    costs = iter(table["net_cost_usd"])
    for given in tables:
        for years in (0, 2):
            own = PACKAGED.replace({loan: given, grace: years})
            single = tc.compare(own, **asked, flows=FLOWS)
            assert next(costs) == single["net_cost_usd"].item()
    assert short == {"kind": "loan", "rate": 0.05, "maturity_years": 5}
    with pytest.raises(InputError, match="grace_years 7 leaves no year of repayment"):
        swept({loan: tables, grace: [0, 7]}, **asked)


def test_limits_are_met_in_every_combination() -> None:
    timing = {"timing": ["all_start", "all_end"], "durability": [0.5, 1.5]}
    with pytest.raises(InputError, match=r"less than or equal to 1, given 1\.5"):
        swept(timing)
    said = r"^tariffs\.relief_years: whole numbers are needed, given 2\.5"
    with pytest.raises(InputError, match=said):
        swept({"timing": ["all_start", "all_end"], "relief_years": [1.0, 2.5, 4.0]})
    loan = "pledge.structures.japan-terms.drawdown"
    both = {loan: [tc.Drawdown.level(2)], "draw_years": [2]}
    with pytest.raises(InputError, match="set the same numbers"):
        swept(both, structures=["japan-terms"])


def test_a_chunk_of_a_sweep_is_named_by_its_points() -> None:
    with pytest.raises(ChunkError, match=r"^chunk 1 of 1 \(points 1 to 2\) failed: the map ended"):
        swept({"durability": [0.5, 1.0]}, map=lambda *_: [])
