import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.pledge.structure import check_structure, rebalanced

HEAD = "FundingStructure cannot be built:\n  - "
LOAN = tc.Loan(rate=0.05, maturity_years=5)
WATERFALL = tc.Waterfall(split_before=0.5, split_after=0.1, deemed_rate=0.04)


def tranche(name: str, share: float, instrument: object = LOAN, **more: object) -> tc.Tranche:
    return tc.Tranche(name=name, share=share, instrument=instrument, **more)


def structure(*tranches: tc.Tranche, **terms: object) -> tc.FundingStructure:
    return tc.FundingStructure(**{"name": "terms", "tranches": tranches, **terms})


def refusal(*tranches: tc.Tranche, **terms: object) -> str:
    with pytest.raises(InputError) as caught:
        structure(*tranches, **terms)
    return str(caught.value)


def test_what_is_not_said_of_a_structure() -> None:
    plain = structure(tranche("all", 1.0))
    assert (plain.title, plain.side, plain.schedule, plain.source) == ("", "", "deal", "")
    assert (plain.headline_usd, plain.published, plain.waterfall) == (None, None, None)
    assert (plain.utilisation_share, plain.construction_years, plain.life_years) == (1.0, 0, None)
    assert plain.drawdown == tc.Drawdown.upfront()
    assert plain.funding == ()
    assert plain.project_irr is None


def test_the_cash_share_is_that_of_the_equity_tranches() -> None:
    mixed = structure(
        tranche("a", 0.25, tc.Equity()),
        tranche("b", 0.5),
        tranche("c", 0.25, tc.Equity()),
        project_irr=0.07,
        life_years=20,
        waterfall=WATERFALL,
    )
    assert mixed.cash_share == 0.5
    assert structure(tranche("b", 1.0)).cash_share == 0


@pytest.mark.parametrize(
    ("share", "fault"),
    [
        (0.75, "shares add up to 0.75, and have to add up to 1; add 0.25"),
        (1.0, None),
        (0.999999, "shares add up to 0.999999, and have to add up to 1; add 1e-06"),
    ],
)
def test_shares_have_to_add_up_to_1(share: float, fault: str | None) -> None:
    if fault is None:
        assert structure(tranche("a", share)).tranches[0].share == share
    else:
        assert refusal(tranche("a", share)) == f"{HEAD}tranches: {fault}"


def test_shares_that_are_too_much_say_what_to_take_away() -> None:
    assert refusal(tranche("a", 1.0), tranche("b", 0.25)) == (
        f"{HEAD}tranches: shares add up to 1.25, and have to add up to 1; take away 0.25"
    )


def test_shares_may_miss_1_by_a_billionth() -> None:
    assert len(structure(tranche("a", 0.5), tranche("b", 0.5 - 0.99e-9)).tranches) == 2
    assert refusal(tranche("a", 0.5), tranche("b", 0.5 - 2**-28)) == (
        f"{HEAD}tranches: shares add up to 0.9999999963, and have to add up to 1; "
        "add 3.725290298e-09"
    )


def test_only_a_structure_of_nothing_has_no_tranches() -> None:
    assert structure(headline_usd=0.0).tranches == ()
    for headline in (None, 1.0):
        assert refusal(headline_usd=headline) == (
            f"{HEAD}tranches: at least one is needed unless headline_usd is 0"
        )


def test_a_share_is_from_0_to_1_and_names_differ() -> None:
    with pytest.raises(InputError, match="share: input should be less than or equal to 1"):
        tranche("a", 1.5)
    assert refusal(tranche("a", 0.5), tranche("a", 0.5)) == (
        f"{HEAD}tranches: names must differ; given more than once: a"
    )


def test_equity_lists_all_it_lacks() -> None:
    assert refusal(tranche("a", 1.0, tc.Equity())) == (
        f"{HEAD}equity needs project_irr, life_years, waterfall"
    )
    assert refusal(tranche("a", 1.0, tc.Equity()), project_irr=0.07, waterfall=WATERFALL) == (
        f"{HEAD}equity needs life_years"
    )


