"""The projects of a structure as arrays: what succeeds and what fails, and what each pays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.cohorts import Level, scaled
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.projects import project_levels
from tariffcalc.pledge.structure import FundingStructure

__all__ = ["Part", "longest_years", "of_share", "parts_of", "pooled"]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What stands or falls together: all of one project that succeeds, or all that fails.

    ``share`` is its share of every draw, shape (cases or 1,), None where it is all; ``cash`` what
    a dollar of it pays by age and ``due`` the principal deemed to fall due: one part in ``life``
    at each age of operation (per-period waterfalls only). Both are levels by project, and where
    projects are pooled there are several.
    """

    share: FloatArray | None
    cash: tuple[tuple[Level, ...], ...]
    due: tuple[tuple[Level, ...], ...] | None


def parts_of(terms: Cases, structure: FundingStructure, timeline: Timeline) -> list[Part]:
    """Return the parts of a structure's projects that have a share in any case."""
    due = structure.waterfall is not None and structure.waterfall.daa == "per_period"
    if not structure.projects:
        construction, life = _periods(terms, terms, timeline)
        irr = timeline.rate(terms.number("project_irr"))
        cash = (project_levels(irr, construction, life),)
        return [Part(None, cash, _falling_due(construction, life) if due else None)]
    projects = [terms.at(f"projects.{project.name}") for project in structure.projects]
    _check_sum(projects)
    return [part for one in projects for part in _parts(terms, one, timeline, due=due)]


def pooled(parts: list[Part]) -> Part:
    """Return the parts as one: what a dollar spread over them pays."""
    if parts[0].share is None:
        return parts[0]
    cash = tuple(levels for part in parts for levels in of_share(part, part.cash))
    due = tuple(levels for part in parts for levels in of_share(part, part.due or ()))
    return Part(None, cash, due or None)


def of_share(part: Part, each: tuple[tuple[Level, ...], ...]) -> tuple[tuple[Level, ...], ...]:
    """Return levels on a dollar of all draws, of which a part has its share."""
    if part.share is None:
        return each
    return tuple(scaled(levels, part.share) for levels in each)


def _falling_due(construction: FloatArray, life: FloatArray) -> tuple[tuple[Level, ...], ...]:
    return ((Level(1.0 / life, construction, life),),)


def longest_years(terms: Cases, structure: FundingStructure) -> float:
    """Return the most years from a draw to the last cash, over all projects and cases."""
    views = [terms.at(f"projects.{project.name}") for project in structure.projects] or [terms]
    spans = [_years(terms, v, "construction_years") + _years(terms, v, "life_years") for v in views]
    return max(float(span.max()) for span in spans)


def _parts(terms: Cases, project: Cases, timeline: Timeline, *, due: bool) -> Iterator[Part]:
    construction, life = _periods(terms, project, timeline)
    falling_due = _falling_due(construction, life) if due else None
    weight, failing = project.number("weight"), project.number("failure_probability")
    lasting, failed = weight * (1.0 - failing), weight * failing
    if lasting.any():
        residual = project.number("residual_share")
        irr = timeline.rate(_irr(terms, project))
        yield Part(lasting, (project_levels(irr, construction, life, residual),), falling_due)
    if failed.any():
        paid_at = construction + (timeline.per_year - 1.0)
        recovered = Level(project.number("recovery_share"), paid_at, np.ones(1))
        yield Part(failed, ((recovered,),), falling_due)


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
