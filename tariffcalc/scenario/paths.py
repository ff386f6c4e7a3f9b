"""Dotted paths into a scenario: its table of parameters, replacing, comparing, short names."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pydantic.fields import FieldInfo

from tariffcalc.errors import InputError, UnknownNameError, raise_faults, suggest
from tariffcalc.models import leaves, tree
from tariffcalc.pledge.structure import rebalanced
from tariffcalc.pledge.terms import cash_classes
from tariffcalc.scenario.provenance import Provenance, matches, provenance_of
from tariffcalc.tables import labelled

if TYPE_CHECKING:
    from tariffcalc.scenario.model import Scenario

__all__ = ["TERMS", "difference", "numbers", "parameter_table", "replaced", "resolve"]

# Terms under negotiation that are not a field of their own.
TERMS = ("cash_share", "draw_years")
STRUCTURES = "pledge.structures."


def numbers(scenario: Scenario) -> dict[str, tuple[float, FieldInfo]]:
    """Return every number of a scenario by path, with its field."""
    return {
        path: (value, field)
        for path, value, field in leaves(scenario, skip=("provenance",))
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def parameter_table(scenario: Scenario) -> pd.DataFrame:
    """Return the table of :meth:`Scenario.parameters`."""
    rows = []
    for path, (value, field) in numbers(scenario).items():
        extra = field.json_schema_extra
        entry = stated_provenance(scenario, path)
        rows.append(
            {
                "path": path,
                "value": value,
                "unit": extra["unit"] if isinstance(extra, dict) else "",
                "description": field.description or "",
                "status": entry.status,
                "source": entry.source,
                "date": entry.date,
                "low": entry.low,
                "high": entry.high,
            }
        )
    frame = (
        pd.DataFrame(rows).set_index("path").astype({"value": float, "low": float, "high": float})
    )
    frame["date"] = pd.to_datetime(frame["date"])
    return labelled(frame, {"value": "see column unit"}, scenario_hash=scenario.hash)


def stated_provenance(scenario: Scenario, path: str) -> Provenance:
    """Return what is stated about a number; a measure states its source itself."""
    found = provenance_of(path, scenario.provenance)
    if found is not None:
        return found[1]
    parts = path.split(".")
    if parts[:2] == ["tariffs", "measures"]:
        measure = next(m for m in scenario.tariffs.measures if m.name == parts[2])
        if measure.source:
            return Provenance(status="reported", source=measure.source, date=measure.published)
    return Provenance(status="assumption", source="no source is stated")


def replaced(scenario: Scenario, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the written form with other values; what was changed becomes an assumption."""
    written = copy.deepcopy(scenario.tree())
    known = [path for path, _, _ in leaves(scenario, skip=("provenance",))]
    faults: list[str] = []
    for path, value in changes.items():
        plain = value.item() if isinstance(value, np.generic) else value
        try:
            changed = _set(scenario, written, path, plain, known)
        except (UnknownNameError, InputError) as error:
            faults.append(str(error))
            continue
        for touched in changed:
            stated = stated_provenance(scenario, touched)
            entry = stated.model_copy(
                update={
                    "status": "assumption",
                    "source": "set by the user",
                    "date": None,
                    "fact": None,
                }
            )
            written["provenance"][touched] = tree(entry)
    kind = UnknownNameError if all(fault.startswith("unknown") for fault in faults) else InputError
    raise_faults("the scenario cannot be changed", faults, kind)
    written["provenance"] = _still_meant(written)
    return written


