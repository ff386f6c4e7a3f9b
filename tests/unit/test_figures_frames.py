import numpy as np
import pandas as pd
import pytest

from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.report.figures.frames import (
    billions,
    labels_of,
    measured,
    named,
    needed,
    one_structure,
    ranged,
    short,
    source_note,
    spoken,
    whole,
)

TABLE = pd.DataFrame({"structure": ["a", "b"], "net_cost_usd": [1e9, 2.5e9]})


def test_a_level_of_the_index_counts_as_a_column() -> None:
    indexed = TABLE.set_index("structure")
    assert needed(indexed, ["structure", "net_cost_usd"], "f", "m") is indexed
    assert named(indexed, "structure").tolist() == named(TABLE, "structure").tolist() == ["a", "b"]


def test_missing_columns_are_named_together() -> None:
    with pytest.raises(InputError) as caught:
        needed(TABLE, ["x", "structure", "y"], "a_figure", "a_maker")
    assert str(caught.value) == (
        "a_figure: the frame lacks x, y; a_maker makes a frame that has it"
    )


def test_one_structure_is_the_only_one_or_the_named_one() -> None:
    assert one_structure(TABLE.iloc[:1], None, "f")["structure"].tolist() == ["a"]
    assert one_structure(TABLE, "b", "f")["structure"].tolist() == ["b"]
    with pytest.raises(InputError) as caught:
        one_structure(TABLE, None, "f")
    assert str(caught.value) == "f: one structure is drawn; choose it with structure=, one of a, b"
    with pytest.raises(UnknownNameError, match="unknown structure 'c'"):
        one_structure(TABLE, "c", "f")


def test_labels_hold_the_scenario_where_there_are_several() -> None:
    rows = [("s", "a"), ("s", "b"), ("t", "a")]
    index = pd.MultiIndex.from_tuples(rows, names=["scenario", "structure"])
    table = pd.DataFrame({"x": 1.0}, index=index)
    assert labels_of(table) == ["s a", "s b", "t a"]
    assert labels_of(table.iloc[:2]) == ["a", "b"]


def test_dollars_are_billions() -> None:
    assert billions(TABLE["net_cost_usd"]).tolist() == [1.0, 2.5]


@pytest.mark.parametrize(
    ("name", "label", "drawn"),
    [
        ("net_benefit_usd", "Net benefit ($bn)", 0.5e-9),
        ("cash_share", "Cash share (%)", 50.0),
        ("project_irr", "Project IRR (%)", 50.0),
        ("discount_rate", "Discount rate (%)", 50.0),
        ("draw_years", "Draw (years)", 0.5),
        ("durability", "Durability", 0.5),
        ("peak_over_fx_capacity", "Peak over FX capacity (multiple of yearly FX capacity)", 0.5),
        ("some_part", "Some part (%)", 50.0),
    ],
)
def test_columns_are_drawn_in_their_units(name: str, label: str, drawn: float) -> None:
    frame = pd.DataFrame({name: [0.5]})
    frame.attrs["units"] = {
        "peak_over_fx_capacity": "multiple of yearly FX capacity",
        "some_part": "share of GDP",
    }
    measure = measured(name, frame)
    assert measure.label == label
    assert measure.of(frame[name]).tolist() == [drawn]


@pytest.mark.parametrize(
    ("path", "words", "text"),
    [
        ("pledge.structures.*.project_irr", "project IRR", "1% to 25%"),
        ("economy.fx_capacity_usd", "FX capacity", "$1e-11bn to $2.5e-10bn"),
        ("pledge.structures.*.funding.*.tenor_years", "tenor", "0.01 to 0.25 years"),
        ("tariffs.durability", "durability", "0.01 to 0.25"),
        ("pledge.structures.x.tranches.loans.instrument.rate", "x loans rate", "1% to 25%"),
        ("section_232_autos", "§232 autos", "0.01 to 0.25"),
    ],
)
def test_paths_and_ranges_are_said_in_words(path: str, words: str, text: str) -> None:
    assert short(path) == words
    assert ranged(path, 0.01, 0.25) == text.replace("e-", "e−")


def test_a_range_below_0_has_a_minus() -> None:
    assert ranged("growth_rate", -0.02, 0.05) == "−2% to 5%"
    assert ranged("economy.fx_capacity_usd", 15e9, 20e9) == "$15bn to $20bn"
    assert spoken("gdp_usd") == "GDP"


def test_a_note_holds_what_the_attributes_say() -> None:
    frame = pd.DataFrame({"a": [1]})
    assert source_note(frame, None) == ["Source: tariffcalc"]
    frame.attrs |= {"tariffcalc_version": "9", "scenario_hash": "ab", "vintages": ["k as of d"]}
    assert source_note(frame, "mine", "First.") == [
        "First.", "Source: mine; k as of d; tariffcalc 9; scenario ab",
    ]  # fmt: skip


def test_a_count_is_a_whole_number_from_1_on() -> None:
    assert whole("most", np.int64(3)) == 3
    for wrong in (0, 1.0, True, "2"):
        with pytest.raises(InputError) as caught:
            whole("most", wrong)
        assert str(caught.value) == (
            f"most: a whole number of at least 1 is needed, given {wrong!r}"
        )
