"""What takes long and is cut into chunks that are kept: sweeps and simulations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

import pandas as pd
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from tariffcalc.analysis.compare import wanted_columns
from tariffcalc.analysis.execution import MapLike, Progress
from tariffcalc.analysis.simulate import draw_parameters, simulate
from tariffcalc.analysis.sweep import DEFAULT_COLUMNS, sweep, sweep_chunks
from tariffcalc.models import Number, Table
from tariffcalc.studies.forms import Draws, Points
from tariffcalc.studies.items import Distributions, Names, ScenarioItem, Scenarios
from tariffcalc.studies.values import (
    MOST_CASES,
    expanded,
    read_correlation,
    read_values,
    size_of,
)

__all__ = ["SimulateItem", "SweepItem"]

Pair = tuple[str, str, Number]


class SweepItem(ScenarioItem):
    """A grid of values, as :func:`tariffcalc.sweep`."""

    kind: ClassVar[str] = "sweep"
    values: Annotated[Mapping[str, Any], BeforeValidator(read_values), AfterValidator(Table)]
    structures: Names = None
    columns: Names = None
    paired: bool = Field(default=False, strict=True)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_size(self)
        return self

    @property
    def cases(self) -> int:
        """Number of points of the grid."""
        return size_of(self.values, paired=self.paired)

    def words(self) -> dict[str, Any]:
        """Return the arguments of ``sweep``, ranges as points."""
        return super().words() | {"values": expanded(self.values)}

    def form(self, scenarios: Scenarios) -> Points:
        """Return the structures and columns of a chunk."""
        names = self.structures_of(scenarios, self.structures)
        return Points(names, tuple(wanted_columns(self.words().get("columns", DEFAULT_COLUMNS))))

    def check(self, scenarios: Scenarios) -> None:
        """Refuse what ``sweep`` refuses; no point is computed."""
        sweep_chunks(scenarios[self.scenario], **self.words())

    def table(
        self, scenarios: Scenarios, mapped: MapLike, progress: Progress | None
    ) -> pd.DataFrame:
        """Return the grid."""
        return sweep(scenarios[self.scenario], map=mapped, progress=progress, **self.words())


class SimulateItem(ScenarioItem):
    """Draws of what is uncertain, as :func:`tariffcalc.simulate`."""

    kind: ClassVar[str] = "simulate"
    draws: int = Field(strict=True, ge=2, le=MOST_CASES)
    seed: int = Field(strict=True, ge=0)
    structures: Names = None
    distributions: Distributions = Field(default_factory=Table)
    correlation: Annotated[tuple[Pair, ...], BeforeValidator(read_correlation)] = ()

    @property
    def cases(self) -> int:
        """Number of draws."""
        return self.draws

    def words(self) -> dict[str, Any]:
        """Return the arguments of ``simulate``, correlations by pair."""
        pairs = {(one, two): rank for one, two, rank in self.correlation}
        return super().words() | {"correlation": pairs or None}

    def form(self, scenarios: Scenarios) -> Draws:
        """Return the structures of a chunk."""
        return Draws(self.structures_of(scenarios, self.structures))

    def check(self, scenarios: Scenarios) -> None:
        """Refuse what ``simulate`` refuses; no draw is evaluated."""
        self.structures_of(scenarios, self.structures)
        words = self.words() | {"draws": 2}
        words.pop("structures", None)
        draw_parameters(scenarios[self.scenario], **words)

    def table(
        self, scenarios: Scenarios, mapped: MapLike, progress: Progress | None
    ) -> pd.DataFrame:
        """Return the figures of the distribution."""
        return simulate(scenarios[self.scenario], map=mapped, progress=progress, **self.words())


def check_size(item: SweepItem) -> None:
    """Refuse a grid that is too large for one table."""
    if item.cases > MOST_CASES:
        raise ValueError(
            f"values: {item.cases:,} points are over the {MOST_CASES:,} of one table; "
            "give fewer, or split the sweep"
        )
