"""The projects of a structure as arrays: what succeeds and what fails, and what each pays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.projects import failure_profile, project_profile, repayment_profile
from tariffcalc.pledge.structure import FundingStructure

__all__ = ["Part", "longest_years", "parts_of", "pooled"]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What stands or falls together: all of one project that succeeds, or all that fails.

    ``share`` is its share of every draw, shape (cases or 1,), None where it is all; ``cash`` what
    a dollar of it pays by age and ``due`` the principal deemed to fall due (per-period waterfalls
    only), shape (cases or 1, ages).
    """

    share: FloatArray | None
    cash: FloatArray
    due: FloatArray | None


def parts_of(
    terms: Cases, structure: FundingStructure, timeline: Timeline, ages: int
) -> list[Part]:
    """Return the parts of a structure's projects that have a share in any case."""
    due = structure.waterfall is not None and structure.waterfall.daa == "per_period"
    if not structure.projects:
        construction, life = _periods(terms, terms, timeline)
        irr = timeline.rate(terms.number("project_irr"))
        cash = project_profile(irr, construction, life, ages)
        return [Part(None, cash, repayment_profile(construction, life, ages) if due else None)]
    projects = [terms.at(f"projects.{project.name}") for project in structure.projects]
    _check_sum(projects)
    return [part for one in projects for part in _parts(terms, one, timeline, ages, due=due)]


def pooled(parts: list[Part]) -> Part:
    """Return the parts as one: what a dollar spread over them pays."""
    shares = [part.share for part in parts]
    cash = _spread(shares, [part.cash for part in parts])
    dues = [part.due for part in parts if part.due is not None]
    return Part(None, cash, _spread(shares, dues) if dues else None)


def _spread(shares: list[FloatArray | None], profiles: list[FloatArray]) -> FloatArray:
    """Return the profile of a dollar spread over some shares; without shares there is one."""
    total = np.zeros((1, 1))
    for share, profile in zip(shares, profiles, strict=True):
        if share is None:
            return profile
        total = total + share[:, np.newaxis] * profile
    return np.asfortranarray(total)


def longest_years(terms: Cases, structure: FundingStructure) -> float:
    """Return the most years from a draw to the last cash, over all projects and cases."""
    views = [terms.at(f"projects.{project.name}") for project in structure.projects] or [terms]
    spans = [_years(terms, v, "construction_years") + _years(terms, v, "life_years") for v in views]
    return max(float(span.max()) for span in spans)


def _parts(
    terms: Cases, project: Cases, timeline: Timeline, ages: int, *, due: bool
) -> Iterator[Part]:
    construction, life = _periods(terms, project, timeline)
    falling_due = repayment_profile(construction, life, ages) if due else None
    weight, failing = project.number("weight"), project.number("failure_probability")
    lasting, failed = weight * (1.0 - failing), weight * failing
    if lasting.any():
        residual = project.number("residual_share")
        irr = timeline.rate(_irr(terms, project))
        cash = project_profile(irr, construction, life, ages, residual)
        yield Part(lasting, cash, falling_due)
    if failed.any():
        paid_at = construction + (timeline.per_year - 1.0)
        cash = failure_profile(project.number("recovery_share"), paid_at, ages)
        yield Part(failed, cash, falling_due)


def _periods(terms: Cases, project: Cases, timeline: Timeline) -> tuple[FloatArray, FloatArray]:
    """Return periods of construction and of life."""
    construction, life = (
        timeline.periods(_years(terms, project, f"{name}_years"))
        for name in ("construction", "life")
    )
    return construction, life


def _years(terms: Cases, project: Cases, name: str) -> FloatArray:
    """Return a project's own years, or the structure's."""
    return (project if project.given(name) else terms).number(name)


def _irr(terms: Cases, project: Cases) -> FloatArray:
    irr = terms.number("project_irr") + project.number("irr_premium")
    if irr.min() <= -1.0:
        raise InputError(
            f"{project.prefix}irr_premium: project_irr with it has to be above -1, given "
            f"{irr.min():g}; raise it"
        )
    return irr


def _check_sum(projects: list[Cases]) -> None:
    """Refuse weights that do not add up to 1 in some case, as where one of them is varied."""
    total = np.zeros(1)
    for project in projects:
        total = total + project.number("weight")
    wrong = total[np.abs(total - 1.0) > 1e-9]
    if wrong.size:
        raise InputError(
            f"projects: weights have to add up to 1, given {wrong[0]:.10g}; vary a weight only "
            "together with the others"
        )
