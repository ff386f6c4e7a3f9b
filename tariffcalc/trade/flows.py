"""Imports by line: a checked frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tariffcalc.errors import raise_faults, unknown_name
from tariffcalc.trade.frames import frame_faults, numeric_columns

__all__ = ["TradeFlows"]

REQUIRED = ("hs", "partner", "value_usd")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TradeFlows:
    """Imports by line, checked once.

    Built by :meth:`TradeFlows.from_frame`, :func:`~tariffcalc.load_flows` and the readers.

    Examples
    --------
    >>> import pandas as pd, tariffcalc as tc
    >>> frame = pd.DataFrame({"hs": ["870323"], "partner": ["KOR"], "value_usd": [1e6]})
    >>> tc.TradeFlows.from_frame(frame)
    TradeFlows('flows', 1 line, 1 partner, $0.00bn)
    """

    _frame: pd.DataFrame
    name: str = "flows"

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, *, name: str = "flows") -> TradeFlows:
        """Check a frame of imports and keep a copy of it.

        Parameters
        ----------
        frame
            Columns ``hs`` (text of 2 to 10 digits), ``partner`` (ISO 3166 alpha-3, EU27
            or ROW), ``value_usd`` [USD]; optional ``mfn_rate``, ``preferential_rate``,
            ``preference_use_share`` and any ``*_share`` [fractions], ``quantity``, ``month``,
            ``description``; other columns are kept and can be grouped by.
        name
            What messages and tables call these flows.

        Returns
        -------
        TradeFlows

        Raises
        ------
        InputError
            With all faults at once: missing columns, codes that lost a zero, unknown partners,
            negative or non-finite amounts, rates in percent, an empty frame.
        """
        raise_faults(f"{name} cannot be used as trade flows", frame_faults(frame, REQUIRED))
        kept = frame.reset_index(drop=True)
        for column in numeric_columns(kept):
            kept[column] = kept[column].astype(np.float64)
        return cls(kept, name)

    @property
    def frame(self) -> pd.DataFrame:
        """A copy of the checked frame, one row per line."""
        return self._frame.copy()

    @property
    def partners(self) -> list[str]:
        """The partners that occur, sorted."""
        return sorted(self._frame["partner"].unique())

    @property
    def value_usd(self) -> float:
        """Total customs value [USD]."""
        return float(self._frame["value_usd"].sum())

    def only(self, partner: str) -> TradeFlows:
        """Return the flows of one partner.

        Parameters
        ----------
        partner
            Code of a partner that occurs.

        Returns
        -------
        TradeFlows

        Raises
        ------
        UnknownNameError
            For a partner that does not occur.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> tc.load_flows("us-imports-2024").only("KOR").partners
        ['KOR']
        """
        if partner not in self.partners:
            raise unknown_name(f"partner in {self.name}", partner, self.partners)
        kept = self._frame[self._frame["partner"] == partner].reset_index(drop=True)
        return TradeFlows(kept, self.name)

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self._frame)

    def __repr__(self) -> str:
        """Return name, size and value."""
        lines, partners = len(self), len(self.partners)
        return (
            f"TradeFlows({self.name!r}, {lines:,} line{'s' * (lines != 1)}, "
            f"{partners} partner{'s' * (partners != 1)}, ${self.value_usd / 1e9:.2f}bn)"
        )
