"""Chapter 10: bad input is refused whole, with what was given, what is allowed, what to do."""

import copy
import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc import errors
from tariffcalc.errors import (
    InputError,
    MultipleRootsError,
    NoRootError,
    TariffcalcError,
    UnknownNameError,
    VintageError,
)
from tariffcalc.models import Model
from tariffcalc.partners import partner_codes
from tariffcalc.scenario.files import MOST_BYTES
from tariffcalc.testing import hs_codes

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
TREE = PACKAGED.tree()
TEXT = PACKAGED.to_toml()
PACKAGED_PARTNERS = "KOR, JPN, EU27, GBR, CHN, MEX, CAN, TWN, VNM, CHE, IND, ROW"
STRUCTURES = [structure.name for structure in PACKAGED.pledge.structures]
FLOWS = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024").frame.iloc[::400])
# A scenario takes some 10 milliseconds to build: laws that build one look at fewer examples.
FEWER = settings(max_examples=settings().max_examples // 5)
HEAD = "Scenario cannot be built:\n  - "
CHANGED = "the scenario cannot be changed: 1 fault\n  - "
MEASURE = {"name": "m", "authority": "a", "rate": 0.1, "start": "2025-01-01"}
TERMS = {
    "name": "s",
    "project_irr": 0.07,
    "life_years": 20,
    "waterfall": tc.Waterfall(split_before=0.5, split_after=0.1, deemed_rate=0.04),
}
TEXT_DTYPE = pd.Series(["1"]).dtype  # str, and object before pandas 3
NOT_NUMBERS = (True, False, "0.15", b"1", [0.1], {}, dt.date(2025, 1, 1))


def message(kind: type[TariffcalcError], call: Callable[[], object]) -> str:
    """Return what a call is refused with; its class is exactly the one expected."""
    with pytest.raises(TariffcalcError) as caught:
        call()
    assert type(caught.value) is kind
    return str(caught.value)


def replaced(path: str, value: object) -> Callable[[], object]:
    return lambda: PACKAGED.replace({path: value})


def measure(**fields: Any) -> Callable[[], object]:
    return lambda: tc.TariffMeasure(**{**MEASURE, **fields})


def flows(**columns: Any) -> Callable[[], object]:
    frame = {"hs": ["870323"], "partner": ["KOR"], "value_usd": [1.0], **columns}
    return lambda: tc.TradeFlows.from_frame(pd.DataFrame(frame))


def tables(model: Model, keys: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Model]]:
    """Walk the tables of a scenario: the way to each, and its object."""
    yield keys, model
    for field, value in model:
        if isinstance(value, Model):
            yield from tables(value, (*keys, field))
        elif isinstance(value, tuple) and all(isinstance(row, Model) for row in value):
            for row in value:
                yield from tables(row, (*keys, field, row.name))
        elif field == "provenance":
            for path, entry in value.items():
                yield from tables(entry, (*keys, field, path))


# One table of each kind: the last one on the way through the packaged scenario.
TABLES = {type(model).__name__: (keys, model) for keys, model in tables(PACKAGED)}


def with_value(keys: tuple[str, ...], value: object) -> dict[str, Any]:
    changed = copy.deepcopy(TREE)
    here = changed
    for key in keys[:-1]:
        here = here[key]
    here[keys[-1]] = value
    return changed


def numbers_of(kind: str) -> list[str]:
    """Return the paths of a unit, one of each kind of number, without stars for rows."""
    table = PACKAGED.parameters()
    found = {path.rpartition(".")[2]: path for path in table.index[table["unit"].str.match(kind)]}
    return list(found.values())


# Classes


@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_is_of_one_family(name: str) -> None:
    """ERROR-1: each error is a TariffcalcError and, but for the base, ValueError or KeyError."""
    kind = getattr(errors, name)
    assert issubclass(kind, TariffcalcError)
    assert kind is TariffcalcError or issubclass(kind, ValueError | KeyError)
    assert str(kind("it's said")) == "it's said"
    assert str(kind()) == ""


def test_the_family_has_the_members_the_manual_names() -> None:
    """ERROR-2: VintageError is an InputError; an unknown name is a KeyError, not a ValueError."""
    assert issubclass(VintageError, InputError)
    assert issubclass(InputError, ValueError)
    assert issubclass(UnknownNameError, KeyError)
    assert not issubclass(UnknownNameError, ValueError)
    for kind in (InputError, NoRootError, MultipleRootsError):
        assert kind.__bases__ == (TariffcalcError, ValueError)
    assert VintageError.__bases__ == (InputError,)
    assert TariffcalcError.__bases__ == (Exception,)


# Numbers


@FEWER
@given(
    st.sampled_from([p for p in numbers_of("fraction") if not p.endswith(("ity", "default_rate"))]),
    st.integers(11, 100),
)
@example("valuation.discount_rate", 15)
def test_a_rate_in_percent_is_refused_with_the_fraction_meant(path: str, percent: int) -> None:
    """ERROR-3: a rate above 10 is taken for a percentage: "did you mean 0.15?"."""
    assert message(InputError, replaced(path, float(percent))) == (
        f"{HEAD}{path}: rates are fractions: {percent} means {percent * 100}%; "
        f"did you mean {percent / 100:g}?"
    )


