import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.testing import (
    assert_gains_add_up,
    assert_rates_add_up,
    entry_dates,
    hs_codes,
    tariff_laws,
    tariff_lines,
    tariff_measures,
    tariff_schedules,
    trade_flows,
)

RATES = {"base_rate": 0.25, "a_rate": 0.5, "b_rate": 0.125, "total_rate": 0.875}
ANSWER = tc.StaticResponse(pass_through=0.5).respond(
    tc.TradeFlows.from_frame(
        pd.DataFrame({"hs": ["87"] * 2, "partner": ["KOR"] * 2, "value_usd": [100.0, 7.0]})
    ),
    0.25,
    0.15,
)


def found_by(strategy: st.SearchStrategy, is_seen: object) -> bool:
    """Tell whether the first 250 draws hold one of a kind."""
    seen: list[bool] = []

    @settings(max_examples=250)
    @given(strategy)
    def look(drawn: object) -> None:
        seen.append(bool(is_seen(drawn)))

    look()
    return any(seen)


@given(hs_codes(digits=[4]) | hs_codes())
def test_codes_have_the_length_asked_for(code: str) -> None:
    assert len(code) in (2, 4, 6, 8, 10)
    assert code.isdigit()
    assert code.isascii()


@given(entry_dates())
def test_days_are_of_two_years(day: dt.date) -> None:
    assert day.year in (2025, 2026)


@given(tariff_lines(max_size=2, digits=[6], partners=["CHE"], exact=True))
def test_lines_are_as_asked_for(lines: pd.DataFrame) -> None:
    assert len(lines) in (1, 2)
    assert set(lines["hs"].str.len()) == {6}
    assert set(lines["partner"]) == {"CHE"}
    assert ((lines["mfn_rate"] * 64) % 1 == 0).all()
    assert ((lines["steel_share"] * 8) % 1 == 0).all()


@given(trade_flows(max_size=3, digits=[2], partners=["JPN"], exact=True))
def test_flows_are_as_asked_for(flows: tc.TradeFlows) -> None:
    assert 1 <= len(flows) <= 3
    assert flows.partners == ["JPN"]
    assert set(flows.frame["hs"].str.len()) == {2}
    assert ((flows.frame["mfn_rate"] * 64) % 1 == 0).all()


@given(tariff_measures(name="mine", forms=["base"], authorities=["mfn"], codes=["8703230140"]))
def test_a_measure_is_as_asked_for(measure: tc.TariffMeasure) -> None:
    assert (measure.name, measure.form, measure.authority) == ("mine", "base", "mfn")
    assert measure.displaces == ()


@given(tariff_schedules(max_size=3))
def test_a_schedule_sets_at_most_one_base_rate(schedule: tc.TariffSchedule) -> None:
    assert len(schedule.measures) <= 3
    assert [m.form for m in schedule.measures].count("base") <= 1


@given(tariff_schedules(max_size=3, forms=["base"]))
def test_a_schedule_of_base_rates_has_one(schedule: tc.TariffSchedule) -> None:
    assert len(schedule.measures) <= 1


@given(tariff_laws(max_measures=2, max_lines=1, forms=["all_in"]))
def test_a_law_is_as_asked_for(law: tuple) -> None:
    schedule, lines = law
    assert len(schedule.measures) <= 2
    assert len(lines) == 1
    assert {m.form for m in schedule.measures} <= {"all_in"}


@pytest.mark.parametrize(
    "is_seen",
    [
        lambda law: (law[0].rates(law[1], on="2025-10-17")["total_rate"] > 0).all(),
        lambda law: any(m.end is not None for m in law[0].measures),
        lambda law: any(isinstance(m.content, str) for m in law[0].measures),
        lambda law: any(isinstance(m.content, float) for m in law[0].measures),
        lambda law: any(m.partners for m in law[0].measures),
        lambda law: any("-" in "".join(m.products) for m in law[0].measures),
        lambda law: any(m.exempt_products for m in law[0].measures),
        lambda law: any(m.specific_usd_per_unit for m in law[0].measures),
        lambda law: any(m.start.year == 2026 for m in law[0].measures),
        lambda law: law[1]["preferential_rate"].isna().any(),
        lambda law: {m.form for m in law[0].measures} == {"base", "additional", "all_in"},
        lambda law: not law[0].measures,
    ],
)
def test_laws_of_every_kind_are_drawn(is_seen: object) -> None:
    assert found_by(tariff_laws(), is_seen)


def test_rates_that_add_up_pass_and_others_are_named() -> None:
    assert_rates_add_up(pd.DataFrame([RATES, RATES | {"b_rate": 0.0, "total_rate": 0.75}]))
    for wrong in (
        {"total_rate": 0.875 + 2.0**-50},
        {"total_rate": 0.875 - 2.0**-50},
        {"base_rate": -0.25, "total_rate": 0.375},
    ):
        row = RATES | wrong
        with pytest.raises(AssertionError) as caught:
            assert_rates_add_up(pd.DataFrame([RATES, row], index=["x", "y"]))
        assert str(caught.value) == f"row 'y': {row!r}"


def test_gains_that_add_up_pass_and_others_are_named() -> None:
    assert_gains_add_up(ANSWER)
    # One that moves quantities has an efficiency, but it is still the sum of the gains.
    moving = ANSWER.assign(quantity_index=1.5, exporter_gain_usd=9.0)
    gains = moving["exporter_gain_usd"] + moving["importer_gain_usd"] + moving["revenue_change_usd"]
    assert_gains_add_up(moving.assign(efficiency_usd=gains))
    for wrong in (
        moving,
        ANSWER.assign(efficiency_usd=1e-9),
        ANSWER.assign(efficiency_usd=-1e-9),
        moving.assign(efficiency_usd=gains, quantity_index=1.0),
    ):
        with pytest.raises(AssertionError) as caught:
            assert_gains_add_up(wrong)
        assert str(caught.value) == f"row 0: {wrong.iloc[0].to_dict()!r}"
