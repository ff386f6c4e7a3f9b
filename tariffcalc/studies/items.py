"""What a study can ask, in common: of whom, under which name, in which words."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import pandas as pd
from pydantic import AfterValidator, BeforeValidator

from tariffcalc.analysis.execution import MapLike, Progress
from tariffcalc.models import Model, Name, Table
from tariffcalc.scenario.evaluate import evaluation
from tariffcalc.scenario.model import Scenario
from tariffcalc.studies.forms import Form
from tariffcalc.studies.values import read_distributions

__all__ = ["Distributions", "Item", "Names", "ScenarioItem", "Scenarios"]

Names = tuple[str, ...] | None
Scenarios = Mapping[str, Scenario]
Distributions = Annotated[
    Mapping[str, Any], BeforeValidator(read_distributions), AfterValidator(Table)
]


class Item(Model):
    """One thing that a study asks; its answer is the table ``<kind>.<name>``."""

    kind: ClassVar[str]
    name: Name

    @property
    def label(self) -> str:
        """What messages and files call it."""
        return f"{self.kind}.{self.name}"

    @property
    @abstractmethod
    def asked_of(self) -> tuple[str, ...]:
        """Names of the scenarios it is asked of."""

    @property
    def cases(self) -> int:
        """Number of points or draws, of which progress is told; 0 where it is quick."""
        return 0

    def form(self, _: Scenarios) -> Form | None:
        """Return how its chunks are kept; None where it has none."""
        return None

    @abstractmethod
    def check(self, scenarios: Scenarios) -> None:
        """Refuse what does not fit its scenarios, before anything is computed."""

    @abstractmethod
    def table(
        self, scenarios: Scenarios, mapped: MapLike, progress: Progress | None
    ) -> pd.DataFrame:
        """Return its answer."""


class ScenarioItem(Item):
    """An item that is asked of one scenario."""

    scenario: Name

    @property
    def asked_of(self) -> tuple[str, ...]:
        """Names of the scenarios it is asked of."""
        return (self.scenario,)

    def words(self) -> dict[str, Any]:
        """Return the arguments of its function, without those left to their defaults."""
        given = {name: value for name, value in self if name not in ("name", "scenario")}
        return {name: value for name, value in given.items() if value is not None}

    def structures_of(self, scenarios: Scenarios, given: Names) -> tuple[str, ...]:
        """Return the structures asked for, by default all of its scenario."""
        return tuple(evaluation(scenarios[self.scenario]).chosen(given))