@pytest.mark.parametrize("path", numbers_of("."))
@pytest.mark.parametrize("given_value", NOT_NUMBERS, ids=repr)
def test_what_is_not_a_number_is_refused_where_one_is_needed(path: str, given_value: Any) -> None:
    """ERROR-4: true, text, dates and tables are never turned into numbers."""
    whole = isinstance(PACKAGED.parameters().loc[path, "value"], float) and path.endswith("_years")
    whole = whole or path.endswith(".years")
    needed = "input should be a valid integer" if whole else "a number is needed"
    assert message(InputError, replaced(path, given_value)) == (
        f"{HEAD}{path}: {needed}, given {given_value!r}"
    )


@pytest.mark.parametrize("path", [p for p in numbers_of(".") if not p.endswith("years")])
@pytest.mark.parametrize("unknown", [np.nan, np.inf, -np.inf], ids=repr)
def test_an_unknown_number_is_left_out_never_written(path: str, unknown: float) -> None:
    """ERROR-5: NaN and infinity are refused in every number: "leave out what is unknown"."""
    assert message(InputError, replaced(path, unknown)) == (
        f"{HEAD}{path}: a finite number is needed, given {unknown!r}; leave out what is unknown"
    )


@pytest.mark.parametrize("path", numbers_of("USD|payer"))
def test_negative_amounts_are_refused(path: str) -> None:
    """ERROR-6: amounts of money, capacities and exchange rates are at least 0."""
    assert message(InputError, replaced(path, -1.0)) == (
        f"{HEAD}{path}: input should be greater than or equal to 0, given -1.0"
    )


@pytest.mark.parametrize(
    ("shares", "fault"),
    [
        ((0.5, 0.4), "shares add up to 0.9, and have to add up to 1; add 0.1"),
        ((0.5, 0.6), "shares add up to 1.1, and have to add up to 1; take away 0.1"),
        ((0.5, 0.25), "shares add up to 0.75, and have to add up to 1; add 0.25"),
        ((0.0, 0.0), "shares add up to 0, and have to add up to 1; add 1"),
    ],
)
def test_shares_that_do_not_add_up_are_refused_with_what_is_missing(
    shares: tuple, fault: str
) -> None:
    """ERROR-7: tranche shares add up to 1 within 1e-9, and no total is repaired."""
    parts = tuple(
        tc.Tranche(name=f"t{place}", share=share, instrument=tc.Equity())
        for place, share in enumerate(shares)
    )
    assert message(InputError, lambda: tc.FundingStructure(**TERMS, tranches=parts)) == (
        f"FundingStructure cannot be built:\n  - tranches: {fault}"
    )


@pytest.mark.parametrize(
    ("path", "least", "most"),
    [
        ("tariffs.relief_years", 1, 100),
        ("pledge.structures.credit-ceiling.tranches.strategic-loans.instrument.grace_years", 0, 14),
        ("pledge.structures.credit-ceiling.tranches.strategic-loans.instrument.maturity_years", 4,
         100),
        ("pledge.structures.upfront-cash.tranches.guarantees.instrument.maturity_years", 1, 100),
        ("pledge.structures.upfront-cash.construction_years", 0, 50),
        ("pledge.structures.upfront-cash.life_years", 1, 100),
        ("pledge.structures.three-years.drawdown.years", 1, 100),
        ("pledge.structures.upfront-swap.funding.swap_line.tenor_years", 1, 100),
    ],
)  # fmt: skip
def test_numbers_of_years_have_a_least_and_a_most(path: str, least: int, most: int) -> None:
    """ERROR-8: years are whole numbers inside their limits; the limits themselves are allowed."""
    for years in (least, most):
        assert PACKAGED.replace({path: years}).parameters().loc[path, "value"] == years
    for years in (least - 1, most + 1, 1_000_000, -1_000_000):
        assert f"given {years}" in message(InputError, replaced(path, years)) or (
            "leaves no year of repayment" in message(InputError, replaced(path, years))
        )


# Names


@pytest.mark.parametrize("kind", TABLES)
def test_an_unknown_field_is_refused_in_every_table(kind: str) -> None:
    """ERROR-9: a field that is not of its table is refused, with all that are."""
    keys, model = TABLES[kind]
    fields = ", ".join(type(model).model_fields)
    tree = with_value((*keys, "zzz"), 1)
    assert message(InputError, lambda: tc.Scenario.from_tree(tree)) == (
        f"{HEAD}{'.'.join((*keys, 'zzz'))}: unknown field. Allowed: {fields}."
    )


