import pandas as pd
import pytest

from tariffcalc.data import data_table
from tariffcalc.partners import (
    EU27_MEMBERS,
    named_partners,
    partner_codes,
    partner_faults,
    partner_groups,
)

NEEDED = "partner: ISO 3166 alpha-3 codes, EU27 or ROW are needed, given "


def test_the_union_has_27_members_with_codes_of_their_own() -> None:
    assert len(EU27_MEMBERS) == 27
    assert set(partner_codes()) >= EU27_MEMBERS
    assert not EU27_MEMBERS & {"EU27", "GBR", "NOR", "CHE", "TUR", "UKR", "SRB"}
    assert {"DEU", "FRA", "HRV", "IRL", "CYP", "MLT"} <= EU27_MEMBERS


def test_codes_are_those_of_the_packaged_table() -> None:
    assert partner_codes() == tuple(sorted(data_table("partners.csv")["code"]))
    assert {len(code) for code in partner_codes()} == {3, 4}
    assert {"KOR", "NAM", "EU27", "ROW"} <= set(partner_codes())


def test_codes_that_are_no_country_say_what_they_stand_for() -> None:
    table = data_table("partners.csv").set_index("code")["description"]
    assert table.dropna().index.tolist() == ["EU27", "ROW"] == sorted(partner_groups())


def test_every_country_is_in_one_group_or_has_lines_of_its_own() -> None:
    groups = partner_groups()
    own = {"CAN", "CHE", "CHN", "GBR", "IND", "JPN", "KOR", "MEX", "TWN", "VNM"}
    parts = [groups["EU27"], groups["ROW"], own, {"USA"}, set(groups)]
    assert sum(map(len, parts)) == len(partner_codes())
    assert set().union(*parts) == set(partner_codes())
    assert {"THA", "BRA", "AUS", "NOR"} <= groups["ROW"]


def test_codes_that_exist_are_right() -> None:
    assert partner_faults(["KOR", "EU27", "NAM", "KOR"]) == []
    assert partner_faults([]) == []


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (["KOREA", "KOR"], "1 unknown code: 'KOREA'; did you mean 'KOR'?"),
        (["kor"], "1 unknown code: 'kor'"),
        (["XX", "XX", 410], "2 unknown codes (first 2: '410', 'XX')"),
        ([float("nan")], "1 unknown code: 'nan'"),
        (list("gfedcba"), "7 unknown codes (first 5: 'a', 'b', 'c', 'd', 'e')"),
    ],
)
def test_other_codes_are_named_once_each(codes: list, message: str) -> None:
    assert partner_faults(codes) == [NEEDED + message]
    assert partner_faults(pd.Series(codes, dtype=object)) == [NEEDED + message]


def test_the_union_names_its_members_and_all_members_name_it() -> None:
    assert named_partners([]) == frozenset()
    assert named_partners(["KOR", "DEU"]) == {"KOR", "DEU"}
    assert named_partners(["EU27", "KOR"]) == EU27_MEMBERS | {"EU27", "KOR"}
    assert named_partners(sorted(EU27_MEMBERS)) == EU27_MEMBERS | {"EU27"}
    assert named_partners([*sorted(EU27_MEMBERS), "KOR"]) == EU27_MEMBERS | {"EU27", "KOR"}
    assert named_partners(sorted(EU27_MEMBERS - {"SWE"})) == EU27_MEMBERS - {"SWE"}


def test_the_rest_of_the_world_names_its_countries_and_they_name_it() -> None:
    rest = partner_groups()["ROW"]
    assert named_partners(["ROW"]) == rest | {"ROW"}
    assert named_partners(sorted(rest)) == rest | {"ROW"}
    assert named_partners(["THA"]) == {"THA"}
    assert named_partners(["ROW", "EU27"]) == rest | EU27_MEMBERS | {"ROW", "EU27"}
    assert not {"KOR", "DEU", "USA", "EU27"} & named_partners(["ROW"])
