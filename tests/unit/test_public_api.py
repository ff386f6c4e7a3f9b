import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest

import tariffcalc as tc
import tariffcalc.testing

ROOT = Path(__file__).parents[2]
MODULES = ("errors", "finance", "report")
OBJECTS = [name for name in tc.__all__ if name not in {*MODULES, "__version__"}]
OPTIONAL = (
    "dask",
    "great_tables",
    "hypothesis",
    "jinja2",
    "matplotlib",
    "openpyxl",
    "SALib",
    "tabulate",
    "xarray",
    "xlsxwriter",
)


def test_the_public_names_are_sorted_and_all_there() -> None:
    assert sorted(tc.__all__) == list(tc.__all__)
    assert len(set(tc.__all__)) == len(tc.__all__)
    for name in tc.__all__:
        assert getattr(tc, name) is not None


def test_dir_shows_the_public_names() -> None:
    assert dir(tc) == sorted(tc.__all__)


def test_the_docstring_groups_every_public_name() -> None:
    named = set(re.findall(r"``(\w+)``", tc.__doc__ or ""))
    assert named == set(tc.__all__) - {"__version__"}


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert tc.__version__ == project["version"]


@pytest.mark.parametrize("name", OBJECTS)
def test_a_public_object_has_a_docstring_with_an_example(name: str) -> None:
    text = inspect.getdoc(getattr(tc, name)) or ""
    assert re.search(r"^Examples\n--------\n>>> ", text, re.MULTILINE), text
    assert text.splitlines()[0].endswith((".", ":"))


@pytest.mark.parametrize("name", tariffcalc.testing.__all__)
def test_a_helper_for_tests_has_a_docstring_with_an_example(name: str) -> None:
    text = inspect.getdoc(getattr(tariffcalc.testing, name)) or ""
    assert re.search(r"^Examples\n--------\n>>> ", text, re.MULTILINE), text


@pytest.mark.parametrize("name", tc.finance.__all__)
def test_a_figure_has_a_docstring_with_an_example(name: str) -> None:
    assert "Examples\n--------\n>>> " in (inspect.getdoc(getattr(tc.finance, name)) or "")


@pytest.mark.parametrize("name", tc.report.__all__)
def test_what_one_looks_at_has_a_docstring_with_an_example(name: str) -> None:
    assert "Examples\n--------\n>>> " in (inspect.getdoc(getattr(tc.report, name)) or "")


@pytest.mark.parametrize(
    "name", [n for n in OBJECTS if inspect.isfunction(getattr(tc, n))]
)  # fmt: skip
def test_a_public_function_takes_data_first_and_all_else_by_name(name: str) -> None:
    parameters = inspect.signature(getattr(tc, name)).parameters.values()
    by_position = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert all(p.default is p.empty for p in by_position)
    assert all(p.annotation is not p.empty for p in parameters)


SCENARIO = tc.load_scenario("korea-us")
FLOWS = tc.load_flows("us-imports-2024")


@pytest.mark.parametrize(
    "shown",
    [
        SCENARIO,
        SCENARIO.tariffs,
        SCENARIO.tariffs.measures[0],
        SCENARIO.deal,
        SCENARIO.trade,
        SCENARIO.trade.response,
        SCENARIO.pledge,
        SCENARIO.pledge.parts[0],
        SCENARIO.pledge.structures[0],
        SCENARIO.pledge.structures[0].tranches[1],
        SCENARIO.pledge.structures[0].tranches[1].instrument,
        SCENARIO.pledge.structures[0].drawdown,
        SCENARIO.pledge.structures[0].waterfall,
        SCENARIO.pledge.structures[0].funding[0],
        SCENARIO.economy,
        SCENARIO.valuation,
        SCENARIO.provenance["tariffs.durability"],
        FLOWS,
        tc.break_even(SCENARIO, "durability", structure="upfront-cash", flows=FLOWS),
    ],
    ids=lambda shown: type(shown).__name__,
)
def test_what_is_printed_is_short_and_holds_no_address(shown: object) -> None:
    for text in (repr(shown), str(shown)):
        assert not re.search(r"0x[0-9a-f]+|object at", text)
        assert text.startswith(f"{type(shown).__name__}(")
        assert len(text) < 250
        assert "\n" not in text


def test_importing_brings_no_optional_package_with_it() -> None:
    code = f"import sys, tariffcalc; print([name for name in {OPTIONAL!r} if name in sys.modules])"
    run = subprocess.run(  # noqa: S603 - the code is above
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert run.stdout.strip() == "[]"
    assert run.stderr == ""


def test_tables_show_numbers_and_not_objects() -> None:
    for table in (tc.compare(SCENARIO, structures=["no-deal"]), SCENARIO.parameters()):
        assert isinstance(table, pd.DataFrame)
        assert not re.search(r"0x[0-9a-f]+", table.to_string())


def test_a_name_loads_its_room_when_it_is_first_asked_for() -> None:
    code = (
        "import sys, tariffcalc as tc\n"
        "assert not {'numpy', 'pandas', 'pydantic'} & set(sys.modules)\n"
        "assert tc.StatutoryRate is tc.StatutoryRate\n"
        "assert 'tariffcalc.rate_text' in sys.modules and 'pandas' not in sys.modules\n"
        "assert vars(tc)['StatutoryRate'] is tc.rate_text.StatutoryRate\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"^module 'tariffcalc' has no attribute 'sweeep'$"):
        tc.sweeep  # noqa: B018
