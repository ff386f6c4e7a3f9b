"""Draws of a scenario evaluated: its branches as scenarios, and in each the numbers drawn."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tariffcalc.analysis.batches import check_limits
from tariffcalc.analysis.distributions import Lognormal, Normal
from tariffcalc.analysis.settings import Found, Setting, evaluate_groups, setting
from tariffcalc.analysis.uncertainty import Uncertain, Uncertainty
from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray, IntArray
from tariffcalc.numeric.quantiles import chosen_of
from tariffcalc.scenario.model import Scenario

__all__ = ["Sampled", "is_held", "sampled"]

MOST_COMBINATIONS = 64


@dataclass(frozen=True, slots=True)
class Sampled:
    """What is uncertain, with the scenario of each combination of branches.

    ``held`` are the paths that each combination sets, and that its draws leave alone.
    """

    uncertain: Uncertainty
    settings: tuple[Setting, ...]
    held: tuple[tuple[str, ...], ...]

    def evaluate(
        self, uniform: FloatArray, structures: Sequence[str], columns: Sequence[str]
    ) -> Found:
        """Return columns of structures for uniform draws, shape (rows, cases)."""
        drawn, combination = self.uncertain.values(uniform), self.combination(uniform)
        groups = {}
        for here in np.unique(combination).tolist():
            held = self.held[here]
            free = {path: values for path, values in drawn.items() if not is_held(path, held)}
            groups[here] = (self.settings[here], free)
        return evaluate_groups(groups, combination, structures, columns)

    def combination(self, uniform: FloatArray) -> IntArray:
        """Return which combination of branches each case takes; the last runs fastest."""
        found = np.zeros(uniform.shape[1], dtype=np.int64)
        for row, one in self.uncertain.branches:
            chances = [branch.probability for branch in one.branches]
            found = found * len(chances) + chosen_of(uniform[row], chances)
        return found


def sampled(base: Setting, uncertain: Uncertainty) -> Sampled:
    """Return what draws need; refuse what leaves the limits of a number in any branch."""
    sets = [one.branches for _, one in uncertain.branches]
    count = math.prod(len(branches) for branches in sets)
    if count > MOST_COMBINATIONS:
        raise InputError(
            f"distributions: {count} combinations of branches are over {MOST_COMBINATIONS}; "
            "give fewer"
        )
    settings, held = [], []
    for combination in itertools.product(*sets):
        changes = {path: v for branch in combination for path, v in branch.changes.items()}
        own = base
        if changes:
            own = setting(base.scenario.replace(changes), base.flows, base)
        _check_edges(own.scenario, [n for n in uncertain.numbers if not is_held(n.path, changes)])
        settings.append(own)
        held.append(tuple(changes))
    return Sampled(uncertain, tuple(settings), tuple(held))


def _check_edges(scenario: Scenario, drawn: Sequence[Uncertain]) -> None:
    """Refuse numbers that can be drawn out of their limits."""
    if not drawn:
        return
    try:
        check_limits(scenario, {number.path: number.edges() for number in drawn})
    except InputError as error:
        endless = [n for n in drawn if isinstance(n.distribution, Normal | Lognormal)]
        if not any(n.path in str(error) for n in endless):
            raise
        raise InputError(
            f"{error}\nA normal or lognormal distribution has no end: draws go as far as the value "
            "given here. Cut it off with low and high"
        ) from None


def is_held(path: str, changes: Iterable[str]) -> bool:
    """Tell whether changes set the number at a path, by itself, in a table or by a term."""
    return any(_sets(change, path) or _sets(path, change) for change in changes)


def _sets(one: str, other: str) -> bool:
    """Tell whether a value at one path sets the number at another."""
    if one == other or other.startswith(f"{one}."):
        return True
    head, _, last = one.rpartition(".")
    if last == "draw_years":
        return f"{other}.".startswith(f"{head}.drawdown.")
    return last == "cash_share" and (
        other == f"{head}.tranches"
        or (other.startswith(f"{head}.tranches.") and other.endswith(".share"))
    )
