"""tariffcalc: a tariff change and the investment pledge that pays for it, as scenarios.

Scenarios
    ``load_scenario``, ``list_scenarios``, ``Scenario``, ``Provenance``, ``Tariffs``, ``Trade``,
    ``Economy``, ``RateCurve``, ``Valuation``.
Analysis
    ``compare``, ``compare_responses``, ``valuation_views``, ``incidence``, ``ledger``, ``sweep``,
    ``sweep_chunks``, ``break_even``, ``BreakEven``, ``sensitivity``, ``simulate``,
    ``draw_parameters``, ``draw_net_benefits``.
Negotiation
    ``trade_off``, ``TradeOff``, ``iso_cost``, ``bargain``, ``Side``, ``Agreement``, ``Offer``,
    ``rubinstein_share``, ``cost_of_delay``, ``delay_in_terms``.
Uncertainty
    ``Normal``, ``Lognormal``, ``Triangular``, ``Uniform``, ``Beta``, ``Discrete``, ``Branches``,
    ``Branch``.
Studies
    ``Study``, ``run_study``, ``StudyResult``.
Tariffs
    ``TariffMeasure``, ``TariffSchedule``, ``load_schedule``, ``list_schedules``,
    ``list_conventions``, ``Explanation``, ``compare_tariffs``, ``compare_collected``,
    ``rate_gaps``, ``add_base_rates``, ``product_list``, ``list_product_lists``.
Trade
    ``TradeFlows``, ``load_flows``, ``list_flows``, ``load_collected_duties``, ``sectors``,
    ``hs_chapters``, ``StaticResponse``, ``ConstantElasticityResponse``, ``ArmingtonResponse``,
    ``GlobalArmingtonResponse``, ``smart_trade_effects``, ``trade_effects``, ``trade_diversion``,
    ``gains_by_party``,
    ``read_dataweb``, ``read_census``, ``read_comtrade``, ``read_baci``, ``read_hts``, ``HtsRates``,
    ``parse_rate``, ``StatutoryRate``, ``RatePart``.
Elasticities, and sales at home
    ``Elasticities``, ``SectorElasticity``, ``list_elasticities``, ``load_elasticities``,
    ``line_elasticities``, ``list_pass_through``, ``load_pass_through``, ``add_domestic_sales``,
    ``domestic_sales``, ``list_trade_matrices``, ``load_trade_matrix``.
Pledge
    ``Pledge``, ``PledgePart``, ``FundingStructure``, ``Tranche``, ``Equity``, ``Loan``,
    ``Guarantee``, ``PrivateInvestment``, ``ShipFinance``, ``Drawdown``, ``YearlyCap``,
    ``FundingRequest``, ``MissedCall``, ``Project``, ``Waterfall``, ``FundingSource``,
    ``cash_flows``, ``funding_metrics``, ``funding_path``.
Figures of cash flows, reports, errors
    ``finance``, ``report``, ``errors``.
"""

import importlib
import sys
from typing import TYPE_CHECKING, Any

from tariffcalc.version import VERSION

