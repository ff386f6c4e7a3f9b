"""Write SPECIFICATION.md from the first lines of the laws' docstrings.

Usage: python tests/spec/specification.py
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE / "SPECIFICATION.md"
LAW = re.compile(r"([A-Z]+)-(\d+): (.+)")


def chapters() -> dict[str, list[tuple[str, int, str, str]]]:
    """Return by chapter title its laws: chapter word, number, law, name of the test."""
    found: dict[str, list[tuple[str, int, str, str]]] = {}
    for file in sorted(HERE.glob("test_*.py")):
        module = ast.parse(file.read_text(encoding="utf-8"))
        title = (ast.get_docstring(module) or file.stem).splitlines()[0].rstrip(".")
        laws = []
        for node in module.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                first = (ast.get_docstring(node) or "").splitlines()[0]
                match = LAW.fullmatch(first)
                if match is None:
                    raise SystemExit(f"{file.name}: {node.name} does not state its law")
                laws.append((match[1], int(match[2]), match[3], node.name))
        found[title] = laws
    return found


def page() -> str:
    """Return the specification as Markdown."""
    lines = [
        "# Specification",
        "",
        "Every law below is a test; this page is generated from their docstrings by",
        "`python tests/spec/specification.py`, and a test proves it current.",
    ]
    for title, laws in chapters().items():
        lines += ["", f"## {title}", ""]
        lines += [f"- **{word}-{number}** {law}" for word, number, law, _ in laws]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
