"""Chapter 9: comparing, sweeping, break-even values, simulation and incidence."""

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.analysis import batches
from tariffcalc.analysis import settings as analysis_settings
from tariffcalc.analysis.uncertainty import Uncertain
from tariffcalc.errors import InputError, MultipleRootsError, NoRootError, TariffcalcError
from tariffcalc.scenario.evaluate import COLUMNS
from tariffcalc.testing import (
    assert_cash_conserved,
    assert_same_table,
    parameter_changes,
    scenarios,
)

UNIT = 2.0**-53  # one rounding changes a number by at most this share of it
PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
STRUCTURES = [structure.name for structure in PACKAGED.pledge.structures]
WITH_DEAL = [name for name in STRUCTURES if name != "no-deal"]
# Every 60th line, and all passenger cars above a billion: 157 lines with each authority.
LINES = tc.load_flows("us-imports-2024", partners=["KOR"]).frame
FLOWS = tc.TradeFlows.from_frame(pd.concat([LINES.iloc[::60], LINES[LINES["value_usd"] > 1e9]]))
# A comparison takes some 10 milliseconds a structure, so these laws look at fewer examples.
FEWER = settings(max_examples=settings().max_examples // 8)
FEW = settings(max_examples=settings().max_examples // 25)


QUICK = [c for c in COLUMNS if c not in ("payer_irr", "break_even_project_irr")]  # no search


def compared(*given_scenarios: tc.Scenario, **options: Any) -> pd.DataFrame:
    return tc.compare(*given_scenarios, flows=FLOWS, **options)


def own_structure(path: str) -> str | None:
    """Return the structure in whose table a path lies."""
    parts = path.split(".")
    return parts[2] if parts[:2] == ["pledge", "structures"] else None


@st.composite
def varied(draw: st.DrawFn) -> tuple[str, str, list[float]]:
    """Draw a path, a structure it matters to, and up to four values of it."""
    changes = draw(parameter_changes(PACKAGED, least=1, most=1))
    path = next(iter(changes))
    more = [draw(parameter_changes(PACKAGED, paths=[path], least=1)) for _ in range(3)]
    values = list(dict.fromkeys([changes[path], *(one[path] for one in more)]))
    return path, own_structure(path) or draw(st.sampled_from(STRUCTURES)), values


def kind_of(path: str) -> str:
    """Return a path with stars for the names of rows."""
    parts = path.split(".")
    named = {"measures", "parts", "structures", "tranches", "funding"}
    return ".".join(
        "*" if before in named else part for before, part in zip(["", *parts], parts, strict=False)
    )


# The last path of each kind of number, so that no-deal is left aside where others have it too.
KINDS = {
    kind_of(path): path
    for path in PACKAGED.parameters().index
    if own_structure(path) != "no-deal" or path.endswith("headline_usd")
}


def one_by_one(path: str, structure: str, values: list[float]) -> pd.DataFrame:
    """Return the comparison of each replaced scenario, as the rows of a sweep."""
    single = [compared(PACKAGED.replace({path: value}), structures=[structure]) for value in values]
    return pd.concat(single, ignore_index=True)


def swept(values: dict[str, Any], **options: Any) -> pd.DataFrame:
    return tc.sweep(PACKAGED, values, flows=FLOWS, **options)


def close(found: float, exact: Any, *, roundings: float, scale: float | None = None) -> bool:
    """Tell whether a float is within some roundings of its scale of an exact number."""
    size = abs(float(exact)) if scale is None else scale
    return abs(float(mpmath.mpf(float(found)) - exact)) <= roundings * UNIT * size


def line_rates(scenario: tc.Scenario, schedule: str) -> np.ndarray:
    law = getattr(scenario, schedule)
    return law.rates(FLOWS, on=scenario.tariffs.law_date)["total_rate"].to_numpy()


def yearly_gain(scenario: tc.Scenario, schedule: str = "deal") -> float:
    """Return the exporters' gain of a year from the public response, line by line."""
    before, after = line_rates(scenario, "no_deal"), line_rates(scenario, schedule)
    answer = scenario.trade.response.respond(FLOWS, before, after)
    return math.fsum(answer["exporter_gain_usd"])


# Compare


@FEWER
@given(scenarios())
def test_what_is_left_of_relief_and_receipts_is_a_difference(scenario: tc.Scenario) -> None:
    """ANALYSIS-1: net cost = PV outlays − PV receipts, net benefit = relief − net cost (bits)."""
    table = compared(scenario, columns=QUICK)
    left = (table["pv_outlay_usd"] - table["pv_receipts_usd"]).rename("net_cost_usd")
    assert_same_table(table[["net_cost_usd"]], left.to_frame())
    worth = (table["relief_pv_usd"] - table["net_cost_usd"]).rename("net_benefit_usd")
    assert_same_table(table[["net_benefit_usd"]], worth.to_frame())


@FEWER
@given(scenarios())
def test_ratios_are_quotients_and_unknown_where_there_is_nothing_to_divide_by(
    scenario: tc.Scenario,
) -> None:
    """ANALYSIS-2: benefit-cost ratio = relief ÷ net cost, NaN ⇔ net cost ≤ 0; subsidy rate too."""
    for row in compared(scenario, columns=QUICK).itertuples():
        cost, outlay = row.net_cost_usd, row.pv_outlay_usd
        assert np.isnan(row.benefit_cost_ratio) == (cost <= 0)
        assert cost <= 0 or row.benefit_cost_ratio == row.relief_pv_usd / cost
        assert np.isnan(row.subsidy_rate) == (outlay == 0)
        assert outlay == 0 or row.subsidy_rate == cost / outlay


@FEWER
@given(scenarios())
def test_the_instruments_add_up_to_what_is_used_of_the_headline(scenario: tc.Scenario) -> None:
    """ANALYSIS-3: cash + loans + guarantees + private = headline · utilisation (in fractions)."""
    table = compared(scenario, columns=QUICK)
    for structure in scenario.pledge.structures:
        row = table.loc[(scenario.name, structure.name)]
        own = structure.headline_usd
        assert row["headline_usd"] == (scenario.pledge.headline_usd if own is None else own)
        drawn = sum(Fraction(row[f"{k}_usd"]) for k in ("cash", "loan", "guarantee", "private"))
        shares = sum(Fraction(tranche.share) for tranche in structure.tranches)
        used = Fraction(row["headline_usd"]) * Fraction(structure.utilisation_share) * shares
        # A tranche rounds twice, and is added to at most five others.
        assert abs(drawn - used) <= 8 * Fraction(UNIT) * used


@FEWER
@given(parameter_changes(PACKAGED, most=6))
def test_without_a_deal_nothing_is_paid_and_nothing_is_gained(changes: dict) -> None:
    """ANALYSIS-4: the no-deal row is 0 in every amount and NaN in every return."""
    left = {p: v for p, v in changes.items() if "draw_years" not in p}
    row = compared(PACKAGED.replace(left), structures=["no-deal"]).iloc[0]
    unknown = {
        "subsidy_rate",
        "payer_irr",
        "break_even_project_irr",
        "payback_year",
        "benefit_cost_ratio",
        "risk_adjusted_cost_usd",  # this vintage names neither a price of risk nor a GDP
        "peak_debt_share_of_gdp",
    }
    assert {column for column in row.index if np.isnan(row[column])} == unknown
    assert (row.drop(list(unknown)) == 0.0).all()


@FEW
@given(scenarios(), scenarios())
def test_scenarios_are_compared_side_by_side_as_they_are_alone(
    one: tc.Scenario, other: tc.Scenario
) -> None:
    """ANALYSIS-5: compare(a, b) is compare(a) above compare(b) (to the bit)."""
    other = other.replace({"name": f"{one.name}-2"})
    both = compared(one, other)
    assert_same_table(both, pd.concat([compared(one), compared(other)]))
    assert both.attrs["scenario_hash"] == f"{one.hash} {other.hash}"
    assert both.attrs["notes"] == [
        note for s in (one, other) for note in compared(s, columns=["headline_usd"]).attrs["notes"]
    ]


@FEW
@given(parameter_changes(PACKAGED, paths=["tariffs.durability"], least=1))
def test_scenarios_of_one_name_are_told_apart_by_their_hash(changes: dict) -> None:
    """ANALYSIS-6: two scenarios of one name are labelled name@hash, six digits of it."""
    changed = PACKAGED.replace(changes)
    assume(changed != PACKAGED)
    table = compared(PACKAGED, changed, structures=["no-deal"], columns=["headline_usd"])
    labels = [f"korea-us@{scenario.hash[:6]}" for scenario in (PACKAGED, changed)]
    assert table.index.get_level_values("scenario").tolist() == labels
    parties = tc.incidence(PACKAGED, changed, structures=["no-deal"], flows=FLOWS)
    assert parties.index.equals(table.index)


@FEW
@given(
    st.lists(st.sampled_from(STRUCTURES), min_size=1, unique=True),
    st.lists(st.sampled_from(list(COLUMNS)), min_size=1, unique=True),
)
def test_a_part_of_the_table_is_computed_as_in_the_whole(names: list, columns: list) -> None:
    """ANALYSIS-7: structures and columns asked for have the bits they have in the whole table."""
    whole = compared(PACKAGED)
    part = compared(PACKAGED, structures=names, columns=columns)
    assert_same_table(part, whole.loc[[("korea-us", name) for name in names], columns])
    assert part.attrs["units"] == {column: COLUMNS[column] for column in columns}


@FEW
@given(st.sampled_from([0.25, 0.5, 2.0, 4.0, 1024.0]))
def test_twice_the_dollars_are_twice_the_figures(factor: float) -> None:
    """ANALYSIS-8: all amounts of pledge and economy times 2^m scale USD columns by 2^m (bits)."""
    amounts = PACKAGED.parameters()
    amounts = amounts[amounts["unit"].str.startswith("USD") & amounts.index.str.match("pledge|eco")]
    scaled = PACKAGED.replace((amounts["value"] * factor).to_dict())
    before, after = compared(PACKAGED), compared(scaled)
    fixed = ["duty_saving_usd", "relief_pv_usd", "net_benefit_usd", "benefit_cost_ratio"]
    money = [c for c in COLUMNS if c.endswith("_usd") and c not in fixed]
    assert_same_table(after[money], before[money] * factor)
    rest = [c for c in COLUMNS if c not in {*money, "net_benefit_usd", "benefit_cost_ratio"}]
    assert_same_table(after[rest], before[rest])


# Relief


@FEWER
@given(scenarios())
def test_relief_is_a_geometric_sum_of_the_yearly_gain(scenario: tc.Scenario) -> None:
    """ANALYSIS-9: relief = Σ_k G·((1+g)·δ)^k/(1+r)^(k+1), k < relief years (50 digits)."""
    outlay_end = scenario.replace({"valuation.timing": "outlays_start_receipts_end"})
    table = compared(outlay_end, columns=["relief_pv_usd"])["relief_pv_usd"]
    growth, rate = scenario.trade.growth_rate, scenario.valuation.discount_rate
    with mpmath.workdps(50):
        survival = mpmath.mpf(1 + Fraction(growth)) * mpmath.mpf(scenario.tariffs.durability)
        v = 1 / (1 + mpmath.mpf(rate))
        years = range(scenario.tariffs.relief_years)
        factor = mpmath.fsum(survival**k * v ** (k + 1) for k in years)
        for structure in scenario.pledge.structures:
            gain = yearly_gain(scenario, structure.schedule)
            # 157 lines, 40 terms and 60 years of running products: below 1000 roundings.
            assert close(table[(scenario.name, structure.name)], gain * factor, roundings=1000)


@FEWER
@given(parameter_changes(PACKAGED, paths=[p for p in PACKAGED.parameters().index if "rate" in p]))
def test_the_duty_saved_is_the_difference_of_two_duties(changes: dict) -> None:
    """ANALYSIS-10: duty saving = Σ V·(t_no_deal − t_deal) over the lines (exactly rounded sum)."""
    scenario = PACKAGED.replace(changes)
    found = compared(scenario, columns=["duty_saving_usd"]).loc[("korea-us", "upfront-cash")]
    value = FLOWS.frame["value_usd"].to_numpy()
    before, after = line_rates(scenario, "no_deal"), line_rates(scenario, "deal")
    exact = math.fsum(value * before) - math.fsum(value * after)
    scale = math.fsum(value * (before + after))
    assert abs(found.item() - exact) <= 20 * UNIT * scale  # rates round apart: a dozen operations


@FEW
@given(st.sampled_from(WITH_DEAL), st.floats(0.0, 0.2), st.floats(-0.02, 0.05))
def test_relief_that_does_not_survive_lasts_one_year(name: str, rate: float, growth: float) -> None:
    """ANALYSIS-11: δ = 0, or one year of relief, leave G/(1+r) whatever growth (collapse)."""
    base = {"valuation.discount_rate": rate, "trade.growth_rate": growth}
    gone = compared(PACKAGED.replace({**base, "tariffs.durability": 0.0}), structures=[name])
    short = compared(PACKAGED.replace({**base, "tariffs.relief_years": 1}), structures=[name])
    assert gone["relief_pv_usd"].item() == short["relief_pv_usd"].item()
    assert close(gone["relief_pv_usd"].item() * (1 + rate), yearly_gain(PACKAGED), roundings=1000)


def test_importers_who_bear_all_duty_leave_exporters_nothing() -> None:
    """ANALYSIS-12: pass-through 1 gives relief 0 to the bit; pass-through 0 gives V·(τ^−1 − 1)."""
    ends = swept({"pass_through": [1.0, 0.0]}, structures=["three-years"], columns=None)
    none, all_of_it = ends["relief_pv_usd"]
    assert none == 0.0
    value = FLOWS.frame["value_usd"].to_numpy()
    before, after = line_rates(PACKAGED, "no_deal"), line_rates(PACKAGED, "deal")
    gain = math.fsum(value * ((1 + before) / (1 + after) - 1))
    years = PACKAGED.replace({"trade.response.pass_through": 0.0})
    assert abs(yearly_gain(years) - gain) <= 1000 * UNIT * gain
    assert all_of_it > 0.0


@FEW
@given(st.lists(st.floats(0.5, 1.0), min_size=2, max_size=6, unique=True))
def test_more_durable_relief_is_worth_more_and_costs_the_same(values: list) -> None:
    """ANALYSIS-13: relief rises strictly with δ, and net cost does not move (monotone)."""
    table = swept({"durability": sorted(values)}, structures=["upfront-cash"])
    apart = np.diff(table["durability"]) > 1e-9
    assert (np.diff(table["relief_pv_usd"])[apart] > 0).all()
    assert (np.diff(table["relief_pv_usd"]) >= 0).all()
    assert table["net_cost_usd"].nunique() == 1


# Sweep


@FEW
@given(varied())
@example(("pledge.structures.capacity-paced.draw_years", "capacity-paced", [1, 7, 20]))
@example(("pledge.structures.japan-terms.cash_share", "japan-terms", [0.0, 0.3, 1.0]))
def test_a_point_of_a_sweep_is_the_comparison_of_the_replaced_scenario(point: tuple) -> None:
    """ANALYSIS-14: sweep at a value = compare(s.replace(path: value)), all columns (to the bit)."""
    path, structure, values = point
    table = swept({path: values}, structures=[structure], columns=None)
    assert table["structure"].tolist() == [structure] * len(values)
    assert table[path].tolist() == values
    assert_same_table(table[list(COLUMNS)], one_by_one(path, structure, values))


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_number_can_be_swept(kind: str) -> None:
    """ANALYSIS-15: so it is for every kind of number that parameters() lists (to the bit)."""
    path = KINDS[kind]
    stated = PACKAGED.parameters().loc[path]
    ends = [stated["low"], stated["value"], stated["high"]]
    fixed = kind.endswith((".share", ".amount_usd", ".headline_usd"))  # they add up, or are 0
    values = ends if stated["low"] < stated["high"] else ends[1:2] * 2
    if values != ends and not fixed:
        values = [ends[1] / 2, ends[1]] if stated["unit"] != "years" else [1.0, 7.0]
    structure = own_structure(path) or "bond-financed"
    table = swept({path: values}, structures=[structure], columns=None)
    assert_same_table(table[list(COLUMNS)], one_by_one(path, structure, values))


@FEW
@given(st.lists(st.sampled_from(STRUCTURES), min_size=1, max_size=3, unique=True), st.data())
def test_a_short_name_stands_for_its_path_in_each_structure(
    names: list, data: st.DataObject
) -> None:
    """ANALYSIS-16: project_irr, cash_share or draw_years is set in all structures asked for."""
    term = data.draw(st.sampled_from(["project_irr", "cash_share", "draw_years"]))
    values = [1, 2, 9] if term == "draw_years" else [0.0, 0.07, 0.12]
    bare = [name for name in names if name == "no-deal"]
    having = [name for name in names if name not in bare]
    assume(having)
    table = swept({term: values}, structures=names, columns=None)
    for name in having:
        own = table[table["structure"] == name].reset_index(drop=True)
        path = f"pledge.structures.{name}.{term}"
        assert_same_table(own[list(COLUMNS)], one_by_one(path, name, values))
    assert table["structure"].tolist() == [name for name in names for _ in values]
    assert (table.loc[table["structure"] == "no-deal", "net_benefit_usd"] == 0.0).all()


@FEW
@given(
    st.lists(st.floats(0.5, 1.0), min_size=1, max_size=4, unique=True),
    st.lists(st.integers(1, 30), min_size=1, max_size=4, unique=True),
)
def test_a_grid_holds_every_combination_and_pairs_go_side_by_side(one: list, two: list) -> None:
    """ANALYSIS-17: a grid is the product of its axes, the last fastest; paired, their zip."""
    names = {"structures": ["three-years"]}
    table = swept({"durability": one, "relief_years": two}, **names)
    points = list(itertools.product(one, two))
    assert list(zip(table["durability"], table["relief_years"], strict=True)) == points
    first, second = (list(column) for column in zip(*points, strict=True))
    pairs = swept({"durability": first, "relief_years": second}, paired=True, **names)
    numbers = [column for column in table.columns if column != "structure"]
    assert_same_table(pairs[numbers], table[numbers])
    turned = swept({"relief_years": two, "durability": one}, **names)
    back = turned.sort_values(["durability", "relief_years"], ignore_index=True)
    there = table.sort_values(["durability", "relief_years"], ignore_index=True)
    assert_same_table(back[numbers], there[numbers])


@pytest.mark.parametrize("size", [1, 2, 7, 100])
@pytest.mark.parametrize("path", ["tariffs.measures.reciprocal-25.rate", "cash_share"])
def test_chunks_change_no_bit(path: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """ANALYSIS-18: a sweep is the same whatever the cases and lines looked at together (bits)."""
    values = np.linspace(0.0, 1.0, 13)
    whole = swept({path: values}, structures=["bond-financed"], columns=None)
    monkeypatch.setattr(batches, "CASES_PER_CHUNK", size)
    monkeypatch.setattr(batches, "LINE_CASES_PER_CHUNK", size * len(FLOWS))
    cut = swept({path: values}, structures=["bond-financed"], columns=None)
    assert_same_table(cut.drop(columns="structure"), whole.drop(columns="structure"))


@FEW
@given(st.permutations(range(6)), st.integers(1, 6))
def test_a_point_does_not_depend_on_its_neighbours(order: list, count: int) -> None:
    """ANALYSIS-19: the rows of a sweep are the same in any order and any company (to the bit)."""
    irr, years = np.linspace(0.01, 0.12, 6), np.array([1, 3, 5, 8, 13, 20])
    names = {"structures": ["upfront-swap"], "paired": True, "columns": None}
    whole = swept({"project_irr": irr, "draw_years": years}, **names)
    kept = order[:count]
    part = swept({"project_irr": irr[kept], "draw_years": years[kept]}, **names)
    rows = whole.loc[kept].reset_index(drop=True)
    assert_same_table(part.drop(columns="structure"), rows.drop(columns="structure"))


@FEW
@given(st.sampled_from(["upfront-cash", "three-years", "bond-financed", "capacity-paced"]))
def test_better_projects_cost_less(name: str) -> None:
    """ANALYSIS-20: net cost falls strictly with the project IRR, relief does not move."""
    table = swept({"project_irr": np.linspace(0.0, 0.3, 31)}, structures=[name])
    assert (np.diff(table["net_cost_usd"]) < 0).all()
    assert table["relief_pv_usd"].nunique() == 1


@FEW
@given(st.sampled_from(WITH_DEAL), st.lists(st.integers(0, 1000), min_size=1, max_size=9))
def test_net_cost_of_a_plain_structure_is_in_proportion_to_its_use(name: str, used: list) -> None:
    """ANALYSIS-21: net cost(u) = u · net cost(1) where no source is limited (additivity)."""
    used = [thousandths / 1000 for thousandths in used]
    source = {"market_purchases": {"cost_rate": 0.06}}
    plain = PACKAGED.replace({f"pledge.structures.{name}.funding": source})
    if name == "capacity-paced":
        plain = plain.replace({f"pledge.structures.{name}.draw_years": 20})
    path = f"pledge.structures.{name}.utilisation_share"
    table = tc.sweep(plain, {path: [1.0, *used]}, structures=[name], flows=FLOWS, columns=None)
    cost, gross = table["net_cost_usd"], table["pv_outlay_usd"][0]
    for share, found in zip(used, cost[1:], strict=True):
        assert abs(found - share * cost[0]) <= 600 * UNIT * share * gross


# Break-even


@FEWER
@given(
    st.sampled_from(WITH_DEAL),
    st.sampled_from(["project_irr", "discount_rate", "utilisation_share", "pass_through"]),
    st.floats(0.01, 0.99),
    st.sampled_from(["net_benefit_usd", "net_cost_usd", "relief_pv_usd", "pv_receipts_usd"]),
)
def test_a_break_even_value_put_back_gives_the_target(
    name: str, path: str, place: float, target: str
) -> None:
    """ANALYSIS-22: the result at each value found is the target (1e-9 of the two ends)."""
    asked = {"structure": name, "target": target, "flows": FLOWS}
    ends = tc.break_even(PACKAGED, path, **asked).results
    goal = ends[0] + place * (ends[1] - ends[0])
    found = tc.break_even(PACKAGED, path, value=goal, **asked)
    assert found.results == pytest.approx(ends, rel=1e-12)  # − goal + goal rounds twice
    assert ends[0] == ends[1] or found.values
    reached = swept({path: found.values or [0.5]}, structures=[name], columns=[target])[target]
    if found.values and ends[0] != ends[1]:
        assert np.abs(reached - goal).max() <= 1e-9 * max(map(abs, ends))


@FEW
@given(st.sampled_from(WITH_DEAL))
def test_the_use_at_which_a_deal_pays_is_the_benefit_cost_ratio(name: str) -> None:
    """ANALYSIS-23: with net cost in proportion to use, break-even use = relief ÷ net cost."""
    source = {"market_purchases": {"cost_rate": 0.06}}
    plain = PACKAGED.replace({f"pledge.structures.{name}.funding": source})
    if name == "capacity-paced":
        plain = plain.replace({f"pledge.structures.{name}.draw_years": 20})
    row = tc.compare(plain, structures=[name], flows=FLOWS).iloc[0]
    assume(row["relief_pv_usd"] < row["net_cost_usd"])
    found = tc.break_even(plain, "utilisation_share", structure=name, flows=FLOWS)
    assert float(found) == pytest.approx(row["benefit_cost_ratio"], rel=1e-11)


@FEW
@given(st.sampled_from(["upfront-cash", "three-years", "bond-financed", "capacity-paced"]))
def test_the_break_even_of_net_cost_is_the_column_of_the_comparison(name: str) -> None:
    """ANALYSIS-24: break_even(project_irr, net cost 0) is the column break_even_project_irr."""
    found = tc.break_even(
        PACKAGED, "project_irr", structure=name, target="net_cost_usd", flows=FLOWS
    )
    column = compared(PACKAGED, structures=[name], columns=["break_even_project_irr"])
    # Near 0 net cost is rough by up to 600 roundings of the outlay, and falls by more than one
    # outlay per unit of the rate: 7e-14 of a rate above 0.1.
    assert float(found) == pytest.approx(column.iloc[0, 0], rel=1e-12)
    low, high = found.brackets[0]
    assert low <= float(found) <= high


@FEW
@given(st.sampled_from(WITH_DEAL), st.floats(1.0, 10.0))
def test_a_target_out_of_reach_has_no_break_even(name: str, beyond: float) -> None:
    """ANALYSIS-25: with no value in the bounds, values is empty and float() says what was met."""
    asked = {"structure": name, "target": "relief_pv_usd", "flows": FLOWS}
    ends = tc.break_even(PACKAGED, "durability", **asked).results
    found = tc.break_even(PACKAGED, "durability", value=ends[1] * (1 + beyond), **asked)
    assert (found.values, found.brackets) == ((), ())
    with pytest.raises(NoRootError) as caught:
        float(found)
    assert (
        str(caught.value)
        == repr(found)
        == (
            f"BreakEven(no durability in [0, 1] gives relief_pv_usd = {found.value:g} for "
            f"{name!r}: it is {found.results[0]:.6g} at the low end and "
            f"{found.results[1]:.6g} at the high end)"
        )
    )


def test_several_break_even_values_are_all_given() -> None:
    """ANALYSIS-26: a result that crosses its target twice has two values; float() refuses."""
    # Discounting takes from the receipts first, and at high rates from the later outlays.
    asked = {"structure": "three-years", "target": "net_cost_usd", "flows": FLOWS}
    points = {"discount_rate": np.linspace(0.0, 1.0, 101)}
    cost = swept(points, structures=["three-years"])["net_cost_usd"]
    goal = (cost.max() + cost.iloc[-1]) / 2
    found = tc.break_even(PACKAGED, "discount_rate", value=goal, **asked)
    crossed = np.flatnonzero(np.diff(np.sign(cost - goal)))
    assert np.floor(100 * np.array(found.values)).tolist() == crossed.tolist()
    assert len(crossed) == 2
    with pytest.raises(MultipleRootsError) as caught:
        float(found)
    assert str(caught.value) == repr(found)


# Ledger and incidence


@FEWER
@given(scenarios())
def test_parties_gain_what_other_parties_lose(scenario: tc.Scenario) -> None:
    """ANALYSIS-27: each row of incidence adds up to 0; exporters gain relief, payers lose cost."""
    parties = tc.incidence(scenario, flows=FLOWS)
    table = compared(scenario, columns=QUICK)
    for row in parties.index:
        scale = parties.loc[row].abs().sum()
        assert abs(math.fsum(parties.loc[row])) <= 2000 * UNIT * scale
        assert parties.loc[row, "exporters_usd"] == table.loc[row, "relief_pv_usd"]
        cost = -parties.loc[row, "payer_public_usd"]
        assert abs(cost - table.loc[row, "net_cost_usd"]) <= 2000 * UNIT * scale


@FEWER
@given(scenarios(), st.data())
def test_the_ledger_discounted_by_hand_is_the_incidence(
    scenario: tc.Scenario, data: st.DataObject
) -> None:
    """ANALYSIS-28: Σ received − paid of the ledger, each ÷ (1+r)^time, is a party's gain."""
    name = data.draw(st.sampled_from([s.name for s in scenario.pledge.structures]))
    book = tc.ledger(scenario, name, flows=FLOWS)
    assert_cash_conserved(book)
    starts = {"funding", "capital_call", "loan_disbursement", "private_investment", "construction"}
    starts |= {"public_support", "loan_premium"}
    late = {"all_start": (0, 0), "all_middle": (0.5, 0.5), "all_end": (1, 1)}
    outlay, receipt = late.get(scenario.valuation.timing, (0, 1))
    when = book["period"] - scenario.valuation.base_date.year
    lag = book["account"].map(lambda account: outlay if account in starts else receipt)
    when = when + lag.astype(float)  # the map of no accounts is text
    worth = book["amount_usd"] * (1 + scenario.valuation.discount_rate) ** -when
    gains = tc.incidence(scenario, structures=[name], flows=FLOWS).iloc[0]
    for column, gain in gains.items():
        party = str(column).removesuffix("_usd")
        by_hand = math.fsum(worth[book["payee"] == party]) - math.fsum(
            worth[book["payer"] == party]
        )
        assert abs(by_hand - gain) <= 2000 * UNIT * math.fsum(worth)


# Simulate


def simulated(scenario: tc.Scenario = PACKAGED, **options: Any) -> pd.DataFrame:
    return tc.simulate(scenario, **{"draws": 500, "seed": 1, "flows": FLOWS, **options})


def ranged(ranges: dict[str, tuple[float, float]]) -> tc.Scenario:
    """Return the packaged scenario with these ranges and no other."""
    tree = PACKAGED.tree()
    for entry in tree["provenance"].values():
        entry.pop("low", None)
        entry.pop("high", None)
    for path, (low, high) in ranges.items():
        origin = {"status": "assumption", "source": "", "low": low, "high": high}
        tree["provenance"][path] = origin
    return tc.Scenario.from_tree(tree)


@FEW
@given(st.integers(2, 6000), st.integers(0, 2**32))
def test_the_same_seed_draws_the_same(draws: int, seed: int) -> None:
    """ANALYSIS-29: simulate is a function of scenario, draws and seed (to the bit)."""
    one, two = (simulated(draws=draws, seed=seed, structures=["japan-terms"]) for _ in range(2))
    assert_same_table(one, two)
    assert not one.equals(simulated(draws=draws, seed=seed + 1, structures=["japan-terms"]))


@FEW
@given(st.lists(st.sampled_from(STRUCTURES), min_size=1, max_size=4, unique=True))
def test_structures_see_the_same_draws_whoever_else_is_asked(names: list) -> None:
    """ANALYSIS-30: a structure's row does not depend on the other structures (to the bit)."""
    whole = simulated()
    assert_same_table(simulated(structures=names), whole.loc[names])


def seen(monkeypatch: pytest.MonkeyPatch, **options: Any) -> dict[str, np.ndarray]:
    """Return the draws that the kernels were asked for, by path."""
    blocks: list[dict[str, np.ndarray]] = []
    ask: Callable[..., Any] = analysis_settings.evaluate_all

    def recording(asked: Any, drawn: Any, *rest: Any) -> Any:
        blocks.append(dict(drawn))
        return ask(asked, drawn, *rest)

    monkeypatch.setattr(analysis_settings, "evaluate_all", recording)
    simulated(structures=["three-years"], **options)
    monkeypatch.setattr(analysis_settings, "evaluate_all", ask)
    return {path: np.concatenate([block[path] for block in blocks]) for path in blocks[0]}


@pytest.mark.parametrize(("few", "many"), [(2, 3), (500, 4096), (4096, 4097), (4100, 9000)])
def test_fewer_draws_are_the_first_of_more(
    few: int, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ANALYSIS-31: n draws are the first n of any m ≥ n draws of the same seed (prefix, bits)."""
    short, long = seen(monkeypatch, draws=few), seen(monkeypatch, draws=many)
    assert short.keys() == long.keys()
    for path, values in short.items():
        assert len(values) == few
        assert values.tobytes() == long[path][:few].tobytes()


@pytest.mark.parametrize("size", [1, 100, 4095])
def test_draws_are_looked_at_in_chunks_without_changing_a_bit(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ANALYSIS-32: simulate is the same whatever the cases looked at together (to the bit)."""
    scenario = ranged(
        {"tariffs.measures.reciprocal-25.rate": (0.15, 0.3), "tariffs.durability": (0.5, 1.0)}
    )
    whole = simulated(scenario, draws=200, structures=["three-years"])
    monkeypatch.setattr(batches, "CASES_PER_CHUNK", size)
    monkeypatch.setattr(batches, "LINE_CASES_PER_CHUNK", size * len(FLOWS))
    assert_same_table(simulated(scenario, draws=200, structures=["three-years"]), whole)


@FEW
@given(st.sampled_from(STRUCTURES))
def test_without_uncertainty_a_simulation_is_a_comparison(name: str) -> None:
    """ANALYSIS-33: ranges of no width, or of a number that plays no part, give compare (bits)."""
    still = {"economy.krw_per_usd": (1000.0, 1500.0), "tariffs.durability": (0.9, 0.9)}
    row = simulated(ranged(still), draws=8, structures=[name]).loc[name]
    single = compared(PACKAGED, structures=[name]).iloc[0]
    # A mean of eight equal numbers is exact, and so is an interpolation between two of them.
    for column in ("mean", "q05", "q25", "q50", "q75", "q95"):
        assert row[f"{column}_usd"] == single["net_benefit_usd"]
    assert row["standard_deviation_usd"] == row["standard_error_usd"] == 0.0
    assert row["positive_share"] == (single["net_benefit_usd"] > 0)
    assert row["over_fx_capacity_share"] == (single["peak_over_fx_capacity"] > 1)


@FEW
@given(st.integers(2, 5000), st.integers(0, 99))
def test_the_standard_error_is_the_deviation_over_the_root_of_the_draws(
    draws: int, seed: int
) -> None:
    """ANALYSIS-34: standard error = standard deviation ÷ √n, and quantiles rise."""
    table = simulated(draws=draws, seed=seed, structures=["three-years", "japan-terms"])
    error = table["standard_deviation_usd"] / math.sqrt(draws)
    assert_same_table(table[["standard_error_usd"]], error.to_frame("standard_error_usd"))
    quantiles = table[["q05_usd", "q25_usd", "q50_usd", "q75_usd", "q95_usd"]].to_numpy()
    assert (np.diff(quantiles, axis=1) >= 0).all()


@pytest.mark.parametrize("name", ["credit-ceiling", "three-years", "capacity-paced"])
def test_a_simulation_summarises_the_sweep_of_its_draws(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ANALYSIS-35: mean, deviation, quantiles and shares are those of sweep(draws, paired)."""
    drawn = seen(monkeypatch, draws=400)
    own = {p: v for p, v in drawn.items() if own_structure(p) in (None, name)}
    table = swept(own, paired=True, structures=[name], columns=None)
    benefit, row = table["net_benefit_usd"].to_numpy(), simulated(draws=400).loc[name]
    assert row["mean_usd"] == pytest.approx(math.fsum(benefit) / 400, rel=1e-12)
    spread = math.fsum((benefit - math.fsum(benefit) / 400) ** 2) / 399
    assert row["standard_deviation_usd"] == pytest.approx(math.sqrt(spread), rel=1e-12)
    assert row["q50_usd"] == pytest.approx((sorted(benefit)[199] + sorted(benefit)[200]) / 2)
    assert row["positive_share"] == sum(benefit > 0) / 400
    assert row["over_fx_capacity_share"] == sum(table["peak_over_fx_capacity"] > 1) / 400


@given(
    st.tuples(*[st.integers(-1000, 1000)] * 3).map(sorted).filter(lambda ends: ends[0] < ends[2]),
    st.floats(0, 1, exclude_max=True),
)
def test_a_draw_is_the_quantile_of_its_triangle(ends: list, uniform: float) -> None:
    """ANALYSIS-36: F(draw) = u with F triangular on [low, high], mode the present value."""
    low, mode, high = (end / 8 for end in ends)
    triangle = tc.Triangular(low=low, mode=mode, high=high)
    number = Uncertain("x", 0, triangle, whole=False)
    drawn = number.values(np.array([uniform]))[0]
    x, width = Fraction(float(drawn)), Fraction(high) - Fraction(low)
    assert low - 1e-12 <= drawn <= high + 1e-12
    if x <= mode and mode > low:
        reached = (x - Fraction(low)) ** 2 / (width * (Fraction(mode) - Fraction(low)))
    else:
        reached = 1 - (Fraction(high) - x) ** 2 / (width * (Fraction(high) - Fraction(mode)))
    # A rounding of x moves F by its density, at most 2/width; numbers here are below 125.
    assert abs(reached - Fraction(uniform)) <= 2 / width * Fraction(128 * 8 * UNIT) + Fraction(
        1e-15
    )


@pytest.mark.parametrize("entry", ["project_irr", "life_years", "utilisation_share"])
def test_numbers_under_one_statement_share_a_draw(
    entry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ANALYSIS-37: all numbers of one provenance entry move together, others by themselves."""
    drawn = seen(monkeypatch, draws=64)
    together = [values for path, values in drawn.items() if path.endswith(f".{entry}")]
    assert len(together) >= 7
    assert all(values.tobytes() == together[0].tobytes() for values in together)
    apart = drawn["tariffs.durability"]
    assert abs(np.corrcoef(apart, together[0])[0, 1]) < 0.5  # 4 standard errors of 64 draws


# Nothing else changes


@FEW
@given(scenarios())
def test_analysis_changes_neither_scenario_nor_flows(scenario: tc.Scenario) -> None:
    """ANALYSIS-38: compare, ledger, incidence, sweep and break-even change no argument."""
    before, lines = scenario.hash, FLOWS.frame
    name = scenario.pledge.structures[0].name
    values = {"tariffs.durability": [0.5, 1.0]}
    compared(scenario, columns=QUICK)
    tc.ledger(scenario, name, flows=FLOWS)
    tc.incidence(scenario, flows=FLOWS)
    tc.sweep(scenario, values, structures=[name], flows=FLOWS)
    tc.break_even(scenario, "tariffs.durability", structure=name, flows=FLOWS)
    assert scenario.hash == before
    assert values == {"tariffs.durability": [0.5, 1.0]}
    assert FLOWS.frame.equals(lines)


@pytest.mark.parametrize(
    "table",
    [
        compared(PACKAGED, structures=["no-deal"]),
        tc.ledger(PACKAGED, "three-years", flows=FLOWS),
        tc.incidence(PACKAGED, structures=["no-deal"], flows=FLOWS),
        swept({"durability": [0.5]}, structures=["no-deal"]),
        simulated(draws=2, structures=["no-deal"]),
        PACKAGED.parameters(),
        PACKAGED.diff(PACKAGED),
    ],
    ids=["compare", "ledger", "incidence", "sweep", "simulate", "parameters", "diff"],
)
def test_every_table_says_what_it_is(table: pd.DataFrame) -> None:
    """ANALYSIS-39: a table carries units of its columns, the scenario's hash and the version."""
    assert table.attrs["scenario_hash"] == PACKAGED.hash
    assert table.attrs["tariffcalc_version"] == tc.__version__
    assert set(table.attrs["units"]) <= set(table.columns)
    assert {c for c in table.columns if str(c).endswith("_usd")} <= set(table.attrs["units"])


@given(st.lists(st.floats(-1e6, 1e6), max_size=4))
def test_a_break_even_is_a_number_only_when_there_is_exactly_one(values: list[float]) -> None:
    """ANALYSIS-40: float(BreakEven) is its one value; none and several are refused in words."""
    found = tc.BreakEven(
        path="p", structure="s", target="net_cost_usd", value=0.0, bounds=(0.0, 1.0),
        results=(-1.0, 1.0), values=tuple(values), brackets=tuple((v, v) for v in values),
    )  # fmt: skip
    if len(values) == 1:
        assert float(found) == values[0]
    else:
        with pytest.raises(NoRootError if not values else MultipleRootsError) as caught:
            float(found)
        assert str(caught.value) == repr(found)


# What is no number


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"law_date": ["2025-03-01", "2025-05-10", "2025-10-17"]}, "upfront-cash"),
        ({"timing": ["all_start", "all_middle", "all_end"]}, "japan-terms"),
        ({"snap_back": [True, False]}, "three-years"),
        ({"pledge.structures.three-years.schedule": ["status_quo", "deal"]}, "three-years"),
        ({"drawdown": [tc.Drawdown.upfront(), tc.Drawdown.level(4)]}, "bond-financed"),
        ({"pledge.structures.upfront-cash.headline_usd": [1e11, 2e11]}, "upfront-cash"),
    ],
    ids=["date", "word", "switch", "schedule", "table", "number left open"],
)
def test_dates_words_and_tables_are_swept_as_they_are_replaced(values: dict, name: str) -> None:
    """ANALYSIS-41: a point of dates, words, switches or tables is compare of replace (bits)."""
    ((short, points),) = values.items()
    table = swept({**values, "durability": [0.5, 0.9]}, structures=[name], columns=None)
    known = PACKAGED.tree()["pledge"]["structures"][name]
    path = {"law_date": "tariffs.law_date", "timing": "valuation.timing",
            "snap_back": "tariffs.snap_back"}.get(short, short)  # fmt: skip
    path = f"pledge.structures.{name}.{short}" if short in known and "." not in short else path
    changes = [{path: v, "tariffs.durability": d} for v in points for d in (0.5, 0.9)]
    single = [compared(PACKAGED.replace(one), structures=[name]) for one in changes]
    assert_same_table(table[list(COLUMNS)], pd.concat(single, ignore_index=True))
    shown = [str(value)[:10] for value in table[short]]
    assert shown == [str(value)[:10] for value in points for _ in range(2)]


def test_dates_are_a_column_of_dates_however_they_are_given() -> None:
    """ANALYSIS-42: text, dates and timestamps of one day give one column, datetime64 (bits)."""
    days = ["2025-03-01", "2025-10-17"]
    stamps = pd.to_datetime(days)
    asked = {"structures": ["upfront-cash"]}
    tables = [
        swept({"tariffs.law_date": given_days}, **asked)
        for given_days in (days, stamps, stamps.to_numpy(), [stamp.date() for stamp in stamps])
    ]
    assert tables[0]["tariffs.law_date"].dtype == np.dtype("datetime64[us]")
    for table in tables[1:]:
        pd.testing.assert_frame_equal(table, tables[0], check_exact=True)


@FEW
@given(st.lists(st.tuples(st.sampled_from(["all_start", "all_end"]), st.floats(0.5, 1.0)),
                min_size=1, max_size=5))  # fmt: skip
def test_categories_side_by_side_are_rows_of_the_grid(pairs: list) -> None:
    """ANALYSIS-43: paired, words and numbers go side by side as in the grid (to the bit)."""
    words, numbers = (list(column) for column in zip(*pairs, strict=True))
    asked = {"structures": ["three-years"], "columns": ["net_benefit_usd"]}
    table = swept({"timing": words, "durability": numbers}, paired=True, **asked)
    for row in table.itertuples():
        point = swept({"timing": [row.timing], "durability": [row.durability]}, **asked)
        assert point["net_benefit_usd"].item() == row.net_benefit_usd


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"law_date": ["2025-13-01"]}, "a date like 2025-10-17 is needed, given '2025-13-01'"),
        ({"timing": ["late"]}, "given 'late'"),
        ({"kind": ["x"]}, "different things; give the path: "),
        ({"drawdown": [tc.Drawdown.level(2)], "draw_years": [2]}, "set the same numbers"),
        ({"timing": ["all_end"], "valuation.timing": ["all_end"]}, "is set by two of the given"),
    ],
)
def test_what_cannot_stand_side_by_side_is_refused(values: dict, said: str) -> None:
    """ANALYSIS-44: values that do not fit their path, or two names for one, are refused."""
    with pytest.raises(TariffcalcError) as caught:
        swept(values, structures=["upfront-cash"])
    assert said in str(caught.value)