if TYPE_CHECKING:
    from tariffcalc import errors, finance, report
    from tariffcalc.analysis.agreement import Agreement, Offer
    from tariffcalc.analysis.bargain import bargain
    from tariffcalc.analysis.break_even import BreakEven, break_even
    from tariffcalc.analysis.compare import compare, incidence, ledger
    from tariffcalc.analysis.compare_responses import compare_responses
    from tariffcalc.analysis.cost_of_delay import cost_of_delay
    from tariffcalc.analysis.delay_in_terms import delay_in_terms
    from tariffcalc.analysis.distributions import (
        Beta,
        Branch,
        Branches,
        Discrete,
        Lognormal,
        Normal,
        Triangular,
        Uniform,
    )
    from tariffcalc.analysis.iso_cost import iso_cost
    from tariffcalc.analysis.net_benefits import draw_net_benefits
    from tariffcalc.analysis.sensitivity import sensitivity
    from tariffcalc.analysis.sides import Side, rubinstein_share
    from tariffcalc.analysis.simulate import draw_parameters, simulate
    from tariffcalc.analysis.sweep import sweep, sweep_chunks
    from tariffcalc.analysis.trade_off import TradeOff, trade_off
    from tariffcalc.analysis.valuation_views import valuation_views
    from tariffcalc.curves import RateCurve
    from tariffcalc.economy import Economy
    from tariffcalc.pledge.drawdown import Drawdown
    from tariffcalc.pledge.funding import FundingSource
    from tariffcalc.pledge.funding_tables import funding_path
    from tariffcalc.pledge.instruments import (
        Equity,
        Guarantee,
        Loan,
        PrivateInvestment,
        ShipFinance,
    )
    from tariffcalc.pledge.limits import FundingRequest, MissedCall, YearlyCap
    from tariffcalc.pledge.projects import Project
    from tariffcalc.pledge.structure import FundingStructure, Pledge, PledgePart, Tranche
    from tariffcalc.pledge.tables import cash_flows, funding_metrics
    from tariffcalc.pledge.waterfall import Waterfall
    from tariffcalc.rate_text import RatePart, StatutoryRate, parse_rate
    from tariffcalc.scenario.model import Scenario
    from tariffcalc.scenario.parts import Tariffs, Trade
    from tariffcalc.scenario.presets import list_scenarios, load_scenario
    from tariffcalc.scenario.provenance import Provenance
    from tariffcalc.studies.model import Study
    from tariffcalc.studies.running import StudyResult, run_study
    from tariffcalc.tariffs.base_lookup import add_base_rates
    from tariffcalc.tariffs.collection import compare_collected
    from tariffcalc.tariffs.comparison import compare_tariffs
    from tariffcalc.tariffs.competitors import rate_gaps
    from tariffcalc.tariffs.conventions import list_conventions
    from tariffcalc.tariffs.explain import Explanation
    from tariffcalc.tariffs.law import list_schedules, load_schedule
    from tariffcalc.tariffs.measures import TariffMeasure
    from tariffcalc.tariffs.products import list_product_lists, product_list
    from tariffcalc.tariffs.schedule import TariffSchedule
    from tariffcalc.trade.collected import load_collected_duties
    from tariffcalc.trade.domestic import add_domestic_sales, domestic_sales
    from tariffcalc.trade.elasticities import Elasticities, SectorElasticity
    from tariffcalc.trade.elasticity_sets import list_elasticities, load_elasticities
    from tariffcalc.trade.flows import TradeFlows
    from tariffcalc.trade.line_elasticities import line_elasticities
    from tariffcalc.trade.packaged import list_flows, load_flows
    from tariffcalc.trade.pass_through import list_pass_through, load_pass_through
    from tariffcalc.trade.readers import (
        HtsRates,
        read_baci,
        read_census,
        read_comtrade,
        read_dataweb,
        read_hts,
    )
    from tariffcalc.trade.responses import (
        ArmingtonResponse,
        ConstantElasticityResponse,
        GlobalArmingtonResponse,
        StaticResponse,
        gains_by_party,
        smart_trade_effects,
        trade_diversion,
        trade_effects,
    )
    from tariffcalc.trade.sectors import hs_chapters, sectors
    from tariffcalc.trade.trade_matrix import list_trade_matrices, load_trade_matrix
    from tariffcalc.valuation import Valuation

__all__ = [
    "Agreement",
    "ArmingtonResponse",
    "Beta",
    "Branch",
    "Branches",
    "BreakEven",
    "ConstantElasticityResponse",
    "Discrete",
    "Drawdown",
    "Economy",
    "Elasticities",
    "Equity",
    "Explanation",
    "FundingRequest",
    "FundingSource",
    "FundingStructure",
    "GlobalArmingtonResponse",
    "Guarantee",
    "HtsRates",
    "Loan",
    "Lognormal",
    "MissedCall",
    "Normal",
    "Offer",
    "Pledge",
    "PledgePart",
    "PrivateInvestment",
    "Project",
    "Provenance",
    "RateCurve",
    "RatePart",
    "Scenario",
    "SectorElasticity",
    "ShipFinance",
    "Side",
    "StaticResponse",
    "StatutoryRate",
    "Study",
    "StudyResult",
    "TariffMeasure",
    "TariffSchedule",
    "Tariffs",
    "Trade",
    "TradeFlows",
    "TradeOff",
    "Tranche",
    "Triangular",
    "Uniform",
    "Valuation",
    "Waterfall",
    "YearlyCap",
    "__version__",
    "add_base_rates",
    "add_domestic_sales",
    "bargain",
    "break_even",
    "cash_flows",
    "compare",
    "compare_collected",
    "compare_responses",
    "compare_tariffs",
    "cost_of_delay",
    "delay_in_terms",
    "domestic_sales",
    "draw_net_benefits",
    "draw_parameters",
    "errors",
    "finance",
    "funding_metrics",
    "funding_path",
    "gains_by_party",
    "hs_chapters",
    "incidence",
    "iso_cost",
    "ledger",
    "line_elasticities",
    "list_conventions",
    "list_elasticities",
    "list_flows",
    "list_pass_through",
    "list_product_lists",
    "list_scenarios",
    "list_schedules",
    "list_trade_matrices",
    "load_collected_duties",
    "load_elasticities",
    "load_flows",
    "load_pass_through",
    "load_scenario",
    "load_schedule",
    "load_trade_matrix",
    "parse_rate",
    "product_list",
    "rate_gaps",
    "read_baci",
    "read_census",
    "read_comtrade",
    "read_dataweb",
    "read_hts",
    "report",
    "rubinstein_share",
    "run_study",
    "sectors",
    "sensitivity",
    "simulate",
    "smart_trade_effects",
    "sweep",
    "sweep_chunks",
    "trade_diversion",
    "trade_effects",
    "trade_off",
    "valuation_views",
]

