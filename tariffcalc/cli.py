"""The command line: compare, show, validate, schema, list.

Exit codes: 0 all is well, 1 the input is at fault, 2 the command is not understood.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tariffcalc.analysis.compare import compare
from tariffcalc.errors import InputError, TariffcalcError
from tariffcalc.report.text import FORMATS, comparison_text, parameters_text, scenarios_text
from tariffcalc.scenario.model import Scenario
from tariffcalc.scenario.presets import list_scenarios, load_scenario
from tariffcalc.scenario.schema import scenario_schema
from tariffcalc.version import VERSION

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    arguments
        The words after the command's name; by default those of the process.

    Returns
    -------
    int
        0, or 1 after a fault of the input, told on standard error.

    Examples
    --------
    >>> from tariffcalc.cli import main
    >>> main(["list", "--format", "csv"])  # doctest: +ELLIPSIS
    scenario,as_of,title
    ...
    korea-us,2025-10-17,"Korea's $350bn investment pledge for 15% tariffs, terms under negotiation"
    ...
    0
    """
    options = parser().parse_args(arguments)
    try:
        text = options.run(options)
    except TariffcalcError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone: keep the interpreter from complaining when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(
        prog="tariffcalc",
        description="Cost of an investment pledge against the tariff relief it buys.",
        epilog="example: tariffcalc compare korea-us --as-of 2025-10-17",
    )
    top.add_argument("--version", action="version", version=f"tariffcalc {VERSION}")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    comparison = commands.add_parser(
        "compare",
        help="what each funding structure costs, and whether the deal is worth it",
        epilog="example: tariffcalc compare korea-us --structure upfront-cash --format csv",
    )
    comparison.add_argument("scenario", nargs="+", help="name, or a .toml or .json file")
    comparison.add_argument(
        "--structure", action="append", metavar="NAME", help="only this structure; may be repeated"
    )
    showing = commands.add_parser(
        "show",
        help="every number of a scenario with unit, status and source",
        epilog="example: tariffcalc show korea-us --format markdown",
    )
    showing.add_argument("scenario", help="name, or a .toml or .json file")
    for command in (comparison, showing):
        command.add_argument("--as-of", metavar="DATE", help="vintage, such as 2025-10-17")
    validating = commands.add_parser(
        "validate",
        help="check a scenario file",
        epilog="example: tariffcalc validate my-scenario.toml",
    )
    validating.add_argument("file", help="a .toml or .json file")
    schema = commands.add_parser(
        "schema",
        help="the JSON schema of a scenario file",
        epilog="example: tariffcalc schema > scenario.schema.json",
    )
    listing = commands.add_parser(
        "list", help="the packaged scenarios", epilog="example: tariffcalc list"
    )
    for command in (comparison, showing, listing):
        command.add_argument("--format", choices=FORMATS, default="table", help="default: table")
    for command, run in (
        (comparison, run_compare),
        (showing, run_show),
        (validating, run_validate),
        (schema, run_schema),
        (listing, run_list),
    ):
        command.set_defaults(run=run)
    return top


def run_compare(options: argparse.Namespace) -> str:
    """Return the comparison of the named scenarios."""
    scenarios = [read_scenario(name, options.as_of) for name in options.scenario]
    return comparison_text(compare(*scenarios, structures=options.structure), options.format)


def run_show(options: argparse.Namespace) -> str:
    """Return the parameters of a scenario."""
    return parameters_text(
        read_scenario(options.scenario, options.as_of).parameters(), options.format
    )


def run_validate(options: argparse.Namespace) -> str:
    """Return a line that says what a file holds."""
    scenario = read_file(Path(options.file))
    return (
        f"{options.file} is valid: {scenario.name} as of {scenario.as_of}, "
        f"{len(scenario.pledge.structures)} structures, {len(scenario.parameters())} numbers, "
        f"hash {scenario.hash}\n"
    )


def run_schema(_: argparse.Namespace) -> str:
    """Return the schema as JSON."""
    return json.dumps(scenario_schema(), indent=2) + "\n"


def run_list(options: argparse.Namespace) -> str:
    """Return the packaged scenarios."""
    return scenarios_text(list_scenarios(), options.format)


def read_scenario(name: str, as_of: str | None) -> Scenario:
    """Return a packaged scenario, or the one in a file."""
    if Path(name).suffix not in (".toml", ".json"):
        return load_scenario(name, as_of=as_of)
    if as_of is not None:
        raise InputError(f"--as-of chooses a packaged vintage; {name} states its own as_of")
    return read_file(Path(name))


def read_file(path: Path) -> Scenario:
    """Return the scenario in a .toml or .json file."""
    if path.suffix not in (".toml", ".json"):
        raise InputError(f"{path}: a .toml or .json file is needed")
    return Scenario.from_toml(path) if path.suffix == ".toml" else Scenario.from_json(path)
