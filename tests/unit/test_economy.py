import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.economy import exchange_rates, forward_exchange, hedge_cost_rates, known
from tariffcalc.errors import InputError
from tariffcalc.models import tree
from tariffcalc.numeric.cases import Cases

TERMS = {"reserves_usd": 422e9, "fx_capacity_usd": 17.5e9, "krw_per_usd": 1392.9}


@pytest.mark.parametrize("field", sorted(TERMS))
@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (0.0, "input should be greater than 0, given 0.0"),
        (-1.0, "input should be greater than or equal to 0, given -1.0"),
        (True, "a number is needed, given True"),
        ("1", "a number is needed, given '1'"),
        (float("nan"), "a finite number is needed, given nan; leave out what is unknown"),
    ],
)
def test_capacities_are_numbers_above_0(field: str, value: object, fault: str) -> None:
    with pytest.raises(InputError) as caught:
        tc.Economy(**{**TERMS, field: value})
    assert str(caught.value) == f"Economy cannot be built:\n  - {field}: {fault}"


def test_an_economy_needs_an_exchange_rate_and_no_unknown_field() -> None:
    with pytest.raises(InputError) as caught:
        tc.Economy(reserve_usd=422e9)
    assert str(caught.value).startswith("Economy cannot be built:\n  - krw_per_usd: required")
    assert "reserve_usd: unknown field; did you mean 'reserves_usd'" in str(caught.value)


def test_an_economy_says_its_units() -> None:
    fields = tc.Economy.model_fields
    units = {
        name: field.json_schema_extra["unit"]
        for name, field in fields.items()
        if "unit" in (field.json_schema_extra or {})
    }
    assert units == {
        "reserves_usd": "USD",
        "fx_capacity_usd": "USD per year",
        "krw_per_usd": "payer's currency per USD",
        "reserves_return_rate": "fraction per year",
        "gdp_usd": "USD per year",
        "gdp_growth_rate": "fraction per year",
        "government_debt_share": "share of GDP",
        "krw_rate": "fraction per year",
        "usd_rate": "fraction per year",
        "basis_rate": "fraction per year",
        "exchange_drift_rate": "fraction per year",
    }
    assert tc.Economy(**TERMS) == tc.Economy.from_tree(TERMS)


def test_all_but_the_exchange_rate_may_be_unknown() -> None:
    plain = tc.Economy(krw_per_usd=1400.0)
    given = {name: value for name, value in plain if value not in (None, ())}
    assert given == {"krw_per_usd": 1400.0, "currency": "KRW", "exchange_path": "flat"}
    for code in ("won", "krw", "KRWX", "KR"):
        with pytest.raises(InputError, match="currency: string should match"):
            tc.Economy(krw_per_usd=1400.0, currency=code)


def refusal(**terms: object) -> str:
    with pytest.raises(InputError) as caught:
        tc.Economy(krw_per_usd=1400.0, **terms)
    return str(caught.value).removeprefix("Economy cannot be built:\n  - ")


def test_rates_are_given_once_and_name_curves_that_are_there() -> None:
    base = tc.RateCurve(name="base", points=((1, 0.04),))
    said = refusal(krw_rate=0.02, krw_curve="base", usd_rate=0.04, usd_curve="bse", curves=(base,))
    assert said == (
        "krw_rate and krw_curve: give one of the two; usd_rate and usd_curve: give one of the "
        "two; usd_curve: unknown curve 'bse'; did you mean 'base'?; curves has base"
    )
    assert refusal(krw_curve="x") == "krw_curve: unknown curve 'x'; curves has none"
    assert refusal(usd_rate=-0.5, basis_rate=-0.5) == (
        "basis_rate: usd_rate + basis_rate above -1 is needed, given -1"
    )
    assert tc.Economy(krw_per_usd=1.0, usd_rate=-0.5, basis_rate=-0.49).basis_rate == -0.49


