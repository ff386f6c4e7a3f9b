"""The other tables of the law: statistical lines, shares, conventions."""

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.data import data_table

SEEDS = Path(__file__).parents[2] / "seeds"
NAMED_CHOICES = {"line_count", "refuse", "lines", "rest"}
NO_SHARES = ["coarse_lines", "other_partners"]


@cache
def codes() -> pd.DataFrame:
    return data_table("law/hts-codes.csv.gz").fillna("")


@cache
def shares() -> pd.DataFrame:
    table = data_table("law/shares.csv.gz").fillna("")
    return table.assign(share=table["share"].astype(float))


@cache
def conventions() -> pd.DataFrame:
    return tc.list_conventions().reset_index()


def share(table: str, hs: str, partner: str = "") -> float:
    """Return a share as the README says: the longest prefix, its partner's before all's."""
    here = shares()[shares()["table"] == table]
    here = here[here["partner"].isin([partner, ""])]
    held = here[[hs.startswith(prefix) for prefix in here["hs"]]]
    rank = held["hs"].str.len() * 2 + (held["partner"] != "")
    return float(held.loc[rank.idxmax(), "share"])


# Statistical lines


def test_a_statistical_line_has_ten_digits_a_revision_and_a_rate() -> None:
    table = codes()
    assert table.columns.tolist() == ["hs", "revision", "unit", "mfn_text", "korus_text"]
    assert table["hs"].is_monotonic_increasing
    assert table["hs"].is_unique
    assert table["hs"].str.fullmatch(r"(0[1-9]|[1-8]\d|9[0-8])\d{8}").all()
    assert (table.loc[table["mfn_text"] == "", "hs"] >= "98").all()  # "see" its provisions
    assert set(table["hs"].str[:2]) == {f"{n:02d}" for n in range(1, 99)} - {"77"}


def test_lines_are_of_the_newest_revision_of_2025_where_it_has_them() -> None:
    counts = codes()["revision"].value_counts()
    assert counts.index.tolist() == ["2025-32", "2026-10", "2025-01"]
    assert counts["2025-32"] > 0.98 * len(codes())


def test_rate_texts_agree_with_those_on_koreas_lines() -> None:
    lines = pd.read_csv(
        SEEDS / "trade" / "us-imports-2024-kor.csv.gz", dtype=str, keep_default_na=False
    )
    both = lines.merge(codes(), on="hs", suffixes=("", "_tariff"))
    assert len(both) > 0.98 * len(lines)
    assert (both["mfn_text"] == both["mfn_text_tariff"]).all()
    assert (both["korus_text"] == both["korus_text_tariff"]).all()


@pytest.mark.parametrize(
    ("hs", "mfn", "korus"),
    [
        ("8703230140", "2.5%", "Free"),
        ("8704225120", "25%", "25%"),
        ("0101210010", "Free", ""),
        ("8542310045", "Free", ""),
    ],
)
def test_a_line_inherits_the_rates_of_its_subheading(hs: str, mfn: str, korus: str) -> None:
    row = codes().set_index("hs").loc[hs]
    assert (row["mfn_text"], row["korus_text"]) == (mfn, korus)


def test_the_trucks_that_korea_pays_on_until_2041_are_of_heading_8704() -> None:
    paying = codes().query("korus_text == '25%'")["hs"]
    assert set(paying.str[:4]) == {"8704"}


# Shares


def test_shares_are_shares_and_stand_once() -> None:
    table = shares()
    assert table.columns.tolist() == ["table", "hs", "partner", "share"]
    assert table["share"].between(0.0, 1.0).all()
    assert not table.duplicated(["table", "hs", "partner"]).any()
    assert table["hs"].str.fullmatch(r"([0-9]{2}){0,5}").all()
    assert set(table["partner"]) <= {"", *data_table("partners.csv")["code"]}


def test_every_table_has_a_share_for_every_line() -> None:
    everywhere = shares()[(shares()["hs"] == "") & (shares()["partner"] == "")]
    assert set(everywhere["table"]) == set(shares()["table"])


@pytest.mark.parametrize(
    ("chapter", "published"),
    [("84", 0.458), ("85", 0.110), ("88", 0.971), ("90", 0.134), ("39", 0.078), ("", 0.392)],
)
def test_aircraft_use_by_chapter_is_near_the_published(chapter: str, published: float) -> None:
    # The published shares count all lines, ours those of $10m or more: 93% of the value.
    assert round(abs(share("civil-aircraft-use", chapter) - published), 3) <= 0.01


def test_a_share_falls_back_from_line_to_heading_to_chapter() -> None:
    assert share("civil-aircraft-use", "8802400140") == 1.0
    assert share("civil-aircraft-use", "8507600020") < 0.5
    assert share("auto-parts-applicability", "8471300100") == 0.0
    assert share("auto-parts-applicability", "8708805000") == 1.0


