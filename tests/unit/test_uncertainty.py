import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.analysis.uncertainty import (
    Uncertain,
    Uncertainty,
    distributed_paths,
    uncertainty,
)
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.numeric.normal import correlated

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
DURABILITY, YEARS, GROWTH = "tariffs.durability", "tariffs.relief_years", "trade.growth_rate"
IRR = "pledge.structures.*.project_irr"
FLAT = tc.Uniform(low=0.0, high=1.0)
SURE = tc.Branches(branches=[tc.Branch(name="x", probability=1.0, changes={YEARS: 3})])


def ranged(ranges: dict[str, tuple[float, float]]) -> tc.Scenario:
    """Return the packaged scenario with no ranges but these."""
    tree = PACKAGED.tree()
    for entry in tree["provenance"].values():
        entry.pop("low", None)
        entry.pop("high", None)
    for path, (low, high) in ranges.items():
        origin = {"status": "assumption", "source": "", "low": low, "high": high}
        tree["provenance"][path] = origin
    return tc.Scenario.from_tree(tree)


TWO = ranged({DURABILITY: (0.5, 1.0), YEARS: (5, 30)})
STILL = ranged({})


def refusal(*given: object, scenario: tc.Scenario = TWO) -> str:
    with pytest.raises((InputError, UnknownNameError)) as caught:
        uncertainty(scenario, *given)  # type: ignore[arg-type]
    return str(caught.value)


# Rows


def test_a_distribution_takes_the_row_of_the_number_it_replaces() -> None:
    found = uncertainty(TWO, {"durability": FLAT})
    assert found.rows == (DURABILITY, YEARS)
    triangle = tc.Triangular(low=5.0, mode=20.0, high=30.0)
    assert found.numbers == (
        Uncertain(YEARS, 1, triangle, whole=True),
        Uncertain(DURABILITY, 0, FLAT, whole=False),
    )


def test_what_has_no_range_gets_a_row_of_its_own_in_the_order_given() -> None:
    given = {"growth_rate": FLAT, "court": SURE, "pass_through": FLAT}
    found = uncertainty(TWO, given)
    assert found.rows == (DURABILITY, YEARS, "growth_rate", "court", "pass_through")
    assert [(n.path, n.row) for n in found.numbers] == [
        (DURABILITY, 0),
        (YEARS, 1),
        (GROWTH, 2),
        ("trade.response.pass_through", 4),
    ]
    assert found.branches == ((3, SURE),)
    assert found.factor is None


def test_a_distribution_of_part_of_an_entry_has_its_own_row() -> None:
    scenario = ranged({IRR: (0.0, 0.12)})
    one = "pledge.structures.three-years.project_irr"
    found = uncertainty(scenario, {one: FLAT})
    assert found.rows == (IRR, one)
    assert {n.path: n.row for n in found.numbers}[one] == 1
    assert sum(n.row == 0 for n in found.numbers) == len(found.numbers) - 1 == 6
    whole = uncertainty(scenario, {"project_irr": FLAT})
    assert whole.rows == (IRR,)
    assert [n.row for n in whole.numbers] == [0] * 7
    named = uncertainty(scenario, {IRR: FLAT})
    assert named.numbers == whole.numbers


def test_tables_are_read_as_distributions() -> None:
    table = {"kind": "uniform", "low": 0.0, "high": 1.0}
    assert uncertainty(TWO, {"durability": table}) == uncertainty(TWO, {"durability": FLAT})


def test_branches_alone_are_uncertain() -> None:
    found = uncertainty(STILL, {"court": SURE})
    assert found == Uncertainty(("court",), (), ((0, SURE),))
    assert uncertainty(STILL, {"growth_rate": FLAT}).rows == ("growth_rate",)
    assert refusal(scenario=STILL) == (
        "no number of the scenario states a range: nothing is uncertain"
    )
    assert refusal({}, scenario=STILL) == (
        "no number of the scenario states a range: nothing is uncertain"
    )


