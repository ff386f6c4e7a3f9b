import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.tariffs import base_lookup

NAN = math.nan
COLUMNS = [
    "mfn_text", "mfn_rate", "mfn_specific_usd_per_unit", "preferential_text", "preferential_rate",
    "preferential_specific_usd_per_unit",
]  # fmt: skip
FILE = "law/hts-codes.csv.gz"
TARIFF = pd.DataFrame(
    [
        ("0102290010", "2025-32", "kg", "3.4¢/kg + 8.5%", "Free"),
        ("0101210010", "2025-32", "No.", "Free", None),
        ("0101210020", "2025-32", "No.", "Free", "Free"),
        ("0101290010", "2025-32", "No.", "2.5%", "Free"),
        ("0101290020", "2025-32", "No.", "See 9822.05.15", "1¢/kg"),
        ("9102111000", "2025-32", "No.", "41¢ each + 5% on the case", "5%"),
        ("9801001000", "2025-32", "", None, None),
    ],
    columns=["hs", "revision", "unit", "mfn_text", "korus_text"],
)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put a tariff of seven lines in place of the packaged one."""
    monkeypatch.setattr(base_lookup, "data_table", lambda name: {FILE: TARIFF}[name].copy())
    base_lookup._schedule.cache_clear()
    yield
    base_lookup._schedule.cache_clear()


def look_up(*rows: tuple[str, str]) -> list[list[Any]]:
    frame = pd.DataFrame(rows, columns=["hs", "partner"])
    found = tc.add_base_rates(frame)
    return [[None if cell != cell else cell for cell in row]
            for row in found[COLUMNS].to_numpy(dtype=object).tolist()]  # fmt: skip


@pytest.mark.parametrize(
    ("hs", "partner", "row"),
    [
        ("0102290010", "KOR", ["3.4¢/kg + 8.5%", 0.085, 0.034, "Free", 0.0, 0.0]),
        ("0102290010", "JPN", ["3.4¢/kg + 8.5%", 0.085, 0.034, "", None, None]),
        ("0101210010", "KOR", ["Free", 0.0, 0.0, "", None, None]),
        ("01012900", "KOR", ["", None, None, "", None, None]),
        ("010121", "KOR", ["Free", 0.0, 0.0, "", None, None]),  # Free, and nothing
        ("0101290020", "KOR", ["See 9822.05.15", None, None, "1¢/kg", 0.0, 0.01]),
        ("0101", "JPN", ["", None, None, "", None, None]),
        ("0102", "KOR", ["3.4¢/kg + 8.5%", 0.085, 0.034, "Free", 0.0, 0.0]),
        ("91", "KOR", ["41¢ each + 5% on the case", None, None, "5%", 0.05, 0.0]),
        ("98", "KOR", ["", None, None, "", None, None]),
    ],
)
def test_rates_are_those_of_the_lines_below_a_code_where_they_agree(
    hs: str, partner: str, row: list
) -> None:
    assert look_up((hs, partner)) == [row]


def test_the_lines_are_copied_in_order_with_six_columns_more() -> None:
    frame = pd.DataFrame(
        {"hs": ["0102", "010121", "0102"], "partner": ["KOR", "KOR", "JPN"], "port": [1, 2, 3]},
        index=[5, 5, 1],
    )
    kept = frame.copy(deep=True)
    found = tc.add_base_rates(frame)
    pd.testing.assert_frame_equal(frame, kept)
    assert found.columns.tolist() == ["hs", "partner", "port", *COLUMNS]
    assert found[frame.columns].equals(frame)
    assert found["mfn_rate"].tolist() == [0.085, 0.0, 0.085]
    assert found["preferential_text"].tolist() == ["Free", "", ""]
    assert found["preferential_rate"].isna().tolist() == [False, True, True]
    for name in COLUMNS:
        numbers = not name.endswith("_text")
        assert (found[name].dtype == np.float64) is numbers
    fraction, unit = "fraction of customs value", "USD per unit of quantity"
    assert found.attrs["units"] == {
        "mfn_rate": fraction, "preferential_rate": fraction, "mfn_specific_usd_per_unit": unit,
        "preferential_specific_usd_per_unit": unit,
    }  # fmt: skip
    assert found.attrs["scenario_hash"] is None


def test_no_lines_have_no_rates() -> None:
    found = tc.add_base_rates(pd.DataFrame({"hs": ["01"], "partner": ["KOR"]})[:0])
    assert len(found) == 0
    assert found.columns.tolist() == ["hs", "partner", *COLUMNS]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (
            {"hs": ["0101"]},
            "base rates cannot be added: 1 fault\n  - columns missing: partner",
        ),
        (
            {"hs": ["011"], "partner": ["KOR"]},
            (
                "base rates cannot be added: 1 fault\n  - hs: 2, 4, 6, 8 or 10 digits are needed "
                "in 1 code: '011'; did you mean '0011'? A leading zero was lost"
            ),
        ),
        (
            {"hs": ["0101"], "partner": ["KOR"], "mfn_rate": [0.5], "preferential_text": [""]},
            "columns exist already: mfn_rate, preferential_text; rename them first",
        ),
        (
            {"hs": ["0101", "0103", "0103"], "partner": ["KOR"] * 3},
            (
                "the tariff schedule has no line for 1 code: '0103'; check the codes, or give "
                "mfn_rate yourself"
            ),
        ),
        (
            {"hs": [f"02{n:02d}" for n in range(7)], "partner": ["KOR"] * 7},
            (
                "the tariff schedule has no line for 7 codes (first 5: '0200', '0201', '0202', "
                "'0203', '0204'); check the codes, or give mfn_rate yourself"
            ),
        ),
        (
            {"hs": ["0101210011", "0101210099"], "partner": ["KOR"] * 2},
            (
                "the tariff schedule has no line for 2 codes (first 2: '0101210011', '0101210099')"
                "; check the codes, or give mfn_rate yourself"
            ),
        ),
    ],
)
def test_what_has_no_base_rate_is_refused(frame: dict, message: str) -> None:
    with pytest.raises(InputError) as caught:
        tc.add_base_rates(pd.DataFrame(frame))
    assert str(caught.value) == message


@pytest.mark.parametrize("partner", ["KOR", "JPN"])
def test_rates_that_were_looked_up_can_be_charged(partner: str) -> None:
    lines = pd.DataFrame({"hs": ["0102"], "partner": [partner], "value_usd": [100.0]})
    full = tc.add_base_rates(lines).assign(quantity=50.0, preference_use_share=0.5)
    rates = tc.TariffSchedule(measures=()).rates(full, on="2025-10-17")
    mfn = 0.085 + 0.034 * 50 / 100
    assert rates["total_rate"].tolist() == [mfn / 2 if partner == "KOR" else mfn]
