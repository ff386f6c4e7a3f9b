"""How much of a loan is a gift."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from tariffcalc.errors import raise_faults, unknown_name
from tariffcalc.finance.arguments import check_lengths, rate_per_row, shaped
from tariffcalc.numeric import amortisation
from tariffcalc.numeric.arrays import FloatArray

__all__ = ["grant_element"]

VALUES = {
    "equal_principal": amortisation.declining_value,
    "annuity": amortisation.annuity_value,
    "lump_sum": amortisation.lump_sum_value,
}


def grant_element(
    *,
    face: ArrayLike,
    rate: ArrayLike,
    maturity_years: ArrayLike,
    grace_years: ArrayLike,
    payments_per_year: ArrayLike,
    discount_rate: ArrayLike,
    repayment: str = "equal_principal",
) -> FloatArray | float:
    """Share of a loan's face that is a gift: 1 − present value of its service ÷ face.

    Parameters
    ----------
    face
        Amount lent [currency], above 0.
    rate
        Interest [fraction per year], paid in ``payments_per_year`` equal parts.
    maturity_years
        Years to the last payment.
    grace_years
        Years to the first repayment of principal; 0 is read as the first payment. A lump sum is
        repaid at maturity whatever its grace.
    payments_per_year
        Payments a year; maturity and grace are whole numbers of them.
    discount_rate
        Effective discount rate [fraction per year]: 0.05 for the IMF and the World Bank since
        October 2013, 0.10 for the OECD's Development Assistance Committee until 2017.
    repayment
        ``"equal_principal"``, ``"annuity"`` (level payments after the grace) or ``"lump_sum"``
        (interest throughout, principal at the end).

    Returns
    -------
    float or array of shape (rows,)
        The grant element [share of face], negative where the loan costs more than the discount
        rate.

    Raises
    ------
    InputError
        For a number outside its range, a grace beyond the maturity, a maturity that is not a
        whole number of payments, or lengths that differ.
    UnknownNameError
        For another repayment.

    Notes
    -----
    With a payments a year, d = (1+discount_rate)^(1/a) − 1, r = rate/a, m = a·grace_years − 1
    payments of interest only and n = a·maturity_years − m repayments, the present value of the
    service of 1 is r·A(d, m) + (1+d)^−m·V, where V is A(d, n)/n + r·(n − A(d, n))/(n·d) for equal
    principal and A(d, n)/A(r, n) for an annuity. A lump sum has r·A(d, m + n) + (1+d)^−(m+n). The
    same figure is ``npv`` of the payments of ``loan_schedule`` at d, over the face.

    References
    ----------
    OECD, DAC Statistical Reporting Directives, annex on the grant element; IMF, Calculation of
    Grant Element, imf.org/external/np/pdr/conc/calculator.

    Examples
    --------
    >>> from tariffcalc import finance
    >>> round(finance.grant_element(face=1000.0, rate=0.0075, maturity_years=38, grace_years=6,
    ...                             payments_per_year=2, discount_rate=0.05), 6)
    0.526872
    """
    if repayment not in VALUES:
        raise unknown_name("repayment", repayment, VALUES)
    terms = {
        "face": rate_per_row(face, "face", least=0.0),
        "rate": rate_per_row(rate, "rate", least=0.0, strict=False),
        "maturity_years": rate_per_row(maturity_years, "maturity_years", least=0.0),
        "grace_years": rate_per_row(grace_years, "grace_years", least=0.0, strict=False),
        "payments_per_year": rate_per_row(payments_per_year, "payments_per_year", least=0.0),
        "discount_rate": rate_per_row(discount_rate, "discount_rate"),
    }
    check_lengths(**terms)
    given = (face, rate, maturity_years, grace_years, payments_per_year, discount_rate)
    single = all(np.ndim(value) == 0 for value in given)
    _, yearly, maturity, grace, often, discount = np.broadcast_arrays(*terms.values())
    last, first = _payments(maturity, often, grace)
    value = amortisation.grant_share(
        VALUES[repayment], yearly / often, np.expm1(np.log1p(discount) / often), first - 1.0, last
    )
    return shaped(value, single)


def _payments(
    maturity: FloatArray, often: FloatArray, grace: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the numbers of the last payment and of the first repayment."""
    faults = []
    counts = {"maturity_years": maturity * often, "grace_years": grace * often}
    for name, count in counts.items():
        broken = np.abs(count - np.rint(count)) > 1e-9 * np.maximum(count, 1.0)
        if broken.any():
            faults.append(
                f"{name}: a whole number of payments is needed, given {count[broken][0]:g} of them"
            )
    late = grace > maturity
    if late.any():
        faults.append(
            f"grace_years: at most maturity_years is needed, given {grace[late][0]:g} and "
            f"{maturity[late][0]:g}"
        )
    raise_faults("loan", faults)
    last, first = np.rint(counts["maturity_years"]), np.rint(counts["grace_years"])
    return last, np.maximum(first, 1.0)
