"""A scenario: tariffs, trade, pledge, economy and valuation as they were known on a date."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self

import pandas as pd
from pydantic import AfterValidator, Field, model_validator

from tariffcalc.economy import Economy
from tariffcalc.errors import VintageError, suggest
from tariffcalc.models import Date, Model, Name, Table, leaves, tree
from tariffcalc.pledge.structure import Pledge
from tariffcalc.scenario import files, paths
from tariffcalc.scenario.parts import Tariffs, Trade
from tariffcalc.scenario.provenance import Provenance, speaking
from tariffcalc.tariffs.schedule import TariffSchedule
from tariffcalc.trade.elasticity_sets import elasticities_published
from tariffcalc.valuation import Valuation

__all__ = ["Scenario"]


class Scenario(Model):
    """A tariff change and the pledge that pays for it, as they were known on a date.

    Parameters
    ----------
    name, title
        What tables call it, and a line that says what it is.
    as_of
        The date it speaks for: it holds no figure published later.
    tariffs, trade, pledge, economy, valuation
        Its parts.
    provenance
        By path, or by a path with ``*`` for one part of it, where each number comes from.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> scenario
    Scenario('korea-us')
    >>> cheaper = scenario.replace({"valuation.discount_rate": 0.04})
    >>> scenario.diff(cheaper)["after"].tolist()
    [0.04]
    """

    name: Name
    title: str = ""
    as_of: Date
    tariffs: Tariffs
    trade: Trade
    pledge: Pledge
    economy: Economy
    valuation: Valuation
    provenance: Annotated[Mapping[str, Provenance], AfterValidator(Table)] = Field(
        default_factory=Table
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_scenario(self)
        return self

    @property
    def status_quo(self) -> TariffSchedule:
        """The law of the scenario's vintage."""
        return self._schedule("status_quo")

    @property
    def no_deal(self) -> TariffSchedule:
        """The law if talks fail."""
        return self._schedule("no_deal")

    @property
    def deal(self) -> TariffSchedule:
        """The law once the deal is in force."""
        return self._schedule("deal")

    def _schedule(self, name: str) -> TariffSchedule:
        return self.tariffs.schedule(name, as_of=self.as_of, coarse_lines=self.trade.coarse_lines)

    @property
    def hash(self) -> str:
        """Sixteen hexadecimal digits that change with any word or number of the scenario."""
        written = self.tree()
        written["provenance"] = dict(sorted(written["provenance"].items()))
        text = json.dumps(written, default=str, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def tree(self) -> dict[str, Any]:
        """Return the written form: nested tables whose keys are the paths of the numbers."""
        written = tree(self, skip=("provenance",))
        written["provenance"] = {path: tree(entry) for path, entry in self.provenance.items()}
        return written

    def parameters(self) -> pd.DataFrame:
        """Return every number with its unit, meaning and origin.

        Returns
        -------
        pandas.DataFrame
            Index ``path``; columns ``value, unit, description, status`` (reported, derived,
            assumption), ``source, date, low, high``. A number without a stated origin is an
            assumption.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> table = tc.load_scenario("korea-us").parameters()
        >>> table.loc["economy.reserves_usd", ["unit", "status"]].tolist()
        ['USD', 'reported']
        """
        return paths.parameter_table(self)

    def replace(self, changes: Mapping[str, Any]) -> Scenario:
        """Return the scenario with other values at some paths; they become assumptions.

        Parameters
        ----------
        changes
            Path → value. Paths are those of :meth:`parameters` and of the written form; two terms
            are understood besides: ``pledge.structures.<name>.cash_share`` moves tranches between
            cash and the rest, ``….draw_years`` draws in equal yearly parts. A new
            ``pledge.headline_usd`` keeps the proportions of the pledge's parts.

        Returns
        -------
        Scenario

        Raises
        ------
        UnknownNameError
            For a path that does not exist, with the close ones.
        InputError
            For values that do not fit, all at once.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> scenario = tc.load_scenario("korea-us")
        >>> scenario.replace({"tariffs.durability": 0.8}).tariffs.durability
        0.8
        """
        return Scenario.from_tree(paths.replaced(self, changes))

    def diff(self, other: Scenario) -> pd.DataFrame:
        """Return the paths at which another scenario differs.

        Parameters
        ----------
        other
            The scenario to compare with.

        Returns
        -------
        pandas.DataFrame
            Index ``path``; columns ``before`` (here) and ``after`` (there), NaN where one lacks
            the path; statuses and sources are left aside.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> scenario = tc.load_scenario("korea-us")
        >>> len(scenario.diff(scenario))
        0
        """
        return paths.difference(self, other)

    def to_toml(self, path: str | Path | None = None) -> str:
        """Return the scenario as TOML, and write it to a file when a path is given.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> scenario = tc.load_scenario("korea-us")
        >>> tc.Scenario.from_toml(scenario.to_toml()) == scenario
        True
        """
        return files.written(files.toml_text(self.tree()), path)

    def to_json(self, path: str | Path | None = None) -> str:
        """Return the scenario as JSON, and write it to a file when a path is given.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> scenario = tc.load_scenario("korea-us")
        >>> tc.Scenario.from_json(scenario.to_json()) == scenario
        True
        """
        return files.written(files.json_text(self.tree()), path)

    @classmethod
    def from_toml(cls, source: str | Path) -> Scenario:
        """Read a scenario from TOML text or from a file.

        Parameters
        ----------
        source
            A :class:`pathlib.Path`, or TOML text.

        Returns
        -------
        Scenario

        Raises
        ------
        InputError
            For a file over 5 MB, text that is not TOML, a key given twice, and all faults of the
            content at once.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> tc.Scenario.from_toml("name = 'x'")
        Traceback (most recent call last):
        tariffcalc.errors.InputError: Scenario cannot be built:
          - as_of: required, but not given
          - tariffs: required, but not given
          - trade: required, but not given
          - pledge: required, but not given
          - economy: required, but not given
          - valuation: required, but not given
        """
        return cls.from_tree(files.toml_tree(source))

    @classmethod
    def from_json(cls, source: str | Path) -> Scenario:
        """Read a scenario from JSON text or from a file; the form is that of :meth:`to_json`.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> tc.Scenario.from_json('{"name": "x", "name": "y"}')
        Traceback (most recent call last):
        tariffcalc.errors.InputError: JSON text cannot be read: key 'name' is given twice
        """
        return cls.from_tree(files.json_tree(source))


def check_scenario(scenario: Scenario) -> None:
    """Refuse what the parts allow one by one but not together, all faults at once."""
    faults = provenance_faults(scenario) + text_faults(scenario) + curve_faults(scenario)
    late = vintage_fault(scenario)
    if faults:
        raise ValueError("; ".join(faults + late))
    if late:
        raise VintageError(late[0])


def provenance_faults(scenario: Scenario) -> list[str]:
    """Return the entries that speak for no number, in words."""
    known = [path for path, _, _ in leaves(scenario, skip=("provenance",))]
    speak = set(speaking(scenario.provenance, known))
    silent = [entry for entry in scenario.provenance if entry not in speak]
    return [f"provenance.{entry}: no such path{suggest(entry, known)}" for entry in silent]


def curve_faults(scenario: Scenario) -> list[str]:
    """Return the paths that name a curve which the economy does not have, in words."""
    known = [curve.name for curve in scenario.economy.curves]
    faults = []
    for path, name, _ in leaves(scenario, skip=("provenance",)):
        last = path.rpartition(".")[2]
        if (last == "curve" or last.endswith("_curve")) and name not in known:
            listed = ", ".join(known) or "none"
            hint = suggest(name, known)
            faults.append(f"{path}: unknown curve {name!r}{hint}; economy.curves has {listed}")
    return faults


def text_faults(scenario: Scenario) -> list[str]:
    """Return what cannot be written in UTF-8: JSON can smuggle in half a character."""
    try:
        json.dumps(scenario.tree(), default=str, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = error.object[error.start]
        return [f"a text holds {half!r}, half of a character; write the whole character"]
    return []


def vintage_fault(scenario: Scenario) -> list[str]:
    """Return in words what is dated after the day the scenario speaks for, if anything is."""
    late = [(what, day) for what, day in dated(scenario) if day > scenario.as_of]
    if not late:
        return []
    listed = "; ".join(f"{what} is of {day}" for what, day in late)
    held = f"a scenario as of {scenario.as_of} holds nothing later: {listed}"
    return [f"{held}. Leave it out or move as_of"]


def dated(scenario: Scenario) -> Iterator[tuple[str, dt.date]]:
    """Walk everything in a scenario that carries the day on which it was public."""
    yield "tariffs.law_date", scenario.tariffs.law_date
    for path, entry in scenario.provenance.items():
        if entry.date is not None:
            yield f"provenance.{path}", entry.date
    given = scenario.trade.elasticities
    if given is not None and given.set is not None:
        yield f"trade.elasticities.set {given.set}", elasticities_published()[given.set]
    for measure in scenario.tariffs.measures:
        if measure.published is not None:
            yield f"tariffs.measures.{measure.name}", measure.published
    for structure in scenario.pledge.structures:
        if structure.published is not None:
            yield f"pledge.structures.{structure.name}", structure.published
