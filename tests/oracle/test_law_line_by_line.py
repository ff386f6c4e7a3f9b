"""The packaged law on packaged lines, one line at a time, in fractions.

Independent reference: a scalar version written from the seeds alone. It reads the rows, the product
lists, the shares and the statistical lines itself, and finds measures, shares and displacement by
looking at prefixes of text and at dates; nothing of the engine is used but the rates it gives.
"""

import csv
import datetime as dt
import gzip
import random
import tomllib
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import tariffcalc as tc

LAW = Path(__file__).parents[2] / "seeds" / "law"
DAY = dt.timedelta(days=1)
PACKAGED = ["KOR", "JPN", "EU27", "GBR", "CHN", "MEX", "CAN", "TWN", "VNM", "CHE", "IND", "ROW"]
UNION = {
    "AUT", "BEL", "BGR", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GRC", "HRV",
    "HUN", "IRL", "ITA", "LTU", "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROU", "SVK",
    "SVN", "SWE",
}  # fmt: skip
CHOICES: dict[str, dict[str, Any]] = {
    "defaults": {"quota_share": 0.8125},
    "tables": {
        "quota_share": 0.5,
        "other_partners": "rest",
        "preference_use_share": "chapter",
        "usmca_share": "2025",
        "usmca_us_content_share": "origin",
        "pharmaceutical_use_share": "partner",
        "steel_share": "table",
        "aluminum_share": 0.25,
        "in_transit_share": 0.125,
        "certified_part_share": "korus",
        "semiconductor_use_share": "qualifying",
        "us_content_share": 0.0625,
    },
}


