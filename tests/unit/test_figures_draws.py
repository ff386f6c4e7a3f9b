import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from tariffcalc.errors import InputError
from tariffcalc.report.figures.draws import distribution, fan_chart


def axes():
    return Figure(figsize=(5, 4), layout="constrained").add_subplot()


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
