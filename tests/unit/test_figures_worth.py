import pandas as pd
from matplotlib.figure import Figure

from tariffcalc.report.figures.worth import CROWDED, delay_chart, relief_against_cost


def axes():
    return Figure(figsize=(5, 4), layout="constrained").add_subplot()


def comparison(count: int, relief: float = 5e9) -> pd.DataFrame:
    names = [f"s{n}" for n in range(count)]
    index = pd.Index(names, name="structure")
    costs = [1e9 * n for n in range(count)]
    return pd.DataFrame({"net_cost_usd": costs, "relief_pv_usd": relief}, index=index)


def test_many_points_have_a_legend_in_place_of_labels() -> None:
    few = relief_against_cost(comparison(CROWDED), ax=axes())
    assert few.get_legend() is None
    assert {f"s{n}" for n in range(CROWDED)} <= {text.get_text() for text in few.texts}
    many = relief_against_cost(comparison(CROWDED + 1), ax=axes())
    legend = [text.get_text() for text in many.get_legend().get_texts()]
    assert legend == [f"s{n}" for n in range(CROWDED + 1)]
    assert "s0" not in [text.get_text() for text in many.texts]


def test_break_even_is_named_where_the_line_leaves() -> None:
    wide = relief_against_cost(comparison(9, relief=1e9), ax=axes())
    label = next(text for text in wide.texts if text.get_text() == "break-even")
    assert label.xy == (wide.get_ylim()[1], wide.get_ylim()[1])
    high = relief_against_cost(comparison(2, relief=50e9), ax=axes())
    label = next(text for text in high.texts if text.get_text() == "break-even")
    assert label.xy == (high.get_xlim()[1], high.get_xlim()[1])


def test_one_point_at_nothing_has_room() -> None:
    ax = relief_against_cost(comparison(1, relief=0.0), ax=axes())
    assert ax.get_xlim() == (-0.08, 0.12)
    assert ax.get_ylim() == (-0.12, 0.35)


def test_the_sum_of_all_parties_is_dashed_and_named() -> None:
    table = pd.DataFrame(
        {
            "exporters_cumulative_pv_usd": [1e9, 2e9],
            "host_treasury_cumulative_pv_usd": [-1e9, -3e9],
            "competitors_cumulative_pv_usd": [0.0, 0.0],
            "efficiency_cumulative_pv_usd": [0.5e9, 1e9],
        },
        index=pd.RangeIndex(1, 3, name="month"),
    )
    table.attrs["notes"] = ["what was assumed", "more"]
    ax = delay_chart(table, ax=axes())
    said = {one.get_label(): one.get_linestyle() for one in ax.lines[1:]}
    assert said == {"exporters": "-", "host treasury": "-", "efficiency": "--"}
    texts = [text.get_text() for text in ax.texts]
    assert texts[:3] == ["exporters 2.0", "host treasury −3.0", "all together 1.0"]
    assert texts[3].startswith("what was assumed\nSource: ")
