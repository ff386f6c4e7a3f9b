"""What one dollar lent, or guaranteed, pays by age: as the contract has it, and as expected."""

from __future__ import annotations

import numpy as np

from tariffcalc.numeric.amortisation import Service, amortise
from tariffcalc.numeric.arrays import FloatArray, period_array
from tariffcalc.numeric.discounting import annuity_factor

__all__ = ["contract_service", "expected_service", "repayment_amounts"]


def contract_service(
    rate: FloatArray,
    grace: FloatArray,
    maturity: FloatArray,
    repayment: str,
    *,
    amounts: FloatArray | None = None,
    capitalised: bool = False,
) -> Service:
    """Return the service of one dollar lent if nothing defaults, by age, (cases or 1, ages) each.

    ``rate`` is that of each period of age, shape (cases or 1, ages); ``grace`` and ``maturity``
    are whole periods, shape (cases or 1,). ``amounts`` are those of a ``"custom"`` repayment;
    ``capitalised`` interest of the grace periods is added to what is owed.
    """
    ages = rate.shape[1]
    age = np.arange(ages, dtype=np.float64)
    left = maturity[:, np.newaxis] - age
    share = _shares(repayment, rate, np.maximum(left, 1.0))
    waiting = age < grace[:, np.newaxis]
    share = np.where(waiting, -rate if capitalised else 0.0, share)
    share = np.where(left > 1.0, share, 1.0)  # the last one repays what is left
    lent = period_array(1, ages)
    lent[0, 0] = 1.0
    repaid = np.zeros((1, ages)) if amounts is None else amounts
    return amortise(lent, rate, share, repaid)


def _shares(repayment: str, rate: FloatArray, left: FloatArray) -> FloatArray:
    """Return the share of the balance repaid with so many payments left, this one among them."""
    if repayment == "annuity":
        return 1.0 / annuity_factor(rate, left) - rate
    if repayment == "equal_principal":
        return 1.0 / left
    return np.zeros((1, 1))


def repayment_amounts(shares: tuple[float, ...], per_year: int, ages: int) -> FloatArray:
    """Return shares of the principal at the end of each year of age, by period, shape (1, ages).

    The last is left out: it repays what is left.
    """
    amounts = period_array(1, ages)
    for year, share in enumerate(shares[:-1]):
        amounts[0, (year + 1) * per_year - 1] = share
    return amounts


def expected_service(service: Service, default_rate: FloatArray, loss: FloatArray) -> FloatArray:
    """Return the service after expected defaults, by age, shape (cases or 1, ages).

    What is alive and does not default in a period pays its service; what defaults, at
    ``default_rate`` of shape (cases or 1, ages), recovers 1 − loss of what was outstanding.
    """
    cases = max(service.opening.shape[0], default_rate.shape[0], loss.shape[0])
    ages = service.opening.shape[1]
    expected, alive = period_array(cases, ages), np.ones(1)
    for age in range(ages):
        defaulting = default_rate[:, age]
        paid = service.interest[:, age] + service.principal[:, age]
        recovered = defaulting * (1.0 - loss) * service.opening[:, age]
        expected[:, age] = alive * ((1.0 - defaulting) * paid + recovered)
        alive = alive * (1.0 - defaulting)
    return expected
