"""The special column of the HTS: which rate text is for which preference programme."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from tariffcalc.errors import unknown_name
from tariffcalc.rate_text import tidy_text

__all__ = ["programme_texts"]

GROUP = re.compile(r"(.*?)\(([^()]*)\)", re.DOTALL)
SYMBOL = re.compile(r"[A-Z]{1,2}[+*]?")


def programme_texts(special: pd.Series, program: str) -> pd.Series:
    """Return what the special column says for a programme; a text without symbols is for all."""
    found: dict[str, str] = {}
    programs: set[str] = set()
    for text in special.unique():
        groups = list(_groups(text))
        programs.update(symbol for _, symbols in groups for symbol in symbols)
        mine = [rate for rate, symbols in groups if program in symbols or not symbols]
        found[text] = "; ".join(mine)
    if program not in programs:
        raise unknown_name("programme", program, sorted(programs))
    return special.map(found)


def _groups(special: str) -> Iterator[tuple[str, list[str]]]:
    """Return the rate texts of the special column, each with the programmes it is for."""
    end, lead = 0, ""
    for match in GROUP.finditer(special):
        words = re.findall(r"[^\s,.]+", match[2])
        if words and all(SYMBOL.fullmatch(word) for word in words):
            yield tidy_text(lead + match[1]), words
            lead = ""
        else:  # a note in brackets is part of the text
            lead += match[0]
        end = match.end()
    if tidy_text(lead + special[end:]):
        yield tidy_text(lead + special[end:]), []
