"""Chapter 21: what each month costs whom in which the deal is not in force."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.analysis.delay_in_terms import DELAY_TERMS
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.numeric.postponement import postponed
from tariffcalc.testing import assert_same_table

UNIT = 2.0**-53  # one rounding changes a number by at most this share of it
DAY = "2025-10-17"
PACKAGED = tc.load_scenario("korea-us", as_of=DAY)
LATER = tc.load_scenario("korea-us", as_of="2025-11-14")
KOREA = tc.load_flows("us-imports-2024", partners=["KOR"]).frame
# Every 100th line, and all passenger cars above a billion: both authorities, 14 industries.
LINES = pd.concat([KOREA.iloc[::100], KOREA[KOREA["value_usd"] > 1e9]]).drop_duplicates("hs")
FLOWS = tc.TradeFlows.from_frame(LINES)
JAPAN = tc.load_flows("us-imports-2024", partners=["JPN"]).frame
RIVALS = JAPAN[JAPAN["hs"].isin(set(LINES["hs"].str[:6]))]
MARKETS = tc.TradeFlows.from_frame(pd.concat([LINES, RIVALS], ignore_index=True))
PARTIES = ["exporters", "importers", "host_treasury", "competitors"]
USD = ["value_usd", "duty_usd", *(f"{party}_usd" for party in PARTIES), "efficiency_usd"]
FEWER = settings(max_examples=settings().max_examples // 8)
FEW = settings(max_examples=settings().max_examples // 20)


def delayed(scenario: tc.Scenario, months: int = 12, **options: Any) -> pd.DataFrame:
    armington = scenario.trade.response.kind == "armington"
    return tc.cost_of_delay(
        scenario, months, **{"flows": MARKETS if armington else FLOWS, **options}
    )


def in_terms(scenario: tc.Scenario, **options: Any) -> pd.DataFrame:
    return tc.delay_in_terms(scenario, **{"flows": FLOWS, **options})


def months_of(industry: str, partner: str = "KOR") -> list[Fraction]:
    """Return the shares of an industry's year in each month, exactly."""
    span = {"start": "2024-01", "end": "2024-12"}
    table = tc.load_collected_duties(partners=[partner], **span)["value_usd"]
    values = [Fraction(int(v)) for v in table.xs(industry, level="naics3")]
    return [value / sum(values) for value in values]


def rate_gap(scenario: tc.Scenario, lines: pd.DataFrame, meanwhile: str = "status_quo") -> list:
    """Return by how much the deal lowers the rate of each line."""
    rates = [
        getattr(scenario, name).rates(lines, on=scenario.tariffs.law_date)["total_rate"]
        for name in (meanwhile, "deal")
    ]
    return [Fraction(before) - Fraction(after) for before, after in zip(*rates, strict=True)]


@st.composite
def situations(draw: st.DrawFn, *, armington: bool = True, lags: Any = None) -> tc.Scenario:
    """Draw the packaged scenario with another response, valuation, growth and time to answer."""
    answers: list[Any] = [
        tc.StaticResponse(pass_through=draw(st.integers(0, 8)) / 8),
        tc.ConstantElasticityResponse(
            demand_elasticity=-draw(st.integers(1, 24)) / 8,
            supply_elasticity=draw(st.integers(1, 80)) / 8,
        ),
    ]
    if armington:
        answers.append(
            tc.ArmingtonResponse(
                substitution_elasticity=2 + draw(st.integers(0, 40)) / 8,
                demand_elasticity=-draw(st.integers(1, 16)) / 8,
                supply_elasticity=draw(st.integers(1, 80)) / 8,
            )
        )
    changes = {
        "trade.response": draw(st.sampled_from(answers)),
        "trade.growth_rate": draw(st.integers(-8, 8)) / 64,
        "trade.inventory_lag_months": draw(st.integers(0, 60) if lags is None else lags) / 4,
        "trade.adjustment": draw(st.sampled_from([[], [0.5], [0.25, 0.75], [0.5, 0.75, 1.0]])),
        "tariffs.durability": draw(st.integers(32, 64)) / 64,
        "tariffs.relief_years": draw(st.integers(1, 4)),
        "valuation.frequency": draw(st.sampled_from("YQM")),
        "valuation.discount_rate": draw(st.integers(0, 8)) / 64,
    }
    return PACKAGED.replace(changes)


