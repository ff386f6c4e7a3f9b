"""Colours, dashes and markers that stay apart in print, in grey and to colour-blind eyes."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["COLOURS", "INK", "PALE", "Style", "style"]

# Okabe and Ito (2008) without their yellow, which is too light for a line on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")
DASHES = ("-", "--", "-.", ":")
INK = "#222222"
PALE = "#8A8A8A"


@dataclass(frozen=True, slots=True)
class Style:
    """How one series is drawn: by its colour, and without it by its dash and its marker."""

    colour: str
    dash: str
    marker: str


def style(place: int) -> Style:
    """Return the style of a series by its place; the first 252 differ."""
    return Style(
        COLOURS[place % len(COLOURS)], DASHES[place % len(DASHES)], MARKERS[place % len(MARKERS)]
    )
