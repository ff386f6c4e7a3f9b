import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
FLOWS = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024", partners=["KOR"]).frame[::300])


def curve(
    x: str, y: str, structure: str | None = "upfront-cash", **options: object
) -> pd.DataFrame:
    return tc.iso_cost(PACKAGED, x, y, structure=structure, flows=FLOWS, **options)  # type: ignore[arg-type]


def refusal(x: str, y: str, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        curve(x, y, **options)  # type: ignore[arg-type]
    return str(caught.value)


def test_the_table_is_labelled() -> None:
    table = curve("split_before", "project_irr", values=[0.5])
    assert list(table) == ["split_before", "project_irr", "net_cost_usd", "solutions"]
    assert table.attrs["units"] == {
        "split_before": "share of project cash",
        "project_irr": "fraction per year",
        "net_cost_usd": "USD",
        "solutions": "text",
    }
    assert table.attrs["scenario_hash"] == PACKAGED.hash
    assert pd.api.types.is_string_dtype(table["solutions"])
    assert table["project_irr"].item() == pytest.approx(0.07, rel=1e-12)


def test_without_values_there_are_41_over_the_usual_interval() -> None:
    table = curve("durability", "utilisation_share", target="net_benefit_usd", value=-1e8)
    assert table["durability"].drop_duplicates().tolist() == np.linspace(0.0, 1.0, 41).tolist()


def test_the_structure_is_that_of_a_path_wherever_it_stands() -> None:
    path = "pledge.structures.three-years.project_irr"
    asked = {"structure": None, "value": 1e11}
    one = curve(path, "discount_rate", values=[0.05], **asked)
    other = curve("discount_rate", path, values=[0.05], **asked)
    assert one.loc[0, "net_cost_usd"] == pytest.approx(1e11, rel=1e-9)
    assert other.loc[0, "net_cost_usd"] == pytest.approx(1e11, rel=1e-9)


def test_another_target_and_figure_are_kept() -> None:
    table = curve(
        "headline_usd", "utilisation_share", values=[350e9, 1e12], target="cash_usd", value=175e9
    )
    assert table["utilisation_share"].tolist() == pytest.approx([0.5, 0.175], rel=1e-15)
    assert table["cash_usd"].tolist() == pytest.approx([175e9, 175e9], rel=1e-15)


def test_bounds_hold_the_solutions() -> None:
    table = curve("split_before", "project_irr", values=[0.1, 0.5], bounds=(0.05, 0.2))
    assert table["solutions"].tolist() == ["none", "one"]
    assert table.loc[0, ["project_irr", "net_cost_usd"]].isna().all()
    assert table.loc[0, "split_before"] == 0.1


def test_rows_without_a_solution_stand_in_their_place() -> None:
    grid = [0.3, 0.03, 0.3, 0.06, 0.2]
    table = curve("project_irr", "discount_rate", "three-years", values=grid, value=250e9)
    assert table["solutions"].tolist() == [
        "none", "several", "several", "none", "several", "several", "none",
    ]  # fmt: skip
    assert table["project_irr"].tolist() == [0.3, 0.03, 0.03, 0.3, 0.06, 0.06, 0.2]
    rates = table["discount_rate"]
    assert rates[1] < rates[2]
    assert rates[4] < rates[5]


def test_a_figure_that_is_never_reached_gives_rows_without_solutions() -> None:
    table = curve("split_before", "project_irr", values=[0.2, 0.4], value=-1e15)
    assert table["split_before"].tolist() == [0.2, 0.4]
    assert table[["project_irr", "net_cost_usd"]].isna().all(axis=None)
    assert table["solutions"].tolist() == ["none", "none"]
    assert table["net_cost_usd"].dtype == table["project_irr"].dtype == np.float64


def test_what_does_not_fit_is_refused() -> None:
    whole = "pledge.structures.upfront-cash.draw_years is a whole number; use sweep over its values"
    assert refusal("split_before", "draw_years") == whole
    assert refusal("draw_years", "split_before") == whole
    said = "values: numbers for split_before are needed, given {}"
    assert refusal("split_before", "project_irr", values=3) == said.format("3")
    assert refusal("split_before", "project_irr", values="0.5") == said.format("'0.5'")
    assert refusal("split_before", "project_irr", values=[]) == (
        "values: at least one number for split_before is needed, given none"
    )
    assert refusal("split_before", "project_irr", values=["a"]) == (
        "values: a number is needed, given 'a'"
    )
    assert (
        refusal("split_before", "project_irr", value="a") == "value: a number is needed, given 'a'"
    )
    assert refusal("life_years", "project_irr", values=[20, 20.5]) == (
        "pledge.structures.upfront-cash.life_years: whole numbers are needed, given 20.5"
    )
    assert refusal("durability", "growth_rate", structure=None).startswith(
        "structure: 'growth_rate' concerns several; name one of credit-ceiling, upfront-cash"
    )


def test_an_unknown_present_figure_is_refused() -> None:
    said = "value: risk_adjusted_cost_usd of 'upfront-cash' is unknown at present; give a figure"
    assert refusal("split_before", "project_irr", target="risk_adjusted_cost_usd") == said


def test_limits_are_those_of_all_corners() -> None:
    said = refusal("split_before", "project_irr", values=[0.2, 1.2], bounds=(0.0, 0.1))
    assert said.endswith("input should be less than or equal to 1, given 1.2")
    said = refusal("split_before", "project_irr", values=[0.2], bounds=(-1.5, 0.1))
    assert said.endswith("input should be greater than -1, given -1.5")


def test_a_tariff_may_be_one_of_the_two() -> None:
    table = curve("reciprocal-15.rate", "durability", values=[0.15, 0.16], target="relief_pv_usd")
    assert table["solutions"].tolist() == ["one", "one"]
    assert table.loc[0, "durability"] == pytest.approx(0.9, rel=1e-9)
    assert table.loc[1, "durability"] > 0.9
    assert table["relief_pv_usd"].nunique() <= 2
