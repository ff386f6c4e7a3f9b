"""The measures in force plus the stacking rules: the rate of a line on a date."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError
from tariffcalc.tables import labelled, ratio
from tariffcalc.tariffs.distinct import distinct_lines
from tariffcalc.tariffs.grouping import By, grouping, weighted
from tariffcalc.tariffs.lines import lines_of
from tariffcalc.tariffs.over_time import OverTime
from tariffcalc.tariffs.rates import rate_columns
from tariffcalc.trade.flows import TradeFlows

__all__ = ["TariffSchedule"]

RATE_UNIT = "fraction of customs value"


class TariffSchedule(OverTime):
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
        What to do with a line coarser than the codes of a measure: ``"refuse"`` it, or charge it
        the mean of what the statistical lines below it would be charged (``"line_count"``).
    partners, other_partners
        Partners whose law the measures hold, empty for any; lines of others are refused
        (``"refuse"``) or charged by the measures that name everyone (``"rest"``).

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
        self, flows: TradeFlows | pd.DataFrame, *, on: dt.date | str, by: By = None
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
        0.178
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
        rates["schedule_duty_usd"] = duty
        # Not assign: it copies every column while all of them are alive.
        beside = pd.DataFrame(rates, index=frame.index, copy=False)
        return pd.concat([frame, beside], axis=1)
