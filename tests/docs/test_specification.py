import importlib.util
from pathlib import Path
from types import ModuleType

SPEC = Path(__file__).parents[1] / "spec"


def load() -> ModuleType:
    found = importlib.util.spec_from_file_location("specification", SPEC / "specification.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_the_specification_page_is_current() -> None:
    written = (SPEC / "SPECIFICATION.md").read_text(encoding="utf-8")
    assert written == load().page(), "run: python tests/spec/specification.py"


def test_laws_are_numbered_without_gap_or_repeat() -> None:
    for title, laws in load().chapters().items():
        assert laws, f"{title} states no law"
        assert len({word for word, *_ in laws}) == 1, f"{title} mixes chapter words"
        assert [number for _, number, *_ in laws] == list(range(1, len(laws) + 1)), title


def test_no_law_is_stated_twice() -> None:
    laws = [law for chapter in load().chapters().values() for _, _, law, _ in chapter]
    assert len(laws) == len(set(laws))
