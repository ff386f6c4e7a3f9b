"""What a worker process needs for a chunk of cases: scenarios, flows, and numbers that vary."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pandas as pd

from tariffcalc.analysis.batches import chunks, evaluate_all
from tariffcalc.numeric.arrays import FloatArray, IntArray
from tariffcalc.numeric.memory import keep_freed_memory
from tariffcalc.scenario.evaluate import Evaluation, evaluation
from tariffcalc.scenario.model import Scenario
from tariffcalc.trade.flows import TradeFlows

__all__ = ["Found", "Setting", "evaluate_groups", "setting"]

Found = dict[str, dict[str, FloatArray]]


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """A scenario on flows, known by what is in both, so that a process reads its law once."""

    scenario: Scenario
    flows: TradeFlows | None
    key: tuple[str, str] = field(repr=False)

    def __eq__(self, other: object) -> bool:
        """Tell whether another setting has the same content."""
        return isinstance(other, Setting) and self.key == other.key

    def __hash__(self) -> int:
        """Return a hash of the content."""
        return hash(self.key)


def setting(scenario: Scenario, flows: TradeFlows | None, like: Setting | None = None) -> Setting:
    """Return a scenario on flows; ``like`` is another setting on the same flows."""
    mark = _mark(flows) if like is None else like.key[1]
    return Setting(scenario, flows, (scenario.hash, mark))


def _mark(flows: TradeFlows | None) -> str:
    """Return what changes with any cell of the flows."""
    if flows is None:
        return ""
    frame = flows.frame
    cells = pd.util.hash_pandas_object(frame, index=False).to_numpy()
    return hashlib.sha256(cells.tobytes() + "\n".join(map(str, frame)).encode()).hexdigest()


@lru_cache(maxsize=64)
def prepared(asked: Setting) -> Evaluation:
    """Return the scenario with its law read; a process keeps the last of them."""
    return evaluation(asked.scenario, asked.flows)


def evaluate_groups(
    groups: Mapping[int, tuple[Setting, Mapping[str, FloatArray]]],
    group_of: IntArray,
    structures: Sequence[str],
    columns: Sequence[str],
) -> Found:
    """Return columns of structures for cases of which each group has its own scenario.

    ``groups`` gives for each number in ``group_of`` the setting and, for all cases, what varies.
    """
    keep_freed_memory()
    shape = group_of.shape
    found: Found = {name: {c: np.empty(shape) for c in columns} for name in structures}
    for group, (own, varied) in groups.items():
        members = np.flatnonzero(group_of == group)
        asked = prepared(own)
        for cut in chunks(asked, list(varied), members.size):
            here = cut if members.size == group_of.size else members[cut]
            size = cut.stop - cut.start
            results = evaluate_all(asked, _part(varied, here), size, structures, columns)
            for name, values in results.items():
                for column, result in values.items():
                    found[name][column][here] = result
    return found


def _part(varied: Mapping[str, FloatArray], here: slice | IntArray) -> dict[str, FloatArray]:
    """Return some cases of what varies; paths that share an array go on sharing one."""
    parts = {id(values): values[here] for values in varied.values()}
    return {path: parts[id(values)] for path, values in varied.items()}