def test_an_exchange_path_has_what_it_needs_and_no_more() -> None:
    assert refusal(exchange_path="drift") == "exchange_path 'drift' needs exchange_drift_rate"
    for path in ("flat", "forward"):
        rates = {"krw_rate": 0.02, "usd_rate": 0.04, "basis_rate": 0.0}
        said = refusal(exchange_path=path, exchange_drift_rate=0.01, **rates)
        assert said == f"exchange_path {path!r} has no exchange_drift_rate"
    assert refusal(exchange_path="forward") == (
        "exchange_path 'forward' needs krw_rate or krw_curve, usd_rate or usd_curve, "
        "basis_rate (0 for none)"
    )
    assert refusal(exchange_path="forward", krw_rate=0.02, basis_rate=0.0) == (
        "exchange_path 'forward' needs usd_rate or usd_curve"
    )


TIMES = np.array([0.0, 1.0, 2.0])
HALF = tc.RateCurve(name="half", points=((1, 0.5),))
FORWARD = {"krw_per_usd": 1000.0, "krw_rate": 0.25, "usd_rate": 0.5, "basis_rate": 0.0}


def cases(size: int = 1, varied: dict | None = None, **terms: object) -> Cases:
    return Cases(tree(tc.Economy(**{**FORWARD, **terms})), varied or {}, size)


def test_a_flat_exchange_rate_stays_to_the_bit() -> None:
    found = exchange_rates(cases(krw_per_usd=1392.9052), TIMES)
    assert found.tolist() == [[1392.9052] * 3]
    assert exchange_rates(Cases({"krw_per_usd": 5.0}, {}), TIMES).tolist() == [[5.0] * 3]
    several = cases(2, {"krw_per_usd": np.array([1.0, 2.0])})
    assert exchange_rates(several, TIMES).tolist() == [[1.0] * 3, [2.0] * 3]


def test_a_drifting_exchange_rate_grows() -> None:
    drift = cases(exchange_path="drift", exchange_drift_rate=0.5)
    assert exchange_rates(drift, TIMES)[0] == pytest.approx([1000.0, 1500.0, 2250.0], rel=1e-15)


def test_forward_rates_follow_both_interest_rates_and_the_basis() -> None:
    plain = cases(exchange_path="forward")
    expected = [1000.0, 1000.0 * 1.25 / 1.5, 1000.0 * (1.25 / 1.5) ** 2]
    assert exchange_rates(plain, TIMES)[0] == pytest.approx(expected, rel=1e-15)
    assert forward_exchange(cases(), TIMES)[0] == pytest.approx(expected, rel=1e-15)
    dear = forward_exchange(cases(basis_rate=0.5), TIMES)[0]
    assert dear == pytest.approx(
        [1000.0, 1000.0 * 1.25 / 2.0, 1000.0 * (1.25 / 2.0) ** 2], rel=1e-15
    )


def test_curves_stand_for_either_rate() -> None:
    dollars = cases(usd_rate=None, usd_curve="half", curves=(HALF,))
    assert forward_exchange(dollars, TIMES)[0] == pytest.approx(
        forward_exchange(cases(), TIMES)[0], rel=1e-15
    )
    won = cases(krw_rate=None, krw_curve="half", usd_rate=0.25, curves=(HALF,))
    assert forward_exchange(won, TIMES)[0] == pytest.approx([1000.0, 1200.0, 1440.0], rel=1e-15)
    dear = cases(usd_rate=None, usd_curve="half", basis_rate=0.5, curves=(HALF,))
    assert forward_exchange(dear, TIMES[1:2])[0, 0] == pytest.approx(625.0, rel=1e-15)


def test_a_hedge_costs_the_forward_over_spot_per_year() -> None:
    found = hedge_cost_rates(cases(usd_rate=0.0), TIMES)[0]
    assert np.isnan(found[0])
    assert found[1:] == pytest.approx([0.25, (1.5625 - 1.0) / 2.0], rel=1e-15)


@pytest.mark.parametrize("unknown", ["krw_rate", "usd_rate", "basis_rate"])
def test_without_a_rate_forwards_and_hedges_are_unknown(unknown: str) -> None:
    assert np.isnan(forward_exchange(cases(**{unknown: None}), TIMES)).all()
    assert np.isnan(hedge_cost_rates(cases(**{unknown: None}), TIMES)).all()
    assert np.isnan(known(cases(**{unknown: None}), unknown)).tolist() == [True]
    assert known(cases(), "krw_rate").tolist() == [0.25]
