from pathlib import Path
from typing import Any

import pytest

from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.readers.baci import read_baci

# The layout of BACI_HS22_Y2023_V202501.csv, quantities padded as in older editions.
FILE = """\
t,i,j,k,v,q
2023,410,842,870323,12345.678,   1.500
2023,490,842,010121,0.095,           NA
2023,251,842,010121,5.5,
2023,410,392,870323,7.000,1
2023,697,842,870323,3,1
2023,842,410,870323,9,1
2023,699,842,9999AA,4,1
"""


def read(folder: Path, text: str, **options: Any) -> TradeFlows:
    file = folder / "baci.csv"
    file.write_text(text, encoding="utf-8")
    return read_baci(file, **options)


def faults(folder: Path, text: str, **options: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(folder, text, **options)
    return str(caught.value).split("\n  - ")[1:]


def test_imports_of_one_country(tmp_path: Path) -> None:
    flows = read(tmp_path, FILE)
    assert flows.frame.columns.tolist() == [
        "hs", "partner", "value_usd", "year", "quantity", "unit"
    ]  # fmt: skip
    assert flows.frame[["hs", "partner", "value_usd"]].to_numpy().tolist() == [
        ["870323", "KOR", 12345678.0], ["010121", "TWN", 95.0], ["010121", "FRA", 5500.0],
    ]  # fmt: skip
    assert flows.frame["quantity"].tolist()[0] == 1.5
    assert flows.frame["quantity"].isna().tolist() == [False, True, True]
    assert set(flows.frame["unit"]) == {"t"}
    assert flows.frame.attrs == {
        "source": "a BACI file, baci.csv",
        "skipped": [
            {"reason": "other importers than USA", "rows": 2,
             "value_usd": pytest.approx(float("nan"), nan_ok=True)},
            {"reason": "codes of no heading: 9999AA", "rows": 1, "value_usd": 4000.0},
            {"reason": "areas without an ISO 3166 code: 697", "rows": 1, "value_usd": 3000.0},
        ],
        "notes": [],
    }  # fmt: skip
    assert read(tmp_path, FILE, importer="KOR").frame["partner"].tolist() == ["USA"]
    assert read(tmp_path, FILE, partners=["FRA"], years=[2023]).value_usd == 5500


def test_a_zero_that_a_spreadsheet_dropped_is_put_back(tmp_path: Path) -> None:
    flows = read(tmp_path, FILE.replace("010121", "10121"))
    assert flows.frame["hs"].tolist() == ["870323", "010121", "010121"]
    assert flows.frame.attrs["notes"] == ["codes that got back a leading zero: 2"]


def test_all_faults_of_a_file_come_at_once(tmp_path: Path) -> None:
    text = "t,i,j,k,v,q\n23,410,842,8703,,1\n2023,9999,842,870323,x,y\n"
    assert faults(tmp_path, text) == [
        "v: nothing is given in 1 line: 2",
        "t: a year is needed in 1 line: 2",
        "v: numbers are needed, given 'x', in 1 line: 3",
        "q: numbers are needed, given 'y', in 1 line: 3",
        "k: six digits are needed in 1 line: 2",
        "partner: 1 unknown country: '9999'; name the partners to read",
    ]


def test_other_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no header with 't,i,j,k,v,q' in the first 40 rows"):
        read(tmp_path, FILE.replace("t,i,j,k,v,q", "t,i,j,k,v,w"))
    with pytest.raises(UnknownNameError, match="unknown importer 'US'"):
        read(tmp_path, FILE, importer="US")


def test_names_and_several_odd_codes(tmp_path: Path) -> None:
    assert read(tmp_path, FILE).name == "baci"
    odd = FILE + "2023,699,842,9999BB,4,1\n"
    flows = read(tmp_path, odd, name="mine")
    assert flows.name == "mine"
    assert flows.frame.attrs["skipped"][1]["reason"] == "codes of no heading: 9999AA, 9999BB"
    assert flows.frame["year"].dtype == "int64"
