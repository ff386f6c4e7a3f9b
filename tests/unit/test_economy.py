import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError

TERMS = {"reserves_usd": 422e9, "fx_capacity_usd": 17.5e9, "krw_per_usd": 1392.9}


@pytest.mark.parametrize("field", sorted(TERMS))
@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (0.0, "input should be greater than 0, given 0.0"),
        (-1.0, "input should be greater than or equal to 0, given -1.0"),
        (True, "a number is needed, given True"),
        ("1", "a number is needed, given '1'"),
        (float("nan"), "a finite number is needed, given nan; leave out what is unknown"),
    ],
)
def test_capacities_are_numbers_above_0(field: str, value: object, fault: str) -> None:
    with pytest.raises(InputError) as caught:
        tc.Economy(**{**TERMS, field: value})
    assert str(caught.value) == f"Economy cannot be built:\n  - {field}: {fault}"


def test_an_economy_needs_all_its_numbers_and_no_more() -> None:
    with pytest.raises(InputError) as caught:
        tc.Economy(reserve_usd=422e9)
    assert str(caught.value).startswith("Economy cannot be built:\n  - reserves_usd: required")
    assert "reserve_usd: unknown field; did you mean 'reserves_usd'" in str(caught.value)


def test_an_economy_says_its_units() -> None:
    fields = tc.Economy.model_fields
    units = {
        name: field.json_schema_extra["unit"] for name, field in fields.items() if name != "curves"
    }
    assert units == {
        "reserves_usd": "USD",
        "fx_capacity_usd": "USD per year",
        "krw_per_usd": "payer's currency per USD",
    }
    assert tc.Economy(**TERMS) == tc.Economy.from_tree(TERMS)
