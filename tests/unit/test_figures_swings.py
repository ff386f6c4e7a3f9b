import pandas as pd
import pytest
from matplotlib.figure import Figure

from tariffcalc.errors import InputError
from tariffcalc.report.figures.swings import tornado


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
