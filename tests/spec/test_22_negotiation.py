"""Chapter 22: what terms are worth, curves of equal cost, and agreements between two sides."""

import itertools
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.errors import TariffcalcError
from tariffcalc.numeric.bargaining import efficient, log_product, preference
from tariffcalc.scenario.paths import resolve

UNIT = 2.0**-53
PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
LINES = tc.load_flows("us-imports-2024", partners=["KOR"]).frame
FLOWS = tc.TradeFlows.from_frame(pd.concat([LINES.iloc[::400], LINES[LINES["value_usd"] > 1e9]]))
FEW = settings(max_examples=settings().max_examples // 20)  # each reads the law of its scenarios
WITH_DEAL = [s.name for s in PACKAGED.pledge.structures if s.name != "no-deal"]
NAME = "upfront-cash"
OWN = f"pledge.structures.{NAME}."
CASH = PACKAGED.pledge.headline_usd


def cost(scenario: tc.Scenario, structure: str = NAME, column: str = "net_cost_usd") -> float:
    table = tc.compare(scenario, structures=[structure], columns=[column], flows=FLOWS)
    return float(table[column].item())


def changed(structure: str, changes: dict[str, float]) -> tc.Scenario:
    """Return the packaged scenario with other values of short names in one structure."""
    full = {path: v for n, v in changes.items() for path in resolve(PACKAGED, n, [structure])}
    return PACKAGED.replace(full)


def plain(split: float, irr: float, rate: float, life: int) -> tc.Scenario:
    """Return a scenario in which all is paid at once, never recovered, and nothing is built."""
    waterfall = {"waterfall.split_before": split, "waterfall.deemed_rate": 5.0}
    terms = {**waterfall, "project_irr": irr, "life_years": life, "construction_years": 0}
    changes = {f"{OWN}{name}": value for name, value in terms.items()}
    return PACKAGED.replace({**changes, "valuation.discount_rate": rate})


def annuity(rate: Any, years: int) -> Any:
    rate = mpmath.mpf(rate)
    return (1 - (1 + rate) ** -years) / rate


def plain_cost(split: Any, irr: Any, rate: Any, life: int) -> Any:
    """Return net cost of the plain scenario: H·(1 − split·A(r, N)/A(g, N))."""
    return CASH * (1 - split * annuity(rate, life) / annuity(irr, life))


PLAIN = st.tuples(
    st.floats(0.1, 0.9), st.floats(0.02, 0.2), st.floats(0.01, 0.12), st.integers(2, 40)
)


def equal_cost(x: str, y: str, scenario: tc.Scenario = PACKAGED, **options: Any) -> pd.DataFrame:
    return tc.iso_cost(scenario, x, y, **{"structure": NAME, "flows": FLOWS, **options})


# Curves of equal cost

SHARED = ("split_before", "project_irr", "deemed_rate", "utilisation_share", "cash_share")
WORTH = ("durability", "autos-15.rate", "reciprocal-15.rate", "growth_rate")


@FEW
@given(st.sampled_from(WITH_DEAL), st.permutations(SHARED), st.lists(st.floats(0.05, 0.95),
       min_size=1, max_size=3))  # fmt: skip
def test_every_point_of_a_curve_costs_the_same(
    name: str, terms: list[str], values: list[float]
) -> None:
    """NEGOTIATION-1: each (x, y) of iso_cost put back gives the present net cost (1e-9)."""
    x, y = terms[:2]
    table = equal_cost(x, y, structure=name, values=values).dropna()
    present = cost(PACKAGED, name)
    size = max(abs(present), CASH / 100)
    for point in table.to_dict("records")[:3]:
        single = cost(changed(name, {x: point[x], y: point[y]}), name)
        assert abs(single - present) <= 1e-9 * size
        assert point["net_cost_usd"] == single


@FEW
@given(PLAIN, st.lists(st.floats(0.02, 0.2), min_size=1, max_size=5))
def test_a_curve_of_split_and_yield_is_known_in_closed_form(
    terms: tuple[float, float, float, int], yields: list[float]
) -> None:
    """NEGOTIATION-2: level pooled equity, no construction: split = split₀·A(g, N)/A(g₀, N)."""
    split, irr, _, life = terms
    exact = [float(split * annuity(g, life) / annuity(irr, life)) for g in yields]
    table = equal_cost("project_irr", "split_before", plain(*terms), values=yields)
    for found, known, told in zip(table["split_before"], exact, table["solutions"], strict=True):
        if abs(known - 1.0) > 1e-9:
            assert told == ("one" if known < 1.0 else "none")
        if known < 1.0 - 1e-9:
            assert abs(found - known) <= 1e-11 * known


@FEW
@given(st.sampled_from(["three-years", "japan-terms"]), st.floats(0.02, 0.2), st.floats(-5e9, 5e9))
def test_a_curve_is_made_of_break_even_values(name: str, x: float, goal: float) -> None:
    """NEGOTIATION-3: at each x, y are the values of break_even of the scenario with x (bits)."""
    table = equal_cost("project_irr", "discount_rate", structure=name, values=[0.01, x], value=goal)
    own = table[table["project_irr"] == x]
    alone = tc.break_even(changed(name, {"project_irr": x}), "discount_rate", structure=name,
                          target="net_cost_usd", value=goal, flows=FLOWS)  # fmt: skip
    assert tuple(own["discount_rate"].dropna()) == alone.values
    word = ("none", "one", "several")[min(len(alone.values), 2)]
    assert set(own["solutions"]) == {word}


def test_a_curve_says_where_it_has_no_point_one_or_several() -> None:
    """NEGOTIATION-4: every x has a row in the order given: NaN for none, one each for several."""
    grid = [0.12, 0.03, 0.06]
    costs = tc.sweep(PACKAGED, {"project_irr": grid, "discount_rate": np.linspace(0, 1, 401)},
                     structures=["three-years"], flows=FLOWS)["net_cost_usd"]  # fmt: skip
    highest = costs.to_numpy().reshape(3, -1).max(axis=1)
    goal = float(np.sort(highest)[1]) * (1 - 1e-6)
    asked = {"structure": "three-years", "values": grid, "value": goal}
    table = equal_cost("project_irr", "discount_rate", **asked)
    assert table["project_irr"].drop_duplicates().tolist() == grid
    told = table.groupby("project_irr")["solutions"].agg(["first", "nunique", "size"])
    for irr, top in zip(grid, highest, strict=True):
        word, kinds, rows = told.loc[irr]
        assert kinds == 1
        assert (word == "none") == (top < goal)
        assert (rows > 1) == (word == "several")
    assert (table["discount_rate"].isna() == (table["solutions"] == "none")).all()
    assert {"none", "several"} <= set(table["solutions"])
    found = [own["discount_rate"].tolist() for _, own in table.dropna().groupby("project_irr")]
    assert found == [sorted(own) for own in found]


@FEW
@given(st.sampled_from(WITH_DEAL), st.permutations([*SHARED, *WORTH]))
def test_the_present_terms_lie_on_their_curve(name: str, terms: list[str]) -> None:
    """NEGOTIATION-5: at the present x the present y is a solution, if y matters at all."""
    x, y = terms[:2]
    known = {"cash_share": PACKAGED.pledge.structure(name).cash_share}
    for term in set(terms[:2]) - {"cash_share"}:
        known[term] = PACKAGED.parameters()["value"][resolve(PACKAGED, term, [name])[0]]
    values = [known[x], min(known[x] + 0.01, 1.0)]
    table = equal_cost(x, y, structure=name, target="net_benefit_usd", values=values)
    found = table.loc[table[x] == known[x], y]
    slope = tc.trade_off(PACKAGED, name, terms=[y], flows=FLOWS).values
    if slope["net_benefit_per_unit_usd"].item() != 0.0:
        assert np.abs(found - known[y]).min() <= 1e-9


def test_a_curve_of_a_whole_number_is_told_value_by_value() -> None:
    """NEGOTIATION-6: x may be whole: each number of years has the yield that costs the same."""
    table = equal_cost("draw_years", "project_irr", structure="three-years", values=range(1, 6))
    assert table["solutions"].tolist() == ["one"] * 5
    assert table["project_irr"].is_monotonic_decreasing  # later draws cost less
    present = cost(PACKAGED, "three-years")
    for years, irr in zip(table["draw_years"], table["project_irr"], strict=True):
        single = cost(
            changed("three-years", {"draw_years": years, "project_irr": irr}), "three-years"
        )
        assert abs(single - present) <= 1e-9 * present


@pytest.mark.parametrize(
    ("x", "y", "options", "said"),
    [
        ("split_before", "draw_years", {}, "draw_years is a whole number; use sweep over its"),
        ("draw_years", "split_before", {}, "draw_years is a whole number; use sweep over its"),
        ("project_irr", f"{OWN}project_irr", {}, "is set by two of the given names; leave one out"),
        ("split_before", "project_irr", {"values": []}, "at least one number for split_before"),
        ("split_before", "project_irr", {"values": 0.5}, "numbers for split_before are needed"),
        ("split_before", "project_irr", {"values": [1.5]}, "less than or equal to 1, given 1.5"),
        ("split_before", "project_irr", {"bounds": (0, 11)}, "did you mean 0.11?"),
        ("split_before", "project_irr", {"target": "npv"}, "unknown column 'npv'"),
        ("splitbefore", "project_irr", {}, "unknown path 'splitbefore'"),
        ("durability", "growth_rate", {"structure": None}, "concerns several; name one of"),
        ("split_before", "project_irr", {"structure": "japan"}, "unknown structure 'japan'"),
        ("split_before", "project_irr", {"structure": "no-deal"}, "unknown path 'split_before'"),
        ("split_before", "durability", {"target": "payer_irr", "structure": "no-deal",
         "value": None}, "unknown path"),
    ],
)  # fmt: skip
def test_a_curve_that_cannot_be_drawn_is_refused(
    x: str, y: str, options: dict[str, Any], said: str
) -> None:
    """NEGOTIATION-7: names, values and bounds that do not fit are refused with what is allowed."""
    with pytest.raises(TariffcalcError) as caught:
        equal_cost(x, y, **options)
    assert said in str(caught.value)


# What a term is worth


def traded(structure: str = NAME, scenario: tc.Scenario = PACKAGED, **options: Any) -> tc.TradeOff:
    return tc.trade_off(scenario, structure, **{"flows": FLOWS, **options})


FIXED = ("capacity-paced", "upfront-swap")  # a cap and a swap line that stay as they are


@pytest.mark.parametrize("name", [name for name in WITH_DEAL if name not in FIXED])
def test_net_cost_grows_in_proportion_to_the_amount(name: str) -> None:
    """NEGOTIATION-8: net cost is homogeneous: a dollar of headline costs net cost ÷ headline."""
    found = traded(name, terms=["headline_usd"]).values
    scale = abs(cost(PACKAGED, name, "pv_outlay_usd")) / CASH
    exact = cost(PACKAGED, name) / CASH
    assert abs(found["net_cost_per_unit_usd"].item() - exact) <= 1e-9 * scale
    assert found["net_cost_per_step_usd"].item() == found["net_cost_per_unit_usd"].item() * 1e9


@FEW
@given(PLAIN)
def test_slopes_are_those_of_the_closed_form(terms: tuple[float, float, float, int]) -> None:
    """NEGOTIATION-9: slopes in split, yield and discount rate are mpmath's, within their bound."""
    split, irr, rate, life = terms
    found = traded(scenario=plain(*terms), terms=["split_before", "project_irr", "discount_rate"])
    with mpmath.workdps(40):
        exact = [
            mpmath.diff(lambda s: plain_cost(s, irr, rate, life), split),
            mpmath.diff(lambda g: plain_cost(split, g, rate, life), irr),
            mpmath.diff(lambda r: plain_cost(split, irr, r, life), rate),
        ]
    slopes = found.values["net_cost_per_unit_usd"]
    bounds = found.slopes["error_bound_usd"].xs("net_cost", level="figure")
    for slope, known, bound in zip(slopes, exact, bounds, strict=True):
        assert abs(slope - float(known)) <= bound
        assert abs(slope - float(known)) <= 1e-7 * CASH


def derivative(function: Callable[[float], float], point: float, step: float) -> float:
    """Return f'(x) from two central differences, extrapolated: off by the step⁴."""
    near, far = ((function(point + h) - function(point - h)) / (2 * h) for h in (step / 2, step))
    return (4 * near - far) / 3


@pytest.mark.parametrize("term", ["autos-15.rate", "reciprocal-15.rate"])
@pytest.mark.parametrize("name", ["credit-ceiling", "upfront-cash"])
def test_a_point_of_tariff_is_worth_what_it_takes_from_relief(name: str, term: str) -> None:
    """NEGOTIATION-10: a rate's worth is the slope of relief in compare, and no cost (1e-8)."""
    found = traded(name, terms=[term]).values.loc[term]
    exact = derivative(
        lambda rate: cost(changed(name, {term: rate}), name, "relief_pv_usd"), 0.15, 2.0**-8
    )
    assert exact < 0.0
    assert abs(found["net_benefit_per_unit_usd"] - exact) <= 1e-8 * abs(exact)
    assert found["net_benefit_per_step_usd"] == found["net_benefit_per_unit_usd"] * 0.01
    assert found["net_cost_per_step_usd"] == 0.0


@pytest.mark.parametrize(
    ("name", "term", "present"),
    [
        ("three-years", "draw_years", 3),
        ("japan-terms", "strategic-loans.instrument.grace_years", 3),
    ],
)
def test_a_whole_number_is_worth_a_step_as_it_is(name: str, term: str, present: int) -> None:
    """NEGOTIATION-11: of a whole number the worth is the difference to one more (to the bit)."""
    found = traded(name, terms=[term])
    less, here, more = (cost(changed(name, {term: present + k}), name) for k in (-1, 0, 1))
    assert found.values["net_cost_per_step_usd"].item() == more - here
    both = found.slopes.loc[(term, "net_cost")]
    assert (both["below_usd"], both["above_usd"]) == (here - less, more - here)
    assert not both["kink"]


@pytest.mark.parametrize("target", ["net_benefit_usd", "net_cost_usd"])
@pytest.mark.parametrize("name", ["upfront-cash", "japan-terms"])
def test_exchange_rates_agree_with_each_other(name: str, target: str) -> None:
    """NEGOTIATION-12: M_ij = worth_i/worth_j (bits), so M_ii = 1 and M_ij·M_jk = M_ik (4 ulps)."""
    found = traded(name, target=target)
    worth = found.values[target.replace("_usd", "_per_step_usd")]
    rates = found.rates
    assert list(rates.index) == list(rates.columns) == list(found.values.index)
    assert (np.diag(rates) == 1.0).all()
    assert (rates.loc[:, worth == 0].isna().sum() == len(rates) - 1).all()
    some = worth[worth != 0].index
    for i, j in itertools.permutations(some, 2):
        assert rates.loc[i, j] == worth[i] / worth[j]
    for i, j, k in itertools.islice(itertools.permutations(some, 3), 200):
        product = rates.loc[i, j] * rates.loc[j, k]
        assert abs(product - rates.loc[i, k]) <= 8 * UNIT * abs(product)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        (NAME, "split_before", "project_irr"),
        ("three-years", "project_irr", "discount_rate"),
        ("japan-terms", "cash_share", "strategic-loans.instrument.rate"),
        ("credit-ceiling", "autos-15.rate", "durability"),
    ],
)
def test_a_fair_exchange_leaves_the_payer_as_it_was(name: str, one: str, other: str) -> None:
    """NEGOTIATION-13: a step of i for M_ij of j leaves net benefit but for the step squared."""
    found = traded(name, terms=[one, other])
    rate, table = found.rates.loc[one, other], found.values
    present = cost(PACKAGED, name, "net_benefit_usd")

    def left(steps: float) -> float:
        moved = {
            one: table.loc[one, "value"] + steps * table.loc[one, "step"],
            other: table.loc[other, "value"] - rate * steps * table.loc[other, "step"],
        }
        return cost(changed(name, moved), name, "net_benefit_usd") - present

    worth = abs(table.loc[one, "net_benefit_per_step_usd"])
    assert abs(left(2.0**-10)) <= 1e-3 * 2.0**-10 * worth + 1e-12 * CASH
    assert abs(left(0.125)) <= 0.27 * abs(left(0.25)) + 1e-12 * CASH


