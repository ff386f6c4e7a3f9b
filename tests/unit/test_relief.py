import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.scenario.relief import (
    Relief,
    added,
    booked,
    law_of,
    line_rates,
    relief,
    suspended,
    yearly_path,
)

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
ON = PACKAGED.tariffs.law_date
# A car, a chip that Annex II exempts, a machine that pays MFN on half of its value.
FLOWS = tc.TradeFlows.from_frame(
    pd.DataFrame(
        {
            "hs": ["8703230190", "8542320036", "8428900390"],
            "partner": ["KOR", "KOR", "KOR"],
            "value_usd": [1000.0, 500.0, 200.0],
            "mfn_rate": [0.025, 0.0, 0.04],
            "preferential_rate": [0.0, 0.0, 0.0],
            "preference_use_share": [1.0, 0.0, 0.5],
            "steel_share": [0.5, 0.0, 0.0],
            "aluminum_share": [0.0, 0.0, 0.0],
            "copper_share": [0.0, 0.0, 0.0],
        }
    )
)


def law(flows: tc.TradeFlows = FLOWS) -> object:
    schedules = {name: getattr(PACKAGED, name) for name in ("status_quo", "no_deal", "deal")}
    return law_of(schedules, flows, ON, "KOR")


def cases(**varied: list) -> Cases:
    arrays = {path: np.array(values) for path, values in varied.items()}
    size = max((len(values) for values in varied.values()), default=1)
    return Cases(PACKAGED.tree(), arrays, size)


def test_the_law_holds_the_lines_of_the_payer_and_three_schedules() -> None:
    frame = FLOWS.frame
    both = pd.concat([frame.assign(partner="JPN"), frame], ignore_index=True)
    found = law(tc.TradeFlows.from_frame(both))
    assert found.value.tolist() == [1000.0, 500.0, 200.0]
    assert list(found.schedules) == ["status_quo", "no_deal", "deal"]
    with pytest.raises(UnknownNameError, match="unknown partner in flows 'KOR'"):
        law(tc.TradeFlows.from_frame(frame.assign(partner="JPN")))


def test_a_rate_is_the_base_and_what_each_measure_adds() -> None:
    measures = cases().at("tariffs.measures")
    rates = {name: line_rates(law().schedules[name], measures) for name in ("no_deal", "deal")}
    # The car pays 25% on KORUS, or 15% in all; the machine 2% of MFN and the reciprocal duty.
    assert rates["no_deal"][0] == pytest.approx([0.25, 0.0, 0.27], abs=1e-15)
    assert rates["deal"][0] == pytest.approx([0.15, 0.0, 0.17], abs=1e-15)
    for name, found in rates.items():
        public = getattr(PACKAGED, name).rates(FLOWS, on=ON)["total_rate"].to_numpy()
        assert found[0].tolist() == pytest.approx(public.tolist(), abs=1e-16)


def test_a_varied_rate_gives_a_row_of_rates_per_case() -> None:
    varied = cases(**{"tariffs.measures.reciprocal-25.rate": [0.0, 0.25, 0.5]})
    found = line_rates(law().schedules["no_deal"], varied.at("tariffs.measures"))
    assert found.shape == (3, 3)
    assert found[:, 0].tolist() == [0.25, 0.25, 0.25]
    assert found[:, 2] == pytest.approx([0.02, 0.27, 0.52], abs=1e-15)


def test_relief_of_a_year_is_split_by_the_pass_through() -> None:
    saved = 1000 * 0.1 + 200 * 0.1
    for through in (0.0, 0.5, 1.0):
        found = relief(
            law(), cases(**{"trade.response.pass_through": [through]}), "deal", Timeline(2026)
        )
        gain = sum(
            value * (((1 + after) / (1 + before)) ** (through - 1) - 1)
            for value, before, after in ((1000, 0.25, 0.15), (200, 0.27, 0.17))
        )
        duty = sum(
            value * (before - after * ((1 + after) / (1 + before)) ** (through - 1))
            for value, before, after in ((1000, 0.25, 0.15), (200, 0.27, 0.17))
        )
        assert found.duty_saving == pytest.approx([saved], rel=1e-13)
        assert found.amounts["price_change"][0, 0] == pytest.approx(gain, rel=1e-13, abs=1e-12)
        assert found.amounts["duty_saving"][0, 0] == pytest.approx(duty, rel=1e-13)


def test_no_deal_is_worth_nothing() -> None:
    found = relief(law(), cases(), "no_deal", Timeline(2026))
    assert (found.duty_saving.tolist(), found.amounts) == ([0.0], {})


def test_the_law_of_today_is_worth_what_the_threat_would_cost() -> None:
    found = relief(law(), cases(), "status_quo", Timeline(2026))
    assert found.duty_saving == pytest.approx([200 * 0.1], rel=1e-13)  # cars stay at 25%


