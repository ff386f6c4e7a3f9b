import datetime as dt
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.tariffs.competitors import (
    COMPETITORS,
    SHARES_OF_PARTNERS,
    basket,
    elsewhere,
)
from tariffcalc.tariffs.conventions import convention_value


def measure_of(name: str, **fields: Any) -> tc.TariffMeasure:
    return tc.TariffMeasure(
        **{"name": name, "authority": name, "rate": 0.25, "start": "2025-01-01", **fields}
    )


def flows_of(partner: str = "KOR", **columns: Any) -> tc.TradeFlows:
    rows = {
        "hs": ["8703230140", "7208510030", "8703310100"], "partner": [partner] * 3,
        "value_usd": [300.0, 50.0, 100.0], "mfn_rate": [0.125, 0.0, 0.5],
        "preferential_rate": [0.0, np.nan, 0.25], "preference_use_share": [1.0, np.nan, 0.5],
        "steel_share": [0.5, 1.0, 0.25], "usmca_share": [0.0, 0.0, 0.0],
        "sector": ["cars", "steel", "cars"],
    }  # fmt: skip
    return tc.TradeFlows.from_frame(pd.DataFrame({**rows, **columns}))


LAW = tc.TariffSchedule(
    measures=(
        measure_of("cars", products=["87"], partners=["KOR"], start="2025-06-01"),
        measure_of("steel", content="steel_share", partners=["JPN"], rate=0.5),
        measure_of("free", form="exemption", rate=0.0, content="usmca_share", partners=["MEX"],
                   displaces=["all"]),
        measure_of("all", exempt_partners=["KOR"], rate=0.0625),
    ),
    conventions={"usmca_share": 0.5, "preference_use_share": 0.75},
).with_convention("preference_use_share", "lines")  # fmt: skip
WITH_USE = LAW.with_convention("preference_use_share", 0.5)


def test_rates_on_the_same_goods_side_by_side_by_hand() -> None:
    flows = flows_of()
    kept = flows.frame
    gaps = tc.rate_gaps(
        flows, LAW, dates=["2025-06-01", dt.date(2025, 5, 31)], competitors=["JPN", "GBR"]
    )
    pd.testing.assert_frame_equal(flows.frame, kept)
    assert gaps.index.names == ["date", "sector"]
    days = pd.DatetimeIndex(["2025-06-01", "2025-05-31"])
    assert gaps.index.tolist() == [(day, s) for day in days for s in ("cars", "steel")]
    assert gaps.columns.tolist() == [
        "value_usd", "KOR_rate", "JPN_rate", "JPN_gap_pp", "GBR_rate", "GBR_gap_pp",
    ]  # fmt: skip
    base, mfn = (100 * 0.375) / 400, (300 * 0.125 + 100 * 0.5) / 400
    steel = (300 * 0.25 + 100 * 0.125) / 400
    japan, britain = mfn + steel + 0.0625, mfn + 0.0625
    expected = {
        "value_usd": [400.0, 50.0] * 2,
        "KOR_rate": [base + 0.25, 0.0, base, 0.0],
        "JPN_rate": [japan, 0.5625] * 2,
        "JPN_gap_pp": [100 * (japan - base - 0.25), 56.25, 100 * (japan - base), 56.25],
        "GBR_rate": [britain, 0.0625] * 2,
        "GBR_gap_pp": [100 * (britain - base - 0.25), 6.25, 100 * (britain - base), 6.25],
    }
    for name, values in expected.items():
        assert gaps[name].dtype == np.float64
        assert gaps[name].tolist() == pytest.approx(values, rel=1e-13)
    fraction, points = "fraction of customs value", "percentage points"
    assert gaps.attrs["units"] == {
        "value_usd": "USD", "KOR_rate": fraction, "JPN_rate": fraction, "JPN_gap_pp": points,
        "GBR_rate": fraction, "GBR_gap_pp": points,
    }  # fmt: skip
    assert gaps.attrs["scenario_hash"] is None


def test_neighbours_claim_their_preference_on_the_share_of_the_convention() -> None:
    gaps = tc.rate_gaps(
        flows_of(), WITH_USE, dates=["2025-05-01"], competitors=["MEX", "CAN"], by=None
    )
    assert gaps.index.names == ["date", "group"]
    mfn = (300 * 0.125 + 100 * 0.5) / 450
    assert gaps["MEX_rate"].tolist() == pytest.approx([mfn / 2 + 0.03125], rel=1e-14)
    assert gaps["CAN_rate"].tolist() == pytest.approx([mfn / 2 + 0.0625], rel=1e-14)
    chapter = LAW.with_convention("preference_use_share", "chapter")
    named, left = (
        tc.rate_gaps(flows_of(), law, dates=["2025-05-01"], competitors=["MEX"])
        for law in (chapter, LAW)
    )
    assert left["MEX_rate"].tolist() == named["MEX_rate"].tolist()


@pytest.mark.parametrize("by", ["hs", "chapter", {"8703": "cars", "72": "steel"}])
def test_goods_are_grouped_as_elsewhere(by: Any) -> None:
    flows = flows_of()
    gaps = tc.rate_gaps(flows, LAW, dates=["2025-05-01"], competitors=["GBR"], by=by)
    own = LAW.effective_rate(flows, on="2025-05-01", by=by)
    assert gaps.droplevel("date").index.equals(own.index)
    assert gaps["KOR_rate"].tolist() == own["effective_rate"].tolist()
    assert gaps["value_usd"].tolist() == own["value_usd"].tolist()


