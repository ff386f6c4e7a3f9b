"""Strategies for pledges and funding structures, and what their flows must satisfy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd
from hypothesis import strategies as st

from tariffcalc.pledge.drawdown import Drawdown
from tariffcalc.pledge.structure import FundingStructure, Pledge, PledgePart, Tranche
from tariffcalc.testing.drawdowns import DRAWDOWN_KINDS, drawdowns
from tariffcalc.testing.economy import funding_sources
from tariffcalc.testing.instruments import KINDS, instruments
from tariffcalc.testing.values import FIRST_YEAR
from tariffcalc.testing.values import amounts as _amounts
from tariffcalc.testing.values import rates as _rates
from tariffcalc.testing.values import shares as _shares
from tariffcalc.testing.values import shares_of_one as _shares_of_one
from tariffcalc.testing.waterfalls import DAA_KINDS, projects, waterfalls

__all__ = [
    "assert_cash_conserved",
    "assert_same_flows",
    "funding_structures",
    "pledges",
    "tranches",
]


@st.composite
def tranches(
    draw: st.DrawFn,
    *,
    kinds: Sequence[str] = KINDS,
    most: int = 4,
    parts: Sequence[str] = (),
    own_drawdowns: st.SearchStrategy[Drawdown | None] | None = None,
) -> tuple[Tranche, ...]:
    """Draw the tranches of a structure: different names, shares that add up to 1 to the bit.

    Parameters
    ----------
    kinds
        Kinds of instrument to choose from.
    most
        Most tranches.
    parts
        Names of the parts of the pledge that a tranche may belong to.
    own_drawdowns
        Drawdowns that a tranche may have of its own; with them it may have a priority too.

    Returns
    -------
    SearchStrategy
        Of tuples of :class:`tariffcalc.Tranche`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import tranches
    >>> @given(tranches(most=3))
    ... def nothing_is_left_over(some):
    ...     assert sum(tranche.share for tranche in some) == 1.0
    >>> nothing_is_left_over()
    """
    shares = draw(_shares_of_one(draw(st.integers(1, most))))
    return tuple(
        Tranche(
            name=f"tranche-{place}",
            instrument=draw(instruments(kinds=kinds)),
            share=share,
            part=draw(st.sampled_from([None, *parts])),
            drawdown=None if own_drawdowns is None else draw(own_drawdowns),
            priority=None if own_drawdowns is None else draw(st.none() | st.integers(0, 2)),
        )
        for place, share in enumerate(shares)
    )


@st.composite
def funding_structures(
    draw: st.DrawFn,
    *,
    name: str = "terms",
    kinds: Sequence[str] = KINDS,
    drawdown_kinds: Sequence[str] = DRAWDOWN_KINDS,
    daa: Sequence[str] = DAA_KINDS,
    parts: Sequence[str] = (),
    first_year: int = FIRST_YEAR,
    curves: Sequence[str] = (),
    limits: bool = True,
) -> FundingStructure:
    """Draw one complete set of terms.

    Parameters
    ----------
    name
        Name of the structure.
    kinds, drawdown_kinds, daa
        Instruments, drawdowns and waterfalls to choose from.
    parts
        Names of the parts of the pledge that a tranche may belong to.
    first_year
        First calendar year of a call: the year of the base date.
    curves
        Names of curves that a deemed rate may float on, and a source of dollars take its cost from.
    limits
        Whether drawdowns may be held back, and tranches have a drawdown of their own.

    Returns
    -------
    SearchStrategy
        Of :class:`tariffcalc.FundingStructure`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import funding_structures
    >>> @given(funding_structures(kinds=["loan"]))
    ... def no_cash_without_equity(structure):
    ...     assert structure.cash_share == 0
    >>> no_cash_without_equity()
    """
    some = drawdowns(kinds=drawdown_kinds, headline_usd=3e12, first_year=first_year, limits=limits)
    own = st.none() | st.none() | some if limits else None
    return FundingStructure.from_tree(
        {
            "name": name,
            "headline_usd": draw(st.none() | _amounts()),
            "utilisation_share": draw(st.just(1.0) | _shares()),
            "tranches": draw(tranches(kinds=kinds, parts=parts, own_drawdowns=own)),
            "drawdown": draw(some),
            "waterfall": draw(waterfalls(daa=daa, curves=curves)),
            "project_irr": draw(_rates(-0.05, 0.25)),
            "construction_years": draw(st.integers(0, 8)),
            "life_years": draw(st.integers(1, 40)),
            "projects": draw(projects()),
            "funding": draw(funding_sources(curves=curves)),
        }
    )


@st.composite
def pledges(
    draw: st.DrawFn,
    *,
    most_structures: int = 2,
    first_year: int = FIRST_YEAR,
    curves: Sequence[str] = (),
) -> Pledge:
    """Draw a pledge with its structures, and with parts that add up to its headline or none.

    Parameters
    ----------
    most_structures
        Most structures.
    first_year
        First calendar year of a call: the year of the base date.
    curves
        Names of curves that a deemed rate may float on.

    Returns
    -------
    SearchStrategy
        Of :class:`tariffcalc.Pledge`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import pledges
    >>> @given(pledges(most_structures=1))
    ... def a_structure_is_found_by_name(pledge):
    ...     assert pledge.structure("terms-0") is pledge.structures[0]
    >>> a_structure_is_found_by_name()
    """
    amounts = draw(st.lists(_amounts(), min_size=1, max_size=3))
    parts = [PledgePart(name=f"part-{n}", amount_usd=usd) for n, usd in enumerate(amounts)]
    named = parts if draw(st.booleans()) else []
    names = [part.name for part in named]
    return Pledge(
        headline_usd=sum(amounts),
        payer="KOR",
        host="USA",
        parts=tuple(named),
        structures=tuple(
            draw(
                funding_structures(
                    name=f"terms-{place}", parts=names, first_year=first_year, curves=curves
                )
            )
            for place in range(draw(st.integers(1, most_structures)))
        ),
    )


def assert_cash_conserved(table: pd.DataFrame) -> None:
    """Assert that a table of payments loses no dollar.

    Every row is a payment above 0 from one party to another, and the project vehicle pays out in
    each period what it takes in, to 8 roundings of its largest payment for each of its rows.

    Parameters
    ----------
    table
        Columns ``period``, ``payer``, ``payee``, ``amount_usd``, as from
        :func:`tariffcalc.cash_flows` or :func:`tariffcalc.bookkeeping`.

    Raises
    ------
    AssertionError
        With the rows, or the period and what the vehicle keeps in it.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> from tariffcalc.testing import assert_cash_conserved
    >>> assert_cash_conserved(tc.ledger(tc.load_scenario("korea-us"), "japan-terms"))
    """
    wrong = table[~(table["amount_usd"] > 0.0) | (table["payer"] == table["payee"])]
    if not wrong.empty:
        raise AssertionError(f"not payments from one party to another:\n{wrong.to_string()}")
    takes_in, pays_out = table["payee"] == "project_spv", table["payer"] == "project_spv"
    vehicle = table[takes_in | pays_out]
    signed = vehicle["amount_usd"].where(takes_in, -vehicle["amount_usd"])
    for period, amounts in signed.groupby(vehicle["period"]):
        kept = math.fsum(amounts)
        allowed = 8 * len(amounts) * math.ulp(amounts.abs().max())
        if abs(kept) > allowed:
            raise AssertionError(f"in {period} the project vehicle keeps {kept!r} USD")


def assert_same_flows(
    found: pd.DataFrame, expected: Mapping[tuple[str, int], float], *, tolerance_usd: float = 0.0
) -> None:
    """Assert that a table of payments has these amounts by account and period, and no others.

    Parameters
    ----------
    found
        Columns ``flow``, ``period``, ``amount_usd``, as from :func:`tariffcalc.cash_flows`.
    expected
        Amounts [USD] by account and calendar year; a missing one is 0.
    tolerance_usd
        Largest difference of an amount [USD].

    Raises
    ------
    AssertionError
        With the account, the period and both amounts of the first difference.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> from tariffcalc.testing import assert_same_flows
    >>> s = tc.load_scenario("korea-us")
    >>> table = tc.cash_flows(
    ...     s.pledge.structure("upfront-cash"), s.pledge, s.economy, s.valuation)
    >>> assert_same_flows(table.head(1), {("capital_call", 2026): 350e9})
    """
    keys = list(zip(found["flow"], found["period"], strict=True))
    amounts = dict(zip(keys, found["amount_usd"], strict=True))
    if len(amounts) != len(keys):
        raise AssertionError("an account is booked twice in a period")
    for account, period in sorted({*amounts, *expected}):
        got, due = (float(side.get((account, period), 0.0)) for side in (amounts, expected))
        if not abs(got - due) <= tolerance_usd:
            raise AssertionError(f"{account} of {period}: found {got!r}, expected {due!r}")
