import json
import tomllib
from typing import Any

import jsonschema
import pytest

import tariffcalc as tc
from tariffcalc.cli import main
from tariffcalc.scenario.schema import scenario_schema


@pytest.fixture
def written() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(tc.load_scenario("korea-us", as_of="2025-10-17").to_json())
    return found


def test_the_packaged_scenario_fits_the_schema(written: dict[str, Any]) -> None:
    schema = scenario_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(written, schema)
    read = tomllib.loads(tc.load_scenario("korea-us", as_of="2025-10-17").to_toml())
    jsonschema.validate(json.loads(json.dumps(read, default=str)), schema)


def test_the_schema_refuses_an_unknown_field_in_a_named_table(written: dict[str, Any]) -> None:
    written["pledge"]["structures"]["upfront-cash"]["projct_irr"] = 0.1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(written, scenario_schema())


def test_the_schema_refuses_a_name_inside_a_named_table(written: dict[str, Any]) -> None:
    written["tariffs"]["measures"]["reciprocal-15"]["name"] = "x"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(written, scenario_schema())


def test_the_command_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    read = json.loads(capsys.readouterr().out)
    assert read == scenario_schema()
    assert read["$schema"] == "https://json-schema.org/draft/2020-12/schema"
