import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
import tariffcalc.trade.responses.armington_gains as module
from tariffcalc.errors import InputError
from tariffcalc.trade.responses.markets import markets_of

LINES = pd.DataFrame({
    "hs": ["870323", "8703239090", "850760", "870323"],
    "partner": ["KOR", "JPN", "KOR", "USA"],
    "value_usd": [100.0, 200.0, 50.0, 300.0],
})  # fmt: skip
FLOWS = tc.TradeFlows.from_frame(LINES)
RESPONSE = tc.ArmingtonResponse(substitution_elasticity=2.0, demand_elasticity=-1.0)


def test_a_response_has_defaults() -> None:
    assert RESPONSE.supply_elasticity is RESPONSE.home_supply_elasticity is None
    assert (RESPONSE.home, RESPONSE.market_digits, RESPONSE.method) == ("USA", 6, "exact")
    assert RESPONSE.kind == "armington"
    for field, value in (("substitution_elasticity", 0.0), ("demand_elasticity", 0.0),
                         ("supply_elasticity", -1.0), ("market_digits", 5)):  # fmt: skip
        given = {"substitution_elasticity": 2.0, "demand_elasticity": -1.0, field: value}
        with pytest.raises(InputError, match=field):
            tc.ArmingtonResponse(**given)


def test_markets_are_products_and_months() -> None:
    found = markets_of(LINES, 6, "USA")
    assert found.market.tolist() == [1, 1, 0, 1]
    assert found.variety.tolist() == [0, 1, 0, 2]
    assert found.home.tolist() == [False, False, False, True]
    laid = found.grid(LINES["value_usd"].to_numpy())
    assert laid.tolist() == [[[50.0, 100.0], [0.0, 200.0], [0.0, 300.0]]]
    assert found.lines(laid).tolist() == [[100.0, 200.0, 50.0, 300.0]]
    months = markets_of(LINES.assign(month=["2025-01", "2025-01", "2025-01", "2025-02"]), 6, "USA")
    assert months.market.tolist() == [1, 1, 0, 2]


def test_the_answer_at_elastic_supply_by_hand() -> None:
    # Cars: shares ⅙, ⅓, ½ and τ = ½ for KOR at σ = 2: 1/P̂ = ⅙·2 + ⅚ = 7/6, Q̂ = 7/6.
    answer = RESPONSE.respond(FLOWS, 0.0, [-0.5, 0.0, -0.5, 0.0])
    assert np.allclose(answer["quantity_index"], [4 * 6 / 7, 6 / 7, 2.0, 6 / 7], rtol=1e-15)
    assert np.allclose(answer["importer_price_index"], [0.5, 1.0, 0.5, 1.0], rtol=1e-15)
    assert answer["exporter_price_index"].tolist() == [1.0] * 4
    # Buyers of cars gain 600·ln(7/6), all by the price that moved.
    assert np.allclose(answer["importer_gain_usd"], [600 * np.log(7 / 6), 0, 50 * np.log(2), 0])


def test_one_rate_is_that_of_imports() -> None:
    one = RESPONSE.respond(FLOWS, 0.25, 0.15)
    two = RESPONSE.respond(FLOWS, [0.25, 0.25, 0.25, 0.0], [0.15, 0.15, 0.15, 0.0])
    pd.testing.assert_frame_equal(one, two, check_exact=True)
    assert one.loc[3, "duty_usd"] == 0.0
    assert one.index.equals(FLOWS.frame.index)