def test_usmca_shares_are_those_of_the_packaged_flows() -> None:
    flows = tc.load_flows("us-imports-2024", partners=["CAN", "MEX"]).frame
    table = shares()[(shares()["table"] == "usmca-2025") & (shares()["hs"].str.len() == 6)]
    both = flows.merge(table, on=["hs", "partner"])
    assert len(both) >= len(flows) - 300
    assert (both["usmca_share"] - both["share"]).abs().max() < 0.00051  # three digits
    assert share("usmca-2025", "870323", "KOR") == 0.0


def test_preference_use_by_chapter_is_the_published_one() -> None:
    assert share("preference-use-by-chapter", "8708", "KOR") == round(0.977910469384937, 4)
    assert share("preference-use-by-chapter", "3923", "KOR") == round(0.9208957159245613, 4)
    assert share("preference-use-by-chapter", "8708", "EU27") == 0.0
    assert share("preference-use-by-chapter", "99", "KOR") > 0.9


@pytest.mark.parametrize("metal", ["steel", "aluminum", "copper"])
def test_metal_content_of_a_code_is_near_that_of_the_flows(metal: str) -> None:
    flows = tc.load_flows("us-imports-2024", partners=["JPN"]).frame
    flows = flows[flows["hs"] < "98"].sample(60, random_state=1)
    found = flows["hs"].map(lambda hs: share(f"{metal}-content", hs))
    off = (found - flows[f"{metal}_share"]).abs()
    assert off.median() <= 0.001
    assert off.max() <= 0.1  # means of lines, against those that the trade of all partners has


# Conventions


def test_a_parameter_has_one_default_and_choices_of_different_names() -> None:
    table = conventions()
    assert (table.groupby("parameter")["default"].sum() == 1).all()
    assert not table.duplicated(["parameter", "choice"]).any()
    shares_named = table.loc[~table["parameter"].isin(NO_SHARES), "parameter"]
    assert shares_named.str.endswith("_share").all()


def test_a_choice_states_where_it_comes_from() -> None:
    table = conventions()
    assert set(table["status"]) == {"reported", "derived", "assumption"}
    assert table[["source", "description"]].notna().all(axis=None)
    own = table["source"] == "own assumption"
    assert (table.loc[own, "status"] == "assumption").all()
    stated = table.loc[~own & table["source"].str.contains("/"), "source"]
    assert stated.str.contains(r"@[0-9a-f]{7}|US note", regex=True).all()


def test_a_value_is_a_share_a_column_or_a_packaged_table() -> None:
    table = conventions()
    number = table["value"].map(lambda value: isinstance(value, float))
    assert table.loc[number, "value"].between(0.0, 1.0).all()
    named = set(table.loc[~number, "value"]) - NAMED_CHOICES
    assert named == set(shares()["table"])


def test_an_uncertain_default_has_a_range_that_holds_it() -> None:
    table = conventions()
    ranged = table[table["low"].notna() | table["high"].notna()]
    assert ranged["default"].all()
    assert ((ranged["low"] <= ranged["value"]) & (ranged["value"] <= ranged["high"])).all()
    assumed = table[table["default"] & (table["status"] == "assumption")]
    assert set(assumed["parameter"]) - set(ranged["parameter"]) == set(NO_SHARES)


@pytest.mark.parametrize(
    ("choice", "rate"), [("full", 0.1), ("none", 0.275), (0.64, 0.64 * 0.1 + 0.36 * 0.275)]
)
def test_the_quota_of_british_cars_is_a_share_where_quantities_are_not_known(
    choice: str | float, rate: float
) -> None:
    cars = tc.load_flows("us-imports-2024", partners=["GBR"]).frame
    cars = cars[cars["hs"] == "870323"]
    assert "annual_quantity" not in cars.columns
    law = tc.load_schedule("united-states")
    found = law.with_convention("quota_share", choice).rates(cars, on="2025-10-17")
    assert found["total_rate"].tolist() == pytest.approx([rate], abs=1e-15)
    if choice == "full":
        assert law.rates(cars, on="2025-10-17").equals(found)


@pytest.mark.parametrize("parameter", sorted(set(data_table("law/conventions.csv")["parameter"])))
def test_a_schedule_takes_every_choice_of_a_parameter(parameter: str) -> None:
    law = tc.load_schedule("united-states")
    lines = tc.load_flows("us-imports-2024", partners=["KOR"]).frame.head(20)
    for choice in conventions().query("parameter == @parameter")["choice"]:
        rates = law.with_convention(parameter, choice).rates(lines, on="2026-05-01")
        assert (rates["total_rate"] >= rates["base_rate"] - 1e-15).all()
