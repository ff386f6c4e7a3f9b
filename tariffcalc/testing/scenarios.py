"""Strategies for scenarios, changes of their numbers and origins, and asserts on scenarios."""

from __future__ import annotations

import datetime as dt
import math
import string
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from tariffcalc.models import tree
from tariffcalc.pledge.instruments import Equity
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.paths import TERMS, numbers
from tariffcalc.scenario.presets import load_scenario
from tariffcalc.scenario.provenance import Provenance, matches, provenance_of
from tariffcalc.testing.economy import economies, valuations
from tariffcalc.testing.instruments import rate_curves
from tariffcalc.testing.pledge import pledges

__all__ = [
    "assert_same_scenario",
    "assert_same_table",
    "parameter_changes",
    "provenances",
    "scenarios",
]

PACKAGED, VINTAGE = "korea-us", "2025-10-17"
NAMES = st.text(string.ascii_letters + string.digits, min_size=1, max_size=20)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
# Numbers that nothing but all of their kind together can change, that need other flows, or that
# may draw a pledge out over a century.
FIXED = (
    "*.share",
    "*.weight",
    "pledge.parts.*.amount_usd",
    "tariffs.measures.*.specific_usd_per_unit",
    "*.request.slip_years",
    "*.request.acceptance",
)
FROM_0 = ("construction_years", "delivery_years", "recovery_years")
NEVER_WITH = {"grace_years": "maturity_years", "maturity_years": "grace_years"}


@st.composite
def provenances(
    draw: st.DrawFn, *, until: dt.date = dt.date(2025, 10, 17), value: float | None = None
) -> Provenance:
    """Draw the origin of a number.

    Parameters
    ----------
    until
        No date is later than this one.
    value
        A number that the range holds, where a range is drawn.

    Returns
    -------
    SearchStrategy
        Of :class:`tariffcalc.Provenance`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import provenances
    >>> @given(provenances(value=0.07))
    ... def the_range_holds_the_value(entry):
    ...     assert entry.low is None or entry.low <= 0.07 <= entry.high
    >>> the_range_holds_the_value()
    """
    around = 0.0 if value is None else value
    below, above = (draw(st.integers(0, 1000)) / 1000 for _ in range(2))
    ranged = {"low": around - below, "high": around + above}
    return Provenance.from_tree(
        {
            "status": draw(st.sampled_from(["reported", "derived", "assumption"])),
            "source": draw(TEXTS),
            "date": draw(st.none() | st.dates(dt.date(2020, 1, 1), until)),
            "fact": draw(st.none() | NAMES),
            **(ranged if draw(st.booleans()) else {}),
        }
    )


@st.composite
def parameter_changes(
    draw: st.DrawFn,
    scenario: Scenario | None = None,
    *,
    paths: Sequence[str] | None = None,
    least: int = 0,
    most: int = 3,
) -> dict[str, float]:
    """Draw changes that :meth:`tariffcalc.Scenario.replace` accepts together.

    A number with a stated range stays inside it; any other one stays where the analysis can
    compute it. The terms ``cash_share`` and ``draw_years`` of the structures take part.

    Parameters
    ----------
    scenario
        The scenario to change; by default the packaged one.
    paths
        Paths to choose from; by default all that can change by themselves.
    least, most
        Fewest and most paths; fewer come out where two of them exclude each other.

    Returns
    -------
    SearchStrategy
        Of dictionaries from path to value.

    Examples
    --------
    >>> from hypothesis import given
    >>> import tariffcalc as tc
    >>> from tariffcalc.testing import parameter_changes
    >>> scenario = tc.load_scenario("korea-us")
    >>> @given(parameter_changes(scenario))
    ... def no_other_path_changes(changes):
    ...     assert len(scenario.diff(scenario.replace(changes))) <= 20
    >>> no_other_path_changes()
    """
    changed = load_scenario(PACKAGED, as_of=VINTAGE) if scenario is None else scenario
    open_paths = {**_number_values(changed), **_term_values(changed)}
    allowed = [path for path in open_paths if paths is None or path in paths]
    if not allowed:
        return {}
    chosen = draw(st.lists(st.sampled_from(allowed), unique=True, min_size=least, max_size=most))
    changes: dict[str, float] = {}
    for path in chosen:
        if not any(_exclude_each_other(path, other) for other in changes):
            changes[path] = draw(open_paths[path])
    return changes