@FEWER
@given(st.sampled_from(list(PACKAGED.parameters().index)), st.data())
def test_a_misspelt_path_is_refused_with_the_close_one(path: str, data: st.DataObject) -> None:
    """ERROR-10: a path with a letter left out or doubled is unknown; the right one is named."""
    letters = [place for place, letter in enumerate(path) if letter.isalpha()]
    place = data.draw(st.sampled_from(letters))
    wrong = path[:place] + data.draw(st.sampled_from(["", 2 * path[place]])) + path[place + 1 :]
    said = message(UnknownNameError, replaced(wrong, 0.1))
    hint = f"{CHANGED}unknown path {wrong!r}; did you mean "
    assert said.startswith(hint)
    assert repr(path) in said


@pytest.mark.parametrize(
    "ask",
    [
        lambda name: tc.compare(PACKAGED, structures=[name], flows=FLOWS),
        lambda name: tc.incidence(PACKAGED, structures=name, flows=FLOWS),
        lambda name: tc.ledger(PACKAGED, name, flows=FLOWS),
        lambda name: tc.sweep(PACKAGED, {"durability": [1.0]}, structures=[name], flows=FLOWS),
        lambda name: tc.break_even(PACKAGED, "durability", structure=name, flows=FLOWS),
        lambda name: tc.simulate(PACKAGED, draws=2, seed=1, structures=[name], flows=FLOWS),
        PACKAGED.pledge.structure,
    ],
)
def test_a_misspelt_structure_is_refused_everywhere_alike(ask: Callable) -> None:
    """ERROR-11: an unknown structure is refused with the close ones and all there are."""
    assert message(UnknownNameError, lambda: ask("upfrontcash")) == (
        "unknown structure 'upfrontcash'; did you mean 'upfront-cash' or 'upfront-swap'? "
        f"Allowed: {', '.join(STRUCTURES)}."
    )


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: tc.load_scenario("korea-usa"),
            (
                "unknown scenario 'korea-usa'; did you mean 'korea-us'? Allowed: eu-us, japan-us, "
                "korea-us, switzerland-us, taiwan-us."
            ),
        ),
        (
            lambda: tc.compare(PACKAGED, columns=["net_cost"], flows=FLOWS),
            (
                "unknown column 'net_cost'; did you mean 'net_cost_usd' or 'benefit_cost_ratio'? "
                "Allowed: headline_usd, cash_usd, loan_usd, guarantee_usd, private_usd, "
                "pv_outlay_usd, pv_receipts_usd, net_cost_usd, risk_adjusted_cost_usd, "
                "subsidy_rate, payer_irr, break_even_project_irr, … (22 in all)."
            ),
        ),
        (
            lambda: tc.break_even(PACKAGED, "durability", structure="no-deal", target="npv"),
            (
                "unknown column 'npv'. Allowed: headline_usd, cash_usd, loan_usd, guarantee_usd, "
                "private_usd, pv_outlay_usd, pv_receipts_usd, net_cost_usd, "
                "risk_adjusted_cost_usd, subsidy_rate, payer_irr, break_even_project_irr, … "
                "(22 in all)."
            ),
        ),
        (
            lambda: tc.load_flows("us-imports"),
            (
                "unknown trade table 'us-imports'; did you mean 'us-imports-2024'? "
                "Allowed: us-imports-2024."
            ),
        ),
        (
            lambda: tc.load_flows("us-imports-2024", partners=["JAP"]),
            (
                "unknown partner in us-imports-2024 'JAP'; did you mean 'JPN'? "
                f"Allowed: {PACKAGED_PARTNERS}."
            ),
        ),
        (
            lambda: tc.compare(PACKAGED.replace({"pledge.payer": "SGP"})),
            f"unknown partner in us-imports-2024 'SGP'. Allowed: {PACKAGED_PARTNERS}.",
        ),
        (
            lambda: PACKAGED.tariffs.schedule("dael"),
            "unknown schedule 'dael'; did you mean 'deal'? Allowed: status_quo, no_deal, deal.",
        ),
    ],
    ids=["scenario", "column", "target", "trade-table", "partner", "payer", "schedule"],
)
def test_an_unknown_name_is_refused_with_what_there_is(call: Callable, said: str) -> None:
    """ERROR-12: scenarios, columns, tables, schedules: what is close, what is allowed."""
    assert message(UnknownNameError, call) == said


@given(
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3).filter(
        lambda code: code not in partner_codes()
    )
)
@example("KRO")
def test_an_unknown_partner_is_refused(code: str) -> None:
    """ERROR-13: partners of measures and flows are ISO 3166 alpha-3 codes, EU27 or ROW."""
    said = (
        f"partner: ISO 3166 alpha-3 codes, EU27 or ROW are needed, given 1 unknown code: {code!r}"
    )
    assert message(InputError, flows(partner=[code])).partition("; did")[0] == (
        f"flows cannot be used as trade flows: 1 fault\n  - {said}"
    )
    plural = said.replace("partner:", "partners:")
    assert message(InputError, measure(partners=[code])).partition("; did")[0] == (
        f"TariffMeasure cannot be built:\n  - {plural}"
    )


# Dates


