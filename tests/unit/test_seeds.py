import gzip
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.data import data_table
from tariffcalc.scenario.paths import numbers
from tariffcalc.scenario.provenance import provenance_of

ROOT = Path(__file__).parents[2]
SEEDS, PACKAGED = ROOT / "seeds", ROOT / "tariffcalc" / "data"


@pytest.fixture(scope="module")
def seeds() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SEEDS)
        yield


@pytest.fixture(scope="module")
def build(seeds: None) -> ModuleType:
    return importlib.import_module("build")


@pytest.fixture(scope="module")
def korea(seeds: None) -> ModuleType:
    return importlib.import_module("korea")


@pytest.fixture(scope="module")
def hs6(seeds: None) -> ModuleType:
    return importlib.import_module("hs6")


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
def test_an_ad_valorem_text_is_read(korea: ModuleType, text: str, rate: float) -> None:
    assert korea.parse_rate(text) == rate


@pytest.mark.parametrize("text", ["52.5¢/bbl", "3.4¢/kg + 8.5%", "", "2.5", "free", float("nan")])
def test_a_text_that_is_not_ad_valorem_is_never_read_as_a_rate(
    korea: ModuleType, text: object
) -> None:
    assert pd.isna(korea.parse_rate(text))


# Lines that the coding has beyond the law: it cuts codes of ten digits to eight, counts articles
# of chapter 76 twice, and frees whole codes of which Annex II names articles.
BEYOND = {
    "annex-ii": 30, "section-232-aluminum-derivatives": 126, "section-232-steel-derivatives": 74,
}  # fmt: skip


# Lines of 2024 below subheadings that Annex II names; the coding knows statistical lines of 2025.
CHANGED = {"0901110055", "0901210045", "2710124590", "2804290050", "3818000090", "8542310001",
           "8542390001"}  # fmt: skip


def test_product_lists_agree_with_an_independent_coding_on_every_line() -> None:
    lines = pd.read_csv(
        SEEDS / "trade" / "us-imports-2024-kor.csv.gz", dtype=str, keep_default_na=False
    )
    assert len(lines) == 8327
    theirs = lines["public_flags"].map(lambda text: set(text.split(";")) - {""})
    lists = data_table("law/product-lists.csv.gz")
    # Rows of the law that the coding does not hold: derivatives of March, April and June 2025.
    not_there = lists["citation"].str.contains("Proc. 10896|FR 2025-11067|beer", regex=True)
    for name in sorted(set().union(*theirs)):
        flagged = theirs.map(lambda names, name=name: name in names)
        here = lists["list"] == name
        ours = lines["hs"].str.startswith(tuple(lists.loc[here, "hs"]))
        coded = lines["hs"].str.startswith(tuple(lists.loc[here & ~not_there, "hs"]))
        beyond = lines.loc[flagged & ~ours, "hs"]
        assert len(beyond) == BEYOND.get(name, 0), name
        cut = lists.loc[here | (lists["list"] == f"{name}-particular"), "hs"].str[:8]
        known = beyond.str[:8].isin(set(cut)) | beyond.str.startswith("76")
        assert known.all(), name
        assert set(lines.loc[coded & ~flagged, "hs"]) == (CHANGED if name == "annex-ii" else set())
        assert flagged.any(), name


def seed(name: str) -> pd.DataFrame:
    return pd.read_csv(SEEDS / "trade" / name, dtype={"hs": str, "naics3": str})


def test_trade_of_the_seeds_is_complete() -> None:
    table = seed("us-imports-2024-hs6.csv.gz")
    korea = seed("us-imports-2024-kor.csv.gz")
    assert not table.duplicated(["hs", "partner"]).any()
    assert table["value_usd"].sum() + korea["value_usd"].sum() == 3_208_820_074_369
    assert table["duty_usd"].sum() + korea["duty_usd"].sum() == 75_631_629_940
    assert (table["value_usd"] > 0).all()
    assert set(seed("hs6-attributes.csv.gz")["hs"]) == set(table["hs"])


