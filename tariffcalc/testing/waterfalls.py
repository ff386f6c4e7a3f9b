"""Strategies for what equity is spent on and how its cash is split."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from tariffcalc.pledge.projects import Project
from tariffcalc.pledge.waterfall import Waterfall
from tariffcalc.testing.values import rates, shares, shares_of_one

__all__ = ["ADJUSTERS", "DAA_KINDS", "projects", "waterfalls"]

DAA_KINDS = ("cumulative", "per_period")
ADJUSTERS = ("none", "at_deadline", "foreseen")


@st.composite
def waterfalls(
    draw: st.DrawFn,
    *,
    daa: Sequence[str] = DAA_KINDS,
    adjusters: Sequence[str] = ADJUSTERS,
    curves: Sequence[str] = (),
) -> Waterfall:
    """Draw a waterfall of any kind; its splits may be 0 or 1, its deemed rate 0 or below.

    Parameters
    ----------
    daa
        Kinds of the deemed allocation amount to choose from.
    adjusters
        Adjusters to choose from.
    curves
        Names of curves that the deemed rate may float on; without them it is fixed.

    Returns
    -------
    SearchStrategy
        Of :class:`tariffcalc.Waterfall`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import waterfalls
    >>> @given(waterfalls())
    ... def splits_are_shares(waterfall):
    ...     assert 0 <= waterfall.split_after <= 1
    >>> splits_are_shares()
    """
    adjuster = draw(st.sampled_from(list(adjusters)))
    floats = bool(curves) and draw(st.booleans())
    deemed = (
        {"deemed_curve": draw(st.sampled_from(list(curves)))}
        if floats
        else {"deemed_rate": draw(rates(-0.02, 0.15))}
    )
    missed = {"adjuster_years": draw(st.integers(1, 30)), "split_adjusted": draw(shares())}
    return Waterfall.from_tree(
        {
            "split_before": draw(shares()),
            "split_after": draw(shares()),
            **deemed,
            "deemed_spread": draw(st.none() | rates(0.0, 0.03)),
            "daa": draw(st.sampled_from(list(daa))),
            "counts": draw(st.sampled_from(("own_receipts", "all_distributions"))),
            "shortfall_interest": draw(st.booleans()),
            "pooled": draw(st.booleans()),
            "adjuster": adjuster,
            **(missed if adjuster != "none" else {}),
            "withheld": draw(st.sampled_from(("kept", "released"))),
        }
    )


@st.composite
def projects(draw: st.DrawFn, *, least: int = 0, most: int = 3) -> tuple[Project, ...]:
    """Draw the projects of a structure: weights add up to 1 to the bit, some may be 0.

    Parameters
    ----------
    least, most
        Fewest and most projects.

    Returns
    -------
    SearchStrategy
        Of tuples of :class:`tariffcalc.Project`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import projects
    >>> @given(projects(least=1))
    ... def every_dollar_is_in_a_project(some):
    ...     assert sum(project.weight for project in some) == 1.0
    >>> every_dollar_is_in_a_project()
    """
    count = draw(st.integers(least, most))
    weights = draw(shares_of_one(count)) if count else []
    return tuple(
        Project.from_tree(
            {
                "name": f"project-{place}",
                "weight": weight,
                "irr_premium": draw(rates(-0.05, 0.1)),
                "construction_years": draw(st.none() | st.integers(0, 8)),
                "life_years": draw(st.none() | st.integers(1, 40)),
                "failure_probability": draw(st.just(0.0) | shares()),
                "recovery_share": draw(shares()),
                "residual_share": draw(st.just(0.0) | shares()),
            }
        )
        for place, weight in enumerate(weights)
    )
