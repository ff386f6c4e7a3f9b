import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError, VintageError
from tariffcalc.trade.elasticity_sets import (
    PRESETS,
    _with_both,
    published_by,
    ranked,
    sector_names,
)

SEEDS = Path(__file__).parents[2] / "seeds" / "trade"
IN_PRESETS = ["caliendo-parro-2015", "fontagne-et-al-2022", "bagwell-et-al-2021"]
COUNTS = {
    "caliendo-parro-2015": (20, 45), "fontagne-et-al-2022": (19, 45),
    "bagwell-et-al-2021": (49, 45), "giri-et-al-2021": (19, 30), "shapiro-2016": (13, 45),
    "lashkaripour-2021": (16, 45), "lashkaripour-lugovskyy-2023": (14, 45),
    "simonovska-waugh-2014": (1, 45), "broda-et-al-2006": (17, 27), "broda-weinstein-2006": (3, 3),
}  # fmt: skip


def seed(name: str) -> pd.DataFrame:
    return pd.read_csv(SEEDS / name, dtype=str, keep_default_na=False)


def test_the_list_counts_what_is_there() -> None:
    table = tc.list_elasticities()
    assert table.index.name == "name"
    assert table.index.tolist() == [*COUNTS, *PRESETS] == [*COUNTS, "low", "central", "high"]
    assert table.columns.tolist() == [
        "parameter", "classification", "year", "published", "numbers", "sectors",
        "standard_errors", "in_presets", "status", "source", "transcription",
    ]  # fmt: skip
    for name, counts in COUNTS.items():
        assert tuple(table.loc[name, ["numbers", "sectors"]]) == counts, name
    assert table.index[table["in_presets"]].tolist() == IN_PRESETS
    assert table["standard_errors"].tolist() == [0] * len(table)
    assert table["year"].dtype.kind == "i"
    for preset, word in (("low", "lowest"), ("central", "middle"), ("high", "highest")):
        row = table.loc[preset]
        assert row["source"] == f"the {word} of {', '.join(IN_PRESETS)}"
        assert (row["numbers"], row["sectors"], row["standard_errors"]) == (88, 45, 0)
        assert (row["parameter"], row["status"]) == ("trade_elasticity", "derived")
        assert (row["year"], row["published"]) == (2022, pd.Timestamp("2022-07-31"))
        assert row["classification"] == "sectors of the library"
        assert not row["in_presets"]
    assert (table["year"] == table["published"].dt.year).all()


def test_each_number_of_the_seeds_is_dated_sourced_and_a_number() -> None:
    sets, numbers = seed("elasticity-sets.csv"), seed("elasticities.csv")
    assert set(numbers["set"]) == set(sets["set"]) == set(COUNTS)
    assert (sets.drop(columns="published") != "").all(axis=None)
    assert (pd.to_datetime(sets["published"], format="%Y-%m-%d") < "2025-10-17").all()
    assert set(sets["parameter"]) == {"trade_elasticity", "substitution_elasticity"}
    assert set(sets["status"]) == {"reported", "derived"}
    assert not numbers.duplicated(["set", "code"]).any()
    assert not numbers.duplicated(["set", "name"]).any()
    assert numbers["value"].astype(float).between(0.3, 65).all()
    assert (numbers["standard_error"] == "").all()


# Codes that no sector of the library takes: services, and classes that a wider one stands for.
UNUSED = {
    ("fontagne-et-al-2022", "C90T93"), ("lashkaripour-2021", "Services (aggregate)"),
    *(("bagwell-et-al-2021", code) for code in
      ["21 61", "23", "24", "25", "26", "29", "32", "71", "81", "90 91 93-97"]),
}  # fmt: skip


def test_the_concordance_names_sectors_and_codes_that_exist() -> None:
    pairs, numbers = seed("elasticity-sectors.csv"), seed("elasticities.csv")
    assert not pairs.duplicated().any()
    assert set(pairs["sector"]) == set(sector_names()) - {"Special provisions"}
    used = set(zip(pairs["set"], pairs["code"], strict=True))
    known = set(zip(numbers["set"], numbers["code"], strict=True))
    assert used <= known
    assert known - used == UNUSED
    finer = pairs.groupby(["set", "sector"]).size()
    assert finer[finer > 1].to_dict() == {
        ("bagwell-et-al-2021", "Agriculture and fish"): 6,
        ("bagwell-et-al-2021", "Chemicals"): 4,
        ("bagwell-et-al-2021", "Food, drink and tobacco"): 7,
        ("broda-et-al-2006", "Apparel"): 2,
        ("broda-et-al-2006", "Steel"): 2,
        ("giri-et-al-2021", "Food, drink and tobacco"): 2,
        ("giri-et-al-2021", "Stone, glass and ceramics"): 3,
    }


