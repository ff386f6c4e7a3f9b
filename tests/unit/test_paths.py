import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, TariffcalcError, UnknownNameError
from tariffcalc.scenario.paths import (
    TERMS,
    numbers,
    resolve,
    stated_provenance,
    written_paths,
)

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
STRUCTURES = [structure.name for structure in PACKAGED.pledge.structures]
UPFRONT = "pledge.structures.upfront-cash."


def refusal(changes: object, kind: type[TariffcalcError] = InputError) -> str:
    with pytest.raises(TariffcalcError) as caught:
        PACKAGED.replace(changes)  # type: ignore[arg-type]
    assert type(caught.value) is kind
    return str(caught.value)


def fault(changes: object, kind: type[TariffcalcError] = InputError) -> str:
    said = refusal(changes, kind)
    head = "the scenario cannot be changed: 1 fault\n  - "
    assert said.startswith(head)
    return said.removeprefix(head)


def test_the_table_of_parameters_has_its_columns_and_types() -> None:
    table = PACKAGED.parameters()
    assert table.index.name == "path"
    assert list(table.columns) == [
        "value",
        "unit",
        "description",
        "status",
        "source",
        "date",
        "low",
        "high",
    ]
    assert table[["value", "low", "high"]].dtypes.eq(float).all()
    assert str(table["date"].dtype).startswith("datetime64")
    assert table.attrs["units"] == {"value": "see column unit"}
    assert table.loc["valuation.discount_rate"].to_dict() == {
        "value": 0.0508,
        "unit": "fraction per year",
        "description": "discount rate",
        "status": "derived",
        "source": "20-year US Treasury 4.58% on 2025-10-17 plus 50bp, the spread of the 20-year "
        "KEXIM dollar bond of 2021-06-23",
        "date": pd.Timestamp("2025-10-17"),
        "low": 0.03,
        "high": 0.08,
    }


def test_numbers_are_neither_true_nor_text_nor_dates() -> None:
    found = numbers(PACKAGED)
    assert f"{UPFRONT}waterfall.pooled" not in found
    assert f"{UPFRONT}title" not in found
    assert "as_of" not in found
    assert found["tariffs.relief_years"][0] == 20
    assert not any(path.startswith("provenance") for path in found)


def test_a_measure_states_its_own_source() -> None:
    stated = stated_provenance(PACKAGED, "tariffs.measures.softwood-10.rate")
    assert (stated.status, stated.source, str(stated.date)) == (
        "reported",
        "federalregister.gov 2025-19482",
        "2025-10-06",
    )
    bare = PACKAGED.replace({"tariffs.measures.softwood-10.source": ""})
    for path in ("tariffs.measures.softwood-10.rate", "tariffs.measures.none.rate", "x.y"):
        stated = stated_provenance(bare, path)
        assert (stated.status, stated.source) == ("assumption", "no source is stated")


def test_an_entry_goes_before_the_source_of_a_measure() -> None:
    tree = PACKAGED.tree()
    path = "tariffs.measures.softwood-10.rate"
    tree["provenance"]["tariffs.measures.*.rate"] = {"status": "derived", "source": "here"}
    assert tc.Scenario.from_tree(tree).parameters().loc[path, "source"] == "here"


# Replacing


def test_a_replaced_number_keeps_its_range_and_loses_its_fact() -> None:
    path = "valuation.discount_rate"
    entry = PACKAGED.replace({path: 0.04}).provenance[path]
    assert entry == tc.Provenance(
        status="assumption", source="set by the user", low=0.03, high=0.08
    )


def test_a_number_under_a_pattern_gets_an_entry_of_its_own() -> None:
    changed = PACKAGED.replace({f"{UPFRONT}project_irr": 0.05})
    assert changed.provenance[f"{UPFRONT}project_irr"].high == 0.12
    other = changed.parameters().loc["pledge.structures.upfront-swap.project_irr"]
    assert other["source"] == "no project and no return was published"


@pytest.mark.parametrize("value", [5, 5.0, np.int64(5), np.float64(5.0), np.float32(5.0)])
def test_whole_numbers_may_be_written_as_decimals_or_as_numpy_has_them(value: float) -> None:
    years = PACKAGED.replace({"tariffs.relief_years": value}).tariffs.relief_years
    assert (years, type(years)) == (5, int)


