import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.models import tree
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.funding import (
    FX_MARKET_SOURCES,
    SOURCES,
    allocate,
    book_funding,
    borrowing,
    check_order,
    market_need,
    source_cost,
)

FAULT = (
    "the last source, and no other, has no capacity_usd, so that every dollar is funded; "
    "given without one: "
)


def source(name: str, capacity: float | None = None) -> tc.FundingSource:
    return tc.FundingSource(name=name, capacity_usd=capacity)


def test_a_source_costs_nothing_more_and_runs_ten_years_unless_told() -> None:
    plain = source("swap_line")
    assert (plain.capacity_usd, plain.cost_rate, plain.tenor_years) == (None, None, 10)


def test_reserves_and_purchases_are_what_the_fx_market_has_to_bear() -> None:
    assert FX_MARKET_SOURCES == ("reserve_income", "market_purchases")
    assert SOURCES == (
        "reserve_income",
        "foreign_bonds",
        "swap_line",
        "policy_banks",
        "market_purchases",
    )


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        source("printing_press")
    assert str(caught.value) == (
        "FundingSource cannot be built:\n  - name: input should be 'reserve_income', "
        "'foreign_bonds', 'swap_line', 'policy_banks' or 'market_purchases', given "
        "'printing_press'"
    )


@pytest.mark.parametrize(
    ("sources", "given"),
    [
        ((source("swap_line", 1.0),), "none"),
        ((source("swap_line"), source("foreign_bonds", 1.0)), "swap_line"),
        ((source("swap_line"), source("foreign_bonds")), "swap_line, foreign_bonds"),
    ],
)
def test_sources_have_to_fund_every_dollar_in_order(sources: tuple, given: str) -> None:
    with pytest.raises(ValueError, match="the last source") as caught:
        check_order(sources)
    assert str(caught.value) == FAULT + given


def test_no_source_at_all_and_one_without_limit_are_fine() -> None:
    for sources in ((), (source("swap_line"),), (source("policy_banks", 0.0), source("swap_line"))):
        assert check_order(sources) is sources


def test_a_structure_refuses_sources_in_the_wrong_order() -> None:
    terms = tc.load_scenario("korea-us", as_of="2025-10-17").pledge.structure("upfront-swap")
    with pytest.raises(InputError) as caught:
        tc.FundingStructure(**{**dict(terms), "funding": terms.funding[::-1]})
    assert str(caught.value) == (
        f"FundingStructure cannot be built:\n  - funding: {FAULT}swap_line"
    )


def test_each_source_gives_what_it_can_and_the_last_one_the_rest() -> None:
    outlays = np.array([[10.0, 3.0, 0.0]])
    given = allocate(outlays, [np.array([4.0]), np.array([1.0, 5.0]), None])
    assert given[0].tolist() == [[4.0, 3.0, 0.0]]
    assert given[1].tolist() == [[1.0, 0.0, 0.0], [5.0, 0.0, 0.0]]
    assert given[2].tolist() == [[5.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    assert all(part.flags.f_contiguous for part in given)
    assert outlays.tolist() == [[10.0, 3.0, 0.0]]


def test_borrowing_is_owed_until_its_tenor_and_pays_what_it_was_raised_at() -> None:
    raised = np.array([[8.0, 4.0, 0.0, 0.0]])
    found = borrowing(raised, np.array([[0.25, 0.5, 0.0, 0.0]]), np.array([2.0]))
    assert found.raised is raised
    assert found.owed.tolist() == [[8.0, 12.0, 4.0, 0.0]]
    assert found.interest.tolist() == [[2.0, 4.0, 2.0, 0.0]]
    assert found.repaid.tolist() == [[0.0, 8.0, 4.0, 0.0]]
    several = borrowing(raised, np.array([[0.5], [0.25]]), np.array([1.0, 3.0]))
    assert several.owed.tolist() == [[8, 4, 0, 0], [8, 12, 12, 4]]
    assert several.interest.tolist() == [[4, 2, 0, 0], [2, 3, 3, 1]]
    assert several.repaid.tolist() == [[8, 4, 0, 0], [0, 0, 8, 4]]


ECONOMY = Cases(
    {"curves": {"base": {"kind": "zero", "points": [[5, 0.21]], "shift": 0.0}}},
    {},
)


def cost(line: Timeline, **terms: object) -> np.ndarray | None:
    source = tc.FundingSource(name="swap_line", tenor_years=2, **terms)
    return source_cost(Cases(tree(source), {}), ECONOMY, 3, line)


def test_a_source_costs_its_rate_or_its_curve_and_spread_or_says_nothing() -> None:
    year, half = Timeline(2026), Timeline(2026, 2)
    assert cost(year) is None
    assert cost(year, cost_rate=0.21).tolist() == [[0.21]]
    assert cost(half, cost_rate=0.21) == pytest.approx(np.array([[0.1]]), rel=1e-15)
    for line, plain, more in ((year, 0.21, 0.44), (half, 0.1, 0.2)):
        assert cost(line, curve="base") == pytest.approx(np.full((1, 3), plain), rel=1e-13)
        found = cost(line, curve="base", spread=0.23)
        assert found == pytest.approx(np.full((1, 3), more), rel=1e-13)


def test_a_cost_is_said_once() -> None:
    for terms, fault in (
        ({"cost_rate": 0.1, "curve": "base"}, "cost_rate and curve: give one of the two"),
        ({"spread": 0.0}, "spread: a curve is needed for it to be paid above; name one"),
        ({"cost_rate": 0.1, "spread": 0.1}, "spread: a curve is needed for it to be paid above"),
    ):
        with pytest.raises(InputError, match=f"  - {fault}"):
            tc.FundingSource(name="swap_line", **terms)
    assert tc.FundingSource(name="swap_line", curve="base", spread=-0.01).spread == -0.01


def book(*sources: tc.FundingSource) -> tuple[dict, dict]:
    terms = Cases({"funding": {s.name: tree(s, skip=("name",)) for s in sources}}, {})
    amounts = {
        "capital_call": np.array([[6.0, 2.0, 0.0]]),
        "loan_disbursement": np.array([[4.0, 1.0, 0.0]]),
    }
    given = book_funding(terms, sources, ECONOMY, Timeline(2026), amounts)
    return given, amounts


def test_what_each_source_gives_is_returned_and_what_it_costs_is_booked() -> None:
    given, amounts = book(
        tc.FundingSource(name="reserve_income", capacity_usd=2.0),
        tc.FundingSource(name="swap_line", capacity_usd=5.0, cost_rate=0.5, tenor_years=1),
        tc.FundingSource(name="market_purchases"),
    )
    assert {name: part.tolist() for name, part in given.items()} == {
        "reserve_income": [[2.0, 2.0, 0.0]],
        "swap_line": [[5.0, 1.0, 0.0]],
        "market_purchases": [[3.0, 0.0, 0.0]],
    }
    assert amounts["funding"].tolist() == amounts["funding_repayment"].tolist() == [[5, 1, 0]]
    assert amounts["funding_interest"].tolist() == [[2.5, 0.5, 0.0]]
    assert market_need(given).tolist() == [[5.0, 2.0, 0.0]]


def test_without_sources_all_is_bought_and_nothing_is_booked() -> None:
    given, amounts = book()
    assert {name: part.tolist() for name, part in given.items()} == {
        "market_purchases": [[10.0, 3.0, 0.0]]
    }
    assert sorted(amounts) == ["capital_call", "loan_disbursement"]
