"""Dotted paths into a scenario: its table of parameters, replacing, comparing, short names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tariffcalc.errors import InputError, UnknownNameError, raise_faults, suggest
from tariffcalc.faults import models_in, name_of
from tariffcalc.models import Model, check_number, leaves, tree
from tariffcalc.pledge.drawdown import MOST_YEARS
from tariffcalc.pledge.structure import rebalanced
from tariffcalc.pledge.terms import cash_classes
from tariffcalc.scenario.provenance import Provenance, provenance_of, speaking
from tariffcalc.tables import labelled, vintage

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
    known = [vintage(scenario.name, scenario.as_of)]
    units = {"value": "see column unit"}
    return labelled(frame, units, scenario_hash=scenario.hash, vintages=known)


def stated_provenance(scenario: Scenario, path: str) -> Provenance:
    """Return what is stated about a number; a measure states its source itself."""
    found = provenance_of(path, scenario.provenance)
    if found is not None:
        return found[1]
    parts = path.split(".")
    if parts[:2] == ["tariffs", "measures"]:
        for measure in scenario.tariffs.measures:
            if measure.name == parts[2] and measure.source:
                return Provenance(status="reported", source=measure.source, date=measure.published)
    return Provenance(status="assumption", source="no source is stated")


def replaced(scenario: Scenario, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the written form with other values; what was changed becomes an assumption."""
    if not isinstance(changes, Mapping):
        raise InputError(f"changes: a mapping from path to value is needed, given {changes!r}")
    written = scenario.tree()
    known = [path for path, _, _ in leaves(scenario, skip=("provenance",))]
    faults: list[str] = []
    for path in sorted(changes, key=_depth):  # a table before what is inside it
        try:
            check_alone(path, changes)
            changed = _set(scenario, written, path, _plain(changes[path]), known)
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


def _depth(path: object) -> tuple[int, str]:
    return str(path).count("."), str(path)


def _plain(value: Any) -> Any:
    """Return the written form of a value: of a number of numpy's, of declared objects.

    A table is copied, since a path inside it may be set as well.
    """
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, Model):
        return tree(value)
    if isinstance(value, list | tuple):
        rows = {name_of(row): tree(row, skip=("name",)) for row in value if isinstance(row, Model)}
        named = rows and None not in rows and len(rows) == len(value)
        return rows if named else value
    return value


def check_alone(path: object, changes: Mapping[str, Any]) -> None:
    """Refuse a term together with a path that sets the same numbers: their order would decide."""
    head, _, last = str(path).rpartition(".")
    if last not in TERMS or not head.startswith(STRUCTURES):
        return
    table = f"{head}.{'tranches' if last == 'cash_share' else 'drawdown'}"
    for other in changes:
        inside = str(other) == table or str(other).startswith(f"{table}.")
        if inside and (".instrument." not in str(other) or str(other).endswith(".kind")):
            raise InputError(f"{path} and {other} set the same numbers; leave one out")


