import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.readers.dataweb import read_dataweb
from tariffcalc.trade.readers.dataweb_layout import columns

# The layouts of exports of August and December 2025, cut to a few rows.
ANNUAL = """\
Imports For Consumption|Annual Data,,,,,,
Data Row Count,4,,,,,
Data Type,HTS Number,Description,Country,2023,2024,2025
Customs Value,01,LIVE ANIMALS,Afghanistan,1.00,698.00,0.00
Customs Value,01,LIVE ANIMALS,Curaçao,899.00,0.00,350.00
Customs Value,84,"NUCLEAR REACTORS, BOILERS",Côte d`Ivoire,19865873.00,28325712.00,34981800.00
Customs Value,84,"NUCLEAR REACTORS, BOILERS",Montserrat ,7173.00,0.00,0.00
Total: ,,,,"19,873,946","28,326,410","34,982,150"
"""
MONTHLY = """\
"General Imports|Monthly data for 2023,2024",,,,,,,,,,,,,,,
Data Row Count,2,,,,,,,,,,,,,,,
Data Type,HTS Number,Country,Year,January,February,March,April,May,June,July,August,September,\
October,November,December
General Customs Value,3304,South Korea,2023,48887842.00,41652299.00,51304974.00,68974742.00,\
61738409.00,62428478.00,83935406.00,62769086.00,77307093.00,90062409.00,70544527.00,72152912.00
General Customs Value,3304,South Korea,2024,87314701.00,70440457.00,95508207.00,105409391.00,\
113298404.00,122880292.00,112433896.00,105902060.00,161839277.00,126429274.00,118570518.00,
Total: ,,,,"136,202,543","112,092,756","146,813,181","174,384,133","175,036,813","185,308,770",\
"196,369,302","168,671,146","239,146,370","216,491,683","189,115,045","72,152,912"
"""
PARTS = """\
Data Type,HTS Number,Description,Country,Quantity Description,2024
Customs Value,8703230130,CARS,South Korea,,"1,000.50"
Customs Value,8703230140,CARS,South Korea,,500.00
Customs Value,8703230140,CARS,Japan,,7.00
Calculated Duties,8703230130,CARS,South Korea,,25.00
Calculated Duties,8703230140,CARS,South Korea,,0.00
First Unit of Quantity,8703230130,CARS,South Korea,NO,3.00
First Unit of Quantity,8703230140,CARS,South Korea,NO,2.00
First Unit of Quantity,8703230140,CARS,South Korea,KG,9.00
Import Charges,8703230130,CARS,South Korea,,1.00
"""


def read(
    folder: Path, content: str | bytes, name: str = "export.csv", **options: Any
) -> TradeFlows:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_dataweb(file, **options)


def faults(
    folder: Path, content: str | bytes, name: str = "export.csv", **options: Any
) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(folder, content, name, **options)
    return str(caught.value).split("\n  - ")[1:]


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_an_annual_export(tmp_path: Path) -> None:
    flows = read(tmp_path, ANNUAL)
    assert flows.frame.columns.tolist() == ["hs", "partner", "value_usd", "description", "year"]
    assert len(flows) == 12
    assert flows.partners == ["AFG", "CIV", "CUW", "MSR"]
    assert flows.frame.iloc[7].tolist() == [
        "84", "CIV", 28325712.0, "NUCLEAR REACTORS, BOILERS", 2024
    ]  # fmt: skip
    assert flows.frame.attrs == {
        "source": "a USITC DataWeb export, export.csv",
        "skipped": [{"reason": "totals row", "rows": 1, "value_usd": 83182506.0}],
        "notes": [],
    }
    assert read(tmp_path, ANNUAL, years=[2024], partners=["CIV"]).value_usd == 28325712


def test_a_monthly_export(tmp_path: Path) -> None:
    flows = read(tmp_path, MONTHLY, flow="general")
    assert flows.frame.columns.tolist() == ["hs", "partner", "value_usd", "year", "month"]
    assert len(flows) == 23
    last = flows.frame.iloc[-1]
    assert (last["value_usd"], last["year"], last["month"]) == (118570518.0, 2024, 11)
    skipped = {row["reason"]: row["rows"] for row in flows.frame.attrs["skipped"]}
    assert skipped == {"totals row": 1, "empty cells: no figure is published": 1}


