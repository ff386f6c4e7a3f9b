"""One legal instrument that sets or adds duty."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

import pandas as pd
from pydantic import BeforeValidator, Field, field_validator, model_validator

from tariffcalc.codes import code_faults
from tariffcalc.errors import UnknownNameError
from tariffcalc.models import Date, Model, Money, Name, Rate, check_number, number
from tariffcalc.partners import partner_faults
from tariffcalc.tariffs.products import check_list_name, is_list_name

__all__ = ["TariffMeasure", "enacted"]


def checked_content(content: object) -> object:
    """Refuse what is neither a share nor the name of a column of shares."""
    if content is None or (isinstance(content, str) and content.endswith("_share")):
        return content
    if isinstance(content, str):
        raise ValueError(f"a column of shares has a name ending in _share, given {content!r}")
    share = check_number(content)
    if not 0 <= share <= 1:
        raise ValueError(f"a share between 0 and 1 is needed, given {share!r}")
    return share


RESERVED = ("base", "total")
NOT_LAW = ("announced", "threatened")
Authority = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Content = Annotated[float | str | None, BeforeValidator(checked_content)]


class TariffMeasure(Model):
    """One legal instrument that sets or adds duty on some products of some partners.

    Parameters
    ----------
    name
        Name of the measure, unlike any other in its schedule.
    authority
        The legal authority, in snake case; the rate column is ``<authority>_rate``.
    rate
        Ad valorem rate [fraction of customs value].
    form
        ``"base"`` sets the base rate of a line; ``"additional"`` adds to it; ``"all_in"`` tops the
        base up to ``rate``: it adds max(0, rate − base); ``"exemption"`` adds nothing, at rate 0,
        and only displaces.
    products
        HS prefixes of 2 to 10 digits, or names of packaged product lists; empty means all.
    partners
        ISO 3166 alpha-3 codes, EU27, or ROW; empty means all.
    start, end
        First and last day in force, both included; no ``end`` means until further notice.
    displaces
        Authorities, or names of measures, that do not apply on the share this measure covers.
    content
        Share of a line's value the measure covers: a number, or the name of a column of the
        lines (``"steel_share"``); nothing given means the full value.
    quota_quantity
        Quota [units per year]: the measure covers min(1, quota ÷ ``annual_quantity``) of a line;
        displace the over-quota measure by name.
    exempt_products, exempt_partners
        HS prefixes or lists, and partners, that the measure does not cover.
    specific_usd_per_unit
        Specific duty [USD per unit of quantity], added to the ad valorem rate as its equivalent;
        the lines then need ``quantity`` and ``value_usd``.
    citation, heading, source, published
        Legal citation, Chapter 99 heading, where it was read, and the day it was made public.
    status
        ``"in force"``, ``"suspended"``, ``"void"`` and ``"expired"`` measures are charged from
        start to end; ``"announced"`` and ``"threatened"`` ones never, until they are enacted.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.TariffMeasure(name="autos", authority="section_232_autos", rate=0.25,
    ...                  form="additional", products=("8703",), partners=("KOR",),
    ...                  start="2025-04-03", displaces=("reciprocal",))
    TariffMeasure('autos')
    """

    name: Name
    authority: Authority
    rate: Rate = number("fraction of customs value", "ad valorem rate")
    form: Literal["base", "additional", "all_in", "exemption"] = "additional"
    products: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    start: Date
    end: Date | None = None
    displaces: tuple[Name, ...] = ()
    content: Content = number("share of customs value", "share of value covered", default=None)
    quota_quantity: Money | None = number(
        "units per year", "quantity that enters under the quota", default=None
    )
    exempt_products: tuple[str, ...] = ()
    exempt_partners: tuple[str, ...] = ()
    specific_usd_per_unit: Money | None = number(
        "USD per unit of quantity", "specific duty", default=None
    )
    status: Literal["in force", "announced", "threatened", "suspended", "void", "expired"] = (
        "in force"
    )
    citation: str = ""
    heading: str = ""
    source: str = ""
    published: Date | None = None

    @field_validator("products", "exempt_products")
    @classmethod
    def _products(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return checked_products(value)

    @field_validator("partners", "exempt_partners")
    @classmethod
    def _partners(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return checked_partners(value)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_whole(self)
        return self

    def in_force(self, on: dt.date) -> bool:
        """Tell whether the measure is law on a day; what is only announced never is."""
        return (
            self.status not in NOT_LAW and self.start <= on and (self.end is None or on <= self.end)
        )


def enacted(measure: TariffMeasure) -> TariffMeasure:
    """Return the measure as law, whatever it is in fact."""
    return measure.model_copy(update={"status": "in force"})


def checked_products(products: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a product that is neither an HS prefix nor a packaged list."""
    prefixes = [product for product in products if not is_list_name(product)]
    faults = code_faults(pd.Series(prefixes, dtype=str)) if prefixes else []
    for name in (product for product in products if is_list_name(product)):
        try:
            check_list_name(name)
        except UnknownNameError as error:
            faults.append(str(error))
    if faults:
        raise ValueError("; ".join(faults))
    return products


def checked_partners(partners: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a partner that does not exist: the measure would silently reach nobody."""
    if faults := partner_faults(partners):
        raise ValueError(faults[0].removeprefix("partner: "))
    return partners


def check_whole(measure: TariffMeasure) -> None:
    """Refuse what the fields allow one by one but not together."""
    if measure.end is not None and measure.end < measure.start:
        raise ValueError(f"end {measure.end} is before start {measure.start}; swap the dates")
    for own in (measure.authority, measure.name):
        if own in measure.displaces:
            raise ValueError(f"displaces: {own} cannot displace itself")
    check_form(measure)


def check_form(measure: TariffMeasure) -> None:
    """Refuse fields that have no meaning in the form of a measure."""
    if measure.form != "base" and measure.authority in RESERVED:
        raise ValueError(
            f"authority: {measure.authority}_rate is another column of the rates; use another word"
        )
    if measure.specific_usd_per_unit and measure.form == "all_in":
        raise ValueError("an all_in measure has no specific duty: give its ad valorem equivalent")
    shared = measure.content is not None or measure.quota_quantity is not None
    if measure.form == "base" and (measure.displaces or shared):
        raise ValueError("a base measure sets the base rate: it has no displaces and no content")
    if measure.content is not None and measure.quota_quantity is not None:
        raise ValueError("content and quota_quantity both say which share is covered; give one")
    if measure.form == "exemption" and (measure.rate or measure.specific_usd_per_unit):
        raise ValueError("an exemption adds nothing: its rate is 0 and it has no specific duty")
