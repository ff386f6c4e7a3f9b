"""The packaged product lists against the tariff, the texts they come from, and each other."""

import datetime as dt
import re
from bisect import bisect_left
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.data import data_table

README = Path(__file__).parents[2] / "seeds" / "README.md"
METALS = ("steel", "aluminum", "copper")

# Prefixes below which the packaged revisions of the tariff have no line.
GONE = {
    "section-232-passenger-cars": {"870334"},  # note 33(b) names it
}
OF_OLDER_TARIFFS = {"section-301-china-99038803": 24, "section-301-china-99038816": 81}

# Entries whose instrument came after the day they count from.
RETROACTIVE = {
    "annex-ii": {"2025-04-11", "2025-11-14"},
    "annex-ii-particular": {"2025-11-14"},
    "brazil-order-exempt": {"2025-11-20"},
    "civil-aircraft-che": {"2025-12-18"},
    "civil-aircraft-eu27": {"2025-09-25"},
    "civil-aircraft-kor": {"2025-12-04"},
    "civil-aircraft-metals-twn": {"2026-05-28"},
    "cork-eu27": {"2025-09-25"},
    "generic-pharmaceuticals-che": {"2025-12-18"},
    "generic-pharmaceuticals-eu27": {"2025-09-25"},
    "natural-resources-che": {"2025-12-18"},
    "natural-resources-eu27": {"2025-09-25"},
}


@cache
def lists() -> pd.DataFrame:
    return data_table("law/product-lists.csv.gz").fillna("")


def codes(name: str, on: str) -> set[str]:
    return set(tc.product_list(name, on=on))


def test_the_columns_are_those_of_the_readme_and_every_cell_is_filled_but_ends() -> None:
    table = lists()
    assert table.columns.tolist() == [
        "list", "hs", "start", "end", "published", "end_published", "citation",
    ]  # fmt: skip
    assert (table[["list", "hs", "start", "published", "citation"]] != "").all(axis=None)
    assert table["hs"].str.fullmatch(r"[0-9]{4,10}").all()
    assert (table["hs"].str.len() % 2 == 0).all()
    assert table["list"].str.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*").all()


def test_rows_are_in_order_and_no_entry_stands_twice() -> None:
    table = lists()
    keys = ["list", "start", "hs"]
    assert table[keys].equals(table[keys].sort_values(keys, ignore_index=True))
    assert not table.duplicated(keys).any()


def test_dates_are_days_in_order() -> None:
    table = lists()
    for column in ("start", "end", "published", "end_published"):
        given = table.loc[table[column] != "", column].unique()
        assert [dt.date.fromisoformat(day).isoformat() for day in given] == list(given)
    ended = table[table["end"] != ""]
    assert (ended["start"] <= ended["end"]).all()
    assert (ended["end_published"] != "").all()
    assert (ended["published"] <= ended["end_published"]).all()
    assert (table.loc[table["end"] == "", "end_published"] == "").all()


def test_only_known_entries_were_published_after_they_began() -> None:
    late = lists()[lists()["published"] > lists()["start"]]
    found = {name: set(days) for name, days in late.groupby("list")["published"]}
    assert found == RETROACTIVE


def test_every_code_is_one_of_the_tariff_but_for_known_ones() -> None:
    lines = sorted(data_table("law/hts-codes.csv.gz")["hs"])

    def has_lines(prefix: str) -> bool:
        place = bisect_left(lines, prefix)
        return place < len(lines) and lines[place].startswith(prefix)

    table = lists()
    missing = table[~table["hs"].map(has_lines)]
    # The public list of Annex II also holds each HTS8 with 00, be there finer lines or not.
    padded = (missing["list"] == "annex-ii") & missing["hs"].str.endswith("00")
    assert missing.loc[padded, "hs"].str[:8].map(has_lines).all()
    unknown = {name: set(hs) for name, hs in missing[~padded].groupby("list")["hs"]}
    old = {name: len(unknown.pop(name)) for name in OF_OLDER_TARIFFS}
    assert old == OF_OLDER_TARIFFS
    assert unknown == GONE


