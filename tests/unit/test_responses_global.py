import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.trade.responses.armington_gains import armington_gains
from tariffcalc.trade.responses.bilateral import bilateral
from tariffcalc.trade.responses.global_gains import global_gains, published_consumer_surplus

FLOWS = pd.DataFrame({
    "exporter": ["KOR", "USA", "KOR", "JPN"],
    "importer": ["USA", "USA", "KOR", "USA"],
    "value_usd": [100.0, 200.0, 300.0, 0.0],
})  # fmt: skip
RESPONSE = tc.GlobalArmingtonResponse(substitution_elasticity=2.0, demand_elasticity=-1.0)


def test_flows_are_laid_out_by_name() -> None:
    laid = bilateral(FLOWS)
    assert laid.exporters == ["JPN", "KOR", "USA"]
    assert laid.importers == ["KOR", "USA"]
    assert laid.matrix(laid.value).tolist() == [[[0.0, 0.0], [300.0, 100.0], [0.0, 200.0]]]
    rates = laid.rates(np.full(4, 0.25), 0.25)
    assert rates.tolist() == [[[0.0, 0.25], [0.0, 0.25], [0.0, 0.0]]]
    own = laid.rates(np.array([0.1, 0.2, 0.3, 0.4]), [0.1, 0.2, 0.3, 0.4])
    assert own.tolist() == [[[0.0, 0.4], [0.3, 0.1], [0.0, 0.2]]]


def test_the_answer_at_elastic_supply_by_hand() -> None:
    # In the United States shares ⅓ and ⅔, τ = ½ for KOR: 1/P̂ = ⅓·2 + ⅔ = 4/3.
    answer = RESPONSE.respond(FLOWS, 0.0, [-0.5, 0.0, 0.0, 0.0])
    assert answer.index.names == ["exporter", "importer"]
    assert answer.index.tolist() == list(zip(FLOWS["exporter"], FLOWS["importer"], strict=True))
    assert np.allclose(answer["quantity_index"][:3], [4 * 0.75, 0.75, 1.0], rtol=1e-15)
    assert np.allclose(answer["importer_gain_usd"], [300 * np.log(4 / 3), 0, 0, 0], rtol=1e-14)
    table = RESPONSE.welfare(FLOWS, 0.0, [-0.5, 0.0, 0.0, 0.0])
    assert table.index.tolist() == ["JPN", "KOR", "USA"]
    assert table["consumer_surplus_usd"].round(9).tolist() == [0.0, 0.0, 86.304621736]
    assert np.allclose(table["revenue_change_usd"], [0.0, 0.0, -150.0], rtol=1e-14)
    assert table["producer_surplus_usd"].tolist() == [0.0, 0.0, 0.0]


def test_an_exporter_gains_on_all_its_flows() -> None:
    elastic = tc.GlobalArmingtonResponse(
        substitution_elasticity=2.0, demand_elasticity=-1.0, supply_elasticity=3.0
    )
    answer = elastic.respond(FLOWS, 0.25, 0.0)
    price = answer.loc[("KOR", "USA"), "exporter_price_index"]
    assert answer.loc[("KOR", "KOR"), "exporter_price_index"] == price
    gains = answer["exporter_gain_usd"]["KOR"]
    assert (gains > 0.0).all()
    # All it sells gains 400·(p̂⁴ − 1)/4.
    assert abs(gains.sum() - 100 * (price**4 - 1)) <= 1e-12 * 400
    assert answer.loc[("JPN", "USA"), "exporter_gain_usd"] == 0.0


def test_consumer_surplus_as_published_by_hand() -> None:
    # Spent 300: P̂ = −0.1 of ⅓ and 0.2 of ⅔ is 0.1; 300·(½·(−2)·0.01 − 0.1) = −33.
    spent, paid = np.array([[[100.0], [200.0]]]), np.array([[[-0.1], [0.2]]])
    found = published_consumer_surplus(spent, paid, np.array([[[-2.0]]]))
    assert np.allclose(found, [[-33.0]], rtol=1e-14)
    # Where prices fall by 0.1: 300·(−½·(−2)·0.01 + 0.1) = 33.
    assert np.allclose(published_consumer_surplus(spent, -paid, np.array([[[-2.0]]])), [[33.0]])
    assert published_consumer_surplus(0 * spent, paid, np.array([[[-2.0]]])).tolist() == [[0.0]]


