import gzip
import importlib.util
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.scenario.paths import numbers
from tariffcalc.scenario.provenance import provenance_of

ROOT = Path(__file__).parents[2]
SEEDS, PACKAGED = ROOT / "seeds", ROOT / "tariffcalc" / "data"


@pytest.fixture(scope="module")
def build() -> ModuleType:
    found = importlib.util.spec_from_file_location("build", SEEDS / "build.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def content(path: Path) -> bytes:
    # Compressed bytes depend on the zlib of the machine, their content does not.
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def test_the_packaged_tables_are_those_the_seeds_build(build: ModuleType, tmp_path: Path) -> None:
    build.build(tmp_path)
    built = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    packaged = {
        path.relative_to(PACKAGED)
        for path in PACKAGED.rglob("*")
        if path.suffix in {".csv", ".gz", ".toml"}
    }
    assert built == packaged
    for name in built:
        assert content(tmp_path / name) == content(PACKAGED / name), name


@pytest.mark.parametrize(
    ("text", "rate"), [("Free", 0.0), ("2.5%", 0.025), ("25%", 0.25), ("0%", 0.0)]
)
def test_an_ad_valorem_text_is_read(build: ModuleType, text: str, rate: float) -> None:
    assert build.parse_rate(text) == rate


@pytest.mark.parametrize("text", ["52.5¢/bbl", "3.4¢/kg + 8.5%", "", "2.5", "free", float("nan")])
def test_a_text_that_is_not_ad_valorem_is_never_read_as_a_rate(
    build: ModuleType, text: object
) -> None:
    assert pd.isna(build.parse_rate(text))


def test_product_flags_agree_with_an_independent_coding_on_every_line() -> None:
    seed = pd.read_csv(
        SEEDS / "trade" / "us-imports-2024-kor.csv.gz", dtype=str, keep_default_na=False
    )
    packaged = tc.load_flows("us-imports-2024").frame
    assert packaged["hs"].tolist() == seed["hs"].tolist()
    ours = packaged["product_lists"].fillna("").map(lambda text: set(text.split(";")))
    theirs = seed["public_flags"].map(lambda text: set(text.split(";")))
    assert len(packaged) == 8327
    assert (ours == theirs).all()


def facts() -> pd.DataFrame:
    return pd.read_csv(SEEDS / "facts.csv").set_index("key")


def test_each_number_that_names_a_fact_equals_it() -> None:
    table, scenario = facts(), tc.load_scenario("korea-us", as_of="2025-10-17")
    named = 0
    for path, (value, _) in numbers(scenario).items():
        stated = provenance_of(path, scenario.provenance)
        if stated is not None and stated[1].fact is not None:
            row = table.loc[stated[1].fact]
            assert value == row["value"], path
            assert row["published"] <= str(scenario.as_of), path
            assert stated[1].status in {row["status"], "assumption"}, path
            named += 1
    assert named >= 12


def test_each_fact_is_dated_sourced_and_used_or_derived_from() -> None:
    table, scenario = facts(), tc.load_scenario("korea-us")
    assert table.index.is_unique
    used = {entry.fact for entry in scenario.provenance.values()}
    sources = " ".join(table["source"])
    for key, row in table.iterrows():
        assert row["observed"] <= row["published"], key
        assert row["source"], key
        assert key in used or key in sources or key == "shipbuilding_part", key
    parts = {part.name: part.amount_usd for part in scenario.pledge.parts}
    assert parts["shipbuilding"] == table.loc["shipbuilding_part", "value"]
    rate = table["value"]["ust_20y_2025_10_17"] + table["value"]["kexim_20y_spread_2021"]
    assert rate == pytest.approx(table["value"]["payer_dollar_rate"], rel=1e-15)


def test_the_average_of_sofr_is_of_rates_published_by_the_vintage() -> None:
    # The New York Fed's 30-day average: each rate compounds over the days until the next one.
    daily = pd.read_csv(SEEDS / "sofr-daily.csv", parse_dates=["date"])
    fact, end = facts().loc["sofr_2025_10_17"], pd.Timestamp("2025-10-17")
    days = -daily["date"].diff(-1).dt.days.fillna(-(end - daily["date"].iloc[-1]).days)
    assert days.sum() == 30
    average = ((1 + daily["rate"] * days / 360).prod() - 1) * 360 / 30
    assert round(average, 4) == fact["value"]
    # A rate is published on the business day after its own.
    assert str(daily["date"].iloc[-1].date()) == fact["observed"]
    assert fact["published"] == str(end.date())


def test_every_number_of_a_packaged_scenario_states_where_it_comes_from() -> None:
    table = tc.load_scenario("korea-us").parameters()
    assert not (table["source"] == "no source is stated").any()
    assert table["date"].notna().all()
    assert (table["unit"] != "").all()
    assert (table["description"] != "").all()
    ranged = table["low"].notna()
    assert (table["low"][ranged] <= table["value"][ranged]).all()
    assert (table["value"][ranged] <= table["high"][ranged]).all()
