import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError

FLOWS = tc.TradeFlows.from_frame(
    pd.DataFrame({"hs": ["8703"], "partner": ["KOR"], "value_usd": [100.0]})
)


def test_a_response_is_declared_by_its_elasticities() -> None:
    response = tc.ConstantElasticityResponse(demand_elasticity=-2.0)
    assert response.supply_elasticity is None
    assert response.method == "exact"
    assert response.kind == "constant_elasticity"
    for field, value in (("demand_elasticity", 0.0), ("supply_elasticity", 0.0), ("method", "x")):
        with pytest.raises(InputError, match=field):
            tc.ConstantElasticityResponse(**{"demand_elasticity": -2.0, field: value})


def answer(method: str, after: float = 3.0) -> dict:
    response = tc.ConstantElasticityResponse(
        demand_elasticity=-2.0, supply_elasticity=2.0, method=method
    )
    return response.respond(FLOWS, 0.0, after).iloc[0].to_dict()


def test_the_exact_answer_by_hand() -> None:
    # τ = 4: P̂ = 2, p̂ = ½, q̂ = ¼; 100·(½³ − 1)/3 and −100·(1 − ½); duty 100·⅛·3.
    expected = {
        "value_usd": 12.5, "quantity_index": 0.25, "exporter_price_index": 0.5,
        "importer_price_index": 2.0, "duty_usd": 37.5, "exporter_gain_usd": -87.5 / 3,
        "importer_gain_usd": -50.0, "revenue_change_usd": 37.5,
        "efficiency_usd": -87.5 / 3 - 12.5,
    }  # fmt: skip
    found = answer("exact")
    assert list(found) == list(expected)
    for name, value in expected.items():
        assert abs(found[name] - value) <= 2e-14 * 50, name


def test_triangles_by_hand() -> None:
    # Half of the change in quantity is −⅜: 100·(−½)·⅝ and −100·1·⅝.
    found = answer("triangle")
    assert abs(found["exporter_gain_usd"] + 31.25) <= 1e-12
    assert abs(found["importer_gain_usd"] + 62.5) <= 1e-12
    assert abs(found["quantity_index"] - 0.25) <= 1e-15
    assert abs(found["value_usd"] - 12.5) <= 1e-13


def test_the_log_linear_answer_by_hand() -> None:
    # τ − 1 = ½: P̂ = 1 + ¼, q̂ = 1 − ½, p̂ = 1 − ¼; gains 100·(−¼)·¾ and −100·¼·¾.
    found = answer("log_linear", after=0.5)
    expected = {
        "value_usd": 37.5, "quantity_index": 0.5, "exporter_price_index": 0.75,
        "importer_price_index": 1.25, "duty_usd": 18.75, "exporter_gain_usd": -18.75,
        "importer_gain_usd": -18.75, "revenue_change_usd": 18.75, "efficiency_usd": -18.75,
    }  # fmt: skip
    assert found == expected


def test_importers_pay_on_the_price_with_duty() -> None:
    response = tc.ConstantElasticityResponse(demand_elasticity=-1.0, method="triangle")
    found = response.respond(FLOWS, 1.0, 3.0).iloc[0]
    # From 2 to 4 a unit, quantity ½: −100·2·1·¾.
    assert abs(found["importer_gain_usd"] + 150.0) <= 1e-12


def test_a_quantity_of_exactly_nothing_is_a_quantity() -> None:
    found = tc.ConstantElasticityResponse(demand_elasticity=-2.0, method="log_linear")
    assert found.respond(FLOWS, 0.0, 0.5)["quantity_index"].item() == 0.0


def test_values_may_differ_by_case() -> None:
    from tariffcalc.trade.responses.constant_elasticity import constant_elasticity_gains

    value = np.array([[1.0, 2.0], [3.0, 4.0]])
    found = constant_elasticity_gains(
        value, np.full(2, 0.25), np.full(2, 0.15),
        demand=np.array([[-2.0], [-3.0]]), inverse_supply=np.array([[0.5]]),
    )  # fmt: skip
    for case, demand in enumerate((-2.0, -3.0)):
        alone = constant_elasticity_gains(
            value[case], np.full(2, 0.25), np.full(2, 0.15),
            demand=np.array([demand]), inverse_supply=np.array([0.5]),
        )  # fmt: skip
        for name, column in alone.items():
            assert np.broadcast_to(found[name], (2, 2))[case].tobytes() == column.tobytes()
