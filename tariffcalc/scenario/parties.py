"""What each party of the ledger is paid in a structure, and what that is worth at present."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from tariffcalc.bookkeeping import party_value
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.cases import Cases
from tariffcalc.scenario.evaluate import Evaluation
from tariffcalc.scenario.relief import Relief

__all__ = ["Payments", "payments"]


@dataclass(frozen=True, slots=True, eq=False)
class Payments:
    """Payments of a structure by account, with relief, shape (cases or 1, periods) each.

    ``factors`` are the discount factors of outlays and of receipts over all of their periods.
    """

    amounts: Mapping[str, FloatArray]
    relief: Relief
    factors: Mapping[str, FloatArray]

    def value(self, party: str) -> FloatArray:
        """Return the present value that a party gains [USD], shape (cases or 1,)."""
        return party_value(self.amounts, party, self.factors)

    def gain(self, parties: Iterable[str], size: int) -> FloatArray:
        """Return what several parties gain together [USD], shape (size,)."""
        total = np.zeros(size)
        for party in parties:
            total = total + self.value(party)
        return total


def payments(asked: Evaluation, cases: Cases, name: str) -> Payments:
    """Return who is paid what in a structure, against no deal and no pledge."""
    flows = asked.flows(cases, name)
    relief = asked.relief(cases, name, flows)
    amounts = flows.amounts | relief.amounts
    periods = max((paid.shape[1] for paid in amounts.values()), default=1)
    return Payments(amounts, relief, asked.factors(cases, periods))
