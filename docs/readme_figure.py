"""Draw the figure of the README: what each funding structure costs against what it brings.

Usage: python docs/readme_figure.py
"""

from __future__ import annotations

import io
from pathlib import Path

from matplotlib.figure import Figure

import tariffcalc as tc

PICTURE = Path(__file__).resolve().parent / "images" / "relief-against-cost.png"


def picture() -> bytes:
    """Return the figure as PNG."""
    scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    tc.report.figures.relief_against_cost(tc.compare(scenario), ax=figure.add_subplot())
    stream = io.BytesIO()
    figure.savefig(stream, dpi=160, metadata={"Software": None})
    return stream.getvalue()


if __name__ == "__main__":
    PICTURE.write_bytes(picture())