def test_a_kink_has_a_slope_on_each_side() -> None:
    """NEGOTIATION-14: where a cap fills its last year, d cost/d cap ∝ S − n·vⁿ and S − n·vⁿ⁻¹."""
    name, rate, years = "capacity-paced", 0.05, 20
    own = f"pledge.structures.{name}.waterfall."
    scenario = PACKAGED.replace(
        {f"{own}split_before": 0.3, f"{own}split_after": 0.3, "valuation.discount_rate": rate}
    )
    found = traded(name, scenario, terms=["annual_cap_usd", "split_before"])
    below, above = found.slopes.loc[("annual_cap_usd", "net_cost"), ["below_usd", "above_usd"]]
    worth = cost(scenario, name) / cost(scenario, name, "pv_outlay_usd")
    paid = sum(1.05**-k for k in range(years))
    assert abs(below - worth * (paid - years * 1.05**-years)) <= 1e-8
    assert abs(above - worth * (paid - years * 1.05 ** (1 - years))) <= 1e-8
    assert found.values["kink"].to_dict() == {"annual_cap_usd": True, "split_before": False}
    assert found.values.loc["annual_cap_usd", "net_cost_per_unit_usd"] == above


def test_a_term_at_its_limit_has_one_slope() -> None:
    """NEGOTIATION-15: at a limit the worth is that of the side there is; the other one is NaN."""
    found = traded(terms=["cash_share"])
    slopes = found.slopes.xs("cash_share")
    assert slopes["above_usd"].isna().all()
    assert (slopes["below_usd"].to_numpy() == found.values.filter(like="per_unit").iloc[0]).all()
    freed = traded(scenario=changed(NAME, {"cash_share": 0.0}), terms=["cash_share"]).slopes
    assert freed["below_usd"].isna().all()
    less = cost(changed(NAME, {"cash_share": 0.99}))  # net cost is linear in the share of cash
    assert abs(slopes.loc["net_cost", "below_usd"] - (cost(PACKAGED) - less) / 0.01) <= 1e-9 * CASH


