"""The costs of a delay and the trade it falls on: cases beside each other, markets, groups."""

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.scenario import answer
from tariffcalc.scenario.answer import yearly_gains
from tariffcalc.scenario.delay import (
    PARTIES,
    Asked,
    changed_lines,
    delay_costs,
    law_rates,
    market_of_lines,
    party_gains,
)
from tariffcalc.scenario.delayed_trade import (
    authority_groups,
    authority_parts,
    months_of_trade,
    numbered,
    one_group,
    shared_months,
)
from tariffcalc.scenario.evaluate import Evaluation, evaluation

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
LATER = tc.load_scenario("korea-us", as_of="2025-11-14")
KOREA = tc.load_flows("us-imports-2024").frame
LINES = pd.concat([KOREA.iloc[::400], KOREA[KOREA["value_usd"] > 1e9]]).drop_duplicates("hs")
FLOWS = tc.TradeFlows.from_frame(LINES)
JAPAN = tc.load_flows("us-imports-2024", partners=["JPN"]).frame
RIVALS = JAPAN[JAPAN["hs"].isin(set(LINES["hs"].str[:6]))]
MARKETS = tc.TradeFlows.from_frame(pd.concat([LINES, RIVALS], ignore_index=True))
ARMINGTON = tc.ArmingtonResponse(
    substitution_elasticity=4.0, demand_elasticity=-1.25, supply_elasticity=6.0
)


def ready(scenario: tc.Scenario = PACKAGED, flows: tc.TradeFlows = FLOWS) -> Evaluation:
    return evaluation(scenario, flows, apart=True)


def question(asked: Evaluation, *, months: int = 5, first: int = 0) -> Asked:
    shares = months_of_trade(asked, seasonal=True).shares
    return Asked("status_quo", first, months, shares, one_group(asked))


# Costs


def test_cases_beside_each_other_are_the_cases_alone() -> None:
    changes = {
        "tariffs.measures.autos-25.rate": np.array([0.25, 0.30, 0.20]),
        "tariffs.durability": np.array([0.9, 0.8, 1.0]),
        "trade.growth_rate": np.array([0.02, 0.0, -0.05]),
        "trade.inventory_lag_months": np.array([0.0, 2.0, 3.5]),
        "trade.response.pass_through": np.array([0.5, 0.25, 1.0]),
        "tariffs.relief_years": np.array([20.0, 1.0, 2.0]),
        "valuation.discount_rate": np.array([0.05, 0.04, 0.0]),
    }
    asked = ready()
    (together,) = delay_costs(asked, asked.cases(changes, 3), question(asked, months=30))
    for case in range(3):
        alone = PACKAGED.replace({path: values[case] for path, values in changes.items()})
        own = ready(alone)
        (single,) = delay_costs(own, own.cases(), question(own, months=30))
        for name in PARTIES:
            for found, exact in ((together.lost, single.lost), (together.present, single.present)):
                # The year is as long as that of the longest case: sums differ by roundings of 0.
                assert found[name][case] == pytest.approx(exact[name][0], rel=1e-12, abs=1e-4)
        assert together.value[case].tolist() == single.value[0].tolist()
        assert together.duty[case].tolist() == single.duty[0].tolist()


def test_costs_are_the_same_however_many_cases_are_looked_at_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    response = tc.ConstantElasticityResponse(demand_elasticity=-2.0, supply_elasticity=5.0)
    asked = ready(PACKAGED.replace({"trade.response": response}))
    rates = {"tariffs.measures.autos-25.rate": np.array([0.25, 0.30, 0.20])}
    (whole,) = delay_costs(asked, asked.cases(rates, 3), question(asked))
    monkeypatch.setattr(answer, "CELLS", 1)
    (single,) = delay_costs(asked, asked.cases(rates, 3), question(asked))
    for name in PARTIES:
        assert single.lost[name].tolist() == whole.lost[name].tolist()
    assert len(set(whole.lost["exporters"][:, 0].tolist())) == 3


