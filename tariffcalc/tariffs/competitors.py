"""What competitors pay on the goods that one partner sells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from tariffcalc.errors import InputError, raise_faults
from tariffcalc.models import as_date
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.partners import partner_faults
from tariffcalc.tables import labelled, ratio
from tariffcalc.tariffs.conventions import LINES
from tariffcalc.tariffs.distinct import distinct_lines
from tariffcalc.tariffs.grouping import By, grouping, weighted
from tariffcalc.tariffs.lines import lines_of
from tariffcalc.tariffs.rates import rate_columns
from tariffcalc.tariffs.schedule import TariffSchedule
from tariffcalc.trade.flows import TradeFlows

__all__ = ["COMPETITORS", "rate_gaps"]

COMPETITORS = ("JPN", "EU27", "GBR", "CHN", "MEX", "CAN", "TWN", "VNM", "CHE", "IND")
SHARES_OF_PARTNERS = {"preference_use_share": "chapter", "usmca_share": "2025"}
# What the flows know of their own partner, beside its shares.
OWN = ("preferential_rate", "preferential_specific_usd_per_unit", "annual_quantity")


def rate_gaps(
    flows: TradeFlows,
    schedule: TariffSchedule,
    *,
    dates: Sequence[dt.date | str],
    competitors: Sequence[str] = COMPETITORS,
    by: By = "sector",
) -> pd.DataFrame:
    """Compare the rate a partner pays with what competitors would pay on the same goods.

    Parameters
    ----------
    flows
        Imports from one partner; its lines and weights are the basket for everyone.
    schedule
        The law; its conventions hold for all partners.
    dates
        Dates of entry.
    competitors
        Partners to compare with; the partner itself, if named, is left out.
    by
        ``"sector"``, ``"chapter"``, ``"section"``, ``"hs"`` or any column of the flows; a mapping
        of HS prefixes to labels; ``None`` for the whole basket.

    Returns
    -------
    pandas.DataFrame
        Index ``date`` and the groups; columns ``value_usd``, ``<partner>_rate``, then for each
        competitor ``<competitor>_rate`` and ``<competitor>_gap_pp``: its rate − the partner's in
        percentage points, positive where the partner pays less.

    Raises
    ------
    InputError
        For flows of several partners, no date, an unknown competitor, or a share not known.

    Notes
    -----
    A competitor's base rate is MFN; a preference counts for Mexico and Canada alone, at 0, on the
    share that claims the USMCA. The flows do not know these shares, so where the schedule takes
    them from the lines, a competitor's come from the tables ``preference_use_share`` ``chapter``
    and ``usmca_share`` ``2025`` of :func:`list_conventions`.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> flows = tc.load_flows("us-imports-2024", partners=["KOR"])
    >>> law = tc.load_schedule("united-states")
    >>> gaps = tc.rate_gaps(flows, law, dates=["2025-10-01"], competitors=["JPN", "EU27"])
    >>> gaps.xs("Passenger cars", level="sector")["JPN_gap_pp"].round(1).tolist()
    [-10.0]
    """
    if len(flows.partners) != 1:
        raise InputError(
            f"flows: one partner is needed, given {', '.join(flows.partners)}; use .only(partner)"
        )
    raise_faults("competitors cannot be compared", partner_faults(competitors))
    days = [as_date(day) for day in dates]
    if not days:
        raise InputError("dates: at least one is needed")
    own = flows.partners[0]
    others = [name for name in dict.fromkeys(competitors) if name != own]
    groups = grouping(flows._frame, by)
    baskets = {own: flows._frame} | {name: basket(flows, name) for name in others}
    rates = {
        name: _rates(schedule if name == own else elsewhere(schedule), frame, days, by)
        for name, frame in baskets.items()
    }
    tables = []
    for row in range(len(days)):
        columns: dict[str, FloatArray] = {"value_usd": groups.value}
        columns[f"{own}_rate"] = ratio(rates[own][row], groups.value)
        for name in others:
            columns[f"{name}_rate"] = ratio(rates[name][row], groups.value)
            columns[f"{name}_gap_pp"] = 100.0 * (columns[f"{name}_rate"] - columns[f"{own}_rate"])
        tables.append(pd.DataFrame(columns, index=groups.index))
    frame = pd.concat(tables, keys=pd.DatetimeIndex(days), names=["date"])
    return labelled(frame, {str(name): _unit(str(name)) for name in frame.columns})


def basket(flows: TradeFlows, partner: str) -> pd.DataFrame:
    """Return the goods of some flows as if they came from another partner."""
    frame = flows._frame.assign(partner=partner)
    shares = [str(name) for name in frame.columns if str(name).endswith("_share")]
    of_goods = ("steel_share", "aluminum_share", "copper_share")
    frame = frame.drop(columns=[*OWN, *shares], errors="ignore").join(
        flows._frame[[name for name in shares if name in of_goods]]
    )
    return frame.assign(preferential_rate=0.0) if partner in ("MEX", "CAN") else frame


def elsewhere(schedule: TariffSchedule) -> TariffSchedule:
    """Return a schedule that looks up what the lines of one partner cannot say of another."""
    for parameter, choice in SHARES_OF_PARTNERS.items():
        if schedule.conventions.get(parameter, LINES) == LINES:
            schedule = schedule.with_convention(parameter, choice)
    return schedule


def _rates(
    schedule: TariffSchedule, frame: pd.DataFrame, days: list[dt.date], by: By
) -> list[FloatArray]:
    """Return Σ value·rate by group on each day."""
    lines = lines_of(TradeFlows(frame))
    groups = grouping(frame, by)
    distinct = distinct_lines(schedule.measures, lines, schedule.reading(days[0]))
    totals = (
        rate_columns(schedule.measures, distinct, schedule.reading(day))["total_rate"]
        for day in days
    )
    return [weighted(groups, total) for total in totals]


def _unit(column: str) -> str:
    if column.endswith("_usd"):
        return "USD"
    return "percentage points" if column.endswith("_pp") else "fraction of customs value"
