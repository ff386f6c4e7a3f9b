"""The packaged trade tables: Korea at HS10, the other partners at HS6."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from tariffcalc.data import data_table
from tariffcalc.errors import InputError, unknown_name
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.frames import numeric_columns

__all__ = ["PACKAGED", "list_flows", "load_flows", "packaged_partners"]

PACKAGED = {
    "us-imports-2024": tuple(
        "KOR JPN EU27 GBR CHN MEX CAN TWN VNM CHE IND ROW".split()  # noqa: SIM905  12 codes
    )
}
HS10 = {"KOR": "trade/us-imports-2024-kor.csv.gz"}
HS6, ATTRIBUTES = "trade/us-imports-2024-hs6.csv.gz", "trade/hs6-attributes.csv.gz"
COLUMNS = [
    *("hs", "partner", "value_usd", "duty_usd"),
    *("mfn_rate", "preferential_rate", "preference_use_share"),
    *("base_rate_basis", "preference_use_basis"),
    *("steel_share", "aluminum_share", "copper_share", "usmca_share"),
    *("naics3", "sector"),
]


def list_flows() -> list[str]:
    """Return the names of the packaged trade tables.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.list_flows()
    ['us-imports-2024']
    """
    return sorted(PACKAGED)


def load_flows(name: str, *, partners: Sequence[str] | None = ("KOR",)) -> TradeFlows:
    """Load a packaged trade table.

    Parameters
    ----------
    name
        One of :func:`list_flows`; ``"us-imports-2024"`` holds US imports for consumption of 2024.
    partners
        Partners to load, in the order wanted: KOR at HS10; JPN, EU27, GBR, CHN, MEX, CAN, TWN,
        VNM, CHE, IND and ROW (the rest of the world) at HS6. ``None`` for all twelve, 98.7% of US
        imports: ROW leaves out countries that are not among the 50 largest sources.

    Returns
    -------
    TradeFlows
        Columns ``hs, partner, value_usd, duty_usd`` (duty calculated by Census in 2024),
        ``mfn_rate, preferential_rate, preference_use_share``, ``base_rate_basis``,
        ``preference_use_basis``, ``steel_share, aluminum_share, copper_share`` (estimates),
        ``usmca_share`` (value that claimed the USMCA in 2025; 0 but for MEX and CAN), ``naics3``,
        ``sector``; Korea's lines also have a ``description``.

    Raises
    ------
    InputError
        For partners that are no list, or none.
    UnknownNameError
        For a table or partner that is not packaged.

    Notes
    -----
    ``base_rate_basis`` says where the MFN rate of a line comes from: ``statutory``; ``collected``,
    duty ÷ value of 2024, where the law's rate is not ad valorem; and at HS6, where the lines of
    the tariff below differ, ``weighted lines`` (the rate collected from the partners that paid
    MFN, kept between the lowest and the highest line) or ``mean of lines`` (chapters 72, 73 and
    76, where Section 232 duty is in what was collected). ``preference_use_share`` is the share of
    MFN duty avoided in 2024, by chapter for Korea and by line for others.

    References
    ----------
    US Census Bureau, imports for consumption 2024; USITC, Harmonized Tariff Schedule 2025.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.load_flows("us-imports-2024", partners=["KOR"])
    TradeFlows('us-imports-2024', 8,327 lines, 1 partner, $130.46bn)
    >>> tc.load_flows("us-imports-2024", partners=["JPN", "EU27"])
    TradeFlows('us-imports-2024', 8,948 lines, 2 partners, $748.81bn)
    """
    if name not in PACKAGED:
        raise unknown_name("trade table", name, PACKAGED)
    wanted = packaged_partners(partners, PACKAGED[name], name)
    parts = [_packaged(partner) for partner in wanted]
    return TradeFlows(pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0], name)


def packaged_partners(
    partners: Sequence[str] | None, packaged: Sequence[str], name: str, *, further: str = ""
) -> list[str]:
    """Return the partners to load, each once; refuse what is not packaged."""
    if partners is None:
        return list(packaged)
    if isinstance(partners, str):
        raise InputError(
            f"partners: a list is needed, given {partners!r}; did you mean [{partners!r}]?"
        )
    allowed = [*packaged, *further.split()]
    for partner in partners:
        if partner not in allowed:
            raise unknown_name(f"partner in {name}", partner, allowed)
    if not len(partners):
        raise InputError(f"partners: at least one is needed of {', '.join(allowed)}")
    return list(dict.fromkeys(partners))


@lru_cache(maxsize=len(PACKAGED["us-imports-2024"]))
def _packaged(partner: str) -> pd.DataFrame:
    table = data_table(HS10[partner]).copy() if partner in HS10 else _hs6(partner)
    for column in numeric_columns(table):
        table[column] = table[column].astype(np.float64)
    return table


def _hs6(partner: str) -> pd.DataFrame:
    """Return one partner's lines with the attributes that all partners share."""
    table = data_table(HS6)
    table = table[table["partner"] == partner].merge(
        data_table(ATTRIBUTES), on="hs", how="left", validate="many_to_one"
    )
    none = table["preference_use_share"].isna()
    table["preferential_rate"] = table["mfn_rate"].where(none, "0")
    table["preference_use_share"] = table["preference_use_share"].fillna("0")
    table["preference_use_basis"] = np.where(none, "no preference", "line")
    return table[COLUMNS]
