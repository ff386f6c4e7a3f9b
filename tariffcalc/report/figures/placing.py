"""Where labels at the edges of an Axes go: beside what they name, and never over each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.report.figures.canvas import TEXT, box_in_points, matplotlib
from tariffcalc.report.figures.palette import INK, PALE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

__all__ = [
    "GAP",
    "LEADER",
    "Box",
    "in_points",
    "labels_above",
    "labels_at_end",
    "spread",
    "spread_above",
    "spread_at_end",
    "text_box",
]  # fmt: skip

Box = tuple[float, float, float, float]
LEADER = {"arrowstyle": "-", "linewidth": 0.6, "shrinkA": 0.0, "shrinkB": 0.0}
GAP = 1.5  # points between two labels


def spread(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> FloatArray:
    """Return the places nearest to the wanted ones at which intervals do not overlap.

    Least squares (pool adjacent violators); between ``low`` and ``high`` where they fit, else
    from ``low`` on.
    """
    order = np.argsort(wanted, kind="stable")
    size = np.asarray(sizes, dtype=float)[order]
    offset = np.cumsum(size) - size / 2  # place of each in a stack without gaps
    pools: list[list[float]] = []
    for value in np.asarray(wanted, dtype=float)[order] - offset:
        pools.append([float(value), 1.0])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (first, count), (second, more) = pools[-2:]
            pools[-2:] = [[(first * count + second * more) / (count + more), count + more]]
    start = np.repeat([pool[0] for pool in pools], [int(pool[1]) for pool in pools])
    found = np.empty(len(order))
    found[order] = np.clip(start, low, max(low, high - size.sum())) + offset
    return found


def labels_at_end(
    ax: Axes, heights: Sequence[float], texts: Sequence[str], colours: Sequence[str]
) -> list[Annotation]:
    """Write labels to the right of the Axes, each tied to its height [data] at the edge.

    They stand where :func:`spread_at_end` puts them once the Axes has its place.
    """
    return [
        ax.annotate(
            text,
            xy=(1.0, height),
            xycoords=("axes fraction", "data"),
            xytext=(8.0, 0.0),
            textcoords="offset points",
            va="center",
            ha="left",
            fontsize=TEXT,
            color=INK,
            linespacing=1.0,
            annotation_clip=False,
            parse_math=False,
            arrowprops={**LEADER, "relpos": (0.0, 0.5), "color": colour},
        )
        for height, text, colour in zip(heights, texts, colours, strict=True)
    ]


def spread_at_end(ax: Axes, labels: Sequence[Annotation]) -> None:
    """Move labels at the right up or down until none overlaps."""
    boxes = [text_box(ax, label) for label in labels]
    middles = [(box[1] + box[3]) / 2 for box in boxes]
    sizes = [box[3] - box[1] + GAP for box in boxes]
    top = box_in_points(ax, ax.get_window_extent())[3]
    for label, middle, place in zip(labels, middles, spread(middles, sizes, 0.0, top), strict=True):
        label.set_position((8.0, place - middle))


def text_box(ax: Axes, label: Annotation) -> Box:
    """Return the box of a label without its leader, in points from the Axes' lower left."""
    label.get_window_extent()  # puts the text where its point now is
    return box_in_points(ax, matplotlib("text").Text.get_window_extent(label))


def labels_above(ax: Axes, places: Sequence[Any], texts: Sequence[str]) -> list[Annotation]:
    """Write labels upright above the Axes, each tied to its place [data] on the x axis.

    They stand where :func:`spread_above` puts them once the Axes has its place.
    """
    return [
        ax.annotate(
            text,
            xy=(place, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0.0, 8.0),
            textcoords="offset points",
            va="bottom",
            ha="center",
            rotation=90.0,
            fontsize=TEXT,
            color=INK,
            annotation_clip=False,
            parse_math=False,
            arrowprops={**LEADER, "relpos": (0.5, 0.0), "color": PALE},
        )
        for place, text in zip(places, texts, strict=True)
    ]


def spread_above(ax: Axes, labels: Sequence[Annotation], weights: FloatArray) -> None:
    """Move labels above to the side until none overlaps; take away the lightest that do not fit."""
    boxes = [text_box(ax, label) for label in labels]
    room = box_in_points(ax, ax.get_window_extent())[2]
    sizes = np.array([box[2] - box[0] + GAP for box in boxes])
    heaviest = np.argsort(-weights, kind="stable")
    fitting = heaviest[: int((np.cumsum(sizes[heaviest]) <= room).sum())]
    kept = sorted(fitting.tolist())
    middles = [(boxes[k][0] + boxes[k][2]) / 2 for k in kept]
    places = spread(middles, sizes[kept].tolist(), 0.0, room)
    for k, middle, place in zip(kept, middles, places, strict=True):
        labels[k].set_position((place - middle, 8.0))
    for k in set(range(len(labels))) - set(kept):
        labels[k].remove()


def in_points(ax: Axes, places: FloatArray) -> FloatArray:
    """Return places [data] in points from the Axes' lower left."""
    frame = ax.get_window_extent()
    scale = box_in_points(ax, frame)[2] / frame.width
    found: FloatArray = (ax.transData.transform(places) - [frame.x0, frame.y0]) * scale
    return found
