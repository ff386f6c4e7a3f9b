import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.tariffs.conventions import Reading
from tariffcalc.tariffs.distinct import Distinct, distinct_lines
from tariffcalc.tariffs.lines import lines_of

ON = Reading(dt.date(2025, 10, 17))
NAN = np.nan


def measure_of(name: str = "m", **fields: Any) -> tc.TariffMeasure:
    return tc.TariffMeasure(
        **{"name": name, "authority": name, "rate": 0.25, "start": "2025-01-01", **fields}
    )


def rows_of(measures: tuple, reading: Reading = ON, **columns: Any) -> list[int]:
    """Return which of the different lines each line is."""
    count = max(len(values) for values in columns.values())
    rows = {"hs": ["8703"] * count, "partner": ["KOR"] * count, "mfn_rate": [0.0] * count}
    frame = pd.DataFrame({**rows, **columns})
    kept = frame.copy(deep=True)
    distinct = distinct_lines(measures, lines_of(frame), reading)
    pd.testing.assert_frame_equal(frame, kept)
    assert distinct.row.dtype == np.int64
    assert len(distinct.lines) == distinct.row.max(initial=-1) + 1
    # The different lines stand in the order in which they first appear.
    places = [distinct.row.tolist().index(row) for row in range(len(distinct.lines))]
    assert distinct.lines.frame.equals(frame.iloc[places])
    assert places == sorted(places)
    return distinct.row.tolist()


def test_lines_are_told_apart_by_code_and_partner() -> None:
    codes = ["8703", "72", "8703", "72", "870323"]
    assert rows_of((), hs=codes) == [0, 1, 0, 1, 2]
    partners = ["KOR", "JPN", "KOR", "DEU", "JPN"]
    assert rows_of((), hs=codes, partner=partners) == [0, 1, 0, 1, 2]
    korea = (measure_of(partners=["KOR"]),)
    assert rows_of(korea, hs=["87"] * 5, partner=partners) == [0, 1, 0, 1, 1]
    crossed = ["87", "72", "72", "87", "87"]
    assert rows_of(korea, hs=crossed, partner=partners) == [0, 1, 2, 3, 3]
    assert rows_of(korea, hs=["87", "72", "85"], partner=["KOR", "KOR", "JPN"]) == [0, 1, 2]


def test_partners_whom_every_measure_treats_alike_are_one() -> None:
    partners = ["JPN", "KOR", "DEU", "FRA", "GBR", "KOR"]
    for fields, expected in (
        ({}, [0, 0, 0, 0, 0, 0]),
        ({"partners": ["KOR", "JPN"]}, [0, 0, 1, 1, 1, 0]),
        ({"partners": ["EU27"]}, [0, 0, 1, 1, 0, 0]),
        ({"exempt_partners": ["FRA"]}, [0, 0, 0, 1, 0, 0]),
    ):
        assert rows_of((measure_of(**fields),), partner=partners) == expected
    both = measure_of("a", partners=["KOR"]), measure_of("b", exempt_partners=["FRA"])
    assert rows_of(both, partner=partners) == [0, 1, 0, 2, 0, 1]


def test_a_group_is_no_country_though_no_measure_tells_them_apart() -> None:
    assert rows_of((), partner=["JPN", "EU27", "DEU", "ROW", "THA", "EU27"]) == [0, 1, 0, 2, 0, 1]


def test_partners_of_a_table_of_shares_are_told_apart() -> None:
    partners = ["JPN", "KOR", "DEU", "EU27", "CHE", "GBR", "FRA"]
    table = Reading(ON.on, conventions={"x_share": "pharmaceutical-use-by-partner"})
    assert rows_of((), table, partner=partners) == [0, 0, 1, 2, 3, 0, 1]
    for value in ("lines", 0.5, "civil-aircraft-use"):
        other = Reading(ON.on, conventions={"x_share": value})
        assert rows_of((), other, partner=partners) == [0, 0, 0, 1, 0, 0, 0]