def test_a_whole_number_for_a_decimal_is_a_decimal() -> None:
    rate = PACKAGED.replace({"valuation.discount_rate": 0}).valuation.discount_rate
    assert (rate, type(rate)) == (0.0, float)


def test_words_dates_and_lists_can_be_replaced() -> None:
    changed = PACKAGED.replace(
        {"title": "x", "as_of": "2025-12-01", "tariffs.deal": ["autos-15"], "name": "mine"}
    )
    assert (changed.title, str(changed.as_of), changed.name) == ("x", "2025-12-01", "mine")
    assert [m.name for m in changed.deal.measures] == ["autos-15"]
    assert changed.provenance == PACKAGED.provenance
    table = PACKAGED.diff(changed)
    assert table.index.tolist() == ["name", "title", "as_of", "tariffs.deal"]


def test_an_optional_number_can_be_given_and_taken_away() -> None:
    path = f"{UPFRONT}headline_usd"
    given = PACKAGED.replace({path: 100e9})
    assert given.pledge.structure("upfront-cash").headline_usd == 100e9
    assert PACKAGED.diff(given).loc[path].tolist()[1] == 100e9
    assert np.isnan(PACKAGED.diff(given).loc[path, "before"])
    taken = given.replace({path: None})
    assert PACKAGED.diff(taken).empty
    assert path not in taken.provenance


def test_origins_of_what_is_gone_are_dropped() -> None:
    changed = PACKAGED.replace(
        {f"pledge.structures.{name}.drawdown": {"kind": "upfront"} for name in STRUCTURES}
    )
    gone = {"pledge.structures.*.drawdown.years", "pledge.structures.*.drawdown.annual_cap_usd"}
    gone |= {"pledge.structures.credit-ceiling.drawdown.years"}
    assert set(PACKAGED.provenance) - set(changed.provenance) == gone
    assert set(changed.provenance) <= set(PACKAGED.provenance)


def test_only_numbers_that_differ_in_a_table_become_assumptions() -> None:
    waterfall = PACKAGED.tree()["pledge"]["structures"]["upfront-cash"]["waterfall"]
    changed = PACKAGED.replace({f"{UPFRONT}waterfall": {**waterfall, "split_after": 0.2}})
    added = set(changed.provenance) - set(PACKAGED.provenance)
    assert added == {f"{UPFRONT}waterfall.split_after"}


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        ("drawdown", tc.Drawdown.level(4), {"drawdown.years": 4.0}),
        ("tranches", (tc.Tranche(name="all", share=1.0, instrument=tc.Equity()),),
         {"tranches.all.share": 1.0}),
        ("tranches", [tc.Tranche(name="all", share=1.0, instrument=tc.Equity())],
         {"tranches.all.share": 1.0}),
        ("tranches", [{"name": "all", "share": 1.0, "instrument": {"kind": "equity"}}], {}),
        ("funding", {"policy_banks": {"tenor_years": 7}}, {"funding.policy_banks.tenor_years": 7}),
        ("funding", [], {}),
    ],
)  # fmt: skip
def test_objects_tables_and_lists_can_be_put_in(path: str, value: object, found: dict) -> None:
    changed = PACKAGED.replace({f"{UPFRONT}{path}": value})
    table = changed.parameters()
    for ending, number in found.items():
        assert table.loc[f"{UPFRONT}{ending}", ["value", "source"]].tolist() == [
            number,
            "set by the user",
        ]
    kept = [p for p in table.index if p.startswith(f"{UPFRONT}{path}")]
    assert len(kept) >= len(found)


def test_a_table_and_a_number_inside_it_can_be_replaced_together() -> None:
    changes = {
        "tariffs.measures.new.rate": 0.3,
        "tariffs.measures.new": {"authority": "a", "rate": 0.1, "start": "2025-01-01"},
    }
    for given in (changes, dict(reversed(changes.items()))):
        changed = PACKAGED.replace(given)
        assert changed.tariffs.measures[-1].rate == 0.3
        assert changed.parameters().loc["tariffs.measures.new.rate", "source"] == "set by the user"


def test_rows_of_one_name_are_not_merged() -> None:
    row = tc.Tranche(name="all", share=0.5, instrument=tc.Equity())
    assert refusal({f"{UPFRONT}tranches": (row, row)}) == (
        "Scenario cannot be built:\n  - pledge.structures.upfront-cash.tranches: names must "
        "differ; given more than once: all"
    )


