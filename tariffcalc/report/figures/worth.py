"""Figures of what a deal is worth: relief against cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.report.figures.canvas import (
    TEXT,
    few_ticks,
    label_axes,
    legend_above,
    note_below,
    sheet,
    wrapped,
)
from tariffcalc.report.figures.frames import billions, labels_of, needed, source_note
from tariffcalc.report.figures.palette import INK, style
from tariffcalc.report.figures.placing import labels_around

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["relief_against_cost"]

CROWDED = 12  # points that find room for a label each


def relief_against_cost(
    comparison: pd.DataFrame, *, ax: Axes | None = None, source: str | None = None
) -> Axes:
    """Draw for each structure the relief against the net cost, with the line of break-even.

    Parameters
    ----------
    comparison
        What :func:`compare` returns.
    ax
        Axes to draw on; by default a new one, as wide as a column of a paper.
    source
        Words for the note under the figure.

    Returns
    -------
    matplotlib.axes.Axes
        Present values [$bn]; above the diagonal the deal is worth its cost. Structures of which
        one of the two is unknown are named in the note.

    Raises
    ------
    InputError
        For a frame without ``structure``, ``net_cost_usd`` or ``relief_pv_usd``.
    MissingExtraError
        Without matplotlib.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> from matplotlib.figure import Figure
    >>> comparison = tc.compare(tc.load_scenario("korea-us", as_of="2025-10-17"))
    >>> ax = Figure(layout="constrained").add_subplot()
    >>> tc.report.figures.relief_against_cost(comparison, ax=ax).get_xlabel()
    'Net cost, present value ($bn)'
    """
    columns = ["net_cost_usd", "relief_pv_usd"]
    needed(comparison, ["structure", *columns], "relief_against_cost", "compare")
    points = np.column_stack([billions(comparison[name]) for name in columns])
    labels = labels_of(comparison)
    known = np.flatnonzero(~np.isnan(points).any(axis=1))
    crowded = len(known) > CROWDED
    ax, own = sheet(ax, 2.8 + 0.14 * len(known) * crowded)
    for place in known.tolist():
        look = style(place)
        ax.plot(
            *points[place],
            look.marker,
            color=look.colour,
            markersize=5.0,
            label=wrapped(labels[place], 16),
        )
    _limits(ax, points[known])
    ax.axline((0.0, 0.0), slope=1.0, color=INK, linewidth=0.8, zorder=0.5)
    few_ticks(ax.xaxis)
    few_ticks(ax.yaxis)
    label_axes(ax, "Net cost, present value ($bn)", "Relief, present value ($bn)")
    if crowded:
        legend_above(ax, 2, gap=1.6)
    diagonal = _break_even_label(ax)
    missing = [label for place, label in enumerate(labels) if place not in known]
    unknown = [f"Unknown and not drawn: {', '.join(missing)}"] if missing else []
    note_below(ax, source_note(comparison, source, *unknown), own)
    if crowded:
        return ax
    names = [wrapped(labels[place], 16) for place in known.tolist()]
    colours = [style(place).colour for place in known.tolist()]
    labels_around(ax, points[known], names, colours, [diagonal])
    return ax


def _limits(ax: Axes, points: FloatArray) -> None:
    """Show all points and where nothing is paid or gained, with room for labels."""
    ends = np.vstack([points, np.zeros((1, 2))])
    low, high = ends.min(axis=0), ends.max(axis=0)
    room = np.maximum(high - low, (high - low).max() / 4 or 1.0)
    ax.set_xlim(low[0] - 0.08 * room[0], high[0] + 0.12 * room[0])
    ax.set_ylim(low[1] - 0.12 * room[1], high[1] + 0.35 * room[1])


def _break_even_label(ax: Axes) -> FloatArray:
    """Name the diagonal where it leaves the Axes; return its two ends."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    above = top <= right
    ax.annotate(
        "break-even",
        xy=(top, top) if above else (right, right),
        xytext=(0.0, 2.0) if above else (2.0, 0.0),
        textcoords="offset points",
        ha="center" if above else "left",
        va="bottom" if above else "center",
        fontsize=TEXT,
        color=INK,
        annotation_clip=False,
    )
    low, high = max(left, bottom), min(right, top)
    return np.array([[low, low], [high, high]])
