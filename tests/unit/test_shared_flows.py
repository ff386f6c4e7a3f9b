import numpy as np

import tariffcalc as tc
from tariffcalc.numeric.cases import Cases
from tariffcalc.scenario.evaluate import evaluation
from tariffcalc.scenario.shared_flows import Last, funding_groups, unfunded_terms

SCENARIO = tc.load_scenario("korea-us", as_of="2025-10-17")


def test_structures_that_differ_in_funding_alone_are_alike() -> None:
    assert funding_groups(SCENARIO.pledge.structures) == {
        "credit-ceiling": 0,
        "upfront-cash": 1,
        "upfront-swap": 1,
        "three-years": 3,
        "bond-financed": 3,
        "japan-terms": 5,
        "capacity-paced": 6,
        "no-deal": 7,
    }


def test_any_other_term_sets_structures_apart() -> None:
    first = SCENARIO.pledge.structure("upfront-cash")
    for term, value in (
        ("headline_usd", 1e9),
        ("utilisation_share", 0.5),
        ("project_irr", 0.09),
        ("construction_years", 2),
        ("life_years", 7),
        ("drawdown", tc.Drawdown.level(2)),
        ("waterfall", tc.Waterfall(split_before=0.9, split_after=0.1, deemed_rate=0.05)),
        ("projects", (tc.Project(name="a", weight=1.0),)),
        ("tranches", (tc.Tranche(name="a", instrument=tc.Equity(), share=1.0),)),
    ):
        other = first.model_copy(update={"name": "other", term: value})
        assert funding_groups((first, other)) == {"upfront-cash": 0, "other": 1}
    for term, value in (("title", "t"), ("side", "s"), ("source", "x"), ("schedule", "no_deal")):
        other = first.model_copy(update={"name": "other", "published": None, term: value})
        assert funding_groups((first, other)) == {"upfront-cash": 0, "other": 0}


def test_terms_are_the_same_where_they_are_one_array() -> None:
    one, other = np.ones(2), np.ones(2)
    varied = {"s.a.project_irr": one, "s.b.project_irr": one, "s.c.project_irr": other}
    more = {"s.a.funding.swap_line.cost_rate": other, "economy.fx_capacity_usd": one}
    tree = {"s": {"a": {}, "b": {}, "c": {}}}
    a, b, c = (
        unfunded_terms(Cases(tree, varied | more, 2).at(f"s.{name}")) for name in ("a", "b", "c")
    )
    assert a == b == {("project_irr", id(one))}
    assert c == {("project_irr", id(other))}


def test_the_last_flows_are_kept_and_no_others() -> None:
    asked, made = Last(), []

    def flows(name: str) -> object:
        made.append(name)
        return object()

    first = asked.of("a", lambda: flows("a"))
    assert asked.of("a", lambda: flows("a")) is first
    assert asked.of("b", lambda: flows("b")) is not first
    assert asked.of("a", lambda: flows("a")) is not first
    assert made == ["a", "b", "a"]


def test_what_is_shared_changes_no_figure() -> None:
    asked, columns = evaluation(SCENARIO), ["net_cost_usd", "peak_over_fx_capacity"]
    irr, other = np.array([0.02, 0.11]), np.array([0.02, 0.09])
    names = ("upfront-cash", "upfront-swap", "three-years", "bond-financed")
    draws = dict(zip(names, (irr, irr, irr, other), strict=True))
    varied = {f"pledge.structures.{name}.project_irr": draws[name] for name in names}
    cases = asked.cases(varied, 2)
    sharing = asked.sharing(cases)
    for name in names:
        alone = {
            column: each.tolist() for column, each in asked.columns(cases, name, columns).items()
        }
        found = sharing.columns(cases, name, columns)
        assert {column: each.tolist() for column, each in found.items()} == alone
