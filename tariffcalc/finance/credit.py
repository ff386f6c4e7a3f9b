"""What government credit costs the budget, as the US Federal Credit Reform Act defines it."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from tariffcalc.errors import InputError, first_rows, unknown_name
from tariffcalc.finance.arguments import (
    as_rows,
    as_table,
    check_lengths,
    check_rates,
    check_shares,
    number_per_row,
    shaped,
)
from tariffcalc.numeric import credit
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.discounting import present_value

__all__ = ["credit_subsidy"]

KINDS = ("direct_loan", "guarantee")


def credit_subsidy(
    disbursements: ArrayLike,
    *,
    principal: ArrayLike,
    interest: ArrayLike,
    treasury_rate: ArrayLike,
    fees: ArrayLike | None = None,
    default_rate: ArrayLike = 0.0,
    recovery_share: ArrayLike = 0.0,
    cover_share: ArrayLike = 1.0,
    kind: Literal["direct_loan", "guarantee"] = "direct_loan",
) -> FloatArray | float:
    """Net present value of what a government loan or guarantee costs the budget.

    Parameters
    ----------
    disbursements
        What the borrower draws at times 0, 1, 2, … [currency], shape (times,) or (rows, times):
        from the government, or for a guarantee from a private lender.
    principal, interest
        What the contract has the borrower repay and pay at these times [currency].
    treasury_rate
        Discount rate per period [fraction], above −1: one, one per row, or a curve, a table
        (1 or rows, times) with the zero-coupon rate of maturity k in column k.
    fees
        Paid to the government at these times [currency]; none where left out.
    default_rate
        Probability that a loan alive defaults in a period [share]: one, one per row, or a table
        (1 or rows, times) whose column k is that of the period before time k.
    recovery_share
        Share of the defaulted principal that is recovered at once [share].
    cover_share
        Share of the loan that is guaranteed [share]; a direct loan has 1.
    kind
        ``"direct_loan"`` or ``"guarantee"``.

    Returns
    -------
    float or array of shape (rows,)
        The subsidy cost [currency], at time 0; negative where the government gains. Over the
        present value of the disbursements it is the subsidy rate.

    Raises
    ------
    InputError
        For numbers outside their range, shapes or lengths that differ, or principal that does not
        repay what is drawn.
    UnknownNameError
        For another kind.

    Notes
    -----
    Direct loan: disbursements less repayments of principal, interest, fees and recoveries, after
    expected defaults. Guarantee: payments to cover defaults less fees and recoveries. Loans alive
    after time k − 1 default by time k with the principal outstanding in between; they pay nothing
    more, and draw nothing more. Fees fall on the loans alive at the start of a period.
    Administrative costs are left out, as the Act has it; so is the price of risk.

    References
    ----------
    Federal Credit Reform Act of 1990, section 502(5), 2 U.S.C. 661a(5): "the estimated long-term
    cost to the Government of a direct loan or loan guarantee, calculated on a net present value
    basis", at "the average interest rate on marketable Treasury securities of similar maturity to
    the cash flows".

    Examples
    --------
    >>> from tariffcalc import finance
    >>> loan = finance.loan_schedule(100.0, rate=0.02, periods=10)
    >>> round(finance.credit_subsidy([100.0] + [0.0] * 10, principal=[0.0, *loan["principal"]],
    ...                              interest=[0.0, *loan["interest"]], treasury_rate=0.04,
    ...                              default_rate=0.01, recovery_share=0.5), 4)
    11.8883
    """
    if kind not in KINDS:
        raise unknown_name("kind", kind, KINDS)
    given = {"disbursements": disbursements, "principal": principal, "interest": interest}
    if fees is not None:
        given["fees"] = fees
    flows = {name: as_rows(amounts, name)[0] for name, amounts in given.items()}
    times = _check_flows(flows)
    flows.setdefault("fees", np.zeros((1, times)))
    per_row = {
        "treasury_rate": as_table(treasury_rate, "treasury_rate", times),
        "default_rate": as_table(default_rate, "default_rate", times),
        "recovery_share": number_per_row(recovery_share, "recovery_share")[:, np.newaxis],
        "cover_share": number_per_row(cover_share, "cover_share")[:, np.newaxis],
    }
    check_rates(per_row["treasury_rate"], "treasury_rate", treasury_rate)
    check_shares(per_row["default_rate"], "default_rate", default_rate)
    check_shares(per_row["recovery_share"], "recovery_share", recovery_share)
    check_shares(per_row["cover_share"], "cover_share", cover_share)
    check_lengths(**flows, **per_row)
    _check_repaid(flows["disbursements"], flows["principal"])
    value = present_value(
        _expected_cost(kind, flows, per_row), credit.zero_coupon_factors(per_row["treasury_rate"])
    )
    single = all(np.ndim(amounts) == 1 for amounts in given.values()) and all(
        np.ndim(number) != 1
        for number in (treasury_rate, default_rate, recovery_share, cover_share)
    )
    return shaped(value, single and value.size == 1)


def _expected_cost(
    kind: str, flows: dict[str, FloatArray], per_row: dict[str, FloatArray]
) -> FloatArray:
    """Return what is expected to be paid less what is expected to be received at each time."""
    drawn, repaid, fees = flows["disbursements"], flows["principal"], flows["fees"]
    defaults, recovered = per_row["default_rate"], per_row["recovery_share"]
    covered = per_row["cover_share"]
    if kind == "guarantee":
        return credit.guarantee_cost(drawn, repaid, covered, fees, defaults, recovered)
    if (covered != 1.0).any():
        raise InputError("cover_share: a direct loan has 1; give kind='guarantee'")
    return credit.direct_loan_cost(drawn, repaid, flows["interest"], fees, defaults, recovered)


def _check_flows(flows: dict[str, FloatArray]) -> int:
    """Return the number of times, the same for all flows, none of them negative."""
    times = {name: rows.shape[1] for name, rows in flows.items()}
    if len(set(times.values())) > 1:
        shown = ", ".join(f"{name} {count}" for name, count in times.items())
        raise InputError(f"times differ in number: {shown}; give a flow for each, 0 where none is")
    for name, rows in flows.items():
        bad = np.flatnonzero((rows < 0.0).any(axis=1)).tolist()
        if bad:
            raise InputError(f"{name}: negative in {first_rows(bad, len(bad))}")
    return int(times["disbursements"])


def _check_repaid(drawn: FloatArray, repaid: FloatArray) -> None:
    """Refuse principal that is repaid before it is drawn, or never."""
    owed = np.cumsum(drawn - repaid, axis=1)
    slack = 1e-9 * drawn.sum(axis=1, keepdims=True)
    bad = np.flatnonzero(((owed < -slack).any(axis=1)) | (owed[:, -1:] > slack).any(axis=1))
    if bad.size:
        raise InputError(
            "principal: all that is drawn, and no more than is owed, is to be repaid, "
            f"but not in {first_rows(bad.tolist(), bad.size)}"
        )
