"""A table for LaTeX, with the rules of the package booktabs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from tariffcalc.report.layout import Column, Layout, Panel, cell_text

__all__ = ["latex_table", "latex_text"]

SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}", "`": r"\textasciigrave{}", "[": "{[}", "]": "{]}", "*": "{*}",
    "∞": r"$\infty$", "−": "$-$", "×": r"$\times$", "≤": r"$\leq$", "≥": r"$\geq$",
}  # fmt: skip
FIGURES = {"-": "$-$", "%": r"\%", "∞": r"$\infty$"}


def latex_table(layout: Layout) -> str:
    """Return a floating table, its panels one under the other, its notes below."""
    tables = "\n\\par\\medskip\n".join(_tabular(panel) for panel in layout.panels)
    notes = "\n".join(f"\\par {latex_text(note)}" for note in layout.notes)
    return (
        "% needs \\usepackage{booktabs} and \\usepackage{textcomp}\n"
        "\\begin{table}[htbp]\n\\centering\n"
        f"\\caption{{{latex_text(layout.caption)}}}\n\\footnotesize\n"
        f"{tables}\n"
        f"\\begin{{minipage}}{{\\linewidth}}\\scriptsize\n{notes}\n\\end{{minipage}}\n"
        "\\end{table}\n"
    )


def latex_text(text: str) -> str:
    """Return text that LaTeX prints as it is."""
    escaped = "".join(SPECIAL.get(character, character) for character in text)
    # Two in a row would be a longer dash, or a quotation mark.
    return re.sub(r"([-,])(?=\1)", r"\1{}", escaped)


def _tabular(panel: Panel) -> str:
    columns = panel.columns
    lines = [f"\\begin{{tabular}}{{{''.join('l' if c.kind is None else 'r' for c in columns)}}}"]
    if panel.title:
        title = f"\\textit{{{latex_text(panel.title)}}}"
        lines.append(f"\\multicolumn{{{len(columns)}}}{{l}}{{{title}}} \\\\")
    lines += ["\\toprule", *_groups(columns)]
    lines += [_row([latex_text(column.heading) for column in columns]), "\\midrule"]
    for row in panel.rows:
        lines.append(_row([_cell(v, c) for v, c in zip(row, columns, strict=True)]))
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}"])


def _groups(columns: Sequence[Column]) -> list[str]:
    """Return the line of headings that span others, and the rules below them."""
    runs, place = [], 1
    for name, members in groupby(columns, key=lambda column: column.group):
        size = len(list(members))
        runs.append((name, place, place + size - 1))
        place += size
    if not any(name for name, _, _ in runs):
        return []
    cells = [
        f"\\multicolumn{{{last - first + 1}}}{{c}}{{{latex_text(name)}}}"
        for name, first, last in runs
    ]
    rules = [f"\\cmidrule(lr){{{first}-{last}}}" for name, first, last in runs if name]
    return [_row(cells), " ".join(rules)]


def _row(cells: Sequence[str]) -> str:
    return " & ".join(cells) + " \\\\"


def _cell(value: object, column: Column) -> str:
    """Return a cell; the minus of a figure is one of mathematics, what there is not is a dash."""
    text = cell_text(value, column.kind)
    if column.kind is None or text == column.kind.nothing:
        return "--" if text == "-" else latex_text(text)
    return "".join(FIGURES.get(character, character) for character in text)
