"""Terms and tariffs of the packaged vintages against numbers worked out by hand."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.scenario.parts import SCHEDULES

BN = 1e9


def rates(scenario: tc.Scenario, hs: str) -> list[float]:
    """Return the total rates of a code of the packaged flows: status quo, no deal, deal."""
    flows = tc.load_flows("us-imports-2024", partners=[scenario.pledge.payer]).frame
    line = flows[flows["hs"] == hs]
    assert len(line) == 1, hs
    found = [
        getattr(scenario, name).rates(line, on=scenario.tariffs.law_date)["total_rate"].item()
        for name in SCHEDULES
    ]
    return [round(rate, 12) for rate in found]


def mfn(scenario: tc.Scenario, hs: str) -> float:
    flows = tc.load_flows("us-imports-2024", partners=[scenario.pledge.payer]).frame
    line = flows[flows["hs"] == hs]
    used = line["preference_use_share"] if scenario.pledge.payer != "CHE" else 0.0
    return float((line["mfn_rate"] * (1.0 - used)).item())


KOREAN_CAR, CAR, PARTS, WATCH = "8703230140", "870323", "870829", "910221"
HEATER, MEDICAL = "8419110000", "901890"


@pytest.mark.parametrize(
    ("name", "day", "hs", "expected"),
    [
        # Cars: 2.5% MFN and 25% on top against 15% in all.
        ("japan-us", "2025-09-04", CAR, [0.275, 0.275, 0.15]),
        ("japan-us", "2025-10-01", CAR, [0.15, 0.275, 0.15]),
        ("eu-us", "2025-08-21", CAR, [0.275, 0.275, 0.15]),
        ("switzerland-us", "2025-11-14", CAR, [0.275, 0.275, 0.275]),
        ("taiwan-us", "2026-01-15", CAR, [0.275, 0.275, 0.275]),
        # Bodies of cars, 2.5% MFN: a vehicle part.
        ("japan-us", "2025-09-04", PARTS, [0.275, 0.275, 0.15]),
        ("japan-us", "2025-10-01", PARTS, [0.15, 0.275, 0.15]),
        ("eu-us", "2025-08-21", PARTS, [0.275, 0.275, 0.15]),
        ("taiwan-us", "2026-01-15", PARTS, [0.275, 0.275, 0.15]),
        # Gas heaters of Korea, medical instruments of the others: free of MFN duty, on no list.
        ("korea-us", "2025-10-29", HEATER, [0.15, 0.25, 0.15]),
        ("korea-us", "2025-11-14", HEATER, [0.15, 0.25, 0.15]),
        ("korea-us", "2026-01-16", HEATER, [0.15, 0.25, 0.15]),
        ("japan-us", "2025-09-04", MEDICAL, [0.15, 0.25, 0.15]),
        ("eu-us", "2025-08-21", MEDICAL, [0.15, 0.3, 0.15]),
        ("switzerland-us", "2025-11-14", MEDICAL, [0.39, 0.39, 0.15]),
        ("taiwan-us", "2026-01-15", MEDICAL, [0.2, 0.2, 0.15]),
        # Hot-rolled steel, free of MFN duty: no deal cut it.
        ("japan-us", "2025-09-04", "720839", [0.5, 0.5, 0.5]),
        ("korea-us", "2026-01-16", "7208390030", [0.5, 0.5, 0.5]),
        # Chips are on Annex II.
        ("taiwan-us", "2026-01-15", "854231", [0.0, 0.0, 0.0]),
    ],
)
def test_the_main_goods_of_a_partner_pay_what_the_law_says(
    name: str, day: str, hs: str, expected: list[float]
) -> None:
    assert rates(tc.load_scenario(name, as_of=day), hs) == expected


@pytest.mark.parametrize("day", ["2025-10-29", "2025-11-14", "2026-01-16"])
def test_a_korean_car_pays_25_on_the_rate_it_claims_or_15_in_all(day: str) -> None:
    scenario = tc.load_scenario("korea-us", as_of=day)
    base = mfn(scenario, KOREAN_CAR)
    assert 0 < base < 0.001  # nearly every car claims the free rate of KORUS
    law, no_deal, deal = rates(scenario, KOREAN_CAR)
    assert law == pytest.approx(0.15 if day == "2026-01-16" else base + 0.25, abs=1e-12)
    assert no_deal == pytest.approx(base + 0.25, abs=1e-12)
    assert deal == pytest.approx(0.15, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "day", "hs", "added", "threat", "cap"),
    [
        ("switzerland-us", "2025-11-14", WATCH, 0.39, 0.39, 0.15),
        ("taiwan-us", "2026-01-15", "871200", 0.2, 0.2, 0.15),
        ("japan-us", "2025-09-04", "848120", 0.15, 0.25, 0.15),
    ],
)
def test_a_cap_holds_the_base_rate_and_an_addition_does_not(
    name: str, day: str, hs: str, added: float, threat: float, cap: float
) -> None:
    scenario = tc.load_scenario(name, as_of=day)
    base = mfn(scenario, hs)
    assert 0 < base < cap
    law, no_deal, deal = rates(scenario, hs)
    assert law == pytest.approx(base + added, abs=1e-12)
    assert no_deal == pytest.approx(base + threat, abs=1e-12)
    assert deal == pytest.approx(cap, abs=1e-12)


def test_goods_of_europe_above_the_cap_pay_no_more_than_before() -> None:
    scenario = tc.load_scenario("eu-us", as_of="2025-08-21")
    flows = tc.load_flows("us-imports-2024", partners=["EU27"]).frame
    dear = flows[(flows["mfn_rate"] > 0.15) & (flows["base_rate_basis"] == "statutory")]
    found = scenario.deal.rates(dear, on="2025-08-21")
    plain = found.filter(like="section_232").sum(axis=1) == 0
    assert plain.sum() > 20
    assert np.allclose(
        found.loc[plain, "total_rate"], dear.loc[plain, "mfn_rate"], rtol=0, atol=1e-15
    )


VINTAGES = [(name, str(day.date())) for name, day in tc.list_scenarios()["as_of"].items()]


@pytest.mark.parametrize(("name", "day"), VINTAGES)
def test_the_saving_of_a_year_is_the_difference_of_the_duties(name: str, day: str) -> None:
    scenario = tc.load_scenario(name, as_of=day)
    flows = tc.load_flows("us-imports-2024", partners=[scenario.pledge.payer])
    value, on = flows.frame["value_usd"].sum(), scenario.tariffs.law_date
    rate = {k: getattr(scenario, k).effective_rate(flows, on=on) for k in SCHEDULES}
    table = tc.compare(scenario, columns=["duty_saving_usd"]).droplevel("scenario")
    saved = table["duty_saving_usd"]
    expected = value * (rate["no_deal"] - rate["deal"])
    assert saved.drop("no-deal").tolist() == pytest.approx([expected] * (len(saved) - 1), rel=1e-9)
    assert saved["no-deal"] == 0
    assert rate["deal"] <= rate["status_quo"] <= rate["no_deal"]
    assert rate["deal"] < rate["no_deal"]


@pytest.mark.parametrize(("name", "day"), VINTAGES)
def test_each_vintage_is_compared_and_its_last_row_is_no_deal(name: str, day: str) -> None:
    table = tc.compare(tc.load_scenario(name, as_of=day)).droplevel("scenario")
    assert table.index[-1] == "no-deal"
    assert (table.loc["no-deal", ["headline_usd", "net_cost_usd", "net_benefit_usd"]] == 0).all()
    kinds = ["cash_usd", "loan_usd", "guarantee_usd", "private_usd"]
    drawn = table[kinds].sum(axis=1)
    assert drawn.tolist() == pytest.approx(table["headline_usd"].tolist(), rel=1e-9)
    assert table["net_cost_usd"].notna().all()
    assert (table.drop("no-deal")["relief_pv_usd"] > 0).all()


def test_korea_is_compared_with_japan_and_the_others_at_once() -> None:
    names = ["korea-us", "japan-us", "eu-us", "switzerland-us", "taiwan-us"]
    scenarios = [tc.load_scenario(name) for name in names]
    table = tc.compare(*scenarios, columns=["headline_usd", "private_usd", "net_cost_usd"])
    assert table.index.get_level_values("scenario").unique().tolist() == names
    most = table["headline_usd"].groupby("scenario").max() / BN
    assert most[names].tolist() == [350, 550, 600, 200, 250]
    # Companies' money costs no government anything.
    private = table[table["private_usd"] == table["headline_usd"]]
    assert (private["net_cost_usd"] == 0).all()
    assert {"eu-us", "switzerland-us", "taiwan-us"} <= set(private.index.get_level_values(0))


def paid_in(scenario: tc.Scenario, structure: str, account: str) -> pd.Series:
    table = tc.ledger(scenario, structure)
    return table[table["account"] == account].groupby("period")["amount_usd"].sum() / BN


def test_cash_of_the_ideas_before_the_summit_by_year() -> None:
    scenario = tc.load_scenario("korea-us", as_of="2025-10-29")
    us = paid_in(scenario, "us-8x25", "capital_call")
    assert us.index.tolist() == list(range(2026, 2034))
    assert us.tolist() == pytest.approx([25.0] * 8, rel=1e-9)
    talks = paid_in(scenario, "ten-by-20", "capital_call")
    assert talks.tolist() == pytest.approx([20.0] * 10, rel=1e-9)
    korea = paid_in(scenario, "korea-15-a-year", "capital_call")
    assert korea.tolist() == pytest.approx([15.0] * 13 + [5.0], rel=1e-9)


def test_the_signed_cash_is_200_billion_and_never_above_20_a_year() -> None:
    for day in ("2025-11-14", "2026-01-16"):
        scenario = tc.load_scenario("korea-us", as_of=day)
        for structure in ("signed-memorandum", "slow-start"):
            cash = paid_in(scenario, structure, "capital_call")
            assert cash.sum() == pytest.approx(200.0, rel=1e-9)
            assert (cash <= 20.0 + 1e-7).all()


def test_a_slow_start_pays_in_little_in_2026() -> None:
    first = {
        day: paid_in(tc.load_scenario("korea-us", as_of=day), "slow-start", "capital_call")[2026]
        for day in ("2025-11-14", "2026-01-16")
    }
    assert first["2025-11-14"] == pytest.approx(5.0, rel=1e-9)
    assert first["2026-01-16"] == pytest.approx(2.0, rel=1e-9)


def test_shipbuilding_is_150_billion_in_parts_of_its_own() -> None:
    scenario = tc.load_scenario("korea-us", as_of="2026-01-16")
    structure = scenario.pledge.structure("signed-memorandum")
    amount = {t.name: 350 * t.share for t in structure.tranches if t.part == "shipbuilding"}
    assert amount == pytest.approx(
        {"yards": 30.0, "training-and-supply-chain": 7.5, "maintenance-and-repair": 7.5,
         "ship-finance": 52.5, "guarantees": 52.5},
        rel=1e-9,
    )  # fmt: skip
    table = scenario.parameters()
    for name in amount:
        row = table.loc[f"pledge.structures.signed-memorandum.tranches.{name}.share"]
        assert row["status"] == "assumption"


def test_private_money_of_shipbuilding_does_not_enter_the_public_cost() -> None:
    scenario = tc.load_scenario("korea-us", as_of="2025-11-14")
    path = "pledge.structures.signed-memorandum.tranches.yards.instrument.expected_return"
    changed = scenario.replace({path: 0.12})
    before, after = (
        tc.compare(s, structures=["signed-memorandum"], columns=["net_cost_usd"]).iloc[0, 0]
        for s in (scenario, changed)
    )
    assert before == after


def test_what_each_day_knew_of_korea() -> None:
    known = {
        "2025-10-17": (422.02, 1392.9052, 0.0508),
        "2025-10-29": (422.02, 1392.9052, 0.0509),
        "2025-11-14": (428.82, 1423.0795, 0.0523),
        "2026-01-16": (428.05, 1465.355, 0.0529),
    }
    for day, (reserves, won, rate) in known.items():
        scenario = tc.load_scenario("korea-us", as_of=day)
        assert scenario.as_of == dt.date.fromisoformat(day)
        assert scenario.economy.reserves_usd == pytest.approx(reserves * BN, rel=1e-15)
        assert scenario.economy.krw_per_usd == won
        assert scenario.valuation.discount_rate == rate
    assert "signed-memorandum" not in [
        s.name for s in tc.load_scenario("korea-us", as_of="2025-11-13").pledge.structures
    ]
