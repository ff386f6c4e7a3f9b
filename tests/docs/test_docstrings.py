import doctest
import importlib
import pkgutil

import pytest

import tariffcalc

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(tariffcalc.__path__, "tariffcalc.")
    if not module.ispkg or module.name != "tariffcalc.data"
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name: str) -> None:
    module = importlib.import_module(name)
    result = doctest.testmod(module, optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    assert result.failed == 0
