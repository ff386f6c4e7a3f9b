import importlib
import io
import re
import sys
import types
from typing import Any

import openpyxl
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc import report
from tariffcalc.errors import MissingExtraError
from tariffcalc.extras import needed
from tariffcalc.report.grid import aligned, markdown_table, markdown_text, piped, plain_text
from tariffcalc.report.html_table import figure_text, html_table
from tariffcalc.report.kinds import BILLIONS, MULTIPLE, PER_CENT, YEAR
from tariffcalc.report.latex import latex_table, latex_text
from tariffcalc.report.layout import Column, Layout, Panel
from tariffcalc.report.notebook import is_untouched, register, shown
from tariffcalc.report.spreadsheet import csv_table, excel_table
from tariffcalc.tables import fingerprint

NOTHING = float("nan")
PANEL = Panel(
    "P&L",
    (
        Column("structure", "structure"),
        Column("a_usd", "a", "long group name", BILLIONS),
        Column("b_rate", "b", "long group name", PER_CENT),
        Column("year", "payback", "", YEAR),
        Column("times", "times", "g", MULTIPLE),
        Column("said", "said"),
    ),
    1,
    (("x_1", -2e9, 0.5, NOTHING, float("inf"), "a|b"), ("y", 1e9, NOTHING, 2046.0, 1.0, None)),
)
TWO = Layout("C_1 ($bn)", (PANEL, Panel("", PANEL.columns[:2], 1, (("z", 3e9),))), ("n_1", "n2"))
ONE = Layout("C_1 ($bn)", (PANEL,), ("n_1", "n2"))


def test_the_terminal() -> None:
    assert plain_text(TWO).split("\n") == [
        "C_1 ($bn)",
        "",
        "P&L",
        "",
        "           long group name             g",
        "structure     a          b  payback  times  said",
        "------------------------------------------------",
        "x_1        -2.0      50.0%    never      ∞  a|b",
        "y           1.0          -     2046  1.00x  -",
        "",
        "           long group name",
        "structure                a",
        "--------------------------",
        "z                      3.0",
        "",
        "n_1",
        "n2",
        "",
    ]


def test_columns_without_groups_have_one_line_of_headings() -> None:
    assert aligned(["a", "bb"], [["ccc", "1"]]) == "a    bb\n-------\nccc   1"
    assert aligned(["a", "bb"], [["ccc", "1"]], (), ("", "")) == "  a  bb\n-------\nccc   1"


def test_markdown() -> None:
    assert markdown_table(TWO).split("\n") == [
        "**C\\_1 (\\$bn)**",
        "",
        "P\\&L",
        "",
        "| structure | long group name: a | long group name: b | payback | g: times | said |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
        "| x\\_1 | -2.0 | 50.0% | never | ∞ | a\\|b |",
        "| y | 1.0 | - | 2046 | 1.00x | - |",
        "",
        "| structure | long group name: a |",
        "| --- | ---: |",
        "| z | 3.0 |",
        "",
        "Note: n\\_1",
        "",
        "Note: n2",
        "",
    ]
    assert markdown_text("\\`*_[]<>|&~$#") == "\\\\\\`\\*\\_\\[\\]\\<\\>\\|\\&\\~\\$#"
    assert piped(["a", "b"], [["c", "d"]], {1}) == "| a | b |\n| ---: | --- |\n| c | d |"


