"""Plain numbers as they are published: rates, shares and amounts."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st

__all__ = ["FIRST_YEAR", "PARTS_OF_ONE", "amounts", "rates", "shares", "shares_of_one"]

FIRST_YEAR = 2026
PARTS_OF_ONE = 2**20  # shares are whole parts of it: they add up to 1 exactly


def rates(low: float, high: float) -> st.SearchStrategy[float]:
    """Rates in ten-thousandths, 0 among them: as published rates are written."""
    return st.integers(round(low * 10_000), round(high * 10_000)).map(lambda n: n / 10_000)


def shares() -> st.SearchStrategy[float]:
    """Shares, some of them round."""
    whole_parts = st.integers(0, PARTS_OF_ONE).map(lambda n: n / PARTS_OF_ONE)
    return st.sampled_from((0.0, 0.1, 0.5, 1.0)) | whole_parts


def amounts(least: int = 1) -> st.SearchStrategy[float]:
    """Whole dollars up to a trillion."""
    return st.integers(least, 10**12).map(float)


@st.composite
def shares_of_one(draw: st.DrawFn, parts: int) -> list[float]:
    """Shares that add up to 1 to the bit; some may be 0."""
    cut = st.integers(0, PARTS_OF_ONE)
    cuts = sorted(draw(st.lists(cut, min_size=parts - 1, max_size=parts - 1)))
    return [(high - low) / PARTS_OF_ONE for low, high in pairwise([0, *cuts, PARTS_OF_ONE])]
