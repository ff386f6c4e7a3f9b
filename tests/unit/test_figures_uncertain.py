import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from tariffcalc.errors import InputError
from tariffcalc.report.figures.uncertain import distribution, fan_chart, tornado


def axes():
    return Figure(figsize=(5, 4), layout="constrained").add_subplot()


def swings(target: str = "net_benefit_usd") -> pd.DataFrame:
    rows = [("a", "x.growth_rate"), ("a", "y.tenor_years"), ("a", "z.durability")]
    index = pd.MultiIndex.from_tuples(rows, names=["structure", "parameter"])
    data = {
        "low": [0.01, 3, 0.5],
        "high": [0.02, 20, 1.0],
        f"base_{target}": 0.2,
        f"low_{target}": [0.1, 0.15, 0.2],
        f"high_{target}": [0.5, 0.25, 0.2],
        f"swing_{target}": [0.4, 0.1, 0.0],
    }
    return pd.DataFrame(data, index=index)


def test_what_moves_nothing_is_only_counted() -> None:
    ax = tornado(swings("payer_irr"), ax=axes())
    assert [tick.get_text() for tick in ax.get_yticklabels()] == [
        "x growth rate\n1% to 2%",
        "y tenor\n3 to 20 years",
    ]
    assert ax.get_xlabel() == "Payer IRR (%)"
    assert ax.collections[1].get_segments()[0][:, 0].tolist() == [20.0, 50.0]
    assert "1 more ranges move it less or not at all." in ax.texts[-1].get_text()
    assert "more ranges" not in tornado(swings().iloc[:2], ax=axes()).texts[-1].get_text()
    assert len(tornado(swings(), most=1, ax=axes()).get_yticks()) == 1


def test_a_table_of_another_method_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        tornado(swings()[["low", "high"]], ax=axes())
    assert str(caught.value) == (
        'tornado: the frame lacks swing_<result>; sensitivity(method="one_at_a_time") '
        "makes a frame that has it"
    )


def quantiles(**levels: object) -> pd.DataFrame:
    names = ["q05_usd", "q25_usd", "q50_usd", "q75_usd", "q95_usd"]
    table = pd.DataFrame({name: [1e9 * n] for n, name in enumerate(names)})
    return table.assign(structure="a", **levels).set_index(["structure", *levels])


def test_a_fan_needs_one_level_of_numbers() -> None:
    for table, given in (
        (quantiles(word=["x"]), "word"),
        (quantiles(one=[1.0], two=[2.0]), "one, two"),
    ):
        with pytest.raises(InputError) as caught:
            fan_chart(table, ax=axes())
        assert str(caught.value) == (
            f"fan_chart: one level of numbers beside structure is drawn, given {given}"
        )


def test_a_fan_says_what_its_edges_are() -> None:
    table = pd.concat([quantiles(cash_share=[0.5]), quantiles(cash_share=[0.1])])
    ax = fan_chart(table, ax=axes())
    assert ax.get_xlabel() == "Cash share (%)"
    assert [text.get_text() for text in ax.texts[:5]] == ["95%", "75%", "median", "25%", "5%"]
    assert [text.xy[1] for text in ax.texts[:5]] == [4.0, 3.0, 2.0, 1.0, 0.0]
    assert ax.lines[0].get_xdata().tolist() == [10.0, 50.0]
    assert ax.texts[5].get_text().startswith("Quantiles of the draws: a.\n")


def test_a_distribution_is_thinned_at_even_ranks() -> None:
    values, shares = distribution(np.arange(2000.0)[::-1])
    assert values.tolist() == np.arange(2000.0).tolist()
    assert shares[[0, -1]].tolist() == [0.05, 100.0]
    values, shares = distribution(np.arange(9999.0)[::-1])
    assert len(values) == 2000
    assert values[[0, -1]].tolist() == [0.0, 9998.0]
    assert (shares == 100.0 * (values + 1) / 9999).all()
