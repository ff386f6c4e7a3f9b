"""The rows of the packaged law against the headings of the tariff schedule and other tables.

Independent references: the rate text of each heading (``seeds/law/chapter-99.csv``), read here
with a pattern of its own; the total duty on a car by partner and day; the general duty on an
ordinary good by partner and day, both worked out by hand from the orders.
"""

import csv
import datetime as dt
import re
import tomllib
from fractions import Fraction
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import tariffcalc as tc

LAW = Path(__file__).parents[2] / "seeds" / "law"
KEYS = {
    "authority", "rate", "form", "products", "partners", "exempt_partners", "start", "end",
    "displaces", "content", "exempt_products", "quota_quantity", "status", "citation", "heading",
    "source", "published", "end_published", "superseded", "note", "confidence",
}  # fmt: skip
CHARGED = {"in force", "suspended", "void", "expired"}
PARTNERS = ["KOR", "JPN", "EU27", "GBR", "CHN", "MEX", "CAN", "TWN", "VNM", "CHE", "IND", "ROW"]
LATEST_REVISION = dt.date(2026, 6, 8)  # the newest text at hand, HTS 2026 revision 10


@cache
def rows() -> dict[str, dict[str, Any]]:
    return tomllib.loads((LAW / "united-states.toml").read_text(encoding="utf-8"))["measures"]


