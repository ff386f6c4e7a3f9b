"""Figures of a pledge's payments: calls and receipts by year, and when all is recovered."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tariffcalc.economy import Economy
from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.pledge.accounts import PAID_IN
from tariffcalc.pledge.metrics import PAID, RECEIVED
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
    BILLION,
    needed,
    source_note,
    structures_of,
)
from tariffcalc.report.figures.palette import INK, PALE, style
from tariffcalc.report.figures.placing import labels_at_end, spread_at_end

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["calls_and_receipts", "cumulative_position"]

PAYER = "payer_public"
COLUMNS = ("structure", "period", "payer", "payee", "account", "amount_usd")
ROUNDING = 1e-12  # of all that flows, as for payback_year


def calls_and_receipts(
    ledger: pd.DataFrame,
    *,
    economy: Economy | None = None,
    ax: Axes | None = None,
    source: str | None = None,
) -> Axes:
    """Draw what the payer pays in and gets back in each calendar year, by structure.

    Parameters
    ----------
    ledger
        What :func:`ledger` returns; several of them under each other for several structures.
    economy
        Gives the lines of what the payer has: ``reserves_usd``, and ``fx_capacity_usd`` per year.
    ax
        Axes to draw on; by default a new one, as wide as a column of a paper.
    source
        Words for the note under the figure.

    Returns
    -------
    matplotlib.axes.Axes
        Dollars per calendar year [$bn], nominal, on a logarithmic axis, so that calls can be held
        against reserves and a receipt is still seen. Full markers are calls: equity and loans paid
        in. Open ones are receipts from projects, borrowers and guarantees. A year without either
        has no marker.

    Raises
    ------
    InputError
        For a frame without the columns of a ledger.
    MissingExtraError
        Without matplotlib.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> from matplotlib.figure import Figure
    >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> ax = Figure(layout="constrained").add_subplot()
    >>> tc.report.figures.calls_and_receipts(
    ...     tc.ledger(scenario, "capacity-paced"), economy=scenario.economy, ax=ax).get_yscale()
    'symlog'
    """
    needed(ledger, COLUMNS, "calls_and_receipts", "ledger")
    names = structures_of(ledger)
    check_paid(ledger, "calls_and_receipts")
    ax, own = sheet(ax, 2.9 + rows_height([wrapped(name, 16) for name in names[::2]]))
    ax.set_yscale("symlog", linthresh=1.0, linscale=0.3)
    for place, name in enumerate(names):
        look = style(place)
        years, called, received = by_year(ledger, name)
        plain: dict[str, Any] = {
            "color": look.colour,
            "marker": look.marker,
            "markersize": 2.5,
            "linewidth": 0.8,
        }
        ax.plot(years, called, look.dash, label=wrapped(name, 16), **plain)
        ax.plot(years, -received, look.dash, **plain)
    lines = _capacities(economy)
    for value in lines.values():
        ax.axhline(value, color=INK, linewidth=0.8, linestyle=(0, (6, 2)), zorder=0.5)
    ax.axhline(0.0, color=PALE, linewidth=0.6, zorder=0.5)
    ax.yaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    few_ticks(ax.xaxis, years=True)
    label_axes(ax, "Calendar year", "← Receipts   $bn a year   Calls →")
    legend_above(ax, 2)
    labels = labels_at_end(ax, list(lines.values()), list(lines), [INK] * len(lines))
    note_below(ax, source_note(ledger, source), own)
    spread_at_end(ax, labels)
    return ax


def check_paid(ledger: pd.DataFrame, figure: str) -> None:
    """Refuse a ledger in which the payer's public sector neither pays nor receives."""
    if not ledger["account"].isin([*PAID, *RECEIVED]).any():
        raise InputError(
            f"{figure}: the public sector of the payer pays and receives nothing in "
            f"{', '.join(structures_of(ledger))}; there is nothing to draw"
        )


