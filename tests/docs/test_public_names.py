"""Each public name is exercised by an identified law of the specification."""

import ast
from pathlib import Path

import pytest

import tariffcalc as tc

SPEC = Path(__file__).parents[1] / "spec"
NOT_COMPUTED = {"__version__", "errors", "finance", "report"}
NAMES = {*tc.__all__, *tc.finance.__all__, *tc.report.__all__} - NOT_COMPUTED


def names_in_laws() -> set[str]:
    found: set[str] = set()
    for file in SPEC.glob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Name):
                found.add(node.id)
    return found


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_public_name_is_covered_by_a_law(name: str) -> None:
    assert name in names_in_laws()