def test_an_instrument_can_become_another_one() -> None:
    path = f"{UPFRONT}tranches.strategic-equity.instrument"
    changed = PACKAGED.replace(
        {f"{path}.kind": "loan", f"{path}.rate": 0.05, f"{path}.maturity_years": 10}
    )
    found = changed.pledge.structure("upfront-cash").tranches[0].instrument
    assert found == tc.Loan(rate=0.05, maturity_years=10)


def test_a_headline_moves_the_parts_that_are_not_given() -> None:
    changed = PACKAGED.replace({"pledge.headline_usd": 700e9})
    assert [part.amount_usd for part in changed.pledge.parts] == [400e9, 300e9]
    sources = changed.parameters()["source"].filter(like="pledge.parts")
    assert sources.tolist() == ["set by the user"] * 2
    own = {
        "pledge.parts.shipbuilding.amount_usd": 100e9,
        "pledge.headline_usd": 500e9,
        "pledge.parts.strategic.amount_usd": 400e9,
    }
    assert [part.amount_usd for part in PACKAGED.replace(own).pledge.parts] == [400e9, 100e9]
    nothing = PACKAGED.replace({"pledge.headline_usd": 0.0})
    assert [part.amount_usd for part in nothing.pledge.parts] == [0.0, 0.0]
    assert refusal({"pledge.headline_usd": "much"}) == (
        "Scenario cannot be built:\n  - pledge.headline_usd: a number is needed, given 'much'"
    )
    with pytest.raises(InputError, match="parts: amounts add up to 0, and headline_usd is 1"):
        nothing.replace({"pledge.headline_usd": 1.0})


# Terms


def test_the_terms_are_two() -> None:
    assert TERMS == ("cash_share", "draw_years")


@pytest.mark.parametrize("share", [0, 0.25, 1, True, 1.0001, -0.1, "0.5", None, np.nan])
def test_a_cash_share_is_a_share(share: object) -> None:
    good = isinstance(share, int | float) and share is not True and 0 <= share <= 1
    path = f"{UPFRONT}cash_share"
    if good:
        found = PACKAGED.replace({path: share}).pledge.structure("upfront-cash").cash_share
        assert found == pytest.approx(share, rel=1e-15)
    else:
        assert fault({path: share}) == (
            f"{path}: a share between 0 and 1 is needed, given {share!r}"
        )


@pytest.mark.parametrize("years", [1, 100, 7.0, 0, 101, 2.5, True, "3", None, np.nan, np.inf])
def test_draw_years_are_whole_years(years: object) -> None:
    good = isinstance(years, int | float) and years is not True and years in (1, 7, 100)
    path = f"{UPFRONT}draw_years"
    if good:
        changed = PACKAGED.replace({path: years})
        assert changed.pledge.structure("upfront-cash").drawdown == tc.Drawdown.level(int(years))
        assert changed.provenance[f"{UPFRONT}drawdown.years"].source == "set by the user"
    else:
        assert fault({path: years}) == (
            f"{path}: whole years from 1 to 100 are needed, given {years!r}"
        )


def test_all_tranches_that_a_cash_share_moves_become_assumptions() -> None:
    changed = PACKAGED.replace({"pledge.structures.japan-terms.cash_share": 0.5})
    moved = changed.parameters().filter(like="japan-terms.tranches", axis=0)
    shares = moved[moved.index.str.endswith(".share")]
    assert len(shares) == 6
    assert set(shares["source"]) == {"set by the user"}


def test_a_structure_without_two_kinds_has_no_cash_share() -> None:
    assert fault({"pledge.structures.no-deal.cash_share": 0.5}) == (
        "cash_share cannot be set: structure 'no-deal' lacks a loan, guarantee or private "
        "tranche; add one, its share may be 0"
    )


def test_a_term_of_an_unknown_structure_is_unknown() -> None:
    said = fault({"pledge.structures.upfront.cash_share": 0.5}, UnknownNameError)
    assert said.startswith("unknown structure 'upfront'; did you mean 'upfront-swap' or ")


def test_terms_live_in_structures_only() -> None:
    said = fault({"cash_share": 0.5}, UnknownNameError)
    assert said.startswith("unknown path 'cash_share'")
    said = fault({"economy.draw_years": 5}, UnknownNameError)
    assert said.startswith("unknown path 'economy.draw_years'")