def by_year(ledger: pd.DataFrame, structure: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return calendar years, what is paid in and what is received [$bn]; NaN where nothing is."""
    rows = ledger[(ledger["structure"] == structure).to_numpy()]
    year = rows["period"].astype(str).str[:4].astype(int)
    span = np.arange(float(year.min()), float(year.max()) + 1.0)
    sums = []
    for accounts, sign in ((PAID_IN, -1.0), (RECEIVED, 1.0)):
        amounts = sign * signed(rows)[rows["account"].isin(accounts)]
        total = amounts.groupby(year).sum().reindex(span).to_numpy(dtype=float) / BILLION
        sums.append(np.where(total > 0.0, total, np.nan))
    return span, sums[0], sums[1]


def signed(rows: pd.DataFrame) -> pd.Series:
    """Return what the payer receives in each row of a ledger, below 0 what it pays [USD]."""
    received = (rows["payee"] == PAYER).astype(float) - (rows["payer"] == PAYER).astype(float)
    return rows["amount_usd"] * received


def _capacities(economy: Economy | None) -> dict[str, float]:
    """Return labels and heights [$bn] of the lines of what the payer has, where it is known."""
    if economy is None:
        return {}
    known = {"reserves": economy.reserves_usd, "FX capacity\na year": economy.fx_capacity_usd}
    return {
        label: value / BILLION for label, value in known.items() if value is not None and value > 0
    }


def cumulative_position(
    ledger: pd.DataFrame, *, ax: Axes | None = None, source: str | None = None
) -> Axes:
    """Draw how much of what it paid the payer has got back, and when it has all.

    Parameters
    ----------
    ledger
        What :func:`ledger` returns; several of them under each other for several structures.
    ax
        Axes to draw on; by default a new one, as wide as a column of a paper.
    source
        Words for the note under the figure.

    Returns
    -------
    matplotlib.axes.Axes
        All received less all paid up to the end of each period [$bn], nominal, on the accounts of
        ``payback_year``; the year from whose end on it is no longer below 0 is marked, and stands
        beside the structure's name.

    Raises
    ------
    InputError
        For a frame without the columns of a ledger.
    MissingExtraError
        Without matplotlib.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> from matplotlib.figure import Figure
    >>> scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    >>> ax = Figure(layout="constrained").add_subplot()
    >>> _ = tc.report.figures.cumulative_position(tc.ledger(scenario, "japan-terms"), ax=ax)
    >>> ax.texts[0].get_text()
    'japan-terms 2037'
    """
    needed(ledger, COLUMNS, "cumulative_position", "ledger")
    check_paid(ledger, "cumulative_position")
    paths = {name: positions(ledger, name) for name in structures_of(ledger)}
    last = max(times[-1] for times, _, _ in paths.values())
    ax, own = sheet(ax, 2.8)
    ax.axhline(0.0, color=INK, linewidth=0.8, zorder=0.5)
    texts, heights, colours = [], [], []
    for place, (name, (times, position, recovered)) in enumerate(paths.items()):
        look = style(place)
        # What is settled stays settled: the line goes on to where the last one ends.
        ends, level = np.append(times, last), np.append(position, position[-1])
        ax.plot(ends, level, look.dash, color=look.colour, linewidth=1.2, label=name)
        if recovered is not None:
            ax.plot(
                times[recovered], position[recovered], look.marker, color=look.colour,
                markersize=5.0, zorder=3,
            )  # fmt: skip
        unmoved = "never" if position.any() else "nothing paid"
        when = unmoved if recovered is None else f"{math.floor(times[recovered])}"
        texts.append(wrapped(f"{name} {when}", 20))
        heights.append(float(position[-1]))
        colours.append(look.colour)
    ax.margins(x=0.0)
    few_ticks(ax.xaxis, years=True)
    few_ticks(ax.yaxis)
    label_axes(ax, "Calendar year", "Received less paid so far ($bn)")
    labels = labels_at_end(ax, heights, texts, colours)
    note = "Beside each name: year of full recovery."
    note_below(ax, source_note(ledger, source, note), own)
    spread_at_end(ax, labels)
    return ax


def positions(ledger: pd.DataFrame, structure: str) -> tuple[FloatArray, FloatArray, int | None]:
    """Return times [years], what is received less paid so far [$bn], and where it is recovered.

    Recovered is the first place from which on nothing is missing; None where something is to the
    end, or nothing is paid at all.
    """
    rows = ledger[(ledger["structure"] == structure).to_numpy()]
    own = rows[rows["account"].isin([*PAID, *RECEIVED])]
    if own.empty:
        return np.array([time_of(rows["period"].iloc[0])]), np.zeros(1), None
    net = signed(own).groupby(own["period"], sort=False).sum()
    position = net.cumsum().to_numpy(dtype=float)
    behind = np.flatnonzero(position < -ROUNDING * own["amount_usd"].sum())
    good_from = int(behind[-1]) + 1 if behind.size else 0
    times = np.array([time_of(period) for period in net.index])
    return times, position / BILLION, good_from if good_from < len(times) else None


def time_of(period: object) -> float:
    """Return where a period starts, in years: 2026, 2026Q1 and 2026-01 all at 2026."""
    year, quarter, month = str(period)[:4], str(period)[4:5] == "Q", str(period)[5:]
    if not month:
        return float(year)
    return int(year) + (int(month) - 1) / (4 if quarter else 12)