def test_each_list_has_the_entries_that_the_readme_counts() -> None:
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| ([\d,]+) \|", README.read_text("utf-8"), re.MULTILINE)
    stated = {name: int(count.replace(",", "")) for name, count in rows}
    assert stated == lists().groupby("list").size().to_dict()


# Metals


@pytest.mark.parametrize("metal", METALS)
def test_the_annexes_of_april_2026_follow_the_lists_before_without_a_gap(metal: str) -> None:
    for name in tc.list_product_lists():
        if re.fullmatch(f"section-232-{metal}(-derivatives)?", name):
            assert codes(name, "2026-04-05")
            assert not codes(name, "2026-04-06")
            assert tc.product_list(name, on="2026-05-01", as_of="2026-04-01")
            assert not tc.product_list(name, on="2026-05-01", as_of="2026-04-02")
    assert not codes(f"metals-annex-1a-{metal}", "2026-04-05")
    assert codes(f"metals-annex-1a-{metal}", "2026-04-06")


@pytest.mark.parametrize("day", ["2026-04-06", "2026-06-08"])
@pytest.mark.parametrize("metal", METALS)
def test_a_code_stands_in_one_annex_of_its_metal(metal: str, day: str) -> None:
    annexes = [n for n in tc.list_product_lists() if re.fullmatch(f"metals-annex-.*-{metal}", n)]
    held = pd.Series([hs for name in annexes for hs in codes(name, day)])
    assert held.is_unique


def test_what_left_an_annex_in_june_2026_is_in_another_the_next_day() -> None:
    left = lists()[(lists()["end"] == "2026-06-07")]
    assert set(left["end_published"]) == {"2026-06-01"}
    came = lists()[lists()["start"] == "2026-06-08"]
    there = set(came["hs"]) | {hs[:8] for hs in came["hs"]}
    assert {hs for hs in left["hs"] if not {hs, hs[:8]} & there} == set()
    assert len(codes("metals-annex-1c-steel", "2026-06-08")) == 28


def test_derivatives_came_in_march_june_and_august_2025() -> None:
    name = "section-232-steel-derivatives"
    washing, stampings, cans = "84501100", "84314990", "22030000"
    assert washing not in codes(name, "2025-06-22")
    assert washing in codes(name, "2025-06-23")
    assert stampings in codes(name, "2025-03-12")
    assert len(codes(name, "2025-08-18")) - len(codes(name, "2025-08-17")) == 388
    other = "section-232-aluminum-derivatives"
    assert cans not in codes(other, "2025-04-03")
    assert cans in codes(other, "2025-04-04")
    assert len(codes(other, "2025-08-18")) - len(codes(other, "2025-08-17")) == 120


@pytest.mark.parametrize(
    ("metal", "named", "beside"),
    [  # of the lists of Customs of 18 August 2025: CSMS 65936570 (steel), 65936615 (aluminum)
        ("steel", "2106909998", "2106909995"),
        ("steel", "8482105004", "8482105048"),
        ("steel", "8504909634", "8504909610"),
        ("steel", "8701210080", "8701210045"),
        ("aluminum", "3004909244", "3004909250"),
        ("aluminum", "7308200035", "7308200030"),
        ("aluminum", "8415908045", "8415908065"),  # of March 2025, as the next
        ("aluminum", "8807300060", "8807300030"),
    ],
)
def test_a_derivative_named_by_its_statistical_line_leaves_the_others_out(
    metal: str, named: str, beside: str
) -> None:
    listed = tuple(codes(f"section-232-{metal}-derivatives", "2025-08-18"))
    assert named.startswith(listed)
    assert not beside.startswith(listed)
    assert {named, beside} <= set(data_table("law/hts-codes.csv.gz")["hs"])


def test_articles_of_chapter_76_are_no_derivatives_that_pay_on_their_content() -> None:
    listed = lists()[lists()["list"] == "section-232-aluminum-derivatives"]
    assert not listed["hs"].str.startswith("76").any()
    named = {"76101000", "7616995190", "7612100000"}
    assert named <= codes("section-232-aluminum", "2025-08-18")


# Exemptions


