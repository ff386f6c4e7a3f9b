"""The JSON schema of a scenario's written form."""

from __future__ import annotations

from typing import Any

from tariffcalc.models import Model
from tariffcalc.scenario.model import Scenario

__all__ = ["scenario_schema", "written_schema"]


def scenario_schema() -> dict[str, Any]:
    """Return the JSON schema of a scenario file: tables keyed by name, no ``name`` inside them.

    Returns
    -------
    dict
        JSON Schema 2020-12, for editors and for checks before a file is sent.

    Examples
    --------
    >>> from tariffcalc.scenario.schema import scenario_schema
    >>> scenario_schema()["properties"]["pledge"]
    {'$ref': '#/$defs/Pledge'}
    """
    return written_schema(Scenario)


def written_schema(model: type[Model]) -> dict[str, Any]:
    """Return the JSON schema of a model in its written form."""
    schema = model.model_json_schema()
    keyed: set[str] = set()
    _key_by_name(schema, keyed)
    for reference in keyed:
        table = schema["$defs"][reference]
        del table["properties"]["name"]
        table["required"] = [field for field in table["required"] if field != "name"]
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema


def _key_by_name(node: Any, keyed: set[str]) -> None:
    """Turn lists of named objects into tables keyed by name, in place; note which objects."""
    if isinstance(node, dict):
        if node.pop("keyed_by", None):
            row = node.pop("items")
            keyed.add(row["$ref"].rpartition("/")[2])
            node.update({"type": "object", "additionalProperties": row})
        for part in node.values():
            _key_by_name(part, keyed)
    elif isinstance(node, list):
        for part in node:
            _key_by_name(part, keyed)
