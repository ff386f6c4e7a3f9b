import gzip
import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.trade.readers.hts import HtsRates, read_hts

PREFERENCES = "Free (A+,AU,BH,CL,CO,D,E,IL,JO,KR,MA,OM,P,PA,PE,S,SG)"


def row(number: str, indent: int, description: str, **cells: Any) -> dict[str, Any]:
    """Return a row as the USITC exports it, the misspelt field included."""
    given = {"superior": None, "units": [], "general": "", "special": "", "other": "",
             "footnotes": [], "quotaQuantity": None, "additionalDuties": None,
             "addiitionalDuties": None}  # fmt: skip
    return {"htsno": number, "indent": str(indent), "description": description, **given, **cells}


# Lines of the edition of January 2025.
ROWS = [
    row("0102", 0, "Live bovine animals:"),
    row("", 1, "Cattle:", superior="true", footnotes=None),
    row("0102.29", 2, "Other:"),
    row("0102.29.40", 3, "Other", general="1¢/kg", special=PREFERENCES, other="5.5¢/kg"),
    row("", 4, "Weighing less than 90 kg each:", superior="true"),
    row("0102.29.40.24", 5, "Male", units=["No.", "kg"]),
    row("0102.90.00.00", 1, "Other", units=["No.", "kg"], general="1¢/kg", other="5.5¢/kg",
        special="Free (A+,AU,BH,CL,CO,D,E IL,JO,KR,MA, .OM,P,PA,PE,S,SG)"),
    row("0201.10.50", 2, "Other", general="26.4%", other="31.1%",
        special="Free (BH,CL,CO,JO,MA,OM,P,PE,S,SG) 3.5% (KR) See 9822.04.01-9822.04.03 (AU) "
                "See 9919.02.01 (PA (PA)"),
    row("0201.10.50.10", 3, "Veal", units=["kg "]),
    row("2106.90.46.00", 5, "Other", units=["kg", "kg cmsc"], other="42.05¢/kg",
        general="35.74¢/kg\n", special="Free (BH,CL,JO,KR,MA)"),
    row("6103.22.00", 2, "Of cotton", other="The rate applicable to each garment",
        general="The rate applicable to each garment in the ensemble if separately entered",
        special="The rate applicable to each garment in the ensemble if separately entered (KR)"),
    row("9006.59.15", 6, "Valued over $10 each", general="Free", other="20%"),
    row("9006.59.15.20", 9, "With flash", units=["No."], other="45%", special="\n"),
    row("9102.11.10", 2, "With straps", other="$1.70 each + 35% on the case",
        general="44¢ each + 6% on the case + 14% on the strap, band or bracelet"),
    row("9903.01.25", 0, "Articles of any country", special="No change (see note 2)",
        general="The duty provided in the applicable subheading + 10%"),
    row("9903.01.26", 0, "Articles of Canada"),
]  # fmt: skip


def written(folder: Path, rows: Any, name: str = "hts.json") -> Path:
    file = folder / name
    text = json.dumps(rows, ensure_ascii=False).encode()
    file.write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    return file


def read(folder: Path, rows: Any, **options: Any) -> HtsRates:
    return read_hts(written(folder, rows), **options)


