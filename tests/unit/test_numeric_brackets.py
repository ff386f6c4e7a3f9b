import numpy as np

from tariffcalc.numeric.brackets import NOISE, Brackets, choose, crossing, split_turns, turning


def brackets(*rows: tuple) -> Brackets:
    row, low, high = (np.array(column) for column in zip(*rows, strict=True))
    return Brackets(row, low.astype(float), high.astype(float))


def listed(found: Brackets) -> list:
    return list(zip(found.row.tolist(), found.low.tolist(), found.high.tolist(), strict=True))


def test_brackets_stand_in_the_order_of_rows_and_ends() -> None:
    both = brackets((0, 5, 6), (2, 1, 2)).with_more(brackets((2, 0, 1), (0, 7, 8), (1, 3, 4)))
    assert listed(both) == [(0, 5, 6), (0, 7, 8), (1, 3, 4), (2, 0, 1), (2, 1, 2)]


def test_a_step_crosses_where_signs_differ_and_a_0_belongs_to_the_step_before() -> None:
    signs = np.array([[1.0, -1.0, -1.0, 1.0], [1.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, -1.0]])
    grid = np.array([10.0, 20.0, 30.0, 40.0])
    assert listed(crossing(signs, grid)) == [(0, 10, 20), (0, 30, 40), (1, 10, 20), (2, 20, 30)]


def test_a_step_turns_where_the_worth_comes_nearer_and_goes_away() -> None:
    signs = np.array([[1.0, 1.0], [-1.0, -1.0], [1.0, 1.0], [1.0, 1.0], [1.0, -1.0], [0.0, 0.0]])
    before = np.array([[-1.0], [1.0], [-1.0], [1.0], [-1.0], [-1.0]])
    after = np.array([[1.0], [-1.0], [-1.0], [1.0], [1.0], [1.0]])
    assert turning(signs, before, after)[:, 0].tolist() == [True, True, False, False, False, False]
    still = np.zeros((6, 1))
    assert not turning(signs, still, after).any()
    assert not turning(signs, before, still).any()


def turned(depth: float) -> list:
    """Split the steps from 0 to 2 of depth + (x − 1)², in row 7."""
    return listed(
        split_turns(
            brackets((7, 0, 2)),
            lambda x: depth + (x - 1.0) ** 2,
            lambda x: np.full_like(x, 3.0),
            lambda x: 2.0 * (x - 1.0),
        )
    )


def test_a_turn_beyond_0_gives_two_brackets_and_one_within_roundings_none() -> None:
    assert turned(-0.5) == [(7, 0, 1), (7, 1, 2)]
    assert turned(-4.0 * NOISE) == [(7, 0, 1), (7, 1, 2)]
    assert NOISE == 2.0**-49
    for depth in (-3.0 * NOISE, -NOISE, 0.0, 0.5):
        assert turned(depth) == []


SEVERAL = brackets((0, 1, 2), (0, 5, 6), (2, 3, 4), (2, 4, 5), (2, 9, 10))


def chosen(which: str, near: list) -> tuple[list, list]:
    counts, roots = choose(
        SEVERAL, 4, lambda few: (few.low + few.high) / 2.0, which, np.array(near, dtype=float)
    )
    return counts.tolist(), np.where(np.isnan(roots), -1.0, roots).tolist()


def test_one_root_of_each_row_is_chosen() -> None:
    counts = [2, 0, 3, 0]
    assert chosen("lowest", [0, 0, 0, 0]) == (counts, [1.5, -1.0, 3.5, -1.0])
    assert chosen("highest", [0, 0, 0, 0]) == (counts, [5.5, -1.0, 9.5, -1.0])
    assert chosen("nearest", [0, 0, 0, 0]) == (counts, [1.5, -1.0, 3.5, -1.0])
    assert chosen("nearest", [9, 9, 5, 9]) == (counts, [5.5, -1.0, 4.5, -1.0])
    assert chosen("nearest", [3.5, 0, 4, 0]) == (counts, [1.5, -1.0, 3.5, -1.0])  # as near: lower
    assert chosen("nearest", [3.6, 0, 8, 0]) == (counts, [5.5, -1.0, 9.5, -1.0])


def test_nothing_is_chosen_of_nothing() -> None:
    none = Brackets(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
    for which in ("lowest", "highest", "nearest"):
        counts, roots = choose(none, 2, lambda few: few.low, which, np.zeros(2))
        assert counts.tolist() == [0, 0]
        assert np.isnan(roots).all()
