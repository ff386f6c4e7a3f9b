"""The sheet a figure is drawn on: a given Axes, or a new one as wide as a column of a paper."""

from __future__ import annotations

import importlib
import io
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from tariffcalc.errors import InputError, MissingExtraError
from tariffcalc.report.figures.palette import INK, PALE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox

__all__ = [
    "COLUMN_WIDTH", "TEXT", "box_in_points", "clipped", "few_ticks", "label_axes", "legend_above",
    "matplotlib", "note_below", "rows_height", "settle", "sheet", "svg", "wrapped",
]  # fmt: skip

COLUMN_WIDTH = 3.5  # inches: one column of a paper
TICKS = 5
TEXT = 7.0  # points: the smallest text a paper takes
POINTS = 72.0  # per inch
NARROW = 0.55  # mean width of a letter in heights of the text


def matplotlib(part: str) -> Any:
    """Return a module of matplotlib; say how to install it where it is missing."""
    try:
        return importlib.import_module(f"matplotlib.{part}")
    except ImportError:
        raise MissingExtraError(
            'figures need matplotlib; install it with: pip install "tariffcalc[plot]"'
        ) from None


def sheet(ax: Axes | None, height: float) -> tuple[Axes, bool]:
    """Return the Axes to draw on, plainly dressed, and whether it is a new one.

    ``height`` [inches] is that of a new figure.
    """
    own = ax is None
    if ax is None:
        pyplot = matplotlib("pyplot")
        _, ax = pyplot.subplots(figsize=(COLUMN_WIDTH, height), layout="none", facecolor="white")
    elif not isinstance(ax, matplotlib("axes").Axes):
        raise InputError(f"ax: a matplotlib Axes is needed, given {type(ax).__name__}")
    ax.set_facecolor("white")
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set(color=PALE, linewidth=0.6)
    ax.tick_params(labelsize=TEXT, labelcolor=INK, color=PALE, width=0.6, length=3.0, which="both")
    return ax, own


def label_axes(ax: Axes, x: str, y: str | None) -> None:
    """Write what the axes show, with units; rows with names need no label of their own."""
    ax.set_xlabel(x, fontsize=TEXT, color=INK, parse_math=False, labelpad=3.0)
    if y is not None:
        ax.set_ylabel(y, fontsize=TEXT, color=INK, parse_math=False, labelpad=3.0)


def few_ticks(axis: Axis, *, years: bool = False) -> None:
    """Mark round numbers, few enough for a column of a paper; years are whole."""
    ticker = matplotlib("ticker")
    axis.set_major_locator(ticker.MaxNLocator(TICKS, integer=years, steps=[1, 2, 5, 10]))


def rows_height(labels: Sequence[str]) -> float:
    """Return how high [inches] rows with these labels are together."""
    lines = max((label.count("\n") + 1 for label in labels), default=1)
    return len(labels) * (0.07 + 0.12 * lines)


def legend_above(
    ax: Axes, columns: int, *, side: Literal["left", "right"] = "left", gap: float = 0.4
) -> None:
    """Name what is drawn in lines above the Axes, from its left or to its right end.

    ``gap`` [heights of the text] is left free below them.
    """
    corner: Any = f"lower {side}"
    legend = ax.legend(
        loc=corner, bbox_to_anchor=(float(side == "right"), 1.0), ncols=columns, frameon=False,
        fontsize=TEXT, labelcolor=INK, borderpad=0.0, borderaxespad=gap, handlelength=2.2,
        handletextpad=0.5, columnspacing=1.2, labelspacing=0.3,
    )  # fmt: skip
    for text in legend.get_texts():
        text.set_parse_math(False)


def settle(ax: Axes, own: bool) -> None:
    """Give the Axes its final place, so that sizes in points can be read off it."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise InputError("ax: it is on no figure any more")
    engine = figure.get_layout_engine()
    if own:
        figure.tight_layout(pad=0.3)
    elif engine is not None:
        engine.execute(figure)


def box_in_points(ax: Axes, box: Bbox) -> tuple[float, float, float, float]:
    """Return left, bottom, right, top of a box of pixels, in points from the Axes' lower left."""
    figure = ax.get_figure(root=True)
    scale = POINTS / (figure.dpi if figure is not None else POINTS)
    frame = ax.get_window_extent()
    return (
        (box.x0 - frame.x0) * scale,
        (box.y0 - frame.y0) * scale,
        (box.x1 - frame.x0) * scale,
        (box.y1 - frame.y0) * scale,
    )


def note_below(ax: Axes, lines: Sequence[str], own: bool) -> Annotation:
    """Write lines under all that is drawn, as wide as it, and settle the Axes again."""
    settle(ax, own)
    tight = ax.get_tightbbox()
    left, bottom, right, _ = box_in_points(ax, tight if tight is not None else ax.bbox)
    letters = max(int((right - left) / (NARROW * TEXT)), 24)
    note = ax.annotate(
        "\n".join(textwrap.fill(line, letters, break_long_words=False) for line in lines),
        xy=(0.0, 0.0),
        xycoords="axes fraction",
        xytext=(left, bottom - 3.0),
        textcoords="offset points",
        va="top",
        ha="left",
        fontsize=TEXT,
        color=INK,
        gid="note",
        linespacing=1.1,
        annotation_clip=False,
        parse_math=False,
    )
    settle(ax, own)
    return note


def wrapped(name: str, letters: int) -> str:
    """Return a name in at most two lines of some letters, broken at blanks and hyphens.

    Of a longer one its end is kept: there names differ that begin alike.
    """
    lines = textwrap.wrap(name, letters) or [name]
    if len(lines) <= 2:
        return "\n".join(lines)
    return f"{lines[0]}\n…{name[1 - letters :]}"


def clipped(name: str, letters: int) -> str:
    """Return a name of at most some letters, with … for what is left out in its middle."""
    if len(name) <= letters:
        return name
    half = (letters - 1) // 2
    return f"{name[:half]}…{name[half + 1 - letters :]}"


def svg(ax: Axes) -> str:
    """Return the picture of an Axes' figure as SVG: the same figure gives the same bytes.

    Parameters
    ----------
    ax
        What a function of this package has drawn on.

    Returns
    -------
    str
        The SVG document, text as outlines, without the date.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> from matplotlib.figure import Figure
    >>> comparison = tc.compare(tc.load_scenario("korea-us", as_of="2025-10-17"))
    >>> ax = Figure(layout="constrained").add_subplot()
    >>> picture = tc.report.figures.svg(tc.report.figures.relief_against_cost(comparison, ax=ax))
    >>> picture.startswith("<?xml")
    True
    """
    figure, buffer = ax.get_figure(root=True), io.StringIO()
    if figure is None:
        raise InputError("ax: it is on no figure any more")
    with importlib.import_module("matplotlib").rc_context(
        {"svg.hashsalt": "tariffcalc", "svg.fonttype": "path"}
    ):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()
