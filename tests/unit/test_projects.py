import numpy as np
import pytest

from tariffcalc.pledge.projects import project_profile


def columns(*values: float) -> list[np.ndarray]:
    return [np.array([float(value)]) for value in values]


def test_project_cash_starts_after_construction_and_lasts_for_the_life() -> None:
    profile = project_profile(*columns(0.0, 1, 2), 5)
    assert profile.tolist() == [[0, 0.5, 0.5, 0, 0]]
    assert profile.flags.f_contiguous


def test_project_cash_pays_for_the_years_of_construction() -> None:
    now, later = (project_profile(*columns(0.25, wait, 1), 3)[0] for wait in (0, 2))
    assert now.tolist() == pytest.approx([1.25, 0, 0])
    assert later.tolist() == pytest.approx([0, 0, 1.25**3])
