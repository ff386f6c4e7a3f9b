import datetime as dt

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.analysis.others import _meant, _plain, _tables, others
from tariffcalc.errors import InputError, UnknownNameError

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
OWN = "pledge.structures.upfront-cash"
TWO = ["upfront-cash", "three-years"]


@pytest.mark.parametrize(
    "name",
    ["durability", "tariffs.durability", "project_irr", "rate", "cash_share", f"{OWN}.cash_share",
     f"{OWN}.draw_years", 7],
)  # fmt: skip
def test_a_number_is_left_to_others(name: object) -> None:
    assert others(PACKAGED, name, [0.5], TWO) == ((), ())


def test_an_unknown_name_is_left_to_those_who_refuse_it() -> None:
    assert others(PACKAGED, "durabilty", [0.5], TWO) == ((), ())
    assert others(PACKAGED, f"{OWN}.unknown", ["x"], TWO) == ((), ())


@pytest.mark.parametrize(
    ("name", "values", "paths", "plain"),
    [
        ("timing", ["all_end", "all_start"], ("valuation.timing",), ("all_end", "all_start")),
        ("valuation.timing", [np.str_("all_end")], ("valuation.timing",), ("all_end",)),
        ("snap_back", [True, np.bool_(False)], ("tariffs.snap_back",), (True, False)),
        ("law_date", ["2025-03-01", dt.date(2025, 4, 2)], ("tariffs.law_date",),
         (dt.date(2025, 3, 1), dt.date(2025, 4, 2))),
        ("schedule", ["deal"], tuple(f"pledge.structures.{n}.schedule" for n in TWO), ("deal",)),
        (f"{OWN}.schedule", ["deal"], (f"{OWN}.schedule",), ("deal",)),
        ("drawdown", [tc.Drawdown.level(4)], tuple(f"pledge.structures.{n}.drawdown" for n in TWO),
         (tc.Drawdown.level(4),)),
        ("response", [tc.StaticResponse(pass_through=1.0)], ("trade.response",),
         (tc.StaticResponse(pass_through=1.0),)),
        (f"{OWN}.headline_usd", [np.float64(1e11)], (f"{OWN}.headline_usd",), (1e11,)),
    ],
)  # fmt: skip
def test_names_of_what_is_no_number(name: str, values: list, paths: tuple, plain: tuple) -> None:
    found = others(PACKAGED, name, values, TWO)
    assert found == (paths, plain)
    assert [type(value) for value in found[1]] == [type(value) for value in plain]


def test_a_name_inside_structures_alone_needs_one_of_those_given() -> None:
    assert others(PACKAGED, "schedule", ["deal"], ["no-deal"])[0] == (
        "pledge.structures.no-deal.schedule",
    )
    assert others(PACKAGED, "drawdown", ["x"], ["unknown"])[0] == ()


def test_a_name_of_different_things_is_refused_with_its_paths() -> None:
    with pytest.raises(UnknownNameError) as caught:
        others(PACKAGED, "kind", ["x"], ["japan-terms", "credit-ceiling"])
    said = str(caught.value)
    assert said.startswith("'kind' can mean 8 different things; give the path: pledge.structures.")
    assert said.count(",") == 7


def test_what_a_name_means_by_hand() -> None:
    known = ["a.x", "b.x.y", "pledge.structures.one.x", "pledge.structures.two.x",
             "pledge.structures.two.z", "pledge.structures.one.t.z", "c.w"]  # fmt: skip
    assert _meant("c.w", known, ["one"]) == ("c.w",)
    assert _meant("w", known, ["one"]) == ("c.w",)
    assert _meant("z", known, ["two"]) == ("pledge.structures.two.z",)
    assert _meant("z", known, ["one"]) == ("pledge.structures.one.t.z",)
    assert _meant("y", known, []) == ("b.x.y",)
    assert _meant("x", known, []) == ("a.x",)
    assert _meant("v", known, ["one"]) == ()
    with pytest.raises(UnknownNameError) as caught:
        _meant("x", known, ["two"])
    assert str(caught.value) == (
        "'x' can mean 2 different things; give the path: pledge.structures.two.x, a.x"
    )
    with pytest.raises(UnknownNameError, match=r"^'z' can mean 2 .*two\.z, pledge.*one\.t\.z$"):
        _meant("z", known, ["one", "two"])


def test_tables_are_what_paths_lie_in_each_once() -> None:
    assert _tables(["a.b.c", "a.b.d", "e"]) == ["a", "a.b"]
    assert _tables([]) == []


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        (np.datetime64("2025-03-01"), dt.date(2025, 3, 1)),
        (pd.Timestamp("2025-03-01"), dt.date(2025, 3, 1)),
        (pd.Timestamp("2025-03-01 12:00"), dt.datetime(2025, 3, 1, 12)),
        (np.datetime64("2025-03-01T12"), dt.datetime(2025, 3, 1, 12)),
        (np.int64(3), 3),
        ("x", "x"),
    ],
)
def test_values_are_python_s_own(given: object, plain: object) -> None:
    found = _plain(given)
    assert found == plain
    assert type(found) is type(plain)


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="2025-13-01"):
        others(PACKAGED, "law_date", ["2025-13-01"], TWO)
