import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.models import tree
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.cohorts import Level, pay_levels
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.parts import Part, longest_years, parts_of, pooled
from tariffcalc.pledge.projects import project_levels


def project(name: str, weight: float, **terms: object) -> tc.Project:
    return tc.Project(name=name, weight=weight, **terms)


def structure(
    *projects: tc.Project, daa: str = "cumulative", **terms: object
) -> tc.FundingStructure:
    usual = {
        "name": "x",
        "tranches": (tc.Tranche(name="all", instrument=tc.Equity(), share=1.0),),
        "project_irr": 0.0,
        "construction_years": 1,
        "life_years": 2,
        "waterfall": tc.Waterfall(split_before=0.5, split_after=0.1, deemed_rate=0.0, daa=daa),
        "projects": projects,
    }
    return tc.FundingStructure(**{**usual, **terms})


def parts(of: tc.FundingStructure, per_year: int = 1, **varied: list) -> list[Part]:
    return parts_of(cases(of, **varied), of, Timeline(2026, per_year))


def by_age(projects: tuple[tuple[Level, ...], ...], ages: int = 4) -> list:
    """Return what a dollar pays by age."""
    return sum(pay_levels(np.eye(1, ages), levels) for levels in projects).tolist()


def cases(of: tc.FundingStructure, **varied: list) -> Cases:
    arrays = {name.replace("__", "."): np.array(v, dtype=float) for name, v in varied.items()}
    return Cases(tree(of), arrays, max((len(v) for v in varied.values()), default=1))


def shares(found: list[Part]) -> list:
    return [part.share.tolist() for part in found]


def cash(found: list[Part]) -> list:
    return [by_age(part.cash)[0] for part in found]


def test_without_projects_there_is_one_part_on_the_structures_terms() -> None:
    (only,) = parts(structure())
    assert (only.share, only.due) == (None, None)
    assert by_age(only.cash) == [[0.0, 0.5, 0.5, 0.0]]
    (only,) = parts(structure(daa="per_period"))
    assert by_age(only.due) == [[0.0, 0.5, 0.5, 0.0]]


def test_each_project_has_its_own_terms_or_the_structures() -> None:
    own = project("b", 0.75, irr_premium=1.0, construction_years=0, life_years=1)
    found = parts(structure(project("a", 0.25), own, daa="per_period"))
    assert shares(found) == [[0.25], [0.75]]
    assert cash(found) == [[0.0, 0.5, 0.5, 0.0], [2.0, 0.0, 0.0, 0.0]]
    assert [by_age(part.due) for part in found] == [[[0, 0.5, 0.5, 0]], [[1, 0, 0, 0]]]


def test_what_succeeds_and_what_fails_are_parts() -> None:
    risky = project("a", 0.5, failure_probability=0.25, recovery_share=0.5, residual_share=0.5)
    found = parts(structure(risky, project("b", 0.5), daa="per_period"))
    assert shares(found) == [[0.375], [0.125], [0.5]]
    assert cash(found) == [[0, 0.25, 0.75, 0], [0, 0.5, 0, 0], [0, 0.5, 0.5, 0]]
    assert [by_age(part.due)[0] for part in found] == [[0, 0.5, 0.5, 0]] * 3


def test_a_part_without_a_share_in_any_case_is_left_out() -> None:
    sure, lost = (project(n, 0.5, failure_probability=p) for n, p in (("a", 0.0), ("b", 1.0)))
    found = parts(structure(sure, lost))
    assert cash(found) == [[0, 0.5, 0.5, 0], [0, 0, 0, 0]]
    varied = parts(structure(sure, lost), projects__a__failure_probability=[0.0, 0.5])
    assert shares(varied) == [[0.5, 0.25], [0.0, 0.25], [0.5]]


def test_a_failure_is_paid_at_the_end_of_the_first_year_of_operation() -> None:
    lost = project("a", 1.0, failure_probability=1.0, recovery_share=0.5)
    (only,) = parts(structure(lost), per_year=4)
    assert by_age(only.cash, 12) == [[0.0] * 7 + [0.5] + [0.0] * 4]
    (lasting,) = parts(structure(project("a", 1.0, residual_share=0.5)), per_year=4)
    level = 0.5 / 8
    assert by_age(lasting.cash, 13) == [[0.0] * 4 + [level] * 7 + [level + 0.5, 0.0]]


def test_a_pool_pays_the_mean_of_its_parts() -> None:
    some = (project("a", 0.25), project("b", 0.75, construction_years=0, life_years=1))
    found = pooled(parts(structure(*some, daa="per_period")))
    assert found.share is None
    assert by_age(found.cash) == [[0.75, 0.125, 0.125, 0.0]]
    assert by_age(found.due) == [[0.75, 0.125, 0.125, 0.0]]
    assert pooled(parts(structure(*some))).due is None
    plain = parts(structure())
    assert pooled(plain) is plain[0]


def test_the_longest_project_is_that_of_all_cases() -> None:
    assert longest_years(cases(structure()), structure()) == 3.0
    some = structure(project("a", 0.5, life_years=7), project("b", 0.5, construction_years=4))
    assert longest_years(cases(some), some) == 8.0
    varied = cases(some, projects__b__construction_years=[1, 9])
    assert longest_years(varied, some) == 11.0


def test_a_premium_that_leaves_no_rate_of_return_is_refused() -> None:
    of = structure(project("a", 1.0, irr_premium=-0.25))
    assert parts(of, project_irr=[0.0, -0.5])[0].cash[0][0].amount.shape == (2,)
    with pytest.raises(InputError) as caught:
        parts(of, project_irr=[0.0, -0.75])
    assert str(caught.value) == (
        "projects.a.irr_premium: project_irr with it has to be above -1, given -1; raise it"
    )


def test_a_weight_is_varied_only_with_the_others() -> None:
    of = structure(project("a", 0.5), project("b", 0.5))
    both = {"projects__a__weight": [0.25, 1.0], "projects__b__weight": [0.75, 0.0]}
    assert shares(parts(of, **both)) == [[0.25, 1.0], [0.75, 0.0]]
    with pytest.raises(InputError) as caught:
        parts(of, projects__a__weight=[0.5, 0.25])
    assert str(caught.value) == (
        "projects: weights have to add up to 1, given 0.75; vary a weight only together with the "
        "others"
    )
    assert parts(of, projects__a__weight=[0.5 + 0.9e-9])
    with pytest.raises(InputError, match=r"given 1\.000000001;"):
        parts(of, projects__a__weight=[0.5 + 1.1e-9])


def test_varied_terms_of_a_project_reach_its_cash() -> None:
    of = structure(project("a", 1.0, residual_share=0.5))
    found = parts(of, projects__a__irr_premium=[0.0, 1.0], projects__a__residual_share=[0.0, 0.0])
    each = [by_age((project_levels(*(np.array([x]) for x in (g, 1.0, 2.0))),))[0] for g in (0, 1)]
    assert by_age(found[0].cash) == each
