from collections.abc import Mapping
from typing import Any

import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, VintageError
from tariffcalc.faults import models_in, name_of
from tariffcalc.models import Model
from tariffcalc.pledge.instruments import Instrument

LOAN = {"kind": "loan", "rate": 0.05, "maturity_years": 10}
TRANCHE = {"name": "t", "share": 1.0, "instrument": LOAN}


def refusal(model: type[Model], **fields: Any) -> str:
    with pytest.raises(InputError) as caught:
        model(**fields)
    assert type(caught.value) is InputError
    return str(caught.value).removeprefix(f"{model.__name__} cannot be built:\n")


def tranche(**changes: Any) -> str:
    return refusal(tc.Tranche, **{**TRANCHE, **changes})


def test_every_fault_has_its_own_line_in_the_order_of_the_fields() -> None:
    assert refusal(tc.Loan, rate=15, grace_years=-1) == (
        "  - rate: rates are fractions: 15 means 1500%; did you mean 0.15?\n"
        "  - maturity_years: required, but not given\n"
        "  - grace_years: input should be greater than or equal to 0, given -1"
    )


def test_a_fault_of_the_whole_object_has_no_path() -> None:
    assert refusal(tc.Loan, rate=0.05, maturity_years=3, grace_years=3) == (
        "  - grace_years 3 leaves no year of repayment before maturity_years 3; give fewer"
    )


@pytest.mark.parametrize(
    ("instrument", "fault"),
    [
        ({}, ": kind: required, but not given"),
        ({"rate": 0.05}, ": kind: required, but not given"),
        ({"kind": "laon"}, (": kind: unknown kind 'laon'; did you mean 'loan'? Allowed: equity, "
         "loan, guarantee, private_investment, ship_finance.")),
        ({"kind": "bond"}, (": kind: unknown kind 'bond'. Allowed: equity, loan, guarantee, "
         "private_investment, ship_finance.")),
        (5, ": a table is needed, given 5"),
        ("loan", ": a table is needed, given 'loan'"),
        ({**LOAN, "rat": 1}, (".rat: unknown field; did you mean 'rate'? Allowed: kind, rate, "
         "curve, spread, maturity_years, grace_years, repayment, repayment_shares, default_rate, "
         "default_rates, loss_given_default.")),
        ({"kind": "equity", "zz": 1}, ".zz: unknown field. Allowed: kind."),
        ({**LOAN, "rate": -1.5}, ".rate: input should be greater than -1, given -1.5"),
    ],
)  # fmt: skip
def test_a_fault_of_an_instrument_is_told_of_its_kind(instrument: object, fault: str) -> None:
    assert tranche(instrument=instrument) == f"  - instrument{fault}"


def test_a_fault_inside_rows_names_the_row() -> None:
    bad = {**LOAN, "rate": 15.0}
    said = "rates are fractions: 15 means 1500%; did you mean 0.15?"
    rows: Any
    for rows in (
        [{**TRANCHE, "instrument": bad}],
        {"t": {"share": 1.0, "instrument": bad}},
        ({**TRANCHE, "instrument": bad},),
    ):
        assert refusal(tc.FundingStructure, name="s", tranches=rows) == (
            f"  - tranches.t.instrument.rate: {said}"
        )
    nameless = [{"share": 1.0, "instrument": bad}, 5]
    assert refusal(tc.FundingStructure, name="s", tranches=nameless) == (
        "  - tranches.0.name: required, but not given\n"
        f"  - tranches.0.instrument.rate: {said}\n"
        "  - tranches.1: a table is needed, given 5"
    )


def test_an_unknown_field_inside_rows_is_told_with_the_fields_of_the_row() -> None:
    parts = {"a": {"amount_usd": 1.0, "zz": 1}}
    said = refusal(tc.Pledge, headline_usd=1.0, payer="KOR", host="USA", parts=parts, structures={})
    assert said == "  - parts.a.zz: unknown field. Allowed: name, amount_usd."


def test_keys_that_are_no_text_are_told_as_they_are() -> None:
    assert refusal(tc.TariffSchedule, measures={5: {}, 0: {"authority": "Y"}}) == (
        "  - measures.5.name: input should be a valid string, given 5\n"
        "  - measures.5.authority: required, but not given\n"
        "  - measures.5.rate: required, but not given\n"
        "  - measures.5.start: required, but not given\n"
        "  - measures.0.name: input should be a valid string, given 0\n"
        "  - measures.0.authority: string should match pattern '^[a-z][a-z0-9_]*$', given 'Y'\n"
        "  - measures.0.rate: required, but not given\n"
        "  - measures.0.start: required, but not given"
    )


def test_a_list_or_a_table_is_asked_for_in_plain_words() -> None:
    assert refusal(tc.TariffSchedule, measures=5) == "  - measures: a list is needed, given 5"
    economy = {"economy": 5, "trade": None, "provenance": []}
    with pytest.raises(InputError) as caught:
        tc.Scenario.from_tree(tc.load_scenario("korea-us").tree() | economy)
    assert str(caught.value) == (
        "Scenario cannot be built:\n  - trade: a table is needed, given None\n"
        "  - economy: a table is needed, given 5\n  - provenance: a table is needed, given []"
    )


def test_what_was_given_is_cut_at_eighty_letters() -> None:
    for length, shown in ((78, repr("x" * 78)), (79, f"'{'x' * 76}...")):
        said = refusal(tc.FundingSource, name="x" * length)
        assert said.endswith(f"'market_purchases', given {shown}")
        assert len(shown) == 80


def test_one_fault_told_twice_is_written_once() -> None:
    bad = {**TRANCHE, "share": 2.0}
    assert refusal(tc.FundingStructure, name="s", tranches=[bad, bad]) == (
        "  - tranches.t.share: input should be less than or equal to 1, given 2.0"
    )


def test_a_key_that_is_no_text_is_told_as_a_key() -> None:
    tree = tc.load_scenario("korea-us").tree() | {"provenance": {5: 5}}
    with pytest.raises(InputError) as caught:
        tc.Scenario.from_tree(tree)
    assert str(caught.value) == (
        "Scenario cannot be built:\n"
        "  - provenance.5.[key]: input should be a valid string, given 5\n"
        "  - provenance.5: a table is needed, given 5"
    )


def test_only_late_facts_make_a_vintage_error() -> None:
    tree = tc.load_scenario("korea-us").tree()
    late = tree | {"as_of": "2025-10-16"}
    with pytest.raises(InputError) as caught:
        tc.Scenario.from_tree(late)
    assert type(caught.value) is VintageError
    with pytest.raises(InputError) as caught:
        tc.Scenario.from_tree(late | {"provenance": {"x": {"status": "derived", "source": ""}}})
    assert type(caught.value) is InputError


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"name": "a"}, "a"),
        ({"name": 5}, None),
        ({}, None),
        (tc.PledgePart(name="b", amount_usd=1.0), "b"),
        (tc.Equity(), None),
        (5, None),
    ],
)
def test_the_name_of_a_row_is_read_from_tables_and_objects(row: object, name: str | None) -> None:
    assert name_of(row) == name


def test_the_classes_an_annotation_names_are_found_at_any_depth() -> None:
    assert models_in(tc.Loan) == [tc.Loan]
    kinds = [tc.Equity, tc.Loan, tc.Guarantee, tc.PrivateInvestment, tc.ShipFinance]
    assert models_in(Instrument) == kinds
    assert models_in(Mapping[str, tuple[tc.Loan, ...] | None]) == [tc.Loan]
    assert models_in(int | None) == models_in("text") == []