def test_relief_is_suspended_while_a_call_is_unpaid() -> None:
    path = np.array([[1.0, 0.5, 0.25, 0.125]])
    for unpaid, left in (
        ([[0.0, 1.0, 0.0, 0.0]], [[1.0, 0.0, 0.25, 0.125]]),
        ([[0.0, 1.0]], [[1.0, 0.0, 0.0, 0.0]]),  # unpaid to the end: never paid
        ([[1.0, 0.0]], [[0.0, 0.5, 0.25, 0.125]]),
        ([[0.0]], path.tolist()),
        ([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], [[1.0, 0.0, 0.25, 0.125], [1.0, 0.5, 0.0, 0.0]]),
        ([[0.0, 0.5, 0.0, 0.0, 1.0]], [[1.0, 0.0, 0.25, 0.125]]),
    ):
        assert suspended(path, np.array(unpaid)).tolist() == left
    assert path.tolist() == [[1.0, 0.5, 0.25, 0.125]]


def test_both_accounts_of_relief_are_suspended_but_a_years_saving_is_not() -> None:
    plain = relief(law(), cases(), "deal", Timeline(2026))
    missed = relief(law(), cases(), "deal", Timeline(2026), np.array([[0.0, 1.0, 0.0]]))
    assert missed.duty_saving.tolist() == plain.duty_saving.tolist()
    for account, amounts in plain.amounts.items():
        assert missed.amounts[account][0, 1] == 0.0
        kept = np.delete(missed.amounts[account][0], 1).tolist()
        assert kept == np.delete(amounts[0], 1).tolist()


def test_relief_lasts_its_years_and_fades() -> None:
    varied = {
        "tariffs.relief_years": [1.0, 3.0],
        "tariffs.durability": [0.5, 0.5],
        "trade.growth_rate": [0.0, 0.1],
    }
    amounts = relief(law(), cases(**varied), "deal", Timeline(2026)).amounts["price_change"]
    assert amounts.shape == (2, 3)
    assert amounts[0, 1:].tolist() == [0.0, 0.0]
    assert amounts[1] / amounts[1, 0] == pytest.approx([1.0, 0.55, 0.3025], rel=1e-14)


def test_the_path_of_the_years_starts_at_one() -> None:
    path = yearly_path(np.array([0.02]), np.array([0.9]), np.array([4.0]))
    assert path[0] == pytest.approx([1.0, 0.918, 0.918**2, 0.918**3], rel=1e-14)
    lasting = yearly_path(np.zeros(1), np.ones(1), np.array([2.0, 3.0]))
    assert lasting.tolist() == [[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]]


@pytest.mark.parametrize("years", [0.0, 0.5, 2.5, -1.0])
def test_years_of_relief_are_whole(years: float) -> None:
    with pytest.raises(InputError) as caught:
        yearly_path(np.zeros(1), np.ones(1), np.array([3.0, years]))
    assert str(caught.value) == (
        f"tariffs.relief_years: whole years from 1 are needed, given {years:g}"
    )


def test_gains_are_booked_on_the_accounts_of_their_parties() -> None:
    gains = {"exporters": 8.0, "importers": 4.0, "revenue": -6.0, "home": -1.0, "created": 9.0}
    gains |= {"diverted": 3.0, "JPN": -0.5, "CHN": -0.25}
    reached = np.array([[1.0, 0.5, 0.0]])
    arrays = {name: np.array([gain]) for name, gain in gains.items()}
    found = {name: amounts.tolist() for name, amounts in booked(arrays, reached).items()}
    assert found == {
        "price_change": [[8.0, 4.0, 0.0]],
        "competitor_price_change": [[-0.75, -0.375, 0.0]],
        "home_price_change": [[-1.0, -0.5, 0.0]],
        "efficiency_gain": [[4.25, 2.125, 0.0]],
    }
    static = booked({"exporters": np.array([8.0]), "revenue": np.array([-9.0])}, reached)
    assert {name: amounts.tolist() for name, amounts in static.items()} == {
        "price_change": [[8.0, 4.0, 0.0]]
    }
    each = Relief(np.zeros(1), {}, arrays, reached).competitors
    assert {name: amounts.tolist() for name, amounts in each.items()} == {
        "JPN": [[-0.5, -0.25, 0.0]],
        "CHN": [[-0.25, -0.125, 0.0]],
    }
    assert added([]).tolist() == [0.0]
    assert added([np.ones(1), np.array([2.0, 4.0])]).tolist() == [3.0, 5.0]


def test_until_the_answer_importers_save_the_whole_duty() -> None:
    scenario = PACKAGED.replace({"trade.adjustment": [0.0, 1.0], "trade.growth_rate": 0.0})
    lasting = scenario.replace({"tariffs.durability": 1.0, "tariffs.relief_years": 2})
    found = relief(law(), Cases(lasting.tree(), {}), "deal", Timeline(2026))
    plain = relief(law(), cases(), "deal", Timeline(2026))
    assert found.amounts["price_change"][0].tolist() == [0.0, plain.amounts["price_change"][0, 0]]
    duty = [plain.duty_saving[0], plain.amounts["duty_saving"][0, 0]]
    assert found.amounts["duty_saving"][0].tolist() == duty
    assert duty[0] == pytest.approx(120.0, rel=1e-13)
    late = Cases(PACKAGED.tree(), {"trade.inventory_lag_months": np.array([0.0, 6.0])}, 2)
    lagged = relief(law(), late, "deal", Timeline(2026)).amounts["price_change"]
    assert lagged[:, 0].tolist() == [plain.amounts["price_change"][0, 0] * f for f in (1.0, 0.5)]
    assert lagged[0].tolist() == plain.amounts["price_change"][0].tolist()
