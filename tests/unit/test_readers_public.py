import subprocess
import sys

import pytest

import tariffcalc as tc
from tariffcalc.trade import readers


@pytest.mark.parametrize("name", readers.__all__)
def test_a_reader_is_public_and_loads_when_asked_for(name: str) -> None:
    assert getattr(tc, name) is getattr(readers, name)
    assert name in dir(tc)


def test_other_names_do_not_exist() -> None:
    with pytest.raises(AttributeError, match="module 'tariffcalc' has no attribute 'read_exports'"):
        tc.read_exports  # noqa: B018


def test_readers_cost_nothing_until_one_is_used() -> None:
    code = (
        "import sys, tariffcalc; assert 'tariffcalc.trade.readers' not in sys.modules;"
        "tariffcalc.read_hts; assert 'tariffcalc.trade.readers' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603  our own code
