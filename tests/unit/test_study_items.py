import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, TariffcalcError
from tariffcalc.studies import values
from tariffcalc.studies.chunked import SimulateItem, SweepItem
from tariffcalc.studies.forms import Draws, Points
from tariffcalc.studies.quick import BreakEvenItem, CompareItem, SensitivityItem, break_even_table
from tariffcalc.studies.running import checked
from tariffcalc.studies.schema import study_schema
from tariffcalc.studies.versions import code_hash, versions

SCENARIO = tc.load_scenario("korea-us", as_of="2025-10-17")
SCENARIOS = {"now": SCENARIO}


def refusal(ask: Any, *arguments: Any) -> str:
    with pytest.raises((ValueError, TariffcalcError)) as caught:
        ask(*arguments)
    return str(caught.value)


def test_a_range_is_evenly_spaced_with_both_ends() -> None:
    written = values.read_values({"a": {"low": 0, "high": 1.0, "points": 3}, "b": range(2)})
    assert written == {"a": {"low": 0, "high": 1.0, "points": 3}, "b": (0, 1)}
    found = values.expanded(written)  # type: ignore[arg-type]
    assert (found["a"].tolist(), found["b"]) == ([0.0, 0.5, 1.0], (0, 1))
    assert values.size_of(written, paired=False) == 6  # type: ignore[arg-type]
    assert values.size_of({"a": (1, 2), "b": (3, 4)}, paired=True) == 2


def test_values_are_pythons_own() -> None:
    read = values.read_values({"a": np.array([1.5, 2.5]), "b": [np.int64(3)], "c": [{"kind": "x"}]})
    assert read == {"a": (1.5, 2.5), "b": (3,), "c": ({"kind": "x"},)}
    assert [type(one) for one in (*read["a"], *read["b"])] == [float, float, int]  # type: ignore[index]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "at least one path is needed, such as project_irr = [0.05, 0.1]"),
        ({"a": "xy"}, ("a: a list of values, or a table with low, high and points, is needed, "
                       "given 'xy'")),
        ({"a": ()}, "a: at least one value is needed, given none"),
        ({"a": {"low": 0, "top": 1}}, "a: a range has low, high and points, given low, top"),
        ({"a": {"low": 0, "high": float("inf"), "points": 2}},
         "a: a finite number is needed, given inf; leave out what is unknown"),
        ({"a": {"low": 0, "high": 1, "points": True}},
         "a: points: a whole number from 2 to 10,000,000 is needed, given True"),
        ({"a": {"low": 0, "high": 1, "points": 10_000_001}},
         "a: points: a whole number from 2 to 10,000,000 is needed, given 10000001"),
        ({"trade": {"growth_rate": [0]}, "b": 1},
         ('trade: a path is one name in quotes, such as "trade.growth_rate" = …; without quotes '
          "TOML reads it as tables; b: a list of values, or a table with low, high and points, is "
          "needed, given 1")),
    ],
)  # fmt: skip
def test_values_that_are_none_are_refused(given: object, said: str) -> None:
    assert refusal(values.read_values, given) == said


def test_what_is_no_table_is_left_to_the_model() -> None:
    assert values.read_values(5) == 5
    assert values.read_changes({"a": {"b": 1}, "trade": {}}) == {"a": {"b": 1}, "trade": {}}
    assert values.read_correlation("x") == "x"
    assert values.read_correlation({("a", "b"): 0.5}) == [("a", "b", 0.5)]
    assert values.read_correlation([["a", "b", 0.5], ["b", "a", 0.5], 3]) == [
        ["a", "b", 0.5], ["b", "a", 0.5], 3,
    ]  # fmt: skip
    assert refusal(values.read_correlation, [["a", "b", 0.1], ["a", "b", 0.1]]) == (
        "a with b is given twice; leave one out"
    )


def test_a_distribution_is_kept_as_written() -> None:
    read = values.read_distributions({"a": tc.Uniform(low=0.0, high=1.0)})
    assert read == {"a": {"kind": "uniform", "low": 0.0, "high": 1.0}}
    assert refusal(values.read_distributions, {"a": 3}) == (
        "a: Normal, Lognormal, Triangular, Uniform, Beta, Discrete or Branches is needed, given 3"
    )