def test_equity_needs_a_life_unless_every_project_has_its_own() -> None:
    def projects(*lives: int | None) -> tuple[tc.Project, ...]:
        weight = 1.0 / len(lives)
        return tuple(
            tc.Project(name=f"p{place}", weight=weight, life_years=life)
            for place, life in enumerate(lives)
        )

    whole = tranche("a", 1.0, tc.Equity())
    terms = {"project_irr": 0.07, "waterfall": WATERFALL}
    assert structure(whole, **terms, projects=projects(20, 30)).life_years is None
    assert refusal(whole, **terms, projects=projects(20, None)) == f"{HEAD}equity needs life_years"
    assert refusal(whole, projects=projects(20)) == f"{HEAD}equity needs project_irr, waterfall"


def test_weights_of_projects_have_to_add_up_to_1() -> None:
    some = tuple(tc.Project(name=name, weight=0.25) for name in "ab")
    assert refusal(tranche("a", 1.0), projects=some) == (
        f"{HEAD}projects: weights add up to 0.5, and have to add up to 1; add 0.5"
    )
    assert refusal(tranche("a", 1.0), projects=(some[0], some[0])) == (
        f"{HEAD}projects: names must differ; given more than once: a"
    )


def test_companies_projects_need_a_life_and_no_more() -> None:
    companies = tc.PrivateInvestment(expected_return=0.08)
    assert refusal(tranche("a", 1.0, companies)) == f"{HEAD}private investment needs life_years"
    assert structure(tranche("a", 1.0, companies), life_years=20).waterfall is None


def test_loans_and_guarantees_need_no_projects() -> None:
    assert check_structure(structure(tranche("a", 1.0))) is None


@pytest.mark.parametrize("name", ["", "a b", "-a", "ü", "a" * 81])
def test_names_are_plain_words(name: str) -> None:
    with pytest.raises(InputError, match="name: "):
        structure(tranche("a", 1.0), name=name)


def a_pledge(**terms: object) -> tc.Pledge:
    usual = {"headline_usd": 10.0, "payer": "KOR", "host": "USA"}
    return tc.Pledge(**{"structures": (structure(tranche("a", 1.0)),), **usual, **terms})


def test_parts_have_to_add_up_to_the_headline() -> None:
    parts = (tc.PledgePart(name="ships", amount_usd=4.0), tc.PledgePart(name="x", amount_usd=5.0))
    with pytest.raises(InputError) as caught:
        a_pledge(parts=parts)
    assert str(caught.value) == (
        "Pledge cannot be built:\n  - parts: amounts add up to 9, and headline_usd is 10"
    )
    assert a_pledge(parts=parts, headline_usd=9.0).parts == parts
    nothing = (tc.PledgePart(name="ships", amount_usd=0.0),)
    assert a_pledge(parts=nothing, headline_usd=0.0).parts == nothing
    assert a_pledge(parts=parts, headline_usd=9.0 + 8.9e-9).parts == parts
    with pytest.raises(InputError, match=r"headline_usd is 9\.0000000091"):
        a_pledge(parts=parts, headline_usd=9.0 + 9.1e-9)


def test_a_tranche_belongs_to_a_part_that_is_there() -> None:
    ships = structure(tranche("a", 1.0, part="ships"))
    for parts, named in (
        ((), "none"),
        (
            (tc.PledgePart(name="chips", amount_usd=4.0), tc.PledgePart(name="x", amount_usd=6.0)),
            "chips, x",
        ),
    ):
        with pytest.raises(InputError) as caught:
            a_pledge(parts=parts, structures=(ships,))
        assert str(caught.value) == (
            "Pledge cannot be built:\n  - structures.terms.tranches.a.part: unknown part 'ships'; "
            f"the pledge names {named}"
        )
    whole = (tc.PledgePart(name="ships", amount_usd=10.0),)
    assert a_pledge(parts=whole, structures=(ships,)).structures == (ships,)


def test_a_structure_is_found_by_its_name() -> None:
    some = tuple(structure(tranche("a", 1.0), name=name) for name in ("first", "second"))
    pledge = a_pledge(structures=some)
    assert pledge.structure("second") is some[1]
    with pytest.raises(UnknownNameError) as caught:
        pledge.structure("secnd")
    assert str(caught.value) == (
        "unknown structure 'secnd'; did you mean 'second'? Allowed: first, second."
    )


