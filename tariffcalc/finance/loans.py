"""A loan by period."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tariffcalc.errors import InputError, raise_faults, unknown_name
from tariffcalc.finance.arguments import check_lengths, number_per_row
from tariffcalc.numeric import amortisation
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.tables import labelled

__all__ = ["loan_schedule"]

REPAYMENTS = ("annuity", "equal_principal", "bullet")


def loan_schedule(
    disbursement: ArrayLike,
    *,
    rate: ArrayLike,
    periods: int,
    grace_periods: int = 0,
    repayment: str | ArrayLike = "annuity",
) -> pd.DataFrame:
    """Tabulate a loan, or many: what is owed, paid and repaid in each period.

    Parameters
    ----------
    disbursement
        What is drawn at the start of the first period [currency], or a sequence of what is drawn
        at the start of periods 1, 2, …; of many loans a table (rows, draws).
    rate
        Interest per period [fraction], from 0 on: one, or one for each period (a floating rate);
        of many loans a table (rows, 1 or periods).
    periods
        Number of periods to the last payment; payments fall at the end of each.
    grace_periods
        Periods of interest only at the start.
    repayment
        ``"annuity"`` (level payments), ``"equal_principal"``, ``"bullet"`` (all at the end), or
        the principal repaid in each period [currency], which adds up to what is drawn; of many
        loans a table (rows, periods).

    Returns
    -------
    DataFrame
        One row per ``period`` from 1 on (per ``row`` from 0 on and ``period`` where a table is
        given), with columns ``disbursement``, ``opening_balance``
        (after the disbursement), ``interest``, ``principal``, ``payment`` (both together) and
        ``closing_balance``, which is 0 at the end.

    Raises
    ------
    InputError
        For amounts that are negative or not finite, sequences of another length, tables of
        different numbers of rows, a grace that leaves no period to repay in, or repayments that do
        not add up.
    UnknownNameError
        For another repayment.

    Notes
    -----
    Later disbursements and changes of the rate level the payments, or the parts of principal,
    again over the periods left.

    Examples
    --------
    >>> from tariffcalc import finance
    >>> loan = finance.loan_schedule(100.0, rate=0.05, periods=3, grace_periods=1)
    >>> shown = loan[["interest", "principal", "payment", "closing_balance"]]
    >>> print(shown.round(2).to_string(index=False))
     interest  principal  payment  closing_balance
         5.00       0.00     5.00           100.00
         5.00      48.78    53.78            51.22
         2.56      51.22    53.78             0.00
    """
    _check_periods(periods, grace_periods)
    drawn = _by_period(disbursement, "disbursement", periods, repeat=False)
    rates = _by_period(rate, "rate", periods, repeat=True)
    check_lengths(disbursement=drawn, rate=rates)
    share, amount = _repayments(repayment, drawn, rates, grace_periods)
    service = amortisation.amortise(drawn, rates, share, amount)
    columns = {
        "disbursement": drawn,
        "opening_balance": service.opening,
        "interest": service.interest,
        "principal": service.principal,
        "payment": service.interest + service.principal,
        "closing_balance": service.closing,
    }
    given = (disbursement, rate, 0.0 if isinstance(repayment, str) else repayment)
    rows = service.opening.shape[0]
    index: pd.Index = pd.RangeIndex(1, periods + 1, name="period")
    if any(np.ndim(numbers) == 2 for numbers in given):
        index = pd.MultiIndex.from_product([range(rows), index], names=["row", "period"])
    data = {n: np.broadcast_to(table, (rows, periods)).ravel() for n, table in columns.items()}
    return labelled(pd.DataFrame(data, index=index), dict.fromkeys(columns, "currency"))


def _check_periods(periods: int, grace_periods: int) -> None:
    faults = [
        f"{name}: a whole number from {least} on is needed, given {value!r}"
        for name, value, least in (("periods", periods, 1), ("grace_periods", grace_periods, 0))
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least
    ]
    if not faults and grace_periods >= periods:
        faults.append(
            f"grace_periods: fewer than the {periods} periods are needed, given {grace_periods}"
        )
    raise_faults("loan", faults)


def _by_period(value: ArrayLike, name: str, periods: int, *, repeat: bool) -> FloatArray:
    """Return a row of ``periods`` numbers for each loan: one alone is repeated, or stands first."""
    several = np.ndim(value) == 2
    table = np.asarray(value, dtype=np.float64) if several else number_per_row(value, name)
    numbers = np.atleast_2d(table)
    if not (np.isfinite(numbers) & (numbers >= 0.0)).all():
        raise InputError(f"{name}: finite and at least 0 is needed, given {value!r}")
    if repeat and (np.ndim(value) == 0 or (several and numbers.shape[1] == 1)):
        numbers = np.repeat(numbers, periods, axis=1)
    count = numbers.shape[1]
    if count > periods or (repeat and count < periods):
        raise InputError(
            f"{name}: one number, or {'' if repeat else 'at most '}{periods}, is needed, "
            f"given {count}"
        )
    return np.pad(numbers, ((0, 0), (0, periods - count)))


def _repayments(
    repayment: str | ArrayLike, drawn: FloatArray, rates: FloatArray, grace: int
) -> tuple[FloatArray, FloatArray]:
    """Return the share of the balance and the amount that each period repays."""
    periods = drawn.shape[1]
    bullet, nothing = amortisation.equal_shares(periods, periods - 1), np.zeros((1, periods))
    if isinstance(repayment, str):
        if repayment not in REPAYMENTS:
            raise unknown_name("repayment", repayment, REPAYMENTS)
        shares = {
            "annuity": lambda: amortisation.level_shares(rates, grace),
            "equal_principal": lambda: amortisation.equal_shares(periods, grace),
            "bullet": lambda: bullet,
        }
        return shares[repayment](), nothing
    table = repayment if np.ndim(repayment) == 2 else np.atleast_1d(repayment)
    repaid = _by_period(table, "repayment", periods, repeat=True)
    check_lengths(disbursement=drawn, rate=rates, repayment=repaid)
    for paid, out in zip(*np.broadcast_arrays(repaid, drawn), strict=True):
        _check_repaid(paid, out, grace)
    amounts = repaid.copy()
    amounts[:, -1] = 0.0  # the last takes what is left, so that the balance closes at 0
    return bullet, amounts


def _check_repaid(repaid: FloatArray, drawn: FloatArray, grace: int) -> None:
    faults = []
    slack = 1e-9 * drawn.sum()
    if abs(repaid.sum() - drawn.sum()) > slack:
        faults.append(
            f"repayment: principal of {drawn.sum():g} in all is needed, given {repaid.sum():g}"
        )
    early = np.flatnonzero(np.cumsum(repaid) > np.cumsum(drawn) + slack)
    if early.size:
        faults.append(f"repayment: more than is owed in period {early[0] + 1}")
    if repaid[:grace].any():
        faults.append(f"repayment: none is needed in the {grace} grace_periods")
    raise_faults("loan", faults)
