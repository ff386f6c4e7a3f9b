import json
from pathlib import Path
from typing import Any

import pytest

from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.readers.census import read_census

# The layout of an answer: what the query filters by is given once more at the end.
ANSWER = [
    ["CTY_CODE", "CTY_NAME", "GEN_VAL_MO", "CON_VAL_MO", "CAL_DUT_MO", "CON_QY1_MO", "UNIT_QY1",
     "I_COMMODITY_SDESC", "SUMMARY_LVL", "I_COMMODITY", "COMM_LVL", "YEAR", "MONTH", "COMM_LVL"],
    ["-", "TOTAL FOR ALL COUNTRIES", "900", "880", "50", "120", "NO", "TRANSMISSION APPARATUS",
     "DET", "8517620090", "HS10", "2026", "07", "HS10"],
    ["0003", "EUROPEAN UNION", "90", "88", "5", "12", "NO", "TRANSMISSION APPARATUS",
     "CGP", "8517620090", "HS10", "2026", "07", "HS10"],
    ["5XXX", "ASIA", "9", "8", "5", "1", "NO", "TRANSMISSION APPARATUS",
     "CGP", "8517620090", "HS10", "2026", "07", "HS10"],
    ["4803", "KOSOVO", "7", "6", "0", "1", "NO", "TRANSMISSION APPARATUS",
     "DET", "8517620090", "HS10", "2026", "07", "HS10"],
    ["5700", "CHINA", "300", "290", "40", "400", "NO", "TRANSMISSION APPARATUS",
     "DET", "8517620090", "HS10", "2026", "07", "HS10"],
    ["5800", "KOREA, SOUTH", "30", "29", "4", None, "", "TRANSMISSION APPARATUS",
     "DET", "8517620090", "HS10", "2026", "07", "HS10"],
]  # fmt: skip
SMALL = [["I_COMMODITY", "CTY_CODE", "CON_VAL_MO", "time"], ["0101", "5800", "5", "2025-05"]]


def read(folder: Path, answer: Any, **options: Any) -> TradeFlows:
    file = folder / "answer.json"
    file.write_text(json.dumps(answer), encoding="utf-8")
    return read_census(file, **options)


def refusal(folder: Path, answer: Any, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, answer, **options)
    return str(caught.value).removeprefix(f"{folder / 'answer.json'}")


def test_countries_are_read_and_totals_are_not(tmp_path: Path) -> None:
    flows = read(tmp_path, ANSWER)
    assert flows.frame.columns.tolist() == [
        "hs", "partner", "value_usd", "duty_usd", "quantity", "unit", "description", "year", "month"
    ]  # fmt: skip
    assert flows.frame.iloc[0].tolist() == [
        "8517620090", "CHN", 290.0, 40.0, 400.0, "NO", "TRANSMISSION APPARATUS", 2026, 7
    ]  # fmt: skip
    assert flows.partners == ["CHN", "KOR"]
    assert flows.frame["quantity"].isna().tolist() == [False, True]
    assert flows.frame.attrs == {
        "source": "an answer of the Census International Trade API, answer.json",
        "skipped": [
            {"reason": "totals and groups of countries: -, 0003, 5XXX", "rows": 3,
             "value_usd": 976.0},
            {"reason": "areas without an ISO 3166 code: 4803", "rows": 1, "value_usd": 6.0},
        ],
        "notes": [],
    }  # fmt: skip


def test_the_european_union_is_read_when_asked_for(tmp_path: Path) -> None:
    flows = read(tmp_path, ANSWER, partners=["EU27", "KOR"])
    assert flows.frame[["partner", "value_usd"]].to_numpy().tolist() == [["EU27", 88], ["KOR", 29]]
    said = refusal(tmp_path, ANSWER, partners=["EU27", "DEU", "FRA"])
    assert "partners: EU27 and its members (DEU, FRA) count the same trade twice" in said


def test_general_imports_have_no_duty(tmp_path: Path) -> None:
    flows = read(tmp_path, ANSWER, flow="general")
    assert flows.value_usd == 330
    assert "duty_usd" not in flows.frame
    assert "quantity" not in flows.frame


def test_exports_go_by_their_own_names(tmp_path: Path) -> None:
    answer = [["E_COMMODITY", "CTY_CODE", "ALL_VAL_YR", "QTY_1_YR", "YEAR"],
              ["0101", "5880", 5, 2.5, 2024]]  # fmt: skip
    frame = read(tmp_path, answer, flow="exports").frame
    assert frame.to_dict("records") == [
        {"hs": "0101", "partner": "JPN", "value_usd": 5.0, "quantity": 2.5, "year": 2024}
    ]


def test_totals_over_all_goods_are_left_out(tmp_path: Path) -> None:
    flows = read(tmp_path, [*SMALL, ["-", "5800", "9", "2025-05"]])
    assert flows.value_usd == 5
    assert flows.frame.attrs["skipped"][0]["reason"] == "totals over all goods"


