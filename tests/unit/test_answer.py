import numpy as np
import pytest

from tariffcalc.errors import InputError
from tariffcalc.numeric.cases import Cases
from tariffcalc.scenario import answer
from tariffcalc.scenario.answer import (
    PARTS,
    Trading,
    creation,
    in_parts,
    inverse_number,
    over_lines,
    refuse,
    yearly_gains,
)

VALUE = np.array([100.0, 200.0])
BEFORE, AFTER = np.array([[0.44, 0.0]]), np.array([[0.0, 0.0]])


def cases(response: dict, size: int = 1, **varied: list) -> Cases:
    trade = {"response": response, "elasticities": {"scale": 1.0, "overrides": {}}}
    arrays = {path.replace("__", "."): np.array(values) for path, values in varied.items()}
    return Cases({"trade": trade, "tariffs": {"measures": {}}}, arrays, size)


def gains(given: Cases) -> dict:
    return yearly_gains(VALUE, lambda _: (BEFORE, AFTER), given, Trading())


def test_static_exporters_gain_what_importers_and_treasury_lose() -> None:
    found = gains(cases({"kind": "static", "pass_through": 0.5}))
    assert list(found) == ["exporters", "revenue"]
    assert found["exporters"] == pytest.approx([20.0], rel=1e-14)  # 100·(1.2 − 1)
    assert found["revenue"].tolist() == [-44.0]


def test_one_line_of_unit_elasticities_by_hand() -> None:
    # τ = 1/1.44: p̂ = 1.2, q̂ = 1.2, P̂ = 1/1.2; exporters gain 100·0.44/2, importers 144·ln 1.2.
    response = {"kind": "constant_elasticity", "demand_elasticity": -1.0, "supply_elasticity": 1.0}
    found = gains(cases(response))
    assert list(found) == list(PARTS)
    by_hand = {"exporters": 22.0, "importers": 144 * np.log(1.2), "revenue": -44.0}
    for part, amount in {**by_hand, "home": 0.0, "created": 20.0, "diverted": 0.0}.items():
        assert found[part] == pytest.approx([amount], rel=1e-13, abs=1e-13)


def test_supply_that_is_not_given_is_perfectly_elastic() -> None:
    response = {"kind": "constant_elasticity", "demand_elasticity": -1.0}
    assert gains(cases(response))["exporters"].tolist() == [0.0]
    assert inverse_number(cases({}).at("trade.response"), "supply_elasticity").tolist() == [0.0]
    given = cases({"supply_elasticity": 4.0}).at("trade.response")
    assert inverse_number(given, "supply_elasticity").tolist() == [0.25]
    triangle = gains(cases({**response, "method": "triangle"}))
    assert triangle["importers"] == pytest.approx([144 * (1 - 1 / 1.44) * 1.22], rel=1e-13)


def test_cases_are_looked_at_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    response = {"kind": "constant_elasticity", "demand_elasticity": -1.0, "supply_elasticity": 1.0}
    demand = {"trade__response__demand_elasticity": [-0.5, -1.0, -2.0, -4.0, -8.0]}
    together = gains(cases(response, 5, **demand))
    monkeypatch.setattr(answer, "CELLS", 4)
    sizes = []

    def compute(part: Cases) -> dict:
        sizes.append(part.size)
        return {"x": part.number("trade.response.demand_elasticity"), "y": np.zeros(1)}

    found = in_parts(cases(response, 5, **demand), 2, compute)
    assert sizes == [2, 2, 1]
    assert found["x"].tolist() == demand["trade__response__demand_elasticity"]
    assert found["y"].tolist() == [0.0] * 5
    apart = gains(cases(response, 5, **demand))
    for part in PARTS:
        assert apart[part].tolist() == together[part].tolist()


def test_cases_that_answer_alike_are_looked_at_once() -> None:
    sizes = []

    def compute(part: Cases) -> dict:
        sizes.append((part.size, dict(part.varied)))
        return {"x": np.zeros(1)}

    other = cases({"kind": "constant_elasticity"}, 3, trade__growth_rate=[0.0, 0.1, 0.2])
    assert in_parts(other, 2, compute)["x"].tolist() == [0.0]
    assert sizes == [(1, {})]
    for path in ("tariffs__measures__x__rate", "trade__elasticities__scale"):
        sizes.clear()
        in_parts(cases({}, 3, **{path: [0.0, 0.1, 0.2]}), 2, compute)
        assert [size for size, _ in sizes] == [3]


def test_what_changes_hands_is_the_smaller_of_won_and_lost() -> None:
    change = np.array([[[6.0, 2.0, -4.0], [2.0, 1.0, 0.0]]])
    created, diverted = creation(change, np.array([[-4.0, 5.0, 1.0]]))
    assert diverted.tolist() == [[[3.0, 0.0, -1.0], [1.0, 0.0, 0.0]]]
    assert created.tolist() == [[[3.0, 2.0, -3.0], [1.0, 1.0, 0.0]]]


def test_sums_are_over_all_but_the_cases() -> None:
    amounts = np.arange(12.0).reshape(2, 2, 3)
    assert over_lines(amounts).tolist() == [15.0, 51.0]
    assert over_lines(amounts[:, :, :1]).tolist() == [3.0, 15.0]


def test_answers_that_are_no_numbers_or_below_0_are_refused() -> None:
    value, fine = np.array([[1.0, 0.0]]), np.array([[1.0, 1.0]])
    refuse({"quantity_index": np.array([[0.0, -1.0]]), "other": fine}, value)
    with pytest.raises(InputError, match=r"^the answer of 1 line is too large for a number"):
        refuse({"quantity_index": fine, "other": np.array([[np.inf, 1.0]])}, value)
    with pytest.raises(InputError, match=r"^the log-linear answer of 1 line is a negative"):
        refuse({"quantity_index": np.array([[-0.5, 1.0]])}, value)
    with pytest.raises(InputError, match="too large"):
        gains(cases({"kind": "constant_elasticity", "demand_elasticity": -3000.0}))