@st.composite
def scenarios(draw: st.DrawFn, *, most_changes: int = 3) -> Scenario:
    """Draw a scenario that can be compared: the packaged law and trade under many pledges.

    The pledge is drawn, or holds some of the packaged structures; economy, valuation, names, texts
    and origins differ; some numbers are replaced inside their ranges.

    Parameters
    ----------
    most_changes
        Most numbers that are replaced.

    Returns
    -------
    SearchStrategy
        Of :class:`tariffcalc.Scenario`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import scenarios
    >>> @given(scenarios())
    ... def nothing_is_later_than_the_vintage(scenario):
    ...     assert scenario.tariffs.law_date <= scenario.as_of
    >>> nothing_is_later_than_the_vintage()
    """
    packaged = load_scenario(PACKAGED, as_of=VINTAGE)
    written = packaged.tree()
    written["name"], written["title"] = draw(NAMES), draw(TEXTS)
    written["as_of"] = packaged.as_of + dt.timedelta(days=draw(st.integers(0, 1000)))
    if draw(st.booleans()):
        written["pledge"] = tree(draw(pledges()))
        curve = draw(rate_curves())
        written["economy"]["curves"] = {curve.name: tree(curve, skip=("name",))}
    else:
        kept = draw(st.sets(st.sampled_from(list(written["pledge"]["structures"])), min_size=1))
        structures = written["pledge"]["structures"].items()
        written["pledge"]["structures"] = {n: table for n, table in structures if n in kept}
    if draw(st.booleans()):
        written["economy"] = tree(draw(economies()))
        written["valuation"] = tree(draw(valuations()))
    written["provenance"] = {}
    bare = Scenario.from_tree(written)
    known = numbers(bare)
    for entry, stated in packaged.provenance.items():
        values = [value for path, (value, _) in known.items() if matches(path, entry)]
        if values:
            written["provenance"][entry] = tree(_holding(stated, values))
    for path in draw(st.lists(st.sampled_from(list(known)), unique=True, max_size=2)):
        origin = draw(provenances(until=packaged.as_of))
        written["provenance"][path] = tree(origin.model_copy(update={"low": None, "high": None}))
    scenario = Scenario.from_tree(written)
    return scenario.replace(draw(parameter_changes(scenario, most=most_changes)))


def assert_same_scenario(found: Scenario, expected: Scenario) -> None:
    """Assert that two scenarios are one: equal, of one hash and without a difference.

    Parameters
    ----------
    found, expected
        The scenarios.

    Raises
    ------
    AssertionError
        With the paths that differ.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> from tariffcalc.testing import assert_same_scenario
    >>> scenario = tc.load_scenario("korea-us")
    >>> assert_same_scenario(tc.Scenario.from_json(scenario.to_json()), scenario)
    """
    difference = expected.diff(found)
    if not difference.empty:
        raise AssertionError(f"the scenarios differ:\n{difference.to_string()}")
    if found != expected:
        raise AssertionError("the scenarios differ in what is stated about their numbers")
    if found.hash != expected.hash:
        raise AssertionError(f"equal scenarios have the hashes {found.hash} and {expected.hash}")