# A result that jumps or turns


def test_a_jump_over_the_target_is_no_break_even() -> None:
    """ANALYSIS-45: where a result jumps over its target, no value is given, and the jump is."""
    # The year in which the project is paid back is a whole number.
    asked = {"structure": "bond-financed", "target": "payback_year", "flows": FLOWS}
    ends = {"project_irr": np.linspace(0.15, 0.3, 31)}
    years = swept(ends, structures=["bond-financed"], columns=["payback_year"])["payback_year"]
    goal = (years.max() + years.min()) // 2 + 0.5
    found = tc.break_even(PACKAGED, "project_irr", value=goal, bounds=(0.15, 0.3), **asked)
    assert found.values == found.brackets == ()
    ((low, high),) = found.jumps
    beside = swept({"project_irr": [low, high]}, structures=["bond-financed"],
                   columns=["payback_year"])["payback_year"]  # fmt: skip
    assert beside[0] > goal > beside[1]
    assert high - low <= 20 * UNIT * high
    with pytest.raises(NoRootError, match="and jumps over it at "):
        float(found)


def test_a_structure_may_be_left_out_where_the_path_names_it() -> None:
    """ANALYSIS-46: break_even of a path in a structure concerns that one; else it is asked for."""
    path = "pledge.structures.three-years.project_irr"
    asked = {"target": "net_cost_usd", "flows": FLOWS}
    assert tc.break_even(PACKAGED, path, **asked) == tc.break_even(
        PACKAGED, path, structure="three-years", **asked
    )
    with pytest.raises(InputError, match="structure: 'durability' concerns several; name one of"):
        tc.break_even(PACKAGED, "durability", **asked)