def test_latex() -> None:
    assert latex_table(TWO).split("\n") == [
        "% needs \\usepackage{booktabs} and \\usepackage{textcomp}",
        "\\begin{table}[htbp]",
        "\\centering",
        "\\caption{C\\_1 (\\$bn)}",
        "\\footnotesize",
        "\\begin{tabular}{lrrrrl}",
        "\\multicolumn{6}{l}{\\textit{P\\&L}} \\\\",
        "\\toprule",
        (
            "\\multicolumn{1}{c}{} & \\multicolumn{2}{c}{long group name} & "
            "\\multicolumn{1}{c}{} & \\multicolumn{1}{c}{g} & \\multicolumn{1}{c}{} \\\\"
        ),
        "\\cmidrule(lr){2-3} \\cmidrule(lr){5-5}",
        "structure & a & b & payback & times & said \\\\",
        "\\midrule",
        "x\\_1 & $-$2.0 & 50.0\\% & never & $\\infty$ & a\\textbar{}b \\\\",
        "y & 1.0 & -- & 2046 & 1.00x & -- \\\\",
        "\\bottomrule",
        "\\end{tabular}",
        "\\par\\medskip",
        "\\begin{tabular}{lr}",
        "\\toprule",
        "\\multicolumn{1}{c}{} & \\multicolumn{1}{c}{long group name} \\\\",
        "\\cmidrule(lr){2-2}",
        "structure & a \\\\",
        "\\midrule",
        "z & 3.0 \\\\",
        "\\bottomrule",
        "\\end{tabular}",
        "\\begin{minipage}{\\linewidth}\\scriptsize",
        "\\par n\\_1",
        "\\par n2",
        "\\end{minipage}",
        "\\end{table}",
        "",
    ]
    no_groups = Layout("c", (Panel("", (Column("a", "a"),), 1, (("x",),)),), ())
    assert "\\toprule\na \\\\\n\\midrule\nx \\\\\n" in latex_table(no_groups)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a--b", "a-{}-b"), (",,-", ",{},-"), ("?`", "?\\textasciigrave{}"), ("[*]", "{[}{*}{]}"),
        ("10% & \\x", "10\\% \\& \\textbackslash{}x"), ("−×≤≥", "$-$$\\times$$\\leq$$\\geq$"),
        ('"\'~^', "\\textquotedbl{}\\textquotesingle{}\\textasciitilde{}\\textasciicircum{}"),
        ("<{#}>", "\\textless{}\\{\\#\\}\\textgreater{}"), ("korea-us", "korea-us"),
    ],
)  # fmt: skip
def test_latex_text_prints_as_it_is(text: str, written: str) -> None:
    assert latex_text(text) == written


def test_html_has_caption_panel_titles_and_notes_once() -> None:
    made = html_table(TWO)
    words = re.sub(r"<style>.*?</style>", "", made, flags=re.DOTALL)
    found = [text.strip() for text in re.findall(r">([^<>]*)<", words) if text.strip()]
    assert found == [
        "C_1 ($bn)", "P&amp;L", "structure", "long group name", "payback", "g", "said", "a", "b",
        "times", "x_1", "−2.0", "50.0%", "never", "∞", "a|b", "y", "1.0", "–", "2046", "1.00x", "–",
        "structure", "long group name", "a", "z", "3.0", "n_1", "n2",
    ]  # fmt: skip
    ids = re.findall(r' id="(table-\w+-\d)"', made)
    assert len(ids) == 2
    assert ids[0][:-1] == ids[1][:-1]
    assert (ids[0][-1], ids[1][-1]) == ("0", "1")


def test_rows_named_by_several_words_stand_in_groups() -> None:
    columns = (Column("s", "scenario"), Column("t", "structure"), Column("a", "a", "", BILLIONS))
    rows = (("u", "x", 1e9), ("u", "y", 2e9), ("v", "x", 3e9))
    made = html_table(Layout("c", (Panel("", columns, 2, rows),), ()))
    assert re.findall(r'gt_group_heading"[^>]*>(\w+)<', made) == ["u", "v"]
    assert re.findall(r'gt_stub"[^>]*>(\w+)<', made) == ["x", "y", "x"]
    assert ">scenario, structure<" in made


def test_html_without_names_of_rows() -> None:
    made = html_table(Layout("c", (Panel("", (Column("a", "<a>"),), 0, (("<b>",),)),), ()))
    assert "&lt;a&gt;" in made
    assert "&lt;b&gt;" in made
    assert "gt_stub" not in re.sub(r"<style>.*?</style>", "", made, flags=re.DOTALL)


def test_the_minus_of_a_figure_is_no_hyphen() -> None:
    assert figure_text(-2e9, PANEL.columns[1]) == "−2.0"
    assert figure_text("-2", PANEL.columns[0]) == "-2"
    assert figure_text(None, PANEL.columns[0]) == "–"


def cells(made: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(made))["table"]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_excel() -> None:
    made = excel_table(ONE)
    assert cells(made) == [
        ["C_1 ($bn)", None, None, None, None, None],
        [None] * 6,
        [None, "long group name", None, None, "g", None],
        ["structure", "a", "b", "payback", "times", "said"],
        ["x_1", -2e9, 0.5, "never", "∞", "a|b"],
        ["y", 1e9, "-", 2046, 1, "-"],
        [None] * 6,
        ["n_1", None, None, None, None, None],
        ["n2", None, None, None, None, None],
        [
            "Cells hold the full figures; their number formats show them as the caption says.",
            None, None, None, None, None,
        ],
    ]  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(made))
    sheet = book["table"]
    assert [cell.number_format for cell in sheet[6]] == [
        "General", "#,##0.0,,,", "0.0%", "0", '0.00"x"', "General",
    ]  # fmt: skip
    assert str(sheet.merged_cells) == "B3:C3"
    assert sheet.freeze_panes == "B5"
    assert book.properties.created.year == 1980
    assert book.properties.title == "C_1 ($bn)"
    assert [sheet.column_dimensions[name].width > 6 for name in "ABCDEF"] == [True] * 6


def test_csv_quotes_what_would_run_and_nothing_else() -> None:
    frame = pd.DataFrame({"=a": ["=1+1", " @x", "b-c"], "n": [-1.5, 2.0, NOTHING]})
    assert csv_table(frame) == "'=a,n\n'=1+1,-1.5\n' @x,2.0\nb-c,\n"
    named = frame.set_index(pd.Index(["+x", None, "y"], name="k"))[["n"]]
    assert csv_table(named) == "k,n\n'+x,-1.5\n,2.0\ny,\n"
    assert csv_table(named.rename_axis(None)) == "index,n\n'+x,-1.5\n,2.0\ny,\n"


def test_a_missing_package_is_named_as_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert needed("json", "x", "y") is sys.modules["json"]
    monkeypatch.setitem(sys.modules, "great_tables", None)
    with pytest.raises(MissingExtraError) as caught:
        needed("great_tables", "Tables in HTML", "tables")
    assert str(caught.value) == (
        "Tables in HTML need great-tables; install it with: pip install 'tariffcalc[tables]'"
    )


def test_a_package_that_does_not_escape_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("great_tables.__version__", "0.24.0")
    with pytest.raises(MissingExtraError) as caught:
        html_table(ONE)
    assert str(caught.value) == (
        "Tables in HTML need great-tables 1.0 or later, found 0.24.0; "
        "install it with: pip install 'tariffcalc[tables]'"
    )


def test_the_room_shows_its_public_names() -> None:
    assert dir(report) == ["figures", *report.__all__]
    assert report.figures is importlib.import_module("tariffcalc.report.figures")
    assert report.write_report is importlib.import_module("tariffcalc.report.html").write_report
    assert report.table is importlib.import_module("tariffcalc.report.tables").table
    with pytest.raises(AttributeError, match="has no attribute 'tabel'"):
        _ = report.tabel


class Formatter(dict[type, Any]):
    """Stands for IPython's formatter of HTML."""

    def for_type(self, kind: type, how: Any = None) -> Any:
        """Return how a type was shown, and take another way."""
        before = self.get(kind)
        if how is not None:
            self[kind] = how
        return before


def running(monkeypatch: pytest.MonkeyPatch, formatter: Formatter | None) -> None:
    display = types.SimpleNamespace(formatters={"text/html": formatter})
    shell = None if formatter is None else types.SimpleNamespace(display_formatter=display)
    module = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", module)


COMPARED = tc.compare(tc.load_scenario("korea-us"), structures=["upfront-cash"])


def test_a_notebook_learns_to_show_comparisons_only(monkeypatch: pytest.MonkeyPatch) -> None:
    formatter = Formatter({pd.DataFrame: lambda frame: f"before {len(frame)}"})
    running(monkeypatch, formatter)
    register()
    show = formatter[pd.DataFrame]
    assert show(COMPARED) == report.table(COMPARED, format="html")
    assert show(COMPARED * 2.0) == "before 1"
    assert show(pd.DataFrame({"a": ["b"]})) == "before 1"


def test_without_a_notebook_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(Formatter, "for_type", lambda *given: told.append(given))
    running(monkeypatch, None)
    register()
    monkeypatch.delitem(sys.modules, "IPython")
    register()
    assert told == []


def test_without_great_tables_a_comparison_shows_as_pandas_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "great_tables", None)
    assert shown(COMPARED) == COMPARED._repr_html_()


def test_a_comparison_that_was_changed_is_not_one_any_more() -> None:
    assert is_untouched(COMPARED)
    assert is_untouched(COMPARED.copy())
    changed = COMPARED.copy()
    changed.iloc[0, 0] = 1.0
    renamed, relabelled = COMPARED.rename(columns={"cash_usd": "c"}), COMPARED.rename({"a": "b"})
    assert not is_untouched(changed)
    assert not is_untouched(renamed)
    assert is_untouched(relabelled)
    assert not is_untouched(COMPARED.rename({"upfront-cash": "b"}))
    assert not is_untouched(COMPARED.rename_axis(["a", "b"]))
    assert not is_untouched(COMPARED.assign(word="a"))
    assert not is_untouched(pd.DataFrame())
    assert len(fingerprint(COMPARED)) == 64