def test_lines_of_the_seeds_are_counted() -> None:
    lines = seed("hs6-attributes.csv.gz")
    assert lines["hs"].is_unique
    assert (lines["ad_valorem_lines"] <= lines["lines"]).all()
    assert (lines["japan_lines"] <= lines["lines"]).all()
    known = lines[lines["ad_valorem_lines"] > 0]
    assert (lines["mean_rate"].notna() == (lines["ad_valorem_lines"] > 0)).all()
    assert (known["lowest_rate"] <= known["mean_rate"] + 5e-7).all()
    assert (known["mean_rate"] <= known["highest_rate"] + 5e-7).all()
    assert lines.loc[lines["lines"] == 0, "hs"].tolist() == [
        "291800", "980100", "980200", "980800", "981000", "981200", "981700", "999995",
    ]  # fmt: skip


ONE_LINE = {
    "lines": 2, "ad_valorem_lines": 2, "lowest_rate": 0.0, "mean_rate": 0.05,
    "highest_rate": 0.1, "japan_lines": 0, "usmca_share_can": 0.25, "usmca_share_mex": 0.5,
}  # fmt: skip


def small(**lines: dict) -> pd.DataFrame:
    return pd.DataFrame(
        {code.removeprefix("x"): ONE_LINE | given for code, given in lines.items()}
    ).T


def sold(*rows: tuple[str, str, int, int]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["hs", "partner", "value_usd", "duty_usd"])


def test_base_rates_come_from_the_law_before_they_come_from_what_was_paid(hs6: ModuleType) -> None:
    law = small(
        x010100={"lowest_rate": 0.1}, x020200={}, x030300={}, x040400={"ad_valorem_lines": 1},
        x730500={}, x980100={"lines": 0, "ad_valorem_lines": 0}, x060600={"japan_lines": 2},
    )  # fmt: skip
    flows = sold(
        ("010100", "EU27", 100, 99), ("020200", "EU27", 75, 8), ("020200", "JPN", 25, 0),
        ("020200", "MEX", 900, 0), ("030300", "GBR", 100, 25), ("040400", "CHE", 100, 25),
        ("730500", "IND", 100, 25), ("980100", "CHN", 100, 1), ("060600", "JPN", 100, 0),
        ("060600", "VNM", 100, 7),
    )  # fmt: skip
    rates = hs6.base_rates(flows, law)
    assert rates["mfn_rate"].tolist() == [0.1, 0.08, 0.1, 0.25, 0.05, 0.01, 0.07]
    assert rates["base_rate_basis"].tolist() == [
        "statutory", "weighted lines", "weighted lines", "collected", "mean of lines",
        "collected", "weighted lines",
    ]  # fmt: skip


def test_preference_use_is_the_share_of_duty_avoided(hs6: ModuleType) -> None:
    law = small(x010100={"japan_lines": 1}, x020200={"japan_lines": 2})
    flows = sold(
        ("010100", "MEX", 100, 5), ("010100", "CAN", 100, 20), ("010100", "ROW", 100, 0),
        ("010100", "JPN", 100, 1), ("020200", "JPN", 100, 1), ("020200", "EU27", 100, 1),
    )  # fmt: skip
    use = hs6.preference_use(flows, law, pd.Series({"010100": 0.1, "020200": 0.1}))
    assert use.fillna(-1.0).tolist() == [0.5, 0.0, 1.0, -1.0, 0.9, -1.0]
    free = hs6.preference_use(flows, law, pd.Series({"010100": 0.0, "020200": 0.0}))
    assert free.isna().all()
    assert hs6.usmca_share(flows, law).tolist() == [0.5, 0.25, 0.0, 0.0, 0.0, 0.0]


def korean_base_duty(rate: pd.Series) -> tuple[float, float]:
    """Return the error of Korea's MFN duty from rates at HS6: in sum, and line by line [USD]."""
    frame = tc.load_flows("us-imports-2024").frame.query("base_rate_basis == 'statutory'")
    code = frame["hs"].str[:6]
    exact = (frame["mfn_rate"] * frame["value_usd"]).groupby(code).sum()
    error = frame["value_usd"].groupby(code).sum() * rate.reindex(exact.index) - exact
    return abs(error.sum()), error.abs().sum()