def faults(folder: Path, rows: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(folder, rows)
    return str(caught.value).removeprefix(f"{folder / 'hts.json'}").split("\n  - ")


def test_a_table_of_rates(tmp_path: Path) -> None:
    rates = read(tmp_path, ROWS)
    table = rates.table.set_index("hs")
    assert rates.table.columns.tolist() == [
        "hs", "description", "unit", "general_text", "mfn_rate", "mfn_specific_usd_per_unit",
        "mfn_specific_unit", "column_2_text",
    ]  # fmt: skip
    assert len(table) == 12
    assert table.loc["0102294024"].tolist() == [
        "Male", "No.;kg", "1¢/kg", 0.0, 0.01, "kg", "5.5¢/kg"
    ]  # fmt: skip
    assert table.loc["0201105010", ["unit", "mfn_rate", "mfn_specific_unit"]].tolist() == [
        "kg", 0.264, ""
    ]  # fmt: skip
    assert table.loc["9006591520", ["general_text", "column_2_text"]].tolist() == ["Free", "45%"]
    assert table.loc["2106904600", "general_text"] == "35.74¢/kg"
    assert table.index[table["mfn_rate"].isna()].tolist() == [
        "61032200", "91021110", "99030125", "99030126"
    ]  # fmt: skip
    assert repr(rates) == "HtsRates(12 codes, 4 without a plain rate)"
    assert rates.program == ""


def test_what_is_no_plain_rate_is_listed(tmp_path: Path) -> None:
    refused = read(tmp_path, ROWS, program="KR").refused
    assert refused[["column", "reason", "codes", "first_hs"]].to_numpy().tolist() == [
        ["general", "is empty", 1, "99030126"],
        ["general", "charges parts of the good, or several quantities", 1, "91021110"],
        ["general", "refers to another rate", 1, "99030125"],
        ["general", "refers to another rate", 1, "61032200"],
        ["special", "refers to another rate", 1, "99030125"],
        ["special", "refers to another rate", 1, "61032200"],
    ]
    assert refused["text"].tolist()[4] == "No change (see note 2)"


@pytest.mark.parametrize(
    ("program", "hs", "text", "rate"),
    [
        ("KR", "0102294024", "Free", 0.0),
        ("KR", "0102900000", "Free", 0.0),
        ("E", "0102900000", "Free", 0.0),
        ("OM", "0102900000", "Free", 0.0),
        ("KR", "0201105010", "3.5%", 0.035),
        ("PA", "0201105010", "See 9919.02.01 (PA", None),
        ("AU", "0201105010", "See 9822.04.01-9822.04.03", None),
        ("A+", "0201105010", "", 0.264),
        ("A+", "9006591520", "", 0.0),
        ("KR", "99030125", "No change (see note 2)", None),
    ],
)
def test_the_rate_of_a_programme(
    program: str, hs: str, text: str, rate: float | None, tmp_path: Path
) -> None:
    rates = read(tmp_path, ROWS, program=program)
    line = rates.table.set_index("hs").loc[hs]
    assert line["preferential_text"] == text
    found = line["preferential_rate"]
    assert math.isnan(found) if rate is None else found == rate
    assert f", program='{program}', " in repr(rates)


def test_a_preferential_rate_can_be_specific(tmp_path: Path) -> None:
    rows = [row("0404.10.90.00", 2, "Other", general="87.6¢/kg", special="5.8¢/kg (KR)")]
    line = read(tmp_path, rows, program="KR").table.iloc[0]
    assert line["preferential_specific_usd_per_unit"] == 0.058
    assert line["preferential_specific_unit"] == "kg"
    assert line["preferential_rate"] == 0


def test_a_programme_that_no_line_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError) as caught:
        read(tmp_path, ROWS, program="KOR")
    assert str(caught.value).startswith("unknown programme 'KOR'; did you mean 'KR'? Allowed: A+, ")


def test_a_packed_export_is_read(tmp_path: Path) -> None:
    packed = read_hts(written(tmp_path, ROWS, "hts_2025.json.gz"))
    pd.testing.assert_frame_equal(packed.table, read(tmp_path, ROWS).table)


CSV = """\
HTS Number,Indent,Description,Unit of Quantity,General Rate of Duty,Special Rate of Duty,\
Column 2 Rate of Duty,Quota Quantity,Additional Duties
"0101","0","Live horses, asses, mules and hinnies:","","","","","",""
"","1","Horses:","","","","","",""
"0101.29.00","2","Other","","Free","","20%","",""
"0101.29.00.10","3","Imported for immediate slaughter","[""No.""]","","","","",""
"0101.30.00.00","1","Asses","[""No."",""kg""]","6.8%","Free (A+,AU,KR)","15%","",""
"""


