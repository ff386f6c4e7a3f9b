"""A country is added by data alone: Japan, written by hand, is the packaged Japan to the bit."""

from pathlib import Path

import pandas as pd
import pytest

import tariffcalc as tc

FILE = Path(__file__).parents[2] / "examples" / "data" / "japan-by-hand.toml"
STRUCTURES = ["signed-memorandum", "all-invested", "no-deal"]


@pytest.fixture(scope="module")
def by_hand() -> tc.Scenario:
    return tc.Scenario.from_toml(FILE)


@pytest.fixture(scope="module")
def packaged() -> tc.Scenario:
    return tc.load_scenario("japan-us", as_of="2025-09-04")


def test_the_comparison_is_that_of_the_packaged_scenario(
    by_hand: tc.Scenario, packaged: tc.Scenario
) -> None:
    ours, theirs = tc.compare(by_hand), tc.compare(packaged)
    assert ours.index.tolist() == [("japan-by-hand", name) for name in STRUCTURES]
    pd.testing.assert_frame_equal(
        ours.droplevel("scenario"), theirs.droplevel("scenario"), check_exact=True
    )


@pytest.mark.parametrize("structure", STRUCTURES)
def test_who_pays_whom_is_that_of_the_packaged_scenario(
    structure: str, by_hand: tc.Scenario, packaged: tc.Scenario
) -> None:
    ours, theirs = (tc.ledger(s, structure).drop(columns="scenario") for s in (by_hand, packaged))
    pd.testing.assert_frame_equal(ours, theirs, check_exact=True)


def test_the_rate_of_every_line_is_that_of_the_packaged_scenario(
    by_hand: tc.Scenario, packaged: tc.Scenario
) -> None:
    flows = tc.load_flows("us-imports-2024", partners=["JPN"])
    for schedule in ("status_quo", "no_deal", "deal"):
        ours, theirs = (
            getattr(scenario, schedule).rates(flows, on="2025-09-04")["total_rate"]
            for scenario in (by_hand, packaged)
        )
        pd.testing.assert_series_equal(ours, theirs, check_exact=True)
