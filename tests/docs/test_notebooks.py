import importlib.util
from pathlib import Path
from types import ModuleType

import nbformat
import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))
REMEDY = "run: python examples/run.py"


@pytest.fixture(scope="module")
def run() -> ModuleType:
    found = importlib.util.spec_from_file_location("run", EXAMPLES / "run.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")  # the client and kernel packages warn about each other
def test_a_notebook_runs_and_shows_what_it_holds(path: Path, run: ModuleType) -> None:
    held, ran = nbformat.read(path, as_version=4), run.executed(path)
    assert run.printed(ran) == run.printed(held), REMEDY
    before, after = run.pictures(held), run.pictures(ran)
    assert len(after) == len(before), REMEDY
    assert all(run.alike(*pair) for pair in zip(before, after, strict=True)), REMEDY


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_opens_with_its_question_and_ends_with_its_answer(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    assert "?" in cells[0].source.splitlines()[0]
    assert "Answer: " in cells[-1].outputs[0].text
