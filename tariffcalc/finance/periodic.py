"""Figures of flows at times 0, 1, 2, …: net present value, internal rate of return, annuities."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from tariffcalc.errors import InputError
from tariffcalc.finance.arguments import (
    as_rows,
    check_lengths,
    near_per_row,
    number_per_row,
    rate_per_row,
    shaped,
    wanted_root,
)
from tariffcalc.numeric import discounting
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.rates_of_return import count_and_root

__all__ = ["annuity_factor", "annuity_payment", "irr", "npv"]


def npv(amounts: ArrayLike, *, rate: ArrayLike) -> FloatArray | float:
    """Net present value of flows at times 0, 1, 2 and so on.

    Parameters
    ----------
    amounts
        Flows [currency], shape (periods,) or (rows, periods); the first falls at time 0.
    rate
        Discount rate per period [fraction], above −1; one, or one per row.

    Returns
    -------
    float or array of shape (rows,)
        Σ_k amounts_k·(1+rate)^−k.

    Raises
    ------
    InputError
        For an amount that is not finite, a rate not above −1 or lengths that differ.

    Notes
    -----
    Excel's ``NPV`` puts its first flow at time 1: it is ``npv`` with a 0 in front.

    Examples
    --------
    >>> from tariffcalc import finance
    >>> round(finance.npv([-40000, 5000, 8000, 12000, 30000], rate=0.08), 4)
    3065.2227
    """
    flows, single = as_rows(amounts)
    rates = rate_per_row(rate, "rate")
    check_lengths(amounts=flows, rate=rates)
    factors = discounting.discount_factors(rates, flows.shape[1])
    return shaped(discounting.present_value(flows, factors), single and rates.shape[0] == 1)


def irr(
    amounts: ArrayLike,
    *,
    on_failure: Literal["raise", "nan"] = "raise",
    root: Literal["only", "lowest", "highest", "nearest"] = "only",
    near: ArrayLike = 0.0,
) -> FloatArray | float:
    """Return the internal rate of return: the rate at which the net present value is 0.

    Parameters
    ----------
    amounts
        Flows [currency], shape (periods,) or (rows, periods), at times 0, 1, 2, …
    on_failure
        ``"raise"``, or ``"nan"`` to give NaN for the rows without the root that is asked for.
    root
        Where several rates solve the equation: ``"only"`` refuses, ``"lowest"``, ``"highest"`` or
        ``"nearest"`` to ``near`` takes that one (of two as near the lower).
    near
        The rate that the nearest root is measured from [fraction]: one, or one per row.

    Returns
    -------
    float or array of shape (rows,)
        The rate per period [fraction], above −1.

    Raises
    ------
    NoRootError, MultipleRootsError
        Where no rate, or more than one and ``root="only"``, solves the equation, unless
        ``on_failure="nan"``.
    InputError
        For an amount that is not finite, or a ``near`` not above −1.
    UnknownNameError
        For another root.

    Notes
    -----
    With v = 1/(1+rate) the equation is a polynomial in v. Flows that change sign once have one
    root v > 0 (Descartes' rule), found by safeguarded Newton steps. The sign changes of others are
    bracketed on a fixed grid of 381 rates from −0.9999 to 1e6 and counted; where Descartes' rule
    leaves room for more, two roots inside one step are told apart at the turn of the present value
    between them. The root asked for is refined to the last digits of 1+rate. Roots outside that
    range, three or more inside one step, or one inside the step after a root on the grid, are not
    seen; a row of zeros, which any rate solves, counts as having none. Zeros before the first flow
    or after the last one change nothing.

    References
    ----------
    C. J. Norstrom (1972), Journal of Financial and Quantitative Analysis 7(3), 1835–1839,
    doi:10.2307/2329806.

    Examples
    --------
    >>> from tariffcalc import finance
    >>> round(finance.irr([-70000, 12000, 15000, 18000, 21000, 26000]), 10)
    0.086630948
    >>> round(finance.irr([100, -230, 132], root="highest"), 10)
    0.2
    """
    flows, single = as_rows(amounts)
    counts, found = count_and_root(flows, root, near_per_row(root, near, flows.shape[0]))
    return shaped(wanted_root(counts, found, root, on_failure), single)


def annuity_factor(*, rate: ArrayLike, periods: ArrayLike) -> FloatArray | float:
    """Present value of 1 a period: A(r, n) = (1 − (1+r)^−n)/r, or n at r = 0.

    Parameters
    ----------
    rate
        Rate per period [fraction], above −1.
    periods
        Number of payments, the first at the end of the first period.

    Returns
    -------
    float or array
        The factor [periods].

    Raises
    ------
    InputError
        For a rate not above −1, a negative number of periods or lengths that differ.

    Examples
    --------
    >>> from tariffcalc import finance
    >>> round(finance.annuity_factor(rate=0.05, periods=20), 6)
    12.46221
    """
    rates, count = (
        rate_per_row(rate, "rate"),
        rate_per_row(periods, "periods", least=0.0, strict=False),
    )
    check_lengths(rate=rates, periods=count)
    single = np.ndim(rate) == 0 and np.ndim(periods) == 0
    return shaped(discounting.annuity_factor(rates, count), single)


def annuity_payment(
    principal: ArrayLike, *, rate: ArrayLike, periods: ArrayLike
) -> FloatArray | float:
    """Level payment at the end of each period that repays ``principal`` with interest.

    Parameters
    ----------
    principal
        Amount owed at time 0 [currency].
    rate
        Rate per period [fraction], above −1.
    periods
        Number of payments, at least 1.

    Returns
    -------
    float or array
        principal / A(rate, periods) [currency per period].

    Raises
    ------
    InputError
        For a principal that is not finite, a rate not above −1, fewer than one period or lengths
        that differ.

    Examples
    --------
    >>> from tariffcalc import finance
    >>> round(finance.annuity_payment(200.0, rate=0.0458, periods=20), 9)
    15.481995614
    """
    owed = number_per_row(principal, "principal")
    if not np.isfinite(owed).all():
        raise InputError("principal: a finite number is needed; leave out what is unknown")
    rates, count = (
        rate_per_row(rate, "rate"),
        rate_per_row(periods, "periods", least=1.0, strict=False),
    )
    check_lengths(principal=owed, rate=rates, periods=count)
    single = np.ndim(principal) == 0 and np.ndim(rate) == 0 and np.ndim(periods) == 0
    return shaped(owed / discounting.annuity_factor(rates, count), single)
