"""Where the dollars of one structure come from, and what that does to the payer's books."""

from __future__ import annotations

import pandas as pd

from tariffcalc.economy import Economy
from tariffcalc.models import tree
from tariffcalc.numeric.cases import Cases
from tariffcalc.pledge.carry import FUNDING_PATH, funding_figures
from tariffcalc.pledge.structure import FundingStructure, Pledge
from tariffcalc.pledge.tables import structure_payments
from tariffcalc.tables import labelled
from tariffcalc.valuation import Valuation

__all__ = ["funding_path"]


def funding_path(
    structure: FundingStructure, pledge: Pledge, economy: Economy, valuation: Valuation
) -> pd.DataFrame:
    """Return period by period where the dollars come from, what is owed and what it costs.

    Parameters
    ----------
    structure
        The terms; without sources all dollars are bought on the market.
    pledge
        Gives the headline where the structure has none of its own.
    economy
        Gives reserves, FX capacity, product, exchange rates and curves.
    valuation
        Gives the periods, and the cost of sources abroad that name none.

    Returns
    -------
    pandas.DataFrame
        Index ``period`` (calendar year; ``"2026Q1"`` or ``"2026-01"``), a row for each period
        until all is paid; the last ones may be empty. Columns: ``outlay_usd`` (calls and loans),
        what each source gives of it (``reserve_income_usd, foreign_bonds_usd, swap_line_usd,
        policy_banks_usd, market_purchases_usd``), ``fx_use_usd`` (dollars from the payer's FX
        market) and ``fx_excess_usd`` of it beyond the capacity of the calendar year;
        ``reserves_use_usd``, ``reserves_usd`` and ``reserves_without_usd`` (at the end of the
        period, with the pledge and without); ``debt_raised_usd`` (at the start), ``debt_usd``
        (owed in the period), ``interest_usd`` and ``repayment_usd`` (at its end);
        ``guaranteed_usd``, ``gdp_usd``, ``debt_share_of_gdp, guaranteed_share_of_gdp,
        government_debt_share_of_gdp``; ``krw_per_usd, outlay_krw`` at the time of outlays,
        ``hedge_cost_rate`` of dollars bought forward for it and ``hedge_cost_krw``. What the
        economy leaves unknown is NaN.

    Raises
    ------
    InputError, UnknownNameError
        For terms that cannot be computed together, or a curve that is not there.

    Notes
    -----
    Reserves pay what their income gives and what is bought beyond the FX capacity of the calendar
    year. The pledge's receipts go into them; guarantee calls and the service of debt abroad come
    out of them; grants to the payer's companies are paid in its own currency. Debt is what is
    raised abroad, and market purchases that name a cost; the income of reserves is never debt. GDP
    grows from one calendar year to the next, and the government's other debt keeps its share of
    it. Hedge cost per year: (F/S − 1)/T with the forward rate of covered interest parity; in the
    payer's currency: outlay·(F − S).

    Examples
    --------
    >>> import tariffcalc as tc
    >>> s = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> path = tc.funding_path(
    ...     s.pledge.structure("upfront-swap"), s.pledge, s.economy, s.valuation)
    >>> path.loc[2026, ["reserve_income_usd", "swap_line_usd"]].tolist()
    [17500000000.0, 332500000000.0]
    """
    flows = structure_payments(structure, pledge, economy, valuation)
    terms, setting, how = (Cases(tree(part), {}) for part in (structure, economy, valuation))
    columns = funding_figures(flows, terms, setting, how)
    labels = [flows.timeline.label(period) for period in range(flows.periods)]
    frame = pd.DataFrame({name: column[0] for name, column in columns.items()})
    frame.index = pd.Index(labels, name="period")
    return labelled(frame, FUNDING_PATH)