def _still_meant(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return the provenance entries that speak for a path which is still there."""
    there = list(written_paths({k: v for k, v in written.items() if k != "provenance"}))
    return {
        entry: stated
        for entry, stated in written["provenance"].items()
        if any(matches(path, entry) for path in there)
    }


def written_paths(table: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Walk the paths of the plain values of nested tables."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from written_paths(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def _set(
    scenario: Scenario, written: dict[str, Any], path: str, value: Any, known: list[str]
) -> list[str]:
    """Put a value at a path of the written form; return the numbers it touched."""
    head, _, last = path.rpartition(".")
    if last in TERMS and head.startswith(STRUCTURES):
        return _set_term(scenario, written, head.removeprefix(STRUCTURES), last, value)
    here: Any = written
    for part in head.split(".") if head else []:
        here = here.get(part) if isinstance(here, dict) else None
    if (
        not isinstance(here, dict)
        or path.startswith("provenance")
        or (not head and last not in here)
    ):
        raise _unknown_path(path, known)
    if path == "pledge.headline_usd":
        _scale_parts(scenario, written["pledge"], value)
    old = here.get(last)
    whole = isinstance(old, int) and isinstance(value, float) and value.is_integer()
    here[last] = int(value) if whole else value
    return [path] if isinstance(value, int | float) and not isinstance(value, bool) else []


def _scale_parts(scenario: Scenario, pledge: dict[str, Any], headline: Any) -> None:
    """Keep the proportions of the parts when the headline changes; bad values are for the model."""
    whole = scenario.pledge.headline_usd
    if whole and isinstance(headline, int | float) and not isinstance(headline, bool):
        for part in scenario.pledge.parts:
            pledge["parts"][part.name]["amount_usd"] = part.amount_usd * (headline / whole)


def _set_term(
    scenario: Scenario, written: dict[str, Any], name: str, term: str, value: Any
) -> list[str]:
    structure = scenario.pledge.structure(name)
    table, prefix = written["pledge"]["structures"][name], f"{STRUCTURES}{name}."
    if term == "draw_years":
        table["drawdown"] = {"kind": "level", "years": int(value) if value == value // 1 else value}
        return [f"{prefix}drawdown.years"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise InputError(f"{prefix}cash_share: a share between 0 and 1 is needed, given {value!r}")
    shares = np.array([[tranche.share for tranche in structure.tranches]])
    changed = rebalanced(shares, cash_classes(structure), np.array([float(value)]))[0]
    for tranche, share in zip(structure.tranches, changed.tolist(), strict=True):
        table["tranches"][tranche.name]["share"] = share
    return [f"{prefix}tranches.{tranche.name}.share" for tranche in structure.tranches]


def _unknown_path(path: str, known: list[str]) -> UnknownNameError:
    ending = [name for name in known if name.endswith(f".{path}")]
    hint = suggest(path, known)
    if ending:
        hint = "; did you mean " + " or ".join(repr(name) for name in ending[:3]) + "?"
    return UnknownNameError(f"unknown path {path!r}{hint or '; see parameters() for all paths'}")


def difference(one: Scenario, other: Scenario) -> pd.DataFrame:
    """Return the table of :meth:`Scenario.diff`."""
    before, after = (
        {path: value for path, value, _ in leaves(scenario, skip=("provenance",))}
        for scenario in (one, other)
    )
    differing = [
        path
        for path in dict.fromkeys([*before, *after])
        if path not in before or path not in after or before[path] != after[path]
    ]
    frame = pd.DataFrame(
        {
            "before": pd.Series([before.get(path, np.nan) for path in differing], dtype=object),
            "after": pd.Series([after.get(path, np.nan) for path in differing], dtype=object),
        }
    )
    frame.index = pd.Index(differing, name="path", dtype=str)
    return labelled(frame, {}, scenario_hash=one.hash)


def resolve(scenario: Scenario, name: str, structures: Iterable[str]) -> tuple[str, ...]:
    """Return the paths a full path or a short name stands for, among the given structures.

    A short name is the end of a path (``durability``); one that each structure has
    (``project_irr``, ``cash_share``) stands for all of the given structures. A name that could
    mean two different things is refused with the candidates.
    """
    known, chosen = list(numbers(scenario)), list(structures)
    head, _, last = name.rpartition(".")
    if name in known or (last in TERMS and head.startswith(STRUCTURES)):
        return (name,)
    if name in TERMS:
        return tuple(
            f"{STRUCTURES}{structure}.{name}"
            for structure in chosen
            if scenario.pledge.structure(structure).tranches
        )
    ending = [path for path in known if path.endswith(f".{name}")]
    outside = [path for path in ending if not path.startswith(STRUCTURES)]
    inside = {
        path: path.removeprefix(STRUCTURES).partition(".")
        for path in ending
        if path.startswith(STRUCTURES)
    }
    meant = [path for path, (structure, _, _) in inside.items() if structure in chosen]
    meanings = {inside[path][2] for path in meant} | set(outside)
    if len(meanings) == 1:
        return tuple(meant or outside)
    if not meanings:
        raise _unknown_path(name, known)
    raise UnknownNameError(
        f"{name!r} can mean {len(meanings)} different numbers; give the path: "
        f"{', '.join((meant + outside)[:8])}"
    )
