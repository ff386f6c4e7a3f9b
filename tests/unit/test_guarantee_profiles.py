import numpy as np
import pytest

from tariffcalc.pledge.guarantee_profiles import GuaranteeProfiles, guarantee_profiles

PARTS = ("fees", "calls", "recoveries", "exposure")


def columns(*values: float) -> list[np.ndarray]:
    return [np.array([float(value)]) for value in values]


def level(
    fee: np.ndarray,
    maturity: np.ndarray,
    default_rate: np.ndarray,
    loss: np.ndarray,
    cover: np.ndarray,
    ages: int,
    delay: float = 0.0,
) -> GuaranteeProfiles:
    running = 1.0 * (np.arange(ages) < maturity[:, np.newaxis])
    rates = np.broadcast_to(default_rate[:, np.newaxis], (default_rate.size, ages))
    return guarantee_profiles(fee, running, rates, loss, cover, np.array([delay]))


def test_a_guarantee_is_paid_for_and_called_while_it_is_alive() -> None:
    found = level(*columns(0.125, 2, 0.5, 0.25, 0.5), 3)
    assert found.fees.tolist() == [[0.0625, 0.03125, 0.0]]
    assert found.calls.tolist() == [[0.0625, 0.03125, 0.0]]
    assert found.recoveries.tolist() == [[0.0, 0.0, 0.0]]
    assert found.exposure.tolist() == [[0.5, 0.5, 0.0]]
    assert all(getattr(found, part).flags.f_contiguous for part in PARTS)


@pytest.mark.parametrize("many", range(5))
def test_any_term_of_a_guarantee_may_bring_the_cases(many: int) -> None:
    one = columns(0.125, 2, 0.5, 0.25, 0.5)
    alone = level(*one, 3, 1.0)
    one[many] = np.repeat(one[many], 3)
    several = level(*one, 3, 1.0)
    for part in PARTS:
        found = np.broadcast_to(getattr(several, part), (3, 3))
        assert found.tolist() == getattr(alone, part).tolist() * 3


def test_fee_loss_and_cover_each_scale_their_own_part() -> None:
    one = level(*columns(0.125, 1, 0.5, 0.25, 0.5), 1)
    for place, scaled in ((0, [2, 1, 1]), (3, [1, 2, 1]), (4, [2, 2, 2])):
        terms = [0.125, 1, 0.5, 0.25, 0.5]
        terms[place] *= 2
        more = level(*columns(*terms), 1)
        parts = ("fees", "calls", "exposure")
        assert [(getattr(more, p) / getattr(one, p)).item() for p in parts] == scaled


def test_late_recoveries_follow_gross_calls() -> None:
    found = level(*columns(0.125, 2, 0.5, 0.25, 0.5), 5, 2.0)
    assert found.calls.tolist() == [[0.25, 0.125, 0, 0, 0]]
    assert found.recoveries.tolist() == [[0, 0, 0.1875, 0.09375, 0]]
    assert found.fees.tolist() == [[0.0625, 0.03125, 0, 0, 0]]


def test_each_case_recovers_with_its_own_delay() -> None:
    terms = columns(0.125, 1, 0.5, 0.5, 1.0)
    rates, running = np.full((1, 4), terms[2]), np.array([[1.0, 0, 0, 0]])
    delay = np.array([0.0, 1.0, 3.0])
    found = guarantee_profiles(terms[0], running, rates, terms[3], terms[4], delay)
    assert found.calls[:, 0].tolist() == [0.25, 0.5, 0.5]
    assert found.recoveries.tolist() == [[0, 0, 0, 0], [0, 0.25, 0, 0], [0, 0, 0, 0.25]]


def test_an_exposure_that_is_repaid_is_neither_paid_for_nor_called() -> None:
    running, rates = np.array([[1.0, 0.5]]), np.array([[0.25, 0.5]])
    fee, loss, cover, delay = columns(0.5, 0.5, 0.5, 0)
    found = guarantee_profiles(fee, running, rates, loss, cover, delay)
    assert found.exposure.tolist() == [[0.5, 0.25]]
    assert found.fees.tolist() == [[0.25, 0.5 * 0.25 * 0.75]]
    assert found.calls.tolist() == [[0.25 * 0.25, 0.5 * 0.5 * 0.25 * 0.75]]