def test_weighted_lines_meet_the_law_of_korea_better_than_the_mean_of_lines() -> None:
    # Korea is none of the partners that the weights come from, and its lines have ten digits.
    lines = seed("hs6-attributes.csv.gz").set_index("hs")
    packaged = pd.read_csv(
        PACKAGED / "trade" / "hs6-attributes.csv.gz", dtype={"hs": str}
    ).set_index("hs")
    collected = packaged["base_rate_basis"] == "collected"
    bias, off = korean_base_duty(packaged["mfn_rate"].mask(collected))
    mean_bias, mean_off = korean_base_duty(lines["mean_rate"].mask(collected))
    assert bias < 2e6
    assert off < 100e6
    assert mean_bias > 50e6
    assert mean_off > 300e6


def test_industries_of_koreas_lines_meet_the_published_industries() -> None:
    lines = tc.load_flows("us-imports-2024").frame.groupby("naics3")["value_usd"].sum()
    monthly = tc.load_collected_duties(partners=["KOR"], start="2024-01", end="2024-12")
    published = monthly["value_usd"].groupby("naics3").sum()
    assert lines.index.equals(published.index)
    assert published.sum() == lines.sum()
    assert (lines - published).abs().sum() / 2 < 0.0043 * lines.sum()


def test_the_rest_of_the_world_is_what_the_named_leave_of_the_total() -> None:
    table = seed("collected-duties.csv.gz").query("naics3 != 'ALL'")
    total = table.query("partner == 'ALL'").groupby(["month", "naics3"])[["value_usd", "duty_usd"]]
    named = table.query("partner not in ['ALL', 'DEU']")
    rest = total.sum() - named.groupby(["month", "naics3"])[["value_usd", "duty_usd"]].sum()
    row = tc.load_collected_duties(partners=["ROW"]).droplevel("partner")
    rest.index = rest.index.set_levels(pd.to_datetime(rest.index.levels[0]), level=0)
    assert np.array_equal(row[["value_usd", "duty_usd"]], rest.loc[row.index])
    assert (rest.drop(row.index) == 0).all(axis=None)


def facts() -> pd.DataFrame:
    return pd.read_csv(SEEDS / "facts.csv").set_index("key")


VINTAGES = [(name, str(day.date())) for name, day in tc.list_scenarios()["as_of"].items()]
vintages = pytest.mark.parametrize(("name", "day"), VINTAGES)
# How many numbers of each scenario are facts, at least: what it pledges and its economy.
NAMED = {"eu-us": 3, "japan-us": 9, "korea-us": 12, "switzerland-us": 4, "taiwan-us": 4}


@vintages
def test_each_number_that_names_a_fact_equals_it(name: str, day: str) -> None:
    table, scenario = facts(), tc.load_scenario(name, as_of=day)
    named = 0
    for path, (value, _) in numbers(scenario).items():
        stated = provenance_of(path, scenario.provenance)
        if stated is not None and stated[1].fact is not None:
            row = table.loc[stated[1].fact]
            assert value == row["value"], path
            assert row["published"] <= str(scenario.as_of), path
            assert stated[1].status in {row["status"], "assumption"}, path
            named += 1
    assert named >= NAMED[name]


def test_each_fact_is_dated_sourced_and_used_or_derived_from() -> None:
    table, scenario = facts(), tc.load_scenario("korea-us")
    assert table.index.is_unique
    every = [tc.load_scenario(name, as_of=day) for name, day in VINTAGES]
    used = {entry.fact for one in every for entry in one.provenance.values()}
    sources = " ".join(table["source"])
    for key, row in table.iterrows():
        assert row["observed"] <= row["published"], key
        assert row["source"], key
        assert key in used or key in sources or key == "shipbuilding_part", key
    parts = {part.name: part.amount_usd for part in scenario.pledge.parts}
    assert parts["shipbuilding"] == table.loc["shipbuilding_part", "value"]
    rate = table["value"]["ust_20y_2025_10_17"] + table["value"]["kexim_20y_spread_2021"]
    assert rate == pytest.approx(table["value"]["payer_dollar_rate"], rel=1e-15)


def test_a_fact_that_is_a_sum_is_the_sum_of_facts_known_before() -> None:
    table = facts()
    sums = table[table["source"].str.fullmatch(r"\w+ \+ \w+")]
    assert len(sums) == 6
    for key, row in sums.iterrows():
        parts = table.loc[row["source"].split(" + ")]
        assert row["value"] == pytest.approx(parts["value"].sum(), rel=1e-15), key
        assert row["published"] == parts["published"].max(), key
        assert row["status"] == "derived", key


