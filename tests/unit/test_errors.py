import pytest

from tariffcalc.errors import (
    InputError,
    UnknownNameError,
    VintageError,
    first_rows,
    raise_faults,
    suggest,
    unknown_name,
)


@pytest.mark.parametrize(
    ("given", "allowed", "hint"),
    [
        ("durabilty", ["durability", "deal"], "; did you mean 'durability'?"),
        ("upfront", ["upfront-a", "upfront-b"], "; did you mean 'upfront-b' or 'upfront-a'?"),
        ("zzz", ["durability"], ""),
        ("x", [], ""),
        (None, ["None-e"], "; did you mean 'None-e'?"),
        ("abcde", ["abcdf", "abcdg", "abcdh", "abcdi"],
         "; did you mean 'abcdi' or 'abcdh' or 'abcdg'?"),
        ("abcde", ["abcxy"], "; did you mean 'abcxy'?"),  # 6 of 10 letters in common: just close
        ("abcde", ["abxyz"], ""),
    ],
)  # fmt: skip
def test_close_names_are_suggested(given: object, allowed: list, hint: str) -> None:
    assert suggest(given, iter(allowed)) == hint


def test_an_unknown_name_is_told_with_all_there_are() -> None:
    error = unknown_name("party", "exporter", iter(["exporters", "importers"]))
    assert type(error) is UnknownNameError
    assert str(error) == (
        "unknown party 'exporter'; did you mean 'exporters' or 'importers'? "
        "Allowed: exporters, importers."
    )
    assert str(unknown_name("party", "x", [])) == "unknown party 'x'. Allowed: none."


def test_twelve_names_are_shown_and_the_others_counted() -> None:
    names = [f"n{place:02d}" for place in range(13)]
    assert str(unknown_name("x", 5, names[:12])) == (
        f"unknown x 5. Allowed: {', '.join(names[:12])}."
    )
    assert str(unknown_name("x", 5, names)) == (
        f"unknown x 5. Allowed: {', '.join(names[:12])}, … (13 in all)."
    )


def test_faults_are_raised_together_or_not_at_all() -> None:
    assert raise_faults("it fails", []) is None
    with pytest.raises(InputError) as caught:
        raise_faults("it fails", ["a"])
    assert str(caught.value) == "it fails: 1 fault\n  - a"
    with pytest.raises(VintageError) as late:
        raise_faults("it fails", ["a", "b"], VintageError)
    assert str(late.value) == "it fails: 2 faults\n  - a\n  - b"


@pytest.mark.parametrize(
    ("rows", "total", "text"),
    [
        ([3], 1, "1 row: 3"),
        (["a", "b"], 2, "2 rows (first 2: 'a', 'b')"),
        ([1, 2, 3, 4, 5, 6], 6, "6 rows (first 5: 1, 2, 3, 4, 5)"),
        ([1, 2, 3, 4, 5], 900, "900 rows (first 5: 1, 2, 3, 4, 5)"),
    ],
)
def test_the_first_five_rows_are_named(rows: list, total: int, text: str) -> None:
    assert first_rows(rows, total) == text


def test_rows_can_be_of_another_kind() -> None:
    assert first_rows(["870323"], 1, "code") == "1 code: '870323'"
    assert first_rows(["a", "b"], 2, "code") == "2 codes (first 2: 'a', 'b')"


def test_an_unknown_name_without_a_message_prints_nothing() -> None:
    assert str(UnknownNameError()) == ""
    assert repr(UnknownNameError("x")) == "UnknownNameError('x')"
