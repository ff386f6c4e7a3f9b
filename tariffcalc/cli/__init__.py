"""The command line: what each command does is loaded when it is asked for."""

from tariffcalc.cli.program import main

__all__ = ["main"]
