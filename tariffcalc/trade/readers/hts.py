"""The Harmonized Tariff Schedule as the USITC exports it: rates by line, inherited by indent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError, first_rows, raise_faults
from tariffcalc.rate_text import StatutoryRate, rate_or_reason, tidy_text
from tariffcalc.trade.readers.files import MOST_BYTES, checked_path, json_value
from tariffcalc.trade.readers.hts_programmes import programme_texts
from tariffcalc.trade.readers.text_tables import csv_table

__all__ = ["HtsRates", "read_hts"]

NUMBER = re.compile(r"[0-9]{4}(?:\.[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{2})?)?)?")
RATES = ("general", "special", "other")
FIELDS = ("htsno", "indent", "description", "units", *RATES)
HEADERS: Mapping[str, tuple[str, ...]] = {
    "htsno": ("hts number", "htsno"),
    "indent": ("indent",),
    "description": ("description",),
    "units": ("unit of quantity", "units"),
    "general": ("general rate of duty", "general"),
    "special": ("special rate of duty", "special"),
    "other": ("column 2 rate of duty", "other"),
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class HtsRates:
    r"""Rates of the Harmonized Tariff Schedule, and the texts that are no plain rate.

    Parameters
    ----------
    table
        One row per code of 8 or 10 digits, see :func:`read_hts`.
    refused
        One row per text without a plain rate: ``column, text, reason, codes`` (how many codes
        it reaches) and ``first_hs``.
    program
        The programme whose preferential rates the table holds; empty for none.

    Examples
    --------
    >>> import tempfile, tariffcalc as tc
    >>> from pathlib import Path
    >>> header = "htsno,indent,description,units,general,special,other"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "hts.csv"
    ...     _ = file.write_text(f"{header}\n0106.11.00,2,Primates,No.,See note 2,,15%\n")
    ...     rates = tc.read_hts(file)
    >>> rates
    HtsRates(1 code, 1 without a plain rate)
    >>> rates.refused[["column", "text", "reason"]]
        column        text                       reason
    0  general  See note 2  refers to a note or heading
    """

    table: pd.DataFrame
    refused: pd.DataFrame
    program: str = ""

    def __repr__(self) -> str:
        """Return size, programme and how many codes have no plain general rate."""
        program = f", program={self.program!r}" if self.program else ""
        without = int(self.table["mfn_rate"].isna().sum())
        codes = f"{len(self.table):,} code{'s' * (len(self.table) != 1)}"
        return f"HtsRates({codes}{program}, {without:,} without a plain rate)"


def read_hts(
    path: str | Path, *, program: str | None = None, most_bytes: int = MOST_BYTES
) -> HtsRates:
    """Read an export of the Harmonized Tariff Schedule (JSON, ``.json.gz`` or CSV).

    Parameters
    ----------
    path
        The file that https://hts.usitc.gov exports.
    program
        Symbol of a preference programme (general note 3(c)): ``KR``, ``S``, ``AU``, …
    most_bytes
        Largest size read [bytes].

    Returns
    -------
    HtsRates
        ``.table``: ``hs`` (8 or 10 digits), ``description``, ``unit`` (units of quantity, apart
        by ``;``), ``general_text``, ``mfn_rate`` [fraction], ``mfn_specific_usd_per_unit`` [USD],
        ``mfn_specific_unit``, ``column_2_text``; with a programme also ``preferential_text``
        (empty where it gives none), ``preferential_rate``, ``preferential_specific_usd_per_unit``
        and ``preferential_specific_unit``: the programme's rate, the general one where it gives
        none. A statistical line inherits the texts of the line above it. What is no plain rate
        is NaN, never 0, and stands with its reason in ``.refused``.

    Raises
    ------
    InputError
        With all faults at once: other fields, codes that are none or given twice, indents that
        are no numbers, a line whose rates come from a line that is not above it.
    UnknownNameError
        For a programme that no line names.

    Notes
    -----
    Where two figures cannot say a rate (``6% on the case + 5.3% on the battery``), the figures
    are NaN; :func:`tariffcalc.parse_rate` gives the parts of the text.

    References
    ----------
    USITC, Harmonized Tariff Schedule of the United States, general notes 3(a) and 3(c).

    Examples
    --------
    >>> import json, tempfile, tariffcalc as tc
    >>> from pathlib import Path
    >>> line = {"htsno": "0102.29.40", "indent": "3", "description": "Other", "units": [],
    ...         "general": "1¢/kg", "special": "Free (A+,AU,KR)", "other": "5.5¢/kg"}
    >>> male = {**line, "htsno": "0102.29.40.24", "indent": "5", "general": "", "special": ""}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "hts.json"
    ...     _ = file.write_text(json.dumps([line, male]), encoding="utf-8")
    ...     rates = tc.read_hts(file, program="KR")
    >>> rates.table[["hs", "mfn_specific_usd_per_unit", "mfn_specific_unit", "preferential_rate"]]
               hs  mfn_specific_usd_per_unit mfn_specific_unit  preferential_rate
    0    01022940                       0.01                kg                0.0
    1  0102294024                       0.01                kg                0.0
    """
    file = checked_path(path, most_bytes)
    rows = _json_rows(file, most_bytes) if ".json" in file.suffixes else _csv_rows(file, most_bytes)
    frame = _inherited(rows, file)
    table = frame[["hs", "description", "unit"]].assign(general_text=frame["general"])
    table = _with_rates(table, table["general_text"], "mfn").assign(column_2_text=frame["other"])
    texts = {"general": frame["general"]}
    if program is not None:
        texts["special"] = programme_texts(frame["special"], program)
        listed = texts["special"] != ""
        table["preferential_text"] = texts["special"]
        table = _with_rates(table, texts["special"].where(listed, frame["general"]), "preferential")
    return HtsRates(table, _refused(frame["hs"], texts), program or "")


def _json_rows(file: Path, most_bytes: int) -> list[tuple[int, dict[str, Any]]]:
    value = json_value(file, most_bytes)
    if not (isinstance(value, list) and value and all(isinstance(row, dict) for row in value)):
        raise InputError(f"{file}: a list of objects with htsno, indent, general is needed")
    lost = [field for field in FIELDS if not all(field in row for row in value)]
    if lost:
        raise InputError(f"{file}: fields missing: {', '.join(lost)}; there: {', '.join(value[0])}")
    return list(enumerate(value, 1))


def _csv_rows(file: Path, most_bytes: int) -> list[tuple[int, dict[str, Any]]]:
    frame = csv_table(file, _columns, "'HTS Number', 'Indent' and the rates", most_bytes).frame
    lines: list[int] = frame.index.tolist()
    return list(zip(lines, frame.to_dict("records"), strict=True))  # type: ignore[arg-type]


def _columns(cells: Sequence[str]) -> Mapping[str, int] | None:
    plain = [" ".join(cell.casefold().split()) for cell in cells]
    places = {own: [plain.index(n) for n in names if n in plain] for own, names in HEADERS.items()}
    return {own: at[0] for own, at in places.items()} if all(places.values()) else None


def _inherited(rows: list[tuple[int, dict[str, Any]]], file: Path) -> pd.DataFrame:
    """Return the codes of 8 and 10 digits, each with the rates of the nearest line above it."""
    faults = _row_faults(rows)
    raise_faults(f"{file} cannot be read as an export of the HTS", faults)
    kept: list[dict[str, str]] = []
    above: list[tuple[int, str, dict[str, str]]] = []
    for line, row in rows:
        indent, code = int(row["indent"]), str(row["htsno"] or "").replace(".", "")
        while above and above[-1][0] >= indent:
            above.pop()
        origin, texts = code, {name: tidy_text(row[name] or "") for name in RATES}
        if above and not texts["general"]:
            origin, upper = above[-1][1:]
            texts = {name: text or upper[name] for name, text in texts.items()}
        above.append((indent, origin, texts))
        if len(code) < 8:
            continue
        if not code.startswith(origin):
            faults.append(
                f"line {line}: {code} takes its rates from {origin}, which is not above it"
            )
        kept.append({"hs": code, "description": tidy_text(row["description"] or ""),
                     "unit": _units(row["units"]), **texts})  # fmt: skip
    codes = pd.Series([row["hs"] for row in kept], dtype=str)
    twice = sorted(codes[codes.duplicated()])
    faults += [f"htsno: {first_rows(twice, len(twice), 'code given twice')}"] if twice else []
    faults += [] if kept else ["no code of 8 or 10 digits"]
    raise_faults(f"{file} cannot be read as an export of the HTS", faults)
    return pd.DataFrame(kept)


def _row_faults(rows: list[tuple[int, dict[str, Any]]]) -> list[str]:
    faults = []
    for field in ("description", *RATES):
        wrong = [line for line, row in rows if not isinstance(row[field], str | None)]
        if wrong:
            faults.append(f"{field}: text is needed in {first_rows(wrong, len(wrong))}")
    wrong = [line for line, row in rows if not isinstance(row["units"], str | list | None)]
    if wrong:
        faults.append(f"units: a list is needed in {first_rows(wrong, len(wrong))}")
    codes = [line for line, row in rows if row["htsno"] and not NUMBER.fullmatch(str(row["htsno"]))]
    if codes:
        faults.append(
            f"htsno: codes such as 0101.21.00.10 are needed in {first_rows(codes, len(codes))}"
        )
    indents = [line for line, row in rows if not re.fullmatch("[0-9]{1,2}", str(row["indent"]))]
    if indents:
        faults.append(f"indent: numbers are needed in {first_rows(indents, len(indents))}")
    return faults


def _units(units: Any) -> str:
    """Return the units of a line, apart by semicolons; CSV exports hold them as a JSON list."""
    if isinstance(units, str):
        named = re.findall(r'"([^"]*)"', units) or [units]
    else:
        named = [str(unit) for unit in units or []]
    return ";".join(tidy for unit in named if (tidy := tidy_text(unit)))


def _with_rates(table: pd.DataFrame, texts: pd.Series, prefix: str) -> pd.DataFrame:
    found = {text: rate_or_reason(text) for text in texts.unique()}
    plain = {text: rate for text, rate in found.items() if isinstance(rate, StatutoryRate)}
    usd = f"{prefix}_specific_usd_per_unit"
    rates = texts.map({text: rate.ad_valorem_rate for text, rate in plain.items()})
    amounts = texts.map({text: rate.specific_usd_per_unit for text, rate in plain.items()})
    units = texts.map({text: plain[text].specific_unit if text in plain else "" for text in found})
    return table.assign(
        **{
            f"{prefix}_rate": rates.astype(np.float64),
            usd: amounts.astype(np.float64),
            f"{prefix}_specific_unit": units,
        }
    )


def _refused(codes: pd.Series, texts: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Return the texts that are no plain rate, by column, those of most codes first."""
    rows = []
    for column, all_texts in texts.items():
        given = all_texts[all_texts != ""] if column == "special" else all_texts
        for text, mine in codes.loc[given.index].groupby(given):
            if reason := _why_not_plain(str(text)):
                rows.append((column, str(text), reason, len(mine), mine.iloc[0]))
    frame = pd.DataFrame(rows, columns=["column", "text", "reason", "codes", "first_hs"])
    return frame.sort_values(
        ["column", "codes", "text"], ascending=[True, False, True], ignore_index=True
    )


def _why_not_plain(text: str) -> str:
    found = rate_or_reason(text)
    if isinstance(found, str):
        return found
    return "" if found.is_plain else "charges parts of the good, or several quantities"