@pytest.mark.parametrize(
    ("term", "value", "other", "second"),
    [
        ("cash_share", 0.5, "tranches", {}),
        ("cash_share", 0.5, "tranches.guarantees.share", 0.1),
        ("cash_share", 0.5, "tranches.guarantees.instrument", {}),
        ("cash_share", 0.5, "tranches.guarantees.instrument.kind", "loan"),
        ("draw_years", 5, "drawdown", {}),
        ("draw_years", 5, "drawdown.years", 6),
    ],
)
def test_a_term_and_the_numbers_it_sets_exclude_each_other(
    term: str, value: float, other: str, second: object
) -> None:
    one, two = f"{UPFRONT}{term}", f"{UPFRONT}{other}"
    expected = f"{one} and {two} set the same numbers; leave one out"
    if other.endswith("guarantees.instrument"):  # the terms of an instrument may change beside it
        PACKAGED.replace({one: value, f"{two}.fee_rate": 0.01})
        return
    assert expected in refusal({one: value, two: second})


def test_a_term_goes_with_other_terms_of_its_structure() -> None:
    changed = PACKAGED.replace(
        {
            f"{UPFRONT}cash_share": 0.5,
            f"{UPFRONT}draw_years": 4,
            f"{UPFRONT}tranches.guarantees.instrument.fee_rate": 0.01,
            "pledge.structures.upfront-swap.drawdown": {"kind": "level", "years": 2},
        }
    )
    structure = changed.pledge.structure("upfront-cash")
    assert (structure.cash_share, structure.drawdown.years) == (0.5, 4)


# Unknown paths


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("durability", "unknown path 'durability'; did you mean 'tariffs.durability'?"),
        ("split_before", ("unknown path 'split_before'; did you mean "
         "'pledge.structures.credit-ceiling.waterfall.split_before' or "
         "'pledge.structures.upfront-cash.waterfall.split_before' or "
         "'pledge.structures.upfront-swap.waterfall.split_before'?")),
        ("zzz", "unknown path 'zzz'; see parameters() for all paths"),
        ("", "unknown path ''; see parameters() for all paths"),
        ("provenance", "unknown path 'provenance'; see parameters() for all paths"),
        ("provenance.x.status", ("unknown path 'provenance.x.status'; see parameters() for all "
         "paths")),
        ("tariffs.durability.low", ("unknown path 'tariffs.durability.low'; did you mean "
         "'tariffs.durability' or 'tariffs.deal'?")),
        ("economy.", "unknown path 'economy.'"),
        (None, "unknown path None"),
        (("a", "b"), "unknown path ('a', 'b')"),
    ],
)  # fmt: skip
def test_a_path_that_leads_nowhere_is_unknown(path: object, said: str) -> None:
    found = fault({path: 1.0}, UnknownNameError)
    assert found.startswith(said)
    if said.endswith(("?", "paths")):
        assert found == said


def test_only_unknown_names_make_an_unknown_name_error() -> None:
    assert refusal({"x": 1, "y": 2}, UnknownNameError).startswith(
        "the scenario cannot be changed: 2 faults\n  - unknown path 'x'"
    )
    assert refusal({"x": 1, f"{UPFRONT}cash_share": 5}, InputError).startswith(
        "the scenario cannot be changed: 2 faults\n  - unknown path 'x'"
    )


def test_changes_are_a_mapping() -> None:
    assert refusal([("title", "x")]) == (
        "changes: a mapping from path to value is needed, given [('title', 'x')]"
    )


# Differences


def test_a_difference_is_to_a_scenario() -> None:
    with pytest.raises(InputError) as caught:
        PACKAGED.diff(PACKAGED.trade)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "diff: a scenario is needed, given Trade(flows='us-imports-2024', growth_rate=0.02, "
        "inventory_lag_months=0.0, coarse_lines='refuse')"
    )


def test_a_difference_shows_what_only_one_side_has() -> None:
    bare = PACKAGED.replace({"pledge.structures": {}})
    table = bare.diff(PACKAGED)
    assert table.index.name == "path"
    assert list(table.columns) == ["before", "after"]
    assert table["before"].isna().all()
    assert table.loc["pledge.structures.no-deal.headline_usd", "after"] == 0.0
    assert table.attrs["scenario_hash"] == bare.hash
    assert len(table) == len(list(written_paths(PACKAGED.tree()["pledge"]["structures"])))


