"""Figures of the law: rates over time, and duty before and after a change."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.report.figures.canvas import (
    few_ticks,
    label_axes,
    legend_above,
    matplotlib,
    note_below,
    rows_height,
    sheet,
    wrapped,
)
from tariffcalc.report.figures.frames import BILLION, billions, needed, source_note, spoken, whole
from tariffcalc.report.figures.palette import COLOURS, INK, PALE
from tariffcalc.report.figures.placing import (
    labels_above,
    labels_at_end,
    spread_above,
    spread_at_end,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["duty_by_sector", "tariff_timeline"]

TIMELINE = "TariffSchedule.timeline"
# An authority keeps its colour whatever else is in force; neighbours differ in grey as well.
FIXED = {
    "base_rate": PALE,
    "reciprocal_rate": COLOURS[0],
    "section_232_autos_rate": COLOURS[1],
    "section_232_trucks_rate": COLOURS[5],
    "section_232_steel_rate": COLOURS[6],
    "section_232_aluminum_rate": COLOURS[2],
    "section_232_copper_rate": COLOURS[5],
    "section_232_wood_rate": COLOURS[3],
}
MOST = 12
# Not the calendar's names: those depend on the reader's machine.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def tariff_timeline(
    timeline: pd.DataFrame, *, ax: Axes | None = None, source: str | None = None
) -> Axes:
    """Draw the effective tariff rate over time, one layer per authority.

    Parameters
    ----------
    timeline
        What :meth:`TariffSchedule.timeline` returns for all flows together.
    ax
        Axes to draw on; by default a new one, as wide as a column of a paper.
    source
        Words for the note under the figure, such as the source of the flows.

    Returns
    -------
    matplotlib.axes.Axes
        Rates [% of customs value] as steps, stacked in the order of the columns; a dotted line on
        each day on which the law changes, with its date above. Where dates do not fit, those on
        which the total changes most are written.

    Raises
    ------
    InputError
        For a frame without ``date`` or ``total_rate``, or with rows of several groups.
    MissingExtraError
        Without matplotlib.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> from matplotlib.figure import Figure
    >>> law = tc.load_scenario("korea-us", as_of="2025-10-17").status_quo
    >>> flows = tc.load_flows("us-imports-2024", partners=["KOR"])
    >>> path = law.timeline(flows, start="2025-01-01", end="2025-10-17")
    >>> ax = Figure(layout="constrained").add_subplot()
    >>> tc.report.figures.tariff_timeline(path, ax=ax).get_ylabel()
    'Effective tariff rate (% of customs value)'
    """
    needed(timeline, ["date", "total_rate"], "tariff_timeline", TIMELINE)
    if timeline.index.nlevels > 1:
        levels = [name for name in timeline.index.names if name != "date"]
        raise InputError(
            f"tariff_timeline: one row per date is drawn, the frame has groups by "
            f"{', '.join(map(str, levels))}; choose one with .xs(…, level={levels[0]!r})"
        )
    layers = _layers(timeline)
    ax, own = sheet(ax, 2.8)
    dates = matplotlib("dates")
    days = pd.DatetimeIndex(timeline.index)
    last = pd.Timestamp(timeline.attrs.get("end_date", days[-1]))
    ends = dates.date2num([*days, last])
    floor = np.zeros(len(ends))
    middles, colours = [], _colours(layers)
    for place, (name, rate) in enumerate(layers.items()):
        top = floor + np.append(rate, rate[-1])
        colour = colours[place]
        ax.fill_between(
            ends, floor, top, step="post", facecolor=colour, linewidth=0.4,
            edgecolor="white", label=name,
        )  # fmt: skip
        middles.append((floor[-1] + top[-1]) / 2)
        floor = top
    total = 100.0 * timeline["total_rate"].to_numpy(dtype=float)
    ax.step(ends, np.append(total, total[-1]), where="post", color=INK, lw=1.0, label="total")
    for day in ends[1:-1]:
        ax.axvline(float(day), color=PALE, linewidth=0.5, linestyle=":", zorder=0.5)
    ax.margins(x=0.0)
    ax.set_ylim(bottom=0.0)
    years = dict.fromkeys([days[0].year, last.year])
    label_axes(
        ax,
        f"Date of entry ({' to '.join(map(str, years))})",
        "Effective tariff rate (% of customs value)",
    )
    locator = dates.AutoDateLocator(minticks=3, maxticks=6)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator, show_offset=False))
    texts = [wrapped(spoken(name.removesuffix("_rate")), 14) for name in layers]
    several = days[0].year < last.year
    texts.append(f"total {total[-1]:.1f}%")
    labels = labels_at_end(ax, [*middles, total[-1]], texts, [*colours, INK])
    events = labels_above(ax, ends[1:-1], [_day(day, year=several) for day in days[1:]])
    note_below(ax, source_note(timeline, source), own)
    spread_at_end(ax, labels)
    spread_above(ax, events, np.abs(np.diff(total)))
    return ax


def _layers(timeline: pd.DataFrame) -> dict[str, FloatArray]:
    """Return the rates [%] of the authorities that set one at some time."""
    names = [name for name in timeline.columns if name.endswith("_rate") and name != "total_rate"]
    rates = {name: 100.0 * timeline[name].to_numpy(dtype=float) for name in names}
    return {name: rate for name, rate in rates.items() if np.any(rate != 0.0)}


def _colours(names: Iterable[str]) -> list[str]:
    """Return the colours of authorities: their own, or the next of the palette."""
    others = itertools.cycle(reversed(COLOURS))
    return [FIXED[name] if name in FIXED else next(others) for name in names]


def _day(day: dt.date, *, year: bool) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}{f' {day:%y}' if year else ''}"


def duty_by_sector(
    table: pd.DataFrame, *, most: int = MOST, ax: Axes | None = None, source: str | None = None
) -> Axes:
    """Draw the duty of each sector before and after a change of the law.

    Parameters
    ----------
    table
        What :func:`compare_tariffs` returns, by sector or by any other group.
    most
        How many groups are drawn, those with the highest duty; the others are one row together.
    ax
        Axes to draw on; by default a new one, as wide as a column of a paper.
    source
        Words for the note under the figure, such as the source of the flows.

    Returns
    -------
    matplotlib.axes.Axes
        Duty [$bn on the flows of the table]: an open circle before, a full one after.

    Raises
    ------
    InputError
        For a frame without two columns ``<name>_duty_usd``, or ``most`` below 1.
    MissingExtraError
        Without matplotlib.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> from matplotlib.figure import Figure
    >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> flows = tc.load_flows("us-imports-2024", partners=["KOR"])
    >>> laws = {"no deal": scenario.no_deal, "deal": scenario.deal}
    >>> table = tc.compare_tariffs(flows, laws, on="2025-10-17")
    >>> ax = Figure(layout="constrained").add_subplot()
    >>> tc.report.figures.duty_by_sector(table, ax=ax).get_yticklabels()[0].get_text()
    'Passenger cars'
    """
    needed(table, [], "duty_by_sector", "compare_tariffs")
    names = [name for name in table.columns if name.endswith("_duty_usd")]
    if len(names) != 2:
        raise InputError(
            f"duty_by_sector: two columns <name>_duty_usd are needed, given {len(names)}; "
            "compare_tariffs makes them"
        )
    rows, duties = _largest(table, names, whole("most", most))
    ax, own = sheet(ax, 0.9 + rows_height(rows))
    before, after = duties
    places = np.arange(len(rows))
    ax.hlines(places, before, after, color=PALE, linewidth=1.0, zorder=1)
    # A ring before and a dot after: where nothing changes, the dot stands in the ring.
    for duty, name, face, size in zip(
        duties, names, ("white", COLOURS[0]), (6.5, 4.0), strict=True
    ):
        ax.plot(
            duty, places, "o", color=COLOURS[0], markerfacecolor=face, markersize=size,
            markeredgewidth=1.0, label=name.removesuffix("_duty_usd").replace("_", " "), zorder=2,
        )  # fmt: skip
    ax.set_yticks(places, rows, parse_math=False)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xlim(left=min(0.0, float(np.nanmin(duties))))
    ax.grid(axis="x", color=PALE, alpha=0.3, linewidth=0.5)
    few_ticks(ax.xaxis)
    label_axes(ax, "Duty on these flows ($bn)", None)
    legend_above(ax, 2, side="right")
    note_below(ax, source_note(table, source), own)
    return ax


def _largest(
    table: pd.DataFrame, names: Sequence[str], most: int
) -> tuple[list[str], list[FloatArray]]:
    """Return labels and duties [$bn] of the groups with the highest duty, and of the others."""
    highest = table[list(names)].max(axis=1).sort_values(ascending=False, kind="stable").index
    ordered = table.loc[highest, list(names)]
    # One group too many is drawn as well as the row of all others would be.
    shown = len(ordered) if len(ordered) <= most + 1 else most
    rows = [wrapped(str(label), 28) for label in ordered.index[:shown]]
    duties = [billions(ordered[name].iloc[:shown]) for name in names]
    rest = ordered.iloc[shown:]
    if len(rest):
        rows.append(f"{len(rest)} others")
        duties = [
            np.append(duty, math.fsum(rest[name]) / BILLION)
            for duty, name in zip(duties, names, strict=True)
        ]
    return rows, duties
