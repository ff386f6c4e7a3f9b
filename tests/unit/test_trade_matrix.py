import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import UnknownNameError
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
