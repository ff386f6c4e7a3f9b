import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.analysis import batches
from tariffcalc.analysis.batches import (
    check_limits,
    chunks,
    evaluate_chunk,
    finite,
    is_whole,
    paths_of,
)
from tariffcalc.errors import InputError
from tariffcalc.scenario.evaluate import evaluation

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
FLOWS = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024").frame.iloc[::400])
ASKED = evaluation(PACKAGED, FLOWS)
LOAN = "pledge.structures.japan-terms.tranches.strategic-loans.instrument"
RATE = "tariffs.measures.reciprocal-25.rate"


def refusal(varied: dict[str, list]) -> str:
    with pytest.raises(InputError) as caught:
        check_limits(PACKAGED, {path: np.array(values) for path, values in varied.items()})
    return str(caught.value)


def test_each_name_stands_for_its_paths() -> None:
    names = ["durability", "project_irr"]
    assert paths_of(PACKAGED, names, ["upfront-cash", "three-years"]) == {
        "durability": ("tariffs.durability",),
        "project_irr": (
            "pledge.structures.upfront-cash.project_irr",
            "pledge.structures.three-years.project_irr",
        ),
    }


def test_a_path_is_set_by_one_name() -> None:
    names = ["tariffs.durability", "durability", "relief_years", "tariffs.relief_years"]
    with pytest.raises(InputError) as caught:
        paths_of(PACKAGED, names, ["upfront-cash"])
    assert str(caught.value) == (
        "tariffs.durability is set by two of the given names; leave one out"
    )


def test_the_lowest_and_the_highest_are_tried() -> None:
    check = {path: np.array([0.5, 0.0, 1.0]) for path in ("tariffs.durability",)}
    check_limits(PACKAGED, check)
    assert "given -0.1" in refusal({"tariffs.durability": [0.5, -0.1, 1.0]})
    assert "given 1.1" in refusal({"tariffs.durability": [0.5, 1.1, 1.0]})


def test_whole_numbers_are_whole_in_every_case() -> None:
    assert refusal({"tariffs.relief_years": [1.0, 2.5, 1.5, 3.0]}) == (
        "tariffs.relief_years: whole numbers are needed, given 2.5"
    )
    path = "pledge.structures.upfront-cash.draw_years"
    assert refusal({path: [1.0, 2.5]}) == f"{path}: whole numbers are needed, given 2.5"
    check_limits(PACKAGED, {"tariffs.durability": np.array([0.25, 0.5])})
    check_limits(PACKAGED, {path: np.array([1.0, 7.0])})


def test_whole_numbers_are_those_of_the_scenario_and_draw_years() -> None:
    known = {"a": 1, "b": 1.0}
    assert [is_whole(path, known) for path in ("a", "b", "c", "x.draw_years", "draw_years")] == [
        True,
        False,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("grace", "maturity", "years"),
    [
        ([0, 14, 0, 14], [10, 10, 20, 20], (14, 10)),
        ([3, 10], [15, 10], (10, 10)),
        ([15], None, (15, 15)),
        (None, [3, 20], (3, 3)),
    ],
)
def test_grace_leaves_a_year_in_every_case(grace: list, maturity: list, years: tuple) -> None:
    varied = {f"{LOAN}.grace_years": grace, f"{LOAN}.maturity_years": maturity}
    said = refusal({path: values for path, values in varied.items() if values is not None})
    ending = (
        f"grace_years {years[0]} leaves no year of repayment before maturity_years {years[1]}; "
        "give fewer"
    )
    assert said.endswith(ending)
    if grace and maturity and len(grace) == 4:  # at the ends of both all is well
        assert said == f"{LOAN}: {ending}"


@pytest.mark.parametrize(
    ("terms", "name", "values", "fault"),
    [
        ({"default_rates": [0.02, 0.01]}, "default_rate", [0.0, 0.5], "default_rate: either it"),
        ({}, "spread", [0.0, 0.01], "spread: it is added to a curve"),
        (
            {"maturity_years": 2, "repayment": "custom", "repayment_shares": [0.5, 0.5]},
            "maturity_years",
            [2.0, 3.0],
            "repayment_shares: one for each of the 3 years",
        ),
    ],
)
def test_a_number_that_other_terms_of_a_loan_fix_does_not_vary(
    terms: dict, name: str, values: list, fault: str
) -> None:
    loan = {"kind": "loan", "rate": 0.05, "maturity_years": 10, **terms}
    scenario = PACKAGED.replace({LOAN: loan})
    with pytest.raises(InputError) as caught:
        check_limits(scenario, {f"{LOAN}.{name}": np.array(values)})
    assert fault in str(caught.value)


def test_a_guarantee_has_no_grace() -> None:
    path = "pledge.structures.upfront-cash.tranches.guarantees.instrument.maturity_years"
    check_limits(PACKAGED, {path: np.array([1.0, 100.0])})


def test_cases_are_cut_into_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (batches.CASES_PER_CHUNK, batches.LINE_CASES_PER_CHUNK) == (4096, 500_000)
    monkeypatch.setattr(batches, "CASES_PER_CHUNK", 4)
    assert list(chunks(ASKED, ["tariffs.durability"], 9)) == [
        slice(0, 4),
        slice(4, 8),
        slice(8, 9),
    ]
    assert list(chunks(ASKED, ["x"], 4)) == [slice(0, 4)]


def test_fewer_cases_go_together_when_the_tariffs_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ASKED.law.value.size
    monkeypatch.setattr(batches, "LINE_CASES_PER_CHUNK", 3 * lines - 1)
    assert list(chunks(ASKED, ["x", RATE], 3)) == [slice(0, 2), slice(2, 3)]
    monkeypatch.setattr(batches, "LINE_CASES_PER_CHUNK", lines - 1)
    assert list(chunks(ASKED, [RATE], 2)) == [slice(0, 1), slice(1, 2)]
    assert list(chunks(ASKED, ["tariffs.durability"], 2)) == [slice(0, 2)]


def test_columns_of_a_chunk_have_its_length() -> None:
    varied = {"economy.reserves_usd": np.array([1e11, 2e11, 4e11])}
    found = evaluate_chunk(ASKED, varied, "upfront-cash", ["peak_share_of_reserves", "cash_usd"])
    assert list(found) == ["cash_usd", "peak_share_of_reserves"]
    assert found["cash_usd"].tolist() == [350e9] * 3
    assert found["peak_share_of_reserves"].tolist() == [3.5, 1.75, 0.875]


@pytest.mark.parametrize("value", [1, 0.5, np.float32(0.5), np.int64(7), -3])
def test_a_number_may_be_numpy_s(value: float) -> None:
    assert finite("x", value) == value
    assert type(finite("x", value)) is float


@pytest.mark.parametrize("value", [np.bool_(True), np.str_("1"), np.float64("inf"), [1], None])
def test_anything_else_is_no_number(value: object) -> None:
    with pytest.raises(InputError, match=r"^x: a (finite )?number is needed, given "):
        finite("x", value)