def assert_same_table(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Assert that two tables have the same labels and, to the bit, the same numbers.

    Parameters
    ----------
    found, expected
        Tables whose columns are numbers; NaN equals NaN.

    Raises
    ------
    AssertionError
        With the first labels, or the first number, that differ.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> from tariffcalc.testing import assert_same_table
    >>> table = tc.compare(tc.load_scenario("korea-us"), columns=["net_cost_usd"])
    >>> assert_same_table(table, table.copy())
    """
    for which, labels, wanted in (
        ("columns", found.columns, expected.columns),
        ("rows", found.index, expected.index),
    ):
        if not labels.equals(wanted):
            raise AssertionError(f"{which}: found {list(labels)}, expected {list(wanted)}")
    got, due = (np.ascontiguousarray(t.to_numpy(dtype=np.float64)) for t in (found, expected))
    same = (got.view(np.uint64) == due.view(np.uint64)) | (np.isnan(got) & np.isnan(due))
    for row, column in np.argwhere(~same)[:1]:
        place = f"{found.columns[column]} of {found.index[row]}"
        pair = float(got[row, column]), float(due[row, column])
        raise AssertionError(f"{place}: found {pair[0]!r}, expected {pair[1]!r}")


def _number_values(scenario: Scenario) -> dict[str, st.SearchStrategy[float]]:
    """Return the values that each number may take by itself."""
    found: dict[str, st.SearchStrategy[float]] = {}
    known, bound = numbers(scenario), _bound(scenario)
    for path, (value, field) in known.items():
        if any(_fits(path, pattern) for pattern in FIXED) or _is_nothing(scenario, path):
            continue
        if path in bound:
            continue
        stated = provenance_of(path, scenario.provenance)
        low, high = (None, None) if stated is None else (stated[1].low, stated[1].high)
        if isinstance(value, int):
            least, last = _years(path, {p: v for p, (v, _) in known.items()})
            first = math.ceil(least if low is None else max(low, least))
            last = math.floor(last if high is None else min(high, last))
            found[path] = st.integers(first, last) if first <= last else st.just(value)
        elif low is not None and high is not None:
            found[path] = st.sampled_from((low, high)) | st.floats(low, high, allow_subnormal=False)
        else:
            extra = field.json_schema_extra
            found[path] = _plausible(value, str(extra["unit"]) if isinstance(extra, dict) else "")
    return found


def _term_values(scenario: Scenario) -> dict[str, st.SearchStrategy[float]]:
    """Return the values of the terms of each structure that has them."""
    found: dict[str, st.SearchStrategy[float]] = {}
    for structure in scenario.pledge.structures:
        cash = [isinstance(tranche.instrument, Equity) for tranche in structure.tranches]
        if any(cash) and not all(cash):
            found[f"pledge.structures.{structure.name}.cash_share"] = st.floats(0, 1)
        if cash:
            found[f"pledge.structures.{structure.name}.draw_years"] = st.integers(1, 20)
    return found


def _fits(path: str, pattern: str) -> bool:
    """Tell whether a path is meant; a star in front stands for any number of parts."""
    return path.endswith(pattern[1:]) if pattern.startswith("*.") else matches(path, pattern)


def _is_nothing(scenario: Scenario, path: str) -> bool:
    """Tell whether a number is the amount of no pledge, or the rate of an exemption."""
    bare = [s.name for s in scenario.pledge.structures if not s.tranches]
    free = [m.name for m in scenario.tariffs.measures if m.form == "exemption"]
    nothing = {f"pledge.structures.{name}.headline_usd" for name in bare}
    return path in nothing | {f"tariffs.measures.{name}.rate" for name in free}


def _bound(scenario: Scenario) -> set[str]:
    """Return the paths of numbers that others fix: exemptions add nothing; terms of instruments."""
    exempting = [m.name for m in scenario.tariffs.measures if m.form == "exemption"]
    found = {f"tariffs.measures.{name}.rate" for name in exempting}
    for structure in scenario.pledge.structures:
        for tranche in structure.tranches:
            terms = dict(tranche.instrument)
            names = [] if terms.get("curve") else ["spread"]
            names += ["default_rate"] if terms.get("default_rates") else []
            if terms.get("repayment") == "custom":
                names += ["maturity_years", "grace_years"]
            prefix = f"pledge.structures.{structure.name}.tranches.{tranche.name}.instrument"
            found |= {f"{prefix}.{name}" for name in names}
    return found


def _holding(stated: Provenance, values: Sequence[float]) -> Provenance:
    """Return what is stated of some numbers, without a range that does not hold them."""
    low, high = stated.low, stated.high
    if low is None or high is None or all(low <= value <= high for value in values):
        return stated
    return stated.model_copy(update={"low": None, "high": None})


def _years(path: str, known: Mapping[str, float]) -> tuple[int, int]:
    """Return the fewest and the most years; a loan keeps a year to repay in."""
    table, _, last = path.rpartition(".")
    if last == "grace_years":
        return 0, int(known[f"{table}.maturity_years"]) - 1
    if last == "maturity_years":
        return int(known.get(f"{table}.grace_years", 0)) + 1, 40
    if last == "repayment_years":
        return 1, 12
    return (0 if last in FROM_0 else 1), 30


def _plausible(value: float, unit: str) -> st.SearchStrategy[float]:
    """Return values of a unit; amounts stay near the present one, so that a cap can be kept."""
    if unit.startswith("share"):
        return st.floats(0, 1)
    if unit.startswith("fraction"):
        return st.floats(0, 0.2)
    return st.floats(0.8, 1.25).map(lambda factor: factor * value)


def _exclude_each_other(one: str, other: str) -> bool:
    """Tell whether two paths set the same numbers, or bound each other."""
    tables = [path.rpartition(".") for path in (one, other)]
    (table, _, last), (other_table, _, other_last) = tables
    if table == other_table and NEVER_WITH.get(last) == other_last:
        return True
    for (head, _, term), path in ((tables[0], other), (tables[1], one)):
        if term == TERMS[1] and path.startswith(f"{head}.drawdown."):
            return True
    return False
