import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.models import tree
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.requested import whole_years
from tariffcalc.pledge.terms import cash_classes, draws, members, tranche_amounts

HEADLINE = np.array([100.0])
YEARS = Timeline(2026)
ECONOMY = Cases({"reserves_usd": 400.0, "fx_capacity_usd": 20.0, "krw_per_usd": 1400.0}, {})
INSTRUMENTS = {
    "cash": tc.Equity(),
    "loan": tc.Loan(rate=0.05, maturity_years=5),
    "guarantee": tc.Guarantee(
        fee_rate=0.01, maturity_years=5, default_rate=0.01, loss_given_default=0.5
    ),
}


def structure(shares: dict | None = None, **terms: object) -> tc.FundingStructure:
    parts = shares or {"cash": 0.5, "loan": 0.25, "guarantee": 0.25}
    usual = {
        "name": "terms",
        "project_irr": 0.07,
        "life_years": 20,
        "waterfall": tc.Waterfall(split_before=0.5, split_after=0.1, deemed_rate=0.04),
    }
    tranches = tuple(
        tc.Tranche(name=name, instrument=INSTRUMENTS[name], share=share)
        for name, share in parts.items()
    )
    return tc.FundingStructure(**{**usual, "tranches": tranches, **terms})


def cases(of: tc.FundingStructure, **varied: list) -> Cases:
    arrays = {name.replace("__", "."): np.array(v, dtype=float) for name, v in varied.items()}
    return Cases(tree(of), arrays, max([1, *map(len, varied.values())]))


def drawn(of: tc.FundingStructure, extra: int = 0, **varied: list) -> list:
    return draws(cases(of, **varied), of, HEADLINE, ECONOMY, YEARS, extra).timings[0].tolist()


def test_members_are_the_tranches_of_some_instruments() -> None:
    some = structure()
    assert members(some, tc.Equity).tolist() == [True, False, False]
    assert members(some, tc.Loan, tc.Guarantee).tolist() == [False, True, True]
    assert members(some, tc.PrivateInvestment).dtype == bool
    nothing = members(tc.FundingStructure(name="nothing", headline_usd=0.0), tc.Equity)
    assert (nothing.shape, nothing.dtype) == ((0,), bool)


def test_amounts_are_shares_of_what_is_used() -> None:
    some = structure(utilisation_share=0.5)
    assert tranche_amounts(cases(some), some, HEADLINE).tolist() == [[25.0, 12.5, 12.5]]


def test_amounts_vary_with_headline_use_and_share() -> None:
    some = structure()
    terms = cases(some, utilisation_share=[1.0, 0.5], tranches__loan__share=[0.25, 0.5])
    found = tranche_amounts(terms, some, np.array([100.0, 10.0]))
    assert found.tolist() == [[50.0, 25.0, 25.0], [2.5, 2.5, 1.25]]


def test_a_cash_share_moves_all_tranches() -> None:
    some = structure()
    found = tranche_amounts(cases(some, cash_share=[0.0, 1.0]), some, HEADLINE)
    assert found.tolist() == [[0.0, 50.0, 50.0], [100.0, 0.0, 0.0]]


@pytest.mark.parametrize(
    ("shares", "missing"),
    [
        ({"cash": 1.0}, "a loan, guarantee or private tranche"),
        ({"loan": 0.5, "guarantee": 0.5}, "an equity tranche"),
    ],
)
def test_a_cash_share_needs_both_classes(shares: dict, missing: str) -> None:
    with pytest.raises(InputError) as caught:
        cash_classes(structure(shares))
    assert str(caught.value) == (
        f"cash_share cannot be set: structure 'terms' lacks {missing}; add one, its share may be 0"
    )
    assert cash_classes(structure()).tolist() == [True, False, False]


def test_draws_of_some_tranches_together_are_their_sum_in_time() -> None:
    some = structure(drawdown=tc.Drawdown.level(2))
    found = draws(cases(some), some, HEADLINE, ECONOMY, YEARS, 1)
    assert found.total(members(some, tc.Equity, tc.Guarantee)).tolist() == [75.0]
    assert found.of(members(some, tc.Equity, tc.Guarantee)).tolist() == [[37.5, 37.5, 0.0]]
    assert found.of(members(some, tc.PrivateInvestment)).tolist() == [[0.0, 0.0, 0.0]]
    assert found.of(members(some, tc.Equity)).flags.f_contiguous


