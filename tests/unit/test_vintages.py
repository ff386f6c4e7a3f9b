"""Terms and tariffs of the packaged vintages against numbers worked out by hand."""

import datetime as dt
import re

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


DATE = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")


@pytest.mark.parametrize(("name", "day"), VINTAGES)
def test_no_source_is_dated_after_the_vintage(name: str, day: str) -> None:
    scenario = tc.load_scenario(name, as_of=day)
    texts = [entry.source for entry in scenario.provenance.values()]
    texts += [structure.source for structure in scenario.pledge.structures]
    texts += [f"{m.source} {m.citation}" for m in scenario.tariffs.measures]
    dates = [found for text in texts for found in DATE.findall(text)]
    assert dates
    assert max(dates) <= day


@pytest.mark.parametrize(("name", "day"), VINTAGES)
def test_no_measure_displaces_what_was_not_law_yet(name: str, day: str) -> None:
    later = {"section_122", "section_301_forced_labor", "section_232_drones"}
    for measure in tc.load_scenario(name, as_of=day).tariffs.measures:
        assert not later & set(measure.displaces), measure.name
        assert measure.start <= dt.date.fromisoformat(day), measure.name
        assert measure.partners == (tc.load_scenario(name).pledge.payer,)


def test_the_terms_of_the_memorandum() -> None:
    for day, rate in (("2025-11-14", 0.0473), ("2026-01-16", 0.0479)):
        scenario = tc.load_scenario("korea-us", as_of=day)
        terms = scenario.pledge.structure("signed-memorandum")
        draw, split = terms.drawdown, terms.waterfall
        assert split is not None
        assert (draw.notice_business_days, draw.annual_cap_usd) == (45, 20 * BN)
        assert (draw.commitment_end, draw.carry_over) == (dt.date(2029, 1, 19), False)
        assert (split.split_before, split.split_after, split.pooled) == (0.5, 0.1, True)
        assert (split.deemed_rate, split.deemed_spread) == (rate, 0.0)
        assert (split.adjuster, split.adjuster_years, split.split_adjusted) == (
            "at_deadline", 20, 0.5,
        )  # fmt: skip
        assert scenario.tariffs.snap_back
        spread = scenario.parameters().loc[
            "pledge.structures.signed-memorandum.waterfall.deemed_spread"
        ]
        assert (spread["status"], spread["low"], spread["high"]) == ("assumption", 0.0, 0.02)
    assert not tc.load_scenario("korea-us", as_of="2025-10-29").tariffs.snap_back


def test_requests_for_the_won_keep_the_cash_at_what_the_market_bears() -> None:
    scenario = tc.load_scenario("korea-us", as_of="2025-11-14")
    cash = paid_in(scenario, "won-requests", "capital_call")
    assert cash.tolist() == pytest.approx([17.5] * 11 + [7.5], rel=1e-9)
    refused = scenario.replace({"pledge.structures.won-requests.drawdown.request.acceptance": 0.0})
    as_signed = paid_in(scenario, "signed-memorandum", "capital_call")
    assert paid_in(refused, "won-requests", "capital_call").tolist() == as_signed.tolist()


def test_by_month_the_first_call_comes_45_business_days_after_the_notice() -> None:
    # 2 March 2026 and nine weeks of five business days: 4 May, and none of them a holiday.
    scenario = tc.load_scenario("korea-us", as_of="2025-11-14").replace(
        {"valuation.frequency": "M"}
    )
    cash = paid_in(scenario, "signed-memorandum", "capital_call")
    assert cash.index[0] == "2026-05"
    by_year = cash.groupby(cash.index.str[:4]).sum()
    assert by_year.max() == pytest.approx(20.0, rel=1e-9)
    assert by_year.sum() == pytest.approx(200.0, rel=1e-9)


def test_interest_on_the_amount_to_recover_lowers_what_is_split_later() -> None:
    # A spread keeps the payer longer at half of the cash: it can only gain.
    scenario = tc.load_scenario("korea-us", as_of="2025-11-14")
    path = "pledge.structures.signed-memorandum.waterfall.deemed_spread"
    costs = [
        tc.compare(
            scenario.replace(
                {path: spread, "pledge.structures.signed-memorandum.project_irr": 0.2}
            ),
            structures=["signed-memorandum"],
            columns=["net_cost_usd"],
        ).iloc[0, 0]
        for spread in (0.0, 0.01, 0.02)
    ]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] > costs[-1]


def test_japans_terms_are_those_of_its_memorandum() -> None:
    for day, rate in (("2025-09-04", 0.0436), ("2025-10-01", 0.043)):
        scenario = tc.load_scenario("japan-us", as_of=day)
        for terms in scenario.pledge.structures[:2]:
            split = terms.waterfall
            assert split is not None
            assert (split.daa, split.deemed_rate, split.counts) == (
                "per_period", rate, "own_receipts",
            )  # fmt: skip
            assert terms.drawdown.commitment_end == dt.date(2029, 1, 19)
        drawn = tc.compare(scenario).loc[("japan-us", "signed-memorandum")] / BN
        assert drawn["cash_usd"] == pytest.approx(550 * 0.015, rel=1e-9)
        assert drawn["loan_usd"] == pytest.approx(550 * 0.985 / 2, rel=1e-9)
        assert drawn["guarantee_usd"] == pytest.approx(550 * 0.985 / 2, rel=1e-9)
        assert np.isnan(drawn["peak_over_fx_capacity"])


def test_a_third_of_the_swiss_money_comes_in_2026() -> None:
    scenario = tc.load_scenario("switzerland-us")
    table = tc.cash_flows(
        scenario.pledge.structure("companies"), scenario.pledge, scenario.economy,
        scenario.valuation,
    )  # fmt: skip
    paid = table[table["flow"] == "private_investment"].set_index("period")["amount_usd"] / BN
    assert paid.loc[2026].item() == pytest.approx(67.0, rel=1e-9)
    assert paid.sum() == pytest.approx(200.0, rel=1e-9)
