import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError, VintageError

CODES = ["870323", "8703230140", "870899", "980100", "854231"]
FLOWS = tc.TradeFlows.from_frame(
    pd.DataFrame({"hs": CODES, "partner": "KOR", "value_usd": [1e9, 2e9, 3e9, 0.25e9, 5e9]})
)
GOODS = tc.TradeFlows.from_frame(FLOWS.frame.iloc[[0, 1, 2, 4]])


def message(error: type[Exception], *given: object, **named: object) -> str:
    with pytest.raises(error) as caught:
        tc.line_elasticities(*given, **named)
    return str(caught.value)


def test_the_three_parameters_of_a_set() -> None:
    theta = [1.84, 1.84, 1.84, 3.95]
    for parameter, expected in (
        ("trade_elasticity", theta),
        ("substitution_elasticity", [1.0 + value for value in theta]),
        ("demand_elasticity", [-(1.0 + value) for value in theta]),
    ):
        found = tc.line_elasticities(GOODS, "low", parameter=parameter)
        assert found.tolist() == expected
        assert found.dtype == np.float64
    assert tc.line_elasticities(GOODS, "central").tolist() == [6.75, 6.75, 6.75, 6.14]


def test_overrides_come_before_the_table_and_long_prefixes_before_short_ones() -> None:
    given = {
        "Passenger cars": 2.0, "8703": 3.0, "870323": 4.0, "87032301": 5.0, "8703230140": 6.0,
        "87": 7.0, "Special provisions": 8.0,
    }  # fmt: skip
    found = tc.line_elasticities(FLOWS, "low", overrides=given)
    assert found.tolist() == [4.0, 6.0, 7.0, 8.0, 4.95]
    del given["8703230140"]
    assert tc.line_elasticities(FLOWS, "low", overrides=given)[1] == 5.0
    del given["87032301"], given["870323"]
    assert tc.line_elasticities(FLOWS, "low", overrides=given)[:2].tolist() == [3.0, 3.0]
    del given["8703"]
    assert tc.line_elasticities(FLOWS, "low", overrides=given)[:2].tolist() == [7.0, 7.0]
    del given["87"]
    found = tc.line_elasticities(FLOWS, "low", overrides=pd.Series(given))
    assert found.tolist() == [2.0, 2.0, 2.84, 8.0, 4.95]


def test_a_sector_of_the_overrides_comes_before_a_prefix_of_the_table() -> None:
    found = tc.line_elasticities(GOODS, {"87": 3.0, "85": 5.0}, overrides={"Passenger cars": 2.0})
    assert found.tolist() == [2.0, 2.0, 3.0, 5.0]


def test_a_users_table_in_each_form() -> None:
    mapping = {"87": 3.0, "Semiconductors": 5}
    column = pd.Series(mapping)
    frame = column.to_frame("trade_elasticity")
    for table in (mapping, column, frame):
        found = tc.line_elasticities(GOODS, table, parameter="trade_elasticity")
        assert found.tolist() == [3.0, 3.0, 3.0, 5.0]
    column["Passenger cars"] = float("nan")
    found = tc.line_elasticities(GOODS, column, parameter="trade_elasticity")
    assert found.tolist() == [3.0, 3.0, 3.0, 5.0]
    whole = tc.line_elasticities(GOODS, {"87": 3, "85": 5})
    assert whole.dtype == np.float64
    table = tc.load_elasticities("low")
    table.loc["Semiconductors", "substitution_elasticity"] = 9.0
    assert tc.line_elasticities(GOODS, table).tolist() == [2.84, 2.84, 2.84, 9.0]
    negative = {"87": -3.0, "Semiconductors": -5.0}
    found = tc.line_elasticities(GOODS, negative, parameter="demand_elasticity")
    assert found.tolist() == [-3.0, -3.0, -3.0, -5.0]


def test_a_fallback_stands_in_for_what_is_unknown_only() -> None:
    assert tc.line_elasticities(FLOWS, "low", fallback=4.0).tolist() == [
        2.84, 2.84, 2.84, 4.0, 4.95,
    ]  # fmt: skip
    found = tc.line_elasticities(
        GOODS, "broda-weinstein-2006", fallback="simonovska-waugh-2014", overrides={"8708": 2.0}
    )
    assert found.tolist() == [5.5604, 5.5604, 2.0, 5.0]
    assert tc.line_elasticities(
        FLOWS, "low", fallback=-4.0, parameter="demand_elasticity"
    ).tolist() == [-2.84, -2.84, -2.84, -4.0, -4.95]