def test_what_the_payer_gains_by_the_split_the_host_loses() -> None:
    """NEGOTIATION-16: a change of the split is a transfer: host's worth = −payer's (roundings)."""
    for name in ("credit-ceiling", "bond-financed", "capacity-paced"):
        row = traded(name, terms=["split_before"]).values.iloc[0]
        payer, host = row["net_benefit_per_unit_usd"], row["host_gain_per_unit_usd"]
        assert abs(payer + host) <= 1e-9 * abs(payer)
        assert abs(row["net_cost_per_unit_usd"] + payer) <= 1e-9 * abs(payer)


def test_the_host_counts_whom_it_is_told_to_count() -> None:
    """NEGOTIATION-17: the slope of the host's gain is that of its parties' incidence (1e-8)."""
    counts = ["host_treasury", "importers"]
    found = traded(terms=["autos-15.rate"], host=tc.Side(counts=counts)).values

    def gain(rate: float) -> float:
        scenario = changed(NAME, {"autos-15.rate": rate})
        table = tc.incidence(scenario, structures=[NAME], flows=FLOWS)
        return float(table[[f"{party}_usd" for party in counts]].sum(axis=1).item())

    exact = derivative(gain, 0.15, 2.0**-8)
    assert abs(found["host_gain_per_unit_usd"].item() - exact) <= 1e-8 * abs(exact)


