"""Rows of text as an aligned table for the terminal, or as one of Markdown."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from tariffcalc.report.layout import Layout, Panel, cell_text

__all__ = ["aligned", "markdown_table", "markdown_text", "piped", "plain_text"]

GAP = "  "
MARKDOWN = re.compile(r"([\\`*_\[\]<>|&~$])")


def plain_text(layout: Layout) -> str:
    """Return a table for the terminal: panels one under the other, then the notes."""
    parts = [layout.caption]
    for panel in layout.panels:
        head, cells, left = _text_of(panel)
        groups = [column.group for column in panel.columns]
        table = aligned(head, cells, left, groups)
        parts.append(f"{panel.title}\n\n{table}" if panel.title else table)
    return "\n\n".join([*parts, "\n".join(layout.notes)]) + "\n"


def markdown_table(layout: Layout) -> str:
    """Return a table of GitHub's Markdown; what spans columns is said in each of them."""
    parts = [f"**{markdown_text(layout.caption)}**"]
    for panel in layout.panels:
        head, cells, left = _text_of(panel)
        spanned = [
            f"{column.group}: {name}" if column.group else name
            for column, name in zip(panel.columns, head, strict=True)
        ]
        table = piped(
            [markdown_text(name) for name in spanned],
            [[markdown_text(cell) for cell in row] for row in cells],
            left,
        )
        parts.append(f"{markdown_text(panel.title)}\n\n{table}" if panel.title else table)
    notes = [f"Note: {markdown_text(note)}" for note in layout.notes]
    return "\n\n".join([*parts, *notes]) + "\n"


def markdown_text(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return MARKDOWN.sub(r"\\\1", text)


def _text_of(panel: Panel) -> tuple[list[str], list[list[str]], set[int]]:
    """Return head and cells of a panel as text, and which columns start at the left."""
    head = [column.heading for column in panel.columns]
    cells = [
        [cell_text(value, column.kind) for value, column in zip(row, panel.columns, strict=True)]
        for row in panel.rows
    ]
    return head, cells, {i for i, column in enumerate(panel.columns) if column.kind is None}


def aligned(
    head: Sequence[str],
    cells: Sequence[Sequence[str]],
    left: Collection[int] = (0,),
    groups: Sequence[str] = (),
) -> str:
    """Return columns under each other; a group's name stands over the columns it spans."""
    widths = [max(len(row[i]) for row in [head, *cells]) for i in range(len(head))]
    for name, places in _runs(groups):
        widths[places[-1]] += max(0, len(name) - _width(widths, places))
    lines = [
        GAP.join(
            cell.ljust(width) if i in left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [head, *cells]
    ]
    above = [
        GAP.join(name.center(_width(widths, places)) for name, places in _runs(groups)).rstrip()
    ]
    return "\n".join([*filter(None, above), lines[0], "-" * len(lines[0]), *lines[1:]])


def _runs(groups: Sequence[str]) -> Iterator[tuple[str, list[int]]]:
    """Give each group with the places of its columns."""
    for name, members in groupby(enumerate(groups), key=lambda pair: pair[1]):
        yield name, [place for place, _ in members]


def _width(widths: Sequence[int], places: Sequence[int]) -> int:
    return sum(widths[place] for place in places) + len(GAP) * (len(places) - 1)


def piped(head: Sequence[str], cells: Sequence[Sequence[str]], left: Collection[int] = (0,)) -> str:
    """Return a table of Markdown from cells that are escaped already."""
    rule = ["---" if i in left else "---:" for i in range(len(head))]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, rule, *cells])
