"""A study: scenarios by name, and what is asked of them, as a person writes it down."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from tariffcalc.errors import suggest
from tariffcalc.models import Date, Model, Name, Named, Table, tree
from tariffcalc.scenario import files
from tariffcalc.studies.chunked import SimulateItem, SweepItem
from tariffcalc.studies.items import Item
from tariffcalc.studies.quick import BreakEvenItem, CompareItem, SensitivityItem
from tariffcalc.studies.values import read_changes

__all__ = ["KINDS", "Study", "StudyScenario"]

KINDS = ("compare", "break_even", "sensitivity", "sweep", "simulate")


class StudyScenario(Model):
    """A scenario of a study: packaged or in a file, as it is or with other values.

    Parameters
    ----------
    name
        What the items of the study call it.
    packaged, as_of
        Name of a packaged scenario, and its vintage; by default the newest.
    file
        A ``.toml`` or ``.json`` file, from where the study lies.
    set
        Path → value, as for :meth:`tariffcalc.Scenario.replace`.
    """

    name: Name
    packaged: str | None = None
    as_of: Date | None = None
    file: str | None = None
    set: Annotated[Mapping[str, Any], BeforeValidator(read_changes), AfterValidator(Table)] = Field(
        default_factory=Table
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_origin(self)
        return self


def check_origin(entry: StudyScenario) -> None:
    """Refuse a scenario from two places, from none, or a vintage of a file."""
    if (entry.packaged is None) == (entry.file is None):
        raise ValueError('either packaged or file is needed, such as packaged = "korea-us"')
    if entry.file is not None and entry.as_of is not None:
        raise ValueError("as_of chooses a packaged vintage; a file states its own as_of")


class Study(Model):
    """Scenarios and what is asked of them, as :func:`run_study` runs it into a folder.

    Parameters
    ----------
    name, title
        What the results call it, and a line that says what it is about.
    scenarios
        By name: ``packaged`` with ``as_of``, or ``file``; and ``set``, path → value.
    compare, break_even, sensitivity, sweep, simulate
        By name, what is asked: ``scenario`` (of ``compare``: ``scenarios``), and the arguments of
        the function :func:`compare`, :func:`break_even`, :func:`sensitivity`, :func:`sweep` or
        :func:`simulate`. The values of a sweep are lists, or ranges ``{low, high, points}``; a
        distribution is a table with its ``kind``, a correlation a list of name, name and number.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> study = tc.Study(
    ...     name="returns",
    ...     scenarios={"october": {"packaged": "korea-us", "as_of": "2025-10-17"}},
    ...     sweep={"irr": {"scenario": "october", "values": {"project_irr": [0.05, 0.10]}}})
    >>> [item.label for item in study.items()]
    ['sweep.irr']
    """

    name: Name
    title: str = ""
    scenarios: Named[StudyScenario]
    compare: Named[CompareItem] = ()
    break_even: Named[BreakEvenItem] = ()
    sensitivity: Named[SensitivityItem] = ()
    sweep: Named[SweepItem] = ()
    simulate: Named[SimulateItem] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_study(self)
        return self

    def items(self) -> Iterator[Item]:
        """Walk what is asked, the quick kinds first."""
        for kind in KINDS:
            yield from getattr(self, kind)

    @property
    def cases(self) -> int:
        """Number of points and draws of all sweeps and simulations."""
        return sum(item.cases for item in self.items())

    @property
    def hash(self) -> str:
        """Sixteen hexadecimal digits that change with any word or number of the study."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]

    def to_json(self, path: str | Path | None = None) -> str:
        """Return the study as JSON, and write it to a file when a path is given.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> study = tc.Study(
        ...     name="one", scenarios={"now": {"packaged": "korea-us"}},
        ...     compare={"all": {"scenarios": ["now"]}})
        >>> tc.Study.from_json(study.to_json()) == study
        True
        """
        return files.written(files.json_text(tree(self)), path)

    @classmethod
    def from_toml(cls, source: str | Path) -> Study:
        """Read a study from TOML text or from a file.

        Parameters
        ----------
        source
            A :class:`pathlib.Path`, or TOML text.

        Returns
        -------
        Study

        Raises
        ------
        InputError
            For a file over 5 MB, text that is not TOML, a key given twice, and all faults of the
            content at once.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> tc.Study.from_toml("name = 'x'")
        Traceback (most recent call last):
        tariffcalc.errors.InputError: Study cannot be built:
          - scenarios: required, but not given
        """
        return cls.from_tree(files.toml_tree(source))

    @classmethod
    def from_json(cls, source: str | Path) -> Study:
        """Read a study from JSON text or from a file; the form is that of :meth:`to_json`.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> tc.Study.from_json('{"name": "x", "name": "y"}')
        Traceback (most recent call last):
        tariffcalc.errors.InputError: JSON text cannot be read: key 'name' is given twice
        """
        return cls.from_tree(files.json_tree(source))


def check_study(study: Study) -> None:
    """Refuse a study that asks nothing, or that asks of scenarios it does not have."""
    known = [entry.name for entry in study.scenarios]
    items = list(study.items())
    faults = [] if items else [f"nothing is asked; give a table of {', '.join(KINDS)}"]
    for item in items:
        word = "scenarios" if item.kind == "compare" else "scenario"
        for name in item.asked_of:
            if name not in known:
                hint = suggest(name, known)
                listed = ", ".join(known) or "none"
                faults.append(
                    f"{item.label}.{word}: unknown scenario {name!r}{hint or '.'} "
                    f"The study has {listed}"
                )
        if len(set(item.asked_of)) < len(item.asked_of):
            faults.append(f"{item.label}.{word}: a scenario is named twice")
    if faults:
        raise ValueError("; ".join(faults))
