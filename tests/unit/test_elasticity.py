import math
from collections.abc import Callable

import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.analysis.elasticity import (
    BOTH,
    DOWN,
    ROUNDINGS,
    STEP,
    UP,
    elasticities,
    log_derivative,
)
from tariffcalc.errors import InputError
from tariffcalc.scenario.evaluate import evaluation

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
FLOWS = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024").frame.iloc[::400])
ASKED = evaluation(PACKAGED, FLOWS)
OWN = "pledge.structures.upfront-cash"
DURABILITY, PASS_THROUGH = "tariffs.durability", "trade.response.pass_through"
RESERVES = "economy.reserves_usd"


def around(function: Callable[[float], float], nodes: tuple[int, ...]) -> np.ndarray:
    return np.array([function(1.0 + k * STEP) for k in nodes])


# Derivatives by hand


def test_the_steps_are_powers_of_two_and_the_nodes_their_multiples() -> None:
    assert STEP == 1 / 1024
    assert BOTH == (-4, -2, -1, 0, 1, 2, 4)
    assert UP == (0, 1, 2, 4, 8)
    assert tuple(-k for k in UP) == DOWN
    assert ROUNDINGS == 600 * 2.0**-53


@pytest.mark.parametrize("nodes", [BOTH, UP, DOWN], ids=["both", "up", "down"])
def test_the_slope_of_a_line_is_found_to_its_roundings(nodes: tuple) -> None:
    found, bound = log_derivative(around(lambda p: 3.0 * p - 1.0, nodes), nodes)
    assert found == pytest.approx(1.5, rel=1e-12)
    largest = max(abs(3.0 * (1 + k * STEP) - 1.0) for k in nodes)
    assert bound == pytest.approx(4 * ROUNDINGS * largest / (STEP * 2.0), rel=0.02)


@pytest.mark.parametrize("nodes", [BOTH, UP, DOWN], ids=["both", "up", "down"])
def test_a_falling_negative_result_has_the_elasticity_of_its_size(nodes: tuple) -> None:
    found, bound = log_derivative(around(lambda p: -2.0 * p, nodes), nodes)
    assert found == pytest.approx(1.0, rel=1e-12)
    assert 0.0 < bound < 1e-9


@pytest.mark.parametrize("nodes", [UP, DOWN], ids=["up", "down"])
def test_on_one_side_a_square_is_exact(nodes: tuple) -> None:
    # Differences of second order: a square needs no extrapolation.
    found, bound = log_derivative(around(lambda p: p * p, nodes), nodes)
    assert found == pytest.approx(2.0, rel=1e-12)
    assert bound < 1e-9


def test_on_both_sides_the_fifth_power_is_exact() -> None:
    # Central differences hold even powers of the step: two extrapolations leave those from six on.
    results = around(lambda p: p**5, BOTH)
    found, bound = log_derivative(results, BOTH)
    assert found == pytest.approx(5.0, rel=1e-12)
    # The last extrapolation moves 4·h⁴·p⁵ fifth derivative over 5!, times 20 of two steps.
    assert 0.0 < bound < 1e-8


@pytest.mark.parametrize(("side", "nodes"), [(1, UP), (-1, DOWN)])
def test_on_one_side_two_extrapolations_by_hand(side: int, nodes: tuple) -> None:
    results = dict(zip(nodes, [7.0, 8.0, 10.0, 15.0, 25.0], strict=True))
    steps = [
        side * (4 * results[side * k] - 3 * 7.0 - results[2 * side * k]) / (2 * k)
        for k in (1, 2, 4)
    ]
    assert steps == [side * 0.5, side * -0.0 + side * (40 - 21 - 15) / 4, side * (60 - 21 - 25) / 8]
    near, far = steps[0] + (steps[0] - steps[1]) / 3, steps[1] + (steps[1] - steps[2]) / 3
    best = near + (near - far) / 7
    found, bound = log_derivative(np.array(list(results.values())), nodes)
    assert found == pytest.approx(best / (STEP * 7.0), rel=1e-15)
    error = abs(best - near) + 4 * ROUNDINGS * 25.0
    assert bound == pytest.approx(error / (STEP * 7.0), rel=1e-15)