__version__ = VERSION

# The names of each room, which is loaded when one of them is first asked for.
_ROOMS = {
    "analysis.agreement": "Agreement Offer",
    "analysis.bargain": "bargain",
    "analysis.break_even": "BreakEven break_even",
    "analysis.compare": "compare incidence ledger",
    "analysis.compare_responses": "compare_responses",
    "analysis.cost_of_delay": "cost_of_delay",
    "analysis.delay_in_terms": "delay_in_terms",
    "analysis.distributions": "Beta Branch Branches Discrete Lognormal Normal Triangular Uniform",
    "analysis.iso_cost": "iso_cost",
    "analysis.net_benefits": "draw_net_benefits",
    "analysis.sensitivity": "sensitivity",
    "analysis.sides": "Side rubinstein_share",
    "analysis.simulate": "draw_parameters simulate",
    "analysis.sweep": "sweep sweep_chunks",
    "analysis.trade_off": "TradeOff trade_off",
    "analysis.valuation_views": "valuation_views",
    "curves": "RateCurve",
    "economy": "Economy",
    "pledge.drawdown": "Drawdown",
    "pledge.funding": "FundingSource",
    "pledge.funding_tables": "funding_path",
    "pledge.instruments": "Equity Guarantee Loan PrivateInvestment ShipFinance",
    "pledge.limits": "FundingRequest MissedCall YearlyCap",
    "pledge.projects": "Project",
    "pledge.structure": "FundingStructure Pledge PledgePart Tranche",
    "pledge.tables": "cash_flows funding_metrics",
    "pledge.waterfall": "Waterfall",
    "rate_text": "RatePart StatutoryRate parse_rate",
    "scenario.model": "Scenario",
    "scenario.parts": "Tariffs Trade",
    "scenario.presets": "list_scenarios load_scenario",
    "scenario.provenance": "Provenance",
    "studies.model": "Study",
    "studies.running": "StudyResult run_study",
    "tariffs.base_lookup": "add_base_rates",
    "tariffs.collection": "compare_collected",
    "tariffs.comparison": "compare_tariffs",
    "tariffs.competitors": "rate_gaps",
    "tariffs.conventions": "list_conventions",
    "tariffs.explain": "Explanation",
    "tariffs.law": "list_schedules load_schedule",
    "tariffs.measures": "TariffMeasure",
    "tariffs.products": "list_product_lists product_list",
    "tariffs.schedule": "TariffSchedule",
    "trade.collected": "load_collected_duties",
    "trade.domestic": "add_domestic_sales domestic_sales",
    "trade.elasticities": "Elasticities SectorElasticity",
    "trade.elasticity_sets": "list_elasticities load_elasticities",
    "trade.flows": "TradeFlows",
    "trade.line_elasticities": "line_elasticities",
    "trade.packaged": "list_flows load_flows",
    "trade.pass_through": "list_pass_through load_pass_through",
    "trade.readers": "HtsRates read_baci read_census read_comtrade read_dataweb read_hts",
    "trade.responses": (
        "ArmingtonResponse ConstantElasticityResponse GlobalArmingtonResponse "
        "StaticResponse gains_by_party smart_trade_effects trade_diversion trade_effects"
    ),
    "trade.sectors": "hs_chapters sectors",
    "trade.trade_matrix": "list_trade_matrices load_trade_matrix",
    "valuation": "Valuation",
}
_HOMES = {name: room for room, names in _ROOMS.items() for name in names.split()}
_MODULES = ("errors", "finance", "report")


def __getattr__(name: str) -> Any:
    """Return a public name, and keep it."""
    if name in _MODULES:
        return importlib.import_module(f"tariffcalc.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(f"tariffcalc.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)


if "IPython" in sys.modules:
    from tariffcalc.report.notebook import register

    register()
