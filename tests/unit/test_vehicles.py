from types import SimpleNamespace

import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.models import tree
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.vehicles import book_equity

RULES = {"split_before": 0.5, "split_after": 0.25, "deemed_rate": 0.0}
PROJECTS = (
    tc.Project(name="a", weight=0.5, construction_years=0, life_years=1, irr_premium=3.0),
    tc.Project(name="b", weight=0.5, construction_years=1, life_years=2),
)


def booked(
    calls: list, unpaid: list | None = None, projects: tuple = PROJECTS, **rules: object
) -> tuple[dict, list]:
    """Return accounts and balance of two equal tranches, on projects that earn nothing by 0."""
    structure = tc.FundingStructure(
        name="x",
        tranches=tuple(tc.Tranche(name=n, instrument=tc.Equity(), share=0.5) for n in "de"),
        project_irr=0.0,
        construction_years=1,
        life_years=2,
        waterfall=tc.Waterfall(**{**RULES, **rules}),
        projects=projects,
    )
    drawn = SimpleNamespace(
        periods=len(calls),
        of=lambda chosen: np.array([calls], dtype=float) * chosen.mean(),
        paces=lambda chosen: [(np.array([chosen.mean()]), np.array([calls], dtype=float))],
        withheld=np.array([unpaid or [0.0]]),
    )
    amounts: dict = {}
    balance, cash = book_equity(
        Cases(tree(structure), {}), structure, drawn, Cases({}, {}), Timeline(2026), amounts
    )
    found = {name: flows.tolist()[0] for name, flows in (amounts | {"cash": cash}).items()}
    return found, balance.tolist()[0]


def test_a_pool_recovers_all_its_projects_together() -> None:
    # Of 160, a half earns 4·80 at once and the other 40 in each of two years.
    found, balance = booked([160, 0, 0, 0])
    assert found == {
        "capital_call": [160, 0, 0, 0],
        "distribution_payer": [160, 10, 10, 0],
        "cash": [320, 40, 40, 0],
    }
    assert balance == [0, 0, 0, 0]


def test_separate_vehicles_recover_one_by_one() -> None:
    # The good half recovers 80 from 160 of its 320; the other never recovers its 80.
    found, balance = booked([160, 0, 0, 0], pooled=False)
    assert found == {
        "capital_call": [160, 0, 0, 0],
        "distribution_payer": [80 + 40, 20, 20, 0],
        "cash": [320, 40, 40, 0],
    }
    assert balance == [80, 60, 40, 40]


def test_the_per_period_kind_owes_what_falls_due_of_each_project() -> None:
    for pooled in (True, False):
        found, balance = booked([160, 0, 0, 0], daa="per_period", pooled=pooled)
        # 80 fall due at once and are filled; 40 in each of two years, and 20 of them are paid.
        assert found["distribution_payer"] == [80 + 40, 20, 20, 0]
        assert balance == [0, 20, 40, 40]


def test_a_share_that_is_kept_goes_to_the_host() -> None:
    for pooled in (True, False):
        found, _ = booked([160, 0, 0, 0], [0, 1, 0, 0], pooled=pooled)
        plain, _ = booked([160, 0, 0, 0], pooled=pooled)
        assert found["distribution_payer"][1] == 0
        assert found["cash"] == plain["cash"] == [320, 40, 40, 0]
        assert "withheld_release" not in found
        assert found["capital_call"] == plain["capital_call"]


def test_a_share_that_is_released_comes_once_the_call_is_paid() -> None:
    for pooled in (True, False):
        plain, balance = booked([160, 0, 0, 0], withheld="released", pooled=pooled)
        found, owed = booked([160, 0, 0, 0], [1, 1, 0, 0], withheld="released", pooled=pooled)
        share = plain["distribution_payer"]
        assert owed == balance
        assert found["distribution_payer"] == [0, 0, share[2], 0]
        assert found["withheld_release"] == [0, 0, share[0] + share[1], 0]
        assert found["cash"] == plain["cash"]
        assert "withheld_release" not in plain


def test_a_share_of_a_call_that_is_never_paid_stays_with_the_host() -> None:
    found, _ = booked([160, 0, 0, 0], [0, 0, 1, 1], withheld="released")
    assert found["withheld_release"] == [0, 0, 0, 0]
    assert (found["distribution_payer"][2], found["cash"][2]) == (0, 40)


@pytest.mark.parametrize("pooled", [True, False])
def test_without_projects_there_is_one_on_the_structures_terms(pooled: bool) -> None:
    found, balance = booked([80, 80, 0, 0, 0], projects=(), pooled=pooled)
    assert found["cash"] == [0, 40, 80, 40, 0]
    assert found["distribution_payer"] == [0, 20, 40, 20, 0]
    assert balance == [80, 140, 100, 80, 80]


def test_without_equity_nothing_is_booked() -> None:
    structure = tc.FundingStructure(
        name="x",
        tranches=(tc.Tranche(name="d", instrument=tc.Loan(rate=0.0, maturity_years=1), share=1.0),),
    )
    amounts: dict = {}
    drawn = SimpleNamespace(periods=3)
    none = Cases(tree(structure), {})
    balance, cash = book_equity(none, structure, drawn, none, Timeline(2026), amounts)
    assert (balance.tolist(), cash, amounts) == ([[0.0] * 3], None, {})