def test_a_file_of_one_row_per_figure(tmp_path: Path) -> None:
    text = (
        "Country,Year,HTS8,Description,Customs Value,Calculated Duties\n"
        "Japan,2023,01012100,HORSES,5,1\nJapan,2024,01012100,HORSES,7,\n"
    )
    frame = read(tmp_path, text).frame
    assert frame[["hs", "value_usd", "year", "duty_usd"]].to_numpy().tolist()[0] == [
        "01012100", 5.0, 2023, 1.0
    ]  # fmt: skip
    assert frame["duty_usd"].isna().tolist() == [False, True]


def test_duty_and_quantity_stand_beside_the_value(tmp_path: Path) -> None:
    flows = read(tmp_path, PARTS)
    frame = flows.frame.set_index(["hs", "partner"])
    assert frame["value_usd"].tolist() == [1000.5, 500.0, 7.0]
    assert frame["duty_usd"].tolist()[:2] == [25.0, 0.0]
    assert frame["duty_usd"].isna().tolist() == [False, False, True]
    assert frame["quantity"].tolist()[0] == 3
    assert frame["quantity"].isna().tolist() == [False, True, True]
    assert frame["unit"].tolist() == ["NO", "", ""]
    reasons = {row["reason"]: row["rows"] for row in flows.frame.attrs["skipped"]}
    assert reasons == {
        "data type not read: import charges": 1,
        "quantities in several units on one line": 2,
    }


def test_columns_that_are_not_known_are_kept(tmp_path: Path) -> None:
    text = (
        "Data Type,HTS Number,Country,Rate Provision,2024\n"
        "Customs Value,0101,Japan,Free under HS Chapters 1-98,5\n"
        "Customs Value,0101,Japan,Dutiable HS chapters 1-97,7\n"
    )
    frame = read(tmp_path, text).frame
    assert frame["rate_provision"].tolist() == [
        "Free under HS Chapters 1-98", "Dutiable HS chapters 1-97"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "own"),
    [("HTS Number", "code"), ("HTS10", "code"), ("hts8", "code"), ("2024", "year 2024"),
     ("2024 Annual", "year 2024"), ("Year 2024", "year 2024"), ("January", "month 1"),
     ("January_to_january_year_2026", "part january to january year 2026"),
     ("Landed Duty-Paid Value", "figure landed duty paid value"), ("Data Type", "data_type"),
     ("District", "district"), ("Year", "year"), ("Partner", "file_partner"),
     ("Quantity Description", "unit")],
)  # fmt: skip
def test_names_of_columns(header: str, own: str) -> None:
    found = columns(["HTS2" if own != "code" else "x", "Country", "", header])
    assert found is not None
    assert found[own] == 3
    assert "" not in found


def test_columns_that_say_the_same_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        columns(["HTS2", "HTS10", "Country", "2024", "Year 2024"])
    assert str(caught.value) == (
        "columns that say the same twice: 2024, HTS10, HTS2, Year 2024; keep one of each"
    )
    assert columns(["NAIC Number", "Country", "2024"]) is None
    assert columns(["HTS Number", "2024"]) is None


def test_a_part_of_a_year_is_noted(tmp_path: Path) -> None:
    text = "Data Type,HTS2,Country,2024,January_to_june_year_2025\nCustoms Value,01,Japan,5,3\n"
    flows = read(tmp_path, text)
    assert flows.frame["year"].tolist() == [2024]
    assert flows.frame.attrs["notes"] == [
        "column not read: january to june year 2025 is no full year"
    ]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("Count,4", "Count,5"), ("4 rows, but its Data Row Count says 5: the file was cut; "
         "download it again, or take that line out where rows were dropped on purpose")),
        (('"28,326,410"', '"28,326,412"'), ("year 2024: the rows add up to 28,326,410.00, the "
         "totals row says 28,326,412.00")),
        (("698.00", "6.98.00"), "figure: numbers are needed, given '6.98.00', in 1 line: 4"),
        (("Afghanistan", "Afganistan"), ("partner: 1 unknown country: 'Afganistan'; name the "
         "partners to read")),
        (("\nCustoms Value,01,LIVE ANIMALS,Cur", "\nCustoms Value,1,LIVE ANIMALS,Cur"),
         "hs: 2, 4, 6, 8 or 10 digits are needed in 1 code: '1'"),
    ],
)  # fmt: skip
def test_a_fault_of_an_export(change: tuple[str, str], fault: str, tmp_path: Path) -> None:
    assert fault in faults(tmp_path, ANNUAL.replace(*change))


