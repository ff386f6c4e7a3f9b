"""Strategies for the distributions of uncertain numbers."""

from __future__ import annotations

from hypothesis import strategies as st

from tariffcalc.analysis.distributions import (
    Beta,
    Branch,
    Branches,
    Discrete,
    Distribution,
    Lognormal,
    Normal,
    Triangular,
    Uniform,
)
from tariffcalc.testing.values import shares_of_one

__all__ = ["branches", "distributions"]

KINDS = ("normal", "lognormal", "triangular", "uniform", "beta", "discrete")


@st.composite
def distributions(draw: st.DrawFn, *, low: float = 0.0, high: float = 1.0) -> Distribution:
    """Draw a distribution of a number that stays between two values.

    Parameters
    ----------
    low, high
        Least and most value [unit of the number].

    Returns
    -------
    SearchStrategy
        Of :class:`tariffcalc.Normal` and the other distributions.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import distributions
    >>> @given(distributions(low=0.5, high=1.0))
    ... def it_has_a_kind(distribution):
    ...     assert distribution.kind
    >>> it_has_a_kind()
    """
    places = sorted(draw(st.tuples(*[st.integers(0, 1000)] * 3)))
    least, middle, most = (low + (high - low) * place / 1000 for place in places)
    shape = draw(st.tuples(st.integers(1, 200), st.integers(1, 200)))
    kind = draw(
        st.sampled_from(["normal", "lognormal", "triangular", "uniform", "beta", "discrete"])
    )
    if kind == "discrete":
        chances = draw(shares_of_one(3))
        return Discrete(values=(least, middle, most), probabilities=tuple(chances))
    if kind == "lognormal" and least > 0.0:
        return Lognormal(median=middle, log_deviation=shape[0] / 100, low=least, high=most)
    if kind in ("normal", "lognormal"):
        wide = (high - low) * shape[0] / 100
        return Normal(mean=middle, standard_deviation=wide, low=least, high=most)
    if kind == "triangular":
        return Triangular(low=least, mode=middle, high=most)
    if kind == "uniform":
        return Uniform(low=least, high=most)
    return Beta(alpha=shape[0] / 10, beta=shape[1] / 10, low=least, high=most)


@st.composite
def branches(draw: st.DrawFn, changes: st.SearchStrategy[dict[str, object]]) -> Branches:
    """Draw two or three branches with changes from a strategy.

    Parameters
    ----------
    changes
        Strategy of changes, such as ``parameter_changes(scenario)``.

    Returns
    -------
    SearchStrategy
        Of :class:`tariffcalc.Branches`.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> from hypothesis import given, settings
    >>> from tariffcalc.testing import branches, parameter_changes
    >>> scenario = tc.load_scenario("korea-us")
    >>> @settings(max_examples=5)
    ... @given(branches(parameter_changes(scenario)))
    ... def one_comes_true(drawn):
    ...     assert sum(branch.probability for branch in drawn.branches) == 1
    >>> one_comes_true()
    """
    chances = draw(shares_of_one(draw(st.integers(2, 3))))
    rows = [
        Branch(name=f"branch-{place}", probability=chance, changes=draw(changes))
        for place, chance in enumerate(chances)
    ]
    return Branches(branches=rows)
