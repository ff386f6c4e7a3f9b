import math

import numpy as np
import pytest

from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.flows import StructureFlows
from tariffcalc.pledge.metrics import costs, net_by_time, payback_year, payer_irr, peaks

FACTORS = {"outlay": np.array([[1.0, 0.5, 0.25]]), "receipt": np.array([[0.5, 0.25, 0.125]])}


def flows(
    fx_need: list | None = None, contingent: list | None = None, **amounts: list
) -> StructureFlows:
    arrays = {name: np.array(rows, dtype=float, ndmin=2) for name, rows in amounts.items()}
    need, exposure = (np.array(x or [0.0], ndmin=2) for x in (fx_need, contingent))
    return StructureFlows(arrays, {}, exposure, np.zeros((1, 1)), need, Timeline(2026))


def test_costs_count_each_account_with_its_sign_and_its_time() -> None:
    for name, outlay, receipt in (
        ("capital_call", 1.75, 0.0),
        ("loan_disbursement", 1.75, 0.0),
        ("guarantee_call", 0.875, 0.0),
        ("funding", -1.75, 0.0),
        ("funding_interest", 0.875, 0.0),
        ("funding_repayment", 0.875, 0.0),
        ("distribution_payer", 0.0, 0.875),
        ("withheld_release", 0.0, 0.875),
        ("public_support", 1.75, 0.0),
        ("loan_service", 0.0, 0.875),
        ("loan_premium", 0.0, 1.75),
        ("guarantee_recovery", 0.0, 0.875),
        ("guarantee_fee", 0.0, 0.875),
        ("project_revenue", 0.0, 0.0),
        ("distribution_host", 0.0, 0.0),
        ("private_investment", 0.0, 0.0),
        ("private_return", 0.0, 0.0),
        ("construction", 0.0, 0.0),
    ):
        found = costs(flows(**{name: [1, 1, 1]}), FACTORS)
        assert found["pv_outlay_usd"].tolist() == [outlay], name
        assert found["pv_receipts_usd"].tolist() == [receipt], name
        assert found["net_cost_usd"].tolist() == [outlay - receipt], name


def test_the_subsidy_rate_needs_an_outlay() -> None:
    found = costs(flows(capital_call=[8, 0, 0], loan_service=[0, 8, 0]), FACTORS)
    assert found["subsidy_rate"].tolist() == [0.75]
    assert math.isnan(costs(flows(guarantee_fee=[1, 1, 1]), FACTORS)["subsidy_rate"].item())
    assert math.isnan(costs(flows(), FACTORS)["subsidy_rate"].item())


def test_peaks_are_the_largest_year_of_calls_and_loans_together() -> None:
    some = flows(
        [1, 6, 2],
        [3, 0, 7],
        capital_call=[4, 1, 2],
        loan_disbursement=[1, 5, 2],
        guarantee_call=[50, 50, 50],
        funding=[9, 9, 9],
    )
    found = peaks(some, np.array([12.0, 24.0]), np.array([3.0]))
    assert {name: value.tolist() for name, value in found.items()} == {
        "peak_year_outlay_usd": [6.0],
        "peak_share_of_reserves": [0.5, 0.25],
        "peak_over_fx_capacity": [2.0],
        "contingent_peak_usd": [7.0],
    }
    each = peaks(flows([[1, 6], [2, 3]], [[1, 0], [0, 2]]), np.ones(1), np.ones(1))
    assert each["peak_over_fx_capacity"].tolist() == [6.0, 3.0]
    assert each["contingent_peak_usd"].tolist() == [1.0, 2.0]
    nothing = peaks(flows(), np.ones(1), np.ones(1))
    assert [value.tolist() for value in nothing.values()] == [[0.0]] * 4


def test_receipts_fall_a_period_after_the_outlays_or_with_them() -> None:
    some = flows(
        capital_call=[1, 2],
        loan_disbursement=[10, 0],
        guarantee_call=[0, 4],
        distribution_payer=[100, 0],
        loan_service=[0, 200],
        guarantee_fee=[3, 3],
        funding=[7, 7],
        private_return=[7, 7],
    )
    assert net_by_time(some, 1).tolist() == [[-11.0, 101.0, 199.0]]
    assert net_by_time(some, 0).tolist() == [[92.0, 197.0, 0.0]]


def test_net_flows_have_a_row_for_each_case_of_any_account() -> None:
    some = flows(capital_call=[[1, 0]], loan_service=[[0, 1], [0, 2]])
    assert net_by_time(some, 0).tolist() == [[-1, 1, 0], [-1, 2, 0]]
    assert net_by_time(flows(), 1).tolist() == [[0.0, 0.0]]
    assert net_by_time(flows(private_return=[1, 2, 3]), 1).tolist() == [[0.0, 0.0]]


