"""What a loan pays by period, and what debt service is worth in closed form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tariffcalc.numeric.arrays import FloatArray, period_array, product_before
from tariffcalc.numeric.discounting import annuity_factor

__all__ = [
    "Service",
    "amortise",
    "annuity_value",
    "declining",
    "declining_value",
    "equal_shares",
    "grant_share",
    "level_shares",
    "lump_sum_value",
]


@dataclass(frozen=True, slots=True)
class Service:
    """A loan by period, each array of shape (cases, periods)."""

    opening: FloatArray
    interest: FloatArray
    principal: FloatArray
    closing: FloatArray


def amortise(drawn: FloatArray, rate: FloatArray, share: FloatArray, amount: FloatArray) -> Service:
    """Return the service of what is drawn at the start of each period, paid at its end.

    Each period repays a share of its balance and an amount; the share is 1 in the last, so that
    the balance closes at 0 exactly. All have shape (cases or 1, periods).
    """
    cases, periods = np.broadcast_shapes(drawn.shape, rate.shape, share.shape, amount.shape)
    opening, interest = period_array(cases, periods), period_array(cases, periods)
    principal, closing = period_array(cases, periods), period_array(cases, periods)
    balance = np.zeros(cases)
    for period in range(periods):
        opening[:, period] = balance + drawn[:, period]
        interest[:, period] = opening[:, period] * rate[:, period]
        principal[:, period] = opening[:, period] * share[:, period] + amount[:, period]
        balance = opening[:, period] - principal[:, period]
        closing[:, period] = balance
    return Service(opening, interest, principal, closing)


def declining(rate: FloatArray, share: FloatArray) -> Service:
    """Return the service of one dollar drawn at the start, of which each period repays a share.

    Both have shape (cases or 1, periods).
    """
    opening = product_before(1.0 - share)
    principal = opening * share
    return Service(opening, opening * rate, principal, opening - principal)


def level_shares(rate: FloatArray, grace: int) -> FloatArray:
    """Return the share of the balance that a level payment repays: 1/A(r, n) − r, n periods left.

    With rates that change the payment is levelled again each period.
    """
    periods = rate.shape[1]
    left = np.arange(periods, 0.0, -1.0)
    shares = 1.0 / annuity_factor(rate, left) - rate
    shares[:, :grace], shares[:, -1] = 0.0, 1.0
    return shares


def equal_shares(periods: int, grace: int) -> FloatArray:
    """Return the share of the balance that equal repayments of principal take: 1/n, n left."""
    shares = 1.0 / np.arange(periods, 0.0, -1.0)[np.newaxis]
    shares[:, :grace] = 0.0
    return shares


def grant_share(
    value: Callable[[FloatArray, FloatArray, FloatArray], FloatArray],
    rate: FloatArray,
    discount: FloatArray,
    before: FloatArray,
    last: FloatArray,
) -> FloatArray:
    """Return 1 − the present value of the service of 1: interest ``before`` times, then repaid.

    ``value`` is that of the payments after those at their start, of a loan of ``last`` payments.
    """
    delay = np.exp(-before * np.log1p(discount))
    interest = rate * annuity_factor(discount, before)
    return 1.0 - (interest + delay * value(rate, discount, last - before))


def declining_value(rate: FloatArray, discount: FloatArray, periods: FloatArray) -> FloatArray:
    """Return the present value of repaying 1 in ``periods`` equal parts with interest on the rest.

    A/n + r·(n − A)/(n·d), A = A(d, n); near d = 0 the quotient is taken from its series.
    """
    factor = annuity_factor(discount, periods)
    near = np.abs(discount) * periods < 1e-4
    safe = np.where(near, 1.0, discount)
    linear, square = (periods + 1.0) / 2.0, (periods + 1.0) * (periods + 2.0) / 6.0
    cube = square * (periods + 3.0) / 4.0
    series = linear - square * discount + cube * discount * discount
    rest = np.where(near, series, (1.0 - factor / periods) / safe)
    return factor / periods + rate * rest


def annuity_value(rate: FloatArray, discount: FloatArray, periods: FloatArray) -> FloatArray:
    """Return the present value of repaying 1 in ``periods`` level payments: A(d, n)/A(r, n)."""
    return annuity_factor(discount, periods) / annuity_factor(rate, periods)


def lump_sum_value(rate: FloatArray, discount: FloatArray, periods: FloatArray) -> FloatArray:
    """Return the present value of interest each period and 1 at the end of the last."""
    return rate * annuity_factor(discount, periods) + np.exp(-periods * np.log1p(discount))