@pytest.mark.parametrize("code", ["kor", "K", "KOREA", "1KO"])
def test_countries_are_iso_codes(code: str) -> None:
    for role in ("payer", "host"):
        with pytest.raises(InputError, match=f"{role}: string should match pattern"):
            a_pledge(**{role: code})


def test_rebalancing_keeps_the_proportions_of_each_class() -> None:
    shares, cash = np.array([[0.1, 0.3, 0.4, 0.2]]), np.array([True, True, False, False])
    found = rebalanced(shares, cash, np.array([0.8, 0.0, 1.0]))
    expected = [[0.2, 0.6, 0.4 / 3, 0.2 / 3], [0, 0, 2 / 3, 1 / 3], [0.25, 0.75, 0, 0]]
    assert found == pytest.approx(np.array(expected), abs=1e-15)


def test_a_class_that_had_nothing_is_filled_in_equal_parts() -> None:
    shares, cash = np.array([[0.0, 0.0, 1.0]]), np.array([True, True, False])
    assert rebalanced(shares, cash, np.array([0.5])).tolist() == [[0.25, 0.25, 0.5]]


def test_rebalancing_has_a_row_for_each_case_of_either() -> None:
    shares, cash = np.array([[0.5, 0.5], [0.2, 0.8]]), np.array([True, False])
    assert rebalanced(shares, cash, np.array([0.25])).tolist() == [[0.25, 0.75]] * 2


JUST_ABOVE_MINUS_1 = -1.0 + 2.0**-53
MORE_THAN_1 = 1.0 + 2.0**-52
WHOLE = structure(tranche("all", 1.0))
SOURCE = tc.FundingSource(name="swap_line")
PART = tc.PledgePart(name="part", amount_usd=1.0)


@pytest.mark.parametrize(
    ("of", "term", "allowed", "refused"),
    [
        (tranche("all", 1.0), "share", (0.0, 1.0), (-1e-300, MORE_THAN_1)),
        (WHOLE, "headline_usd", (0.0, 1e300), (-1e-300,)),
        (WHOLE, "utilisation_share", (0.0, 1.0), (-1e-300, MORE_THAN_1)),
        (WHOLE, "project_irr", (JUST_ABOVE_MINUS_1, 10.0), (-1.0, 10.1)),
        (WHOLE, "construction_years", (0, 50), (-1, 51, 5.0)),
        (WHOLE, "life_years", (1, 100), (0, 101, 5.0)),
        (WATERFALL, "split_before", (0.0, 1.0), (-1e-300, MORE_THAN_1)),
        (WATERFALL, "split_after", (0.0, 1.0), (-1e-300, MORE_THAN_1)),
        (WATERFALL, "deemed_rate", (JUST_ABOVE_MINUS_1, 10.0), (-1.0, 10.1)),
        (WATERFALL, "deemed_spread", (-0.5, 10.0, None), (-1.0, 10.1)),
        (WATERFALL, "adjuster_years", (1, 100, None), (0, 101, 5.0)),
        (WATERFALL, "split_adjusted", (0.0, 1.0, None), (-1e-300, MORE_THAN_1)),
        (SOURCE, "capacity_usd", (0.0, 1e300), (-1e-300,)),
        (SOURCE, "cost_rate", (JUST_ABOVE_MINUS_1, 10.0), (-1.0, 10.1)),
        (SOURCE, "tenor_years", (1, 100), (0, 101, 5.0)),
        (PART, "amount_usd", (0.0, 1e300), (-1e-300,)),
    ],
)
def test_the_limits_of_each_term(of: object, term: str, allowed: tuple, refused: tuple) -> None:
    for value in allowed:
        assert getattr(type(of)(**{**dict(of), term: value}), term) == value
    for value in (*refused, np.nan, "0", True):
        with pytest.raises(InputError, match=rf"cannot be built:\n  - {term}: "):
            type(of)(**{**dict(of), term: value})
