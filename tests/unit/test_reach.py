import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.tariffs.conventions import Reading
from tariffcalc.tariffs.lines import Lines, lines_of
from tariffcalc.tariffs.reach import named_places, named_share, reach, specific_equivalent

ON = Reading(dt.date(2025, 10, 17))
COUNTED = Reading(dt.date(2025, 10, 17), coarse_lines="line_count")


def lines_from(**columns: Any) -> Lines:
    rows = {
        "hs": ["8703230140", "7208510030", "8703230140"],
        "partner": ["KOR", "KOR", "DEU"],
        "value_usd": [100.0, 50.0, 200.0],
        "quantity": [1.0, 10.0, 4.0],
    }
    return lines_of(pd.DataFrame({**rows, **columns}))


def measure_of(name: str = "m", **fields: Any) -> tc.TariffMeasure:
    fields = {"rate": 0.25, "start": "2025-01-01", **fields}
    return tc.TariffMeasure(name=name, authority="x", **fields)


def test_lines_are_named_by_product_and_partner_and_not_exempt() -> None:
    lines = lines_from()
    for fields, expected in (
        ({}, [1, 1, 1]),
        ({"products": ["87"]}, [1, 0, 1]),
        ({"partners": ["KOR"]}, [1, 1, 0]),
        ({"partners": ["EU27"]}, [0, 0, 1]),
        ({"exempt_partners": ["KOR"]}, [0, 0, 1]),
        ({"exempt_partners": ["EU27"]}, [1, 1, 0]),
        ({"partners": ["EU27"], "exempt_partners": ["FRA"]}, [0, 0, 1]),
        ({"products": ["87"], "partners": ["KOR"]}, [1, 0, 0]),
        ({"exempt_products": ["8703"]}, [0, 1, 0]),
        ({"products": ["87"], "exempt_products": ["8703230140"]}, [0] * 3),
        ({"products": ["section-232-passenger-cars"]}, [1, 0, 1]),
    ):
        share = named_share(measure_of(**fields), lines, ON)
        assert share.dtype == np.float64
        assert share.tolist() == expected, fields


def test_a_list_is_read_on_the_day_and_as_it_was_known() -> None:
    cars = measure_of(products=["section-232-passenger-cars"])
    early = Reading(dt.date(2025, 4, 2))
    assert named_share(cars, lines_from(), early).tolist() == [0.0] * 3
    unknown = Reading(dt.date(2025, 10, 17), as_of=dt.date(2025, 1, 1))
    assert named_share(cars, lines_from(), unknown).tolist() == [0.0] * 3


def test_a_line_too_coarse_for_a_measure_is_refused() -> None:
    lines = lines_from(hs=["8703", "87", "87"])
    for fields in ({"products": ["870323"]}, {"exempt_products": ["870323"]}):
        with pytest.raises(InputError) as caught:
            named_share(measure_of("cars", **fields), lines, ON)
        assert str(caught.value) == (
            "measure 'cars' names only a part of 3 rows (first 3: '8703', '87', '87'); "
            "give these lines at a finer HS level, or load the law with the convention "
            "coarse_lines='line_count'"
        )
    # Lines of other partners, and lines that the measure does not name anyway, may be coarse.
    other = measure_of("cars", products=["870323"], partners=["JPN"])
    assert named_share(other, lines, ON).tolist() == [0.0] * 3
    elsewhere = measure_of("cars", products=["72"], exempt_products=["870323"])
    assert named_share(elsewhere, lines, ON).tolist() == [0.0] * 3


def test_at_most_five_coarse_lines_are_named() -> None:
    lines = lines_of(pd.DataFrame({"hs": ["87"] * 6, "partner": ["KOR"] * 6}))
    with pytest.raises(
        InputError, match=r"part of 6 rows \(first 5: '87', '87', '87', '87', '87'\)"
    ):
        named_share(measure_of("cars", products=["8703"]), lines, ON)


