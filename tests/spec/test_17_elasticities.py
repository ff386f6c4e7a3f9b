"""Chapter 17: published elasticities and pass-through, the domestic variety, trade of regions."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.data import data_table
from tariffcalc.errors import InputError, UnknownNameError, VintageError
from tariffcalc.testing import hs_codes

PRESETS = ["low", "central", "high"]
SETS = [name for name in tc.list_elasticities().index if name not in PRESETS]
AMONG = tc.list_elasticities().query("in_presets").index.tolist()
SECTORS = tc.load_elasticities("low").index.tolist()
GOODS = [name for name in SECTORS if name != "Special provisions"]
PARAMETERS = ["substitution_elasticity", "trade_elasticity", "demand_elasticity"]
ELASTICITIES = st.floats(0.1, 30.0)
# Tables of sectors and flows take some 10 milliseconds each.
FEWER = settings(max_examples=settings.default.max_examples // 4)
PREFIXES = [prefix for prefix in data_table("sectors.csv")["hs"] if prefix < "98"]


@st.composite
def flows_of_goods(draw: st.DrawFn) -> tc.TradeFlows:
    """Draw lines of all sectors but the special provisions, which no source knows."""
    lines = draw(st.lists(st.tuples(st.sampled_from(PREFIXES), hs_codes()), min_size=1, max_size=5))
    codes = [prefix + code[: 10 - len(prefix)] for prefix, code in lines]
    return tc.TradeFlows.from_frame(pd.DataFrame({"hs": codes, "partner": "KOR", "value_usd": 1e9}))


FLOWS = flows_of_goods()


# What the sources say


@given(st.sampled_from(SETS), st.sampled_from(SECTORS))
def test_a_sector_takes_the_mean_of_its_classes(name: str, sector: str) -> None:
    """ELASTICITY-1: a sector's number is the exact mean of its source's classes, rounded once."""
    pairs, numbers = (data_table(f"trade/elasticit{end}.csv") for end in ("y-sectors", "ies"))
    codes = pairs.loc[(pairs["set"] == name) & (pairs["sector"] == sector), "code"]
    of_set = numbers[numbers["set"] == name].set_index("code")["value"]
    parameter = tc.list_elasticities().loc[name, "parameter"]
    found = tc.load_elasticities(name).loc[sector, parameter]
    if codes.empty:
        assert math.isnan(found)
    else:
        mean = sum(Fraction(of_set[code]) for code in codes) / len(codes)
        # Each number is rounded when it is read, each sum and the quotient once more.
        assert abs(Fraction(float(found)) - mean) <= (len(codes) + 1) * Fraction(2) ** -53 * mean


@pytest.mark.parametrize("name", [*SETS, *PRESETS])
def test_substitution_is_one_more_than_trade(name: str) -> None:
    """ELASTICITY-2: σ = 1 + θ, both above 0, and unknown together (oracle, bounds)."""
    table = tc.load_elasticities(name)
    theta, sigma = table["trade_elasticity"], table["substitution_elasticity"]
    assert theta.isna().equals(sigma.isna())
    assert (theta.dropna() > 0).all()
    # One is read and the other a rounding of it, at most half an ulp of σ away.
    assert (abs(sigma - 1 - theta).dropna() <= np.spacing(sigma.dropna())).all()


@pytest.mark.parametrize("name", [*SETS, *PRESETS])
def test_each_value_names_a_source_and_the_unknown_none(name: str) -> None:
    """ELASTICITY-3: a value has a set, its codes and a source; what is unknown has none of them."""
    table = tc.load_elasticities(name)
    known = table["trade_elasticity"].notna()
    assert table.index.tolist() == SECTORS
    for column in ("codes", "set", "source"):
        assert table[column].notna().equals(known)
    assert set(table["set"].dropna()) <= set(SETS)
    assert table.loc["Special provisions"].isna().all()


@given(st.sampled_from(GOODS))
def test_presets_are_the_order_statistics_of_their_sources(sector: str) -> None:
    """ELASTICITY-4: low, central, high are the three sources of a sector, sorted (oracle)."""
    rows = [tc.load_elasticities(name).loc[sector] for name in AMONG]
    chosen = [tc.load_elasticities(name).loc[sector] for name in PRESETS]
    assert [row["trade_elasticity"] for row in chosen] == sorted(
        row["trade_elasticity"] for row in rows
    )
    for row in chosen:
        own = tc.load_elasticities(row["set"]).loc[sector]
        pd.testing.assert_series_equal(row, own, check_exact=True)


@pytest.mark.parametrize("name", [*SETS, *PRESETS])
def test_a_set_is_known_from_the_day_of_its_publication(name: str) -> None:
    """ELASTICITY-5: a set is refused before the day it was published, not on it (error law)."""
    day = tc.list_elasticities().loc[name, "published"]
    on_the_day = tc.load_elasticities(name, as_of=day.date())
    pd.testing.assert_frame_equal(on_the_day, tc.load_elasticities(name), check_exact=True)
    with pytest.raises(VintageError, match=f"published {day.date()}, after"):
        tc.load_elasticities(name, as_of=(day - pd.Timedelta(days=1)).date())


# One number per line


@FEWER
@given(FLOWS, st.sampled_from(PRESETS), st.sampled_from(PARAMETERS))
def test_a_line_has_the_number_of_its_sector(
    flows: tc.TradeFlows, name: str, parameter: str
) -> None:
    """ELASTICITY-6: a line's number is that of its sector; ε = −σ (identity to the bit)."""
    found = tc.line_elasticities(flows, name, parameter=parameter)
    table = tc.load_elasticities(name)
    table["demand_elasticity"] = -table["substitution_elasticity"]
    expected = table[parameter].loc[tc.sectors(flows.frame["hs"])]
    assert found.tolist() == expected.tolist()
    again = tc.line_elasticities(flows, table, parameter=parameter)
    assert found.tobytes() == again.tobytes()


