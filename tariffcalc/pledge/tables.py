"""One structure by itself: its cash flows as a long table, its figures as a series."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tariffcalc.bookkeeping import ACCOUNTS, ledger_table
from tariffcalc.economy import Economy, exchange_rates, known
from tariffcalc.models import tree
from tariffcalc.numeric.cases import Cases
from tariffcalc.pledge import metrics
from tariffcalc.pledge.flows import StructureFlows, structure_flows
from tariffcalc.pledge.structure import FundingStructure, Pledge
from tariffcalc.tables import labelled
from tariffcalc.valuation import TIMINGS, Valuation, market_factors, payment_times

__all__ = ["cash_flows", "funding_metrics", "structure_payments"]


def cash_flows(
    structure: FundingStructure, pledge: Pledge, economy: Economy, valuation: Valuation
) -> pd.DataFrame:
    """Return every payment of one structure, period by period.

    Parameters
    ----------
    structure
        The terms.
    pledge
        Gives the headline where the structure has none of its own.
    economy
        Gives the exchange rates of the amounts in the payer's currency.
    valuation
        Gives the periods, and when in them outlays and receipts fall.

    Returns
    -------
    pandas.DataFrame
        Columns ``period`` (calendar year; ``"2026Q1"`` or ``"2026-01"`` when the valuation counts
        in quarters or months), ``flow`` (account), ``payer``, ``payee``,
        ``amount_usd`` (above 0: what is negative is paid the other way round), ``amount_krw``
        (the payer's currency at the economy's exchange rate of the time it is paid).

    Raises
    ------
    InputError
        For terms that cannot be computed together, such as a cap that needs over 100 years.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> s = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> table = tc.cash_flows(
    ...     s.pledge.structure("three-years"), s.pledge, s.economy, s.valuation)
    >>> calls = table[table["flow"] == "capital_call"]
    >>> calls["period"].tolist()
    [2026, 2027, 2028]
    """
    flows = structure_payments(structure, pledge, economy, valuation)
    rows = ledger_table(flows.amounts, flows.timeline)
    frame = rows.rename(columns={"account": "flow"})
    frame = frame[["period", "flow", "payer", "payee", "amount_usd"]]
    times = payment_times(flows.periods, valuation.timing, flows.timeline)
    labels = [flows.timeline.label(period) for period in range(flows.periods)]
    prices = {
        when: dict(zip(labels, exchange_rates(Cases(tree(economy), {}), at)[0], strict=True))
        for when, at in times.items()
    }
    found = zip(frame["flow"], frame["period"], strict=True)
    price = [prices[ACCOUNTS[account].when][period] for account, period in found]
    frame["amount_krw"] = frame["amount_usd"] * np.array(price, dtype=np.float64)
    return labelled(frame, {"amount_usd": "USD", "amount_krw": "payer's currency"})


def funding_metrics(
    structure: FundingStructure, pledge: Pledge, economy: Economy, valuation: Valuation
) -> pd.Series:
    """Return the figures of one structure that need no tariff: cost, return, payback, peaks.

    Parameters
    ----------
    structure, pledge, economy, valuation
        The terms, and what they are measured against.

    Returns
    -------
    pandas.Series
        The pledge columns of :func:`compare`, from ``pv_outlay_usd`` to ``contingent_peak_usd``
        (without ``break_even_project_irr``).

    Raises
    ------
    InputError
        For terms that cannot be computed together.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> s = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> figures = tc.funding_metrics(
    ...     s.pledge.structure("upfront-cash"), s.pledge, s.economy, s.valuation)
    >>> float(figures["pv_outlay_usd"])
    350000000000.0
    """
    flows = structure_payments(structure, pledge, economy, valuation)
    setting = Cases(tree(economy), {})
    factors = market_factors(Cases(tree(valuation), {}), setting, flows.periods, flows.timeline)
    outlay, receipt = TIMINGS[valuation.timing]
    figures = metrics.costs(flows, factors)
    figures["payer_irr"] = metrics.payer_irr(flows, (receipt - outlay) // 2)
    figures["payback_year"] = metrics.payback_year(flows)
    figures |= metrics.peaks(
        flows, known(setting, "reserves_usd"), known(setting, "fx_capacity_usd")
    )
    return pd.Series(
        {name: float(value[0]) for name, value in figures.items()}, name=structure.name
    )


def structure_payments(
    structure: FundingStructure, pledge: Pledge, economy: Economy, valuation: Valuation
) -> StructureFlows:
    """Return the payments of one structure by itself."""
    headline = pledge.headline_usd if structure.headline_usd is None else structure.headline_usd
    terms, setting = Cases(tree(structure), {}), Cases(tree(economy), {})
    return structure_flows(terms, structure, np.array([headline]), setting, valuation.timeline)
