"""From an HS code to a named sector, an HS chapter or an HS section."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from tariffcalc.codes import code_faults
from tariffcalc.data import data_table
from tariffcalc.errors import InputError, first_rows, raise_faults

__all__ = ["hs_chapters", "sections", "sectors"]


def hs_chapters() -> pd.DataFrame:
    """Return the chapters of the Harmonized System with their names and sections.

    Returns
    -------
    pandas.DataFrame
        Index ``chapter`` (two digits, text); columns ``name``, ``section`` (Roman numeral),
        ``section_name``. Names are shortened. Chapter 77 is reserved and missing; 98 and 99 are
        the special provisions of the US schedule, its section XXII.

    References
    ----------
    World Customs Organization, Harmonized System 2022; USITC, Harmonized Tariff Schedule 2025.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.hs_chapters().loc["87"].tolist()
    ['Vehicles', 'XVII', 'Vehicles, aircraft and vessels']
    """
    return data_table("chapters.csv").set_index("chapter")


def sectors(codes: pd.Series, *, mapping: Mapping[str, str] | None = None) -> pd.Series:
    """Return the sector of each HS code: the longest prefix of the map that fits.

    Parameters
    ----------
    codes
        HS codes, text of 2 to 10 digits.
    mapping
        HS prefix → sector; by default the packaged map of 46 sectors.

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


def sections(codes: pd.Series) -> pd.Series:
    """Return the section of each HS code, as ``"XVII Vehicles, aircraft and vessels"``.

    The result is an ordered categorical, so that IX comes before V in no table.
    """
    chapters = hs_chapters()
    labels = chapters["section"] + " " + chapters["section_name"]
    found = codes.str[:2].map(labels)
    if found.isna().any():
        unknown = sorted(codes[found.isna()].unique())
        raise InputError(
            f"no section for {first_rows(unknown, len(unknown), 'code')}; "
            "chapters run from 01 to 99 without 77"
        )
    ordered = pd.CategoricalDtype(labels.drop_duplicates().tolist(), ordered=True)
    return found.astype(ordered).rename("section")


def _packaged_map() -> dict[str, str]:
    table = data_table("sectors.csv")
    return dict(zip(table["hs"], table["sector"], strict=True))


def _checked_map(mapping: Mapping[str, str]) -> dict[str, str]:
    """Refuse a prefix that fits no code: it would silently be passed over."""
    raise_faults("the mapping to sectors cannot be used", code_faults(pd.Series(list(mapping))))
    return dict(mapping)
