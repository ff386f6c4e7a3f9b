import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.tariffs.conventions import Reading
from tariffcalc.tariffs.coverage import (
    coverage,
    displacement_order,
    refuse_circles,
)
from tariffcalc.tariffs.lines import Lines, lines_of

ON = Reading(dt.date(2025, 10, 17))


def lines_from(**columns: Any) -> Lines:
    rows = {
        "hs": ["8703230140", "7208510030", "8703230140"],
        "partner": ["KOR", "KOR", "DEU"],
        "value_usd": [100.0, 50.0, 200.0],
        "quantity": [1.0, 10.0, 4.0],
        "mfn_rate": [0.025, 0.0, 0.025],
    }
    return lines_of(pd.DataFrame({**rows, **columns}))


def measure_of(name: str, *displaces: str, **fields: Any) -> tc.TariffMeasure:
    fields = {"rate": 0.25, "start": "2025-01-01", **fields}
    return tc.TariffMeasure(name=name, authority=name, displaces=displaces, **fields)


def test_the_coverage_of_a_day_holds_only_what_adds_duty_on_it() -> None:
    measures = (
        measure_of("mfn", form="base", products=["72"], rate=0.04),
        measure_of("autos", "reciprocal", products=["8703"]),
        measure_of("ended", end="2025-10-16"),
        measure_of("reciprocal", partners=["KOR"], specific_usd_per_unit=2.0),
        measure_of("later", start="2025-10-18"),
    )
    law = coverage(measures, lines_from(), ON)
    assert [measure.name for measure in law.measures] == ["autos", "reciprocal"]
    assert law.charged.tolist() == [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    assert law.specific.tolist() == [[0.0, 0.0, 0.0], [2.0 / 100.0, 20.0 / 50.0, 0.0]]
    assert law.mfn.tolist() == law.preferential.tolist() == [0.025, 0.04, 0.025]
    assert law.use.tolist() == [0.0, 0.0, 0.0]


def test_no_measure_leaves_tables_of_no_rows() -> None:
    law = coverage((), lines_from(), ON)
    assert law.measures == ()
    assert law.charged.shape == law.specific.shape == (0, 3)


def test_a_preference_counts_where_it_is_given_and_differs() -> None:
    lines = lines_from(
        preferential_rate=[0.0, np.nan, 0.025], preference_use_share=[0.75, np.nan, np.nan]
    )
    law = coverage((), lines, ON)
    assert law.mfn.tolist() == [0.025, 0.0, 0.025]
    assert law.preferential.tolist() == [0.0, 0.0, 0.025]
    assert law.use.tolist() == [0.75, 0.0, 0.0]


def test_a_base_measure_sets_all_three_figures() -> None:
    lines = lines_from(preferential_rate=[0.0] * 3, preference_use_share=[0.5] * 3)
    own = measure_of("mfn", form="base", products=["8703"], partners=["KOR"], rate=0.1,
                     specific_usd_per_unit=3.0)  # fmt: skip
    law = coverage((own,), lines, ON)
    assert law.mfn.tolist() == [0.1 + 3.0 / 100.0, 0.0, 0.025]
    assert law.preferential.tolist() == [0.1 + 3.0 / 100.0, 0.0, 0.0]
    assert law.use.tolist() == [0.0, 0.0, 0.5]


def test_lines_under_base_measures_need_no_rate_of_their_own() -> None:
    lines = lines_of(lines_from().frame.drop(columns=["mfn_rate"]))
    parts = [measure_of("a", form="base", products=["87"], rate=0.1),
             measure_of("b", form="base", products=["72"], rate=0.2)]  # fmt: skip
    assert coverage(parts, lines, ON).mfn.tolist() == [0.1, 0.2, 0.1]
    with pytest.raises(InputError) as caught:
        coverage(parts[:1], lines, ON)
    assert str(caught.value) == (
        "column 'mfn_rate' is needed by the base rate, and the lines have none; "
        "add_base_rates gives it"
    )


def test_two_base_rates_for_one_line_are_refused() -> None:
    two = [measure_of("a", form="base"), measure_of("b", form="base", products=["8703"])]
    with pytest.raises(InputError) as caught:
        coverage(two, lines_from(), ON)
    assert str(caught.value) == (
        "measure 'b': two base rates are in force on 2025-10-17 for 2 rows (first 2: "
        "'8703230140', '8703230140'); end one before the other starts"
    )
    many = lines_of(pd.DataFrame({"hs": ["87"] * 7, "partner": ["KOR"] * 7}))
    with pytest.raises(InputError, match=r"for 7 rows \(first 5: '87', '87', '87', '87', '87'\);"):
        coverage([measure_of("a", form="base"), measure_of("b", form="base")], many, ON)


@pytest.mark.parametrize(
    ("content", "expected"),
    [(None, [1.0, 0.0, 1.0]), (0.25, [0.25, 0.0, 0.25]), ("steel_share", [0.5, 0.0, 0.125])],
)
def test_a_measure_reaches_its_content_of_the_lines_it_names(
    content: float | str | None, expected: list
) -> None:
    lines = lines_from(steel_share=[0.5, np.nan, 0.125])
    law = coverage((measure_of("steel", products=["87"], content=content),), lines, ON)
    assert law.charged.tolist() == [expected]


def test_a_column_of_shares_names_the_measure_that_needs_it() -> None:
    with pytest.raises(InputError) as caught:
        coverage((measure_of("steel", content="steel_share"),), lines_from(), ON)
    assert str(caught.value) == (
        "column 'steel_share' is needed by measure 'steel', and the lines have none; "
        "give it as a share of each line's value"
    )


def test_a_specific_duty_asks_for_figures_only_where_it_is_charged() -> None:
    lines = lines_from(quantity=[1.0, np.nan, 4.0], value_usd=[100.0, 0.0, 200.0])
    dairy = measure_of("dairy", products=["8703"], specific_usd_per_unit=5.0)
    assert coverage((dairy,), lines, ON).specific.tolist() == [[0.05, 0.0, 0.1]]
    nowhere = measure_of("dairy", content=0.0, specific_usd_per_unit=5.0)
    assert coverage((nowhere,), lines, ON).measures == ()
    free = measure_of("dairy", products=["72"], specific_usd_per_unit=0.0)
    assert coverage((free,), lines, ON).specific.tolist() == [[0.0, 0.0, 0.0]]
    with pytest.raises(InputError, match="'quantity' is needed by the specific duty of 'dairy'"):
        coverage((measure_of("dairy", specific_usd_per_unit=5.0),), lines, ON)


def test_a_specific_duty_on_goods_worth_nothing_is_refused() -> None:
    lines = lines_from(value_usd=[100.0, 0.0, 200.0])
    with pytest.raises(InputError) as caught:
        coverage((measure_of("dairy", specific_usd_per_unit=5.0),), lines, ON)
    assert str(caught.value) == (
        "value_usd: a value above 0 is needed by the specific duty of 'dairy'"
    )


def test_displacers_are_placed_before_what_they_displace() -> None:
    measures = [measure_of("c"), measure_of("b", "c"), measure_of("d"), measure_of("a", "b", "c")]
    order, displaced_by = displacement_order(measures)
    assert order.tolist() == [2, 3, 1, 0]
    assert order.dtype == np.int64
    assert displaced_by.tolist() == [
        [False, True, False, True],
        [False, False, False, True],
        [False, False, False, False],
        [False, False, False, False],
    ]


def test_no_measures_have_an_order_of_none() -> None:
    order, displaced_by = displacement_order(())
    assert order.tolist() == []
    assert order.dtype == np.int64
    assert displaced_by.shape == (0, 0)


def test_measures_in_a_circle_are_refused_by_authority() -> None:
    circle = [measure_of("d"), measure_of("c", "a"), measure_of("a", "b"), measure_of("b", "c")]
    message = "the authorities a, b, c displace each other in a circle; say which one comes first"
    for refuse in (displacement_order, refuse_circles):
        with pytest.raises(InputError) as caught:
            refuse(circle)
        assert str(caught.value) == message


def test_a_circle_that_opens_later_is_refused_and_one_that_never_closes_is_not() -> None:
    first = measure_of("a", "b", end="2025-06-30")
    for start, meets in (("2025-06-30", True), ("2025-07-01", False)):
        pair = [first, measure_of("b", "a", start=start)]
        if meets:
            with pytest.raises(InputError, match="the authorities a, b displace each other"):
                refuse_circles(pair)
        else:
            assert refuse_circles(pair) is None


def test_partners_whose_law_is_not_held_are_refused() -> None:
    lines = lines_from(partner=["KOR", "DEU", "THA"])
    for known in ((), ("KOR", "EU27", "THA"), ("THA", "KOR", "DEU")):
        assert coverage((), lines, Reading(ON.on, partners=known)).mfn.tolist() == [0.025, 0, 0.025]
    with pytest.raises(InputError) as caught:
        coverage((), lines, Reading(ON.on, partners=("KOR", "JPN", "ROW")))
    assert str(caught.value) == (
        "the schedule holds the law on KOR, JPN, ROW, and not on 2 partners (first 2: 'DEU', "
        "'THA'); leave these lines out, or let them pay what a country without rates of its own "
        "pays: .with_convention('other_partners', 'rest')"
    )
    others = ["AUS", "BRA", "MYS", "NOR", "NZL", "THA", "TUR"]
    many = lines_of(pd.DataFrame({"hs": ["87"] * 7, "partner": others}))
    with pytest.raises(
        InputError, match=r"on 7 partners \(first 5: 'AUS', 'BRA', 'MYS', 'NOR', 'NZL'\); leave"
    ):
        coverage((), many, Reading(ON.on, partners=("KOR",)))
    with pytest.raises(InputError, match="and not on 1 partner: 'EU27'; leave these lines out"):
        coverage((), lines_from(partner=["KOR", "DEU", "EU27"]),
                 Reading(ON.on, partners=("KOR", "DEU")))  # fmt: skip


def test_a_measure_may_be_displaced_by_authority_or_by_name() -> None:
    steel = [
        tc.TariffMeasure(name=name, authority="steel", rate=0.25, start="2025-01-01")
        for name in ("steel-a", "steel-b")
    ]
    for word, rows in (("steel", [0, 1]), ("steel-b", [1]), ("steel-c", [])):
        _, displaced_by = displacement_order([*steel, measure_of("autos", word)])
        assert np.flatnonzero(displaced_by[:, 2]).tolist() == rows
        assert not displaced_by[:, :2].any()
