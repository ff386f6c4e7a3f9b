"""The parts of a scenario that say what the tariffs are and on which trade they fall."""

from __future__ import annotations

import datetime as dt
from typing import Self

from pydantic import model_validator

from tariffcalc.errors import InputError, suggest, unknown_name
from tariffcalc.models import Date, Growth, Model, Name, Named, Share, Years, number
from tariffcalc.tariffs.coverage import displacement_order
from tariffcalc.tariffs.measures import TariffMeasure, enacted
from tariffcalc.tariffs.schedule import TariffSchedule
from tariffcalc.trade.response import StaticResponse

__all__ = ["SCHEDULES", "Tariffs", "Trade"]

SCHEDULES = ("status_quo", "no_deal", "deal")


class Tariffs(Model):
    """The measures of a scenario, which of them make up its three schedules, and how long.

    Parameters
    ----------
    law_date
        The date on which the schedules are read; law is taken as constant from then on.
    measures
        All measures, by name.
    status_quo, no_deal, deal
        Names of the measures in the law of the vintage, if talks fail, once the deal is in force.
    durability
        Yearly probability that the relief survives [fraction per year].
    relief_years
        Years for which relief is counted.
    snap_back
        Whether relief falls to that of no deal, 0, in periods in which a call is unpaid.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.load_scenario("korea-us").tariffs.schedule("deal").authorities[0]
    'section_232_autos'
    """

    law_date: Date
    measures: Named[TariffMeasure]
    status_quo: tuple[Name, ...]
    no_deal: tuple[Name, ...]
    deal: tuple[Name, ...]
    durability: Share = number("fraction per year", "yearly survival of the relief")
    relief_years: Years = number("years", "years of relief counted")
    snap_back: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_schedules(self)
        return self

    def schedule(self, name: str, *, as_of: dt.date | None = None) -> TariffSchedule:
        """Return one of the three schedules, in which its measures are law whatever their status.

        ``as_of`` is the vintage of the product lists; None means all that is packaged.
        """
        if name not in SCHEDULES:
            raise unknown_name("schedule", name, SCHEDULES)
        by_name = {measure.name: measure for measure in self.measures}
        members = (by_name[member] for member in getattr(self, name))
        return TariffSchedule(measures=tuple(enacted(member) for member in members), as_of=as_of)


def check_schedules(tariffs: Tariffs) -> None:
    """Refuse a schedule that names a measure twice, or one that is not there, or a circle."""
    by_name = {measure.name: measure for measure in tariffs.measures}
    faults: list[str] = []
    for schedule in SCHEDULES:
        members: tuple[str, ...] = getattr(tariffs, schedule)
        unknown = [member for member in members if member not in by_name]
        faults += [f"{schedule}: unknown measure {m!r}{suggest(m, by_name)}" for m in unknown]
        twice = sorted({member for member in members if members.count(member) > 1})
        faults += [f"{schedule}: {member!r} is named twice" for member in twice]
        try:
            displacement_order([by_name[member] for member in members if member in by_name])
        except InputError as error:
            faults.append(f"{schedule}: {error}")
    if faults:
        raise ValueError("; ".join(faults))


class Trade(Model):
    """The flows a scenario is valued on, and how they answer.

    Parameters
    ----------
    flows
        Name of a packaged trade table; any name when flows are given to the analysis.
    growth_rate
        Growth of trade after the first period [fraction per year].
    response
        How prices answer, :class:`StaticResponse`.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.load_scenario("korea-us").trade.flows
    'us-imports-2024'
    """

    flows: Name
    growth_rate: Growth = number("fraction per year", "growth of trade")
    response: StaticResponse
