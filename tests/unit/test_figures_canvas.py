import subprocess
import sys

import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from tariffcalc.errors import InputError
from tariffcalc.report.figures.canvas import (
    clipped,
    few_ticks,
    legend_above,
    note_below,
    rows_height,
    sheet,
    svg,
    wrapped,
)
from tariffcalc.report.figures.palette import COLOURS, DASHES, MARKERS, Style, style


def test_a_new_sheet_has_the_height_asked_for() -> None:
    ax, own = sheet(None, 2.0)
    assert own
    assert ax.figure.get_size_inches().tolist() == [3.5, 2.0]
    assert not ax.spines["top"].get_visible()
    assert not ax.spines["right"].get_visible()
    pyplot.close(ax.figure)


def test_a_given_axes_is_the_sheet() -> None:
    given = Figure().add_subplot()
    assert sheet(given, 2.0) == (given, False)
    with pytest.raises(InputError) as caught:
        sheet("here", 2.0)  # type: ignore[arg-type]
    assert str(caught.value) == "ax: a matplotlib Axes is needed, given str"


def test_an_axes_off_its_figure_is_refused() -> None:
    ax = Figure().add_subplot()
    ax.remove()
    with pytest.raises(InputError, match="ax: it is on no figure any more"):
        svg(ax)
    with pytest.raises(InputError, match="ax: it is on no figure any more"):
        note_below(ax, ["a"], False)


def test_a_note_is_wrapped_below_all_else() -> None:
    ax = Figure(figsize=(3.5, 2.5), layout="constrained").add_subplot()
    ax.set_xlabel("x")
    note = note_below(ax, ["word " * 30, "end"], False)
    assert note.get_text().count("\n") >= 3
    assert note.get_text().endswith("\nend")
    below = ax.xaxis.label.get_window_extent().y0
    assert note.get_window_extent().y1 < below


def test_a_given_figure_without_a_layout_keeps_its_margins() -> None:
    ax = Figure(figsize=(3.5, 2.5)).add_subplot()
    before = ax.get_position().bounds
    note_below(ax, ["end"], False)
    assert ax.get_position().bounds == before


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("short", "short"),
        ("two words here", "two words\nhere"),
        ("signed-memorandum", "signed-\nmemorandum"),
        ("one two three four five six", "one two\n…ur five six"),
        ("abcdefghijklmnopqrstuvwxyz", "abcdefghijkl\n…pqrstuvwxyz"),
        ("", ""),
    ],
)
def test_names_have_at_most_two_lines(name: str, lines: str) -> None:
    assert wrapped(name, 12) == lines


def test_a_clipped_name_keeps_both_ends() -> None:
    assert clipped("abcdefghij", 10) == "abcdefghij"
    assert clipped("abcdefghijk", 10) == "abcd…ghijk"
    assert len(clipped("x" * 50, 10)) == 10


def test_rows_are_as_high_as_their_longest_label() -> None:
    assert rows_height([]) == 0.0
    assert rows_height(["a", "b"]) == pytest.approx(2 * 0.19)
    assert rows_height(["a", "b\nc"]) == pytest.approx(2 * 0.31)


def test_ticks_are_few_and_years_whole() -> None:
    ax = Figure().add_subplot()
    ax.set_xlim(2026.0, 2028.0)
    few_ticks(ax.xaxis, years=True)
    assert ax.get_xticks().tolist() == [2026.0, 2027.0, 2028.0]
    ax.set_xlim(0.0, 1.0)
    few_ticks(ax.xaxis)
    assert len(ax.get_xticks()) <= 6


def test_a_legend_stands_above_at_the_side_asked_for() -> None:
    ax = Figure().add_subplot()
    ax.plot([1], label="$a_1$ and $b$")
    for side in ("left", "right"):
        legend_above(ax, 1, side=side)  # type: ignore[arg-type]
        legend = ax.get_legend()
        assert legend is not None
        frame, box = ax.get_window_extent(), legend.get_window_extent()
        assert box.y0 >= frame.y1
        assert not legend.get_texts()[0].get_parse_math()
        edges = (box.x0, frame.x0) if side == "left" else (box.x1, frame.x1)
        assert edges[0] == pytest.approx(edges[1], abs=6.0)


def test_styles_go_round_by_place() -> None:
    assert style(0) == Style(COLOURS[0], DASHES[0], MARKERS[0])
    assert style(8) == Style(COLOURS[1], DASHES[0], MARKERS[8])


def test_figures_are_there_before_matplotlib_is() -> None:
    code = (
        "import sys, tariffcalc as tc; tc.report.figures.tornado; "
        "print('matplotlib' in sys.modules, sorted(dir(tc.report)))"
    )
    run = subprocess.run(  # noqa: S603 - the code is above
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith("False ")
    assert "'figures'" in run.stdout


def test_a_name_that_is_no_part_of_reports_is_refused() -> None:
    import tariffcalc as tc

    with pytest.raises(AttributeError, match="has no attribute 'figure'"):
        tc.report.figure  # noqa: B018
