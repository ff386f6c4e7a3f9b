import datetime as dt
import tomllib
from pathlib import Path

import pytest

from tariffcalc.errors import InputError
from tariffcalc.scenario.files import (
    MOST_BYTES,
    json_text,
    json_tree,
    source_text,
    toml_text,
    toml_tree,
    written,
)

TREE = {
    "name": "x",
    "day": dt.date(2026, 1, 1),
    "yes": True,
    "no": False,
    "count": 3,
    "tiny": 1e-07,
    "huge": 1e300,
    "list": ["a", 1, 0.5, True, [2026, 0.1]],
    "table": {"deep": {"b": 1.0}, "c": 2},
    "empty": {},
    "dotted.key": {"a b": 1, "é": 2},
}
TEXT = """\
name = "x"
day = 2026-01-01
yes = true
no = false
count = 3
tiny = 1e-07
huge = 1e+300
list = ["a", 1, 0.5, true, [2026, 0.1]]

[table]
c = 2

[table.deep]
b = 1.0

[empty]

["dotted.key"]
"a b" = 1
"é" = 2
"""


def refusal(call: object, *args: object) -> str:
    with pytest.raises(InputError) as caught:
        call(*args)  # type: ignore[operator]
    return str(caught.value)


def test_toml_has_plain_values_first_and_a_section_per_table() -> None:
    assert toml_text(TREE) == TEXT
    assert tomllib.loads(TEXT) == TREE
    assert toml_text({"a": {"b": {"c": 1}}}) == "[a.b]\nc = 1\n"
    assert toml_text({"a": {"b": {}}}) == "[a.b]\n"
    assert toml_text({}) == "\n"


@pytest.mark.parametrize(
    "text", ["", 'a "quoted" \\ word', "line\nline\r\n\ttab", "\x00\x01\x1f\x7f", "é \U0001f600"]
)
def test_any_text_comes_back_from_toml_as_value_and_as_key(text: str) -> None:
    assert tomllib.loads(toml_text({text or "k": text})) == {text or "k": text}


def test_a_delete_character_is_escaped() -> None:
    assert toml_text({"a": "\x7f"}) == 'a = "\\u007f"\n'


def test_json_is_indented_and_dates_are_text() -> None:
    assert json_text({"a": {"day": dt.date(2026, 1, 1)}, "é": [1]}) == (
        '{\n  "a": {\n    "day": "2026-01-01"\n  },\n  "é": [\n    1\n  ]\n}\n'
    )


def test_both_forms_are_read() -> None:
    assert toml_tree(TEXT) == TREE
    assert json_tree('{"a": [1, {"b": null}], "c": 1.5}') == {"a": [1, {"b": None}], "c": 1.5}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1]", "a table is needed, given list"),
        ("null", "a table is needed, given NoneType"),
        ('{"a": {"b": 1, "b": 2}}', "key 'b' is given twice"),
        ('{"a": NaN}', "NaN is not a number; leave out what is unknown"),
        ('{"a": -Infinity}', "-Infinity is not a number; leave out what is unknown"),
        ("{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ],
)
def test_what_is_no_json_table_is_refused(text: str, said: str, tmp_path: Path) -> None:
    assert refusal(json_tree, text) == f"JSON text cannot be read: {said}"
    file = tmp_path / "s.json"
    file.write_text(text)
    assert refusal(json_tree, file) == f"{file} cannot be read: {said}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = 1\na = 2", "Cannot overwrite a value (at end of document)"),
        ("a", "Expected '=' after a key in a key/value pair (at end of document)"),
        ("[a]\n[a]", "Cannot declare ('a',) twice (at line 2, column 3)"),
        ("d = 2025-02-30", "Invalid date or datetime (at line 1, column 5)"),
    ],
)
def test_what_is_no_toml_is_refused(text: str, said: str, tmp_path: Path) -> None:
    assert refusal(toml_tree, text) == f"TOML text cannot be read: {said}"
    file = tmp_path / "s.toml"
    file.write_text(text)
    assert refusal(toml_tree, file) == f"{file} cannot be read: {said}"


def test_a_number_of_five_thousand_digits_is_refused() -> None:
    for read, text in ((toml_tree, f"a = {'9' * 5000}"), (json_tree, f'{{"a": {"9" * 5000}}}')):
        assert "cannot be read: Exceeds the limit (4300 digits)" in refusal(read, text)


def test_a_name_of_a_file_is_not_read_as_text() -> None:
    assert refusal(toml_tree, "my.toml") == (
        "'my.toml' is text, not a file; give pathlib.Path('my.toml')"
    )
    assert refusal(json_tree, "my.json").startswith("'my.json' is text, not a file")
    assert refusal(json_tree, "my.toml").startswith("JSON text cannot be read")
    assert toml_tree("# see my\na = 1 # s.toml") == {"a": 1}


def test_a_source_is_a_path_or_text() -> None:
    for source in (5, None, b"a = 1", ["a"]):
        assert refusal(source_text, source, "JSON") == (
            f"a pathlib.Path or JSON text is needed, given {source!r}"
        )


def test_size_is_capped_for_text_and_files(tmp_path: Path) -> None:
    assert MOST_BYTES == 5_000_000
    file = tmp_path / "s"
    fits = "x" * MOST_BYTES
    file.write_text(fits)
    assert source_text(fits, "TOML") == source_text(file, "TOML") == fits
    file.write_text(f"{fits}y")
    assert refusal(source_text, file, "TOML") == (
        f"{file}: 5,000,001 bytes are over the 5,000,000 a file may have"
    )
    assert refusal(source_text, f"{fits}y", "TOML") == (
        "TOML text of 5,000,001 characters is over 5,000,000"
    )


def test_a_file_is_read_as_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "s"
    file.write_bytes("é".encode())
    assert source_text(file, "TOML") == "é"
    file.write_bytes(b"ab\xff")
    assert refusal(source_text, file, "TOML") == (
        f"{file}: not UTF-8 text (invalid start byte at byte 2)"
    )
    assert refusal(source_text, tmp_path / "none", "TOML") == f"{tmp_path / 'none'}: no such file"
    long = tmp_path / ("x" * 300)
    assert refusal(source_text, long, "TOML") == f"{long}: cannot be read (File name too long)"


def test_text_is_written_with_plain_line_ends(tmp_path: Path) -> None:
    for target in (tmp_path / "a", str(tmp_path / "b")):
        assert written("é\n", target) == "é\n"
        assert Path(target).read_bytes() == b"\xc3\xa9\n"
    assert written("x", None) == "x"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a", "b"]


def test_a_part_of_a_file_never_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def full(part: Path, _: Path) -> Path:
        seen.append(part.name)
        assert part.read_text() == "text"
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "replace", full)
    assert refusal(written, "text", tmp_path / "s") == (
        f"{str(tmp_path / 's')!r} cannot be written: Input/output error"
    )
    assert seen == ["s.part"]
    assert list(tmp_path.iterdir()) == []


def test_a_target_is_a_place_for_a_file(tmp_path: Path) -> None:
    assert refusal(written, "x", 5) == "path: a pathlib.Path or text is needed, given 5"
    for target, reason in (
        (tmp_path, "Is a directory"),
        (tmp_path / "none" / "s", "No such file or directory"),
        (tmp_path / "a\0", "embedded null byte"),
    ):
        assert refusal(written, "x", target) == f"{str(target)!r} cannot be written: {reason}"
