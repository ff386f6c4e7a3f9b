import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.trade.months import BY_INDUSTRY, EVEN, OWN, even_months, month_shares


def lines(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(columns)


def test_the_texts_say_what_is_assumed() -> None:
    assert EVEN == "assumption: every line's year is spread evenly over its months"
    assert OWN == "the months of the flows"
    assert BY_INDUSTRY == (
        "months of customs value in 2024 by industry (NAICS3), US Census Bureau; assumption: a "
        "line has the months of its industry"
    )


def test_even_months_are_twelfths() -> None:
    found = even_months(3)
    assert found.shares.tolist() == [[1 / 12] * 3] * 12
    assert found.basis == EVEN


@pytest.mark.parametrize(
    "months",
    [
        ["2025-01", "2025-12", "2025-03"],
        [1, 12, 3],
        ["1", "12", "03"],
        pd.array([1, 12, 3], dtype="Int64"),
        pd.Categorical(["2025-01", "2025-12", "2025-03"]),
    ],
)
def test_a_line_with_a_month_is_wholly_of_it(months: list) -> None:
    found = month_shares(lines(month=months, naics3=["336"] * 3), "KOR")
    expected = np.zeros((12, 3))
    expected[0, 0] = expected[11, 1] = expected[2, 2] = 1.0
    assert found.shares.tolist() == expected.tolist()
    assert found.basis == OWN


def test_months_of_two_years_are_one_year_when_each_occurs_once() -> None:
    found = month_shares(lines(month=["2024-11", "2025-10", "2024-11"]), "KOR")
    assert found.shares.argmax(axis=0).tolist() == [10, 9, 10]
    numbered = month_shares(lines(month=[11, 10], year=[2024, 2025]), "KOR")
    assert numbered.shares.argmax(axis=0).tolist() == [10, 9]
    dated = month_shares(lines(month=["2024-11", "2024-11"], year=[2024, 2025]), "KOR")
    assert dated.shares.argmax(axis=0).tolist() == [10, 10]


@pytest.mark.parametrize(
    "frame",
    [lines(month=["2024-11", "2025-11"]), lines(month=[11, 11], year=[2024, 2025])],
)
def test_a_month_of_two_years_is_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(InputError) as caught:
        month_shares(frame, "KOR")
    assert str(caught.value) == (
        "month: a scenario counts its flows as one year, and these are of 2 months; keep each "
        "month of the calendar once"
    )


@pytest.mark.parametrize("month", ["2025-13", "2025-1", "May", 0, 13, 1.5, None, "2025-04-01"])
def test_what_is_no_month_is_refused(month: object) -> None:
    with pytest.raises(InputError) as caught:
        month_shares(lines(month=pd.Series([1, month, month], dtype=object)), "KOR")
    shown = None if month is None else month
    assert str(caught.value) == (
        "month: text like 2025-04, or 1 to 12, is needed, given 2 rows (first 2: "
        f"{shown!r}, {shown!r})"
    )


def test_a_line_has_the_months_of_its_industry() -> None:
    table = tc.load_collected_duties(partners=["JPN"], start="2024-01", end="2024-12")
    cars = table["value_usd"].xs("336", level="naics3")
    found = month_shares(lines(naics3=["336", "325", "336"]), "JPN")
    assert found.basis == BY_INDUSTRY
    assert found.shares.shape == (12, 3)
    assert found.shares[:, 0] == pytest.approx((cars / cars.sum()).to_numpy(), rel=1e-15)
    assert found.shares[:, 0].tolist() == found.shares[:, 2].tolist()
    assert found.shares.sum(axis=0) == pytest.approx(np.ones(3), rel=1e-15)
    assert found.shares[:, 0].tolist() != found.shares[:, 1].tolist()


def test_an_unknown_industry_has_the_months_of_all() -> None:
    table = tc.load_collected_duties(partners=["KOR"], start="2024-01", end="2024-12", by=None)
    value = table["value_usd"].to_numpy()
    found = month_shares(lines(naics3=["000", None, "336"]), "KOR")
    for line in (0, 1):
        assert found.shares[:, line] == pytest.approx(value / value.sum(), rel=1e-14)
    assert found.shares[:, 2].tolist() != found.shares[:, 0].tolist()


def test_an_industry_without_imports_in_a_month_has_none_there() -> None:
    table = tc.load_collected_duties(partners=["CHE"], start="2024-01", end="2024-12")
    wide = table["value_usd"].unstack("naics3")
    industry = wide.columns[wide.isna().any()][0]
    found = month_shares(lines(naics3=[industry]), "CHE").shares[:, 0]
    assert (found == 0.0).tolist() == wide[industry].isna().tolist()


@pytest.mark.parametrize(
    ("columns", "partner"), [({"hs": ["870323"]}, "KOR"), ({"naics3": ["336"]}, "BRA")]
)
def test_without_an_industry_or_its_months_all_is_even(columns: dict, partner: str) -> None:
    found = month_shares(lines(**columns), partner)
    assert found.shares.tolist() == [[1 / 12]] * 12
    assert found.basis == EVEN