@cache
def table(name: str) -> list[dict[str, str]]:
    opened = gzip.open if name.endswith(".gz") else open
    with opened(LAW / name, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def grouped(name: str, key: str) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in table(name):
        found.setdefault(row[key], []).append(row)
    return found


def groups(partner: str) -> set[str]:
    """Return a partner and the group that stands for it."""
    if partner in UNION:
        return {partner, "EU27"}
    return {partner} if partner in PACKAGED else {partner, "ROW"}


# The law of a day


@cache
def all_rows() -> dict[str, dict[str, Any]]:
    return tomllib.loads((LAW / "united-states.toml").read_text(encoding="utf-8"))["measures"]


def known(as_of: dt.date) -> dict[str, dict[str, Any]]:
    """Return the rows as they were known on a day."""
    found = {}
    for name, row in all_rows().items():
        if row["published"] > as_of or ("superseded" in row and row["superseded"] <= as_of):
            continue
        end_known = row.get("end_published", row["published"]) <= as_of
        found[name] = row | {"end": row.get("end", dt.date.max) if end_known else dt.date.max}
    return found


@cache
def prefixes(products: tuple[str, ...], day: str, as_of: str) -> tuple[set[str], set[str]]:
    """Return the prefixes of products and lists on a day, as known then; and what starts them."""
    found = {product for product in products if product.isdigit()}
    for name in set(products) - found:
        found |= {
            row["hs"]
            for row in grouped("product-lists.csv.gz", "list")[name]
            if row["published"] <= as_of
            and row["start"] <= day
            and (not row["end"] or row["end_published"] > as_of or day <= row["end"])
        }
    return found, {code[:length] for code in found for length in range(2, len(code), 2)}


def touches(products: list[str], hs: str, day: str, as_of: str) -> str:
    """Tell whether products hold a code whole, in part, or not at all."""
    found, starts = prefixes(tuple(products), day, as_of)
    if any(hs[:length] in found for length in range(2, len(hs) + 1, 2)):
        return "whole"
    return "part" if hs in starts else "none"


def names(row: dict[str, Any], hs: str, partner: str, day: str, as_of: str) -> str:
    """Tell whether a row names a line whole, in part, or not at all."""
    places = groups(partner)
    if row.get("partners") and not places & set(row["partners"]):
        return "none"
    if places & set(row.get("exempt_partners", ())):
        return "none"
    named = touches(row["products"], hs, day, as_of) if row.get("products") else "whole"
    exempt = touches(row.get("exempt_products", []), hs, day, as_of)
    if named == "none" or exempt == "whole":
        return "none"
    return "whole" if (named, exempt) == ("whole", "none") else "part"


# Shares of value


@cache
def choices(which: str) -> dict[str, Any]:
    """Return share, table or "lines" by parameter."""
    found = {row["parameter"]: row["value"] for row in table("conventions.csv")
             if row["default"] == "yes"}  # fmt: skip
    for name, choice in CHOICES[which].items():
        rows = grouped("conventions.csv", "parameter").get(name, [])
        named = [row["value"] for row in rows if row["choice"] == choice]
        found[name] = named[0] if named else choice
    return found


def share(name: str, which: str, line: dict[str, Any], hs: str) -> Fraction:
    value = choices(which)[name]
    if value == "lines":
        return Fraction(line[name])
    try:
        return Fraction(str(value))
    except ValueError:
        best = (-1, -1)
        rank = {"": 0, **dict.fromkeys(groups(line["partner"]), 1), line["partner"]: 2}
        for row in grouped("shares.csv.gz", "table")[value]:
            if row["partner"] in rank and hs.startswith(row["hs"]):
                place = len(row["hs"]), rank[row["partner"]]
                if place > best:
                    best, found = place, Fraction(row["share"])
        return found


# The rate of a line


def fine_rates(law: dict, which: str, line: dict[str, Any], hs: str) -> dict[str, Fraction]:
    """Return the rates of one code that no row names in part, by authority."""
    charged: dict[str, Fraction] = {}

    def of(name: str) -> Fraction:
        if name not in charged:
            row = law[name]
            content = row.get("content", 1)
            if "quota_quantity" in row:
                content = "quota_share"
            covered = share(content, which, line, hs) if isinstance(content, str) else content
            own = {name, row["authority"]}
            over = [other for other in law if own & set(law[other].get("displaces", ()))]
            taken = sum((of(other) for other in over), Fraction(0))
            charged[name] = Fraction(str(covered)) * max(Fraction(0), 1 - taken)
        return charged[name]

    mfn, claimed = Fraction(line["mfn_rate"]), Fraction(line["preferential_rate"])
    used = share("preference_use_share", which, line, hs) if claimed != mfn else Fraction(0)
    found: dict[str, Fraction] = {}
    for weight, base in ((used, claimed), (1 - used, mfn)):
        found["base"] = found.get("base", Fraction(0)) + weight * base
        for name, row in law.items():
            rate = Fraction(str(row["rate"]))
            added = max(Fraction(0), rate - base) if row["form"] == "all_in" else rate
            authority = row["authority"]
            found[authority] = found.get(authority, Fraction(0)) + weight * of(name) * added
    return found


def rates(
    rows: dict[str, dict[str, Any]], which: str, line: dict[str, Any], on: dt.date, as_of: dt.date
) -> dict[str, Fraction]:
    """Return the rates of a line: the mean over its statistical lines where a row needs them."""
    hs, partner, day, knew = line["hs"], line["partner"], on.isoformat(), as_of.isoformat()
    law = {
        name: row
        for name, row in rows.items()
        if row["status"] not in {"announced", "threatened"} and row["start"] <= on <= row["end"]
    }
    codes = [hs]
    if any(names(row, hs, partner, day, knew) == "part" for row in law.values()):
        codes = [row["hs"] for row in table("hts-codes.csv.gz") if row["hs"].startswith(hs)]
    total: dict[str, Fraction] = {}
    for code in codes:
        here = {n: row for n, row in law.items() if names(row, code, partner, day, knew) == "whole"}
        for name, rate in fine_rates(here, which, line, code).items():
            total[name] = total.get(name, Fraction(0)) + rate / len(codes)
    return total


# Lines and days drawn at random


@cache
def packaged() -> pd.DataFrame:
    """Return the packaged lines whose codes the tariff has."""
    frame = tc.load_flows("us-imports-2024", partners=PACKAGED).frame
    codes = {row["hs"] for row in table("hts-codes.csv.gz")}
    codes |= {code[:6] for code in codes}
    return frame[frame["hs"].isin(codes)].drop(columns=["description"])


def lines_of(chance: random.Random, count: int, *, members: bool) -> pd.DataFrame:
    """Draw lines, half of them by value; some of the groups' lines become those of a member."""
    values = packaged()["value_usd"].tolist()
    rows = [
        *chance.choices(range(len(values)), weights=values, k=count // 2),
        *chance.choices(range(len(values)), k=count // 2),
    ]
    lines = packaged().iloc[rows].reset_index(drop=True)
    inside = {"EU27": ["EU27", "DEU", "IRL"], "ROW": ["ROW", "THA", "BRA"] if members else ["ROW"]}
    lines["partner"] = [chance.choice(inside.get(one, [one])) for one in lines["partner"]]
    return lines


def days_of(chance: random.Random, count: int) -> Iterator[tuple[dt.date, dt.date | None]]:
    """Draw days of entry, most of them on an edge of a row, and vintages."""
    rows = list(known(dt.date.max).values())
    for _ in range(count):
        row = chance.choice(rows)
        edges = [row["start"] - DAY, row["start"], row.get("end", row["start"])]
        on = min(chance.choice(edges), dt.date(2026, 12, 31))
        shown = dt.date(2025, 4, 1) + chance.randrange(600) * DAY
        yield on, chance.choice([None, None, shown, on])


@pytest.mark.parametrize("which", CHOICES)
@pytest.mark.parametrize("seed", range(2))
def test_the_law_of_random_lines_is_that_of_the_seeds(which: str, seed: int) -> None:
    chance = random.Random(f"{which} {seed}")  # noqa: S311  not for secrets
    for on, as_of in days_of(chance, 4):
        lines = lines_of(chance, 8, members=which == "tables")
        schedule = tc.load_schedule("united-states", as_of=as_of, conventions=CHOICES[which])
        found = schedule.rates(lines, on=on)
        rows = known(as_of or dt.date.max)
        for line, row in zip(lines.to_dict("records"), found.to_dict("records"), strict=True):
            due = rates(rows, which, line, on, as_of or dt.date.max)
            total = float(sum(due.values()))
            where = line["hs"], line["partner"], on, as_of
            for name in schedule.authorities:
                assert row[f"{name}_rate"] == pytest.approx(float(due.pop(name, 0)), abs=1e-12), (
                    name, where,
                )  # fmt: skip
            assert row["base_rate"] == pytest.approx(float(due.pop("base")), abs=1e-12), where
            assert row["total_rate"] == pytest.approx(total, abs=1e-12), where
            assert not any(due.values())  # exemptions add nothing


def test_the_draw_meets_the_law_in_all_its_parts() -> None:
    """Lines are drawn that rows name whole, in part and not at all, of most authorities."""
    met: dict[str, set[str]] = {"whole": set(), "part": set(), "none": set()}
    for which in CHOICES:
        for seed in range(2):
            chance = random.Random(f"{which} {seed}")  # noqa: S311  not for secrets
            for on, _ in days_of(chance, 4):
                for line in lines_of(chance, 8, members=which == "tables").to_dict("records"):
                    for row in all_rows().values():
                        if row["start"] <= on <= row.get("end", on):
                            here = names(row, line["hs"], line["partner"], on.isoformat(), "9999")
                            met[here].add(row["authority"])
    every = {row["authority"] for row in all_rows().values()}
    assert len(met["whole"]) > len(every) / 2
    assert len(met["part"]) > 4
    assert len(met["none"]) > len(every) / 2
