"""What the columns of a result are called, under which heading they stand, in which panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["MAIN_TABLE", "PANELS", "Described", "described"]


@dataclass(frozen=True, slots=True)
class Described:
    """The heading of a column, and the one that spans it and its neighbours."""

    heading: str
    group: str = ""


def _group(name: str, headings: Mapping[str, str]) -> dict[str, Described]:
    return {column: Described(heading, name) for column, heading in headings.items()}


# The README's main table: a choice of the columns of a comparison, in two blocks.
MAIN_TABLE: Mapping[str, Sequence[str]] = {
    "What each structure costs the payer ($bn; outlays, receipts and net cost: present values)": (
        "headline_usd", "cash_usd", "loan_usd", "guarantee_usd", "pv_outlay_usd",
        "pv_receipts_usd", "net_cost_usd", "subsidy_rate", "payer_irr", "break_even_project_irr",
    ),
    "When, against which capacity, and is it worth it ($bn)": (
        "payback_year", "peak_year_outlay_usd", "peak_share_of_reserves", "peak_over_fx_capacity",
        "contingent_peak_usd", "duty_saving_usd", "relief_pv_usd", "net_benefit_usd",
        "benefit_cost_ratio",
    ),
}  # fmt: skip
# A comparison and a simulation as tables of their own: every column.
COMPARISON: Mapping[str, Sequence[str]] = {
    "What each structure costs the payer": (
        "headline_usd", "cash_usd", "loan_usd", "guarantee_usd", "private_usd", "pv_outlay_usd",
        "pv_receipts_usd", "net_cost_usd", "risk_adjusted_cost_usd", "subsidy_rate", "payer_irr",
        "break_even_project_irr",
    ),
    "When, against which capacity, and is it worth it": (
        "payback_year", "peak_year_outlay_usd", "peak_share_of_reserves", "peak_over_fx_capacity",
        "contingent_peak_usd", "peak_debt_share_of_gdp", "duty_saving_usd", "relief_pv_usd",
        "net_benefit_usd", "benefit_cost_ratio",
    ),
}  # fmt: skip
SIMULATION: Mapping[str, Sequence[str]] = {
    "How the net benefit is distributed": (
        "mean_usd", "standard_deviation_usd", "q05_usd", "q25_usd", "q50_usd", "q75_usd",
        "q95_usd", "expected_shortfall_usd", "positive_share", "over_fx_capacity_share",
    ),
    "How far the draws leave each figure open": (
        "standard_error_usd", "q05_standard_error_usd", "q25_standard_error_usd",
        "q50_standard_error_usd", "q75_standard_error_usd", "q95_standard_error_usd",
        "expected_shortfall_standard_error_usd", "positive_standard_error_share",
        "over_fx_capacity_standard_error_share",
    ),
}  # fmt: skip
# What a delay costs whom: in the month, at the base date, and added up.
LOSERS = {
    "exporters": "exporters", "importers": "importers", "host_treasury": "host treasury",
    "competitors": "competitors", "efficiency": "together",
}  # fmt: skip
DELAYED = {"pv": "present value", "cumulative_pv": "present value, added up"}
DELAY: Mapping[str, Sequence[str]] = {
    "In the month": ("date", "value_usd", "duty_usd", *(f"{party}_usd" for party in LOSERS)),
    "Valued at the base date": tuple(f"{party}_{when}_usd" for when in DELAYED for party in LOSERS),
}
PANELS = (COMPARISON, SIMULATION, DELAY)
QUANTILES = {"q05": "5%", "q25": "25%", "q50": "median", "q75": "75%", "q95": "95%"}
DESCRIBED: Mapping[str, Described] = {
    **_group(
        "pledged and drawn",
        {
            "headline_usd": "headline",
            "cash_usd": "cash",
            "loan_usd": "loans",
            "guarantee_usd": "guarantees",
            "private_usd": "private",
        },
    ),
    **_group(
        "present value",
        {
            "pv_outlay_usd": "outlays",
            "pv_receipts_usd": "receipts",
            "net_cost_usd": "net cost",
            "risk_adjusted_cost_usd": "risk-adjusted cost",
        },
    ),
    **_group(
        "rates",
        {"subsidy_rate": "subsidy", "payer_irr": "IRR", "break_even_project_irr": "break-even"},
    ),
    **_group(
        "capacity",
        {
            "payback_year": "payback",
            "peak_year_outlay_usd": "peak year",
            "peak_share_of_reserves": "of reserves",
            "peak_over_fx_capacity": "FX capacity",
            "contingent_peak_usd": "contingent",
            "peak_debt_share_of_gdp": "debt/GDP",
        },
    ),
    **_group(
        "worth",
        {
            "duty_saving_usd": "duty saved/y",
            "relief_pv_usd": "PV relief",
            "net_benefit_usd": "net benefit",
            "benefit_cost_ratio": "relief/cost",
        },
    ),
    **_group(
        "pledging country",
        {
            "exporters_usd": "exporters",
            "payer_public_usd": "public payer",
            "payer_private_usd": "private payer",
        },
    ),
    **_group(
        "host country",
        {
            "importers_usd": "importers",
            "host_treasury_usd": "treasury",
            "host_government_usd": "government",
            "project_spv_usd": "project SPV",
        },
    ),
    **_group(
        "others",
        {
            "competitors_usd": "competitors",
            "markets_usd": "markets",
            "home_producers_usd": "home producers",
        },
    ),
    **_group(
        "gains",
        {
            "exporter_gain_usd": "exporters",
            "importer_gain_usd": "importers",
            "revenue_change_usd": "revenue",
            "home_producer_gain_usd": "home producers",
            "competitor_gain_usd": "competitors",
            "efficiency_usd": "efficiency",
        },
    ),
    **_group("trade", {"trade_created_usd": "created", "trade_diverted_usd": "diverted"}),
    **{
        f"{party}_{when}_usd": Described(word, group)
        for when, group in DELAYED.items()
        for party, word in LOSERS.items()
    },
    **_group(
        "net benefit",
        {
            "mean_usd": "mean",
            "standard_deviation_usd": "deviation",
            **{f"{name}_usd": word for name, word in QUANTILES.items()},
            "expected_shortfall_usd": "mean of worst 5%",
        },
    ),
    **_group(
        "share of draws",
        {"positive_share": "above 0", "over_fx_capacity_share": "over FX capacity"},
    ),
    **_group(
        "standard error of",
        {
            "standard_error_usd": "mean",
            "expected_shortfall_standard_error_usd": "mean of worst 5%",
            "positive_standard_error_share": "above 0",
            "over_fx_capacity_standard_error_share": "over FX capacity",
            **{f"{name}_standard_error_usd": word for name, word in QUANTILES.items()},
        },
    ),
}
# One figure of a result seen from several sides.
SIDES = {
    "base_": "base",
    "low_": "at low",
    "high_": "at high",
    "swing_": "swing",
    "mean_absolute_effect_confidence_": "± of mean absolute effect",
    "mean_absolute_effect_": "mean absolute effect",
    "mean_effect_": "mean effect",
    "deviation_of_effect_": "deviation of effect",
}
UNIT_ENDINGS = ("_usd", "_krw", "_pp")


def described(column: str) -> Described:
    """Return heading and group of a column; one that nobody described is its name in words."""
    if column in DESCRIBED:
        return DESCRIBED[column]
    for side, word in SIDES.items():
        figure = column.removeprefix(side)
        if figure != column and figure in DESCRIBED:
            return Described(word, DESCRIBED[figure].heading)
    name = next((column.removesuffix(e) for e in UNIT_ENDINGS if column.endswith(e)), column)
    return Described(name.replace("_", " "))
