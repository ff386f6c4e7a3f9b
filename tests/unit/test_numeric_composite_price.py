import math

import numpy as np
import pytest

import tariffcalc.numeric.composite_price as module
from tariffcalc.numeric.composite_price import (
    ces_power,
    composite_price,
    linear_price,
    market,
    over_suppliers,
)

ULP = 2.0**-52


def column(*numbers: float) -> np.ndarray:
    return np.array(numbers).reshape(1, -1, 1)


def one(number: float) -> np.ndarray:
    return column(number)


def equation(sigma: float = 3.0, eta: float = -1.0, inverse: tuple = (0.5, 0.0)) -> module.Market:
    return market(
        column(0.25, 0.75),
        column(math.log(2.0), math.log(0.5)),
        substitution=one(sigma),
        demand=one(eta),
        inverse_supply=column(*inverse),
    )


def test_the_equation_of_a_market_by_hand() -> None:
    found = equation()
    # 1 + σν = 2.5 and 1, 1 − ην = 1.5 and 1; times 1 − σ = −2.
    assert found.ease.ravel().tolist() == [0.4, 1.0]
    assert found.push.ravel().tolist() == [math.log(2.0) * -0.8, math.log(0.5) * -2.0]
    assert np.abs(found.pull.ravel() - [-1.2, -2.0]).max() <= ULP
    assert found.power.item() == -2.0


@pytest.mark.parametrize(
    ("sigma", "eta", "rest"),
    [
        # Of c = 1 − σ, R = |1 + η/σ| and pulls from k⁻ to k⁺: c²·R³·k⁺/(60·k⁻²).
        (4.0, -1.0, 9.0 * 0.75**3 * 1.0 / (60.0 * 0.25**2)),
        (2.0, -6.0, 1.0 * 2.0**3 * 3.0 / (60.0 * 1.0**2)),
        (0.5, -0.5, None),
        (1.0, -2.0, 1e-60 / 30.0),
    ],
)
def test_how_far_a_last_step_may_reach(sigma: float, eta: float, rest: float | None) -> None:
    reach = equation(sigma, eta).reach.item()
    exact = 1e9 if rest is None else (2.0**-54 / rest) ** (1.0 / 3.0)
    assert abs(reach - exact) <= 16 * ULP * exact
    assert equation(sigma, eta, (0.5,)).reach.item() == 1e9  # supply alike: any step is the last


def test_the_power_is_never_0() -> None:
    assert ces_power(np.array([1.0, 0.5, 3.0])).tolist() == [1e-30, 0.5, -2.0]


def test_sums_over_suppliers_keep_their_order() -> None:
    terms = np.array([1.0, 2.0**-53, 2.0**-53, -1.0] * 3).reshape(1, 12, 1)
    wide = np.concatenate([terms, terms], axis=2)
    total = 0.0
    for term in terms.ravel():
        total += term
    assert over_suppliers(terms).tolist() == [[[total]]]
    assert over_suppliers(wide).tolist() == [[[total, total]]]
    assert terms[0, 0, 0] == 1.0


def test_the_linear_price_by_hand() -> None:
    # Weights θ·s: −0.15 and −0.75; prices ln 2/1.5 and −ln 2.
    exact = (0.15 * math.log(2.0) / 1.5 - 0.75 * math.log(2.0)) / 0.9
    assert abs(linear_price(equation()).item() - exact) <= 2 * ULP


def test_the_price_of_elastic_supply_is_the_index_of_tariffs() -> None:
    # Σ θ·τ^(1−σ) = 0.25·¼ + 0.75·4 = 3.0625 at σ = 3, its power 1/(1−σ) = 3.0625^−½.
    found = composite_price(equation(inverse=(0.0, 0.0))).item()
    assert abs(found + 0.5 * math.log(3.0625)) <= 2 * ULP
    # At σ = 1 the index is geometric: ¼·ln 2 − ¾·ln 2.
    found = composite_price(equation(sigma=1.0, inverse=(0.0, 0.0))).item()
    assert abs(found + 0.5 * math.log(2.0)) <= 2 * ULP


def test_supply_that_slopes_upwards_by_hand() -> None:
    # σ = 2, η = −1, μ = 1 for both: ln P̂i = (y + ln τi)/3, y = −ln Σ θ·e^(−ln P̂i), so that
    # ⅔·y = −ln(¼·2^−⅓ + ¾·2^⅓).
    found = composite_price(equation(sigma=2.0, eta=-1.0, inverse=(1.0, 1.0))).item()
    exact = -1.5 * math.log(0.25 * 2 ** (-1 / 3) + 0.75 * 2 ** (1 / 3))
    assert abs(found - exact) <= 4 * ULP


def test_a_market_without_sales_has_the_price_before() -> None:
    empty = market(
        column(0.0, 0.0), column(1.0, 2.0), substitution=one(3.0), demand=one(-1.0),
        inverse_supply=one(0.5),
    )  # fmt: skip
    assert composite_price(empty).item() == 0.0


def test_a_start_out_of_range_is_put_at_its_end() -> None:
    best = composite_price(equation())
    for start in (-1e300, -3.0, 0.0, 1e300):
        assert abs(composite_price(equation(), one(start)) - best).item() <= 2 * ULP
    found = market(
        column(0.5, 0.5, 0.0), column(0.4, -0.2, 9.0), substitution=one(3.0), demand=one(-2.0),
        inverse_supply=one(0.5),
    )  # fmt: skip
    low, high = module._range(found)
    assert abs(low.item() + 0.1) <= ULP  # −0.2/(1 + 2·½): what is not sold has no price
    assert abs(high.item() - 0.2) <= ULP


