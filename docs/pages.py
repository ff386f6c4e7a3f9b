"""Write the pages of the documentation that are made from the library, its seeds and notebooks.

``conf.py`` calls :func:`write` at each build, so that these pages are never behind.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pandas as pd

import tariffcalc as tc
from tariffcalc.cli import main

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "seeds"
PARTS = {"report": ("figures",)}
TABLES = {
    "facts": ("Facts", "facts.csv", "Figures that scenarios report or derive."),
    "elasticity-sets": (
        "Sets of elasticities",
        "trade/elasticity-sets.csv",
        "Where each set of elasticities was published, and what it estimates.",
    ),
    "elasticities": ("Elasticities", "trade/elasticities.csv", "One row per published number."),
    "pass-through": ("Pass-through", "trade/pass-through.csv", "Published pass-through."),
    "conventions": (
        "Conventions",
        "law/conventions.csv",
        "Parameters in which public models of tariffs differ, with their choices.",
    ),
    "chapter-99": (
        "Headings of chapter 99",
        "law/chapter-99.csv",
        "The rate texts that the measures are checked against.",
    ),
    "published": (
        "Published figures",
        "published-figures.csv",
        "What others published, as {doc}`/published-figures` computes it again.",
    ),
    "yields": ("Yields", "yields.csv", "Yields of government bonds on the days of the vintages."),
    "sofr": (
        "SOFR",
        "sofr-daily.csv",
        "Overnight rates behind the deemed rates of the waterfalls.",
    ),
    "fees": ("User fees", "law/fees.csv", "What `customs_entry` adds when it is asked to."),
}
LAW_KEYS = ["rate", "form", "partners", "start", "end", "published", "status"]
LAW_TEXTS = ["citation", "heading", "source", "note"]


def groups(text: str) -> dict[str, list[str]]:
    """Return the public names under the headings that the package's docstring gives them."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in text.splitlines()[1:]:
        if line and not line.startswith(" "):
            heading = line.strip()
        elif line:
            found.setdefault(heading, []).extend(re.findall(r"``(\w+)``", line))
    return found


def slug(heading: str) -> str:
    """Return a heading as the name of a file."""
    return re.sub(r"[^a-z]+", "-", heading.lower()).strip("-")


def directive(name: str) -> str:
    """Return what documents a public name."""
    thing = getattr(tc, name)
    kind = "autoclass" if isinstance(thing, type) else "autofunction"
    if not callable(thing):
        kind = "automodule"
    members = "" if kind == "autofunction" else "\n   :members:"
    if kind == "autoclass":
        members += "\n   :inherited-members: Model, BaseModel, tuple, object"
    names = [name, *(f"{name}.{part}" for part in PARTS.get(name, ()))]
    return "\n".join(f".. {kind}:: tariffcalc.{each}{members}\n" for each in names)


def reference() -> Iterator[tuple[str, str]]:
    """Yield the pages of the reference: one for each group of public names."""
    listed = groups(tc.__doc__ or "")
    for heading, names in listed.items():
        summary = "\n".join(f"   {name}" for name in names)
        details = "\n".join(directive(name) for name in names)
        head = f"{heading}\n{'=' * len(heading)}\n\n.. currentmodule:: tariffcalc\n"
        overview = f".. autosummary::\n   :nosignatures:\n\n{summary}\n"
        yield f"reference/{slug(heading)}.rst", f"{head}\n{overview}\n{details}"
    yield "reference/command-line.md", command_line()
    pages = [*(slug(each) for each in listed), "command-line"]
    yield "reference/index.md", index("Reference", REFERENCE, pages)


def told(*words: str) -> str:
    """Return what the command line says of itself."""
    stream = io.StringIO()
    wide = mock.patch.dict(os.environ, COLUMNS="90")  # argparse asks the terminal
    with wide, contextlib.redirect_stdout(stream), contextlib.suppress(SystemExit):
        main([*words, "--help"])
    return stream.getvalue().strip()


def command_line() -> str:
    """Return the page of the command line: its help, and that of each command."""
    top = told()
    commands = re.findall(r"^    ([a-z]+)(?: |$)", top, flags=re.M)
    parts = [f"# Command line\n\n```text\n{top}\n```\n"]
    parts += [f"## {name}\n\n```text\n{told(name)}\n```\n" for name in commands]
    return "\n".join(parts)


REFERENCE = """\
Every public name, by the question it answers. The short form is `import tariffcalc as tc`; `dir(tc)` lists the
same names, and `help(tc.compare)` shows the same text. All examples here are run by the tests."""


def index(title: str, text: str, pages: list[str]) -> str:
    """Return a page that leads to others."""
    listed = "\n".join(pages)
    return f"# {title}\n\n{text}\n\n```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n"