def test_items_know_their_words_scenarios_cases_and_form() -> None:
    sweep = SweepItem(name="x", scenario="now", values={"durability": [0.5, 1.0]}, paired=True)
    assert (sweep.label, sweep.asked_of, sweep.cases) == ("sweep.x", ("now",), 2)
    assert sweep.words() == {"values": {"durability": (0.5, 1.0)}, "paired": True}
    names = tuple(one.name for one in SCENARIO.pledge.structures)
    assert sweep.form(SCENARIOS) == Points(
        names, ("net_cost_usd", "relief_pv_usd", "net_benefit_usd", "peak_over_fx_capacity")
    )
    asked = {"structures": ["no-deal"], "columns": ["net_cost_usd"]}
    small = SweepItem(name="x", scenario="now", values={"durability": [1.0]}, **asked)
    assert small.form(SCENARIOS) == Points(("no-deal",), ("net_cost_usd",))
    draws = SimulateItem(name="y", scenario="now", draws=9, seed=1)
    assert (draws.label, draws.cases, draws.form(SCENARIOS)) == ("simulate.y", 9, Draws(names))
    assert draws.words() == {"draws": 9, "seed": 1, "distributions": {}, "correlation": None}
    pair = SimulateItem(name="y", scenario="now", draws=9, seed=1, correlation=[["a", "b", 0.5]])
    assert pair.words()["correlation"] == {("a", "b"): 0.5}
    compared = CompareItem(name="z", scenarios=["now", "then"])
    assert (compared.label, compared.asked_of) == ("compare.z", ("now", "then"))
    assert (compared.cases, compared.form(SCENARIOS)) == (0, None)
    assert SensitivityItem(name="s", scenario="now").words() == {
        "method": "one_at_a_time", "target": "net_benefit_usd",
    }  # fmt: skip
    assert BreakEvenItem(name="b", scenario="now", path="project_irr").words() == {
        "path": "project_irr", "target": "net_benefit_usd", "value": 0.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (CompareItem(name="x", scenarios=["now"], structures=["none"]), "unknown structure 'none'"),
        (BreakEvenItem(name="x", scenario="now", path="project_irr", structure="none"),
         "unknown structure 'none'"),
        (BreakEvenItem(name="x", scenario="now", path="project_irr", target="net"),
         "unknown column 'net'"),
        (SensitivityItem(name="x", scenario="now", target="net"), "unknown column 'net'"),
        (SensitivityItem(name="x", scenario="now", distributions={"q": {
            "kind": "uniform", "low": 0, "high": 1}}), "unknown path 'q'"),
        (SweepItem(name="x", scenario="now", values={"durability": [1]}, columns=["net"]),
         "unknown column 'net'"),
        (SimulateItem(name="x", scenario="now", draws=9, seed=1, structures=["none"]),
         "unknown structure 'none'"),
        (SimulateItem(name="x", scenario="now", draws=9, seed=1, distributions={"q": {
            "kind": "uniform", "low": 0, "high": 1}}), "unknown path 'q'"),
    ],
)  # fmt: skip
def test_an_item_that_does_not_fit_is_refused_by_its_check(item: Any, said: str) -> None:
    assert refusal(item.check, SCENARIOS).startswith(said)


def test_elasticities_need_no_range() -> None:
    item = SensitivityItem(
        name="x", scenario="now", method="elasticities", parameters=["discount_rate"],
        structures=["three-years"],
    )  # fmt: skip
    bare = SCENARIO.replace({})
    item.check({"now": bare})
    table = item.table({"now": bare}, map, None)
    assert table.index.tolist() == [("three-years", "discount_rate")]


def test_a_break_even_without_a_value_is_a_row_without_one() -> None:
    none = tc.BreakEven("p", "s", "payer_irr", 0.5, (0.0, 1.0), (1.0, 2.0), (), ())
    table = break_even_table(none, "h")
    assert list(table) == [
        "path", "structure", "target", "target_value", "found", "value", "bracket_low",
        "bracket_high", "low", "high", "low_result", "high_result",
    ]  # fmt: skip
    row = table.iloc[0]
    assert row[["path", "structure", "target", "target_value", "found"]].tolist() == [
        "p", "s", "payer_irr", 0.5, "none",
    ]  # fmt: skip
    assert row[["value", "bracket_low", "bracket_high"]].isna().all()
    assert row[["low", "high", "low_result", "high_result"]].tolist() == [0.0, 1.0, 1.0, 2.0]
    rate = table.attrs["units"]["target_value"]
    assert table.attrs["units"] == {
        "target_value": rate, "low_result": rate, "high_result": rate,
    }  # fmt: skip
    assert table.attrs["scenario_hash"] == "h"


