import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.pledge.funding import FX_MARKET_SOURCES, allocate, check_order

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
