"""What a bargain ends in: the terms agreed on, or by how much the nearest ones miss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from tariffcalc.analysis.sides import Side

__all__ = ["Agreement", "Offer"]


@dataclass(frozen=True, slots=True)
class Offer:
    """Terms on the table, and what each side gains by them over walking away [USD].

    ``changes`` are the same terms by path, ready for :meth:`Scenario.replace`.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Offer({"cash_share": 0.25}, {"pledge.structures.x.cash_share": 0.25}, 1e9, 2e9)
    Offer(cash_share = 0.25: payer gains 1e+09 USD, host gains 2e+09 USD)
    """

    terms: Mapping[str, float]
    changes: Mapping[str, float]
    payer_gain_usd: float
    host_gain_usd: float

    def __repr__(self) -> str:
        """Say the terms and the gains."""
        gains = ((side, getattr(self, f"{side}_gain_usd")) for side in ("payer", "host"))
        told = (f"{side} {'gains' if g >= 0 else 'loses'} {abs(g):.6g} USD" for side, g in gains)
        return f"Offer({self._listed()}: {', '.join(told)})"

    def _listed(self) -> str:
        return ", ".join(f"{name} = {value:.6g}" for name, value in self.terms.items())


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Agreement:
    """The outcome of :func:`bargain`: true where there is an agreement.

    ``solution`` is the Nash solution, None without an agreement; then ``nearest`` is the offer
    whose worse-off side misses least, else None. ``weight`` is the payer's bargaining weight.
    ``points`` has the terms of the grid, ``payer_gain_usd``, ``host_gain_usd``, and whether a
    point is ``acceptable`` to both and ``efficient`` among those: no other one gives a side more
    and the other no less. The last row is the solution, or the nearest offer. ``precision`` is
    the last step in which each term was searched, 0 where its values are listed.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> found = tc.bargain(scenario, structure="upfront-cash", terms={"cash_share": [0.0, 0.5]})
    >>> bool(found), len(found.acceptable)
    (False, 0)
    """

    structure: str
    payer: Side
    host: Side
    weight: float
    points: pd.DataFrame
    solution: Offer | None
    nearest: Offer | None
    precision: Mapping[str, float]

    @property
    def acceptable(self) -> pd.DataFrame:
        """The points acceptable to both, in the order of the grid."""
        return self.points[self.points["acceptable"]]

    @property
    def frontier(self) -> pd.DataFrame:
        """The efficient ones of them, from the best for the payer to the best for the host."""
        best = self.points[self.points["efficient"]]
        return best.sort_values("payer_gain_usd", ascending=False, kind="stable")

    def __bool__(self) -> bool:
        """Tell whether there is an agreement."""
        return self.solution is not None

    def __repr__(self) -> str:
        """Say what was agreed, or by how much the nearest offer misses."""
        if self.nearest is None:
            return f"Agreement({self.structure!r}: {self.solution}, weight {self.weight:.6g})"
        short = (
            f"{side} {max(0.0, -getattr(self.nearest, f'{side}_gain_usd')):.6g} USD short"
            for side in ("payer", "host")
        )
        return f"Agreement({self.structure!r}: none; {self.nearest} is nearest: {', '.join(short)})"
