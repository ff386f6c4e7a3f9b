"""Chapter 24: tables and reports, to print, paste and send, say what the results say."""

import copy
import csv
import html
import inspect
import io
import math
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell

import tariffcalc as tc
from tariffcalc.errors import InputError, MissingExtraError, UnknownNameError
from tariffcalc.report.notebook import register
from tariffcalc.report.pictures import PICTURES
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
    "cost_of_delay": tc.cost_of_delay(SCENARIO, 2, flows=FLOWS),
    "delay_in_terms": tc.delay_in_terms(
        SCENARIO, terms={"cash_share": 0.01}, structures=["japan-terms"], flows=FLOWS
    ),
    "trade_off": tc.trade_off(SCENARIO, "upfront-cash", terms=["split_before"], flows=FLOWS).values,
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
WORDS = st.text(
    st.sampled_from("<>&\"'_%$#{}~^\\|*`[]=+-@,?! aé∞\n\t\x00\u2028") | st.characters(codec="utf-8")
)
SEVERAL = st.lists(WORDS, min_size=1, max_size=8)
# Each example makes several files.
FEW = settings(max_examples=50)


@st.composite
def results(draw: st.DrawFn) -> pd.DataFrame:
    """Give a result with a column of each kind and names that no one would choose."""
    rows = draw(st.integers(1, 4))
    figures: dict[str, Any] = {
        name: draw(st.lists(DOLLARS if unit == "USD" else FIGURES, min_size=rows, max_size=rows))
        for name, (unit, *_) in SHOWN.items()
    }
    for values in figures.values():
        values[0] = draw(st.floats(-1e6, 1e6))  # a column with nothing in it is left out
    names = draw(st.lists(WORDS, min_size=rows, max_size=rows))
    frame = pd.DataFrame(figures, index=pd.Index(names, name="structure", dtype=object))
    return labelled(frame, {name: unit for name, (unit, *_) in SHOWN.items()}, scenario_hash="8b5d")