@given(st.dates(dt.date(2000, 1, 1), dt.date(2050, 1, 1)), st.integers(1, 9999))
def test_an_end_before_its_start_is_refused(start: dt.date, days: int) -> None:
    """ERROR-14: dates out of order are refused: "swap the dates"."""
    end = start - dt.timedelta(days=days)
    assert message(InputError, measure(start=start, end=end)) == (
        f"TariffMeasure cannot be built:\n  - end {end} is before start {start}; swap the dates"
    )
    assert message(InputError, lambda: PACKAGED.deal.timeline(FLOWS, start=start, end=end)) == (
        f"end {end} is before start {start}; swap the dates"
    )


@pytest.mark.parametrize("wrong", ["17.10.2025", "2025-02-30", "today", "", 20251017, True, 1.5])
def test_what_is_not_a_date_is_refused_where_one_is_needed(wrong: Any) -> None:
    """ERROR-15: a date is a date or its ISO text, never a number, in fields and arguments."""
    said = f"a date like 2025-10-17 is needed, given {wrong!r}"
    assert message(InputError, replaced("as_of", wrong)) == f"{HEAD}as_of: {said}"
    assert message(InputError, lambda: tc.load_scenario("korea-us", as_of=wrong)) == said
    assert message(InputError, lambda: PACKAGED.deal.rates(FLOWS, on=wrong)) == said


@pytest.mark.parametrize("moment", [dt.datetime(2025, 10, 17), pd.Timestamp("2025-10-17 09:00")])
def test_a_date_with_a_time_of_day_is_refused(moment: Any) -> None:
    """ERROR-16: law is dated by day: a time of day is refused, not cut off."""
    said = f"a date without a time of day is needed, given {moment!r}"
    assert message(InputError, measure(start=moment)) == (
        f"TariffMeasure cannot be built:\n  - start: {said}"
    )
    assert message(InputError, lambda: tc.load_scenario("korea-us", as_of=moment)) == said


@pytest.mark.parametrize("written", ["to_toml", "to_json"])
@pytest.mark.parametrize("known", ["2025-10-20", "2026-02-20"])
def test_a_file_that_knows_a_later_fact_is_refused(written: str, known: str) -> None:
    """ERROR-17: a scenario file with a fact of a later day than as_of is a VintageError."""
    mark = '[provenance."tariffs.durability"]'
    before, _, after = TEXT.partition(mark)
    text = before + mark + after.replace("date = 2025-10-17", f"date = {known}", 1)
    read: Callable[..., object] = tc.Scenario.from_toml
    if written == "to_json":
        tree = with_value(("provenance", "tariffs.durability", "date"), known)
        text, read = json.dumps(tree, default=str), tc.Scenario.from_json
    assert message(VintageError, lambda: read(text)) == (
        f"{HEAD}a scenario as of 2025-10-17 holds nothing later: "
        f"provenance.tariffs.durability is of {known}. Leave it out or move as_of"
    )


# Codes and frames


@given(hs_codes())
@example("010121")
def test_a_code_that_lost_its_zero_is_refused_with_the_code_meant(code: str) -> None:
    """ERROR-18: an odd number of digits is a lost zero: "did you mean '010121'?"."""
    short = ("0" + code[1:])[1:] if len(code) > 2 else "1"
    meant = f"0{short}"
    hint = f"; did you mean {meant!r}? A leading zero was lost" if len(short) > 1 else ""
    said = f"hs: 2, 4, 6, 8 or 10 digits are needed in 1 code: {short!r}{hint}"
    assert message(InputError, flows(hs=[short])) == (
        f"flows cannot be used as trade flows: 1 fault\n  - {said}"
    )
    assert message(InputError, measure(products=[short])) == (
        f"TariffMeasure cannot be built:\n  - products: {said}"
    )


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        (flows(hs=[870323]), ("hs: codes are strings, given a column of int64; read files with "
         "dtype=str, so that a leading zero is kept")),
        (flows(value_usd=[-1.0]), "value_usd: numbers of at least 0 are needed in 1 row: 0"),
        (flows(value_usd=[np.nan]), "value_usd: finite numbers are needed in 1 row: 0"),
        (flows(value_usd=[np.inf]), "value_usd: finite numbers are needed in 1 row: 0"),
        (flows(value_usd=["1"]), f"value_usd: numbers are needed, given a column of {TEXT_DTYPE}"),
        (flows(value_usd=[True]), "value_usd: numbers are needed, given a column of bool"),
        (flows(hs=[], partner=[], value_usd=[]), "the frame has no rows"),
        (lambda: tc.TradeFlows.from_frame([1]), "a pandas DataFrame is needed, given list"),
        (lambda: tc.TradeFlows.from_frame(None), "a pandas DataFrame is needed, given NoneType"),
        (lambda: tc.TradeFlows.from_frame(pd.DataFrame({"hs6": ["870323"], "value_us": [1]})),
         ("columns missing: hs, partner, value_usd; did you mean 'hs6'?"
         "; did you mean 'value_us'?")),
        (lambda: tc.TradeFlows.from_frame(pd.DataFrame()),
         "columns missing: hs, partner, value_usd"),
    ],
)  # fmt: skip
def test_a_frame_that_cannot_be_used_is_refused(call: Callable, fault: str) -> None:
    """ERROR-19: empty frames, missing columns, wrong types and amounts are refused by name."""
    assert message(InputError, call) == (
        f"flows cannot be used as trade flows: 1 fault\n  - {fault}"
    )