def test_shares_without_a_convention_are_looked_up_too() -> None:
    bare = tc.TariffSchedule(measures=())
    lines = {"hs": "8703230140", "partner": "MEX", "value_usd": 1.0}
    full = elsewhere(bare)
    assert bare.conventions == {}
    assert full.conventions == {
        name: convention_value(name, choice) for name, choice in SHARES_OF_PARTNERS.items()
    }
    kept = bare.with_convention("usmca_share", 0.5)
    assert elsewhere(kept).conventions["usmca_share"] == 0.5
    assert elsewhere(kept.with_convention("usmca_share", "lines")).conventions == full.conventions
    assert elsewhere(full) == full
    assert full.rates(pd.DataFrame([lines | {"mfn_rate": 0.0}]), on="2025-05-01").shape == (1, 4)


def test_a_partner_is_not_its_own_competitor() -> None:
    alone = tc.rate_gaps(flows_of(), LAW, dates=["2025-05-01"], competitors=["GBR"])
    twice = tc.rate_gaps(flows_of(), LAW, dates=["2025-05-01"], competitors=["GBR", "KOR", "GBR"])
    pd.testing.assert_frame_equal(alone, twice)
    japan = tc.rate_gaps(flows_of("JPN"), WITH_USE, dates=["2025-05-01"])
    assert [name.removesuffix("_gap_pp") for name in japan.columns if name.endswith("_pp")] == [
        name for name in COMPETITORS if name != "JPN"
    ]


def test_groups_without_value_have_no_rate() -> None:
    flows = flows_of(value_usd=[1.0, 0.0, 1.0])
    gaps = tc.rate_gaps(flows, LAW, dates=["2025-05-01"], competitors=["GBR"])
    assert (
        gaps.xs("steel", level="sector").isna().all()[["KOR_rate", "GBR_rate", "GBR_gap_pp"]].all()
    )


def test_a_basket_keeps_the_metal_of_the_goods_and_forgets_who_sold_them() -> None:
    flows = flows_of(
        copper_share=0.125, aluminum_share=0.25, civil_aircraft_share=0.5,
        preferential_specific_usd_per_unit=1.0, mfn_specific_usd_per_unit=2.0,
        annual_quantity=5.0,
    )  # fmt: skip
    found = basket(flows, "JPN")
    assert set(found.columns) == {
        "hs", "partner", "value_usd", "mfn_rate", "mfn_specific_usd_per_unit", "sector",
        "steel_share", "aluminum_share", "copper_share",
    }  # fmt: skip
    assert found["partner"].tolist() == ["JPN"] * 3
    assert found["steel_share"].tolist() == [0.5, 1.0, 0.25]
    for neighbour in ("MEX", "CAN"):
        own = basket(flows, neighbour)
        assert own["preferential_rate"].tolist() == [0.0] * 3
        assert "preference_use_share" not in own
        assert "preferential_specific_usd_per_unit" not in own
    bare = tc.TradeFlows.from_frame(flows.frame[["hs", "partner", "value_usd"]])
    assert basket(bare, "JPN").columns.tolist() == ["hs", "partner", "value_usd"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {
                "flows": tc.TradeFlows.from_frame(
                    pd.concat([flows_of().frame, flows_of("JPN").frame])
                )
            },
            "flows: one partner is needed, given JPN, KOR; use .only(partner)",
        ),
        ({"dates": []}, "dates: at least one is needed"),
        ({"dates": ["June"]}, "a date like 2025-10-17 is needed, given 'June'"),
        (
            {"competitors": ["JPN", "UK"]},
            (
                "competitors cannot be compared: 1 fault\n  - partner: ISO 3166 alpha-3 codes, "
                "EU27 or ROW are needed, given 1 unknown code: 'UK'; did you mean 'UKR'?"
            ),
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(arguments: dict, message: str) -> None:
    given: dict[str, Any] = {
        "flows": flows_of(), "dates": ["2025-05-01"], "competitors": ["GBR"], **arguments,
    }  # fmt: skip
    with pytest.raises(InputError) as caught:
        tc.rate_gaps(given.pop("flows"), LAW, **given)
    assert str(caught.value) == message


def test_a_share_that_only_the_own_partner_knows_is_looked_up_for_others() -> None:
    law = LAW.with_convention("usmca_share", "lines")
    table = LAW.with_convention("usmca_share", "2025")
    for competitor in ("MEX", "GBR"):
        options = {"dates": ["2025-05-01"], "competitors": [competitor]}
        found = tc.rate_gaps(flows_of(mfn_rate=0.0), law, **options)
        expected = tc.rate_gaps(flows_of(mfn_rate=0.0), table, **options)
        name = f"{competitor}_rate"
        assert found[name].tolist() == expected[name].tolist()
    with pytest.raises(UnknownNameError, match="unknown grouping 'port'"):
        tc.rate_gaps(flows_of(), LAW, dates=["2025-05-01"], by="port")
    assert math.isfinite(tc.rate_gaps(flows_of(), law, dates=["2025-05-01"],
                                      competitors=["GBR"])["GBR_rate"].sum())  # fmt: skip