def test_on_both_sides_two_extrapolations_and_the_kink_by_hand() -> None:
    results = np.array([1.0, 6.0, 5.0, 8.0, 12.0, 20.0, 33.0])
    steps = [(12.0 - 5.0) / 2, (20.0 - 6.0) / 4, (33.0 - 1.0) / 8]
    bends = [12.0 - 16.0 + 5.0, (20.0 - 16.0 + 6.0) / 2, (33.0 - 16.0 + 1.0) / 4]
    near, far = steps[0] + (steps[0] - steps[1]) / 3, steps[1] + (steps[1] - steps[2]) / 3
    best = near + (near - far) / 15
    kink = abs(16 * bends[0] - 10 * bends[1] + bends[2]) / 7
    found, bound = log_derivative(results, BOTH, scale=100.0)
    assert found == pytest.approx(best / (STEP * 8.0), rel=1e-15)
    error = abs(best - near) + kink + 4 * ROUNDINGS * 100.0
    assert bound == pytest.approx(error / (STEP * 8.0), rel=1e-15)


def test_the_largest_amount_counts_for_the_roundings() -> None:
    results = np.full(7, 2.0)
    bounds = [log_derivative(results, BOTH, scale)[1] for scale in (0.0, 1.0, 2.0, 2e6)]
    assert bounds[0] == bounds[1] == bounds[2] == 4 * ROUNDINGS * 2.0 / (STEP * 2.0)
    assert bounds[3] == pytest.approx(1e6 * bounds[0], rel=1e-14)
    negative = log_derivative(-results, BOTH)
    assert negative == (0.0, bounds[0])
    assert math.copysign(1.0, negative[0]) == 1.0


@pytest.mark.parametrize("results", [[1, 1, 1, 0, 1, 1, 1], [1, np.nan, 1, 1, 1, 1, 1]])
def test_of_nothing_and_of_the_unknown_there_is_no_elasticity(results: list) -> None:
    found = log_derivative(np.array(results, dtype=float), BOTH)
    assert np.isnan(found).tolist() == [True, True]


# Of a scenario


def by_sweep(scenario: tc.Scenario, path: str, value: float, nodes: tuple) -> tuple[float, float]:
    """Return the elasticity of relief from a sweep of one number."""
    points = {path: [value * (1 + k * STEP) for k in nodes]}
    columns = ["relief_pv_usd", "pv_outlay_usd", "pv_receipts_usd"]
    swept = tc.sweep(scenario, points, structures=["upfront-cash"], columns=columns, flows=FLOWS)
    scale = float(swept[columns].abs().max(axis=None))
    return log_derivative(swept["relief_pv_usd"].to_numpy(), nodes, scale)


def test_each_parameter_moves_alone_and_all_its_numbers_together() -> None:
    parameters = {
        "relief": {DURABILITY: 0.9},
        "both": {RESERVES: PACKAGED.economy.reserves_usd, PASS_THROUGH: 0.5},
    }
    table = elasticities(ASKED, parameters, ["upfront-cash", "no-deal"], "net_benefit_usd")
    assert table.index.names == ["structure", "parameter"]
    assert table.index.tolist() == [
        (structure, name) for structure in ("upfront-cash", "no-deal") for name in parameters
    ]
    assert list(table.columns) == ["elasticity", "error_bound"]
    assert table.loc["no-deal"].isna().all(axis=None)
    for name, numbers in parameters.items():
        points = {path: [v * (1 + k * STEP) for k in BOTH] for path, v in numbers.items()}
        columns = ["net_benefit_usd", "pv_outlay_usd", "pv_receipts_usd", "relief_pv_usd"]
        swept = tc.sweep(
            PACKAGED, points, paired=True, structures=["upfront-cash"], columns=columns, flows=FLOWS
        )
        scale = float(swept[columns[1:]].abs().max(axis=None))
        exact = log_derivative(swept["net_benefit_usd"].to_numpy(), BOTH, scale)
        assert tuple(table.loc[("upfront-cash", name)]) == exact


