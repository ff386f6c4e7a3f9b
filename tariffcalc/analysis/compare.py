"""Scenarios and structures side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import pandas as pd

from tariffcalc.analysis.stated import stated
from tariffcalc.bookkeeping import PARTIES, ledger_table, party_value
from tariffcalc.errors import InputError, unknown_name
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.discounting import present_value
from tariffcalc.scenario.evaluate import (
    COLUMNS,
    Evaluation,
    check_scenario,
    evaluation,
    names_of,
)
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.parties import payments
from tariffcalc.tables import fingerprint
from tariffcalc.trade.flows import TradeFlows

__all__ = ["compare", "incidence", "ledger", "wanted_columns"]


def compare(
    *scenarios: Scenario,
    structures: Iterable[str] | None = None,
    columns: Sequence[str] | None = None,
    flows: TradeFlows | None = None,
) -> pd.DataFrame:
    """Compare what each funding structure costs the payer, and whether the deal is worth it.

    Parameters
    ----------
    *scenarios
        One scenario or more; two of the same name are told apart by their hash.
    structures
        Names of structures; by default all.
    columns
        Columns to compute; by default all.
    flows
        Trade flows to value the tariffs on, in place of the scenario's packaged table.

    Returns
    -------
    pandas.DataFrame
        Index (``scenario``, ``structure``). ``headline_usd``; drawn by instrument: ``cash_usd,
        loan_usd, guarantee_usd, private_usd``, export credits among the loans; at the scenario's
        discount rate or curve ``pv_outlay_usd, pv_receipts_usd, net_cost_usd`` and
        ``subsidy_rate`` = net cost ÷ PV of outlays; ``risk_adjusted_cost_usd``, with receipts at
        what a market asks for their risk; ``payer_irr`` (NaN without exactly
        one), ``break_even_project_irr`` (net cost 0), ``payback_year`` (NaN: never);
        ``peak_year_outlay_usd, peak_share_of_reserves,
        peak_over_fx_capacity, contingent_peak_usd, peak_debt_share_of_gdp`` (what is borrowed for
        the pledge); ``duty_saving_usd`` (a year's duty less than without a deal, prices fixed),
        ``relief_pv_usd`` (gain of the payer's exporters), ``net_benefit_usd`` = relief − net cost,
        ``benefit_cost_ratio`` (NaN when net cost ≤ 0). What needs a number that the scenario
        leaves unknown is NaN. ``attrs`` hold units, hash, version, vintages, and as
        ``notes`` discount rate or curve and the count of assumptions. In a notebook the result
        shows as the HTML of ``tariffcalc.report.table``.

    Raises
    ------
    InputError, UnknownNameError
        Without a scenario, or for an unknown structure or column.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> table = tc.compare(tc.load_scenario("korea-us", as_of="2025-10-17"))
    >>> bool(table.loc[("korea-us", "no-deal"), "net_benefit_usd"] == 0)
    True
    """
    labels = scenario_labels(scenarios, "compare")
    wanted = wanted_columns(columns)
    parts = []
    for scenario, label in zip(scenarios, labels, strict=True):
        asked = evaluation(scenario, flows)
        names = asked.chosen(structures)
        cases = asked.cases()
        rows = [asked.columns(cases, name, wanted) for name in names]
        index = pd.MultiIndex.from_product([[label], names], names=["scenario", "structure"])
        data = {column: [float(row[column][0]) for row in rows] for column in wanted}
        parts.append(pd.DataFrame(data, index=index))
    frame = pd.concat(parts)
    stated(frame, {column: COLUMNS[column] for column in wanted}, *scenarios)
    frame.attrs["fingerprint"] = fingerprint(frame)
    return frame


def wanted_columns(columns: Sequence[str] | None) -> list[str]:
    """Return the columns asked for, all by default; refuse an unknown one."""
    return names_of(columns, COLUMNS, "column")


def scenario_labels(scenarios: Sequence[Scenario], asker: str) -> list[str]:
    """Return a label for each scenario: its name, with the hash where two names are the same."""
    if not scenarios:
        raise InputError(f"{asker} needs at least one scenario")
    for scenario in scenarios:
        check_scenario(scenario)
    names = [scenario.name for scenario in scenarios]
    return [
        scenario.name if names.count(scenario.name) == 1 else f"{scenario.name}@{scenario.hash[:6]}"
        for scenario in scenarios
    ]


def ledger(scenario: Scenario, structure: str, *, flows: TradeFlows | None = None) -> pd.DataFrame:
    """Return who pays whom, when, how much, on which account, in one structure.

    Parameters
    ----------
    scenario, structure
        The scenario and the name of one of its structures.
    flows
        Trade flows in place of the scenario's packaged table.

    Returns
    -------
    pandas.DataFrame
        Columns ``period`` (calendar year; ``"2026Q1"`` or ``"2026-01"`` when the valuation counts
        in quarters or months), ``payer``, ``payee``, ``account``, ``amount_usd`` (above 0),
        ``scenario``, ``structure``. Tariff relief is against no deal. In each period all
        parties add up to 0, and so does the project vehicle by itself.

    Raises
    ------
    UnknownNameError
        For an unknown structure.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> table = tc.ledger(tc.load_scenario("korea-us"), "upfront-cash")
    >>> table.loc[table["account"] == "capital_call", "amount_usd"].tolist()
    [350000000000.0]
    """
    asked = evaluation(scenario, flows)
    asked.chosen([structure])
    frame = ledger_table(_amounts(asked, structure), asked.timeline)
    frame["scenario"], frame["structure"] = scenario.name, structure
    return stated(frame, {"amount_usd": "USD"}, scenario)


def incidence(
    *scenarios: Scenario,
    structures: Iterable[str] | None = None,
    competitors: Literal["together", "each"] = "together",
    flows: TradeFlows | None = None,
) -> pd.DataFrame:
    """Return the present value that each party gains or loses in each structure.

    Parameters
    ----------
    *scenarios
        One scenario or more.
    structures
        Names of structures; by default all.
    competitors
        ``"each"`` puts in place of ``competitors_usd`` what producers at home gain,
        ``home_producers_usd``, and a column ``<partner>_usd`` for each partner that competes; 0
        where the scenario's response knows of none.
    flows
        Trade flows in place of the scenario's packaged table.

    Returns
    -------
    pandas.DataFrame
        Index (``scenario``, ``structure``), one column ``<party>_usd`` per party [USD]: received
        minus paid, discounted at the scenario's rate, against no deal and no pledge. Each row adds
        up to 0; ``markets`` is whoever builds for, buys from and lends to the projects and payer,
        and stands against what importers gain by efficiency, which nobody pays. ``competitors``
        are all who sell the payer's goods to the same importers, abroad and at home.

    Raises
    ------
    InputError, UnknownNameError
        Without a scenario, or for an unknown structure.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> table = tc.incidence(tc.load_scenario("korea-us"), structures=["upfront-cash"])
    >>> bool(table["exporters_usd"].item() > 0 > table["payer_public_usd"].item())
    True
    """
    if competitors not in ("together", "each"):
        raise unknown_name("competitors", competitors, ("together", "each"))
    parts = []
    for scenario, label in zip(scenarios, scenario_labels(scenarios, "incidence"), strict=True):
        asked = evaluation(scenario, flows)
        names = asked.chosen(structures)
        index = pd.MultiIndex.from_product([[label], names], names=["scenario", "structure"])
        rows = [_party_values(asked, name, each=competitors == "each") for name in names]
        parts.append(pd.DataFrame(rows, index=index))
    frame = pd.concat(parts).fillna(0.0)
    return stated(frame, dict.fromkeys(frame.columns, "USD"), *scenarios)


def _amounts(asked: Evaluation, name: str) -> dict[str, FloatArray]:
    cases = asked.cases()
    return asked.flows(cases, name).amounts | asked.relief(cases, name).amounts


def _party_values(asked: Evaluation, name: str, *, each: bool) -> dict[str, float]:
    paid = payments(asked, asked.cases(), name)
    found = {party: float(paid.value(party)[0]) for party in PARTIES}
    if each:
        del found["competitors"]
        home = {k: v for k, v in paid.amounts.items() if k == "home_price_change"}
        found["home_producers"] = float(party_value(home, "competitors", paid.factors)[0])
        for partner, gain in paid.relief.competitors.items():
            found[partner] = float(present_value(gain, paid.factors["receipt"])[0])
    return {f"{party}_usd": value for party, value in found.items()}
