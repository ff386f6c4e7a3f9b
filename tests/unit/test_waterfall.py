import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError

HEAD = "Waterfall cannot be built:\n  - "
PLAIN = {"split_before": 0.5, "split_after": 0.1, "deemed_rate": 0.04}


def waterfall(**terms: object) -> tc.Waterfall:
    return tc.Waterfall(**{**PLAIN, **terms})


def refusal(**terms: object) -> str:
    with pytest.raises(InputError) as caught:
        waterfall(**terms)
    return str(caught.value)


def test_a_waterfall_is_cumulative_pooled_and_counts_own_receipts_unless_told() -> None:
    plain = waterfall()
    assert (plain.daa, plain.counts) == ("cumulative", "own_receipts")
    assert plain.pooled
    assert plain.shortfall_interest
    assert (plain.adjuster, plain.adjuster_years, plain.split_adjusted) == ("none", None, None)
    assert (plain.deemed_curve, plain.deemed_spread, plain.withheld) == (None, None, "kept")


def test_the_deemed_rate_is_given_in_exactly_one_way() -> None:
    fault = "deemed_rate or deemed_curve: exactly one is needed, given"
    assert refusal(deemed_rate=None) == f"{HEAD}{fault} neither"
    assert refusal(deemed_curve="treasury") == f"{HEAD}{fault} both"
    floating = waterfall(deemed_rate=None, deemed_curve="treasury", deemed_spread=0.01)
    assert (floating.deemed_curve, floating.deemed_spread) == ("treasury", 0.01)


def test_the_spread_leaves_the_deemed_rate_above_minus_1() -> None:
    assert refusal(deemed_rate=-0.5, deemed_spread=-0.5) == (
        f"{HEAD}deemed_rate + deemed_spread has to be above -1, given -1"
    )
    assert refusal(deemed_rate=-0.75, deemed_spread=-0.5) == (
        f"{HEAD}deemed_rate + deemed_spread has to be above -1, given -1.25"
    )
    assert waterfall(deemed_rate=-0.5, deemed_spread=-0.25).deemed_spread == -0.25
    curve = waterfall(deemed_rate=None, deemed_curve="treasury", deemed_spread=-0.75)
    assert curve.deemed_spread == -0.75  # what it leaves is known once there is a curve


@pytest.mark.parametrize("kind", ["at_deadline", "foreseen"])
def test_an_adjuster_needs_its_terms(kind: str) -> None:
    fault = f"adjuster {kind!r} needs"
    assert refusal(adjuster=kind) == f"{HEAD}{fault} adjuster_years, split_adjusted"
    assert refusal(adjuster=kind, adjuster_years=20) == f"{HEAD}{fault} split_adjusted"
    assert refusal(adjuster=kind, split_adjusted=0.9) == f"{HEAD}{fault} adjuster_years"
    told = waterfall(adjuster=kind, adjuster_years=20, split_adjusted=0.9)
    assert (told.adjuster_years, told.split_adjusted) == (20, 0.9)


def test_terms_of_an_adjuster_may_be_kept_without_it() -> None:
    assert waterfall(adjuster_years=20, split_adjusted=0.9).adjuster == "none"


def test_all_faults_are_told_at_once() -> None:
    assert refusal(deemed_rate=None, adjuster="foreseen") == (
        f"{HEAD}deemed_rate or deemed_curve: exactly one is needed, given neither; adjuster "
        "'foreseen' needs adjuster_years, split_adjusted"
    )


@pytest.mark.parametrize("field", ["daa", "counts", "adjuster", "withheld"])
def test_an_unknown_switch_is_refused(field: str) -> None:
    assert refusal(**{field: "other"}).startswith(f"{HEAD}{field}: ")
