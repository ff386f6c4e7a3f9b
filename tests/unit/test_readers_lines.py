import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tariffcalc.data import data_table
from tariffcalc.errors import InputError
from tariffcalc.partners import EU27_MEMBERS, partner_codes
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.readers.lines import (
    Reading,
    area_names,
    areas,
    chosen,
    decimal_mark,
    flows_of,
    iso3_codes,
    plain_name,
)

KNOWN = {"1": ("KOR", "country"), "2": ("JPN", "country"), "0": ("", "group"), "9": ("", "area")}

LOST_ZERO = (
    "hs: 2, 4, 6, 8 or 10 digits are needed in 1 code: '101'; did you mean '0101'? "
    "A leading zero was lost"
)


def reading() -> Reading:
    return Reading(Path("folder/x.csv"), "a test")


def frame(**columns: Any) -> pd.DataFrame:
    table = {"code": ["0101", "0102"], "area": ["1", "2"], "value_usd": [1.5, 2.5], **columns}
    return pd.DataFrame(table, index=[3, 5])


def flows(table: pd.DataFrame, **options: Any) -> TradeFlows:
    options = {"known": KNOWN, "partners": None, "name": "mine", **options}
    return flows_of(table, reading(), **options)


def refusal(table: pd.DataFrame, **options: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        flows(table, **options)
    head, *faults = str(caught.value).split("\n  - ")
    assert head.startswith(f"{Path('folder/x.csv')} cannot be read as a test: ")
    return faults


# Countries


def test_each_code_of_the_table_is_a_partner_or_says_that_it_is_none() -> None:
    table = data_table("countries.csv").fillna("")
    assert set(table["system"]) == {"census", "dataweb", "un"}
    assert set(table["iso3"]) - {""} <= set(partner_codes())
    assert (table["source"] != "").all()
    assert ((table["kind"] == "country") == (table["iso3"] != "")).all()
    coded = table[table["system"] != "dataweb"]
    assert not coded.duplicated(["system", "code"]).any()
    for system in ("census", "dataweb", "un"):
        there = set(table["iso3"][table["system"] == system])
        assert there >= EU27_MEMBERS | {"KOR", "JPN", "CHN", "MEX", "CAN", "TWN", "GBR", "NAM"}


def test_no_name_means_two_countries() -> None:
    table = data_table("countries.csv").fillna("")
    kinds = table.groupby(table["name"].map(plain_name))[["iso3", "kind"]].nunique()
    assert (kinds == 1).all(axis=None)
    assert area_names()["korea"[:0] + "south korea"] == ("KOR", "country")


@pytest.mark.parametrize(
    ("system", "code", "iso3"),
    [("census", "5800", "KOR"), ("census", "5082", "PSE"), ("census", "5083", "PSE"),
     ("un", "842", "USA"), ("un", "840", "USA"), ("un", "251", "FRA"), ("un", "250", "FRA"),
     ("un", "699", "IND"), ("un", "356", "IND"), ("un", "757", "CHE"), ("un", "579", "NOR"),
     ("un", "490", "TWN"), ("un", "S19", "TWN"), ("un", "W00", ""), ("un", "381", "ITA"),
     ("un", "516", "NAM"), ("un", "0", ""),
     ("un", "697", ""), ("census", "4803", "")],
)  # fmt: skip
def test_codes_of_each_source(system: str, code: str, iso3: str) -> None:
    assert areas(system)[code][0] == iso3


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Côte d`Ivoire", "cote d ivoire"), ("São Tomé and Príncipe", "sao tome and principe"),
     (" Montserrat ", "montserrat"), ("CURAÇAO", "curacao"), ("Laos, P.D.R.", "laos p d r")],
)  # fmt: skip
def test_names_are_compared_without_accents_and_case(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_groups_and_areas_are_left_out_and_noted() -> None:
    note = reading()
    table = pd.DataFrame({"area": ["1", "0", "9", "9"], "value_usd": [1.0, 2.0, 3.0, 4.0]})
    found = iso3_codes(table, note, KNOWN, needed=True)
    assert found["partner"].tolist() == ["KOR"]
    assert note.skipped == [
        {"reason": "totals of countries: 0", "rows": 1, "value_usd": 2.0},
        {"reason": "areas without an ISO 3166 code: 9", "rows": 2, "value_usd": 7.0},
    ]
    many = {str(n): ("", "area") for n in range(14)}
    iso3_codes(pd.DataFrame({"area": sorted(many)}), note, many, needed=True)
    assert note.skipped[-1]["reason"].endswith(": 0, 1, 10, 11, 12, 13, 2, 3, 4, 5, 6, 7, …")
    assert math.isnan(note.skipped[-1]["value_usd"])


def test_unknown_countries_are_refused_unless_others_are_asked_for() -> None:
    table = frame(area=["1", "Koreo"])
    known = {"1": ("KOR", "country"), "Korea": ("KOR", "country")}
    assert refusal(table, known=known) == [
        "partner: 1 unknown country: 'Koreo'; did you mean 'Korea'?; name the partners to read"
    ]
    read = flows(table, known=known, partners=["KOR"])
    assert read.partners == ["KOR"]
    assert read.frame.attrs["skipped"] == [
        {"reason": "unknown countries", "rows": 1, "value_usd": 2.5}
    ]


# Numbers


@pytest.mark.parametrize(
    ("text", "figure"),
    [("", math.nan), ("0", 0.0), ("1,250.50", 1250.5), ("1,234,567", 1234567.0), ("1e+05", 1e5),
     (".5", 0.5), ("5.", 5.0), ("-3", -3.0), ("+3", 3.0), ("0.1", 0.1), ("1e999", math.inf)],
)  # fmt: skip
def test_figures_are_read(text: str, figure: float) -> None:
    note = reading()
    found = note.numbers(pd.DataFrame({"v": [text]}), "v")
    assert found.dtype == np.float64
    assert found.tolist() == pytest.approx([figure], rel=0, nan_ok=True)
    assert note.faults == []


@pytest.mark.parametrize(
    "text",
    ["x", "1,25", "12,34", "1.2.3", "NaN", "inf", "1_000", "٣", "$5", "5 000", "1e9999", "1,2345"],
)
def test_what_is_no_figure_is_a_fault(text: str) -> None:
    note = reading()
    found = note.numbers(pd.DataFrame({"v": ["1", text]}, index=[7, 9]), "v")
    assert note.faults == [f"v: numbers are needed, given {text!r}, in 1 line: 9"]
    assert np.isnan(found[1])


def test_a_comma_can_be_the_decimal_mark() -> None:
    table = pd.DataFrame({"v": ["1.234.567,25", "0,5", "7", "1,234.5"]})
    note = reading()
    assert note.numbers(table[:3], "v", decimal=",").tolist() == [1234567.25, 0.5, 7.0]
    assert note.faults == []
    note.numbers(table, "v", decimal=",")
    assert note.faults == ["v: numbers are needed, given '1,234.5', in 1 line: 3"]


def test_thousands_are_read_by_moving_the_point() -> None:
    table = pd.DataFrame({"v": ["0.001", "1234.567", "1e-3", "", "5"]})
    found = reading().numbers(table, "v", shift=3)
    assert found[:3].tolist() == [1.0, 1234567.0, 1.0]
    assert np.isnan(found[3])
    assert found[4] == 5000


def test_the_decimal_mark_is_asked_for_where_it_is_open() -> None:
    doubtful = pd.Series(["5", "1,234"], dtype=str)
    assert decimal_mark(None, ",", doubtful) == "."
    assert decimal_mark(None, ";", doubtful[:1]) == "."
    assert decimal_mark(",", ";", doubtful) == ","
    assert decimal_mark(".", ";", doubtful) == "."
    with pytest.raises(InputError) as caught:
        decimal_mark(None, ";", doubtful)
    assert str(caught.value) == (
        "'1,234' in a file with semicolons can be read two ways: give decimal=',' or decimal='.'"
    )
    with pytest.raises(InputError, match=r"decimal: '\.' or ',' is needed, given 'x'"):
        decimal_mark("x", ",", doubtful)


def test_empty_cells_are_reported_by_line() -> None:
    note = reading()
    note.all_given(pd.DataFrame({"v": ["", "1", ""]}, index=[2, 3, 4]), "v")
    assert note.faults == ["v: nothing is given in 2 lines (first 2: 2, 4)"]


# Choices


@pytest.mark.parametrize(
    ("value", "said"),
    [("KOR", "x: a list is needed, given 'KOR'; did you mean ['KOR']?"),
     (5, "x: a list is needed, given 5; did you mean [5]?"),
     ([], "x: a list is needed, given []"),
     ({"KOR"}, "x: a list is needed, given {'KOR'}"),
     (["KOR", 1], "x cannot be used: 1 fault\n  - 2 given")],
)  # fmt: skip
def test_a_choice_is_a_list(value: object, said: str) -> None:
    def check(given: Any) -> list[str]:
        return [f"{len(given)} given"] if len(given) > 1 else []

    with pytest.raises(InputError) as caught:
        chosen(value, "x", check)
    assert str(caught.value) == said


def test_a_choice_names_each_once() -> None:
    assert chosen(None, "x", list) == []
    assert chosen(["b", "a", "b"], "x", lambda _: []) == ["b", "a"]


# Flows


def test_lines_become_flows_with_what_was_left_out() -> None:
    table = frame(year=[2024, 2023], description=["x", "y"], code=["0101.21.00", "02"])
    read = flows(table, years=[2024], partners=["KOR"])
    assert read.name == "mine"
    assert read.frame.columns.tolist() == ["hs", "partner", "value_usd", "year", "description"]
    assert read.frame.to_dict("records") == [
        {"hs": "01012100", "partner": "KOR", "value_usd": 1.5, "year": 2024, "description": "x"}
    ]
    assert read.frame.attrs == {
        "source": "a test, x.csv",
        "skipped": [
            {"reason": "another partner than those asked", "rows": 1, "value_usd": 2.5},
        ],
        "notes": [],
    }
    assert read.only("KOR").frame.attrs == read.frame.attrs


def test_all_faults_come_at_once() -> None:
    table = pd.DataFrame(
        {"code": ["0101", "0101", "101", "01"], "area": ["1", "1", "2", "1"],
         "value_usd": [1.0, 1.0, 1.0, 1.0], "year": [2024] * 4},
        index=[2, 3, 4, 5],
    )  # fmt: skip
    assert refusal(table, partners=["DEU"], years=[2020, 2021]) == [
        "partner: not in the file: 'DEU'; there: JPN, KOR",
        "year: not in the file: 2020, 2021; there: 2024",
        LOST_ZERO,
        "lines that are given twice in 1 line: 3",
    ]
    assert refusal(table.drop(index=4)) == [
        "code: codes of 2, 4 digits count the same trade twice; give digits=…, found in 1 line: 5",
        "lines that are given twice in 1 line: 3",
    ]


def test_years_are_asked_for_where_there_are_some() -> None:
    assert refusal(frame(), years=[2024]) == ["year: not in the file: 2024; there: none"]
    for years in ([2024.0], ["2024"], [True]):
        with pytest.raises(InputError) as caught:
            flows(frame(), years=years)
        assert str(caught.value) == (
            f"years cannot be used: 1 fault\n  - whole numbers are needed, given {years[0]!r}"
        )


@pytest.mark.parametrize("digits", [0, 3, "4", 12])
def test_digits_are_those_of_the_hs(digits: object) -> None:
    with pytest.raises(InputError) as caught:
        flows(frame(), digits=digits)
    assert str(caught.value) == f"digits: 2, 4, 6, 8 or 10 is needed, given {digits!r}"


def test_codes_of_several_lengths_may_stand_side_by_side() -> None:
    table = frame(code=["0101", "010221"])
    assert flows(table).frame["hs"].tolist() == ["0101", "010221"]
    assert flows(frame(code=["0101", "010121"])).frame["hs"].tolist() == ["0101", "010121"]
    one = frame(code=["0101", "010121"], area=["1", "1"])
    assert refusal(one) == [
        "code: codes of 4, 6 digits count the same trade twice; give digits=…, found in 1 line: 3"
    ]
    assert flows(one, digits=6).frame["hs"].tolist() == ["010121"]
    by_year = one.assign(year=[2023, 2024])
    assert len(flows(by_year)) == 2


def test_nothing_left_to_read_is_a_fault() -> None:
    assert refusal(frame()[:0]) == ["no line is left to read (the table is empty)"]
    assert refusal(frame(area=["0", "0"])) == [
        "no line is left to read (2 rows: totals of countries: 0)"
    ]


def test_lines_are_the_same_by_code_country_and_date_alone() -> None:
    table = frame(code=["0101", "0101"], area=["1", "1"], description=["x", "y"], unit=["kg", "t"])
    assert refusal(table) == ["lines that are given twice in 1 line: 5"]
    assert len(flows(table.assign(district=["A", "B"]))) == 2


def test_levels_are_compared_by_month_and_among_three() -> None:
    one = frame(code=["0101", "010121"], area=["1", "1"], year=[2024, 2024])
    assert len(flows(one.assign(month=[1, 2]))) == 2
    assert "count the same trade twice" in refusal(one.assign(month=[1, 1]))[0]
    table = pd.DataFrame(
        {"code": ["01", "0201", "020110", "0301", "030111"], "area": ["1"] * 5, "value_usd": 1.0}
    )
    assert refusal(table)[0].endswith("give digits=…, found in 2 lines (first 2: 1, 3)")


@pytest.mark.parametrize("digits", [2, 4, 6, 8, 10])
def test_each_level_can_be_read(digits: int) -> None:
    codes = ["01", "0201", "030110", "04011020", "0501102030"]
    table = pd.DataFrame({"code": codes, "area": ["1"] * 5, "value_usd": [1.0] * 5})
    read = flows(table, digits=digits)
    assert read.frame["hs"].str.len().tolist() == [digits]
    assert read.frame.attrs["skipped"] == [
        {"reason": f"codes of another length than {digits}", "rows": 4, "value_usd": 4.0}
    ]


def test_long_lists_are_cut() -> None:
    table = pd.DataFrame(
        {"code": "0101", "area": ["1"] * 13, "value_usd": 1.0, "year": range(2000, 2013)}
    )
    assert refusal(table, years=[1999])[0].endswith(
        "there: 2000, 2001, 2002, 2003, 2004, 2005, 2006, 2007, 2008, 2009, 2010, 2011, …"
    )
    assert refusal(table[:12], years=[1999])[0].endswith("2010, 2011")


def test_what_was_left_out_is_told_when_nothing_is_left() -> None:
    (said,) = refusal(frame(area=["0", "9"]))
    assert said == (
        "no line is left to read (1 rows: totals of countries: 0; 1 rows: areas without an ISO "
        "3166 code: 9)"
    )
    with pytest.raises(InputError, match="partners cannot be used: 1 fault"):
        flows(frame(), partners=["Korea"])
