import importlib.util
import re
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_on_korean_rates_is_current() -> None:
    found = importlib.util.spec_from_file_location("rates_on_korea", DOCS / "rates_on_korea.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    written = module.PAGE.read_text(encoding="utf-8")
    assert written == module.page(), "run: python docs/rates_on_korea.py"


def test_the_page_on_more_than_one_machine_runs(tmp_path: Path) -> None:
    page = (DOCS / "beyond-one-machine.md").read_text(encoding="utf-8")
    script = tmp_path / "page.py"  # worker processes import it
    script.write_text("\n".join(re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert "three-years" in done.stdout
