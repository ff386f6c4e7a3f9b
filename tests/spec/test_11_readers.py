"""Chapter 11: files are read to the bit or refused; nothing unknown becomes a number."""

import csv
import io
import json
import math
import tempfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.errors import InputError, TariffcalcError, UnknownNameError

FEWER = settings(max_examples=settings.default.max_examples // 5)
# How each source writes a country, put down here a second time: (DataWeb, Census, UN).
PLACES = {
    "KOR": ("South Korea", "5800", "410"),
    "JPN": ("Japan", "5880", "392"),
    "TWN": ("Taiwan", "5830", "490"),
    "FRA": ("France", "4279", "251"),
    "CHE": ("Switzerland", "4419", "757"),
    "IND": ("India", "5330", "699"),
    "NAM": ("Namibia", "7920", "516"),
    "CIV": ("Côte d`Ivoire", "7480", "384"),
    "MMR": ("Myanmar (Burma)", "5460", "104"),
}
CENTS = st.one_of(st.integers(0, 10**6), st.integers(0, 10**14))
DIGITS = st.integers(0, 10**10 - 1)
Line = tuple[str, str, int]


@st.composite
def lines(draw: st.DrawFn, *, digits: int = 10, least: int = 1) -> list[Line]:
    """Draw lines: code, partner, value in cents; no code and partner twice."""
    codes = st.integers(10 ** (digits - 2), 10**digits - 1).map(lambda n: f"{n:0{digits}d}")
    line = st.tuples(codes, st.sampled_from(sorted(PLACES)), CENTS)
    return draw(st.lists(line, min_size=least, max_size=6, unique_by=lambda row: row[:2]))


def read(
    reader: Callable[..., Any], content: str | bytes, name: str = "file.csv", **options: Any
) -> Any:
    """Write a file and read it."""
    raw = content.encode() if isinstance(content, str) else content
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(raw)
        return reader(file, **options)


def refusal(reader: Callable[..., Any], content: str | bytes, **options: Any) -> str:
    with pytest.raises(TariffcalcError) as caught:
        read(reader, content, **options)
    return str(caught.value)


def money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def rows_of(flows: tc.TradeFlows, *more: str) -> list[tuple[Any, ...]]:
    return list(flows.frame[["hs", "partner", "value_usd", *more]].itertuples(index=False))


def sheet(columns: Sequence[str], rows: Sequence[Sequence[str]], separator: str = ",") -> str:
    def cell(text: str) -> str:
        return f'"{text}"' if separator in text or '"' in text else text

    table = [columns, *rows]
    return "\n".join(separator.join(cell(text) for text in row) for row in table) + "\n"


def dataweb(table: list[Line], *, total: bool = True, separator: str = ",") -> str:
    """Write an annual export: title, number of rows, header, rows, totals row."""
    rows = [
        ["Customs Value", hs, "GOODS, NESOI", PLACES[partner][0], money(cents)]
        for hs, partner, cents in table
    ]
    summed = sum(row[2] for row in table)
    last = [["Total: ", "", "", "", f"{(summed + 50) // 100:,}"]] if total else []
    title = [["Imports For Consumption|Annual Data", "", "", "", ""],
             ["Data Row Count", f"{len(rows)}", "", "", ""]]  # fmt: skip
    header = ["Data Type", "HTS Number", "Description", "Country", "2024"]
    return sheet(title[0], [title[1], header, *rows, *last], separator)


def census(table: list[Line], *more: list[str]) -> str:
    header = ["I_COMMODITY", "CTY_CODE", "CON_VAL_MO", "time"]
    rows = [[hs, PLACES[partner][1], f"{cents}", "2025-05"] for hs, partner, cents in table]
    return json.dumps([header, *rows, *more])


def comtrade(table: list[Line], *more: list[str]) -> str:
    header = ["period", "reporterISO", "flowCode", "partnerCode", "cmdCode", "aggrLevel",
              "primaryValue"]  # fmt: skip
    rows = [
        ["2024", "USA", "M", PLACES[partner][2], hs, "6", money(cents)]
        for hs, partner, cents in table
    ]
    return sheet(header, [*rows, *more])


def classic(table: list[Line]) -> str:
    header = ["Classification", "Year", "Period", "Aggregate Level", "Trade Flow Code",
              "Reporter Code", "Partner Code", "Commodity Code", "Trade Value (US$)"]  # fmt: skip
    rows = [
        ["H5", "2024", "2024", "6", "1", "842", PLACES[partner][2], hs, money(cents)]
        for hs, partner, cents in table
    ]
    return sheet(header, rows)


def baci(table: list[Line]) -> str:
    rows = [
        ["2023", PLACES[partner][2], "842", hs, f"{cents // 1000}.{cents % 1000:03d}", "NA"]
        for hs, partner, cents in table
    ]
    return sheet(["t", "i", "j", "k", "v", "q"], rows)


# Rate texts

AMOUNTS = st.decimals(0, 900, places=4, allow_nan=False, allow_infinity=False)
UNITS = st.sampled_from(["kg", "liter", "m2", "clean kg", "kg on drained weight", "bbl", "pr."])


@given(st.lists(st.tuples(AMOUNTS, st.none() | UNITS, st.booleans()), min_size=1, max_size=3))
@example([(Decimal("3.4"), "kg", False), (Decimal("8.5"), None, False)])
def test_a_rate_text_says_exactly_its_parts(parts: list[tuple[Decimal, str | None, bool]]) -> None:
    """READ-1: shares of the value are fractions, ¢ and $ per unit are US dollars, to the bit."""
    words, expected = [], []
    for amount, unit, in_dollars in parts:
        hundredth = float(Fraction(amount) / 100)
        if unit is None:
            words.append(f"{amount}%")
            expected.append(tc.RatePart(hundredth))
        else:
            words.append(f"${amount}/{unit}" if in_dollars else f"{amount}¢/{unit}")
            expected.append(tc.RatePart(float(amount) if in_dollars else hundredth, unit))
    rate = tc.parse_rate(" + ".join(words))
    assert rate.parts == tuple(expected)
    assert rate == tc.StatutoryRate(" + ".join(words), tuple(expected))
    units = [unit for _, unit, _ in parts if unit]
    if len(units) <= 1:
        assert rate.is_plain
        assert rate.ad_valorem_rate == math.fsum(p.amount for p in expected if not p.unit)
        assert rate.specific_usd_per_unit == math.fsum(p.amount for p in expected if p.unit)
        assert rate.specific_unit == "".join(units)


@pytest.mark.parametrize("text", ["Free", " free\n", "FREE"])
def test_free_is_a_rate_of_nothing(text: str) -> None:
    """READ-2: only the word Free is a rate without parts, and it is 0."""
    rate = tc.parse_rate(text)
    assert rate.parts == ()
    assert rate.ad_valorem_rate == rate.specific_usd_per_unit == 0


@given(st.text(st.sampled_from("Free 0123456789.,%¢$/+kglonthecasbut-'"), max_size=12) | st.text())
@example("")
@example("Free, under bond")
@example("The rate applicable to the natural juice in heading 2009")
@example("See 9822.05.15")
def test_no_text_becomes_0_unless_it_says_so(text: str) -> None:
    """READ-3: a text is refused whole, with the text, or each of its amounts stands in it."""
    try:
        rate = tc.parse_rate(text)
    except InputError as error:
        said = str(error)
        assert repr(text) in said
        return
    if not rate.parts:
        assert text.strip().casefold() == "free"
    for part in rate.parts:
        assert any(digit in text for digit in "123456789") or part.amount == 0
        assert part.amount > 0 or "0" in text


@pytest.mark.parametrize(
    "text", ["6% on the case", "41¢ each + 5% on the case + 4.2% on the battery",
             "0.7¢/kg on copper content + 0.7¢/kg on lead content"],
)  # fmt: skip
def test_a_rate_on_parts_of_the_good_is_no_rate_on_its_value(text: str) -> None:
    """READ-4: where two figures cannot say a rate, they are unknown; the parts are not."""
    rate = tc.parse_rate(text)
    assert not rate.is_plain
    assert math.isnan(rate.ad_valorem_rate)
    assert math.isnan(rate.specific_usd_per_unit)
    assert rate.specific_unit == ""
    assert all(part.amount > 0 for part in rate.parts)


# DataWeb


@FEWER
@given(lines(), st.booleans())
def test_a_dataweb_export_is_read_to_the_bit(table: list[Line], total: bool) -> None:
    """READ-5: the lines of a DataWeb export come back in order, code, partner and value equal."""
    flows = read(tc.read_dataweb, dataweb(table, total=total))
    expected = [(hs, partner, float(money(cents)), 2024) for hs, partner, cents in table]
    assert rows_of(flows, "year") == expected


@settings(max_examples=10)
@given(lines())
def test_a_workbook_is_read_as_the_csv_file(table: list[Line]) -> None:
    """READ-6: the same export as a workbook, sheets of parameters beside it, gives equal flows."""
    book = openpyxl.Workbook()
    book.active.append(["Data Format", "1"])
    page = book.create_sheet("Customs Value")
    for line in dataweb(table).splitlines():
        page.append(next(csv.reader([line])))
    stream = io.BytesIO()
    book.save(stream)
    flows = read(tc.read_dataweb, stream.getvalue(), name="export.xlsx")
    assert rows_of(flows, "year") == rows_of(read(tc.read_dataweb, dataweb(table)), "year")


@FEWER
@given(st.lists(st.none() | CENTS, min_size=12, max_size=12))
def test_months_that_are_not_published_are_not_0(figures: list[int | None]) -> None:
    """READ-7: each published month is a line, an empty cell is none; 0 and unknown stay apart."""
    assume(any(cents is not None for cents in figures))
    months = ["January", "February", "March", "April", "May", "June", "July", "August",
              "September", "October", "November", "December"]  # fmt: skip
    cells = ["" if cents is None else money(cents) for cents in figures]
    header = ["Data Type", "Country", "HTS Number", "Year", *months]
    content = sheet(header, [["General Customs Value", "Japan", "0101", "2024", *cells]])
    flows = read(tc.read_dataweb, content, flow="general")
    assert rows_of(flows, "year", "month") == [
        ("0101", "JPN", float(money(cents)), 2024, month)
        for month, cents in enumerate(figures, 1)
        if cents is not None
    ]


@FEWER
@given(lines(least=2), st.data())
def test_a_cut_or_edited_export_is_refused(table: list[Line], data: st.DataObject) -> None:
    """READ-8: rows that are not as many, or do not add up, as the export says are refused."""
    whole = dataweb(table).splitlines(keepends=True)
    gone = data.draw(st.integers(3, len(whole) - 2))
    assert "Data Row Count says" in refusal(
        tc.read_dataweb, "".join(whole[:gone] + whole[gone + 1 :])
    )
    assume(table[0][2] > 10**4)
    raised = [
        (hs, partner, cents * 3 if at == 0 else cents)
        for at, (hs, partner, cents) in enumerate(table)
    ]
    edited = dataweb(raised).splitlines(keepends=True)[:-1] + whole[-1:]
    assert "the totals row says" in refusal(tc.read_dataweb, "".join(edited))


@FEWER
@given(lines(), st.sampled_from([("utf-8-sig", ","), ("utf-16", ","), ("cp1252", ","),
                                 ("utf-8", ";"), ("utf-8", "\t")]))  # fmt: skip
def test_encoding_and_separator_change_nothing(table: list[Line], form: tuple[str, str]) -> None:
    """READ-9: UTF-8 with and without mark, UTF-16, Windows-1252, semicolons, tabs: equal flows."""
    encoding, separator = form
    content = dataweb(table, total=False, separator=separator).encode(encoding)
    expected = read(tc.read_dataweb, dataweb(table))
    assert rows_of(read(tc.read_dataweb, content)) == rows_of(expected)


@FEWER
@given(st.integers(0, 10**8))
def test_a_figure_that_can_be_read_two_ways_is_asked_for(cents: int) -> None:
    """READ-10: in a file with semicolons a comma is a decimal mark only when the caller says so."""
    text = f"{cents // 1000},{cents % 1000:03d}"
    content = f"HTS Number;Country;Year;Customs Value\n0101;Japan;2024;{text}\n"
    assert "two ways" in refusal(tc.read_dataweb, content)
    flows = read(tc.read_dataweb, content, decimal=",")
    assert flows.value_usd == float(text.replace(",", "."))


# Census


@FEWER
@given(lines())
def test_an_answer_of_the_census_is_read_to_the_bit(table: list[Line]) -> None:
    """READ-11: the lines of a Census answer come back in order, code, partner, value and month."""
    flows = read(tc.read_census, census(table))
    assert rows_of(flows, "year", "month") == [
        (hs, partner, float(cents), 2025, 5) for hs, partner, cents in table
    ]


@FEWER
@given(lines(), st.lists(st.tuples(st.sampled_from(["-", "0003", "4XXX", "0022", "4803"]), CENTS),
                         unique_by=lambda row: row[0]))  # fmt: skip
def test_totals_and_groups_of_countries_never_count(
    table: list[Line], groups: list[tuple[str, int]]
) -> None:
    """READ-12: rows of totals, groups and places without a code change nothing; they are noted."""
    more = [[table[0][0], code, f"{cents}", "2025-05"] for code, cents in groups]
    flows = read(tc.read_census, census(table, *more))
    assert rows_of(flows) == rows_of(read(tc.read_census, census(table)))
    skipped = flows.frame.attrs["skipped"]
    assert sum(row["rows"] for row in skipped) == len(groups)
    assert math.fsum(row["value_usd"] for row in skipped) == math.fsum(c for _, c in groups)


def test_cumulative_figures_of_two_months_are_refused() -> None:
    """READ-13: a year up to March and up to June hold the same trade twice."""
    rows = [["I_COMMODITY", "CTY_CODE", "CON_VAL_YR", "time"]]
    rows += [["0101210010", "5800", "7", f"2024-{month}"] for month in ("03", "06")]
    assert "cumulative" in refusal(tc.read_census, json.dumps(rows))
    flows = read(tc.read_census, json.dumps(rows[:2]))
    assert flows.frame["year"].tolist() == [2024]
    assert flows.frame.attrs["notes"] == ["2024: the year up to month 3"]


# Comtrade and BACI


@FEWER
@given(lines(digits=6))
def test_both_layouts_of_comtrade_say_the_same(table: list[Line]) -> None:
    """READ-14: the present and the classic layout come back to the bit and are equal."""
    expected = [(hs, partner, float(money(cents)), 2024) for hs, partner, cents in table]
    assert rows_of(read(tc.read_comtrade, comtrade(table)), "year") == expected
    assert rows_of(read(tc.read_comtrade, classic(table)), "year") == expected


@FEWER
@given(lines(digits=6), CENTS)
def test_world_exports_and_other_reporters_never_count(table: list[Line], cents: int) -> None:
    """READ-15: the partner World, exports and other reporters change nothing; they are noted."""
    hs = table[0][0]
    more = [["2024", "USA", "M", "0", hs, "6", money(cents)],
            ["2024", "USA", "X", "410", hs, "6", money(cents)],
            ["2024", "JPN", "M", "410", hs, "6", money(cents)],
            ["2024", "USA", "M", "410", "TOTAL", "0", money(cents)]]  # fmt: skip
    flows = read(tc.read_comtrade, comtrade(table, *more))
    assert rows_of(flows) == rows_of(read(tc.read_comtrade, comtrade(table)))
    assert sum(row["rows"] for row in flows.frame.attrs["skipped"]) == len(more)


@FEWER
@given(st.integers(10**4, 10**5 - 1))
def test_a_lost_zero_is_put_back_only_where_it_is_proved(code: int) -> None:
    """READ-16: five digits at level 6 lost a zero, and are put right; without a level: refused."""
    table = [(f"0{code}", "KOR", 100)]
    content = comtrade(table)
    flows = read(tc.read_comtrade, content.replace(f",0{code},", f",{code},"))
    assert rows_of(flows) == rows_of(read(tc.read_comtrade, content))
    unproved = content.replace(f",0{code},6,", f",{code},").replace(",aggrLevel", "")
    assert f"did you mean '0{code}'" in refusal(tc.read_comtrade, unproved)


@FEWER
@given(lines(digits=6))
def test_baci_is_read_to_the_bit(table: list[Line]) -> None:
    """READ-17: thousands of dollars become dollars by moving the point, not by rounding twice."""
    flows = read(tc.read_baci, baci(table))
    assert rows_of(flows, "year") == [
        (hs, partner, float(cents), 2023) for hs, partner, cents in table
    ]
    assert flows.frame["quantity"].isna().all()


@FEWER
@given(lines(digits=6, least=2), st.data())
def test_a_reader_reads_one_importer(table: list[Line], data: st.DataObject) -> None:
    """READ-18: the importers of a BACI file, read one by one, make up the file."""
    content = baci(table).splitlines(keepends=True)
    importers = [data.draw(st.sampled_from(["842", "36"])) for _ in table]
    rows = [
        row.replace(",842,", f",{code},", 1)
        for row, code in zip(content[1:], importers, strict=True)
    ]
    found = [
        row
        for importer, code in (("USA", "842"), ("AUS", "36"))
        if code in importers
        for row in rows_of(read(tc.read_baci, "".join(content[:1] + rows), importer=importer))
    ]
    assert sorted(found) == sorted(rows_of(read(tc.read_baci, "".join(content))))


# The Harmonized Tariff Schedule


def hts_row(number: str, indent: int, **texts: Any) -> dict[str, Any]:
    row = {"htsno": number, "indent": f"{indent}", "description": f"goods {number}", "units": []}
    return {**row, "general": "", "special": "", "other": "", **texts}


HTS = [
    hts_row("0102", 0),
    hts_row("", 1),
    hts_row("0102.29.40", 2, general="1¢/kg", special="Free (A+,AU,KR)", other="5.5¢/kg"),
    hts_row("", 3),
    hts_row("0102.29.40.24", 4, units=["No.", "kg"]),
    hts_row("0201.10.50", 1, general="26.4%", other="31.1%",
            special="Free (BH,CL) 3.5% (KR) See 9822.04.01-9822.04.03 (AU)"),
    hts_row("0201.10.50.10", 2, units=["kg"]),
    hts_row("6103.22.00", 1, general="The rate applicable to each garment", other="45%"),
]  # fmt: skip


def hts_csv(rows: list[dict[str, Any]]) -> str:
    header = ["HTS Number", "Indent", "Description", "Unit of Quantity", "General Rate of Duty",
              "Special Rate of Duty", "Column 2 Rate of Duty", "Quota Quantity",
              "Additional Duties"]  # fmt: skip
    frame = pd.DataFrame(
        [
            [row["htsno"], row["indent"], row["description"],
             json.dumps(row["units"]) if row["units"] else "",
             row["general"], row["special"], row["other"], "", ""]
            for row in rows
        ],
        columns=header,
    )  # fmt: skip
    return frame.to_csv(index=False)


@pytest.mark.parametrize("program", [None, "KR", "AU", "BH"])
def test_json_and_csv_exports_of_the_hts_say_the_same(program: str | None) -> None:
    """READ-19: both exports of the schedule give the same table and the same refusals."""
    first = read(tc.read_hts, json.dumps(HTS), name="hts.json", program=program)
    second = read(tc.read_hts, hts_csv(HTS), program=program)
    assert isinstance(first, tc.HtsRates)
    pd.testing.assert_frame_equal(first.table, second.table)
    pd.testing.assert_frame_equal(first.refused, second.refused)


RATES = st.sampled_from(
    ["", "Free", "2.5%", "1¢/kg", "3.4¢/kg + 8.5%", "See note 2", "6% on the case"]
)


@FEWER
@given(st.lists(RATES, min_size=1, max_size=5), st.lists(RATES, min_size=1, max_size=5))
def test_a_statistical_line_has_the_rate_of_the_line_above(
    texts: list[str], below: list[str]
) -> None:
    """READ-20: a line without a general rate has the one of its 8-digit line; the text decides."""
    rows, expected = [], []
    for at, text in enumerate(texts):
        number = f"8703.2{at}.01"
        rows.append(hts_row(number, 1, general=text))
        expected.append(text)
        for under, own in enumerate(below):
            rows.append(hts_row(f"{number}.{under:02d}", 2, general=own))
            expected.append(own or text)
    rates = read(tc.read_hts, json.dumps(rows), name="hts.json")
    assert rates.table["general_text"].tolist() == expected
    for text, rate, usd in zip(
        expected, rates.table["mfn_rate"], rates.table["mfn_specific_usd_per_unit"], strict=True
    ):
        try:
            parsed = tc.parse_rate(text)
        except InputError:
            assert math.isnan(rate)
            assert text in rates.refused["text"].tolist()
        else:
            assert (
                math.isnan(rate)
                == (not parsed.is_plain)
                == (text in rates.refused["text"].tolist())
            )
            assert math.isnan(rate) or (rate, usd) == (
                parsed.ad_valorem_rate,
                parsed.specific_usd_per_unit,
            )


@pytest.mark.parametrize(
    ("program", "text", "rate"),
    [("KR", "3.5%", 0.035), ("CL", "Free", 0.0), ("AU", "See 9822.04.01-9822.04.03", None),
     ("A+", "", 0.264)],
)  # fmt: skip
def test_a_programme_has_the_rate_that_names_it(
    program: str, text: str, rate: float | None
) -> None:
    """READ-21: the special column gives each programme its text; without one the general rate."""
    table = read(tc.read_hts, json.dumps(HTS), name="hts.json", program=program).table
    line = table.set_index("hs").loc["0201105010"]
    assert line["preferential_text"] == text
    assert (
        line["preferential_rate"] == rate
        if rate is not None
        else math.isnan(line["preferential_rate"])
    )


# All readers

READERS: dict[str, tuple[Callable[..., Any], Callable[[list[Line]], str], int]] = {
    "dataweb": (tc.read_dataweb, lambda table: dataweb(table), 10),
    "census": (tc.read_census, lambda table: census(table), 10),
    "comtrade": (tc.read_comtrade, lambda table: comtrade(table), 6),
    "baci": (tc.read_baci, lambda table: baci(table), 6),
}
EACH = st.sampled_from(sorted(READERS))


@FEWER
@given(EACH, st.data())
def test_the_order_of_rows_is_kept_and_decides_nothing(name: str, data: st.DataObject) -> None:
    """READ-22: rows in another order give the same lines in that order."""
    reader, write, digits = READERS[name]
    table = data.draw(lines(digits=digits, least=2))
    mixed = data.draw(st.permutations(table))
    first, second = rows_of(read(reader, write(table))), rows_of(read(reader, write(mixed)))
    assert [first[table.index(row)] for row in mixed] == second


@FEWER
@given(EACH, st.data())
def test_partners_that_are_asked_for_are_those_read(name: str, data: st.DataObject) -> None:
    """READ-23: some partners read and the others noted make up the file, rows and value."""
    reader, write, digits = READERS[name]
    table = data.draw(lines(digits=digits))
    there = sorted({partner for _, partner, _ in table})
    wanted = data.draw(st.lists(st.sampled_from(there), min_size=1, unique=True))
    flows = read(reader, write(table), partners=wanted)
    everything = read(reader, write(table))
    assert rows_of(flows) == [row for row in rows_of(everything) if row[1] in wanted]
    rest = [
        row for row in flows.frame.attrs["skipped"] if row["reason"].startswith("another partner")
    ]
    assert sum(row["rows"] for row in rest) == len(everything) - len(flows)
    absent = (
        next(code for code in PLACES if code not in there) if len(there) < len(PLACES) else "DEU"
    )
    assert f"'{absent}'; there: " in refusal(reader, write(table), partners=[absent])


@FEWER
@given(EACH, st.data())
def test_a_line_that_is_given_twice_is_refused(name: str, data: st.DataObject) -> None:
    """READ-24: the same code, partner and date in two rows is refused, not added."""
    reader, write, digits = READERS[name]
    table = data.draw(lines(digits=digits))
    assert "given twice in 1 line" in refusal(reader, write([*table, table[-1]]))


@FEWER
@given(EACH, st.data())
def test_an_unknown_country_is_refused_by_name(name: str, data: st.DataObject) -> None:
    """READ-25: a country that no table names is refused, together with every other fault."""
    reader, write, digits = READERS[name]
    table = data.draw(lines(digits=digits))
    hs, partner, cents = table[0]
    own = {"dataweb": 0, "census": 1, "comtrade": 2, "baci": 2}[name]
    odd = {"dataweb": "Atlantis", "census": "9999", "comtrade": "9999", "baci": "9999"}[name]
    content = write([(hs, partner, cents)]).replace(PLACES[partner][own], odd)
    said = refusal(reader, content)
    assert f"1 unknown country: '{odd}'" in said
    worse = refusal(reader, content, partners=["KOR"])
    assert "partner: not in the file: 'KOR'" in worse


@FEWER
@given(EACH, st.data())
def test_levels_of_the_hs_never_count_twice(name: str, data: st.DataObject) -> None:
    """READ-26: a code and a code below it are refused together, and read one level at a time."""
    reader, write, digits = READERS[name]
    assume(name != "baci")  # six digits only
    table = data.draw(lines(digits=digits))
    hs, partner, _ = table[0]
    both = [*table, (hs[:4], partner, 10**6)]
    content = write(both).replace(f",{hs[:4]},6,", f",{hs[:4]},4,")
    assert "count the same trade twice" in refusal(reader, content)
    assert rows_of(read(reader, content, digits=digits)) == rows_of(read(reader, write(table)))
    coarse = read(reader, content, digits=4)
    assert coarse.frame["hs"].tolist() == [hs[:4]]


@pytest.mark.parametrize("name", sorted(READERS))
def test_size_is_capped_before_reading(name: str, tmp_path: Path) -> None:
    """READ-27: a file of the largest size is read, one byte more is refused; a URL always is."""
    reader, write, digits = READERS[name]
    content = write([("0101210010"[:digits], "KOR", 100)]).encode()
    assert len(read(reader, content, most_bytes=len(content))) == 1
    assert "over the" in refusal(reader, content, most_bytes=len(content) - 1)
    with pytest.raises(InputError, match="download the file"):
        reader("https://www.example.org/file.csv")


@pytest.mark.parametrize(
    "call",
    [lambda path: tc.read_dataweb(path, flow="x"), lambda path: tc.read_census(path, flow="x"),
     lambda path: tc.read_comtrade(path, value="x"), lambda path: tc.read_baci(path, importer="X"),
     lambda path: tc.read_hts(path, program="ZZ")],
)  # fmt: skip
def test_choices_that_do_not_exist_are_refused(call: Callable[[Path], Any], tmp_path: Path) -> None:
    """READ-28: a flow, value, importer or programme that does not exist is refused by name."""
    file = tmp_path / "hts.json"
    file.write_text(json.dumps(HTS))
    with pytest.raises(UnknownNameError, match="Allowed: "):
        call(file)
