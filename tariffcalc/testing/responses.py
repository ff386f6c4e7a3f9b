"""Strategies for the responses of trade, and for flows between regions."""

from __future__ import annotations

import math

import pandas as pd
from hypothesis import strategies as st

from tariffcalc.trade.elasticities import Elasticities, SectorElasticity
from tariffcalc.trade.elasticity_sets import PRESETS, sector_names
from tariffcalc.trade.responses.armington import ArmingtonResponse
from tariffcalc.trade.responses.constant_elasticity import ConstantElasticityResponse
from tariffcalc.trade.responses.global_armington import GlobalArmingtonResponse
from tariffcalc.trade.responses.static import StaticResponse

__all__ = [
    "elasticities",
    "global_responses",
    "regional_flows",
    "responses",
    "trade_elasticities",
]

METHODS = ("exact", "triangle", "log_linear")
REGIONS = ("KOR", "JPN", "EU27", "USA")


def elasticities(least: float = 0.1, most: float = 30.0) -> st.SearchStrategy[float]:
    """Draw sizes of elasticities, evenly in logarithms; 1 is one of them.

    Parameters
    ----------
    least, most
        The range [1].

    Returns
    -------
    SearchStrategy
        Of float.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import elasticities
    >>> @given(elasticities())
    ... def they_are_positive(elasticity):
    ...     assert 0.1 <= elasticity <= 30.0
    >>> they_are_positive()
    """
    logarithms = st.floats(math.log(least), math.log(most), allow_subnormal=False)
    drawn = logarithms.map(lambda x: min(max(math.exp(x), least), most))
    return drawn | st.just(1.0) if least <= 1.0 <= most else drawn


def responses(
    *, methods: tuple[str, ...] = METHODS
) -> st.SearchStrategy[StaticResponse | ConstantElasticityResponse | ArmingtonResponse]:
    """Draw responses that answer for trade flows: static, constant elasticity, Armington.

    Parameters
    ----------
    methods
        How the two with elasticities are solved.

    Returns
    -------
    SearchStrategy
        Of :class:`tariffcalc.StaticResponse`, :class:`tariffcalc.ConstantElasticityResponse` or
        :class:`tariffcalc.ArmingtonResponse` with markets of two digits.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import responses, trade_flows
    >>> @given(responses(methods=("exact",)), trade_flows())
    ... def the_same_tariff_changes_nothing(response, flows):
    ...     assert (response.respond(flows, 0.25, 0.25)["quantity_index"] == 1.0).all()
    >>> the_same_tariff_changes_nothing()
    """
    method, supply = st.sampled_from(methods), st.none() | elasticities()
    demand = elasticities().map(lambda size: -size)
    return st.one_of(
        st.builds(StaticResponse, pass_through=st.floats(0.0, 1.0, allow_subnormal=False)),
        st.builds(
            ConstantElasticityResponse,
            demand_elasticity=demand,
            supply_elasticity=supply,
            method=method,
        ),
        st.builds(
            ArmingtonResponse,
            substitution_elasticity=elasticities(),
            demand_elasticity=demand,
            supply_elasticity=supply,
            home_supply_elasticity=supply,
            market_digits=st.just(2),
            method=method,
        ),
    )


def global_responses(
    *, methods: tuple[str, ...] = METHODS
) -> st.SearchStrategy[GlobalArmingtonResponse]:
    """Draw global Armington responses.

    Parameters
    ----------
    methods
        How they are solved.

    Returns
    -------
    SearchStrategy
        Of :class:`tariffcalc.GlobalArmingtonResponse`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import global_responses, regional_flows
    >>> @given(global_responses(methods=("exact",)), regional_flows())
    ... def the_same_tariff_changes_nothing(response, flows):
    ...     assert (response.respond(flows, 0.25, 0.25)["quantity_index"] == 1.0).all()
    >>> the_same_tariff_changes_nothing()
    """
    return st.builds(
        GlobalArmingtonResponse,
        substitution_elasticity=elasticities(),
        demand_elasticity=elasticities().map(lambda size: -size),
        supply_elasticity=st.none() | elasticities(),
        method=st.sampled_from(methods),
    )


@st.composite
def regional_flows(draw: st.DrawFn) -> pd.DataFrame:
    """Draw flows between two to four regions, their sales to themselves among them.

    Returns
    -------
    SearchStrategy
        Of pandas.DataFrame with ``exporter``, ``importer`` and ``value_usd``.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import regional_flows
    >>> @given(regional_flows())
    ... def every_pair_has_a_row(flows):
    ...     assert len(flows) == flows["exporter"].nunique() * flows["importer"].nunique()
    >>> every_pair_has_a_row()
    """
    names = REGIONS[: draw(st.integers(2, len(REGIONS)))]
    pairs = [(exporter, importer) for exporter in names for importer in names]
    amounts = st.integers(1, 10**6) | st.just(0)
    drawn = draw(st.lists(amounts, min_size=len(pairs), max_size=len(pairs)))
    flows = pd.DataFrame(pairs, columns=["exporter", "importer"])
    return flows.assign(value_usd=[float(amount) for amount in drawn])


@st.composite
def trade_elasticities(draw: st.DrawFn) -> Elasticities:
    """Draw the elasticities of a scenario: a preset, overrides by sector, a scale.

    Every product has a number: special provisions, which no preset knows, are an override.

    Returns
    -------
    SearchStrategy
        Of :class:`tariffcalc.Elasticities`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import trade_elasticities
    >>> @given(trade_elasticities())
    ... def the_scale_is_above_0(drawn):
    ...     assert drawn.scale > 0.0
    >>> the_scale_is_above_0()
    """
    named = draw(st.sets(st.sampled_from(sector_names()), max_size=3)) | {"Special provisions"}
    sizes = {name: draw(elasticities()) for name in sorted(named)}
    return Elasticities(
        set=draw(st.sampled_from(sorted(PRESETS))),
        overrides=tuple(
            SectorElasticity(name=name, substitution_elasticity=size)
            for name, size in sizes.items()
        ),
        scale=draw(elasticities(0.25, 4.0)),
    )
