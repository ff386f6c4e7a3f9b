import numpy as np
import pytest
from matplotlib.figure import Figure

from tariffcalc.report.figures.around import labels_around
from tariffcalc.report.figures.placing import text_box


def axes():
    ax = Figure(figsize=(4, 3)).add_subplot()
    ax.set(xlim=(0, 10), ylim=(0, 10))
    return ax


def test_labels_around_points_in_one_place_are_apart() -> None:
    ax = axes()
    points = np.full((4, 2), 5.0)
    labels = labels_around(ax, points, ["one", "two", "three", "four"], ["k"] * 4)
    boxes = [text_box(ax, label) for label in labels]
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            across = min(one[2], other[2]) - max(one[0], other[0])
            up = min(one[3], other[3]) - max(one[1], other[1])
            assert across <= 0 or up <= 0


def test_a_lone_point_has_its_label_above() -> None:
    ax = axes()
    (label,) = labels_around(ax, np.array([[5.0, 5.0]]), ["one"], ["k"])
    across, up = label.get_position()
    assert across == pytest.approx(0.0, abs=1e-9)
    assert up > 7.0


def test_labels_stay_inside_and_off_a_line() -> None:
    ax = axes()
    line = np.array([[0.0, 9.0], [10.0, 9.0]])
    (label,) = labels_around(ax, np.array([[0.0, 8.8]]), ["a long label"], ["k"], [line])
    left, _, _, top = text_box(ax, label)
    width = ax.get_window_extent().height * 72 / ax.figure.dpi
    assert left >= 0.0
    assert top < 0.9 * width
