import math

import numpy as np

from tariffcalc.numeric.armington import composite_gain, shares, variety_change
from tariffcalc.numeric.composite_price import market

ULP = 2.0**-52


def column(*numbers: float) -> np.ndarray:
    return np.array(numbers).reshape(1, -1, 1)


def test_shares_by_hand_and_of_nothing() -> None:
    assert shares(column(1.0, 3.0)).ravel().tolist() == [0.25, 0.75]
    assert shares(column(0.0, 0.0)).ravel().tolist() == [0.0, 0.0]


def test_what_varieties_do_by_hand() -> None:
    factor = column(0.6, -0.4)
    elastic = {"substitution": column(3.0), "demand": column(-1.0)}
    inverse = column(0.5, 0.0)
    equation = market(column(0.5, 0.5), factor, **elastic, inverse_supply=inverse)
    found = variety_change(equation, column(0.1), factor, **elastic, inverse_supply=inverse)
    # (2·0.1 − 3·0.6)/2.5 = −0.64 and (2·0.1 + 3·0.4)/1 = 1.4.
    assert np.abs(found.quantity.ravel() - [-0.64, 1.4]).max() <= 4 * ULP
    assert np.abs(found.exporter.ravel() - [-0.32, 0.0]).max() <= 4 * ULP
    assert np.abs(found.importer.ravel() - [0.28, -0.4]).max() <= 4 * ULP


def test_buyers_gain_by_hand() -> None:
    # Two alike varieties at σ = 2: one price doubles, 1/P̂ = ½·½ + ½ = ¾; at η = −1 buyers lose
    # 100·ln(4/3), all of it by the first.
    price, importer = column(math.log(4 / 3)), column(math.log(2.0), 0.0)
    args = (column(0.5, 0.5), column(-1.0), column(100.0), price, importer)
    found = composite_gain(*args, column(-1.0)).ravel()
    assert abs(found[0] + 100 * math.log(4 / 3)) <= 200 * ULP
    assert found[1] == 0.0
    # At η = −2 they lose 100·(1 − ¾) = 25.
    assert abs(composite_gain(*args, column(-2.0)).ravel()[0] + 25.0) <= 200 * ULP


def test_nothing_bought_is_nothing_gained() -> None:
    none = composite_gain(*(column(x) for x in (0.0, -1.0, 0.0, 0.0, 0.5, -1.0)))
    assert none.tobytes() == np.zeros((1, 1, 1)).tobytes()