# All faults at once


def test_all_faults_of_a_frame_are_told_at_once() -> None:
    """ERROR-20: a frame with four faults is refused with four, in the order of its columns."""
    bad = flows(hs=["70323"], partner=["Korea"], value_usd=[-1.0], mfn_rate=[25.0])
    assert message(InputError, bad) == (
        "flows cannot be used as trade flows: 4 faults\n"
        "  - hs: 2, 4, 6, 8 or 10 digits are needed in 1 code: '70323'; did you mean '070323'? "
        "A leading zero was lost\n"
        "  - partner: ISO 3166 alpha-3 codes, EU27 or ROW are needed, given 1 unknown code: "
        "'Korea'\n"
        "  - value_usd: numbers of at least 0 are needed in 1 row: 0\n"
        "  - mfn_rate: rates are fractions: 25 means 2500%; did you mean 0.25? in 1 row: 0"
    )


def test_all_faults_of_a_scenario_are_told_at_once() -> None:
    """ERROR-21: faults in different parts of a scenario are all told, each with its path."""
    tree = with_value(("economy", "reserves_usd"), -1.0)
    tree["tariffs"]["measures"]["autos-25"]["rate"] = 25
    tree["tariffs"]["durabilty"] = tree["tariffs"].pop("durability")
    tree["pledge"]["structures"]["japan-terms"]["tranches"]["strategic-loans"]["instrument"] = {
        "kind": "laon"
    }
    tree["provenance"]["tariffs.durability"]["status"] = "guess"
    assert message(InputError, lambda: tc.Scenario.from_tree(tree)) == (
        f"{HEAD}tariffs.measures.autos-25.rate: rates are fractions: 25 means 2500%; "
        "did you mean 0.25?\n"
        "  - tariffs.durability: required, but not given\n"
        "  - tariffs.durabilty: unknown field; did you mean 'durability'? Allowed: law_date, "
        "measures, status_quo, no_deal, deal, durability, relief_years, snap_back.\n"
        "  - pledge.structures.japan-terms.tranches.strategic-loans.instrument: kind: unknown "
        "kind 'laon'; did you mean 'loan'? Allowed: equity, loan, guarantee, private_investment, "
        "ship_finance.\n"
        "  - economy.reserves_usd: input should be greater than or equal to 0, given -1.0\n"
        "  - provenance.tariffs.durability.status: input should be 'reported', 'derived' or "
        "'assumption', given 'guess'"
    )


def test_all_faults_of_a_change_are_told_at_once() -> None:
    """ERROR-22: replace() tells all unknown paths and bad terms of its changes together."""
    changes = {
        "pledge.structures.upfront-cash.cash_share": 2,
        "pledge.structures.upfront-swap.draw_years": 2.5,
        "tariffs.durabilty": 0.5,
        "durability": 0.5,
    }
    assert message(InputError, lambda: PACKAGED.replace(changes)) == (
        "the scenario cannot be changed: 4 faults\n"
        "  - unknown path 'durability'; did you mean 'tariffs.durability'?\n"
        "  - unknown path 'tariffs.durabilty'; did you mean 'tariffs.durability' or "
        "'tariffs.deal' or 'tariffs.no_deal'?\n"
        "  - pledge.structures.upfront-cash.cash_share: a share between 0 and 1 is needed, "
        "given 2\n"
        "  - pledge.structures.upfront-swap.draw_years: whole years from 1 to 100 are needed, "
        "given 2.5"
    )


def test_what_contradicts_itself_in_a_scenario_is_told_at_once() -> None:
    """ERROR-23: silent origins, half characters and later days of one scenario come together."""
    tree = with_value(("provenance", "tariffs.durabilty"), {"status": "derived", "source": ""})
    tree["title"], tree["as_of"] = "\ud800", dt.date(2025, 10, 16)
    tree["provenance"] = {"tariffs.durabilty": tree["provenance"]["tariffs.durabilty"]}
    tree["tariffs"]["law_date"] = dt.date(2025, 10, 17)
    assert message(InputError, lambda: tc.Scenario.from_tree(tree)) == (
        f"{HEAD}provenance.tariffs.durabilty: no such path; did you mean 'tariffs.durability' or "
        "'tariffs.deal' or 'tariffs.no_deal'?; a text holds '\\ud800', half of a character; write "
        "the whole character; a scenario as of 2025-10-16 holds nothing later: tariffs.law_date "
        "is of 2025-10-17. Leave it out or move as_of"
    )


# Files


