"""The pieces of a page: sections, tables and figures with captions, notes, code."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from importlib import resources

import pandas as pd

from tariffcalc.report.html_table import html_panels
from tariffcalc.report.layout import layout

__all__ = ["POLICY", "code", "page", "paragraph", "picture", "section", "table"]

# The browser refuses what the page should not need: scripts, and anything from elsewhere.
POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "style-src 'unsafe-inline'; img-src data:\">\n"
)
STYLE = re.compile(r"<style>.*?</style>\n?", re.DOTALL)
FRAME = re.compile(r'(<div id="[^"]*") style="[^"]*"')


def text(words: object) -> str:
    """Return words as HTML shows them."""
    return html.escape(str(words))


def paragraph(words: str, kind: str = "") -> str:
    """Return a paragraph of plain words."""
    dressed = f' class="{kind}"' if kind else ""
    return f"<p{dressed}>{text(words)}</p>"


def section(name: str, title: str, parts: Iterable[str]) -> str:
    """Return a section of the page, to which the list of contents leads."""
    inside = "\n".join(parts)
    return (
        f'<section id="{name}" aria-labelledby="{name}-title">\n'
        f'<h2 id="{name}-title">{text(title)}</h2>\n{inside}\n</section>'
    )


def table(frame: pd.DataFrame, name: str, *, title: str | None = None, long: bool = False) -> str:
    """Return a result as a table with its caption and notes; the page dresses it."""
    made = layout(frame, title=title, split=not long)
    panels = [STYLE.sub("", panel) for panel in html_panels(made, captioned=False)]
    inside = "\n".join(FRAME.sub(r'\1 class="wide"', panel).strip() for panel in panels)
    notes = "\n".join(f"<li>{text(note)}</li>" for note in made.notes)
    kind = ' class="long"' if long else ""
    return (
        f'<figure{kind} role="group" aria-labelledby="{name}-caption">\n'
        f'<figcaption id="{name}-caption">{text(made.caption)}</figcaption>\n'
        f'{inside}\n<ul class="notes">\n{notes}\n</ul>\n</figure>'
    )


def picture(svg: str, title: str, description: str) -> str:
    """Return a figure with its caption."""
    caption = f"<figcaption>{text(title)}<small>{text(description)}</small></figcaption>"
    return f'<figure class="picture">\n{caption}\n{svg}\n</figure>'


def code(words: str) -> str:
    """Return lines of code."""
    return f"<pre><code>{text(words)}</code></pre>"


def page(title: str, description: str, body: str) -> str:
    """Return the whole page; it loads nothing."""
    css = resources.files("tariffcalc.report").joinpath("report.css").read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"{POLICY}"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="description" content="{text(description)}">\n'
        f'<link rel="icon" href="data:,">\n<title>{text(title)}</title>\n'
        f"<style>\n{css}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
