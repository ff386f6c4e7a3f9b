"""Chapter 8: scenarios, their numbers, their origins and their vintage."""

import copy
import datetime as dt
import itertools
import json
import pickle
import tomllib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.errors import InputError, VintageError
from tariffcalc.scenario.provenance import provenance_of
from tariffcalc.testing import (
    assert_same_scenario,
    parameter_changes,
    provenances,
    scenarios,
)

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
NUMBERS = PACKAGED.parameters()
STRUCTURES = [structure.name for structure in PACKAGED.pledge.structures]
WITH_CASH = [name for name in STRUCTURES if name != "no-deal"]
DAY = dt.timedelta(days=1)
# A drawn scenario takes some 20 milliseconds, so these laws look at an eighth of the examples.
FEWER = settings(max_examples=settings().max_examples // 8)


def walked(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Walk nested tables: each plain value by its path."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from walked(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def numbers_in(table: Mapping[str, Any]) -> dict[str, float]:
    """Return the plain values of nested tables that are numbers, by path."""
    return {
        path: value
        for path, value in walked(table)
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def written_numbers(scenario: tc.Scenario) -> dict[str, float]:
    """Return what is a number in the written form, origins aside."""
    return numbers_in({k: v for k, v in scenario.tree().items() if k != "provenance"})


def dated_places(scenario: tc.Scenario) -> dict[str, tuple[tuple[str, ...], dt.date]]:
    """Return by its name in messages each place that carries a day: its keys, and the day."""
    tree = scenario.tree()
    found = {"tariffs.law_date": (("tariffs", "law_date"), tree["tariffs"]["law_date"])}
    for path, entry in tree["provenance"].items():
        if "date" in entry:
            found[f"provenance.{path}"] = (("provenance", path, "date"), entry["date"])
    for table in (("tariffs", "measures"), ("pledge", "structures")):
        for name, row in tree[table[0]][table[1]].items():
            if "published" in row:
                found[".".join((*table, name))] = ((*table, name, "published"), row["published"])
    return found


DATED = dated_places(PACKAGED)


def with_value(tree: dict[str, Any], keys: tuple[str, ...], value: object) -> dict[str, Any]:
    changed = copy.deepcopy(tree)
    here = changed
    for key in keys[:-1]:
        here = here[key]
    here[keys[-1]] = value
    return changed


# Written form


@FEWER
@given(scenarios())
def test_a_scenario_comes_back_from_its_toml(scenario: tc.Scenario) -> None:
    """SCENARIO-1: from_toml(to_toml(s)) = s, of the same hash (round trip)."""
    assert_same_scenario(tc.Scenario.from_toml(scenario.to_toml()), scenario)


@FEWER
@given(scenarios())
def test_a_scenario_comes_back_from_its_json(scenario: tc.Scenario) -> None:
    """SCENARIO-2: from_json(to_json(s)) = s, of the same hash (round trip)."""
    assert_same_scenario(tc.Scenario.from_json(scenario.to_json()), scenario)


@FEWER
@given(scenarios())
def test_the_written_forms_say_what_the_tree_says(scenario: tc.Scenario) -> None:
    """SCENARIO-3: TOML and JSON hold the tree, value for value (oracle: the standard readers)."""
    tree = scenario.tree()
    assert tomllib.loads(scenario.to_toml()) == tree
    read = dict(walked(json.loads(scenario.to_json())))
    assert read == {path: as_text(value) for path, value in walked(tree)}


def as_text(value: Any) -> Any:
    """Return dates as ISO text, also inside lists."""
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return str(value) if isinstance(value, dt.date) else value


@FEWER
@given(scenarios())
def test_a_file_holds_the_text_and_reads_back(
    tmp_path_factory: pytest.TempPathFactory, scenario: tc.Scenario
) -> None:
    """SCENARIO-4: to_toml(path) and to_json(path) write the text they return (round trip)."""
    folder = tmp_path_factory.mktemp("written")
    for name, write, read in (
        ("s.toml", scenario.to_toml, tc.Scenario.from_toml),
        ("s.json", scenario.to_json, tc.Scenario.from_json),
    ):
        assert write(folder / name).encode() == (folder / name).read_bytes()
        assert_same_scenario(read(folder / name), scenario)
    assert sorted(file.name for file in folder.iterdir()) == ["s.json", "s.toml"]


@FEWER
@given(scenarios())
def test_the_path_of_a_number_is_the_way_through_the_written_form(scenario: tc.Scenario) -> None:
    """SCENARIO-5: parameters() holds every number of the written form, once (oracle: a walk)."""
    found = scenario.parameters()["value"]
    assert found.index.is_unique
    assert found.to_dict() == written_numbers(scenario)


@FEWER
@given(scenarios())
def test_every_number_has_a_unit_a_meaning_and_a_status(scenario: tc.Scenario) -> None:
    """SCENARIO-6: unit, description and source of a number are never empty but by choice."""
    table = scenario.parameters()
    assert (table["unit"].str.len() > 0).all()
    assert (table["description"].str.len() > 0).all()
    assert set(table["status"]) <= {"reported", "derived", "assumption"}
    given_sources = {entry.source for entry in scenario.provenance.values()}
    empty = table.loc[table["source"] == "", "source"]
    assert empty.empty or "" in given_sources


# Replacing and comparing


@FEWER
@given(scenarios(), st.data())
def test_a_difference_names_what_was_replaced_and_nothing_else(
    scenario: tc.Scenario, data: st.DataObject
) -> None:
    """SCENARIO-7: diff(s, s.replace(c)) is c where it differs from s, before and after."""
    paths = list(written_numbers(scenario))
    changes = data.draw(parameter_changes(scenario, paths=paths))
    changes.pop("pledge.headline_usd", None)  # it moves the parts of the pledge as well
    before = written_numbers(scenario)
    table = scenario.diff(scenario.replace(changes))
    differing = {path: value for path, value in changes.items() if value != before[path]}
    assert table["after"].to_dict() == differing
    assert table["before"].to_dict() == {path: before[path] for path in differing}


@FEWER
@given(scenarios(), st.data())
def test_replacing_back_restores_every_number(scenario: tc.Scenario, data: st.DataObject) -> None:
    """SCENARIO-8: s.replace(c).replace(old) has no difference to s (inverse)."""
    changes = data.draw(parameter_changes(scenario, paths=list(written_numbers(scenario))))
    changed = scenario.replace(changes)
    moved = set(scenario.diff(changed).index) | set(changes)
    old = {path: value for path, value in written_numbers(scenario).items() if path in moved}
    assert scenario.diff(changed.replace(old)).empty


@FEWER
@given(scenarios(), st.data())
def test_the_order_of_changes_plays_no_part(scenario: tc.Scenario, data: st.DataObject) -> None:
    """SCENARIO-9: replace(c) is the same for each order of c, and one by one (commutes)."""
    changes = data.draw(parameter_changes(scenario, least=2))
    expected = scenario.replace(changes)
    turned = dict(reversed(changes.items()))
    one_by_one = scenario
    for path, value in turned.items():
        one_by_one = one_by_one.replace({path: value})
    assert_same_scenario(scenario.replace(turned), expected)
    assert_same_scenario(one_by_one, expected)


@FEWER
@given(scenarios(), st.data())
def test_replacing_twice_is_replacing_once(scenario: tc.Scenario, data: st.DataObject) -> None:
    """SCENARIO-10: s.replace(c).replace(c) = s.replace(c), and s.replace({}) = s (idempotence)."""
    changes = data.draw(parameter_changes(scenario))
    changed = scenario.replace(changes)
    numbers = {path: value for path, value in changes.items() if "cash_share" not in path}
    assert_same_scenario(changed.replace(numbers), changed)
    assert_same_scenario(scenario.replace({}), scenario)


@FEWER
@given(scenarios(), st.data())
def test_what_was_replaced_is_an_assumption_and_the_rest_keeps_its_origin(
    scenario: tc.Scenario, data: st.DataObject
) -> None:
    """SCENARIO-11: replace(c) states "set by the user" of the numbers it sets, and of no other."""
    paths = [path for path in written_numbers(scenario) if path != "pledge.headline_usd"]
    changes = data.draw(parameter_changes(scenario, paths=paths))
    before, after = scenario.parameters(), scenario.replace(changes).parameters()
    set_here = after.loc[list(changes)]
    assert (set_here["status"] == "assumption").all()
    assert (set_here["source"] == "set by the user").all()
    assert set_here["date"].isna().all()
    left = [path for path in before.index if path not in changes]
    assert after.loc[left].equals(before.loc[left])


@FEWER
@given(scenarios(), scenarios())
def test_a_difference_turned_round_swaps_before_and_after(
    one: tc.Scenario, other: tc.Scenario
) -> None:
    """SCENARIO-12: diff(a, b) and diff(b, a) mirror each other; diff(a, a) is empty."""
    there, back = one.diff(other), other.diff(one)
    assert one.diff(one).empty
    assert set(there.index) == set(back.index)
    assert there["before"].astype(str).to_dict() == back["after"].astype(str).to_dict()
    assert there["after"].astype(str).to_dict() == back["before"].astype(str).to_dict()


@FEWER
@given(st.sampled_from(WITH_CASH), st.floats(0, 1))
def test_a_cash_share_moves_tranches_in_their_proportions(name: str, share: float) -> None:
    """SCENARIO-13: cash_share c scales cash tranches to c and the rest to 1 − c (in fractions)."""
    before = PACKAGED.pledge.structure(name)
    changed = PACKAGED.replace({f"pledge.structures.{name}.cash_share": share})
    after = changed.pledge.structure(name)
    for cash, target in ((True, Fraction(share)), (False, 1 - Fraction(share))):
        kept = [t for t in before.tranches if (t.instrument.kind == "equity") == cash]
        total = sum(Fraction(t.share) for t in kept)
        for tranche in kept:
            part = Fraction(tranche.share) / total if total else Fraction(1, len(kept))
            found = next(t.share for t in after.tranches if t.name == tranche.name)
            # Sum, quotient, 1 − c and product: at most 8 roundings of a number below 1.
            assert abs(Fraction(found) - part * target) <= 8 * 2.0**-53
    assert abs(after.cash_share - share) <= 8 * 2.0**-53


@FEWER
@given(st.sampled_from(WITH_CASH), st.integers(1, 100))
def test_draw_years_draw_in_equal_yearly_parts(name: str, years: int) -> None:
    """SCENARIO-14: draw_years n is a level drawdown of n years, whatever it was."""
    changed = PACKAGED.replace({f"pledge.structures.{name}.draw_years": years})
    assert changed.pledge.structure(name).drawdown == tc.Drawdown.level(years)
    left = {path.rpartition(".")[0] for path in PACKAGED.diff(changed).index}
    assert left <= {f"pledge.structures.{name}.drawdown"}


@given(st.floats(1e9, 1e13))
def test_a_new_headline_keeps_the_proportions_of_its_parts(headline: float) -> None:
    """SCENARIO-15: headline h scales each part by h/h_0; they still add up (in fractions)."""
    changed = PACKAGED.replace({"pledge.headline_usd": headline}).pledge
    assert changed.headline_usd == headline
    for before, after in zip(PACKAGED.pledge.parts, changed.parts, strict=True):
        exact = Fraction(before.amount_usd) * Fraction(headline) / Fraction(350_000_000_000)
        assert abs(Fraction(after.amount_usd) - exact) <= exact * 2 * Fraction(2.0**-53)


@FEWER
@given(scenarios(), st.data())
def test_nothing_that_is_asked_of_a_scenario_changes_it(
    scenario: tc.Scenario, data: st.DataObject
) -> None:
    """SCENARIO-16: no method changes the scenario or the changes it is given."""
    changes = data.draw(parameter_changes(scenario))
    before, given_changes = (scenario.hash, scenario.tree()), dict(changes)
    scenario.replace(changes).diff(scenario)
    scenario.tree()["provenance"].clear()
    table = scenario.parameters()
    table["value"] = np.nan
    assert (scenario.hash, scenario.tree()) == before
    assert changes == given_changes


# Identity


@FEWER
@given(scenarios(), scenarios())
def test_scenarios_have_one_hash_when_they_are_equal_and_only_then(
    one: tc.Scenario, other: tc.Scenario
) -> None:
    """SCENARIO-17: hash(a) = hash(b) ⇔ a = b; sixteen hexadecimal digits."""
    again = tc.Scenario.from_tree(one.tree())
    assert (one.hash == other.hash) == (one == other)
    assert (one.hash, hash(one)) == (again.hash, hash(again))
    assert len(one.hash) == 16
    assert set(one.hash) <= set("0123456789abcdef")


@FEWER
@given(scenarios(), st.data())
def test_any_other_word_or_number_changes_the_hash(
    scenario: tc.Scenario, data: st.DataObject
) -> None:
    """SCENARIO-18: a leaf of the tree that differs gives another hash, wherever it stands."""
    tree = scenario.tree()
    texts = [(("title",), tree["title"]), (("pledge", "host"), tree["pledge"]["host"])]
    texts += [(("provenance", p, "source"), e["source"]) for p, e in tree["provenance"].items()]
    keys, old = data.draw(st.sampled_from(texts))
    new = "CAN" if keys[-1] == "host" else f"{old}."
    assert tc.Scenario.from_tree(with_value(tree, keys, new)).hash != scenario.hash


@FEWER
@given(scenarios(), st.randoms(use_true_random=False))
def test_the_order_of_origins_is_no_part_of_a_scenario(scenario: tc.Scenario, random: Any) -> None:
    """SCENARIO-19: the hash and parameters() do not depend on the order of [provenance]."""
    tree = scenario.tree()
    entries = list(tree["provenance"].items())
    random.shuffle(entries)
    shuffled = tc.Scenario.from_tree({**tree, "provenance": dict(entries)})
    assert_same_scenario(shuffled, scenario)
    assert shuffled.parameters().equals(scenario.parameters())


@pytest.mark.parametrize(
    "place",
    [
        PACKAGED,
        PACKAGED.tariffs,
        PACKAGED.tariffs.measures[0],
        PACKAGED.trade,
        PACKAGED.trade.response,
        PACKAGED.pledge,
        PACKAGED.pledge.structures[0],
        PACKAGED.pledge.structures[0].tranches[0],
        PACKAGED.economy,
        PACKAGED.valuation,
        PACKAGED.provenance["tariffs.durability"],
    ],
    ids=repr,
)
def test_a_declared_object_is_frozen(place: Any) -> None:
    """SCENARIO-20: no field of a scenario can be set or deleted, at any depth."""
    before = PACKAGED.hash
    message = f"{type(place).__name__} cannot be changed; build another one"
    for field in type(place).model_fields:
        with pytest.raises(InputError) as setting:
            setattr(place, field, None)
        with pytest.raises(InputError) as deleting:
            delattr(place, field)
        assert str(setting.value) == str(deleting.value) == message
    assert PACKAGED.hash == before


@FEWER
@given(scenarios())
def test_a_copy_of_a_scenario_is_the_same(scenario: tc.Scenario) -> None:
    """SCENARIO-21: copy, deepcopy and pickle give an equal scenario of the same hash."""
    for other in (
        copy.copy(scenario),
        copy.deepcopy(scenario),
        pickle.loads(pickle.dumps(scenario)),  # noqa: S301 - written on this line
    ):
        assert_same_scenario(other, scenario)
        assert hash(other) == hash(scenario)


# Origins


@given(st.lists(st.sampled_from("ab"), min_size=1, max_size=4), st.data())
def test_the_most_specific_statement_speaks_for_a_number(
    parts: list[str], data: st.DataObject
) -> None:
    """SCENARIO-22: of the patterns that fit a path the one with fewest stars speaks for it."""
    kind = st.tuples(*(st.sampled_from((part, "*", "x")) for part in parts))
    patterns = data.draw(st.lists(kind, max_size=6, unique=True))
    stated = {
        ".".join(pattern): tc.Provenance(status="derived", source=str(place))
        for place, pattern in enumerate(patterns)
    }
    found = provenance_of(".".join(parts), stated)
    fitting = [p for p in patterns if all(a in (b, "*") for a, b in zip(p, parts, strict=True))]
    assert (found is None) == (not fitting)
    if found is not None:
        fewest = min(pattern.count("*") for pattern in fitting)
        assert found[0].count("*") == fewest
        assert found[1] is stated[found[0]]
        assert tuple(found[0].split(".")) in fitting


@FEWER
@given(st.sampled_from(list(NUMBERS.index)), st.data())
def test_an_origin_stated_for_one_path_is_shown_beside_it(path: str, data: st.DataObject) -> None:
    """SCENARIO-23: parameters() shows the origin of a path as stated, whatever patterns say."""
    entry = data.draw(provenances(value=float(NUMBERS.loc[path, "value"])))
    tree = PACKAGED.tree()
    tree["provenance"][path] = {k: v for k, v in entry if v is not None}
    row = tc.Scenario.from_tree(tree).parameters().loc[path]
    assert (row["status"], row["source"]) == (entry.status, entry.source)
    for column, stated in (("low", entry.low), ("high", entry.high)):
        assert np.isnan(row[column]) if stated is None else row[column] == stated
    assert (None if pd.isna(row["date"]) else row["date"].date()) == entry.date


def test_a_number_without_a_stated_origin_is_an_assumption() -> None:
    """SCENARIO-24: without provenance only what a measure sources itself is reported."""
    table = tc.Scenario.from_tree({**PACKAGED.tree(), "provenance": {}}).parameters()
    by_measure = table.index.str.startswith("tariffs.measures.")
    assert (table.loc[by_measure, "status"] == "reported").all()
    assert (table.loc[~by_measure, "status"] == "assumption").all()
    assert set(table.loc[~by_measure, "source"]) == {"no source is stated"}
    sources = {m.name: m.source for m in PACKAGED.tariffs.measures}
    shown = table.loc[by_measure, "source"]
    assert shown.to_dict() == {path: sources[path.split(".")[2]] for path in shown.index}


# Vintage


@pytest.mark.parametrize("place", DATED)
def test_nothing_later_than_the_vintage_can_enter(place: str) -> None:
    """SCENARIO-25: a day after as_of at any dated place is refused; as_of itself is not."""
    keys, _ = DATED[place]
    tree, last = PACKAGED.tree(), PACKAGED.as_of
    assert tc.Scenario.from_tree(with_value(tree, keys, last)).as_of == last
    with pytest.raises(VintageError) as caught:
        tc.Scenario.from_tree(with_value(tree, keys, last + DAY))
    assert str(caught.value) == (
        "Scenario cannot be built:\n"
        "  - a scenario as of 2025-10-17 holds nothing later: "
        f"{place} is of 2025-10-18. Leave it out or move as_of"
    )


@FEWER
@given(st.dates(dt.date(2025, 1, 1), dt.date(2025, 12, 31)))
def test_an_earlier_vintage_refuses_exactly_what_was_not_known(as_of: dt.date) -> None:
    """SCENARIO-26: as_of D is refused ⇔ something is of a day after D, and each is named."""
    late = {place for place, (_, day) in DATED.items() if day > as_of}
    tree = with_value(PACKAGED.tree(), ("as_of",), as_of)
    if not late:
        assert tc.Scenario.from_tree(tree).as_of == as_of
        return
    with pytest.raises(VintageError) as caught:
        tc.Scenario.from_tree(tree)
    listed = str(caught.value).partition("holds nothing later: ")[2].partition(". Leave it")[0]
    assert {one.partition(" is of ")[0] for one in listed.split("; ")} == late


def test_every_day_in_a_scenario_is_a_dated_place() -> None:
    """SCENARIO-27: a date of a scenario is known as such, or is a day of the law or of the model.

    Measures start and end on days of the law, the base date is the model's own.
    """
    days = {path for path, value in walked(PACKAGED.tree()) if isinstance(value, dt.date)}
    known = {".".join(keys) for keys, _ in DATED.values()}
    other = {path for path in days - known if path.split(".")[-1] not in ("start", "end")}
    assert other == {"as_of", "valuation.base_date"}


@given(st.dates(dt.date(2025, 10, 17), dt.date(2030, 1, 1)))
def test_a_scenario_is_loaded_as_it_was_known_on_a_date(day: dt.date) -> None:
    """SCENARIO-28: load_scenario(as_of=D) is the latest vintage not after D."""
    vintages = tc.list_scenarios().loc[["korea-us"], "as_of"]
    latest = max(found.date() for found in vintages if found.date() <= day)
    assert tc.load_scenario("korea-us", as_of=day).as_of == latest
    assert tc.load_scenario("korea-us", as_of=day.isoformat()).as_of == latest
    assert tc.load_scenario("korea-us").as_of == max(vintages).date()


@given(st.dates(dt.date(1900, 1, 1), dt.date(2025, 10, 16)))
def test_no_scenario_is_given_for_a_day_before_its_first_vintage(day: dt.date) -> None:
    """SCENARIO-29: load_scenario(as_of=D) with D before the first vintage is refused."""
    with pytest.raises(VintageError) as caught:
        tc.load_scenario("korea-us", as_of=day)
    assert str(caught.value) == (
        f"korea-us has no vintage as of {day}; the first is of 2025-10-17; give a later as_of"
    )


@pytest.mark.parametrize("row", list(tc.list_scenarios().reset_index().itertuples()), ids=str)
def test_each_packaged_vintage_is_listed_as_what_it_is(row: Any) -> None:
    """SCENARIO-30: list_scenarios() gives name, vintage and title of what load_scenario loads."""
    found = tc.load_scenario(row.scenario, as_of=row.as_of.date())
    assert (found.name, found.as_of, found.title) == (row.scenario, row.as_of.date(), row.title)
    assert all(day <= found.as_of for _, day in dated_places(found).values())
    assert found.parameters()["date"].dropna().max().date() <= found.as_of


# Schedules


@given(st.data())
def test_a_schedule_holds_the_measures_it_names_in_their_order(data: st.DataObject) -> None:
    """SCENARIO-31: status_quo, no_deal and deal are the measures that the tariffs name."""
    named = [measure.name for measure in PACKAGED.tariffs.measures]
    members = data.draw(st.lists(st.sampled_from(named), unique=True))
    schedule = data.draw(st.sampled_from(["status_quo", "no_deal", "deal"]))
    changed = PACKAGED.replace({f"tariffs.{schedule}": members})
    found = getattr(changed, schedule)
    assert isinstance(found, tc.TariffSchedule)
    assert [measure.name for measure in found.measures] == members
    assert found == changed.tariffs.schedule(schedule, as_of=changed.as_of)


def test_the_three_schedules_differ_where_the_talks_differ() -> None:
    """SCENARIO-32: no deal raises the reciprocal rate, the deal lowers autos; the rest is law."""
    law = {m.name for m in PACKAGED.status_quo.measures}
    no_deal = {m.name for m in PACKAGED.no_deal.measures}
    deal = {m.name for m in PACKAGED.deal.measures}
    assert (law - no_deal, no_deal - law) == ({"reciprocal-15"}, {"reciprocal-25"})
    assert law - deal == {"autos-25", "auto-parts-25"}
    assert deal - law == {"autos-15", "auto-parts-15"}
    assert {m.status for m in PACKAGED.status_quo.measures} == {"in force"}


@FEWER
@given(st.permutations(WITH_CASH), st.integers(1, 7))
def test_tables_can_be_replaced_as_a_whole(order: list[str], count: int) -> None:
    """SCENARIO-33: a table replaced is the table given; its new numbers are assumptions."""
    tables = PACKAGED.tree()["pledge"]["structures"]
    kept = {name: tables[name] for name in order[:count]}
    changed = PACKAGED.replace({"pledge.structures": kept})
    assert [s.name for s in changed.pledge.structures] == order[:count]
    assert changed.tree()["pledge"]["structures"] == kept
    copied = PACKAGED.replace({"pledge.structures.mine": tables[order[0]]})
    mine = copied.parameters().filter(like="pledge.structures.mine.", axis=0)
    assert len(mine) == len(numbers_in(tables[order[0]]))
    assert set(mine["source"]) == {"set by the user"}


def test_two_paths_that_set_one_number_are_refused_in_any_order() -> None:
    """SCENARIO-34: a term together with a path to its own numbers is refused in both orders."""
    for term, other, value in (
        ("cash_share", "tranches.guarantees.share", 0.5),
        ("draw_years", "drawdown.kind", "upfront"),
    ):
        paths = [f"pledge.structures.upfront-cash.{name}" for name in (term, other)]
        changes = [(paths[0], 0.5 if term == "cash_share" else 5), (paths[1], value)]
        for pairs in itertools.permutations(changes):
            with pytest.raises(InputError) as caught:
                PACKAGED.replace(dict(pairs))
            assert str(caught.value) == (
                "the scenario cannot be changed: 1 fault\n"
                f"  - {paths[0]} and {paths[1]} set the same numbers; leave one out"
            )


def test_reading_is_the_same_from_any_source_of_the_tree(tmp_path: Path) -> None:
    """SCENARIO-35: a file, its text, its tree and its replaced copy are one scenario."""
    text = PACKAGED.to_toml(tmp_path / "s.toml")
    for other in (
        tc.Scenario.from_toml(tmp_path / "s.toml"),
        tc.Scenario.from_toml(text),
        tc.Scenario.from_tree(tomllib.loads(text)),
        PACKAGED.replace({"title": "x"}).replace({"title": PACKAGED.title}),
    ):
        assert_same_scenario(other, PACKAGED)


def test_the_parts_of_a_scenario_are_objects_of_their_own() -> None:
    """SCENARIO-36: a scenario built from its declared parts is the scenario read from its tree."""
    fields = {name: getattr(PACKAGED, name) for name in tc.Scenario.model_fields}
    assert_same_scenario(tc.Scenario(**fields), PACKAGED)
    tariffs = tc.Tariffs.from_tree(PACKAGED.tree()["tariffs"])
    trade = tc.Trade.from_tree(PACKAGED.tree()["trade"])
    assert (tariffs, trade) == (PACKAGED.tariffs, PACKAGED.trade)
    for name in ("status_quo", "no_deal", "deal"):
        assert tariffs.schedule(name, as_of=PACKAGED.as_of) == getattr(PACKAGED, name)


def test_a_table_that_is_given_is_copied() -> None:
    """SCENARIO-37: replace({table: t, number in it: x}) is replace of t with x in it; t stays."""
    path = "pledge.structures.japan-terms.tranches.strategic-loans.instrument"
    loan = {"kind": "loan", "rate": 0.05, "maturity_years": 5}
    changed = PACKAGED.replace({path: loan, f"{path}.grace_years": 2})
    assert loan == {"kind": "loan", "rate": 0.05, "maturity_years": 5}
    assert_same_scenario(changed, PACKAGED.replace({path: {**loan, "grace_years": 2}}))
