import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from tariffcalc.errors import InputError
from tariffcalc.report.figures.palette import COLOURS
from tariffcalc.report.figures.tariffs import duty_by_sector, tariff_timeline

DATES = pd.DatetimeIndex(["2025-01-01", "2025-03-04", "2026-02-01"], name="date")
TIMELINE = pd.DataFrame(
    {
        "base_rate": [0.01, 0.01, 0.01],
        "fentanyl_rate": [0.0, 0.1, 0.0],
        "reciprocal_rate": [0.0, 0.0, 0.15],
        "section_122_rate": [0.0, 0.0, 0.0],
        "total_rate": [0.01, 0.11, 0.16],
    },
    index=DATES,
)


def axes():
    return Figure(figsize=(5, 3), layout="constrained").add_subplot()


def duties(count: int) -> pd.DataFrame:
    index = pd.Index([f"group {n}" for n in range(count)], name="sector")
    amounts = [float(n + 1) * 1e9 for n in range(count)]
    return pd.DataFrame({"a_duty_usd": amounts, "b_duty_usd": 1e9}, index=index)


def test_an_authority_without_a_rate_has_no_layer() -> None:
    ax = tariff_timeline(TIMELINE, ax=axes())
    assert [layer.get_label() for layer in ax.collections] == [
        "base_rate",
        "fentanyl_rate",
        "reciprocal_rate",
    ]
    assert to_hex(ax.collections[2].get_facecolor()[0]) == COLOURS[0].lower()
    texts = [text.get_text() for text in ax.texts]
    assert "total 16.0%" in texts
    assert {"4 Mar 25", "1 Feb 26"} <= set(texts)
    assert ax.get_xlabel() == "Date of entry (2025 to 2026)"


def test_a_timeline_by_groups_is_refused() -> None:
    grouped = pd.concat({"KOR": TIMELINE}, names=["partner"])
    with pytest.raises(InputError) as caught:
        tariff_timeline(grouped, ax=axes())
    assert str(caught.value) == (
        "tariff_timeline: one row per date is drawn, the frame has groups by partner; "
        "choose one with .xs(…, level='partner')"
    )
    assert tariff_timeline(grouped.xs("KOR", level="partner"), ax=axes()).lines


def test_a_timeline_ends_where_it_says() -> None:
    table = TIMELINE.copy()
    table.attrs["end_date"] = "2026-06-30"
    widths = [tariff_timeline(one, ax=axes()).get_xlim() for one in (TIMELINE, table)]
    assert widths[0][0] == widths[1][0]
    assert widths[1][1] - widths[0][1] == pytest.approx(149.0)  # days


def test_one_group_too_many_is_drawn_and_two_are_others() -> None:
    rows = [
        tick.get_text() for tick in duty_by_sector(duties(5), most=4, ax=axes()).get_yticklabels()
    ]
    assert rows == [f"group {n}" for n in (4, 3, 2, 1, 0)]
    ax = duty_by_sector(duties(5), most=3, ax=axes())
    assert [tick.get_text() for tick in ax.get_yticklabels()][-1] == "2 others"
    assert ax.lines[0].get_xdata().tolist() == [5.0, 4.0, 3.0, 3.0]
    assert ax.lines[1].get_xdata().tolist() == [1.0, 1.0, 1.0, 2.0]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]


def test_two_columns_of_duty_are_needed() -> None:
    with pytest.raises(InputError) as caught:
        duty_by_sector(duties(2)[["a_duty_usd"]], ax=axes())
    assert str(caught.value) == (
        "duty_by_sector: two columns <name>_duty_usd are needed, given 1; "
        "compare_tariffs makes them"
    )
    with pytest.raises(InputError, match="most: a whole number of at least 1 is needed, given 0"):
        duty_by_sector(duties(2), most=0, ax=axes())