@FEWER
@given(FLOWS, ELASTICITIES, st.data())
def test_what_overrides_comes_first(
    flows: tc.TradeFlows, value: float, data: st.DataObject
) -> None:
    """ELASTICITY-7: an override holds for the lines below its prefix and for no others."""
    code = data.draw(st.sampled_from(flows.frame["hs"].tolist()))
    prefix = code[: data.draw(st.sampled_from(range(2, len(code) + 1, 2)))]
    found = tc.line_elasticities(flows, "central", overrides={prefix: value})
    below = flows.frame["hs"].str.startswith(prefix).to_numpy()
    assert (found[below] == value).all()
    assert (found[~below] == tc.line_elasticities(flows, "central")[~below]).all()


@FEWER
@given(FLOWS, ELASTICITIES, st.sampled_from(SETS))
def test_a_fallback_changes_no_known_number(flows: tc.TradeFlows, value: float, name: str) -> None:
    """ELASTICITY-8: a fallback is used where the set is silent, and only there (oracle)."""
    found = tc.line_elasticities(flows, name, fallback=value)
    table = tc.load_elasticities(name)["substitution_elasticity"].fillna(value)
    assert found.tolist() == table.loc[tc.sectors(flows.frame["hs"])].tolist()


@FEWER
@given(FLOWS, st.randoms())
def test_lines_keep_their_numbers_in_any_order(flows: tc.TradeFlows, random: object) -> None:
    """ELASTICITY-9: the order of lines changes none of their numbers (invariance)."""
    order = list(range(len(flows)))
    random.shuffle(order)
    shuffled = tc.TradeFlows.from_frame(flows.frame.iloc[order])
    found = tc.line_elasticities(flows, "high")
    assert tc.line_elasticities(shuffled, "high").tobytes() == found[order].tobytes()


@FEWER
@given(FLOWS)
def test_the_unknown_is_never_a_number(flows: tc.TradeFlows) -> None:
    """ELASTICITY-10: lines that a set does not cover are refused and counted (error law)."""
    known = tc.load_elasticities("broda-weinstein-2006")["trade_elasticity"].notna()
    lacking = int((~known.loc[tc.sectors(flows.frame["hs"])]).sum())
    if lacking:
        with pytest.raises(InputError, match=f"  - {lacking} of {len(flows)} lines, "):
            tc.line_elasticities(flows, "broda-weinstein-2006")
    else:
        assert np.isfinite(tc.line_elasticities(flows, "broda-weinstein-2006")).all()


@given(st.sampled_from([0.0, -1.0, math.nan, math.inf, True, "4"]))
def test_a_number_that_is_no_elasticity_is_refused(value: object) -> None:
    """ELASTICITY-11: σ is finite and above 0; the fault names key and value (error law)."""
    flows = tc.TradeFlows.from_frame(
        pd.DataFrame({"hs": ["8703"], "partner": ["KOR"], "value_usd": [1.0]})
    )
    with pytest.raises(InputError) as caught:
        tc.line_elasticities(flows, "low", overrides={"8703": value, "Cars": 2.0})
    assert f"overrides: 8703: a finite number above 0 is needed, given {value!r}" in str(
        caught.value
    )
    assert "'Cars' is neither a sector nor an HS prefix" in str(caught.value)


# Pass-through


