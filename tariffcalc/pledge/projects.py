"""The projects that equity is spent on, and what one dollar of a project pays by age."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from tariffcalc.models import Count, Growth, Model, Name, Share, number
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cohorts import Level
from tariffcalc.numeric.discounting import annuity_factor

__all__ = ["Project", "check_weights", "project_levels"]

# A premium takes no rate of return to −1 from where searches of a break-even start, −0.5.
Premium = Annotated[Growth, Field(gt=-0.5)]


class Project(Model):
    """A project, or a class of like projects, on which a share of the equity is spent.

    Parameters
    ----------
    name
        Unlike any other in the structure.
    weight
        Share of every equity draw; the weights of a structure add up to 1.
    irr_premium
        What its internal rate of return is above the structure's ``project_irr``; that of a
        project that succeeds [fraction per year].
    construction_years, life_years
        Its own, where they are not the structure's.
    failure_probability
        Share of it that fails when construction ends: that pays ``recovery_share`` and no more.
    recovery_share
        Share of the draw that a failed project pays once, at the end of what would have been its
        first year of operation.
    residual_share
        Share of the draw that a successful project is worth at the end of its life, paid with its
        last cash.

    Notes
    -----
    Level cash C of a dollar drawn, with L years of construction, N of life and a rate of return g:
    1 = C·A(g, N)/(1+g)^L + R/(1+g)^(L+N). The residual R is at most (1+g)^(L+N), all that the rate
    of return leaves for it, so that C ≥ 0.

    With separate vehicles what succeeds and what fails are vehicles of their own, and since splits
    scale with the money, receipts are exactly the mean over success and failure. With one pooled
    vehicle the share that fails is taken as certain (the law of large numbers of many projects):
    where few projects stand or fall as a whole, the payer can expect less, as the host's share
    beyond recovery is no loss to be made up for.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Project(name="lng-terminal", weight=0.4, irr_premium=0.02, failure_probability=0.1)
    Project('lng-terminal')
    """

    name: Name
    weight: Share = number("share of equity", "share of every equity draw")
    irr_premium: Premium = number(
        "fraction per year", "rate of return above project_irr", default=0.0
    )
    construction_years: Count | None = number(
        "years", "years from a draw to the first cash", default=None, le=50
    )
    life_years: Count | None = number("years", "years of level cash", default=None, ge=1, le=100)
    failure_probability: Share = number(
        "share of the project", "share that fails when construction ends", default=0.0
    )
    recovery_share: Share = number("share of the draw", "paid once by what has failed", default=0.0)
    residual_share: Share = number("share of the draw", "worth at the end of its life", default=0.0)


def check_weights(projects: tuple[Project, ...]) -> None:
    """Refuse projects whose weights do not add up to 1."""
    total = sum(project.weight for project in projects)
    if projects and abs(total - 1.0) > 1e-9:
        raise ValueError(
            f"projects: weights add up to {total:.10g}, and have to add up to 1; "
            f"{'add' if total < 1 else 'take away'} {abs(1 - total):.10g}"
        )


def project_levels(
    irr: FloatArray,
    construction: FloatArray,
    life: FloatArray,
    residual: FloatArray | None = None,
) -> tuple[Level, ...]:
    """Return the cash of one dollar by age: 1 = C·A(g, N)/(1+g)^L + R/(1+g)^(L+N).

    Level cash C is paid for N ages after L, the residual R with the last; arrays have shape
    (cases or 1,).
    """
    yearly = np.log1p(irr)
    grown, annuity = np.exp(construction * yearly), annuity_factor(irr, life)
    if residual is None:
        return (Level(grown / annuity, construction, life),)
    paid = np.minimum(residual, np.exp((construction + life) * yearly))
    cash = np.maximum(0.0, grown - paid * np.exp(-life * yearly)) / annuity
    return (
        Level(cash, construction, life),
        Level(paid, construction + life - 1.0, np.ones(1)),
    )