def test_written_paths_walk_the_plain_values() -> None:
    assert list(written_paths({"a": 1, "b": {"c": {"d": 2}, "e": []}, "f": {}, "g": None})) == [
        "a",
        "b.c.d",
        "b.e",
    ]


# Short names


@pytest.mark.parametrize(
    ("name", "structures", "found"),
    [
        ("durability", ["no-deal"], ("tariffs.durability",)),
        ("tariffs.durability", [], ("tariffs.durability",)),
        ("response.pass_through", [], ("trade.response.pass_through",)),
        ("project_irr", ["upfront-cash"], (f"{UPFRONT}project_irr",)),
        ("project_irr", ["no-deal", "upfront-swap", "upfront-cash"],
         (f"{UPFRONT}project_irr", "pledge.structures.upfront-swap.project_irr")),
        ("waterfall.split_before", ["upfront-cash"], (f"{UPFRONT}waterfall.split_before",)),
        ("cash_share", ["no-deal", "upfront-cash"], (f"{UPFRONT}cash_share",)),
        ("draw_years", ["upfront-swap", "upfront-cash"],
         ("pledge.structures.upfront-swap.draw_years", f"{UPFRONT}draw_years")),
        (f"{UPFRONT}cash_share", [], (f"{UPFRONT}cash_share",)),
        (f"{UPFRONT}project_irr", ["no-deal"], (f"{UPFRONT}project_irr",)),
        ("reserves_usd", [], ("economy.reserves_usd",)),
        ("strategic.amount_usd", [], ("pledge.parts.strategic.amount_usd",)),
    ],
)  # fmt: skip
def test_a_short_name_is_the_end_of_a_path(name: str, structures: list, found: tuple) -> None:
    assert resolve(PACKAGED, name, iter(structures)) == found


@pytest.mark.parametrize(
    ("name", "structures", "said"),
    [
        ("amount_usd", [], ("'amount_usd' can mean 2 different numbers; give the path: "
         "pledge.parts.strategic.amount_usd, pledge.parts.shipbuilding.amount_usd")),
        ("headline_usd", ["no-deal"], ("'headline_usd' can mean 2 different numbers; give the "
         "path: pledge.structures.no-deal.headline_usd, pledge.headline_usd")),
        ("project_irr", ["no-deal"], ("unknown path 'project_irr'; did you mean "
         "'pledge.structures.credit-ceiling.project_irr' or "
         "'pledge.structures.upfront-cash.project_irr' or "
         "'pledge.structures.upfront-swap.project_irr'?")),
        ("durabilty", [], "unknown path 'durabilty'; did you mean 'tariffs.durability'?"),
        ("title", ["no-deal"], "unknown path 'title'; see parameters() for all paths"),
        (5, [], "unknown path 5; see parameters() for all paths"),
        ("economy.cash_share", [], "unknown path 'economy.cash_share'"),
    ],
)  # fmt: skip
def test_a_short_name_means_one_number_or_is_refused(
    name: str, structures: list, said: str
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        resolve(PACKAGED, name, structures)
    assert str(caught.value).startswith(said)
    if not said.endswith("'"):
        assert str(caught.value) == said


def test_eight_candidates_are_shown() -> None:
    with pytest.raises(UnknownNameError) as caught:
        resolve(PACKAGED, "rate", STRUCTURES)
    said = str(caught.value)
    assert said.startswith("'rate' can mean 16 different numbers; give the path: ")
    assert said.count(", ") == 7


def test_a_term_needs_a_structure_with_tranches() -> None:
    with pytest.raises(InputError) as caught:
        resolve(PACKAGED, "draw_years", ["no-deal"])
    assert str(caught.value) == "draw_years: no-deal has no tranches to set it for"


def test_a_table_given_is_neither_changed_nor_kept() -> None:
    loan = "pledge.structures.japan-terms.tranches.strategic-loans.instrument"
    given = {"kind": "loan", "rate": np.float64(0.05), "maturity_years": 5}
    changed = PACKAGED.replace({loan: given, f"{loan}.grace_years": 2})
    assert given == {"kind": "loan", "rate": 0.05, "maturity_years": 5}
    plain = PACKAGED.replace({loan: {**given, "grace_years": 2}})
    assert changed.pledge == plain.pledge
    given["rate"] = 0.5
    assert changed.pledge == plain.pledge