def test_what_is_no_amount_has_the_roundings_of_its_own_size() -> None:
    parameters = {"r": {RESERVES: PACKAGED.economy.reserves_usd}}
    table = elasticities(ASKED, parameters, ["upfront-cash"], "peak_share_of_reserves")
    found, bound = table.iloc[0]
    assert found == pytest.approx(-1.0, abs=1e-9)
    assert abs(found + 1.0) <= bound < 1e-8


@pytest.mark.parametrize(
    ("present", "nodes"),
    [(1.0, DOWN), (1.0 - 3 * STEP, DOWN), (1.0 - 5 * STEP, BOTH), (0.5, BOTH)],
)
def test_at_a_limit_only_the_side_inside_it_is_tried(present: float, nodes: tuple) -> None:
    scenario = PACKAGED.replace({DURABILITY: present})
    parameters = {"d": {DURABILITY: present}, "r": {RESERVES: PACKAGED.economy.reserves_usd}}
    asked = evaluation(scenario, FLOWS)
    table = elasticities(asked, parameters, ["upfront-cash"], "relief_pv_usd").loc["upfront-cash"]
    assert tuple(table.loc["d"]) == by_sweep(scenario, DURABILITY, present, nodes)
    assert table.loc["r", "elasticity"] == 0.0


@pytest.mark.parametrize(("present", "nodes"), [(1.0 - 7 * STEP, DOWN), (1.0 - 9 * STEP, BOTH)])
def test_beside_a_number_at_its_limit_each_is_tried_by_itself(present: float, nodes: tuple) -> None:
    scenario = PACKAGED.replace({DURABILITY: 1.0, PASS_THROUGH: present})
    parameters = {"d": {DURABILITY: 1.0}, "p": {PASS_THROUGH: present}}
    table = elasticities(evaluation(scenario, FLOWS), parameters, ["upfront-cash"], "relief_pv_usd")
    exact = by_sweep(scenario, PASS_THROUGH, present, nodes)
    assert tuple(table.loc[("upfront-cash", "p")]) == exact


def test_at_a_lower_limit_only_what_is_above_it_is_tried() -> None:
    # Growth lies above −1: of −0.999 only what is nearer to 0 is left.
    path = "trade.growth_rate"
    scenario = PACKAGED.replace({path: -0.999})
    asked = evaluation(scenario, FLOWS)
    table = elasticities(asked, {"g": {path: -0.999}}, ["upfront-cash"], "relief_pv_usd")
    assert tuple(table.iloc[0]) == by_sweep(scenario, path, -0.999, DOWN)


def test_at_the_least_value_only_what_is_above_it_is_tried() -> None:
    response = tc.ConstantElasticityResponse(demand_elasticity=-1.5, supply_elasticity=1e-6)
    scenario, path = (
        PACKAGED.replace({"trade.response": response}),
        "trade.response.supply_elasticity",
    )
    table = elasticities(
        evaluation(scenario, FLOWS), {"s": {path: 1e-6}}, ["upfront-cash"], "relief_pv_usd"
    )
    assert tuple(table.iloc[0]) == by_sweep(scenario, path, 1e-6, UP)


def test_a_number_without_room_on_either_side_is_refused() -> None:
    share = f"{OWN}.tranches.strategic-equity.share"  # shares add up to 1: none moves alone
    with pytest.raises(InputError) as caught:
        elasticities(ASKED, {"share": {share: 4 / 7}}, ["upfront-cash"], "relief_pv_usd")
    assert str(caught.value) == "share: no value beside the present one is within its limits"
