import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.trade.elasticity_sets import sector_names

SEEDS = Path(__file__).parents[2] / "seeds" / "trade"
REGIONS = ["USA", "KOR", "JPN", "EU27", "CHN", "MEX", "CAN", "TWN", "VNM", "GBR", "ROW"]


def seed(name: str) -> pd.DataFrame:
    return pd.read_csv(SEEDS / name)


def test_a_matrix_has_the_regions_in_order_and_domestic_sales_on_its_diagonal() -> None:
    assert tc.list_trade_matrices() == ["icio-2022"]
    cars = tc.load_trade_matrix("icio-2022", sector="Passenger cars")
    assert cars.index.tolist() == cars.columns.tolist() == REGIONS
    assert (cars.index.name, cars.columns.name) == ("exporter", "importer")
    assert (cars.dtypes == np.float64).all()
    assert cars.attrs["industries"] == {"C29": "Motor vehicles and parts"}
    assert cars.attrs["units"] == dict.fromkeys(REGIONS, "USD")
    table = seed("icio-2022.csv.gz").query("industry == 'C29'")
    for row in table.itertuples():
        assert cars.loc[row.exporter, row.importer] == row.value_usd
    assert round(cars.loc["USA", "USA"] / 1e9) == 642
    assert round(cars.loc["KOR", "USA"] / 1e9, 1) == 29.0


def test_a_sector_of_several_industries_is_their_sum() -> None:
    fuels = tc.load_trade_matrix("icio-2022", sector="Mineral fuels")
    parts = [tc.load_trade_matrix("icio-2022", sector=code) for code in ("B05", "B06", "C19")]
    pd.testing.assert_frame_equal(fuels, sum(parts), check_exact=True)
    assert list(fuels.attrs["industries"]) == ["B05", "B06", "C19"]


def test_all_goods_are_the_sum_of_the_industries() -> None:
    goods = tc.load_trade_matrix("icio-2022")
    table = seed("icio-2022.csv.gz")
    assert math.fsum(goods.to_numpy().ravel()) == table["value_usd"].sum() == 72_632_294_889_300
    assert len(goods.attrs["industries"]) == 27
    assert round(goods.loc["KOR", "USA"] / 1e9, 1) == 98.1


def test_the_seeds_are_complete() -> None:
    table = seed("icio-2022.csv.gz")
    assert len(table) == 27 * 11 * 11
    assert not table.duplicated(["industry", "exporter", "importer"]).any()
    assert (table["value_usd"] >= 0).all()
    pairs, names = seed("icio-sectors.csv"), seed("icio-industries.csv")
    assert set(pairs["sector"]) == set(sector_names()) - {"Special provisions"}
    assert not pairs.duplicated().any()
    assert set(names["industry"]) == set(table["industry"])
    assert set(names["industry"]) - set(pairs["industry"]) == {"B09"}
    several = pairs.groupby("sector").size()
    assert several[several > 1].to_dict() == {
        "Agriculture and fish": 2, "Mineral fuels": 3, "Minerals and ores": 2, "Wood": 2,
    }  # fmt: skip


@pytest.mark.parametrize("wrong", ["Special provisions", "cars", "Services"])
def test_what_no_industry_makes_is_refused(wrong: str) -> None:
    with pytest.raises(UnknownNameError, match=f"unknown sector or industry '{wrong}'"):
        tc.load_trade_matrix("icio-2022", sector=wrong)


def test_an_unknown_matrix_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="unknown matrix of trade 'icio'"):
        tc.load_trade_matrix("icio")


def test_domestic_sales_of_a_product_are_in_the_ratio_of_its_industry() -> None:
    codes = pd.Series(["870323", "8703", "72", "270900"], index=[3, 1, 4, 2])
    table = tc.domestic_sales(codes)
    assert table.index.tolist() == [3, 1, 4, 2]
    assert table.columns.tolist() == ["imports_usd", "domestic_usd"]
    assert table.attrs["units"] == {"imports_usd": "USD", "domestic_usd": "USD"}
    lines = tc.load_flows("us-imports-2024", partners=None).frame
    for code, row in zip(codes, table.itertuples(), strict=True):
        here = lines[lines["hs"].str.startswith(code)]
        assert row.imports_usd == here["value_usd"].sum()
        matrix = tc.load_trade_matrix("icio-2022", sector=here["sector"].iloc[0])["USA"]
        ratio = matrix["USA"] / (matrix.sum() - matrix["USA"])
        assert row.domestic_usd == pytest.approx(row.imports_usd * ratio, rel=1e-14)


def test_a_chapter_of_several_sectors_adds_up_its_products() -> None:
    lines = tc.load_flows("us-imports-2024", partners=None).frame
    products = pd.Series(sorted(lines["hs"].str[:6][lines["hs"].str.startswith("87")].unique()))
    parts, whole = tc.domestic_sales(products), tc.domestic_sales(pd.Series(["87"]))
    for column in whole:
        assert whole[column].item() == pytest.approx(math.fsum(parts[column]), rel=1e-14)


def test_all_faults_of_codes_are_named_at_once() -> None:
    codes = pd.Series(["8703230140", "99", "980100", "870399", "9999", "8703", "8703230140"])
    with pytest.raises(InputError) as caught:
        tc.domestic_sales(codes)
    assert str(caught.value) == (
        "domestic sales of these codes are not known: 3 faults\n"
        "  - hs: more than six digits: 1 code: '8703230140'\n"
        "  - hs: no industry makes the special provisions: 3 codes "
        "(first 3: '980100', '99', '9999')\n"
        "  - hs: not imported in 2024: 1 code: '870399'"
    )
    with pytest.raises(InputError, match="2, 4, 6, 8 or 10 digits are needed"):
        tc.domestic_sales(pd.Series(["870"]))
    with pytest.raises(InputError, match="codes are strings, given a column of int64"):
        tc.domestic_sales(pd.Series([8703]))
