import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
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
