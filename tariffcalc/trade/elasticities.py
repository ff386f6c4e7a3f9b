"""The elasticities of a scenario: a packaged set, what overrides it by sector, and their scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field, model_validator

from tariffcalc.errors import suggest, unknown_name
from tariffcalc.models import Model, Name, Named, Number, number
from tariffcalc.numeric.arrays import FloatArray, IntArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.trade.elasticity_sets import elasticities_published, sector_names
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.line_elasticities import PREFIX, line_elasticities

__all__ = ["Elasticities", "ElasticityOfProducts", "GivenElasticities", "SectorElasticity"]


class SectorElasticity(Model):
    """The elasticity of one sector, or of one HS prefix.

    Parameters
    ----------
    name
        A sector of :func:`~tariffcalc.sectors`, or an HS prefix of 2 to 10 digits; a longer prefix
        comes before a shorter one, and any prefix before a sector.
    substitution_elasticity
        σ between suppliers, above 0.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.SectorElasticity(name="Passenger cars", substitution_elasticity=6.75)
    SectorElasticity('Passenger cars')
    """

    name: Annotated[str, Field(max_length=80)]
    substitution_elasticity: Number = number(
        "-d ln relative quantity / d ln relative price",
        "elasticity of substitution between suppliers",
        ge=1e-6,
        le=1e6,
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_products(self.name)
        return self


class Elasticities(Model):
    """Elasticities of substitution by sector, for the responses of a scenario.

    Parameters
    ----------
    set
        A name of :func:`~tariffcalc.list_elasticities`: a source, or ``"low"``, ``"central"`` or
        ``"high"``. Without it every product needs an override.
    overrides
        Numbers that come before the set, by sector or HS prefix.
    scale
        Multiplies all of them [1]; its range moves them together.

    Notes
    -----
    σ is what :class:`ArmingtonResponse` takes, and ε = −σ what
    :class:`ConstantElasticityResponse` does. A product without a number is refused, with its
    sector.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> cars = tc.SectorElasticity(name="Passenger cars", substitution_elasticity=4.0)
    >>> tc.Elasticities(set="central", overrides=[cars])
    Elasticities(set='central', scale=1.0)
    """

    set: Name | None = None
    overrides: Named[SectorElasticity] = ()
    scale: Number = number("1", "multiplies all elasticities of substitution", default=1.0, gt=0)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_set(self)
        return self


def check_products(name: str) -> None:
    """Refuse what is neither a sector nor an HS prefix."""
    known = sector_names()
    if name not in known and not PREFIX.fullmatch(name):
        raise ValueError(f"{name!r} is neither a sector nor an HS prefix{suggest(name, known)}")


def check_set(elasticities: Elasticities) -> None:
    """Refuse a set that is not packaged, and elasticities without any number."""
    if elasticities.set is None and not elasticities.overrides:
        raise ValueError("a set or overrides are needed, given neither")
    known = elasticities_published()
    if elasticities.set is not None and elasticities.set not in known:
        raise unknown_name("set of elasticities", elasticities.set, known)


def read_elasticities(value: object) -> object:
    """Read the name of a set as the elasticities of that set."""
    return {"set": value} if isinstance(value, str) else value


GivenElasticities = Annotated[Elasticities | None, BeforeValidator(read_elasticities)]


@dataclass(frozen=True, slots=True, eq=False)
class ElasticityOfProducts:
    """Where the elasticity of each product comes from.

    ``known`` is that of the set, shape (products,), and ``override`` the row of ``names`` that
    comes before it, −1 where none does.
    """

    known: FloatArray
    override: IntArray
    names: tuple[str, ...]

    @classmethod
    def of(cls, elasticities: Mapping[str, Any], codes: pd.Series) -> ElasticityOfProducts:
        """Look up the products of some HS codes in the written form of elasticities."""
        names = tuple(elasticities["overrides"])
        places, different = pd.factorize(codes)
        products = TradeFlows.from_frame(
            pd.DataFrame({"hs": different, "partner": "ROW", "value_usd": 0.0})
        )
        ranks = {name: float(row + 1) for row, name in enumerate(names)}
        none = float(len(names) + 1)
        rank = line_elasticities(products, {}, overrides=ranks, fallback=none)
        known = line_elasticities(
            products, elasticities.get("set", {}), overrides=dict.fromkeys(names, 1.0)
        )
        override = np.where(rank == none, -1.0, rank - 1.0).astype(np.int64)
        return cls(known[places], override[places], names)

    def alike(self) -> IntArray:
        """Return one number for products whose elasticity is the same in any case, (products,)."""
        different, known = np.unique(self.known, return_inverse=True)
        return np.asarray((self.override + 1) * different.size + known, dtype=np.int64)

    def some(self, rows: IntArray) -> ElasticityOfProducts:
        """Return some of the products."""
        return ElasticityOfProducts(self.known[rows], self.override[rows], self.names)

    def numbers(self, elasticities: Cases) -> FloatArray:
        """Return σ of each product, shape (cases or 1, products)."""
        found = self.known[np.newaxis, :]
        for row, name in enumerate(self.names):
            given = elasticities.number(f"overrides.{name}.substitution_elasticity")
            found = np.where(self.override == row, given[:, np.newaxis], found)
        return elasticities.number("scale")[:, np.newaxis] * found
