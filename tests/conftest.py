"""Settings of every test: Hypothesis profiles, and floating-point faults that raise."""

from __future__ import annotations

import os

import numpy as np
from hypothesis import HealthCheck, Phase, settings

settings.register_profile("ci", derandomize=True, max_examples=200, deadline=None)
settings.register_profile("thorough", max_examples=5000, deadline=None)
settings.register_profile(
    "mutation",
    derandomize=True,
    max_examples=200,
    deadline=None,
    phases=[phase for phase in Phase if phase is not Phase.shrink],
    suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# Underflow stays silent: a discount factor below 1e-308, or the fortieth power of a small number,
# is rightly 0.
np.seterr(all="raise", under="ignore")
