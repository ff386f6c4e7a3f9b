import numpy as np
import pandas as pd
import pytest

from tariffcalc.codes import CodeRanges, code_faults, code_intervals, code_ranges, covered
from tariffcalc.errors import InputError

TEN = 10**10


def intervals(ranges: CodeRanges) -> list[tuple[int, int]]:
    return list(zip(ranges.starts.tolist(), ranges.ends.tolist(), strict=True))


def asked(prefixes: list[str], codes: list[str]) -> tuple[list[bool], list[bool]]:
    inside, partly = covered(code_ranges(prefixes), *code_intervals(pd.Series(codes, dtype=str)))
    assert inside.dtype == partly.dtype == np.bool_
    return inside.tolist(), partly.tolist()


@pytest.mark.parametrize("code", ["00", "8703", "870323", "87032301", "8703230140"])
def test_codes_of_2_to_10_digits_are_right(code: str) -> None:
    assert code_faults(pd.Series(["99", code])) == []


@pytest.mark.parametrize(
    "codes",
    [
        pd.Series([], dtype=str),
        pd.Series([], dtype=object),
        pd.Series(["87"], dtype=object),
        pd.Series(["87"], dtype="string"),
        pd.Series(["87", "87"], dtype="category"),
    ],
)
def test_text_of_any_kind_is_right_and_so_is_none_at_all(codes: pd.Series) -> None:
    assert code_faults(codes) == []


NEEDED = "hs: 2, 4, 6, 8 or 10 digits are needed in "
LOST = "'? A leading zero was lost"


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (["870"], f"1 code: '870'; did you mean '0870{LOST}"),
        (["87032"], f"1 code: '87032'; did you mean '087032{LOST}"),
        (["8703230"], f"1 code: '8703230'; did you mean '08703230{LOST}"),
        (["870323014"], f"1 code: '870323014'; did you mean '0870323014{LOST}"),
        (["", "870x", "101"], f"3 codes (first 3: '', '870x', '101'); did you mean '0101{LOST}"),
        (["1"], "1 code: '1'"),
        (["87032301401"], "1 code: '87032301401'"),
        (["870323014012"], "1 code: '870323014012'"),
        ([" 8703", "8703\n", "87.03"], "3 codes (first 3: ' 8703', '8703\\n', '87.03')"),
        (["٨٧٠٣"], "1 code: '٨٧٠٣'"),
        (["٨٧٠"], "1 code: '٨٧٠'"),
        (["a", "b", "87", "c", "d", "e", "f"], "6 codes (first 5: 'a', 'b', 'c', 'd', 'e')"),
        (["87", None], "1 code: None"),
    ],
)
def test_other_text_is_refused_with_the_zero_that_was_lost(codes: list, message: str) -> None:
    assert code_faults(pd.Series(codes, dtype=str)) == [NEEDED + message]


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        (pd.Series([8703]), "int64"),
        (pd.Series([8703.0]), "float64"),
        (pd.Series(["87", 85], dtype=object), "object"),
        (pd.Series([], dtype=float), "float64"),
    ],
)
def test_numbers_are_no_codes(codes: pd.Series, kind: str) -> None:
    assert code_faults(codes) == [
        (
            f"hs: codes are strings, given a column of {kind}; "
            "read files with dtype=str, so that a leading zero is kept"
        )
    ]


def test_a_code_is_the_interval_of_the_10_digit_codes_below_it() -> None:
    first, width = code_intervals(
        pd.Series(["00", "01", "8703", "870323", "87032301", "8703230140"])
    )
    assert first.tolist() == [
        0, 100_000_000, 8_703_000_000, 8_703_230_000, 8_703_230_100, 8_703_230_140,
    ]  # fmt: skip
    assert width.tolist() == [10**8, 10**8, 10**6, 10**4, 100, 1]
    assert first.dtype == width.dtype == np.int64


def test_ranges_are_disjoint_sorted_and_merged_where_they_touch() -> None:
    assert intervals(code_ranges(["8704", "8703", "870323", "01", "8706"])) == [
        (10**8, 2 * 10**8), (8703 * 10**6, 8705 * 10**6), (8706 * 10**6, 8707 * 10**6),
    ]  # fmt: skip
    assert intervals(code_ranges(["99", "98", "97"])) == [(97 * 10**8, TEN)]
    assert intervals(code_ranges(["87", "8799999999"])) == [(87 * 10**8, 88 * 10**8)]
    assert intervals(code_ranges(["8703", "8703", "87030000", "8703999999"])) == [
        (8703 * 10**6, 8704 * 10**6)
    ]


def test_a_code_one_apart_opens_a_range_of_its_own() -> None:
    assert intervals(code_ranges(["8703230140", "8703230142"])) == [
        (8703230140, 8703230141), (8703230142, 8703230143),
    ]  # fmt: skip


def test_no_prefix_covers_nothing() -> None:
    empty = code_ranges([])
    assert intervals(empty) == []
    assert empty.starts.dtype == empty.ends.dtype == np.int64
    assert asked([], ["87", "8703230140"]) == ([False, False], [False, False])


def test_a_wrong_prefix_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        code_ranges(["87", "870"])
    assert str(caught.value) == f"{NEEDED}1 code: '870'; did you mean '0870{LOST}"


def test_codes_lie_inside_in_part_or_outside() -> None:
    codes = ["87", "8703", "870323", "870324", "8704", "85", "88"]
    assert asked(["870323", "8704"], codes) == (
        [False, False, True, False, True, False, False],
        [True, True, False, False, False, False, False],
    )


def test_a_code_next_to_a_range_is_outside_on_either_side() -> None:
    prefixes = ["8703230140"]
    codes = ["8703230139", "8703230140", "8703230141"]
    assert asked(prefixes, codes) == ([False, True, False], [False, False, False])
    assert asked(["8703"], ["8702", "8704", "00", "99"]) == ([False] * 4, [False] * 4)


def test_two_ranges_that_touch_cover_what_neither_covers_alone() -> None:
    low, high = (
        [f"87{part:02d}" for part in range(50)],
        [f"87{part:02d}" for part in range(50, 100)],
    )
    assert asked(low + high, ["87"]) == ([True], [False])
    assert asked(low, ["87"]) == asked(high, ["87"]) == ([False], [True])


def test_a_range_that_ends_inside_a_code_reaches_it_in_part() -> None:
    # The first part, the last part, and one in the middle of a heading.
    for part in ("870300", "870399", "870350"):
        assert asked([part], ["8703", "8702", "8704"]) == ([False] * 3, [True, False, False])


def test_the_lowest_and_the_highest_code_are_codes_like_others() -> None:
    assert asked(["00"], ["0000000000", "01"]) == ([True, False], [False, False])
    assert asked(["99"], ["9999999999", "98"]) == ([True, False], [False, False])
    assert asked(["01"], ["00", "0000000000"]) == ([False] * 2, [False] * 2)
