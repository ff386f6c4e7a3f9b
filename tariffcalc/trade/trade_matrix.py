"""Trade between regions and what each sells at home, from input-output tables."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from tariffcalc.data import data_table
from tariffcalc.errors import unknown_name
from tariffcalc.tables import labelled

__all__ = ["INDUSTRIES", "list_trade_matrices", "load_trade_matrix"]

MATRICES = {"icio-2022": "trade/icio-2022.csv.gz"}
INDUSTRIES = "trade/icio-sectors.csv"


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
    cars, parts and trucks are all C29. ``matrix.stack().rename("value_usd").reset_index()`` is
    the form that :class:`~tariffcalc.GlobalArmingtonResponse` takes.

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