@pytest.mark.parametrize(
    ("name", "sector", "value", "codes"),
    [
        ("caliendo-parro-2015", "Passenger cars", 1.84, "34"),
        ("caliendo-parro-2015", "Semiconductors", 3.95, "32"),
        ("caliendo-parro-2015", "Ships", 0.39, "35"),
        ("fontagne-et-al-2022", "Passenger cars", 8.92, "C34"),
        ("fontagne-et-al-2022", "Steel", 7.39, "C27"),
        ("bagwell-et-al-2021", "Batteries", 6.9, "77"),
        ("bagwell-et-al-2021", "Chemicals", (4.13 + 4.01 + 3.41 + 3.58) / 4, "51;52;53;59"),
        ("giri-et-al-2021", "Stone, glass and ceramics", (5.94 + 5.61 + 3.87) / 3, "361;362;369"),
        ("shapiro-2016", "Passenger cars", 6.87, "Transport equipment"),
        ("lashkaripour-2021", "Passenger cars", 1.38, "Transport equipment"),
        ("lashkaripour-lugovskyy-2023", "Passenger cars", 2.805, "Transport Equipment"),
        ("simonovska-waugh-2014", "Toys and sports goods", 4.0, "all goods"),
        ("broda-weinstein-2006", "Vehicle parts", 3.0127 - 1.0, "784"),
        ("broda-et-al-2006", "Steel", (3.1384 + 1.6098) / 2 - 1.0, "72;73"),
    ],
)
def test_a_sector_has_the_number_of_its_class(
    name: str, sector: str, value: float, codes: str
) -> None:
    row = tc.load_elasticities(name).loc[sector]
    assert row["trade_elasticity"] == pytest.approx(value, rel=4 * 2**-52)
    assert row["codes"] == codes
    assert row["set"] == name
    assert row["source"] == tc.list_elasticities().loc[name, "source"]


@pytest.mark.parametrize(
    ("parameter", "theta", "sigma"),
    [
        ("trade_elasticity", [2.5, 4.0], [3.5, 5.0]),
        ("substitution_elasticity", [1.5, 3.0], [2.5, 4.0]),
    ],
)
def test_each_parameter_follows_from_the_other(
    parameter: str, theta: list[float], sigma: list[float]
) -> None:
    frame = _with_both(pd.Series([2.5, 4.0], index=["a", "b"]), parameter)
    assert frame.columns.tolist() == ["trade_elasticity", "substitution_elasticity"]
    assert frame.index.tolist() == ["a", "b"]
    assert frame["trade_elasticity"].tolist() == theta
    assert frame["substitution_elasticity"].tolist() == sigma


def test_what_a_source_does_not_cover_is_unknown() -> None:
    table = tc.load_elasticities("broda-weinstein-2006")
    assert table.index.tolist() == sector_names()
    assert table.index.name == "sector"
    known = table[table["trade_elasticity"].notna()]
    assert known.index.tolist() == ["Passenger cars", "Trucks and buses", "Vehicle parts"]
    assert known["substitution_elasticity"].tolist() == [5.5604, 5.2301, 3.0127]
    assert table.drop(known.index).isna().all(axis=None)
    assert table.attrs["units"]["trade_elasticity"] == "1"


def test_a_table_is_the_callers_own() -> None:
    for name in ("caliendo-parro-2015", "low"):
        mine = tc.load_elasticities(name)
        mine.loc["Ships", "trade_elasticity"] = 99.0
        assert tc.load_elasticities(name).loc["Ships", "trade_elasticity"] == 0.39


def test_a_preset_has_the_dtypes_of_a_set() -> None:
    one, other = tc.load_elasticities("low"), tc.load_elasticities("shapiro-2016")
    assert one.dtypes.to_dict() == other.dtypes.to_dict()
    assert one.columns.tolist() == [
        "trade_elasticity", "substitution_elasticity", "standard_error", "codes", "set", "source",
    ]  # fmt: skip
    assert one.loc["Special provisions"].isna().all()


def test_the_rank_of_a_column_is_that_of_its_values() -> None:
    values = np.array([[2.0, 1.0, np.nan, 5.0], [1.0, 1.0, 2.0, 4.0], [3.0, 0.5, 1.0, np.nan]])
    assert ranked(values, 0)[:2].tolist() == [1, 2]
    assert ranked(values, 1)[:2].tolist() == [0, 0]
    assert ranked(values, 2)[:2].tolist() == [2, 1]
    for rank in range(3):
        assert ranked(values, rank)[2:].tolist() == [0, 2]


def test_a_set_published_later_is_refused() -> None:
    assert len(tc.load_elasticities("shapiro-2016", as_of="2016-11-30")) == 46
    with pytest.raises(VintageError) as caught:
        tc.load_elasticities("shapiro-2016", as_of="2016-11-29")
    assert str(caught.value) == (
        "not known on that day: 1 fault\n  - shapiro-2016: published 2016-11-30, after 2016-11-29"
    )
    with pytest.raises(VintageError) as caught:
        tc.load_elasticities("central", as_of="2021-01-01")
    assert str(caught.value) == (
        "not known on that day: 2 faults\n"
        "  - fontagne-et-al-2022: published 2022-07-31, after 2021-01-01\n"
        "  - bagwell-et-al-2021: published 2021-07-31, after 2021-01-01"
    )
    assert published_by(pd.Series({"x": "2030-01-01"}), None) is None
    with pytest.raises(InputError):
        tc.load_elasticities("shapiro-2016", as_of="someday")


def test_an_unknown_set_is_refused_with_what_is_close() -> None:
    with pytest.raises(UnknownNameError) as caught:
        tc.load_elasticities("caliendo-parro")
    assert str(caught.value).startswith(
        "unknown set of elasticities 'caliendo-parro'; did you mean 'caliendo-parro-2015'? Allowed"
    )
    assert "central" in str(caught.value)


def test_cars_span_what_the_literature_spans() -> None:
    rows = [tc.load_elasticities(name).loc["Passenger cars"] for name in PRESETS]
    assert [row["trade_elasticity"] for row in rows] == [1.84, 5.75, 8.92]
    assert [row["set"] for row in rows] == [IN_PRESETS[0], IN_PRESETS[2], IN_PRESETS[1]]
    assert all(math.isnan(row["standard_error"]) for row in rows)