def test_dates_may_be_missing_or_years(tmp_path: Path) -> None:
    undated = [row[:3] for row in SMALL]
    assert read(tmp_path, undated).frame.columns.tolist() == ["hs", "partner", "value_usd"]
    yearly = [SMALL[0], [*SMALL[1][:3], "2025"]]
    assert read(tmp_path, yearly).frame["year"].tolist() == [2025]
    assert "month" not in read(tmp_path, yearly).frame


def test_a_year_up_to_december_is_a_year(tmp_path: Path) -> None:
    header = ["I_COMMODITY", "CTY_CODE", "CON_VAL_YR", "CON_VAL_MO", "time"]
    answer = [
        header,
        ["0101", "5800", "60", "5", "2024-12"],
        ["0101", "5800", "20", "4", "2025-05"],
    ]
    flows = read(tmp_path, answer, period="year")
    assert flows.frame[["value_usd", "year"]].to_numpy().tolist() == [[60, 2024], [20, 2025]]
    assert flows.frame.attrs["notes"] == ["2025: the year up to month 5"]
    months = read(tmp_path, answer, period="month")
    assert months.frame["month"].tolist() == [12, 5]
    assert "CON_VAL_MO and CON_VAL_YR are both there" in refusal(tmp_path, answer)
    again = [*answer, ["0101", "5880", "7", "1", "2025-06"]]
    assert refusal(tmp_path, again, period="year").splitlines()[-1] == (
        "  - 2025: the figures of a year are cumulative and the file has 2 months of them; keep "
        "one, or read period='month'"
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"error": "x"}, ": an array of arrays is needed, the first one with the names"),
        ([], ": an array of arrays is needed, the first one with the names"),
        ([["a"], {}], ": an array of arrays is needed, the first one with the names"),
        ([*SMALL, ["0101"]], ": 4 values, as in the header, are needed in 1 row: 3"),
        ([["time", "time"], ["2025", "2026"]],
         ": the variable time is given twice with other values"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(answer: Any, said: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, answer) == said


def test_missing_variables_are_named(tmp_path: Path) -> None:
    assert refusal(tmp_path, [["CTY_NAME", "GEN_VAL_MO"], ["KOREA", "5"]]).splitlines()[-1] == (
        "  - variables missing for flow='consumption': I_COMMODITY, CTY_CODE, CON_VAL_MO or "
        "CON_VAL_YR; there: CTY_NAME, GEN_VAL_MO"
    )
    assert "variables missing for flow='consumption': CON_VAL_YR; there" in refusal(
        tmp_path, SMALL, period="year"
    )


def test_all_faults_of_an_answer_come_at_once(tmp_path: Path) -> None:
    answer = [
        ["I_COMMODITY", "CTY_CODE", "CON_VAL_MO", "time", "DISTRICT"],
        ["0101", "5800", None, "2025-05", "01"],
        ["0101", "9999", "x", "2025-13", "02"],
    ]
    assert refusal(tmp_path, answer).splitlines() == [
        " cannot be read as an answer of the Census International Trade API: 5 faults",
        "  - CON_VAL_MO: nothing is given in 1 line: 2",
        "  - CON_VAL_MO: numbers are needed, given 'x', in 1 line: 3",
        "  - DISTRICT cuts lines into several rows: ask again without it",
        "  - time: a year, or a year and a month (2025-05), is needed in 1 line: 3",
        "  - partner: 1 unknown country: '9999'; name the partners to read",
    ]


@pytest.mark.parametrize("option", [{"flow": "imports"}, {"period": "MO"}])
def test_choices_are_named(option: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="Allowed: "):
        read(tmp_path, SMALL, **option)


def test_levels_years_and_names_are_chosen(tmp_path: Path) -> None:
    answer = [*SMALL, ["010121", "5800", "4", "2024-12"], ["0102", "5880", "3", "2024-12"]]
    assert read(tmp_path, answer).name == "census"
    flows = read(tmp_path, answer, years=[2024], digits=4, name="mine")
    assert flows.name == "mine"
    assert flows.frame["hs"].tolist() == ["0102"]
    assert flows.frame["month"].tolist() == [12]


def test_the_long_description_goes_first(tmp_path: Path) -> None:
    answer = [[*SMALL[0], "I_COMMODITY_SDESC", "I_COMMODITY_LDESC", "DISTRICT"],
              [*SMALL[1], "short", "long", "01"]]  # fmt: skip
    assert read(tmp_path, answer).frame["description"].tolist() == ["long"]


def test_choices_that_do_not_exist_are_named_in_full(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError) as caught:
        read(tmp_path, SMALL, flow="imp")
    assert str(caught.value) == "unknown flow 'imp'. Allowed: consumption, general, exports."
    with pytest.raises(UnknownNameError) as caught:
        read(tmp_path, SMALL, period="MO")
    assert str(caught.value) == "unknown period 'MO'. Allowed: month, year."
