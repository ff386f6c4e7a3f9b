"""What a result says of itself: units, vintage, and how many of its numbers are assumptions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pandas as pd

from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.paths import numbers, stated_provenance
from tariffcalc.scenario.views import discounted_at
from tariffcalc.tables import labelled, vintage

__all__ = ["notes", "stated"]


def stated(frame: pd.DataFrame, units: Mapping[str, str], *scenarios: Scenario) -> pd.DataFrame:
    """Return the frame with units, hashes, version, vintages, and the note of each scenario."""
    labelled(
        frame,
        units,
        scenario_hash=" ".join(scenario.hash for scenario in scenarios),
        vintages=[vintage(scenario.name, scenario.as_of) for scenario in scenarios],
    )
    frame.attrs["notes"] = [notes(scenario) for scenario in scenarios]
    return frame


def notes(scenario: Scenario) -> str:
    """Return the line under a table: vintage, rate or curve, how many numbers are assumptions."""
    counts = Counter(stated_provenance(scenario, path).status for path in numbers(scenario))
    return (
        f"{vintage(scenario.name, scenario.as_of)}; discounted at "
        f"{discounted_at(scenario.valuation)['funding_cost']}; {counts.total()} numbers: "
        f"{counts['reported']} reported, {counts['derived']} derived, "
        f"{counts['assumption']} assumptions; scenario {scenario.hash}"
    )