def test_the_return_is_that_of_the_shifted_flows() -> None:
    some = flows(capital_call=[100, 0], loan_service=[0, 121])
    assert payer_irr(some, 1).tolist() == [pytest.approx(0.1, abs=1e-14)]
    assert payer_irr(some, 0).tolist() == [pytest.approx(0.21, abs=1e-14)]


def test_there_is_no_return_without_exactly_one() -> None:
    for some in (
        flows(),
        flows(capital_call=[1, 0]),
        flows(guarantee_fee=[1, 1]),
        flows(private_return=[1, 1]),
        # −1, 2.3, −1.32 is worth 0 at 10% and at 20%.
        flows(capital_call=[100, 0, 132], loan_service=[0, 230, 0]),
    ):
        assert math.isnan(payer_irr(some, 0).item())


@pytest.mark.parametrize(
    ("receipts", "year"),
    [
        ([0, 5, 5, 0], 2028.0),
        ([0, 5, 4.999, 0.001], 2029.0),
        ([0, 5, 4.999, 0], math.nan),
        ([10, 0, 0, 0], 2026.0),
        ([0, 0, 0, 10], 2029.0),
        ([0, 0, 0, 10 - 19e-12], 2029.0),
        ([0, 0, 0, 10 - 21e-12], math.nan),
        ([0, 0, 0, 0], math.nan),
    ],
)
def test_payback_is_the_year_that_makes_good_all(receipts: list, year: float) -> None:
    some = flows(capital_call=[10, 0, 0, 0], distribution_payer=receipts)
    assert payback_year(some).item() == pytest.approx(year, abs=0, nan_ok=True)


def test_a_late_draw_undoes_an_early_payback() -> None:
    some = flows(capital_call=[10, 0, 10, 0, 0], distribution_payer=[0, 15, 0, 0, 5])
    assert payback_year(some).tolist() == [2030.0]


def test_payback_is_not_before_the_first_flow() -> None:
    late = flows(capital_call=[[0, 5, 0], [5, 0, 0]], loan_service=[[0, 5, 0], [0, 0, 5]])
    assert payback_year(late).tolist() == [2027.0, 2028.0]
    assert payback_year(flows(guarantee_fee=[0, 0, 1])).tolist() == [2028.0]
    for early, late in ((0, 2), (2, 0)):
        fees = np.eye(3)[[early, late]].tolist()
        assert payback_year(flows(guarantee_fee=fees)).tolist() == [2026 + early, 2026 + late]


def test_payback_takes_a_trillionth_of_what_flows_for_rounding() -> None:
    # Just a dollar of a trillion that flows is missing.
    just = flows(capital_call=[500_000_000_000.5], loan_service=[499_999_999_999.5])
    assert payback_year(just).tolist() == [2026.0]
    for missing, year in ((1.9e-12, 2026.0), (2.1e-12, math.nan)):
        some = flows(capital_call=[2.0**-10], loan_service=[2.0**-10 * (1.0 - missing)])
        assert payback_year(some).item() == pytest.approx(year, abs=0, nan_ok=True)


def test_each_case_has_its_own_rounding() -> None:
    some = flows(capital_call=[[1.0], [1e6]], loan_service=[[1.0 - 1e-9], [1e6]])
    assert np.isnan(payback_year(some)).tolist() == [True, False]


def test_flows_that_cancel_in_every_year_are_paid_back_at_once() -> None:
    # A fee of the expected loss, up to its last digit.
    even = flows(guarantee_fee=[0.1 * 3, 0.3], guarantee_call=[0.3, 0.1 * 3])
    assert payback_year(even).tolist() == [2026.0]
    assert payback_year(flows(loan_disbursement=[5, 0], loan_service=[5, 0])).tolist() == [2026.0]


def test_nothing_to_pay_back_has_no_payback() -> None:
    for some in (flows(), flows(private_return=[1, 1]), flows(capital_call=[0, 0])):
        assert math.isnan(payback_year(some).item())
    assert payback_year(flows(guarantee_fee=[1, 1])).tolist() == [2026.0]


def test_each_case_has_its_own_figures() -> None:
    some = flows(capital_call=[[4, 0, 0]], loan_service=[[4, 0, 0], [0, 4, 0], [0, 0, 3]])
    assert payback_year(some)[:2].tolist() == [2026.0, 2027.0]
    assert np.isnan(payback_year(some)[2])
    assert costs(some, FACTORS)["net_cost_usd"].tolist() == [2.0, 3.0, 3.625]
    assert np.isnan(payer_irr(some, 0)).tolist() == [True, False, False]
