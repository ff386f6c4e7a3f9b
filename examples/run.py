"""Run the notebooks beside this file and keep what they print and show.

Usage: python examples/run.py
"""

from __future__ import annotations

import base64
import io
import sys
from pathlib import Path

import nbformat
import numpy as np
from matplotlib.image import imread
from nbclient import NotebookClient
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
CELLS = 48  # figures are compared as pictures of so many cells a side


def executed(path: Path) -> nbformat.NotebookNode:
    """Return a notebook run from the top in a fresh kernel; an error in a cell is raised."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(HERE)}})
    client.execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def printed(notebook: nbformat.NotebookNode) -> list[str]:
    """Return what each code cell printed, and the text of the tables and figures that it shows."""
    return [
        "".join(
            output.text if output.output_type == "stream" else output.data["text/plain"]
            for output in cell.outputs
        )
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def pictures(notebook: nbformat.NotebookNode) -> list[bytes]:
    """Return the figures that a notebook shows, as PNG."""
    return [
        base64.b64decode(output.data["image/png"])
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]


def alike(one: bytes, other: bytes) -> bool:
    """Tell whether two figures, as PNG, look the same, whatever their fonts and sizes."""
    return bool(np.abs(coarse(one) - coarse(other)).mean() < 0.01)


def coarse(png: bytes) -> NDArray[np.float64]:
    """Return a figure as the mean brightness of the cells of a grid, from 0 to 1."""
    grey = np.asarray(imread(io.BytesIO(png)), dtype=np.float64)[..., :3].mean(axis=2)
    rows = [band.mean(axis=0) for band in np.array_split(grey, CELLS, axis=0)]
    return np.array([[cell.mean() for cell in np.array_split(row, CELLS)] for row in rows])


def main() -> int:
    """Run all notebooks and write them with their outputs."""
    for path in sorted(HERE.glob("*.ipynb")):
        nbformat.write(executed(path), path)
        sys.stdout.write(f"{path.name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
