"""The command line as a whole: its commands, its exit codes, what it does when cut off.

Exit codes: 0 all is well (also when the reader of a pipe has gone), 1 the input is at fault, 2 the
command is not understood, 130 cut off by Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from tariffcalc.cli import explain, files, reports, results, studies, tariffs
from tariffcalc.cli.commands import Command
from tariffcalc.errors import TariffcalcError
from tariffcalc.version import VERSION

__all__ = ["COMMANDS", "main"]

COMMANDS: tuple[Command, ...] = (
    results.COMPARE,
    results.SHOW,
    tariffs.TARIFFS,
    explain.EXPLAIN,
    studies.RUN,
    reports.REPORT,
    files.VALIDATE,
    files.SCHEMA,
    results.LIST,
)
FAULT, CUT_OFF = 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    arguments
        The words after the command's name; by default those of the process.

    Returns
    -------
    int
        0; 1 after a fault of the input, told on standard error; 130 when cut off.

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
        return FAULT
    except KeyboardInterrupt:
        print(options.interrupted, file=sys.stderr)
        return CUT_OFF
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
        epilog=f"example: tariffcalc {COMMANDS[0].example}",
    )
    top.add_argument("--version", action="version", version=f"tariffcalc {VERSION}")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    for command in COMMANDS:
        added = commands.add_parser(
            command.name,
            help=command.help,
            description=f"{command.help[0].upper()}{command.help[1:]}.",
            epilog=f"example: tariffcalc {command.example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,  # an example is one line
        )
        command.arguments(added)
        added.set_defaults(run=command.run, interrupted=command.interrupted)
    return top