def test_a_fact_that_is_a_middle_lies_in_the_middle() -> None:
    value = facts()["value"]
    assert value["jpy_per_usd_2025_09_03"] == pytest.approx((148.73 + 148.75) / 2, rel=1e-15)
    assert value["jpy_per_usd_2025_09_30"] == pytest.approx((147.90 + 148.00) / 2, rel=1e-15)
    assert value["japan_equity_share"] == (0.01 + 0.02) / 2
    assert value["eur_per_usd_2025_08_20"] == round(1 / 1.1639, 4)
    assert value["switzerland_reserves_2025_10"] == round(725e9 / 0.795)


AVERAGES = [key for key in facts().index if key.startswith("sofr_")]


@pytest.mark.parametrize("key", AVERAGES)
def test_the_average_of_sofr_is_of_rates_published_by_the_vintage(key: str) -> None:
    # The New York Fed's 30-day average: each rate compounds over the days until the next one.
    daily = pd.read_csv(SEEDS / "sofr-daily.csv", parse_dates=["date"])
    fact, end = facts().loc[key], pd.Timestamp(key.removeprefix("sofr_").replace("_", "-"))
    # The rate of the business day before stands in on the days before the first one.
    first = daily.loc[daily["date"] <= end - pd.Timedelta(days=30), "date"].max()
    daily = daily[(daily["date"] >= first) & (daily["date"] < end)]
    daily["date"] = daily["date"].clip(lower=end - pd.Timedelta(days=30))
    days = -daily["date"].diff(-1).dt.days.fillna(-(end - daily["date"].iloc[-1]).days)
    assert days.sum() == 30
    average = ((1 + daily["rate"] * days / 360).prod() - 1) * 360 / 30
    assert round(average, 4) == fact["value"]
    # A rate is published on the business day after its own.
    assert str(daily["date"].iloc[-1].date()) == fact["observed"]
    assert fact["published"] == str(end.date())


def test_yields_of_the_treasury_are_whole_and_meet_the_facts() -> None:
    curves = pd.read_csv(SEEDS / "yields.csv").set_index("country")
    tables = [
        curves.loc[country].pivot(index="date", columns="maturity_months", values="rate")
        for country in ("USA", "KOR")
    ]
    table, korea = tables
    assert table.columns.tolist() == [1, 3, 6, 12, 24, 60, 120, 240, 360]
    assert korea.columns.tolist() == [24, 36, 60, 120, 240, 360, 600]
    assert all(one.notna().all(axis=None) for one in tables)
    assert korea[120].tolist() == [0.02912, 0.03226, 0.03493]
    twenty = facts().filter(like="ust_20y_", axis=0)
    days = twenty.index.str.removeprefix("ust_20y_").str.replace("_", "-")
    assert table.loc[days, 240].tolist() == twenty["value"].tolist()
    assert set(days) == set(table.index)


@vintages
def test_the_curve_of_a_scenario_is_that_of_its_day(name: str, day: str) -> None:
    curves = pd.read_csv(SEEDS / "yields.csv").query("date == @day and country == 'USA'")
    found = tc.load_scenario(name, as_of=day).economy.curves
    if (name, day) == ("korea-us", "2025-10-17"):
        assert found == ()
        return
    curve = found[0]
    assert [one.name for one in found] == ["treasury", "korea"][: len(found)]
    assert {(one.kind, one.shift) for one in found} == {("par", 0.0)}
    assert len(found) == (2 if name == "korea-us" else 1)
    assert [12 * years for years, _ in curve.points] == curves["maturity_months"].tolist()
    assert [rate for _, rate in curve.points] == curves["rate"].tolist()


@vintages
def test_every_number_of_a_packaged_scenario_states_where_it_comes_from(
    name: str, day: str
) -> None:
    table = tc.load_scenario(name, as_of=day).parameters()
    assert not (table["source"] == "no source is stated").any()
    assert table["date"].notna().all()
    assert (table["unit"] != "").all()
    assert (table["description"] != "").all()
    ranged = table["low"].notna()
    assert (table["low"][ranged] <= table["value"][ranged]).all()
    assert (table["value"][ranged] <= table["high"][ranged]).all()
