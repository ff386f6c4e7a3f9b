"""Figures of what a deal is worth: relief against cost, and what a delay of it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.report.figures.around import labels_around
from tariffcalc.report.figures.canvas import (
    TEXT,
    few_ticks,
    label_axes,
    legend_above,
    note_below,
    sheet,
    wrapped,
)
from tariffcalc.report.figures.frames import billions, labels_of, named, needed, source_note
from tariffcalc.report.figures.palette import INK, style
from tariffcalc.report.figures.placing import labels_at_end, spread_at_end

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["delay_chart", "relief_against_cost"]

SO_FAR = "_cumulative_pv_usd"
TOGETHER = "efficiency"  # the sum of what all parties lose
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


def delay_chart(delay: pd.DataFrame, *, ax: Axes | None = None, source: str | None = None) -> Axes:
    """Draw what a delay of the deal costs each party, by its months.

    Parameters
    ----------
    delay
        What :func:`cost_of_delay` returns for all lines together.
    ax
        Axes to draw on; by default a new one, as wide as a column of a paper.
    source
        Words for the note under the figure.

    Returns
    -------
    matplotlib.axes.Axes
        What each party has lost so far, below 0 what it has gained: present values [$bn], added up
        over the months of delay, with the last figure beside the party's name. A party that the
        delay does not touch is not drawn; the line of all of them together is dashed.

    Raises
    ------
    InputError
        For a frame without ``month`` or the columns ``…_cumulative_pv_usd``, or by authority.
    MissingExtraError
        Without matplotlib.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> from matplotlib.figure import Figure
    >>> delay = tc.cost_of_delay(tc.load_scenario("korea-us", as_of="2025-10-17"), 12)
    >>> ax = Figure(layout="constrained").add_subplot()
    >>> tc.report.figures.delay_chart(delay, ax=ax).get_xlabel()
    'Months of delay'
    """
    needed(delay, ["month", f"exporters{SO_FAR}"], "delay_chart", "cost_of_delay")
    if delay.index.nlevels > 1:
        raise InputError(
            "delay_chart: one row per month is drawn, the frame has groups by "
            f"{', '.join(str(name) for name in delay.index.names if name != 'month')}; "
            "cost_of_delay without by= makes a frame of all lines"
        )
    lost = {name: billions(delay[name]) for name in delay.columns if name.endswith(SO_FAR)}
    lost = {name: amounts for name, amounts in lost.items() if np.any(amounts != 0.0)}
    months = named(delay, "month").to_numpy(dtype=float)
    ax, own = sheet(ax, 2.6)
    ax.axhline(0.0, color=INK, linewidth=0.8, zorder=0.5)
    colours, texts = [], []
    for place, (name, amounts) in enumerate(lost.items()):
        look, party = style(place), name.removesuffix(SO_FAR).replace("_", " ")
        dash = "--" if party == TOGETHER else "-"
        ax.plot(
            months, amounts, dash, color=look.colour, marker=look.marker, markersize=3.0,
            linewidth=1.0, label=party,
        )  # fmt: skip
        colours.append(look.colour)
        said = "all together" if party == TOGETHER else party
        texts.append(f"{wrapped(said, 14)} {amounts[-1]:.1f}".replace("-", "−"))
    few_ticks(ax.xaxis, years=True)
    few_ticks(ax.yaxis)
    label_axes(ax, "Months of delay", "Lost so far, present value ($bn)")
    labels = labels_at_end(ax, [float(line[-1]) for line in lost.values()], texts, colours)
    note_below(ax, source_note(delay, source, *delay.attrs.get("notes", [])[:1]), own)
    spread_at_end(ax, labels)
    return ax
