"""The figure of how far each uncertain number moves a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError
from tariffcalc.report.figures.canvas import (
    clipped,
    few_ticks,
    label_axes,
    legend_above,
    note_below,
    sheet,
)
from tariffcalc.report.figures.frames import (
    measured,
    needed,
    one_structure,
    ranged,
    short,
    source_note,
    structures_of,
    whole,
)
from tariffcalc.report.figures.palette import COLOURS, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["tornado"]

SWING = "swing_"
MOST = 10
TORNADO = 'sensitivity(method="one_at_a_time")'


def tornado(
    table: pd.DataFrame,
    *,
    structure: str | None = None,
    most: int = MOST,
    ax: Axes | None = None,
    source: str | None = None,
) -> Axes:
    """Draw how far each uncertain number moves a result of one structure.

    Parameters
    ----------
    table
        What :func:`sensitivity` returns one number at a time.
    structure
        The structure drawn; may be left out where the table has one.
    most
        How many numbers are drawn, those that move the result most.
    ax
        Axes to draw on; by default a new one, as wide as a column of a paper.
    source
        Words for the note under the figure.

    Returns
    -------
    matplotlib.axes.Axes
        The result at the low and at the high end of each range, from the present result on; the
        ends of the range are beside the name. Numbers that move nothing are only counted.

    Raises
    ------
    InputError
        For a frame of another method, several structures, or ``most`` below 1.
    UnknownNameError
        For a structure that the table does not have.
    MissingExtraError
        Without matplotlib.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> from matplotlib.figure import Figure
    >>> table = tc.sensitivity(tc.load_scenario("korea-us", as_of="2025-10-17"))
    >>> ax = Figure(layout="constrained").add_subplot()
    >>> ax = tc.report.figures.tornado(table, structure="upfront-cash", ax=ax)
    >>> ax.get_yticklabels()[0].get_text().splitlines()
    ['project IRR', '0% to 12%']
    """
    needed(table, ["structure", "parameter", "low", "high"], "tornado", TORNADO)
    target = _target(table)
    rows = one_structure(table, structure, "tornado")
    moved = rows[rows[f"{SWING}{target}"] > 0.0]
    shown = moved.iloc[: whole("most", most)]
    measure = measured(target, table)
    base = float(measure.of(rows[f"base_{target}"])[0])
    ax, own = sheet(ax, 1.1 + 0.28 * max(len(shown), 1))
    places = np.arange(len(shown))
    # The high end is narrower: where both lie on one side, both are seen.
    for end, colour, width in (("low", COLOURS[6], 8.0), ("high", COLOURS[0], 4.0)):
        result = measure.of(shown[f"{end}_{target}"])
        ax.hlines(places, base, result, color=colour, linewidth=width, label=f"{end} end")
    ax.axvline(base, color=INK, linewidth=0.8)
    ax.set_yticks(places, [_parameter(row) for row in shown.itertuples()], parse_math=False)
    ax.set_ylim(len(shown) - 0.5, -0.5)
    few_ticks(ax.xaxis)
    label_axes(ax, measure.label, None)
    legend_above(ax, 2, side="right")
    others = len(rows) - len(shown)
    left_out = f"{others} more ranges move it less or not at all." if others else None
    named_ = f"{structures_of(rows)[0]}; line: all as stated."
    note_below(ax, source_note(table, source, *filter(None, (named_, left_out))), own)
    return ax


def _target(table: pd.DataFrame) -> str:
    """Return the result whose swings a table holds."""
    found = [name.removeprefix(SWING) for name in table.columns if name.startswith(SWING)]
    if len(found) != 1:
        raise InputError(
            f"tornado: the frame lacks swing_<result>; {TORNADO} makes a frame that has it"
        )
    return str(found[0])


def _parameter(row: Any) -> str:
    """Return a parameter in words, with the ends of its range on a second line."""
    structure, path = map(str, row.Index[-2:])
    name = short(path).removeprefix(f"{structure} ")
    return f"{clipped(name, 26)}\n{ranged(path, row.low, row.high)}"
