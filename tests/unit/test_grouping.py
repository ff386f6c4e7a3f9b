from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.tariffs.grouping import group_labels, grouping, weighted

FRAME = pd.DataFrame(
    {
        "hs": ["8703230140", "0101290090", "8708295160", "870323"],
        "partner": ["KOR", "JPN", "KOR", "DEU"],
        "value_usd": [1, 2, 4, 8],
        "port": [3, 1, 3, 2],
    }
)
RATES = np.array([0.5, 0.25, 0.125, 1.0])


@pytest.mark.parametrize(
    ("by", "labels", "value", "duty"),
    [
        ("partner", ["DEU", "JPN", "KOR"], [8.0, 2.0, 5.0], [8.0, 0.5, 1.0]),
        ("chapter", ["01", "87"], [2.0, 13.0], [0.5, 9.0]),
        ("port", [1, 2, 3], [2.0, 8.0, 5.0], [0.5, 8.0, 1.0]),
        (
            "sector",
            ["Agriculture and fish", "Passenger cars", "Vehicle parts"],
            [2.0, 9.0, 4.0],
            [0.5, 8.5, 0.5],
        ),
        (
            "section",
            ["I Live animals and animal products", "XVII Vehicles, aircraft and vessels"],
            [2.0, 13.0],
            [0.5, 9.0],
        ),
    ],
)
def test_lines_are_summed_by_label_in_ascending_order(
    by: str, labels: list, value: list, duty: list
) -> None:
    groups = grouping(FRAME, by)
    assert groups.index.tolist() == labels
    assert groups.index.name == by
    assert groups.value.tolist() == value
    assert weighted(groups, RATES).tolist() == duty
    assert groups.line_value.tolist() == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize("by", [None, "authority"])
def test_all_lines_together_are_one_group(by: str | None) -> None:
    groups = grouping(FRAME, by)
    assert groups.index.tolist() == ["all"]
    assert groups.index.name == "group"
    assert groups.value.tolist() == [15.0]
    assert weighted(groups, RATES).tolist() == [9.5]


def test_lines_of_a_group_keep_their_order() -> None:
    groups = grouping(FRAME, "partner")
    assert groups.order.tolist() == [3, 1, 0, 2]
    assert groups.edges.tolist() == [0, 1, 2, 4]
    many = grouping(pd.concat([FRAME] * 40), "partner")
    for start, stop in pairwise(many.edges.tolist()):
        own = many.order[start:stop].tolist()
        assert own == sorted(own)


def test_sums_are_rounded_once() -> None:
    frame = pd.DataFrame({"partner": ["KOR"] * 3, "value_usd": [1e16, 1.0, 1.0]})
    for rows in (frame, frame[::-1]):
        assert grouping(rows, "partner").value.tolist() == [1e16 + 2.0]
        assert grouping(rows, None).value.tolist() == [1e16 + 2.0]


def test_a_column_of_the_frame_comes_before_a_name_of_the_library() -> None:
    own = FRAME.assign(chapter="mine", sector="mine", section="mine")
    for by in ("chapter", "sector", "section"):
        assert group_labels(own, by).tolist() == ["mine"] * 4


def test_sections_come_in_the_order_of_the_chapters() -> None:
    frame = pd.DataFrame({"hs": ["97", "01", "44", "27", "06"], "value_usd": 1.0})
    labels = grouping(frame, "section").index
    assert [label.split()[0] for label in labels] == ["I", "II", "V", "IX", "XXI"]
    assert labels.dtype == pd.Index(["x"]).dtype


def test_a_mapping_of_prefixes_groups_lines() -> None:
    groups = grouping(FRAME, {"87": "vehicles", "8708": "parts", "01": "animals"})
    assert groups.index.tolist() == ["animals", "parts", "vehicles"]
    assert groups.index.name == "sector"
    assert weighted(groups, RATES).tolist() == [0.5, 0.5, 8.5]


@pytest.mark.parametrize("by", [pd.Series(["a"] * 4), ["hs"], 3])
def test_what_is_neither_name_nor_mapping_is_refused(by: object) -> None:
    with pytest.raises(InputError) as caught:
        grouping(FRAME, by)
    assert str(caught.value) == (
        f"by: a name or a mapping of HS prefixes is needed, given {type(by).__name__}; "
        "make labels by row a column of the flows and give its name"
    )


def test_the_order_of_a_column_of_categories_is_kept() -> None:
    port = pd.Categorical(["b", "a", "b", "a"], categories=["c", "b", "a"], ordered=True)
    groups = grouping(FRAME.assign(port=port), "port")
    assert groups.index.tolist() == ["b", "a"]
    assert groups.value.tolist() == [5.0, 10.0]


def test_a_label_that_is_empty_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        grouping(FRAME.assign(port=[1.0, np.nan, 3.0, 4.0]), "port")
    assert str(caught.value) == "by: column 'port' is empty in some rows; fill it first"


def test_an_unknown_label_is_refused_with_what_there_is() -> None:
    with pytest.raises(UnknownNameError) as caught:
        grouping(FRAME.assign(sector="x"), "parter")
    assert str(caught.value) == (
        "unknown grouping 'parter'; did you mean 'partner' or 'chapter' or 'port'? Allowed: "
        "authority, sector, chapter, section, hs, partner, value_usd, port."
    )
