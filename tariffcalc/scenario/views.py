"""What a structure costs in four views: funding cost, risk-adjusted, for the budget, as a gift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from tariffcalc.models import tree
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.pledge import metrics
from tariffcalc.pledge.flows import StructureFlows
from tariffcalc.pledge.structure import FundingStructure
from tariffcalc.scenario.evaluate import Evaluation
from tariffcalc.valuation import (
    CONCESSIONAL_RATE,
    Valuation,
    curve_timed_factors,
    timed_factors,
)

__all__ = ["VIEWS", "discounted_at", "view_figures"]

VIEWS = ("funding_cost", "risk_adjusted", "budget_scoring", "concessionality")
FIGURES = ("pv_outlay_usd", "pv_receipts_usd", "net_cost_usd", "subsidy_rate")
DEFAULTS: Mapping[str, object] = {"default_rate": 0.0, "default_rates": ()}
LENT = ("loan_disbursement", "loan_premium", "loan_service")
NOT_GIVEN = "not given"


def view_figures(asked: Evaluation, cases: Cases, name: str) -> dict[str, dict[str, FloatArray]]:
    """Return the figures of a structure by view, shape (cases or 1,); NaN without a rate for it."""
    flows = asked.flows(cases, name)
    market = asked.factors(cases, flows.periods)
    risky = asked.risk_adjusted_factors(cases, flows.periods)
    unknown = dict.fromkeys(FIGURES, np.full(1, np.nan))
    found = {
        "funding_cost": metrics.costs(flows, market),
        "risk_adjusted": unknown if risky is None else metrics.costs(flows, market, risky),
        "budget_scoring": unknown,
        "concessionality": _concessionality(asked, cases, name),
    }
    if cases.given("valuation.budget_curve"):
        budget = _budget_factors(asked, cases, flows.periods)
        found["budget_scoring"] = metrics.costs(flows, budget, carried=False)
    return found


def _budget_factors(asked: Evaluation, cases: Cases, periods: int) -> dict[str, FloatArray]:
    """Return the factors of the zero-coupon rate of each flow's own maturity."""
    curve, timing = cases.text("valuation.budget_curve", ""), asked.scenario.valuation.timing
    return curve_timed_factors(cases.at("economy"), curve, periods, timing, asked.timeline)


def _concessionality(asked: Evaluation, cases: Cases, name: str) -> dict[str, FloatArray]:
    """Return what is lent and what its contracts ask for, at the concessional rate."""
    flows = _contractual_flows(asked, cases, name)
    lent = replace(flows, payments={a: flows.payments[a] for a in LENT if a in flows.payments})
    given = cases.given("valuation.concessional_rate")
    rate = cases.number("valuation.concessional_rate") if given else np.full(1, CONCESSIONAL_RATE)
    timing = asked.scenario.valuation.timing
    factors = timed_factors(rate, lent.periods, timing, asked.timeline)
    return metrics.costs(lent, factors, carried=False)


def _contractual_flows(asked: Evaluation, cases: Cases, name: str) -> StructureFlows:
    """Return the payments of a structure whose loans are all served."""
    path = f"pledge.structures.{name}"
    written = tree(contractual(asked.scenario.pledge.structure(name)), skip=("name",))
    varied = {
        number: values
        for number, values in cases.varied.items()
        if not (number.startswith(f"{path}.tranches.") and number.rpartition(".")[2] in DEFAULTS)
    }
    return asked.flows(Cases(_with(cases.tree, path.split("."), written), varied, cases.size), name)


def _with(table: Mapping[str, object], path: list[str], value: object) -> dict[str, object]:
    """Return nested tables with another value at a path."""
    head, *rest = path
    below = table[head]
    return {**table, head: _with(below, rest, value) if rest else value}  # type: ignore[arg-type]


def contractual(structure: FundingStructure) -> FundingStructure:
    """Return the structure with instruments on which nobody defaults."""
    tranches = []
    for tranche in structure.tranches:
        fields = type(tranche.instrument).model_fields
        served = {name: none for name, none in DEFAULTS.items() if name in fields}
        instrument = tranche.instrument.model_copy(update=served)
        tranches.append(tranche.model_copy(update={"instrument": instrument}))
    return structure.model_copy(update={"tranches": tuple(tranches)})


def discounted_at(valuation: Valuation) -> dict[str, str]:
    """Return in words the rate or the curve of each view."""
    market = _market_in_words(valuation, 0.0)
    risky = NOT_GIVEN
    if valuation.risk_premium is not None:
        risky = f"{market}, receipts at {_market_in_words(valuation, valuation.risk_premium)}"
    elif valuation.risk_adjusted_rate is not None:
        risky = f"{market}, receipts at {valuation.risk_adjusted_rate:.2%} a year"
    budget, gift = valuation.budget_curve, valuation.concessional_rate
    return {
        "funding_cost": market,
        "risk_adjusted": risky,
        "budget_scoring": NOT_GIVEN if budget is None else f"the curve {budget}",
        "concessionality": f"{CONCESSIONAL_RATE if gift is None else gift:.2%} a year",
    }


def _market_in_words(valuation: Valuation, premium: float) -> str:
    if valuation.discount_rate is not None:
        return f"{valuation.discount_rate + premium:.2%} a year"
    return f"the curve {valuation.discount_curve}" + (f" and {premium:.2%}" if premium else "")