def test_costs_have_a_row_per_case_and_a_column_per_month() -> None:
    asked = ready()
    (costs,) = delay_costs(asked, asked.cases(), question(asked, months=7))
    for part in (costs.value, costs.duty, *costs.lost.values(), *costs.present.values()):
        assert part.shape == (1, 7)
    assert list(costs.lost) == list(costs.present) == list(PARTIES)
    assert PARTIES == ("exporters", "importers", "host_treasury", "competitors", "efficiency")


def test_a_static_year_is_the_answer_of_a_year() -> None:
    level = PACKAGED.replace({"tariffs.durability": 1.0, "trade.growth_rate": 0.0})
    asked = ready(level)
    (costs,) = delay_costs(asked, asked.cases(), question(asked, months=12))
    rates = law_rates(asked.law, asked.cases(), "status_quo")
    year = yearly_gains(asked.law.value, lambda _: rates, asked.cases(), asked.trading)
    assert costs.lost["exporters"].sum() == pytest.approx(year["exporters"][0], rel=1e-12)
    assert costs.lost["host_treasury"].sum() == pytest.approx(year["revenue"][0], rel=1e-12)


def test_an_armington_year_is_the_answer_of_a_year_by_party() -> None:
    level = PACKAGED.replace(
        {"tariffs.durability": 1.0, "trade.growth_rate": 0.0, "trade.response": ARMINGTON}
    )
    asked = ready(level, MARKETS)
    (costs,) = delay_costs(asked, asked.cases(), question(asked, months=12))
    rates = law_rates(asked.law, asked.cases(), "status_quo")
    year = yearly_gains(asked.law.value, lambda _: rates, asked.cases(), asked.trading)
    parties = {
        "exporters": year["exporters"],
        "importers": year["importers"],
        "host_treasury": year["revenue"],
        "competitors": year["home"] + year["JPN"],
    }
    parties["efficiency"] = sum(parties.values())
    for name, exact in parties.items():
        assert costs.lost[name].sum() == pytest.approx(exact[0], rel=1e-9)
    assert costs.lost["competitors"].sum() < -1e6


def test_a_later_start_leaves_the_first_months_out() -> None:
    asked = ready(PACKAGED.replace({"trade.inventory_lag_months": 2.0}))
    (whole,) = delay_costs(asked, asked.cases(), question(asked, months=20))
    (later,) = delay_costs(asked, asked.cases(), question(asked, months=5, first=15))
    for name in PARTIES:
        assert later.lost[name].tolist() == whole.lost[name][:, 15:].tolist()
        assert later.present[name].tolist() == whole.present[name][:, 15:].tolist()
    assert later.value.tolist() == whole.value[:, 15:].tolist()


