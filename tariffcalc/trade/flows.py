"""Imports by line: a checked frame, and the packaged tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from tariffcalc.data import data_table
from tariffcalc.errors import InputError, raise_faults, unknown_name
from tariffcalc.trade.frames import frame_faults, numeric_columns

__all__ = ["TradeFlows", "list_flows", "load_flows"]

REQUIRED = ("hs", "partner", "value_usd")
PACKAGED = {"us-imports-2024": {"KOR": "trade/us-imports-2024-kor.csv.gz"}}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TradeFlows:
    """Imports by line, checked once; build it with :meth:`from_frame` or :func:`load_flows`.

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
            Columns ``hs`` (text of 2 to 10 digits), ``partner`` (ISO 3166 alpha-3 or EU27),
            ``value_usd`` [USD]; optional ``mfn_rate``, ``preferential_rate``,
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
            ISO 3166 alpha-3 code, or EU27, of a partner that occurs.

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


def list_flows() -> list[str]:
    """Return the names of the packaged trade tables.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.list_flows()
    ['us-imports-2024']
    """
    return sorted(PACKAGED)


def load_flows(name: str, *, partners: Sequence[str] = ("KOR",)) -> TradeFlows:
    """Load a packaged trade table.

    Parameters
    ----------
    name
        One of :func:`list_flows`; ``"us-imports-2024"`` holds US imports for consumption of 2024.
    partners
        Partners to load, ISO 3166 alpha-3; Korea is packaged at HS10.

    Returns
    -------
    TradeFlows
        Columns ``hs, partner, value_usd, duty_usd`` (duty calculated by Census in 2024),
        ``mfn_rate, preferential_rate, preference_use_share``, ``base_rate_basis`` (``statutory``,
        or ``collected`` where the law's rate is not ad valorem), ``preference_use_basis``,
        ``steel_share, aluminum_share, copper_share`` (estimates), ``product_lists`` (the lists of
        the law that name the line on some date), ``sector``, ``description``.

    Raises
    ------
    UnknownNameError
        For a table or partner that is not packaged.

    References
    ----------
    US Census Bureau, imports for consumption 2024; USITC, Harmonized Tariff Schedule 2025.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.load_flows("us-imports-2024", partners=["KOR"])
    TradeFlows('us-imports-2024', 8,327 lines, 1 partner, $130.46bn)
    """
    if name not in PACKAGED:
        raise unknown_name("trade table", name, PACKAGED)
    if isinstance(partners, str):
        raise InputError(
            f"partners: a list is needed, given {partners!r}; did you mean [{partners!r}]?"
        )
    for partner in partners:
        if partner not in PACKAGED[name]:
            raise unknown_name(f"partner in {name}", partner, PACKAGED[name])
    if not partners:
        raise InputError(f"partners: at least one is needed of {', '.join(PACKAGED[name])}")
    parts = [_packaged(name, partner) for partner in dict.fromkeys(partners)]
    return TradeFlows(pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0], name)


@lru_cache(maxsize=8)
def _packaged(name: str, partner: str) -> pd.DataFrame:
    table = data_table(PACKAGED[name][partner]).copy()
    for column in numeric_columns(table):
        table[column] = table[column].astype(np.float64)
    return table
