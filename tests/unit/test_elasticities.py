import datetime as dt

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.models import tree
from tariffcalc.numeric.cases import Cases
from tariffcalc.trade.elasticities import ElasticityOfProducts, read_elasticities
from tariffcalc.trade.elasticity_sets import elasticities_published

CODES = pd.Series(["8703230140", "8708990000", "8703230140", "4011101010"])


def given(**fields: object) -> tc.Elasticities:
    return tc.Elasticities(**fields)


def override(name: str, size: float) -> tc.SectorElasticity:
    return tc.SectorElasticity(name=name, substitution_elasticity=size)


def numbers(elasticities: tc.Elasticities, size: int = 1, **varied: list) -> np.ndarray:
    written = tree(elasticities)
    arrays = {path.replace("__", "."): np.array(values) for path, values in varied.items()}
    found = ElasticityOfProducts.of(written, CODES)
    return found.numbers(Cases(written, arrays, size))


def test_a_product_takes_the_number_of_the_set() -> None:
    table = tc.load_elasticities("central")["substitution_elasticity"]
    cars, parts, tyres = (table[name] for name in ("Passenger cars", "Vehicle parts", "Tyres"))
    assert numbers(given(set="central")).tolist() == [[cars, parts, cars, tyres]]
    assert numbers(given(set="central", scale=0.5)).tolist() == [
        [cars / 2, parts / 2, cars / 2, tyres / 2]
    ]


def test_overrides_come_first_and_a_prefix_before_a_sector() -> None:
    rows = [override("Passenger cars", 2.0), override("870323", 3.0), override("87", 4.0)]
    tyres = tc.load_elasticities("high").loc["Tyres", "substitution_elasticity"]
    assert numbers(given(set="high", overrides=rows)).tolist() == [[3.0, 4.0, 3.0, tyres]]
    alone = given(overrides=[override("87", 4.0), override("Tyres", 5.0)], scale=2.0)
    assert numbers(alone).tolist() == [[8.0, 8.0, 8.0, 10.0]]


def test_scale_and_overrides_vary_case_by_case() -> None:
    alone = given(overrides=[override("87", 4.0), override("Tyres", 5.0)])
    found = numbers(alone, 2, scale=[1.0, 2.0])
    assert found.tolist() == [[4.0, 4.0, 4.0, 5.0], [8.0, 8.0, 8.0, 10.0]]
    found = numbers(alone, 2, overrides__87__substitution_elasticity=[1.0, 3.0])
    assert found.tolist() == [[1.0, 1.0, 1.0, 5.0], [3.0, 3.0, 3.0, 5.0]]


def test_a_product_without_a_number_is_refused_with_its_sector() -> None:
    with pytest.raises(InputError, match=r"have no number: 1 sector: 'Tyres'"):
        numbers(given(overrides=[override("87", 4.0)]))


def test_the_name_of_a_set_is_read_as_that_set() -> None:
    assert read_elasticities("low") == {"set": "low"}
    assert read_elasticities(5) == 5


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "a set or overrides are needed, given neither"),
        ({"scale": 2.0}, "a set or overrides are needed, given neither"),
        ({"set": "central", "scale": 0.0}, "scale: input should be greater than 0, given 0.0"),
    ],
)
def test_elasticities_without_a_number_are_refused(fields: dict, said: str) -> None:
    with pytest.raises(InputError) as caught:
        tc.Elasticities(**fields)
    assert str(caught.value) == f"Elasticities cannot be built:\n  - {said}"


def test_unknown_sets_and_products_are_refused_with_the_close_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown set of elasticities 'centrl'; did you"):
        given(set="centrl")
    with pytest.raises(InputError, match=r"'Passenger car' is neither a sector nor an HS prefix;"):
        override("Passenger car", 2.0)
    with pytest.raises(InputError, match="'123' is neither a sector nor an HS prefix"):
        override("123", 2.0)
    assert override("8703", 1e-6).substitution_elasticity == 1e-6
    assert override("8703230140", 1e6).name == "8703230140"


def test_a_preset_is_published_with_the_last_of_its_sources() -> None:
    days = elasticities_published()
    assert days["caliendo-parro-2015"] == dt.date(2015, 1, 31)
    assert days["central"] == days["low"] == days["high"] == days["fontagne-et-al-2022"]
    assert days["high"] == dt.date(2022, 7, 31)
    assert set(days) == set(tc.list_elasticities().index)
