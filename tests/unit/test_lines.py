import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.tariffs.lines import Lines, column, lines_of

EVERY, NONE = np.array([True, True]), np.array([False, False])


def frame_of(**columns: Any) -> pd.DataFrame:
    rows = {"hs": ["8703", "85"], "partner": ["KOR", "JPN"], "value_usd": [1, 2]}
    return pd.DataFrame({**rows, **columns})


def read(lines: Lines, name: str, where: np.ndarray) -> list[float]:
    values = column(lines, name, where=where, needed_by="the law")
    assert values.dtype == np.float64
    return values.tolist()


def test_lines_are_intervals_partners_and_their_frame() -> None:
    frame = frame_of()
    lines = lines_of(frame)
    assert len(lines) == 2
    assert lines.frame is frame
    assert lines.first.tolist() == [8703000000, 8500000000]
    assert lines.width.tolist() == [10**6, 10**8]
    assert lines.code.tolist() == lines.place.tolist() == [0, 1]
    assert lines.partners == ("KOR", "JPN")


def test_flows_are_lines_that_were_checked_before() -> None:
    flows = tc.TradeFlows.from_frame(frame_of())
    assert lines_of(flows, valued=True).first.tolist() == [8703000000, 8500000000]


def test_lines_need_a_value_only_where_they_are_weighed() -> None:
    frame = frame_of().drop(columns=["value_usd"])
    assert len(lines_of(frame)) == 2
    with pytest.raises(InputError) as caught:
        lines_of(frame, valued=True)
    assert str(caught.value) == "the lines cannot be used: 1 fault\n  - columns missing: value_usd"


def test_no_lines_are_lines_only_where_that_is_allowed() -> None:
    assert len(lines_of(frame_of()[:0], empty=True)) == 0
    with pytest.raises(InputError) as caught:
        lines_of(frame_of()[:0])
    assert str(caught.value) == "the lines cannot be used: 1 fault\n  - the frame has no rows"
    with pytest.raises(InputError, match="columns missing: hs, partner"):
        lines_of(pd.DataFrame(), empty=True)


def test_a_column_is_read_where_it_is_needed_and_0_elsewhere() -> None:
    lines = lines_of(frame_of(steel_share=[0.5, math.nan]))
    assert read(lines, "steel_share", np.array([True, False])) == [0.5, 0.0]
    assert read(lines, "steel_share", NONE) == [0.0, 0.0]
    nullable = lines_of(frame_of(steel_share=pd.array([0.25, None], dtype="Float64")))
    assert read(nullable, "steel_share", np.array([True, False])) == [0.25, 0.0]


def test_a_column_nobody_needs_may_be_missing() -> None:
    assert read(lines_of(frame_of()), "steel_share", NONE) == [0.0, 0.0]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {},
            (
                "column 'steel_share' is needed by the law, and the lines have none; "
                "give it as a share of each line's value"
            ),
        ),
        (
            {"stel_share": [0.5, 0.5], "steel": ["a", "b"]},
            (
                "column 'steel_share' is needed by the law, and the lines have none; "
                "did you mean 'stel_share' or 'steel'?"
            ),
        ),
        (
            {"steel_share": [math.nan, math.nan]},
            (
                "column 'steel_share' is needed by the law and not known in 2 rows "
                "(first 2: '8703', '85'); give the figure or leave the lines out"
            ),
        ),
        (
            {"steel_share": pd.array([0.5, None], dtype="Float64")},
            (
                "column 'steel_share' is needed by the law and not known in 1 row: '85'; "
                "give the figure or leave the lines out"
            ),
        ),
    ],
)
def test_a_figure_that_is_needed_and_not_known_is_refused(columns: dict, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(lines_of(frame_of(**columns)), "steel_share", EVERY)
    assert str(caught.value) == message


def test_at_most_five_lines_are_named() -> None:
    frame = pd.concat([frame_of(steel_share=math.nan)] * 4, ignore_index=True)
    with pytest.raises(InputError) as caught:
        read(lines_of(frame), "steel_share", np.ones(8, dtype=bool))
    assert "in 8 rows (first 5: '8703', '85', '8703', '85', '8703'); give" in str(caught.value)
