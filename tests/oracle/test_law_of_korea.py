"""The law of 17 October 2025 on Korea's goods, worked out again in plain pandas."""

import math
from functools import cache

import pandas as pd
import pytest

import tariffcalc as tc

ON = "2025-10-17"
CARS = ("8703", "87042101", "87043101", "87044100", "87045100")
COMPUTERS = "8471"  # on the list of auto parts, but not a vehicle part
WOOD = {"softwood": 0.10, "upholstered-furniture": 0.25, "kitchen-cabinets": 0.25}
AUTHORITIES = (
    "section_232_autos", "section_232_steel", "section_232_aluminum", "section_232_copper",
    "section_232_wood", "reciprocal",
)  # fmt: skip
UNIT = 2.0**-53  # one rounding changes a number by at most this share of it


@cache
def lines() -> pd.DataFrame:
    return tc.load_flows("us-imports-2024", partners=["KOR"]).frame


@cache
def scenario() -> tc.Scenario:
    return tc.load_scenario("korea-us", as_of=ON)


def on_list(name: str) -> pd.Series:
    """Tell which lines a list of the law names on the day."""
    return lines()["hs"].str.startswith(tc.product_list(name, on=ON))


def law_by_hand(*, autos: float, all_in: bool, reciprocal: float) -> pd.DataFrame:
    """Return the rates of the law: an order of precedence line by line, no general stacking.

    Autos and parts come first and exclude all else; then metal on its content, or in full on the
    articles of metal; then wood; the reciprocal duty falls on what is left, but not on Annex II
    nor chapters 98 and 99.
    """
    frame = lines()
    hs, mfn, free = frame["hs"], frame["mfn_rate"], frame["preferential_rate"]
    used = frame["preference_use_share"]
    is_auto = on_list("section-232-passenger-cars") | on_list("section-232-light-trucks")
    is_auto |= on_list("section-232-auto-parts") & ~hs.str.startswith(COMPUTERS)
    other = ~is_auto
    top_up = used * (autos - free).clip(lower=0) + (1 - used) * (autos - mfn).clip(lower=0)
    parts = pd.DataFrame({"hs": hs, "base_rate": used * free + (1 - used) * mfn})
    parts["section_232_autos_rate"] = (top_up if all_in else autos) * is_auto
    taken = pd.Series(0.0, index=frame.index)
    for metal in ("steel", "aluminum"):
        full = on_list(f"section-232-{metal}")
        content = on_list(f"section-232-{metal}-derivatives") & ~full
        if metal == "aluminum":  # articles of aluminum pay on their full value or not at all
            content &= ~hs.str.startswith("76")
        charged = (full + content * frame[f"{metal}_share"]) * other
        parts[f"section_232_{metal}_rate"] = 0.5 * charged
        taken += charged
    copper = frame["copper_share"] * on_list("section-232-copper") * other
    parts["section_232_copper_rate"] = 0.5 * copper
    wood = pd.Series(0.0, index=frame.index)
    for name, rate in WOOD.items():
        is_wood = on_list(f"section-232-{name}") & other
        wood += rate * is_wood
        taken += is_wood
    parts["section_232_wood_rate"] = wood
    left = (1 - taken - copper).clip(lower=0) * other
    exempt = on_list("annex-ii") | hs.str.startswith(("98", "99"))
    parts["reciprocal_rate"] = reciprocal * left * ~exempt
    parts["total_rate"] = parts[[name for name in parts.columns if name != "hs"]].sum(axis=1)
    return parts


# After the deal the autos duty tops the base up, other authorities are as before.
LAWS = {
    "status_quo": {"autos": 0.25, "all_in": False, "reciprocal": 0.15},
    "no_deal": {"autos": 0.25, "all_in": False, "reciprocal": 0.25},
    "deal": {"autos": 0.15, "all_in": True, "reciprocal": 0.15},
}


@pytest.mark.parametrize("name", LAWS)
def test_every_line_pays_what_it_pays_by_hand(name: str) -> None:
    schedule = getattr(scenario(), name)
    found = schedule.rates(tc.load_flows("us-imports-2024"), on=ON)
    expected = law_by_hand(**LAWS[name])
    assert found.columns.tolist() == [
        "hs", "partner", "base_rate", *(f"{a}_rate" for a in AUTHORITIES), "total_rate",
    ]  # fmt: skip
    assert len(found) == 8327
    for column in expected.columns[1:]:
        # Shares of content are added in another order: a few roundings of 1, times 0.5.
        assert (abs(found[column] - expected[column]) <= 8 * UNIT).all(), column


