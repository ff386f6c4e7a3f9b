import math
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.tariffs.entry import Component

ON = "2025-10-17"
CAR: dict[str, Any] = {"hs": "8703230140", "partner": "KOR", "mfn_rate": 0.025}


def measure_of(name: str = "m", **fields: Any) -> tc.TariffMeasure:
    return tc.TariffMeasure(
        **{"name": name, "authority": f"by_{name}", "rate": 0.25, "start": "2025-01-01", **fields}
    )


def law_of(*measures: tc.TariffMeasure, **fields: Any) -> tc.TariffSchedule:
    return tc.TariffSchedule(measures=measures, **fields)


def entry_of(
    line: Any, value: float, *measures: tc.TariffMeasure, on: str = ON, **options: Any
) -> pd.DataFrame:
    return law_of(*measures).customs_entry(line, value, on=on, **options)


def refusal(line: Any, value: Any, *measures: tc.TariffMeasure, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        entry_of(line, value, *measures, **options)
    return str(caught.value)


def test_an_entry_is_a_table_of_components() -> None:
    law = (
        measure_of("steel", content=0.5, displaces=["rest"], heading="9903.81.91", rate=0.5),
        measure_of("free", form="exemption", rate=0.0, content=0.25, displaces=["rest"]),
        measure_of("rest", form="all_in", rate=0.15),
        measure_of("gone", rate=0.1),
        measure_of("over", rate=0.0, displaces=["gone"], specific_usd_per_unit=0.055),
        measure_of("elsewhere", products=["72"]),
    )
    entry = entry_of(CAR, 1000.5, *law, quantity=3, fees=["harbor_maintenance"])
    rows = {
        "base": ("base", "8703230140", 1000.5, "value", 0.025, 25.01),
        "steel": ("by_steel", "9903.81.91", 500.25, "value", 0.5, 250.13),
        "rest": ("by_rest", "", 250.125, "value", 0.125, 31.27),
        "over (per unit)": ("by_over", "", 3.0, "quantity", 0.055, 0.17),
        "harbor_maintenance": ("fee", "", 1000.5, "value", 0.00125, 1.25),
    }
    assert entry.index.name == "component"
    assert entry.index.tolist() == list(rows)
    assert entry.columns.tolist() == [
        "authority", "heading", "basis", "basis_kind", "rate", "amount_usd",
    ]  # fmt: skip
    assert [tuple(row) for row in entry.to_numpy().tolist()] == list(rows.values())
    assert entry.attrs["total_usd"] == 307.83
    assert type(entry.attrs["total_usd"]) is float
    assert entry.attrs["units"] == {
        "basis": "USD, or units of quantity", "rate": "fraction, or USD per unit",
        "amount_usd": "USD",
    }  # fmt: skip
    assert entry.attrs["scenario_hash"] is None


@pytest.mark.parametrize(
    ("basis", "rate", "amount"),
    [
        ("100", "0.00125", "0.13"), ("0.5", "0.01", "0.01"), ("0.49", "0.01", "0.00"),
        ("1", "0.005", "0.01"), ("3", "0.005", "0.02"), ("1", "0.0049999999", "0.00"),
    ],
)  # fmt: skip
def test_half_a_cent_is_rounded_up(basis: str, rate: str, amount: str) -> None:
    component = Component("a", "b", "", Decimal(basis), "value", Decimal(rate))
    assert component.amount == Decimal(amount)
    assert component.amount.as_tuple().exponent == -2


def test_an_amount_has_a_least_and_a_most() -> None:
    for basis, amount in (("1", "2.00"), ("200", "2.00"), ("300", "3.00"), ("999", "7.50")):
        component = Component(
            "a", "b", "", Decimal(basis), "value", Decimal("0.01"), Decimal(2), Decimal("7.5")
        )
        assert component.amount == Decimal(amount)


def test_the_base_rate_is_what_is_claimed() -> None:
    line = CAR | {"preferential_rate": 0.01, "preference_use_share": 0.5}
    top = measure_of(form="all_in", rate=0.15)
    assert entry_of(line, 100.0, top)["amount_usd"].tolist() == [2.5, 12.5]
    assert entry_of(line, 100.0, top, preference=True)["amount_usd"].tolist() == [1.0, 14.0]
    assert entry_of(line, 100.0, top, preference=True)["rate"].tolist() == [0.01, 0.14]
    kept = law_of(top).with_convention("preference_use_share", 0.25)
    found = kept.customs_entry(line, 100.0, on=ON, preference=True)
    assert found["amount_usd"].tolist() == [1.0, 14.0]


def test_a_line_that_only_claims_a_preference_still_says_its_mfn_rate() -> None:
    only = {"hs": "8703230140", "partner": "KOR", "preferential_rate": 0.0}
    assert refusal(only, 5.0, preference=True) == (
        "mfn_rate: the entry needs it; give it, or mfn_text"
    )
    assert refusal(CAR | {"mfn_rate": math.nan}, 5.0) == (
        "mfn_rate: the entry needs it; give it, or mfn_text"
    )
    assert refusal(CAR | {"preferential_rate": math.nan}, 5.0, preference=True) == (
        "preferential_rate: the entry needs it; give it, or preferential_text"
    )


def test_a_text_stands_for_its_figures() -> None:
    line = {"hs": "0406905700", "partner": "KOR", "mfn_text": "3.4¢/kg + 8.5%", "mfn_rate": 0.5}
    entry = entry_of(line, 100.0, quantity=10.0)
    assert entry.index.tolist() == ["base", "base (per unit)"]
    assert entry["amount_usd"].tolist() == [8.5, 0.34]
    assert entry["basis"].tolist() == [100.0, 10.0]
    assert entry["basis_kind"].tolist() == ["value", "quantity"]
    assert entry["heading"].tolist() == ["0406905700"] * 2
    low = line | {"preferential_text": "1¢/kg"}
    assert entry_of(low, 100.0, quantity=10.0, preference=True)["amount_usd"].tolist() == [0.1]
    only = entry_of(line | {"mfn_text": "Free"}, 100.0)
    assert only["amount_usd"].tolist() == [0.0]
    missing = line | {"mfn_text": math.nan}
    assert entry_of(missing, 100.0)["amount_usd"].tolist() == [50.0]


def test_a_text_that_two_figures_cannot_say_is_refused() -> None:
    watch = {"hs": "9102111000", "partner": "KOR", "mfn_text": "41¢ each + 5% on the case"}
    assert refusal(watch, 100.0, quantity=1) == (
        "mfn_text: '41¢ each + 5% on the case' charges parts of the good; enter each part by itself"
    )
    claimed = CAR | {"preferential_text": "1¢ each + 5¢/kg"}
    assert refusal(claimed, 100.0, quantity=1, preference=True) == (
        "preferential_text: '1¢ each + 5¢/kg' charges parts of the good; enter each part by itself"
    )
    assert refusal(CAR | {"mfn_text": ""}, 100.0) == (
        "the rate text '' cannot be read: it is empty"
    )


def test_a_specific_part_may_be_a_figure_or_unknown() -> None:
    line = CAR | {"mfn_specific_usd_per_unit": 0.5}
    assert entry_of(line, 100.0, quantity=4)["amount_usd"].tolist() == [2.5, 2.0]
    assert refusal(line, 100.0) == "quantity: the mfn rate has a specific part; give the quantity"
    for nothing in (0.0, math.nan):
        free = line | {"mfn_specific_usd_per_unit": nothing}
        assert entry_of(free, 100.0)["amount_usd"].tolist() == [2.5]
    low = line | {"preferential_rate": 0.0, "preferential_specific_usd_per_unit": 0.25}
    found = entry_of(low, 100.0, quantity=4, preference=True)
    assert found.index.tolist() == ["base (per unit)"]
    assert found["amount_usd"].tolist() == [1.0]
    # Without a claim the preferential figures are not asked for.
    assert entry_of(CAR | {"preferential_rate": 0.0, "preferential_specific_usd_per_unit": 0.25},
                    100.0)["amount_usd"].tolist() == [2.5]  # fmt: skip
    assert entry_of(low | {"preferential_rate": math.nan}, 100.0, quantity=4)[
        "amount_usd"
    ].tolist() == [2.5, 2.0]


def test_an_all_in_rate_tops_up_the_specific_part_too() -> None:
    line = CAR | {"mfn_specific_usd_per_unit": 0.5}
    entry = entry_of(line, 100.0, measure_of(form="all_in", rate=0.1), quantity=4)
    assert entry.loc["m", "rate"] == pytest.approx(0.1 - 0.025 - 0.02, rel=1e-15)
    assert entry.loc["m", "amount_usd"] == 5.5
    assert entry_of(line, 100.0, measure_of(form="all_in", rate=0.01), quantity=4).loc[
        "m", "amount_usd"
    ] == 0.0  # fmt: skip


def test_a_base_measure_takes_the_place_of_the_base_rate() -> None:
    line = {"hs": "8703230140", "partner": "KOR", "preferential_rate": 0.0}
    own = measure_of("own", form="base", rate=0.1, heading="8703.23")
    top = measure_of("top", form="all_in", rate=0.15)
    for claims in (False, True):
        entry = entry_of(line, 200.0, top, own, preference=claims)
        assert entry["amount_usd"].tolist() == [20.0, 10.0]
        assert entry["heading"].tolist() == ["8703.23", ""]
        assert entry["authority"].tolist() == ["base", "by_top"]
    bare = measure_of("own", form="base", rate=0.0, specific_usd_per_unit=0.5)
    entry = entry_of(line, 200.0, bare, quantity=3)
    assert entry.index.tolist() == ["base (per unit)"]
    assert entry["amount_usd"].tolist() == [1.5]
    assert entry["heading"].tolist() == ["8703230140"]
    assert refusal(line, 200.0, bare) == (
        "column 'quantity' is needed by the specific duty of 'own', and the lines have none"
    )
    for away in ({"products": ["72"]}, {"end": "2025-10-16"}, {"partners": ["JPN"]}):
        other = measure_of("own", form="base", rate=0.1, **away)
        assert entry_of(CAR, 200.0, other)["amount_usd"].tolist() == [5.0]
    assert refusal(CAR, 200.0, own, measure_of("b", form="base")) == (
        "measure 'b': two base rates are in force on 2025-10-17 for 1 row: '8703230140'; end one "
        "before the other starts"
    )


def test_shares_in_float_are_charged_as_they_are_written() -> None:
    law = (
        measure_of("a", content=0.1, displaces=["c"]),
        measure_of("b", content=0.2, displaces=["c"]),
    )
    entry = entry_of(CAR, 100.0, *law, measure_of("c", rate=0.5))
    assert entry["basis"].tolist() == [100.0, 10.0, 20.0, 70.0]
    tiny = measure_of("a", content=1e-13)
    assert entry_of(CAR, 100.0, tiny).index.tolist() == ["base"]


def test_a_coarse_line_is_charged_the_mean_of_its_parts() -> None:
    law = law_of(measure_of(products=["8703230140"], rate=0.5), coarse_lines="line_count")
    line = CAR | {"hs": "87032301", "mfn_rate": 0.0}
    share = law.explain(line, on=ON).table.loc["m", "charged_share"]
    entry = law.customs_entry(line, 1000.0, on=ON)
    assert 0.0 < share < 1.0
    assert entry.loc["m", "amount_usd"] == round(500.0 * share, 2)


@pytest.mark.parametrize(
    ("on", "least", "most"),
    [
        ("2024-10-01", 32.71, 634.62), ("2025-09-30", 32.71, 634.62), ("2025-10-01", 33.58, 651.5),
        ("2026-09-30", 33.58, 651.5),
    ],
)  # fmt: skip
def test_fees_are_those_of_the_day(on: str, least: float, most: float) -> None:
    for value, amount in ((10.0, least), (100_000.0, 346.4), (10_000_000.0, most)):
        entry = entry_of(CAR, value, on=on, fees=["merchandise_processing"])
        assert entry.loc["merchandise_processing", "amount_usd"] == amount
    assert entry["authority"].tolist() == ["base", "fee"]
    assert entry["heading"].tolist() == ["8703230140", ""]
    assert entry["basis_kind"].tolist() == ["value", "value"]


def test_fees_stand_in_the_order_asked_for() -> None:
    both = ["harbor_maintenance", "merchandise_processing"]
    for fees in (both, both[::-1], tuple(both[:1])):
        assert entry_of(CAR, 100.0, fees=fees).index.tolist() == ["base", *fees]


@pytest.mark.parametrize("on", ["2024-09-30", "2026-10-01"])
def test_fees_of_other_years_are_refused(on: str) -> None:
    message = refusal(CAR, 100.0, on=on, fees=["merchandise_processing"])
    assert message == (
        f"fees: the amounts of merchandise_processing on {on} are not packaged; leave it out"
    )
    assert entry_of(CAR, 100.0, on=on, fees=["harbor_maintenance"]).attrs["total_usd"] == 2.63


def test_a_fee_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownNameError) as caught:
        entry_of(CAR, 100.0, fees=["harbor_maintenace"])
    assert str(caught.value) == (
        "unknown fee 'harbor_maintenace'; did you mean 'harbor_maintenance'? Allowed: "
        "harbor_maintenance, merchandise_processing."
    )


