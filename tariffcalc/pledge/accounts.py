"""The growing table of a structure's payments: account by account, period by period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from tariffcalc.numeric.arrays import FloatArray

__all__ = ["PAID_IN", "add", "total"]

# What the payer's public sector pays in: held against reserves, FX capacity and annual caps.
PAID_IN = ("capital_call", "loan_disbursement")


def add(amounts: dict[str, FloatArray], account: str, flows: FloatArray) -> None:
    """Add flows of shape (cases or 1, periods) to an account."""
    amounts[account] = amounts[account] + flows if account in amounts else flows


def total(amounts: Mapping[str, FloatArray], accounts: Iterable[str]) -> FloatArray:
    """Return the sum of some accounts, shape (cases or 1, periods); 0 where none is there."""
    result = np.zeros((1, 1))
    for account in accounts:
        if account in amounts:
            result = result + amounts[account]
    return result
