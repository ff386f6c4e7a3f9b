import math

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.trade.responses.static import static_gains, static_totals

FLOWS = tc.TradeFlows.from_frame(
    pd.DataFrame({"hs": ["8703", "85"], "partner": ["KOR", "KOR"], "value_usd": [100.0, 300.0]})
)


def test_a_response_is_declared_by_its_pass_through() -> None:
    response = tc.StaticResponse(pass_through=0.5)
    assert response.model_dump() == {"kind": "static", "pass_through": 0.5}
    assert repr(response) == "StaticResponse(kind='static', pass_through=0.5)"
    with pytest.raises(InputError, match="pass_through: required, but not given"):
        tc.StaticResponse()


def test_the_answer_at_half_pass_through_by_hand() -> None:
    # From 1 + t = 4 to 1 + t = 1: τ = ¼, so the exporter's price doubles, the importer's halves.
    answer = tc.StaticResponse(pass_through=0.5).respond(FLOWS, 3.0, 0.0)
    expected = {
        "value_usd": [200.0, 600.0],
        "quantity_index": [1.0, 1.0],
        "exporter_price_index": [2.0, 2.0],
        "importer_price_index": [0.5, 0.5],
        "duty_usd": [0.0, 0.0],
        "exporter_gain_usd": [100.0, 300.0],
        "importer_gain_usd": [200.0, 600.0],
        "revenue_change_usd": [-300.0, -900.0],
        "efficiency_usd": [0.0, 0.0],
    }
    assert answer.columns.tolist() == list(expected)
    # ln 4 and two exponentials: a few ulps of the 600 that move.
    for name, values in expected.items():
        assert np.abs(answer[name] - values).max() <= 8 * math.ulp(600.0), name


def test_lines_may_have_rates_of_their_own() -> None:
    answer = tc.StaticResponse(pass_through=1.0).respond(FLOWS, [0.25, 0.0], np.array([0.15, 0.5]))
    assert answer["duty_usd"].tolist() == [15.0, 150.0]
    assert answer["revenue_change_usd"].tolist() == [-10.0, 150.0]
    assert answer["exporter_gain_usd"].tolist() == [0.0, 0.0]
    assert np.abs(answer["importer_gain_usd"] - [10.0, -150.0]).max() <= 4 * math.ulp(150.0)


def test_the_answer_has_the_rows_of_the_flows() -> None:
    answer = tc.StaticResponse(pass_through=0.5).respond(FLOWS, 0.25, 0.15)
    assert answer.index.equals(FLOWS.frame.index)
    assert answer.attrs["units"]["quantity_index"] == "1 = before"
    assert answer.attrs["scenario_hash"] is None


@pytest.mark.parametrize(
    ("rate", "message"),
    [
        ([0.1, 0.2, 0.3], "one rate or 2 are needed, given shape (3,)"),
        ([[0.1, 0.2]], "one rate or 2 are needed, given shape (1, 2)"),
        ([], "one rate or 2 are needed, given shape (0,)"),
        (-1.0, "finite rates above -1 are needed; leave out what is unknown"),
        (15, "rates are fractions: 15 means 1500%; did you mean 0.15?"),
        ([0.25, 10.5], "rates are fractions: 10.5 means 1050%; did you mean 0.105?"),
        ([0.1, math.nan], "finite rates above -1 are needed; leave out what is unknown"),
        (math.inf, "finite rates above -1 are needed; leave out what is unknown"),
        ("15%", "numbers are needed, given '15%'"),
        (["a", "b"], "numbers are needed, given ['a', 'b']"),
        ({1: 2}, "numbers are needed, given {1: 2}"),
        ("0.15", "numbers are needed, given '0.15'"),
        (["0.15", 0.25], "numbers are needed, given ['0.15', 0.25]"),
        (b"1", "numbers are needed, given b'1'"),
        (True, "numbers are needed, given True"),
        ([[0.1, 0.2], [0.3]], "numbers are needed, given [[0.1, 0.2], [0.3]]"),
        (
            np.array(["0.1", 0.2], dtype=object),
            "numbers are needed, given array(['0.1', 0.2], dtype=object)",
        ),
        (
            np.array([0.1, True], dtype=object),
            "numbers are needed, given array([0.1, True], dtype=object)",
        ),
        ([0.1, None], "finite rates above -1 are needed; leave out what is unknown"),
    ],
)
def test_rates_that_cannot_be_used_are_named(rate: object, message: str) -> None:
    response = tc.StaticResponse(pass_through=0.5)
    for before, after, name in ((rate, 0.0, "rate_before"), (0.0, rate, "rate_after")):
        with pytest.raises(InputError) as caught:
            response.respond(FLOWS, before, after)
        assert str(caught.value) == f"{name}: {message}"


