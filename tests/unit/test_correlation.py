import math

import pytest

from tariffcalc.analysis.correlation import copula_factor
from tariffcalc.errors import InputError

PLACES = {"a": 0, "b": 1, "also b": 1, "c": 2}


def refusal(correlation: object) -> str:
    with pytest.raises(InputError) as caught:
        copula_factor(correlation, PLACES.__getitem__, 3)  # type: ignore[arg-type]
    return str(caught.value)


def product_of(one: list[float], two: list[float]) -> float:
    return math.fsum(left * right for left, right in zip(one, two, strict=True))


def test_without_correlations_every_draw_stands_alone() -> None:
    assert copula_factor({}, PLACES.__getitem__, 3) == ((1.0,), (0.0, 1.0), (0.0, 0.0, 1.0))


@pytest.mark.parametrize("pair", [("a", "c"), ("c", "a")])
@pytest.mark.parametrize("rank", [0.5, -0.5, 0.0, 0.999, -0.999])
def test_a_pair_has_the_normal_correlation_of_its_rank_correlation(
    pair: tuple, rank: float
) -> None:
    pearson = 2.0 * math.sin(math.pi * rank / 6.0)
    found = copula_factor({pair: rank}, PLACES.__getitem__, 3)
    assert found == ((1.0,), (0.0, 1.0), (pearson, 0.0, math.sqrt(1.0 - pearson**2)))


def test_the_factor_times_its_transpose_is_the_matrix() -> None:
    ranks = {("a", "b"): 0.6, ("also b", "c"): -0.4, ("a", "c"): 0.1}
    factor = copula_factor(ranks, PLACES.__getitem__, 3)
    square = [[*row, *[0.0] * (3 - len(row))] for row in factor]
    for (one, two), rank in ranks.items():
        product = product_of(square[PLACES[one]], square[PLACES[two]])
        assert product == pytest.approx(2.0 * math.sin(math.pi * rank / 6.0), abs=1e-15)
    for row in square:
        assert product_of(row, row) == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (0.5, "a mapping from (name, name) to a rank correlation is needed, given 0.5"),
        ({"ab": 0.5}, "a pair of names is needed, given 'ab'"),
        ({("a", "b", "c"): 0.5}, "a pair of names is needed, given ('a', 'b', 'c')"),
        ({("b", "also b"): 0.5}, "b and also b share one draw: they are fully correlated"),
        ({("a", "b"): 0.5, ("also b", "a"): 0.4},
         "also b with a is given twice; leave one out"),
        ({("a", "b"): 0.5, ("a", "also b"): 0.5},
         "a with also b is given twice; leave one out"),
        ({("a", "b"): 0.5, ("a", "c"): 0.5, ("b", "a"): 0.5},
         "b with a is given twice; leave one out"),
    ],
)  # fmt: skip
def test_what_is_no_set_of_pairs_is_refused(given: object, said: str) -> None:
    assert refusal(given) == f"correlation: {said}"


@pytest.mark.parametrize("rank", [1, -1, 1.5, -20])
def test_a_rank_correlation_lies_between_its_limits(rank: float) -> None:
    assert refusal({("a", "b"): rank}) == (
        f"correlation of a with b: a number between -1 and 1 is needed, given {rank}"
    )


def test_a_correlation_is_a_number() -> None:
    assert refusal({("a", "b"): "0.5"}) == (
        "correlation of a with b: a number is needed, given '0.5'"
    )


def test_correlations_fit_together() -> None:
    assert refusal({("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9}) == (
        "correlation: no numbers can be correlated like this all at once; bring some of the "
        "correlations nearer to 0"
    )
