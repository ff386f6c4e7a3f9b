"""Whole scenarios from seeds that say only what differs from another scenario or from the law.

A seed may hold, besides the tables of a scenario:

- ``extends = "korea-us.2025-10-17"``: it starts from that seed; tables merge, values replace;
- ``drop = ["pledge.structures.x", …]``: paths it leaves out of what it starts from;
- ``last = ["pledge.structures.no-deal", …]``: paths that come to stand last in their tables;
- ``yields = ["USA", 2025-10-29]`` in a curve: its points are the yields of a government's bonds on
  a day, from ``yields.csv``;
- ``tariffs.law = ["steel-50", …]``, or ``law = "steel-50"`` in a measure: rows of
  ``law/united-states.toml``, read as they were known on the scenario's day, for its payer; what
  a measure gives besides replaces, and ``drop`` leaves out fields of the row.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from files import SEEDS, read_numbers

from tariffcalc.models import leaves
from tariffcalc.scenario.files import toml_text
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.provenance import speaking

Tree = dict[str, Any]
PAST = ("expired", "void")
DIRECTIVES = ("extends", "drop", "last")
KNOWLEDGE = ("end_published", "superseded", "confidence", "note")


def scenario_text(name: str) -> str:
    """Return the text of a packaged scenario: the seed itself, or the whole that it stands for."""
    text = (SEEDS / "scenarios" / f"{name}.toml").read_text(encoding="utf-8")
    seed = tomllib.loads(text)
    whole = scenario_tree(seed)
    if whole == seed:
        return text
    return f"# Built from seeds/scenarios/{name}.toml; change it there.\n{toml_text(whole)}"


def scenario_tree(seed: Mapping[str, Any]) -> Tree:
    """Return the whole scenario that a seed stands for, as nested tables."""
    whole = with_curves(with_law(extended(seed)))
    if "extends" in seed:
        own = seed.get("provenance", {})
        whole["provenance"] = still_meant(whole, own)
    return whole


def extended(seed: Mapping[str, Any]) -> Tree:
    """Return a seed merged into what it extends, without its directives."""
    change = {key: value for key, value in seed.items() if key not in DIRECTIVES}
    whole = merged(extended(read_scenario(seed["extends"])) if "extends" in seed else {}, change)
    for path in seed.get("drop", ()):
        table, key = place(whole, path)
        if key in named(change, path):
            raise ValueError(f"drop: {path} is given, too; leave one out")
        del table[key]
    for path in seed.get("last", ()):
        table, key = place(whole, path)
        table[key] = table.pop(key)
    return whole


def merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> Tree:
    """Return ``base`` with a change: a table is merged into a table, anything else replaces."""
    whole = dict(base)
    for key, value in change.items():
        old = whole.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        whole[key] = merged(old if both else {}, value) if isinstance(value, Mapping) else value
    return whole


def steps(path: str) -> list[str]:
    """Return the keys of a path; what provenance speaks for is one key, dots and all."""
    return path.split(".", 1) if path.startswith("provenance.") else path.split(".")


def place(tree: Tree, path: str) -> tuple[Tree, str]:
    """Return the table that a path ends in, and its key there; refuse a path that is not there."""
    *tables, key = steps(path)
    here = tree
    for table in tables:
        here = here.get(table, {})
    if key not in here:
        raise KeyError(f"no such path: {path}")
    return here, key


def named(tree: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """Return the table that a path ends in, empty where the tree has none."""
    here: Any = tree
    for table in steps(path)[:-1]:
        here = here.get(table, {})
    return here if isinstance(here, Mapping) else {}


def still_meant(whole: Tree, own: Mapping[str, Any]) -> Tree:
    """Return the provenance without inherited entries that speak for nothing any more."""
    plain = Scenario.from_tree({key: value for key, value in whole.items() if key != "provenance"})
    speak = set(speaking(whole["provenance"], (path for path, _, _ in leaves(plain))))
    return {k: entry for k, entry in whole["provenance"].items() if k in speak or k in own}


def with_law(tree: Tree) -> Tree:
    """Return a scenario with the rows of the law that it names in place of their names."""
    tariffs = dict(tree["tariffs"])
    measures = dict(tariffs.get("measures", {}))
    for name in tariffs.pop("law", ()):
        measures[name] = {"law": name} | measures.get(name, {})
    tariffs["measures"] = {name: measure(row, tree) for name, row in measures.items()}
    return tree | {"tariffs": tariffs}


def measure(given: Mapping[str, Any], tree: Mapping[str, Any]) -> Tree:
    """Return a measure: as given, over the row of the law that it names as it was then known."""
    if "law" not in given:
        return dict(given)
    name, payer, known = given["law"], tree["pledge"]["payer"], tree["as_of"]
    row = law()[name]
    own = {key: value for key, value in given.items() if key not in ("law", "drop")}
    reached = payer in row.get("partners", (payer,)) and payer not in row.get("exempt_partners", ())
    if not reached:
        raise ValueError(f"{name} is not for {payer}")
    if own.get("published", row["published"]) > known:
        raise ValueError(f"{name} was published on {row['published']}, after {known}")
    fields = as_known(row, known)
    for field in given.get("drop", ()):
        del fields[field]
    return fields | {"partners": [payer]} | own


def as_known(row: Mapping[str, Any], known: dt.date) -> Tree:
    """Return a row of the law without what became known later: its end, that it is past, rivals."""
    open_end = row.get("end_published", row["published"]) > known
    left_out = {*KNOWLEDGE, "exempt_partners"} | ({"end"} if open_end else set())
    if row["status"] in PAST and (open_end or row.get("superseded", known) > known):
        left_out |= {"status"}
    fields = {key: value for key, value in row.items() if key not in left_out}
    if "displaces" in fields:
        there = names_known(known)
        fields["displaces"] = [name for name in fields["displaces"] if name in there]
    return fields


def with_curves(tree: Tree) -> Tree:
    """Return a scenario with the yields of a day in place of that day."""
    curves = tree["economy"].get("curves", {})
    named_days = {name: curve["yields"] for name, curve in curves.items() if "yields" in curve}
    for name, (country, day) in named_days.items():
        if day > tree["as_of"]:
            raise ValueError(f"the yields of {day} were published after {tree['as_of']}")
        points = yields(country, day)
        plain = {key: value for key, value in curves[name].items() if key != "yields"}
        curves = curves | {name: plain | {"points": points}}
    return tree | {"economy": tree["economy"] | {"curves": curves}} if named_days else tree


def yields(country: str, day: dt.date) -> list[list[float]]:
    """Return maturity [years] and yield [fraction] of a government's bonds on a day."""
    table = read_numbers("yields.csv", whole=("maturity_months",), fractions=("rate",)).query(
        "country == @country and date == @day.isoformat()"
    )
    if table.empty:
        raise ValueError(f"yields.csv has none of {country} on {day}")
    pairs = zip(table["maturity_months"], table["rate"], strict=True)
    return [[int(months) / 12, float(rate)] for months, rate in pairs]


@cache
def names_known(known: dt.date) -> frozenset[str]:
    """Return the measures and authorities of the law that were public on a day."""
    rows = {name: row for name, row in law().items() if row["published"] <= known}
    return frozenset(rows) | {row["authority"] for row in rows.values()}


@cache
def law() -> Tree:
    """Return the rows of US law by name."""
    text = (SEEDS / "law" / "united-states.toml").read_text(encoding="utf-8")
    rows: Tree = tomllib.loads(text)["measures"]
    return rows


def read_scenario(name: str) -> Tree:
    """Return a seed as nested tables."""
    return tomllib.loads((SEEDS / "scenarios" / f"{name}.toml").read_text(encoding="utf-8"))
