"""The made pages of the documentation leave nothing out."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

import tariffcalc as tc

ROOT = Path(__file__).parents[2]
INDEX = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pages() -> ModuleType:
    found = importlib.util.spec_from_file_location("pages", ROOT / "docs" / "pages.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made(pages: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("site") / "made"
    pages.write(folder)
    return {
        str(page.relative_to(folder)): page.read_text(encoding="utf-8")
        for suffix in ("md", "rst")
        for page in folder.rglob(f"*.{suffix}")
    }


def test_every_public_name_is_in_one_group_of_the_reference(
    pages: ModuleType, made: dict[str, str]
) -> None:
    listed = [name for names in pages.groups(tc.__doc__).values() for name in names]
    assert sorted(listed) == [name for name in tc.__all__ if name != "__version__"]
    text = "\n".join(page for name, page in made.items() if name.startswith("reference/"))
    for name in listed:
        assert len(re.findall(rf"^\.\. auto\w+:: tariffcalc\.{name}$", text, flags=re.M)) == 1


def test_every_vintage_has_a_page_with_each_of_its_numbers(made: dict[str, str]) -> None:
    for name, day in tc.list_scenarios()["as_of"].items():
        page = made[f"data/{name}-{day.date()}.md"]
        numbers = tc.load_scenario(str(name), as_of=day.date()).parameters()
        assert page.count("\n| ") - 2 >= len(numbers)
        assert f"{len(numbers)} numbers" in page


def test_every_seed_is_told_of(made: dict[str, str]) -> None:
    text = made["data/seeds.md"]
    for file in (ROOT / "seeds").rglob("*"):
        if file.suffix in (".csv", ".gz") or file.name == "united-states.toml":
            assert file.name in text, file.name


def test_the_measures_of_law_are_all_shown(pages: ModuleType, made: dict[str, str]) -> None:
    names = re.findall(
        r"^\[measures\.(.+)\]$",
        (ROOT / "seeds" / "law" / "united-states.toml").read_text(encoding="utf-8"),
        flags=re.M,
    )
    assert len(names) > 200
    for name in names:
        assert f"| {pages.cell(name)} |" in made["data/law.md"]


def test_a_cell_shows_what_is_in_it_whatever_markdown_makes_of_it(pages: ModuleType) -> None:
    assert pages.cell("a|b *c* [d](e) $f$ _g_\nh") == r"a\|b \*c\* \[d\](e) \$f\$ \_g\_ h"
    assert pages.cell(None) == pages.cell(float("nan")) == ""


def test_the_index_leads_to_every_page_and_notebook() -> None:
    docs = ROOT / "docs"
    written = [*docs.glob("*.md"), *docs.glob("models/*.md"), *docs.glob("how-to/*.md")]
    names = [str(page.relative_to(docs).with_suffix("")) for page in written]
    names += [f"made/examples/{page.stem}" for page in (ROOT / "examples").glob("*.ipynb")]
    for name in names:
        assert name == "index" or f"\n{name}\n" in INDEX, name


def test_the_command_line_is_told_with_each_of_its_commands(made: dict[str, str]) -> None:
    page = made["reference/command-line.md"]
    for name in ("compare", "list", "schema", "show", "validate"):
        assert f"\n## {name}\n" in page
        assert f"usage: tariffcalc {name}" in page


def test_methods_that_a_class_inherits_from_rooms_of_ours_are_shown(made: dict[str, str]) -> None:
    shown = made["reference/tariffs.rst"].split(".. autoclass:: tariffcalc.TariffSchedule\n")[1]
    assert shown.splitlines()[1] == "   :inherited-members: Model, BaseModel, tuple, object"
