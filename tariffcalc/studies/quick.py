"""What is answered in a moment, and anew in each run: comparisons, break-evens, sensitivities."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from tariffcalc.analysis.break_even import BreakEven, break_even
from tariffcalc.analysis.compare import compare, wanted_columns
from tariffcalc.analysis.execution import MapLike, Progress
from tariffcalc.analysis.sensitivity import sensitivity
from tariffcalc.analysis.uncertainty import uncertainty
from tariffcalc.models import Name, Number, number
from tariffcalc.scenario.evaluate import COLUMNS, evaluation
from tariffcalc.scenario.paths import resolve
from tariffcalc.studies.items import Distributions, Item, Names, ScenarioItem, Scenarios
from tariffcalc.studies.values import MOST_CASES
from tariffcalc.tables import fingerprint, labelled

__all__ = ["BreakEvenItem", "CompareItem", "SensitivityItem", "break_even_table"]


class CompareItem(Item):
    """Structures of several scenarios side by side, as :func:`tariffcalc.compare`."""

    kind: ClassVar[str] = "compare"
    scenarios: tuple[Name, ...] = Field(min_length=1)
    structures: Names = None
    columns: Names = None

    @property
    def asked_of(self) -> tuple[str, ...]:
        """Names of the scenarios it is asked of."""
        return self.scenarios

    def check(self, scenarios: Scenarios) -> None:
        """Refuse structures and columns that do not exist."""
        wanted_columns(self.columns)
        for name in self.scenarios:
            evaluation(scenarios[name]).chosen(self.structures)

    def table(self, scenarios: Scenarios, _: MapLike, __: Progress | None) -> pd.DataFrame:
        """Return the comparison; its index names the scenarios as the study does."""
        asked = [scenarios[name] for name in self.scenarios]
        frame = compare(*asked, structures=self.structures, columns=self.columns)
        named = [
            (name, structure)
            for name in self.scenarios
            for structure in evaluation(scenarios[name]).chosen(self.structures)
        ]
        frame.index = pd.MultiIndex.from_tuples(named, names=frame.index.names)
        frame.attrs["fingerprint"] = fingerprint(frame)  # of the names it has now
        return frame


class BreakEvenItem(ScenarioItem):
    """Where a result reaches its target, as :func:`tariffcalc.break_even`."""

    kind: ClassVar[str] = "break_even"
    path: str
    structure: str | None = None
    target: str = "net_benefit_usd"
    value: Number = number("unit of the target", "figure to reach", default=0.0)
    bounds: tuple[Number, Number] | None = None

    def check(self, scenarios: Scenarios) -> None:
        """Refuse a path, structure or column that does not exist."""
        wanted_columns([self.target])
        given = None if self.structure is None else (self.structure,)
        resolve(scenarios[self.scenario], self.path, self.structures_of(scenarios, given))

    def table(self, scenarios: Scenarios, _: MapLike, __: Progress | None) -> pd.DataFrame:
        """Return the values found, one row each."""
        scenario = scenarios[self.scenario]
        return break_even_table(break_even(scenario, **self.words()), scenario.hash)


def break_even_table(found: BreakEven, scenario_hash: str) -> pd.DataFrame:
    """Return a row for each value at which the target is reached, or jumped over; or one without.

    Columns ``path, structure, target, target_value, found`` (``value``, ``jump`` or ``none``),
    ``value``, ``bracket_low, bracket_high``; ``low, high``, the interval searched, with the result
    at its ends, ``low_result, high_result``.
    """
    rows: list[tuple[str, float, float, float]] = [
        ("value", value, *bracket)
        for value, bracket in zip(found.values, found.brackets, strict=True)
    ]
    rows += [("jump", np.nan, *jump) for jump in found.jumps]
    frame = pd.DataFrame(
        rows or [("none", np.nan, np.nan, np.nan)],
        columns=["found", "value", "bracket_low", "bracket_high"],
    )
    frame.insert(0, "path", found.path)
    frame.insert(1, "structure", found.structure)
    frame.insert(2, "target", found.target)
    frame.insert(3, "target_value", found.value)
    frame[["low", "high"]] = found.bounds
    frame[["low_result", "high_result"]] = found.results
    of_target = dict.fromkeys(("target_value", "low_result", "high_result"), COLUMNS[found.target])
    return labelled(frame, of_target, scenario_hash=scenario_hash)


class SensitivityItem(ScenarioItem):
    """On which numbers a result depends, as :func:`tariffcalc.sensitivity`."""

    kind: ClassVar[str] = "sensitivity"
    method: Literal["one_at_a_time", "elasticities", "sobol", "morris"] = "one_at_a_time"
    target: str = "net_benefit_usd"
    structures: Names = None
    parameters: Names = None
    distributions: Distributions | None = None
    samples: int | None = Field(default=None, strict=True, ge=2, le=MOST_CASES)
    seed: int | None = Field(default=None, strict=True, ge=0)

    def check(self, scenarios: Scenarios) -> None:
        """Refuse structures, columns and distributions that do not fit."""
        wanted_columns([self.target])
        self.structures_of(scenarios, self.structures)
        if self.method != "elasticities":
            uncertainty(scenarios[self.scenario], self.distributions)

    def table(self, scenarios: Scenarios, mapped: MapLike, _: Progress | None) -> pd.DataFrame:
        """Return the sensitivities."""
        words: dict[str, Any] = self.words()
        return sensitivity(scenarios[self.scenario], map=mapped, **words)
