import pytest
from pydantic.fields import FieldInfo

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.scenario.paths import numbers
from tariffcalc.scenario.terms import (
    Term,
    named_terms,
    natural_step,
    negotiable_terms,
    unit_of,
)

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
OWN = "pledge.structures.three-years."


def found(name: str, scenario: tc.Scenario = PACKAGED) -> dict[str, Term]:
    return {term.name: term for term in negotiable_terms(scenario, name)}


def edited(name: str, **fields: object) -> tc.Scenario:
    return PACKAGED.replace({f"pledge.structures.{name}.{k}": v for k, v in fields.items()})


def test_the_terms_of_a_structure_of_cash() -> None:
    assert list(found("three-years")) == [
        "headline_usd",
        "cash_share",
        "draw_years",
        "split_before",
        "split_after",
        "deemed_rate",
        "durability",
        "autos-15.rate",
        "auto-parts-15.rate",
        "reciprocal-15.rate",
    ]


def test_a_term_has_paths_value_unit_and_step() -> None:
    terms = found("three-years")
    assert terms["headline_usd"] == Term(
        "headline_usd", ("pledge.headline_usd",), 350e9, "USD", 1e9
    )
    assert terms["cash_share"] == Term(
        "cash_share", (f"{OWN}cash_share",), 1.0, "share of headline", 0.01
    )
    assert terms["draw_years"] == Term(
        "draw_years", (f"{OWN}draw_years",), 3.0, "years", 1.0, whole=True
    )
    assert terms["deemed_rate"] == Term(
        "deemed_rate", (f"{OWN}waterfall.deemed_rate",), 0.0418, "fraction per year", 0.0025
    )
    assert terms["durability"].step == terms["autos-15.rate"].step == 0.01
    assert terms["autos-15.rate"].paths == ("tariffs.measures.autos-15.rate",)


def test_terms_of_credit_are_named_by_tranche() -> None:
    terms = found("credit-ceiling")
    assert terms["strategic-loans.instrument.grace_years"].whole
    assert terms["strategic-guarantees.instrument.cover_share"].step == 0.01
    assert not [name for name in terms if name.endswith(("default_rate", "share_usd", ".share"))]
    assert not [name for name in terms if "reserve_income" in name]


def test_a_tranche_without_a_share_has_no_terms() -> None:
    assert not [name for name in found("upfront-cash") if "guarantees" in name]
    some = edited("upfront-cash", cash_share=0.9)
    assert "fee_rate" in found("upfront-cash", some)


def test_own_amounts_and_caps_are_terms() -> None:
    own = found("three-years", edited("three-years", headline_usd=20e9))
    assert "headline_usd" not in own
    assert own["three-years.headline_usd"].paths == (f"{OWN}headline_usd",)
    assert own["three-years.headline_usd"].step == 1e8
    capped = found("capacity-paced")
    assert capped["annual_cap_usd"].step == 1e8
    assert "draw_years" not in capped


def test_years_with_another_limit_keep_their_own_path() -> None:
    drawdown = tc.Drawdown.level(3, annual_cap_usd=200e9)
    terms = found("three-years", edited("three-years", drawdown=drawdown))
    assert "draw_years" not in terms
    assert terms["years"].paths == (f"{OWN}drawdown.years",)
    assert terms["years"].whole
    assert "annual_cap_usd" in terms


def test_a_structure_without_tranches_has_no_terms() -> None:
    assert negotiable_terms(PACKAGED, "no-deal") == []


def test_a_structure_with_the_law_of_no_deal_buys_no_tariffs() -> None:
    terms = found("three-years", edited("three-years", schedule="no_deal"))
    assert not {"durability", "autos-15.rate"} & set(terms)
    bought = found("three-years", edited("three-years", schedule="status_quo"))
    assert "durability" in bought
    assert "reciprocal-15.rate" in bought  # it is law already on that date
    assert "autos-15.rate" not in bought


def test_named_terms_keep_their_names_and_order() -> None:
    named = named_terms(PACKAGED, ["project_irr", f"{OWN}cash_share"], "three-years")
    assert [term.name for term in named] == ["project_irr", f"{OWN}cash_share"]
    assert named[0].paths == (f"{OWN}project_irr",)
    assert (named[0].value, named[0].step) == (0.07, 0.0025)


def test_two_names_for_one_number_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        named_terms(PACKAGED, ["cash_share", f"{OWN}cash_share"], "three-years")
    said = f"{OWN}cash_share is set by two of the given names; leave one out"
    assert str(caught.value) == said
    with pytest.raises(UnknownNameError, match="unknown path 'cash'"):
        named_terms(PACKAGED, ["cash"], "three-years")


@pytest.mark.parametrize(
    "drawdown", [tc.Drawdown.upfront(), tc.Drawdown.level(3, first_draw="2027-01-01")]
)
def test_years_of_another_drawdown_have_no_present_value(drawdown: tc.Drawdown) -> None:
    scenario = edited("three-years", drawdown=drawdown)
    with pytest.raises(InputError) as caught:
        named_terms(scenario, ["draw_years"], "three-years")
    assert str(caught.value) == (
        "draw_years: 'three-years' does not draw in equal yearly parts without other limits, so it "
        "has no present number of years; set its drawdown first, or name another term"
    )


@pytest.mark.parametrize(
    ("value", "unit", "step"),
    [
        (7, "years", 1.0),
        (0.5, "share of project cash", 0.01),
        (0.5, "fraction of customs value", 0.01),
        (0.5, "fraction per year", 0.0025),
        (350e9, "USD", 1e9),
        (100e9, "USD", 1e9),
        (99e9, "USD per year", 1e8),
        (0.0, "USD", 1.0),
        (6.0, "months", 1.0),
    ],
)
def test_natural_steps(value: float, unit: str, step: float) -> None:
    field = FieldInfo(json_schema_extra={"unit": unit})
    assert natural_step(value, field) == step


def test_a_probability_a_year_has_steps_of_a_point() -> None:
    field = numbers(PACKAGED)["tariffs.durability"][1]
    assert natural_step(0.9, field) == 0.01
    growth = numbers(PACKAGED)["trade.growth_rate"][1]
    assert natural_step(0.02, growth) == 0.0025


def test_units() -> None:
    assert unit_of(PACKAGED, "economy.reserves_usd") == "USD"
    assert unit_of(PACKAGED, f"{OWN}cash_share") == "share of headline"
    assert unit_of(PACKAGED, f"{OWN}draw_years") == "years"


@pytest.mark.parametrize("instrument", [tc.Equity(), tc.PrivateInvestment(expected_return=0.06)])
def test_a_structure_of_one_kind_has_no_cash_share_to_move(instrument: object) -> None:
    alone = tc.Tranche(name="all", instrument=instrument, share=1.0)
    scenario = PACKAGED.replace({f"{OWN}tranches": {"all": alone}})
    assert "cash_share" not in found("three-years", scenario)
    assert "split_before" in found("three-years", scenario)