def test_the_parts_of_an_exemption_name_no_code_twice_and_add_up_to_the_note() -> None:
    for family, day, total in (
        ("section-122-exempt", "2026-02-24", 1098 + 11 + 546),
        ("forced-labor-exempt", "2026-07-24", 863 + 16 + 541 + 700),
    ):
        kinds = ("", "-particular", "-aircraft", "-pharmaceuticals")
        names = [family + kind for kind in kinds if family + kind in tc.list_product_lists()]
        parts = [codes(name, day) for name in names]
        assert sum(map(len, parts)) == len(set().union(*parts)) == total


def test_the_aircraft_of_all_partners_are_the_same_but_for_cork_and_drones() -> None:
    japan, korea = (codes(f"civil-aircraft-{iso}", "2025-12-31") for iso in ("jpn", "kor"))
    union, swiss = (codes(f"civil-aircraft-{iso}", "2025-12-31") for iso in ("eu27", "che"))
    assert japan == korea
    assert union == swiss == japan - {"45049000"}
    british = codes("civil-aircraft-gbr", "2025-12-31") - japan
    assert british == {hs for hs in british if hs.startswith("8806")}
    assert len(british) == 11
    # Section 122 and forced labor: the same codes, but for those that are free whatever the use.
    everyone = japan | british
    for family, day in (
        ("section-122-exempt", "2026-03-01"),
        ("forced-labor-exempt", "2026-08-01"),
    ):
        assert codes(f"{family}-aircraft", day) <= everyone
        assert everyone <= codes(f"{family}-aircraft", day) | codes(family, day)


def test_a_vintage_sees_an_entry_from_the_day_it_became_public() -> None:
    for name, on, before, after in (
        ("annex-ii", "2025-11-13", "2025-11-13", "2025-11-14"),
        ("annex-ii", "2025-04-05", "2025-04-10", "2025-04-11"),
        ("civil-aircraft-kor", "2025-11-14", "2025-12-03", "2025-12-04"),
    ):
        known = len(tc.product_list(name, on=on, as_of=before))
        assert known < len(tc.product_list(name, on=on, as_of=after))


def test_a_code_of_which_only_articles_are_named_is_not_exempt_as_a_whole() -> None:
    particular = codes("annex-ii-particular", "2025-11-13")
    assert len(particular) == 11
    exempt = lists().loc[lists()["list"] == "annex-ii", "hs"]
    assert not exempt.str.startswith(tuple(particular)).any()
    assert not any(hs.startswith(tuple(exempt)) for hs in particular)


def test_a_scenario_sees_no_entry_that_was_published_after_its_vintage() -> None:
    scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    # Beef left the reciprocal duty by the order of 14 November 2025, and metal goods their lists
    # by the proclamation of 2 April 2026.
    shares = dict.fromkeys(("aluminum_share", "copper_share"), 0.0)
    line = {"partner": "KOR", "mfn_rate": 0.0, "steel_share": 1.0, **shares}
    lines = pd.DataFrame([line | {"hs": hs} for hs in ("0201100500", "8431420000")])
    for schedule, reciprocal in (
        (scenario.status_quo, 0.15), (scenario.no_deal, 0.25), (scenario.deal, 0.15),
    ):  # fmt: skip
        assert schedule.as_of == dt.date(2025, 10, 17)
        for on in ("2025-10-17", "2026-06-01"):
            assert schedule.rates(lines, on=on)["total_rate"].tolist() == [reciprocal, 0.5]
        everything = schedule.model_copy(update={"as_of": None})
        on_later_lists = everything.rates(lines, on="2026-06-01")["total_rate"].tolist()
        assert on_later_lists == [0.0, reciprocal]


def test_computers_and_phones_left_the_reciprocal_duty_by_the_memorandum_of_april() -> None:
    late = lists()[(lists()["list"] == "annex-ii") & (lists()["published"] == "2025-04-11")]
    assert len(late) == 41
    assert set(late["hs"].str[:4]) == {"8471", "8473", "8486", "8517", "8523", "8524", "8528"}


# China


def test_a_china_list_is_public_before_it_begins_and_names_subheadings() -> None:
    china = lists()[lists()["list"].str.startswith("section-301-china-")]
    assert (china["published"] < china["start"]).all()
    assert china["hs"].str.len().eq(8).all()
