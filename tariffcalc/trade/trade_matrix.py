"""Trade between regions and what each sells at home, by sector, from input-output tables."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from tariffcalc.codes import code_faults
from tariffcalc.data import data_table
from tariffcalc.errors import first_rows, raise_faults, unknown_name
from tariffcalc.tables import labelled
from tariffcalc.trade.packaged import load_flows
from tariffcalc.trade.sectors import sectors

__all__ = ["domestic_sales", "list_trade_matrices", "load_trade_matrix"]

MATRICES = {"icio-2022": "trade/icio-2022.csv.gz"}
INDUSTRIES = "trade/icio-sectors.csv"
DOMESTIC_YEAR, IMPORTER = "icio-2022", "USA"


def list_trade_matrices() -> list[str]:
    """Return the names of the packaged matrices of trade between regions.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.list_trade_matrices()
    ['icio-2022']
    """
    return sorted(MATRICES)


def load_trade_matrix(name: str, *, sector: str | None = None) -> pd.DataFrame:
    """Load what each region sold to each in a year, domestic sales on the diagonal.

    Parameters
    ----------
    name
        One of :func:`list_trade_matrices`; ``"icio-2022"`` has 11 regions and 27 industries that
        make goods, 2022, at basic prices.
    sector
        One of the library's 46 sectors, for the industries that hold it, or an industry such as
        ``"C29"``; ``None`` for all goods.

    Returns
    -------
    pandas.DataFrame
        Index ``exporter``, columns ``importer``, both in the order USA, KOR, JPN, EU27, CHN, MEX,
        CAN, TWN, VNM, GBR, ROW (all others, CHE and IND among them); values in USD.
        ``attrs["industries"]`` names the industries. The diagonals of EU27 and ROW hold the trade
        among their members.

    Raises
    ------
    UnknownNameError
        For a matrix or a sector that is not packaged, or that no industry makes.

    Notes
    -----
    Basic prices leave out taxes and the margins of trade and transport, and industries are those
    of the producer: Korea's goods sold to the United States are 85% of their customs value in
    2022. Shares within a column are comparable. Several sectors share an industry: passenger
    cars, parts and trucks are all C29.

    References
    ----------
    OECD, Inter-Country Input-Output Tables (CC BY 4.0), 81 countries added up to 11 regions.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> cars = tc.load_trade_matrix("icio-2022", sector="Passenger cars")
    >>> round(float(cars.loc["KOR", "USA"] / cars["USA"].sum()), 3)
    0.03
    """
    if name not in MATRICES:
        raise unknown_name("matrix of trade", name, MATRICES)
    listed = data_table("trade/icio-industries.csv")
    names: dict[str, str] = dict(zip(listed["industry"], listed["name"], strict=True))
    industries = _industries(sector, names)
    table = _long(name)
    kept = table[table["industry"].isin(industries)]
    order = kept["exporter"].drop_duplicates().tolist()
    sums = kept.pivot_table(index="exporter", columns="importer", values="value_usd", aggfunc="sum")
    matrix = labelled(sums.loc[order, order], {})
    matrix.attrs["units"] = dict.fromkeys(order, "USD")
    matrix.attrs["industries"] = {code: names[code] for code in industries}
    return matrix


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
    sold = load_trade_matrix(DOMESTIC_YEAR, sector=sector)[IMPORTER]
    return float(sold[IMPORTER] / sold.drop(IMPORTER).sum())


def _industries(sector: str | None, names: dict[str, str]) -> list[str]:
    pairs = data_table(INDUSTRIES)
    if sector is None:
        return list(names)
    if sector in names:
        return [sector]
    of_sector = pairs.loc[pairs["sector"] == sector, "industry"].tolist()
    if not of_sector:
        raise unknown_name("sector or industry", sector, [*pairs["sector"].unique(), *names])
    return of_sector


@lru_cache(maxsize=len(MATRICES))
def _long(name: str) -> pd.DataFrame:
    return data_table(MATRICES[name]).astype({"value_usd": "float64"})
