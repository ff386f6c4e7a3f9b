"""The parts of a scenario that say what the tariffs are and on which trade they fall."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from tariffcalc.errors import InputError, suggest, unknown_name
from tariffcalc.models import Date, Growth, Model, Name, Named, Number, Share, Years, number
from tariffcalc.tariffs.conventions import CoarseLines
from tariffcalc.tariffs.coverage import displacement_order
from tariffcalc.tariffs.measures import TariffMeasure, enacted
from tariffcalc.tariffs.schedule import TariffSchedule
from tariffcalc.trade.elasticities import GivenElasticities
from tariffcalc.trade.responses import (
    ArmingtonResponse,
    ConstantElasticityResponse,
    GlobalArmingtonResponse,
    StaticResponse,
)

__all__ = ["SCHEDULES", "Response", "Tariffs", "Trade"]

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

    def schedule(
        self, name: str, *, as_of: dt.date | None = None, coarse_lines: CoarseLines = "refuse"
    ) -> TariffSchedule:
        """Return one of the three schedules, in which its measures are law whatever their status.

        ``as_of`` is the vintage of the product lists; None means all that is packaged.
        ``coarse_lines`` is that of :class:`TariffSchedule`.
        """
        if name not in SCHEDULES:
            raise unknown_name("schedule", name, SCHEDULES)
        by_name = {measure.name: measure for measure in self.measures}
        measures = tuple(enacted(by_name[member]) for member in getattr(self, name))
        return TariffSchedule(measures=measures, as_of=as_of, coarse_lines=coarse_lines)


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


def read_response(value: object) -> object:
    """Read a response without a kind as static; refuse the one that needs trade of all regions."""
    kind = value.get("kind", "static") if isinstance(value, Mapping) else None
    if isinstance(value, GlobalArmingtonResponse) or kind == "global_armington":
        raise ValueError(
            "global_armington needs the flows between all regions, and a scenario holds imports of "
            "one country; use armington, or ask GlobalArmingtonResponse about load_trade_matrix"
        )
    return {"kind": kind, **value} if isinstance(value, Mapping) else value


Response = Annotated[
    Annotated[
        StaticResponse | ConstantElasticityResponse | ArmingtonResponse,
        Field(discriminator="kind"),
    ],
    BeforeValidator(read_response),
]


class Trade(Model):
    """The flows a scenario is valued on, and how they answer.

    Parameters
    ----------
    flows
        Name of a packaged trade table; any name when flows are given to the analysis.
    growth_rate
        Growth of trade after the first period [fraction per year].
    response
        How prices and quantities answer: :class:`StaticResponse`,
        :class:`ConstantElasticityResponse` or :class:`ArmingtonResponse`. The last one also looks
        at what others sell in the same markets: of a packaged table all other partners, at the
        packaged law on them as known on the scenario's date, the same with and without a deal,
        and sales at home; of given flows their lines of other partners and of home.
    elasticities
        Elasticities of substitution by sector, :class:`Elasticities` or the name of a set; then
        the response has none of its own.
    adjustment
        Share of the long-run response that is reached in each year; the last one holds, and none
        at all is 1. Until then exporters' prices and all quantities are as before, and importers
        save the whole duty.
    inventory_lag_months
        Months before a change in duty is felt in prices and quantities.
    coarse_lines
        What to do with a line coarser than the codes of a measure: ``"refuse"`` it, or charge it
        the mean of its statistical lines (``"line_count"``), as flows at HS6 need.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.load_scenario("korea-us").trade.flows
    'us-imports-2024'
    """

    flows: Name
    growth_rate: Growth = number("fraction per year", "growth of trade")
    response: Response
    elasticities: GivenElasticities = None
    adjustment: tuple[Share, ...] = ()
    inventory_lag_months: Number = number(
        "months", "months before a change in duty is felt", default=0.0, ge=0, le=120
    )
    coarse_lines: CoarseLines = "refuse"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_elasticities(self)
        return self


def check_elasticities(trade: Trade) -> None:
    """Refuse a response whose elasticity is given twice, or not at all."""
    response = trade.response
    if isinstance(response, StaticResponse):
        return
    name = "demand_elasticity"
    own = response.demand_elasticity
    if isinstance(response, ArmingtonResponse):
        name, own = "substitution_elasticity", response.substitution_elasticity
    if own is None and trade.elasticities is None:
        raise ValueError(
            f"response.{name}: a number is needed, or elasticities by sector in "
            "trade.elasticities, such as 'central'"
        )
    if own is not None and trade.elasticities is not None:
        raise ValueError(f"response.{name} and elasticities set the same numbers; leave one out")