def test_the_terms_of_a_structure_are_found_by_themselves() -> None:
    """NEGOTIATION-18: each default term resolves to one number; a given list is kept."""
    for name in ("credit-ceiling", "three-years", "capacity-paced"):
        table = traded(name).values
        paths = [resolve(PACKAGED, term, [name]) for term in table.index]
        assert all(len(one) == 1 for one in paths)
        assert len(set(paths)) == len(table)
        assert {"headline_usd", "cash_share", "split_before", "durability"} <= set(table.index)
        assert not {"project_irr", "life_years", "draws"} & set(table.index)
    given_terms = ["durability", "split_before"]
    assert list(traded(terms=given_terms).values.index) == given_terms
    alone = traded(terms=["split_before"]).values
    assert traded(terms=given_terms).values.loc["split_before"].equals(alone.loc["split_before"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"structure": "upfront"}, "unknown structure 'upfront'; did you mean 'upfront-swap'"),
        ({"structure": "no-deal"}, "terms: 'no-deal' has none; name the numbers that are meant"),
        ({"terms": []}, "terms: at least one name is needed, given none"),
        ({"terms": ["split"]}, "unknown path 'split'"),
        ({"terms": ["draw_years"]}, "does not draw in equal yearly parts"),
        ({"terms": ["split_before", f"{OWN}waterfall.split_before"]}, "is set by two of the given"),
        ({"target": "npv"}, "unknown target 'npv'. Allowed: net_cost_usd, net_benefit_usd."),
        (
            {"steps": {"split_before": 0}},
            "steps: split_before: a number above 0 is needed, given 0",
        ),
        ({"steps": {"split": 1}}, "unknown term 'split'"),
        ({"steps": 0.1}, "steps: a mapping from term to step is needed, given 0.1"),
        ({"structure": "three-years", "steps": {"draw_years": 0.5}}, "a whole number above 0"),
        ({"host": "USA"}, "host: a Side is needed, given 'USA'"),
    ],
)
def test_a_trade_off_that_cannot_be_told_is_refused(options: dict[str, Any], said: str) -> None:
    """NEGOTIATION-19: unknown names, steps that do not fit, terms without a value are refused."""
    with pytest.raises(TariffcalcError) as caught:
        traded(**options)
    assert said in str(caught.value)


