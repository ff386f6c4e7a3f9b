from pathlib import Path
from typing import Any

import pytest

from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.readers.comtrade import read_comtrade

# The header of a download of 2025; its rows end in one comma more than the header.
HEADER = (
    "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterISO,reporterDesc,"
    "flowCode,flowDesc,partnerCode,partnerISO,partnerDesc,partner2Code,partner2ISO,partner2Desc,"
    "classificationCode,classificationSearchCode,isOriginalClassification,cmdCode,cmdDesc,"
    "aggrLevel,isLeaf,customsCode,customsDesc,mosCode,motCode,motDesc,qtyUnitCode,qtyUnitAbbr,qty,"
    "isQtyEstimated,altQtyUnitCode,altQtyUnitAbbr,altQty,isAltQtyEstimated,netWgt,"
    "isNetWgtEstimated,grossWgt,isGrossWgtEstimated,cifvalue,fobvalue,primaryValue,"
    "legacyEstimationFlag,isReported,isAggregate"
)
ROW = (
    "C,A,20240101,2024,52,{period},842,USA,USA,{flow},Import,{code},{iso},{name},{second},W00,World,"
    "{edition},HS,true,{hs},Cars,{level},true,C00,TOTAL CPC,0,{mode},TOTAL MOT,5,u,{qty},false,5,u,"
    "1,false,{net},false,0,false,{cif},{fob},{cif},0,false,true,\n"
)
CLASSIC = (
    "Classification,Year,Period,Period Desc.,Aggregate Level,Is Leaf Code,Trade Flow Code,"
    "Trade Flow,Reporter Code,Reporter,Reporter ISO,Partner Code,Partner,Partner ISO,"
    "Commodity Code,Commodity,Qty Unit Code,Qty Unit,Qty,Netweight (kg),Trade Value (US$),Flag"
)
CLASSIC_ROW = (
    "H4,2014,2014,2014,6,1,1,Import,842,USA,USA,410,Rep. of Korea,KOR,870323,Cars,5,"
    "Number of items,3,4500,1250,0\n"
)
LOST_ZERO = (
    "hs: 2, 4, 6, 8 or 10 digits are needed in 1 code: '121'; did you mean '0121'? A leading "
    "zero was lost"
)


def row(**cells: Any) -> str:
    given = {"period": "2024", "flow": "M", "code": "410", "iso": "KOR", "name": "Rep. of Korea",
             "second": "0", "edition": "H6", "hs": "870323", "level": "6", "mode": "0",
             "qty": "3.0", "net": "4500.5", "cif": "1250.25", "fob": "1200.5"}  # fmt: skip
    return ROW.format(**{**given, **cells})


def file_of(folder: Path, *rows: str, header: str = HEADER) -> Path:
    file = folder / "TradeData.csv"
    file.write_bytes(f"{header}\n{''.join(rows)}".encode("cp1252"))
    return file


def read(folder: Path, *rows: str, header: str = HEADER, **options: Any) -> TradeFlows:
    return read_comtrade(file_of(folder, *rows, header=header), **options)


