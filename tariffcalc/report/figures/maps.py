"""Figures over two terms of a deal: what combinations cost the same, and where it breaks even."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.report.figures.canvas import (
    TEXT,
    few_ticks,
    label_axes,
    matplotlib,
    note_below,
    sheet,
)
from tariffcalc.report.figures.frames import (
    needed,
    source_note,
)
from tariffcalc.report.figures.grid import Grid, ends_of, grid_of
from tariffcalc.report.figures.palette import COLOURS, INK, PALE
from tariffcalc.report.figures.placing import in_points

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["break_even_surface", "iso_cost_map"]

# From a colour in which black text can be read, by white, to another that stays apart in grey.
RISING = ("#FFFFFF", COLOURS[6])
AROUND_ZERO = (COLOURS[5], "#FFFFFF", COLOURS[6])
LINES = 6
LABELLED = 60.0  # points: a shorter line has no room for words


def iso_cost_map(
    sweep: pd.DataFrame,
    *,
    curve: pd.DataFrame | None = None,
    structure: str | None = None,
    ax: Axes | None = None,
    source: str | None = None,
) -> Axes:
    """Draw the net cost over two terms of a deal, with lines along which it is the same.

    Parameters
    ----------
    sweep
        What :func:`sweep` returns over every combination of two terms.
    curve
        What :func:`iso_cost` returns for the same two terms: drawn as a thick line.
    structure
        The structure drawn; may be left out where the table has one.
    ax
        Axes to draw on; by default a new one, as wide as a column of a paper.
    source
        Words for the note under the figure.

    Returns
    -------
    matplotlib.axes.Axes
        The first term across, the second up; net cost [$bn] on the lines, darker where it is
        higher. Where it is unknown the map is hatched.

    Raises
    ------
    InputError
        For a frame that does not hold each combination of two terms once, of several structures,
        or without ``net_cost_usd``; for a curve in other terms.
    UnknownNameError
        For a structure that the table does not have.
    MissingExtraError
        Without matplotlib.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> from matplotlib.figure import Figure
    >>> table = tc.sweep(tc.load_scenario("korea-us", as_of="2025-10-17"),
    ...                  {"cash_share": [0.0, 0.5, 1.0], "project_irr": [0.05, 0.10]},
    ...                  structures=["three-years"])
    >>> ax = Figure(layout="constrained").add_subplot()
    >>> tc.report.figures.iso_cost_map(table, ax=ax).get_xlabel()
    'Cash share (%)'
    """
    grid = grid_of(sweep, structure, "net_cost_usd", "iso_cost_map")
    ax, own = sheet(ax, 2.9)
    _draw(ax, grid, RISING, matplotlib("colors").Normalize(*ends_of(grid.results)))
    what = "Lines: net cost ($bn)"
    if curve is not None:
        _draw_curve(ax, grid, curve)
        what += "; thick: iso-cost curve"
    note_below(ax, source_note(sweep, source, f"{grid.structure}. {what}{grid.unknown}."), own)
    _lines(ax, grid, _round_levels(grid.results), {})
    return ax


def break_even_surface(
    sweep: pd.DataFrame,
    *,
    structure: str | None = None,
    ax: Axes | None = None,
    source: str | None = None,
) -> Axes:
    """Draw the net benefit over two terms of a deal, with the line on which it is 0.

    Parameters
    ----------
    sweep
        What :func:`sweep` returns over every combination of two terms.
    structure
        The structure drawn; may be left out where the table has one.
    ax
        Axes to draw on; by default a new one, as wide as a column of a paper.
    source
        Words for the note under the figure.

    Returns
    -------
    matplotlib.axes.Axes
        The first term across, the second up; net benefit [$bn] on the lines, blue where it is
        above 0 and orange below, and ``break-even`` on the thick line between. Where it is
        unknown the map is hatched.

    Raises
    ------
    InputError
        For a frame that does not hold each combination of two terms once, of several structures,
        or without ``net_benefit_usd``.
    UnknownNameError
        For a structure that the table does not have.
    MissingExtraError
        Without matplotlib.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> from matplotlib.figure import Figure
    >>> table = tc.sweep(tc.load_scenario("korea-us", as_of="2025-10-17"),
    ...                  {"durability": [0.5, 0.75, 1.0], "project_irr": [0.05, 0.10]},
    ...                  structures=["three-years"])
    >>> ax = Figure(layout="constrained").add_subplot()
    >>> tc.report.figures.break_even_surface(table, ax=ax).get_ylabel()
    'Project IRR (%)'
    """
    grid = grid_of(sweep, structure, "net_benefit_usd", "break_even_surface")
    ax, own = sheet(ax, 2.9)
    _draw(ax, grid, AROUND_ZERO, matplotlib("colors").CenteredNorm())
    low, high = ends_of(grid.results)
    found = "" if low < 0.0 < high else f"; {'above' if low >= 0.0 else 'below'} 0 everywhere"
    what = f"{grid.structure}. Lines: net benefit ($bn){found}{grid.unknown}."
    note_below(ax, source_note(sweep, source, what), own)
    _lines(ax, grid, [level for level in _round_levels(grid.results) if level != 0.0], {})
    if not found:
        _lines(ax, grid, [0.0], {0.0: "break-even"})
    return ax


def _draw(ax: Axes, grid: Grid, colours: Sequence[str], norm: Any) -> None:
    """Draw the results as a field of colours, hatched where they are unknown."""
    scale = matplotlib("colors").LinearSegmentedColormap.from_list("tariffcalc", colours)
    ax.set_facecolor("white")
    if grid.unknown:
        ax.patch.set(hatch="////", edgecolor=PALE)
    known = np.ma.masked_invalid(grid.results)
    ax.pcolormesh(
        grid.x, grid.y, known, cmap=scale, norm=norm, shading="nearest", rasterized=True, zorder=0.1
    )
    ax.set_xlim(grid.x.min(), grid.x.max())
    ax.set_ylim(grid.y.min(), grid.y.max())
    few_ticks(ax.xaxis)
    few_ticks(ax.yaxis)
    label_axes(ax, grid.measures[0].label, grid.measures[1].label)


def _lines(ax: Axes, grid: Grid, levels: Sequence[float], words: dict[float, str]) -> None:
    """Draw lines of equal results that say how high they are, or the words for it.

    Where the words go depends on how large the Axes is: it must have its place.
    """
    if not levels:
        return
    width = 1.8 if words else 0.7
    known = np.ma.masked_invalid(grid.results)
    lines = ax.contour(
        grid.x, grid.y, known, levels=levels, colors=INK, linewidths=width, linestyles="-"
    )
    texts = ax.clabel(
        lines,
        fontsize=TEXT,
        inline_spacing=2.0,
        fmt=words or (lambda level: f"{level:g}".replace("-", "−")),
    )
    room = ax.get_window_extent()
    for text in texts:
        text.set_parse_math(False)
        box = text.get_window_extent()
        if not (room.contains(box.x0, box.y0) and room.contains(box.x1, box.y1)):
            text.remove()


def _length(ax: Axes, vertices: FloatArray) -> float:
    """Return how long a line is [points], ends of its pieces joined."""
    steps = np.diff(in_points(ax, vertices), axis=0)
    return float(np.hypot(steps[:, 0], steps[:, 1]).sum())


def _round_levels(results: FloatArray) -> list[float]:
    """Return round numbers strictly between the least and the greatest result."""
    low, high = ends_of(results)
    if not low < high:
        return []
    ticks = matplotlib("ticker").MaxNLocator(LINES).tick_values(low, high)
    return [float(tick) for tick in ticks if low < tick < high]


def _draw_curve(ax: Axes, grid: Grid, curve: pd.DataFrame) -> None:
    """Draw a curve in the two terms of a grid."""
    needed(curve, grid.terms, "iso_cost_map: curve", "iso_cost")
    x, y = (
        measure.of(curve[term]) for measure, term in zip(grid.measures, grid.terms, strict=True)
    )
    ax.plot(x, y, color=INK, linewidth=2.0, label="iso-cost curve")
