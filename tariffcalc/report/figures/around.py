"""Where the labels of points go: near them, off each other, off lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.report.figures.canvas import TEXT, box_in_points
from tariffcalc.report.figures.palette import INK
from tariffcalc.report.figures.placing import GAP, LEADER, Box, in_points, text_box

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

__all__ = ["labels_around"]

DOT = 6.0  # points across a marker
BETWEEN = 4.0  # points between two words beside each other
RINGS = (7.0, 12.0, 18.0, 24.0, 30.0, 38.0, 46.0, 56.0, 68.0, 82.0, 98.0)
DIRECTIONS = 32
NEAR = 50.0  # points within which another point is a neighbour


def labels_around(
    ax: Axes,
    points: FloatArray,
    texts: Sequence[str],
    colours: Sequence[str],
    lines: Sequence[FloatArray] = (),
) -> list[Annotation]:
    """Write a label near each point [data, shape (points, 2)], off points, labels and lines."""
    room = box_in_points(ax, ax.get_window_extent())[2:]
    centres = in_points(ax, points)
    dots = [_box(centre, (DOT, DOT)) for centre in centres]
    for line in lines:
        dots += [_box(place, (DOT, DOT)) for place in _along(in_points(ax, line))]
    taken, labels = list(dots), []
    for point, centre, text, colour in zip(points, centres, texts, colours, strict=True):
        label = ax.annotate(
            text,
            xy=(float(point[0]), float(point[1])),
            xytext=(0.0, 0.0),
            textcoords="offset points",
            va="center",
            ha="center",
            fontsize=TEXT,
            color=INK,
            linespacing=1.0,
            annotation_clip=False,
            parse_math=False,
            arrowprops={**LEADER, "shrinkB": DOT / 2, "color": colour},
        )
        left, bottom, right, top = text_box(ax, label)
        size = (right - left + BETWEEN, top - bottom + GAP)
        others = [box for box in taken if not _holds(box, centre)]
        shift = _free_place(centre, _away(centre, centres), size, taken, others, room)
        label.set_position(shift)
        taken.append(_box(centre + np.array(shift), size))
        leader = _along(np.array([centre, centre + np.array(shift)]))
        taken += [_box(place, (GAP, GAP)) for place in leader]
        labels.append(label)
    return labels


def _free_place(
    centre: FloatArray,
    start: float,
    size: tuple[float, float],
    taken: Sequence[Box],
    others: Sequence[Box],
    room: tuple[float, float],
) -> tuple[float, float]:
    """Return how far from its point a label goes: the nearest place that is free.

    It is inside the room; free is what is not taken, with a leader that crosses nothing.
    """
    best, least = (0.0, RINGS[0]), math.inf
    for ring in RINGS:
        for step in range(DIRECTIONS):
            # The way it starts with, then ever further to both sides of it.
            turn = (step + 1) // 2 if step % 2 else -(step // 2)
            angle = start + 2 * math.pi * turn / DIRECTIONS
            across, up = math.cos(angle), math.sin(angle)
            shift = (
                _inside(across * (ring + size[0] / 2 * abs(across)), centre[0], size[0], room[0]),
                _inside(up * (ring + size[1] / 2 * abs(up)), centre[1], size[1], room[1]),
            )
            box = _box(centre + np.array(shift), size)
            leader = _along(np.array([centre, centre + np.array(shift)]))
            crossed = sum(_holds(dot, place) for dot in others for place in leader)
            cost = crossed + sum(_overlap(box, other) for other in taken)
            if cost == 0.0:
                return shift
            if cost < least:
                best, least = shift, cost
    return best


def _away(centre: FloatArray, centres: FloatArray) -> float:
    """Return the way [radians] from the middle of a point's neighbours to it; up without any."""
    apart = centres - centre
    near = apart[np.hypot(apart[:, 0], apart[:, 1]) < NEAR].mean(axis=0)
    if np.hypot(*near) < GAP:
        return math.pi / 2
    return math.atan2(-near[1], -near[0])


def _inside(shift: float, centre: float, size: float, room: float) -> float:
    """Return the shift nearest to the one given that keeps an interval in its room."""
    return float(np.clip(centre + shift, size / 2, max(room - size / 2, size / 2)) - centre)


def _along(line: FloatArray) -> FloatArray:
    """Return places along a line from its first to its second end, a few points apart."""
    count = int(np.hypot(*(line[1] - line[0])) // DOT) + 2
    found: FloatArray = np.linspace(line[0], line[1], count)
    return found


def _holds(box: Box, place: FloatArray) -> bool:
    return bool(box[0] <= place[0] <= box[2] and box[1] <= place[1] <= box[3])


def _box(centre: FloatArray, size: tuple[float, float]) -> Box:
    x, y = float(centre[0]), float(centre[1])
    return x - size[0] / 2, y - size[1] / 2, x + size[0] / 2, y + size[1] / 2


def _overlap(one: Box, other: Box) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    up = min(one[3], other[3]) - max(one[1], other[1])
    return max(across, 0.0) * max(up, 0.0)