@pytest.mark.parametrize(
    ("drawdown", "timing"),
    [
        (tc.Drawdown.upfront(), [1.0]),
        (tc.Drawdown.level(2), [0.5, 0.5]),
        (tc.Drawdown.capped(30.0), [0.4, 0.4, 0.2]),
        (tc.Drawdown.capped(75.0), [1.0]),
        (tc.Drawdown.calls({2028: 0.25, 2026: 0.75}), [0.75, 0.0, 0.25]),
        (tc.Drawdown.calls({2027: 1.0}), [0.0, 1.0]),
    ],
)
def test_each_kind_has_its_periods_and_the_extra_ones(drawdown: object, timing: list) -> None:
    some = structure(drawdown=drawdown)
    for extra in (0, 2):
        assert drawn(some, extra) == [[*timing, *[0.0] * extra]]


def test_a_cap_on_nothing_draws_at_once() -> None:
    some = structure({"guarantee": 1.0}, drawdown=tc.Drawdown.capped(30.0))
    assert drawn(some, 1) == [[1.0, 0.0]]


def test_varied_years_and_caps_draw_each_case_by_its_own() -> None:
    level, capped = (structure(drawdown=d) for d in (tc.Drawdown.level(2), tc.Drawdown.capped(30)))
    assert drawn(level, drawdown__years=[1, 2, 4]) == [[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0.25] * 4]
    assert drawn(capped, drawdown__annual_cap_usd=[75, 37.5]) == [[1, 0], [0.5, 0.5]]


@pytest.mark.parametrize(
    "drawdown",
    [
        tc.Drawdown.upfront(),
        tc.Drawdown.level(3),
        tc.Drawdown.capped(30.0),
        tc.Drawdown.calls({2030: 1.0}),
    ],
)
def test_varied_draw_years_take_the_place_of_any_drawdown(drawdown: object) -> None:
    assert drawn(structure(drawdown=drawdown), draw_years=[2, 1]) == [[0.5, 0.5], [1.0, 0.0]]


def test_a_cap_may_need_a_hundred_years_and_no_more() -> None:
    some = structure(drawdown=tc.Drawdown.capped(0.75))
    assert draws(cases(some), some, np.array([100.0]), ECONOMY, YEARS, 0).periods == 100
    with pytest.raises(InputError) as caught:
        draws(cases(some), some, np.array([40.0 / 3.0, 101.0]), ECONOMY, YEARS, 0)
    assert str(caught.value) == (
        "terms: a cap of 0.75 USD a year needs 101 years; at most 100 are allowed, "
        "so raise drawdown.annual_cap_usd"
    )


def test_a_call_outside_its_century_is_refused_before_anything_is_laid_out() -> None:
    some = structure(drawdown=tc.Drawdown.calls({10**12: 1.0}))
    with pytest.raises(InputError) as caught:
        drawn(some)
    assert str(caught.value) == (
        "drawdown.calls: 1000000000000 is too late; calls are allowed from 2026 to 2125, "
        "so move the call"
    )


def test_whole_years_are_from_1_to_a_hundred() -> None:
    assert whole_years(np.array([1.0, 100.0, 3.0]), "draw_years") == 100
    for values, given in (
        ([0.0], "1 value: 0.0"),
        ([101.0], "1 value: 101.0"),
        ([2.0, 2.5, 0.5], "2 values (first 2: 2.5, 0.5)"),
    ):
        with pytest.raises(InputError) as caught:
            whole_years(np.array(values), "draw_years")
        assert str(caught.value) == (
            f"draw_years: whole years from 1 to 100 are needed, given {given}"
        )


def test_years_that_are_varied_are_named_in_the_refusal() -> None:
    level = structure(drawdown=tc.Drawdown.level(2))
    for name, varied in (("drawdown.years", "drawdown__years"), ("draw_years", "draw_years")):
        with pytest.raises(InputError, match=f"^{name}: whole years"):
            drawn(level, **{varied: [1.5]})