def test_quarters_and_months_discount_with_their_own_factors() -> None:
    for frequency, length in (("Y", 12), ("Q", 3), ("M", 1)):
        asked = ready(PACKAGED.replace({"valuation.frequency": frequency}))
        (costs,) = delay_costs(asked, asked.cases(), question(asked, months=14))
        factors = asked.factors(asked.cases(), 14)["receipt"][0]
        for month in (0, 2, 3, 11, 12, 13):
            lost = costs.lost["exporters"][0, month]
            found = costs.present["exporters"][0, month]
            assert found == pytest.approx(lost * factors[month // length], rel=1e-15)


def test_without_importers_theirs_is_the_rest() -> None:
    found = party_gains({"exporters": np.array([2.0]), "revenue": np.array([-5.0])})
    assert {name: gain.tolist() for name, gain in found.items()} == {
        "exporters": [2.0],
        "importers": [3.0],
        "host_treasury": [-5.0],
        "competitors": [0.0],
        "efficiency": [0.0],
    }


def test_competitors_are_home_and_all_who_sell_besides() -> None:
    names = ("exporters", "importers", "revenue", "home", "created", "diverted", "JPN", "MEX")
    gains = {name: np.array([2.0**power]) for power, name in enumerate(names)}
    found = party_gains(gains)
    assert found["competitors"].tolist() == [8.0 + 64.0 + 128.0]
    assert found["efficiency"].tolist() == [1.0 + 2.0 + 4.0 + 8.0 + 64.0 + 128.0]
    assert found["importers"].tolist() == [2.0]


# Which lines


def test_a_line_is_changed_in_any_case() -> None:
    asked = ready()
    plain = changed_lines(asked.law, asked.cases(), "status_quo")
    autos = LINES["hs"].str.startswith("8703").to_numpy()
    assert plain[autos].all()
    assert plain.sum() < plain.size
    rates = {"tariffs.measures.reciprocal-15.rate": np.array([0.15, 0.10])}
    both = changed_lines(asked.law, asked.cases(rates, 2), "no_deal")
    assert (both >= changed_lines(asked.law, asked.cases(), "no_deal")).all()
    assert changed_lines(asked.law, asked.cases(), "deal").sum() == 0


def test_a_line_belongs_to_the_authority_whose_duty_changes_most() -> None:
    asked = ready(LATER)
    names, group = authority_groups(asked, asked.cases(), "status_quo")
    assert names == ["section_232_autos", "reciprocal"]
    changed = changed_lines(asked.law, asked.cases(), "status_quo")
    assert (group >= 0).tolist() == changed.tolist()
    assert set(group[LINES["hs"].str.startswith("8703").to_numpy()]) == {0}
    chips = LINES["hs"].str.startswith("8542").to_numpy()
    assert set(group[chips & changed]) <= {1}


def under(status_quo: dict[str, dict], deal: dict[str, dict]) -> Evaluation:
    """Return the packaged scenario with a law of a few measures on all goods before and after."""
    tree = PACKAGED.tree()
    everything = {"authority": "a", "form": "additional", "start": PACKAGED.as_of}
    for name, measure in {**status_quo, **deal}.items():
        tree["tariffs"]["measures"][name] = {**everything, **measure}
    tree["tariffs"]["status_quo"], tree["tariffs"]["deal"] = list(status_quo), list(deal)
    return ready(tc.Scenario.from_tree(tree))


def grouped(status_quo: dict[str, dict], deal: dict[str, dict]) -> tuple[list[str], list[int]]:
    asked = under(status_quo, deal)
    names, group = authority_groups(asked, asked.cases(), "status_quo")
    cars = LINES["hs"].str.startswith("8703").to_numpy()
    return names, [sorted(set(group[where].tolist())) for where in (cars, ~cars)]


def test_a_change_of_the_base_is_a_group_of_its_own() -> None:
    base = {"rate": 0.40, "form": "base", "products": ["8703"]}
    assert grouped({"other-base": base}, {}) == (["base"], [[0], [-1]])


def test_an_authority_may_be_in_one_law_alone() -> None:
    some = {"rate": 0.10, "authority": "a"}
    cars = {"rate": 0.15, "authority": "b", "products": ["8703"]}
    assert grouped({"x": some}, {}) == (["a"], [[0], [0]])
    assert grouped({}, {"x": some}) == (["a"], [[0], [0]])
    assert grouped({"x": some}, {"y": cars}) == (["a", "b"], [[1], [0]])
    assert grouped({"y": cars}, {"x": some}) == (["b", "a"], [[0], [1]])


def test_a_large_part_that_stays_is_no_change() -> None:
    large = {"rate": 0.50, "authority": "large"}
    cut = {"rate": 0.15, "authority": "small"}, {"rate": 0.10, "authority": "small"}
    found = grouped({"x": large, "y": cut[0]}, {"x": large, "z": cut[1]})
    assert found == (["small"], [[0], [0]])


def test_the_parts_of_a_rate_are_base_and_authorities() -> None:
    asked = ready()
    law = asked.law.schedules["status_quo"]
    parts = authority_parts(law, asked.cases().at("tariffs.measures"))
    rates = PACKAGED.status_quo.rates(LINES, on="2025-10-17")
    assert next(iter(parts)) == "base"
    for name, part in parts.items():
        assert part == pytest.approx(rates[f"{name}_rate"].to_numpy(), abs=1e-15)


def test_groups_are_numbered_in_the_order_of_the_authorities() -> None:
    change = np.array([[0.0, 0.1, 0.0, 0.2], [0.0, 0.1, 0.3, 0.1], [0.0, 0.0, 0.0, 0.0]])
    names, group = numbered(["a", "b", "c"], change)
    assert names == ["a", "b"]
    assert group.tolist() == [-1, 0, 1, 0]
    names, group = numbered(["a", "b", "c"], change[:, [0, 2]])
    assert (names, group.tolist()) == (["b"], [-1, 0])
    names, group = numbered(["a", "b", "c"], change[:, :1])
    assert (names, group.tolist()) == ([], [-1])


def test_no_group_has_no_costs() -> None:
    asked = ready()
    nobody = np.full(len(LINES), -1)
    shares = months_of_trade(asked, seasonal=False).shares
    assert delay_costs(asked, asked.cases(), Asked("status_quo", 0, 3, shares, nobody)) == []
    assert list(Asked("status_quo", 0, 3, shares, nobody).groups) == []
    assert list(Asked("status_quo", 0, 3, shares, np.array([0, -1, 2])).groups) == [0, 1, 2]


# Markets


def test_the_lines_of_a_market_share_its_months_and_its_authority() -> None:
    changed = LATER.replace({"trade.response": ARMINGTON.model_copy(update={"market_digits": 2})})
    asked = ready(changed, MARKETS)
    market = market_of_lines(asked.trading.market, len(LINES))
    codes = asked.trading.market.codes.to_numpy()[market]
    assert codes.tolist() == LINES["hs"].str[:2].tolist()
    shares = months_of_trade(asked, seasonal=True).shares
    own = months_of_trade(ready(LATER), seasonal=True).shares
    names, group = authority_groups(asked, asked.cases(), "status_quo")
    before, after = (s.rates(LINES, on="2025-11-14") for s in (LATER.status_quo, LATER.deal))
    assert names == ["section_232_autos", "reciprocal"]
    for place in set(market.tolist()):
        inside = market == place
        assert len({tuple(column) for column in shares[:, inside].T}) == 1
        value = asked.law.value[inside]
        mean = (own[:, inside] * value).sum(axis=1) / value.sum()
        assert shares[:, inside][:, 0] == pytest.approx(mean, rel=1e-12)
        assert len(set(group[inside])) == 1
        duty = {
            name: (value * np.abs(before[f"{name}_rate"] - after[f"{name}_rate"])[inside]).sum()
            for name in names
        }
        if max(duty.values()) > 1.0:
            assert names[group[inside][0]] == max(duty, key=lambda name: duty[name])


def test_a_market_of_nothing_has_even_months() -> None:
    shares = np.array([[0.25, 1.0, 0.5], [0.75, 0.0, 0.5]])
    found = shared_months(shares, np.array([3.0, 1.0, 0.0]), np.array([0, 0, 1]))
    assert found.tolist() == [[0.4375, 0.4375, 0.5], [0.5625, 0.5625, 0.5]]
    little = shared_months(shares, np.array([0.75, 0.25, 0.0]), np.array([0, 0, 1]))
    assert little.tolist() == found.tolist()


def test_trade_without_seasons_is_even() -> None:
    asked = ready()
    found = months_of_trade(asked, seasonal=False)
    assert found.shares.tolist() == [[1 / 12] * len(LINES)] * 12
    assert found.basis == "assumption: every line's year is spread evenly over its months"
    assert months_of_trade(asked, seasonal=True).basis.startswith("months of customs value in 2024")
