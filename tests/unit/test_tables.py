import datetime as dt

import numpy as np
import pandas as pd

from tariffcalc.tables import labelled, ratio, vintage
from tariffcalc.version import VERSION


def test_a_table_carries_units_hash_and_version() -> None:
    frame, units = pd.DataFrame({"duty_usd": [1.0]}), {"duty_usd": "USD"}
    found = labelled(frame, units, scenario_hash="64c698aa")
    assert found is frame
    assert found.attrs == {
        "units": {"duty_usd": "USD"}, "scenario_hash": "64c698aa", "tariffcalc_version": VERSION,
    }  # fmt: skip
    units["duty_usd"] = "KRW"
    assert found.attrs["units"] == {"duty_usd": "USD"}
    assert labelled(frame, {}).attrs["scenario_hash"] is None


def test_a_table_says_its_vintages_where_it_has_some() -> None:
    found = labelled(pd.DataFrame(), {}, vintages=[vintage("korea-us", dt.date(2025, 10, 17))])
    assert found.attrs["vintages"] == ["korea-us as of 2025-10-17"]
    assert "vintages" not in labelled(pd.DataFrame(), {}).attrs


def test_a_share_of_nothing_is_unknown() -> None:
    found = ratio(np.array([1.0, 0.0, -3.0, 0.0]), np.array([4.0, 0.0, 0.0, 2.0]))
    np.testing.assert_array_equal(found, [0.25, np.nan, np.nan, 0.0])


def test_one_whole_serves_many_parts() -> None:
    assert ratio(np.array([1.0, 2.0]), np.array([4.0])).tolist() == [0.25, 0.5]
    assert ratio(np.array([8.0]), np.array([[2.0], [4.0]])).tolist() == [[4.0], [2.0]]
