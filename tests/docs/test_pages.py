import importlib.util
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