def _still_meant(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return the provenance entries that speak for a path which is still there."""
    there = written_paths({k: v for k, v in written.items() if k != "provenance"})
    return {entry: written["provenance"][entry] for entry in speaking(written["provenance"], there)}


def written_paths(table: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Walk the paths of the plain values of nested tables."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from written_paths(value, f"{prefix}{key}.")
        elif value is not None:
            yield f"{prefix}{key}"


def _set(
    scenario: Scenario, written: dict[str, Any], path: str, value: Any, known: list[str]
) -> list[str]:
    """Put a value at a path of the written form; return the numbers it touched."""
    head, _, last = path.rpartition(".") if isinstance(path, str) else ("", "", "")
    if last in TERMS and head.startswith(STRUCTURES):
        return _set_term(scenario, written, head.removeprefix(STRUCTURES), last, value)
    parents = head.split(".") if head else []
    here: Any = written
    for part in parents:
        here = here.get(part) if isinstance(here, dict) else None
    if not isinstance(here, dict) or not _is_field(type(scenario), parents, last):
        raise _unknown_path(path, known)
    old = here.get(last)
    whole = isinstance(old, int) and isinstance(value, float) and value.is_integer()
    here[last] = int(value) if whole else value
    parts = _scaled_parts(scenario, value) if path == "pledge.headline_usd" else {}
    for name, amount in parts.items():
        written["pledge"]["parts"][name]["amount_usd"] = amount
    return [*_numbers_set(path, old, value), *(f"pledge.parts.{n}.amount_usd" for n in parts)]


def _is_field(model: type[BaseModel], parents: list[str], last: str) -> bool:
    """Tell whether a path leads to a field, or to a row of a table keyed by name."""
    owners, keyed = [model], False
    for part in [*parents, last]:
        if keyed:
            keyed = False
            continue
        fields = [owner.model_fields[part] for owner in owners if part in owner.model_fields]
        if not fields or part == "provenance":
            return False
        extra = fields[0].json_schema_extra
        keyed = isinstance(extra, dict) and "keyed_by" in extra
        owners = [found for field in fields for found in models_in(field.annotation)]
    return True


def _numbers_set(path: str, old: Any, value: Any) -> list[str]:
    """Return the paths of the numbers that a value sets; in a table, those that differ."""
    if not isinstance(value, Mapping):
        return [path] if isinstance(value, int | float) and not isinstance(value, bool) else []
    before = old if isinstance(old, Mapping) else {}
    return [
        touched
        for key, inner in value.items()
        if before.get(key) != inner
        for touched in _numbers_set(f"{path}.{key}", before.get(key), inner)
    ]


def _scaled_parts(scenario: Scenario, headline: Any) -> dict[str, float]:
    """Return the parts in their proportions of a new headline; bad values are for the model."""
    whole = scenario.pledge.headline_usd
    try:
        factor = check_number(headline) / whole
    except (ValueError, ZeroDivisionError):
        return {}
    return {part.name: part.amount_usd * factor for part in scenario.pledge.parts}


def _set_term(
    scenario: Scenario, written: dict[str, Any], name: str, term: str, value: Any
) -> list[str]:
    structure = scenario.pledge.structure(name)
    table, prefix = written["pledge"]["structures"][name], f"{STRUCTURES}{name}."
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if term == "draw_years":
        if not number or not 1 <= value <= MOST_YEARS or value != int(value):
            raise InputError(
                f"{prefix}draw_years: whole years from 1 to {MOST_YEARS} are needed, "
                f"given {value!r}"
            )
        table["drawdown"] = {"kind": "level", "years": int(value)}
        return [f"{prefix}drawdown.years"]
    if not number or not 0 <= value <= 1:
        raise InputError(f"{prefix}cash_share: a share between 0 and 1 is needed, given {value!r}")
    shares = np.array([[tranche.share for tranche in structure.tranches]])
    changed = rebalanced(shares, cash_classes(structure), np.array([float(value)]))[0]
    for tranche, share in zip(structure.tranches, changed.tolist(), strict=True):
        table["tranches"][tranche.name]["share"] = share
    return [f"{prefix}tranches.{tranche.name}.share" for tranche in structure.tranches]


def _unknown_path(path: object, known: list[str]) -> UnknownNameError:
    ending = [name for name in known if name.endswith(f".{path}")]
    hint = suggest(path, known)
    if ending:
        hint = "; did you mean " + " or ".join(repr(name) for name in ending[:3]) + "?"
    return UnknownNameError(f"unknown path {path!r}{hint or '; see parameters() for all paths'}")


def difference(one: Scenario, other: Scenario) -> pd.DataFrame:
    """Return the table of :meth:`Scenario.diff`."""
    if not isinstance(other, type(one)):
        raise InputError(f"diff: a scenario is needed, given {other!r}")
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
    if not isinstance(name, str):
        raise _unknown_path(name, known)
    head, _, last = name.rpartition(".")
    if name in known or (last in TERMS and head.startswith(STRUCTURES)):
        return (name,)
    if name in TERMS:
        with_tranches = [s for s in chosen if scenario.pledge.structure(s).tranches]
        if not with_tranches:
            raise InputError(f"{name}: {', '.join(chosen)} has no tranches to set it for")
        return tuple(f"{STRUCTURES}{structure}.{name}" for structure in with_tranches)
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
