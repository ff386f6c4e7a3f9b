"""What others published, computed again: each number beside a second way to it."""

import importlib.util
import math
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
FIGURES = pd.read_csv(ROOT / "seeds" / "published-figures.csv")


@pytest.fixture(scope="module")
def page() -> ModuleType:
    found = importlib.util.spec_from_file_location(
        "published_figures", ROOT / "docs" / "published_figures.py"
    )
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def ours(page: ModuleType) -> dict[str, list[float]]:
    numbers: dict[str, list[float]] = {}
    for figure in page.figures():
        numbers.setdefault(figure.key, []).append(figure.ours)
    return numbers


def test_the_page_is_current(page: ModuleType) -> None:
    written = page.PAGE.read_text(encoding="utf-8")
    assert written == page.page(), "run: python docs/published_figures.py"


def test_each_published_number_is_dated_sourced_and_computed(ours: dict[str, list[float]]) -> None:
    assert FIGURES["key"].is_unique
    assert FIGURES.drop(columns="half_unit").notna().all(axis=None)
    pd.to_datetime(FIGURES["published"], format="%Y-%m-%d")
    figures = FIGURES[FIGURES["kind"] == "figure"]
    assert set(figures["key"]) == set(ours)
    assert (figures["half_unit"] > 0).all()
    assert set(FIGURES["kind"]) == {"figure", "input"}


# By number, in the order of the page: reproduced, fitted, or not.
STATUS = {
    "baker_korea_lost": ["yes", "no"], "baker_korea_lost_of_gdp": ["yes"],
    "baker_japan_lost": ["yes"], "baker_japan_lost_of_gdp": ["yes"],
    "ibk_cars_after": ["yes"], "ibk_lost_25": ["yes"], "ibk_lost_10": ["no", "no"],
    "kiet_25": ["fitted"], "kiet_10": ["no", "no", "no"],
    "nice_15": ["no", "fitted"], "nice_saving": ["no"],
    "shinhan_25": ["no"], "shinhan_15": ["yes"],
    "kcci_kor": ["yes"], "kcci_kor_increase": ["yes"], "kcci_kor_times": ["yes"],
    "kcci_kor_rate": ["no"], "kcci_kor_autos": ["no"], "kcci_chn": ["yes"], "kcci_mex": ["yes"],
    "kcci_jpn": ["yes"], "kcci_deu": ["yes"], "kcci_vnm": ["yes"],
}  # fmt: skip


def test_what_is_reproduced_is_said_to_be(page: ModuleType) -> None:
    found: dict[str, list[str]] = {}
    for figure in page.figures():
        status = "fitted" if figure.fitted else "yes" if page.is_reproduced(figure) else "no"
        found.setdefault(figure.key, []).append(status)
        assert not figure.fitted or page.is_reproduced(figure)
    assert found == STATUS


def test_bakers_losses_by_his_arithmetic(page: ModuleType, ours: dict[str, list[float]]) -> None:
    korea, japan = 132e9 * 0.95 * 0.10, 148e9 * 0.95 * 0.10
    assert ours["baker_korea_lost"][0] == pytest.approx(korea, rel=1e-12)
    assert ours["baker_japan_lost"] == [pytest.approx(japan, rel=1e-12)]
    assert ours["baker_korea_lost_of_gdp"] == [pytest.approx(korea / (132e9 / 0.073), rel=1e-12)]
    assert ours["baker_japan_lost_of_gdp"] == [pytest.approx(japan / 4e12, rel=1e-12)]
    first, second = page.baker_elasticities()
    assert first == pytest.approx(math.log(0.95) / math.log(1.15), rel=1e-12)
    assert second == pytest.approx(math.log(0.9) / math.log(1.25 / 1.15), rel=1e-12)
    one = 132e9 * 0.95 * (1 - (1.25 / 1.15) ** first)
    assert ours["baker_korea_lost"][1] == pytest.approx(one, rel=1e-12)


def test_ibks_cars_by_closed_forms(ours: dict[str, list[float]]) -> None:
    left = 1 - 0.1859
    assert ours["ibk_cars_after"] == [pytest.approx(34.74e9 * left, rel=1e-12)]
    assert ours["ibk_lost_25"] == [pytest.approx(34.2e9 * 0.1859, rel=1e-12)]
    exponent = math.log(1.1) / math.log(1.25)
    constant, linear = 34.2e9 * (1 - left**exponent), 34.2e9 * 0.1859 * 0.10 / 0.25
    assert ours["ibk_lost_10"] == [pytest.approx(x, rel=1e-11) for x in (constant, linear)]


def test_kiets_exports_by_closed_forms(ours: dict[str, list[float]]) -> None:
    assert ours["kiet_25"] == [pytest.approx(-0.162, rel=1e-12)]
    exponent = math.log(1.1) / math.log(1.25)
    assert ours["kiet_10"][0] == pytest.approx((1 - 0.162) ** exponent - 1, rel=1e-12)
    one, by_line, market = ours["kiet_10"]
    assert -0.093 < by_line < market < one < 0


