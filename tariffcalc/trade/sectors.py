"""From an HS code to a named sector or an HS chapter."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from tariffcalc.codes import code_faults
from tariffcalc.data import data_table
from tariffcalc.errors import InputError, first_rows, raise_faults

__all__ = ["sectors"]


def sectors(codes: pd.Series, *, mapping: Mapping[str, str] | None = None) -> pd.Series:
    """Return the sector of each HS code: the longest prefix of the map that fits.

    Parameters
    ----------
    codes
        HS codes, text of 2 to 10 digits.
    mapping
        HS prefix → sector; by default the packaged map of 34 sectors.

    Returns
    -------
    pandas.Series
        Sector names, index and length of ``codes``, named ``sector``.

    Raises
    ------
    InputError
        For a code or a prefix that is not of the HS form, or a code that no prefix covers.

    Examples
    --------
    >>> import pandas as pd, tariffcalc as tc
    >>> tc.sectors(pd.Series(["8703230140", "8542310001"])).tolist()
    ['Passenger cars', 'Semiconductors']
    """
    raise_faults("codes cannot be mapped to sectors", code_faults(codes))
    prefixes = _packaged_map() if mapping is None else _checked_map(mapping)
    found = pd.Series(pd.NA, index=codes.index, dtype="string")
    for length in (2, 4, 6, 8, 10):
        here = codes.str[:length].where(codes.str.len() >= length).map(prefixes)
        found = found.where(here.isna(), here.astype("string"))
    if found.isna().any():
        unmapped = sorted(codes[found.isna()].unique())
        raise InputError(
            f"no sector for {first_rows(unmapped, len(unmapped), 'code')}; "
            "add their prefixes to the mapping"
        )
    return found.astype(str).rename("sector")


def _packaged_map() -> dict[str, str]:
    table = data_table("sectors.csv")
    return dict(zip(table["hs"], table["sector"], strict=True))


def _checked_map(mapping: Mapping[str, str]) -> dict[str, str]:
    """Refuse a prefix that fits no code: it would silently be passed over."""
    raise_faults("the mapping to sectors cannot be used", code_faults(pd.Series(list(mapping))))
    return dict(mapping)
