"""How many months of delay a change of a term under negotiation is worth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from tariffcalc.analysis.batches import evaluate_chunk, finite
from tariffcalc.analysis.cost_of_delay import delay_of
from tariffcalc.analysis.stated import stated
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.scenario.evaluate import Evaluation, evaluation
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.paths import STRUCTURES, resolve
from tariffcalc.scenario.terms import named_terms
from tariffcalc.trade.flows import TradeFlows

__all__ = ["DELAY_TERMS", "delay_in_terms"]

# What a payer is asked for: more cash, paid sooner, and less of what the projects earn.
DELAY_TERMS: Mapping[str, float] = {
    "cash_share": 0.01,
    "draw_years": -1,
    "split_before": -0.01,
}
UNITS = {"cost_usd": "USD", "months": "months of delay"}


@dataclass(frozen=True, slots=True)
class Row:
    """One term of one structure: moved from where to where, at what cost, or why not."""

    before: float = np.nan
    after: float = np.nan
    cost: float = np.nan
    reason: str = ""


def delay_in_terms(
    scenario: Scenario,
    *,
    terms: Mapping[str, float] | None = None,
    structures: Iterable[str] | None = None,
    meanwhile: Literal["status_quo", "no_deal"] = "status_quo",
    start: dt.date | str | None = None,
    seasonal: bool = True,
    flows: TradeFlows | None = None,
) -> pd.DataFrame:
    """Return how many months of delay cost the payer as much as a change of a term.

    Parameters
    ----------
    scenario
        The scenario.
    terms
        Path or short name of a number, or of ``cash_share`` and ``draw_years``, → by how much it
        changes. By default a point of cash, ``{"cash_share": 0.01}``, draws over a year less,
        ``{"draw_years": -1}``, and a point less of the projects' cash before recovery,
        ``{"split_before": -0.01}``.
    structures
        Names of structures; by default all.
    meanwhile, start, seasonal, flows
        As for :func:`cost_of_delay`.

    Returns
    -------
    pandas.DataFrame
        Index (``structure``, ``term``). ``before`` and ``after``, the values of the term, between
        which ``cost_usd`` is what the payer's ``net_benefit_usd`` falls by; ``months``, how long
        a delay costs the payer's exporters as much in present value, below 0 where the change is
        a gain, worth as many months to the payer; ``reason``, why a figure is NaN, else empty.

    Raises
    ------
    UnknownNameError
        For a term that no structure has, or that could mean two things.
    InputError
        For changes that are no numbers, or 0.

    Notes
    -----
    A change that leads out of the limits of its term, such as a point of cash more than all of it,
    is read as the last one before: from ``before`` − change to ``before``. Months are counted from
    ``start`` on until the present value that exporters lose, ``exporters_cumulative_pv_usd`` of
    :func:`cost_of_delay`, reaches the cost; inside a month it grows evenly. A cost that no delay
    reaches has no months.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> table = tc.delay_in_terms(scenario, terms={"cash_share": 0.01}, structures=["japan-terms"])
    >>> table["months"].round(1).tolist()
    [7.3]
    """
    asked = evaluation(scenario, flows, apart=True)
    names = asked.chosen(structures)
    changes = _changes(scenario, terms, names)
    last = scenario.tariffs.relief_years * 12
    delay = delay_of(asked, last, meanwhile=meanwhile, start=start, seasonal=seasonal)
    (costs,) = delay.costs.values()
    lost = np.cumsum(costs.present["exporters"][0])
    rows = {}
    for name in names:
        for term, change in changes.items():
            rows[name, term] = _row(asked, name, term, change)
    index = pd.MultiIndex.from_tuples(rows, names=["structure", "term"])
    frame = pd.DataFrame(list(rows.values()), index=index).rename(columns={"cost": "cost_usd"})
    frame.insert(3, "months", [months_until(lost, row.cost) for row in rows.values()])
    unreached = frame["months"].isna() & (frame["reason"] == "")
    frame.loc[unreached, "reason"] = _never(lost)
    stated(frame, UNITS, scenario)
    frame.attrs["notes"] = [*delay.notes, *frame.attrs["notes"]]
    return frame


def months_until(lost: FloatArray, cost: float) -> float:
    """Return after how many months what is lost reaches a cost, with its sign; NaN for never."""
    if cost == 0.0:
        return 0.0
    reached = np.flatnonzero(lost >= abs(cost))
    if not reached.size:  # or the cost is not known
        return float("nan")
    month = int(reached[0])
    before = float(lost[month - 1]) if month else 0.0
    inside = (abs(cost) - before) / (float(lost[month]) - before)
    return float(np.sign(cost)) * (month + inside)


def _never(lost: FloatArray) -> str:
    if not lost.any():
        return "exporters lose nothing by a delay"
    return f"no delay costs exporters more than {lost.max():.6g} USD"


def _changes(
    scenario: Scenario, terms: Mapping[str, float] | None, names: list[str]
) -> dict[str, float]:
    """Return the changes asked for; refuse a term that no structure has, and no change."""
    if terms is None:
        return dict(DELAY_TERMS)
    if not isinstance(terms, Mapping) or not terms:
        raise InputError(
            f"terms: a mapping from term to change is needed, such as {{'cash_share': 0.01}}, "
            f"given {terms!r}"
        )
    changes = {}
    for term, change in terms.items():
        resolve(scenario, term, names)
        changes[term] = finite(f"terms.{term}", change)
        if changes[term] == 0.0:
            raise InputError(f"terms.{term}: a change other than 0 is needed")
    return changes


def _row(asked: Evaluation, name: str, term: str, change: float) -> Row:
    """Return what a change of a term costs the payer in one structure, or why it has none."""
    scenario = asked.scenario
    try:
        (found,) = named_terms(scenario, [term], name)
        (path,) = found.paths
        if path.startswith(STRUCTURES) and not path.startswith(f"{STRUCTURES}{name}."):
            return Row(reason=f"{term} is a term of another structure")
        before, after = _moved(scenario, path, found.value, change)
    except UnknownNameError:  # another structure has it
        return Row(reason=f"{name} has no {term}")
    except InputError as error:
        return Row(reason=str(error))
    varied = {path: np.array([before, after])}
    worth = evaluate_chunk(asked, varied, name, ["net_benefit_usd"])["net_benefit_usd"]
    return Row(before, after, float(worth[0] - worth[1]))


def _moved(scenario: Scenario, path: str, present: float, change: float) -> tuple[float, float]:
    """Return from where to where a term moves inside its limits."""
    try:
        scenario.replace({path: present + change})
    except InputError as error:
        try:
            scenario.replace({path: present - change})
        except InputError:
            raise error from None
        return present - change, present
    return present, present + change
