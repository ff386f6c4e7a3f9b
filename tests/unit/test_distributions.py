import math

import numpy as np
import pytest
import scipy.stats

import tariffcalc as tc
from tariffcalc.analysis.distributions import quantiles, read_distribution, support
from tariffcalc.errors import InputError

HALF = np.array([0.0, 0.5])
PLACES = np.array([0.001, 0.1, 0.5, 0.9, 0.999])


def refusal(kind: type, **fields: object) -> str:
    with pytest.raises(InputError) as caught:
        kind(**fields)
    return str(caught.value)


def test_medians_by_hand() -> None:
    for distribution, median in (
        (tc.Normal(mean=3.0, standard_deviation=2.0), 3.0),
        (tc.Normal(mean=3.0, standard_deviation=2.0, low=2.0, high=4.0), 3.0),
        (tc.Lognormal(median=3.0, log_deviation=0.5), 3.0),
        (tc.Triangular(low=0.0, mode=1.0, high=2.0), 1.0),
        (tc.Uniform(low=1.0, high=4.0), 2.5),
        (tc.Beta(alpha=3.0, beta=3.0, low=1.0, high=2.0), 1.5),
        (tc.Discrete(values=(7.0, 8.0), probabilities=(0.5, 0.5)), 8.0),
    ):
        assert quantiles(distribution, HALF)[1] == pytest.approx(median, rel=1e-12)


def test_one_deviation_above_by_hand() -> None:
    above = np.array([0.8413447460685429])  # Φ(1), from tables
    normal = tc.Normal(mean=3.0, standard_deviation=2.0)
    assert quantiles(normal, above).item() == pytest.approx(5.0, rel=1e-13)
    lognormal = tc.Lognormal(median=3.0, log_deviation=0.5)
    assert quantiles(lognormal, above).item() == pytest.approx(3 * math.exp(0.5), rel=1e-13)


def test_supports() -> None:
    assert support(tc.Triangular(low=0.0, mode=1.0, high=2.0)) == (0.0, 2.0)
    assert support(tc.Uniform(low=1.0, high=4.0)) == (1.0, 4.0)
    assert support(tc.Beta(alpha=1, beta=1, low=3, high=5)) == (3.0, 5.0)
    assert support(tc.Discrete(values=(9, 7, 8, 1), probabilities=(0.5, 0.25, 0.25, 0))) == (7, 9)
    low, high = support(tc.Normal(mean=1.0, standard_deviation=1.0))
    assert (low, high) == (pytest.approx(-7.29236108), pytest.approx(9.20953615))
    assert support(tc.Normal(mean=1.0, standard_deviation=1.0, low=0.0, high=2.0)) == (0.0, 2.0)
    assert support(tc.Lognormal(median=2.0, log_deviation=1.0, low=1.0, high=2.5)) == (1.0, 2.5)
    assert support(tc.Lognormal(median=2.0, log_deviation=0.0)) == (2.0, 2.0)


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        (tc.Uniform, {"low": 2, "high": 1}, "low 2 is above high 1; swap them"),
        (tc.Triangular, {"low": 0, "mode": 2, "high": 1}, "mode 2 is above high 1; swap them"),
        (tc.Normal, {"mean": 2, "standard_deviation": 1, "high": 1},
         "mean 2 is above high 1; move one of them"),
        (tc.Normal, {"mean": 2, "standard_deviation": 1, "low": 3},
         "low 3 is above mean 2; move one of them"),
        (tc.Lognormal, {"median": 2, "log_deviation": 1, "low": 3},
         "low 3 is above median 2; move one of them"),
        (tc.Normal, {"mean": 2, "standard_deviation": -1}, "greater than or equal to 0"),
        (tc.Beta, {"alpha": 0, "beta": 1}, "greater than 0"),
        (tc.Beta, {"alpha": 1, "beta": 1e5}, "less than or equal to 10000"),
        (tc.Beta, {"alpha": 1, "beta": 1, "low": 2}, "low 2 is above high 1; swap them"),
        (tc.Discrete, {"values": (1, 2), "probabilities": (1,)},
         "one probability for each value is needed, given 2 values and 1 probabilities"),
        (tc.Discrete, {"values": (), "probabilities": ()},
         "at least one value is needed, given none"),
        (tc.Discrete, {"values": (1, 2), "probabilities": (0.5, 0.4)},
         "the probabilities add up to 0.9; make them add up to 1"),
        (tc.Branches, {"branches": []}, "at least one branch is needed, given none"),
        (tc.Branches, {"branches": [{"name": "a", "probability": 0.5}]}, "add up to 0.5"),
    ],
)  # fmt: skip
def test_what_is_no_distribution_is_refused(kind: type, fields: dict, said: str) -> None:
    assert said in refusal(kind, **fields)


def test_probabilities_may_miss_1_by_roundings() -> None:
    tc.Discrete(values=range(10), probabilities=[0.1] * 10)
    assert "add up to" in refusal(tc.Discrete, values=(1, 2), probabilities=(0.5, 0.5 + 1e-11))


