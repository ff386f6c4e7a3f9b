"""Rank correlations between uncertain numbers, as the factor of a normal copula."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from tariffcalc.analysis.batches import finite
from tariffcalc.errors import InputError
from tariffcalc.numeric.normal import cholesky

__all__ = ["copula_factor"]

Factor = tuple[tuple[float, ...], ...]


def copula_factor(
    correlation: Mapping[tuple[str, str], float], row_of: Callable[[str], int], rows: int
) -> Factor:
    """Return the lower triangle that gives pairs of draws their rank correlation.

    Parameters
    ----------
    correlation
        (name, name) → Spearman's rank correlation, from −1 to 1.
    row_of
        The draw that a name stands for.
    rows
        Number of draws.

    Raises
    ------
    InputError
        For what is no pair or no correlation, a pair given twice, or correlations that no numbers
        can have together.

    Notes
    -----
    Normal numbers of correlation 2·sin(π·ρ/6) have the rank correlation ρ (Pearson, 1907).
    """
    if not isinstance(correlation, Mapping):
        raise InputError(
            "correlation: a mapping from (name, name) to a rank correlation is needed, given "
            f"{correlation!r}"
        )
    matrix = [[float(one == two) for two in range(rows)] for one in range(rows)]
    seen: set[tuple[int, int]] = set()
    for pair, value in correlation.items():
        one, two = _rows(pair, row_of)
        if (one, two) in seen:
            raise InputError(f"correlation: {pair[0]} with {pair[1]} is given twice; leave one out")
        seen |= {(one, two), (two, one)}
        rank = finite(f"correlation of {pair[0]} with {pair[1]}", value)
        if not -1.0 < rank < 1.0:
            raise InputError(
                f"correlation of {pair[0]} with {pair[1]}: a number between -1 and 1 is needed, "
                f"given {rank:g}"
            )
        matrix[one][two] = matrix[two][one] = 2.0 * math.sin(math.pi * rank / 6.0)
    factor = cholesky(matrix)
    if factor is None:
        raise InputError(
            "correlation: no numbers can be correlated like this all at once; bring some of the "
            "correlations nearer to 0"
        )
    return tuple(tuple(row) for row in factor)


def _rows(pair: object, row_of: Callable[[str], int]) -> tuple[int, int]:
    if not isinstance(pair, tuple) or len(pair) != 2:
        raise InputError(f"correlation: a pair of names is needed, given {pair!r}")
    one, two = row_of(pair[0]), row_of(pair[1])
    if one == two:
        raise InputError(
            f"correlation: {pair[0]} and {pair[1]} share one draw: they are fully correlated"
        )
    return one, two
