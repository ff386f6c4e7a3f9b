"""The JSON schema of a study's written form."""

from __future__ import annotations

from typing import Any

from tariffcalc.scenario.schema import written_schema
from tariffcalc.studies.model import Study

__all__ = ["study_schema"]


def study_schema() -> dict[str, Any]:
    """Return the JSON schema of a study file: tables keyed by name, no ``name`` inside them.

    Returns
    -------
    dict
        JSON Schema 2020-12, for editors and for checks before a file is sent.

    Examples
    --------
    >>> from tariffcalc.studies.schema import study_schema
    >>> study_schema()["properties"]["sweep"]["additionalProperties"]
    {'$ref': '#/$defs/SweepItem'}
    """
    return written_schema(Study)