def cell(value: object) -> str:
    """Return a value as the cell of a Markdown table."""
    text = "" if value is None or value != value else str(value)
    return re.sub(r"([\\`*_{}\[\]<>|$#~^@])", r"\\\1", text.replace("\n", " "))


def table(rows: pd.DataFrame) -> str:
    """Return rows as a Markdown table, in a box that style sheets know."""
    lines = [[cell(value) for value in row] for row in rows.itertuples(index=False)]
    head = [[cell(name) for name in rows.columns], ["---"] * rows.shape[1]]
    written = "\n".join(f"| {' | '.join(line)} |" for line in head + lines)
    return f"::::{{container}} facts\n\n{written}\n\n::::"


def seed(name: str) -> pd.DataFrame:
    """Read a seed as it is written, its source or longest text last."""
    rows = pd.read_csv(SEEDS / name, dtype=str, keep_default_na=False)
    longest = max(rows.columns, key=lambda column: rows[column].str.len().max())
    return rows[[column for column in rows if column != longest] + [longest]]


def law_page() -> str:
    """Return the page of the measures of US law, by authority."""
    rows = tomllib.loads((SEEDS / "law" / "united-states.toml").read_text(encoding="utf-8"))
    opening = (
        f"The {len(rows['measures'])} measures that `tc.load_schedule` starts from, as "
        "`seeds/law/united-states.toml` holds them. An empty end: open.\n"
    )
    parts = ["# Measures of US law\n", opening]
    frame = pd.DataFrame.from_dict(rows["measures"], orient="index").reset_index(names="measure")
    for authority, some in frame.groupby("authority", sort=False):
        shown = some.reindex(columns=["measure", *LAW_KEYS])
        shown["partners"] = [
            ", ".join(given) if isinstance(given, list) else "all" for given in shown["partners"]
        ]
        shown["citation; heading; source; note"] = [
            "; ".join(text for text in texts if isinstance(text, str) and text)
            for texts in some.reindex(columns=LAW_TEXTS).itertuples(index=False)
        ]
        parts += [f"\n## {cell(authority)}\n", table(shown)]
    return "\n".join(parts) + "\n"


def vintage_pages() -> Iterator[tuple[str, str]]:
    """Yield one page for each packaged vintage, with every number and its source."""
    for name, day in tc.list_scenarios()["as_of"].items():
        scenario = tc.load_scenario(str(name), as_of=day.date())
        numbers = scenario.parameters().reset_index()
        counts = ", ".join(
            f"{count} {status}" for status, count in numbers["status"].value_counts().items()
        )
        numbers["date"] = numbers["date"].astype(str).replace({"NaT": "", "None": ""})
        structures = pd.DataFrame(
            [(s.name, s.title, s.side, s.source) for s in scenario.pledge.structures],
            columns=["structure", "terms", "asked for by", "source"],
        )
        numbers = numbers.drop(columns="description")
        numbers = numbers[[column for column in numbers if column != "source"] + ["source"]]
        text = (
            f"# {name} as of {day.date()}\n\n{scenario.title}. {len(numbers)} numbers: {counts}. "
            f"Hash `{scenario.hash}`.\n\n{table(structures)}\n\n"
            f"## Every number\n\n{table(numbers)}\n"
        )
        yield f"data/{name}-{day.date()}.md", text


def data() -> Iterator[tuple[str, str]]:
    """Yield the pages on data, vintages and sources."""
    readme = (SEEDS / "README.md").read_text(encoding="utf-8")
    yield "data/seeds.md", readme
    vintages = dict(vintage_pages())
    yield from vintages.items()
    yield "data/law.md", law_page()
    for page, (title, file, text) in TABLES.items():
        yield (
            f"data/{page}.md",
            f"# {title}\n\n{text} From `seeds/{file}`.\n\n{table(seed(file))}\n",
        )
    names = [Path(page).stem for page in vintages]
    yield "data/index.md", index("Data and vintages", DATA, ["seeds", *names, "law", *TABLES])


DATA = """\
What the library ships, where each number is from, and what was known when. These pages are made from `seeds/` at each
build. A scenario as of a day holds no figure that was published later; each number is *reported* (a source states it),
*derived* (worked out of what sources state) or an *assumption* (nobody published it), then with a range."""


def write(target: Path) -> None:
    """Write all made pages below a folder, whatever it held before."""
    shutil.rmtree(target, ignore_errors=True)
    for page, text in [*reference(), *data()]:
        path = target / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shutil.copytree(ROOT / "examples", target / "examples")
    laws = (ROOT / "tests" / "spec" / "SPECIFICATION.md").read_text(encoding="utf-8")
    (target / "specification.md").write_text(laws, encoding="utf-8")
