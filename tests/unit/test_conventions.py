import datetime as dt
import math
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.data import data_table
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.tariffs import conventions
from tariffcalc.tariffs.conventions import (
    Reading,
    convention_value,
    default_conventions,
    partners_of_tables,
    share_of,
)
from tariffcalc.tariffs.lines import Lines, lines_of

DAY = dt.date(2025, 10, 17)
TABLE = pd.DataFrame(
    [
        ("t", "", None, "0.5"),
        ("t", "", "EU27", "0.25"),
        ("t", "", "DEU", "0.125"),
        ("t", "87", None, "1"),
        ("t", "87", "KOR", "0.75"),
        ("t", "8703", "EU27", "0.375"),
        ("t", "870323", None, "0.0625"),
        ("t", "01", None, "0.875"),
        ("t", "7200", "KOR", "0.9375"),
        ("prefixes", "87", "JPN", "0.5"),
        ("prefixes", "88", None, "0"),
    ],
    columns=["table", "hs", "partner", "share"],
).replace({"": None})


STEEL = "Allowed: lines, table, flat, buckets, incidence, full"


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Shares of a few lines in place of the packaged ones."""
    monkeypatch.setattr(conventions, "data_table", lambda _: TABLE.copy())
    conventions._prefixes.cache_clear()
    yield
    conventions._prefixes.cache_clear()


def lines_from(*rows: tuple[str, str], **columns: Any) -> Lines:
    return lines_of(pd.DataFrame(rows, columns=["hs", "partner"]).assign(**columns))


def shares(lines: Lines, where: list[bool] | None = None, **choices: Any) -> list[float]:
    asked = np.array([True] * len(lines) if where is None else where)
    found = share_of(
        lines, "x_share", Reading(DAY, conventions=choices), where=asked, needed_by="the law"
    )
    assert found.dtype == np.float64
    return found.tolist()


def test_a_share_is_a_column_a_figure_or_looked_up() -> None:
    lines = lines_from(("87", "KOR"), ("72", "KOR"), x_share=[0.25, 0.5])
    assert shares(lines) == shares(lines, x_share="lines") == [0.25, 0.5]
    assert shares(lines, [True, False]) == [0.25, 0.0]
    assert shares(lines, x_share=0.125) == [0.125, 0.125]
    assert shares(lines, [False, True], x_share=1.0) == [0.0, 1.0]
    assert shares(lines, y_share=0.75) == [0.25, 0.5]
    with pytest.raises(InputError) as caught:
        shares(lines_from(("87", "KOR")))
    assert str(caught.value) == (
        "column 'x_share' is needed by the law, and the lines have none; "
        "give it as a share of each line's value"
    )


@pytest.mark.usefixtures("tables")
def test_the_longest_prefix_counts_and_a_country_before_its_group_before_all() -> None:
    cases = {
        ("72", "JPN"): 0.5, ("72", "KOR"): 0.5, ("7200", "KOR"): 0.9375,
        ("72", "FRA"): 0.25, ("72", "EU27"): 0.25, ("72", "DEU"): 0.125,
        ("87", "JPN"): 1.0, ("87", "KOR"): 0.75, ("87", "DEU"): 1.0,
        ("8703", "KOR"): 0.75, ("8703", "DEU"): 0.375, ("8703310100", "EU27"): 0.375,
        ("870323", "KOR"): 0.0625, ("8703230140", "FRA"): 0.0625, ("870322", "FRA"): 0.375,
        ("0101210010", "KOR"): 0.875, ("01", "DEU"): 0.875, ("0201", "KOR"): 0.5,
        ("9999", "KOR"): 0.5, ("8704", "KOR"): 0.75,
    }  # fmt: skip
    lines = lines_from(*cases)
    assert shares(lines, x_share="t") == list(cases.values())
    some = [place % 3 == 0 for place in range(len(cases))]
    assert shares(lines, some, x_share="t") == [
        value if asked else 0.0 for value, asked in zip(cases.values(), some, strict=True)
    ]
    for row, value in cases.items():
        assert shares(lines_from(row), x_share="t") == [value]


@pytest.mark.usefixtures("tables")
def test_a_share_that_a_table_does_not_have_is_refused() -> None:
    rows = [("87", "JPN"), *[("87", "KOR")] * 6, ("88", "KOR"), ("89", "JPN")]
    lines = lines_from(*rows)
    with pytest.raises(InputError) as caught:
        shares(lines, x_share="prefixes")
    assert str(caught.value) == (
        "the table 'prefixes' has no share, needed by the law, for 7 rows (first 5: '87', '87', "
        "'87', '87', '87'); choose another convention or give a share"
    )
    asked = [True] + [False] * 6 + [True, False]
    assert shares(lines, asked, x_share="prefixes") == [0.5, *[0.0] * 8]
    with pytest.raises(InputError, match=r"for 1 row: '89'; choose"):
        shares(lines, [False] * 8 + [True], x_share="prefixes")


@pytest.mark.usefixtures("tables")
def test_the_partners_of_all_tables_are_told_apart() -> None:
    def partners(**choices: Any) -> list[str]:
        return partners_of_tables(Reading(DAY, conventions=choices))

    assert partners() == partners(x_share="lines", y_share=0.5) == []
    assert partners(x_share="t") == ["DEU", "EU27", "KOR"]
    assert partners(x_share="t", y_share="prefixes", z_share="t") == ["DEU", "EU27", "JPN", "KOR"]


def test_conventions_are_a_table_with_sources() -> None:
    table = tc.list_conventions()
    raw = data_table("law/conventions.csv")
    assert table.index.names == ["parameter", "choice"]
    assert table.index.tolist() == list(zip(raw["parameter"], raw["choice"], strict=True))
    assert table.columns.tolist() == [
        "value", "default", "low", "high", "status", "source", "description",
    ]  # fmt: skip
    assert table["default"].dtype == bool
    assert table["default"].sum() == (raw["default"] == "yes").sum() > 5
    assert table.loc[("steel_share", "flat"), "value"] == 0.5
    assert table.loc[("steel_share", "lines"), "value"] == "lines"
    assert table.loc[("usmca_us_content_share", "flat"), ["low", "high"]].tolist() == [0.18, 0.55]
    assert math.isnan(table.loc[("steel_share", "full"), "low"])
    assert table.attrs["units"] == dict.fromkeys(
        ["value", "low", "high"], "fraction of customs value"
    )
    assert table.attrs["scenario_hash"] is None
    table.loc[("steel_share", "full"), "value"] = 0.0
    assert tc.list_conventions().loc[("steel_share", "full"), "value"] == 1.0


def test_each_parameter_has_its_default() -> None:
    defaults = default_conventions()
    assert (
        list(defaults) == data_table("law/conventions.csv")["parameter"].drop_duplicates().tolist()
    )
    assert defaults["steel_share"] == "lines"
    assert defaults["in_transit_share"] == 0.0
    assert defaults["coarse_lines"] == "line_count"
    assert defaults["patented_share"] == "patented-by-partner"


@pytest.mark.parametrize(
    ("parameter", "choice", "value"),
    [
        ("steel_share", "flat", 0.5),
        ("steel_share", "lines", "lines"),
        ("steel_share", "table", "steel-content"),
        ("steel_share", "steel-content", "steel-content"),
        ("steel_share", 0.75, 0.75),
        ("steel_share", 0, 0.0),
        ("steel_share", 1, 1.0),
        ("patented_share", "lines", "lines"),
        ("of_my_own_share", "lines", "lines"),
        ("of_my_own_share", 0.25, 0.25),
        ("coarse_lines", "refuse", "refuse"),
        ("other_partners", "rest", "rest"),
    ],
)
def test_a_choice_stands_for_a_share_or_a_table(
    parameter: str, choice: object, value: float | str
) -> None:
    assert convention_value(parameter, choice) == value


@pytest.mark.parametrize(
    ("parameter", "choice", "message"),
    [
        ("steel_shares", 0.5, "unknown convention 'steel_shares'; did you mean 'steel_share' or "),
        (
            "steel_share",
            "ful",
            f"unknown choice of steel_share 'ful'; did you mean 'full'? {STEEL}",
        ),
        ("own_share", "full", "unknown choice of own_share 'full'. Allowed: lines."),
        ("steel_share", "usmca-2025", f"unknown choice of steel_share 'usmca-2025'. {STEEL}"),
    ],
)
def test_what_is_no_convention_is_refused_by_name(
    parameter: str, choice: object, message: str
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        convention_value(parameter, choice)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (-0.25, "steel_share: a share between 0 and 1 is needed, given -0.25"),
        (1.25, "steel_share: a share between 0 and 1 is needed, given 1.25"),
        (True, "steel_share: a number is needed, given True"),
        (math.nan, "steel_share: a finite number is needed, given nan; leave out what is unknown"),
    ],
)
def test_what_is_no_share_is_refused(choice: object, message: str) -> None:
    with pytest.raises(InputError) as caught:
        convention_value("steel_share", choice)
    assert type(caught.value) is InputError
    assert str(caught.value) == message


def test_the_packaged_tables_are_read_by_their_own_name() -> None:
    with mock.patch.object(conventions, "data_table", wraps=data_table) as read:
        conventions._prefixes.cache_clear()
        lines = lines_from(("3004902034", "CHE"), ("3004902034", "KOR"))
        found = shares(lines, x_share="pharmaceutical-use-by-partner")
    assert found == [0.2, 0.5]
    read.assert_called_once_with("law/shares.csv.gz")