def test_two_crossings_inside_a_step_of_the_scan_are_found() -> None:
    """ANALYSIS-47: near a turning point both values are found, though no step changes sign."""
    asked = {"structure": "three-years", "target": "net_cost_usd", "flows": FLOWS}
    cost = swept({"discount_rate": np.linspace(0, 1, 401)}, structures=["three-years"])
    cost = cost["net_cost_usd"]
    goal = cost.max() * (1 + 1e-9)  # above the highest point of the scan, below the highest of all
    found = tc.break_even(PACKAGED, "discount_rate", value=goal, **asked)
    assert len(found.values) == 2
    assert found.values[1] - found.values[0] < 1 / 400
    reached = swept({"discount_rate": found.values}, structures=["three-years"])["net_cost_usd"]
    assert np.abs(reached - goal).max() <= 1e-9 * goal


@FEW
@given(
    st.sampled_from(WITH_DEAL),
    st.sampled_from(["project_irr", "discount_rate", "utilisation_share"]),
    st.floats(0.05, 0.95),
)
def test_a_break_even_value_replaced_gives_the_target_of_the_comparison(
    name: str, path: str, place: float
) -> None:
    """ANALYSIS-48: compare(replace(path: value found)) is the target, to 1e-9 of the target."""
    asked = {"structure": name, "target": "pv_receipts_usd", "flows": FLOWS}
    low, high = tc.break_even(PACKAGED, path, **asked).results
    goal = low + place * (high - low)
    assume(goal != low)
    found = tc.break_even(PACKAGED, path, value=goal, **asked)
    full = path if path == "discount_rate" else f"pledge.structures.{name}.{path}"
    full = full.replace("discount_rate", "valuation.discount_rate")
    assert found.values
    for value in found.values:
        row = compared(PACKAGED.replace({full: value}), structures=[name], columns=QUICK)
        assert row["pv_receipts_usd"].item() == pytest.approx(goal, rel=1e-9)
