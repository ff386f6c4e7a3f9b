"""The command that writes a scenario as one HTML file: report."""

from __future__ import annotations

import argparse
from pathlib import Path

from tariffcalc.cli.commands import Command, add_scenario, add_structures, chosen_scenario
from tariffcalc.errors import InputError

__all__ = ["REPORT"]


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_scenario(parser)
    add_structures(parser)
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="an .html file")
    parser.add_argument("--draws", type=int, metavar="N", help="of the simulation")
    parser.add_argument("--seed", type=int, metavar="N", help="of the draws")


def run_report(options: argparse.Namespace) -> str:
    """Write the page and say where it is."""
    target = Path(options.output)
    if not target.parent.is_dir():
        raise InputError(f"{target}: there is no folder {str(target.parent)!r}; make it first")
    scenario = chosen_scenario(options)
    asked = {name: getattr(options, name) for name in ("draws", "seed")}
    given = {name: value for name, value in asked.items() if value is not None}
    from tariffcalc.report.html import write_report

    try:
        path = write_report(scenario, target, structures=options.structure, **given)
    except OSError as error:
        raise InputError(f"{str(target)!r} cannot be written: {error.strerror}") from None
    return f"{path}: {scenario.name} as of {scenario.as_of}, scenario {scenario.hash}\n"


REPORT = Command(
    "report",
    "a scenario as one HTML file: tables, figures, assumptions with sources",
    "report korea-us --as-of 2025-10-17 --structure upfront-cash -o report.html",
    _arguments,
    run_report,
)