def faults(folder: Path, *rows: str, header: str = HEADER, **options: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(folder, *rows, header=header, **options)
    return str(caught.value).removeprefix(f"{folder / 'TradeData.csv'}").split("\n  - ")[1:]


def test_a_download_with_all_its_columns(tmp_path: Path) -> None:
    flows = read(tmp_path, row(), row(code="384", iso="CIV", name="Côte d'Ivoire", qty="", net=""))
    assert flows.frame.columns.tolist() == [
        "hs", "partner", "value_usd", "classification", "quantity", "unit", "net_weight_kg",
        "description", "year",
    ]  # fmt: skip
    assert flows.frame.iloc[0].tolist() == [
        "870323", "KOR", 1250.25, "H6", 3.0, "u", 4500.5, "Cars", 2024
    ]  # fmt: skip
    assert flows.partners == ["CIV", "KOR"]
    assert flows.frame["quantity"].isna().tolist() == [False, True]
    assert flows.frame.attrs["source"] == "a UN Comtrade file, TradeData.csv"


def test_the_value_is_chosen(tmp_path: Path) -> None:
    assert read(tmp_path, row(), value="fob").value_usd == 1200.5
    assert read(tmp_path, row(), value="cif").value_usd == 1250.25
    header = "period,reporterISO,flowCode,partnerISO,cmdCode,primaryValue"
    assert faults(tmp_path, "2024,USA,M,KOR,870323,5\n", header=header, value="fob") == [
        "no fob values; there: primary"
    ]
    assert faults(tmp_path, header="period,reporterISO,flowCode,partnerISO,cmdCode") == [
        "no primary values; there: none"
    ]
    with pytest.raises(UnknownNameError, match="unknown value 'customs'"):
        read(tmp_path, row(), value="customs")


def test_totals_and_parts_do_not_count(tmp_path: Path) -> None:
    flows = read(
        tmp_path, row(), row(code="0", iso="W00"), row(flow="X"), row(second="36"),
        row(mode="1000"), row(hs="TOTAL", level="0"), row(hs="9999AA"), row(code="899", iso="_X "),
    )  # fmt: skip
    assert flows.value_usd == 1250.25
    assert {row["reason"]: row["rows"] for row in flows.frame.attrs["skipped"]} == {
        "other flows than imports of USA": 1,
        "parts by second partner": 1,
        "parts by mode of transport": 1,
        "totals and codes of no heading: 9999AA, TOTAL": 2,
        "totals of countries: 0": 1,
        "areas without an ISO 3166 code: 899": 1,
    }
    assert faults(tmp_path, row(mode="1000")) == [
        "mode of transport: only parts are there; download the totals over it"
    ]


@pytest.mark.parametrize(
    ("header", "line"),
    [
        (CLASSIC, CLASSIC_ROW),
        ("period,reporterISO,flowCode,partnerISO,cmdCode,aggrLevel,primaryValue",
         "2014,USA,M,KOR,870323,6,1250\n"),
        ("period;reporterCode;flowCode;partnerCode;cmdCode;primaryValue",
         "2014;842;M;410;870323;1250\n"),
    ],
)  # fmt: skip
def test_classic_and_short_files(header: str, line: str, tmp_path: Path) -> None:
    frame = read(tmp_path, line, header=header).frame
    assert frame[["hs", "partner", "value_usd", "year"]].to_numpy().tolist() == [
        ["870323", "KOR", 1250.0, 2014]
    ]


def test_months_are_months(tmp_path: Path) -> None:
    frame = read(tmp_path, row(period="202405"), row(period="202406")).frame
    assert frame[["year", "month"]].to_numpy().tolist() == [[2024, 5], [2024, 6]]
    assert faults(tmp_path, row(hs="010121"), row(period="202405")) == [
        "years and months in one file count the same trade twice"
    ]


def test_another_importer(tmp_path: Path) -> None:
    swiss = row().replace(",842,USA,USA,", ",757,CHE,Switzerland,")
    assert read(tmp_path, swiss, row(), importer="CHE").value_usd == 1250.25
    assert faults(tmp_path, swiss) == [
        "no line is left to read (1 rows: other flows than imports of USA)"
    ]
    with pytest.raises(UnknownNameError, match="unknown importer 'EU'"):
        read(tmp_path, row(), importer="EU")


def test_lost_zeros(tmp_path: Path) -> None:
    flows = read(tmp_path, row(hs="10121"))
    assert flows.frame["hs"].tolist() == ["010121"]
    assert flows.frame.attrs["notes"] == ["codes that got back a leading zero: 1"]
    assert read(tmp_path, row(hs="1", level="2")).frame["hs"].tolist() == ["01"]
    assert faults(tmp_path, row(hs="121")) == [
        "code: as many digits as the level says are needed in 1 line: 2",
        LOST_ZERO,
    ]


def test_all_faults_of_a_file_come_at_once(tmp_path: Path) -> None:
    assert faults(
        tmp_path, row(period="24", edition="S3", cif=""), row(code="9999", cif="x", qty="y")
    ) == [
        "primary: nothing is given in 1 line: 2",
        "primary: numbers are needed, given 'x', in 1 line: 3",
        "quantity: numbers are needed, given 'y', in 1 line: 3",
        "period: a year (2024), or a year and a month (202405), is needed in 1 line: 2",
        "classification: the HS is needed, given S3, in 1 line: 2",
        "partner: 1 unknown country: '9999'; name the partners to read",
    ]


@pytest.mark.parametrize(
    ("header", "missing"),
    [("cmdCode,flowCode", "period, reporter, partner"),
     ("cmdCode,period,reporterISO", "flow, partner")],
)  # fmt: skip
def test_missing_columns_are_named(header: str, missing: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, header=header)
    assert str(caught.value) == (f"columns missing: {missing}; there: {header.replace(',', ', ')}")


def test_world_is_known_by_its_letters(tmp_path: Path) -> None:
    header = "period;reporterISO;flowCode;partnerISO;cmdCode;primaryValue;qty;netWgt"
    lines = [f"202412;USA;M;{iso};870323;1.250,5;2,5;3,5\n" for iso in ("KOR", "W00", "WLD", "TWN")]
    with pytest.raises(InputError, match="can be read two ways"):
        read(tmp_path, *lines, header=header)
    flows = read(tmp_path, *lines, header=header, decimal=",", years=[2024], name="mine")
    assert flows.name == "mine"
    assert flows.frame["partner"].tolist() == ["KOR", "TWN"]
    assert flows.frame.iloc[0].tolist() == ["870323", "KOR", 1250.5, 2.5, "", 3.5, 2024, 12]
    assert flows.frame["year"].dtype == flows.frame["month"].dtype == "int64"
    assert flows.frame.attrs["skipped"][0]["reason"] == "totals of countries: W00, WLD"


def test_a_partner_without_number_goes_by_its_letters(tmp_path: Path) -> None:
    assert read(tmp_path, row(code="", iso="JPN")).partners == ["JPN"]
    assert read(tmp_path, row(code="", iso="S19")).partners == ["TWN"]
    assert faults(tmp_path, row(code="", iso="X19")) == [
        "partner: 1 unknown country: 'X19'; name the partners to read"
    ]
    assert read(tmp_path, row()).name == "comtrade"


def test_several_editions_and_totals_are_named(tmp_path: Path) -> None:
    wrong = faults(tmp_path, row(edition="S3"), row(edition="B4", hs="010121"))
    assert wrong == ["classification: the HS is needed, given B4, S3, in 2 lines (first 2: 2, 3)"]
    flows = read(tmp_path, row(), row(hs="0", level="0", cif="9"))
    assert flows.frame.attrs["skipped"] == [
        {"reason": "totals and codes of no heading: 0", "rows": 1, "value_usd": 9.0}
    ]
    short = "period,reporterISO,flowCode,partnerISO,cmdCode,fobvalue,cifvalue\n"
    assert faults(tmp_path, header=short.strip()) == ["no primary values; there: cif, fob"]
    with pytest.raises(InputError, match="no header with 'cmdCode' or 'Commodity Code' in the"):
        read(tmp_path, header="x,y")
