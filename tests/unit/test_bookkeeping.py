import numpy as np
import pandas as pd
import pytest

from tariffcalc.bookkeeping import ACCOUNTS, PARTIES, ledger_table, party_value
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.testing import assert_cash_conserved


def test_the_nine_parties_by_role() -> None:
    assert PARTIES == (
        "exporters",
        "payer_public",
        "payer_private",
        "importers",
        "host_treasury",
        "host_government",
        "project_spv",
        "competitors",
        "markets",
    )
    for account in ACCOUNTS.values():
        assert {account.payer, account.payee} <= set(PARTIES)
        assert account.payer != account.payee


def test_accounts_say_what_they_are_for() -> None:
    assert {name: account.meaning for name, account in ACCOUNTS.items()} == {
        "capital_call": "equity paid in",
        "loan_disbursement": "loans paid out",
        "private_investment": "companies' money",
        "construction": "what was paid in is spent",
        "project_revenue": "cash the projects earn",
        "distribution_payer": "payer's split",
        "distribution_host": "host's split",
        "withheld_release": "payer's split, handed over late",
        "loan_service": "expected debt service",
        "public_support": "grants to companies",
        "loan_premium": "premiums on export credits",
        "private_return": "companies' return",
        "guarantee_fee": "fees on guarantees",
        "guarantee_call": "expected calls",
        "guarantee_recovery": "recovered after calls",
        "funding": "dollars raised",
        "funding_interest": "interest on them",
        "funding_repayment": "principal repaid",
        "duty_saving": "duty no longer collected",
        "price_change": "higher price to exporters",
        "competitor_price_change": "higher price to competitors abroad",
        "home_price_change": "higher price to producers at home",
        "efficiency_gain": "gain that no party pays for",
    }


def test_rows_are_ordered_by_period_and_then_by_account() -> None:
    books = {
        "loan_service": np.array([[0.0, 2.0]]),
        "capital_call": np.array([[3.0, 4.0, 0.0]]),
    }
    assert ledger_table(books, Timeline(2026)).to_numpy().tolist() == [
        [2026, "payer_public", "project_spv", "capital_call", 3.0],
        [2027, "project_spv", "payer_public", "loan_service", 2.0],
        [2027, "payer_public", "project_spv", "capital_call", 4.0],
    ]


def test_what_is_below_0_is_paid_back() -> None:
    table = ledger_table({"funding_interest": np.array([[-1.5]])}, Timeline(2026))
    assert table.to_numpy().tolist() == [[2026, "markets", "payer_public", "funding_interest", 1.5]]
    cents = ledger_table({"funding_interest": np.array([[0.25]])}, Timeline(2026))
    assert cents.to_numpy().tolist() == [
        [2026, "payer_public", "markets", "funding_interest", 0.25]
    ]


def test_the_table_is_of_the_first_case() -> None:
    table = ledger_table({"funding": np.array([[1.0], [2.0]])}, Timeline(2026))
    assert table["amount_usd"].tolist() == [1.0]


def test_a_table_without_rows_has_the_types_of_one_with_rows() -> None:
    empty, full = (
        ledger_table({"funding": np.array([[usd]])}, Timeline(2026)) for usd in (0.0, 1.0)
    )
    assert (len(empty), len(full)) == (0, 1)
    pd.testing.assert_series_equal(empty.dtypes, full.dtypes)
    assert empty["period"].dtype == np.int64
    assert empty["amount_usd"].dtype == np.float64


def test_a_party_gets_what_it_is_paid_and_gives_what_it_pays() -> None:
    books = {
        "capital_call": np.array([[8.0, 0.0]]),
        "loan_service": np.array([[0.0, 4.0], [4.0, 4.0]]),
        "duty_saving": np.array([[16.0]]),
    }
    factors = {"outlay": np.array([[1.0, 0.5]]), "receipt": np.array([[0.5, 0.25]])}
    assert party_value(books, "payer_public", factors).tolist() == [-7.0, -5.0]
    assert party_value(books, "project_spv", factors).tolist() == [7.0, 5.0]
    assert party_value(books, "importers", factors).tolist() == [8.0]
    assert party_value(books, "host_treasury", factors).tolist() == [-8.0]
    assert party_value(books, "competitors", factors).tolist() == [0.0]
    assert party_value({}, "importers", factors).tolist() == [0.0]


def payments(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["period", "payer", "payee", "amount_usd"])


def test_conserved_cash_passes_and_so_does_a_table_without_the_vehicle() -> None:
    assert_cash_conserved(
        payments((2026, "a", "project_spv", 3.0), (2026, "project_spv", "b", 3.0))
    )
    assert_cash_conserved(payments((2026, "a", "b", 3.0)))
    assert_cash_conserved(ledger_table({}, Timeline(2026)))


@pytest.mark.parametrize(
    "row",
    [
        (2026, "a", "b", 0.0),
        (2026, "a", "b", -1.0),
        (2026, "a", "a", 1.0),
        (2026, "a", "b", np.nan),
    ],
)
def test_a_row_that_is_no_payment_is_found(row: tuple) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_cash_conserved(payments(row, (2026, "a", "b", 5.0)))
    assert str(caught.value) == (
        f"not payments from one party to another:\n{payments(row).to_string()}"
    )


def test_a_dollar_that_stays_in_the_vehicle_is_found() -> None:
    rows = [
        (2026, "a", "project_spv", 3.0),
        (2026, "project_spv", "b", 3.0),
        (2027, "a", "project_spv", 3.0),
        (2027, "project_spv", "b", 2.0),
    ]
    with pytest.raises(AssertionError) as caught:
        assert_cash_conserved(payments(*rows))
    assert str(caught.value) == "in 2027 the project vehicle keeps 1.0 USD"
    rows[-1] = (2028, "project_spv", "b", 3.0)
    with pytest.raises(AssertionError, match=r"^in 2027 the project vehicle keeps 3\.0 USD$"):
        assert_cash_conserved(payments(*rows))


def test_a_few_roundings_of_the_largest_payment_are_no_dollar() -> None:
    for roundings, wrong in ((16, False), (17, True)):
        rows = payments(
            (2026, "a", "project_spv", 1.0), (2026, "project_spv", "b", 1.0 + roundings * 2.0**-52)
        )
        if wrong:
            with pytest.raises(AssertionError, match="vehicle keeps -3"):
                assert_cash_conserved(rows)
        else:
            assert_cash_conserved(rows)