def test_members_of_the_union_are_told_apart_only_on_their_own_lines() -> None:
    lines = lines_from(partner=["EU27", "KOR", "EU27"])
    for fields in ({"partners": ["PRT", "KOR"]}, {"exempt_partners": ["PRT"]}):
        with pytest.raises(InputError) as caught:
            named_share(measure_of("cork", **fields), lines, ON)
        assert str(caught.value) == (
            "measure 'cork' names only some members of EU27; give the lines of EU27 by member"
        )
    assert named_share(measure_of(partners=["KOR"]), lines, ON).tolist() == [0.0, 1.0, 0.0]
    assert named_share(measure_of(exempt_partners=["EU27"]), lines, ON).tolist() == [0, 1, 0]
    members = lines_from(partner=["PRT", "KOR", "DEU"])
    assert named_share(measure_of(partners=["PRT"]), members, ON).tolist() == [1.0, 0.0, 0.0]


def test_partners_are_named_once_each() -> None:
    places = named_places(measure_of(partners=["EU27", "KOR"], exempt_partners=["KOR"]),
                          ["KOR", "EU27", "DEU", "JPN"])  # fmt: skip
    assert places.dtype == bool
    assert places.tolist() == [False, True, True, False]


def test_content_is_a_share_of_what_is_named() -> None:
    lines = lines_from(steel_share=[0.5, 0.25, 1.0])
    for content, expected in (
        (None, [1.0, 0.0, 1.0]), (0.25, [0.25, 0.0, 0.25]), ("steel_share", [0.5, 0.0, 1.0])
    ):  # fmt: skip
        measure = measure_of(products=["87"], content=content)
        assert reach(measure, lines, ON).tolist() == expected
    fixed = Reading(ON.on, conventions={"steel_share": 0.75})
    measure = measure_of(products=["87"], content="steel_share")
    assert reach(measure, lines, fixed).tolist() == [0.75, 0.0, 0.75]


def test_a_quota_covers_what_enters_under_it() -> None:
    lines = lines_from(annual_quantity=[50.0, np.nan, 400.0])
    for quota, expected in ((100.0, [1.0, 0.0, 0.25]), (400.0, [1.0, 0.0, 1.0]),
                            (0.0, [0.0, 0.0, 0.0])):  # fmt: skip
        assert reach(measure_of(products=["87"], quota_quantity=quota), lines, ON).tolist() == (
            expected
        )
    nothing = lines_from(annual_quantity=[0.0, 0.0, 0.0])
    assert reach(measure_of(quota_quantity=7.0), nothing, ON).tolist() == [1.0] * 3
    with pytest.raises(InputError) as caught:
        reach(measure_of(quota_quantity=7.0), lines_from(), ON)
    assert str(caught.value) == (
        "column 'quota_share' is needed by the quota of measure 'm', as a share or as "
        "'annual_quantity', and the lines have none; "
        "give it as a share of each line's value"
    )
    with pytest.raises(InputError) as caught:
        reach(measure_of(quota_quantity=7.0), lines, ON)
    assert str(caught.value) == (
        "column 'annual_quantity' is needed by the quota of measure 'm' and not known in 1 row: "
        "'7208510030'; give the figure or leave the lines out"
    )
    assumed = Reading(ON.on, conventions={"quota_share": 0.75})
    assert reach(measure_of(quota_quantity=7.0), lines_from(), assumed).tolist() == [0.75] * 3


def test_a_specific_duty_is_its_share_of_value_where_it_is_charged() -> None:
    lines, where = lines_from(), np.array([True, False, True])
    found = specific_equivalent(5.0, lines, where, "the duty")
    assert found.tolist() == [0.05, 0.0, 0.1]
    by_line = specific_equivalent(np.array([1.0, 2.0, 10.0]), lines, where, "the duty")
    assert by_line.tolist() == [0.01, 0.0, 0.2]
    for name in ("quantity", "value_usd"):
        with pytest.raises(InputError) as caught:
            specific_equivalent(5.0, lines_of(lines.frame.drop(columns=[name])), where, "the duty")
        assert str(caught.value) == (
            f"column {name!r} is needed by the duty, and the lines have none"
        )
    with pytest.raises(InputError, match="value_usd: a value above 0 is needed by the duty"):
        specific_equivalent(5.0, lines_from(value_usd=[0.0, 0.0, 1.0]), where, "the duty")


def test_the_rest_of_the_world_is_a_group_like_the_union() -> None:
    lines = lines_from(partner=["ROW", "KOR", "ROW"])
    assert named_share(measure_of(partners=["ROW"]), lines, ON).tolist() == [1.0, 0.0, 1.0]
    with pytest.raises(InputError, match="names only some members of ROW; give the lines of ROW"):
        named_share(measure_of(partners=["BRA"]), lines, ON)