@cache
def headings() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    with (LAW / "chapter-99.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["heading"], []).append(row)
    return found


def read_rate(text: str) -> tuple[str, Fraction, str | None]:
    """Return form, rate and the content it is charged on, as a rate text of chapter 99 says."""
    text = text.rstrip(". ")
    if text in {"No change", "The duty provided in the applicable subheading"}:
        return "exemption", Fraction(0), None
    if alone := re.fullmatch(r"(\d+(?:\.\d+)?)%", text):
        return "all_in", Fraction(alone[1]) / 100, None
    added = re.fullmatch(
        r"The duty provided in (?:the applicable subheading|subheadings [\d., or]+) ?(?:\+|plus) ?"
        r"(?:a duty of )?(\d+(?:\.\d+)?)%(?: upon the value of the (\S+) content)?",
        text,
    )
    assert added, f"a rate text of another kind: {text!r}"
    return "additional", Fraction(added[1]) / 100, added[2]


NOW = "the text at hand shows the rate that came later: "
THEN = {
    "reciprocal-chn-84": (NOW + "34 per cent, suspended", 0.34),
    "reciprocal-chn-125": (NOW + "34 per cent, suspended", 0.34),
    "fentanyl-chn-20": (NOW + "10 per cent from 10 November 2025", 0.1),
    "fentanyl-can-25-stacked": (NOW + "35 per cent from 1 August 2025", 0.35),
    "fentanyl-can-25-before-metals": (NOW + "35 per cent from 1 August 2025", 0.35),
    "fentanyl-can-25": (NOW + "35 per cent from 1 August 2025", 0.35),
    "steel-25": (NOW + "50 per cent from 4 June 2025", 0.5),
    "steel-derivatives-25": (NOW + "50 per cent from 4 June 2025", 0.5),
    "aluminum-25": (NOW + "50 per cent from 4 June 2025", 0.5),
    "aluminum-derivatives-25": (NOW + "50 per cent from 4 June 2025", 0.5),
    "solar-modules-14": ("the text prints the 30 per cent of the first year, 2018", 0.3),
}
# Chapter 99 prints a safeguard duty without "the duty provided": note 18 adds it.
ADDED_ALL_THE_SAME = {"solar-modules-14"}
# The reduced British headings print the full value where note 16(u), 19(s) says content.
CONTENT_IN_NOTE = {"steel-derivatives-gbr-25"}


def with_heading() -> list[str]:
    return [name for name, row in rows().items() if row.get("heading") in headings()]


@pytest.mark.parametrize("name", with_heading())
def test_the_rate_is_that_of_the_heading(name: str) -> None:
    row = rows()[name]
    for text in headings()[row["heading"]]:
        form, rate, content = read_rate(text["general"])
        if name in THEN:
            assert rate == Fraction(str(THEN[name][1])) != Fraction(str(row["rate"])), THEN[name]
        else:
            assert rate == Fraction(str(row["rate"]))
        assert row["form"] == ("additional" if name in ADDED_ALL_THE_SAME else form)
        if content:
            assert row["content"] == f"{content}_share"
        elif name not in CONTENT_IN_NOTE:
            assert row.get("content") not in {"steel_share", "aluminum_share", "copper_share"}
        if row["form"] == "all_in":  # the deals replace the special column too
            assert text["special"] == text["general"]


NAMES = {
    "South Korea": "KOR", "Republic of Korea": "KOR", "Japan": "JPN", "European Union": "EU27",
    "United Kingdom": "GBR", "China": "CHN", "Mexico": "MEX", "Canada": "CAN", "Taiwan": "TWN",
    "Vietnam": "VNM", "Switzerland": "CHE", "India": "IND",
}  # fmt: skip
# One row for both: the heading of the other is named in its source.
TWO_HEADINGS = {"usmca-fentanyl", "usmca-section-122"}


@pytest.mark.parametrize("name", with_heading())
def test_the_partners_are_those_that_the_heading_names(name: str) -> None:
    row = rows()[name]
    for text in headings()[row["heading"]]:
        named = {
            code for word, code in NAMES.items() if re.search(rf"\b{word}\b", text["description"])
        }
        if named and name not in TWO_HEADINGS:
            assert set(row["partners"]) <= named


def test_a_heading_without_a_text_came_after_the_newest_text() -> None:
    missing = {name for name, row in rows().items() if row.get("heading", "9903") not in headings()}
    missing = {name for name in missing if "heading" in rows()[name]}
    assert missing
    assert {name for name in missing if rows()[name]["start"] <= LATEST_REVISION} == set()


def test_only_cited_headings_are_kept() -> None:
    assert set(headings()) <= {row.get("heading") for row in rows().values()}


@pytest.mark.parametrize("name", rows())
def test_each_row_is_whole_and_its_dates_are_in_order(name: str) -> None:
    row = rows()[name]
    assert set(row) <= KEYS
    assert {"authority", "rate", "form", "start", "status", "source", "published"} <= set(row)
    assert row["confidence"] in {"H", "M"}
    assert row["citation"]
    end, known = row.get("end"), row.get("end_published")
    if end:
        assert row["start"] <= end
    if known:
        assert end
        assert known >= row["published"]
    if "superseded" in row:
        assert row["superseded"] > row["published"]
    if row["form"] == "exemption":
        assert row["rate"] == 0.0
        assert row["displaces"]


def test_what_a_row_displaces_exists() -> None:
    authorities = {row["authority"] for row in rows().values()}
    named = {word for row in rows().values() for word in row.get("displaces", ())}
    assert named <= authorities | set(rows())


def test_a_threat_or_an_announcement_charges_nothing() -> None:
    never = {name for name, row in rows().items() if row["status"] not in CHARGED}
    assert "reciprocal-kor-25-letter" in never
    assert {rows()[name]["status"] for name in never} == {"announced", "threatened"}


# Two rows of one authority charge the same good only where the law adds them.
ADDED = {
    frozenset({"section-301-china-cranes-25", "section-301-maritime-cranes-100"}),
    frozenset({"section-301-china-cranes-25", "section-301-maritime-cranes-100-2025"}),
    frozenset({"section-301-china-99038803", "section-301-maritime-chassis-100"}),
    frozenset({"section-301-china-99038803", "section-301-maritime-chassis-100-2025"}),
}


@cache
def prefixes(products: tuple[str, ...], on: dt.date, as_of: dt.date | None) -> frozenset[str]:
    """Return the HS prefixes of prefixes and lists on a day, as they were known on another."""
    found: set[str] = set()
    for product in products:
        known = product.isdigit() or tc.product_list(product, on=on, as_of=as_of)
        found |= {product} if known is True else set(known)
    return frozenset(found)


def names(code: str, products: frozenset[str]) -> bool:
    return any(code[:digits] in products for digits in range(2, 11))


@cache
def left(listed: frozenset[str], free: frozenset[str]) -> frozenset[str]:
    return frozenset(code for code in listed if not names(code, free))


@cache
def overlap(
    one: frozenset[str], free: frozenset[str], other: frozenset[str], other_free: frozenset[str]
) -> bool:
    """Tell whether a code of one is named by the other, to whom no list means all goods."""
    return any(
        (not other or names(code, other)) and not names(code, other_free)
        for code in left(one, free)
    )


def both_charge(one: tc.TariffMeasure, other: tc.TariffMeasure, on: dt.date, as_of: Any) -> bool:
    """Tell whether two measures name one good."""
    if not (one.products or other.products):
        return True
    sets = [
        prefixes(products, on, as_of)
        for measure in (one, other)
        for products in (measure.products, measure.exempt_products)
    ]
    return overlap(*sets) or overlap(*sets[2:], *sets[:2])


def covers(measure: tc.TariffMeasure, partner: str) -> bool:
    named = not measure.partners or partner in measure.partners
    return named and partner not in measure.exempt_partners


@pytest.mark.parametrize(
    "as_of", ["2025-04-10", "2025-05-10", "2025-10-17", "2025-12-31", "2026-05-01", None]
)
def test_no_authority_charges_a_good_twice(as_of: str | None) -> None:
    day_known = None if as_of is None else dt.date.fromisoformat(as_of)
    law = tc.load_schedule("united-states", as_of=as_of).measures
    law = [m for m in law if m.status in CHARGED and m.form in {"additional", "all_in"}]
    days = {m.start for m in law} | {m.end + dt.timedelta(1) for m in law if m.end}
    pairs: set[tuple[str, str]] = set()
    for day in sorted(day for day in days if dt.date(2025, 4, 1) <= day <= dt.date(2027, 1, 1)):
        live = [m for m in law if m.in_force(day)]
        for one, other in combinations(live, 2):
            if one.authority != other.authority or (one.name, other.name) in pairs:
                continue
            if one.name in other.displaces or other.name in one.displaces:
                continue
            if not any(covers(one, p) and covers(other, p) for p in PARTNERS):
                continue
            if both_charge(one, other, day, day_known):
                pairs.add((one.name, other.name))
    assert {frozenset(pair) for pair in pairs} <= ADDED


# No share is charged or freed by use, so that the rates are those of the texts.
PLAIN = {
    "us_content_share": 0.0, "in_transit_share": 0.0, "civil_aircraft_share": 0.0,
    "auto_offset_share": 0.0, "certified_part_share": 0.0, "usmca_share": 0.0,
    "usmca_us_content_share": 0.0, "pharmaceutical_use_share": 0.0, "dual_use_share": 1.0,
    "patented_share": 1.0, "semiconductor_use_share": 1.0,
}  # fmt: skip
UNIT = 2.0**-53


@cache
def law(as_of: str | None = None) -> tc.TariffSchedule:
    return tc.load_schedule("united-states", as_of=as_of, conventions=PLAIN)


def goods(hs: str, mfn: float, **columns: float) -> pd.DataFrame:
    return pd.DataFrame({"hs": hs, "partner": PARTNERS, "mfn_rate": mfn, **columns})


# A car with 2.5 per cent MFN: partner, first day, last day, total duty [%] (own compilation from
# the notices; cars of Mexico and Canada without USMCA; of the UK within the quota).
CARS = """
KOR 2025-04-03 2025-10-31 25.0
KOR 2025-11-01 2026-11-24 15.0
JPN 2025-04-03 2025-09-15 27.5
JPN 2025-09-16 2026-11-24 15.0
EU27 2025-04-03 2025-07-31 27.5
EU27 2025-08-01 2026-11-24 15.0
GBR 2025-04-03 2025-06-29 27.5
GBR 2025-06-30 2026-11-24 10.0
MEX 2025-04-03 2026-11-24 27.5
CAN 2025-04-03 2026-11-24 27.5
CHN 2025-04-03 2026-11-24 27.5
TWN 2025-04-03 2026-11-24 27.5
VNM 2025-04-03 2026-11-24 27.5
CHE 2025-04-03 2026-11-24 27.5
IND 2025-04-03 2026-11-24 27.5
ROW 2025-04-03 2026-11-24 27.5
"""


@pytest.mark.parametrize("line", CARS.strip().splitlines())
def test_a_car_pays_what_the_table_of_cars_says(line: str) -> None:
    partner, first, last, total = line.split()
    car = goods("8703230140", 0.025, annual_quantity=60_000.0)
    korus = (car["partner"] == "KOR").astype(float)
    car = car.assign(preferential_rate=0.025 * (1 - korus), preference_use_share=korus)
    days = sorted({first, last, *(d for d in CARS.split() if d[:2] == "20" and first <= d <= last)})
    for day in days:
        rates = law().rates(car, on=day).set_index("partner").loc[partner]
        on_top = rates.filter(["section_301_china_rate", "fentanyl_rate"]).sum()
        if partner == "CHN":  # its other duties stay on a car
            fentanyl = 0.2 if day < "2025-11-10" else 0.1 if day < "2026-02-24" else 0.0
            assert abs(on_top - (0.25 + fentanyl)) <= 4 * UNIT
        else:
            assert on_top == 0.0
        assert abs(rates["total_rate"] - on_top - float(total) / 100) <= 4 * UNIT, day


def test_a_british_car_beyond_the_quota_pays_the_full_duty() -> None:
    twice = goods("8703230140", 0.025, annual_quantity=200_000.0)
    rates = law().rates(twice, on="2026-03-01").set_index("partner")
    assert abs(rates.loc["GBR", "total_rate"] - (0.1 + 0.275) / 2) <= 4 * UNIT


def test_a_car_of_usmca_pays_on_what_is_not_from_the_united_states() -> None:
    schedule = tc.load_schedule(
        "united-states",
        conventions=PLAIN | {"usmca_share": 1.0, "usmca_us_content_share": 0.4},
    )
    car = goods("8703230140", 0.0, annual_quantity=60_000.0)
    for day in ("2025-04-03", "2025-09-01", "2026-03-01", "2026-11-24"):
        rates = schedule.rates(car, on=day).set_index("partner")["total_rate"]
        assert abs(rates[["MEX", "CAN"]] - 0.25 * 0.6).max() <= 4 * UNIT


# An ordinary good: what the general duty is from each day, added ("+") or in all ("=") [%], from
# EO 14257, 14259, 14266, 14298, 14326, 14345, the notices of the agreements, Proclamation 11012
# and FR 2026-15181. China's and North America's fentanyl duties are apart.
GENERAL = """
KOR 2025-04-05 +10 2025-04-09 +25 2025-04-10 +10 2025-08-07 +15 2025-11-14 =15 2026-02-24 +10 2026-07-24 =12.5
JPN 2025-04-05 +10 2025-04-09 +24 2025-04-10 +10 2025-08-07 =15 2026-02-24 +10 2026-07-24 =12.5
EU27 2025-04-05 +10 2025-04-09 +20 2025-04-10 +10 2025-08-07 =15 2026-02-24 +10 2026-07-24 =10
GBR 2025-04-05 +10 2026-07-24 +10
CHN 2025-04-05 +10 2025-04-09 +84 2025-04-10 +125 2025-05-14 +10 2026-07-24 +12.5
TWN 2025-04-05 +10 2025-04-09 +32 2025-04-10 +10 2025-08-07 +20 2026-02-24 +10 2026-07-24 =10
VNM 2025-04-05 +10 2025-04-09 +46 2025-04-10 +10 2025-08-07 +20 2026-02-24 +10 2026-07-24 +12.5
CHE 2025-04-05 +10 2025-04-09 +31 2025-04-10 +10 2025-08-07 +39 2025-11-14 =15 2026-02-24 +10 2026-07-24 =12.5
IND 2025-04-05 +10 2025-04-09 +26 2025-04-10 +10 2025-08-07 +25 2025-08-27 +50 2026-02-07 +25 2026-02-24 +10 2026-07-24 +10
MEX 2025-04-05 +0 2026-02-24 +10 2026-07-24 +10
CAN 2025-04-05 +0 2026-02-24 +10 2026-07-24 +10
ROW 2025-04-05 +10 2026-02-24 +10 2026-07-24 +0
"""  # noqa: E501  one partner, one line
FENTANYL = {
    "CHN": {"2025-03-04": 20, "2025-11-10": 10, "2026-02-24": 0},
    "CAN": {"2025-03-04": 25, "2025-08-01": 35, "2026-02-24": 0},
    "MEX": {"2025-03-04": 25, "2026-02-24": 0},
}
SHIRT = "6205202051"


def in_force(steps: dict[str, Any], day: str) -> Any:
    return [value for first, value in sorted(steps.items()) if first <= day][-1]


@pytest.mark.parametrize("line", GENERAL.strip().splitlines())
@pytest.mark.parametrize("mfn", [0.0, 0.025, 0.2])
def test_an_ordinary_good_pays_the_general_duty_of_its_day(line: str, mfn: float) -> None:
    partner, *words = line.split()
    steps = dict(zip(words[::2], words[1::2], strict=True))
    turns = {d for text in GENERAL.splitlines() for d in text.split() if d[:2] == "20"}
    before = {(dt.date.fromisoformat(d) - dt.timedelta(1)).isoformat() for d in turns}
    for day in sorted(d for d in turns | before | {"2026-11-24"} if d >= "2025-04-05"):
        word = in_force(steps, day)
        duty = float(word[1:]) / 100
        expected = max(mfn, duty) if word[0] == "=" else mfn + duty
        expected += in_force(FENTANYL.get(partner, {"2025-01-01": 0}), day) / 100
        rates = law().rates(goods(SHIRT, mfn), on=day).set_index("partner").loc[partner]
        found = rates["total_rate"] - rates.get("section_301_china_rate", 0.0)
        assert abs(found - expected) <= 8 * UNIT, (day, word)


VINTAGES = [
    # what was known on a day of a later or an earlier day: as_of, on, partner, total on MFN 2.5%
    ("2025-04-08", "2025-07-10", "KOR", 0.275),
    ("2025-04-08", "2025-04-09", "CHN", 0.025 + 0.84 + 0.2),
    ("2025-04-09", "2025-07-08", "KOR", 0.125),
    ("2025-04-09", "2025-07-09", "KOR", 0.275),
    ("2025-07-07", "2025-07-31", "KOR", 0.125),
    ("2025-07-07", "2025-08-01", "KOR", 0.275),
    ("2025-07-31", "2025-08-01", "KOR", 0.125),
    ("2025-08-20", "2025-08-07", "JPN", 0.175),
    ("2025-09-16", "2025-08-07", "JPN", 0.15),
    ("2025-12-03", "2025-11-14", "KOR", 0.175),
    ("2025-12-04", "2025-11-14", "KOR", 0.15),
    ("2026-02-19", "2026-03-01", "KOR", 0.15),
    ("2026-02-20", "2026-03-01", "KOR", 0.125),
    ("2026-02-20", "2026-07-24", "KOR", 0.025),
]


@pytest.mark.parametrize(("as_of", "on", "partner", "total"), VINTAGES)
def test_a_vintage_holds_what_was_public(as_of: str, on: str, partner: str, total: float) -> None:
    rates = law(as_of).rates(goods(SHIRT, 0.025), on=on).set_index("partner").loc[partner]
    found = rates["total_rate"] - rates.get("section_301_china_rate", 0.0)
    assert abs(found - total) <= 8 * UNIT


# Steel of chapter 72 and an article in which half the value is steel, no other metal [%].
METALS = [
    ("7208101500", "2025-04-04", "KOR", 25.0), ("7208101500", "2025-06-03", "GBR", 25.0),
    ("7208101500", "2025-06-04", "KOR", 50.0), ("7208101500", "2025-06-04", "GBR", 25.0),
    ("7208101500", "2025-05-01", "CAN", 25.0), ("7208101500", "2025-06-04", "CAN", 50.0),
    ("7208101500", "2025-06-04", "CHN", 50.0 + 20.0 + 25.0),
    ("7208101500", "2026-04-05", "KOR", 50.0), ("7208101500", "2026-04-06", "KOR", 50.0),
    ("7208101500", "2026-04-06", "GBR", 25.0), ("7208101500", "2026-11-24", "VNM", 50.0),
    # Bulldozer blades: on the list since March 2025; free of the reciprocal duty as a whole
    # until 3 June 2025, then on the half that is not steel.
    ("8431420000", "2025-05-10", "KOR", 0.5 * 25), ("8431420000", "2025-06-04", "KOR", 0.5 * 60),
    ("8431420000", "2025-06-04", "GBR", 0.5 * 35), ("8431420000", "2025-08-07", "KOR", 0.5 * 65),
    ("8431420000", "2026-03-01", "KOR", 0.5 * 60), ("8431420000", "2025-05-10", "MEX", 25.0),
    ("8431420000", "2025-06-04", "MEX", 0.5 * 50 + 0.5 * 25),
]  # fmt: skip


@pytest.mark.parametrize(("hs", "on", "partner", "total"), METALS)
def test_metal_pays_on_its_content_and_the_rest_what_is_left(
    hs: str, on: str, partner: str, total: float
) -> None:
    shares = {"steel_share": 0.5, "aluminum_share": 0.0, "copper_share": 0.0}
    schedule = tc.load_schedule("united-states", conventions=PLAIN | shares)
    rates = schedule.rates(goods(hs, 0.0), on=on).set_index("partner")["total_rate"]
    assert abs(rates[partner] - total / 100) <= 8 * UNIT


def test_korea_pays_on_17_october_2025_what_the_scenario_of_that_day_says() -> None:
    """Two files written apart; the scenario frees 8471 of the duty on parts by hand."""
    korea = tc.load_flows("us-imports-2024", partners=["KOR"]).frame
    korea = korea[~korea["hs"].str.startswith("8471")]
    metals = dict.fromkeys(("steel_share", "aluminum_share", "copper_share"), "lines")
    schedule = tc.load_schedule("united-states", as_of="2025-10-17", conventions=PLAIN | metals)
    scenario = tc.load_scenario("korea-us", as_of="2025-10-17").status_quo
    found = schedule.rates(korea, on="2025-10-17")
    expected = scenario.rates(korea, on="2025-10-17")
    other = {"section_201_rate"}  # solar modules: not in the scenario
    assert (found[list(other)] > 0).any(axis=None)
    total = found["total_rate"] - found[list(other)].sum(axis=1)
    assert (abs(total - expected["total_rate"]) <= 16 * UNIT).all()
