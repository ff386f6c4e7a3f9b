import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.trade.responses.bilateral import bilateral

HEAD = "flows between regions cannot be used: "
WHOLE = pd.DataFrame(
    {"exporter": ["KOR", "USA", "USA"], "importer": ["USA", "USA", "KOR"], "value_usd": [1, 2, 3]}
)
RESPONSE = tc.GlobalArmingtonResponse(
    substitution_elasticity=4.0, demand_elasticity=-1.0, supply_elasticity=2.0
)


def said(frame: object) -> str:
    with pytest.raises(InputError) as caught:
        bilateral(frame)
    return str(caught.value)


def test_flows_that_are_no_table_are_refused() -> None:
    assert said([1.0]) == "flows: a pandas DataFrame is needed, given list"
    assert said(WHOLE[["importer"]]) == (
        HEAD + "1 fault\n  - columns missing: exporter, value_usd; needed are exporter, importer, "
        "value_usd"
    )
    assert said(WHOLE[:0]) == HEAD + "1 fault\n  - the frame has no rows"
    assert said(WHOLE.assign(value_usd=list("abc"))) == (
        HEAD + "1 fault\n  - value_usd: numbers are needed, given str"
    )
    assert said(WHOLE.assign(value_usd=[True, False, True])) == (
        HEAD + "1 fault\n  - value_usd: numbers are needed, given bool"
    )


def test_all_faults_of_flows_are_named_at_once() -> None:
    wrong = WHOLE.assign(
        exporter=[1, None, "KOR"], importer=["USA", 2.0, "KOR"], value_usd=[np.inf, -1.0, 0.0]
    )
    assert said(pd.concat([wrong, wrong.iloc[2:]])) == (
        HEAD + "4 faults\n"
        "  - exporter: names are needed in 2 rows (first 2: 0, 1)\n"
        "  - importer: names are needed in 1 row: 1\n"
        "  - one row a pair is needed; given again in 1 row: 3\n"
        "  - value_usd: finite amounts of at least 0 are needed in 2 rows (first 2: 0, 1)"
    )
    unknown = WHOLE.assign(value_usd=pd.array([1, None, 3], dtype="Int64"))
    assert said(unknown) == (
        HEAD + "1 fault\n  - value_usd: finite amounts of at least 0 are needed in 1 row: 1"
    )


def test_whole_numbers_are_amounts() -> None:
    found = bilateral(WHOLE.assign(value_usd=pd.array([1, 2, 3], dtype="Int64")))
    assert (found.value.dtype, found.value.tolist()) == (np.float64, [1.0, 2.0, 3.0])


def test_rates_may_be_one_for_all_trade_between_regions() -> None:
    one = RESPONSE.respond(WHOLE, 0.25, 0.1)
    each = RESPONSE.respond(WHOLE, [0.25, 0.0, 0.25], [0.1, 0.0, 0.1])
    pd.testing.assert_frame_equal(one, each, check_exact=True)
    assert one["duty_usd"].iloc[1] == 0.0


def test_welfare_names_every_region() -> None:
    flows = WHOLE.assign(exporter=["KOR", "USA", "JPN"], importer=["USA", "USA", "CHN"])
    answer, welfare = (ask(flows, 0.25, 0.1) for ask in (RESPONSE.respond, RESPONSE.welfare))
    assert welfare.index.tolist() == ["CHN", "JPN", "KOR", "USA"]
    assert welfare.index.name == "region"
    columns = [f"{name}_usd" for name in (
        "producer_surplus", "consumer_surplus", "revenue_change", "welfare"
    )]  # fmt: skip
    assert welfare.columns.tolist() == columns
    assert welfare.attrs["units"] == dict.fromkeys(columns, "USD")
    gains = answer.reset_index().set_index("exporter")["exporter_gain_usd"]
    assert welfare["producer_surplus_usd"].tolist() == [0.0, *gains[["JPN", "KOR", "USA"]]]
    assert welfare.loc["KOR"].tolist()[1:3] == [0.0, 0.0]
    sums = welfare[columns[:3]].sum(axis=1)
    assert welfare["welfare_usd"].tolist() == sums.tolist()


def test_a_world_that_no_number_can_hold_is_refused() -> None:
    large = tc.GlobalArmingtonResponse(substitution_elasticity=1e6, demand_elasticity=-1e6)
    flows = WHOLE.assign(value_usd=[1.0, 0.0, 1.0])
    with pytest.raises(InputError, match=r"^the answer of 3 lines is too large for a number; use"):
        large.respond(flows, 0.25, 0.1)
