import importlib.util
import io
from pathlib import Path
from types import ModuleType

import nbformat
import numpy as np
import pytest
from matplotlib.image import imread
from numpy.typing import NDArray

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))
CELLS = 48  # a figure is compared as a picture of so many cells a side


@pytest.fixture(scope="module")
def run() -> ModuleType:
    found = importlib.util.spec_from_file_location("run", EXAMPLES / "run.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def coarse(png: bytes) -> NDArray[np.float64]:
    """Return a figure as the mean brightness of the cells of a grid, from 0 to 1."""
    grey = np.asarray(imread(io.BytesIO(png)), dtype=np.float64)[..., :3].mean(axis=2)
    rows = [band.mean(axis=0) for band in np.array_split(grey, CELLS, axis=0)]
    return np.array([[cell.mean() for cell in np.array_split(row, CELLS)] for row in rows])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")  # the client and kernel packages warn about each other
def test_a_notebook_runs_and_shows_what_it_holds(path: Path, run: ModuleType) -> None:
    held, ran = nbformat.read(path, as_version=4), run.executed(path)
    assert run.printed(ran) == run.printed(held)
    before, after = run.pictures(held), run.pictures(ran)
    assert len(after) == len(before)
    for one, other in zip(before, after, strict=True):
        # Fonts differ between versions by less than a tenth of a cell's brightness.
        assert np.abs(coarse(one) - coarse(other)).mean() < 0.01


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_opens_with_its_question_and_ends_with_its_answer(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    assert "?" in cells[0].source.splitlines()[0]
    assert "Answer: " in cells[-1].outputs[0].text
