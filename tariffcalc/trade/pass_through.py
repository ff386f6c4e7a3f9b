"""Published pass-through of tariffs into prices, by level of trade and period."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from tariffcalc.data import data_table
from tariffcalc.errors import unknown_name
from tariffcalc.tables import labelled
from tariffcalc.trade.elasticity_sets import published_by

__all__ = ["list_pass_through", "load_pass_through"]

TABLE = "trade/pass-through.csv"


def list_pass_through() -> pd.DataFrame:
    """Return the packaged estimates of pass-through with their sources.

    Returns
    -------
    pandas.DataFrame
        Index ``name``; columns ``price`` (``border``: what importers pay, duty included;
        ``retail``: what consumers pay), ``value`` (share of a tariff change in that price),
        ``period`` (of the data), ``published``, ``status`` (reported, derived or assumption),
        ``source``, ``note``.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.list_pass_through().query("price == 'retail'")["value"].tolist()
    [0.2]
    """
    table = data_table(TABLE).set_index("name")
    table["value"] = table["value"].astype(np.float64)
    table["published"] = pd.to_datetime(table["published"])
    return labelled(table, {"value": "share of the change"})


def load_pass_through(name: str, *, as_of: dt.date | str | None = None) -> float:
    """Load one published pass-through, to be given to a response.

    Parameters
    ----------
    name
        One of :func:`list_pass_through`.
    as_of
        Refuse an estimate that was published after this day.

    Returns
    -------
    float
        Share of a tariff change that reaches the price [fraction].

    Raises
    ------
    UnknownNameError
        For a name that is not packaged.
    VintageError
        For an estimate published after ``as_of``.

    Notes
    -----
    The responses of this library ask for the pass-through at the border. A retail price also
    holds domestic margins: 0.2 at retail and nearly 1 at the border fit together.

    References
    ----------
    Cavallo, Gopinath, Neiman and Tang (2021), Tariff Pass-Through at the Border and at the
    Store, American Economic Review: Insights 3(1), doi:10.1257/aeri.20190536.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.StaticResponse(pass_through=tc.load_pass_through("cavallo-et-al-2021")).pass_through
    0.945
    """
    table = data_table(TABLE).set_index("name")
    if name not in table.index:
        raise unknown_name("pass-through", name, table.index)
    published_by(table.loc[[name], "published"], as_of)
    return float(str(table.loc[name, "value"]))