def test_a_pert_without_width_is_refused() -> None:
    with pytest.raises(InputError, match="low and high must differ, given 1 and 1"):
        tc.Beta.pert(low=1, mode=1, high=1)
    found = tc.Beta.pert(low=0.0, mode=1.0, high=4.0)
    assert (found.alpha, found.beta, found.low, found.high) == (2.0, 4.0, 0.0, 4.0)


def test_a_distribution_may_be_written_as_a_table() -> None:
    given = {"kind": "triangular", "low": 0.0, "mode": 1.0, "high": 2.0}
    assert read_distribution("x", given) == tc.Triangular(low=0.0, mode=1.0, high=2.0)
    rows = {"a": {"probability": 0.5}, "b": {"probability": 0.5, "changes": {"x": 1}}}
    branches = read_distribution("x", {"kind": "branches", "branches": rows})
    assert [branch.name for branch in branches.branches] == ["a", "b"]
    assert branches.branches[1].changes == {"x": 1}
    with pytest.raises(InputError) as caught:
        read_distribution("x", {"kind": "cauchy"})
    assert str(caught.value) == (
        "distributions: x: Normal, Lognormal, Triangular, Uniform, Beta, Discrete or Branches is "
        "needed, given {'kind': 'cauchy'}"
    )


# Cut off, and of no width


@pytest.mark.parametrize(("low", "high"), [(None, 5.0), (0.5, None), (0.5, 5.0)])
def test_a_cut_normal_is_that_of_scipy(low: float | None, high: float | None) -> None:
    given = tc.Normal(mean=3.0, standard_deviation=2.0, low=low, high=high)
    ends = (-math.inf if low is None else low, math.inf if high is None else high)
    exact = scipy.stats.truncnorm(*((end - 3.0) / 2.0 for end in ends), 3.0, 2.0)
    assert quantiles(given, PLACES) == pytest.approx(exact.ppf(PLACES), rel=1e-11)


@pytest.mark.parametrize(("low", "high"), [(None, 5.0), (0.5, None), (0.5, 5.0)])
@pytest.mark.parametrize("deviation", [0.5, 1.0])
def test_a_cut_lognormal_is_that_of_scipy(
    deviation: float, low: float | None, high: float | None
) -> None:
    given = tc.Lognormal(median=3.0, log_deviation=deviation, low=low, high=high)
    ends = [math.log(end / 3.0) / deviation if end else None for end in (low, high)]
    cut = (-math.inf if ends[0] is None else ends[0], math.inf if ends[1] is None else ends[1])
    exact = 3.0 * np.exp(deviation * scipy.stats.truncnorm(*cut).ppf(PLACES))
    assert quantiles(given, PLACES) == pytest.approx(exact, rel=1e-11)


@pytest.mark.parametrize("low", [0.1, 0.3, 0.7])
def test_what_is_cut_stays_inside_its_ends_to_the_bit(low: float) -> None:
    # The way to a standard normal number and back rounds; the ends are the ones given.
    ends = np.array([0.0, 1.0])
    for middle in np.linspace(low, low + 0.1, 41).tolist():
        for deviation in (0.003, 0.07):
            cut = {"low": low, "high": low + 0.1}
            normal = tc.Normal(mean=middle, standard_deviation=deviation, **cut)
            lognormal = tc.Lognormal(median=middle, log_deviation=deviation, **cut)
            for given in (normal, lognormal):
                found = quantiles(given, ends)
                assert low <= found[0] <= found[1] <= low + 0.1
    beyond = tc.Normal(mean=0.02, standard_deviation=0.021, low=-0.006, high=0.057)
    assert quantiles(beyond, ends).tolist() == [-0.006, 0.057]  # both ways round outwards


def test_without_width_every_draw_is_the_middle() -> None:
    for given in (
        tc.Normal(mean=0.1, standard_deviation=0.0),
        tc.Lognormal(median=0.1, log_deviation=0.0),
    ):
        assert quantiles(given, PLACES).tolist() == [0.1] * len(PLACES)


def test_a_middle_may_lie_on_a_cut_and_ends_on_each_other() -> None:
    assert tc.Normal(mean=1, standard_deviation=1, low=1, high=2).low == 1
    assert tc.Lognormal(median=2, log_deviation=1, low=1, high=2).high == 2
    assert tc.Uniform(low=1, high=1).low == 1
    said = refusal(tc.Normal, mean=2, standard_deviation=1, low=3, high=1)
    assert "low 3 is above mean 2; move one of them" in said


def test_a_pert_keeps_its_ends() -> None:
    found = tc.Beta.pert(low=1.0, mode=2.0, high=5.0)
    assert (found.alpha, found.beta, found.low, found.high) == (2.0, 4.0, 1.0, 5.0)


@pytest.mark.parametrize("given", [0.5, None, "normal", ["normal"]])
def test_what_is_no_table_is_no_distribution(given: object) -> None:
    with pytest.raises(InputError) as caught:
        read_distribution("x", given)
    assert str(caught.value) == (
        "distributions: x: Normal, Lognormal, Triangular, Uniform, Beta, Discrete or Branches is "
        f"needed, given {given!r}"
    )