def test_a_step_by_hand() -> None:
    # At σ = 3, η = −1, ν = ½ and 0: x = −0.8·ln 2 + 1.2·y and 2·ln 2 + 2·y; here y = −0.3.
    found, price = equation(), -0.3
    terms = [
        (share * math.exp(push - pull * price), pull)
        for share, push, pull in (
            (0.25, -0.8 * math.log(2.0), -1.2),
            (0.75, 2.0 * math.log(2.0), -2.0),
        )
    ]
    total, first, second = (sum(t * pull**k for t, pull in terms) for k in range(3))
    growth, step = (one.item() for one in module._step(found, one(price)))
    assert abs(growth - (total - 1.0)) <= 8 * ULP
    newton = math.log(total) * total / first
    exact = newton / (1.0 - 0.5 * newton * (second / first - first / total))
    assert abs(step - exact) <= 16 * ULP * abs(exact)


@pytest.mark.parametrize("sigma", [0.1, 0.999, 1.001, 30.0])
def test_few_steps_are_enough(sigma: float, monkeypatch: pytest.MonkeyPatch) -> None:
    hard = market(
        column(1e-9, 0.5, 0.5), column(2.4, -2.4, 0.1), substitution=one(sigma), demand=one(-30.0),
        inverse_supply=column(0.0, 10.0, 1.0),
    )  # fmt: skip
    exact = composite_price(hard)
    monkeypatch.setattr(module, "MOST_STEPS", 10)
    assert composite_price(hard).item() == exact.item()


def test_exponentials_beyond_numbers_are_stepped_over() -> None:
    far = market(
        column(0.5, 0.5), column(-12.0, 2.4), substitution=one(200.0), demand=one(-1.0),
        inverse_supply=column(0.0, 0.0),
    )  # fmt: skip
    # The cheap variety is all there is: ln P̂ = −12 + ln 2/199.
    assert abs(composite_price(far).item() + 12.0 - math.log(2.0) / 199.0) <= 16 * ULP
    assert abs(composite_price(far, one(2.4)).item() + 12.0 - math.log(2.0) / 199.0) <= 16 * ULP
    beside = market(
        column(0.5, 0.5, 0.0), column(-12.0, 2.4, -30.0), substitution=one(200.0),
        demand=one(-1.0), inverse_supply=column(0.0, 0.0, 0.0),
    )  # fmt: skip
    assert composite_price(beside).item() == composite_price(far).item()


def test_the_search_stops_after_its_last_step(monkeypatch: pytest.MonkeyPatch) -> None:
    best, start = composite_price(equation()).item(), one(0.0)
    monkeypatch.setattr(module, "MOST_STEPS", 1)
    first = composite_price(equation(), start).item()
    assert first != best
    assert abs(first - best) < abs(best)


def test_the_range_of_each_market_is_its_own() -> None:
    found = market(
        np.full((1, 2, 2), 0.5),
        np.array([[[0.4, 1.0], [-0.2, 3.0]]]),
        substitution=one(3.0),
        demand=one(-2.0),
        inverse_supply=one(0.0),
    )
    low, high = module._range(found)
    assert np.abs(low - [[[-0.2, 1.0]]]).max() <= ULP
    assert np.abs(high - [[[0.4, 3.0]]]).max() <= ULP


def test_a_step_that_leads_away_is_replaced_by_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    found = market(
        np.full((1, 2, 2), 0.5),
        np.array([[[0.4, 1.0], [-0.2, 3.0]]]),
        substitution=one(3.0),
        demand=one(-2.0),
        inverse_supply=column(0.0, 0.5),
    )
    first, second = linear_price(found).ravel().tolist()
    asked = []
    answers = iter(
        [
            ([0.3, 0.3], [math.nan, 0.0]),  # the second market ends here
            ([-0.3, 0.3], [5000.0, 1.0]),
            ([0.5, 0.3], [0.0, 1.0]),  # too far from balance for a last step
            ([0.1, 0.3], [0.25, 1.0]),
            ([0.1, 0.3], [0.0, 1.0]),
        ]
    )

    def step(_: object, price: np.ndarray) -> tuple:
        asked.append(np.broadcast_to(price, (1, 1, 2)).ravel().tolist())
        return tuple(np.array(numbers).reshape(1, 1, 2) for numbers in next(answers))

    monkeypatch.setattr(module, "_step", step)
    price = composite_price(found).ravel().tolist()
    # As σ > 1 a sum above 1 says that the price is too high.
    middle = 0.5 * (first - 1500.0)
    after = 0.5 * (middle + first)
    last = 0.5 * (middle + after)  # a step upwards leads away from what is below
    assert asked == [
        [first, second], [middle, second], [after, second], [after, second], [last, second]
    ]  # fmt: skip
    assert price == [last, second]


def test_where_all_terms_vanish_there_is_no_step() -> None:
    for inverse in ((0.5, 0.0), (0.5,)):
        growth, step = module._step(equation(inverse=inverse), one(-1400.0))
        assert growth.item() == -1.0
        assert not np.isfinite(step).any()
