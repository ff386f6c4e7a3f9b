import pandas as pd
import pytest

import tariffcalc as tc

PAYER, HOST = tc.Side(counts=["exporters"]), tc.Side(counts=["host_treasury"])


def outcome(**fields: object) -> tc.Agreement:
    points = pd.DataFrame(
        {
            "x": [1.0, 2.0, 3.0, 4.0],
            "payer_gain_usd": [5.0, 9.0, 7.0, -1.0],
            "host_gain_usd": [4.0, 1.0, 2.0, 9.0],
            "acceptable": [True, True, True, False],
            "efficient": [False, True, True, False],
        }
    )
    given = {"solution": None, "nearest": None, **fields}
    return tc.Agreement("s", PAYER, HOST, 0.5, points, precision={"x": 0.0}, **given)  # type: ignore[arg-type]


def test_an_offer_says_gains_and_losses() -> None:
    offer = tc.Offer({"a": 1 / 3, "b": 2.0}, {"p.a": 1 / 3, "p.b": 2.0}, 0.0, -1.25e9)
    assert repr(offer) == ("Offer(a = 0.333333, b = 2: payer gains 0 USD, host loses 1.25e+09 USD)")
    assert offer == tc.Offer({"a": 1 / 3, "b": 2.0}, {"p.a": 1 / 3, "p.b": 2.0}, 0.0, -1.25e9)


def test_an_agreement_is_true() -> None:
    offer = tc.Offer({"x": 2.0}, {"p.x": 2.0}, 9.0, 1.0)
    found = outcome(solution=offer)
    assert found
    assert repr(found) == (
        "Agreement('s': Offer(x = 2: payer gains 9 USD, host gains 1 USD), weight 0.5)"
    )


def test_no_agreement_is_false_and_says_what_is_short() -> None:
    offer = tc.Offer({"x": 2.0}, {"p.x": 2.0}, 9.0, -3.5)
    found = outcome(nearest=offer)
    assert not found
    assert repr(found) == (
        "Agreement('s': none; Offer(x = 2: payer gains 9 USD, host loses 3.5 USD) is nearest: "
        "payer 0 USD short, host 3.5 USD short)"
    )


def test_the_acceptable_stand_in_order_and_the_frontier_from_payer_to_host() -> None:
    found = outcome()
    assert found.acceptable["x"].tolist() == [1.0, 2.0, 3.0]
    assert found.frontier["x"].tolist() == [2.0, 3.0]


def test_an_agreement_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        outcome().weight = 1.0  # type: ignore[misc]
