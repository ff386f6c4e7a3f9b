import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.tariffs.explain import Explanation, one_line

ON = "2025-10-17"
CAR: dict[str, Any] = {"hs": "8703230140", "partner": "KOR", "mfn_rate": 0.025}


def measure_of(name: str = "m", **fields: Any) -> tc.TariffMeasure:
    return tc.TariffMeasure(
        **{"name": name, "authority": f"by_{name}", "rate": 0.25, "start": "2025-01-01", **fields}
    )


def law_of(*measures: tc.TariffMeasure, **fields: Any) -> tc.TariffSchedule:
    return tc.TariffSchedule(measures=measures, **fields)


LAW = law_of(
    measure_of("steel", heading="9903.81.91", content="steel_share", displaces=["by_rest"],
               citation="90 FR 1", rate=0.5),
    measure_of("free", form="exemption", rate=0.0, content=0.25, displaces=["rest"]),
    measure_of("rest", form="all_in", rate=0.15, heading="9903.02.56"),
    measure_of("gone", displaces=[]),
    measure_of("own", displaces=["gone"], rate=0.125, form="all_in"),
    measure_of("elsewhere", products=["72"]),
    measure_of("later", start="2026-01-01"),
    measure_of("threat", status="threatened"),
)  # fmt: skip
PART = CAR | {"steel_share": 0.5}


def test_an_explanation_is_a_table_of_the_measures_that_name_the_line() -> None:
    why = LAW.explain(PART, on=ON)
    assert (why.hs, why.partner, why.on) == ("8703230140", "KOR", dt.date(2025, 10, 17))
    assert why.table.index.name == "measure"
    rows = {
        "base": ("base", "", "base", 0.025, 1.0, "", 1.0, 0.025, ""),
        "steel": ("by_steel", "9903.81.91", "additional", 0.5, 0.5, "", 0.5, 0.25, "90 FR 1"),
        "free": ("by_free", "", "exemption", 0.0, 0.25, "", 0.25, 0.0, ""),
        "rest": ("by_rest", "9903.02.56", "all_in", 0.15, 1.0, "steel, free", 0.25, 0.03125, ""),
        "gone": ("by_gone", "", "additional", 0.25, 1.0, "own", 0.0, 0.0, ""),
        "own": ("by_own", "", "all_in", 0.125, 1.0, "", 1.0, 0.1, ""),
    }
    assert why.table.index.tolist() == list(rows)
    assert why.table.columns.tolist() == [
        "authority", "heading", "form", "rate", "named_share", "displaced_by", "charged_share",
        "add_on_rate", "citation",
    ]  # fmt: skip
    assert [tuple(row) for row in why.table.to_numpy().tolist()] == list(rows.values())
    assert why.total_rate == why.table["add_on_rate"].sum()
    assert type(why.total_rate) is float
    assert why.table.attrs["units"] == dict.fromkeys(
        ["rate", "named_share", "charged_share", "add_on_rate"], "fraction"
    )
    assert why.table.attrs["scenario_hash"] is None


def test_an_explanation_prints_as_sentences() -> None:
    assert repr(LAW.explain(PART, on=ON)).splitlines() == [
        "8703230140 from KOR on 2025-10-17: 40.62% of value.",
        "- Base rate 2.5% (MFN 2.5%).",
        "- steel (9903.81.91): 50% on top on 50% of value: adds 25%.",
        "- free exempts the line on 25% of value.",
        "- rest (9903.02.56): 15% in all on 25% of value, displaced by steel, free: adds 3.125%.",
        "- gone does not apply, displaced by own.",
        "- own: 12.5% in all: adds 10%.",
    ]


def test_an_exemption_may_be_whole_or_be_displaced_itself() -> None:
    law = law_of(
        measure_of("free", form="exemption", rate=0.0, displaces=["rest"], heading="9903.01.32"),
        measure_of("none", form="exemption", rate=0.0),
        measure_of("over", displaces=["none"]),
        measure_of("rest"),
    )
    assert str(law.explain(CAR, on=ON)).splitlines()[2:] == [
        "- free (9903.01.32) exempts the line.",
        "- none does not apply, displaced by over.",
        "- over: 25% on top: adds 25%.",
        "- rest does not apply, displaced by free.",
    ]


def test_a_preference_is_shown_with_its_share() -> None:
    line = CAR | {"preferential_rate": 0.0, "preference_use_share": 0.75}
    why = law_of().explain(line, on=ON)
    assert why.table.loc["base", "citation"] == "preferential 0% on 75% of value"
    assert why.table.loc["base", "rate"] == 0.025
    assert why.total_rate == why.table.loc["base", "add_on_rate"] == 0.25 * 0.025
    assert str(why).splitlines()[1] == (
        "- Base rate 0.625% (MFN 2.5%; preferential 0% on 75% of value)."
    )


def test_a_coarse_line_is_explained_by_the_mean_of_its_parts() -> None:
    law = law_of(
        measure_of("cars", products=["8703230140"], displaces=["rest"]), measure_of("rest"),
        coarse_lines="line_count",
    )  # fmt: skip
    line = pd.DataFrame([CAR | {"hs": "87032301"}])
    parts = law.rates(line, on=ON).iloc[0]
    table = law.explain(line, on=ON).table
    assert 0.0 < table.loc["cars", "named_share"] < 1.0
    assert table.loc["cars", "charged_share"] == table.loc["cars", "named_share"]
    assert table.loc["rest", "charged_share"] == pytest.approx(1 - table.loc["cars", "named_share"])
    assert table.loc["rest", "named_share"] == 1.0
    assert table.loc["rest", "displaced_by"] == "cars"
    assert table.loc["cars", "add_on_rate"] == pytest.approx(parts["by_cars_rate"], rel=1e-15)
    apart = law_of(
        measure_of("a", products=["8703230110"], displaces=["b"]),
        measure_of("b", products=["8703230120"]),
        coarse_lines="line_count",
    )
    assert apart.explain(line, on=ON).table.loc["b", "displaced_by"] == ""


@pytest.mark.parametrize(
    "line", [CAR, pd.Series(CAR), pd.DataFrame([CAR]), pd.DataFrame([CAR], index=["x"])]
)
def test_a_line_is_a_mapping_or_a_row(line: Any) -> None:
    lines = one_line(line)
    assert len(lines) == 1
    assert lines.frame.iloc[0].to_dict() == CAR
    assert LAW.without("steel").explain(line, on=dt.date(2025, 10, 17)).hs == CAR["hs"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            ["8703230140"],
            (
                "line: a mapping like {'hs': …, 'partner': …} or one row of flows is needed, "
                "given list"
            ),
        ),
        (pd.DataFrame([CAR] * 3), "line: one line is needed, given 3; choose a row"),
        (pd.DataFrame([CAR])[:0], "line: one line is needed, given 0; choose a row"),
        (
            {"hs": "8703"},
            "the lines cannot be used: 1 fault\n  - columns missing: partner",
        ),
    ],
)
def test_what_is_no_line_is_refused(line: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        one_line(line)
    assert str(caught.value) == message


def test_explanations_are_compared_by_identity_and_do_not_change() -> None:
    one, other = (law_of().explain(CAR, on=ON) for _ in range(2))
    assert isinstance(one, Explanation)
    assert one != other
    with pytest.raises(AttributeError):
        one.hs = "72"  # type: ignore[misc]


def test_a_tiny_share_is_not_nothing() -> None:
    law = law_of(measure_of("a", content=np.nextafter(0.0, 1.0), displaces=["b"]), measure_of("b"))
    assert law.explain(CAR, on=ON).table.loc["b", "displaced_by"] == "a"