@FEWER
@given(st.data())
def test_a_key_given_twice_is_refused_in_toml(data: st.DataObject) -> None:
    """ERROR-24: a line of a TOML file that is there twice is refused, with its place."""
    lines = TEXT.splitlines()
    places = [n for n, line in enumerate(lines) if " = " in line]
    place = data.draw(st.sampled_from(places))
    twice = "\n".join([*lines[: place + 1], *lines[place:]])
    said = message(InputError, lambda: tc.Scenario.from_toml(twice))
    assert said == (
        "TOML text cannot be read: Cannot overwrite a value "
        f"(at line {place + 2}, column {len(lines[place]) + 1})"
    )


@FEWER
@given(st.sampled_from(sorted(TABLES)), st.data())
def test_a_key_given_twice_is_refused_in_json(kind: str, data: st.DataObject) -> None:
    """ERROR-25: a key of a JSON table that is there twice is refused by name, at any depth."""
    keys, _ = TABLES[kind]
    table: Mapping[str, Any] = TREE
    for key in keys:
        table = table[key]
    name = data.draw(st.sampled_from(list(table)))
    mark = f"{name}\ufffc"
    marked = json.dumps(with_value((*keys, mark), 0), default=str)
    text = marked.replace(json.dumps(mark), json.dumps(name))
    assert message(InputError, lambda: tc.Scenario.from_json(text)) == (
        f"JSON text cannot be read: key {name!r} is given twice"
    )


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_json_holds_no_nan_and_no_infinity(constant: str) -> None:
    """ERROR-26: NaN and infinity in JSON are refused where they stand: leave out the unknown."""
    text = PACKAGED.to_json().replace('"growth_rate": 0.02', f'"growth_rate": {constant}')
    assert message(InputError, lambda: tc.Scenario.from_json(text)) == (
        f"JSON text cannot be read: {constant} is not a number; leave out what is unknown"
    )


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (tc.Scenario.from_json, "[" * 100_000),
        (tc.Scenario.from_json, '{"a":' * 100_000),
        (tc.Scenario.from_toml, "a = " + "[" * 100_000),
        (tc.Scenario.from_toml, "a = " + "{a = " * 100_000),
    ],
    ids=["json-list", "json-table", "toml-list", "toml-table"],
)
def test_deep_nesting_is_refused(read: Callable, text: str) -> None:
    """ERROR-27: text nested 100,000 deep is refused like any other that cannot be read."""
    kind = "JSON" if read == tc.Scenario.from_json else "TOML"
    said = message(InputError, lambda: read(text))
    assert said.startswith(f"{kind} text cannot be read: maximum recursion depth exceeded")


@pytest.mark.parametrize("read", [tc.Scenario.from_toml, tc.Scenario.from_json])
def test_a_large_file_is_refused_before_it_is_read(read: Callable, tmp_path: Path) -> None:
    """ERROR-28: a file or text over 5,000,000 bytes is refused by its size; one of them is read."""
    name = "large.toml" if read == tc.Scenario.from_toml else "large.json"
    kind = name[-4:].upper()
    large = tmp_path / name
    with large.open("wb") as file:
        file.truncate(100_000_000)
    assert message(InputError, lambda: read(large)) == (
        f"{large}: 100,000,000 bytes are over the 5,000,000 a file may have"
    )
    large.write_text(" " * (MOST_BYTES + 1))
    assert "5,000,001 bytes are over" in message(InputError, lambda: read(large))
    large.write_text(" " * MOST_BYTES)
    assert "bytes" not in message(InputError, lambda: read(large))
    assert message(InputError, lambda: read(" " * (MOST_BYTES + 1))) == (
        f"{kind} text of 5,000,001 characters is over 5,000,000"
    )


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """ERROR-29: no file, a folder, other bytes than UTF-8, a name instead of a Path: each said."""
    other = tmp_path / "latin.toml"
    other.write_bytes(b'title = "\xe9"')
    long = tmp_path / ("x" * 300)
    for source, said in (
        (tmp_path / "none.toml", f"{tmp_path / 'none.toml'}: no such file"),
        (tmp_path, f"{tmp_path}: no such file"),
        (other, f"{other}: not UTF-8 text (invalid continuation byte at byte 9)"),
        (long, f"{long}: cannot be read (File name too long)"),
        ("s.toml", "'s.toml' is text, not a file; give pathlib.Path('s.toml')"),
        (5, "a pathlib.Path or TOML text is needed, given 5"),
        (None, "a pathlib.Path or TOML text is needed, given None"),
        (b"", "a pathlib.Path or TOML text is needed, given b''"),
    ):
        assert message(InputError, lambda read=source: tc.Scenario.from_toml(read)) == said