def test_a_csv_export_is_read(tmp_path: Path) -> None:
    file = tmp_path / "htsdata.csv"
    file.write_text(CSV, encoding="utf-8")
    table = read_hts(file, program="KR").table
    assert table["hs"].tolist() == ["01012900", "0101290010", "0101300000"]
    assert table["unit"].tolist() == ["", "No.", "No.;kg"]
    assert table["general_text"].tolist() == ["Free", "Free", "6.8%"]
    assert table["preferential_text"].tolist() == ["", "", "Free"]
    file.write_text(CSV.replace('"[""No.""]"', "No."), encoding="utf-8")
    assert read_hts(file).table["unit"].tolist() == ["", "No.", "No.;kg"]
    file.write_text(CSV.replace("Indent", "Level"), encoding="utf-8")
    with pytest.raises(InputError, match="no header with 'HTS Number', 'Indent' and the rates"):
        read_hts(file)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({}, [": a list of objects with htsno, indent, general is needed"]),
        ([], [": a list of objects with htsno, indent, general is needed"]),
        ([[]], [": a list of objects with htsno, indent, general is needed"]),
        ([{"htsno": "01", "indent": "0"}],
         [": fields missing: description, units, general, special, other; there: htsno, indent"]),
        ([row("0101", 0, "x")],
         [" cannot be read as an export of the HTS: 1 fault", "no code of 8 or 10 digits"]),
        ([row("010121", 0, "x", general=5, units=7), row("0101.21.00", 0, "x"),
          {**row("0101.21", 0, "x"), "indent": None}],
         [" cannot be read as an export of the HTS: 4 faults",
          "general: text is needed in 1 row: 1", "units: a list is needed in 1 row: 1",
          "htsno: codes such as 0101.21.00.10 are needed in 1 row: 1",
          "indent: numbers are needed in 1 row: 3"]),
        ([row("0101.21.00", 0, "x", general="5%"), row("0102.21.00", 1, "y"),
          row("0101.21.00", 0, "z")],
         [" cannot be read as an export of the HTS: 2 faults",
          "line 2: 01022100 takes its rates from 01012100, which is not above it",
          "htsno: 1 code given twice: '01012100'"]),
    ],
)  # fmt: skip
def test_what_is_no_export_is_refused(rows: Any, said: list[str], tmp_path: Path) -> None:
    assert faults(tmp_path, rows) == said


def test_refused_texts_of_most_codes_come_first(tmp_path: Path) -> None:
    texts = ["See note 1", "See note 2", "See note 2", "See note 0"]
    rows = [row(f"0101.2{n}.00", 0, "x", general=text) for n, text in enumerate(texts)]
    refused = read(tmp_path, rows).refused
    assert refused["text"].tolist() == ["See note 2", "See note 0", "See note 1"]
    assert refused["codes"].tolist() == [2, 1, 1]
    assert refused.index.tolist() == [0, 1, 2]
    assert refused["first_hs"].tolist() == ["01012100", "01012300", "01012000"]
    assert read(tmp_path, rows).table["mfn_specific_unit"].tolist() == [""] * 4


def test_notes_in_brackets_belong_to_the_text(tmp_path: Path) -> None:
    special = "Free (see note 1) but (see note 2) 1% (KR) 2% (CA) or 3% (see note 3)"
    rows = [row("9903.01.25", 0, None, special=special), row(None, 1, "y")]  # type: ignore[arg-type]
    line = read(tmp_path, rows, program="KR").table.iloc[0]
    assert line["preferential_text"] == (
        "Free (see note 1) but (see note 2) 1%; or 3% (see note 3)"
    )
    assert line["description"] == ""
    assert repr(read(tmp_path, rows)) == "HtsRates(1 code, 1 without a plain rate)"