def test_welfare_of_the_log_linear_method_is_the_published_one() -> None:
    linear = tc.GlobalArmingtonResponse(
        substitution_elasticity=2.0, demand_elasticity=-1.0, supply_elasticity=3.0,
        method="log_linear",
    )  # fmt: skip
    rates = ([0.25, 0.0, 0.0, 0.1], [0.15, 0.0, 0.0, 0.1])
    answer, table = linear.respond(FLOWS, *rates), linear.welfare(FLOWS, *rates)
    price = answer.loc[("KOR", "USA"), "exporter_price_index"] - 1.0
    surplus = table["producer_surplus_usd"]
    assert abs(surplus["KOR"] - 400 * price * (1 + 1.5 * price)) <= 1e-12 * 400
    moved = answer["importer_price_index"] - 1.0
    paid = (125 * moved[("KOR", "USA")] + 200 * moved[("USA", "USA")]) / 325
    exact = 325 * (-0.5 * paid**2 * np.sign(paid) - paid)
    assert abs(table["consumer_surplus_usd"]["USA"] - exact) <= 1e-12 * 325


def test_a_response_has_defaults() -> None:
    assert RESPONSE.supply_elasticity is None
    assert (RESPONSE.kind, RESPONSE.method) == ("global_armington", "exact")
    with pytest.raises(InputError, match="demand_elasticity"):
        tc.GlobalArmingtonResponse(substitution_elasticity=2.0, demand_elasticity=1.0)


def test_rates_of_the_wrong_number_are_named() -> None:
    with pytest.raises(InputError) as caught:
        RESPONSE.respond(FLOWS, [0.1, 0.2], 0.1)
    assert str(caught.value) == "rate_before: one rate or 4 are needed, given shape (2,)"


def test_the_gain_of_an_exporter_is_shared_by_logarithmic_means() -> None:
    elastic = tc.GlobalArmingtonResponse(
        substitution_elasticity=2.0, demand_elasticity=-1.5, supply_elasticity=3.0
    )
    small = FLOWS.assign(value_usd=FLOWS["value_usd"] / 1024)
    answer = elastic.respond(small, 0.25, 0.0)
    before = small.set_index(["exporter", "importer"])["value_usd"]["KOR"]
    after, gains = answer["value_usd"]["KOR"], answer["exporter_gain_usd"]["KOR"]
    mean = (after - before) / np.log(after / before)
    assert np.allclose(gains / gains.sum(), mean / mean.sum(), rtol=1e-12)
    surplus = published_consumer_surplus(
        np.array([[[0.25], [0.5]]]), np.array([[[-0.1], [0.2]]]), np.array([[[-2.0]]])
    )
    assert np.allclose(surplus, [[-0.0825]], rtol=1e-14)


@pytest.mark.parametrize("method", ["exact", "triangle", "log_linear"])
def test_the_world_of_one_importer_is_its_market(method: str) -> None:
    elastic = {
        "substitution": np.full((1, 1, 1), 3.0),
        "demand": np.full((1, 1, 1), -1.5),
        "inverse_supply": np.array([0.5, 0.0, 2.0]).reshape(1, 3, 1),
    }
    value, before, after = (
        np.array(numbers).reshape(1, 3, 1)
        for numbers in ([0.25, 0.5, 0.125], [0.5, 0.0, 0.25], [0.0, 0.25, 0.25])
    )
    ours, theirs = (
        kernel(value, before, after, **elastic, method=method)
        for kernel in (global_gains, armington_gains)
    )
    for name, column in theirs.items():
        assert np.abs(ours[name] - column).max() <= 1e-14, name
    assert np.abs(ours["exporter_gain_usd"][0, :2, 0]).tolist() != [0.0, 0.0]
    # At the default method the answer is the exact one.
    if method == "exact":
        default = global_gains(value, before, after, **elastic)
        assert all(default[name].tobytes() == ours[name].tobytes() for name in ours)
        default = armington_gains(value, before, after, **elastic)
        assert all(default[name].tobytes() == theirs[name].tobytes() for name in theirs)