# Agreements

PAYER, HOST = ("exporters", "payer_public"), ("host_government", "host_treasury")
TABLE = {"cash_share": (0.0, 1.0), "split_before": (0.3, 1.0)}


def agreed(
    terms: Any, scenario: tc.Scenario = PACKAGED, structure: str = NAME, **options: Any
) -> tc.Agreement:
    return tc.bargain(scenario, structure=structure, terms=terms, **{"flows": FLOWS, **options})


def sides(weight: float | None = None, **walk_away: float) -> dict[str, tc.Side]:
    payer, host = walk_away.get("payer", 0.0), walk_away.get("host", 0.0)
    return {
        "payer": tc.Side(counts=PAYER, weight=weight, walk_away_usd=payer),
        "host": tc.Side(counts=HOST, walk_away_usd=host),
    }


def gains(scenario: tc.Scenario, structure: str = NAME) -> tuple[float, float]:
    """Return the gains of payer and host from the public tables."""
    asked = {"structures": [structure], "flows": FLOWS}
    payer = tc.compare(scenario, columns=["net_benefit_usd"], **asked)["net_benefit_usd"].item()
    party = tc.incidence(scenario, **asked).iloc[0]
    return payer, party["host_government_usd"] + party["host_treasury_usd"]


def surplus(scenario: tc.Scenario) -> float:
    return sum(gains(scenario))


@pytest.mark.parametrize("name", [NAME, "credit-ceiling", "capacity-paced"])
def test_a_side_gains_what_compare_and_incidence_say(name: str) -> None:
    """NEGOTIATION-20: payer's gain = net benefit, host's = its split + duty lost (roundings)."""
    found = agreed({"split_before": [0.4, 0.7]}, structure=name).points.iloc[:2]
    for row in found.itertuples():
        payer, host = gains(changed(name, {"split_before": row.split_before}), name)
        assert abs(row.payer_gain_usd - payer) <= 400 * UNIT * CASH
        assert row.host_gain_usd == host
        assert row.acceptable == (min(row.payer_gain_usd, host) >= 0.0)


@FEW
@given(PLAIN, st.floats(0.05, 0.95))
def test_a_surplus_is_divided_by_the_weights(
    terms: tuple[float, float, float, int], weight: float
) -> None:
    """NEGOTIATION-21: over the split alone, money moves: each side gets its weight of the sum."""
    scenario = plain(*terms)
    payer, host = gains(scenario)
    total, cash = payer + host, CASH - cost(scenario)  # what the split of `terms` pays
    found = agreed({"split_before": (0.0, 1.0)}, scenario, **sides(weight))
    split = terms[0] + (weight * total - payer) * terms[0] / cash
    if total > 1e6 and 1e-6 < split < 1 - 1e-6:
        assert abs(found.solution.payer_gain_usd - weight * total) <= 1e-6 * total + 1e-9 * CASH
        assert abs(found.solution.payer_gain_usd + found.solution.host_gain_usd - total) <= (
            1e-12 * CASH
        )
        step = np.sqrt(UNIT) * total * terms[0] / cash  # where the product is flat
        assert abs(found.solution.terms["split_before"] - split) <= 100 * step + 1e-9
    elif total < -1e6 and 1e-6 < terms[0] + (total / 2 - payer) * terms[0] / cash < 1 - 1e-6:
        assert not found
        assert abs(found.nearest.payer_gain_usd - total / 2) <= 1e-8 * CASH


