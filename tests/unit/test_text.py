import pandas as pd
import pytest

from tariffcalc.report.text import billions, multiple, parameters_text, per_cent, year

NOTHING = float("nan")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(350e9, "350.0"), (1234.56e9, "1,234.6"), (-1.04e9, "-1.0"), (0.0, "0.0"), (NOTHING, "-")],
)
def test_dollars_are_shown_in_billions(value: float, shown: str) -> None:
    assert billions(value) == shown


@pytest.mark.parametrize(("value", "shown"), [(0.15049, "15.0%"), (-0.01, "-1.0%"), (NOTHING, "-")])
def test_fractions_are_shown_in_per_cent(value: float, shown: str) -> None:
    assert per_cent(value) == shown


def test_multiples_and_years_are_shown_as_such() -> None:
    assert (multiple(20.0), multiple(NOTHING)) == ("20.00x", "-")
    assert (year(2046.0), year(NOTHING)) == ("2046", "never")


def test_a_markdown_cell_cannot_break_its_table() -> None:
    frame = pd.DataFrame(
        {
            "value": [0.5], "unit": ["share"], "status": ["assumption"], "low": [NOTHING],
            "high": [NOTHING], "source": ["a | b"],
        },
        index=pd.Index(["x"], name="path"),
    )  # fmt: skip
    assert parameters_text(frame, "markdown").splitlines() == [
        "| path | value | unit | status | range | source |",
        "| --- | ---: | --- | --- | --- | --- |",
        "| x | 0.5 | share | assumption |  | a \\| b |",
    ]


def test_a_plain_table_is_aligned() -> None:
    frame = pd.DataFrame(
        {
            "value": [1e9, 0.5], "unit": ["USD", "share"], "status": ["reported", "assumption"],
            "low": [NOTHING, 0.0], "high": [NOTHING, 1.0], "source": ["s", "t"],
        },
        index=pd.Index(["aa", "b"], name="path"),
    )  # fmt: skip
    assert parameters_text(frame, "table").splitlines() == [
        "path          value  unit   status      range   source",
        "------------------------------------------------------",
        "aa    1,000,000,000  USD    reported            s",
        "b               0.5  share  assumption  0 to 1  t",
    ]
