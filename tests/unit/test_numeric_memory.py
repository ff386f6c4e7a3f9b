import platform
import subprocess
import sys

# 20 MB taken and given back five times, before and after.
FAULTS = """
import resource
import numpy as np
from tariffcalc.numeric.memory import keep_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(5):
        [np.ones(2**17) for _ in range(20)]
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
    assert before > 10_000 or platform.libc_ver()[0] != "glibc"
    assert after <= before / 10 or platform.libc_ver()[0] != "glibc"