@pytest.mark.parametrize("weight", [0.0, 0.2, 0.5, 1.0])
@pytest.mark.parametrize("terms", [TABLE, {"cash_share": (0.0, 1.0), "autos-15.rate": [0.1, 0.15]},
                         {"split_before": (0.0, 1.0)}])  # fmt: skip
def test_the_nash_solution_is_efficient_and_acceptable(weight: float, terms: Any) -> None:
    """NEGOTIATION-22: it is in the set, nothing dominates it, and no product is higher."""
    found = agreed(terms, points=17, **sides(weight))
    if not found:
        assert terms != TABLE
        return
    best, set_ = found.solution, found.acceptable
    payer, host = set_["payer_gain_usd"], set_["host_gain_usd"]
    assert min(best.payer_gain_usd, best.host_gain_usd) >= 0.0
    better = (payer >= best.payer_gain_usd) & (host >= best.host_gain_usd)
    assert (payer[better] == best.payer_gain_usd).all()
    assert (host[better] == best.host_gain_usd).all()
    product = payer**weight * host ** (1 - weight)
    here = best.payer_gain_usd**weight * best.host_gain_usd ** (1 - weight)
    assert here >= product.max() * (1 - 8 * UNIT)
    assert found.points.iloc[-1][list(best.terms)].to_dict() == best.terms
    assert found.points.iloc[-1]["efficient"]


def test_a_solution_put_back_gives_its_gains() -> None:
    """NEGOTIATION-23: changes of an offer are ready for replace, which gives the gains told."""
    found = agreed(TABLE)
    assert list(found.solution.terms) == list(TABLE)
    payer, host = gains(PACKAGED.replace(found.solution.changes))
    assert abs(found.solution.payer_gain_usd - payer) <= 400 * UNIT * CASH
    assert found.solution.host_gain_usd == host


def test_the_refined_solution_is_as_good_as_a_fine_grid() -> None:
    """NEGOTIATION-24: its product is at least that of any of 101 × 101 points; steps are told."""
    found, fine = agreed(TABLE, points=9), agreed(TABLE, points=101)
    best = found.solution
    product = (fine.acceptable["payer_gain_usd"] * fine.acceptable["host_gain_usd"]).max()
    assert best.payer_gain_usd * best.host_gain_usd >= product * (1 - 1e-12)
    width = {"cash_share": 1.0, "split_before": 0.7}
    assert found.precision == {t: pytest.approx(width[t] / 8 * 2.0**-32) for t in TABLE}
    assert len(found.points) == 9 * 9 + 1


@pytest.mark.parametrize("weight", [0.3, 0.5])
def test_a_bargain_does_not_mind_who_is_called_payer(weight: float) -> None:
    """NEGOTIATION-25: symmetric: sides exchanged with their weights agree on the same terms."""
    one, other = sides(weight).values()
    found = agreed(TABLE, payer=one, host=other)
    turned = agreed(TABLE, payer=other, host=one)
    for name, value in found.solution.terms.items():
        assert abs(turned.solution.terms[name] - value) <= 1e-6
    assert turned.weight == 1 - weight
    assert turned.solution.payer_gain_usd == pytest.approx(found.solution.host_gain_usd, rel=1e-6)


@FEW
@given(st.floats(0.05, 0.95), st.sets(st.integers(0, 16), max_size=6))
def test_what_is_not_chosen_does_not_matter(weight: float, gone: set[int]) -> None:
    """NEGOTIATION-26: without some of the terms not agreed on, the same terms are agreed on."""
    shares = np.linspace(0.2, 1.0, 17)
    found = agreed({"cash_share": shares, "split_before": [0.9, 1.0]}, **sides(weight))
    chosen = found.solution.terms["cash_share"]
    kept = [s for k, s in enumerate(shares) if k not in gone or s == chosen]
    again = agreed({"cash_share": kept, "split_before": [0.9, 1.0]}, **sides(weight))
    assert again.solution == found.solution


AMOUNTS = st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=1, max_size=40)


@given(AMOUNTS, st.floats(0.0, 1.0), st.integers(-8, 8), st.integers(-8, 8))
def test_the_solution_does_not_depend_on_the_unit_of_a_side(
    points: list[tuple[float, float]], weight: float, one: int, other: int
) -> None:
    """NEGOTIATION-27: gains of either side in another unit (2ᵏ) leave the choice, if any."""
    first, second = np.array(points).T
    best = preference(first, second, weight)[0]
    again = preference(np.ldexp(first, one), np.ldexp(second, other), weight)[0]
    if min(first[best], second[best]) >= 0.0:
        product = log_product(first, second, weight)
        assert product[again] >= product[best] - 64 * UNIT * 32
        assert efficient(first, second)[[best, again]].all()