@pytest.mark.parametrize("name", LAWS)
def test_the_effective_rate_is_that_of_the_lines_by_hand(name: str) -> None:
    value, rate = lines()["value_usd"], law_by_hand(**LAWS[name])["total_rate"]
    found = getattr(scenario(), name).effective_rate(lines(), on=ON)
    # Eight roundings of each rate, as above.
    assert abs(found - math.fsum(value * rate) / math.fsum(value)) <= 8 * UNIT


def test_no_good_pays_a_sectoral_duty_twice() -> None:
    rates = scenario().status_quo.rates(lines(), on=ON).set_index("hs")
    metals = rates[["section_232_steel_rate", "section_232_aluminum_rate"]]
    assert (metals <= 0.5).all(axis=None)
    autos = rates["section_232_autos_rate"] > 0
    others = [f"{a}_rate" for a in AUTHORITIES if a != "section_232_autos"]
    assert (rates.loc[autos, others] == 0.0).all(axis=None)


# Published figures


@pytest.mark.parametrize(
    ("heading", "billions"),
    [
        ("", "130.459"), ("8703", "36.856"), ("8708", "6.380"), ("8473", "6.934"),
        ("8523", "5.225"), ("2710", "5.057"), ("8507", "2.884"), ("3002", "2.878"),
    ],
)  # fmt: skip
def test_imports_by_heading_are_the_published_ones(heading: str, billions: str) -> None:
    value = lines().loc[lines()["hs"].str.startswith(heading), "value_usd"].sum()
    assert f"{value / 1e9:.3f}" == billions


def test_imports_and_duty_of_2024_are_the_published_totals() -> None:
    assert lines()["value_usd"].sum() == 130_458_735_626
    assert lines()["duty_usd"].sum() == 248_849_879


# 84 has one compound line, 8483.40.70, of 25 cents each and 3.9%: its ad valorem part counts.
COMPOUND = {"8483407000": 0.039}


@pytest.mark.parametrize(
    ("chapter", "published"),
    [
        ("84", 0.821926980859263),
        ("85", 0.7591477260937624),
        ("87", 0.977910469384937),
        ("39", 0.9208957159245613),
    ],
)
def test_the_use_of_the_trade_agreement_is_the_published_one(
    chapter: str, published: float
) -> None:
    """The published share is 1 − duty paid ÷ MFN duty over all lines of a chapter."""
    own = lines()[lines()["hs"].str.startswith(chapter)]
    mfn = own["hs"].map(COMPOUND).fillna(own["mfn_rate"])
    share = 1 - math.fsum(own["duty_usd"]) / math.fsum(mfn * own["value_usd"])
    assert abs(share - published) <= 4 * UNIT  # two sums and a quotient, there and here
    # Ours counts the lines whose preference is worth something, and the duty paid on them: not
    # lines that are free anyway, nor trucks, whose 25% the agreement keeps.
    claims = own[own["mfn_rate"] != own["preferential_rate"]]
    full = (claims["mfn_rate"] - claims["preferential_rate"]) * claims["value_usd"]
    paid = claims["duty_usd"] - claims["preferential_rate"] * claims["value_usd"]
    ours = claims["preference_use_share"].unique().item()
    assert ours == round(1 - math.fsum(paid) / math.fsum(full), 6)
    left_out = math.fsum(own["duty_usd"]) - math.fsum(claims["duty_usd"])
    known = {"84": 9_929.0, "85": 1_327.0, "87": 4_162_898.0, "39": 0.0}
    assert left_out == known[chapter]


def test_the_base_rate_collects_the_duty_of_2024_but_for_the_metal_duty_of_that_year() -> None:
    """Census's duty of 2024 holds the 10% of 2018 on aluminum: no base rate, so not in ours."""
    frame = lines().assign(chapter=lines()["hs"].str[:2])
    base = scenario().status_quo.rates(lines(), on=ON)["base_rate"] * frame["value_usd"]
    off = (frame["duty_usd"] - base).groupby(frame["chapter"]).sum()
    free = frame["duty_usd"].where(frame["mfn_rate"] == 0.0, 0.0).groupby(frame["chapter"]).sum()
    metal = frame[on_list("section-232-aluminum") & (frame["chapter"] == "76")]
    assert 0 < off["76"] < 0.1 * metal["value_usd"].sum()
    assert f"{off['76'] / 1e6:.2f}" == "35.03"
    # Elsewhere: duty paid on free lines, the use share to 6 digits, collected rates to 6 digits,
    # and rates of the few chapters whose use is that of all chapters.
    full = (frame["mfn_rate"] * frame["value_usd"]).groupby(frame["chapter"]).sum()
    value = frame["value_usd"].groupby(frame["chapter"]).sum()
    sure = ~off.index.isin(["05", "23", "76"])
    assert (abs(off - free)[sure] <= (0.5e-6 * (full + value))[sure]).all()
    assert abs(off[["05", "23"]]).max() < 20_000