def test_whole_numbers_and_objects_that_are_numbers_are_rates() -> None:
    response = tc.StaticResponse(pass_through=0.5)
    plain = response.respond(FLOWS, [0.0, 1.0], 0.25)
    for same in ([0, 1], np.array([0, 1.0], dtype=object), pd.Series([0, 1], dtype="Int64")):
        pd.testing.assert_frame_equal(response.respond(FLOWS, same, 0.25), plain)


def test_a_subsidy_of_less_than_the_price_is_a_rate() -> None:
    answer = tc.StaticResponse(pass_through=1.0).respond(FLOWS, 0.0, [-0.5])
    assert answer["duty_usd"].tolist() == [-50.0, -150.0]
    assert np.abs(answer["importer_price_index"] - 0.5).max() <= math.ulp(0.5)


def test_what_is_not_flows_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        tc.StaticResponse(pass_through=0.5).respond(FLOWS.frame, 0.25, 0.15)
    assert str(caught.value) == (
        "flows: TradeFlows are needed, given DataFrame; build them with TradeFlows.from_frame"
    )


def test_gains_of_nothing_are_plus_0() -> None:
    value, rate = np.array([0.0, 5.0]), np.array([0.25, 0.25])
    for share in (0.0, 0.5, 1.0):
        gains = static_gains(value, rate, rate, share)
        for name in ("exporter_gain_usd", "importer_gain_usd", "revenue_change_usd"):
            assert gains[name].tobytes() == np.zeros(2).tobytes()


def test_totals_by_hand_for_two_laws_and_two_shares() -> None:
    value = np.array([100.0, 300.0])
    before, after = np.array([[3.0, 3.0]]), np.array([[0.0, 3.0], [3.0, 0.0]])
    gain, revenue = static_totals(value, before, after, np.array([0.5, 1.0]))
    # Half pass-through doubles the price of the first line; at full pass-through none moves.
    assert abs(gain[0] - 100.0) <= 8 * math.ulp(100.0)
    assert gain[1] == 0.0
    assert revenue.tolist() == [-300.0, -900.0]


def test_totals_count_the_duty_on_the_price_that_moved() -> None:
    # From 0 to 3 at no pass-through the exporter's price falls to ¼: 100·¼·3 is collected.
    value, rates = np.array([100.0]), (np.array([[0.0]]), np.array([[3.0]]))
    gain, revenue = static_totals(value, *rates, np.array([0.0]))
    # The series takes steps of 1.4, and the error 4·1.4·e^1.4 = 23 roundings of 100 and of 300.
    assert abs(gain.item() + 75.0) <= 24 * 100 * 2.0**-53
    assert abs(revenue.item() - 75.0) <= 24 * 300 * 2.0**-53


def test_a_rate_of_10_is_the_largest_taken() -> None:
    answer = tc.StaticResponse(pass_through=1.0).respond(FLOWS, 10.0, [10.0, 0.0])
    assert answer["duty_usd"].tolist() == [1000.0, 0.0]


def test_duty_is_paid_on_the_price_after() -> None:
    # From 1 + t = 1 to 4 at half pass-through the exporter's price halves: 3·50 and 3·150.
    answer = tc.StaticResponse(pass_through=0.5).respond(FLOWS, 0.0, 3.0)
    assert answer["duty_usd"].tolist() == pytest.approx([150.0, 450.0], rel=1e-15)
    moved = tc.TradeFlows.from_frame(FLOWS.frame.set_axis([5, 2]))
    again = tc.StaticResponse(pass_through=0.5).respond(moved, 0.0, 3.0)
    assert again.index.tolist() == moved.frame.index.tolist()
