from typing import Any

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.tariffs import rates
from tariffcalc.tariffs.distinct import Distinct
from tariffcalc.tariffs.lines import lines_of
from tariffcalc.tariffs.rates import authorities_of, base_and_parts, rate_columns, total_rate

ON = "2025-10-17"


def measure_of(name: str, **fields: Any) -> tc.TariffMeasure:
    return tc.TariffMeasure(
        **{"name": name, "authority": name, "rate": 0.25, "start": "2025-01-01", **fields}
    )


LAW = tc.TariffSchedule(
    measures=(
        measure_of("steel", products=["72"], displaces=["rest"]),
        measure_of("free", form="exemption", rate=0.0, partners=["MEX"], displaces=["rest"]),
        measure_of("rest", form="all_in", rate=0.125),
        measure_of("more", authority="steel", rate=0.5, partners=["KOR"]),
        measure_of("base", form="base", products=["85"], rate=0.0625),
    )
)
LINES = pd.DataFrame(
    {
        "hs": ["7208", "8703", "8703", "85", "7208"],
        "partner": ["KOR", "MEX", "JPN", "JPN", "MEX"],
        "mfn_rate": [0.0, 0.025, 0.025, np.nan, 0.5],
    }
)


def test_authorities_add_duty_in_the_order_in_which_they_occur() -> None:
    assert authorities_of(LAW.measures) == ("steel", "rest")
    assert authorities_of(LAW.measures[::-1]) == ("steel", "rest")
    assert authorities_of(LAW.measures[1:3]) == ("rest",)
    assert authorities_of(()) == ()


def test_rates_by_authority_by_hand() -> None:
    expected = {
        "base_rate": [0.0, 0.025, 0.025, 0.0625, 0.5],
        "steel_rate": [0.75, 0.0, 0.0, 0.0, 0.25],
        "rest_rate": [0.0, 0.0, 0.1, 0.0625, 0.0],
        "total_rate": [0.75, 0.025, 0.125, 0.125, 0.75],
    }
    found = LAW.rates(LINES, on=ON)
    assert found.columns.tolist() == ["hs", "partner", *expected]
    for name, values in expected.items():
        assert found[name].tolist() == pytest.approx(values, rel=1e-15)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6])
def test_lines_worked_out_in_chunks_have_the_same_rates(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = LAW.rates(LINES, on=ON)
    monkeypatch.setattr(rates, "CHUNK", size)
    pd.testing.assert_frame_equal(LAW.rates(LINES, on=ON), whole, check_exact=True)


def test_parts_are_added_to_the_base_one_after_the_other() -> None:
    base = np.array([0.1, 0.0])
    parts = {"a": np.array([0.2, 1.0]), "b": np.array([0.3, 0.5])}
    assert total_rate(base, parts).tolist() == [(0.1 + 0.2) + 0.3, 1.5]
    assert base.tolist() == [0.1, 0.0]
    assert total_rate(base, {}) is base


def test_columns_are_spread_over_all_lines() -> None:
    distinct, reading = Distinct(lines_of(LINES), np.array([1, 0, 1])), LAW.reading(ON)
    base, parts = base_and_parts(LAW.measures, distinct.lines, reading)
    columns = rate_columns(LAW.measures, distinct, reading)
    assert list(columns) == ["base_rate", "steel_rate", "rest_rate", "total_rate"]
    assert columns["base_rate"].tolist() == base[[1, 0, 1]].tolist()
    assert columns["rest_rate"].tolist() == parts["rest"][[1, 0, 1]].tolist()
    assert list(parts) == ["steel", "rest"]
