"""A funding structure: one complete set of terms; and the pledge that several compete for."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import Field, field_validator, model_validator

from tariffcalc.errors import unknown_name
from tariffcalc.models import Count, Date, Growth, Model, Money, Name, Named, Share, number
from tariffcalc.numeric.arrays import BoolArray, FloatArray
from tariffcalc.pledge.drawdown import Drawdown
from tariffcalc.pledge.funding import FundingSource, check_order
from tariffcalc.pledge.instruments import Equity, Instrument, PrivateInvestment
from tariffcalc.pledge.projects import Project, check_weights
from tariffcalc.pledge.waterfall import Waterfall

__all__ = ["FundingStructure", "Pledge", "PledgePart", "Tranche", "rebalanced"]


class Tranche(Model):
    """A part of a pledge in one instrument.

    Parameters
    ----------
    name
        Unlike any other in the structure.
    instrument
        :class:`Equity`, :class:`Loan`, :class:`Guarantee`, :class:`PrivateInvestment` or
        :class:`ShipFinance`.
    share
        Share of the structure's headline.
    part
        The part of the pledge it belongs to (``"shipbuilding"``), if the pledge names parts.
    drawdown
        A drawdown of its own, outside the structure's and its caps: there the money of the
        tranche counts, whatever its instrument.
    priority
        Place in the order in which a drawdown with ``allocation="priority"`` fills the tranches,
        the lowest first, equal ones together; 0 where none is given.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Tranche(name="cash", instrument=tc.Equity(), share=1.0)
    Tranche('cash')
    """

    name: Name
    instrument: Instrument
    share: Share = number("share of headline", "share of the structure's headline")
    part: Name | None = None
    drawdown: Drawdown | None = None
    priority: Count | None = number(
        "place", "place in the order in which tranches are filled", default=None
    )


class FundingStructure(Model):
    """One complete set of terms under negotiation.

    Parameters
    ----------
    name
        What tables and paths call it.
    tranches
        Parts by instrument; their shares add up to 1.
    drawdown, waterfall, funding
        When it is paid in, how project cash is split, where the dollars come from.
    project_irr, construction_years, life_years
        Internal rate of return of the projects [fraction per year], years until the first cash,
        years of level cash.
    projects
        What the equity is spent on, by share; none is one project on the structure's terms.
    headline_usd
        Amount of the structure [USD], if it is not the pledge's.
    utilisation_share
        Share of the headline that is really drawn: a ceiling is not a target.
    schedule
        The tariff schedule it brings about: ``"deal"``, ``"status_quo"`` or ``"no_deal"``.
    side, published, source
        Who proposed it, when it was made public, where it was read.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.FundingStructure(
    ...     name="cash", tranches=(tc.Tranche(name="all", instrument=tc.Equity(), share=1.0),),
    ...     drawdown=tc.Drawdown.level(3), project_irr=0.06, construction_years=3, life_years=20,
    ...     waterfall=tc.Waterfall(split_before=0.5, split_after=0.1, deemed_rate=0.0418))
    FundingStructure('cash')
    """

    name: Name
    title: str = ""
    side: str = ""
    schedule: Literal["deal", "status_quo", "no_deal"] = "deal"
    headline_usd: Money | None = number("USD", "amount, if not the pledge's", default=None)
    utilisation_share: Share = number("share of headline", "share really drawn", default=1.0)
    tranches: Named[Tranche] = ()
    drawdown: Drawdown = Field(default_factory=Drawdown.upfront)
    waterfall: Waterfall | None = None
    project_irr: Growth | None = number(
        "fraction per year", "internal rate of return of the projects", default=None
    )
    construction_years: Count = number(
        "years", "years from a draw to the first cash", default=0, le=50
    )
    life_years: Count | None = number("years", "years of level cash", default=None, ge=1, le=100)
    projects: Named[Project] = ()
    funding: Named[FundingSource] = ()
    published: Date | None = None
    source: str = ""

    @field_validator("funding")
    @classmethod
    def _funding(cls, value: tuple[FundingSource, ...]) -> tuple[FundingSource, ...]:
        return check_order(value)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_structure(self)
        return self

    @property
    def cash_share(self) -> float:
        """Share of the headline that is paid in as equity."""
        return sum(t.share for t in self.tranches if isinstance(t.instrument, Equity))


def check_structure(structure: FundingStructure) -> None:
    """Refuse shares that do not add up, and instruments without the terms they need."""
    if not structure.tranches:
        if structure.headline_usd != 0:
            raise ValueError("tranches: at least one is needed unless headline_usd is 0")
        return
    total = sum(tranche.share for tranche in structure.tranches)
    if abs(total - 1.0) > 1e-9:
        raise ValueError(
            f"tranches: shares add up to {total:.10g}, and have to add up to 1; "
            f"{'add' if total < 1 else 'take away'} {abs(1 - total):.10g}"
        )
    for kind, label, terms in (
        (Equity, "equity", equity_terms(structure)),
        (PrivateInvestment, "private investment", ("life_years",)),
    ):
        if any(isinstance(tranche.instrument, kind) for tranche in structure.tranches):
            missing = [term for term in terms if getattr(structure, term) is None]
            if missing:
                raise ValueError(f"{label} needs {', '.join(missing)}")
    check_weights(structure.projects)


def equity_terms(structure: FundingStructure) -> tuple[str, ...]:
    """Return the terms that equity needs: a life unless every project has its own."""
    own = [project.life_years is not None for project in structure.projects]
    terms = ("project_irr", "life_years", "waterfall")
    return tuple(term for term in terms if term != "life_years" or not own or not all(own))


class PledgePart(Model):
    """A named part of a pledge with its amount [USD].

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.PledgePart(name="shipbuilding", amount_usd=150e9)
    PledgePart('shipbuilding')
    """

    name: Name
    amount_usd: Money = number("USD", "amount of the part")


class Pledge(Model):
    """The promise, and the structures under negotiation for it.

    Parameters
    ----------
    headline_usd
        The amount promised [USD].
    payer, host
        ISO 3166 alpha-3 codes of the pledging country and of the country invested in.
    parts
        Named parts whose amounts add up to the headline.
    structures
        The structures, in the order in which tables show them.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.load_scenario("korea-us").pledge.headline_usd
    350000000000.0
    """

    headline_usd: Money = number("USD", "amount promised")
    payer: str = Field(pattern=r"^[A-Z][A-Z0-9]{2,3}$")
    host: str = Field(pattern=r"^[A-Z][A-Z0-9]{2,3}$")
    parts: Named[PledgePart] = ()
    structures: Named[FundingStructure]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_parts(self)
        return self

    def structure(self, name: str) -> FundingStructure:
        """Return the structure of that name."""
        for structure in self.structures:
            if structure.name == name:
                return structure
        raise unknown_name("structure", name, [s.name for s in self.structures])


def check_parts(pledge: Pledge) -> None:
    """Refuse parts that do not add up to the headline, and tranches of an unknown part."""
    names = [part.name for part in pledge.parts]
    total = sum(part.amount_usd for part in pledge.parts)
    if names and abs(total - pledge.headline_usd) > 1e-9 * pledge.headline_usd:
        raise ValueError(
            f"parts: amounts add up to {total:.15g}, and headline_usd is {pledge.headline_usd:.15g}"
        )
    for structure in pledge.structures:
        for tranche in structure.tranches:
            if tranche.part is not None and tranche.part not in names:
                raise ValueError(
                    f"structures.{structure.name}.tranches.{tranche.name}.part: unknown part "
                    f"{tranche.part!r}; the pledge names {', '.join(names) or 'none'}"
                )


def rebalanced(shares: FloatArray, cash: BoolArray, cash_share: FloatArray) -> FloatArray:
    """Return tranche shares with the cash tranches adding up to ``cash_share``.

    Both classes keep their inner proportions; a class that had nothing is filled in equal parts.

    Parameters
    ----------
    shares
        Shape (cases or 1, tranches), adding up to 1.
    cash
        Which tranches are cash, shape (tranches,); both kinds are there.
    cash_share
        Shape (cases,).
    """
    result = np.empty((max(shares.shape[0], cash_share.shape[0]), shares.shape[1]))
    for members, target in ((cash, cash_share), (~cash, 1.0 - cash_share)):
        own = shares[:, members]
        total = own.sum(axis=1, keepdims=True)
        safe = np.where(total > 0.0, total, 1.0)
        inner = np.where(total > 0.0, own / safe, 1.0 / members.sum())
        result[:, members] = inner * target[:, np.newaxis]
    return result