SIMPLE = PACKAGED.replace(
    {"tariffs.durability": 1.0, "trade.growth_rate": 0.0, "valuation.discount_rate": 0.0}
)


# What a month of delay costs


@FEWER
@given(situations(armington=False), st.sampled_from([None, "authority"]))
def test_no_month_of_delay_costs_nothing(scenario: tc.Scenario, by: Any) -> None:
    """DELAY-1: zero months have no rows, with the columns, names and units of any delay."""
    none, some = delayed(scenario, 0, by=by), delayed(scenario, 2, by=by)
    assert len(none) == 0
    assert list(none.columns) == list(some.columns)
    assert none.index.names == some.index.names
    assert none.attrs == some.attrs
    assert (none.dtypes == some.dtypes).all()


@FEWER
@given(situations(armington=False), st.integers(0, 30), st.integers(1, 30))
def test_months_of_delay_add_up(scenario: tc.Scenario, first: int, more: int) -> None:
    """DELAY-2: m + n months are m months and then n from month m on (to the bit, all parties)."""
    whole, start = delayed(scenario, first + more), pd.Period("2026-01", "M") + first
    before, after = delayed(scenario, first), delayed(scenario, more, start=str(start))
    costs = [column for column in whole if "cumulative" not in column and column != "date"]
    assert_same_table(whole.loc[:first, costs], before[costs])
    assert_same_table(whole.loc[first + 1 :, costs].set_axis(after.index), after[costs])
    for party in [*PARTIES, "efficiency"]:
        running = whole[f"{party}_pv_usd"].cumsum()
        assert_same_table(
            whole[[f"{party}_cumulative_pv_usd"]], running.to_frame(f"{party}_cumulative_pv_usd")
        )


@settings(max_examples=FEW.max_examples)
@given(situations())
def test_what_the_parties_lose_adds_up_to_efficiency(scenario: tc.Scenario) -> None:
    """DELAY-3: the four parties' costs of a month add up to efficiency, which is 0 when static."""
    table = delayed(scenario)
    for suffix in ("usd", "pv_usd"):
        each = table[[f"{party}_{suffix}" for party in PARTIES]]
        room = 8 * UNIT * each.abs().sum(axis=1)
        assert ((each.sum(axis=1) - table[f"efficiency_{suffix}"]).abs() <= room).all()
    if scenario.trade.response.kind == "static":
        assert (table["efficiency_usd"] == 0.0).all()
        assert (table["competitors_usd"] == 0.0).all()


