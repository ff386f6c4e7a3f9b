import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.trade.sectors import sections


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
        ("841111", "Aircraft"),
        ("8541430010", "Solar cells"),
        ("8541", "Semiconductors"),
        ("0101290090", "Agriculture and fish"),
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


def test_a_section_is_that_of_the_chapter() -> None:
    found = sections(pd.Series(["8703", "27", "9903000000"], index=[3, 1, 1]))
    assert found.tolist() == [
        "XVII Vehicles, aircraft and vessels",
        "V Mineral products",
        "XXII Special provisions of the US schedule",
    ]
    assert found.index.tolist() == [3, 1, 1]
    assert found.name == "section"
    assert found.cat.ordered
    assert len(found.cat.categories) == 22
    assert sections(pd.Series([], dtype=str)).empty


def test_chapters_that_do_not_exist_have_no_section() -> None:
    with pytest.raises(InputError) as caught:
        sections(pd.Series(["7701", "0001", "7701", "87"]))
    assert str(caught.value) == (
        "no section for 2 codes (first 2: '0001', '7701'); chapters run from 01 to 99 without 77"
    )


def test_chapters_carry_names_and_sections() -> None:
    table = tc.hs_chapters()
    assert table.columns.tolist() == ["name", "section", "section_name"]
    assert table.index.name == "chapter"
    assert table.index.tolist() == [f"{n:02d}" for n in range(1, 100) if n != 77]
    assert table["name"].is_unique
    assert table.notna().all().all()
    assert table.groupby("section", sort=False).ngroups == 22
    assert table.groupby(["section", "section_name"]).ngroups == 22
    edges = {"01": "I", "05": "I", "06": "II", "16": "IV", "72": "XV", "83": "XV", "84": "XVI",
             "89": "XVII", "92": "XVIII", "96": "XX", "97": "XXI", "98": "XXII"}  # fmt: skip
    assert table["section"].loc[list(edges)].to_dict() == edges
    table["name"] = "changed"
    assert tc.hs_chapters().loc["87", "name"] == "Vehicles"
