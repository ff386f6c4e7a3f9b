"""Terms of an instrument that contradict each other, or leave a number open, are refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tariffcalc.pledge.instruments import Guarantee, Loan, ShipFinance

__all__ = ["check_guarantee", "check_loan", "check_ship_finance"]


def check_loan(loan: Loan) -> None:
    """Refuse a loan without one rate, one default rate, and repayments that repay it."""
    _refuse(
        [
            *_rate_faults(loan.rate, loan.curve, loan.spread),
            *_default_faults(loan.default_rate or None, loan.default_rates, needed=False),
            *_grace_faults(loan.grace_years, loan.maturity_years),
            *_share_faults(loan),
        ]
    )


def check_guarantee(guarantee: Guarantee) -> None:
    """Refuse a guarantee without one default rate, or of a loan that is never repaid."""
    faults = [
        *_default_faults(guarantee.default_rate, guarantee.default_rates, needed=True),
        *_grace_faults(guarantee.grace_years, guarantee.maturity_years),
    ]
    if (guarantee.repayment == "annuity") != (guarantee.loan_rate is not None):
        faults.append(
            "loan_rate: it is needed for repayment 'annuity', and for no other, given "
            f"{guarantee.loan_rate} for {guarantee.repayment!r}"
        )
    _refuse(faults)


def check_ship_finance(credit: ShipFinance) -> None:
    """Refuse an export credit without one rate and one default rate."""
    _refuse(
        [
            *_rate_faults(credit.rate, credit.curve, credit.spread),
            *_default_faults(credit.default_rate or None, credit.default_rates, needed=False),
        ]
    )


def _refuse(faults: Iterable[str]) -> None:
    if text := "\n  - ".join(faults):
        raise ValueError(text)


def _rate_faults(rate: float | None, curve: str | None, spread: float) -> list[str]:
    if (rate is None) == (curve is None):
        given = "neither" if rate is None else "both"
        return [f"rate: either a rate or a curve is needed, given {given}"]
    if curve is None and spread != 0.0:
        return [f"spread: it is added to a curve; name one, or add {spread:g} to rate"]
    return []


def _default_faults(rate: float | None, rates: Sequence[float], *, needed: bool) -> list[str]:
    if rates and rate is not None:
        return ["default_rate: either it or default_rates is needed, given both"]
    if needed and not rates and rate is None:
        return ["default_rate: either it or default_rates is needed, given neither"]
    return []


def _grace_faults(grace_years: int, maturity_years: int) -> list[str]:
    if grace_years < maturity_years:
        return []
    fault = f"grace_years {grace_years} leaves no year of repayment before"
    return [f"{fault} maturity_years {maturity_years}; give fewer"]


def _share_faults(loan: Loan) -> list[str]:
    """Return what is wrong with the repayment shares of a loan."""
    shares = loan.repayment_shares
    if loan.repayment != "custom":
        return ["repayment_shares: only repayment 'custom' takes them"] if shares else []
    faults = []
    if len(shares) != loan.maturity_years:
        faults.append(
            f"repayment_shares: one for each of the {loan.maturity_years} years to maturity is "
            f"needed, given {len(shares)}"
        )
    total = sum(shares)
    if abs(total - 1.0) > 1e-9:
        faults.append(f"repayment_shares: they have to add up to 1, and add up to {total:.10g}")
    if any(shares[: loan.grace_years]):
        faults.append(
            f"repayment_shares: none is repaid in the {loan.grace_years} grace_years, given "
            f"{list(shares[: loan.grace_years])}"
        )
    return faults
