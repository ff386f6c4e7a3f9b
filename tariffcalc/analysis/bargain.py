"""Which terms two sides can agree on, and on which of them they do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tariffcalc.analysis.agreement import Agreement, Offer
from tariffcalc.analysis.bargaining_grid import Axis, axes_of, grid_of
from tariffcalc.analysis.batches import chunks
from tariffcalc.analysis.sides import HOST, PAYER, Side, payer_weight, side_of
from tariffcalc.analysis.stated import stated
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.bargaining import efficient, preference
from tariffcalc.numeric.lattice import refined
from tariffcalc.scenario.evaluate import Evaluation, evaluation
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.parties import payments
from tariffcalc.trade.flows import TradeFlows

__all__ = ["bargain"]

Terms = Mapping[str, tuple[float, float] | Iterable[float]]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Who sits at it, over which terms of which structure."""

    asked: Evaluation
    structure: str
    axes: list[Axis]
    payer: Side
    host: Side
    weight: float

    def gains(self, places: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the gains of payer and host at some places, shape (points, axes)."""
        points = {axis: axis.at(places[:, k]) for k, axis in enumerate(self.axes)}
        varied = {path: v for axis, v in points.items() for path in axis.term.paths}
        found = np.empty((2, places.shape[0]))
        for cut in chunks(self.asked, list(varied), places.shape[0]):
            part = {path: values[cut] for path, values in varied.items()}
            size = cut.stop - cut.start
            paid = payments(self.asked, self.asked.cases(part, size), self.structure)
            for row, side in zip(found, (self.payer, self.host), strict=True):
                row[cut] = paid.gain(side.counts, size) - side.walk_away_usd
        return found[0], found[1]

    def best(self, places: FloatArray) -> int:
        """Return which of some places is the one to agree on."""
        return int(preference(*self.gains(places), self.weight)[0])

    def offer(self, place: FloatArray) -> Offer:
        """Return the terms and the gains at one place."""
        values = [float(axis.at(place[[k]])[0]) for k, axis in enumerate(self.axes)]
        gain, other = self.gains(place[np.newaxis, :])
        terms = {axis.term.name: v for axis, v in zip(self.axes, values, strict=True)}
        changes = {
            path: v for axis, v in zip(self.axes, values, strict=True) for path in axis.term.paths
        }
        return Offer(terms, changes, float(gain[0]), float(other[0]))


def bargain(
    scenario: Scenario,
    *,
    structure: str,
    terms: Terms,
    payer: Side | None = None,
    host: Side | None = None,
    points: int | None = None,
    flows: TradeFlows | None = None,
) -> Agreement:
    """Find the terms acceptable to both sides, and those that two bargainers agree on.

    Parameters
    ----------
    scenario, structure
        The scenario and the name of the structure whose terms are on the table.
    terms
        Path or short name → a tuple (low, high), between which the term is free, or a whole number
        where it is one; or a list of values.
    payer, host
        The two sides; by default as in :class:`Side`.
    points
        Values in the grid of each free term; by default about 4,225 points in all.
    flows
        Trade flows in place of the scenario's packaged table.

    Returns
    -------
    Agreement
        With the acceptable set, its efficient frontier and the Nash solution; false where no point
        is acceptable to both, with the offer that misses least.

    Raises
    ------
    UnknownNameError, InputError
        For names that do not exist, ranges and values that do not fit, more than six terms, or
        weights that say nothing.

    Notes
    -----
    A side gains the present value of what its parties gain against no deal and no pledge, as in
    :func:`incidence`, less what it has by walking away. Terms are acceptable where neither loses.
    The Nash solution maximises (payer's gain)^w·(host's gain)^(1−w) over them; a side with weight 1
    takes the best there is for it. Without weights both have 1/2, or, with delay rates, the weights
    of patient bargainers: w = r_host/(r_payer + r_host), the limit of alternating offers as the
    time between them goes to 0 (:func:`rubinstein_share`). Lotteries over terms are not on the
    table, so the set need not be convex.

    The best point of the grid is refined on a lattice around it until its steps are 2⁻³² of the
    grid's. A better point that is nearer to another point of the grid is not seen. A product is
    flat at its highest point, so it is known to all digits, the gains to about a ten-millionth, and
    terms that move the same money not one by one. Of equally good points the payer's preferred one
    is taken, then the first in the order of the grid, in which the last term runs fastest.

    References
    ----------
    J. F. Nash (1950), The Bargaining Problem, doi:10.2307/1907266; A. Rubinstein (1982),
    doi:10.2307/1912531; K. Binmore, A. Rubinstein and A. Wolinsky (1986), doi:10.2307/2555382.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> found = tc.bargain(scenario, structure="upfront-cash", terms={"split_before": (0, 1)})
    >>> found.solution
    Offer(split_before = 1: payer gains 1.18836e+10 USD, host gains 3.62076e+10 USD)
    """
    asked = evaluation(scenario, flows)
    asked.chosen([structure])
    sides = side_of("payer", payer, PAYER), side_of("host", host, HOST)
    axes = axes_of(scenario, structure, terms, points)
    table = Table(asked, structure, axes, *sides, payer_weight(*sides))
    grid = grid_of(axes)
    gains = table.gains(grid)
    start = grid[preference(*gains, table.weight)[0]]
    most = np.array([axis.values.size - 1.0 for axis in axes])
    place, steps = refined(table.best, start, most, np.array([axis.free for axis in axes]))
    offer = table.offer(place)
    agreed = min(offer.payer_gain_usd, offer.host_gain_usd) >= 0.0
    return Agreement(
        structure,
        *sides,
        table.weight,
        _points(scenario, axes, np.vstack([grid, place]), gains, offer),
        offer if agreed else None,
        None if agreed else offer,
        {axis.term.name: axis.width(s) for axis, s in zip(axes, steps.tolist(), strict=True)},
    )


def _points(
    scenario: Scenario,
    axes: list[Axis],
    places: FloatArray,
    gains: tuple[FloatArray, FloatArray],
    offer: Offer,
) -> pd.DataFrame:
    """Return the table of all points, the offer as its last row."""
    payer, host = (
        np.append(gains[0], offer.payer_gain_usd),
        np.append(gains[1], offer.host_gain_usd),
    )
    acceptable = (payer >= 0.0) & (host >= 0.0)
    best = acceptable.copy()
    best[acceptable] = efficient(payer[acceptable], host[acceptable])
    frame = pd.DataFrame(
        {axis.term.name: axis.at(places[:, k]) for k, axis in enumerate(axes)}
        | {"payer_gain_usd": payer, "host_gain_usd": host}
        | {"acceptable": acceptable, "efficient": best}
    )
    units = {axis.term.name: axis.term.unit for axis in axes}
    units |= {"payer_gain_usd": "USD", "host_gain_usd": "USD"}
    return stated(frame, units, scenario)