def test_totals_within_rounding_are_right(tmp_path: Path) -> None:
    text = (
        "Data Type,HTS2,Country,2024\nCustoms Value,01,Japan,1.50\nCustoms Value,02,Japan,1.00\n"
        "Total: ,,,3\n"
    )
    assert read(tmp_path, text).value_usd == 2.5
    assert read(tmp_path, text.replace(",3\n", ",\n")).value_usd == 2.5
    assert faults(tmp_path, text.replace(",3\n", ",4\n")) == [
        "year 2024: the rows add up to 2.50, the totals row says 4.00"
    ]
    several = text.replace("Total", "Calculated Duties,01,Japan,100\nTotal")
    assert read(tmp_path, several).value_usd == 2.5


def test_the_flow_says_which_data_type_is_read(tmp_path: Path) -> None:
    other = "no rows of data type 'general customs value' for flow='general'; the file has: "
    assert faults(tmp_path, ANNUAL, flow="general") == [
        f"{other}customs value (flow='consumption')"
    ]
    charges = ANNUAL.replace("Customs Value", "Import Charges")
    assert faults(tmp_path, charges) == [
        "no rows of data type 'customs value' for flow='consumption'; the file has: import charges"
    ]
    exports = ANNUAL.replace("Customs Value", "Total FAS Value")
    assert len(read(tmp_path, exports, flow="exports")) == 12
    with pytest.raises(UnknownNameError) as caught:
        read(tmp_path, ANNUAL, flow="imp")
    assert str(caught.value) == ("unknown flow 'imp'. Allowed: consumption, general, exports.")


def test_duties_without_a_value_are_refused(tmp_path: Path) -> None:
    alone = PARTS.replace("Calculated Duties,8703230130", "Calculated Duties,8703230150")
    assert faults(tmp_path, alone) == ["calculated duties of 25.00 USD without a customs value"]
    twice = PARTS + "Calculated Duties,8703230130,CARS,South Korea,,25.00\n"
    assert faults(tmp_path, twice) == ["duties that are given twice in 1 line: 11"]


def test_a_file_without_dates_or_data_types_is_refused(tmp_path: Path) -> None:
    assert faults(tmp_path, "HTS2,Country,2024\n01,Japan,5\n") == [
        "no column 'Data Type' says what the figures are"
    ]
    none = faults(tmp_path, "Data Type,HTS2,Country\nCustoms Value,01,Japan\n")
    assert none[0].endswith("such as Customs Value are needed as columns, given none of them")
    both = "HTS2,Country,2024,Customs Value\n01,Japan,5,6\n"
    assert faults(tmp_path, both)[0].endswith("are needed as columns, given figure and year")
    assert faults(tmp_path, "Data Type,HTS2,Country,2024\n") == [
        "no rows of data type 'customs value' for flow='consumption'; the file has: none"
    ]
    assert faults(tmp_path, "Year,HTS2,Country,Customs Value\n24,01,Japan,5\n") == [
        "year: four digits are needed in 1 line: 2"
    ]


SHEET = [["Imports For Consumption|Annual Data"], ["Data Row Count", 1]]


def test_a_workbook_with_a_sheet_per_data_type(tmp_path: Path) -> None:
    header = ["Data Type", "HTS Number", "Country", 2023, "2024"]
    sheets = {
        "Query Parameters": [["Download Date", "August 7, 2025"], ["Data Format", "1"]],
        "Customs Value": [*SHEET, header, ["Customs Value", "0101", "Japan", 1.25, "2,000.50"]],
        "First Unit of Quantity": [
            *SHEET,
            [*header[:3], "Quantity Description", *header[3:]],
            ["First Unit of Quantity", "0101", "Japan", "NO", 3, 4],
        ],
    }
    frame = read(tmp_path, workbook(sheets), "export.xlsx").frame
    assert frame["value_usd"].tolist() == [1.25, 2000.5]
    assert frame["quantity"].tolist() == [3, 4]
    assert frame["unit"].tolist() == ["NO", "NO"]
    sheets["Query Parameters"][1][1] = "1000"
    assert faults(tmp_path, workbook(sheets), "export.XLSX") == [
        "figures in units of 1000: export them with data format 1"
    ]


