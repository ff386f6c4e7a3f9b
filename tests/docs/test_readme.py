import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from tariffcalc.cli import main

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_set_up_block_holds_two_commands() -> None:
    commands = [line for block in blocks("sh") for line in block.splitlines() if line]
    assert len([c for c in commands if "pip install" in c]) == 2
    assert any(c.endswith("tariffcalc compare korea-us") for c in commands)
    assert any("pytest" in c for c in commands)


def test_the_python_examples_run_in_order() -> None:
    names: dict[str, object] = {}
    ran = 0
    for block in blocks("python"):
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(block, "README.md", "exec"), names)  # noqa: S102
        ran += 1
    assert ran >= 3


@pytest.mark.parametrize("block", [b for b in blocks("text") if b.startswith("$ ")])
def test_the_tables_shown_are_what_the_commands_print(
    block: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command, _, shown = block.partition("\n")
    code = main(shlex.split(command.removeprefix("$ tariffcalc ")))
    assert code == 0
    assert capsys.readouterr().out.strip("\n") == shown.strip("\n")


def test_the_answers_shown_are_what_the_lines_print(capsys: pytest.CaptureFixture[str]) -> None:
    pairs = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", README, flags=re.DOTALL)
    assert len(pairs) == 1
    for code, shown in pairs:
        exec(compile(code, "README.md", "exec"), {})  # noqa: S102
        assert capsys.readouterr().out.strip("\n") == shown.strip("\n")