def test_supply_at_home_may_differ() -> None:
    fixed = {"substitution_elasticity": 2.0, "demand_elasticity": -1.0}
    home = tc.ArmingtonResponse(**fixed, home_supply_elasticity=1.0).respond(FLOWS, 0.25, 0.15)
    assert (home["exporter_price_index"] == 1.0).tolist() == [True, True, True, False]
    both = tc.ArmingtonResponse(**fixed, supply_elasticity=1.0).respond(FLOWS, 0.25, 0.15)
    assert (both["exporter_price_index"] != 1.0).all()
    same = tc.ArmingtonResponse(**fixed, supply_elasticity=1.0, home_supply_elasticity=1.0)
    pd.testing.assert_frame_equal(same.respond(FLOWS, 0.25, 0.15), both, check_exact=True)
    imports = tc.TradeFlows.from_frame(LINES[:3])
    alone = tc.ArmingtonResponse(**fixed, home_supply_elasticity=9.0).respond(imports, 0.25, 0.15)
    assert (alone["exporter_price_index"] == 1.0).all()


def test_the_home_is_a_country_of_choice() -> None:
    korea = tc.ArmingtonResponse(substitution_elasticity=2.0, demand_elasticity=-1.0, home="KOR")
    assert korea.respond(FLOWS, 0.25, 0.15)["duty_usd"].tolist()[::2] == [0.0, 0.0]


@pytest.mark.parametrize("size", [1, 7, 20_000])
def test_blocks_do_not_change_a_bit(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(1)
    given = [random.uniform(low, high, (2, 3, 11)) for low, high in ((1, 9), (0, 1), (0, 1))]
    elastic = {
        "substitution": random.uniform(0.5, 9.0, (2, 1, 11)),
        "demand": np.full((1, 1, 1), -1.5),
        "inverse_supply": random.uniform(0.0, 2.0, (1, 3, 1)),
    }
    whole = module.armington_gains(*given, **elastic)
    monkeypatch.setattr(module, "BLOCK", size)
    parts = module.armington_gains(*given, **elastic)
    for name, column in whole.items():
        assert column.shape == (2, 3, 11)
        assert parts[name].tobytes() == column.tobytes()


TAXED = tc.TradeFlows.from_frame(
    pd.DataFrame({"hs": "870323", "partner": ["KOR", "JPN"], "value_usd": [100.0, 200.0]})
)


def approximate(method: str) -> pd.DataFrame:
    """Return the answer at σ = 2, η = −1 and elastic supply; half is spent on each."""
    response = tc.ArmingtonResponse(
        substitution_elasticity=2.0, demand_elasticity=-1.0, method=method
    )
    return response.respond(TAXED, [1.0, 0.0], [0.5, 0.0])


def test_the_log_linear_answer_by_hand() -> None:
    # x = −¼ and 0, P = −⅛, q = P − 2·x: ⅜ and −⅛; gain 200·¼·(1 + 3/16).
    found = approximate("log_linear")
    assert found["quantity_index"].tolist() == pytest.approx([1.375, 0.875], rel=1e-15)
    assert found["importer_price_index"].tolist() == pytest.approx([0.75, 1.0], rel=1e-15)
    assert found["importer_gain_usd"].tolist() == pytest.approx([59.375, 0.0], rel=1e-14)
    assert found["revenue_change_usd"].tolist() == pytest.approx([-31.25, 0.0], rel=1e-14)


def test_triangles_by_hand() -> None:
    # τ = ¾ and 1, 1/P̂ = 7/6, q̂ = (¾·7/6)^−2·7/6 = 32/21; gain 200·¼·(1 + ½·11/21).
    found = approximate("triangle")
    assert found["quantity_index"].tolist() == pytest.approx([32 / 21, 6 / 7], rel=1e-14)
    assert found["importer_gain_usd"].tolist() == pytest.approx([50 * 53 / 42, 0.0], rel=1e-14)
    assert found["duty_usd"].tolist() == pytest.approx([100 * 32 / 21 * 0.5, 0.0], rel=1e-14)


def test_markets_are_cut_into_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 24)
    found = [(block.start, block.stop) for block in module._blocks((2, 3, 10))]
    assert found == [(0, 4), (4, 8), (8, 12)]
    assert [block.start for block in module._blocks((20, 3, 3))] == [0, 1, 2]
