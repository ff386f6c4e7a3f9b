"""Open the report of a scenario in headless Chromium: it asks for nothing, fits and prints.

Usage: python tests/browser/check_report.py [chromium]

Needs Chromium and the extras tables and plot. Ends with an error that says what went wrong.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import tariffcalc as tc
from tariffcalc.report.page import POLICY

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--virtual-time-budget=5000",
)
WIDTHS = (500, 768, 1280)  # the narrowest window that Chromium opens, a tablet, a desk
# What the page says of itself once it is laid out.
PROBE = """<script>addEventListener("load", () => {
  const broken = [...document.querySelectorAll("img,svg,table")].filter(
    (one) => one.getBoundingClientRect().width === 0);
  document.title = JSON.stringify({wide: document.documentElement.scrollWidth, window: innerWidth,
    figures: document.querySelectorAll("svg").length, broken: broken.length,
    asked: performance.getEntriesByType("resource").map((one) => one.name),
    rows: document.querySelectorAll("#assumptions tbody tr").length});
});</script>"""


def main() -> None:
    """Check the packaged scenario."""
    browser = sys.argv[1] if len(sys.argv) > 1 else shutil.which("chromium")
    if browser is None:
        raise SystemExit("chromium is not installed")
    scenario = tc.load_scenario("korea-us", as_of="2025-10-17")
    with tempfile.TemporaryDirectory() as folder:
        report = tc.report.write_report(scenario, Path(folder) / "report.html", draws=1000)
        check_loading(browser, report, Path(folder))
        for width in WIDTHS:
            check_layout(browser, report, Path(folder), width, len(scenario.parameters()))
        pages = check_printing(browser, report, Path(folder))
    print(f"the report opens, loads nothing, fits {len(WIDTHS)} widths, prints on {pages} pages")


def run(browser: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run Chromium with a profile of its own."""
    profile = f"--user-data-dir={folder / 'profile'}"
    return subprocess.run(  # noqa: S603 - the browser is named by who runs this
        [browser, *FLAGS, profile, *options],
        capture_output=True, text=True, check=True, timeout=180,
    )  # fmt: skip


def check_loading(browser: str, report: Path, folder: Path) -> None:
    """Refuse a message on the console: an error, or what the page's own policy forbids to load."""
    opened = run(browser, folder, "--enable-logging=stderr", "--dump-dom", report.as_uri())
    messages = [line for line in opened.stderr.splitlines() if "CONSOLE" in line]
    assert not messages, messages
    assert "</footer>" in opened.stdout


def check_layout(browser: str, report: Path, folder: Path, width: int, numbers: int) -> None:
    """Refuse a page wider than its window, one that asks for anything, and what has no size."""
    probed = folder / "probed.html"
    page = report.read_text(encoding="utf-8")
    assert POLICY in page
    free = page.replace(POLICY, "").replace("</body>", f"{PROBE}</body>")
    probed.write_text(free, encoding="utf-8")
    opened = run(browser, folder, f"--window-size={width},900", "--dump-dom", probed.as_uri())
    title = re.search(r"<title>(\{.*?\})</title>", opened.stdout)
    assert title is not None, "the page did not load"
    found = json.loads(title[1])
    assert found["wide"] <= found["window"], f"{width}: {found}"
    assert found["broken"] == 0, f"{width}: {found}"
    assert found["asked"] == [], f"{width}: {found}"
    assert found["figures"] == page.count("<svg "), f"{width}: {found}"
    assert found["rows"] == numbers, f"{width}: {found}"


def check_printing(browser: str, report: Path, folder: Path) -> int:
    """Return the number of printed pages; refuse none, and one that is not A4."""
    target = folder / "report.pdf"
    run(browser, folder, "--no-pdf-header-footer", f"--print-to-pdf={target}", report.as_uri())
    printed = target.read_bytes()
    assert printed.startswith(b"%PDF-")
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert boxes
    assert all(abs(float(w) - 595) < 2 and abs(float(h) - 842) < 2 for w, h in boxes), boxes[0]
    return len(boxes)


if __name__ == "__main__":
    main()
