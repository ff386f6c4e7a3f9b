"""Base rates of the Harmonized Tariff Schedule for lines that come without them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from tariffcalc.data import data_table
from tariffcalc.errors import InputError, first_rows, raise_faults
from tariffcalc.rate_text import rate_or_reason
from tariffcalc.tables import labelled
from tariffcalc.trade.frames import form_faults, keys_of, value_faults

__all__ = ["add_base_rates"]

KINDS = {"mfn": "mfn_text", "preferential": "korus_text"}
SUFFIXES = ("text", "rate", "specific_usd_per_unit")
KOREA = "KOR"


def add_base_rates(lines: pd.DataFrame) -> pd.DataFrame:
    """Return a copy of some lines with the base rates of the packaged tariff schedule.

    Parameters
    ----------
    lines
        Frame with ``hs`` and ``partner``; a code may be coarser than a tariff line when all lines
        below it have the same rate.

    Returns
    -------
    pandas.DataFrame
        ``lines`` with ``mfn_text``, ``mfn_rate`` [fraction], ``mfn_specific_usd_per_unit`` [USD],
        and ``preferential_…`` the same: the rate of the Korea–US agreement on Korean lines, empty
        on others. A text that no two figures can say, or several texts below one code, leave the
        figures NaN: :meth:`TariffSchedule.rates` refuses such a line where it needs them.

    Raises
    ------
    InputError
        For a fault in the lines, a column that exists already, or a code that the schedule of
        2025 and 2026 does not have.

    References
    ----------
    USITC, Harmonized Tariff Schedule of the United States, 2025 revision 32.

    Examples
    --------
    >>> import pandas as pd, tariffcalc as tc
    >>> lines = pd.DataFrame({"hs": ["8703230140", "0406905700"], "partner": ["KOR", "JPN"]})
    >>> tc.add_base_rates(lines)[["mfn_rate", "preferential_rate"]].values.tolist()
    [[0.025, 0.0], [0.0, nan]]
    """
    head = "base rates cannot be added"
    raise_faults(head, form_faults(lines, ("hs", "partner"), empty=True))
    keys = keys_of(lines)
    raise_faults(head, value_faults(lines, keys))
    names = [f"{kind}_{suffix}" for kind in KINDS for suffix in SUFFIXES]
    if clash := [name for name in names if name in lines.columns]:
        raise InputError(f"columns exist already: {', '.join(clash)}; rename them first")
    below = [_below(code) for code in keys.codes]
    unknown = [code for code, texts in zip(keys.codes, below, strict=True) if texts is None]
    if unknown:
        raise InputError(
            f"the tariff schedule has no line for {first_rows(unknown[:5], len(unknown), 'code')}; "
            "check the codes, or give mfn_rate yourself"
        )
    columns: dict[str, np.ndarray] = {}
    korean = (lines["partner"] == KOREA).to_numpy(dtype=bool)
    for kind, column in KINDS.items():
        found = pd.DataFrame([_figures(texts, column) for texts in below], columns=list(SUFFIXES))
        for suffix in SUFFIXES:
            values = found[suffix].to_numpy()[keys.code]
            if kind == "preferential":
                values = np.where(korean, values, "" if suffix == "text" else np.nan)
            columns[f"{kind}_{suffix}"] = values
    units = {name: "fraction of customs value" for name in names if name.endswith("_rate")}
    units |= {name: "USD per unit of quantity" for name in names if name.endswith("_unit")}
    return labelled(lines.assign(**columns), units)


def _below(code: str) -> tuple[tuple[str, str], ...] | None:
    """Return the different texts of the tariff lines below a code; None where there is no line."""
    codes, texts = _schedule()
    start, stop = np.searchsorted(codes, [code.ljust(10, "0"), code.ljust(10, "9") + "~"])
    return tuple(dict.fromkeys(texts[start:stop])) or None


def _figures(texts: tuple[tuple[str, str], ...] | None, column: str) -> tuple[str, float, float]:
    """Return the one text of a kind, its ad valorem rate, and its specific duty."""
    different = {text[list(KINDS.values()).index(column)] for text in texts or ()}
    if len(different) != 1:
        return "", np.nan, np.nan
    text = different.pop()
    rate = rate_or_reason(text)
    if isinstance(rate, str):
        return text, np.nan, np.nan
    return text, rate.ad_valorem_rate, rate.specific_usd_per_unit


@lru_cache(maxsize=1)
def _schedule() -> tuple[np.ndarray, list[tuple[str, str]]]:
    """Return the codes of all tariff lines, sorted, and their rate texts."""
    table = data_table("law/hts-codes.csv.gz").fillna("").sort_values("hs")
    texts = list(zip(*(table[column] for column in KINDS.values()), strict=True))
    return table["hs"].to_numpy(dtype="U10"), texts
