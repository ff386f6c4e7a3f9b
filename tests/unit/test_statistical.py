import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.data import data_table
from tariffcalc.errors import InputError
from tariffcalc.scenario.relief import law_of
from tariffcalc.tariffs.conventions import Reading
from tariffcalc.tariffs.lines import Lines, lines_of
from tariffcalc.tariffs.statistical import Statistical, statistical_lines

REFUSED = Reading(dt.date(2025, 10, 17))
COUNTED = Reading(REFUSED.on, coarse_lines="line_count")
CODES = sorted(set(data_table("law/hts-codes.csv.gz")["hs"]))
CARS = [code for code in CODES if code.startswith("870323")]


def lines_from(*rows: tuple[str, str], **columns: Any) -> Lines:
    frame = pd.DataFrame(rows, columns=["hs", "partner"])
    return lines_of(frame.assign(**columns))


def measure_of(name: str = "m", **fields: Any) -> tc.TariffMeasure:
    return tc.TariffMeasure(
        **{"name": name, "authority": name, "rate": 0.25, "start": "2025-01-01", **fields}
    )


def codes_of(parted: Statistical) -> list[str]:
    first = parted.lines.first[parted.lines.code]
    width = parted.lines.width[parted.lines.code]
    return [
        f"{start:010d}"[: 11 - len(str(size))] for start, size in zip(first, width, strict=True)
    ]


def test_a_line_named_in_part_is_taken_apart() -> None:
    assert len(CARS) > 5
    lines = lines_from(("72", "KOR"), ("870323", "KOR"), ("8703230140", "KOR"), mfn_rate=0.5)
    some = measure_of(products=[CARS[1], "72"])
    parted = statistical_lines((some,), lines, COUNTED)
    assert codes_of(parted) == ["72", *CARS, "8703230140"]
    assert parted.count.tolist() == [1, len(CARS), 1]
    assert parted.lines.frame["hs"].tolist() == ["72", *["870323"] * len(CARS), "8703230140"]
    assert parted.lines.frame["mfn_rate"].tolist() == [0.5] * (len(CARS) + 2)
    assert parted.lines.place.tolist() == [0] * (len(CARS) + 2)
    assert parted.lines.partners == ("KOR",)
    assert parted.lines.code.dtype == np.int64


def test_only_lines_of_partners_that_a_measure_in_force_names_are_taken_apart() -> None:
    lines = lines_from(("870323", "KOR"), ("870323", "JPN"), ("8704", "JPN"))
    named = measure_of(products=[CARS[1]], partners=["JPN"])
    parted = statistical_lines((named,), lines, COUNTED)
    assert codes_of(parted) == ["870323", *CARS, "8704"]
    assert parted.lines.place.tolist() == [0, *[1] * len(CARS), 1]
    for fields in ({"end": "2025-10-16"}, {"start": "2025-10-18"}, {"status": "announced"}):
        late = measure_of(products=[CARS[1]], **fields)
        assert statistical_lines((late,), lines, COUNTED).lines is lines


def test_several_measures_take_several_lines_apart() -> None:
    lines = lines_from(("8704", "KOR"), ("8703", "KOR"))
    parts = measure_of("a", products=["870421"]), measure_of("b", exempt_products=CARS)
    parted = statistical_lines(parts, lines, COUNTED)
    assert codes_of(parted) == [
        code for heading in ("8704", "8703") for code in CODES if code.startswith(heading)
    ]


@pytest.mark.parametrize(
    ("reading", "hs"),
    [(REFUSED, "870323"), (COUNTED, "8703230140"), (COUNTED, "7208"), (COUNTED, "8703")],
)
def test_lines_stay_whole_where_nothing_is_to_be_taken_apart(reading: Reading, hs: str) -> None:
    lines = lines_from((hs, "KOR"))
    products = ["8703"] if hs == "8703" else [CARS[1]]
    parted = statistical_lines((measure_of(products=products),), lines, reading)
    assert parted.lines is lines
    assert parted.count.tolist() == [1]
    assert parted.count.dtype == np.int64


