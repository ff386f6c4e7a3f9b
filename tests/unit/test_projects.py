import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.numeric.cohorts import pay_levels
from tariffcalc.pledge.projects import check_weights, project_levels

MORE_THAN_1 = 1.0 + 2.0**-52
PLAIN = tc.Project(name="plain", weight=1.0)


def project_profile(*terms: np.ndarray, ages: int) -> np.ndarray:
    """Return the cash of one dollar by age."""
    return pay_levels(np.eye(1, ages), project_levels(*terms))


def columns(*values: float) -> list[np.ndarray]:
    return [np.array([float(value)]) for value in values]


def test_a_plain_project_is_on_the_structures_terms_and_never_fails() -> None:
    assert (PLAIN.irr_premium, PLAIN.construction_years, PLAIN.life_years) == (0.0, None, None)
    risks = (PLAIN.failure_probability, PLAIN.recovery_share, PLAIN.residual_share)
    assert risks == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("term", "allowed", "refused"),
    [
        ("weight", (0.0, 1.0), (-1e-300, MORE_THAN_1)),
        ("irr_premium", (-0.5 + 2.0**-53, 10.0), (-0.5, 10.1)),
        ("construction_years", (0, 50, None), (-1, 51, 5.0)),
        ("life_years", (1, 100, None), (0, 101, 5.0)),
        ("failure_probability", (0.0, 1.0), (-1e-300, MORE_THAN_1)),
        ("recovery_share", (0.0, 1.0), (-1e-300, MORE_THAN_1)),
        ("residual_share", (0.0, 1.0), (-1e-300, MORE_THAN_1)),
    ],
)
def test_the_limits_of_each_term(term: str, allowed: tuple, refused: tuple) -> None:
    for value in allowed:
        assert getattr(tc.Project(**{**dict(PLAIN), term: value}), term) == value
    for value in (*refused, np.nan, "0", True):
        with pytest.raises(InputError, match=rf"cannot be built:\n  - {term}: "):
            tc.Project(**{**dict(PLAIN), term: value})


def test_weights_may_miss_1_by_a_billionth() -> None:
    for weight, fault in (
        (1.0 - 0.9e-9, None),
        (0.75, "weights add up to 0.75, and have to add up to 1; add 0.25"),
        (
            1.0 - 2**-28,
            "weights add up to 0.9999999963, and have to add up to 1; add 3.725290298e-09",
        ),
    ):
        some = (tc.Project(name="a", weight=weight),)
        if fault is None:
            assert check_weights(some) is None
        else:
            with pytest.raises(ValueError, match=r"^projects: ") as caught:
                check_weights(some)
            assert str(caught.value) == f"projects: {fault}"
    with pytest.raises(ValueError, match=r"up to 1\.25, and have to add up to 1; take away 0\.25$"):
        check_weights((PLAIN, tc.Project(name="b", weight=0.25)))
    assert check_weights(()) is None


def test_project_cash_starts_after_construction_and_lasts_for_the_life() -> None:
    profile = project_profile(*columns(0.0, 1, 2), ages=5)
    assert profile.tolist() == [[0, 0.5, 0.5, 0, 0]]
    assert profile.flags.f_contiguous


def test_project_cash_pays_for_the_years_of_construction() -> None:
    now, later = (project_profile(*columns(0.25, wait, 1), ages=3)[0] for wait in (0, 2))
    assert now.tolist() == pytest.approx([1.25, 0, 0])
    assert later.tolist() == pytest.approx([0, 0, 1.25**3])


def test_a_residual_is_paid_with_the_last_cash_and_lowers_the_level() -> None:
    # 1 = C(1/1.25 + 1/1.25²)/1.25 + ½/1.25³: C·1.152 = 0.744.
    *terms, residual = columns(0.25, 1, 2, 0.5)
    profile = project_profile(*terms, residual, ages=4)
    level = 0.744 / 1.152
    assert profile.tolist() == [pytest.approx([0, level, level + 0.5, 0], rel=1e-14)]
    assert profile.flags.f_contiguous


def test_no_residual_is_no_change_to_the_bit() -> None:
    terms = columns(0.07, 3, 20)
    assert (
        project_profile(*terms, np.zeros(1), ages=25).tolist()
        == project_profile(*terms, ages=25).tolist()
    )


def test_a_residual_leaves_no_level_cash_below_0() -> None:
    *terms, residual = columns(-0.5, 1, 1, 0.5)
    assert project_profile(*terms, residual, ages=3).tolist() == [[0.0, pytest.approx(0.25), 0.0]]
