import pandas as pd

from tariffcalc.report.text import parameters_text

NOTHING = float("nan")


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
