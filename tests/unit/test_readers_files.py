import gzip
import io
from pathlib import Path

import pytest

from tariffcalc.errors import InputError
from tariffcalc.trade.readers import files
from tariffcalc.trade.readers.files import (
    MOST_BYTES,
    checked_path,
    encoding_of,
    json_value,
    opened,
    text_lines,
)


def refusal(call: object, *args: object) -> str:
    with pytest.raises(InputError) as caught:
        call(*args)  # type: ignore[operator]
    return str(caught.value)


def written(folder: Path, content: bytes, name: str = "file") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def test_a_file_is_checked_before_it_is_opened(tmp_path: Path) -> None:
    assert MOST_BYTES == 512_000_000
    file = written(tmp_path, b"abc")
    assert checked_path(file, 3) == checked_path(str(file), 3) == file
    assert refusal(checked_path, file, 2) == (
        f"{file}: 3 bytes are over the 2 allowed; raise most_bytes or cut the file"
    )
    assert refusal(checked_path, written(tmp_path, b"", "empty"), 9).endswith("the file is empty")
    assert refusal(checked_path, tmp_path / "none", 9) == f"{tmp_path / 'none'}: no such file"
    assert refusal(checked_path, tmp_path, 9) == f"{tmp_path}: this is a folder"
    long = tmp_path / ("x" * 300)
    assert refusal(checked_path, long, 9) == f"{long}: cannot be read (File name too long)"


@pytest.mark.parametrize("path", ["https://hts.usitc.gov/x.json", "s3://bucket/x", "file:///x"])
def test_no_url_is_read(path: str) -> None:
    assert refusal(checked_path, path, 9) == (
        f"{path}: there is no network client; download the file and give its path"
    )


@pytest.mark.parametrize("path", [None, 5, b"x", io.StringIO("x")])
def test_only_a_path_is_taken(path: object) -> None:
    assert refusal(checked_path, path, 9) == (
        f"path: a pathlib.Path or text is needed, given {path!r}"
    )


@pytest.mark.parametrize("most_bytes", [0, -1, 1.5, True, "9", None])
def test_a_cap_is_a_number_of_bytes(most_bytes: object) -> None:
    assert refusal(checked_path, "x", most_bytes) == (
        f"most_bytes: a whole number of bytes is needed, given {most_bytes!r}"
    )


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"plain", "utf-8"),
        ("é¢".encode(), "utf-8"),
        ("é".encode("utf-8-sig"), "utf-8-sig"),
        ("é".encode("utf-16"), "utf-16"),
        ("é".encode("cp1252"), "cp1252"),
        ("¢".encode("latin-1"), "cp1252"),
    ],
)
def test_the_encoding_is_found(content: bytes, encoding: str, tmp_path: Path) -> None:
    file = written(tmp_path, content)
    assert encoding_of(file, 99) == encoding
    with text_lines(file, encoding) as lines:
        assert lines.read() == content.decode(encoding)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    file = written(tmp_path, b"a\x81\xff")  # 81 is nothing in Windows-1252
    assert refusal(encoding_of, file, 9) == f"{file}: no text in UTF-8, UTF-16 or Windows-1252"
    cut = written(tmp_path, "aé".encode()[:-1], "cut")
    assert encoding_of(cut, 9) == "cp1252"


def test_a_packed_file_is_unpacked_up_to_the_cap(tmp_path: Path) -> None:
    file = written(tmp_path, gzip.compress(b"x" * 1000), "x.csv.gz")
    assert file.stat().st_size < 100
    with opened(file) as stream:
        assert len(stream.read()) == 1000
    assert encoding_of(file, 1000) == "utf-8"
    assert refusal(encoding_of, file, 999) == (
        f"{file}: unpacked, 1,000 bytes are over the 999 allowed; raise most_bytes or cut the file"
    )
    broken = written(tmp_path, b"no gzip", "y.gz")
    assert "cannot be read (Not a gzipped file" in refusal(encoding_of, broken, 9)
    cut = written(tmp_path, gzip.compress(b"x" * 1000)[:-9], "z.gz")
    assert "cannot be read (Compressed file ended" in refusal(encoding_of, cut, 9999)


def test_json_is_read_in_every_encoding(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        file = written(tmp_path, '[{"é": [1, null, "x"]}]'.encode(encoding))
        assert json_value(file, 999) == [{"é": [1, None, "x"]}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"a": 1, "a": 2}]', "key 'a' is given twice"),
        ("[NaN]", "NaN is not a number"),
        ("[-Infinity]", "-Infinity is not a number"),
        ("[1", "Expecting ',' delimiter: line 1 column 3 (char 2)"),
        (" <html>", "Expecting value: line 1 column 2 (char 1); it is a web page, not data"),
    ],
)
def test_doubtful_json_is_refused(text: str, said: str, tmp_path: Path) -> None:
    file = written(tmp_path, text.encode())
    assert refusal(json_value, file, 999) == f"{file}: no JSON that can be read: {said}"


def test_json_without_end_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, b"[" * 200_000)
    assert "no JSON that can be read: maximum recursion" in refusal(json_value, file, 999_999)
    odd = written(tmp_path, "[1]".encode("utf-16") + b"\x00")
    assert refusal(json_value, odd, 999) == f"{odd}: no utf-16 text (truncated data)"


def test_a_file_is_gone_through_block_by_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "BLOCK", 4)
    file = written(tmp_path, "abcé€x".encode())  # é and € cross the ends of blocks
    size = file.stat().st_size
    assert encoding_of(file, size) == "utf-8"
    assert f"{size:,} bytes are over the {size - 1}" in refusal(encoding_of, file, size - 1)
    late = written(tmp_path, b"abcdefgh\xe9", "late")
    assert encoding_of(late, 99) == "cp1252"
    assert checked_path(written(tmp_path, b"x", "one"), 1).name == "one"