def test_a_code_without_statistical_lines_stays_whole_and_is_refused() -> None:
    law = tc.TariffSchedule(measures=(measure_of(products=["9901"]),), coarse_lines="line_count")
    line = pd.DataFrame({"hs": ["99"], "partner": ["KOR"], "mfn_rate": [0.0]})
    parted = statistical_lines(law.measures, lines_of(line), COUNTED)
    assert codes_of(parted) == ["99"]
    with pytest.raises(InputError) as caught:
        law.rates(line, on="2025-10-17")
    assert str(caught.value) == (
        "measure 'm' names only a part of 1 row: '99'; give these lines at a finer HS level, "
        "or load the law with the convention coarse_lines='line_count'"
    )


def test_a_line_with_one_statistical_line_becomes_it() -> None:
    single = next(code for code in CODES if sum(c.startswith(code[:6]) for c in CODES) == 1)
    lines = lines_from((single[:6], "KOR"))
    parted = statistical_lines((measure_of(products=[single]),), lines, COUNTED)
    assert codes_of(parted) == [single]
    assert parted.count.tolist() == [1]


def test_values_are_split_and_rates_are_means() -> None:
    lines = lines_from(*[("87", "KOR")] * 6)
    parted = Statistical(lines, np.array([1, 3, 2]))
    assert parted.split(np.array([5.0, 3.0, 1.0])).tolist() == [5.0, 1.0, 1.0, 1.0, 0.5, 0.5]
    assert parted.mean(np.array([0.5, 1.0, 2.0, 6.0, 0.0, 0.5])).tolist() == [0.5, 3.0, 0.25]
    values = np.array([0.1] * 6)
    assert Statistical(lines, np.ones(6, dtype=np.int64)).mean(values) is values


def test_the_rates_of_a_coarse_line_by_hand() -> None:
    """Two measures name different parts: apart, neither displaces the other's."""
    half = CARS[: len(CARS) // 2]
    law = tc.TariffSchedule(
        measures=(
            measure_of("cars", products=half, displaces=["rest"], rate=0.5),
            measure_of("rest", exempt_products=half, rate=0.125),
        ),
        coarse_lines="line_count",
    )
    lines = pd.DataFrame(
        {"hs": ["870323", "72"], "partner": ["KOR", "KOR"], "mfn_rate": [0.25, 0.0]}, index=[7, 3]
    )
    found = law.rates(lines, on="2025-10-17")
    share = len(half) / len(CARS)
    assert found.index.tolist() == [7, 3]
    assert found["cars_rate"].tolist() == pytest.approx([0.5 * share, 0.0], rel=1e-15)
    assert found["rest_rate"].tolist() == pytest.approx([0.125 * (1 - share), 0.125], rel=1e-15)
    assert found["base_rate"].tolist() == [0.25, 0.0]


def test_schedules_of_a_scenario_take_a_line_apart_together() -> None:
    """Relief is worked out on the parts that any of the schedules tells apart."""
    frame = pd.DataFrame(
        {"hs": ["870323", "72", "870323"], "partner": ["KOR", "KOR", "JPN"], "mfn_rate": 0.0}
    ).assign(value_usd=[700.0, 50.0, 1.0])
    schedules = {
        name: tc.TariffSchedule(measures=(measure_of(products=[code]),), coarse_lines="line_count")
        for name, code in (("no_deal", CARS[0]), ("deal", CARS[1]), ("free", "72"))
    }
    flows = tc.TradeFlows.from_frame(frame)
    law = law_of(schedules, flows, REFUSED.on, "KOR")
    assert law.value.tolist() == pytest.approx([700 / len(CARS)] * len(CARS) + [50.0])
    for name, place in (("no_deal", 0), ("deal", 1), ("free", len(CARS))):
        charged = law.schedules[name].charged
        assert charged.tolist() == [[float(i == place) for i in range(len(CARS) + 1)]]
        duty = (law.value * charged[0] * 0.25).sum()
        whole = schedules[name].effective_rate(flows.only("KOR"), on=REFUSED.on)
        assert duty == pytest.approx(750.0 * whole, rel=1e-15)