@given(AMOUNTS)
def test_the_frontier_is_what_nothing_dominates(points: list[tuple[float, float]]) -> None:
    """NEGOTIATION-28: a point is efficient exactly if no other gives one more and no one less."""
    first, second = np.array(points).T
    found = efficient(first, second)
    for k in range(len(points)):
        no_less = (first >= first[k]) & (second >= second[k])
        more = (first > first[k]) | (second > second[k])
        assert found[k] == (not (no_less & more).any())


def test_a_side_with_all_the_weight_takes_the_best_there_is() -> None:
    """NEGOTIATION-29: weight 1 gives the payer the most that the host accepts, and 0 the host."""
    best, worst = agreed(TABLE, **sides(1.0)), agreed(TABLE, **sides(0.0))
    assert best.solution.payer_gain_usd >= best.acceptable["payer_gain_usd"].max()
    assert worst.solution.host_gain_usd >= worst.acceptable["host_gain_usd"].max()
    assert 0.0 <= best.solution.host_gain_usd <= 1e-9 * CASH
    assert 0.0 <= worst.solution.payer_gain_usd <= 1e-9 * CASH


def test_what_a_side_has_already_is_no_gain() -> None:
    """NEGOTIATION-30: walking away with a dollar more takes a dollar off each gain (roundings)."""
    terms = {"split_before": [0.6, 0.8, 1.0]}
    plain_points = agreed(terms).points.iloc[:3]
    richer = agreed(terms, **sides(payer=1e9, host=-2e9)).points.iloc[:3]
    assert np.allclose(richer["payer_gain_usd"], plain_points["payer_gain_usd"] - 1e9, rtol=1e-14)
    assert np.allclose(richer["host_gain_usd"], plain_points["host_gain_usd"] + 2e9, rtol=1e-14)


def test_without_an_agreement_the_nearest_offer_says_what_is_missing() -> None:
    """NEGOTIATION-31: no agreement is an empty set, false, and the offer that misses least."""
    found = agreed({"cash_share": (0.0, 1.0), "split_before": (0.0, 0.5)}, **sides(host=60e9))
    assert not found
    assert found.solution is None
    assert len(found.acceptable) == len(found.frontier) == 0
    least = found.points[["payer_gain_usd", "host_gain_usd"]].min(axis=1)
    nearest = min(found.nearest.payer_gain_usd, found.nearest.host_gain_usd)
    assert nearest == least.iloc[-1] == least.max() < 0.0
    assert f"host {-found.nearest.host_gain_usd:.6g} USD short)" in repr(found)
    assert repr(found).startswith("Agreement('upfront-cash': none; Offer(cash_share = ")


def test_the_frontier_runs_from_the_payer_to_the_host() -> None:
    """NEGOTIATION-32: along the frontier the payer's gain falls and the host's rises (strictly)."""
    frontier = agreed(TABLE).frontier.drop_duplicates(["payer_gain_usd", "host_gain_usd"])
    assert len(frontier) > 10
    assert (np.diff(frontier["payer_gain_usd"]) < 0.0).all()
    assert (np.diff(frontier["host_gain_usd"]) > 0.0).all()


def test_points_stand_in_the_order_of_the_terms() -> None:
    """NEGOTIATION-33: the grid has the last term fastest; a whole term takes its whole numbers."""
    terms = {"draw_years": (2, 4), "split_before": [0.9, 0.5]}
    table = agreed(terms, structure="three-years").points.iloc[:-1]
    assert table["draw_years"].tolist() == [2, 2, 3, 3, 4, 4]
    assert table["split_before"].tolist() == [0.9, 0.5] * 3
    assert list(table) == [*terms, "payer_gain_usd", "host_gain_usd", "acceptable", "efficient"]


# Alternating offers

RATES = st.floats(0.001, 2.0)


@given(RATES, RATES, st.floats(0.01, 5.0))
def test_alternating_offers_share_by_patience(one: float, other: float, years: float) -> None:
    """NEGOTIATION-34: the first offer gets (1−δ₂)/(1−δ₁δ₂); δ₂ of it leaves the other its wait."""
    share = tc.rubinstein_share(own_rate=one, other_rate=other, years_between_offers=years)
    with mpmath.workdps(40):
        patience = [mpmath.exp(-mpmath.mpf(rate) * years) for rate in (one, other)]
        exact = (1 - patience[1]) / (1 - patience[0] * patience[1])
    assert abs(share - float(exact)) <= 16 * UNIT * share
    second = tc.rubinstein_share(own_rate=other, other_rate=one, years_between_offers=years)
    # Each side is offered just what its own offer a round later is worth to it now.
    assert abs(1 - share - np.exp(-other * years) * second) <= 16 * UNIT


