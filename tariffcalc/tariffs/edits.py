"""What a schedule is made of, and how another one is made from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, field_validator

from tariffcalc.errors import UnknownNameError, unknown_name
from tariffcalc.models import Date, Model, Named, Table, as_date, tree
from tariffcalc.tariffs.conventions import (
    COARSE,
    OTHERS,
    CoarseLines,
    OtherPartners,
    Reading,
    convention_value,
)
from tariffcalc.tariffs.coverage import refuse_circles
from tariffcalc.tariffs.measures import TariffMeasure, checked_partners
from tariffcalc.tariffs.products import is_list_name, list_window_dates
from tariffcalc.tariffs.rates import authorities_of

__all__ = ["ScheduleEdits"]


def checked_conventions(value: object) -> object:
    """Return the shares that conventions stand for; refuse a parameter or a choice unknown."""
    if not isinstance(value, Mapping):
        return value
    if own := [name for name in (COARSE, OTHERS) if name in value]:
        raise ValueError(f"{own[0]} is a field of the schedule itself, give it beside conventions")
    try:
        return Table({name: convention_value(name, choice) for name, choice in value.items()})
    except UnknownNameError as error:
        raise ValueError(str(error)) from None


Conventions = Annotated[Mapping[str, Any], BeforeValidator(checked_conventions)]


class ScheduleEdits(Model):
    """The fields of a schedule and the ways to change them; every change is a new schedule."""

    measures: Named[TariffMeasure]
    as_of: Date | None = None
    conventions: Conventions = Table()
    coarse_lines: CoarseLines = "refuse"
    partners: tuple[str, ...] = ()
    other_partners: OtherPartners = "refuse"

    @field_validator("partners")
    @classmethod
    def _partners(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return checked_partners(value)

    @field_validator("measures")
    @classmethod
    def _order(cls, measures: tuple[TariffMeasure, ...]) -> tuple[TariffMeasure, ...]:
        refuse_circles(measures)
        return measures

    def __repr__(self) -> str:
        """Return how many measures there are, and the vintage."""
        vintage = "" if self.as_of is None else f", as of {self.as_of}"
        count = len(self.measures)
        return f"TariffSchedule({count} measure{'s' * (count != 1)}{vintage})"

    def __str__(self) -> str:
        """Return the same."""
        return repr(self)

    @property
    def authorities(self) -> tuple[str, ...]:
        """The authorities that add duty, in the order in which they first occur."""
        return authorities_of(self.measures)

    def measure(self, name: str) -> TariffMeasure:
        """Return the measure of that name."""
        for measure in self.measures:
            if measure.name == name:
                return measure
        raise unknown_name("measure", name, [m.name for m in self.measures])

    def change_dates(self) -> list[dt.date]:
        """Return the days on which a rate can change, sorted: starts, ends, product lists."""
        days: set[dt.date] = set()
        for measure in self.measures:
            inside = {measure.start}
            if measure.end is not None and measure.end < dt.date.max:
                inside.add(measure.end + dt.timedelta(days=1))
            for product in (*measure.products, *measure.exempt_products):
                if is_list_name(product):
                    changes = list_window_dates(product, self.as_of)
                    inside |= {day for day in changes if measure.in_force(day)}
            days |= inside
        return sorted(days)

    def reading(self, on: dt.date | str) -> Reading:
        """Return how this schedule reads the law of a day."""
        known = self.partners if self.other_partners == "refuse" else ()
        return Reading(as_date(on), self.as_of, self.conventions, self.coarse_lines, known)

    def with_measure(self, measure: TariffMeasure) -> Self:
        """Return the schedule with one more measure.

        Parameters
        ----------
        measure
            A measure whose name is not yet used.

        Returns
        -------
        TariffSchedule

        Raises
        ------
        InputError
            For a name used already, or authorities that would displace each other in a circle.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> extra = tc.TariffMeasure(name="flat", authority="section_122", rate=0.1,
        ...                          start="2026-02-24")
        >>> tc.TariffSchedule(measures=()).with_measure(extra).authorities
        ('section_122',)
        """
        return self._but(measures=(*self.measures, measure))

    def without(self, name: str) -> Self:
        """Return the schedule without the measure of that name.

        Parameters
        ----------
        name
            Name of a measure of this schedule.

        Returns
        -------
        TariffSchedule

        Raises
        ------
        UnknownNameError
            For a name the schedule does not hold.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> law = tc.load_scenario("korea-us", as_of="2025-10-17").status_quo
        >>> "reciprocal" in law.without("reciprocal-15").authorities
        False
        """
        self.measure(name)
        return self._but(measures=tuple(m for m in self.measures if m.name != name))

    def with_rate(self, name: str, rate: float) -> Self:
        """Return the schedule with another ad valorem rate for one measure.

        Parameters
        ----------
        name
            Name of a measure of this schedule.
        rate
            The new rate [fraction of customs value].

        Returns
        -------
        TariffSchedule

        Raises
        ------
        UnknownNameError
            For a name the schedule does not hold.
        InputError
            For a rate that is negative, not finite or in percent.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> law = tc.load_scenario("korea-us", as_of="2025-10-17").status_quo
        >>> law.with_rate("reciprocal-15", 0.25).measure("reciprocal-15").rate
        0.25
        """
        return self._with_fields(name, rate=rate)

    def with_dates(
        self, name: str, *, start: dt.date | str | None = None, end: dt.date | str | None = None
    ) -> Self:
        """Return the schedule with another first or last day for one measure.

        Parameters
        ----------
        name
            Name of a measure of this schedule.
        start, end
            The new days; what is not given stays.

        Returns
        -------
        TariffSchedule

        Raises
        ------
        UnknownNameError
            For a name the schedule does not hold.
        InputError
            For what is not a date, or an end before the start.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> law = tc.load_scenario("korea-us", as_of="2025-10-17").status_quo
        >>> law.with_dates("autos-25", end="2025-10-31").measure("autos-25").end
        datetime.date(2025, 10, 31)
        """
        given = {"start": start, "end": end}
        return self._with_fields(name, **{key: day for key, day in given.items() if day})

    def enact(self, name: str) -> Self:
        """Return the schedule in which a measure that was only announced is law from its start.

        Parameters
        ----------
        name
            Name of a measure of this schedule.

        Returns
        -------
        TariffSchedule

        Raises
        ------
        UnknownNameError
            For a name the schedule does not hold.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> threat = tc.TariffMeasure(name="threat", authority="reciprocal", rate=0.25,
        ...                           start="2025-08-01", status="threatened")
        >>> tc.TariffSchedule(measures=(threat,)).enact("threat").measure("threat").status
        'in force'
        """
        return self._with_fields(name, status="in force")

    def with_convention(self, parameter: str, choice: float | str) -> Self:
        """Return the schedule that takes a share from another source.

        Parameters
        ----------
        parameter
            A parameter of :func:`tariffcalc.list_conventions`, or any name ending in ``_share``.
        choice
            One of its choices, ``"lines"`` for the column of the flows, or a share [fraction].

        Returns
        -------
        TariffSchedule

        Raises
        ------
        UnknownNameError, InputError
            For a parameter or a choice that does not exist, or a share outside 0 to 1.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> law = tc.load_scenario("korea-us", as_of="2025-10-17").status_quo
        >>> law.with_convention("steel_share", 0.5).conventions
        {'steel_share': 0.5}
        """
        value = convention_value(parameter, choice)
        if parameter in (COARSE, OTHERS):
            return self._but(**{parameter: value})
        return self._but(conventions={**self.conventions, parameter: value})

    def _with_fields(self, name: str, **fields: Any) -> Self:
        changed = TariffMeasure.from_tree(tree(self.measure(name)) | fields)
        return self._but(measures=tuple(changed if m.name == name else m for m in self.measures))

    def _but(self, **fields: Any) -> Self:
        return type(self)(**{**dict(self), **fields})