def test_the_saving_on_cars_is_the_published_one_and_what_others_leave_out() -> None:
    """Published: about $3.69bn a year, 10 points of $36.856bn; ours $3.702bn.

    Ours adds the MFN rate of 2.5% that cars without a claim no longer pay on top, and leaves out
    the vehicles of 8703 that the duty on cars does not name (golf carts, engines to 1,000 cc).
    """
    frame = lines()[lines()["hs"].str.startswith("8703")]
    named = frame["hs"].str.startswith(tc.product_list("section-232-passenger-cars", on=ON))
    pair = {"before": scenario().status_quo, "after": scenario().deal}
    saving = tc.compare_tariffs(frame, pair, on=ON, by=None)["saving_usd"].item()
    published = 0.10 * math.fsum(frame["value_usd"])
    cars = frame[named]
    mfn = math.fsum((1 - cars["preference_use_share"]) * 0.025 * cars["value_usd"])
    not_cars = 0.10 * math.fsum(frame.loc[~named, "value_usd"])
    assert f"{published / 1e9:.2f}" == "3.69"
    assert (f"{saving / 1e9:.3f}", f"{mfn / 1e6:.1f}", f"{not_cars / 1e6:.1f}") == (
        "3.702", "16.9", "0.1",
    )  # fmt: skip
    # Two duties of $9bn, each off by some roundings: a few millionths of a cent.
    assert abs(saving - (published + mfn - not_cars)) <= 16 * UNIT * 9.3e9


def test_the_other_savings_are_near_the_published_ones() -> None:
    """Published: parts at most $1.4bn, reciprocal from 25 to 15% about $4.6bn, all about $9.7bn."""
    pair = {"before": scenario().no_deal, "after": scenario().deal}
    table = tc.compare_tariffs(lines(), pair, on=ON, by="authority")["saving_usd"] / 1e9
    cars = lines()[lines()["hs"].str.startswith("8703")]
    on_cars = tc.compare_tariffs(cars, pair, on=ON, by=None)["saving_usd"].item() / 1e9
    assert 1.3 < table["section_232_autos"] - on_cars <= 1.4
    # The published figure takes no metal content off the value that the reciprocal duty falls on,
    # and misses $1.6bn of goods that Annex II names under statistical lines that changed in 2025.
    assert 4.25 < table["reciprocal"] < 4.35
    assert 9.3 < table.sum() < 9.5
    others = table.drop(["section_232_autos", "reciprocal"])
    assert (others == 0.0).all()


def test_effective_rates_are_near_those_of_others() -> None:
    """A bank in July 2025: 16.9% without the deal, 14.7% with it; ours 17.8% and 13.9%.

    The law grew after its note of 31 July: copper on 1 August, the reciprocal rate from 10 to 15%
    on 7 August, 407 codes of metal goods on 18 August, wood in October; ours of 31 July is 15.6%.
    It does not print its weights or how it counts metal content: a point and a half either way.
    """
    before = scenario().status_quo.effective_rate(lines(), on=ON)
    after = scenario().deal.effective_rate(lines(), on=ON)
    assert abs(before - 0.169) < 0.015
    assert abs(after - 0.147) < 0.015
    ten = scenario().status_quo.measure("reciprocal-15").model_dump() | {
        "name": "reciprocal-10", "rate": 0.1, "start": "2025-04-05", "end": "2025-08-06",
    }  # fmt: skip
    july = scenario().status_quo.with_measure(tc.TariffMeasure(**ten))
    assert abs(july.effective_rate(lines(), on="2025-07-31") - 0.169) < 0.015


def test_what_was_collected_in_october_2025_is_near_on_vehicles_and_lower_on_all_goods() -> None:
    """Collected: 24.6% on vehicles, 14.66% on all goods; ours 24.8% and 17.8%.

    Ours weighs by the trade of 2024. By October 2025 vehicles had gone from 35.1% of imports to
    29.7%, and computers and electronics, which paid 2.2%, from 15.4% to 19.8%. Goods afloat before
    7 August, aircraft parts, US content and foreign-trade zones paid less than the rate in law.
    """
    by_chapter = scenario().status_quo.effective_rate(lines(), on=ON, by="chapter")
    vehicles = by_chapter.loc["87", "effective_rate"]
    assert abs(vehicles - 0.2459) < 0.005
    whole = scenario().status_quo.effective_rate(lines(), on=ON)
    assert 0.02 < whole - 0.1466 < 0.04