def test_numbers_of_one_range_share_a_triangle_and_so_their_draws() -> None:
    found = uncertainty(ranged({IRR: (0.0, 0.12), DURABILITY: (0.5, 1.0)}))
    triangles = {id(n.distribution) for n in found.numbers if n.path.endswith("project_irr")}
    assert len(triangles) == 1
    drawn = found.values(found.uniform(1, 0, 4))
    arrays = {id(v) for path, v in drawn.items() if path.endswith("project_irr")}
    assert len(arrays) == 1
    assert list(drawn) == [n.path for n in found.numbers]


def test_a_whole_number_and_a_fraction_of_one_row_are_drawn_apart() -> None:
    numbers = (
        Uncertain("a", 0, FLAT, whole=True),
        Uncertain("b", 0, FLAT, whole=False),
        Uncertain("c", 1, FLAT, whole=False),
    )
    drawn = Uncertainty(("r", "s"), numbers).values(np.array([[0.2, 0.7], [0.4, 0.5]]))
    assert {path: v.tolist() for path, v in drawn.items()} == {
        "a": [0.0, 1.0],
        "b": [0.2, 0.7],
        "c": [0.4, 0.5],
    }


# Ends


@pytest.mark.parametrize(
    ("path", "distribution", "whole", "edges"),
    [
        ("x", FLAT, False, [0.0, 1.0, 0.0]),
        ("x.grace_years", FLAT, False, [0.0, 1.0, 1.0]),
        ("x", tc.Normal(mean=2.0, standard_deviation=1.0, low=0.6, high=3.4), False,
         [0.6, 3.4, 0.6]),
        ("x", tc.Normal(mean=2.0, standard_deviation=1.0, low=0.6, high=3.4), True, [1, 3, 1]),
        ("x", tc.Lognormal(median=2.0, log_deviation=1.0, low=0.6, high=3.4), True, [1, 3, 1]),
        ("x.grace_years", tc.Normal(mean=2.0, standard_deviation=1.0, low=0.6, high=3.4), True,
         [1, 3, 3]),
        ("x", tc.Uniform(low=0.6, high=3.4), True, [0.6, 3.4, 0.6]),
    ],
)  # fmt: skip
def test_the_ends_of_what_can_be_drawn(
    path: str, distribution: object, edges: list, *, whole: bool
) -> None:
    number = Uncertain(path, 0, distribution, whole)  # type: ignore[arg-type]
    assert number.edges().tolist() == edges


# Names


def test_names_stand_for_paths_and_say_which_are_whole() -> None:
    assert distributed_paths(PACKAGED, "relief_years") == {YEARS: True}
    assert distributed_paths(PACKAGED, DURABILITY) == {DURABILITY: False}
    irr = distributed_paths(PACKAGED, "project_irr")
    assert irr == distributed_paths(PACKAGED, IRR)
    assert len(irr) == 7
    assert not any(irr.values())
    assert distributed_paths(PACKAGED, "draw_years") == {
        path.replace("project_irr", "draw_years"): True for path in irr
    }


def test_a_pattern_without_a_number_is_refused() -> None:
    with pytest.raises(UnknownNameError) as caught:
        distributed_paths(PACKAGED, "pledge.structures.*.project_ir")
    said = str(caught.value)
    assert said.startswith("unknown path 'pledge.structures.*.project_ir'; did you mean 'pledge.")
    assert said.endswith("… (222 in all).")
    with pytest.raises(UnknownNameError, match=r"^unknown path 7"):
        distributed_paths(PACKAGED, 7)  # type: ignore[arg-type]


