import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.tariffs.base import base_rates, specific
from tariffcalc.tariffs.conventions import Reading
from tariffcalc.tariffs.lines import Lines, lines_of

ON = Reading(dt.date(2025, 10, 17))
NAN = np.nan


def lines_from(**columns: Any) -> Lines:
    rows = {
        "hs": ["8703230140", "7208510030", "0406905700"],
        "partner": ["KOR", "KOR", "DEU"],
        "mfn_rate": [0.25, 0.0, 0.125],
    }
    return lines_of(pd.DataFrame({**rows, **columns}))


def measure_of(**fields: Any) -> tc.TariffMeasure:
    return tc.TariffMeasure(
        **{"name": "m", "authority": "m", "rate": 0.5, "start": "2025-01-01", "form": "base"}
        | fields
    )


def figures(lines: Lines, *measures: tc.TariffMeasure, reading: Reading = ON) -> list[list[float]]:
    """Return MFN, preferential rate and preference use."""
    found = base_rates(measures, lines, reading)
    assert all(values.dtype == np.float64 for values in found)
    return [values.tolist() for values in found]


def refusal(lines: Lines, *measures: tc.TariffMeasure, reading: Reading = ON) -> str:
    with pytest.raises(InputError) as caught:
        base_rates(measures, lines, reading)
    return str(caught.value)


def test_without_a_preference_the_base_rate_is_mfn() -> None:
    assert figures(lines_from()) == [[0.25, 0.0, 0.125], [0.25, 0.0, 0.125], [0.0, 0.0, 0.0]]


def test_a_preference_counts_where_it_is_known_and_differs_from_mfn() -> None:
    lines = lines_from(
        preferential_rate=[0.0625, NAN, 0.125], preference_use_share=[0.75, NAN, NAN]
    )
    assert figures(lines) == [[0.25, 0.0, 0.125], [0.0625, 0.0, 0.125], [0.75, 0.0, 0.0]]
    nullable = lines.frame.astype({"preferential_rate": "Float64"})
    assert figures(lines_of(nullable)) == figures(lines)


def test_a_preference_needs_its_use_from_the_lines_or_a_convention() -> None:
    lines = lines_from(preferential_rate=[0.0, NAN, 0.0])
    assert refusal(lines) == (
        "column 'preference_use_share' is needed by the preferential rate, and the lines have "
        "none; give it as a share of each line's value"
    )
    half = Reading(ON.on, conventions={"preference_use_share": 0.5})
    assert figures(lines, reading=half)[2] == [0.5, 0.0, 0.5]
    unknown = lines_from(preferential_rate=[0.0, 0.0, 0.0], preference_use_share=[1.0, NAN, NAN])
    assert refusal(unknown) == (
        "column 'preference_use_share' is needed by the preferential rate and not known in 1 row: "
        "'0406905700'; give the figure or leave the lines out"
    )


def test_an_unknown_mfn_rate_is_refused() -> None:
    assert refusal(lines_from(mfn_rate=[0.25, NAN, NAN])) == (
        "column 'mfn_rate' is needed by the base rate and not known in 2 rows (first 2: "
        "'7208510030', '0406905700'); give the figure or leave the lines out"
    )


@pytest.mark.parametrize("missing", [NAN, None])
def test_a_specific_part_is_its_share_of_value(missing: float | None) -> None:
    lines = lines_from(
        mfn_specific_usd_per_unit=pd.array([2.0, 0.0, missing], dtype="Float64"),
        preferential_rate=[0.0, NAN, 0.0625],
        preferential_specific_usd_per_unit=[1.0, NAN, 4.0],
        preference_use_share=[0.5, NAN, 1.0],
        quantity=[4.0, NAN, 1.0],
        value_usd=[64.0, 0.0, 32.0],
    )
    assert figures(lines) == [
        [0.25 + 2 * 4 / 64, 0.0, 0.125],
        [1 * 4 / 64, 0.0, 0.0625 + 4 / 32],
        [0.5, 0.0, 1.0],
    ]


def test_a_specific_part_needs_quantity_and_value_where_it_is_charged() -> None:
    mfn = {"mfn_specific_usd_per_unit": [2.0, 0.0, 0.0]}
    assert refusal(lines_from(**mfn)) == (
        "column 'quantity' is needed by the specific part of the base rate, and the lines have none"
    )
    low = {
        "preferential_rate": [0.0, NAN, 0.0], "preference_use_share": [1.0, NAN, 1.0],
        "preferential_specific_usd_per_unit": [2.0, 2.0, 0.0],
    }  # fmt: skip
    message = refusal(lines_from(**low, quantity=[1.0] * 3, value_usd=[0.0, 0.0, 1.0]))
    assert message == (
        "value_usd: a value above 0 is needed by the specific part of the preferential rate"
    )
    known = lines_from(**low, quantity=[1.0, NAN, NAN], value_usd=[4.0, 0.0, 0.0])
    assert figures(known)[1] == [0.5, 0.0, 0.0]


def test_a_base_measure_sets_the_rate_and_leaves_no_preference() -> None:
    lines = lines_from(
        preferential_rate=[0.0] * 3, preference_use_share=[0.5] * 3, quantity=[1.0, 2.0, 3.0],
        value_usd=[8.0] * 3,
    )  # fmt: skip
    own = measure_of(partners=["KOR"], exempt_products=["72"], specific_usd_per_unit=2.0)
    assert figures(lines, own) == [[0.75, 0.0, 0.125], [0.75, 0.0, 0.0], [0.0, 0.0, 0.5]]
    both = own, measure_of(name="n", products=["72"], rate=0.0625)
    assert figures(lines, *both)[0] == [0.75, 0.0625, 0.125]
    bare = lines_of(lines.frame[["hs", "partner"]])
    assert figures(bare, measure_of())[0] == [0.5, 0.5, 0.5]


def test_two_base_measures_on_a_line_are_refused() -> None:
    lines = lines_of(pd.DataFrame({"hs": ["87"] * 6 + ["72"], "partner": ["KOR"] * 7}))
    two = measure_of(name="a"), measure_of(name="b", products=["87"])
    assert refusal(lines, *two) == (
        "measure 'b': two base rates are in force on 2025-10-17 for 6 rows (first 5: '87', '87', "
        "'87', '87', '87'); end one before the other starts"
    )


def test_a_specific_duty_is_charged_where_it_is_asked_for() -> None:
    lines = lines_from(quantity=[4.0, 2.0, NAN], value_usd=[8.0, 16.0, 1.0])
    where = np.array([True, False, False])
    assert specific(measure_of(specific_usd_per_unit=0.25), lines, where).tolist() == [
        0.125, 0.0, 0.0,
    ]  # fmt: skip
    for nothing in (None, 0.0):
        free = measure_of(specific_usd_per_unit=nothing)
        assert specific(free, lines, np.array([True] * 3)).tolist() == [0.0] * 3
    with pytest.raises(InputError) as caught:
        specific(measure_of(specific_usd_per_unit=0.25), lines, np.array([True] * 3))
    assert str(caught.value) == (
        "column 'quantity' is needed by the specific duty of 'm' and not known in 1 row: "
        "'0406905700'; give the figure or leave the lines out"
    )