def test_one_market_by_its_closed_form(page: ModuleType) -> None:
    # Elastic supply and demand of elasticity -1: V' = V·T^-σ·P^(σ-1), P^(1-σ) = Σ θ·T^(1-σ).
    table = pd.read_csv(ROOT / "seeds" / "trade" / "icio-2022.csv.gz")
    bought = table[table["importer"] == "USA"].groupby("exporter")["value_usd"].sum()
    factor = dict.fromkeys(bought.index, 1.1) | {"USA": 1.0, "CHN": 1.6}
    sigma = 2.5
    shares = bought / bought.sum()
    index = sum(shares[who] * factor[who] ** (1 - sigma) for who in bought.index)
    expected = factor["KOR"] ** -sigma / index - 1
    assert page.armington(sigma, {"CHN": 0.60}) == pytest.approx(expected, rel=1e-12)


def test_the_bills_of_analysts_by_closed_forms(ours: dict[str, list[float]]) -> None:
    assert ours["nice_15"][0] == pytest.approx(8.4e12 * 0.15 / 0.25, rel=1e-12)
    assert ours["nice_saving"] == [pytest.approx(8.4e12 * 0.10 / 0.25, rel=1e-12)]
    assert ours["nice_15"][1] == pytest.approx(5.3e12, rel=1e-12)
    assert ours["shinhan_25"] == [pytest.approx(3.8e12 / 0.10 * 0.25, rel=1e-12)]
    assert ours["shinhan_15"] == [pytest.approx(3.8e12 / 0.10 * 0.15, rel=1e-12)]


def test_the_implied_pass_through_by_its_closed_form(page: ModuleType) -> None:
    share = 1 + math.log(5.3 / 5.04) / math.log(1.15 / 1.25)
    assert page.bill(33.6e12, share) == pytest.approx(5.3e12, rel=1e-12)
    assert round(share, 2) == 0.40


def test_collected_duties_by_the_seeds(page: ModuleType, ours: dict[str, list[float]]) -> None:
    table = pd.read_csv(ROOT / "seeds" / "trade" / "collected-duties.csv.gz", dtype={"naics3": str})
    months = table[table["month"].isin(["2025-04", "2025-05", "2025-06"])]
    whole = months[months["naics3"] == "ALL"].groupby("partner")["duty_usd"].sum()
    for partner in ("KOR", "CHN", "MEX", "JPN", "DEU", "VNM"):
        # The months' totals over industries and the sum of industries differ by rounding.
        assert ours[f"kcci_{partner.lower()}"] == [pytest.approx(whole[partner], rel=1e-6)]
    autos = months[(months["partner"] == "KOR") & (months["naics3"] == "336")]
    assert ours["kcci_kor_autos"] == [autos["duty_usd"].sum()]


def test_the_lag_of_the_firms_by_its_closed_form(page: ModuleType) -> None:
    table = pd.read_csv(ROOT / "seeds" / "trade" / "collected-duties.csv.gz", dtype={"naics3": str})
    here = table[(table["partner"] == "KOR") & (table["naics3"] == "336")].set_index("month")
    march, *months = here.loc["2025-03":"2025-09", "duty_usd"].astype(float)
    now = [sum(months[:3]), sum(months[3:])]
    earlier = [march + sum(months[:2]), sum(months[2:5])]
    ratio = (606 + 570) / (1260 + 842)
    # (now0 + L·(earlier0 - now0)) = ratio·(now1 + L·(earlier1 - now1))
    lag = (ratio * now[1] - now[0]) / ((earlier[0] - now[0]) - ratio * (earlier[1] - now[1]))
    share = 1176e6 / (now[0] + lag * (earlier[0] - now[0]))
    assert page.firms() == (pytest.approx(share, rel=1e-12), pytest.approx(lag, rel=1e-12))
    assert 0 < lag < 1
    assert 0 < share < 1


@pytest.mark.parametrize(
    ("amount", "unit", "sign", "text"),
    [
        (12.54e9, "USD", False, "$12.54bn"),
        (-0.04e9, "USD", True, "−$0.04bn"),
        (0.04e9, "USD", True, "+$0.04bn"),
        (-1e5, "USD", True, "$0.00bn"),
        (5.3e12, "KRW", False, "5.30tn won"),
        (-0.093, "share", False, "−9.30%"),
        (46.7, "1", False, "46.7"),
    ],
)
def test_numbers_are_shown_with_their_units(
    page: ModuleType, amount: float, unit: str, sign: bool, text: str
) -> None:
    assert page.shown(amount, unit, sign=sign) == text


def test_the_table_is_printed(page: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    page.main(["table"])
    printed = capsys.readouterr().out.strip()
    lines = printed.splitlines()
    assert lines[0].startswith("| figure | published | ours | difference | reproduced | how |")
    assert len(lines) == 2 + sum(map(len, STATUS.values())) + 2
    assert printed in page.PAGE.read_text(encoding="utf-8")
