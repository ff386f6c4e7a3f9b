import platform
import subprocess
import sys

import numpy as np
import pytest

from tariffcalc.numeric.arrays import period_array


@pytest.mark.parametrize(("cases", "periods"), [(1, 1), (3, 5), (5, 3), (0, 4), (4, 0)])
def test_a_period_array_is_zeros_of_cases_by_periods(cases: int, periods: int) -> None:
    array = period_array(cases, periods)
    assert array.shape == (cases, periods)
    assert array.dtype == np.float64
    assert not array.any()


def test_one_period_of_all_cases_is_contiguous() -> None:
    array = period_array(3, 5)
    assert array[:, 2].flags.c_contiguous
    assert array.strides == (8, 24)


def test_a_floating_point_fault_in_a_test_raises() -> None:
    with pytest.raises(FloatingPointError, match="divide by zero"):
        np.ones(1) / np.zeros(1)
    with pytest.raises(FloatingPointError, match="overflow"):
        np.full(1, 1e308) * 10.0
    assert np.geterr()["invalid"] == "raise"


# Memory: 40 MB taken and given back ten times, before and after.
FAULTS = """
import resource
import numpy as np
from tariffcalc.numeric.arrays import keep_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        [np.ones(2**17) for _ in range(40)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

first = faults()
keep_freed_memory()
faults()
print(first, faults())
"""


def test_memory_that_was_freed_is_not_asked_for_anew() -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", FAULTS], check=True, capture_output=True, text=True
    )
    before, after = map(int, done.stdout.split())
    assert before > 50_000 or platform.libc_ver()[0] != "glibc"
    assert after <= before / 10 or platform.libc_ver()[0] != "glibc"
