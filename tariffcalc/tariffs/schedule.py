"""The measures in force plus the stacking rules: the rate of a line on a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError
from tariffcalc.models import as_date
from tariffcalc.tables import labelled, ratio
from tariffcalc.tariffs.bill import Frequency, duty_bill
from tariffcalc.tariffs.distinct import distinct_lines
from tariffcalc.tariffs.edits import ScheduleEdits
from tariffcalc.tariffs.entry import customs_entry
from tariffcalc.tariffs.explain import Explanation, explain
from tariffcalc.tariffs.grouping import grouping, weighted
from tariffcalc.tariffs.lines import lines_of
from tariffcalc.tariffs.rates import rate_columns
from tariffcalc.trade.flows import TradeFlows

__all__ = ["TariffSchedule"]

RATE_UNIT = "fraction of customs value"


class TariffSchedule(ScheduleEdits):
    """A set of measures with the stacking rules of the law.

    Take the measures in force that cover a line; each drops the authorities it ``displaces``, on
    the share of value it covers; the base plus the sum of the add-ons is the total. Where a
    preference is used on a share u of the value, total = u·total(preferential base) +
    (1−u)·total(MFN base).

    Parameters
    ----------
    measures
        :class:`TariffMeasure` objects with different names.
    as_of
        The vintage: entries of product lists made public later are not seen; None means all.
    conventions
        Where shares come from that no law states: parameter → choice of
        :func:`tariffcalc.list_conventions`, or a share; a parameter that is not named is a column
        of the lines.
    coarse_lines
        What to do with a line coarser than the codes of a measure: ``"refuse"`` it, or let it
        count with the share of its statistical lines that are named (``"line_count"``).

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
        reading = self.reading(on)
        rates = rate_columns(self.measures, distinct_lines(self.measures, arrays, reading), reading)
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
        arrays, reading = lines_of(flows, valued=True), self.reading(on)
        rates = rate_columns(self.measures, distinct_lines(self.measures, arrays, reading), reading)
        groups = grouping(arrays.frame, by)
        total = rates.pop("total_rate")
        if by == "authority":
            duty = np.array([weighted(groups, rate)[0] for rate in rates.values()])
            value = np.full(duty.size, groups.value[0])
            index = pd.Index([name.removesuffix("_rate") for name in rates], name="authority")
        else:
            duty, value, index = weighted(groups, total), groups.value, groups.index
        if by is None:
            return float(ratio(duty, value)[0])
        frame = pd.DataFrame(
            {"value_usd": value, "duty_usd": duty, "effective_rate": ratio(duty, value)},
            index=index,
        )
        units = {"value_usd": "USD", "duty_usd": "USD", "effective_rate": RATE_UNIT}
        return labelled(frame, units)

    def timeline(
        self,
        flows: TradeFlows | pd.DataFrame,
        *,
        start: dt.date | str,
        end: dt.date | str,
        by: str | None = None,
    ) -> pd.DataFrame:
        """Return the effective rate by authority on each date on which the law changes.

        Parameters
        ----------
        flows
            Imports by line, with ``value_usd`` as weights.
        start, end
            First and last day; the first row is ``start`` itself.
        by
            ``None`` for all flows together; ``"sector"``, ``"chapter"``, ``"partner"`` or any
            column for one row per group and day.

        Returns
        -------
        pandas.DataFrame
            Index ``date``, or ``date`` and the groups; columns ``base_rate``, one
            ``<authority>_rate`` each, ``total_rate``.

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
        groups = grouping(arrays.frame, by)
        distinct = distinct_lines(self.measures, arrays, self.reading(first))
        tables = []
        for day in days:
            rates = rate_columns(self.measures, distinct, self.reading(day))
            columns = {
                name: ratio(weighted(groups, rate), groups.value) for name, rate in rates.items()
            }
            tables.append(pd.DataFrame(columns, index=groups.index))
        frame = pd.concat(tables, keys=pd.DatetimeIndex(days), names=["date"])
        if by is None:
            frame = frame.droplevel("group")
        return labelled(frame, dict.fromkeys(frame.columns, RATE_UNIT))

    def duty_bill(
        self,
        flows: TradeFlows | pd.DataFrame,
        *,
        start: dt.date | str,
        end: dt.date | str,
        frequency: Frequency = "M",
        by: str | None = None,
    ) -> pd.DataFrame:
        """Return the duty by month, quarter or year over a path of dates.

        Parameters
        ----------
        flows
            Imports of one year, spread evenly over the days of each calendar year; or, with a
            column ``month`` (text like ``2025-04``), imports of each of these months.
        start, end
            First and last day, both included; only these days count in the first and last period.
        frequency
            ``"M"``, ``"Q"`` or ``"Y"``.
        by
            ``None``, or ``"sector"``, ``"chapter"``, ``"partner"`` or any column.

        Returns
        -------
        pandas.DataFrame
            Index ``period``, or ``period`` and the groups; columns ``value_usd``,
            ``base_duty_usd``, one ``<authority>_duty_usd`` each, ``duty_usd`` [USD] and
            ``effective_rate``.

        Raises
        ------
        InputError, UnknownNameError
            For a fault in the flows, an end before the start, a month or frequency that is none.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> law = tc.load_scenario("korea-us").status_quo
        >>> flows = tc.load_flows("us-imports-2024", partners=["KOR"])
        >>> bill = law.duty_bill(flows, start="2025-08-07", end="2025-10-17")
        >>> bill.index.astype(str).tolist()
        ['2025-08', '2025-09', '2025-10']
        """
        return duty_bill(self, flows, (start, end), frequency, by)

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
        lines, reading = lines_of(frame, valued=True, empty=True), self.reading(on)
        distinct = distinct_lines(self.measures, lines, reading)
        rates = rate_columns(self.measures, distinct, reading)
        clash = [name for name in (*rates, "schedule_duty_usd") if name in frame.columns]
        if clash:
            raise InputError(f"columns exist already: {', '.join(clash)}; rename them first")
        duty = frame["value_usd"].to_numpy(dtype=np.float64) * rates["total_rate"]
        return frame.assign(**rates, schedule_duty_usd=duty)

    def explain(
        self, line: Mapping[str, Any] | pd.Series | pd.DataFrame, *, on: dt.date | str
    ) -> Explanation:
        """Return why a line pays what it pays on a date, in words and as a table.

        Parameters
        ----------
        line
            A mapping, a row or a frame of one row with ``hs``, ``partner`` and the columns that
            :meth:`rates` needs.
        on
            Date of entry.

        Returns
        -------
        Explanation
            Prints as sentences; ``.table`` has one row per measure that names the line.

        Raises
        ------
        InputError
            For a fault in the line, or more than one line.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> law = tc.load_scenario("korea-us").status_quo
        >>> print(law.explain({"hs": "8703230140", "partner": "KOR", "mfn_rate": 0.0},
        ...                   on="2025-10-17"))
        8703230140 from KOR on 2025-10-17: 25% of value.
        - Base rate 0% (MFN 0%).
        - autos-25 (9903.94.01): 25% on top: adds 25%.
        - reciprocal-15 (9903.02.56) does not apply, displaced by autos-25.
        """
        return explain(self, line, on)

    def customs_entry(
        self,
        line: Mapping[str, Any] | pd.Series | pd.DataFrame,
        value_usd: float,
        *,
        on: dt.date | str,
        quantity: float | None = None,
        preference: bool = False,
        fees: Sequence[str] = (),
    ) -> pd.DataFrame:
        """Return the components of one customs entry, to the cent.

        Each component is worked out in decimals, rounded half up to the cent and then added, as
        on an entry summary (CBP form 7501).

        Parameters
        ----------
        line
            As for :meth:`explain`; ``mfn_text`` (``"3.4¢/kg + 8.5%"``) may stand for ``mfn_rate``,
            and ``preferential_text`` for ``preferential_rate``.
        value_usd
            Entered value [USD].
        on
            Date of entry.
        quantity
            Quantity in the unit of the specific rates.
        preference
            Whether the preferential rate is claimed.
        fees
            ``"merchandise_processing"``, ``"harbor_maintenance"`` or both.

        Returns
        -------
        pandas.DataFrame
            Index ``component``, the base duty first; columns ``authority``, ``heading``,
            ``basis``, ``basis_kind`` (``value`` [USD] or ``quantity``), ``rate`` (fraction, or USD
            per unit), ``amount_usd``; ``attrs["total_usd"]`` is their sum.

        Raises
        ------
        InputError
            For a fault in the line, a rate text that cannot be read, a figure that is needed and
            not given, or a fee whose amounts on that day are not packaged.
        UnknownNameError
            For a fee that does not exist.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> law = tc.load_scenario("korea-us").deal
        >>> cheese = {"hs": "0406905700", "partner": "KOR", "mfn_text": "8.5%"}
        >>> entry = law.customs_entry(cheese, 1234.0, on="2025-10-17")
        >>> entry["amount_usd"].tolist(), entry.attrs["total_usd"]
        ([104.89, 185.1], 289.99)
        """
        return customs_entry(
            self, line, value_usd, on=on, quantity=quantity, preference=preference, fees=fees
        )
