"""Commands that print results and numbers of scenarios: compare, show, list."""

from __future__ import annotations

import argparse

from tariffcalc.cli.commands import (
    Command,
    add_format,
    add_scenario,
    add_structures,
    chosen_scenario,
    named_scenario,
)

__all__ = ["COMPARE", "LIST", "SHOW"]


def _compare_arguments(parser: argparse.ArgumentParser) -> None:
    add_scenario(parser, nargs="+")
    add_structures(parser)
    add_format(parser)


def _show_arguments(parser: argparse.ArgumentParser) -> None:
    add_scenario(parser)
    add_format(parser)


def run_compare(options: argparse.Namespace) -> str:
    """Return the comparison of the named scenarios."""
    from tariffcalc.analysis.compare import compare
    from tariffcalc.report.text import comparison_text

    scenarios = [named_scenario(name, options) for name in options.scenario]
    return comparison_text(compare(*scenarios, structures=options.structure), options.format)


def run_show(options: argparse.Namespace) -> str:
    """Return the parameters of a scenario."""
    from tariffcalc.report.text import parameters_text

    return parameters_text(chosen_scenario(options).parameters(), options.format)


def run_list(options: argparse.Namespace) -> str:
    """Return the packaged scenarios."""
    from tariffcalc.report.text import scenarios_text
    from tariffcalc.scenario.presets import list_scenarios

    return scenarios_text(list_scenarios(), options.format)


COMPARE = Command(
    "compare",
    "what each funding structure costs, and whether the deal is worth it",
    "compare korea-us --as-of 2025-10-17 --set tariffs.durability=0.8",
    _compare_arguments,
    run_compare,
)
SHOW = Command(
    "show",
    "every number of a scenario with unit, status and source",
    "show korea-us --format markdown",
    _show_arguments,
    run_show,
)
LIST = Command("list", "the packaged scenarios", "list", add_format, run_list)