def test_sheets_of_other_time_frames_are_refused(tmp_path: Path) -> None:
    sheets = {
        "a": [["Data Type", "HTS2", "Country", "2024"], ["Customs Value", "01", "Japan", 5]],
        "b": [["Data Type", "HTS2", "Country", "Year", "May"],
              ["Customs Value", "01", "Japan", 2024, 5]],
    }  # fmt: skip
    assert faults(tmp_path, workbook(sheets), "export.xlsx") == [
        "some sheets are by month and some by year: read them one by one"
    ]


def test_large_counts_have_thousands_separators(tmp_path: Path) -> None:
    rows = "".join(f"Customs Value,{1000 + at},Japan,0.49\n" for at in range(1000))
    text = f'title,,,\nData Row Count,"1,000",,\nData Type,HTS4,Country,2024\n{rows}'
    flows = read(tmp_path, f"{text}Total: ,,,485\n")  # cells are rounded to cents: 490 ± 5.5
    assert len(flows) == 1000
    assert flows.name == "dataweb"
    assert "the rows add up to 490.00, the totals row says 484.00" in faults(
        tmp_path, f"{text}Total: ,,,484\n"
    )[0]  # fmt: skip


def test_a_title_without_its_number_is_no_count(tmp_path: Path) -> None:
    text = "Data Row Count\nData Type\tHTS2\tCountry\t2024\nCustoms Value\t01\tJapan\t5\n"
    assert read(tmp_path, text).value_usd == 5


def test_a_spreadsheet_with_semicolons(tmp_path: Path) -> None:
    text = "Data Type;HTS2;Country;2024\nCustoms Value;01;Japan;1.234,5\n"
    with pytest.raises(InputError, match="can be read two ways"):
        read(tmp_path, text)
    assert read(tmp_path, text, decimal=",").value_usd == 1234.5
    assert len(read(tmp_path, text, decimal=",", digits=2)) == 1
    mine = read_dataweb(tmp_path / "export.csv", decimal=",", name="mine")
    assert mine.name == "mine"
    assert "no line is left" in faults(tmp_path, text, decimal=",", digits=4)[0]


def test_duties_of_one_line_in_two_rows_are_refused(tmp_path: Path) -> None:
    twice = PARTS + "Calculated Duties,8703230130,OTHER WORDS,South Korea,,26.00\n"
    assert faults(tmp_path, twice) == ["duties that are given twice in 1 line: 11"]
    described = PARTS.replace("Duties,8703230130,CARS", "Duties,8703230130,AUTOMOBILES")
    assert read(tmp_path, described).frame["duty_usd"][0] == 25


def test_sheets_with_other_columns(tmp_path: Path) -> None:
    header = ["Data Type", "HTS2", "Country", "Year", "May"]
    sheets = {
        "Query Parameters": [["Download Date", "today"]],
        "a": [header, ["Customs Value", "01", "Japan", 2024, 5]],
        "b": [[*header, "Program"], ["Customs Value", "01", "Japan", 2023, 6, "KR"]],
        "c": [[*header, "Quantity Description"],
              ["First Unit of Quantity", "01", "Japan", 2024, 7, "NO"]],
    }  # fmt: skip
    frame = read(tmp_path, workbook(sheets), "export.xlsm").frame
    assert frame[["year", "month", "value_usd", "program"]].to_numpy().tolist() == [
        [2024, 5, 5.0, ""], [2023, 5, 6.0, "KR"],
    ]  # fmt: skip
    assert frame["year"].dtype == frame["month"].dtype == "int64"
    assert frame["quantity"].tolist()[0] == 7
    assert frame["unit"].tolist() == ["NO", ""]
    with pytest.raises(InputError, match="no header with 'HTS Number' and 'Country' in the first"):
        read(tmp_path, workbook({"a": [["x"]]}), "export.xlsx")
    with pytest.raises(InputError, match="no header with 'HTS Number' and 'Country' in the first"):
        read(tmp_path, "x\n")


def test_several_other_data_types_are_named(tmp_path: Path) -> None:
    text = PARTS.replace("Customs Value", "Dutiable Value")
    assert faults(tmp_path, text)[0].endswith(
        "the file has: calculated duties, dutiable value, first unit of quantity, import charges"
    )
