import math
from pathlib import Path

import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.trade.domestic import _domestic_ratio

SEEDS = Path(__file__).parents[2] / "seeds" / "trade"


def lines(**columns: list) -> tc.TradeFlows:
    return tc.TradeFlows.from_frame(pd.DataFrame({"value_usd": 1e9} | columns), name="mine")


def test_domestic_sales_of_a_product_are_in_the_ratio_of_its_industry() -> None:
    codes = pd.Series(["870323", "8703", "72", "270900"], index=[3, 1, 4, 2])
    table = tc.domestic_sales(codes)
    assert table.index.tolist() == [3, 1, 4, 2]
    assert table.columns.tolist() == ["imports_usd", "domestic_usd"]
    assert table.attrs["units"] == {"imports_usd": "USD", "domestic_usd": "USD"}
    imports = tc.load_flows("us-imports-2024", partners=None).frame
    for code, row in zip(codes, table.itertuples(), strict=True):
        here = imports[imports["hs"].str.startswith(code)]
        assert row.imports_usd == here["value_usd"].sum()
        matrix = tc.load_trade_matrix("icio-2022", sector=here["sector"].iloc[0])["USA"]
        ratio = matrix["USA"] / (matrix.sum() - matrix["USA"])
        assert row.domestic_usd == pytest.approx(row.imports_usd * ratio, rel=1e-14)


def test_a_chapter_of_several_sectors_adds_up_its_products() -> None:
    imports = tc.load_flows("us-imports-2024", partners=None).frame
    products = pd.Series(sorted(imports["hs"].str[:6][imports["hs"].str.startswith("87")].unique()))
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


def test_sales_at_home_are_one_line_per_product_after_the_imports() -> None:
    flows = lines(
        hs=["8703230140", "870899", "8703230190"], partner=["KOR", "JPN", "KOR"],
        mfn_rate=[0.0, 0.025, 0.0], kind=["car", "part", "car"],
    )  # fmt: skip
    for digits, products in ((6, ["870323", "870899"]), (4, ["8703", "8708"]), (2, ["87"])):
        added = tc.add_domestic_sales(flows, market_digits=digits)
        assert added.name == "mine"
        frame = added.frame
        pd.testing.assert_frame_equal(frame.head(3), flows.frame, check_exact=True)
        home = frame.iloc[3:]
        assert home["hs"].tolist() == products
        assert (home["partner"] == "USA").all()
        sold = tc.domestic_sales(pd.Series(products))["domestic_usd"]
        assert home["value_usd"].tolist() == sold.tolist()
        assert home[["mfn_rate", "kind"]].isna().all(axis=None)
    assert tc.add_domestic_sales(flows).frame["hs"].tolist()[3:] == ["870323", "870899"]


def test_a_market_with_sales_at_home_is_one_that_the_response_takes() -> None:
    flows = tc.add_domestic_sales(
        lines(hs=["8703", "8703"], partner=["KOR", "JPN"]), market_digits=4
    )
    response = tc.ArmingtonResponse(
        substitution_elasticity=5.0, demand_elasticity=-1.0, market_digits=4
    )
    answer = response.respond(flows, [0.25, 0.15, 0.0], [0.15, 0.15, 0.0])
    assert (answer["quantity_index"] > 1.0).tolist() == [True, False, False]


def test_all_that_keeps_sales_at_home_from_being_added_is_named() -> None:
    flows = lines(hs=["8703", "870323", "87"], partner=["KOR", "USA", "JPN"], month="2025-04")
    with pytest.raises(InputError) as caught:
        tc.add_domestic_sales(flows)
    assert str(caught.value) == (
        "domestic sales cannot be added: 3 faults\n"
        "  - partner: USA is there already; give imports alone\n"
        "  - month: the sales are of a year; add the months up first\n"
        "  - hs: codes of at least 6 digits are needed, given 2 shorter codes "
        "(first 2: '8703', '87')"
    )
    with pytest.raises(InputError, match="market_digits: 2, 4 or 6 are needed, given 8"):
        tc.add_domestic_sales(lines(hs=["8703230140"], partner=["KOR"]), market_digits=8)
    with pytest.raises(InputError, match="no industry makes the special provisions"):
        tc.add_domestic_sales(lines(hs=["980100"], partner=["KOR"]))
    with pytest.raises(InputError) as caught:
        tc.add_domestic_sales(flows.frame)
    assert str(caught.value) == (
        "flows: TradeFlows are needed, given DataFrame; build them with TradeFlows.from_frame"
    )


def test_the_ratio_of_an_industry_by_hand() -> None:
    # Motor vehicles of 2022: sold at home over bought from the ten other regions [USD m].
    bought = pd.read_csv(SEEDS / "icio-2022.csv.gz").query("industry == 'C29' & importer == 'USA'")
    at_home = bought.loc[bought["exporter"] == "USA", "value_usd"].item()
    assert _domestic_ratio("Vehicle parts") == at_home / (bought["value_usd"].sum() - at_home)
    assert 2.03 < _domestic_ratio("Passenger cars") < 2.04