def one_line(text: str) -> str:
    """Return text as a cell holds it: what would end the line or the file is a space."""
    gone = [
        unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") or c in "\ufffe\uffff" for c in text
    ]
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
        """Note a tag and open a cell."""
        self.tags.append((tag, dict(attributes)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        """Close a cell."""
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        """Note words, and those of a cell."""
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
    cells = [re.findall(r"((?:[^\\|]|\\.)*)\|", line[1:]) for line in lines[2:]]
    return [[re.sub(r"\\(.)", r"\1", cell)[1:-1] for cell in row] for row in cells]


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
    return [[expected(row[name], name, largest) for name in SHOWN] for _, row in frame.iterrows()]


def workbook(made: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(made))["table"]


def as_excel_shows(value: float, form: str) -> str:
    """Return what Excel shows of a number in one of the number formats used."""
    digits, scale = form.split(".")[1].count("0"), 1000.0 ** (len(form) - len(form.rstrip(",")))
    scaled = value * 100 if form.endswith("%") else value / scale
    after = "%" if form.endswith("%") else "".join(re.findall('"(.*)"', form))
    return (
        f"{scaled:z,.{digits}f}{after}" if form.startswith("#") else f"{scaled:z.{digits}f}{after}"
    )


@given(results(), st.sampled_from(["markdown", "html", "latex"]))
@FEW
def test_figures_are_those_of_the_frame_at_the_digits_shown(frame: pd.DataFrame, form: Any) -> None:
    """REPORT-1: a cell is round-half-even(value × scale); NaN is a dash, 0 has no sign."""
    made = tc.report.table(frame, format=form)
    assert [row[1:] for row in rows_of(made, form)] == figures_expected(frame)


@given(results())
@FEW
def test_the_terminal_shows_the_same_figures(frame: pd.DataFrame) -> None:
    """REPORT-2: the text table holds the same cells in the same order, each row on one line."""
    lines = tc.report.table(frame, format="text").split("\n")
    rule = next(place for place, line in enumerate(lines) if line and not line.strip("-"))
    for line, row in zip(lines[rule + 1 :], figures_expected(frame), strict=False):
        assert line.split(" ")[-1] == row[-1] or line.endswith(row[-1])
        assert "  ".join(line.split()).endswith("  ".join(" ".join(row).split()))


@given(results())
@FEW
def test_excel_holds_full_figures_behind_their_format(frame: pd.DataFrame) -> None:
    """REPORT-3: a cell of Excel is the number to 16 digits; its format shows the same digits."""
    sheet = workbook(tc.report.table(frame, format="excel"))
    dollars = frame["net_cost_usd"].to_numpy()
    largest = np.abs(dollars[np.isfinite(dollars)]).max(initial=0.0)
    for line, (_, row) in enumerate(frame.iterrows(), 5):
        for place, name in enumerate(SHOWN, 2):
            cell, value = sheet.cell(line, place), row[name]
            if math.isfinite(value):
                assert (cell.data_type, cell.value) == ("n", float(f"{value:.16g}"))
                shown = as_excel_shows(value, cell.number_format)
                assert shown == expected(value, name, largest) or abs(value) > 1e15
            else:
                assert cell.value == expected(value, name, largest)


@given(results())
@FEW
def test_csv_reads_back_as_the_frame(frame: pd.DataFrame) -> None:
    """REPORT-4: pandas reads the CSV back as the same numbers, to the bit, under the same names."""
    read = pd.read_csv(io.StringIO(tc.report.table(frame, format="csv")))
    assert list(read.columns) == ["structure", *SHOWN]
    np.testing.assert_array_equal(read[list(SHOWN)].to_numpy(dtype=float), frame.to_numpy())


@given(SEVERAL, st.sampled_from(["markdown", "html", "latex"]))
@FEW
def test_words_cannot_leave_their_cell(words: list[str], form: Any) -> None:
    """REPORT-5: any text is one cell in each format, and read back it is the text on one line."""
    index = pd.Index([f"row {place}" for place in range(len(words))], name="b")
    made = tc.report.table(labelled(pd.DataFrame({"said": words}, index=index), {}), format=form)
    rows = Page(made).rows[2:-1] if form == "html" else rows_of(made, form)
    assert [row[1].replace("−", "-") for row in rows] == [
        one_line(word).replace("−", "-") for word in words
    ]


@given(WORDS)
@FEW
def test_no_tag_comes_from_a_word(words: str) -> None:
    """REPORT-6: a page made with any name, heading or title has the tags of one made with 'a'."""

    def tags(word: str) -> list[str]:
        index = pd.Index([word], name="b")
        frame = labelled(pd.DataFrame({f"{word}.": [word]}, index=index), {})
        frame.attrs["notes"] = [word]
        page = Page(tc.report.table(frame, format="html", title=word))
        return [tag for tag, _ in page.tags]

    assert tags(words) == tags("a")


@given(WORDS)
def test_latex_is_balanced_whatever_the_words(words: str) -> None:
    """REPORT-7: braces and environments of a LaTeX table close in order, whatever it names."""
    frame = labelled(pd.DataFrame({words: [words]}, index=pd.Index([words], name=words)), {})
    frame.attrs["notes"] = [words]
    made = tc.report.table(frame, format="latex", title=words)
    bare = re.sub(r"\\[\\{}$&#%_]", "", made)
    depths = np.cumsum([(c == "{") - (c == "}") for c in bare])
    assert depths.min() >= 0
    assert depths[-1] == 0
    assert re.findall(r"\\(begin|end)\{(\w+)", bare) == [
        ("begin", "table"), ("begin", "tabular"), ("end", "tabular"),
        ("begin", "minipage"), ("end", "minipage"), ("end", "table"),
    ]  # fmt: skip
    assert not set("$&#%_^~") & set(re.sub(r"\$[^$]*\$|%.*\n| & ", "", bare, count=0)) - {"_"}


@given(st.sampled_from("=+-@"), WORDS)
@FEW
def test_no_spreadsheet_runs_a_word(sign: str, words: str) -> None:
    """REPORT-8: text that would be a formula stays text: a string in Excel, quoted in CSV."""
    frame = pd.DataFrame({"said": [sign + words]}, index=pd.Index([f" {sign}cmd"], name=sign))
    sheet = workbook(tc.report.table(labelled(frame, {}), format="excel"))
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert sheet.cell(5, 1).value == f" {sign}cmd"
    for row in csv.reader(io.StringIO(tc.report.table(frame, format="csv"))):
        assert all(not cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", RESULTS)
def test_showing_a_result_leaves_it_as_it_is(name: str, form: Any) -> None:
    """REPORT-9: no format changes the frame it shows, in a bit, a type, a name or an attribute."""
    frame = RESULTS[name]
    before, attributes = frame.copy(deep=True), copy.deepcopy(frame.attrs)
    tc.report.table(frame, format=form)
    pd.testing.assert_frame_equal(frame, before, check_exact=True)
    assert frame.attrs == attributes


@pytest.mark.parametrize("name", RESULTS)
def test_every_column_is_shown_or_said_to_be_left_out(name: str) -> None:
    """REPORT-10: headings + columns that a note names = columns + index levels, in all panels."""
    frame = RESULTS[name]
    names = [level for level in frame.index.names if level is not None] + list(frame.columns)
    sheet, made = workbook(tc.report.table(frame, format="excel")), tc.report.table(frame)
    missing = [c for note in re.findall(r"in every row: (.*)", made) for c in note.split(", ")]
    assert all(frame[column].isna().all() for column in missing)
    in_caption = "scenario" in names and len(frame.attrs.get("vintages", ())) == 1
    assert sheet.max_column == len(names) - len(missing) - in_caption
    named = re.findall(r"begin{tabular}{(\w+)}", tc.report.table(frame, format="latex"))
    stub = openpyxl.utils.column_index_from_string(sheet.freeze_panes.rstrip("5")) - 1
    assert sum(map(len, named)) == sheet.max_column + stub * (len(named) - 1)


def test_columns_that_are_not_asked_for_are_said_to_be_left_out() -> None:
    """REPORT-11: columns= chooses what is shown, and the note names every column that is not."""
    made = tc.report.table(COMPARED, columns=["net_cost_usd"])
    assert made.count("net cost") == 1
    left_out = re.findall(r"Columns not shown: (.*)", made)[0].split(", ")
    assert left_out == [name for name in COMPARED.columns if name != "net_cost_usd"]


@pytest.mark.parametrize("name", OF_A_SCENARIO)
@pytest.mark.parametrize("form", READ)
def test_a_table_says_what_it_was_made_from(name: str, form: Any) -> None:
    """REPORT-12: the caption holds the vintage, the notes counts of assumptions, hash, version."""
    made = tc.report.table(RESULTS[name], format=form)
    text = " ".join(Page(made).words) if form == "html" else made
    captions = {"html": lambda: Page(made).rows[0][0], "latex": lambda: made.split("\n")[3]}
    caption = captions[form]() if form in captions else made.split("\n")[0]
    assert "korea-us as of 2025-10-17" in caption
    status = SCENARIO.parameters()["status"].value_counts()
    assert f"{len(SCENARIO.parameters())} numbers: {status['reported']} reported, " in text
    assert f"{status['derived']} derived, {status['assumption']} assumptions" in text
    assert SCENARIO.hash in text
    assert f"tariffcalc {tc.__version__}" in text


def digests() -> list[str]:
    made = [tc.report.table(SCENARIO.parameters().tail(9), format=form) for form in FORMATS]
    return [sha256(m if isinstance(m, bytes) else m.encode()).hexdigest() for m in made]


def test_the_same_result_is_the_same_bytes() -> None:
    """REPORT-13: the bytes of a table do not depend on the process, the clock or the hash seed."""
    code = (
        "import tariffcalc as tc; from hashlib import sha256;"
        f"FORMATS = {FORMATS!r}; SCENARIO = tc.load_scenario('korea-us', as_of='2025-10-17')\n"
        f"{inspect.getsource(digests)}print(digests())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert run.stdout.strip() == repr(digests()) == repr(digests())


@pytest.mark.parametrize(
    ("form", "module", "command"),
    [
        ("html", "great_tables", "pip install 'tariffcalc[tables]'"),
        ("excel", "xlsxwriter", "pip install 'tariffcalc[excel]'"),
    ],
)
def test_a_missing_extra_names_the_command(
    form: Any, module: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REPORT-14: a format whose package is missing says which command installs it; others work."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=re.escape(command)):
        tc.report.table(COMPARED, format=form)
    for plain in ("text", "markdown", "latex", "csv"):
        assert tc.report.table(COMPARED, format=plain)


@pytest.mark.parametrize(
    ("ending", "form"),
    [("txt", "text"), ("md", "markdown"), ("html", "html"), ("tex", "latex"), ("xlsx", "excel"),
     ("csv", "csv")],
)  # fmt: skip
def test_a_file_holds_what_is_returned(ending: str, form: Any, tmp_path: Path) -> None:
    """REPORT-15: path= writes the bytes that are returned; its ending chooses the format."""
    made = tc.report.table(COMPARED, path=tmp_path / f"a.{ending}")
    written = (tmp_path / f"a.{ending}").read_bytes()
    assert written == (made if isinstance(made, bytes) else made.encode())
    assert made == tc.report.table(COMPARED, format=form)


@pytest.mark.parametrize("name", ["find", "none"])
def test_a_break_even_is_a_table_too(name: str) -> None:
    """REPORT-16: a BreakEven shows its values, brackets and interval, or says it found none."""
    path = {"find": "project_irr", "none": "tariffs.durability"}[name]
    found = tc.break_even(SCENARIO, path, structure="upfront-cash")
    read = pd.read_csv(io.StringIO(tc.report.table(found, format="csv")))
    assert read["value"].dropna().tolist() == list(found.values)
    assert read["parameter"].tolist() == [found.path] * max(1, len(found.values))
    ends = found.brackets or (found.bounds,)
    assert list(zip(read["from"], read["to"], strict=True)) == list(ends)


@given(st.sampled_from([1e-6, 1e-3, 1.0]))
def test_dollars_of_a_table_have_one_scale(size: float) -> None:
    """REPORT-17: a table a thousandth as large has the unit below, said once, in its caption."""
    units = {"net_cost_usd": "USD", "loan_usd": "USD"}
    frame = labelled(
        pd.DataFrame({"net_cost_usd": [2.5e11 * size], "loan_usd": [1e8 * size]}), units
    )
    made = tc.report.table(frame)
    assert re.findall(r"\(\$(\w*)\)", made) == [{1e-6: "", 1e-3: "m", 1.0: "bn"}[size]]


@pytest.mark.parametrize(
    ("asked", "kind", "words"),
    [
        ({"format": "pdf"}, UnknownNameError, "unknown format 'pdf'"),
        ({"path": "a.doc"}, UnknownNameError, "unknown ending of path '.doc'"),
        ({"columns": ["npv"]}, UnknownNameError, "unknown column 'npv'"),
    ],
)
def test_what_cannot_be_shown_is_refused(asked: Any, kind: type[Exception], words: str) -> None:
    """REPORT-18: an unknown format, ending or column, no result, and too many rows: refused."""
    with pytest.raises(kind, match=re.escape(words)):
        tc.report.table(COMPARED, **asked)
    with pytest.raises(InputError, match=r"^result: a table of .*, given int$"):
        tc.report.table(3)  # type: ignore[call-overload]
    with pytest.raises(InputError, match="result: 10,001 rows are more than a page can hold"):
        tc.report.table(pd.DataFrame({"a": range(10_001)}), format="html")


@pytest.fixture
def notebook() -> Iterator[Callable[[object], Any]]:
    """Return how a notebook shows an object as HTML."""
    shell = InteractiveShell.instance(history_manager=None)
    formatter = shell.display_formatter.formatters["text/html"]
    formatter.enabled = True
    register()
    yield formatter
    formatter.pop(pd.DataFrame)
    InteractiveShell.clear_instance()


def test_a_comparison_shows_itself_in_a_notebook(notebook: Callable[[object], Any]) -> None:
    """REPORT-19: compare returns a plain DataFrame that a notebook shows as report.table does."""
    assert type(COMPARED) is pd.DataFrame
    assert notebook(COMPARED) == tc.report.table(COMPARED, format="html")
    for other in (COMPARED / 1e9, COMPARED.head(2), COMPARED.T, RESULTS["ledger"]):
        assert notebook(other) == other._repr_html_()


ASKED: dict[str, Any] = {"structures": ["three-years", "japan-terms"], "draws": 50, "flows": FLOWS}


@pytest.fixture(scope="module")
def report() -> str:
    return tc.report.report_html(SCENARIO, **ASKED)


def section_of(made: str, name: str) -> str:
    return made.split(f'<section id="{name}"')[1].split("</section>")[0]


def test_a_report_loads_nothing(report: str) -> None:
    """REPORT-20: no address in the page leads out of it: all are places in it, or data."""
    addresses = [
        value or ""
        for _, attributes in Page(report).tags
        for name, value in attributes.items()
        if name in {"src", "href", "xlink:href", "srcset", "data", "poster", "action"}
    ]
    assert len(addresses) > 20
    assert all(address.startswith(("#", "data:")) for address in addresses)
    assert not re.search(r"@import|url\((?!#)|<script|<iframe", report)


def test_identities_of_a_report_are_its_own(report: str) -> None:
    """REPORT-21: no two elements share an identity, and every place that is named is there."""
    tags = [attributes for _, attributes in Page(report).tags]
    identities = [attributes["id"] for attributes in tags if "id" in attributes]
    assert len(set(identities)) == len(identities)
    named = {a[n] for a in tags for n in ("href", "xlink:href") if (a.get(n) or "").startswith("#")}
    named |= {f"#{name}" for name in re.findall(r"url\(#([^)]+)\)", report)}
    assert {str(name)[1:] for name in named} <= set(identities)


def test_a_report_lists_each_number_once_with_its_source(report: str) -> None:
    """REPORT-22: a row for each path of parameters() with value, range, status, source and date."""
    rows = {
        row[0]: row[1:] for row in Page(section_of(report, "assumptions")).rows if len(row) == 9
    }
    known = SCENARIO.parameters()
    assert list(rows)[1:] == list(known.index)
    assert len([row for row in Page(section_of(report, "assumptions")).rows if len(row) == 9]) == (
        len(known) + 1
    )
    for path, number in known.iterrows():
        value, unit, low, high, status, source, date, _ = rows[str(path)]
        assert float(value.replace(",", "").replace("−", "-")) == pytest.approx(
            number["value"], rel=1e-9
        )
        assert (unit, status, source) == (number["unit"], number["status"], number["source"])
        assert (low == "–") == (high == "–") == math.isnan(number["low"])
        assert date == ("–" if pd.isna(number["date"]) else str(number["date"].date()))


def test_a_report_shows_the_results_and_nothing_else(report: str) -> None:
    """REPORT-23: the rows of each table are those that report.table makes of the same result."""
    names = ASKED["structures"]
    whole = {"structures": names, "flows": FLOWS}
    for section, result in {
        "comparison": tc.compare(SCENARIO, **whole),
        "parties": tc.incidence(SCENARIO, **whole),
        "views": tc.valuation_views(SCENARIO, **whole),
        "simulation": tc.simulate(SCENARIO, seed=1, draws=50, **whole),
    }.items():
        shown = [row for row in Page(section_of(report, section)).rows if len(row) > 1]
        assert shown == [
            row for row in Page(tc.report.table(result, format="html")).rows if len(row) > 1
        ]
        assert {name for name in names if name in section_of(report, section)} == set(names)


def test_a_report_says_what_it_is(report: str) -> None:
    """REPORT-24: question, vintage, hash, version, draws and seed stand at the top of the page."""
    head = " ".join(" ".join(Page(report.split("<nav")[0].split("</style>")[1]).words).split())
    for words in (SCENARIO.title, "is the tariff relief worth it?", "2025-10-17", SCENARIO.hash,
                  f"tariffcalc {tc.__version__}", "50 draws, seed 1"):  # fmt: skip
        assert words in head
    worth = tc.compare(SCENARIO, **{k: v for k, v in ASKED.items() if k != "draws"})
    above = worth["net_benefit_usd"].droplevel("scenario") > 0.0
    assert above.to_dict() == {"three-years": False, "japan-terms": True}
    assert "more than the net cost in japan-terms, and less in three-years." in head


def test_figures_of_a_report_speak_for_themselves(report: str) -> None:
    """REPORT-25: each figure is an inline SVG with a caption, and words for who cannot see it."""
    pictures = [a for tag, a in Page(report).tags if tag == "svg"]
    assert len(pictures) == report.count('<figure class="picture">') == len(PICTURES)
    assert all(a["role"] == "img" and len(a["aria-label"] or "") > 40 for a in pictures)
    titles = [str(a["aria-label"]).split(". ")[0] for a in pictures]
    assert titles == [one.title for one in PICTURES.values()]


def test_a_report_is_made_again_by_the_lines_it_shows(tmp_path: Path) -> None:
    """REPORT-26: the lines of Python in the page, run elsewhere, write the page to the byte."""
    asked = {"structures": ["no-deal", "japan-terms"], "draws": 20, "seed": 3}
    made = tc.report.report_html(SCENARIO, **asked)  # type: ignore[arg-type]
    lines = html.unescape(re.findall(r"<code>(import tariffcalc.*?)</code>", made, re.DOTALL)[0])
    subprocess.run([sys.executable, "-c", lines], check=True, cwd=tmp_path)  # noqa: S603
    assert (tmp_path / "report.html").read_bytes() == made.encode()
    assert "tariffcalc report korea-us --as-of 2025-10-17 -o report.html" in made


def test_a_scenario_of_ones_own_is_in_its_report() -> None:
    """REPORT-27: the report of a scenario that is not packaged holds it as TOML, hash and all."""
    own = SCENARIO.replace({"tariffs.durability": 0.8, "title": "<script>alert(1)</script> & Co"})
    made = tc.report.report_html(own, structures=["upfront-cash"], draws=20, flows=FLOWS)
    written = re.findall(r"<code>(.*?)</code>", section_of(made, "reproduction"), re.DOTALL)[-1]
    assert tc.Scenario.from_toml(html.unescape(written)).hash == own.hash
    assert "<script" not in made
    assert "tariffcalc report korea-us.toml -o report.html" in html.unescape(made)


@pytest.mark.parametrize(
    ("module", "extra"), [("great_tables", "tables"), ("matplotlib.figure", "plot")]
)
def test_a_report_names_the_extra_it_misses(
    module: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REPORT-28: without great-tables or matplotlib a report says which command installs it."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=re.escape(f"pip install 'tariffcalc[{extra}]'")):
        tc.report.report_html(SCENARIO, **ASKED)


def test_a_report_is_written_where_it_is_asked_for(tmp_path: Path, report: str) -> None:
    """REPORT-29: write_report writes the bytes of report_html, and refuses another kind of file."""
    path = tc.report.write_report(SCENARIO, tmp_path / "a.html", **ASKED)
    assert path == tmp_path / "a.html"
    assert path.read_bytes() == report.encode()
    with pytest.raises(InputError, match=r"^path: a file that ends in \.html is needed, given"):
        tc.report.write_report(SCENARIO, tmp_path / "a.pdf")
    assert not (tmp_path / "a.pdf").exists()
