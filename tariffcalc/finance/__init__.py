"""Public figures of cash flows, one per row.

Flows in equal periods: ``npv``, ``irr``, ``annuity_factor``, ``annuity_payment``; on dates:
``xnpv``, ``xirr``, ``day_count_fraction``; loans: ``loan_schedule``, ``grant_element``,
``credit_subsidy``. Amounts have shape (periods,) or (rows, periods); rates are fractions and may
differ by row.
"""

from __future__ import annotations

from tariffcalc.finance.concessionality import grant_element
from tariffcalc.finance.credit import credit_subsidy
from tariffcalc.finance.dated import day_count_fraction, xirr, xnpv
from tariffcalc.finance.loans import loan_schedule
from tariffcalc.finance.periodic import annuity_factor, annuity_payment, irr, npv

__all__ = [
    "annuity_factor",
    "annuity_payment",
    "credit_subsidy",
    "day_count_fraction",
    "grant_element",
    "irr",
    "loan_schedule",
    "npv",
    "xirr",
    "xnpv",
]
