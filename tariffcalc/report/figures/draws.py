"""Figures of the draws of a simulation: ranges, fan, cumulative distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.report.figures.canvas import (
    few_ticks,
    label_axes,
    legend_above,
    note_below,
    rows_height,
    sheet,
    wrapped,
)
from tariffcalc.report.figures.frames import (
    billions,
    labels_of,
    measured,
    named,
    needed,
    one_structure,
    source_note,
    structures_of,
)
from tariffcalc.report.figures.palette import COLOURS, INK, style
from tariffcalc.report.figures.placing import labels_at_end, spread_at_end

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["benefit_distribution", "fan_chart"]

QUANTILES = ("q05_usd", "q25_usd", "q50_usd", "q75_usd", "q95_usd")
RANKS = 2000  # more than a printed line can show


def fan_chart(
    table: pd.DataFrame,
    *,
    structure: str | None = None,
    ax: Axes | None = None,
    source: str | None = None,
) -> Axes:
    """Draw the ranges in which half and nine tenths of the draws of the net benefit lie.

    Parameters
    ----------
    table
        What :func:`simulate` returns: one range per structure. Several of them under each other,
        told apart by a level of the index in numbers (``pd.concat({0.8: …, 0.9: …},
        names=["durability"])``): a fan across it, of one structure.
    structure
        The structure of a fan; may be left out where the table has one.
    ax
        Axes to draw on; by default a new one, as wide as a column of a paper.
    source
        Words for the note under the figure.

    Returns
    -------
    matplotlib.axes.Axes
        Net benefit [$bn]: median, quantiles 25% to 75% (dark) and 5% to 95% (light).

    Raises
    ------
    InputError
        For a frame without the quantiles of :func:`simulate`, or a level that holds no numbers.
    UnknownNameError
        For a structure that the table does not have.
    MissingExtraError
        Without matplotlib.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> from matplotlib.figure import Figure
    >>> table = tc.simulate(tc.load_scenario("korea-us", as_of="2025-10-17"), draws=100, seed=1)
    >>> ax = Figure(layout="constrained").add_subplot()
    >>> tc.report.figures.fan_chart(table, ax=ax).get_xlabel()
    'Net benefit ($bn)'
    """
    needed(table, ["structure", *QUANTILES], "fan_chart", "simulate")
    across = [str(name) for name in table.index.names if name not in ("structure", "scenario")]
    if not across:
        return _ranges(table, ax, source)
    level = named(table, across[0])
    if len(across) > 1 or not pd.api.types.is_numeric_dtype(level):
        raise InputError(
            f"fan_chart: one level of numbers beside structure is drawn, given {', '.join(across)}"
        )
    return _fan(one_structure(table, structure, "fan_chart"), across[0], ax, source)


def _ranges(table: pd.DataFrame, ax: Axes | None, source: str | None) -> Axes:
    """Draw a range for each structure, the first on top."""
    labels = [wrapped(label, 22) for label in labels_of(table)]
    q05, q25, q50, q75, q95 = (billions(table[name]) for name in QUANTILES)
    places = np.arange(len(labels))
    ax, own = sheet(ax, 1.0 + rows_height(labels))
    ax.hlines(places, q05, q95, color=COLOURS[6], linewidth=3.0, label="90% of draws")
    ax.hlines(places, q25, q75, color=COLOURS[0], linewidth=6.0, label="50%")
    ax.plot(q50, places, "o", color="white", markeredgecolor=INK, markersize=4.0, label="median")
    ax.axvline(0.0, color=INK, linewidth=0.8, zorder=0.5)
    ax.set_yticks(places, labels, parse_math=False)
    ax.set_ylim(len(labels) - 0.5, -0.5)
    few_ticks(ax.xaxis)
    label_axes(ax, "Net benefit ($bn)", None)
    legend_above(ax, 3, side="right")
    note_below(ax, source_note(table, source), own)
    return ax


def _fan(rows: pd.DataFrame, across: str, ax: Axes | None, source: str | None) -> Axes:
    """Draw a fan across a level of the index, with what its edges are at the right."""
    rows = rows.sort_index(level=across)
    measure = measured(across, rows)
    x = measure.of(named(rows, across))
    q05, q25, q50, q75, q95 = (billions(rows[name]) for name in QUANTILES)
    ax, own = sheet(ax, 2.6)
    ax.fill_between(x, q05, q95, color=COLOURS[6], linewidth=0.0, alpha=0.45, label="90% of draws")
    ax.fill_between(x, q25, q75, color=COLOURS[0], linewidth=0.0, alpha=0.75, label="50%")
    ax.plot(x, q50, color=INK, linewidth=1.2, label="median")
    ax.axhline(0.0, color=INK, linewidth=0.8, linestyle=":", zorder=2.5)
    ax.margins(x=0.0)
    few_ticks(ax.xaxis)
    few_ticks(ax.yaxis)
    label_axes(ax, measure.label, "Net benefit ($bn)")
    ends = [float(quantile[-1]) for quantile in (q95, q75, q50, q25, q05)]
    labels = labels_at_end(ax, ends, ["95%", "75%", "median", "25%", "5%"], [INK] * 5)
    note_below(
        ax, source_note(rows, source, f"Quantiles of the draws: {structures_of(rows)[0]}."), own
    )
    spread_at_end(ax, labels)
    return ax


def benefit_distribution(
    draws: pd.DataFrame, *, ax: Axes | None = None, source: str | None = None
) -> Axes:
    """Draw for each structure the share of draws in which the net benefit is at most so much.

    Parameters
    ----------
    draws
        What :func:`draw_net_benefits` returns.
    ax
        Axes to draw on; by default a new one, as wide as a column of a paper.
    source
        Words for the note under the figure.

    Returns
    -------
    matplotlib.axes.Axes
        Cumulative distributions [% of draws] of the net benefit [$bn]; a marker at the median.
        Where a line meets 0, it says how likely the deal is not worth its cost. Of more than 2,000
        draws, evenly spaced ranks are drawn.

    Raises
    ------
    InputError
        For a frame without ``structure`` or ``net_benefit_usd``.
    MissingExtraError
        Without matplotlib.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> from matplotlib.figure import Figure
    >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> draws = tc.draw_net_benefits(scenario, draws=100, seed=1)
    >>> ax = Figure(layout="constrained").add_subplot()
    >>> tc.report.figures.benefit_distribution(draws, ax=ax).get_ylabel()
    'Draws at or below (%)'
    """
    needed(draws, ["structure", "net_benefit_usd"], "benefit_distribution", "draw_net_benefits")
    names, of = structures_of(draws), named(draws, "structure")
    ax, own = sheet(ax, 2.5 + rows_height([wrapped(name, 16) for name in names[::2]]))
    ax.axvline(0.0, color=INK, linewidth=0.8, zorder=0.5)
    for place, name in enumerate(names):
        look = style(place)
        benefit, share = distribution(billions(draws["net_benefit_usd"][(of == name).to_numpy()]))
        ax.plot(
            benefit, share, look.dash, color=look.colour, linewidth=1.1, drawstyle="steps-post",
            marker=look.marker, markersize=4.0, markevery=[int(np.searchsorted(share, 50.0))],
            label=wrapped(name, 16),
        )  # fmt: skip
    ax.set_ylim(0.0, 100.0)
    few_ticks(ax.xaxis)
    label_axes(ax, "Net benefit ($bn)", "Draws at or below (%)")
    legend_above(ax, 2)
    note_below(ax, source_note(draws, source), own)
    return ax


def distribution(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return values in ascending order, and the share [%] of all that are at most so large."""
    ordered = np.sort(values)
    ranks = np.arange(1, ordered.size + 1)
    if ranks.size > RANKS:
        ranks = np.unique(np.rint(np.linspace(1, ranks.size, RANKS)).astype(int))
    return ordered[ranks - 1], 100.0 * ranks / ordered.size