@pytest.mark.parametrize("name", tc.list_pass_through().index)
def test_a_pass_through_is_a_share_and_fits_the_static_response(name: str) -> None:
    """ELASTICITY-12: a published pass-through is a share, known from its day of publication."""
    row = tc.list_pass_through().loc[name]
    value = tc.load_pass_through(name, as_of=row["published"].date())
    assert value == row["value"]
    assert tc.StaticResponse(pass_through=value).pass_through == value
    with pytest.raises(VintageError, match=name):
        tc.load_pass_through(name, as_of=(row["published"] - pd.Timedelta(days=1)).date())
    with pytest.raises(UnknownNameError, match="did you mean"):
        tc.load_pass_through(name[:-1])


# Domestic sales and trade between regions


@pytest.mark.parametrize("name", tc.list_trade_matrices())
def test_the_matrix_of_all_goods_adds_up(name: str) -> None:
    """ELASTICITY-13: all goods are the sum over industries, to the dollar (adding up)."""
    whole = tc.load_trade_matrix(name)
    parts = [tc.load_trade_matrix(name, sector=code) for code in whole.attrs["industries"]]
    for exporter in whole.index:
        for importer in whole.columns:
            total = math.fsum(part.loc[exporter, importer] for part in parts)
            assert whole.loc[exporter, importer] == total
    table = data_table("trade/icio-2022.csv.gz")
    here = (table["exporter"] == "KOR") & (table["importer"] == "USA")
    assert whole.loc["KOR", "USA"] == table.loc[here, "value_usd"].astype("int64").sum()


@FEWER
@given(st.sampled_from(GOODS))
def test_the_domestic_share_of_products_is_that_of_their_industry(sector: str) -> None:
    """ELASTICITY-14: a product's domestic share is that of its industry's US purchases (oracle)."""
    lines = tc.load_flows("us-imports-2024", partners=["JPN"]).frame
    codes = lines.loc[lines["sector"] == sector, "hs"].head(5)
    sold = tc.domestic_sales(codes)
    bought = tc.load_trade_matrix("icio-2022", sector=sector)["USA"]
    share = Fraction(int(bought["USA"])) / Fraction(int(bought.sum()))
    for row in sold.itertuples():
        found = Fraction(row.domestic_usd) / (
            Fraction(row.domestic_usd) + Fraction(row.imports_usd)
        )
        # The ratio is a sum of ten, a quotient and a product; sums of dollars are exact.
        assert abs(found / share - 1) <= 4 * Fraction(2) ** -53


@given(st.sampled_from(["01", "2709", "72", "8703", "87", "90"]))
def test_sales_of_a_heading_add_up_its_products(prefix: str) -> None:
    """ELASTICITY-15: a heading's imports and sales are its products' sums; unknown ones refused."""
    lines = tc.load_flows("us-imports-2024", partners=None).frame
    inside = lines[lines["hs"].str.startswith(prefix)]
    products = pd.Series(sorted(inside["hs"].str[:6].unique()))
    whole, parts = tc.domestic_sales(pd.Series([prefix])), tc.domestic_sales(products)
    assert whole["imports_usd"].item() == inside["value_usd"].sum()
    # Products are added in pairs: far fewer roundings than products.
    error = abs(whole["domestic_usd"].item() - math.fsum(parts["domestic_usd"]))
    assert error <= len(products) * math.ulp(whole["domestic_usd"].item())
    with pytest.raises(InputError, match="not imported in 2024: 1 code: '870399'"):
        tc.domestic_sales(pd.Series([prefix, "870399"]))


@FEWER
@given(FLOWS, st.sampled_from([2, 4]))
def test_sales_at_home_stand_beside_unchanged_imports(flows: tc.TradeFlows, digits: int) -> None:
    """ELASTICITY-16: adding sales at home changes no import and adds each product's sales once."""
    products = sorted({code[:digits] for code in flows.frame["hs"]})
    longer = flows.frame.assign(hs=flows.frame["hs"].str.pad(digits, "right", "0"))
    sold_somewhere = tc.load_flows("us-imports-2024", partners=None).frame["hs"].str[:digits]
    assume(set(products) <= set(sold_somewhere))
    added = tc.add_domestic_sales(tc.TradeFlows.from_frame(longer), market_digits=digits).frame
    pd.testing.assert_frame_equal(added.head(len(longer)), longer, check_exact=True)
    home = added.iloc[len(longer) :]
    assert home["hs"].tolist() == products
    assert home["value_usd"].tolist() == tc.domestic_sales(home["hs"])["domestic_usd"].tolist()
    assert set(home["partner"]) == {"USA"}
