"""Lines laid out as markets: who sells one product at one time, in a grid of varieties."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError, first_rows
from tariffcalc.numeric.arrays import BoolArray, FloatArray, IntArray

__all__ = ["Markets", "home_rates", "markets_of"]


@dataclass(frozen=True, slots=True)
class Markets:
    """Where each line stands: ``variety`` of its market and number of the ``market``.

    ``home`` tells which lines are the importing country's own sales.
    """

    variety: IntArray
    market: IntArray
    home: BoolArray

    def grid(self, lines: FloatArray) -> FloatArray:
        """Return the lines of each market as a column, shape (1, varieties, markets), 0 below."""
        laid = np.zeros((1, int(self.variety.max()) + 1, int(self.market.max()) + 1))
        laid[0, self.variety, self.market] = lines
        return laid

    def lines(self, laid: FloatArray) -> FloatArray:
        """Return the lines of a grid of shape (cases, varieties, markets), (cases, lines)."""
        return laid[:, self.variety, self.market]


def markets_of(frame: pd.DataFrame, digits: int, home: str) -> Markets:
    """Return the markets of checked lines: one for each code of ``digits`` digits and month.

    Lines of one partner in one market are varieties of their own; a shorter code is refused.
    """
    codes = frame["hs"].astype(str)
    short = codes[codes.str.len() < digits]
    if not short.empty:
        raise InputError(
            f"hs: codes of at least {digits} digits are needed to tell markets apart, given "
            f"{first_rows(short.unique().tolist(), short.nunique(), 'shorter code')}; "
            "set market_digits"
        )
    keys = pd.DataFrame({"hs": codes.str[:digits]}, index=frame.index)
    if "month" in frame:
        keys["month"] = frame["month"]
    groups = keys.groupby(keys.columns.tolist(), sort=True, observed=True)
    return Markets(
        variety=groups.cumcount().to_numpy().astype(np.int64),
        market=groups.ngroup().to_numpy().astype(np.int64),
        home=(frame["partner"] == home).to_numpy(dtype=np.bool_),
    )


def home_rates(rates: FloatArray, given: object, home: BoolArray, name: str) -> FloatArray:
    """Return the rates with 0 on the country's own sales: one rate for all means all imports."""
    if np.ndim(given) > 0 and (rates[home] != 0.0).any():  # type: ignore[arg-type]
        raise InputError(f"{name}: no tariff is due on sales at home; give 0 for their lines")
    return np.where(home, 0.0, rates)
