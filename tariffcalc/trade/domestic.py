"""What US producers sell at home of each product: the domestic variety of a market."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd

from tariffcalc.codes import code_faults
from tariffcalc.data import data_table
from tariffcalc.errors import InputError, first_rows, raise_faults
from tariffcalc.tables import labelled
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.packaged import load_flows
from tariffcalc.trade.sectors import sectors
from tariffcalc.trade.trade_matrix import INDUSTRIES, load_trade_matrix

__all__ = ["add_domestic_sales", "domestic_sales"]

MATRIX, HOME = "icio-2022", "USA"


def add_domestic_sales(flows: TradeFlows, *, market_digits: Literal[2, 4, 6] = 6) -> TradeFlows:
    """Add to imports what US producers sell at home, one line per product.

    Parameters
    ----------
    flows
        US imports by line, of a year, without lines of the USA.
    market_digits
        How many digits of the HS code make one product.

    Returns
    -------
    TradeFlows
        The lines given, then one line of partner USA for each product among them, ascending, with
        ``value_usd`` from :func:`domestic_sales`; its other columns are empty.

    Raises
    ------
    InputError
        For what is not flows, lines of the USA, lines by month (the sales are of a year), codes
        too short for the market, and products whose domestic sales are not known.

    Notes
    -----
    The sales are those of 2024, whatever the flows; flows of another year make a market of two.

    References
    ----------
    OECD, Inter-Country Input-Output Tables, 2022 (CC BY 4.0); US Census Bureau, imports 2024.

    Examples
    --------
    >>> import pandas as pd, tariffcalc as tc
    >>> flows = tc.TradeFlows.from_frame(pd.DataFrame(
    ...     {"hs": ["870323", "870380"], "partner": ["KOR", "JPN"], "value_usd": [1e9, 1e9]}))
    >>> tc.add_domestic_sales(flows, market_digits=4).frame["partner"].tolist()
    ['KOR', 'JPN', 'USA']
    """
    if not isinstance(flows, TradeFlows):
        raise InputError(
            f"flows: TradeFlows are needed, given {type(flows).__name__}; "
            "build them with TradeFlows.from_frame"
        )
    frame = flows._frame
    raise_faults("domestic sales cannot be added", _flow_faults(frame, market_digits))
    products = pd.Series(sorted(frame["hs"].str[:market_digits].unique()), dtype=frame["hs"].dtype)
    sold = domestic_sales(products)["domestic_usd"]
    home = pd.DataFrame({"hs": products, "partner": HOME, "value_usd": sold})
    return TradeFlows.from_frame(pd.concat([frame, home], ignore_index=True), name=flows.name)


def domestic_sales(codes: pd.Series) -> pd.DataFrame:
    """Return what US producers sell at home of each product, beside what is imported of it.

    Parameters
    ----------
    codes
        HS codes of the products, text of 2, 4 or 6 digits.

    Returns
    -------
    pandas.DataFrame
        Index of ``codes``; columns ``imports_usd`` (of 2024, all packaged partners, customs
        value) and ``domestic_usd``.

    Raises
    ------
    InputError
        With all faults at once: codes that are no HS codes, of more than six digits, not in the
        imports of 2024, or of the special provisions (chapters 98 and 99), which no industry
        makes.

    Notes
    -----
    Domestic sales are known by industry, not by product. The assumption is that within an
    industry each product has the same ratio of domestic sales to imports: ``domestic_usd`` =
    imports of 2024 × (domestic sales ÷ imports of the industry in 2022, both at basic prices).
    So the domestic share of an industry is that of the input-output table.

    References
    ----------
    OECD, Inter-Country Input-Output Tables, 2022 (CC BY 4.0); US Census Bureau, imports 2024.

    Examples
    --------
    >>> import pandas as pd, tariffcalc as tc
    >>> table = tc.domestic_sales(pd.Series(["8703"]))
    >>> (table["domestic_usd"] / table["imports_usd"]).round(2).tolist()
    [2.03]
    """
    raise_faults("domestic sales of these codes are not known", _product_faults(codes))
    columns = {}
    by_product = _by_product()
    for column in ("imports_usd", "domestic_usd"):
        found = pd.Series(np.nan, index=codes.index)
        for length in (2, 4, 6):
            sums = by_product[column].groupby(by_product.index.str[:length]).sum(min_count=1)
            found = found.fillna(codes.where(codes.str.len() == length).map(sums))
        columns[column] = found.astype(np.float64)
    return labelled(pd.DataFrame(columns), dict.fromkeys(columns, "USD"))


def _product_faults(codes: pd.Series) -> list[str]:
    if faults := code_faults(codes):
        return faults
    known = _by_product()["domestic_usd"]
    made = known[known.notna()].index
    checks = {
        "more than six digits": codes.str.len() > 6,
        "no industry makes the special provisions": codes.str[:2].isin(["98", "99"]),
    }
    traded = pd.Series(False, index=codes.index)
    for length in (2, 4, 6):
        traded |= codes.isin(made.str[:length].unique())
    checks["not imported in 2024"] = ~traded & ~pd.concat(checks.values(), axis=1).any(axis=1)
    return [
        f"hs: {text}: {first_rows(sorted(codes[wrong].unique()), codes[wrong].nunique(), 'code')}"
        for text, wrong in checks.items()
        if wrong.any()
    ]


@lru_cache(maxsize=1)
def _by_product() -> pd.DataFrame:
    """Return imports and domestic sales by HS6; no domestic sales where no industry makes it."""
    frame = load_flows("us-imports-2024", partners=None)._frame
    imports = frame["value_usd"].groupby(frame["hs"].str[:6]).sum()
    sector = sectors(imports.index.to_series())
    ratios = {name: _domestic_ratio(name) for name in data_table(INDUSTRIES)["sector"].unique()}
    domestic = imports * sector.map(ratios)
    return pd.DataFrame({"imports_usd": imports, "domestic_usd": domestic})


def _domestic_ratio(sector: str) -> float:
    """Return domestic sales ÷ imports of the industries that hold a sector."""
    sold = load_trade_matrix(MATRIX, sector=sector)[HOME]
    return float(sold[HOME] / sold.drop(HOME).sum())


def _flow_faults(frame: pd.DataFrame, digits: int) -> list[str]:
    """Return why sales at home cannot stand beside these lines."""
    faults = []
    if digits not in (2, 4, 6):
        faults.append(f"market_digits: 2, 4 or 6 are needed, given {digits!r}")
    if (frame["partner"] == HOME).any():
        faults.append(f"partner: {HOME} is there already; give imports alone")
    if "month" in frame:
        faults.append("month: the sales are of a year; add the months up first")
    short = frame["hs"][frame["hs"].str.len() < digits].unique()
    if len(short):
        given = first_rows(short.tolist(), len(short), "shorter code")
        faults.append(f"hs: codes of at least {digits} digits are needed, given {given}")
    return faults