def test_tranches_are_filled_by_priority_and_the_others_keep_the_pace() -> None:
    ranked = tuple(
        tc.Tranche(name=name, instrument=INSTRUMENTS[name], share=share, priority=priority)
        for name, share, priority in (
            ("loan", 0.5, 1),
            ("cash", 0.25, None),
            ("guarantee", 0.25, 0),
        )
    )
    capped = tc.Drawdown.capped(50.0, allocation="priority")
    some = structure(tranches=ranked, drawdown=capped)
    found = draws(cases(some), some, HEADLINE, ECONOMY, YEARS, 1)
    assert [timing[0].tolist() for timing in found.timings] == [
        [0.5, 0.5, 0.0],
        [1.0, 0.0, 0.0],
        pytest.approx([2 / 3, 1 / 3, 0.0]),
    ]
    swapped = draws(
        cases(some, tranches__loan__priority=[1, 0, 5]), some, HEADLINE, ECONOMY, YEARS, 0
    )
    assert swapped.timings[0].tolist()[0] == [0.5, 0.5]
    assert swapped.timings[0].tolist()[1] == pytest.approx([2 / 3, 1 / 3])
    assert swapped.timings[1].tolist()[1] == pytest.approx([2 / 3, 1 / 3])
    assert swapped.timings[1].tolist()[2] == [1.0, 0.0]


def test_a_tranche_of_its_own_leaves_the_cap_to_the_others() -> None:
    apart = tc.Tranche(
        name="loan", instrument=INSTRUMENTS["loan"], share=0.5, drawdown=tc.Drawdown.capped(20.0)
    )
    cash = tc.Tranche(name="cash", instrument=INSTRUMENTS["cash"], share=0.5)
    some = structure(tranches=(apart, cash), drawdown=tc.Drawdown.capped(25.0))
    found = draws(cases(some), some, HEADLINE, ECONOMY, YEARS, 1)
    assert [timing[0].tolist() for timing in found.timings] == [
        pytest.approx([0.4, 0.4, 0.2, 0.0]),
        [0.5, 0.5, 0.0, 0.0],
    ]
    varied = cases(some, tranches__loan__drawdown__annual_cap_usd=[50, 25])
    found = draws(varied, some, HEADLINE, ECONOMY, YEARS, 0)
    assert found.timings[0].tolist() == [[1.0, 0.0], [0.5, 0.5]]
    assert found.of(members(some, tc.Equity, tc.Loan)).tolist() == [[75.0, 25.0], [50.0, 50.0]]


def test_what_is_never_paid_is_not_drawn() -> None:
    missed = tc.MissedCall(year=2027, share=0.5)
    some = structure(drawdown=tc.Drawdown.level(2, missed=missed))
    found = draws(cases(some), some, HEADLINE, ECONOMY, YEARS, 2)
    assert found.withheld.tolist() == [[0.0, 1.0, 1.0, 1.0]]
    assert found.timings[0].tolist() == [[0.5, 0.25, 0.0, 0.0]]
    assert [share.tolist() for share in found.paid] == [[0.75]] * 3
    assert found.total(members(some, tc.Equity)).tolist() == [37.5]
    assert found.total(members(some, tc.Equity, tc.Loan)).tolist() == [56.25]


def test_calls_are_unpaid_while_those_of_any_tranche_are() -> None:
    late = [tc.MissedCall(year=year, share=0.5, late_years=1) for year in (2026, 2029)]
    apart = tc.Tranche(
        name="loan",
        instrument=INSTRUMENTS["loan"],
        share=0.5,
        drawdown=tc.Drawdown.level(5, missed=late[1]),
    )
    cash = tc.Tranche(name="cash", instrument=INSTRUMENTS["cash"], share=0.5)
    some = structure(tranches=(apart, cash), drawdown=tc.Drawdown.level(2, missed=late[0]))
    found = draws(cases(some), some, HEADLINE, ECONOMY, YEARS, 1)
    assert found.withheld.tolist() == [[1.0, 0.0, 0.0, 1.0, 0.0, 0.0]]
    assert found.withheld.flags.f_contiguous