@given(RATES, RATES)
def test_frequent_offers_share_by_the_other_sides_impatience(one: float, other: float) -> None:
    """NEGOTIATION-35: as the pause Δ → 0 the share is r₂/(r₁+r₂)·(1 + r₁Δ/2) + O(Δ²)."""
    limit = tc.rubinstein_share(own_rate=one, other_rate=other)
    assert limit == other / (one + other)
    for years in (2.0**-4, 2.0**-8, 2.0**-12):
        share = tc.rubinstein_share(own_rate=one, other_rate=other, years_between_offers=years)
        error = abs(share - limit * (1 + one * years / 2)) - 4 * UNIT
        second = one * abs(one - other) / 12
        assert error <= limit * (second * years**2 + ((one + other) * years) ** 3)


def test_patient_sides_have_the_weights_of_the_limit() -> None:
    """NEGOTIATION-36: delay rates stand for weights r_host/(r_payer+r_host); none for a half."""
    patient = {
        "payer": tc.Side(counts=PAYER, delay_rate=0.02),
        "host": tc.Side(counts=HOST, delay_rate=0.06),
    }
    found, weighted = agreed(TABLE, points=9, **patient), agreed(TABLE, points=9, **sides(0.75))
    assert found.weight == weighted.weight == 0.75
    assert found.solution == weighted.solution
    assert agreed({"split_before": [1.0]}).weight == 0.5
    other = {"host": tc.Side(counts=HOST, weight=0.4)}
    assert agreed({"split_before": [1.0]}, **other).weight == 0.6


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"terms": {}}, "terms: a mapping of 1 to 6 terms to (low, high) or a list of values"),
        ({"terms": ["cash_share"]}, "is needed, given ['cash_share']"),
        ({"terms": {"cash_shares": (0, 1)}}, "unknown path 'cash_shares'"),
        ({"terms": {"cash_share": (1, 0)}}, "cash_share: low has to be below high, given (1, 0)"),
        ({"terms": {"cash_share": 0.5}}, "cash_share: (low, high) or values are needed, given 0.5"),
        ({"terms": {"cash_share": []}}, "cash_share: at least one value is needed, given none"),
        ({"terms": {"cash_share": (0, 2)}}, "a share between 0 and 1 is needed, given 2.0"),
        ({"terms": {"life_years": [3.5]}}, "life_years: whole numbers are needed, given 3.5"),
        ({"terms": {"cash_share": (0, 1)}, "points": 1}, "points: a whole number of at least 2"),
        ({"terms": {"cash_share": (0, 1), "split_before": (0, 1)}, "points": 1001},
         "terms: 1,002,001 points are more than 1,000,000; give fewer values"),
        ({"terms": {"cash_share": (0, 1)}, "payer": "KOR"}, "payer: a Side is needed, given 'KOR'"),
        ({"terms": {"cash_share": (0, 1)}, "host": tc.Side(counts=HOST, weight=0.4),
          "payer": tc.Side(counts=PAYER, weight=0.4)}, "have to add up to 1, given 0.4 and 0.4"),
        ({"terms": {"cash_share": (0, 1)}, "host": tc.Side(counts=HOST, delay_rate=0.4),
          "payer": tc.Side(counts=PAYER, weight=0.4)}, "leave one out"),
        ({"terms": {"cash_share": (0, 1)}, "host": tc.Side(counts=HOST, delay_rate=0.4)},
         "delay_rate: both sides need one, given None (payer) and 0.4 (host)"),
    ],
)  # fmt: skip
def test_a_bargain_without_a_sense_is_refused(options: dict[str, Any], said: str) -> None:
    """NEGOTIATION-37: terms, ranges, sides and weights that do not fit are refused."""
    with pytest.raises(TariffcalcError) as caught:
        agreed(**options)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"counts": []}, "counts: "),
        ({"counts": ["exporter"]}, "unknown party 'exporter'; did you mean 'exporters'"),
        ({"counts": ["markets", "markets"]}, "'markets' counts once; it is named 2 times"),
        ({"counts": HOST, "weight": 1.5}, "weight: input should be less than or equal to 1"),
        ({"counts": HOST, "delay_rate": 25}, "did you mean 0.25?"),
        ({"counts": HOST, "walk_away": 1}, "unknown field; did you mean 'walk_away_usd'?"),
    ],
)
def test_a_side_that_makes_no_sense_is_refused(fields: dict[str, Any], said: str) -> None:
    """NEGOTIATION-38: a side names parties of the ledger, each once, and fractions."""
    with pytest.raises(TariffcalcError) as caught:
        tc.Side(**fields)
    assert said in str(caught.value)


def test_an_offer_says_its_terms_and_gains() -> None:
    """NEGOTIATION-39: an offer and an agreement print in a line, without addresses."""
    offer = tc.Offer({"cash_share": 0.25}, {"x.cash_share": 0.25}, 1.5e9, -2e9)
    assert repr(offer) == "Offer(cash_share = 0.25: payer gains 1.5e+09 USD, host loses 2e+09 USD)"
    found = agreed(TABLE, points=5)
    assert repr(found) == f"Agreement('{NAME}': {found.solution}, weight 0.5)"
    assert repr(traded(terms=["split_before"])) == f"TradeOff('{NAME}': 1 terms in net_benefit_usd)"
