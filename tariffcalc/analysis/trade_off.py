"""What each term of a structure is worth at the margin, and in units of the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tariffcalc.analysis.elasticity import AMOUNTS, ROUNDINGS
from tariffcalc.analysis.room import FINENESS, terms_with_room
from tariffcalc.analysis.sides import HOST, Side, side_of
from tariffcalc.analysis.stated import stated
from tariffcalc.errors import unknown_name
from tariffcalc.numeric.arrays import BoolArray, FloatArray
from tariffcalc.numeric.slopes import NODES, Slopes, exchange_rates, slopes
from tariffcalc.scenario.evaluate import Evaluation, evaluation
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.parties import payments
from tariffcalc.scenario.terms import Term
from tariffcalc.trade.flows import TradeFlows

__all__ = ["TradeOff", "trade_off"]

FIGURES = ("net_cost", "net_benefit", "host_gain")
COLUMNS_OF = {"net_cost_usd": "net_cost", "net_benefit_usd": "net_benefit"}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TradeOff:
    """What the terms of a structure are worth: three tables, one row per term.

    ``values`` has the present ``value``, its ``unit``, the natural ``step``, and of the payer's
    ``net_cost`` and ``net_benefit`` and of ``host_gain`` the change ``…_per_unit_usd`` and
    ``…_per_step_usd``; ``kink`` tells where one of them has two slopes.
    ``slopes``, by ``term`` and ``figure``, has both of them per unit, ``below_usd`` and
    ``above_usd``, NaN out of the limits of the term, ``kink`` and ``error_bound_usd``.
    ``rates`` has the terms as rows and columns: how many steps of the column's term are worth one
    step of the row's, in the ``target``; NaN where the column's term is worth nothing.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.trade_off(tc.load_scenario("korea-us", as_of="2025-10-17"), "three-years")
    TradeOff('three-years': 10 terms in net_benefit_usd)
    """

    structure: str
    target: str
    values: pd.DataFrame
    slopes: pd.DataFrame
    rates: pd.DataFrame

    def __repr__(self) -> str:
        """Say what was asked."""
        return f"TradeOff({self.structure!r}: {len(self.values)} terms in {self.target})"


def trade_off(
    scenario: Scenario,
    structure: str,
    *,
    terms: Iterable[str] | None = None,
    steps: Mapping[str, float] | None = None,
    target: str = "net_benefit_usd",
    host: Side | None = None,
    flows: TradeFlows | None = None,
) -> TradeOff:
    """Return what each term of a structure is worth at the margin, and terms in units of others.

    Parameters
    ----------
    scenario, structure
        The scenario and the name of one of its structures.
    terms
        Paths or short names of numbers; by default all that the two sides agree on: the amount,
        ``cash_share``, ``draw_years``, the numbers of drawdown, waterfall and instruments, the
        durability of the relief and the rates that the deal adds to the law without one.
    steps
        By name, steps in place of the natural ones: a year; a point (0.01) of shares,
        probabilities and tariff rates; 25 basis points of other rates; of amounts the power of ten
        between 0.1% and 1% of the present one.
    target
        The figure by which terms are exchanged: ``"net_benefit_usd"`` or ``"net_cost_usd"``, in
        which the terms of the tariffs are worth nothing.
    host
        Whose gains count for the host; by default as in :class:`Side`.
    flows
        Trade flows in place of the scenario's packaged table.

    Returns
    -------
    TradeOff
        With the tables ``values``, ``slopes`` and ``rates``.

    Raises
    ------
    UnknownNameError
        For a structure, term or target that does not exist.
    InputError
        For a structure without terms, a number with no present value or no room beside it, or steps
        that do not fit.

    Notes
    -----
    A slope is dR/dx from results within 1/16 of a step, extrapolated to step 0 on each side (the
    error falls with the third power of the distance), and the mean of both where they agree. At
    a kink, and for whole numbers, a change is that of a step more, of a step less where there is
    no more. A whole number's change is a difference: one step as it is.

    The exchange rate M_ij = worth_i/worth_j: a step of i can be paid for with M_ij steps of j in
    the other direction, which leaves the target as it is up to the square of the steps. M_ii = 1
    and M_ij·M_jk = M_ik.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> found = tc.trade_off(scenario, "upfront-cash", terms=["split_before", "autos-15.rate"])
    >>> found.values["net_benefit_per_step_usd"].div(1e9).round(2).to_dict()
    {'split_before': 4.32, 'autos-15.rate': -1.17}
    """
    asked = evaluation(scenario, flows)
    asked.chosen([structure])
    if target not in COLUMNS_OF:
        raise unknown_name("target", target, COLUMNS_OF)
    side = side_of("host", host, HOST)
    listed, room = terms_with_room(scenario, structure, terms, steps)
    found = [_slopes(asked, structure, term, *room[term.name], side) for term in listed]
    table, long = _tables(listed, found)
    worth = table[f"{COLUMNS_OF[target]}_per_step_usd"].to_numpy()
    names = pd.Index([term.name for term in listed], name="term", dtype="str")
    rates = pd.DataFrame(exchange_rates(worth), index=names, columns=names)
    units = {column: "USD" for column in (*table, *long) if column.endswith("_usd")}
    unit = {"value": "see column unit", "step": "see column unit"}
    return TradeOff(
        structure,
        target,
        stated(table, units | unit, scenario),
        stated(long, units, scenario),
        stated(rates, dict.fromkeys(names, "steps per step"), scenario),
    )


def _slopes(
    asked: Evaluation, structure: str, term: Term, less: bool, more: bool, host: Side
) -> Slopes:
    """Return the slopes of the figures in one term."""
    nodes = np.array([-1, 0, 1] if term.whole else NODES, dtype=np.float64)
    here = ((nodes >= 0.0) | less) & ((nodes <= 0.0) | more)
    step = term.step if term.whole else term.step / FINENESS
    results, noise = _results(asked, structure, term, term.value + step * nodes[here], host)
    every = np.full((nodes.size, len(FIGURES)), np.nan)
    every[here] = results
    return _differences(every, step) if term.whole else slopes(every, step, noise)


def _differences(results: FloatArray, step: float) -> Slopes:
    """Return the changes per unit from one step less and to one step more."""
    below, above = (results[1] - results[0]) / step, (results[2] - results[1]) / step
    slope = np.where(np.isnan(above), below, above)
    none: BoolArray = np.zeros(slope.shape, dtype=np.bool_)
    return Slopes(slope, below, above, none, np.zeros(slope.shape))


def _results(
    asked: Evaluation, structure: str, term: Term, values: FloatArray, host: Side
) -> tuple[FloatArray, FloatArray]:
    """Return the figures at some values of a term, shape (values, figures), and their noise."""
    cases = asked.cases(dict.fromkeys(term.paths, values), values.size)
    found = asked.columns(cases, structure, [*COLUMNS_OF, *AMOUNTS])
    gain = payments(asked, cases, structure).gain(host.counts, values.size)
    results = [np.broadcast_to(found[column], values.shape) for column in COLUMNS_OF]
    scale = max(float(np.abs(found[column]).max()) for column in AMOUNTS)
    noise = np.full(len(FIGURES), ROUNDINGS * scale)
    return np.stack([*results, gain], axis=1), noise


def _tables(terms: list[Term], found: list[Slopes]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the wide table of worth, and the long one of both slopes."""
    names = pd.Index([term.name for term in terms], name="term", dtype="str")
    columns: dict[str, object] = {
        "value": [term.value for term in terms],
        "unit": pd.array([term.unit for term in terms], dtype="str"),
        "step": [term.step for term in terms],
    }
    for place, figure in enumerate(FIGURES):
        worth = np.array([one.slope[place] for one in found])
        columns[f"{figure}_per_unit_usd"] = worth
        columns[f"{figure}_per_step_usd"] = worth * np.array([term.step for term in terms])
    columns["kink"] = [bool(one.kink.any()) for one in found]
    index = pd.MultiIndex.from_product([names, FIGURES], names=["term", "figure"])
    long = {
        "below_usd": np.concatenate([one.below for one in found]),
        "above_usd": np.concatenate([one.above for one in found]),
        "kink": np.concatenate([one.kink for one in found]),
        "error_bound_usd": np.concatenate([one.error for one in found]),
    }
    return pd.DataFrame(columns, index=names), pd.DataFrame(long, index=index)
