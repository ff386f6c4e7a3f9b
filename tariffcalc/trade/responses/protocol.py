"""What all responses share: the columns of an answer, and the checks of what they are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tariffcalc.errors import InputError
from tariffcalc.models import check_fraction
from tariffcalc.numeric.arrays import BoolArray, FloatArray
from tariffcalc.tables import labelled
from tariffcalc.trade.flows import TradeFlows

__all__ = [
    "UNITS",
    "Method",
    "answer_table",
    "check_answer",
    "checked_frame",
    "line_rates",
    "needed",
    "rates_of",
]

Method = Literal["exact", "triangle", "log_linear"]

UNITS = {
    "value_usd": "USD",
    "quantity_index": "1 = before",
    "exporter_price_index": "1 = before",
    "importer_price_index": "1 = before",
    "duty_usd": "USD",
    "exporter_gain_usd": "USD",
    "importer_gain_usd": "USD",
    "revenue_change_usd": "USD",
    "efficiency_usd": "USD",
}


def needed(elasticity: float | None, name: str) -> float:
    """Return an elasticity that is given; in a scenario those by sector stand in for it."""
    if elasticity is None:
        raise InputError(
            f"{name}: a number is needed; only in a scenario do those of trade.elasticities "
            "stand in for it"
        )
    return elasticity


def checked_frame(flows: TradeFlows) -> pd.DataFrame:
    """Return the frame of trade flows, not to be changed; anything else is refused."""
    if not isinstance(flows, TradeFlows):
        raise InputError(
            f"flows: TradeFlows are needed, given {type(flows).__name__}; "
            "build them with TradeFlows.from_frame"
        )
    return flows._frame


def line_rates(rate: ArrayLike, shape: tuple[int, ...], name: str) -> FloatArray:
    """Return one rate per line, of the shape of the lines, from one for all or one for each."""
    try:
        given = np.asarray(rate)
        written = given.ravel() if given.dtype == object else ()
        if given.dtype.kind in "bSU" or any(isinstance(one, str | bool) for one in written):
            raise TypeError  # text would be read and true taken for 1
        rates = given.astype(np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{name}: numbers are needed, given {rate!r}") from None
    if rates.shape not in ((), (1,), shape):
        needed = " x ".join(map(str, shape))
        raise InputError(f"{name}: one rate or {needed} are needed, given shape {rates.shape}")
    if not (np.isfinite(rates) & (rates > -1.0)).all():
        raise InputError(f"{name}: finite rates above -1 are needed; leave out what is unknown")
    try:
        check_fraction(float(rates.max()))
    except ValueError as error:
        raise InputError(f"{name}: {error}") from None
    return np.broadcast_to(rates, shape)


def rates_of(
    before: ArrayLike, after: ArrayLike, shape: tuple[int, ...]
) -> tuple[FloatArray, FloatArray]:
    """Return the rates before and after, one per line."""
    return line_rates(before, shape, "rate_before"), line_rates(after, shape, "rate_after")


def answer_table(columns: Mapping[str, FloatArray], index: pd.Index) -> pd.DataFrame:
    """Return the answer as a table with units; what no number can hold is refused.

    ``columns`` holds one array per name of ``UNITS``, each of one number per row.
    """
    table = pd.DataFrame({name: columns[name].ravel() for name in UNITS}, index=index)
    check_answer(
        ~np.isfinite(table.to_numpy()).all(axis=1), table["quantity_index"].to_numpy() < 0.0
    )
    return labelled(table, UNITS)


def check_answer(too_large: BoolArray, sold_out: BoolArray) -> None:
    """Refuse an answer in which a line's figures are too large, or its quantity negative."""
    if too_large.any():
        raise InputError(
            f"the answer of {_lines(too_large)} is too large for a number; "
            "use rates nearer to 0 or smaller elasticities"
        )
    if sold_out.any():
        raise InputError(
            f"the log-linear answer of {_lines(sold_out)} is a negative quantity: "
            "the change is too large for it; use method='exact'"
        )


def _lines(rows: BoolArray) -> str:
    count = int(rows.sum())
    return "1 line" if count == 1 else f"{count:,} lines"