def test_lines_without_a_number_are_refused_with_their_sectors_and_value() -> None:
    assert message(InputError, FLOWS, "low") == (
        "no substitution_elasticity of these lines: 1 fault\n"
        "  - 1 of 5 lines, $0.25bn, have no number: 1 sector: 'Special provisions'; "
        "name them in overrides or, outside a scenario, give a fallback"
    )
    assert message(InputError, FLOWS, {"8703": 1.0}, parameter="trade_elasticity") == (
        "no trade_elasticity of these lines: 1 fault\n"
        "  - 3 of 5 lines, $8.25bn, have no number: 3 sectors (first 3: 'Semiconductors', "
        "'Special provisions', 'Vehicle parts'); name them in overrides or, outside a scenario, "
        "give a fallback"
    )


def test_all_faults_of_keys_and_numbers_are_named_at_once() -> None:
    given = {"Passenger car": 3.0, "8703": -1.0, "98": True, "870": "4", 87: float("nan")}
    assert message(InputError, FLOWS, {"85": 0.0}, overrides=given, fallback=float("inf")) == (
        "no substitution_elasticity of these lines: 9 faults\n"
        "  - overrides: 'Passenger car' is neither a sector nor an HS prefix; "
        "did you mean 'Passenger cars'?\n"
        "  - overrides: 8703: a finite number above 0 is needed, given -1.0\n"
        "  - overrides: 98: a finite number above 0 is needed, given True\n"
        "  - overrides: '870' is neither a sector nor an HS prefix\n"
        "  - overrides: 870: a finite number above 0 is needed, given '4'\n"
        "  - overrides: 87 is neither a sector nor an HS prefix\n"
        "  - overrides: 87: a finite number above 0 is needed, given nan\n"
        "  - table: 85: a finite number above 0 is needed, given 0.0\n"
        "  - fallback: a finite number above 0 is needed, given inf"
    )
    assert message(InputError, FLOWS, {"85": 3.0}, parameter="demand_elasticity", fallback=0.0) == (
        "no demand_elasticity of these lines: 2 faults\n"
        "  - table: 85: a finite number below 0 is needed, given 3.0\n"
        "  - fallback: a finite number below 0 is needed, given 0.0"
    )


def test_what_is_no_table_is_refused() -> None:
    frame = pd.DataFrame({"value": [3.0]}, index=["87"])
    assert (
        message(InputError, FLOWS, frame) == "table: a column 'substitution_elasticity' is needed."
    )
    frame.columns = ["substitution_elasticities"]
    assert message(InputError, FLOWS, frame).endswith(
        "is needed; did you mean 'substitution_elasticities'?"
    )
    assert message(InputError, FLOWS.frame, "low") == (
        "flows: TradeFlows are needed, given DataFrame; build them with TradeFlows.from_frame"
    )
    assert "unknown parameter 'demand_elasticities'; did you mean 'demand_elasticity'" in message(
        UnknownNameError, FLOWS, "low", parameter="demand_elasticities"
    )
    assert "unknown set of elasticities 'mine'" in message(UnknownNameError, FLOWS, "mine")
    assert "unknown set of elasticities 'his'" in message(
        UnknownNameError, FLOWS, "low", fallback="his"
    )


def test_vintages_reach_the_table_and_the_fallback() -> None:
    late = "lashkaripour-lugovskyy-2023: published 2023-10-31, after 2020-01-01"
    name = "lashkaripour-lugovskyy-2023"
    assert late in message(VintageError, FLOWS, name, as_of="2020-01-01")
    assert late in message(VintageError, FLOWS, {"87": 3.0}, fallback=name, as_of="2020-01-01")
    found = tc.line_elasticities(GOODS, "caliendo-parro-2015", as_of="2020-01-01")
    assert found.tolist() == [2.84, 2.84, 2.84, 4.95]


def test_nothing_that_was_given_changes() -> None:
    overrides = {"8708": 2.0}
    table = tc.load_elasticities("low")
    before = table.copy()
    tc.line_elasticities(GOODS, table, overrides=overrides)
    pd.testing.assert_frame_equal(table, before)
    assert overrides == {"8708": 2.0}
