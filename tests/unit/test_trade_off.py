import math

import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
FLOWS = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024", partners=["KOR"]).frame[::300])
OWN = "pledge.structures.three-years."


def traded(structure: str = "three-years", scenario: tc.Scenario = PACKAGED, **options: object):
    return tc.trade_off(scenario, structure, flows=FLOWS, **options)  # type: ignore[arg-type]


def cost(**changes: float) -> float:
    scenario = PACKAGED.replace({f"{OWN}{k}": v for k, v in changes.items()})
    table = tc.compare(scenario, structures=["three-years"], flows=FLOWS)
    return float(table["net_cost_usd"].item())


def test_the_tables_are_labelled() -> None:
    found = traded(terms=["split_before", "draw_years"])
    assert list(found.values) == [
        "value",
        "unit",
        "step",
        "net_cost_per_unit_usd",
        "net_cost_per_step_usd",
        "net_benefit_per_unit_usd",
        "net_benefit_per_step_usd",
        "host_gain_per_unit_usd",
        "host_gain_per_step_usd",
        "kink",
    ]
    assert found.values.attrs["units"] == {
        **{c: "USD" for c in found.values if c.endswith("_usd")},
        "below_usd": "USD",
        "above_usd": "USD",
        "error_bound_usd": "USD",
        "value": "see column unit",
        "step": "see column unit",
    }
    assert list(found.slopes) == ["below_usd", "above_usd", "kink", "error_bound_usd"]
    assert list(found.slopes.index.names) == ["term", "figure"]
    assert found.slopes.index.get_level_values("figure").tolist() == [
        "net_cost", "net_benefit", "host_gain",
    ] * 2  # fmt: skip
    assert found.rates.attrs["units"] == dict.fromkeys(found.values.index, "steps per step")
    for table in (found.values, found.slopes, found.rates):
        assert table.attrs["scenario_hash"] == PACKAGED.hash
    assert (found.structure, found.target) == ("three-years", "net_benefit_usd")
    assert found.values["unit"].tolist() == ["share of project cash", "years"]
    assert found.values["value"].tolist() == [0.5, 3.0]


def test_a_step_is_worth_its_units() -> None:
    terms = {"split_before": 0.05, "draw_years": 2.0}
    found = traded(terms=list(terms), steps=terms).values
    assert found["step"].tolist() == [0.05, 2.0]
    for figure in ("net_cost", "net_benefit", "host_gain"):
        units, steps = found[f"{figure}_per_unit_usd"], found[f"{figure}_per_step_usd"]
        assert (steps == units * [0.05, 2.0]).all()
    per_year = (cost(draw_years=5) - cost(draw_years=3)) / 2
    assert found.loc["draw_years", "net_cost_per_unit_usd"] == per_year
    again = traded(terms=list(terms), steps={"split_before": 0.05}).values
    assert again["step"].tolist() == [0.05, 1.0]


def test_a_slope_does_not_depend_on_the_step() -> None:
    one, other = (
        traded(terms=["split_before"], steps={"split_before": step}).values for step in (0.01, 0.2)
    )
    for column in ("net_cost_per_unit_usd", "host_gain_per_unit_usd"):
        assert one[column].item() == pytest.approx(other[column].item(), rel=1e-9)


def test_a_whole_number_at_its_limit_has_the_difference_of_the_other_side() -> None:
    scenario = PACKAGED.replace({f"{OWN}draw_years": 1})
    row = traded(scenario=scenario, terms=["draw_years"]).slopes.loc[("draw_years", "net_cost")]
    assert math.isnan(row["below_usd"])
    assert row["above_usd"] == cost(draw_years=2) - cost(draw_years=1)
    assert row["error_bound_usd"] == 0.0
    scenario = PACKAGED.replace({f"{OWN}draw_years": 100})
    found = traded(scenario=scenario, terms=["draw_years"])
    assert math.isnan(found.slopes.loc[("draw_years", "net_cost"), "above_usd"])
    per_year = cost(draw_years=100) - cost(draw_years=99)
    assert found.values["net_cost_per_unit_usd"].item() == per_year


def test_the_target_decides_the_rates() -> None:
    terms = ["split_before", "durability"]
    by_cost, by_benefit = (
        traded(terms=terms, target=target) for target in ("net_cost_usd", "net_benefit_usd")
    )
    assert np.isnan(by_cost.rates.loc["split_before", "durability"])
    assert by_cost.rates.loc["durability", "split_before"] == 0.0
    worth = by_benefit.values["net_benefit_per_step_usd"]
    assert by_benefit.rates.loc["durability", "split_before"] == worth.iloc[1] / worth.iloc[0]


def test_the_error_bound_is_that_of_the_roundings_where_a_result_is_linear() -> None:
    found = traded(terms=["split_before"]).slopes.loc[("split_before", "net_cost")]
    largest = tc.compare(PACKAGED, structures=["three-years"], flows=FLOWS)["pv_outlay_usd"].item()
    roundings = 8 * 600 * 2.0**-53 * largest / (0.01 / 64)
    assert roundings <= found["error_bound_usd"] <= 1.2 * roundings


def test_a_scenario_is_needed() -> None:
    with pytest.raises(InputError, match=r"did you mean load_scenario\('korea-us'\)"):
        tc.trade_off("korea-us", "three-years")  # type: ignore[arg-type]
