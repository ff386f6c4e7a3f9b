import math

import numpy as np
import pytest

import tariffcalc.numeric.world_market as module
from tariffcalc.errors import NoRootError
from tariffcalc.numeric.world_market import World, composites, linear_supply, world_supply

ULP = 2.0**-52


def world(
    sigma: float = 2.0, eta: float = -1.0, inverse: float = 1.0, factor: object = ((0.5,), (0.0,))
) -> World:
    laid = np.array([factor], dtype=float)
    _, exporters, importers = laid.shape
    return World(
        spending=np.full(laid.shape, 1.0 / exporters),
        sales=np.full(laid.shape, 1.0 / importers),
        factor=laid,
        substitution=np.full((1, 1, importers), sigma),
        cross=np.full((1, 1, importers), sigma + eta),
        inverse_supply=np.full((1, exporters, 1), inverse),
        power=np.full((1, 1, importers), 1.0 - sigma),
    )


def test_the_linear_system_by_hand() -> None:
    # q = −2·P + (P1 + P2)/2, P1 = q1 + ½, P2 = q2. The sum: s = −s − ½, the difference: 3·d = −1.
    found = linear_supply(world()).ravel()
    assert np.abs(found - [(-0.25 - 1 / 3) / 2, (-0.25 + 1 / 3) / 2]).max() <= 4 * ULP


def test_composites_by_hand() -> None:
    one = world(sigma=2.0, factor=((math.log(2.0),), (0.0,)))
    prices, composite, spending = composites(one, np.zeros((1, 2, 1)))
    # 1/P̂ = ½·½ + ½ = ¾; of spending ¼/¾ and ½/¾.
    assert np.abs(prices.ravel() - [math.log(2.0), 0.0]).max() == 0.0
    assert abs(composite.item() - math.log(4 / 3)) <= 2 * ULP
    assert np.abs(spending.ravel() - [1 / 3, 2 / 3]).max() <= 2 * ULP


def test_prices_that_clear_by_hand() -> None:
    # With σ = 2, η = −1, μ = 1: ln P̂i = (y + ln τi)/3 where y = −1.5·ln(½·2^−⅓ + ½).
    found = world_supply(world(factor=((math.log(2.0),), (0.0,)))).ravel()
    composite = -1.5 * math.log(0.5 * 2 ** (-1 / 3) + 0.5)
    paid = np.array([(composite + math.log(2.0)) / 3, composite / 3])
    assert np.abs(found - (paid - [math.log(2.0), 0.0])).max() <= 8 * ULP


def test_elastic_supply_leaves_prices_and_moves_quantities() -> None:
    one = world(inverse=0.0, factor=((math.log(2.0), 0.0), (0.0, 0.0)))
    found = world_supply(one).ravel()
    # In the first market P̂ = 4/3: of the first half as much in square by 4/3, of the other 4/3.
    exact = np.log([0.5 * (1.0 + 0.25 * 4 / 3), 0.5 * (1.0 + 4 / 3)])
    assert np.abs(found - exact).max() <= 4 * ULP


def test_no_change_is_0_to_the_bit() -> None:
    found = world_supply(world(factor=((0.0,), (0.0,))))
    assert (found == 0.0).all()


def test_an_exporter_that_sells_nothing_stays() -> None:
    one = world()
    spending, sales = np.array([[[1.0], [0.0]]]), np.array([[[1.0], [0.0]]])
    idle = World(spending, sales, one.factor, one.substitution, one.cross, one.inverse_supply,
                 one.power)  # fmt: skip
    found = world_supply(idle).ravel()
    # One supplier: ln q̂ = −ln τ/(1 + 1).
    assert abs(found[0] + 0.25) <= 2 * ULP
    assert found[1] == 0.0
    far = world_supply(idle, np.array([[[-40.0], [0.0]]])).ravel()
    assert np.abs(found - far).max() <= 8 * ULP


def test_steps_that_run_out_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_STEPS", 1)
    with pytest.raises(NoRootError) as caught:
        world_supply(world(factor=((3.0,), (-2.0,))))
    assert str(caught.value) == (
        "no prices are found that clear all markets; use rates nearer to 0 or smaller elasticities"
    )


def test_a_mild_change_takes_three_evaluations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_STEPS", 4)
    assert np.isfinite(world_supply(world(factor=((0.1, 0.0), (0.0, 0.1))))).all()


def test_the_jacobian_is_the_derivative_of_the_excess() -> None:
    one = world(sigma=3.0, factor=((0.4, -0.2), (0.1, 0.3)))
    supply, step = np.array([[[0.1], [-0.2]]]), 1e-6

    def excess(at: np.ndarray) -> np.ndarray:
        prices, composite, _ = composites(one, at)
        wanted = one.cross * composite - one.substitution * prices
        return np.log((one.sales * np.exp(wanted)).sum(axis=2, keepdims=True)) - at

    slopes = [
        (excess(supply + step * unit) - excess(supply - step * unit)) / (2 * step)
        for unit in np.eye(2).reshape(2, 1, 2, 1)
    ]
    numeric = np.concatenate(slopes, axis=2)[0]
    _, newton = module._newton_step(one, supply)
    assert np.abs(numeric @ newton[0] + excess(supply)[0]).max() <= 1e-8


def test_cases_are_searched_on_their_own() -> None:
    rough, still = world(sigma=9.0, factor=((2.4,), (-2.4,))), world(factor=((0.0,), (0.0,)))
    fields = (
        np.concatenate([getattr(rough, name), getattr(still, name)]) for name in World.__slots__
    )
    both = world_supply(World(*fields))
    assert both[0].tobytes() == world_supply(rough)[0].tobytes()
    assert (both[1] == 0.0).all()


def test_a_start_far_off_comes_back() -> None:
    one = world(sigma=9.0, factor=((1.0,), (-1.0,)))
    best = world_supply(one)
    for start in (-60.0, 60.0):
        far = world_supply(one, np.array([[[start], [-start]]]))
        assert np.abs(far - best).max() <= 64 * ULP * np.abs(best).max()
