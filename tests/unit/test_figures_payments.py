import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.report.figures.payments import (
    by_year,
    calls_and_receipts,
    cumulative_position,
    positions,
    time_of,
)


def ledger(*rows: tuple[object, str, str, str, float]) -> pd.DataFrame:
    columns = ["period", "payer", "payee", "account", "amount_usd"]
    return pd.DataFrame(rows, columns=columns).assign(structure="one")


CALL, BACK = ("payer_public", "project_spv", "capital_call"), (
    "project_spv", "payer_public", "distribution_payer",
)  # fmt: skip
PAID = ledger((2026, *CALL, 10e9), (2028, *BACK, 4e9), (2029, *BACK, 6e9), (2030, *BACK, 1e9))
UNPAID = ledger((2026, "host_treasury", "importers", "duty_saving", 1e9))


def axes():
    return Figure(figsize=(5, 3), layout="constrained").add_subplot()


def test_years_between_hold_nothing() -> None:
    years, called, received = by_year(PAID, "one")
    assert years.tolist() == [2026, 2027, 2028, 2029, 2030]
    assert np.array_equal(called, [10.0, *[np.nan] * 4], equal_nan=True)
    assert np.array_equal(received, [np.nan, np.nan, 4.0, 6.0, 1.0], equal_nan=True)


def test_quarters_and_months_are_added_to_years() -> None:
    for first, second in (("2026Q1", "2026Q3"), ("2026-01", "2026-12")):
        rows = ledger((first, *CALL, 1e9), (second, *CALL, 2e9))
        assert by_year(rows, "one")[1].tolist() == [3.0]


@pytest.mark.parametrize(
    ("period", "time"),
    [(2026, 2026.0), ("2026Q1", 2026.0), ("2026Q4", 2026.75), ("2026-07", 2026.5)],
)
def test_periods_have_their_place_in_the_year(period: object, time: float) -> None:
    assert time_of(period) == time


def test_a_position_is_recovered_from_where_nothing_is_missing() -> None:
    times, position, recovered = positions(PAID, "one")
    assert times.tolist() == [2026, 2028, 2029, 2030]
    assert position.tolist() == [-10.0, -6.0, 0.0, 1.0]
    assert recovered == 2
    assert positions(PAID.iloc[:2], "one")[2] is None
    assert positions(PAID.iloc[1:], "one")[2] == 0


def test_without_payments_there_is_no_position() -> None:
    times, position, recovered = positions(UNPAID, "one")
    assert (times.tolist(), position.tolist(), recovered) == ([2026.0], [0.0], None)


def test_a_structure_without_payments_is_named_beside_others() -> None:
    both = pd.concat([PAID, UNPAID.assign(structure="two")])
    texts = [text.get_text() for text in cumulative_position(both, ax=axes()).texts]
    assert texts[:2] == ["one 2029", "two nothing paid"]
    texts = [text.get_text() for text in cumulative_position(PAID.iloc[:2], ax=axes()).texts]
    assert texts[0] == "one never"


@pytest.mark.parametrize("figure", [calls_and_receipts, cumulative_position])
def test_a_ledger_without_any_payment_is_refused(figure: object) -> None:
    with pytest.raises(InputError) as caught:
        figure(UNPAID, ax=axes())  # type: ignore[operator]
    assert str(caught.value) == (
        f"{figure.__name__}: the public sector of the payer pays and receives nothing in one; "  # type: ignore[attr-defined]
        "there is nothing to draw"
    )


def test_what_the_payer_has_is_a_line_with_its_name() -> None:
    economy = tc.Economy(reserves_usd=400e9, fx_capacity_usd=20e9, krw_per_usd=1400.0)
    ax = calls_and_receipts(PAID, economy=economy, ax=axes())
    assert [text.get_text() for text in ax.texts[:2]] == ["reserves", "FX capacity\na year"]
    assert [text.xy[1] for text in ax.texts[:2]] == [400.0, 20.0]
    assert ax.yaxis.get_major_formatter()(-10.0) == "10"
