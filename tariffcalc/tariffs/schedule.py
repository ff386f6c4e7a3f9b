"""The measures in force plus the stacking rules: the rate of a line on a date."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from pydantic import field_validator

from tariffcalc.errors import InputError, unknown_name
from tariffcalc.models import Model, Named, as_date, tree
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.tables import labelled, ratio
from tariffcalc.tariffs.coverage import refuse_circles
from tariffcalc.tariffs.grouping import grouping, weighted
from tariffcalc.tariffs.lines import Lines, lines_of
from tariffcalc.tariffs.measures import TariffMeasure
from tariffcalc.tariffs.products import is_list_name, list_window_dates
from tariffcalc.tariffs.rates import base_and_parts, total_rate
from tariffcalc.trade.flows import TradeFlows

__all__ = ["TariffSchedule"]

RATE_UNIT = "fraction of customs value"


class TariffSchedule(Model):
    """A set of measures with the stacking rules of the law.

    Take the measures in force that cover a line; each drops the authorities it ``displaces``, on
    the share of value it covers; the base plus the sum of the add-ons is the total. Where a
    preference is used on a share u of the value, total = u·total(preferential base) +
    (1−u)·total(MFN base).

    Parameters
    ----------
    measures
        :class:`TariffMeasure` objects with different names.

    Examples
    --------
    >>> import pandas as pd, tariffcalc as tc
    >>> autos = tc.TariffMeasure(name="autos", authority="section_232_autos", rate=0.15,
    ...                          form="all_in", products=("8703",), start="2025-11-01")
    >>> line = pd.DataFrame({"hs": ["870323"], "partner": ["JPN"], "mfn_rate": [0.025]})
    >>> schedule = tc.TariffSchedule(measures=(autos,))
    >>> schedule.rates(line, on="2025-11-01")["total_rate"].tolist()
    [0.15]
    >>> schedule.rates(line, on="2025-10-31")["total_rate"].tolist()
    [0.025]
    """

    measures: Named[TariffMeasure]

    @field_validator("measures")
    @classmethod
    def _order(cls, measures: tuple[TariffMeasure, ...]) -> tuple[TariffMeasure, ...]:
        refuse_circles(measures)
        return measures

    @property
    def authorities(self) -> tuple[str, ...]:
        """The authorities that add duty, in the order in which they first occur."""
        return tuple(dict.fromkeys(m.authority for m in self.measures if m.form != "base"))

    def rates(self, lines: TradeFlows | pd.DataFrame, *, on: dt.date | str) -> pd.DataFrame:
        """Return the rate of each line on a date, by authority.

        Parameters
        ----------
        lines
            Flows, or a frame with ``hs``, ``partner``, and the columns the law needs:
            ``mfn_rate`` unless a base measure covers the line, ``preferential_rate`` with
            ``preference_use_share``, the ``content`` columns of the measures.
        on
            Date of entry.

        Returns
        -------
        pandas.DataFrame
            Index of ``lines``; columns ``hs, partner, base_rate``, one ``<authority>_rate`` per
            authority, ``total_rate`` [fractions of customs value]; the parts add up to the total.

        Raises
        ------
        InputError
            For a fault in the lines, a figure that is needed and not known, or a line too coarse
            for a measure.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
        >>> flows = tc.load_flows("us-imports-2024", partners=["KOR"])
        >>> rates = scenario.status_quo.rates(flows, on="2025-10-17")
        >>> cars = rates[rates["hs"].str.startswith("870323")]
        >>> cars["section_232_autos_rate"].unique().tolist()
        [0.25]
        """
        arrays = lines_of(lines)
        frame = pd.DataFrame({"hs": arrays.frame["hs"], "partner": arrays.frame["partner"]})
        rates = self._rate_columns(arrays, as_date(on))
        return labelled(frame.assign(**rates), dict.fromkeys(rates, RATE_UNIT))

    def effective_rate(
        self, flows: TradeFlows | pd.DataFrame, *, on: dt.date | str, by: str | None = None
    ) -> float | pd.DataFrame:
        """Return the effective tariff rate: duty ÷ customs value.

        Parameters
        ----------
        flows
            Imports by line, with ``value_usd`` as weights.
        on
            Date of entry.
        by
            ``None`` for one figure; ``"sector"``, ``"chapter"``, ``"partner"`` or any column for
            one row per group; ``"authority"`` for the parts that add up to the whole.

        Returns
        -------
        float or pandas.DataFrame
            The rate [fraction]; or, by group, columns ``value_usd, duty_usd, effective_rate``.

        Raises
        ------
        InputError, UnknownNameError
            For a fault in the flows, or a column that does not exist.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
        >>> flows = tc.load_flows("us-imports-2024", partners=["KOR"])
        >>> round(scenario.status_quo.effective_rate(flows, on="2025-10-17"), 3)
        0.179
        """
        arrays = lines_of(flows, valued=True)
        base, parts = base_and_parts(self.measures, arrays, as_date(on))
        groups = grouping(arrays.frame, by)
        if by == "authority":
            duty = np.array([weighted(groups, part)[0] for part in (base, *parts.values())])
            value = np.full(duty.size, groups.value[0])
            index = pd.Index(["base", *parts], name="authority")
        else:
            duty, value, index = (
                weighted(groups, total_rate(base, parts)),
                groups.value,
                groups.index,
            )
        if by is None:
            return float(ratio(duty, value)[0])
        frame = pd.DataFrame(
            {"value_usd": value, "duty_usd": duty, "effective_rate": ratio(duty, value)},
            index=index,
        )
        units = {"value_usd": "USD", "duty_usd": "USD", "effective_rate": RATE_UNIT}
        return labelled(frame, units)

    def timeline(
        self, flows: TradeFlows | pd.DataFrame, *, start: dt.date | str, end: dt.date | str
    ) -> pd.DataFrame:
        """Return the effective rate by authority on each date on which the law changes.

        Parameters
        ----------
        flows
            Imports by line, with ``value_usd`` as weights.
        start, end
            First and last day; the first row is ``start`` itself.

        Returns
        -------
        pandas.DataFrame
            Index ``date``; columns ``base_rate``, one ``<authority>_rate`` each, ``total_rate``.

        Raises
        ------
        InputError
            For a fault in the flows, or an end before the start.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
        >>> flows = tc.load_flows("us-imports-2024", partners=["KOR"])
        >>> path = scenario.status_quo.timeline(flows, start="2025-08-01", end="2025-10-17")
        >>> len(path) > 3
        True
        """
        first, last = as_date(start), as_date(end)
        if last < first:
            raise InputError(f"end {last} is before start {first}; swap the dates")
        days = [first, *(day for day in self.change_dates() if first < day <= last)]
        arrays = lines_of(flows, valued=True)
        groups = grouping(arrays.frame, None)
        rows = []
        for day in days:
            rates = self._rate_columns(arrays, day)
            rows.append(
                {
                    name: float(ratio(weighted(groups, rate), groups.value)[0])
                    for name, rate in rates.items()
                }
            )
        frame = pd.DataFrame(rows, index=pd.DatetimeIndex(days, name="date"))
        return labelled(frame, dict.fromkeys(frame.columns, RATE_UNIT))

    def apply(self, frame: pd.DataFrame, *, on: dt.date | str) -> pd.DataFrame:
        """Return a copy of a frame of flows with its rates and duty beside it.

        A pure function of the rows: safe per partition of a larger frame.

        Parameters
        ----------
        frame
            Flows with ``hs, partner, value_usd`` and the columns that :meth:`rates` needs.
        on
            Date of entry.

        Returns
        -------
        pandas.DataFrame
            ``frame`` with ``base_rate``, ``<authority>_rate``, ``total_rate`` and
            ``schedule_duty_usd``.

        Raises
        ------
        InputError
            For a fault in the frame.

        Examples
        --------
        >>> import pandas as pd, tariffcalc as tc
        >>> frame = pd.DataFrame({"hs": ["010121"], "partner": ["KOR"], "value_usd": [200.0],
        ...                       "mfn_rate": [0.05]})
        >>> result = tc.TariffSchedule(measures=()).apply(frame, on="2025-01-01")
        >>> result["schedule_duty_usd"].tolist()
        [10.0]
        """
        rates = self._rate_columns(lines_of(frame, valued=True, empty=True), as_date(on))
        clash = [name for name in (*rates, "schedule_duty_usd") if name in frame.columns]
        if clash:
            raise InputError(f"columns exist already: {', '.join(clash)}; rename them first")
        duty = frame["value_usd"].to_numpy(dtype=np.float64) * rates["total_rate"]
        return frame.assign(**rates, schedule_duty_usd=duty)

    def _rate_columns(self, lines: Lines, on: dt.date) -> dict[str, FloatArray]:
        base, parts = base_and_parts(self.measures, lines, on)
        named = {f"{authority}_rate": part for authority, part in parts.items()}
        return {"base_rate": base, **named, "total_rate": total_rate(base, parts)}

    def change_dates(self) -> list[dt.date]:
        """Return the days on which a rate can change, sorted: starts, ends, product lists."""
        days: set[dt.date] = set()
        for measure in self.measures:
            inside = {measure.start}
            if measure.end is not None and measure.end < dt.date.max:
                inside.add(measure.end + dt.timedelta(days=1))
            for product in (*measure.products, *measure.exempt_products):
                if is_list_name(product):
                    inside |= {day for day in list_window_dates(product) if measure.in_force(day)}
            days |= inside
        return sorted(days)

    def with_measure(self, measure: TariffMeasure) -> TariffSchedule:
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
        return TariffSchedule(measures=(*self.measures, measure))

    def without(self, name: str) -> TariffSchedule:
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
        >>> law = tc.load_scenario("korea-us").status_quo
        >>> "reciprocal" in law.without("reciprocal-15").authorities
        False
        """
        self.measure(name)
        return TariffSchedule(measures=tuple(m for m in self.measures if m.name != name))

    def with_rate(self, name: str, rate: float) -> TariffSchedule:
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
        >>> law = tc.load_scenario("korea-us").status_quo
        >>> law.with_rate("reciprocal-15", 0.25).measure("reciprocal-15").rate
        0.25
        """
        changed = TariffMeasure.from_tree(tree(self.measure(name)) | {"rate": rate})
        measures = tuple(changed if m.name == name else m for m in self.measures)
        return TariffSchedule(measures=measures)

    def measure(self, name: str) -> TariffMeasure:
        """Return the measure of that name."""
        for measure in self.measures:
            if measure.name == name:
                return measure
        raise unknown_name("measure", name, [m.name for m in self.measures])
