import datetime as dt

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.analysis.grids import Axis, Grid, grid_of
from tariffcalc.analysis.others import others
from tariffcalc.errors import InputError, UnknownNameError

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
NUMBERS = Axis("a", ("p.a", "q.a"), np.array([3.0, 1.0, 2.0]))
WORDS = Axis("b", ("p.b",), None, ("x", "y"))
SWITCHES = Axis("c", ("p.c",), None, (True, False, True))


def test_points_are_numbered_with_the_last_axis_fastest() -> None:
    grid = Grid((NUMBERS, WORDS, SWITCHES), paired=False)
    assert grid.size == 18
    places = grid.places(4, 8)
    assert [place.tolist() for place in places] == [[0, 0, 1, 1], [1, 1, 0, 0], [1, 2, 0, 1]]
    assert {path: v.tolist() for path, v in grid.numbers(places).items()} == {
        "p.a": [3.0, 3.0, 1.0, 1.0],
        "q.a": [3.0, 3.0, 1.0, 1.0],
    }
    assert grid.groups(places).tolist() == [4, 5, 0, 1]
    assert grid.changes(5) == {"p.b": "y", "p.c": True}
    assert grid.changes(1) == {"p.b": "x", "p.c": False}
    assert grid.all_groups() == list(range(6))


def test_corners_are_the_ends_of_the_numbers() -> None:
    other = Axis("d", ("p.d",), np.array([7.0]))
    corners = Grid((NUMBERS, WORDS, other), paired=False).corners()
    assert {path: v.tolist() for path, v in corners.items()} == {
        "p.a": [1.0, 3.0],
        "q.a": [1.0, 3.0],
        "p.d": [7.0, 7.0],
    }
    two = Grid((NUMBERS, Axis("e", ("p.e",), np.array([5.0, 4.0]))), paired=False).corners()
    assert list(zip(two["p.a"], two["p.e"], strict=True)) == [(1, 4), (1, 5), (3, 4), (3, 5)]


def test_pairs_go_side_by_side() -> None:
    grid = Grid((NUMBERS, SWITCHES), paired=True)
    assert grid.size == 3
    assert [place.tolist() for place in grid.places(1, 3)] == [[1, 2], [1, 2]]
    assert grid.all_groups() == [0, 1, 2]
    assert grid.corners()["p.a"].tolist() == [3.0, 1.0, 2.0]


def test_columns_have_the_type_of_their_values() -> None:
    here = np.array([1, 0])
    assert NUMBERS.column(here).tolist() == [1.0, 3.0]
    assert WORDS.column(here).dtype == "str"
    assert SWITCHES.column(here).dtype == np.bool_
    days = Axis("d", ("p",), None, (dt.date(2025, 1, 2), dt.date(2025, 3, 4)))
    assert days.column(here).tolist() == [dt.datetime(2025, 3, 4), dt.datetime(2025, 1, 2)]
    assert days.column(here).dtype == "datetime64[us]"
    assert Axis("n", ("p",), None, (1, 2.5)).column(here).tolist() == [2.5, 1.0]
    assert Axis("n", ("p",), None, (1, 2)).column(here).dtype == np.int64
    assert Axis("m", ("p",), None, (1, "x")).column(here).tolist() == ["x", 1]


@pytest.mark.parametrize(
    ("name", "values", "paths", "plain"),
    [
        ("durability", [0.5], (), ()),
        ("cash_share", [0.5], (), ()),
        (7, [0.5], (), ()),
        ("nothing", [0.5], (), ()),
        ("law_date", ["2025-03-04"], ("tariffs.law_date",), (dt.date(2025, 3, 4),)),
        ("law_date", [pd.Timestamp("2025-03-04")], ("tariffs.law_date",), (dt.date(2025, 3, 4),)),
        ("timing", [np.str_("all_end")], ("valuation.timing",), ("all_end",)),
        ("snap_back", [np.bool_(True)], ("tariffs.snap_back",), (True,)),
        ("schedule", ["deal"], ("pledge.structures.no-deal.schedule",), ("deal",)),
        ("waterfall.daa", ["x"], (), ()),
    ],
)
def test_what_is_no_number_is_found(name: object, values: list, paths: tuple, plain: tuple) -> None:
    found, given = others(PACKAGED, name, values, ["no-deal"])
    assert (found, given) == (paths, plain)
    assert [type(one) for one in given] == [type(one) for one in plain]


def test_a_word_may_stand_for_several_things_or_structures() -> None:
    names = ["upfront-cash", "three-years"]
    paths, _ = others(PACKAGED, "drawdown", [tc.Drawdown.upfront()], names)
    assert paths == tuple(f"pledge.structures.{name}.drawdown" for name in names)
    with pytest.raises(UnknownNameError, match=r"^'kind' can mean \d+ different things; give the"):
        others(PACKAGED, "kind", ["loan"], names)


def test_one_value_may_stand_alone_and_two_names_not_for_one() -> None:
    grid = grid_of(PACKAGED, {"timing": "all_end"}, ["no-deal"], paired=False)
    assert grid.axes[0].values == ("all_end",)
    values = {"timing": ["all_end"], "valuation.timing": ["all_end"]}
    with pytest.raises(InputError, match=r"^valuation.timing is set by two of the given names"):
        grid_of(PACKAGED, values, ["no-deal"], paired=False)
