"""Commands about files: validate, schema."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tariffcalc.cli.commands import Command

__all__ = ["SCHEMA", "VALIDATE"]


def _validate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="a .toml or .json file")


def _schema_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--study", action="store_true", help="of a study file, not of a scenario")


def run_validate(options: argparse.Namespace) -> str:
    """Return a line that says what a file holds; what does not fit is refused."""
    from tariffcalc.scenario.files import file_tree

    path = Path(options.file)
    written = file_tree(path)
    # Only a study holds scenarios.
    return _valid_study(path, written) if "scenarios" in written else _valid_scenario(path, written)


def _valid_scenario(path: Path, written: Mapping[str, Any]) -> str:
    from tariffcalc.scenario.model import Scenario

    scenario = Scenario.from_tree(written)
    return (
        f"{path} is valid: {scenario.name} as of {scenario.as_of}, "
        f"{len(scenario.pledge.structures)} structures, {len(scenario.parameters())} numbers, "
        f"hash {scenario.hash}\n"
    )


def _valid_study(path: Path, written: Mapping[str, Any]) -> str:
    from tariffcalc.studies.model import Study
    from tariffcalc.studies.running import checked

    study = Study.from_tree(written)
    checked(study, beside=path.parent)
    return (
        f"{path} is valid: study {study.name}, {_count(len(study.scenarios), 'scenario')}, "
        f"{_count(len(list(study.items())), 'item')}, {study.cases:,} points and draws, "
        f"hash {study.hash}\n"
    )


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def run_schema(options: argparse.Namespace) -> str:
    """Return the schema as JSON."""
    from tariffcalc.scenario.schema import scenario_schema
    from tariffcalc.studies.schema import study_schema

    schema = study_schema() if options.study else scenario_schema()
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


VALIDATE = Command(
    "validate",
    "check a scenario or study file",
    "validate korea.study.toml",
    _validate_arguments,
    run_validate,
)
SCHEMA = Command(
    "schema",
    "the JSON schema of a scenario or study file",
    "schema --study > study.schema.json",
    _schema_arguments,
    run_schema,
)
