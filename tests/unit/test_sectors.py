import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError


@pytest.mark.parametrize(
    ("code", "sector"),
    [
        ("87", "Other transport equipment"),
        ("8703", "Passenger cars"),
        ("8703230140", "Passenger cars"),
        ("87032301", "Passenger cars"),
        ("8708", "Vehicle parts"),
        ("84", "Machinery"),
        ("8473", "Computers and storage"),
        ("0101290090", "Food and agriculture"),
        ("9902", "Special provisions"),
    ],
)
def test_a_code_has_the_sector_of_the_packaged_map(code: str, sector: str) -> None:
    assert tc.sectors(pd.Series([code])).tolist() == [sector]


def test_each_length_of_prefix_counts() -> None:
    code = "8703230140"
    mapping = {code[:length]: str(length) for length in (2, 4, 6, 8, 10)}
    codes = pd.Series([code[:length] for length in (2, 4, 6, 8, 10)])
    assert tc.sectors(codes, mapping=mapping).tolist() == ["2", "4", "6", "8", "10"]


def test_a_coarse_code_is_not_put_into_a_finer_sector() -> None:
    with pytest.raises(InputError) as caught:
        tc.sectors(pd.Series(["87", "8703", "87"]), mapping={"8703": "cars"})
    assert str(caught.value) == "no sector for 1 code: '87'; add their prefixes to the mapping"


def test_at_most_five_codes_without_a_sector_are_named_once_each_in_order() -> None:
    codes = pd.Series(["16", "15", "14", "13", "12", "11", "11"])
    with pytest.raises(InputError) as caught:
        tc.sectors(codes, mapping={})
    assert str(caught.value) == (
        "no sector for 6 codes (first 5: '11', '12', '13', '14', '15'); "
        "add their prefixes to the mapping"
    )


def test_the_result_is_text_with_the_index_of_the_codes() -> None:
    found = tc.sectors(pd.Series(["8703", "01"], index=["b", "a"], name="hs", dtype=object))
    assert found.name == "sector"
    assert found.index.tolist() == ["b", "a"]
    assert found.dtype == pd.Series(["x"]).dtype
    assert tc.sectors(pd.Series([], dtype=str)).tolist() == []


def test_the_mapping_is_left_alone_and_its_prefixes_are_checked() -> None:
    mapping = {"87": "vehicles"}
    assert tc.sectors(pd.Series(["8703"]), mapping=mapping).tolist() == ["vehicles"]
    assert mapping == {"87": "vehicles"}
    for wrong, given in (
        ({87: "x"}, "a column of int64"),
        ({"87": "x", 8703: "y"}, "a column of object"),
    ):
        with pytest.raises(InputError) as caught:
            tc.sectors(pd.Series(["8703"]), mapping=wrong)
        assert str(caught.value) == (
            "the mapping to sectors cannot be used: 1 fault\n  - hs: codes are strings, given "
            f"{given}; read files with dtype=str, so that a leading zero is kept"
        )
