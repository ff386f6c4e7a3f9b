"""What commands have in common: how one is described, and the arguments that several take."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tariffcalc.errors import InputError

if TYPE_CHECKING:
    from tariffcalc.scenario.model import Scenario

__all__ = [
    "Command",
    "add_format",
    "add_scenario",
    "add_structures",
    "add_vintage",
    "chosen_scenario",
    "named_scenario",
]

FORMATS = ("table", "csv", "json", "markdown")
FILES = (".toml", ".json")


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, what it does, an example that runs, its arguments, and itself."""

    name: str
    help: str
    example: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], str]
    interrupted: str = "interrupted"


def add_scenario(parser: argparse.ArgumentParser, **how: Any) -> None:
    """Add the scenario, its vintage, and changes of its numbers."""
    parser.add_argument("scenario", help="name, or a .toml or .json file", **how)
    add_vintage(parser)
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        type=change,
        metavar="PATH=VALUE",
        help="another value at a path, such as tariffs.durability=0.8; may be repeated",
    )


def add_structures(parser: argparse.ArgumentParser) -> None:
    """Add the structures that are asked for."""
    parser.add_argument(
        "--structure", action="append", metavar="NAME", help="only this structure; may be repeated"
    )


def add_vintage(parser: argparse.ArgumentParser) -> None:
    """Add the vintage."""
    parser.add_argument("--as-of", metavar="DATE", help="vintage, such as 2025-10-17")


def add_format(parser: argparse.ArgumentParser) -> None:
    """Add the form of what is printed."""
    parser.add_argument("--format", choices=FORMATS, default="table", help="default: table")


def change(text: str) -> tuple[str, Any]:
    """Return path and value of ``path=value``; a value is read as TOML, and else is a word."""
    path, equals, value = (part.strip() for part in text.partition("="))
    if not path or not equals or not value:
        raise argparse.ArgumentTypeError(
            f"path=value is needed, such as tariffs.durability=0.8, given {text!r}"
        )
    return path, typed(value)


def typed(text: str) -> Any:
    """Return a number, date, switch, list or table as TOML reads it; other text as a word."""
    try:
        read = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return read["value"] if list(read) == ["value"] else text


def chosen_scenario(options: argparse.Namespace) -> Scenario:
    """Return the scenario of the options, with its changes."""
    return named_scenario(options.scenario, options)


def named_scenario(name: str, options: argparse.Namespace) -> Scenario:
    """Return a scenario by name or file, of the vintage and with the changes of the options."""
    scenario = _read(name, options.as_of)
    changes = dict(options.set)
    if len(changes) < len(options.set):
        paths = [path for path, _ in options.set]
        twice = next(path for path in paths if paths.count(path) > 1)
        raise InputError(f"--set: {twice} is given twice; leave one out")
    return scenario.replace(changes) if changes else scenario


def _read(name: str, as_of: str | None) -> Scenario:
    from tariffcalc.scenario.files import file_tree
    from tariffcalc.scenario.model import Scenario
    from tariffcalc.scenario.presets import load_scenario

    if Path(name).suffix not in FILES:
        return load_scenario(name, as_of=as_of)
    if as_of is not None:
        raise InputError(f"--as-of chooses a packaged vintage; {name} states its own as_of")
    return Scenario.from_tree(file_tree(Path(name)))
