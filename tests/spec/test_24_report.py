"""Chapter 24: tables to print, paste and send say what the results say."""

import copy
import csv
import hashlib
import io
import math
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from IPython.testing.globalipapp import start_ipython

import tariffcalc as tc
from tariffcalc.errors import InputError, MissingExtraError, UnknownNameError
from tariffcalc.tables import labelled

SCENARIO = tc.load_scenario("korea-us", as_of="2025-10-17")
LINES = tc.load_flows("us-imports-2024", partners=["KOR"]).frame
FLOWS = tc.TradeFlows.from_frame(LINES.iloc[::100])
COMPARED = tc.compare(SCENARIO, flows=FLOWS)
LAW = tc.load_schedule("united-states")
CAR = {"hs": "8703230140", "partner": "KOR", "mfn_rate": 0.0}
TERMS = (SCENARIO.pledge.structures[1], SCENARIO.pledge, SCENARIO.economy, SCENARIO.valuation)
RESULTS: dict[str, Any] = {
    "compare": COMPARED,
    "two scenarios": tc.compare(SCENARIO, tc.load_scenario("japan-us"), columns=["net_cost_usd"]),
    "incidence": tc.incidence(SCENARIO, flows=FLOWS),
    "sweep": tc.sweep(SCENARIO, {"cash_share": [0.0, 1.0]}, structures=["upfront-cash"]),
    "sensitivity": tc.sensitivity(SCENARIO, structures=["upfront-cash"], flows=FLOWS),
    "simulate": tc.simulate(SCENARIO, draws=50, seed=1, flows=FLOWS),
    "draws": tc.draw_parameters(SCENARIO, draws=3, seed=1),
    "valuation_views": tc.valuation_views(SCENARIO),
    "compare_responses": tc.compare_responses(
        SCENARIO, responses={"half": tc.StaticResponse(pass_through=0.5)}, flows=FLOWS
    ),
    "parameters": SCENARIO.parameters(),
    "ledger": tc.ledger(SCENARIO, "three-years", flows=FLOWS),
    "funding_path": tc.funding_path(*TERMS),
    "cash_flows": tc.cash_flows(*TERMS),
    "list_scenarios": tc.list_scenarios(),
    "effective_rate": SCENARIO.deal.effective_rate(FLOWS, on="2025-10-17", by="sector"),
    "timeline": SCENARIO.deal.timeline(FLOWS, start="2025-01-01", end="2026-01-01"),
    "customs_entry": LAW.customs_entry(CAR, 30_000, on="2025-11-15"),
}
OF_A_SCENARIO = [name for name, frame in RESULTS.items() if "notes" in frame.attrs]
READ = ("text", "markdown", "html", "latex")
FORMATS = (*READ, "excel", "csv")

# Unit, what the figure is multiplied with, its decimals, the text after it.
SHOWN = {
    "net_cost_usd": ("USD", None, None, ""),
    "payer_irr": ("fraction per year", 100, 1, "%"),
    "effective_rate": ("fraction of customs value", 100, 2, "%"),
    "gap_pp": ("percentage points", 1, 2, " pp"),
    "peak": ("multiple of yearly FX capacity", 1, 2, "x"),
}
FIGURES = st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf, -math.inf, -0.0, 0.0, -1e-9])
DOLLARS = st.floats(-1e13, 1e13) | st.sampled_from([math.nan, math.inf, -0.0, 1.0, 9.5e8, 5e10])
WORDS = st.text(st.sampled_from("<>&\"'_%$#{}~^\\|*`[]=+-@,?! aé∞\n\t\x00\u2028") | st.characters())


@st.composite
def results(draw: st.DrawFn) -> pd.DataFrame:
    """Give a result with a column of each kind and names that no one would choose."""
    rows = draw(st.integers(1, 4))
    figures: dict[str, Any] = {
        name: draw(st.lists(DOLLARS if unit == "USD" else FIGURES, min_size=rows, max_size=rows))
        for name, (unit, *_) in SHOWN.items()
    }
    names = draw(st.lists(WORDS, min_size=rows, max_size=rows))
    frame = pd.DataFrame(figures, index=pd.Index(names, name="structure", dtype=object))
    return labelled(frame, {name: unit for name, (unit, *_) in SHOWN.items()}, scenario_hash="8b5d")


def one_line(text: str) -> str:
    """Return text as a cell holds it: what would end the line or the file is a space."""
    gone = [unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") or c in "\ufffe\uffff" for c in text]
    marked = "".join("\0" if lost else c for c, lost in zip(text, gone, strict=True))
    return re.sub("\0+", " ", marked)


class Page(HTMLParser):
    """Reads the cells of the rows, the text of everything else, and all tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self.inside:
            self.rows[-1][-1] += data


LATEX = re.compile(
    r"\\text(\w+)\{\}|\\([{}$&#%_])|\$\\(infty|times|leq|geq)\$|(\$-\$)|\{([\[\]*])\}|(\{\})"
)
NAMED = {
    "backslash": "\\", "asciicircum": "^", "asciitilde": "~", "less": "<", "greater": ">",
    "bar": "|", "quotedbl": '"', "quotesingle": "'", "asciigrave": "`", "infty": "∞",
    "times": "×", "leq": "≤", "geq": "≥",
}  # fmt: skip


def from_latex(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        name, escaped, symbol, minus, bracket, _ = found.groups()
        return NAMED.get(name or symbol, "") or escaped or bracket or ("−" if minus else "")

    return LATEX.sub(one, text)


def rows_of(made: str, form: str) -> list[list[str]]:
    """Return the cells of a table without panels, as a reader sees them."""
    if form == "html":
        rows = [row for row in Page(made).rows if len(row) == 1 + len(SHOWN)]
        return [[cell.replace("−", "-").replace("–", "-") for cell in row] for row in rows[1:]]
    if form == "latex":
        body = made.split("\\midrule\n")[1].split("\n\\bottomrule")[0]
        cells = [re.split(r"(?<!\\) & ", line.removesuffix(" \\\\")) for line in body.split("\n")]
        return [[from_latex(c).replace("−", "-").replace("--", "-") for c in row] for row in cells]
    lines = [line for line in made.split("\n") if line.startswith("| ")]
    cells = [re.split(r"(?<!\\)(?:\\\\)* \| ", line[2:-2]) for line in lines[2:]]
    return [[re.sub(r"\\([^\w\s])", r"\1", cell) for cell in row] for row in cells]


def expected(value: float, name: str, largest: float) -> str:
    """Return a figure by decimal arithmetic, rounded to even at the last digit shown."""
    _, times, digits, after = SHOWN[name]
    if math.isnan(value):
        return "-"
    if times is None:
        scale, digits = next((s, d) for m, s, d in
                             ((1e11, 1e9, 1), (1e9, 1e9, 2), (1e6, 1e6, 1), (5e-324, 1.0, 2),
                              (0.0, 1e9, 1)) if largest >= m)  # fmt: skip
        value = value / scale
    else:
        value = value * times
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    exact = Decimal(value).quantize(Decimal(1).scaleb(-(digits or 0)), ROUND_HALF_EVEN)
    text = f"{abs(exact):,f}" if times is None else f"{abs(exact):f}"
    return ("-" if exact < 0 else "") + text + after


def figures_expected(frame: pd.DataFrame) -> list[list[str]]:
    dollars = frame["net_cost_usd"].to_numpy()
    largest = np.abs(dollars[np.isfinite(dollars)]).max(initial=0.0)
    shown = [name for name in SHOWN if not frame[name].isna().all()]
    return [[expected(row[name], name, largest) for name in shown] for _, row in frame.iterrows()]
