"""How an uncertain number is distributed, and the branches a scenario may take."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import AfterValidator, Field, model_validator

from tariffcalc.errors import InputError
from tariffcalc.models import Model, Name, Named, Number, Share, Table, number
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.beta import beta_quantile
from tariffcalc.numeric.normal import inside
from tariffcalc.numeric.quantiles import chosen_of, triangular_quantile, uniform_quantile

__all__ = [
    "Beta",
    "Branch",
    "Branches",
    "Discrete",
    "Distribution",
    "Lognormal",
    "Normal",
    "Triangular",
    "Uniform",
    "quantiles",
    "read_distribution",
    "support",
]

OWN = "unit of the number"
ADDS_UP = 1e-12


class Normal(Model):
    """A normal distribution, cut off where ``low`` and ``high`` are given.

    Parameters
    ----------
    mean, standard_deviation
        Of the distribution before it is cut off [unit of the number].
    low, high
        Least and most value [unit of the number]; what lies beyond is spread over the rest.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Normal(mean=0.07, standard_deviation=0.02, low=0.0)
    Normal(kind='normal', mean=0.07, standard_deviation=0.02, low=0.0)
    """

    kind: Literal["normal"] = "normal"
    mean: Number = number(OWN, "mean")
    standard_deviation: Number = number(OWN, "standard deviation", ge=0)
    low: Number | None = number(OWN, "least value", default=None)
    high: Number | None = number(OWN, "most value", default=None)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_cut(self.mean, self.low, self.high, "mean")
        return self


class Lognormal(Model):
    """A lognormal distribution, cut off where ``low`` and ``high`` are given.

    Parameters
    ----------
    median
        Half of the values lie below it [unit of the number].
    log_deviation
        Standard deviation of the natural logarithm [number].
    low, high
        Least and most value [unit of the number]; what lies beyond is spread over the rest.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Lognormal(median=1400.0, log_deviation=0.1)
    Lognormal(kind='lognormal', median=1400.0, log_deviation=0.1)
    """

    kind: Literal["lognormal"] = "lognormal"
    median: Number = number(OWN, "median", gt=0)
    log_deviation: Number = number("number", "standard deviation of the logarithm", ge=0)
    low: Number | None = number(OWN, "least value", default=None, gt=0)
    high: Number | None = number(OWN, "most value", default=None)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_cut(self.median, self.low, self.high, "median")
        return self


class Triangular(Model):
    """A triangular distribution.

    Parameters
    ----------
    low, mode, high
        Least, most likely and most value [unit of the number].

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Triangular(low=0.0, mode=0.07, high=0.12)
    Triangular(kind='triangular', low=0.0, mode=0.07, high=0.12)
    """

    kind: Literal["triangular"] = "triangular"
    low: Number = number(OWN, "least value")
    mode: Number = number(OWN, "most likely value")
    high: Number = number(OWN, "most value")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_order(("low", self.low), ("mode", self.mode), ("high", self.high))
        return self


class Uniform(Model):
    """A uniform distribution.

    Parameters
    ----------
    low, high
        Least and most value [unit of the number].

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Uniform(low=0.0, high=0.12)
    Uniform(kind='uniform', low=0.0, high=0.12)
    """

    kind: Literal["uniform"] = "uniform"
    low: Number = number(OWN, "least value")
    high: Number = number(OWN, "most value")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_order(("low", self.low), ("high", self.high))
        return self


class Beta(Model):
    """A beta distribution on [low, high]; :meth:`Beta.pert` builds it from a most likely value.

    Parameters
    ----------
    alpha, beta
        The two shapes [number], at most 10,000; the mean is low + (high − low)·α/(α + β).
    low, high
        Least and most value [unit of the number].

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Beta(alpha=2.0, beta=5.0)
    Beta(kind='beta', alpha=2.0, beta=5.0, low=0.0, high=1.0)
    >>> tc.Beta.pert(low=0.0, mode=0.25, high=1.0)
    Beta(kind='beta', alpha=2.0, beta=4.0, low=0.0, high=1.0)
    """

    kind: Literal["beta"] = "beta"
    alpha: Number = number("number", "first shape", gt=0, le=10_000)
    beta: Number = number("number", "second shape", gt=0, le=10_000)
    low: Number = number(OWN, "least value", default=0.0)
    high: Number = number(OWN, "most value", default=1.0)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_order(("low", self.low), ("high", self.high))
        return self

    @classmethod
    def pert(cls, *, low: float, mode: float, high: float) -> Beta:
        """Return the distribution of project planners: mean (low + 4·mode + high)/6.

        Parameters
        ----------
        low, mode, high
            Least, most likely and most value [unit of the number].

        Raises
        ------
        InputError
            For values out of order, or low equal to high.

        References
        ----------
        D. G. Malcolm et al. (1959), Operations Research 7(5), 646–669, doi:10.1287/opre.7.5.646.

        Examples
        --------
        >>> import tariffcalc as tc
        >>> tc.Beta.pert(low=10, mode=20, high=40).alpha
        2.333333333333333
        """
        triangle = Triangular(low=low, mode=mode, high=high)
        width = triangle.high - triangle.low
        if width == 0.0:
            raise InputError(f"pert: low and high must differ, given {low!r} and {high!r}")
        left, right = (
            (triangle.mode - triangle.low) / width,
            (triangle.high - triangle.mode) / width,
        )
        return cls(alpha=1.0 + 4.0 * left, beta=1.0 + 4.0 * right, low=low, high=high)


class Discrete(Model):
    """A number that takes one of several values.

    Parameters
    ----------
    values
        The values [unit of the number].
    probabilities
        Probability of each [share]; they add up to 1.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Discrete(values=(0.0, 0.15), probabilities=(0.4, 0.6)).values
    (0.0, 0.15)
    """

    kind: Literal["discrete"] = "discrete"
    values: tuple[Number, ...]
    probabilities: tuple[Share, ...]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_discrete(self.values, self.probabilities)
        return self


class Branch(Model):
    """One way events may go: its probability, and the values that hold if they do.

    Parameters
    ----------
    name
        What messages call it.
    probability
        Probability [share].
    changes
        Path → value, as for :meth:`Scenario.replace`; none where the scenario stays as it is.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Branch(name="struck-down", probability=0.4,
    ...           changes={"tariffs.measures.reciprocal-25.rate": 0.0})
    Branch('struck-down')
    """

    name: Name
    probability: Share = number("share", "probability of the branch")
    changes: Annotated[Mapping[str, Any], AfterValidator(Table)] = Field(default_factory=Table)


class Branches(Model):
    """Several ways events may go, of which one comes true: a single draw chooses it.

    Parameters
    ----------
    branches
        Each :class:`Branch`; the probabilities add up to 1.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> court = tc.Branches(branches=[
    ...     tc.Branch(name="upheld", probability=0.6),
    ...     tc.Branch(name="struck-down", probability=0.4,
    ...               changes={"tariffs.measures.reciprocal-15.rate": 0.0,
    ...                        "tariffs.measures.reciprocal-25.rate": 0.0})])
    >>> table = tc.simulate(tc.load_scenario("korea-us", as_of="2025-10-17"), draws=1000, seed=1,
    ...                     distributions={"court": court}, structures=["three-years"])
    >>> bool(table["q05_usd"].item() < table["q95_usd"].item())
    True
    """

    kind: Literal["branches"] = "branches"
    branches: Named[Branch]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_probabilities([branch.probability for branch in self.branches], "branch")
        return self


Distribution = Normal | Lognormal | Triangular | Uniform | Beta | Discrete


def check_order(*ends: tuple[str, float]) -> None:
    """Refuse values out of ascending order."""
    for (low, least), (high, most) in pairwise(ends):
        if least > most:
            raise ValueError(f"{low} {least:g} is above {high} {most:g}; swap them")


def check_cut(middle: float, low: float | None, high: float | None, name: str) -> None:
    """Refuse a cut that leaves the middle of a distribution out, or nothing at all."""
    given = [("low", low), (name, middle), ("high", high)]
    ends = [(word, value) for word, value in given if value is not None]
    for (one, least), (two, most) in pairwise(ends):
        if least > most:
            raise ValueError(f"{one} {least:g} is above {two} {most:g}; move one of them")


def check_discrete(values: tuple[float, ...], probabilities: tuple[float, ...]) -> None:
    """Refuse values without one probability each."""
    if len(values) != len(probabilities):
        raise ValueError(
            f"one probability for each value is needed, given {len(values)} values and "
            f"{len(probabilities)} probabilities"
        )
    check_probabilities(probabilities, "value")


def check_probabilities(probabilities: tuple[float, ...] | list[float], word: str) -> None:
    """Refuse probabilities that do not add up to 1, and none at all."""
    if not probabilities:
        raise ValueError(f"at least one {word} is needed, given none")
    total = math.fsum(probabilities)
    if abs(total - 1.0) > ADDS_UP:
        raise ValueError(f"the probabilities add up to {total:.15g}; make them add up to 1")


def quantiles(distribution: Distribution, uniform: FloatArray) -> FloatArray:
    """Return the quantiles of uniform draws from [0, 1)."""
    match distribution:
        case Triangular(low=low, mode=mode, high=high):
            return triangular_quantile(uniform, low, mode, high)
        case Uniform(low=low, high=high):
            return uniform_quantile(uniform, low, high)
        case Beta(low=low, high=high):
            share = beta_quantile(uniform, distribution.alpha, distribution.beta)
            return uniform_quantile(share, low, high)
        case Discrete(values=values):
            return np.array(values)[chosen_of(uniform, distribution.probabilities)]
        case Normal():
            return _normal(distribution, uniform)
        case Lognormal():
            return _lognormal(distribution, uniform)


def _normal(given: Normal, uniform: FloatArray) -> FloatArray:
    if given.standard_deviation == 0.0:
        return np.full_like(uniform, given.mean)
    low, high = (
        None if end is None else (end - given.mean) / given.standard_deviation
        for end in (given.low, given.high)
    )
    found = given.mean + given.standard_deviation * inside(uniform, low, high)
    return np.clip(found, given.low, given.high)


def _lognormal(given: Lognormal, uniform: FloatArray) -> FloatArray:
    if given.log_deviation == 0.0:
        return np.full_like(uniform, given.median)
    low, high = (
        None if end is None else math.log(end / given.median) / given.log_deviation
        for end in (given.low, given.high)
    )
    found = given.median * np.exp(given.log_deviation * inside(uniform, low, high))
    return np.clip(found, given.low, given.high)


def support(distribution: Distribution) -> tuple[float, float]:
    """Return the least and the most value a draw can take."""
    if isinstance(distribution, Discrete):
        kept = zip(distribution.values, distribution.probabilities, strict=True)
        likely = [value for value, probability in kept if probability > 0.0]
        return min(likely), max(likely)
    if isinstance(distribution, Triangular | Uniform | Beta):
        return distribution.low, distribution.high
    low, high = quantiles(distribution, np.array([0.0, 1.0])).tolist()
    cut = distribution
    return low if cut.low is None else cut.low, high if cut.high is None else cut.high


def read_distribution(name: str, given: object) -> Distribution | Branches:
    """Return a distribution given as such or as the table it is written in; refuse the rest."""
    if isinstance(given, Distribution | Branches):
        return given
    kinds = "Normal, Lognormal, Triangular, Uniform, Beta, Discrete or Branches"
    kind = given.get("kind") if isinstance(given, Mapping) else None
    for model in (Normal, Lognormal, Triangular, Uniform, Beta, Discrete, Branches):
        if kind == model.model_fields["kind"].default:
            return model.from_tree(given)  # type: ignore[arg-type]
    raise InputError(f"distributions: {name}: {kinds} is needed, given {given!r}")