# Refusals


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([FLAT], ("distributions: a mapping from path to distribution is needed, given [Uniform("
         "kind='uniform', low=0.0, high=1.0)]")),
        ({"durability": FLAT, DURABILITY: FLAT},
         ("tariffs.durability is distributed by 'tariffs.durability' and by 'tariffs.durability'; "
         "leave one out")),
        ({"growth_rate": FLAT, GROWTH: FLAT},
         ("trade.growth_rate is distributed by 'growth_rate' and by 'trade.growth_rate'; leave one "
         "out")),
        ({"relief_years": tc.Discrete(values=(5, 7.5, 8.5), probabilities=(0.5, 0.25, 0.25))},
         "tariffs.relief_years: whole numbers are needed, given 7.5"),
        ({DURABILITY: SURE},
         "distributions: 'tariffs.durability' is taken or no text; give branches a new name"),
        ({7: SURE}, "distributions: 7 is taken or no text; give branches a new name"),
        ({"a": SURE, "b": SURE},
         "tariffs.relief_years is set by the branches of two draws; join them in one"),
    ],
)  # fmt: skip
def test_what_cannot_be_distributed_is_refused(given: object, said: str) -> None:
    assert refusal(given) == said


def test_discrete_values_of_whole_numbers_are_whole() -> None:
    given = tc.Discrete(values=(5.0, -7.0), probabilities=(0.5, 0.5))
    assert uncertainty(TWO, {"relief_years": given}).numbers[1].distribution == given
    broken = tc.Discrete(values=(0.25, 0.5), probabilities=(0.5, 0.5))
    assert uncertainty(TWO, {"durability": broken}).numbers[1].distribution == broken


def test_branches_of_different_paths_stand_side_by_side() -> None:
    other = tc.Branches(branches=[
        tc.Branch(name="x", probability=0.5, changes={GROWTH: 0.0}),
        tc.Branch(name="y", probability=0.5, changes={GROWTH: 0.1}),
    ])  # fmt: skip
    assert uncertainty(TWO, {"a": SURE, "b": other}).branches == ((2, SURE), (3, other))
    third = tc.Branches(branches=[tc.Branch(name="z", probability=1.0, changes={YEARS: 1})])
    assert refusal({"a": SURE, "b": other, "c": third}) == (
        "tariffs.relief_years is set by the branches of two draws; join them in one"
    )


# Correlation


def test_correlation_is_between_rows_by_any_of_their_names() -> None:
    scenario = ranged({IRR: (0.0, 0.12), DURABILITY: (0.5, 1.0)})
    first = uncertainty(scenario, None, {(IRR, DURABILITY): 0.5})
    assert first.factor is not None
    assert len(first.factor) == 2
    for names in (("project_irr", "durability"), ("durability", IRR),
                  ("pledge.structures.three-years.project_irr", DURABILITY)):  # fmt: skip
        assert uncertainty(scenario, None, {names: 0.5}).factor == first.factor
    drawn = first.uniform(3, 2, 100)
    plain = uncertainty(scenario).uniform(3, 2, 100)
    assert drawn.tolist() == correlated(plain, first.factor).tolist()
    named = uncertainty(scenario, {"court": SURE}, {("court", IRR): 0.5})
    assert named.factor is not None
    assert [len(row) for row in named.factor] == [1, 2, 3]


def test_what_is_not_uncertain_or_several_draws_is_not_correlated() -> None:
    one = "pledge.structures.three-years.project_irr"
    scenario = ranged({IRR: (0.0, 0.12), one: (0.0, 0.1), DURABILITY: (0.5, 1.0)})
    assert refusal(None, {("krw_per_usd", DURABILITY): 0.5}, scenario=scenario) == (
        "correlation: krw_per_usd is not uncertain; give it a range or a distribution"
    )
    assert refusal(None, {("project_irr", DURABILITY): 0.5}, scenario=scenario) == (
        f"correlation: project_irr has 2 draws; name one of {IRR}, {one}"
    )
    assert refusal(None, {("tariffs.durabilty", IRR): 0.5}, scenario=scenario) == (
        "unknown uncertain number 'tariffs.durabilty'; did you mean 'tariffs.durability'? "
        f"Allowed: tariffs.durability, {IRR}, {one}."
    )
