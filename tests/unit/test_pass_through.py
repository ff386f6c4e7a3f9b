import math

import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import UnknownNameError, VintageError

VALUES = {
    "amiti-et-al-2019": 1.0, "fajgelbaum-et-al-2020": 1.0, "cavallo-et-al-2021": 0.945,
    "ustr-2025": 0.25, "japan-cars-2025": 0.0118, "cavallo-et-al-2025": 0.2,
    "amiti-et-al-2026": 0.94,
}  # fmt: skip


def test_the_list_has_a_source_and_a_date_for_each_value() -> None:
    table = tc.list_pass_through()
    assert table["value"].to_dict() == VALUES
    assert table.columns.tolist() == [
        "price", "value", "period", "published", "status", "source", "note",
    ]  # fmt: skip
    assert table.index.name == "name"
    assert table.notna().all(axis=None)
    assert set(table["price"]) == {"border", "retail"}
    assert set(table["status"]) == {"reported", "derived", "assumption"}
    assert table.attrs["units"] == {"value": "share of the change"}
    assert table.loc["ustr-2025", "published"] == pd.Timestamp("2025-04-02")


@pytest.mark.parametrize(("name", "value"), VALUES.items())
def test_a_value_is_loaded_by_its_name(name: str, value: float) -> None:
    assert tc.load_pass_through(name) == value


def test_japans_cars_are_derived_from_the_price_index() -> None:
    derived = 1 + math.log(1 - 0.194) / math.log(1.275 / 1.025)
    assert round(derived, 4) == VALUES["japan-cars-2025"]
    response = tc.StaticResponse(pass_through=derived)
    flows = tc.TradeFlows.from_frame(
        pd.DataFrame({"hs": ["8703"], "partner": ["JPN"], "value_usd": [1e9]})
    )
    answer = response.respond(flows, 0.025, 0.275)
    assert answer["exporter_price_index"].item() == pytest.approx(1 - 0.194, rel=1e-15)


def test_a_later_estimate_is_refused() -> None:
    known = tc.list_pass_through().query("published <= '2025-10-17'").index
    assert len(known) == 5
    for name in VALUES:
        if name in known:
            assert tc.load_pass_through(name, as_of="2025-10-17") == VALUES[name]
            continue
        with pytest.raises(VintageError, match=f"  - {name}: published 202"):
            tc.load_pass_through(name, as_of="2025-10-17")


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(UnknownNameError) as caught:
        tc.load_pass_through("ustr")
    assert str(caught.value).startswith("unknown pass-through 'ustr'; did you mean 'ustr-2025'?")
