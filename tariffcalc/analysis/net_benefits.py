"""The net benefit of each draw of a simulation, for whoever wants more than its figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from tariffcalc.analysis.execution import MapLike, Progress
from tariffcalc.analysis.simulate import drawn, simulation_of
from tariffcalc.analysis.stated import stated
from tariffcalc.scenario.model import Scenario
from tariffcalc.trade.flows import TradeFlows

__all__ = ["draw_net_benefits"]


def draw_net_benefits(
    scenario: Scenario,
    *,
    draws: int,
    seed: int,
    structures: Iterable[str] | None = None,
    flows: TradeFlows | None = None,
    distributions: Mapping[str, object] | None = None,
    correlation: Mapping[tuple[str, str], float] | None = None,
    map: MapLike = map,  # noqa: A002 - the word of every executor
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return the net benefit of each draw, of which :func:`simulate` returns the figures.

    Parameters
    ----------
    scenario, draws, seed, structures, flows, distributions, correlation, map, progress
        As for :func:`simulate`.

    Returns
    -------
    pandas.DataFrame
        Index (``structure``, ``draw``), structure by structure; ``net_benefit_usd`` [USD]. A draw
        is the row of that number in :func:`draw_parameters`.

    Raises
    ------
    InputError, ChunkError
        As for :func:`simulate`.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> table = tc.draw_net_benefits(scenario, draws=1000, seed=1, structures=["japan-terms"])
    >>> bool((table["net_benefit_usd"] > 0).mean() > 0.8)
    True
    """
    task = simulation_of(scenario, draws, seed, structures, flows, (distributions, correlation))
    benefit, _ = drawn(task, draws, map, progress)
    frames = {name: pd.DataFrame({"net_benefit_usd": benefit[name]}) for name in task.structures}
    frame = pd.concat(frames, names=["structure", "draw"])
    return stated(frame, {"net_benefit_usd": "USD"}, scenario)
