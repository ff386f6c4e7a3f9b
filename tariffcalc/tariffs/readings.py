"""What a schedule says of one line: why it pays what it pays, and what an entry costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from tariffcalc.tariffs.edits import ScheduleEdits
from tariffcalc.tariffs.entry import customs_entry
from tariffcalc.tariffs.explain import Explanation, explain

__all__ = ["LineReadings"]


class LineReadings(ScheduleEdits):
    """The methods of a schedule that read it for one line."""

    def explain(
        self, line: Mapping[str, Any] | pd.Series | pd.DataFrame, *, on: dt.date | str
    ) -> Explanation:
        """Return why a line pays what it pays on a date, in words and as a table.

        Parameters
        ----------
        line
            A mapping, a row or a frame of one row with ``hs``, ``partner`` and the columns that
            :meth:`rates` needs.
        on
            Date of entry.

        Returns
        -------
        Explanation
            Prints as sentences; ``.table`` has one row per measure that names the line.

        Raises
        ------
        InputError
            For a fault in the line, or more than one line.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> law = tc.load_scenario("korea-us", as_of="2025-10-17").status_quo
        >>> print(law.explain({"hs": "8703230140", "partner": "KOR", "mfn_rate": 0.0},
        ...                   on="2025-10-17"))
        8703230140 from KOR on 2025-10-17: 25% of value.
        - Base rate 0% (MFN 0%).
        - autos-25 (9903.94.01): 25% on top: adds 25%.
        - reciprocal-15 (9903.02.56) does not apply, displaced by autos-25.
        """
        return explain(self, line, on)

    def customs_entry(
        self,
        line: Mapping[str, Any] | pd.Series | pd.DataFrame,
        value_usd: float,
        *,
        on: dt.date | str,
        quantity: float | None = None,
        preference: bool = False,
        fees: Sequence[str] = (),
    ) -> pd.DataFrame:
        """Return the components of one customs entry, to the cent.

        Each component is worked out in decimals, rounded half up to the cent and then added, as
        on an entry summary (CBP form 7501).

        Parameters
        ----------
        line
            As for :meth:`explain`; ``mfn_text`` (``"3.4¢/kg + 8.5%"``) may stand for ``mfn_rate``,
            and ``preferential_text`` for ``preferential_rate``.
        value_usd
            Entered value [USD].
        on
            Date of entry.
        quantity
            Quantity in the unit of the specific rates.
        preference
            Whether the preferential rate is claimed.
        fees
            ``"merchandise_processing"``, ``"harbor_maintenance"`` or both.

        Returns
        -------
        pandas.DataFrame
            Index ``component``, the base duty first; columns ``authority``, ``heading``,
            ``basis``, ``basis_kind`` (``value`` [USD] or ``quantity``), ``rate`` (fraction, or USD
            per unit), ``amount_usd``; ``attrs["total_usd"]`` is their sum.

        Raises
        ------
        InputError
            For a fault in the line, a rate text that cannot be read, a figure that is needed and
            not given, or a fee whose amounts on that day are not packaged.
        UnknownNameError
            For a fee that does not exist.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> law = tc.load_scenario("korea-us", as_of="2025-10-17").deal
        >>> cheese = {"hs": "0406905700", "partner": "KOR", "mfn_text": "8.5%"}
        >>> entry = law.customs_entry(cheese, 1234.0, on="2025-10-17")
        >>> entry["amount_usd"].tolist(), entry.attrs["total_usd"]
        ([104.89, 185.1], 289.99)
        """
        return customs_entry(
            self, line, value_usd, on=on, quantity=quantity, preference=preference, fees=fees
        )
