import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.scenario.parts import SCHEDULES

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")


def test_the_schedules_are_three() -> None:
    assert SCHEDULES == ("status_quo", "no_deal", "deal")


def fault(**changes: object) -> str:
    with pytest.raises(InputError) as caught:
        tc.Tariffs.from_tree(PACKAGED.tree()["tariffs"] | changes)
    return str(caught.value).removeprefix("Tariffs cannot be built:\n  - ")


def measure(authority: str, *displaces: str) -> dict[str, object]:
    return {"authority": authority, "rate": 0.1, "start": "2025-01-01", "displaces": displaces}


def test_a_schedule_names_measures_that_are_there_and_each_once() -> None:
    assert fault(deal=["autos-51", "x"], no_deal=["steel-50", "x", "steel-50"]) == (
        "no_deal: unknown measure 'x'; no_deal: 'steel-50' is named twice; deal: unknown measure "
        "'autos-51'; did you mean 'autos-25' or 'autos-15' or 'auto-parts-25'?; deal: unknown "
        "measure 'x'"
    )


def test_a_schedule_does_not_go_in_a_circle() -> None:
    circle = {"one": measure("a", "b"), "two": measure("b", "a")}
    none: dict[str, object] = {"status_quo": [], "no_deal": []}
    assert fault(measures=circle, deal=["one", "two"], **none) == (
        "deal: the authorities a, b displace each other in a circle; say which one comes first"
    )
    apart = tc.Tariffs.from_tree(
        PACKAGED.tree()["tariffs"]
        | {"measures": circle, "status_quo": ["one"], "no_deal": [], "deal": ["two"]}
    )
    assert [m.name for m in apart.schedule("deal").measures] == ["two"]
    assert apart.schedule("no_deal").measures == ()


def test_another_schedule_is_unknown() -> None:
    with pytest.raises(UnknownNameError) as caught:
        PACKAGED.tariffs.schedule("measures")
    assert str(caught.value) == ("unknown schedule 'measures'. Allowed: status_quo, no_deal, deal.")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"durability": 1.5}, "durability: input should be less than or equal to 1, given 1.5"),
        ({"relief_years": 0}, "relief_years: input should be greater than or equal to 1, given 0"),
        ({"relief_years": 101}, ("relief_years: input should be less than or equal to 100, given "
         "101")),
        ({"law_date": 5}, "law_date: a date like 2025-10-17 is needed, given 5"),
    ],
)  # fmt: skip
def test_the_terms_of_relief_have_limits(changes: dict, said: str) -> None:
    assert fault(**changes) == said


def test_relief_may_last_from_one_to_a_hundred_years() -> None:
    for years in (1, 100):
        assert PACKAGED.replace({"tariffs.relief_years": years}).tariffs.relief_years == years


@pytest.mark.parametrize("growth", [-1.0, 11.0])
def test_growth_of_trade_has_limits(growth: float) -> None:
    with pytest.raises(InputError, match=r"trade\.growth_rate: "):
        PACKAGED.replace({"trade.growth_rate": growth})


@pytest.mark.parametrize("name", SCHEDULES)
def test_coarse_lines_are_refused_unless_the_trade_of_a_scenario_says_otherwise(name: str) -> None:
    assert PACKAGED.trade.coarse_lines == "refuse"
    assert getattr(PACKAGED, name).coarse_lines == "refuse"
    counted = PACKAGED.replace({"trade.coarse_lines": "line_count"})
    assert getattr(counted, name).coarse_lines == "line_count"
    assert PACKAGED.tariffs.schedule(name).coarse_lines == "refuse"
    schedule = PACKAGED.tariffs.schedule(name, as_of=PACKAGED.as_of, coarse_lines="line_count")
    assert schedule == getattr(counted, name)


def test_a_coarse_line_is_charged_the_mean_of_its_statistical_lines() -> None:
    # One of the five lines below 9403.60 is a kitchen cabinet: 25% on it, 15% on the others.
    metals = {f"{metal}_share": [0.0] for metal in ("steel", "aluminum", "copper")}
    line = pd.DataFrame({"hs": ["940360"], "partner": ["KOR"], "mfn_rate": [0.0], **metals})
    with pytest.raises(InputError, match="names only a part of 1 row: '940360'"):
        PACKAGED.status_quo.rates(line, on="2025-10-17")
    counted = PACKAGED.replace({"trade.coarse_lines": "line_count"}).status_quo
    found = counted.rates(line, on="2025-10-17")
    assert found["section_232_wood_rate"].item() == pytest.approx(0.25 / 5, abs=1e-15)
    assert found["reciprocal_rate"].item() == pytest.approx(0.15 * 4 / 5, abs=1e-15)
