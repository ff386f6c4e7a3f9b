import importlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest

from tariffcalc.errors import InputError
from tariffcalc.trade.readers.text_tables import (
    TextTable,
    _padded,
    csv_table,
    workbook_tables,
)


def columns(cells: Sequence[str]) -> Mapping[str, int] | None:
    return {"a": cells.index("A"), "b": cells.index("B")} if {"A", "B"} <= set(cells) else None


def table(folder: Path, content: str | bytes, **options: object) -> TextTable:
    file = folder / "x.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return csv_table(file, columns, "A and B", 10**6, **options)  # type: ignore[arg-type]


def refusal(folder: Path, content: str | bytes) -> str:
    with pytest.raises(InputError) as caught:
        table(folder, content)
    return str(caught.value).removeprefix(f"{folder / 'x.csv'}: ")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_header_and_separator_are_looked_for(separator: str, tmp_path: Path) -> None:
    text = 'title,,\n"more, text",,\nC,B,A\n1, 2 ,"3, 4"\n,,\n\n5,6,\n'
    found = table(tmp_path, text.replace(",", separator))
    assert found.separator == separator
    assert found.above == [["title", "", ""], [f"more{separator} text", "", ""]]
    assert found.header == ["C", "B", "A"]
    assert found.frame.index.tolist() == [4, 7]
    assert found.frame["a"].tolist() == [f"3{separator} 4", ""]
    assert found.frame["b"].tolist() == ["2", "6"]
    assert found.unkept == 0


def test_cells_behind_the_header_may_be_empty(tmp_path: Path) -> None:
    assert table(tmp_path, "A,B,\n1,2\n").header == ["A", "B"]
    assert table(tmp_path, "A,B\n1,2,\n3,4, ,\n").frame["b"].tolist() == ["2", "4"]


def test_rows_can_be_left_out_on_the_way(tmp_path: Path) -> None:
    kept = table(
        tmp_path, "B,A\n1,x\n,\n2,y\n", keep=lambda names: lambda row: row[names.index("b")] == "2"
    )
    assert kept.frame.to_dict("list") == {"a": ["y"], "b": ["2"]}
    assert kept.unkept == 1


def test_a_header_alone_is_an_empty_table(tmp_path: Path) -> None:
    found = table(tmp_path, "A,B\n")
    assert found.frame.columns.tolist() == ["a", "b"]
    assert len(found.frame) == 0


def test_quoted_line_breaks_are_kept_and_counted(tmp_path: Path) -> None:
    found = table(tmp_path, 'A,B\r\n"1\n2",3\r\n4,5\r\n')
    assert found.frame["a"].tolist() == ["1\n2", "4"]
    assert found.frame.index.tolist() == [3, 4]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("A,C\n1,2\n", "no header with A and B in the first 40 rows of 'A,C'"),
        ("x\n" * 40 + "A,B\n", "no header with A and B in the first 40 rows of 'x'"),
        ("A,B\n1\n2,3\n4,5,6\n",
         "2 cells, as in the header, are needed in 2 lines (first 2: 2, 4)"),
        ('A,B\n"1"x,2\n', "line 2: ',' expected after '\"'"),
        ('A,B\n"1,2\n', "line 2: unexpected end of data"),
        ("A,B\n".encode("utf-16") + b"\x00", "cannot be read as CSV (truncated data)"),
        (f'"{"x" * 200_000}"\nA,B\n',
         "cannot be read as CSV (field larger than field limit (131072))"),
    ],
)  # fmt: skip
def test_a_table_that_is_not_whole_is_refused(
    content: str | bytes, said: str, tmp_path: Path
) -> None:
    assert refusal(tmp_path, content) == said


def workbook(folder: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    file = folder / "x.xlsx"
    book.save(file)
    return file


def test_sheets_with_a_header_are_tables(tmp_path: Path) -> None:
    rows = [["title"], ["A", "B", 2024], [1, 2.5, "x"], [], ["01", 3e20, None], [True, None, "y"]]
    file = workbook(tmp_path, {"one": rows, "two": [["key", "value"]], "three": []})
    tables, others = workbook_tables(file, columns, "A and B", 10**6)
    assert len(tables) == 1
    assert tables[0].name == f"{file}, sheet 'one'"
    assert tables[0].above == [["title", "", ""]]
    assert tables[0].header == ["A", "B", "2024"]
    assert tables[0].frame.index.tolist() == [3, 5, 6]
    assert tables[0].frame["a"].tolist() == ["1", "01", "True"]
    assert tables[0].frame["b"].tolist() == ["2.5", "3" + "0" * 20, ""]
    assert others == {"two": [["key", "value"]], "three": []}


def test_a_workbook_without_such_a_sheet_is_refused(tmp_path: Path) -> None:
    file = workbook(tmp_path, {"one": [["C"]], "two": []})
    with pytest.raises(InputError) as caught:
        workbook_tables(file, columns, "A and B", 10**6)
    assert str(caught.value) == (
        f"{file}: no header with A and B in the first 40 rows of 'one, two'"
    )


def test_a_workbook_is_capped_as_unpacked(tmp_path: Path) -> None:
    file = workbook(tmp_path, {"one": [["A", "B"], *([1, 2] for _ in range(1000))]})
    with zipfile.ZipFile(file) as parts:
        size = sum(part.file_size for part in parts.infolist())
    assert len(workbook_tables(file, columns, "A and B", size)[0][0].frame) == 1000
    with pytest.raises(InputError, match=f"unpacked, {size:,} bytes are over the {size - 1:,}"):
        workbook_tables(file, columns, "A and B", size - 1)


@pytest.mark.parametrize("content", [b"no zip", b""])
def test_a_broken_workbook_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "x.xlsx"
    file.write_bytes(content)
    with pytest.raises(InputError, match="no workbook that can be read"):
        workbook_tables(file, columns, "A and B", 10**6)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as parts:
        parts.writestr("xl/workbook.xml", "<x")
    file.write_bytes(stream.getvalue())
    with pytest.raises(InputError, match="no workbook that can be read"):
        workbook_tables(file, columns, "A and B", 10**6)


def test_without_openpyxl_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", absent)
    file = tmp_path / "x.xlsx"
    with pytest.raises(InputError) as caught:
        workbook_tables(file, columns, "A and B", 10**6)
    assert str(caught.value) == (
        f"{file}: workbooks need openpyxl; pip install 'tariffcalc[excel]', or save it as CSV"
    )


def test_rows_of_a_sheet_are_as_wide_as_the_widest() -> None:
    assert _padded([[1], [], [None, "b"]]) == [["1", ""], ["", ""], ["", "b"]]
    assert _padded([]) == []