def test_lines_are_told_apart_by_every_figure_that_the_law_can_read() -> None:
    figures = [0.5, 0.25, 0.5, NAN, NAN, 0.0]
    for name in (
        "mfn_rate", "preferential_rate", "preference_use_share", "mfn_specific_usd_per_unit",
        "preferential_specific_usd_per_unit",
    ):  # fmt: skip
        assert rows_of((), **{name: figures}) == [0, 1, 0, 2, 2, 3]
    steel = (measure_of(content="steel_share"),)
    assert rows_of(steel, steel_share=figures) == [0, 1, 0, 2, 2, 3]
    assert rows_of((measure_of(content=0.5),), steel_share=figures) == [0] * 6
    for name in ("annual_quantity", "quota_share"):
        assert rows_of((measure_of(quota_quantity=0.0),), **{name: figures}) == [0, 1, 0, 2, 2, 3]
        assert rows_of((measure_of(),), **{name: figures}) == [0] * 6
    both = measure_of("a", content="steel_share"), measure_of("b", quota_quantity=1.0)
    assert rows_of(both, steel_share=[0.5, 0.25], annual_quantity=[1.0, 1.0]) == [0, 1]
    assert rows_of(both, mfn_rate=[0.5, 0.25], quota_share=[1.0, 1.0]) == [0, 1]


@pytest.mark.parametrize("name", ["quantity", "value_usd"])
def test_quantity_and_value_count_where_a_duty_is_per_unit(name: str) -> None:
    values = [1.0, 2.0, 1.0]
    assert rows_of((measure_of(),), **{name: values}) == [0, 0, 0]
    assert rows_of((measure_of(specific_usd_per_unit=0.0),), **{name: values}) == [0, 0, 0]
    assert rows_of((measure_of(), measure_of("s", specific_usd_per_unit=2.0)),
                   **{name: values}) == [0, 1, 0]  # fmt: skip
    for own in ("mfn_specific_usd_per_unit", "preferential_specific_usd_per_unit"):
        assert rows_of((), **{name: values, own: [0.0] * 3}) == [0, 1, 0]


def test_a_figure_that_is_unknown_is_told_apart_from_one_that_is_known() -> None:
    for figures, expected in (([0.5, NAN], [0, 1]), ([NAN, 0.5], [0, 1]), ([NAN, NAN], [0, 0])):
        assert rows_of((), mfn_rate=figures) == expected
    assert rows_of((), hs=["87", "87", "72"], mfn_rate=[0.5, 0.25, NAN]) == [0, 1, 2]


def test_figures_refine_what_codes_have_told_apart() -> None:
    columns = {"hs": ["87", "72", "87", "72", "87"], "mfn_rate": [0.1, 0.1, 0.2, 0.2, 0.1]}
    assert rows_of((), **columns) == [0, 1, 2, 3, 0]
    steel = {"steel_share": [0.0, 0.0, 0.0, 0.0, 1.0]}
    assert rows_of((measure_of(content="steel_share"),), **columns, **steel) == [0, 1, 2, 3, 4]
    aluminum = measure_of(content="aluminum_share"), measure_of("b", content="steel_share")
    more = {"steel_share": [1.0, 1.0, 0.0, 1.0], "aluminum_share": [0.5, 0.0, 0.5, 0.5]}
    assert rows_of(aluminum, **more) == [0, 1, 2, 0]


def test_no_lines_are_no_different_lines() -> None:
    frame = pd.DataFrame({"hs": ["87"], "partner": ["KOR"], "mfn_rate": [0.5]})[:0]
    distinct = distinct_lines((), lines_of(frame, empty=True), ON)
    assert len(distinct.lines) == 0
    assert distinct.spread(np.zeros(0)).tolist() == []


def test_values_of_different_lines_are_spread_over_all() -> None:
    frame = pd.DataFrame({"hs": ["87", "72"], "partner": ["KOR"] * 2})
    distinct = Distinct(lines_of(frame), np.array([1, 0, 1, 1]))
    assert distinct.spread(np.array([0.5, 0.25])).tolist() == [0.25, 0.5, 0.25, 0.25]
