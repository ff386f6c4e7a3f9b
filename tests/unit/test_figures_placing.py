import numpy as np
import pytest
from matplotlib.figure import Figure

from tariffcalc.report.figures.placing import (
    labels_above,
    labels_around,
    labels_at_end,
    spread,
    spread_above,
    spread_at_end,
    text_box,
)


def axes():
    ax = Figure(figsize=(4, 3)).add_subplot()
    ax.set(xlim=(0, 10), ylim=(0, 10))
    return ax


def test_intervals_with_room_stay_where_they_are() -> None:
    assert spread([5.0, 25.0, 15.0], [10.0, 10.0, 10.0], 0.0, 30.0).tolist() == [5.0, 25.0, 15.0]


def test_intervals_in_one_place_stand_around_it() -> None:
    assert spread([50.0, 50.0, 50.0], [10.0, 20.0, 10.0], 0.0, 100.0).tolist() == [35.0, 50.0, 65.0]


def test_intervals_keep_between_the_ends() -> None:
    assert spread([0.0, 1.0], [10.0, 10.0], 0.0, 100.0).tolist() == [5.0, 15.0]
    assert spread([100.0, 99.0], [10.0, 10.0], 0.0, 100.0).tolist() == [95.0, 85.0]


def test_intervals_that_do_not_fit_start_at_the_low_end() -> None:
    assert spread([50.0, 50.0], [40.0, 40.0], 10.0, 60.0).tolist() == [30.0, 70.0]


def test_two_pools_that_meet_become_one() -> None:
    found = spread([30.0, 32.0, 42.0], [10.0, 10.0, 10.0], 0.0, 100.0)
    assert found == pytest.approx([74.0 / 3, 104.0 / 3, 134.0 / 3])
    assert np.diff(found) == pytest.approx([10.0, 10.0])


def test_labels_at_the_end_keep_the_order_of_their_lines() -> None:
    ax = axes()
    labels = labels_at_end(ax, [5.0, 5.1, 5.05], ["a", "c", "b"], ["k"] * 3)
    spread_at_end(ax, labels)
    boxes = [text_box(ax, label) for label in labels]
    middles = [(box[1] + box[3]) / 2 for box in boxes]
    assert middles[0] < middles[2] < middles[1]
    assert boxes[2][1] - boxes[0][3] == pytest.approx(1.5)
    assert all(box[0] > ax.get_window_extent().width * 72 / ax.figure.dpi for box in boxes)


def test_the_lightest_labels_above_go_first() -> None:
    ax = axes()
    places = np.linspace(0.0, 10.0, 60)
    labels = labels_above(ax, places, [f"{n}" for n in range(60)])
    spread_above(ax, labels, np.arange(60.0))
    kept = [text.get_text() for text in ax.texts]
    assert 5 < len(kept) < 60
    assert kept == [f"{n}" for n in range(60 - len(kept), 60)]


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