def test_a_scenario_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ERROR-30: a write that fails leaves the old file as it was, and no part of a new one."""
    target = tmp_path / "s.toml"
    PACKAGED.to_toml(target)
    before = target.read_bytes()
    changed = PACKAGED.replace({"title": "another"})

    def full(part: Path, *_: object, **__: object) -> int:
        part.write_bytes(b"name = ")
        raise OSError(28, "No space left on device")

    for name in ("write_text", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(Path, name, full)
            assert message(InputError, lambda: changed.to_toml(target)) == (
                f"{str(target)!r} cannot be written: No space left on device"
            )
        assert [file.name for file in tmp_path.iterdir()] == ["s.toml"]
        assert target.read_bytes() == before
    assert changed.to_toml(target).encode() == target.read_bytes()


def test_a_place_that_cannot_be_written_to_is_refused(tmp_path: Path) -> None:
    """ERROR-31: a missing folder, a folder, a file as folder, no path: refused, nothing left."""
    (tmp_path / "file").write_text("")
    for target, reason in (
        (tmp_path / "none" / "s.json", "No such file or directory"),
        (tmp_path, "Is a directory"),
        (tmp_path / "file" / "s.json", "Not a directory"),
        (tmp_path / "a\0b", "embedded null byte"),
    ):
        assert message(InputError, lambda path=target: PACKAGED.to_json(path)) == (
            f"{str(target)!r} cannot be written: {reason}"
        )
    assert message(InputError, lambda: PACKAGED.to_toml(5)) == (
        "path: a pathlib.Path or text is needed, given 5"
    )
    assert [file.name for file in tmp_path.iterdir()] == ["file"]
    assert not tmp_path.with_name(f"{tmp_path.name}.part").exists()


# Arguments


@pytest.mark.parametrize("kind", sorted({type(model) for _, model in TABLES.values()} | {
    tc.TariffSchedule, tc.PrivateInvestment}, key=lambda kind: kind.__name__))  # fmt: skip
def test_a_declared_object_takes_no_positional_arguments(kind: type[Model]) -> None:
    """ERROR-32: fields are given by name: a positional one is refused with what was given."""
    assert message(InputError, lambda: kind("KOR", 1)) == (
        f"{kind.__name__} takes keyword arguments only, given 'KOR'"
    )
    assert message(InputError, lambda: kind.from_tree(["KOR"])) == (
        f"{kind.__name__}: a table is needed, given ['KOR']"
    )


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: tc.compare(), "compare needs at least one scenario"),
        (lambda: tc.incidence(), "incidence needs at least one scenario"),
        (lambda: tc.compare("korea-us"),
         "a Scenario is needed, given str; did you mean load_scenario('korea-us')?"),
        (lambda: tc.incidence(PACKAGED, None), "a Scenario is needed, given NoneType"),
        (lambda: tc.sweep(TREE, {"durability": [1]}), "a Scenario is needed, given dict"),
        (lambda: tc.compare(PACKAGED, structures=[]),
         f"structures: at least one is needed of {', '.join(STRUCTURES)}"),
        (lambda: tc.compare(PACKAGED, structures=5),
         "structures: a list of names is needed, given 5"),
        (lambda: tc.compare(PACKAGED, flows=FLOWS.frame),
         "flows: TradeFlows are needed, given DataFrame; build them with TradeFlows.from_frame"),
        (lambda: PACKAGED.replace(["a"]),
         "changes: a mapping from path to value is needed, given ['a']"),
        (lambda: PACKAGED.diff("x"), "diff: a scenario is needed, given 'x'"),
        (lambda: tc.sweep(PACKAGED, ["durability"]),
         "values: a mapping from path to values is needed, given ['durability']"),
        (lambda: tc.sweep(PACKAGED, {}),
         "values: at least one path is needed, such as {'project_irr': [0.05, 0.1]}"),
        (lambda: tc.sweep(PACKAGED, {"durability": []}),
         "durability: at least one value is needed, given none"),
        (lambda: tc.sweep(PACKAGED, {"durability": "12"}),
         "durability: a number is needed, given '12'"),
        (lambda: tc.sweep(PACKAGED, {"durability": [0.5, None]}),
         "durability: a number is needed, given None"),
        (lambda: tc.sweep(PACKAGED, {"durability": [True]}),
         "durability: a number is needed, given True"),
        (lambda: tc.sweep(PACKAGED, {"durability": [0.5, np.nan]}),
         "durability: a finite number is needed, given nan; leave out what is unknown"),
        (lambda: tc.sweep(PACKAGED, {"life_years": [20, 20.5]}, structures=["upfront-cash"]),
         "pledge.structures.upfront-cash.life_years: whole numbers are needed, given 20.5"),
        (lambda: tc.sweep(PACKAGED, {"durability": [0, 1], "relief_years": [5]}, paired=True),
         "paired values need one length, given {'durability': 2, 'relief_years': 1}"),
        (lambda: tc.sweep(PACKAGED, {"cash_share": [0.5]}, structures=["no-deal"]),
         "cash_share: no-deal has no tranches to set it for"),
        (lambda: tc.break_even(PACKAGED, "relief_years", structure="upfront-cash"),
         "tariffs.relief_years is a whole number; use sweep over its values"),
        (lambda: tc.break_even(PACKAGED, "durability", structure="no-deal", bounds=(1, 0)),
         "bounds: two numbers in ascending order are needed, given (1, 0)"),
        (lambda: tc.break_even(PACKAGED, "durability", structure="no-deal", value=np.inf),
         "value: a finite number is needed, given inf; leave out what is unknown"),
        (lambda: tc.simulate(PACKAGED, draws=1, seed=1),
         "draws: a whole number of at least 2 is needed, given 1"),
        (lambda: tc.simulate(PACKAGED, draws=2.0, seed=1),
         "draws: a whole number of at least 2 is needed, given 2.0"),
        (lambda: tc.simulate(PACKAGED, draws=2, seed=None),
         "seed: a whole number of at least 0 is needed, given None"),
        (lambda: tc.simulate(PACKAGED.replace({"tariffs.durability": 0.1}), draws=2, seed=1),
         ("tariffs.durability: its value 0.1 is outside its range [0.5, 1]; state a range in "
         "provenance that holds it")),
        (lambda: tc.load_flows("us-imports-2024", partners="KOR"),
         "partners: a list is needed, given 'KOR'; did you mean ['KOR']?"),
        (lambda: tc.compare_tariffs(FLOWS, {"before": PACKAGED.deal}, on="2025-10-17"),
         "schedules: two are needed, the one before first, given 1: 'before'"),
    ],
)  # fmt: skip
def test_an_argument_of_the_wrong_kind_is_refused(call: Callable, said: str) -> None:
    """ERROR-33: what an analysis cannot use is refused with what it needs and was given."""
    assert message(InputError, call) == said


def test_a_short_name_with_two_meanings_is_refused_with_both() -> None:
    """ERROR-34: a name that two different numbers end in is refused with their paths."""
    asked = {"structures": ["upfront-swap"], "flows": FLOWS}
    path = "pledge.structures.upfront-swap.funding"
    said = message(UnknownNameError, lambda: tc.sweep(PACKAGED, {"tenor_years": [5]}, **asked))
    assert said == (
        "'tenor_years' can mean 2 different numbers; give the path: "
        f"{path}.reserve_income.tenor_years, {path}.swap_line.tenor_years"
    )
    both = {f"{path}.swap_line.cost_rate": [0.04], "cost_rate": [0.04]}
    assert message(InputError, lambda: tc.sweep(PACKAGED, both, **asked)) == (
        f"{path}.swap_line.cost_rate is set by two of the given names; leave one out"
    )


# Anything


def outcome(call: Callable[[], Any]) -> tuple[Any, str]:
    """Return what a call gives, or what it is refused with; no other error passes."""
    try:
        return call(), ""
    except TariffcalcError as error:
        return None, str(error)


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(max_size=5)
    | st.dates()
    | st.datetimes()
    | st.sampled_from(["equity", "loan", "level", "deal", "KOR", "autos-25", "2025-10-18"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=3) | st.sampled_from(["kind", "name"]), inner, max_size=3
        )
    ),
    max_leaves=5,
)
PLACES = sorted(
    {(*keys, field) for keys, model in tables(PACKAGED) for field in type(model).model_fields}
)


@FEWER
@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK), min_size=1, max_size=2))
def test_any_tree_is_a_scenario_or_is_refused(changes: list) -> None:
    """ERROR-35: whatever stands in a tree, it is a scenario that reads back, or a refusal."""
    tree = copy.deepcopy(TREE)
    for keys, junk in changes:
        here: Any = tree
        for key in keys[:-1]:
            here = here.get(key, {}) if isinstance(here, dict) else {}
        if isinstance(here, dict):
            here[keys[-1]] = junk
    scenario, said = outcome(lambda: tc.Scenario.from_tree(tree))
    if scenario is None:
        assert re.fullmatch(r"Scenario cannot be built:(\n  - .+)+", said, re.DOTALL)
        assert " object at 0x" not in said
    else:
        assert tc.Scenario.from_toml(scenario.to_toml()) == scenario


@given(st.text(max_size=50) | st.sampled_from(TEXT.splitlines()), st.text(max_size=10))
@example("a = " + "9" * 5000, "")
@example("a = 2025-13-45", "")
def test_any_text_is_refused_as_one_that_cannot_be_read_or_built(one: str, two: str) -> None:
    """ERROR-36: from_toml and from_json refuse any text that is no scenario, and only so."""
    for read, kind in ((tc.Scenario.from_toml, "TOML"), (tc.Scenario.from_json, "JSON")):
        said = message(InputError, lambda read=read: read(one + two))
        assert said.startswith((f"{kind} text cannot be read: ", "Scenario cannot be built:\n"))


@FEWER
@given(st.dictionaries(st.sampled_from(PLACES).map(".".join), JUNK, min_size=1, max_size=3))
def test_a_refused_change_changes_nothing(changes: dict) -> None:
    """ERROR-37: replace() gives another scenario or refuses; this one stays as it was."""
    before, kept = PACKAGED.hash, copy.deepcopy(changes)
    changed, said = outcome(lambda: PACKAGED.replace(changes))
    turned = outcome(lambda: PACKAGED.replace(dict(reversed(changes.items()))))
    assert (changed, said) == turned
    assert (changed is None) == ("\n  - " in said)
    assert PACKAGED.hash == before
    assert repr(changes) == repr(kept)
