"""From columns of text to checked flows: numbers, countries, codes; what is left out is noted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tariffcalc.codes import code_faults
from tariffcalc.data import data_table
from tariffcalc.errors import InputError, first_rows, raise_faults, suggest
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.partners import partner_faults
from tariffcalc.trade.flows import TradeFlows

__all__ = [
    "Reading",
    "area_names",
    "areas",
    "chosen",
    "decimal_mark",
    "flows_of",
    "iso3_codes",
    "plain_name",
]

NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
THOUSANDS = r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?"
FIGURE = re.compile(f"{NUMBER}|{THOUSANDS}")
SWAP = str.maketrans(",.", ".,")
KINDS = {"group": "totals of countries", "area": "areas without an ISO 3166 code"}


@dataclass(slots=True)
class Reading:
    """What happened while a file was read: its faults, rows left out, remarks."""

    file: Path
    kind: str
    faults: list[str] = field(default_factory=list)
    skipped: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def fault(self, wrong: pd.Series | np.ndarray, frame: pd.DataFrame, text: str) -> None:
        """Report the lines of some rows, when there are any."""
        lines = frame.index[np.asarray(wrong, dtype=bool)]
        if len(lines):
            found = first_rows([int(line) for line in lines[:5]], len(lines), "line")
            self.faults.append(f"{text} in {found}")

    def without(self, frame: pd.DataFrame, wrong: pd.Series, reason: str) -> pd.DataFrame:
        """Return the other rows; the number and the value of those left out are noted."""
        if wrong.any():
            value = frame["value_usd"][wrong].sum() if "value_usd" in frame else np.nan
            self.skip(reason, int(wrong.sum()), float(value))
        return frame[~wrong]

    def skip(self, reason: str, rows: int, value_usd: float = np.nan) -> None:
        """Note rows that were left out."""
        self.skipped.append({"reason": reason, "rows": rows, "value_usd": value_usd})

    def numbers(
        self, frame: pd.DataFrame, column: str, *, decimal: str = ".", shift: int = 0
    ) -> FloatArray:
        """Return a column of figures times 10**shift, NaN where it is empty."""
        texts = frame[column].to_numpy(dtype=object)
        plain = [text.translate(SWAP) if decimal == "," else text for text in texts]
        wrong = np.array([bool(text) and not FIGURE.fullmatch(text) for text in plain], dtype=bool)
        given = f", given {texts[wrong][0]!r}" if wrong.any() else ""
        self.fault(wrong, frame, f"{column}: numbers are needed{given},")
        figures = zip(plain, wrong, strict=True)
        return np.array([np.nan if bad else _figure(text, shift) for text, bad in figures])

    def all_given(self, frame: pd.DataFrame, column: str) -> None:
        """Report the lines in which a column is empty."""
        self.fault(frame[column].to_numpy() == "", frame, f"{column}: nothing is given")

    def done(self) -> None:
        """Raise all faults found so far."""
        raise_faults(f"{self.file} cannot be read as {self.kind}", self.faults)


def _figure(text: str, shift: int) -> float:
    # The decimal point is moved in the text: a product with 1000 would round a second time.
    plain = text.replace(",", "")
    if not plain:
        return np.nan
    return float(Decimal(plain).scaleb(shift)) if shift else float(plain)


def decimal_mark(decimal: str | None, separator: str, figures: pd.Series) -> str:
    """Return the decimal mark of a file; where semicolons leave it open it has to be given."""
    if decimal not in (None, ".", ","):
        raise InputError(f"decimal: '.' or ',' is needed, given {decimal!r}")
    doubtful = figures[figures.str.contains(",", regex=False)]
    if decimal is None and separator == ";" and len(doubtful):
        raise InputError(
            f"{doubtful.iloc[0]!r} in a file with semicolons can be read two ways: give "
            "decimal=',' or decimal='.'"
        )
    return decimal or "."


@lru_cache(maxsize=8)
def areas(system: str) -> dict[str, tuple[str, str]]:
    """Return by the codes of a system (census, un) the ISO code and the kind of each area."""
    table = data_table("countries.csv").fillna("")
    rows = table[table["system"] == system]
    return dict(zip(rows["code"], zip(rows["iso3"], rows["kind"], strict=True), strict=True))


@lru_cache(maxsize=1)
def area_names() -> dict[str, tuple[str, str]]:
    """Return by plain name the ISO code and the kind of each area."""
    table = data_table("countries.csv").fillna("")
    names = table["name"].map(plain_name)
    return dict(zip(names, zip(table["iso3"], table["kind"], strict=True), strict=True))


def plain_name(name: str) -> str:
    """Return a name without accents, case and punctuation."""
    letters = unicodedata.normalize("NFKD", name)
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall("[a-z0-9]+", bare.casefold()))


def chosen(value: object, name: str, check: Callable[[Sequence[Any]], list[str]]) -> list[Any]:
    """Return a list that the caller gave, checked; an empty list when there is none."""
    if value is None:
        return []
    if isinstance(value, str) or not isinstance(value, Sequence) or not value:
        hint = f"; did you mean [{value!r}]?" if isinstance(value, str | int) else ""
        raise InputError(f"{name}: a list is needed, given {value!r}{hint}")
    raise_faults(f"{name} cannot be used", check(value))
    return list(dict.fromkeys(value))


def _year_faults(years: Sequence[Any]) -> list[str]:
    wrong = [year for year in years if isinstance(year, bool) or not isinstance(year, int)]
    return [f"whole numbers are needed, given {wrong[0]!r}"] if wrong else []


def iso3_codes(
    frame: pd.DataFrame, reading: Reading, known: dict[str, tuple[str, str]], *, needed: bool
) -> pd.DataFrame:
    """Put ISO codes in place of the column ``area``; totals and places without a code are left out.

    Unknown codes are refused with a list, or left out where only some partners are ``needed``.
    """
    found = {area: known.get(area) for area in frame["area"].unique()}
    unknown = sorted(area for area, place in found.items() if place is None)
    for kind, reason in KINDS.items():
        gone = sorted(area for area, place in found.items() if place and place[1] == kind)
        frame = reading.without(frame, frame["area"].isin(gone), f"{reason}: {_listed(gone)}")
    if unknown and needed:
        hint = suggest(unknown[0], known) if len(unknown[0]) > 4 else ""  # names, not codes
        reading.faults.append(
            f"partner: {first_rows(unknown, len(unknown), 'unknown country')}"
            f"{hint}; name the partners to read"
        )
    frame = reading.without(frame, frame["area"].isin(unknown), "unknown countries")
    return frame.assign(partner=frame["area"].map({a: p[0] for a, p in found.items() if p}))


def flows_of(
    frame: pd.DataFrame,
    reading: Reading,
    *,
    known: dict[str, tuple[str, str]],
    partners: Sequence[str] | None,
    years: Sequence[int] | None = None,
    digits: int | None = None,
    name: str,
) -> TradeFlows:
    """Check lines with ``code, area, value_usd`` and more, and return them as flows."""
    wanted = chosen(partners, "partners", partner_faults)
    wanted_years = chosen(years, "years", _year_faults)
    if digits not in (None, 2, 4, 6, 8, 10):
        raise InputError(f"digits: 2, 4, 6, 8 or 10 is needed, given {digits!r}")
    frame = iso3_codes(frame, reading, known, needed=not wanted)
    if wanted:
        frame = _only(frame, reading, "partner", wanted)
    if wanted_years:
        frame = _only(frame, reading, "year", wanted_years)
    frame = _codes(frame, reading, digits)
    keys = [column for column in frame.columns if column not in NO_KEYS]
    reading.fault(frame.duplicated(keys), frame, "lines that are given twice")
    if not len(frame) and not reading.faults:
        left = "; ".join(f"{row['rows']} rows: {row['reason']}" for row in reading.skipped)
        reading.faults.append(f"no line is left to read ({left or 'the table is empty'})")
    reading.done()
    kept = frame.rename(columns={"code": "hs"}).drop(columns="area")
    kept = kept[[*FIRST, *(column for column in kept if column not in FIRST)]]
    kept.attrs = {
        "source": f"{reading.kind}, {reading.file.name}",
        "skipped": reading.skipped,
        "notes": reading.notes,
    }
    return TradeFlows.from_frame(kept, name=name)


FIRST = ("hs", "partner", "value_usd")
NO_KEYS = {"partner", "value_usd", "duty_usd", "quantity", "unit", "net_weight_kg", "description"}


def _only(frame: pd.DataFrame, reading: Reading, column: str, wanted: list[Any]) -> pd.DataFrame:
    there = set(frame[column]) if column in frame else set()
    if missing := [value for value in wanted if value not in there]:
        absent, shown = _listed(map(repr, missing)), _listed(map(str, sorted(there)))
        reading.faults.append(f"{column}: not in the file: {absent}; there: {shown or 'none'}")
        return frame
    return reading.without(frame, ~frame[column].isin(wanted), f"another {column} than those asked")


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    return ", ".join(every[:12]) + (", …" if len(every) > 12 else "")


def _codes(frame: pd.DataFrame, reading: Reading, digits: int | None) -> pd.DataFrame:
    """Check the codes; a code and the codes below it are never read together."""
    frame = frame.assign(code=frame["code"].str.replace(".", "", regex=False))
    if faults := code_faults(frame["code"].drop_duplicates()):
        reading.faults += faults
        return frame
    lengths = frame["code"].str.len()
    if digits is not None:
        return reading.without(frame, lengths != digits, f"codes of another length than {digits}")
    keys = [column for column in ("area", "year", "month") if column in frame]
    for length in sorted(lengths.unique())[:-1]:
        finer = frame[lengths > length]
        below = pd.MultiIndex.from_frame(finer[keys].assign(code=finer["code"].str[:length]))
        coarse = pd.MultiIndex.from_frame(frame[[*keys, "code"]])
        there = ", ".join(map(str, sorted(lengths.unique())))
        reading.fault(
            (lengths == length).to_numpy() & coarse.isin(below),
            frame,
            f"code: codes of {there} digits count the same trade twice; give digits=…, found",
        )
    return frame