@FEWER
@given(
    st.integers(1, 24),
    st.sampled_from([(PACKAGED, "status_quo"), (LATER, "status_quo"), (PACKAGED, "no_deal")]),
)
def test_a_month_pays_the_difference_of_two_duty_bills(months: int, case: Any) -> None:
    """DELAY-4: duty = Σ V·m·(t_status_quo − t_deal), m the industry's month of 2024 (fractions)."""
    scenario, meanwhile = case
    table = delayed(scenario, months, meanwhile=meanwhile)
    shares = {industry: months_of(industry) for industry in set(LINES["naics3"])}
    gaps, month = rate_gap(scenario, LINES, meanwhile), (months - 1) % 12
    parts = [
        Fraction(value) * shares[industry][month] * gap
        for value, industry, gap in zip(LINES["value_usd"], LINES["naics3"], gaps, strict=True)
    ]
    survived = Fraction(scenario.tariffs.durability * (1.0 + scenario.trade.growth_rate)) ** (
        (months - 1) // 12
    )
    exact = float(sum(parts) * survived)
    assert table.loc[months, "duty_usd"] == pytest.approx(exact, rel=64 * UNIT * len(LINES))
    reached = sum(p / g for p, g in zip(parts, gaps, strict=True) if abs(g) > Fraction(1, 10**12))
    grown = reached * Fraction(1.0 + scenario.trade.growth_rate) ** ((months - 1) // 12)
    assert table.loc[months, "value_usd"] == pytest.approx(float(grown), rel=64 * UNIT * len(LINES))


def test_ten_points_on_cars_by_hand() -> None:
    """DELAY-5: new cars pay 25% for 15%: V·m·(0.10 + (1 − u)·MFN), u the KORUS share (by hand)."""
    listed = tc.product_list("section-232-passenger-cars", on=DAY)
    cars = KOREA[KOREA["hs"].str.startswith(listed) & (KOREA["naics3"] == "336")]
    table = tc.cost_of_delay(PACKAGED, 12, flows=tc.TradeFlows.from_frame(cars))
    value, use, mfn = (cars[c] for c in ("value_usd", "preference_use_share", "mfn_rate"))
    year = math.fsum(value * (0.10 + (1 - use) * mfn))
    assert 3.6e9 < year < 3.7e9  # 36.1 billion of cars
    for month, share in enumerate(months_of("336"), start=1):
        row = table.loc[month]
        assert row["duty_usd"] == pytest.approx(year * float(share), rel=1e-12)
        assert row["value_usd"] == pytest.approx(math.fsum(value) * float(share), rel=1e-12)


@FEW
@given(st.lists(st.integers(1, 12), min_size=1, max_size=5, unique=True))
def test_flows_with_months_pay_in_their_own_month(months: list[int]) -> None:
    """DELAY-6: on flows with a month, duty is that of schedule.apply to the month's own lines."""
    frame = LINES.assign(month=[f"2025-{months[i % len(months)]:02d}" for i in range(len(LINES))])
    table = delayed(PACKAGED, flows=tc.TradeFlows.from_frame(frame))
    numbered = delayed(
        PACKAGED,
        flows=tc.TradeFlows.from_frame(frame.assign(month=[int(m[5:]) for m in frame["month"]])),
    )
    assert_same_table(numbered[USD], table[USD])
    for month in range(1, 13):
        own = frame[frame["month"] == f"2025-{month:02d}"]
        bills = [
            math.fsum(schedule.apply(own, on=DAY)["schedule_duty_usd"]) if len(own) else 0.0
            for schedule in (PACKAGED.status_quo, PACKAGED.deal)
        ]
        exact = bills[0] - bills[1]
        assert table.loc[month, "duty_usd"] == pytest.approx(exact, rel=1e-12, abs=1e-12 * bills[0])


@FEW
@given(situations())
def test_without_seasons_the_months_of_a_year_cost_the_same(scenario: tc.Scenario) -> None:
    """DELAY-7: without seasons or lag a month costs a twelfth of its year: Σ V·Δt/12 (exact)."""
    at_once = scenario.replace({"trade.inventory_lag_months": 0.0, "trade.adjustment": []})
    table = delayed(at_once, 24, seasonal=False)
    for _, year in table.groupby((table.index - 1) // 12):
        assert (year[USD] == year[USD].iloc[0]).all(axis=None)
    gaps = rate_gap(PACKAGED, LINES)
    duty = sum(Fraction(v) * g for v, g in zip(LINES["value_usd"], gaps, strict=True)) / 12
    assert table.loc[1, "duty_usd"] == pytest.approx(float(duty), rel=64 * UNIT * len(LINES))


# When it is felt


@FEWER
@given(situations(armington=False), st.integers(0, 18), st.integers(1, 30))
def test_a_lag_shifts_what_exporters_lose_by_exactly_its_months(
    scenario: tc.Scenario, lag: int, months: int
) -> None:
    """DELAY-8: with a lag of L months exporters lose in row m what row m + L is without (bits)."""
    scenario = scenario.replace({"trade.adjustment": [], "trade.inventory_lag_months": 0.0})
    late = delayed(scenario.replace({"trade.inventory_lag_months": float(lag)}), months)
    now = delayed(scenario, months + lag).loc[lag + 1 :].set_axis(late.index)
    for column in ("exporters_usd", "exporters_pv_usd", "competitors_usd"):
        assert_same_table(late[[column]], now[[column]])
    assert_same_table(late[["duty_usd"]], delayed(scenario, months)[["duty_usd"]])


@FEW
@given(situations(), st.integers(1, 18))
def test_until_prices_move_importers_pay_the_whole_duty(scenario: tc.Scenario, lag: int) -> None:
    """DELAY-9: with a lag L importers lose duty_m + (importers − duty)_{m+L}, treasuries alike."""
    scenario = scenario.replace({"trade.adjustment": [], "trade.inventory_lag_months": 0.0})
    late = delayed(scenario.replace({"trade.inventory_lag_months": float(lag)}), 12)
    now = delayed(scenario, 12 + lag)
    duty, after = now["duty_usd"], now.loc[lag + 1 :].set_axis(late.index)
    for column, sign in (("importers_usd", 1.0), ("host_treasury_usd", -1.0)):
        exact = sign * duty[:12] + after[column] - sign * after["duty_usd"]
        assert late[column].to_numpy() == pytest.approx(exact.to_numpy(), rel=1e-12, abs=1e-3)


@given(
    st.lists(st.integers(0, 8), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=12, max_size=12),
    st.integers(0, 6),
)
def test_a_month_of_delay_is_the_difference_of_two_starts(
    share: list, worth: list, months: int
) -> None:
    """DELAY-10: row m = Σ_t W_t(m−1) − W_t(m), W_t(s) = r·L_t + (1−r)·A_t from s on (fractions)."""
    reached = [Fraction(part, 8) for part in share]

    def from_month(start: int) -> Fraction:
        total = Fraction(0)
        for month in range(start, 12):
            r = reached[min(month - start, len(reached) - 1)]
            at_once, long_run = worth[month]
            total += r * long_run + (1 - r) * at_once
        return total

    at_once, long_run = (np.array([[pair[k] for pair in worth]], dtype=float) for k in (0, 1))
    # Past the last month nothing is worth anything.
    at_once, long_run = (np.pad(a, ((0, 0), (0, 12))) for a in (at_once, long_run))
    found = postponed(at_once, long_run, np.array([[float(r) for r in reached]]), months)
    assert found[0].tolist() == [float(from_month(m) - from_month(m + 1)) for m in range(months)]


@FEW
@given(situations())
def test_delaying_all_of_relief_costs_all_of_relief(scenario: tc.Scenario) -> None:
    """DELAY-11: a delay until relief ends costs what incidence says with status quo as no deal."""
    table = delayed(scenario, scenario.tariffs.relief_years * 12, seasonal=False)
    law = scenario.replace({"tariffs.no_deal": list(scenario.tariffs.status_quo)})
    flows = MARKETS if scenario.trade.response.kind == "armington" else FLOWS
    gains = tc.incidence(law, structures=["upfront-cash"], flows=flows).iloc[0]
    relief = tc.compare(law, structures=["upfront-cash"], flows=flows, columns=["relief_pv_usd"])
    last = table.iloc[-1]
    scale = abs(gains[["importers_usd", "host_treasury_usd"]]).max()
    for party in PARTIES:
        found = last[f"{party}_cumulative_pv_usd"]
        assert found == pytest.approx(gains[f"{party}_usd"], abs=1e-12 * scale)
    assert last["exporters_cumulative_pv_usd"] == pytest.approx(
        relief.iloc[0, 0], abs=1e-12 * scale
    )


@FEWER
@given(situations(armington=False, lags=st.just(0)), st.integers(1, 60))
def test_a_month_is_discounted_with_its_period(scenario: tc.Scenario, months: int) -> None:
    """DELAY-12: PV = cost ÷ (1+r)^(end of the month's own year, quarter or month) (200 ulps)."""
    scenario = scenario.replace({"trade.adjustment": []})
    row = delayed(scenario, months).loc[months]
    length = {"Y": 12, "Q": 3, "M": 1}[scenario.valuation.frequency]
    years = ((months - 1) // length + 1) * length / 12
    assert scenario.valuation.discount_rate is not None
    factor = (1.0 + scenario.valuation.discount_rate) ** -years
    for party in PARTIES:
        expected, room = row[f"{party}_usd"] * factor, 8 * UNIT * row["duty_usd"]
        assert row[f"{party}_pv_usd"] == pytest.approx(expected, rel=200 * UNIT, abs=room)


@FEWER
@given(situations(armington=False, lags=st.just(0)), st.integers(1, 12))
def test_a_year_later_a_month_costs_what_survives_and_grows(
    scenario: tc.Scenario, month: int
) -> None:
    """DELAY-13: row m + 12k = ((1+g)·δ)^k · row m until relief ends, and 0 afterwards."""
    scenario = scenario.replace({"trade.adjustment": []})
    years = scenario.tariffs.relief_years
    table = delayed(scenario, 12 * (years + 1))
    growth = (1.0 + scenario.trade.growth_rate) * scenario.tariffs.durability
    for later in range(years + 1):
        row, factor = table.loc[month + 12 * later], growth**later if later < years else 0.0
        for column in ("duty_usd", "exporters_usd", "importers_usd"):
            expected = table.loc[month, column] * factor
            assert row[column] == pytest.approx(expected, rel=16 * UNIT, abs=0.0)
        traded = table.loc[month, "value_usd"] * (1.0 + scenario.trade.growth_rate) ** later
        assert row["value_usd"] == pytest.approx(traded, rel=16 * UNIT)


# Which trade


@FEW
@given(situations(), st.sampled_from([-3, -1, 1, 4]))
def test_a_delay_costs_in_proportion_to_trade(scenario: tc.Scenario, power: int) -> None:
    """DELAY-14: all trade times 2^m scales every cost by 2^m (bits; Armington to 1e-12)."""
    flows = MARKETS if scenario.trade.response.kind == "armington" else FLOWS
    scaled = flows.frame.assign(value_usd=flows.frame["value_usd"] * 2.0**power)
    one, other = delayed(scenario), delayed(scenario, flows=tc.TradeFlows.from_frame(scaled))
    if scenario.trade.response.kind == "armington":
        np.testing.assert_allclose(other[USD], one[USD] * 2.0**power, rtol=1e-12)
    else:
        assert_same_table(other[USD], one[USD] * 2.0**power)


@FEW
@given(situations(), st.sampled_from([PACKAGED, LATER]), st.sampled_from(["status_quo", "no_deal"]))
def test_the_authorities_add_up_to_the_whole(
    scenario: tc.Scenario, vintage: tc.Scenario, meanwhile: str
) -> None:
    """DELAY-15: by authority, the rows of a month add up to the month; cars are all of autos'."""
    changed = vintage.replace({f"trade.{n}": v for n, v in scenario.tree()["trade"].items()})
    whole, parts = (delayed(changed, 3, meanwhile=meanwhile, by=by) for by in (None, "authority"))
    sums, usd = parts.groupby(level="month").sum(numeric_only=True), whole.columns[1:]
    scale = whole[usd].abs().max(axis=None)
    np.testing.assert_allclose(sums[usd], whole[usd], rtol=1e-12, atol=1e-13 * scale)
    autos = parts.xs("section_232_autos", level="authority")
    cars = LINES[LINES["hs"].str.startswith("8703")]
    gaps, month = rate_gap(changed, cars, meanwhile), months_of("336")[0]
    duty = sum(Fraction(v) * g * month for v, g in zip(cars["value_usd"], gaps, strict=True))
    assert autos.loc[1, "duty_usd"] >= float(duty) * (1 - 1e-12)


@FEW
@given(situations(), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_plays_no_part(scenario: tc.Scenario, random: Any) -> None:
    """DELAY-16: lines in any order cost the same (1e-12), authority by authority."""
    flows = MARKETS if scenario.trade.response.kind == "armington" else FLOWS
    places = list(range(len(flows)))
    random.shuffle(places)
    turned = tc.TradeFlows.from_frame(flows.frame.iloc[places])
    one, other = (delayed(scenario, 4, by="authority", flows=each) for each in (flows, turned))
    assert one.index.equals(other.index)
    np.testing.assert_allclose(other[USD], one[USD], rtol=1e-12, atol=1e-3)


@FEW
@given(situations(armington=False), st.integers(1, 24))
def test_where_the_deal_is_law_nothing_is_left_to_delay(scenario: tc.Scenario, months: int) -> None:
    """DELAY-17: with one law in status quo and deal all costs are 0, no authority has a row."""
    same = scenario.replace({"tariffs.status_quo": list(scenario.tariffs.deal)})
    table = delayed(same, months)
    assert (table[[c for c in table if c != "date"]] == 0.0).all(axis=None)
    assert delayed(same, months, by="authority").empty
    told = "status_quo and deal charge every line alike: nothing is left to delay"
    assert told in table.attrs["notes"]
    assert told not in delayed(scenario, months).attrs["notes"]
    in_force = tc.cost_of_delay(tc.load_scenario("korea-us", as_of="2026-01-16"), 1, flows=FLOWS)
    assert (in_force[USD] == 0.0).all(axis=None)


# In units of pledge terms


def lost_after(scenario: tc.Scenario, months: float, **options: Any) -> float:
    """Return what exporters lose in so many months, evenly inside the last one."""
    whole = math.floor(months)
    lost = delayed(scenario, whole + 1, **options)["exporters_pv_usd"]
    return math.fsum(lost[:whole]) + (months - whole) * lost.iloc[-1]


@FEW
@given(
    situations(armington=False),
    st.sampled_from(["japan-terms", "upfront-cash", "capacity-paced", "credit-ceiling"]),
    st.sampled_from([*DELAY_TERMS, "project_irr"]),
)
def test_the_months_put_back_cost_what_the_term_does(
    scenario: tc.Scenario, structure: str, term: str
) -> None:
    """DELAY-18: that many months cost exporters what compare says of the replaced term (1e-9)."""
    change = {**DELAY_TERMS, "project_irr": -0.01}[term]
    options = {"terms": {term: change}, "structures": [structure]}
    row = in_terms(scenario, **options).iloc[0]
    assume(not math.isnan(row["months"]))
    prefix = f"pledge.structures.{structure}"
    path = f"{prefix}.waterfall.{term}" if term == "split_before" else f"{prefix}.{term}"
    ends = [scenario.replace({path: row[end]}) for end in ("before", "after")]
    worth = [
        tc.compare(end, structures=[structure], columns=["net_benefit_usd"], flows=FLOWS)
        for end in ends
    ]
    cost = worth[0].iloc[0, 0] - worth[1].iloc[0, 0]
    # Both ends are hundreds of billions, of which the cost is a small difference.
    assert row["cost_usd"] == pytest.approx(cost, abs=1e-12 * 350e9)
    assert row["after"] - row["before"] == pytest.approx(change, rel=1e-9)
    lost = lost_after(scenario, abs(row["months"]))
    assert math.copysign(lost, row["months"]) == pytest.approx(row["cost_usd"], rel=1e-9)


@FEW
@given(st.integers(1, 40), st.sampled_from(["japan-terms", "credit-ceiling"]))
def test_where_all_months_cost_the_same_the_rate_is_a_quotient(points: int, structure: str) -> None:
    """DELAY-19: without growth, seasons or discounting, months = cost ÷ cost of a month (1e-12)."""
    table = in_terms(
        SIMPLE, terms={"cash_share": points / 100}, structures=[structure], seasonal=False
    )
    month = delayed(SIMPLE, 1, seasonal=False)["exporters_usd"].item()
    row = table.loc[(structure, "cash_share")]
    assume(not math.isnan(row["months"]))
    assert row["months"] == pytest.approx(row["cost_usd"] / month, rel=1e-12)


@FEW
@given(st.sampled_from(["upfront-cash", "three-years"]), st.integers(1, 20))
def test_a_point_more_than_all_cash_is_the_last_point(structure: str, points: int) -> None:
    """DELAY-20: a change out of its limits is read back from the present value: 1 − Δ to 1."""
    row = in_terms(PACKAGED, terms={"cash_share": points / 100}, structures=[structure]).iloc[0]
    assert (row["before"], row["after"]) == (1.0 - points / 100, 1.0)
    down = in_terms(PACKAGED, terms={"cash_share": -points / 100}, structures=[structure]).iloc[0]
    assert (down["before"], down["after"]) == (row["after"], row["before"])
    assert down["cost_usd"] == -row["cost_usd"]
    assert down["months"] == pytest.approx(-row["months"], rel=0, abs=0, nan_ok=True)


def test_a_term_that_a_structure_lacks_has_no_months_but_a_reason() -> None:
    """DELAY-21: NaN stands for what is not there or not reached, with the reason beside it."""
    table = in_terms(PACKAGED, terms={**DELAY_TERMS, "project_irr": -0.01})
    reasons = table["reason"]
    assert ((reasons == "") == table["months"].notna()).all()
    assert reasons["no-deal"].tolist() == [
        "cash_share: no-deal has no tranches to set it for",
        "draw_years: no-deal has no tranches to set it for",
        "no-deal has no split_before",
        "no-deal has no project_irr",
    ]
    assert "does not draw in equal yearly parts" in reasons["capacity-paced", "draw_years"]
    most = delayed(PACKAGED, 240)["exporters_cumulative_pv_usd"].max()
    assert reasons["upfront-cash", "project_irr"] == (
        f"no delay costs exporters more than {most:.6g} USD"
    )
    same = PACKAGED.replace({"tariffs.status_quo": list(PACKAGED.tariffs.deal)})
    none = in_terms(same, terms={"cash_share": 0.01}, structures=["japan-terms"])
    assert none["reason"].tolist() == ["exporters lose nothing by a delay"]


# The table


@FEWER
@given(situations(armington=False), st.integers(0, 20))
def test_a_table_of_delay_says_its_units_and_its_months(scenario: tc.Scenario, months: int) -> None:
    """DELAY-22: units of all amounts, hash, version; dates are the months from the base date on."""
    table = delayed(scenario, months)
    assert table.attrs["units"] == dict.fromkeys(table.columns.drop("date"), "USD")
    assert table.attrs["scenario_hash"] == scenario.hash
    assert table.attrs["tariffcalc_version"] == tc.__version__
    assert table.index.tolist() == list(range(1, months + 1))
    assert table["date"].tolist() == list(pd.date_range("2026-01-01", periods=months, freq="MS"))
    later = delayed(scenario, months, start="2026-03-31")
    assert later["date"].tolist() == list(pd.date_range("2026-03-01", periods=months, freq="MS"))
    terms = in_terms(scenario, structures=["no-deal"])
    assert terms.attrs["units"] == {"cost_usd": "USD", "months": "months of delay"}
    assert terms.attrs["scenario_hash"] == scenario.hash


@FEW
@given(situations(armington=False))
def test_a_delay_changes_no_argument(scenario: tc.Scenario) -> None:
    """DELAY-23: scenario, flows and terms stay as they were, and so does the answer (bits)."""
    before, terms, frame = scenario.hash, {"cash_share": 0.01}, FLOWS.frame
    one = delayed(scenario, by="authority")
    rate = in_terms(scenario, terms=terms, structures=["japan-terms"])
    assert (scenario.hash, terms) == (before, {"cash_share": 0.01})
    pd.testing.assert_frame_equal(FLOWS.frame, frame)
    pd.testing.assert_frame_equal(delayed(scenario, by="authority"), one)
    again = in_terms(scenario, terms=terms, structures=["japan-terms"])
    pd.testing.assert_frame_equal(again, rate)


EARLY = (
    "start 2025-12 is before valuation.base_date 2026-01-01, from which relief counts; "
    "set the base date to 2025-01-01"
)
UNKNOWN = "unknown meanwhile 'statusquo'; did you mean 'status_quo'? Allowed: status_quo, no_deal."


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"months": -1}, InputError, "months: whole months from 0 to 1200 are needed, given -1"),
        ({"months": 1.5}, InputError, "months: whole months from 0 to 1200 are needed, given 1.5"),
        ({"months": "3"}, InputError, "months: a number is needed, given '3'"),
        (
            {"months": 3, "start": "2025-12"},
            InputError,
            EARLY,
        ),
        (
            {"months": 3, "start": "soon"},
            InputError,
            "a date like 2025-10-17 is needed, given 'soon'",
        ),
        (
            {"months": 3, "meanwhile": "statusquo"},
            UnknownNameError,
            UNKNOWN,
        ),
        (
            {"months": 3, "by": "sector"},
            UnknownNameError,
            "unknown by 'sector'. Allowed: authority.",
        ),
    ],
)
def test_what_is_no_delay_is_refused_in_words(options: Any, error: Any, text: str) -> None:
    """DELAY-24: months, start, schedule and grouping that do not fit are refused in words."""
    with pytest.raises(error) as caught:
        delayed(PACKAGED, **options)
    assert str(caught.value) == text
