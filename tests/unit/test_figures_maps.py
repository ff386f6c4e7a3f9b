import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from tariffcalc.errors import InputError
from tariffcalc.report.figures.maps import break_even_surface, iso_cost_map


def axes():
    return Figure(figsize=(4, 3), layout="constrained").add_subplot()


def plane(function: object, x: object = (0.0, 1.0, 2.0), y: object = (0.0, 1.0)) -> pd.DataFrame:
    across, up = np.meshgrid(x, y, indexing="ij")
    table = pd.DataFrame({"structure": "one", "a_usd": across.ravel(), "b": up.ravel()})
    result = 1e9 * function(table["a_usd"], table["b"])  # type: ignore[operator]
    return table.assign(net_benefit_usd=result, net_cost_usd=result)


def said(ax: object) -> list[str]:
    return [text.get_text() for text in ax.findobj(Text) if text.get_visible()]  # type: ignore[attr-defined]


def test_a_map_has_the_terms_as_axes() -> None:
    ax = iso_cost_map(plane(lambda a, b: a + b), ax=axes())
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("A ($bn)", "B")
    assert ax.get_xlim() == (0.0, 2e-9)
    assert ax.get_ylim() == (0.0, 1.0)
    assert ax.collections[0].get_array().tolist() == [[0.0, 1.0, 2.0], [1.0, 2.0, 3.0]]


def test_lines_have_round_heights_with_a_minus() -> None:
    ax = break_even_surface(
        plane(lambda a, b: 100 * (a - 1) + 0 * b, np.linspace(0, 2, 21), np.linspace(0, 1, 11)),
        ax=axes(),
    )
    assert {"−80", "−40", "40", "80", "break-even"} <= set(said(ax))
    assert "0" not in [text for text in said(ax) if text in ("0", "−0")]


def test_a_flat_map_has_no_lines() -> None:
    for height, words in ((1.0, "above 0 everywhere"), (-1.0, "below 0 everywhere")):
        ax = break_even_surface(plane(lambda a, b, h=height: 0 * a * b + h), ax=axes())
        assert len(ax.collections) == 1
        assert words in ax.texts[-1].get_text()


def test_a_map_of_which_nothing_is_known_is_hatched() -> None:
    ax = iso_cost_map(plane(lambda a, b: a * b * np.nan), ax=axes())
    assert ax.patch.get_hatch() == "////"
    assert len(ax.collections) == 1
    assert "hatched: unknown" in ax.texts[-1].get_text()


def test_a_line_too_short_for_words_has_none() -> None:
    grid = np.linspace(0, 1, 21)
    ax = iso_cost_map(plane(lambda a, b: 10 * np.maximum(a + b - 1.8, 0.0), grid, grid), ax=axes())
    numbers = [text.get_text() for text in ax.findobj(Text) if text.get_rotation() != 0.0]
    assert len(ax.collections[1].levels) > len([text for text in numbers if text != "B"])


def test_more_or_fewer_terms_are_refused() -> None:
    table = plane(lambda a, b: a + b)
    for wrong, given in (
        (table.drop(columns="b"), "1 terms: a_usd"),
        (table.drop(columns=["a_usd", "b"]), "0 terms: none"),
        (table.assign(b="x"), "2 terms: a_usd, b"),
    ):
        with pytest.raises(InputError) as caught:
            iso_cost_map(wrong, ax=axes())
        assert str(caught.value) == (
            f"iso_cost_map: a sweep over two numbers is drawn, given {given}"
        )
    for wrong in (table.iloc[1:], pd.concat([table, table])):
        with pytest.raises(InputError, match="each combination of a_usd and b is needed once"):
            iso_cost_map(wrong, ax=axes())
    with pytest.raises(InputError) as caught:
        iso_cost_map(table[table["b"] == 0.0], ax=axes())
    assert str(caught.value) == "iso_cost_map: at least two values of a_usd and of b are needed"


def test_a_height_that_would_stick_out_is_not_written() -> None:
    grid = np.linspace(0, 1, 21)
    ax = iso_cost_map(plane(lambda a, b: 75.5 * b + 0 * a, grid, grid), ax=axes())
    assert ax.collections[1].levels.tolist() == [15.0, 30.0, 45.0, 60.0, 75.0]
    assert {"15", "30", "45", "60"} <= set(said(ax))
    assert "75" not in said(ax)