@pytest.mark.parametrize(
    ("value", "quantity", "message"),
    [
        (0, None, "value_usd: an entered value above 0 is needed, given 0"),
        (-1, None, "value_usd: a number of at least 0 is needed, given -1"),
        (
            math.inf,
            None,
            "value_usd: a finite number is needed, given inf; leave out what is unknown",
        ),
        (True, None, "value_usd: a number is needed, given True"),
        (5.0, -2.0, "quantity: a number of at least 0 is needed, given -2.0"),
        (5.0, "2", "quantity: a number is needed, given '2'"),
    ],
)
def test_amounts_are_finite_and_positive(value: Any, quantity: Any, message: str) -> None:
    assert refusal(CAR, value, quantity=quantity) == message


def test_a_specific_duty_is_charged_on_the_share_that_is_covered() -> None:
    entry = entry_of(CAR, 100.0, measure_of(content=0.25, specific_usd_per_unit=0.5), quantity=20)
    assert entry["basis"].tolist() == [100.0, 25.0, 5.0]
    assert entry["amount_usd"].tolist() == [2.5, 6.25, 2.5]


def test_an_entry_takes_its_own_value_and_quantity() -> None:
    line = pd.Series(CAR | {"value_usd": 7.0, "quantity": 9.0, "mfn_specific_usd_per_unit": 2.0})
    kept = line.copy()
    entry = entry_of(line, 40, measure_of(specific_usd_per_unit=0.5), quantity=3)
    pd.testing.assert_series_equal(line, kept)
    assert entry["amount_usd"].tolist() == [1.0, 6.0, 10.0, 1.5]
    assert entry.index.tolist() == ["base", "base (per unit)", "m", "m (per unit)"]
    # The quantity of the line is that of other goods: an entry without its own is refused.
    assert refusal(line, 40) == "quantity: the mfn rate has a specific part; give the quantity"
    free = line.drop("mfn_specific_usd_per_unit")
    assert refusal(free, 40, measure_of(specific_usd_per_unit=0.5)) == (
        "column 'quantity' is needed by the specific duty of 'm', and the lines have none"
    )
