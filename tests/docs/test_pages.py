import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tariffcalc.cli import main

DOCS = Path(__file__).parents[2] / "docs"


def module(path: Path) -> ModuleType:
    found = importlib.util.spec_from_file_location(path.stem, path)
    assert found is not None
    assert found.loader is not None
    loaded = importlib.util.module_from_spec(found)
    found.loader.exec_module(loaded)
    return loaded


def test_the_page_on_korean_rates_is_current() -> None:
    rates = module(DOCS / "rates_on_korea.py")
    written = rates.PAGE.read_text(encoding="utf-8")
    assert written == rates.page(), "run: python docs/rates_on_korea.py"


def test_the_page_on_more_than_one_machine_runs(tmp_path: Path) -> None:
    page = (DOCS / "beyond-one-machine.md").read_text(encoding="utf-8")
    script = tmp_path / "page.py"  # worker processes import it
    script.write_text("\n".join(re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert "three-years" in done.stdout


def test_the_page_on_study_files_shows_what_its_commands_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (DOCS / "study-files.md").read_text(encoding="utf-8")
    example = DOCS.parent / "examples" / "korea.study.toml"
    assert re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL) == [example.read_text()]
    shutil.copy(example, tmp_path)
    monkeypatch.chdir(tmp_path)
    for language, block in re.findall(r"```(text|sh|python)\n(.*?)```", page, flags=re.DOTALL):
        if language == "python":
            exec(compile(block, "study-files.md", "exec"), {})  # noqa: S102
            continue
        command, _, shown = block.removeprefix("$ ").partition("\n")
        capsys.readouterr()
        assert main(shlex.split(command)[1:]) == 0
        assert language == "sh" or capsys.readouterr().out == shown


def test_the_figure_of_the_readme_is_current() -> None:
    drawn, run = module(DOCS / "readme_figure.py"), module(DOCS.parent / "examples" / "run.py")
    kept = drawn.PICTURE.read_bytes()
    assert run.alike(kept, drawn.picture()), "run: python docs/readme_figure.py"