def test_values_and_jumps_of_a_break_even_are_rows() -> None:
    found = tc.BreakEven(
        "p", "s", "net_cost_usd", 0.0, (0.0, 1.0), (-1.0, 1.0), (0.25, 0.5),
        ((0.2, 0.3), (0.45, 0.55)), ((0.7, 0.8),),
    )  # fmt: skip
    table = break_even_table(found, "h")[["found", "value", "bracket_low", "bracket_high"]]
    expected = pd.DataFrame(
        {"found": ["value", "value", "jump"], "value": [0.25, 0.5, np.nan],
         "bracket_low": [0.2, 0.45, 0.7], "bracket_high": [0.3, 0.55, 0.8]})  # fmt: skip
    pd.testing.assert_frame_equal(table, expected, check_exact=True)


def test_a_scenario_of_a_study_is_packaged_or_beside_it(tmp_path: Path) -> None:
    SCENARIO.to_json(tmp_path / "mine.json")
    study = tc.Study(
        name="s",
        scenarios={
            "mine": {"file": "mine.json", "set": {"trade.growth_rate": 0.0}},
            "old": {"packaged": "korea-us", "as_of": dt.date(2025, 10, 20)},
            "new": {"packaged": "korea-us"},
        },
        compare={"x": {"scenarios": ["mine"]}},
    )
    found = checked(study, beside=tmp_path)
    assert found["mine"] == SCENARIO.replace({"trade.growth_rate": 0.0})
    assert found["old"] == SCENARIO
    assert found["new"] == tc.load_scenario("korea-us")
    with pytest.raises(InputError) as caught:
        checked(study, beside=tmp_path / "none")
    assert str(caught.value) == (
        f"study s cannot be run: 1 fault\n  - scenarios.mine: {tmp_path / 'none' / 'mine.json'}: "
        "no such file"
    )


def test_versions_are_those_of_what_computes() -> None:
    assert list(versions()) == ["tariffcalc", "tariffcalc_hash", "python", "numpy", "pandas"]
    assert versions()["tariffcalc"] == tc.__version__
    assert versions()["numpy"] == np.__version__
    assert versions()["pandas"] == pd.__version__


def test_code_and_data_are_known_by_every_byte(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "a.py").write_text("1")
    (tmp_path / "data" / "b.csv").write_text("2")
    before = code_hash(tmp_path)
    assert before == "c1f612a31bb62195"
    code_hash.cache_clear()
    (tmp_path / "a.pyc").write_text("compiled")
    assert code_hash(tmp_path) == before
    for file, text in (("data/b.csv", "3"), ("a.py", "1 "), ("data/c.toml", "")):
        code_hash.cache_clear()
        (tmp_path / file).write_text(text)
        assert code_hash(tmp_path) != before
        before = code_hash(tmp_path)
    code_hash.cache_clear()
    (tmp_path / "a.py").rename(tmp_path / "z.py")
    assert code_hash(tmp_path) != before


def test_the_schema_of_a_study_has_tables_by_name() -> None:
    schema = study_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["required"] == ["name", "scenarios"]
    for kind, item in (("compare", "CompareItem"), ("simulate", "SimulateItem")):
        assert schema["properties"][kind]["additionalProperties"] == {"$ref": f"#/$defs/{item}"}
        assert "name" not in schema["$defs"][item]["properties"]
    assert schema["$defs"]["SimulateItem"]["required"] == ["scenario", "draws", "seed"]


def test_the_example_fits_the_schema() -> None:
    example = Path(__file__).parents[2] / "examples" / "korea.study.toml"
    written = tomllib.loads(example.read_text(encoding="utf-8"))
    for entry in written["scenarios"].values():
        entry["as_of"] = str(entry["as_of"])  # JSON has no dates
    schema = study_schema()
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(written)) == []
    wrong = jsonschema.Draft202012Validator(schema).iter_errors({**written, "name": 1})
    assert [fault.json_path for fault in wrong] == ["$.name"]
