import numpy as np
import pytest

from tariffcalc.numeric.cases import Cases

TREE = {
    "rate": 0.15,
    "pledge": {
        "amount": 350,
        "loan": {"rate": 0.04, "term": 20},
        "loans": {"rate": 0.05},
    },
}
RATES = np.array([0.03, 0.04, 0.05])


def the_cases() -> Cases:
    return Cases(TREE, {"pledge.loan.rate": RATES}, size=3)


def test_a_plain_number_is_an_array_of_one_float() -> None:
    number = the_cases().number("rate")
    assert number.tolist() == [0.15]
    assert the_cases().at("pledge").number("amount").dtype == np.float64


def test_a_varied_number_is_the_array_given_for_its_full_path() -> None:
    assert the_cases().at("pledge.loan").number("rate") is RATES
    assert the_cases().at("pledge").at("loan").number("rate") is RATES


def test_a_number_of_the_same_name_elsewhere_is_not_varied() -> None:
    assert the_cases().number("rate").tolist() == [0.15]
    assert the_cases().at("pledge.loans").number("rate").tolist() == [0.05]


def test_at_goes_down_the_tree_and_keeps_the_rest() -> None:
    cases = the_cases()
    below = cases.at("pledge").at("loan")
    assert below.tree is TREE["pledge"]["loan"]
    assert below.varied is cases.varied
    assert below.size == 3
    assert below.prefix == "pledge.loan."
    assert below == cases.at("pledge.loan")


def test_a_tree_alone_is_one_case_seen_from_its_root() -> None:
    cases = Cases(TREE, {})
    assert cases.size == 1
    assert cases.prefix == ""


def test_a_number_below_the_table_is_read_by_its_path() -> None:
    cases = the_cases()
    assert cases.number("pledge.loan.rate") is RATES
    assert cases.at("pledge").number("loan.rate") is RATES
    assert cases.number("pledge.loan.term").tolist() == [20.0]
    assert cases.at("pledge").number("loans.rate").tolist() == [0.05]


def test_a_table_or_number_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="'bond'"):
        the_cases().at("pledge.bond")
    with pytest.raises(KeyError, match="'grace'"):
        the_cases().at("pledge.loan").number("grace")


@pytest.mark.parametrize(
    ("below", "path", "given", "varied"),
    [
        ("pledge.loan", "rate", True, True),
        ("pledge.loan", "term", True, False),
        ("pledge.loan", "grace", False, False),
        ("pledge.loan", "fee", True, True),
        ("pledge.loans", "rate", True, False),
        ("pledge.loans", "fee", False, False),
        ("pledge", "rate", False, False),
        ("pledge", "loan.rate", True, True),
        ("pledge", "loan.term", True, False),
        ("pledge", "loan.fee", True, True),
        ("pledge", "loans.fee", False, False),
        ("pledge", "bond.fee", False, False),
        ("pledge", "loan", True, False),
    ],
)
def test_a_number_is_given_when_it_is_in_the_tree_or_varied(
    below: str, path: str, given: bool, varied: bool
) -> None:
    varied_here = {"pledge.loan.rate": RATES, "pledge.loan.fee": RATES}
    cases = Cases(TREE, varied_here, size=3).at(below)
    assert cases.given(path) is given
    assert cases.is_varied(path) is varied


@pytest.mark.parametrize(
    ("below", "path", "expected"),
    [
        ("", "pledge", True),
        ("", "pledge.loan", True),
        ("", "pledge.loan.rate", True),
        ("", "pledge.loan.term", False),
        ("", "pledge.loans", False),
        ("", "pledge.lo", False),
        ("", "rate", False),
        ("pledge", "loan", True),
        ("pledge", "loans", False),
        ("pledge", "pledge", False),
        ("pledge.loan", "rate", True),
        ("pledge.loan", "term", False),
    ],
)
def test_any_varied_sees_the_path_itself_and_what_lies_below_it(
    below: str, path: str, expected: bool
) -> None:
    cases = the_cases().at(below) if below else the_cases()
    assert cases.any_varied(path) is expected


def test_nothing_is_varied_where_no_path_is() -> None:
    assert not Cases(TREE, {}).any_varied("pledge")


def test_any_varied_needs_one_path_among_several() -> None:
    varied = {"rate": RATES, "pledge.loan.rate": RATES, "pledge.amount": RATES}
    assert Cases(TREE, varied, size=3).any_varied("pledge.loan")


def test_a_text_is_read_from_the_view_or_another_one_taken() -> None:
    cases = Cases({"a": {"word": "x", "number": 1}}, {}).at("a")
    assert cases.text("word", "y") == "x"
    assert cases.text("other", "y") == "y"
    assert cases.text("number", "y") == "1"
