import numpy as np
import pytest
from matplotlib.figure import Figure

from tariffcalc.report.figures.placing import (
    labels_above,
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
