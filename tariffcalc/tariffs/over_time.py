"""What a schedule says over time: rates at each change of the law, and duty by period."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from tariffcalc.tariffs.bill import Frequency, duty_bill, timeline
from tariffcalc.tariffs.grouping import By
from tariffcalc.tariffs.readings import LineReadings
from tariffcalc.trade.flows import TradeFlows

__all__ = ["OverTime"]


class OverTime(LineReadings):
    """The methods of a schedule that read it over a path of dates."""

    def timeline(
        self,
        flows: TradeFlows | pd.DataFrame,
        *,
        start: dt.date | str,
        end: dt.date | str,
        by: By = None,
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
        return timeline(self, flows, (start, end), by)

    def duty_bill(
        self,
        flows: TradeFlows | pd.DataFrame,
        *,
        start: dt.date | str,
        end: dt.date | str,
        frequency: Frequency = "M",
        by: By = None,
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
