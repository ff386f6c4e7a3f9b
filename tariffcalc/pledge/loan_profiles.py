"""What one dollar lent, or guaranteed, pays by age: as the contract has it, and as expected."""

from __future__ import annotations

import numpy as np

from tariffcalc.numeric.amortisation import Service, amortise, declining
from tariffcalc.numeric.arrays import FloatArray, period_array, product_before
from tariffcalc.numeric.discounting import annuity_factor

__all__ = ["contract_service", "expected_service", "repayment_amounts", "surviving"]


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
    if amounts is None:
        return declining(rate, share)
    lent = period_array(1, ages)
    lent[0, 0] = 1.0
    return amortise(lent, rate, share, amounts)


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
    lasting = 1.0 - default_rate
    paid = service.interest + service.principal
    recovered = default_rate * (1.0 - loss)[:, np.newaxis] * service.opening
    return np.asfortranarray(surviving(default_rate) * (lasting * paid + recovered))


def surviving(default_rate: FloatArray) -> FloatArray:
    """Return the share alive at the start of each period of age, shape (cases or 1, ages)."""
    return product_before(1.0 - default_rate)
