import pytest

import tariffcalc as tc

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
FLOWS = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024", partners=["KOR"]).frame[::300])
NAME = "three-years"
OWN = f"pledge.structures.{NAME}."
HOST = ("host_government", "host_treasury")


def agreed(terms: object, structure: str = NAME, **options: object) -> tc.Agreement:
    return tc.bargain(PACKAGED, structure=structure, terms=terms, flows=FLOWS, **options)  # type: ignore[arg-type]


def test_the_outcome_holds_what_was_asked() -> None:
    found = agreed({"split_before": [0.9, 1.0]}, payer=tc.Side(counts=["exporters"], weight=0.3))
    assert (found.structure, found.weight) == (NAME, 0.3)
    assert found.payer.counts == ("exporters",)
    assert found.host.counts == HOST
    units = found.points.attrs["units"]
    assert units["split_before"] == "share of project cash"
    assert (units["payer_gain_usd"], units["host_gain_usd"]) == ("USD", "USD")
    assert found.points.attrs["scenario_hash"] == PACKAGED.hash


def test_changes_are_paths_of_this_structure() -> None:
    found = agreed({"cash_share": [0.9], "durability": [0.8], "split_before": [1.0]})
    offer = found.solution or found.nearest
    assert offer is not None
    assert offer.terms == {"cash_share": 0.9, "durability": 0.8, "split_before": 1.0}
    assert offer.changes == {
        f"{OWN}cash_share": 0.9,
        "tariffs.durability": 0.8,
        f"{OWN}waterfall.split_before": 1.0,
    }
    assert len(found.points) == 2
    assert found.precision == dict.fromkeys(offer.terms, 0.0)


def test_a_walk_away_is_taken_off() -> None:
    sides = {"payer": tc.Side(counts=["markets"], walk_away_usd=3.0),
             "host": tc.Side(counts=["project_spv"], walk_away_usd=-4.0)}  # fmt: skip
    table = agreed({"split_before": [0.5]}, **sides).points
    incidence = tc.incidence(PACKAGED, structures=[NAME], flows=FLOWS).iloc[0]
    assert table["payer_gain_usd"].tolist() == [incidence["markets_usd"] - 3.0] * 2
    assert table["host_gain_usd"].tolist() == [incidence["project_spv_usd"] + 4.0] * 2


def test_only_acceptable_points_can_be_efficient() -> None:
    points = agreed({"cash_share": (0, 1), "split_before": (0.3, 1)}, points=9).points
    assert 0 < points["efficient"].sum() < points["acceptable"].sum() < len(points)
    assert points.loc[points["efficient"], "acceptable"].all()
    neither = (points["payer_gain_usd"] >= 0) & (points["host_gain_usd"] >= 0)
    assert (points["acceptable"] == neither).all()


def test_many_cases_are_taken_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    terms = {"split_before": (0.5, 1.0), "draw_years": [2, 3]}
    whole = agreed(terms, points=21)
    monkeypatch.setattr("tariffcalc.analysis.batches.CASES_PER_CHUNK", 5)
    parts = agreed(terms, points=21)
    assert parts.points.equals(whole.points)
    assert parts.solution == whole.solution
