"""The numbers of a structure that two sides negotiate, with short names and natural steps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo

from tariffcalc.errors import InputError
from tariffcalc.pledge.drawdown import Drawdown
from tariffcalc.pledge.instruments import Equity
from tariffcalc.pledge.structure import FundingStructure
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.paths import STRUCTURES, numbers, resolve

__all__ = ["Term", "named_terms", "negotiable_terms", "unit_of"]

# Tables and numbers of a structure that nobody agrees on: they are what happens, or, as the shares
# of tranches, what ``cash_share`` moves together.
NOT_AGREED_TABLES = {"projects", "funding", "missed"}
NOT_AGREED = {
    "project_irr",
    "construction_years",
    "life_years",
    "utilisation_share",
    "default_rate",
    "loss_given_default",
    "recovery_years",
    "expected_return",
    "share",
    "priority",
}
POINT, QUARTER_POINT = 0.01, 0.0025
UNITS = {"cash_share": "share of headline", "draw_years": "years"}


@dataclass(frozen=True, slots=True)
class Term:
    """A number under negotiation: what it is called, where it stands, and its natural step."""

    name: str
    paths: tuple[str, ...]
    value: float
    unit: str
    step: float
    whole: bool = False


def negotiable_terms(scenario: Scenario, name: str) -> list[Term]:
    """Return the terms of a structure and of the tariffs it buys, in a stable order.

    They are the amount, ``cash_share`` and ``draw_years`` where they can be set, the numbers of
    the drawdown, the waterfall and the instruments of tranches that have a share, the durability
    of the relief, and the rates that are in the structure's schedule and not in that of no deal.
    What nobody agrees on is no term: what projects yield, who defaults, where the dollars come
    from.
    """
    structure, known = scenario.pledge.structure(name), numbers(scenario)
    if not structure.tranches:
        return []
    own = f"{STRUCTURES}{name}."
    listed = [path for path in known if path.startswith(own) and _is_term(structure, path, own)]
    paths: list[str] = []
    if f"{own}headline_usd" not in known:
        paths.append("pledge.headline_usd")
    paths += _set_together(structure, own)
    if f"{own}draw_years" in paths:
        listed.remove(f"{own}drawdown.years")
    paths += [*listed, *_tariff_terms(scenario, structure)]
    return [
        term_of(scenario, known, short, (path,)) for short, path in _shortened(known, own, paths)
    ]


def named_terms(scenario: Scenario, names: Iterable[str], structure: str) -> list[Term]:
    """Return terms given by path or short name; two names for one number are refused."""
    known = numbers(scenario)
    found = [term_of(scenario, known, name, resolve(scenario, name, [structure])) for name in names]
    paths = [path for term in found for path in term.paths]
    twice = sorted({path for path in paths if paths.count(path) > 1})
    if twice:
        raise InputError(f"{twice[0]} is set by two of the given names; leave one out")
    return found


def unit_of(scenario: Scenario, path: str) -> str:
    """Return the unit of a number or of a term that is not a field of its own."""
    known = numbers(scenario)
    return _unit(known[path][1]) if path in known else UNITS[path.rpartition(".")[2]]


def term_of(
    scenario: Scenario,
    known: Mapping[str, tuple[float, FieldInfo]],
    name: str,
    paths: tuple[str, ...],
) -> Term:
    """Return a term with its present value and its natural step."""
    path = paths[0]
    if path in known:
        value, field = known[path]
        unit, whole = _unit(field), isinstance(value, int)
        return Term(name, paths, float(value), unit, natural_step(value, field), whole)
    table, _, last = path.rpartition(".")
    structure = scenario.pledge.structure(table.removeprefix(STRUCTURES))
    if last == "cash_share":
        return Term(name, paths, structure.cash_share, UNITS[last], POINT)
    if not _draws_evenly(structure):
        raise InputError(
            f"{name}: {structure.name!r} does not draw in equal yearly parts without other limits, "
            "so it has no present number of years; set its drawdown first, or name another term"
        )
    return Term(name, paths, float(structure.drawdown.years or 0), UNITS[last], 1.0, whole=True)


def natural_step(value: float, field: FieldInfo) -> float:
    """Return one year for a whole number; else by unit and size.

    One point (0.01) for shares, probabilities and tariff rates; 25 basis points for other yearly
    rates; for amounts the power of ten between 0.1% and 1% of the present one; one unit otherwise.
    """
    unit = _unit(field)
    if isinstance(value, int):
        return 1.0
    if unit.startswith(("share", "fraction of")) or any(_most(rule) for rule in field.metadata):
        return POINT
    if unit.startswith("fraction per year"):
        return QUARTER_POINT
    if unit.startswith("USD") and value > 0.0:
        return float(10.0 ** math.floor(math.log10(value / 100.0)))
    return 1.0


def _most(rule: Any) -> bool:
    """Tell whether a rule of a field says that it is at most 1: a share, or a probability."""
    return getattr(rule, "le", None) == 1


def _unit(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    return str(extra["unit"]) if isinstance(extra, dict) else ""


def _is_term(structure: FundingStructure, path: str, own: str) -> bool:
    """Tell whether a number of a structure is one that two sides agree on."""
    parts = path.removeprefix(own).split(".")
    if parts[-1] in NOT_AGREED or NOT_AGREED_TABLES & set(parts):
        return False
    empty = [tranche.name for tranche in structure.tranches if tranche.share == 0.0]
    return not (parts[0] == "tranches" and parts[1] in empty)


def _set_together(structure: FundingStructure, own: str) -> list[str]:
    """Return the paths of the terms of a structure that set several numbers at once."""
    cash = [isinstance(tranche.instrument, Equity) for tranche in structure.tranches]
    paths = [f"{own}cash_share"] if any(cash) and not all(cash) else []
    if _draws_evenly(structure):
        paths.append(f"{own}draw_years")
    return paths


def _draws_evenly(structure: FundingStructure) -> bool:
    """Tell whether a structure draws in equal yearly parts, and nothing else limits its draws."""
    years = structure.drawdown.years
    return years is not None and structure.drawdown == Drawdown.level(years)


def _tariff_terms(scenario: Scenario, structure: FundingStructure) -> list[str]:
    """Return durability, and the rates that a structure's schedule adds to that of no deal."""
    if structure.schedule == "no_deal":
        return []
    bought = getattr(scenario.tariffs, structure.schedule)
    rates = [
        f"tariffs.measures.{measure.name}.rate"
        for measure in scenario.tariffs.measures
        if measure.name in bought and measure.name not in scenario.tariffs.no_deal
    ]
    return ["tariffs.durability", *rates]


def _shortened(
    known: Mapping[str, object], own: str, paths: list[str]
) -> Iterator[tuple[str, str]]:
    """Return each path with its shortest ending that stands for it alone in this structure."""
    others = [path for path in known if not path.startswith(STRUCTURES) or path.startswith(own)]
    for path in paths:
        parts = path.split(".")
        endings = [".".join(parts[-count:]) for count in range(1, 1 + len(parts))]
        yield next(e for e in endings if all(p == path for p in others if _ends(p, e))), path


def _ends(path: str, ending: str) -> bool:
    return path == ending or path.endswith(f".{ending}")
