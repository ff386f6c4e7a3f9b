"""Public Hypothesis strategies and assert helpers (needs hypothesis)."""

from tariffcalc.testing.drawdowns import drawdowns
from tariffcalc.testing.economy import economies, funding_sources, valuations
from tariffcalc.testing.instruments import instruments, rate_curves
from tariffcalc.testing.pledge import (
    assert_cash_conserved,
    assert_same_flows,
    funding_structures,
    pledges,
    tranches,
)
from tariffcalc.testing.responses import (
    elasticities,
    global_responses,
    regional_flows,
    responses,
    trade_elasticities,
)
from tariffcalc.testing.scenarios import (
    assert_same_scenario,
    assert_same_table,
    parameter_changes,
    provenances,
    scenarios,
)
from tariffcalc.testing.tariffs import (
    assert_gains_add_up,
    assert_rates_add_up,
    entry_dates,
    hs_codes,
    tariff_laws,
    tariff_lines,
    tariff_measures,
    tariff_schedules,
    trade_flows,
)
from tariffcalc.testing.uncertainty import branches, distributions
from tariffcalc.testing.waterfalls import projects, waterfalls

__all__ = [
    "assert_cash_conserved",
    "assert_gains_add_up",
    "assert_rates_add_up",
    "assert_same_flows",
    "assert_same_scenario",
    "assert_same_table",
    "branches",
    "distributions",
    "drawdowns",
    "economies",
    "elasticities",
    "entry_dates",
    "funding_sources",
    "funding_structures",
    "global_responses",
    "hs_codes",
    "instruments",
    "parameter_changes",
    "pledges",
    "projects",
    "provenances",
    "rate_curves",
    "regional_flows",
    "responses",
    "scenarios",
    "tariff_laws",
    "tariff_lines",
    "tariff_measures",
    "tariff_schedules",
    "trade_elasticities",
    "trade_flows",
    "tranches",
    "valuations",
    "waterfalls",
]
